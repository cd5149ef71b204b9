// SPDX-License-Identifier: MIT
// Copyright (c) The cidsim authors
'use strict';

// pages.js CHROMIUM FOLDER: opens the pages in the folder that test-browser.sh has made, and uses them.

const path = require('path');
const { Browser } = require('./browser.js');

const [program, folder] = process.argv.slice(2);
let passed = 0, failed = 0;

function check(what, good, found) {
	passed += good ? 1 : 0;
	failed += good ? 0 : 1;
	console.log((good ? 'ok    ' : 'FAIL  ') + what + (good ? '' : ': ' + JSON.stringify(found)));
}

function matches(what, found, pattern) {
	check(what, pattern.test(found), found);
}

const text = selector => `document.querySelector(${JSON.stringify(selector)}).textContent`;
const texts = selector => `Array.from(document.querySelectorAll(${JSON.stringify(selector)}), e => e.textContent)`;
const shown = text('#view'), tip = text('#tip');

async function load(browser, name) {
	await browser.load(path.join(folder, name));
}

async function quiet(browser, what) {
	check(what + ': no complaint', browser.complaints().length === 0, browser.complaints());
	check(what + ': no request', browser.requests() === 0, browser.requests());
}

// The value changes, from what it was before the action.
async function changes(browser, what, expression, action) {
	const before = await browser.value(expression);
	await action();
	try {
		await browser.wait(`(${expression}) !== ${JSON.stringify(before)}`);
		check(what, true);
	} catch (error) {
		check(what, false, before);
	}
	return browser.value(expression);
}

async function zooms(browser) {
	await browser.wait(`${shown}.length > 0`);
	matches('run: all of the time', await browser.value(shown), /^Shown: 0 ns to 55\.233 ms/);
	await changes(browser, 'zoom: button', shown, () => browser.click('.buttons button'));
	await changes(browser, 'move: button', shown, () => browser.click('.buttons button:nth-child(4)'));
	await browser.value('document.querySelector(".area").focus()');
	await changes(browser, 'zoom: 0 shows all', shown, () => browser.key('0', '0'));
	await changes(browser, 'zoom: +', shown, () => browser.key('+', '+'));
	await changes(browser, 'move: arrow', shown, () => browser.key('ArrowRight'));
	await changes(browser, 'zoom: -', shown, () => browser.key('-', '-'));
	await browser.key('Home');
	const part = await changes(browser, 'zoom: strip', shown, () => browser.drag('.strip', 0.3, 0.5));
	matches('zoom: strip: the part that was dragged', part, /^Shown: 1[5-7]\.\d+ ms to 2[6-9]\.\d+ ms/);
	const box = await browser.box('.timeline');
	await changes(browser, 'zoom: Ctrl and wheel', shown, () =>
		browser.mouse('mouseWheel', box.x + 600, box.y + 100, { deltaX: 0, deltaY: -200, modifiers: 2 }));
	await browser.value('document.querySelector(".area").focus()');
	await browser.key('0', '0');
	await browser.wait(`${shown}.startsWith("Shown: 0 ns to 55.233 ms")`);
}

async function hovers(browser) {
	const lines = await browser.box('.timeline');
	await browser.mouse('mouseMoved', lines.x + 400, lines.y + 100);
	await browser.wait('!document.querySelector("#tip").hidden');
	matches('hover: values', await browser.value(tip), /ms.*app: per (CPU|task).*users \d+.*max_cids \d/);
	await browser.drag('.strip', 0.2, 0.25);
	const lanes = await browser.box('canvas.lanes');
	let found = '';
	for (let x = 100; x < lanes.width - 60 && !/task/.test(found); x += 7) {
		await browser.mouse('mouseMoved', lanes.x + x, lanes.y + 12);
		found = await browser.value(tip);
	}
	matches('hover: task, CID, owner, CPU and time', found,
		/task \d+ of app.*CID \d+, owned by (CPU 0|the task).*on CPU 0.*ms to .*ms.*for /);
	await browser.mouse('mouseMoved', 5, 5);
	await browser.wait('document.querySelector("#tip").hidden');
	check('hover: nothing outside', true);
}

async function filters(browser) {
	const height = 'document.querySelector("canvas.lanes").clientHeight';
	const all = await browser.value(height);
	await browser.type('#cpus', '1-2');
	await browser.wait(`${height} === ${all / 2}`);
	check('filter: CPUs', true);
	matches('filter: CPUs: is said', await browser.value(shown), /2 of 4 CPUs are shown/);
	await browser.type('#cpus', '1-');
	await browser.wait('document.querySelector("#cpus.wrong") !== null');
	check('filter: no list of CPUs', true);
	await browser.type('#cpus', '');
	await browser.wait(`${height} === ${all}`);
	check('filter: all CPUs again', true);
}

async function sorts(browser) {
	const first = texts('#modes tbody tr:first-child td');
	await browser.click('#modes th button');
	await browser.click('#modes th button');
	matches('sort: descending', (await browser.value(first))[0], /^54\.229 ms$/);
	await browser.key('Enter', '\r');
	matches('sort: by key', (await browser.value(first))[0], /^3\.084 ms$/);
	check('sort: said', await browser.value(
		'document.querySelector("#modes th").getAttribute("aria-sort")') === 'ascending');
	matches('tables: the mms', (await browser.value(texts('#mms tbody td'))).join(' '),
		/^app 10 3 5 5 3 1 1 77\.8 4/);
}

async function run(browser) {
	await load(browser, 'run.html');
	matches('run: verdict', await browser.value(text('#verdict')), /^PASS: 12 of 12/);
	matches('run: command', await browser.value(text('#facts code')), /^cidsim run .*hysteresis.* --seed 1$/);
	await zooms(browser);
	await hovers(browser);
	await filters(browser);
	await sorts(browser);
	await quiet(browser, 'run');
}

async function steps(browser) {
	const now = text('#step-now');
	await load(browser, 'steps.html');
	matches('steps: begin where something breaks', await browser.value(now), /^Step 12 of 12: .*Broken: I5/);
	const red = await browser.value('getComputedStyle(document.querySelector(".step-broken.bad")).color');
	check('steps: broken is red', red === 'rgb(198, 40, 40)', red);
	await browser.value('document.querySelector("#step").focus()');
	await browser.key('Home');
	matches('steps: the start', await browser.value(now), /^At the start.*No property is broken/);
	for (let i = 0; i < 7; i++)
		await browser.key('ArrowRight');
	matches('steps: slider', await browser.value(now), /^Step 7 of 12: T1, on CPU0, exits exit T1/);
	const marks = (await browser.value(texts('#step-now mark'))).join('; ');
	matches('steps: what changed is marked', marks, /mode per task in transit.*1 user.*T1 holds the mutex/);
	await browser.click('#step-list tbody tr:nth-child(5)');
	matches('steps: a row', await browser.value(now), /^Step 4 of 12/);
	await browser.click('#step-list th button');
	await browser.click('#step-list th button');
	matches('steps: a list in another order', await browser.value(texts('#step-list tbody tr')), /^12complete/);
	matches('steps: the row is still marked', await browser.value(text('#step-list tr.now')), /^4exit T0/);
	await browser.click('.player button:nth-child(3)');
	matches('steps: next', await browser.value(now), /^Step 5 of 12/);
	await quiet(browser, 'steps');
}

async function sweep(browser) {
	const circles = 'document.querySelectorAll("circle").length', rows = '#rows tbody tr';
	await load(browser, 'sweep.html');
	await browser.wait(`${circles} === 18`);
	check('sweep: a point for each row', true);
	await browser.type('#rows .filter', 'cpus=16 threads>2');
	await browser.wait(`${circles} === 4`);
	check('sweep: the filter is for the chart', true);
	check('sweep: and for the rows', (await browser.value(texts(rows))).length === 4);
	await browser.type('#rows .filter', '');
	await browser.wait(`${circles} === 18`);
	await changes(browser, 'sweep: another y', 'document.querySelector(".scatter").innerHTML', () =>
		browser.value(`(() => {
			const y = document.querySelector('#y');
			y.value = 'windows';
			y.dispatchEvent(new Event('change'));
		})()`));
	const box = await browser.box('circle');
	await browser.mouse('mouseMoved', box.x + box.width / 2, box.y + box.height / 2);
	await browser.wait('!document.querySelector("#tip").hidden');
	matches('sweep: hover', await browser.value(tip), /cpus \d+.*windows \d+/);
	const column = `${texts('#rows thead th')}.indexOf('switches')`;
	await browser.click('#rows th:nth-child(' + (1 + await browser.value(column)) + ') button');
	const sorted = await browser.value(`Array.from(document.querySelectorAll('#rows tbody tr'), row =>
		Number(row.children[${column}].textContent))`);
	check('sweep: sorted', sorted.length === 18 && sorted.every((v, i) => !i || sorted[i - 1] <= v), sorted);
	await quiet(browser, 'sweep');
}

async function matrix(browser) {
	await load(browser, 'matrix.html');
	await browser.click('.matrix td.found button');
	matches('matrix: a cell says how', await browser.value(text('#cell')),
		/B1 in .*I3 in 3.*cidsim explore explore\/b1 --revision .* -o .*\.scn; cidsim html /);
	await quiet(browser, 'matrix');
}

async function expectations(browser) {
	const rows = texts('#expectations tbody tr');
	await load(browser, 'run.html');
	check('expectations: all that hold', (await browser.value(rows)).length === 12);
	matches('expectations: where', (await browser.value(rows))[0], /^holds24violations = 0/);
	await load(browser, 'fails.html');
	const found = await browser.value(rows);
	check('expectations: all, some fail', found.length === 12, found);
	matches('expectations: a failing one first, and why', found[0],
		/^fails29enter-users = 59 \(app\)7\.\d+ msfork by pid 100 on CPU 0, flip 1 of app/);
	matches('expectations: then those that hold', found[3], /^holds24/);
	check('expectations: failing ones are marked', (await browser.value(texts('#expectations tr.bad'))).length === 3);
	await quiet(browser, 'expectations');
}

// What comes from a file is one word of the command.
async function words(browser) {
	await load(browser, 'words.html');
	await browser.click('.matrix td.found button');
	matches('words: quoted', await browser.value(text('#cell code')),
		/^cidsim explore 'explore\/b1;reboot' --revision '\$\(reboot\)' -o 'b1;reboot-\$\(reboot\)\.scn'; cidsim html /);
	await quiet(browser, 'words');
}

async function long(browser) {
	await load(browser, 'long.html');
	await browser.wait(`${shown}.length > 0`);
	matches('long: what is drawn is said', await browser.value(shown), /Drawn: [\d\u202f]+ of [\d\u202f]+ stays on CPUs/);
	await browser.drag('.strip', 0.5, 0.51);
	await browser.wait(`${shown}.includes('--from')`);
	matches('long: how to see all', await browser.value(shown), /cidsim html FOLDER --from \d+ns --to \d+ns -o part\.html/);
	await quiet(browser, 'long');
}

async function old(browser) {
	await load(browser, 'old.html');
	check('old: rows', (await browser.value(texts('#modes tbody tr'))).length > 0);
	matches('old: an mm', (await browser.value(texts('#mms tbody td'))).join(' '), /^app 10 3/);
	await quiet(browser, 'old');
}

async function otherMedia(browser) {
	const paper = 'getComputedStyle(document.body).backgroundColor';
	await load(browser, 'run.html');
	check('light', await browser.value(paper) === 'rgb(255, 255, 255)');
	await browser.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: 'dark' }] });
	check('dark', await browser.value(paper) === 'rgb(21, 25, 30)', await browser.value(paper));
	await browser.send('Emulation.setEmulatedMedia', { media: 'print', features: [] });
	check('print: no controls', await browser.value('getComputedStyle(document.querySelector(".bar")).display') === 'none');
	await browser.send('Emulation.setEmulatedMedia', { media: '', features: [] });
	await browser.send('Emulation.setScriptExecutionDisabled', { value: true });
	await load(browser, 'run.html');
	matches('no script: verdict', await browser.value(text('#verdict')), /^PASS/);
	check('no script: rows', (await browser.value(texts('#modes tbody tr'))).length === 6);
	await browser.send('Emulation.setScriptExecutionDisabled', { value: false });
	await load(browser, 'hostile.html');
	matches('hostile: the title is text', await browser.value(text('h1')), /<\/script><b>/);
	check('hostile: no element', await browser.value('document.querySelector("h1 b, main b, #facts b") === null'));
	await quiet(browser, 'hostile');
}

async function main() {
	const browser = new Browser(program, path.join(folder, 'profile'));
	try {
		await browser.open();
		for (const part of [run, expectations, steps, sweep, matrix, words, long, old, otherMedia])
			await part(browser);
	} catch (error) {
		check('the test goes on', false, error.message);
	}
	await browser.close();
	console.log(`${passed} passed, ${failed} failed`);
	process.exitCode = failed ? 1 : 0;
}

main();
