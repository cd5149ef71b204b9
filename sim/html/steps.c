/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The steps of a counterexample, one by one: steps.csv. */
#include "sim/html/private.h"
#include "sim/html/table.h"
#include "sim/record/csv.h"

static const struct html_column columns[] = { { "step", HTML_NUMBER }, { NULL, HTML_TEXT },
	{ "as [steps] has it", HTML_TEXT }, { "what happens", HTML_TEXT },
	{ "what changes", HTML_TEXT }, { "the state after it", HTML_TEXT },
	{ "broken", HTML_TEXT } };

bool html_has_steps(const struct plot_run *run)
{
	g_autofree char *path = plot_run_file(run, "steps.csv");

	return g_file_test(path, G_FILE_TEST_IS_REGULAR);
}

bool html_add_steps(struct html_page *page, const struct plot_run *run, GError **error)
{
	struct csv_reader *csv;
	bool good;

	if (!html_has_steps(run))
		return true;
	csv = plot_run_csv(run, "steps.csv", csv_steps_columns, error);
	if (!csv)
		return false;
	html_page_section(page, "steps", "Step by step");
	html_page_place(page, "player");
	good = html_table_of_csv(page, "step-list", csv, columns, G_N_ELEMENTS(columns), error);
	html_page_end_section(page);
	csv_reader_close(csv);
	return good;
}
