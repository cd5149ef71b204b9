/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/html/html.h"
#include "sim/record/csv.h"
#include "tests/lib/folder.h"
#include "tests/lib/page-data.h"
#include "tests/lib/plot-run.h"
#include "tests/lib/suite.h"

static char *dir;

static void start(void)
{
	dir = folder_new();
}

static void stop(void)
{
	folder_remove(dir);
}

SUITE(.timeout = 60, .before = start, .after = stop);

static GString *matrix_page(const char *rows, GError **error)
{
	g_autofree char *text = g_strconcat(csv_matrix_columns, "\n", rows, NULL);
	g_autofree char *path = g_build_filename(dir, "m.csv", NULL);

	plot_run_write(dir, "m.csv", text, -1);
	return html_of_matrix(path, error);
}

TEST(each_cell_says_what_was_found)
{
	GString *page = matrix_page("6.19,B1,I3,violated,1,3,30,0\n"
				    "7.1,B1,I3,holds,0,0,2086,1\n",
		NULL);

	ck_assert_ptr_nonnull(page);
	ck_assert_ptr_nonnull(strstr(page->str, "1 of 2 cells: a property is broken. 1: it holds"));
	ck_assert_ptr_nonnull(strstr(page->str, "<td class=\"found\" data-states=\"30\" "
						"data-revision=\"6.19\" data-defect=\"B1\">I3 in 3"));
	ck_assert_ptr_nonnull(strstr(page->str, "<td class=\"holds\" data-states=\"2086\""));
	g_string_free(page, TRUE);
}

TEST(names_that_are_markup_stay_text)
{
	GString *page = matrix_page(
		"\"</script><evil a=\"\"b\"\" c='d'>\",\"<evil>\",I3,violated,1,3,30,0\n", NULL);

	ck_assert_ptr_nonnull(page);
	assert_harmless(page->str);
	g_string_free(page, TRUE);
}

TEST(a_damaged_matrix_is_refused)
{
	g_autoptr(GError) fault = NULL;

	ck_assert_ptr_null(matrix_page("6.19,B1,I3,perhaps,1,3,30,0\n", &fault));
	ck_assert_ptr_nonnull(strstr(fault->message, "m.csv:2: "));
}
