/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/sweep-layout.h"

#include <string.h>

#include "sim/base/failure.h"
#include "sim/base/numbers.h"
#include "sim/plot/sweep-value.h"

enum { AXIS_LONG = 3 /* numbers: more than a flag has */ };

/* --- which columns are read --- */

static bool is_pattern(const char *name)
{
	return strchr(name, '*') != NULL;
}

static void add_once(GPtrArray *names, const char *name)
{
	if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL))
		g_ptr_array_add(names, g_strdup(name));
}

/* What a list needs of a file. */
static void add_wanted(GPtrArray *columns, const char *list)
{
	g_auto(GStrv) names = g_strsplit_set(list ? list : "", ",+", -1);

	for (unsigned i = 0; names[i]; i++) {
		const char *const *needs = plot_value_needs(names[i]);

		for (unsigned j = 0; needs && needs[j]; j++)
			add_once(columns, needs[j]);
		if (*names[i] && !needs && !is_pattern(names[i]) && strcmp(names[i], "file") != 0 &&
			strcmp(names[i], PLOT_HISTOGRAM) != 0)
			add_once(columns, names[i]);
	}
}

char **plot_layout_wanted(const struct plot_view *view, GError **error)
{
	GPtrArray *columns = g_ptr_array_new_with_free_func(g_free);
	bool cells = view->mark == PLOT_MARK_CELLS || view->mark == PLOT_MARK_AUTO;
	const char *const lists[] = { view->x, view->y, view->colour, view->panel, view->reference,
		view->y && view->colour ? "" : PLOT_MEASURES_DEFAULT,
		/* whether users enter in a cell */
		cells ? "users_max,enter_formula" : "" };

	for (unsigned i = 0; i < G_N_ELEMENTS(lists); i++)
		add_wanted(columns, lists[i]);
	if (columns->len > PLOT_COLUMNS_MAX) {
		failure_input(error, "plot: %u columns are named, there is room for %d",
			columns->len, PLOT_COLUMNS_MAX);
		g_ptr_array_unref(columns);
		return NULL;
	}
	g_ptr_array_add(columns, NULL);
	return (char **)g_ptr_array_free(columns, FALSE);
}

/* --- axes --- */

static bool has(const GPtrArray *names, const char *name)
{
	return g_ptr_array_find_with_equal_func((GPtrArray *)names, name, g_str_equal, NULL);
}

bool plot_layout_is_axis(const struct plot_sweep *sweep, const char *name)
{
	return has(sweep->axes, name);
}

static int compare_numbers(gconstpointer a, gconstpointer b)
{
	uint64_t x = 0, y = 0;

	number_read(*(char *const *)a, UINT64_MAX, &x);
	number_read(*(char *const *)b, UINT64_MAX, &y);
	return x < y ? -1 : x > y;
}

struct plot_scale plot_layout_scale(const struct plot_sweep *sweep, const char *name)
{
	struct plot_scale scale = { g_ptr_array_new_with_free_func(g_free), true };

	for (unsigned i = 0; i < sweep->count; i++) {
		int axis = plot_table_find(sweep->tables[i], name);
		const struct plot_dimension *dimension = &sweep->tables[i]->dimension[MAX(axis, 0)];

		if (axis < 0)
			continue;
		scale.numeric = scale.numeric && dimension->numeric;
		for (unsigned j = 0; j < dimension->values->len; j++)
			add_once(scale.texts, dimension->values->pdata[j]);
	}
	if (scale.numeric)
		g_ptr_array_sort(scale.texts, compare_numbers);
	return scale;
}

unsigned plot_layout_position(
	const struct plot_scale *scale, const struct plot_point *point, const char *name)
{
	g_autofree char *text = plot_value_text(point, name);
	guint position = 0;
	bool found = g_ptr_array_find_with_equal_func(scale->texts, text, g_str_equal, &position);

	g_assert(found);
	return position;
}

static unsigned axis_length(const struct plot_sweep *sweep, const char *name, bool *numeric)
{
	struct plot_scale scale = plot_layout_scale(sweep, name);
	unsigned length = scale.texts->len;

	*numeric = scale.numeric;
	g_ptr_array_unref(scale.texts);
	return length;
}

/* --- x and y, if nobody says --- */

/* The first axis but @other that varies, or that has several numbers; NULL if there is none. */
static const char *first_axis(const struct plot_sweep *sweep, const char *other, bool numbers)
{
	for (unsigned i = 0; i < sweep->axes->len; i++) {
		const char *name = sweep->axes->pdata[i];
		bool numeric;
		unsigned length = axis_length(sweep, name, &numeric);

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
		view->x = sweep->axes->pdata[0];
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

/* Whether the points differ in @name. */
static bool varies(const struct plot_sweep *sweep, const char *name)
{
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

	for (unsigned i = 0; i < sweep->points->len && texts->len < 2; i++) {
		g_autofree char *text = text_at(sweep, sweep->points->pdata[i], name);

		if (text)
			add_once(texts, text);
	}
	return texts->len > 1;
}

static bool is_used(const struct plot_sweep *sweep, const char *name)
{
	return g_strcmp0(name, sweep->x) == 0 || g_strcmp0(name, sweep->y) == 0 ||
	       (sweep->view.covered && g_pattern_match_simple(sweep->view.covered, name)) ||
	       has(sweep->panel_by, name) || has(sweep->colour_by, name);
}

/* The axes that are like @pattern and have no place yet. */
static void add_matching(const struct plot_sweep *sweep, GPtrArray *names, const char *pattern)
{
	for (unsigned i = 0; i < sweep->axes->len; i++) {
		const char *name = sweep->axes->pdata[i];

		if (!is_used(sweep, name) && g_pattern_match_simple(pattern, name) &&
			varies(sweep, name))
			add_once(names, name);
	}
}

/* First the names, then the patterns: those take what is left. */
static void add_list(
	const struct plot_sweep *sweep, GPtrArray *names, const char *list, bool patterns)
{
	g_auto(GStrv) parts = g_strsplit(list, ",", -1);

	for (unsigned i = 0; parts[i]; i++) {
		if (is_pattern(parts[i]) != patterns)
			continue;
		if (patterns)
			add_matching(sweep, names, parts[i]);
		else if (*parts[i] && varies(sweep, parts[i]))
			add_once(names, parts[i]);
	}
}

/* An axis that differs must be somewhere. */
static bool check_rest(const struct plot_sweep *sweep, GError **error)
{
	for (unsigned i = 0; i < sweep->axes->len; i++) {
		const char *name = sweep->axes->pdata[i];
		bool numeric;

		if (!is_used(sweep, name) && varies(sweep, name))
			return plot_sweep_fail(sweep, error,
				"'%s' has %u values and no place in the picture: --panel '%s' "
				"draws all of them, --where '%s=VALUE' one",
				name, axis_length(sweep, name, &numeric), name, name);
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

/* The name of the panel or curve of @point; NULL if it has none. */
static char *name_place(
	const struct plot_sweep *sweep, const struct plot_point *point, const GPtrArray *by)
{
	g_autoptr(GString) name = g_string_new(NULL);

	for (unsigned i = 0; i < by->len; i++) {
		g_autofree char *text = text_at(sweep, point, by->pdata[i]);
		g_autofree char *part = text ? plot_describe(by->pdata[i], text) : NULL;

		/* a file may lack an axis; an impossible run has no numbers */
		if (!part && !plot_layout_is_axis(sweep, by->pdata[i]))
			return NULL;
		if (part)
			g_string_append_printf(name, "%s%s", name->len ? ", " : "", part);
	}
	return g_strdup(name->str);
}

/* Name the panels or curves, at most @most. @option: where an axis of them could be instead. */
static bool name_places(const struct plot_sweep *sweep, GPtrArray *names, const GPtrArray *by,
	unsigned most, const char *option, GError **error)
{
	for (unsigned i = 0; i < sweep->points->len; i++) {
		g_autofree char *name = name_place(sweep, sweep->points->pdata[i], by);

		if (name)
			add_once(names, name);
		if (names->len > most)
			return plot_sweep_fail(sweep, error,
				"more than %u %s: choose some values with --where "
				"'%s=VALUE,VALUE', or place an axis with %s",
				most, names == sweep->panels ? "panels" : "colours",
				by->len ? (char *)by->pdata[by->len - 1] : "AXIS", option);
	}
	return names->len ||
	       plot_sweep_fail(sweep, error, "nothing to draw, all runs are impossible");
}

bool plot_layout_place(const struct plot_sweep *sweep, const struct plot_point *point,
	unsigned *panel, unsigned *curve)
{
	g_autofree char *panel_name = name_place(sweep, point, sweep->panel_by);
	g_autofree char *curve_name = name_place(sweep, point, sweep->colour_by);

	return panel_name && curve_name &&
	       g_ptr_array_find_with_equal_func(sweep->panels, panel_name, g_str_equal, panel) &&
	       g_ptr_array_find_with_equal_func(sweep->curves, curve_name, g_str_equal, curve);
}

/* --- all of it --- */

static void collect_points(struct plot_sweep *sweep)
{
	for (unsigned i = 0; i < sweep->count; i++) {
		const struct plot_table *table = sweep->tables[i];

		for (unsigned j = 0; j < table->dimensions; j++)
			add_once(sweep->axes, table->dimension[j].name);
		for (unsigned j = 0; j < table->points->len; j++)
			g_ptr_array_add(sweep->points, table->points->pdata[j]);
	}
	g_assert(sweep->axes->len >= 1 && sweep->points->len >= 1);
}

bool plot_layout_choose(struct plot_sweep *sweep, GError **error)
{
	GPtrArray **const arrays[] = { &sweep->axes, &sweep->panel_by, &sweep->colour_by,
		&sweep->panels, &sweep->curves };

	g_assert(sweep->count >= 1 && !sweep->panels);
	for (unsigned i = 0; i < G_N_ELEMENTS(arrays); i++)
		*arrays[i] = g_ptr_array_new_with_free_func(g_free);
	sweep->points = g_ptr_array_new();
	collect_points(sweep);
	choose_axes(sweep);
	if (!choose_measures(sweep, error))
		return false;
	choose_lists(sweep);
	return check_rest(sweep, error) &&
	       name_places(sweep, sweep->panels, sweep->panel_by, PLOT_PANELS_MAX / sweep->groups,
		       "--colour, or draw fewer measures", error) &&
	       name_places(
		       sweep, sweep->curves, sweep->colour_by, PLOT_CURVES_MAX, "--panel", error);
}

void plot_layout_clear(struct plot_sweep *sweep)
{
	GPtrArray *const arrays[] = { sweep->points, sweep->axes, sweep->panel_by, sweep->colour_by,
		sweep->panels, sweep->curves };

	for (unsigned i = 0; i < G_N_ELEMENTS(arrays); i++)
		if (arrays[i])
			g_ptr_array_unref(arrays[i]);
	for (unsigned i = 0; i < sweep->measures; i++)
		g_free(sweep->measure[i]);
}
