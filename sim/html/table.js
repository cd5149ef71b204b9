// SPDX-License-Identifier: MIT
// Copyright (c) The cidsim authors
'use strict';

// Tables that can be sorted and filtered. Their rows are data; only some are in the page at a time.

const ROWS_AT_ONCE = 100;

function isNumeric(rows, column) {
	let any = false;
	for (const row of rows) {
		if (row[column] === '')
			continue;
		if (isNaN(row[column]))
			return false;
		any = true;
	}
	return any;
}

function isConstant(rows, column) {
	return rows.length > 1 && rows.every(row => row[column] === rows[0][column]);
}

// "cpus=4", "windows>10" ask for a column; any other word is looked for in all fields.
function rowFilter(table, text) {
	const tests = text.trim().split(/\s+/).filter(word => word).map(word => {
		const match = /^(.+?)(=|<|>)(.*)$/.exec(word);
		const column = match ? table.columns.findIndex(c => c.name === match[1]) : -1;
		if (column < 0)
			return row => row.some(field => field.includes(word));
		if (match[2] === '=')
			return row => row[column] === match[3];
		const sign = match[2] === '<' ? -1 : 1;
		return row => row[column] !== '' && sign * (Number(row[column]) - Number(match[3])) > 0;
	});
	return row => tests.every(test => test(row));
}

// By value, then as the rows stood; what is empty comes last.
function sortRows(rows, column, numeric, down) {
	const sign = down ? -1 : 1;
	return rows.slice().sort((a, b) => {
		const x = a[column], y = b[column];
		if (x === '' || y === '')
			return (x === '') - (y === '');
		return sign * (numeric ? Number(x) - Number(y) : x < y ? -1 : x > y ? 1 : 0);
	});
}

class Table {
	// host: the element with the plain table, which is replaced. data: columns [name, kind], rows of
	// text, total. options: hide (names), change (called with the rows that match), row (called with
	// an element and its row), constants (columns with one value are left out)
	constructor(host, data, options) {
		this.host = host;
		this.options = options || {};
		this.rows = data.rows;
		this.total = data.total === undefined ? data.rows.length : data.total;
		this.columns = data.columns.map(([name, kind], i) => ({
			name, kind, index: i,
			numeric: kind !== TEXT || isNumeric(data.rows, i),
			constant: isConstant(data.rows, i),
			hidden: (this.options.hide || []).includes(name),
		}));
		this.sorted = null;
		this.down = false;
		this.limit = this.options.limit || ROWS_AT_ONCE;
		this.all = !this.options.constants;
		this.build();
		this.update();
	}

	shownColumns() {
		return this.columns.filter(c => !c.hidden && (this.all || !c.constant));
	}

	build() {
		this.filter = make('input', { type: 'search', className: 'filter', size: 24,
			placeholder: this.options.example || 'filter' });
		this.filter.setAttribute('aria-label', 'Show only rows with');
		this.filter.addEventListener('input', () => this.update());
		this.count = make('span', { className: 'count', role: 'status' });
		this.head = make('thead');
		this.body = make('tbody');
		this.more = make('button', { type: 'button' }, 'Show more rows');
		this.more.addEventListener('click', () => {
			this.limit *= 5;
			this.update();
		});
		const bar = make('div', { className: 'bar' }, this.filter, this.count);
		if (this.options.constants && this.columns.some(c => c.constant))
			bar.append(this.allBox());
		this.host.replaceChildren(bar,
			make('div', { className: 'scroll' }, make('table', {}, this.head, this.body)), this.more);
		if (this.rows.length < 8 && !this.options.constants)
			this.filter.hidden = true;
	}

	allBox() {
		const box = make('input', { type: 'checkbox' });
		box.addEventListener('change', () => {
			this.all = box.checked;
			this.update();
		});
		return make('label', {}, box, 'columns with one value too');
	}

	headCell(column) {
		const button = make('button', { type: 'button' }, column.name);
		const cell = make('th', { scope: 'col', className: column.numeric ? 'n' : '' }, button);
		if (this.sorted === column)
			cell.setAttribute('aria-sort', this.down ? 'descending' : 'ascending');
		button.addEventListener('click', () => {
			this.down = this.sorted === column && !this.down;
			this.sorted = column;
			this.update();
			this.head.querySelector('[aria-sort] button').focus();
		});
		return cell;
	}

	bodyRow(row, columns) {
		const element = make('tr', {}, ...columns.map(column =>
			make('td', { className: column.numeric ? 'n' : row[column.index].length > 40 ? 'long' : '' },
				formatCell(column.kind, row[column.index]))));
		if (this.options.row)
			this.options.row(element, row);
		return element;
	}

	sayCount(matching) {
		const of = this.total > this.rows.length
			? formatCount(this.rows.length) + ' rows are in this page, of ' + formatCount(this.total)
			: formatCount(this.rows.length) + (this.rows.length === 1 ? ' row' : ' rows');
		this.count.textContent = matching.length < this.rows.length
			? formatCount(matching.length) + ' of ' + of : of;
	}

	update() {
		const columns = this.shownColumns();
		const test = rowFilter(this, this.filter.value);
		let rows = this.rows.filter(test);
		this.sayCount(rows);
		if (this.options.change)
			this.options.change(rows);
		if (this.sorted)
			rows = sortRows(rows, this.sorted.index, this.sorted.numeric, this.down);
		this.head.replaceChildren(make('tr', {}, ...columns.map(c => this.headCell(c))));
		this.body.replaceChildren(
			...rows.slice(0, this.limit).map(row => this.bodyRow(row, columns)));
		this.more.hidden = rows.length <= this.limit;
	}
}

// The table whose plain form is in the element @id, with the data of @id-data.
function startTable(id, options) {
	const data = readData(id + '-data');
	if (!data)
		return null;
	const table = new Table(place(id), data, options);
	if (!data.rows.length)
		place(id).replaceChildren(make('p', { className: 'note' }, 'None.'));
	return table;
}
