/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/sweep-layout.h"

#include <string.h>

#include "sim/base/failure.h"
#include "sim/plot/sweep-value.h"

enum { AXIS_LONG = 3 /* numbers: more than a flag has */ };

/* --- which columns are read --- */

static bool is_pattern(const char *name)
{
	return strchr(name, '*') != NULL;
}

/* What a list needs of a file. */
static void add_wanted(struct plot_texts *columns, const char *list)
{
	g_auto(GStrv) names = g_strsplit_set(list ? list : "", ",+", -1);

	for (unsigned i = 0; names[i]; i++) {
		const char *const *needs = plot_value_needs(names[i]);

		for (unsigned j = 0; needs && needs[j]; j++)
			plot_texts_add(columns, needs[j]);
		if (*names[i] && !needs && !is_pattern(names[i]) && strcmp(names[i], "file") != 0 &&
			strcmp(names[i], PLOT_HISTOGRAM) != 0)
			plot_texts_add(columns, names[i]);
	}
}

char **plot_layout_wanted(const struct plot_view *view, GError **error)
{
	struct plot_texts *columns = plot_texts_new();
	bool cells = view->mark == PLOT_MARK_CELLS || view->mark == PLOT_MARK_AUTO;
	const char *const lists[] = { view->x, view->y, view->colour, view->panel, view->reference,
		view->y && view->colour ? "" : PLOT_MEASURES_DEFAULT,
		/* whether users enter in a cell */
		cells ? "users_max,enter_formula" : "" };
	char **names = NULL;

	for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++)
		add_wanted(columns, lists[i]);
	if (columns->list->len <= PLOT_COLUMNS_MAX)
		names = plot_texts_copy(columns);
	else
		failure_input(error, "plot: %u columns are named, there is room for %d",
			columns->list->len, PLOT_COLUMNS_MAX);
	plot_texts_free(columns);
	return names;
}

/* --- axes --- */

bool plot_layout_is_axis(const struct plot_sweep *sweep, const char *name)
{
	return plot_texts_has(sweep->axes, name);
}

static bool is_twin(const struct plot_sweep *sweep, const struct plot_table *table)
{
	for (unsigned i = 0; i < sweep->count; i++)
		if (sweep->tables[i] != table && strcmp(sweep->tables[i]->title, table->title) == 0)
			return true;
	return false;
}

/* Of the column @name, or the file: its title, or its name if another one has the same title. */
static char *text_at(
	const struct plot_sweep *sweep, const struct plot_point *point, const char *name)
{
	if (strcmp(name, "file") != 0)
		return plot_value_text(point, name);
	return is_twin(sweep, point->table) ? g_path_get_basename(point->table->path)
	                                    : g_strdup(point->table->title);
}

struct plot_texts *plot_layout_scale(const struct plot_sweep *sweep, const char *name)
{
	struct plot_texts *scale = plot_texts_new();

	for (unsigned i = 0; i < sweep->points->len; i++) {
		g_autofree char *text = text_at(sweep, sweep->points->pdata[i], name);

		if (text)
			plot_texts_add(scale, text);
	}
	plot_texts_sort(scale);
	return scale;
}

unsigned plot_layout_position(
	const struct plot_texts *scale, const struct plot_point *point, const char *name)
{
	g_autofree char *text = plot_value_text(point, name);
	unsigned position;
	bool found = plot_texts_find(scale, text, &position);

	g_assert(found);
	return position;
}

/* In how many values of @name the points differ; @numeric, unless NULL: whether all are numbers. */
static unsigned count_values(const struct plot_sweep *sweep, const char *name, bool *numeric)
{
	struct plot_texts *scale = plot_layout_scale(sweep, name);
	unsigned count = scale->list->len;

	if (numeric)
		*numeric = scale->numeric;
	plot_texts_free(scale);
	return count;
}

/* --- x and y, if nobody says --- */

/* The first axis but @other that varies, or that has several numbers; NULL if there is none. */
static const char *first_axis(const struct plot_sweep *sweep, const char *other, bool numbers)
{
	for (unsigned i = 0; i < sweep->axes->list->len; i++) {
		const char *name = sweep->axes->list->pdata[i];
		bool numeric;
		unsigned length = count_values(sweep, name, &numeric);

		if (g_strcmp0(name, other) != 0 &&
			(numbers ? numeric && length >= AXIS_LONG : length >= 2))
			return name;
	}
	return NULL;
}

/* Two long axes make cells, one makes lines. */
static void choose_axes(struct plot_sweep *sweep)
{
	struct plot_view *view = &sweep->view;
	bool cells = view->mark == PLOT_MARK_CELLS || !view->x;

	/* no column is the length of a window */
	view->steps = view->steps || g_strcmp0(view->y, PLOT_HISTOGRAM) == 0;
	if (g_strcmp0(view->y, PLOT_HISTOGRAM) == 0)
		view->x = "";
	else if (view->x && !*view->x)
		view->x = NULL;
	if (!view->x)
		view->x = first_axis(sweep, view->y, true);
	if (!view->x)
		view->x = first_axis(sweep, view->y, false);
	if (!view->x)
		view->x = sweep->axes->list->pdata[0];
	if (!view->y && cells)
		view->y = first_axis(sweep, view->x, true);
	if (!view->y)
		view->y = PLOT_MEASURES_DEFAULT;
	if (view->mark == PLOT_MARK_AUTO)
		view->mark =
			plot_layout_is_axis(sweep, view->y) ? PLOT_MARK_CELLS : PLOT_MARK_LINES;
	g_assert(view->mark != PLOT_MARK_AUTO);
}

static bool is_axis_of_all(const struct plot_sweep *sweep, const char *name)
{
	for (unsigned i = 0; i < sweep->count; i++)
		if (plot_table_find(sweep->tables[i], name) < 0)
			return false;
	return true;
}

/* --- measures --- */

static bool add_measure(struct plot_sweep *sweep, const char *name, unsigned group, GError **error)
{
	if (plot_layout_is_axis(sweep, name))
		return plot_sweep_fail(sweep, error,
			"'%s' is an axis and nothing that was measured: it can be x, or y of "
			"cells",
			name);
	if (strcmp(name, PLOT_HISTOGRAM) == 0 && *sweep->x)
		return plot_sweep_fail(sweep, error, "%s has no other measure beside it", name);
	if (sweep->measures == PLOT_MEASURES_MAX)
		return plot_sweep_fail(
			sweep, error, "more than %d measures to draw", PLOT_MEASURES_MAX);
	sweep->measure[sweep->measures] = g_strdup(name);
	sweep->group[sweep->measures++] = group;
	return true;
}

/* "A,B+C" is two groups. */
static bool add_measures(struct plot_sweep *sweep, const char *list, GError **error)
{
	g_auto(GStrv) groups = g_strsplit(list, ",", -1);

	for (unsigned i = 0; groups[i]; i++) {
		g_auto(GStrv) names = g_strsplit(groups[i], "+", -1);

		for (unsigned j = 0; names[j]; j++)
			if (*names[j] && !add_measure(sweep, names[j], i, error))
				return false;
		sweep->groups = i + 1;
	}
	return sweep->measures > 0 || plot_sweep_fail(sweep, error, "nothing to measure is named");
}

static bool choose_measures(struct plot_sweep *sweep, GError **error)
{
	struct plot_view *view = &sweep->view;

	g_assert(sweep->measures == 0);
	sweep->x = view->x;
	if (plot_layout_is_axis(sweep, view->x) && !is_axis_of_all(sweep, view->x))
		return plot_sweep_fail(sweep, error, "'%s' is not an axis of all files", view->x);
	/* what the reference is computed from is of no group */
	if (view->mark != PLOT_MARK_CELLS)
		return add_measures(sweep, view->y, error) &&
		       (!view->reference ||
			       add_measure(sweep, view->reference, sweep->groups, error));
	sweep->y = view->y;
	if (!is_axis_of_all(sweep, view->x) || !is_axis_of_all(sweep, view->y))
		return plot_sweep_fail(sweep, error, "'%s' is no axis: x and y of cells are axes",
			is_axis_of_all(sweep, view->x) ? view->y : view->x);
	if (!add_measures(sweep, view->colour ? view->colour : PLOT_MEASURES_DEFAULT, error))
		return false;
	/* each has a panel of its own */
	for (unsigned i = 0; i < sweep->measures; i++)
		sweep->group[i] = i;
	sweep->groups = sweep->measures;
	view->colour = "";
	return true;
}

/* --- panels and curves --- */

static bool is_used(const struct plot_sweep *sweep, const char *name)
{
	return g_strcmp0(name, sweep->x) == 0 || g_strcmp0(name, sweep->y) == 0 ||
	       (sweep->view.covered && g_pattern_match_simple(sweep->view.covered, name)) ||
	       plot_texts_has(sweep->panel_by, name) || plot_texts_has(sweep->colour_by, name);
}

/* Add @name, if its values differ. */
static void add_varying(const struct plot_sweep *sweep, struct plot_texts *names, const char *name)
{
	if (*name && count_values(sweep, name, NULL) > 1)
		plot_texts_add(names, name);
}

/* First the names, then the patterns: those take the axes that have no place yet. */
static void add_list(
	const struct plot_sweep *sweep, struct plot_texts *names, const char *list, bool patterns)
{
	g_auto(GStrv) parts = g_strsplit(list, ",", -1);

	for (unsigned i = 0; parts[i]; i++) {
		if (is_pattern(parts[i]) != patterns)
			continue;
		if (!patterns)
			add_varying(sweep, names, parts[i]);
		for (unsigned j = 0; patterns && j < sweep->axes->list->len; j++) {
			const char *axis = sweep->axes->list->pdata[j];

			if (!is_used(sweep, axis) && g_pattern_match_simple(parts[i], axis))
				add_varying(sweep, names, axis);
		}
	}
}

/* An axis that differs must be somewhere. */
static bool check_rest(const struct plot_sweep *sweep, GError **error)
{
	for (unsigned i = 0; i < sweep->axes->list->len; i++) {
		const char *name = sweep->axes->list->pdata[i];
		unsigned count = is_used(sweep, name) ? 0 : count_values(sweep, name, NULL);

		if (count > 1)
			return plot_sweep_fail(sweep, error,
				"'%s' has %u values and no place in the picture: --panel '%s' "
				"draws all of them, --where '%s=VALUE' one",
				name, count, name, name);
	}
	return true;
}

static void choose_lists(struct plot_sweep *sweep)
{
	const char *colour = sweep->view.colour, *panel = sweep->view.panel;

	/* what nobody places is a colour, or a panel if the colours are chosen */
	if (!panel)
		panel = colour ? "*" : "";
	if (!colour)
		colour = "*";
	g_assert(sweep->x);
	for (unsigned patterns = 0; patterns < 2; patterns++) {
		add_list(sweep, sweep->panel_by, panel, patterns);
		add_list(sweep, sweep->colour_by, colour, patterns);
	}
}

/* Put the name of the panel or curve of @point among @names. Returns its position; -1: it has none,
 * as its run was impossible. */
static int name_place(const struct plot_sweep *sweep, const struct plot_point *point,
	const struct plot_texts *by, struct plot_texts *names)
{
	g_autoptr(GString) name = g_string_new(NULL);

	for (unsigned i = 0; i < by->list->len; i++) {
		const char *column = by->list->pdata[i];
		g_autofree char *text = text_at(sweep, point, column);
		g_autofree char *part = text ? plot_describe(column, text) : NULL;

		/* a file may lack an axis; an impossible run has no numbers */
		if (!part && !plot_layout_is_axis(sweep, column))
			return -1;
		if (part)
			g_string_append_printf(name, "%s%s", name->len ? ", " : "", part);
	}
	return (int)plot_texts_add(names, name->str);
}

/* @option: where an axis of @by could be instead. */
static bool fail_places(const struct plot_sweep *sweep, unsigned most, const char *what,
	const struct plot_texts *by, const char *option, GError **error)
{
	const GPtrArray *names = by->list;

	return plot_sweep_fail(sweep, error,
		"more than %u %s: choose some values with --where '%s=VALUE,VALUE', or place an "
		"axis with %s",
		most, what, names->len ? (char *)names->pdata[names->len - 1] : "AXIS", option);
}

/* The panel and the curve of each point. */
static bool place_points(struct plot_sweep *sweep, GError **error)
{
	unsigned panels_max = PLOT_PANELS_MAX / sweep->groups;
	bool any = false;

	for (unsigned i = 0; i < sweep->points->len; i++) {
		struct plot_point *point = sweep->points->pdata[i];
		int panel = name_place(sweep, point, sweep->panel_by, sweep->panels);
		int curve = name_place(sweep, point, sweep->colour_by, sweep->curves);

		if (panel >= (int)panels_max)
			return fail_places(sweep, panels_max, "panels", sweep->panel_by,
				"--colour, or draw fewer measures", error);
		if (curve >= PLOT_CURVES_MAX)
			return fail_places(sweep, PLOT_CURVES_MAX, "colours", sweep->colour_by,
				"--panel", error);
		point->placed = panel >= 0 && curve >= 0;
		point->panel = (unsigned)panel;
		point->curve = (unsigned)curve;
		any |= point->placed;
	}
	return any || plot_sweep_fail(sweep, error, "nothing to draw, all runs are impossible");
}

/* --- all of it --- */

static void collect_points(struct plot_sweep *sweep)
{
	for (unsigned i = 0; i < sweep->count; i++) {
		const struct plot_table *table = sweep->tables[i];

		for (unsigned j = 0; j < table->dimensions; j++)
			plot_texts_add(sweep->axes, table->dimension[j]);
		for (unsigned j = 0; j < table->points->len; j++)
			g_ptr_array_add(sweep->points, table->points->pdata[j]);
	}
	g_assert(sweep->axes->list->len >= 1 && sweep->points->len >= 1);
}

/* The values of @name, if it is an axis. */
static struct plot_texts *scale_of_axis(const struct plot_sweep *sweep, const char *name)
{
	return name && plot_layout_is_axis(sweep, name) ? plot_layout_scale(sweep, name) : NULL;
}

bool plot_layout_choose(struct plot_sweep *sweep, GError **error)
{
	struct plot_texts **const all[] = { &sweep->axes, &sweep->panel_by, &sweep->colour_by,
		&sweep->panels, &sweep->curves };

	g_assert(sweep->count >= 1 && !sweep->panels);
	for (unsigned i = 0; i < G_N_ELEMENTS(all); i++)
		*all[i] = plot_texts_new();
	sweep->points = g_ptr_array_new();
	collect_points(sweep);
	choose_axes(sweep);
	if (!choose_measures(sweep, error))
		return false;
	choose_lists(sweep);
	sweep->xs = scale_of_axis(sweep, sweep->x);
	sweep->ys = scale_of_axis(sweep, sweep->y);
	return check_rest(sweep, error) && place_points(sweep, error);
}

void plot_layout_clear(struct plot_sweep *sweep)
{
	struct plot_texts *const all[] = { sweep->axes, sweep->panel_by, sweep->colour_by,
		sweep->panels, sweep->curves, sweep->xs, sweep->ys };

	for (unsigned i = 0; i < G_N_ELEMENTS(all); i++)
		plot_texts_free(all[i]);
	g_clear_pointer(&sweep->points, g_ptr_array_unref);
	for (unsigned i = 0; i < sweep->measures; i++)
		g_free(sweep->measure[i]);
}
