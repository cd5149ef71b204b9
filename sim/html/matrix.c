/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The page of a matrix: a cell for each revision and defect. */
#include <inttypes.h>

#include "sim/html/html.h"
#include "sim/html/page.h"
#include "sim/plot/matrix.h"

static void add_heading_cell(GString *body, const char *scope, const char *text)
{
	g_string_append_printf(body, "<th scope=\"%s\">", scope);
	html_add(body, text);
}

/* Whose cell it is: for the script, which makes a command of it. */
static void add_names(GString *body, const char *revision, const char *defect)
{
	g_string_append(body, " data-revision=\"");
	html_add(body, revision);
	g_string_append(body, "\" data-defect=\"");
	html_add(body, defect);
	g_string_append_c(body, '"');
}

static void add_cell(GString *body, const struct plot_matrix *matrix, unsigned row, unsigned column)
{
	static const char *const classes[] = { [PLOT_CELL_HOLDS] = "holds",
		[PLOT_CELL_FOUND] = "found",
		[PLOT_CELL_UNDECIDED] = "open" };
	const struct plot_cell *cell = &matrix->cell[row][column];
	g_autofree char *text = plot_matrix_text(cell);

	g_assert(cell->line > 0 && cell->verdict < G_N_ELEMENTS(classes));
	g_string_append_printf(body, "<td class=\"%s\" data-states=\"%" PRIu64 "\"",
		classes[cell->verdict], cell->states);
	add_names(body, matrix->rows->pdata[row], matrix->columns->pdata[column]);
	g_string_append_c(body, '>');
	html_add(body, text);
}

static void add_matrix(struct html_page *page, const struct plot_matrix *matrix)
{
	GString *body = page->body;

	g_string_append(body, "<table class=\"matrix\">\n<thead><tr>");
	add_heading_cell(body, "col", "revision");
	for (unsigned i = 0; i < matrix->columns->len; i++)
		add_heading_cell(body, "col", matrix->columns->pdata[i]);
	g_string_append(body, "\n<tbody>\n");
	for (unsigned row = 0; row < matrix->rows->len; row++) {
		g_string_append(body, "<tr>");
		add_heading_cell(body, "row", matrix->rows->pdata[row]);
		for (unsigned i = 0; i < matrix->columns->len; i++)
			add_cell(body, matrix, row, i);
		g_string_append_c(body, '\n');
	}
	g_string_append(body, "</table>\n");
}

static void add_count(struct html_page *page, const struct plot_matrix *matrix)
{
	unsigned count[PLOT_CELL_VERDICTS] = { 0 };
	g_autofree char *text = NULL;

	for (unsigned row = 0; row < matrix->rows->len; row++)
		for (unsigned i = 0; i < matrix->columns->len; i++)
			count[matrix->cell[row][i].verdict]++;
	text = g_strdup_printf("%u of %u cells: a property is broken. %u: it holds in every state. "
			       "%u: undecided.",
		count[PLOT_CELL_FOUND], matrix->rows->len * matrix->columns->len,
		count[PLOT_CELL_HOLDS], count[PLOT_CELL_UNDECIDED]);
	html_page_verdict(page, HTML_NEUTRAL, text);
}

GString *html_of_matrix(const char *path, GError **error)
{
	struct plot_matrix *matrix = plot_matrix_read(path, error);
	struct html_page page;

	if (!matrix)
		return NULL;
	html_page_begin(&page, "matrix", "Revisions against known defects");
	add_count(&page, matrix);
	g_string_append(page.body,
		"<p>\342\200\234I3 in 3\342\200\235: a shortest sequence of 3 steps breaks property I3. "
		"A number alone counts states: the property holds in all of them. "
		"A question mark: the search ended before all states were seen.</p>\n");
	add_matrix(&page, matrix);
	html_page_place(&page, "cell");
	if (*matrix->version) {
		g_string_append(page.body, "<p>Explored with cidsim ");
		html_add(page.body, matrix->version);
		g_string_append(page.body, ".</p>\n");
	}
	plot_matrix_free(matrix);
	return html_page_end(&page);
}
