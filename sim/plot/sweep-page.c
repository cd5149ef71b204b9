/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/sweep-page.h"

#include <string.h>

#include "sim/base/failure.h"
#include "sim/base/values.h"

enum {
	HEAD_PIXELS = 64,   /* title and subtitle */
	ENTRY_PIXELS = 66,  /* of an entry of the legend, without its text */
	SMALL_PIXELS = 8,   /* of a letter in the legend */
	LEGEND_PIXELS = 21, /* of a row of the legend */
};

/* --- what is wrong with a file --- */

char *plot_sweep_hint(const struct plot_sweep_kind *kind)
{
	return g_strdup_printf("%s draws sweeps like: cidsim sweep %s", kind->name, kind->example);
}

bool plot_sweep_fail(const struct plot_sweep *sweep, const struct plot_table *table, GError **error,
	const char *format, ...)
{
	g_autofree char *hint = plot_sweep_hint(sweep->kind);
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	failure_input(error, "%s: %s; %s", table->path, text, hint);
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

	g_assert(found < (int)table->dimensions);
	if (found < 0 || table->dimension[found].numeric)
		return found;
	plot_sweep_fail(sweep, table, error, "axis '%s' has values that are no integers", name);
	return -1;
}

bool plot_sweep_only(const struct plot_sweep *sweep, const struct plot_table *table,
	const char *const *names, GError **error)
{
	g_assert(table->dimensions >= 1);
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

	g_assert(*stem && letters_max >= 1);
	plot_set_text(sweep->page, name, text, letters_max);
}

void plot_sweep_set_number(
	const struct plot_sweep *sweep, const char *stem, unsigned index, uint64_t value)
{
	g_autofree char *name = g_strdup_printf("%s_%u", stem, index);

	g_assert(*stem);
	plot_set_number(sweep->page, name, value);
}

void plot_sweep_set_decimal(
	const struct plot_sweep *sweep, const char *stem, unsigned index, int64_t millionths)
{
	g_assert(millionths >= 0);
	g_string_append_printf(sweep->page->assignments,
		"%s_%u = %" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT "\n", stem, index,
		millionths / PLOT_MILLION, millionths % PLOT_MILLION);
}

unsigned plot_sweep_set_legend(const struct plot_sweep *sweep, unsigned entries, unsigned letters)
{
	unsigned entry = ENTRY_PIXELS + SMALL_PIXELS * MIN(letters, PLOT_LABEL_MAX);
	unsigned columns = CLAMP(sweep->page->width / entry, 1, MAX(entries, 1));
	unsigned rows = (entries + columns - 1) / columns;

	g_assert(columns >= 1);
	plot_set_number(sweep->page, "LEGEND_COLUMNS", columns);
	plot_set_number(sweep->page, "LEGEND_ROWS", rows);
	return rows * LEGEND_PIXELS;
}

void plot_sweep_set_panels(const struct plot_sweep *sweep, unsigned panels, unsigned columns,
	unsigned height, unsigned legend)
{
	struct plot_page *page = sweep->page;
	unsigned rows;

	g_assert(panels >= 1 && columns >= 1);
	columns = MIN(columns, panels);
	rows = (panels + columns - 1) / columns;
	plot_set_number(page, "PANELS", panels);
	plot_set_number(page, "PANEL_COLUMNS", columns);
	if (!page->height)
		page->height = MIN(HEAD_PIXELS + rows * height + legend, PLOT_SIZE_MAX);
}

/* --- data --- */

void plot_put_millionths(FILE *out, bool exists, int64_t millionths)
{
	g_assert(!exists || millionths >= 0);
	if (exists)
		fprintf(out, " %" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT, millionths / PLOT_MILLION,
			millionths % PLOT_MILLION);
	else
		fputs(" NaN", out);
}
