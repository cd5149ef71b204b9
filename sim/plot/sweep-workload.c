/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What workloads cost, over the number of CPUs: a panel for each measure, a line for each file and
 * revision. */
#include <string.h>

#include "sim/plot/axis.h"
#include "sim/plot/kinds.h"

enum column { SWITCHES, PERCPU, SPAN, OPTIMUM, BITMAP, FAST, TRANSIT };
static const char *const columns[] = { "mode_switches_per_s", "percpu_share", "span_mean",
	"optimum_mean", "bitmap_ops_per_switch", "fast_path", "transit_share", NULL };

static const struct {
	const char *title;
	enum column solid, dashed; /* the same, if there is but one line */
	bool percent;              /* a share of 1 */
	bool from_zero;            /* the axis */
} panels[] = {
	{ "mode switches per second", SWITCHES, SWITCHES, false, true },
	{ "time in per-CPU mode (%)", PERCPU, PERCPU, true, true },
	{ "time in transit windows (%)", TRANSIT, TRANSIT, true, true },
	{ "span of CIDs (optimum: dashed)", SPAN, OPTIMUM, false, true },
	{ "bitmap operations per switch", BITMAP, BITMAP, false, true },
	{ "switches on the fast path (%)", FAST, FAST, true, false },
};

enum {
	PANELS = G_N_ELEMENTS(panels),
	CURVES_MAX = 24,
	TICKS_MAX = 512,
	PANEL_PIXELS = 260,
	VALUE_TICKS = 5,
};

struct curve {
	const struct plot_table *table;
	unsigned cpus, revision; /* dimensions */
	unsigned position;       /* of the revision */
};

struct picture {
	const struct plot_sweep *sweep;
	struct curve curves[CURVES_MAX];
	unsigned curves_count;
	uint64_t cpus_min, cpus_max;
	int64_t low[PANELS], high[PANELS]; /* of the values there */
	bool gaps;
};

/* --- curves --- */

static bool add_lines_of(struct picture *picture, const struct plot_table *table, GError **error)
{
	static const char *const used[] = { "cpus", "revision", NULL };
	int cpus = plot_sweep_numeric_axis(picture->sweep, table, "cpus", error);
	unsigned revision = table->dimensions - 1;

	g_assert(table->dimensions >= 1);
	if (cpus < 0 || !plot_sweep_only(picture->sweep, table, used, error))
		return false;
	for (unsigned i = 0; i < table->dimension[revision].values->len; i++) {
		if (picture->curves_count == CURVES_MAX)
			return plot_sweep_fail(picture->sweep, table, error,
				"more than %d lines, one for each file and revision", CURVES_MAX);
		picture->curves[picture->curves_count++] =
			(struct curve){ table, (unsigned)cpus, revision, i };
	}
	return true;
}

/* --- data --- */

static int64_t column_value(const struct plot_point *point, enum column column, bool percent)
{
	return plot_number_mean(&point->number[column]) * (percent ? 100 : 1);
}

/* Shares are at most 1, so that they can be shown in per cent. */
static bool check_workload_shares(
	const struct plot_sweep *sweep, const struct plot_table *table, GError **error)
{
	static const enum column shares[] = { PERCPU, FAST, TRANSIT };

	g_assert(table->points->len > 0);
	for (unsigned i = 0; i < table->points->len; i++) {
		const struct plot_point *point = table->points->pdata[i];

		for (unsigned j = 0; j < G_N_ELEMENTS(shares); j++)
			if (point->number[shares[j]].max > PLOT_MILLION)
				return plot_sweep_fail(
					sweep, table, error, "%s is above 1", columns[shares[j]]);
	}
	return true;
}

static void put_value(struct picture *picture, FILE *out, const struct plot_point *point,
	unsigned panel, enum column column)
{
	int64_t value = column_value(point, column, panels[panel].percent);
	bool exists = point->number[column].count > 0;

	g_assert(panel < PANELS);
	plot_put_millionths(out, exists, value);
	if (!exists)
		return;
	picture->low[panel] = MIN(picture->low[panel], value);
	picture->high[panel] = MAX(picture->high[panel], value);
}

static void put_workload(struct picture *picture, FILE *out, unsigned index,
	const struct curve *curve, const struct plot_point *point)
{
	uint64_t cpus = MAX(plot_table_number(curve->table, point, curve->cpus), 1);

	g_assert(index < picture->curves_count);
	fprintf(out, "%u %" G_GUINT64_FORMAT " %d", index, cpus, !point->good);
	for (unsigned i = 0; i < PANELS; i++) {
		put_value(picture, out, point, i, panels[i].solid);
		put_value(picture, out, point, i, panels[i].dashed);
	}
	fputc('\n', out);
	picture->cpus_min = MIN(picture->cpus_min, cpus);
	picture->cpus_max = MAX(picture->cpus_max, cpus);
	picture->gaps = picture->gaps || !point->good;
}

/* "curve cpus gap", then for each panel "solid dashed" */
static bool write_workload_curves(struct picture *picture, GError **error)
{
	FILE *out = plot_page_create(picture->sweep->page, "curves.dat", error);

	g_assert(picture->curves_count <= CURVES_MAX);
	for (unsigned i = 0; out && i < picture->curves_count; i++) {
		const struct curve *curve = &picture->curves[i];

		for (unsigned j = 0; j < curve->table->points->len; j++) {
			const struct plot_point *point = curve->table->points->pdata[j];

			if (point->position[curve->revision] == curve->position)
				put_workload(picture, out, i, curve, point);
		}
	}
	return plot_page_close(out, error);
}

/* --- what gnuplot gets --- */

static bool has_twin(const struct plot_sweep *sweep, const struct plot_table *table)
{
	for (unsigned i = 0; i < sweep->count; i++)
		if (sweep->tables[i] != table && strcmp(sweep->tables[i]->title, table->title) == 0)
			return true;
	return false;
}

/* The title, or the name of the file if another one has the same title; the revision if there are
 * several. */
static char *name_curve(const struct picture *picture, const struct curve *curve)
{
	const struct plot_dimension *revisions = &curve->table->dimension[curve->revision];
	g_autofree char *file = g_path_get_basename(curve->table->path);
	const char *name = has_twin(picture->sweep, curve->table) ? file : curve->table->title;
	const char *revision = revisions->values->pdata[curve->position];

	g_assert(curve->position < revisions->values->len);
	if (revisions->values->len == 1)
		return g_strdup(name);
	return picture->sweep->count == 1 ? g_strdup(revision)
	                                  : g_strdup_printf("%s, %s", name, revision);
}

static unsigned set_workload_curves(const struct picture *picture)
{
	glong letters = 0;

	g_assert(picture->curves_count <= CURVES_MAX);
	for (unsigned i = 0; i < picture->curves_count; i++) {
		g_autofree char *text = name_curve(picture, &picture->curves[i]);

		letters = MAX(letters, g_utf8_strlen(text, -1));
		plot_sweep_set_text(picture->sweep, "CURVE", i, text, PLOT_LABEL_MAX);
	}
	plot_set_number(picture->sweep->page, "CURVES", picture->curves_count);
	return (unsigned)MIN(letters, PLOT_LABEL_MAX);
}

/* The axis of a panel: from 0, or around the values if it need not begin there, they are far from
 * it, and are not all the same. It ends at a multiple of the step. */
static void set_panel_range(const struct picture *picture, unsigned panel)
{
	int64_t high = picture->high[panel] ? picture->high[panel] : PLOT_MILLION;
	int64_t low = MIN(picture->low[panel], high);
	bool from_zero = panels[panel].from_zero || low < high / 2 || high - low <= high / 1000;
	uint64_t length = (uint64_t)(from_zero ? high : high - low);
	int64_t step = (int64_t)plot_axis_step(MAX(length, VALUE_TICKS), VALUE_TICKS);

	g_assert(panel < PANELS && low <= high);
	g_assert(step > 0);
	low = from_zero ? 0 : low / step * step;
	plot_sweep_set_decimal(picture->sweep, "LOW", panel, low);
	plot_sweep_set_decimal(picture->sweep, "HIGH", panel, (high + step - 1) / step * step);
	plot_sweep_set_decimal(picture->sweep, "STEP", panel, step);
}

/* The numbers of CPUs that there are, of all files. */
static void set_ticks(const struct picture *picture)
{
	unsigned count = 0;

	for (unsigned i = 0; i < picture->sweep->count; i++) {
		const struct plot_table *table = picture->sweep->tables[i];
		const GPtrArray *values = table->dimension[plot_table_find(table, "cpus")].values;

		/* those that are too close are left out by the script */
		for (unsigned j = 0; j < values->len && count < TICKS_MAX; j++)
			plot_sweep_set_text(
				picture->sweep, "TICK", count++, values->pdata[j], PLOT_LABEL_MAX);
	}
	plot_set_number(picture->sweep->page, "TICKS", count);
}

static void set_workload(const struct picture *picture)
{
	const struct plot_sweep *sweep = picture->sweep;
	unsigned legend = plot_sweep_set_legend(
		sweep, picture->curves_count + picture->gaps, set_workload_curves(picture));

	g_assert(picture->cpus_min <= picture->cpus_max);
	for (unsigned i = 0; i < PANELS; i++) {
		plot_sweep_set_text(sweep, "PANEL", i, panels[i].title, PLOT_LABEL_MAX);
		plot_sweep_set_number(sweep, "DASHED", i, panels[i].solid != panels[i].dashed);
		set_panel_range(picture, i);
	}
	set_ticks(picture);
	plot_set_number(sweep->page, "GAPS", picture->gaps);
	plot_set_number(sweep->page, "CPUS_MIN", picture->cpus_min);
	plot_set_number(sweep->page, "CPUS_MAX", picture->cpus_max);
	plot_sweep_set_panels(sweep, PANELS, 3, PANEL_PIXELS, legend);
}

static bool make_workload_ready(const struct plot_sweep *sweep, GError **error)
{
	struct picture picture = { .sweep = sweep, .cpus_min = UINT64_MAX };

	for (unsigned i = 0; i < PANELS; i++)
		picture.low[i] = INT64_MAX;
	for (unsigned i = 0; i < sweep->count; i++) {
		struct plot_table *table = sweep->tables[i];

		if (!add_lines_of(&picture, table, error) ||
			!check_workload_shares(sweep, table, error))
			return false;
		plot_table_sort(table, (unsigned)plot_table_find(table, "cpus"));
	}
	if (!write_workload_curves(&picture, error))
		return false;
	set_workload(&picture);
	return true;
}

const struct plot_sweep_kind plot_workload = {
	.name = "workload",
	.columns = columns,
	.files_max = PLOT_SWEEP_FILES_MAX,
	.example = "pools-32x32 --cpus '16-256*2' -o pools.csv",
	.make_ready = make_workload_ready,
};
