/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/sweep.h"

#include <assert.h>
#include <string.h>

#include "sim/base/values.h"
#include "sim/plot/gnuplot.h"
#include "sim/plot/plot.h"

enum {
	WIDTH_DEFAULT = 960,
	HEAD_PIXELS = 64,   /* title and subtitle */
	LETTER_PIXELS = 9,  /* of the title, on average and with room to spare */
	ENTRY_PIXELS = 66,  /* of an entry of the legend, without its text */
	SMALL_PIXELS = 8,   /* of a letter in the legend */
	LEGEND_PIXELS = 21, /* of a row of the legend */
};

/* --- what is wrong with a file --- */

static char *hint_of(const struct plot_sweep_kind *kind)
{
	return g_strdup_printf("%s draws sweeps like: cidsim sweep %s", kind->name, kind->example);
}

bool plot_sweep_fail(const struct plot_sweep *sweep, const struct plot_table *table, GError **error,
	const char *format, ...)
{
	g_autofree char *hint = hint_of(sweep->kind);
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(error, PLOT_ERROR, PLOT_ERROR_INPUT, "%s: %s; %s", table->path, text, hint);
	return false;
}

int plot_sweep_axis(const struct plot_sweep *sweep, const struct plot_table *table,
	const char *name, GError **error)
{
	int found = plot_table_find(table, name);

	if (found < 0)
		plot_sweep_fail(sweep, table, error, "no axis '%s'", name);
	return found;
}

int plot_sweep_numeric_axis(const struct plot_sweep *sweep, const struct plot_table *table,
	const char *name, GError **error)
{
	int found = plot_sweep_axis(sweep, table, name, error);

	if (found < 0 || table->dimension[found].numeric)
		return found;
	plot_sweep_fail(
		sweep, table, error, "axis '%s' has values that are no whole numbers", name);
	return -1;
}

bool plot_sweep_only(const struct plot_sweep *sweep, const struct plot_table *table,
	const char *const *names, GError **error)
{
	for (unsigned i = 0; i < table->dimensions; i++) {
		const struct plot_dimension *dimension = &table->dimension[i];
		g_autofree char *shown = NULL;

		if (dimension->values->len < 2 || g_strv_contains(names, dimension->name))
			continue;
		shown = value_quote(dimension->name);
		return plot_sweep_fail(sweep, table, error,
			"%s has %u values, and the picture has no place for them", shown,
			dimension->values->len);
	}
	return true;
}

/* --- assignments --- */

void plot_sweep_set_text(const struct plot_sweep *sweep, const char *stem, unsigned index,
	const char *text, unsigned letters_max)
{
	g_autofree char *name = g_strdup_printf("%s_%u", stem, index);

	plot_set_text(sweep->sheet->assignments, name, text, letters_max);
}

void plot_sweep_set_number(
	const struct plot_sweep *sweep, const char *stem, unsigned index, uint64_t value)
{
	g_autofree char *name = g_strdup_printf("%s_%u", stem, index);

	plot_set_number(sweep->sheet->assignments, name, value);
}

void plot_sweep_set_decimal(
	const struct plot_sweep *sweep, const char *stem, unsigned index, int64_t millionths)
{
	assert(millionths >= 0);
	g_string_append_printf(sweep->sheet->assignments,
		"%s_%u = %" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT "\n", stem, index,
		millionths / PLOT_MILLION, millionths % PLOT_MILLION);
}

unsigned plot_sweep_set_legend(const struct plot_sweep *sweep, unsigned entries, unsigned letters)
{
	unsigned entry = ENTRY_PIXELS + SMALL_PIXELS * MIN(letters, PLOT_LABEL_MAX);
	unsigned columns = CLAMP(sweep->sheet->width / entry, 1, MAX(entries, 1));
	unsigned rows = (entries + columns - 1) / columns;

	plot_set_number(sweep->sheet->assignments, "LEGEND_COLUMNS", columns);
	plot_set_number(sweep->sheet->assignments, "LEGEND_ROWS", rows);
	return rows * LEGEND_PIXELS;
}

void plot_sweep_set_panels(const struct plot_sweep *sweep, unsigned panels, unsigned columns,
	unsigned height, unsigned legend)
{
	struct plot_sheet *sheet = sweep->sheet;
	unsigned rows;

	columns = MIN(columns, panels);
	rows = (panels + columns - 1) / columns;
	plot_set_number(sheet->assignments, "PANELS", panels);
	plot_set_number(sheet->assignments, "PANEL_COLUMNS", columns);
	if (!sheet->height)
		sheet->height = MIN(HEAD_PIXELS + rows * height + legend, PLOT_SIZE_MAX);
}

/* The titles of all files, as far as they differ. */
static char *join_titles(const struct plot_sweep *sweep)
{
	GString *joined = g_string_new(sweep->tables[0]->title);

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

static void add_revisions(GPtrArray *revisions, const struct plot_table *table)
{
	GPtrArray *values = table->dimension[table->dimensions - 1].values;

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

		add_revisions(summary.revisions, table);
		summary.seeds = MAX(summary.seeds, table->seeds);
		summary.runs += table->runs;
		summary.good += table->good;
		summary.cpus_min = MIN(summary.cpus_min, table->cpus.min);
		summary.cpus_max = MAX(summary.cpus_max, table->cpus.max);
	}
	return summary;
}

static void append_machine(GString *text, const struct summary *summary)
{
	int64_t min = summary->cpus_min / PLOT_MILLION, max = summary->cpus_max / PLOT_MILLION;

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

static void set_titles(const struct plot_sweep *sweep)
{
	unsigned letters_max = sweep->sheet->width / LETTER_PIXELS;
	g_autofree char *titles = join_titles(sweep);
	g_autofree char *runs = describe_runs(sweep);

	plot_set_text(sweep->sheet->assignments, "TITLE", titles, letters_max);
	plot_set_text(sweep->sheet->assignments, "SUBTITLE", runs, letters_max);
}

/* --- data --- */

void plot_put_millionths(FILE *out, bool exists, int64_t millionths)
{
	assert(!exists || millionths >= 0);
	if (exists)
		fprintf(out, " %" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT, millionths / PLOT_MILLION,
			millionths % PLOT_MILLION);
	else
		fputs(" NaN", out);
}

/* --- all of it --- */

static bool read_tables(struct plot_sweep *sweep, const char *const *files, GError **error)
{
	g_autofree char *hint = hint_of(sweep->kind);
	struct plot_wanted wanted = { sweep->kind->columns, sweep->kind->histogram, hint };

	for (unsigned i = 0; i < sweep->count; i++) {
		sweep->tables[i] = plot_table_read(files[i], &wanted, error);
		if (!sweep->tables[i])
			return false;
	}
	return true;
}

bool plot_sweep_make_ready(const struct plot_sweep_kind *kind, const char *const *files,
	size_t files_count, struct plot_sheet *sheet, GError **error)
{
	struct plot_sweep sweep = { .kind = kind, .sheet = sheet, .count = (unsigned)files_count };
	bool good;

	assert(files_count >= 1);
	if (files_count > kind->files_max) {
		g_set_error(error, PLOT_ERROR, PLOT_ERROR_INPUT,
			"%s: one file too many, %s draws at most %u", files[kind->files_max],
			kind->name, kind->files_max);
		return false;
	}
	sweep.tables = g_new0(struct plot_table *, files_count);
	sheet->width = sheet->width ? sheet->width : WIDTH_DEFAULT;
	good = read_tables(&sweep, files, error);
	if (good) {
		set_titles(&sweep);
		good = kind->make_ready(&sweep, error);
	}
	for (size_t i = 0; i < files_count; i++)
		plot_table_free(sweep.tables[i]);
	g_free(sweep.tables);
	return good;
}
