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

/* Add a text, unless it is empty. */
static void add_text(struct plot_texts *texts, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void add_text(struct plot_texts *texts, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	if (*text)
		plot_texts_add(texts, text);
}

/* Frees @texts. */
static char *join_texts(struct plot_texts *texts, const char *separator)
{
	g_auto(GStrv) all = plot_texts_copy(texts);

	plot_texts_free(texts);
	return g_strjoinv(separator, all);
}

/* The scenario of the command of a sweep, and what was set in it. */
static void add_command(
	struct plot_texts *scenarios, struct plot_texts *settings, const char *command)
{
	g_auto(GStrv) words = NULL;
	int count;

	if (!g_shell_parse_argv(command, &count, &words, NULL))
		return;
	if (count > 2)
		add_text(scenarios, "%s", words[2]);
	for (int i = 3; i + 1 < count; i++)
		/* the title is the title */
		if ((strcmp(words[i], "--set") == 0 || strcmp(words[i], "--mm") == 0) &&
			!g_str_has_prefix(words[i + 1], "scenario.title="))
			add_text(settings, "%s %s", words[i] + strlen("--"), words[i + 1]);
}

/* "revision 7.1" or "2 revisions" */
static void add_revisions(struct plot_texts *texts, const struct plot_sweep *sweep)
{
	struct plot_texts *revisions = plot_layout_scale(sweep, "revision");

	if (revisions->list->len == 1)
		add_text(texts, "revision %s", (char *)revisions->list->pdata[0]);
	else
		add_text(texts, "%u revisions", revisions->list->len);
	plot_texts_free(revisions);
}

/* "seed 1", "seeds 1-3" */
static void add_seeds(struct plot_texts *texts, const struct plot_sweep *sweep)
{
	const struct plot_table *first = sweep->tables[0];
	uint64_t seeds = 0;

	for (unsigned i = 0; i < sweep->count; i++)
		seeds = MAX(seeds, sweep->tables[i]->seeds);
	if (seeds == 1)
		add_text(texts, "seed %s", first->seed);
	else if (first->seed_list)
		add_text(texts, "seeds %s", first->seed_list);
	else
		add_text(texts, "%" G_GUINT64_FORMAT " seeds", seeds);
}

/* "4 to 256 CPUs" */
static void add_machine(struct plot_texts *texts, const struct plot_sweep *sweep)
{
	int64_t min = INT64_MAX, max = 0;

	for (unsigned i = 0; i < sweep->count; i++) {
		min = MIN(min, sweep->tables[i]->cpus.min / PLOT_MILLION);
		max = MAX(max, sweep->tables[i]->cpus.max / PLOT_MILLION);
	}
	if (min == max)
		add_text(texts, "%" G_GINT64_FORMAT " CPU%s", max, max == 1 ? "" : "s");
	else
		add_text(texts, "%" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " CPUs", min, max);
}

/* The other axes that have one value. */
static void add_fixed_axes(struct plot_texts *texts, const struct plot_sweep *sweep)
{
	for (unsigned i = 0; i < sweep->axes->list->len; i++) {
		const char *name = sweep->axes->list->pdata[i];
		struct plot_texts *scale = plot_layout_scale(sweep, name);

		if (scale->list->len == 1 && strcmp(name, "cpus") != 0 &&
			strcmp(name, "revision") != 0) {
			g_autofree char *text = plot_describe(name, scale->list->pdata[0]);

			add_text(texts, "%s", text);
		}
		plot_texts_free(scale);
	}
}

/* "study/grid, revision 7.1, seeds 1-3, 4 to 256 CPUs, set scenario.time=1s" */
static char *describe_runs(const struct plot_sweep *sweep)
{
	struct plot_texts *texts = plot_texts_new(), *settings = plot_texts_new();

	for (unsigned i = 0; i < sweep->count; i++)
		add_command(texts, settings, sweep->tables[i]->command);
	add_revisions(texts, sweep);
	add_seeds(texts, sweep);
	add_machine(texts, sweep);
	add_fixed_axes(texts, sweep);
	for (unsigned i = 0; i < settings->list->len; i++)
		plot_texts_add(texts, settings->list->pdata[i]);
	plot_texts_free(settings);
	return join_texts(texts, ", ");
}

/* Shards of a sweep have its command, and say how many points all of it has. */
static bool is_of_earlier_sweep(const struct plot_sweep *sweep, unsigned index)
{
	const struct plot_table *table = sweep->tables[index];

	for (unsigned i = 0; i < index; i++) {
		const struct plot_table *other = sweep->tables[i];

		if (strcmp(other->command, table->command) == 0 &&
			strcmp(other->program, table->program) == 0 &&
			other->rows_all == table->rows_all)
			return true;
	}
	return false;
}

/* "412 of 900 points": of what is not finished, or of shards of one sweep. "2 of 9 runs are left
 * out": they have no result. */
static void add_missing(struct plot_texts *texts, const struct plot_sweep *sweep)
{
	uint64_t rows = 0, all = 0, runs = 0, good = 0;

	for (unsigned i = 0; i < sweep->count; i++) {
		const struct plot_table *table = sweep->tables[i];

		rows += table->rows;
		all += is_of_earlier_sweep(sweep, i) ? 0 : table->rows_all;
		runs += table->runs;
		good += table->good;
	}
	g_assert(good <= runs);
	if (rows < all)
		add_text(texts, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " points", rows, all);
	if (good < runs)
		add_text(texts, "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " runs are left out",
			runs - good, runs);
}

/* "cidsim 0.1.0 (1a2b3c); 412 of 900 points; only threads=8" */
static char *describe_origin(const struct plot_sweep *sweep)
{
	struct plot_texts *texts = plot_texts_new();

	for (unsigned i = 0; i < sweep->count; i++)
		add_text(texts, "cidsim %s", sweep->tables[i]->program);
	add_missing(texts, sweep);
	for (unsigned i = 0; sweep->view.where && sweep->view.where[i]; i++)
		add_text(texts, "only %s", sweep->view.where[i]);
	return join_texts(texts, "; ");
}

static void set_sweep_titles(const struct plot_sweep *sweep)
{
	unsigned width = sweep->page->width;
	struct plot_texts *titles = plot_texts_new();
	g_autofree char *title = NULL, *runs = describe_runs(sweep),
			*origin = describe_origin(sweep);

	g_assert(width >= LETTER_PIXELS);
	for (unsigned i = 0; i < sweep->count; i++)
		add_text(titles, "%s", sweep->tables[i]->title);
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

static bool draw_marks(const struct plot_sweep *sweep, GError **error)
{
	static const struct {
		const char *script;
		bool (*make_ready)(const struct plot_sweep *sweep, GError **error);
	} marks[] = {
		[PLOT_MARK_LINES] = { "lines.gp", plot_sweep_lines },
		[PLOT_MARK_CELLS] = { "cells.gp", plot_sweep_cells },
		[PLOT_MARK_LOOPS] = { "loops.gp", plot_sweep_loops },
	};

	g_assert(sweep->view.mark != PLOT_MARK_AUTO);
	sweep->page->script = marks[sweep->view.mark].script;
	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): each mark but AUTO has one */
	return marks[sweep->view.mark].make_ready(sweep, error);
}

bool plot_sweep_make_ready(const struct plot_view *view, const char *const *files,
	size_t files_count, struct plot_page *page, GError **error)
{
	struct plot_sweep sweep = { .view = *view, .page = page, .count = (unsigned)files_count };
	bool good;

	g_assert(files_count >= 1);
	if (files_count > view->files_max)
		return failure_input(error, "%s: one file too many, %s draws at most %u",
			files[view->files_max], view->name, view->files_max);
	sweep.tables = g_new0(struct plot_table *, files_count);
	page->width = page->width ? page->width : WIDTH_DEFAULT;
	good = read_tables(&sweep, files, error) && plot_layout_choose(&sweep, error);
	if (good) {
		set_sweep_titles(&sweep);
		good = draw_marks(&sweep, error);
	}
	plot_layout_clear(&sweep);
	for (size_t i = 0; i < files_count; i++)
		plot_table_free(sweep.tables[i]);
	g_free(sweep.tables);
	return good;
}
