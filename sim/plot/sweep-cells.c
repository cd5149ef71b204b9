/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Two axes, a cell for each pair, a panel for each measure. */
#include "sim/plot/sweep-page.h"

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

struct map {
	const struct plot_sweep *sweep;
	struct plot_scale x, y;
	bool *enters,
		*known; /* of each cell of each panel: whether users enter, and can be asked */
};

static size_t cell_index(const struct map *map, unsigned panel, unsigned x, unsigned y)
{
	g_assert(x < map->x.texts->len && y < map->y.texts->len);
	return ((size_t)panel * map->y.texts->len + y) * map->x.texts->len + x;
}

/* --- cells --- */

/* Whether the most users reach those at which an mm enters per-CPU mode. */
static void note_enter(const struct map *map, size_t index, const struct plot_table *table,
	const struct plot_point *point)
{
	int64_t users, enter;

	map->known[index] = plot_value(table, point, "users_max", &users) &&
	                    plot_value(table, point, "enter_formula", &enter);
	map->enters[index] = map->known[index] && users >= enter;
}

/* "panel x y value ...": -1 = none */
static void put_cell(const struct map *map, FILE *out, const struct plot_table *table,
	const struct plot_point *point)
{
	const struct plot_sweep *sweep = map->sweep;
	unsigned panel, curve, x, y;

	if (!plot_layout_place(sweep, table, point, &panel, &curve))
		return;
	x = plot_layout_position(&map->x, table, point, sweep->x);
	y = plot_layout_position(&map->y, table, point, sweep->y);
	note_enter(map, cell_index(map, panel, x, y), table, point);
	fprintf(out, "%u %u %u", panel, x, y);
	for (unsigned i = 0; i < sweep->measures; i++) {
		int64_t value;
		bool exists = plot_value(table, point, sweep->measure[i], &value);

		plot_put_millionths(out, exists, value);
	}
	fputc('\n', out);
}

static bool write_cells(const struct map *map, GError **error)
{
	FILE *out = plot_page_create(map->sweep->page, "cells.dat", error);

	g_assert(map->sweep->measures >= 1);
	for (unsigned i = 0; out && i < map->sweep->count; i++) {
		const struct plot_table *table = map->sweep->tables[i];

		for (unsigned j = 0; j < table->points->len; j++)
			put_cell(map, out, table, table->points->pdata[j]);
	}
	return plot_page_close(out, error);
}

/* --- the line from which on users enter --- */

static bool differs(const struct map *map, size_t a, size_t b)
{
	return map->known[a] && map->known[b] && map->enters[a] != map->enters[b];
}

/* "panel x y dx dy": the sides between cells that differ */
static void put_sides(const struct map *map, FILE *out, unsigned panel, unsigned x, unsigned y)
{
	size_t here = cell_index(map, panel, x, y);
	bool right =
		x + 1 < map->x.texts->len && differs(map, here, cell_index(map, panel, x + 1, y));
	bool above =
		y + 1 < map->y.texts->len && differs(map, here, cell_index(map, panel, x, y + 1));

	if (right)
		fprintf(out, "%u %u.5 %d.5 0 1\n", panel, x, (int)y - 1);
	if (above)
		fprintf(out, "%u %d.5 %u.5 1 0\n", panel, (int)x - 1, y);
}

static bool write_enter_line(const struct map *map, GError **error)
{
	FILE *out = plot_page_create(map->sweep->page, "enter.dat", error);

	g_assert(map->known);
	for (unsigned panel = 0; out && panel < map->sweep->panels->len; panel++)
		for (unsigned y = 0; y < map->y.texts->len; y++)
			for (unsigned x = 0; x < map->x.texts->len; x++)
				put_sides(map, out, panel, x, y);
	return plot_page_close(out, error);
}

/* --- all of it --- */

static void set_map(const struct map *map)
{
	const struct plot_sweep *sweep = map->sweep;
	unsigned rows = MIN(map->y.texts->len, ROWS_HIGH_MAX);
	unsigned letters = plot_sweep_set_names(sweep, "COLUMN", map->x.texts);
	unsigned high =
		MAX(PANEL_PIXELS_MIN, REST_PIXELS + letters * LETTER_PIXELS + rows * CELL_PIXELS);

	g_assert(rows >= 1);
	plot_sweep_set_names(sweep, "ROW", map->y.texts);
	plot_set_number(sweep->page, "LETTERS", letters);
	plot_set_text(sweep->page, "X_TITLE", plot_nature_of(sweep->x).title, PLOT_LABEL_MAX);
	plot_set_text(sweep->page, "ROWS_TITLE", plot_nature_of(sweep->y).title, PLOT_LABEL_MAX);
	plot_sweep_set_panels(
		sweep, 2, (const unsigned[]){ high, high, high }, ENTRIES, ENTRY_LETTERS);
}

static bool make_map_ready(struct map *map, GError **error)
{
	size_t cells = (size_t)map->x.texts->len * map->y.texts->len;

	if (cells > CELLS_MAX)
		return plot_sweep_fail(map->sweep, error,
			"%zu cells, there is room for %d: --where '%s=VALUE,VALUE' chooses", cells,
			CELLS_MAX, map->sweep->x);
	g_assert(cells >= 1);
	map->enters = g_new0(bool, cells * map->sweep->panels->len);
	map->known = g_new0(bool, cells * map->sweep->panels->len);
	if (!write_cells(map, error) || !write_enter_line(map, error))
		return false;
	set_map(map);
	return true;
}

bool plot_sweep_cells(const struct plot_sweep *sweep, GError **error)
{
	struct map map = { .sweep = sweep,
		.x = plot_layout_scale(sweep, sweep->x),
		.y = plot_layout_scale(sweep, sweep->y) };
	bool good = make_map_ready(&map, error);

	g_free(map.enters);
	g_free(map.known);
	g_ptr_array_unref(map.x.texts);
	g_ptr_array_unref(map.y.texts);
	return good;
}
