/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/sweep.h"

#include <string.h>

#include "sim/base/failure.h"
#include "sim/plot/sweep-layout.h"

enum {
	WIDTH_DEFAULT = 960,
	LETTER_PIXELS = 9, /* of the title, on average and with room to spare */
	SMALL_PIXELS = 7,  /* of what is below it */
};

/* --- titles --- */

static void add_text(GPtrArray *texts, const char *text)
{
	if (*text && !g_ptr_array_find_with_equal_func(texts, text, g_str_equal, NULL))
		g_ptr_array_add(texts, g_strdup(text));
}

/* Texts as far as they differ. */
static char *join_texts(GPtrArray *texts, const char *separator)
{
	g_ptr_array_add(texts, NULL);
	return g_strjoinv(separator, (char **)texts->pdata);
}

static GPtrArray *new_texts(void)
{
	return g_ptr_array_new_with_free_func(g_free);
}

/* The scenario of the command of a sweep, and what was set in it. */
static void add_command(GPtrArray *scenarios, GPtrArray *settings, const char *command)
{
	g_auto(GStrv) words = NULL;
	int count;

	if (!g_shell_parse_argv(command, &count, &words, NULL))
		return;
	if (count > 2)
		add_text(scenarios, words[2]);
	for (int i = 3; i + 1 < count; i++)
		/* the title is the title */
		if ((strcmp(words[i], "--set") == 0 || strcmp(words[i], "--mm") == 0) &&
			!g_str_has_prefix(words[i + 1], "scenario.title=")) {
			g_autofree char *text =
				g_strdup_printf("%s %s", words[i] + strlen("--"), words[i + 1]);

			add_text(settings, text);
		}
}

/* "revision 7.1" or "2 revisions" */
static void add_revisions(GPtrArray *texts, const struct plot_sweep *sweep)
{
	struct plot_scale revisions = plot_layout_scale(sweep, "revision");
	g_autofree char *text =
		revisions.texts->len == 1
			? g_strdup_printf("revision %s", (char *)revisions.texts->pdata[0])
			: g_strdup_printf("%u revisions", revisions.texts->len);

	add_text(texts, text);
	g_ptr_array_unref(revisions.texts);
}

/* "seed 1", "seeds 1-3" */
static void add_seeds(GPtrArray *texts, const struct plot_sweep *sweep)
{
	const struct plot_table *first = sweep->tables[0];
	uint64_t seeds = 0;
	g_autofree char *text = NULL;

	for (unsigned i = 0; i < sweep->count; i++)
		seeds = MAX(seeds, sweep->tables[i]->seeds);
	text = seeds == 1         ? g_strdup_printf("seed %s", first->seed)
	       : first->seed_list ? g_strdup_printf("seeds %s", first->seed_list)
	                          : g_strdup_printf("%" G_GUINT64_FORMAT " seeds", seeds);
	add_text(texts, text);
}

/* "4 to 256 CPUs" */
static void add_machine(GPtrArray *texts, const struct plot_sweep *sweep)
{
	int64_t min = INT64_MAX, max = 0;
	g_autofree char *text = NULL;

	for (unsigned i = 0; i < sweep->count; i++) {
		min = MIN(min, sweep->tables[i]->cpus.min / PLOT_MILLION);
		max = MAX(max, sweep->tables[i]->cpus.max / PLOT_MILLION);
	}
	text = min == max ? g_strdup_printf("%" G_GINT64_FORMAT " CPU%s", max, max == 1 ? "" : "s")
	                  : g_strdup_printf(
				    "%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " CPUs", min, max);
	add_text(texts, text);
}

/* The other axes that have one value. */
static void add_fixed_axes(GPtrArray *texts, const struct plot_sweep *sweep)
{
	for (unsigned i = 0; i < sweep->axes->len; i++) {
		const char *name = sweep->axes->pdata[i];
		struct plot_scale scale = plot_layout_scale(sweep, name);
		g_autofree char *text = scale.texts->len == 1 && strcmp(name, "cpus") != 0 &&
		                                        strcmp(name, "revision") != 0
		                                ? plot_describe(name, scale.texts->pdata[0])
		                                : g_strdup("");

		add_text(texts, text);
		g_ptr_array_unref(scale.texts);
	}
}

/* "study/grid, revision 7.1, seeds 1-3, 4 to 256 CPUs, set scenario.time=1s" */
static char *describe_runs(const struct plot_sweep *sweep)
{
	g_autoptr(GPtrArray) texts = new_texts(), settings = new_texts();

	for (unsigned i = 0; i < sweep->count; i++)
		add_command(texts, settings, sweep->tables[i]->command);
	add_revisions(texts, sweep);
	add_seeds(texts, sweep);
	add_machine(texts, sweep);
	add_fixed_axes(texts, sweep);
	for (unsigned i = 0; i < settings->len; i++)
		add_text(texts, settings->pdata[i]);
	return join_texts(texts, ", ");
}

/* "412 of 900 points": of what is not finished, or of shards of one sweep. "2 of 9 runs are left
 * out": they have no result. */
static void add_missing(GPtrArray *texts, const struct plot_sweep *sweep)
{
	uint64_t rows = 0, all = 0, runs = 0, good = 0;
	g_autofree char *points = NULL, *left_out = NULL;

	for (unsigned i = 0; i < sweep->count; i++) {
		rows += sweep->tables[i]->rows;
		all = MAX(all, sweep->tables[i]->rows_all);
		runs += sweep->tables[i]->runs;
		good += sweep->tables[i]->good;
	}
	g_assert(good <= runs);
	points =
		g_strdup_printf("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " points", rows, all);
	left_out =
		g_strdup_printf("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " runs are left out",
			runs - good, runs);
	add_text(texts, rows < all ? points : "");
	add_text(texts, good < runs ? left_out : "");
}

/* "cidsim 0.1.0 (1a2b3c); 412 of 900 points; only threads=8" */
static char *describe_origin(const struct plot_sweep *sweep)
{
	g_autoptr(GPtrArray) texts = new_texts();

	for (unsigned i = 0; i < sweep->count; i++) {
		g_autofree char *text = g_strconcat("cidsim ", sweep->tables[i]->program, NULL);

		add_text(texts, text);
	}
	add_missing(texts, sweep);
	for (unsigned i = 0; sweep->view.where && sweep->view.where[i]; i++) {
		g_autofree char *text = g_strconcat("only ", sweep->view.where[i], NULL);

		add_text(texts, text);
	}
	return join_texts(texts, "; ");
}

static void set_sweep_titles(const struct plot_sweep *sweep)
{
	unsigned width = sweep->page->width;
	g_autoptr(GPtrArray) titles = new_texts();
	g_autofree char *title = NULL, *runs = describe_runs(sweep),
			*origin = describe_origin(sweep);

	g_assert(width >= LETTER_PIXELS);
	for (unsigned i = 0; i < sweep->count; i++)
		add_text(titles, sweep->tables[i]->title);
	title = join_texts(titles, " · ");
	plot_set_text(sweep->page, "TITLE", title, width / LETTER_PIXELS);
	plot_set_text(sweep->page, "SUBTITLE", runs, width / SMALL_PIXELS);
	plot_set_text(sweep->page, "ORIGIN", origin, width / SMALL_PIXELS);
}

/* --- all of it --- */

static bool read_tables(struct plot_sweep *sweep, const char *const *files, GError **error)
{
	const struct plot_view *view = &sweep->view;
	g_autofree char *hint = plot_sweep_hint(view);
	g_auto(GStrv) columns = plot_layout_wanted(view, error);
	struct plot_wanted wanted = { (const char *const *)columns, view->where,
		g_strcmp0(view->y, PLOT_HISTOGRAM) == 0, hint };

	for (unsigned i = 0; columns && i < sweep->count; i++) {
		sweep->tables[i] = plot_table_read(files[i], &wanted, error);
		if (!sweep->tables[i])
			return false;
	}
	return columns;
}

static const char *draw_marks(struct plot_sweep *sweep, GError **error)
{
	switch (sweep->view.mark) {
	case PLOT_MARK_CELLS:
		return plot_sweep_cells(sweep, error) ? "cells.gp" : NULL;
	case PLOT_MARK_LOOPS:
		return plot_sweep_loops(sweep, error) ? "loops.gp" : NULL;
	case PLOT_MARK_LINES:
		return plot_sweep_lines(sweep, error) ? "lines.gp" : NULL;
	case PLOT_MARK_AUTO:
		break;
	}
	g_assert_not_reached();
}

const char *plot_sweep_make_ready(const struct plot_view *view, const char *const *files,
	size_t files_count, struct plot_page *page, GError **error)
{
	struct plot_sweep sweep = { .view = *view, .page = page, .count = (unsigned)files_count };
	const char *script = NULL;

	g_assert(files_count >= 1);
	if (files_count > view->files_max) {
		failure_input(error, "%s: one file too many, %s draws at most %u",
			files[view->files_max], view->name, view->files_max);
		return NULL;
	}
	sweep.tables = g_new0(struct plot_table *, files_count);
	page->width = page->width ? page->width : WIDTH_DEFAULT;
	if (read_tables(&sweep, files, error) && plot_layout_choose(&sweep, error)) {
		set_sweep_titles(&sweep);
		script = draw_marks(&sweep, error);
	}
	plot_layout_clear(&sweep);
	for (size_t i = 0; i < files_count; i++)
		plot_table_free(sweep.tables[i]);
	g_free(sweep.tables);
	return script;
}
