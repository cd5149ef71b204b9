// SPDX-License-Identifier: MIT
// Copyright (c) The cidsim authors
'use strict';

// What all pages share: data, elements, numbers for people. The page has its verdict and tables
// without this script; the files of this folder are one script, in the order of sim/meson.build.

function readData(id) {
	const element = document.getElementById(id);
	try {
		return element && JSON.parse(element.textContent);
	} catch (error) {
		return null;
	}
}

const page = readData('data');

// An element with properties and children; text is never read as markup.
function make(tag, properties, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(properties || {})) {
		if (name in element)
			element[name] = value;
		else
			element.setAttribute(name, value);
	}
	element.append(...children);
	return element;
}

function place(id) {
	return document.getElementById(id);
}

function section(id, heading) {
	const host = place(id);
	host.append(make('h2', {}, heading));
	host.classList.add('section');
	return host;
}

// The names stand in the order of the numbers that C gives the kinds of columns.
const TEXT = 0, NUMBER = 1, INSTANT = 2, LENGTH = 3;
const UNIT_NS = 1000; // what a step or an event takes in the records

// Cut after three decimals, as the report has it.
function formatNs(ns) {
	for (const [unit, decimals] of [['s', 9], ['ms', 6], ['us', 3]]) {
		const one = 10 ** decimals;
		if (ns >= one)
			return (Math.floor(ns / (one / 1000)) / 1000).toFixed(3) + ' ' + unit;
	}
	return Math.round(ns) + ' ns';
}

function formatInstant(ns) {
	return page.unit ? page.unit + ' ' + Math.floor(ns / UNIT_NS) : formatNs(ns);
}

function formatLength(ns) {
	if (!page.unit)
		return formatNs(ns);
	const count = Math.round(ns / UNIT_NS * 10) / 10;
	return count + ' ' + page.unit + (count === 1 ? '' : 's');
}

// 12 345 678, with narrow blanks.
function formatCount(count) {
	return String(count).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

function formatCell(kind, text) {
	if (text === '' || kind < INSTANT || isNaN(text))
		return text;
	return kind === INSTANT ? formatInstant(Number(text)) : formatLength(Number(text));
}

function copyButton(text) {
	const button = make('button', { type: 'button', className: 'copy' }, 'Copy');
	button.addEventListener('click', () => {
		// not every page has a clipboard
		Promise.resolve().then(() => navigator.clipboard.writeText(text)).then(
			() => { button.textContent = 'Copied'; },
			() => { button.textContent = 'Not allowed'; });
	});
	return button;
}

function shellWord(word) {
	return /^[\w@%+=:,.\/-]+$/.test(word) ? word : "'" + word.replace(/'/g, "'\\''") + "'";
}

// Commands for a shell, each an array of words.
function command(...commands) {
	const text = commands.map(words => words.map(shellWord).join(' ')).join('; ');
	return make('span', { className: 'command' }, make('code', {}, text), copyButton(text));
}

// What should be an array, of a file that may have anything there.
function list(value) {
	return Array.isArray(value) ? value : [];
}

// A list of terms; empty values are left out.
function facts(host, pairs) {
	const list = make('dl', { className: 'facts' });
	for (const [term, value] of pairs) {
		if (value !== undefined && value !== null && value !== '')
			list.append(make('div', { className: value instanceof Element ? 'wide' : '' },
				make('dt', {}, term), make('dd', {}, value)));
	}
	host.append(list);
}

// The box at the pointer.
const tip = make('div', { id: 'tip', hidden: true, role: 'status' });

function showTip(x, y, lines) {
	tip.replaceChildren(...lines.map((line, i) => make(i ? 'div' : 'strong', {}, line)));
	tip.hidden = false;
	const right = x + 16 + tip.offsetWidth > window.innerWidth;
	tip.style.left = Math.max(0, right ? x - 12 - tip.offsetWidth : x + 16) + 'px';
	tip.style.top = Math.max(0, Math.min(y + 12, window.innerHeight - tip.offsetHeight)) + 'px';
}

function hideTip() {
	tip.hidden = true;
}

// "0-3,8": a function that says whether a CPU is meant; null if the text is not such a list.
function cpuFilter(text) {
	const ranges = [];
	for (const part of text.split(',').map(word => word.trim()).filter(word => word)) {
		const match = /^(\d+)(?:-(\d+))?$/.exec(part);
		if (!match)
			return null;
		ranges.push([Number(match[1]), Number(match[2] || match[1])]);
	}
	return cpu => !ranges.length || ranges.some(([from, to]) => cpu >= from && cpu <= to);
}

document.addEventListener('DOMContentLoaded', () => {
	document.body.append(tip);
	document.body.classList.add('script');
	const starts = { run: startRun, sweep: startSweep, matrix: startMatrix };
	starts[page.kind]();
});
