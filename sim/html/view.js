// SPDX-License-Identifier: MIT
// Copyright (c) The cidsim authors
'use strict';

// The part of the time that the charts show: moved by pointer, keys, buttons and the strip below.
// D3 has the gestures (zoom), the strip (brush) and the axes.

const LEFT = 52, RIGHT = 26; // pixels beside the charts

function axisFormat(domain) {
	if (page.unit)
		return value => Number.isInteger(value / UNIT_NS) ? formatInstant(value) : '';
	const span = domain[1] - domain[0];
	const [unit, one] = [['s', 1e9], ['ms', 1e6], ['us', 1e3], ['ns', 1]].find(([, ns]) => span >= 2 * ns)
		|| ['ns', 1];
	const decimals = Math.max(0, Math.ceil(-Math.log10(span / one / 10)));
	return value => (value / one).toFixed(decimals) + ' ' + unit;
}

class View {
	// host: the element with the charts; draw: called when the part or the width has changed;
	// outline: the path for the strip, of a scale and a height
	constructor(host, strip, draw, outline) {
		this.host = d3.select(host);
		this.strip = strip;
		this.draw = draw;
		this.outline = outline;
		this.full = [page.from, Math.max(page.to, page.from + 1)];
		this.range = this.full.slice();
		this.pending = false;
		this.zoom = d3.zoom()
			.filter(() => !d3.event.button && (d3.event.type !== 'wheel' || d3.event.ctrlKey || d3.event.metaKey))
			.on('zoom', () => this.moved(d3.event.transform));
		this.host.call(this.zoom).on('keydown', () => this.key(d3.event));
		this.resize();
		new ResizeObserver(() => {
			if (this.host.node().clientWidth !== this.width)
				this.resize();
		}).observe(host);
	}

	resize() {
		this.width = this.host.node().clientWidth;
		const area = [[LEFT, 0], [Math.max(this.width - RIGHT, LEFT + 10), 100]];
		this.whole = d3.scaleLinear(this.full, [area[0][0], area[1][0]]);
		this.zoom.extent(area).translateExtent(area)
			.scaleExtent([1, Math.max(1, (this.full[1] - this.full[0]) / 20)]);
		this.makeStrip();
		this.show(this.range[0], this.range[1]);
	}

	makeStrip() {
		const x = this.whole, height = 26;
		const svg = d3.select(this.strip).attr('width', this.width).attr('height', height + 22);
		svg.selectAll('*').remove();
		this.brush = d3.brushX().extent([[x.range()[0], 0], [x.range()[1], height]])
			.on('brush end', () => {
				const event = d3.event;
				if (!event.sourceEvent || event.sourceEvent.type === 'zoom')
					return;
				const part = event.selection ? event.selection.map(x.invert) : this.full;
				if (part[1] > part[0])
					this.show(part[0], part[1]);
			});
		this.brushed = svg.append('g').attr('class', 'brush').call(this.brush);
		this.stripLine = svg.append('path').attr('class', 'line line-users outline');
		svg.append('g').attr('class', 'axis').attr('transform', 'translate(0,' + height + ')')
			.call(d3.axisBottom(x).ticks(this.width / 110).tickFormat(axisFormat(x.domain())));
	}

	drawStrip() {
		this.stripLine.attr('d', this.outline(this.whole, 26));
	}

	// Show the time from t0 to t1, as far as there is such.
	show(t0, t1) {
		const x = this.whole, all = this.full[1] - this.full[0];
		const least = Math.min(all, 20);
		const length = Math.min(all, Math.max(least, t1 - t0));
		const from = Math.max(this.full[0], Math.min(t0, this.full[1] - length));
		const k = all / length;
		this.host.call(this.zoom.transform,
			d3.zoomIdentity.translate(x.range()[0] - k * x(from), 0).scale(k));
	}

	moved(transform) {
		this.x = transform.rescaleX(this.whole);
		this.range = this.x.domain();
		const all = transform.k <= 1.0001;
		this.brushed.call(this.brush.move, all ? null : this.range.map(this.whole));
		if (!this.pending)
			requestAnimationFrame(() => {
				this.pending = false;
				this.draw();
			});
		this.pending = true;
	}

	// Zoom by a factor around the middle; move by a share of what is shown.
	scale(factor) {
		const middle = (this.range[0] + this.range[1]) / 2;
		const half = (this.range[1] - this.range[0]) / 2 / factor;
		this.show(middle - half, middle + half);
	}

	move(share) {
		const by = share * (this.range[1] - this.range[0]);
		this.show(this.range[0] + by, this.range[1] + by);
	}

	all() {
		this.show(this.full[0], this.full[1]);
	}

	key(event) {
		const actions = {
			'+': () => this.scale(2), '=': () => this.scale(2), '-': () => this.scale(0.5),
			ArrowLeft: () => this.move(-0.2), ArrowRight: () => this.move(0.2),
			Home: () => this.all(), 0: () => this.all(),
		};
		if (!actions[event.key] || event.ctrlKey || event.metaKey || event.altKey)
			return;
		event.preventDefault();
		actions[event.key]();
	}

	buttons() {
		const button = (text, label, action) => {
			const element = make('button', { type: 'button', title: label }, text);
			element.setAttribute('aria-label', label);
			element.addEventListener('click', action);
			return element;
		};
		return make('span', { className: 'buttons' },
			button('+', 'Zoom in', () => this.scale(2)),
			button('\u2212', 'Zoom out', () => this.scale(0.5)),
			button('\u2190', 'Move left', () => this.move(-0.5)),
			button('\u2192', 'Move right', () => this.move(0.5)),
			button('All', 'Show all of the time', () => this.all()));
	}
}
