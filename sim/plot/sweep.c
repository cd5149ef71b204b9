/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/sweep.h"

#include <string.h>

#include "sim/base/failure.h"

enum {
	WIDTH_DEFAULT = 960,
	LETTER_PIXELS = 9, /* of the title, on average and with room to spare */
};

/* --- titles --- */

/* The titles of all files, as far as they differ. */
static char *join_titles(const struct plot_sweep *sweep)
{
	GString *joined = g_string_new(sweep->tables[0]->title);

	g_assert(sweep->count >= 1);
	for (unsigned i = 1; i < sweep->count; i++) {
		bool known = false;

		for (unsigned j = 0; j < i; j++)
			known = known ||
			        strcmp(sweep->tables[i]->title, sweep->tables[j]->title) == 0;
		if (!known)
			g_string_append_printf(joined, " · %s", sweep->tables[i]->title);
	}
	return g_string_free(joined, FALSE);
}

/* What the runs of all files have in common. */
struct summary {
	GPtrArray *revisions; /* distinct; they belong to the tables */
	uint64_t seeds, runs, good;
	int64_t cpus_min, cpus_max; /* millionths */
};

static void collect_revisions(GPtrArray *revisions, const struct plot_table *table)
{
	GPtrArray *values = table->dimension[table->dimensions - 1].values;

	g_assert(values->len >= 1);
	for (unsigned i = 0; i < values->len; i++)
		if (!g_ptr_array_find_with_equal_func(
			    revisions, values->pdata[i], g_str_equal, NULL))
			g_ptr_array_add(revisions, values->pdata[i]);
}

static struct summary summarise(const struct plot_sweep *sweep)
{
	struct summary summary = { .revisions = g_ptr_array_new(), .cpus_min = INT64_MAX };

	for (unsigned i = 0; i < sweep->count; i++) {
		const struct plot_table *table = sweep->tables[i];

		collect_revisions(summary.revisions, table);
		summary.seeds = MAX(summary.seeds, table->seeds);
		summary.runs += table->runs;
		summary.good += table->good;
		summary.cpus_min = MIN(summary.cpus_min, table->cpus.min);
		summary.cpus_max = MAX(summary.cpus_max, table->cpus.max);
	}
	g_assert(summary.runs >= summary.good);
	return summary;
}

static void append_machine(GString *text, const struct summary *summary)
{
	int64_t min = summary->cpus_min / PLOT_MILLION, max = summary->cpus_max / PLOT_MILLION;

	g_assert(min <= max);
	if (min != max)
		g_string_append_printf(
			text, ", %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " CPUs", min, max);
	else
		g_string_append_printf(
			text, ", %" G_GINT64_FORMAT " CPU%s", max, max == 1 ? "" : "s");
}

/* "revision 7.1, 3 seeds, 4 to 64 CPUs" */
static char *describe_runs(const struct plot_sweep *sweep)
{
	struct summary summary = summarise(sweep);
	GString *text = g_string_new(NULL);

	g_assert(summary.revisions->len >= 1);
	if (summary.revisions->len == 1)
		g_string_append_printf(text, "revision %s", (char *)summary.revisions->pdata[0]);
	else
		g_string_append_printf(text, "%u revisions", summary.revisions->len);
	if (summary.seeds == 1)
		g_string_append_printf(text, ", seed %s", sweep->tables[0]->seed);
	else
		g_string_append_printf(text, ", %" G_GUINT64_FORMAT " seeds", summary.seeds);
	append_machine(text, &summary);
	if (summary.good < summary.runs)
		g_string_append_printf(text,
			"; %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " runs are left out",
			summary.runs - summary.good, summary.runs);
	g_ptr_array_unref(summary.revisions);
	return g_string_free(text, FALSE);
}

static void set_sweep_titles(const struct plot_sweep *sweep)
{
	unsigned letters_max = sweep->page->width / LETTER_PIXELS;
	g_autofree char *titles = join_titles(sweep);
	g_autofree char *runs = describe_runs(sweep);

	g_assert(sweep->page->width >= LETTER_PIXELS);
	plot_set_text(sweep->page, "TITLE", titles, letters_max);
	plot_set_text(sweep->page, "SUBTITLE", runs, letters_max);
}

/* --- all of it --- */

static bool read_tables(struct plot_sweep *sweep, const char *const *files, GError **error)
{
	g_autofree char *hint = plot_sweep_hint(sweep->kind);
	struct plot_wanted wanted = { sweep->kind->columns, sweep->kind->histogram, hint };

	for (unsigned i = 0; i < sweep->count; i++) {
		sweep->tables[i] = plot_table_read(files[i], &wanted, error);
		if (!sweep->tables[i])
			return false;
	}
	return true;
}

bool plot_sweep_make_ready(const struct plot_sweep_kind *kind, const char *const *files,
	size_t files_count, struct plot_page *page, GError **error)
{
	struct plot_sweep sweep = { .kind = kind, .page = page, .count = (unsigned)files_count };
	bool good;

	g_assert(files_count >= 1);
	if (files_count > kind->files_max) {
		failure_input(error, "%s: one file too many, %s draws at most %u",
			files[kind->files_max], kind->name, kind->files_max);
		return false;
	}
	sweep.tables = g_new0(struct plot_table *, files_count);
	page->width = page->width ? page->width : WIDTH_DEFAULT;
	good = read_tables(&sweep, files, error);
	if (good) {
		set_sweep_titles(&sweep);
		good = kind->make_ready(&sweep, error);
	}
	for (size_t i = 0; i < files_count; i++)
		plot_table_free(sweep.tables[i]);
	g_free(sweep.tables);
	return good;
}
