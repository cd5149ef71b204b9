/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Two axes, a cell for each pair, a panel for each measure. */
#include "sim/plot/sweep-layout.h"
#include "sim/plot/sweep-value.h"

enum {
	CELLS_MAX = 4096, /* of a panel */
	PANEL_PIXELS_MIN = 260,
	CELL_PIXELS = 17,   /* high, where there is a number in it */
	REST_PIXELS = 102,  /* of a panel, without its cells: above and below */
	LETTER_PIXELS = 8,  /* of a name that stands upright */
	ROWS_HIGH_MAX = 32, /* of cells: with more of them they are less high */
	ENTRIES = 3,        /* of the legend: zero, no result, the line */
	ENTRY_LETTERS = 26,
};

/* Whether the most users reach those at which an mm enters per-CPU mode. */
static bool enters(const struct plot_point *point)
{
	int64_t users, enter;

	return plot_value(point, "users_max", &users) &&
	       plot_value(point, "enter_formula", &enter) && users >= enter;
}

/* "panel x y enters value ...": value -1 = none */
static void put_cell(const struct plot_sweep *sweep, FILE *out, const struct plot_point *point)
{
	if (!point->placed)
		return;
	fprintf(out, "%u %u %u %d", point->panel, plot_layout_position(sweep->xs, point, sweep->x),
		plot_layout_position(sweep->ys, point, sweep->y), enters(point));
	g_assert(sweep->measures >= 1);
	for (unsigned i = 0; i < sweep->measures; i++) {
		int64_t value;
		bool exists = plot_value(point, sweep->measure[i], &value);

		plot_put_millionths(out, exists, value);
	}
	fputc('\n', out);
}

static bool write_cells(const struct plot_sweep *sweep, GError **error)
{
	FILE *out = plot_page_create(sweep->page, "cells.dat", error);

	for (unsigned i = 0; out && i < sweep->points->len; i++)
		put_cell(sweep, out, sweep->points->pdata[i]);
	return plot_page_close(out, error);
}

bool plot_sweep_cells(const struct plot_sweep *sweep, GError **error)
{
	unsigned columns = sweep->xs->list->len, rows = sweep->ys->list->len, letters, high;

	g_assert(columns >= 1 && rows >= 1);
	if ((uint64_t)columns * rows > CELLS_MAX)
		return plot_sweep_fail(sweep, error,
			"%u x %u cells, there is room for %d: choose some with --where "
			"'%s=VALUE,VALUE'",
			columns, rows, CELLS_MAX, sweep->x);
	letters = plot_sweep_set_names(sweep, "COLUMN", sweep->xs);
	plot_sweep_set_names(sweep, "ROW", sweep->ys);
	plot_set_number(sweep->page, "LETTERS", letters);
	plot_set_text(sweep->page, "X_TITLE", plot_nature_of(sweep->x).title, PLOT_LABEL_MAX);
	plot_set_text(sweep->page, "ROWS_TITLE", plot_nature_of(sweep->y).title, PLOT_LABEL_MAX);
	high = MAX(PANEL_PIXELS_MIN,
		REST_PIXELS + letters * LETTER_PIXELS + MIN(rows, ROWS_HIGH_MAX) * CELL_PIXELS);
	plot_sweep_set_panels(
		sweep, 2, (const unsigned[]){ high, high, high }, ENTRIES, ENTRY_LETTERS);
	return write_cells(sweep, error);
}
