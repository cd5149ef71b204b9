// SPDX-License-Identifier: MIT
// Copyright (c) The cidsim authors
'use strict';

// The page of a sweep: a chart of any three columns, and the rows. The page of a matrix.

const PREFERRED = ['percpu_share', 'mode_switches_per_s', 'waste', 'windows', 'to_percpu'];
const NOT_DRAWN = ['point', 'digest', 'window_histogram'];

class Scatter {
	constructor(host, table) {
		this.table = table;
		this.columns = table.columns.filter(c => !c.constant && !NOT_DRAWN.includes(c.name));
		this.numeric = this.columns.filter(c => c.numeric);
		this.rows = table.rows;
		const axes = this.columns.filter(c => c.index > 0 && c.index < this.first('seed'));
		const y = PREFERRED.map(name => this.numeric.find(c => c.name === name)).find(c => c) ||
			this.numeric[this.numeric.length - 1];
		this.x = this.choice('x', this.numeric, axes.find(c => c.numeric) || this.numeric[0]);
		this.y = this.choice('y', this.numeric, y);
		this.by = this.choice('colour', this.columns, axes.find(c => c.name !== this.x.value) || axes[0]);
		this.svg = d3.select(host).append('svg').attr('class', 'scatter').attr('role', 'img')
			.attr('aria-label', 'A point for each row that the filter below shows');
		host.querySelector('h2').after(make('div', { className: 'bar' },
			...[['x ', this.x], ['y ', this.y], ['colour ', this.by]]
				.map(([name, select]) => make('label', {}, name, select))));
		this.legend = make('div', { className: 'legend' });
		host.append(this.legend, make('p', { className: 'note' },
			'The filter above the rows is for this chart, too: cpus=16 threads>20.'));
		new ResizeObserver(() => this.draw(this.rows)).observe(host);
		this.host = host;
	}

	first(name) {
		const column = this.table.columns.find(c => c.name === name);
		return column ? column.index : this.table.columns.length;
	}

	choice(id, columns, chosen) {
		const select = make('select', { id }, ...columns.map(c => make('option', {}, c.name)));
		if (chosen)
			select.value = chosen.name;
		select.addEventListener('change', () => this.draw(this.rows));
		return select;
	}

	column(select) {
		return this.table.columns.find(c => c.name === select.value);
	}

	// A colour for each value; for many numbers, a scale.
	colours(column) {
		const values = Array.from(new Set(this.table.rows.map(row => row[column.index])));
		values.sort((a, b) => column.numeric ? a - b : a < b ? -1 : 1);
		this.legend.replaceChildren();
		if (column.numeric && values.length > 10) {
			const scale = d3.scaleSequential(d3.interpolateViridis)
				.domain([Number(values[0]), Number(values[values.length - 1])]);
			this.legend.append(column.name + ': ');
			scale.ticks(6).forEach(v => this.key(scale(v), v));
			return value => scale(Number(value));
		}
		const scale = d3.scaleOrdinal(values, d3.schemeTableau10);
		this.legend.append(column.name + ': ');
		values.slice(0, 30).forEach(v => this.key(scale(v), v));
		if (values.length > 30)
			this.legend.append('and ' + (values.length - 30) + ' more, the same colours in turn');
		return scale;
	}

	key(colour, value) {
		const box = make('i', { className: 'box' });
		box.style.background = colour;
		this.legend.append(make('span', {}, box, String(value)));
	}

	draw(rows) {
		this.rows = rows;
		const x = this.column(this.x), y = this.column(this.y), by = this.column(this.by);
		if (!x || !y || !by)
			return;
		const width = Math.max(300, this.host.clientWidth), height = 380, bottom = height - 42;
		const shown = rows.filter(row => row[x.index] !== '' && row[y.index] !== '');
		const scaleX = this.scale(shown, x, [64, width - 16]), scaleY = this.scale(shown, y, [bottom, 10]);
		const colour = this.colours(by);
		this.svg.attr('width', width).attr('height', height).selectAll('g,text').remove();
		const axis = (element, call, px, py) => element.attr('class', 'axis')
			.attr('transform', 'translate(' + px + ',' + py + ')').call(call);
		axis(this.svg.append('g'), d3.axisBottom(scaleX).ticks(width / 90), 0, bottom);
		axis(this.svg.append('g'), d3.axisLeft(scaleY), 64, 0);
		this.svg.append('text').attr('x', width - 16).attr('y', height - 4).attr('text-anchor', 'end').text(x.name);
		this.svg.append('text').attr('transform', 'rotate(-90)').attr('x', -10).attr('y', 12)
			.attr('text-anchor', 'end').text(y.name);
		this.svg.append('g').selectAll('circle').data(shown).enter().append('circle')
			.attr('cx', row => scaleX(Number(row[x.index]))).attr('cy', row => scaleY(Number(row[y.index])))
			.attr('r', shown.length > 2000 ? 2 : 4).attr('fill', row => colour(row[by.index]))
			.on('pointermove', row => showTip(d3.event.clientX, d3.event.clientY, this.describe(row)))
			.on('pointerleave', hideTip);
	}

	scale(rows, column, range) {
		const values = rows.map(row => Number(row[column.index]));
		const least = d3.min(values) || 0, most = d3.max(values) || 0;
		return d3.scaleLinear([Math.min(0, least), most > least ? most : least + 1], range).nice();
	}

	describe(row) {
		const names = new Set([this.x.value, this.y.value, this.by.value, 'point', 'seed', 'outcome']);
		return this.table.columns.filter(c => names.has(c.name)).map(c => c.name + ' ' + row[c.index]);
	}
}

function startSweep() {
	let scatter = null;
	const table = startTable('rows', { constants: true, example: 'cpus=16 threads>20',
		change: rows => scatter && scatter.draw(rows) });
	if (table && table.rows.length && window.d3)
		scatter = new Scatter(section('scatter', 'Chart'), table);
}

// A cell says how its result is made again.
function startMatrix() {
	const host = place('cell');
	host.setAttribute('role', 'status');
	for (const cell of document.querySelectorAll('.matrix td')) {
		const button = make('button', { type: 'button' }, cell.textContent);
		cell.replaceChildren(button);
		button.addEventListener('click', () => {
			const { revision, defect, states } = cell.dataset;
			const name = defect.toLowerCase(), file = name + '-' + revision;
			const explore = ['cidsim', 'explore', 'explore/' + name, '--revision', revision];
			host.replaceChildren(make('h2', {}, defect + ' in ' + revision),
				make('p', {}, button.textContent + '; ' + formatCount(states) + ' states seen. To repeat: ',
					cell.className !== 'found' ? command(explore) : command([...explore, '-o', file + '.scn'],
						['cidsim', 'html', file + '.scn', '-o', file + '.html'])));
		});
	}
}
