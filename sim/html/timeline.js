// SPDX-License-Identifier: MIT
// Copyright (c) The cidsim authors
'use strict';

// The values of one mm over time, and its mode behind them.

// As series.csv has them from the third column on: name, class, shown at the beginning.
const LINES = [['users', true], ['CPUs allowed', false], ['max_cids', true], ['pcpu_thrs', true],
	['mode', false], ['taken', false], ['span', true], ['optimum', false]];
const MODE = 4, PER_CPU = 1, TRANSIT = 2;
const MODES = ['per task', 'per CPU', 'per task, in transit', 'per CPU, in transit'];

// The position of the last point at or before time; -1 if there is none. Points are time, value, …
function lastBefore(points, time) {
	let low = 0, high = points.length / 2;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (points[2 * middle] <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low - 1;
}

function valueAt(points, time) {
	const at = lastBefore(points, time);
	return at < 0 ? null : points[2 * at + 1];
}

// What a line needs in the range of x: per pixel the first, lowest, highest and last value.
function visibleSteps(points, x) {
	const [from, to] = x.domain(), steps = [];
	let at = Math.max(0, lastBefore(points, from)), column = null, kept = [];
	const flush = () => {
		if (!kept.length)
			return;
		let low = 0, high = 0;
		kept.forEach((step, i) => {
			if (step[1] < kept[low][1])
				low = i;
			if (step[1] > kept[high][1])
				high = i;
		});
		kept.forEach((step, i) => {
			if (i === 0 || i === low || i === high || i === kept.length - 1)
				steps.push(step);
		});
		kept = [];
	};
	for (; 2 * at < points.length && points[2 * at] <= to; at++) {
		const pixel = x(Math.max(points[2 * at], from));
		if (Math.floor(pixel) !== column)
			flush();
		column = Math.floor(pixel);
		kept.push([pixel, points[2 * at + 1]]);
	}
	flush();
	return steps;
}

// The path of steps, [pixel, value] each, up to the pixel end.
function stepPath(steps, y, end) {
	return steps.length === 0 ? null
		: 'M' + steps.map(([px, v]) => px.toFixed(1) + ',' + y(v).toFixed(1))
			.reduce((all, point) => all + 'H' + point.replace(',', 'V')) + 'H' + end.toFixed(1);
}

// Whether a line runs up and down so much that it hides the others.
function isDense(steps, most, width) {
	return d3.sum(steps, (step, i) => i ? Math.abs(step[1] - steps[i - 1][1]) : 0) > most * width / 8;
}

class Timeline {
	constructor(host, height, broken) {
		this.height = height;
		this.broken = broken;
		this.shown = LINES.map(([, shown]) => shown);
		this.svg = d3.select(host).append('svg').attr('class', 'timeline').attr('role', 'img')
			.attr('aria-label', 'Users, CIDs and thresholds over time, the mode behind them');
		this.modes = this.svg.append('g');
		this.axisX = this.svg.append('g').attr('class', 'axis');
		this.axisY = this.svg.append('g').attr('class', 'axis');
		this.paths = LINES.map(([name]) => this.svg.append('path').attr('class', 'line ' + lineClass(name)));
		this.marks = this.svg.append('g').attr('class', 'broken');
		this.cursor = this.svg.append('line').attr('class', 'cursor').attr('visibility', 'hidden');
	}

	legend(changed) {
		const bar = make('div', { className: 'legend' });
		LINES.forEach(([name], i) => {
			if (i === MODE)
				return;
			const box = make('input', { type: 'checkbox', checked: this.shown[i] });
			box.addEventListener('change', () => {
				this.shown[i] = box.checked;
				changed();
			});
			bar.append(make('label', {}, box, make('i', { className: 'key ' + lineClass(name) }), name));
		});
		for (const [kind, text] of [['percpu', 'mode per CPU'], ['transit', 'in transit']])
			bar.append(make('span', {}, make('i', { className: 'band ' + kind }), text));
		return bar;
	}

	drawModes(x, mode, top, bottom) {
		const steps = visibleSteps(mode, x), end = x.range()[1];
		const paths = { percpu: '', transit: '' };
		steps.forEach(([pixel, value], i) => {
			const next = i + 1 < steps.length ? steps[i + 1][0] : end;
			const box = (y, height) =>
				'M' + pixel.toFixed(1) + ',' + y + 'h' + Math.max(1, next - pixel).toFixed(1) + 'v' + height +
				'H' + pixel.toFixed(1) + 'z';
			if (value & PER_CPU)
				paths.percpu += box(top, bottom - top);
			if (value & TRANSIT)
				paths.transit += box(top, 6);
		});
		const bands = this.modes.selectAll('path').data(Object.entries(paths));
		bands.enter().append('path').merge(bands)
			.attr('class', d => 'band ' + d[0]).attr('d', d => d[1]);
	}

	// A red line where a property broke, with its name.
	drawBroken(x, top, bottom) {
		const [from, to] = x.domain();
		const marks = this.marks.selectAll('g').data(this.broken.filter(({ time_ns: t }) => t >= from && t <= to));
		const added = marks.enter().append('g');
		added.append('line');
		added.append('text').attr('x', -3).attr('y', top + 18).attr('text-anchor', 'end');
		const all = added.merge(marks);
		all.attr('transform', found => 'translate(' + x(found.time_ns).toFixed(1) + ',0)');
		all.select('line').attr('y1', top).attr('y2', bottom);
		all.select('text').text(found => found.property);
		marks.exit().remove();
	}

	draw(view, mm) {
		const x = view.x, top = 8, bottom = this.height - 24;
		const steps = LINES.map((line, i) => this.shown[i] ? visibleSteps(mm.lines[i], x) : []);
		const most = d3.max(steps, line => d3.max(line, step => step[1])) || 1;
		const y = d3.scaleLinear([0, most * 1.05], [bottom, top]);
		const end = Math.min(x.range()[1], x(view.full[1]));
		this.svg.attr('width', view.width).attr('height', this.height);
		this.drawModes(x, mm.lines[MODE], top, bottom);
		this.drawBroken(x, top, bottom);
		this.paths.forEach((path, i) => path.attr('d', stepPath(steps[i], y, end))
			.attr('stroke-opacity', isDense(steps[i], most, view.width) ? 0.3 : 1));
		this.axisX.attr('transform', 'translate(0,' + bottom + ')')
			.call(d3.axisBottom(x).ticks(view.width / 110).tickFormat(axisFormat(x.domain())));
		this.axisY.attr('transform', 'translate(' + LEFT + ',0)')
			.call(d3.axisLeft(y).ticks(6, '~s').tickFormat(v => Number.isInteger(v) ? v : ''));
		this.cursor.attr('y1', top).attr('y2', bottom);
	}

	// The users over all of the time.
	outline(mm, x, height) {
		const steps = visibleSteps(mm.lines[0], x);
		const y = d3.scaleLinear([0, d3.max(steps, step => step[1]) || 1], [height - 2, 2]);
		return stepPath(steps, y, x.range()[1]);
	}

	moveCursor(pixel) {
		this.cursor.attr('visibility', pixel === null ? 'hidden' : 'visible')
			.attr('x1', pixel).attr('x2', pixel);
	}

	describe(mm, time) {
		const mode = valueAt(mm.lines[MODE], time);
		const lines = [formatInstant(time), mm.name + (mode === null ? ': not yet there' : ': ' + MODES[mode & 3])];
		LINES.forEach(([name], i) => {
			const value = valueAt(mm.lines[i], time);
			if (i !== MODE && value !== null)
				lines.push(name + ' ' + value);
		});
		return lines;
	}
}

function lineClass(name) {
	return 'line-' + name.replace(/[^a-z_]/gi, '-').toLowerCase();
}
