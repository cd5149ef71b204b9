/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Threads and CPUs: a cell for each pair, four panels of what was measured there. */
#include "sim/plot/kinds.h"

static const char *const columns[] = { "percpu_share", "waste", "mode_switches_per_s",
	"transit_share", NULL };
enum { PANELS = 4 };

static const struct {
	const char *title;
	bool percent;     /* a share of 1 */
	bool logarithmic; /* if the values differ much */
	int64_t least; /* where the scale begins at the latest, millionths; 0 = at the least value
	                */
} panels[PANELS] = {
	{ "time in per-CPU mode (%)", true, false, 0 },
	{ "span of CIDs / optimum", false, false, PLOT_MILLION },
	{ "mode switches per second", false, true, 0 },
	{ "time in transit windows (%)", true, true, 0 },
};

enum {
	CELLS_MAX = 4096,
	PANEL_PIXELS_MIN = 260,
	CELL_PIXELS = 17,   /* high, where there is a number in it */
	NUMBER_PIXELS = 36, /* wide, the same */
	REST_PIXELS = 102,  /* of a panel, without its cells: above and below */
	SIDE_PIXELS = 160,  /* the same, left and right */
	TICK_PIXELS = 15,
	LETTER_PIXELS = 8, /* of a name */
	NAME_LETTERS = 12,
	LOG_RATIO = 50,
	ROWS_HIGH_MAX = 32, /* of cells: with more of them they are less high */
	HEAD_PIXELS = 66,   /* above the panels */
	ENTRY_LETTERS = 16,
};

struct scale {
	int64_t low, high; /* low < high; millionths */
	bool logarithmic;
};

struct map {
	const struct plot_sweep *sweep;
	const struct plot_table *table;
	unsigned x, y; /* dimensions */
	bool zeros, gaps;
};

/* --- scales --- */

/* A share of 40 % is 40. */
static int64_t panel_value(const struct plot_number *number, unsigned panel)
{
	g_assert(panel < PANELS);
	return plot_number_mean(number) * (panels[panel].percent ? 100 : 1);
}

static bool check_map_shares(const struct map *map, GError **error)
{
	g_assert(map->x < map->table->dimensions && map->y < map->table->dimensions);
	for (unsigned i = 0; i < map->table->points->len; i++) {
		const struct plot_point *point = map->table->points->pdata[i];

		for (unsigned panel = 0; panel < PANELS; panel++)
			if (panels[panel].percent && point->number[panel].max > PLOT_MILLION)
				return plot_sweep_fail(map->sweep, map->table, error,
					"%s is above 1", columns[panel]);
	}
	return true;
}

/* The least and the greatest value above 0; false if there is none. */
static bool find_range(const struct map *map, unsigned panel, int64_t *low, int64_t *high)
{
	g_assert(panel < PANELS);
	*low = INT64_MAX;
	*high = 0;
	for (unsigned i = 0; i < map->table->points->len; i++) {
		const struct plot_point *point = map->table->points->pdata[i];
		int64_t value = panel_value(&point->number[panel], panel);

		if (!value)
			continue;
		*low = MIN(*low, value);
		*high = MAX(*high, value);
	}
	return *high > 0;
}

static struct scale scale_of(const struct map *map, unsigned panel)
{
	struct scale scale = { 0, PLOT_MILLION, false };
	int64_t low, high;

	if (!find_range(map, panel, &low, &high))
		return scale;
	scale.logarithmic = panels[panel].logarithmic && high / LOG_RATIO >= low;
	if (scale.logarithmic)
		scale.low = low;
	else
		scale.low = MIN(low, panels[panel].least);
	/* a scale has a length, even if there is but one value */
	scale.high = MAX(high, scale.low + MAX(scale.low / 10, 1));
	g_assert(scale.low < scale.high);
	return scale;
}

/* --- cells --- */

/* @value (millionths) in @parts-ths, rounded. */
static int64_t round_to(int64_t value, int64_t parts)
{
	g_assert(PLOT_MILLION % parts == 0);
	return (value + PLOT_MILLION / parts / 2) / (PLOT_MILLION / parts);
}

/* @millionths in at most four letters: .03, 1.08, 45, 1.2k. */
static void format_short(int64_t millionths, char text[16])
{
	static const char *const units[] = { "", "k", "M", "G", "T" };
	int64_t value = millionths;
	unsigned unit = 0;

	g_assert(millionths > 0);
	for (; round_to(value, 1) >= 1000 && unit + 1 < G_N_ELEMENTS(units); unit++)
		value = (value + 500) / 1000;
	if (round_to(value, 100) == 0)
		g_strlcpy(text, "<.01", 16);
	else if (round_to(value, 100) < 100)
		g_snprintf(text, 16, ".%02" G_GINT64_FORMAT, round_to(value, 100));
	else if (value % PLOT_MILLION == 0 || round_to(value, 10) >= 100)
		g_snprintf(text, 16, "%" G_GINT64_FORMAT "%s", round_to(value, 1), units[unit]);
	else if (unit)
		g_snprintf(text, 16, "%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT "%s",
			round_to(value, 10) / 10, round_to(value, 10) % 10, units[unit]);
	else
		g_snprintf(text, 16, "%" G_GINT64_FORMAT ".%02" G_GINT64_FORMAT,
			round_to(value, 100) / 100, round_to(value, 100) % 100);
}

/* "x y value text": value -1 = missing */
static void put_cell(struct map *map, FILE *out, const struct plot_point *point, unsigned panel)
{
	const struct plot_number *number = &point->number[panel];
	int64_t value = panel_value(number, panel);
	char text[16] = "-";

	g_assert(panel < PANELS);
	fprintf(out, "%u %u", point->position[map->x], point->position[map->y]);
	if (number->count)
		plot_put_millionths(out, true, value);
	else
		fputs(" -1", out);
	if (value)
		format_short(value, text);
	fprintf(out, " %s\n", text);
	map->gaps = map->gaps || !number->count;
	map->zeros = map->zeros || (number->count && !value);
}

static bool write_panel(struct map *map, unsigned panel, GError **error)
{
	g_autofree char *name = g_strdup_printf("cells-%u.dat", panel);
	FILE *out = plot_page_create(map->sweep->page, name, error);

	g_assert(panel < PANELS);
	for (unsigned i = 0; out && i < map->table->points->len; i++)
		put_cell(map, out, map->table->points->pdata[i], panel);
	return plot_page_close(out, error);
}

/* --- assignments --- */

/* Every how many values there is one with its name, in @pixels. */
static unsigned step_of(unsigned count, unsigned pixels)
{
	unsigned fit = MAX(pixels / TICK_PIXELS, 1);

	g_assert(count >= 1);
	return (count + fit - 1) / fit;
}

/* Returns the most letters of a name. */
static unsigned set_names(
	const struct plot_sweep *sweep, const struct plot_dimension *dimension, const char *stem)
{
	glong letters = 0;

	g_assert(dimension->values->len >= 1);
	for (unsigned i = 0; i < dimension->values->len; i++) {
		const char *text = dimension->values->pdata[i];

		plot_sweep_set_text(sweep, stem, i, text, NAME_LETTERS);
		letters = MAX(letters, MIN(g_utf8_strlen(text, -1), NAME_LETTERS));
	}
	return (unsigned)letters;
}

/* The names of the columns stand upright if there is no room. Returns the pixels by which they are
 * then higher. */
static unsigned set_map_columns(const struct map *map, unsigned width)
{
	const struct plot_sweep *sweep = map->sweep;
	const struct plot_page *page = sweep->page;
	const struct plot_dimension *x = &map->table->dimension[map->x];
	unsigned letters = set_names(sweep, x, "X_NAME");
	bool turned = letters * LETTER_PIXELS + 6 > width / x->values->len;
	unsigned extra = turned ? (letters - MIN(letters, 1)) * LETTER_PIXELS : 0;

	g_assert(x->values->len >= 1);
	plot_set_number(page, "COLUMNS", x->values->len);
	plot_set_number(page, "X_STEP", step_of(x->values->len, width));
	plot_set_number(page, "X_TURNED", turned);
	plot_set_number(page, "X_EXTRA", extra);
	return extra;
}

static void set_map_rows(const struct map *map, unsigned width, unsigned height)
{
	const struct plot_page *page = map->sweep->page;
	const struct plot_dimension *y = &map->table->dimension[map->y];
	unsigned columns_count = map->table->dimension[map->x].values->len;

	g_assert(columns_count >= 1 && y->values->len >= 1);
	set_names(map->sweep, y, "Y_NAME");
	plot_set_number(page, "ROWS", y->values->len);
	plot_set_number(page, "Y_STEP", step_of(y->values->len, height));
	plot_set_number(page, "NUMBERS",
		width / columns_count >= NUMBER_PIXELS && height / y->values->len >= CELL_PIXELS);
}

static void set_scales(const struct map *map)
{
	for (unsigned i = 0; i < PANELS; i++) {
		struct scale scale = scale_of(map, i);

		plot_sweep_set_text(map->sweep, "PANEL", i, panels[i].title, PLOT_LABEL_MAX);
		plot_sweep_set_decimal(map->sweep, "LOW", i, scale.low);
		plot_sweep_set_decimal(map->sweep, "HIGH", i, scale.high);
		plot_sweep_set_number(map->sweep, "LOG", i, scale.logarithmic);
	}
}

static void set_map(const struct map *map)
{
	const struct plot_sweep *sweep = map->sweep;
	struct plot_page *page = sweep->page;
	unsigned rows = MIN(map->table->dimension[map->y].values->len, ROWS_HIGH_MAX);
	unsigned width = page->width / 2 - MIN(SIDE_PIXELS, page->width / 4);
	unsigned rest = REST_PIXELS + set_map_columns(map, width);
	unsigned entries = (unsigned)map->zeros + (unsigned)map->gaps;
	unsigned legend = plot_sweep_set_legend(sweep, entries, ENTRY_LETTERS), half;

	plot_set_number(page, "ZEROS", map->zeros);
	plot_set_number(page, "GAPS", map->gaps);
	plot_sweep_set_panels(
		sweep, PANELS, 2, MAX(PANEL_PIXELS_MIN, rest + rows * CELL_PIXELS), legend);
	half = (page->height - MIN(HEAD_PIXELS + legend, page->height / 2)) / 2;
	set_map_rows(map, width, half - MIN(rest, half / 2));
	set_scales(map);
}

static bool make_heatmap_ready(const struct plot_sweep *sweep, GError **error)
{
	static const char *const used[] = { "cpus", "threads", NULL };
	const struct plot_table *table = sweep->tables[0];
	struct map map = { .sweep = sweep, .table = table };
	int x = plot_sweep_axis(sweep, table, "cpus", error);
	int y = x < 0 ? -1 : plot_sweep_axis(sweep, table, "threads", error);
	unsigned cells;

	if (y < 0 || !plot_sweep_only(sweep, table, used, error))
		return false;
	map.x = (unsigned)x;
	map.y = (unsigned)y;
	cells = table->dimension[x].values->len * table->dimension[y].values->len;
	if (cells > CELLS_MAX)
		return plot_sweep_fail(
			sweep, table, error, "%u cells, there is room for %d", cells, CELLS_MAX);
	if (!check_map_shares(&map, error))
		return false;
	for (unsigned i = 0; i < PANELS; i++)
		if (!write_panel(&map, i, error))
			return false;
	set_map(&map);
	return true;
}

const struct plot_sweep_kind plot_heatmap = {
	.name = "heatmap",
	.columns = columns,
	.files_max = 1,
	.example = "study/grid --cpus '4-64*2' --threads '4-64*2' -o heatmap.csv",
	.make_ready = make_heatmap_ready,
};
