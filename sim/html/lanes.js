// SPDX-License-Identifier: MIT
// Copyright (c) The cidsim authors
'use strict';

// Who runs where with which CID: a lane for each CPU, a box for each stay.

const FIELDS = 5; // of a box: start, length, pid, mm, CID
const LANES_MAX = 1024, UNSET = 0x80000000;

function colour(name) {
	return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
}

// The last box that begins at or before time; -1 if none does.
function boxBefore(boxes, time) {
	let low = 0, high = boxes.length / FIELDS;
	while (low < high) {
		const middle = (low + high) >> 1;
		if (boxes[FIELDS * middle] <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low - 1;
}

class Lanes {
	constructor(host, lanes, names) {
		this.all = lanes.cpus;
		this.names = names;
		this.mm = null;         // only this one; null: all
		this.by = 'CID';
		this.cpu = () => true;
		this.canvas = make('canvas', { className: 'lanes', role: 'img' });
		this.canvas.setAttribute('aria-label', 'The tasks on each CPU and their CIDs over time');
		this.scroll = make('div', { className: 'lanes-scroll' }, this.canvas);
		host.append(this.scroll);
		this.choose();
	}

	choose() {
		this.lanes = this.all.filter(lane => this.cpu(lane.cpu)).slice(0, LANES_MAX);
		const count = this.lanes.length;
		this.height = count <= 16 ? 22 : count <= 64 ? 14 : 7;
	}

	colourOf(lane, at) {
		const cid = lane.boxes[at + 4];
		if (this.by === 'CID' && cid >= UNSET)
			return this.palette.none;
		const key = { CID: 4, task: 2, mm: 3 }[this.by];
		return d3.schemeTableau10[lane.boxes[at + key] % 10];
	}

	// What the colours mean. There are ten.
	fillKey(key) {
		const box = (background, text) => {
			const element = make('i', { className: 'box' });
			element.style.background = background;
			return make('span', {}, element, text);
		};
		const seen = new Set();
		for (const lane of this.lanes)
			for (let at = 0; at < lane.boxes.length && seen.size <= 10; at += FIELDS)
				if (this.isShown(lane, at))
					seen.add(lane.boxes[at + { CID: 4, task: 2, mm: 3 }[this.by]]);
		const values = Array.from(seen).sort((a, b) => a - b);
		const name = value => this.by !== 'mm' ? String(value) : this.names[value] || 'others';
		key.replaceChildren(this.by + ':');
		if (values.length > 10)
			key.append(' ten colours in turn; the pointer names the ' + this.by);
		else
			values.forEach(value => key.append(this.by === 'CID' && value >= UNSET
				? box(this.palette.none, 'none') : box(d3.schemeTableau10[value % 10], name(value))));
	}

	isShown(lane, at) {
		return this.mm === null || lane.boxes[at + 3] === this.mm;
	}

	drawLane(context, lane, top, x) {
		const [from, to] = x.domain(), boxes = lane.boxes, height = this.height - (this.height > 10 ? 3 : 1);
		let done = -1;
		for (let at = FIELDS * Math.max(0, boxBefore(boxes, from)); at < boxes.length; at += FIELDS) {
			const start = boxes[at], end = start + boxes[at + 1];
			if (start > to)
				break;
			const left = Math.max(x(start), LEFT), right = Math.min(x(end), x.range()[1]);
			if (end < from || right <= done || !this.isShown(lane, at))
				continue;
			const width = Math.max(right - left, 0.6);
			context.fillStyle = this.colourOf(lane, at);
			context.fillRect(left, top, width > 3 ? width - 0.7 : width, height);
			done = Math.floor(right) === Math.floor(left) ? Math.floor(left) + 0.99 : right;
			this.label(context, boxes, at, left, width, top + height / 2);
		}
	}

	label(context, boxes, at, left, width, middle) {
		if (width < 26 || this.height < 12)
			return;
		const cid = boxes[at + 4] >= UNSET ? '?' : String(boxes[at + 4]);
		const long = boxes[at + 2] + ':' + cid;
		const text = context.measureText(long).width + 6 < width ? long : cid;
		context.fillStyle = this.palette.label;
		context.textAlign = 'center';
		context.fillText(text, left + width / 2, middle);
	}

	draw(view) {
		const ratio = window.devicePixelRatio || 1, height = Math.max(this.lanes.length, 1) * this.height;
		const context = this.canvas.getContext('2d'), every = this.height < 12 ? 4 : 1;
		this.palette = { none: colour('none'), label: colour('label'), text: colour('text') };
		this.canvas.width = view.width * ratio;
		this.canvas.height = height * ratio;
		this.canvas.style.width = view.width + 'px';
		this.canvas.style.height = height + 'px';
		context.scale(ratio, ratio);
		context.font = '11px sans-serif';
		context.textBaseline = 'middle';
		this.lanes.forEach((lane, i) => {
			this.drawLane(context, lane, i * this.height + 1, view.x);
			if (i % every)
				return;
			context.fillStyle = this.palette.text;
			context.textAlign = 'right';
			context.fillText((this.height < 12 ? '' : 'CPU ') + lane.cpu, LEFT - 6, i * this.height + this.height / 2);
		});
	}

	// What is at this time in the lane at this height; null if nothing is.
	find(y, time) {
		const lane = this.lanes[Math.floor(y / this.height)];
		const at = lane ? FIELDS * boxBefore(lane.boxes, time) : -1;
		if (at < 0 || lane.boxes[at] + lane.boxes[at + 1] < time || !this.isShown(lane, at))
			return null;
		const [start, length, pid, mm, cid] = lane.boxes.slice(at, at + FIELDS);
		return { cpu: lane.cpu, start, length, pid, mm, cid };
	}
}
