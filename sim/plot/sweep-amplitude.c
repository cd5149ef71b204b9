/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Flips per 1000 cycles against the size of the swing, a line for each policy of the threshold, a
 * panel for each machine. The users go from the value of an axis that ends in ".from" up to
 * users_max and back, once per cycle.
 */
#include <string.h>

#include "sim/plot/axis.h"
#include "sim/plot/kinds.h"
#include "sim/plot/swing.h"

enum column { USERS_MAX, FORKS, TO_PERCPU, TO_TASK, ENTER, LEAVE };
static const char *const columns[] = { "users_max", "forks", "to_percpu", "to_task",
	"enter_formula", "leave_formula", NULL };

enum {
	PANELS_MAX = 4,
	CURVES_MAX = 8,
	PANEL_PIXELS = 330,
	TICKS = 6,
	ENTRY_LETTERS = 44,
};

struct dot {
	unsigned panel, curve;
	int64_t swing, flips; /* flips < 0: no result */
};

struct panel {
	unsigned cpus, allowed; /* positions */
	const struct plot_point *point;
	int64_t needed;               /* swing for a cycle of the mode; -1: there is none */
	int64_t users_max, swing_max; /* of its points */
};

struct picture {
	const struct plot_sweep *sweep;
	const struct plot_table *table;
	int cpus, allowed; /* dimensions; -1 = none */
	unsigned from, policy;
	struct panel panels[PANELS_MAX];
	unsigned panels_count;
	GArray *dots;
	int64_t flips_max;
	bool gaps;
};

static unsigned position_on(const struct plot_point *point, int dimension)
{
	return dimension < 0 ? 0 : point->position[dimension];
}

static struct panel *find_machine_panel(
	struct picture *picture, const struct plot_point *point, GError **error)
{
	unsigned cpus = position_on(point, picture->cpus);
	unsigned allowed = position_on(point, picture->allowed);
	struct panel *panel;

	g_assert(picture->panels_count <= PANELS_MAX);
	for (unsigned i = 0; i < picture->panels_count; i++) {
		panel = &picture->panels[i];
		if (panel->cpus == cpus && panel->allowed == allowed)
			return panel;
	}
	if (picture->panels_count == PANELS_MAX) {
		plot_sweep_fail(picture->sweep, picture->table, error,
			"more than %d machines, there is no room for as many panels", PANELS_MAX);
		return NULL;
	}
	panel = &picture->panels[picture->panels_count++];
	*panel = (struct panel){ cpus, allowed, point, -1, 0, 0 };
	return panel;
}

/* --- points --- */

static void note_panel(
	const struct picture *picture, struct panel *panel, const struct plot_point *point)
{
	const struct plot_number *enter = &point->number[ENTER], *leave = &point->number[LEAVE];
	const char *policy = plot_table_text(picture->table, point, picture->policy);

	g_assert(point->good > 0);
	/* the closed form is that of a recorded threshold */
	if (strcmp(policy, "recorded") == 0 && enter->count && leave->count)
		panel->needed =
			MAX(panel->needed, plot_number_mean(enter) - plot_number_mean(leave));
	panel->users_max = MAX(panel->users_max, point->number[USERS_MAX].max);
}

/* A point without result is put where it would be if its users had reached the most of the
 * others. */
static struct dot dot_of(
	const struct picture *picture, const struct panel *panel, const struct plot_point *point)
{
	const struct plot_number *number = point->number;
	int64_t from = (int64_t)plot_table_number(picture->table, point, picture->from);
	struct swing swing = {
		.from = from * PLOT_MILLION,
		.users_max = point->good ? plot_number_mean(&number[USERS_MAX]) : panel->users_max,
		.forks = plot_number_mean(&number[FORKS]),
		.flips = plot_number_mean(&number[TO_PERCPU]) + plot_number_mean(&number[TO_TASK]),
	};
	struct dot dot = { .panel = (unsigned)(panel - picture->panels),
		.curve = point->position[picture->policy],
		.swing = MAX(swing.users_max - swing.from, 0) };

	g_assert(panel < picture->panels + picture->panels_count);
	if (!point->good || !swing_flips(&swing, &dot.flips))
		dot.flips = -1;
	return dot;
}

static bool find_panels(struct picture *picture, GError **error)
{
	g_assert(picture->table->points->len > 0);
	for (unsigned i = 0; i < picture->table->points->len; i++) {
		const struct plot_point *point = picture->table->points->pdata[i];
		struct panel *panel = find_machine_panel(picture, point, error);

		if (!panel)
			return false;
		if (point->good)
			note_panel(picture, panel, point);
	}
	return true;
}

static void add_dots(struct picture *picture)
{
	g_assert(picture->dots->len == 0);
	for (unsigned i = 0; i < picture->table->points->len; i++) {
		const struct plot_point *point = picture->table->points->pdata[i];
		struct panel *panel = find_machine_panel(picture, point, NULL);
		struct dot dot = dot_of(picture, panel, point);

		if (!dot.swing)
			continue;
		panel->swing_max = MAX(panel->swing_max, dot.swing);
		picture->flips_max = MAX(picture->flips_max, dot.flips);
		picture->gaps = picture->gaps || dot.flips < 0;
		g_array_append_val(picture->dots, dot);
	}
}

static int compare_dots(gconstpointer a, gconstpointer b)
{
	const struct dot *x = a, *y = b;

	if (x->panel != y->panel)
		return x->panel < y->panel ? -1 : 1;
	if (x->curve != y->curve)
		return x->curve < y->curve ? -1 : 1;
	return x->swing < y->swing ? -1 : x->swing > y->swing;
}

/* "panel curve swing gap flips" */
static bool write_dots(struct picture *picture, GError **error)
{
	FILE *out = plot_page_create(picture->sweep->page, "curves.dat", error);

	g_assert(picture->panels_count <= PANELS_MAX);
	g_array_sort(picture->dots, compare_dots);
	for (unsigned i = 0; out && i < picture->dots->len; i++) {
		const struct dot *dot = &g_array_index(picture->dots, struct dot, i);

		fprintf(out, "%u %u", dot->panel, dot->curve);
		plot_put_millionths(out, true, dot->swing);
		fputs(dot->flips < 0 ? " 1" : " 0", out);
		plot_put_millionths(out, dot->flips >= 0, MAX(dot->flips, 0));
		fputc('\n', out);
	}
	return plot_page_close(out, error);
}

/* --- what gnuplot gets --- */

/* "16 CPUs, 4 allowed", as far as the panels differ in it. */
static char *describe_panel(const struct picture *picture, const struct panel *panel)
{
	GString *text = g_string_new(NULL);

	g_assert(panel->point);
	if (picture->cpus >= 0)
		g_string_append_printf(text, "%s CPUs",
			plot_table_text(picture->table, panel->point, (unsigned)picture->cpus));
	if (picture->allowed >= 0)
		g_string_append_printf(text, "%s%s allowed", text->len ? ", " : "",
			plot_table_text(picture->table, panel->point, (unsigned)picture->allowed));
	return g_string_free(text, FALSE);
}

static void set_panel(const struct picture *picture, unsigned index)
{
	const struct plot_sweep *sweep = picture->sweep;
	const struct panel *panel = &picture->panels[index];
	g_autofree char *text = describe_panel(picture, panel);
	g_autofree char *needed = g_strdup_printf(
		"%" G_GINT64_FORMAT " = enter − leave", MAX(panel->needed, 0) / PLOT_MILLION);
	int64_t right = MAX(panel->swing_max, panel->needed);

	g_assert(index < picture->panels_count);
	plot_sweep_set_text(sweep, "PANEL", index, text, PLOT_LABEL_MAX);
	plot_sweep_set_text(sweep, "NEEDED_TEXT", index, needed, PLOT_LABEL_MAX);
	plot_sweep_set_number(sweep, "NEEDED_KNOWN", index, panel->needed > 0);
	plot_sweep_set_decimal(sweep, "NEEDED", index, MAX(panel->needed, 0));
	plot_sweep_set_decimal(sweep, "RIGHT", index, MAX(right, PLOT_MILLION));
	plot_sweep_set_number(sweep, "X_STEP", index,
		plot_axis_step((uint64_t)MAX(right / PLOT_MILLION, 1), TICKS));
}

static void set_amplitude(const struct picture *picture)
{
	const struct plot_sweep *sweep = picture->sweep;
	const GPtrArray *policies = picture->table->dimension[picture->policy].values;
	uint64_t top = (uint64_t)(picture->flips_max / PLOT_MILLION) + 1;

	g_assert(picture->panels_count >= 1);
	for (unsigned i = 0; i < picture->panels_count; i++)
		set_panel(picture, i);
	for (unsigned i = 0; i < policies->len; i++)
		plot_sweep_set_text(sweep, "CURVE", i, policies->pdata[i], PLOT_LABEL_MAX);
	plot_set_number(sweep->page, "CURVES", policies->len);
	plot_set_number(sweep->page, "GAPS", picture->gaps);
	plot_set_number(sweep->page, "TOP", top);
	plot_set_number(sweep->page, "TOP_STEP", plot_axis_step(top, TICKS));
	plot_sweep_set_panels(sweep, picture->panels_count, 2, PANEL_PIXELS,
		plot_sweep_set_legend(sweep, policies->len + 2, ENTRY_LETTERS));
}

static bool draw_amplitude(struct picture *picture, GError **error)
{
	bool good = find_panels(picture, error);

	g_assert(picture->policy < picture->table->dimensions);
	picture->dots = g_array_new(FALSE, FALSE, sizeof(struct dot));
	if (good) {
		add_dots(picture);
		good = write_dots(picture, error);
	}
	if (good)
		set_amplitude(picture);
	g_array_unref(picture->dots);
	return good;
}

/* --- axes --- */

/* The name of the first axis that ends in ".from"; NULL sets @error. */
static const char *find_from(const struct plot_sweep *sweep, GError **error)
{
	const struct plot_table *table = sweep->tables[0];

	for (unsigned i = 0; i < table->dimensions; i++)
		if (g_str_has_suffix(table->dimension[i].name, ".from"))
			return table->dimension[i].name;
	plot_sweep_fail(sweep, table, error, "no axis that ends in '.from'");
	return NULL;
}

static bool make_amplitude_ready(const struct plot_sweep *sweep, GError **error)
{
	const struct plot_table *table = sweep->tables[0];
	const char *from = find_from(sweep, error);
	const char *const used[] = { from, "cpus", "allowed", "threads", "protocol.thrs-policy",
		NULL };
	struct picture picture = { .sweep = sweep, .table = table };
	int from_axis = from ? plot_sweep_numeric_axis(sweep, table, from, error) : -1;
	int policy =
		from_axis < 0 ? -1 : plot_sweep_axis(sweep, table, "protocol.thrs-policy", error);

	if (policy < 0 || !plot_sweep_only(sweep, table, used, error))
		return false;
	if (table->dimension[policy].values->len > CURVES_MAX)
		return plot_sweep_fail(sweep, table, error, "more than %d policies", CURVES_MAX);
	picture.from = (unsigned)from_axis;
	picture.policy = (unsigned)policy;
	picture.cpus = plot_table_find(table, "cpus");
	picture.allowed = plot_table_find(table, "allowed");
	return draw_amplitude(&picture, error);
}

const struct plot_sweep_kind plot_amplitude = {
	.name = "amplitude",
	.columns = columns,
	.files_max = 1,
	.example = "study/amplitude --vary 'ramp swing.from=1-64' "
		   "--vary protocol.thrs-policy=recorded,recomputed,none -o amplitude.csv",
	.make_ready = make_amplitude_ready,
};
