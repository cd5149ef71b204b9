/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/html/private.h"
#include "sim/record/csv.h"
#include "tests/lib/folder.h"
#include "tests/lib/page-data.h"
#include "tests/lib/plot-run.h"
#include "tests/lib/suite.h"

static char *dir;
static struct plot_run run;
static struct html_page page;

static void start(void)
{
	dir = folder_new();
	run = (struct plot_run){ .dir = dir };
	html_page_begin(&page, "run", "title");
}

static void stop(void)
{
	html_page_clear(&page);
	folder_remove(dir);
}

SUITE(.timeout = 60, .before = start, .after = stop);

TEST(a_run_that_played_no_steps_has_no_such_part)
{
	ck_assert(!html_has_steps(&run));
	ck_assert(html_add_steps(&page, &run, NULL));
	ck_assert_ptr_null(strstr(page.body->str, "Step by step"));
}

TEST(each_step_is_a_row)
{
	g_autofree char *text = g_strconcat(csv_steps_columns, "\n0,0,,the start,,mode per task,\n"
							       "1,1000,exit T0,T0 exits,users 2 -> 1,mode per task,I5\n",
		NULL);
	JsonNode *data;
	JsonArray *rows;

	plot_run_write(dir, "steps.csv", text, -1);
	ck_assert(html_has_steps(&run));
	ck_assert(html_add_steps(&page, &run, NULL));
	data = page_data(page.body->str, "step-list-data");
	rows = json_object_get_array_member(json_node_get_object(data), "rows");
	ck_assert_uint_eq(json_array_get_length(rows), 2);
	ck_assert_str_eq(
		json_array_get_string_element(json_array_get_array_element(rows, 1), 5), "I5");
	ck_assert_ptr_nonnull(strstr(page.body->str, "<td>users 2 -&gt; 1"));
	json_node_free(data);
}
