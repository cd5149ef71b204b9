/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* How long transit windows are, as a cumulative distribution. The axes of the scheduler and of
 * costs make panels, all others make curves. */
#include <string.h>

#include "sim/plot/histogram.h"
#include "sim/plot/kinds.h"

static const char *const columns[] = { "windows", NULL };

enum {
	PANELS_MAX = 6,
	CURVES_MAX = 32, /* of all panels together, by their names */
	PANEL_PIXELS = 360,
	LETTER_PIXELS = 7, /* of the title of a panel, with room to spare */
};

struct picture {
	const struct plot_sweep *sweep;
	GPtrArray *panels, *curves; /* their names; the numbers are those of panels and curves */
	bool results[CURVES_MAX], windows[CURVES_MAX]; /* of the curve there is one, in any panel */
	const struct plot_table
		*drawn[PANELS_MAX][CURVES_MAX]; /* where it comes from; NULL = none */
	uint64_t low_ns, high_ns;               /* of all edges, each below 2^62 */
};

static bool is_of_panels(const struct plot_dimension *dimension)
{
	return g_str_has_prefix(dimension->name, "sched.") ||
	       g_str_has_prefix(dimension->name, "cost.");
}

/* --- names --- */

/* "sched.wakeup-preemption" says too little by itself. */
static char *describe_setting(const char *name, const char *value)
{
	if (strcmp(name, "sched.wakeup-preemption") == 0 && strcmp(value, "on") == 0)
		return g_strdup("initiator can be preempted (wakeup-preemption on)");
	if (strcmp(name, "sched.wakeup-preemption") == 0 && strcmp(value, "off") == 0)
		return g_strdup("initiator runs on (wakeup-preemption off)");
	return g_strdup_printf("%s = %s", name, value);
}

static char *describe_value(const char *name, const char *value)
{
	if (strcmp(name, "cpus") == 0)
		return g_strdup_printf("%s CPUs", value);
	if (strcmp(name, "allowed") == 0)
		return g_strdup_printf("%s allowed", value);
	if (strcmp(name, "threads") == 0)
		return g_strdup_printf("%s threads", value);
	return g_strdup_printf("%s %s", name, value);
}

/* The name of the panel, or of the curve, that @point belongs to: all values of its axes. */
static char *describe_point(
	const struct plot_table *table, const struct plot_point *point, bool panel)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < table->dimensions; i++) {
		const struct plot_dimension *dimension = &table->dimension[i];
		const char *value = plot_table_text(table, point, i);
		g_autofree char *part = NULL;

		if (is_of_panels(dimension) != panel)
			continue;
		/* the revision is in the subtitle, if there is but one */
		if (i == table->dimensions - 1 && dimension->values->len == 1)
			continue;
		part = panel ? describe_setting(dimension->name, value)
		             : describe_value(dimension->name, value);
		g_string_append_printf(text, "%s%s", text->len ? ", " : "", part);
	}
	return g_string_free(text, FALSE);
}

/* The position of @name (taken) among @names, which gets it if it is new. */
static unsigned find_or_add_name(GPtrArray *names, char *name)
{
	guint index;

	if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, &index)) {
		g_free(name);
		return index;
	}
	g_ptr_array_add(names, name);
	g_assert(names->len >= 1);
	return names->len - 1;
}

/* A second table must not go on with a curve of the first. */
static bool add_curve(struct picture *picture, const struct plot_table *table,
	const struct plot_point *point, GError **error)
{
	unsigned panel = find_or_add_name(picture->panels, describe_point(table, point, true));
	unsigned curve = find_or_add_name(picture->curves, describe_point(table, point, false));

	g_assert(point->runs > 0);
	if (panel >= PANELS_MAX)
		return plot_sweep_fail(picture->sweep, table, error,
			"more than %d panels, one for each value of the axes sched.* and cost.*",
			PANELS_MAX);
	if (curve >= CURVES_MAX)
		return plot_sweep_fail(picture->sweep, table, error,
			"more than %d curves, one for each value of the other axes", CURVES_MAX);
	if (picture->drawn[panel][curve] && picture->drawn[panel][curve] != table)
		return plot_sweep_fail(picture->sweep, table, error,
			"has a point that an earlier file has, too: the axes must distinguish "
			"them");
	picture->drawn[panel][curve] = table;
	return true;
}

static bool add_curves(struct picture *picture, const struct plot_table *table, GError **error)
{
	g_assert(table->points->len > 0);
	for (unsigned i = 0; i < table->points->len; i++) {
		if (!add_curve(picture, table, table->points->pdata[i], error))
			return false;
	}
	return true;
}

/* --- data --- */

/* "panel curve ns share": below the first edge there is none */
static void put_distribution(
	struct picture *picture, FILE *out, unsigned panel, unsigned curve, const GArray *buckets)
{
	g_assert(buckets->len > 0);
	for (unsigned i = 0; i < buckets->len; i++) {
		uint64_t edge_ns = g_array_index(buckets, struct plot_bucket, i).edge_ns;

		/* the axis is logarithmic */
		edge_ns = MAX(edge_ns, 1);
		if (i == 0)
			fprintf(out, "%u %u %" G_GUINT64_FORMAT " 0\n", panel, curve, edge_ns);
		fprintf(out, "%u %u %" G_GUINT64_FORMAT, panel, curve, edge_ns);
		plot_put_millionths(out, true, (int64_t)plot_histogram_share(buckets, i));
		fputc('\n', out);
		picture->low_ns = MIN(picture->low_ns, edge_ns);
		picture->high_ns = MAX(picture->high_ns, edge_ns);
	}
}

static void put_windows_at(struct picture *picture, FILE *out, const struct plot_table *table,
	const struct plot_point *point)
{
	unsigned panel = find_or_add_name(picture->panels, describe_point(table, point, true));
	unsigned curve = find_or_add_name(picture->curves, describe_point(table, point, false));

	g_assert(panel < PANELS_MAX && curve < CURVES_MAX);
	picture->windows[curve] |= point->good && plot_histogram_count(point->histogram);
	picture->results[curve] |= point->good > 0;
	if (plot_histogram_count(point->histogram))
		put_distribution(picture, out, panel, curve, point->histogram);
	else
		fprintf(out, "%u %u NaN NaN\n", panel, curve);
}

static bool write_distributions(struct picture *picture, GError **error)
{
	FILE *out = plot_page_create(picture->sweep->page, "curves.dat", error);

	g_assert(picture->panels->len <= PANELS_MAX);
	for (unsigned i = 0; out && i < picture->sweep->count; i++) {
		const struct plot_table *table = picture->sweep->tables[i];

		for (unsigned k = 0; k < table->points->len; k++)
			put_windows_at(picture, out, table, table->points->pdata[k]);
	}
	return plot_page_close(out, error);
}

/* --- what gnuplot gets --- */

/* A curve that cannot be seen says why. Returns the letters of the longest label. */
static unsigned set_window_curves(const struct picture *picture)
{
	glong letters = 0;

	g_assert(picture->curves->len <= CURVES_MAX);
	for (unsigned i = 0; i < picture->curves->len; i++) {
		g_autofree char *text = g_strconcat(picture->curves->pdata[i],
			!picture->results[i]   ? ": no result"
			: !picture->windows[i] ? ": no window"
					       : "",
			NULL);

		letters = MAX(letters, g_utf8_strlen(text, -1));
		plot_sweep_set_text(picture->sweep, "CURVE", i, text, PLOT_LABEL_MAX);
	}
	plot_set_number(picture->sweep->page, "CURVES", picture->curves->len);
	return (unsigned)MIN(letters, PLOT_LABEL_MAX);
}

static void set_windows(const struct picture *picture)
{
	const struct plot_sweep *sweep = picture->sweep;
	unsigned count = picture->panels->len, side_by_side = MIN(count, 2);
	unsigned legend =
		plot_sweep_set_legend(sweep, picture->curves->len, set_window_curves(picture));
	uint64_t low_ns = 1, high_ns = 10;

	g_assert(picture->low_ns <= picture->high_ns);
	for (unsigned i = 0; i < count; i++)
		plot_sweep_set_text(sweep, "PANEL", i, picture->panels->pdata[i],
			sweep->page->width / side_by_side / LETTER_PIXELS);
	while (low_ns <= picture->low_ns / 10)
		low_ns *= 10;
	while (high_ns < picture->high_ns)
		high_ns *= 10;
	plot_set_number(sweep->page, "LOW", low_ns);
	plot_set_number(sweep->page, "HIGH", MAX(high_ns, 10 * low_ns));
	plot_sweep_set_panels(sweep, count, side_by_side, PANEL_PIXELS, legend);
}

static bool draw_windows(struct picture *picture, GError **error)
{
	for (unsigned i = 0; i < picture->sweep->count; i++) {
		if (!add_curves(picture, picture->sweep->tables[i], error))
			return false;
	}
	if (!write_distributions(picture, error))
		return false;
	if (!picture->high_ns)
		return plot_sweep_fail(picture->sweep, picture->sweep->tables[0], error,
			"no run has a transit window");
	set_windows(picture);
	return true;
}

static bool make_windows_ready(const struct plot_sweep *sweep, GError **error)
{
	struct picture picture = { .sweep = sweep,
		.panels = g_ptr_array_new_with_free_func(g_free),
		.curves = g_ptr_array_new_with_free_func(g_free),
		.low_ns = UINT64_MAX };
	bool good = draw_windows(&picture, error);

	g_ptr_array_unref(picture.panels);
	g_ptr_array_unref(picture.curves);
	return good;
}

const struct plot_sweep_kind plot_windows = {
	.name = "windows",
	.columns = columns,
	.histogram = true,
	.files_max = PLOT_SWEEP_FILES_MAX,
	.example =
		"study/windows --allowed 4,16 --vary sched.wakeup-preemption=off,on -o windows.csv",
	.make_ready = make_windows_ready,
};
