// SPDX-License-Identifier: MIT
// Copyright (c) The cidsim authors
'use strict';

// The page of a run: facts, charts, tables.

function startFacts(report) {
	if (!report)
		return;
	const flags = report.flags ? ' with ' + report.flags : '';
	const words = list(report.command).map(text);
	const played = page.unit === 'step', verb = words[1];
	facts(place('facts'), [
		[verb === 'replay' ? 'trace' : 'scenario', report.scenario], ['kernel', report.kernel],
		['revision', report.revision + flags], ['seed', played ? '' : report.seed],
		['simulated', played || report.sim_time_ns === undefined ? '' : formatLength(report.sim_time_ns)],
		['ended', report.ended], [played ? 'steps' : 'events', formatCount(report.events)],
		['possible CPUs', report.possible_cpus], ['digest', report.digest],
		['cidsim', report.version + (report.commit ? ' (' + report.commit + ')' : '')],
		['to repeat', command(words)],
	]);
}

function percent(share) {
	return share === null || share === undefined ? '' : (100 * share).toFixed(1);
}

function range(value) {
	return !value ? '' : value[0] === value[1] ? String(value[0]) : value[0] + '-' + value[1];
}

// Two tables with a row for each mm: the name and kind of a column, and its value in the report.
const MODE_COLUMNS = [
	['users', NUMBER, mm => mm.users_max],
	['flips to CPU', NUMBER, mm => mm.mode_switches.to_percpu],
	['enters at', TEXT, mm => range(mm.enter_users_range)],
	['enters by formula', NUMBER, mm => mm.formula.enter],
	['flips to task', NUMBER, mm => mm.mode_switches.to_task],
	['leaves at', TEXT, mm => range(mm.leave_users_range)],
	['leaves by formula', NUMBER, mm => mm.formula.leave],
	['% per CPU', NUMBER, mm => percent(mm.percpu_share)],
	['span max', NUMBER, mm => mm.span.max],
	['span mean', NUMBER, mm => mm.span.mean],
	['span/optimum', NUMBER, mm => mm.waste],
];
const COST_COLUMNS = [
	['windows', NUMBER, mm => mm.windows.count],
	['windows p99', LENGTH, mm => mm.windows.p99_ns],
	['longest window', LENGTH, mm => mm.windows.max_ns],
	['left open', NUMBER, mm => mm.windows.open],
	['switches in', NUMBER, mm => mm.switches_in],
	['% fast path', NUMBER, mm => percent(mm.fast_path)],
	['bit ops', NUMBER, mm => mm.bitmap_ops],
	['spins', NUMBER, mm => mm.spins],
	['spinning', LENGTH, mm => mm.spin_ns],
	['CID changes', NUMBER, mm => mm.cid_changes],
	['CID changes of CPUs', NUMBER, mm => mm.cpu_cid_changes],
	['deferred work', NUMBER, mm => mm.deferred_runs],
];

function text(value) {
	return value === null || value === undefined ? '' : String(value);
}

// What the report has; an older one lacks some values.
function valueOrNothing(value, mm) {
	try {
		return text(value(mm));
	} catch (error) {
		return '';
	}
}

function mmTable(host, heading, mms, columns) {
	const element = make('div');
	host.append(make('h3', {}, heading), element);
	new Table(element, {
		columns: [['mm', TEXT], ...columns.map(([name, kind]) => [name, kind])],
		rows: mms.map(([name, mm]) => [name, ...columns.map(([, , value]) => valueOrNothing(value, mm))]),
	});
}

function startMms(report) {
	const mms = Object.entries((report || {}).mms || {});
	if (!mms.length)
		return;
	const host = section('mms', 'Each mm');
	mmTable(host, 'Modes and CIDs', mms, MODE_COLUMNS);
	mmTable(host, 'Transit windows and cost', mms, COST_COLUMNS);
}

function listTable(host, heading, items, names, options) {
	if (!items.length)
		return;
	const element = make('div');
	host.append(make('h3', {}, heading), element);
	new Table(element, {
		columns: names.map(([name, , kind]) => [name, kind || TEXT]),
		rows: items.map(item => names.map(([, key]) => text(item[key]))),
	}, options);
}

// Those that fail come first.
function expectationRows(all) {
	const rows = all.map(one => ({ ...one, verdict: one.ok ? 'holds' : 'fails',
		by: one.ok || one.failed_by ? one.failed_by : 'known only at its instant or at the end' }));
	return rows.filter(row => !row.ok).concat(rows.filter(row => row.ok));
}

function startExpectations(report) {
	if (!report)
		return;
	const host = section('expectations', report.expectations ? 'Expectations' : 'Observations');
	const found = report.expectations;
	if (found)
		host.append(make('p', {}, found.passed + found.failed
			? found.passed + ' hold, ' + found.failed + ' fail' : 'Nothing was expected.'));
	const failed = [['failed at', 'failed_ns', INSTANT], ['by', 'by']];
	listTable(host, 'All of them', expectationRows(list(found && found.all)),
		[['verdict', 'verdict'], ['line', 'line', NUMBER], ['expected', 'expected'], ['found', 'found'],
			...(found && found.failed ? failed : [])],
		{ row: (element, row) => element.classList.toggle('bad', row[0] === 'fails') });
	listTable(host, 'Broken properties', list(report.violations),
		[['time', 'time_ns', INSTANT], ['property', 'property'], ['mm', 'mm'], ['state', 'text']]);
	const differences = list(report.differences);
	listTable(host, 'Differences between model and kernel', differences,
		Object.keys(differences[0] || {}).map(key => [key, key]));
	if (!found && !differences.length)
		host.append(make('p', {}, 'Model and kernel do not differ.'));
}

// --- charts ---

class Charts {
	// broken: properties, with the times when they broke
	constructor(host, broken) {
		this.mms = page.lines.mms;
		this.mm = 0;
		this.area = make('div', { className: 'area', tabIndex: 0 });
		this.area.setAttribute('role', 'group');
		this.area.setAttribute('aria-label',
			'Charts over time. Keys: plus and minus zoom, arrows move, 0 shows all.');
		const strip = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
		strip.setAttribute('class', 'strip');
		this.shown = make('p', { id: 'view', className: 'note', role: 'status' });
		this.key = make('div', { className: 'legend' });
		host.append(this.area, this.key, strip, this.shown);
		this.timeline = new Timeline(this.area, 260, broken);
		this.lanes = new Lanes(this.area, page.lanes, this.mms.map(mm => mm.name));
		this.view = new View(this.area, strip, () => this.draw(),
			(x, height) => this.mms.length ? this.timeline.outline(this.mms[this.mm], x, height) : null);
		this.area.before(this.controls(), this.timeline.legend(() => this.draw()));
		this.follow();
		this.begin();
	}

	// Where nothing happens in the last half, begin with the rest.
	begin() {
		const ends = this.lanes.all.map(lane => lane.boxes[lane.boxes.length - FIELDS])
			.concat(...this.mms.map(mm => mm.lines.map(line => line[line.length - 2])));
		const last = d3.max(ends) || page.to;
		if (last - page.from < (page.to - page.from) / 2)
			this.view.show(page.from, last + (last - page.from) / 20);
	}

	controls() {
		const bar = make('div', { className: 'bar' }, this.view.buttons());
		const choice = make('select', { id: 'mm' },
			...this.mms.map((mm, i) => make('option', { value: i }, mm.name)));
		const only = make('input', { type: 'checkbox', id: 'only' });
		const cpus = make('input', { type: 'text', id: 'cpus', size: 10, placeholder: 'all' });
		const by = make('select', { id: 'by' }, ...['CID', 'task', 'mm'].map(name => make('option', {}, name)));
		const change = () => {
			const filter = cpuFilter(cpus.value);
			this.mm = Number(choice.value) || 0;
			cpus.setCustomValidity(filter ? '' : 'A list of CPUs: 0-3,8');
			cpus.classList.toggle('wrong', !filter);
			this.lanes.cpu = filter || this.lanes.cpu;
			this.lanes.mm = only.checked ? this.mm : null;
			this.lanes.by = by.value;
			this.lanes.choose();
			this.draw();
		};
		[choice, only, by].forEach(input => input.addEventListener('change', change));
		cpus.addEventListener('input', change);
		bar.append(make('label', {}, 'mm ', choice), make('label', {}, only, 'only its tasks'),
			make('label', {}, 'CPUs ', cpus), make('label', {}, 'colour by ', by));
		return bar;
	}

	draw() {
		if (this.mms.length)
			this.timeline.draw(this.view, this.mms[this.mm]);
		this.view.drawStrip();
		this.lanes.draw(this.view);
		this.lanes.fillKey(this.key);
		this.say();
	}

	// What is shown, and what of it is in the file.
	say() {
		const [from, to] = this.view.range, fine = (to - from) / this.view.width;
		const thin = [[page.lines, 'changes of values'], [page.lanes, 'stays on CPUs']]
			.filter(([part]) => part.cell);
		this.shown.replaceChildren('Shown: ' + formatInstant(from) + ' to ' + formatInstant(to) + '. ');
		for (const [part, what] of thin)
			this.shown.append('Drawn: ' + formatCount(part.kept) + ' of ' + formatCount(part.seen) + ' ' + what +
				', those that show most in each ' + formatLength(part.cell) + '. ');
		if (thin.some(([part]) => part.cell > fine / 4))
			this.shown.append('All of this part: ', command(['cidsim', 'html', 'FOLDER', '--from',
				Math.floor(from) + 'ns', '--to', Math.ceil(to) + 'ns', '-o', 'part.html']));
		if (this.lanes.lanes.length < this.lanes.all.length)
			this.shown.append(' ' + this.lanes.lanes.length + ' of ' + this.lanes.all.length + ' CPUs are shown.');
		if (page.mms > this.mms.length)
			this.shown.append(' ' + this.mms.length + ' of ' + page.mms + ' mms are in this page.');
	}

	// The pointer: a box in the lanes, values elsewhere.
	follow() {
		this.area.addEventListener('pointermove', event => this.point(event));
		this.area.addEventListener('pointerleave', () => {
			hideTip();
			this.timeline.moveCursor(null);
		});
		matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
		for (const [name, add] of [['beforeprint', true], ['afterprint', false]])
			window.addEventListener(name, () => {
				document.documentElement.classList.toggle('paper', add);
				this.draw();
			});
	}

	point(event) {
		const pixel = event.clientX - this.area.getBoundingClientRect().left;
		if (pixel < LEFT || pixel > this.view.width - RIGHT || !this.view.x) {
			hideTip();
			return;
		}
		const time = this.view.x.invert(pixel);
		const canvas = this.lanes.canvas.getBoundingClientRect();
		this.timeline.moveCursor(pixel);
		if (event.clientY >= canvas.top && event.target === this.lanes.canvas)
			this.tipOfBox(event, this.lanes.find(event.clientY - canvas.top, time), time);
		else if (this.mms.length)
			showTip(event.clientX, event.clientY, this.timeline.describe(this.mms[this.mm], time));
	}

	tipOfBox(event, box, time) {
		if (!box) {
			showTip(event.clientX, event.clientY, [formatInstant(time), 'nothing drawn here']);
			return;
		}
		const mm = this.mms[box.mm];
		const mode = mm ? valueAt(mm.lines[MODE], box.start) : null;
		const owner = mode === null ? 'no owner known' :
			mode & TRANSIT ? 'owner changes: in transit' :
				mode & PER_CPU ? 'owned by CPU ' + box.cpu : 'owned by the task';
		showTip(event.clientX, event.clientY, [
			'task ' + box.pid + ' of ' + (mm ? mm.name : 'no mm, or one that is not in this page'),
			box.cid >= UNSET ? 'no CID' : 'CID ' + box.cid + ', ' + owner,
			'on CPU ' + box.cpu,
			formatInstant(box.start) + ' to ' + formatInstant(box.start + box.length),
			'for ' + formatLength(box.length),
		]);
	}
}

function startCharts(report) {
	const heading = page.unit ? 'All ' + page.unit + 's' : 'Over time';
	if (!page.lines)
		return;
	if (!window.d3) {
		section('charts', heading).append(make('p', { className: 'note' },
			'No charts: see the end of this page.'));
		return;
	}
	const broken = list((report || {}).violations).filter(found => Number.isFinite(found.time_ns));
	new Charts(section('charts', heading), broken);
}

function startRun() {
	const report = readData('report-data');
	startFacts(report);
	startSteps();
	startCharts(report);
	startMms(report);
	startTable('modes');
	startTable('windows');
	startExpectations(report);
}
