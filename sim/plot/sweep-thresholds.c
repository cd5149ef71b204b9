/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Users at enter and leave against the CPUs allowed, a panel for each number of possible CPUs. A
 * curve is the points of a file that differ only in the CPUs allowed. */
#include <stdlib.h>
#include <string.h>

#include "sim/plot/kinds.h"

enum column { ENTER, ENTER_MIN, ENTER_MAX, LEAVE, LEAVE_MIN, LEAVE_MAX, POSSIBLE, IDS };
static const char *const columns[] = { "enter_formula", "enter_users_min", "enter_users_max",
	"leave_formula", "leave_users_min", "leave_users_max", "possible_cpus", "nr_cpu_ids",
	NULL };

enum {
	PANELS_MAX = 6,
	PANEL_PIXELS = 400,
	LETTER_PIXELS = 8, /* of the title of a panel, with room to spare */
	ENTRIES = 6,       /* of the legend, at most */
	ENTRY_LETTERS = 34,
};

/* What caps the threshold; where there are as many ids as CPUs the first two are the same. */
enum cap { CAP_POSSIBLE, CAP_IDS, CAP_NONE, CAPS };

struct curve {
	const struct plot_table *table;
	unsigned allowed; /* the dimension */
	unsigned rest[2]; /* positions on the other dimensions: cpus, cap */
	int64_t possible; /* CPUs; millionths */
	unsigned panel;
	enum cap cap;
};

struct panel {
	int64_t possible;
	int64_t ids_min, ids_max; /* nr_cpu_ids */
	bool same;                /* the cap was asked to be nr_cpu_ids, and that is the same */
	int64_t allowed_max, users_max; /* of its points */
};

struct picture {
	const struct plot_sweep *sweep;
	struct curve curves[PLOT_CURVES_MAX];
	unsigned curves_count;
	struct panel panels[PANELS_MAX];
	unsigned panels_count;
	bool caps[CAPS]; /* those that there are */
	bool gaps;       /* there is a point without result */
};

/* --- which curve a point belongs to --- */

static unsigned position_called(
	const struct plot_table *table, const struct plot_point *point, const char *name)
{
	int dimension = plot_table_find(table, name);

	return dimension < 0 ? 0 : point->position[dimension];
}

static struct curve *find_curve(
	struct picture *picture, const struct plot_table *table, const struct plot_point *point)
{
	unsigned cpus = position_called(table, point, "cpus");
	unsigned cap = position_called(table, point, "protocol.thrs-cap");

	for (unsigned i = 0; i < picture->curves_count; i++) {
		struct curve *curve = &picture->curves[i];

		if (curve->table == table && curve->rest[0] == cpus && curve->rest[1] == cap)
			return curve;
	}
	return NULL;
}

static enum cap cap_of(const struct plot_table *table, const struct plot_point *point)
{
	int dimension = plot_table_find(table, "protocol.thrs-cap");
	const char *text = dimension < 0 ? "" : plot_table_text(table, point, (unsigned)dimension);

	g_assert(point->good > 0);
	if (strcmp(text, "none") == 0)
		return CAP_NONE;
	return strcmp(text, "nr-cpu-ids") == 0 ? CAP_IDS : CAP_POSSIBLE;
}

static struct panel *find_possible_panel(
	struct picture *picture, const struct plot_table *table, int64_t possible, GError **error)
{
	struct panel *panel;

	g_assert(picture->panels_count <= PANELS_MAX);
	for (unsigned i = 0; i < picture->panels_count; i++)
		if (picture->panels[i].possible == possible)
			return &picture->panels[i];
	if (picture->panels_count == PANELS_MAX) {
		plot_sweep_fail(picture->sweep, table, error,
			"more than %d numbers of possible CPUs, there is no room for as many "
			"panels",
			PANELS_MAX);
		return NULL;
	}
	panel = &picture->panels[picture->panels_count++];
	*panel = (struct panel){ .possible = possible, .ids_min = INT64_MAX };
	return panel;
}

/* The first good point of a curve decides which panel it is in. */
static bool begin_curve(struct picture *picture, const struct plot_table *table,
	const struct plot_point *point, GError **error)
{
	int64_t possible = plot_number_mean(&point->number[POSSIBLE]);
	int64_t ids = plot_number_mean(&point->number[IDS]);
	enum cap cap = cap_of(table, point);
	struct panel *panel = find_possible_panel(picture, table, possible, error);
	struct curve *curve;

	g_assert(point->good > 0);
	if (!panel)
		return false;
	if (picture->curves_count == PLOT_CURVES_MAX)
		return plot_sweep_fail(
			picture->sweep, table, error, "more than %d curves", PLOT_CURVES_MAX);
	panel->ids_min = MIN(panel->ids_min, ids);
	panel->ids_max = MAX(panel->ids_max, ids);
	panel->same = panel->same || (cap == CAP_IDS && ids == possible);
	curve = &picture->curves[picture->curves_count++];
	curve->table = table;
	curve->allowed = (unsigned)plot_table_find(table, "allowed");
	curve->rest[0] = position_called(table, point, "cpus");
	curve->rest[1] = position_called(table, point, "protocol.thrs-cap");
	curve->possible = possible;
	curve->cap = cap == CAP_IDS && ids == possible ? CAP_POSSIBLE : cap;
	picture->caps[curve->cap] = true;
	return true;
}

static bool add_curves_of(struct picture *picture, const struct plot_table *table, GError **error)
{
	static const char *const used[] = { "cpus", "allowed", "protocol.thrs-cap", NULL };

	g_assert(table->points->len > 0);
	if (plot_sweep_numeric_axis(picture->sweep, table, "allowed", error) < 0 ||
		!plot_sweep_only(picture->sweep, table, used, error))
		return false;
	for (unsigned i = 0; i < table->points->len; i++) {
		const struct plot_point *point = table->points->pdata[i];

		if (point->good && !find_curve(picture, table, point) &&
			!begin_curve(picture, table, point, error))
			return false;
	}
	return true;
}

static int compare_panels(const void *a, const void *b)
{
	const struct panel *x = a, *y = b;

	return x->possible < y->possible ? -1 : x->possible > y->possible;
}

static void place_curves(struct picture *picture)
{
	qsort(picture->panels, picture->panels_count, sizeof(picture->panels[0]), compare_panels);
	for (unsigned i = 0; i < picture->curves_count; i++)
		while (picture->panels[picture->curves[i].panel].possible !=
			picture->curves[i].possible)
			picture->curves[i].panel++;
}

/* --- data --- */

static void widen(struct panel *panel, int64_t allowed, const struct plot_number *number)
{
	int64_t enter = MAX(number[ENTER].max, number[ENTER_MAX].max);

	g_assert(allowed >= 0);
	panel->allowed_max = MAX(panel->allowed_max, allowed);
	panel->users_max = MAX(panel->users_max, MAX(enter, number[LEAVE].max));
}

/* A result that is missing; but more CPUs than there are cannot be allowed. */
static void put_gap(struct picture *picture, FILE *out, int64_t allowed, int64_t possible)
{
	fputs(allowed > possible ? " 0" : " 1", out);
	fputs(" NaN NaN NaN NaN NaN NaN\n", out);
	picture->gaps = picture->gaps || allowed <= possible;
}

static void put_threshold(struct picture *picture, FILE *out, const struct curve *curve,
	const struct plot_point *point)
{
	static const enum column order[] = { ENTER, LEAVE, ENTER_MIN, ENTER_MAX, LEAVE_MIN,
		LEAVE_MAX };
	int64_t allowed =
		(int64_t)plot_table_number(curve->table, point, curve->allowed) * PLOT_MILLION;

	g_assert(curve->panel < picture->panels_count);
	plot_put_millionths(out, true, allowed);
	if (!point->good) {
		put_gap(picture, out, allowed, curve->possible);
		return;
	}
	fputs(" 0", out);
	for (unsigned i = 0; i < G_N_ELEMENTS(order); i++) {
		const struct plot_number *number = &point->number[order[i]];
		bool is_min = order[i] == ENTER_MIN || order[i] == LEAVE_MIN;

		plot_put_millionths(out, number->count > 0, is_min ? number->min : number->max);
	}
	fputc('\n', out);
	widen(&picture->panels[curve->panel], allowed, point->number);
}

static void put_curve(struct picture *picture, FILE *out, unsigned index)
{
	const struct curve *curve = &picture->curves[index];
	const GPtrArray *points = curve->table->points;

	g_assert(index < picture->curves_count);
	for (unsigned i = 0; i < points->len; i++) {
		const struct plot_point *point = points->pdata[i];

		if (find_curve(picture, curve->table, point) != curve)
			continue;
		fprintf(out, "%u", index);
		put_threshold(picture, out, curve, point);
	}
}

/* "curve allowed gap enter leave enter-min enter-max leave-min leave-max" */
static bool write_threshold_curves(struct picture *picture, GError **error)
{
	FILE *out = plot_page_create(picture->sweep->page, "curves.dat", error);

	g_assert(picture->curves_count <= PLOT_CURVES_MAX);
	for (unsigned i = 0; out && i < picture->curves_count; i++)
		put_curve(picture, out, i);
	return plot_page_close(out, error);
}

/* --- what gnuplot gets --- */

/* "P = 64 possible CPUs" and, on a second line, what the panel says about nr_cpu_ids. */
static char *describe_ids(const struct panel *panel)
{
	int64_t min = panel->ids_min / PLOT_MILLION, max = panel->ids_max / PLOT_MILLION;

	g_assert(min <= max);
	if (panel->ids_max == panel->possible)
		return g_strdup(panel->same ? "nr_cpu_ids = P: one cap" : "");
	if (min != max)
		return g_strdup_printf(
			"nr_cpu_ids %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, min, max);
	return g_strdup_printf("nr_cpu_ids %" G_GINT64_FORMAT, max);
}

static void set_panels(const struct picture *picture, unsigned legend)
{
	const struct plot_sweep *sweep = picture->sweep;
	unsigned side_by_side = MIN(picture->panels_count, 3);
	unsigned letters_max = sweep->page->width / side_by_side / LETTER_PIXELS;

	g_assert(picture->panels_count >= 1);
	for (unsigned i = 0; i < picture->panels_count; i++) {
		const struct panel *panel = &picture->panels[i];
		g_autofree char *ids = describe_ids(panel);
		g_autofree char *text = g_strdup_printf(
			"P = %" G_GINT64_FORMAT " possible CPUs", panel->possible / PLOT_MILLION);

		plot_sweep_set_text(sweep, "PANEL", i, text, letters_max);
		plot_sweep_set_text(sweep, "PANEL_IDS", i, ids, letters_max);
		plot_sweep_set_decimal(sweep, "RIGHT", i, MAX(panel->allowed_max, PLOT_MILLION));
		plot_sweep_set_decimal(sweep, "TOP", i, MAX(panel->users_max, PLOT_MILLION));
	}
	plot_sweep_set_panels(sweep, picture->panels_count, side_by_side, PANEL_PIXELS, legend);
}

static void set_thresholds(const struct picture *picture)
{
	const struct plot_sweep *sweep = picture->sweep;
	const struct plot_page *page = sweep->page;

	g_assert(picture->curves_count <= PLOT_CURVES_MAX);
	for (unsigned i = 0; i < picture->curves_count; i++) {
		plot_sweep_set_number(sweep, "CURVE_PANEL", i, picture->curves[i].panel);
		plot_sweep_set_number(sweep, "CURVE_CAP", i, picture->curves[i].cap);
	}
	for (unsigned i = 0; i < CAPS; i++)
		plot_sweep_set_number(sweep, "CAP", i, picture->caps[i]);
	plot_set_number(page, "CURVES", picture->curves_count);
	plot_set_number(page, "GAPS", picture->gaps);
	set_panels(picture, plot_sweep_set_legend(sweep, ENTRIES, ENTRY_LETTERS));
}

static bool make_thresholds_ready(const struct plot_sweep *sweep, GError **error)
{
	struct picture picture = { .sweep = sweep };

	for (unsigned i = 0; i < sweep->count; i++) {
		if (!add_curves_of(&picture, sweep->tables[i], error))
			return false;
		plot_table_sort(
			sweep->tables[i], (unsigned)plot_table_find(sweep->tables[i], "allowed"));
	}
	place_curves(&picture);
	if (!write_threshold_curves(&picture, error))
		return false;
	set_thresholds(&picture);
	return true;
}

const struct plot_sweep_kind plot_thresholds = {
	.name = "thresholds",
	.columns = columns,
	.files_max = PLOT_SWEEP_FILES_MAX,
	.example = "study/ramp --cpus 64,256 --allowed '1-256*2' --threads 300 -o thresholds.csv",
	.make_ready = make_thresholds_ready,
};
