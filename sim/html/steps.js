// SPDX-License-Identifier: MIT
// Copyright (c) The cidsim authors
'use strict';

// The steps of a counterexample, one at a time.

const STEP = 0, AS_WRITTEN = 1, WORDS = 2, CHANGES = 3, STATE = 4, BROKEN = 5;

// "mode …; users … | CPU0: …" as lines, each with its name and parts.
function stateLines(text) {
	return text.split(' | ').map((line, i) => {
		const match = /^(CPU\d+|T\d+): (.*)$/.exec(line);
		return { name: match ? match[1] : i ? 'mutex' : 'mm', parts: (match ? match[2] : line).split('; ') };
	});
}

class Player {
	constructor(host, rows) {
		this.rows = rows;
		this.slider = make('input', { type: 'range', id: 'step', min: 0, max: rows.length - 1, value: 0 });
		this.slider.setAttribute('aria-label', 'Step');
		this.slider.addEventListener('input', () => this.show(Number(this.slider.value)));
		this.now = make('div', { id: 'step-now', role: 'status' });
		const go = (name, label, to) => {
			const button = make('button', { type: 'button', title: label }, name);
			button.setAttribute('aria-label', label);
			button.addEventListener('click', () => this.show(to()));
			return button;
		};
		const at = () => Number(this.slider.value);
		host.append(make('div', { className: 'bar player' },
			go('\u21e4', 'The start', () => 0), go('\u2190', 'Step back', () => at() - 1),
			go('\u2192', 'Next step', () => at() + 1), go('\u21e5', 'The last step', () => rows.length - 1),
			this.slider), this.now, make('p', { className: 'note' },
			'Words: 3 is owned by its task, 3c by a CPU, 3t is in transit; - is unset. What has changed is marked.'));
		this.elements = new Map();
	}

	show(number) {
		const at = Math.max(0, Math.min(number, this.rows.length - 1));
		const row = this.rows[at], before = at ? this.rows[at - 1] : null;
		this.step = row[STEP];
		this.slider.value = at;
		this.slider.setAttribute('aria-valuetext', 'step ' + row[STEP] + ': ' + row[WORDS]);
		this.now.replaceChildren(
			make('p', { className: 'step-head' }, make('strong', {}, at ? 'Step ' + row[STEP] + ' of ' +
				this.rows[this.rows.length - 1][STEP] : 'At the start'), at ? ': ' + row[WORDS] + ' ' : '',
			at ? make('code', {}, row[AS_WRITTEN]) : ''),
			make('p', { className: 'step-broken' + (row[BROKEN] ? ' bad' : '') },
				row[BROKEN] ? 'Broken: ' + row[BROKEN] : 'No property is broken'),
			make('ul', { className: 'changes' }, ...(row[CHANGES] ? row[CHANGES].split('; ') : ['nothing changes'])
				.map(change => make('li', {}, change))),
			this.stateTable(row[STATE], before && before[STATE]));
		for (const [step, element] of this.elements)
			element.classList.toggle('now', step === this.step);
	}

	// What differs from the state before is marked.
	stateTable(state, before) {
		const old = new Map();
		for (const line of before ? stateLines(before) : [])
			old.set(line.name, (old.get(line.name) || []).concat(line.parts));
		const rows = stateLines(state).map(line => make('tr', {},
			make('th', { scope: 'row' }, line.name),
			make('td', {}, ...line.parts.map(part => make(
				before && !(old.get(line.name) || []).includes(part) ? 'mark' : 'span',
				{ className: 'part' }, part)))));
		return make('div', { className: 'scroll' },
			make('table', { className: 'state' }, make('tbody', {}, ...rows)));
	}

	// A row of the list of steps, to be clicked.
	connect(element, row) {
		this.elements.set(row[STEP], element);
		element.classList.add('pick');
		element.classList.toggle('now', row[STEP] === this.step);
		element.classList.toggle('bad', row[BROKEN] !== '');
		element.addEventListener('click', () =>
			this.show(this.rows.findIndex(other => other[STEP] === row[STEP])));
	}
}

function startSteps() {
	const data = readData('step-list-data');
	if (!data || !data.rows.length)
		return;
	const player = new Player(place('player'), data.rows);
	startTable('step-list', { hide: ['the state after it'], limit: 10000,
		row: (element, row) => player.connect(element, row) });
	const broken = data.rows.findIndex(row => row[BROKEN] !== '');
	player.show(broken < 0 ? 0 : broken);
}
