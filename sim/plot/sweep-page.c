/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/sweep-page.h"

#include "sim/base/failure.h"

enum {
	HEAD_PIXELS = 80,   /* title and subtitles */
	ENTRY_PIXELS = 66,  /* of an entry of the legend, without its text */
	LETTER_PIXELS = 8,  /* in the legend */
	LEGEND_PIXELS = 21, /* of a row of the legend */
	EACH_MAX = 4,       /* panels of a group that are side by side */
	NAMES_MAX = 512,
	NAME_LETTERS = 16,
};

/* --- what is wrong --- */

char *plot_sweep_hint(const struct plot_view *view)
{
	g_assert(view->name);
	return view->example ? g_strdup_printf("%s draws sweeps like: cidsim sweep %s", view->name,
				       view->example)
	                     : NULL;
}

bool plot_sweep_fail(const struct plot_sweep *sweep, GError **error, const char *format, ...)
{
	g_autofree char *hint = plot_sweep_hint(&sweep->view);
	g_autofree char *text = NULL;
	va_list args;

	g_assert(sweep->count >= 1);
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	return failure_input(error, "%s: %s%s%s", sweep->tables[0]->path, text, hint ? "; " : "",
		hint ? hint : "");
}

/* --- assignments --- */

unsigned plot_sweep_set_names(
	const struct plot_sweep *sweep, const char *stem, const struct plot_texts *texts)
{
	g_autofree char *all = g_strconcat(stem, "S", NULL);
	unsigned count = texts ? MIN(texts->list->len, NAMES_MAX) : 0;
	glong letters = 0;

	for (unsigned i = 0; i < count; i++) {
		const char *text = texts->list->pdata[i];

		plot_set_text_at(sweep->page, stem, i, text, NAME_LETTERS);
		letters = MAX(letters, MIN(g_utf8_strlen(text, -1), NAME_LETTERS));
	}
	g_assert(letters >= 0);
	plot_set_number(sweep->page, all, count);
	return (unsigned)letters;
}

static void set_measures(const struct plot_sweep *sweep)
{
	for (unsigned i = 0; i < sweep->measures; i++) {
		struct plot_nature nature = plot_nature_of(sweep->measure[i]);

		plot_set_text_at(sweep->page, "TITLE", i, nature.title, PLOT_LABEL_MAX);
		plot_set_number_at(sweep->page, "GROUP", i, sweep->group[i]);
		plot_set_number_at(sweep->page, "IS", i, nature.is);
	}
	g_assert(sweep->measures >= 1);
	plot_set_number(sweep->page, "MEASURES", sweep->measures);
	plot_set_text(sweep->page, "Y_TITLE", sweep->view.y_title ? sweep->view.y_title : "",
		PLOT_LABEL_MAX);
	plot_set_text(sweep->page, "LOG", sweep->view.log ? sweep->view.log : "", PLOT_LABEL_MAX);
}

/* Returns the pixels that it is high. */
static unsigned set_legend(const struct plot_sweep *sweep, unsigned entries, unsigned letters)
{
	unsigned entry = ENTRY_PIXELS + LETTER_PIXELS * MIN(letters, PLOT_LABEL_MAX);
	unsigned columns = CLAMP(sweep->page->width / entry, 1, MAX(entries, 1));
	unsigned rows = (entries + columns - 1) / columns;

	g_assert(columns >= 1);
	plot_set_number(sweep->page, "LEGEND_COLUMNS", columns);
	plot_set_number(sweep->page, "LEGEND_ROWS", rows);
	return rows * LEGEND_PIXELS;
}

void plot_sweep_set_panels(const struct plot_sweep *sweep, unsigned columns,
	const unsigned height[3], unsigned entries, unsigned letters)
{
	struct plot_page *page = sweep->page;
	unsigned each = sweep->panels->list->len, panels = sweep->groups * each;
	unsigned legend = set_legend(sweep, entries, letters), rows;

	g_assert(panels >= 1 && panels <= PLOT_PANELS_MAX);
	/* a row for each group, so that those of a column can be compared */
	columns = each > 1 && sweep->groups > 1 && each <= EACH_MAX ? each : MIN(columns, panels);
	rows = (panels + columns - 1) / columns;
	set_measures(sweep);
	for (unsigned i = 0; i < each; i++)
		plot_set_text_at(
			sweep->page, "PANEL", i, sweep->panels->list->pdata[i], PLOT_LABEL_MAX);
	plot_set_number(page, "PANELS", panels);
	plot_set_number(page, "PANELS_EACH", each);
	plot_set_number(page, "PANEL_COLUMNS", columns);
	if (!page->height)
		page->height = MIN(
			HEAD_PIXELS + rows * height[MIN(columns, 3) - 1] + legend, PLOT_SIZE_MAX);
}

/* --- data --- */

void plot_put_millionths(FILE *out, bool exists, int64_t millionths)
{
	g_assert(!exists || millionths >= 0);
	if (exists)
		fprintf(out, " %" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT, millionths / PLOT_MILLION,
			millionths % PLOT_MILLION);
	else
		fputs(" -1", out);
}
