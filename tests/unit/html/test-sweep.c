/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/html/html.h"
#include "tests/lib/page-data.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 60);

TEST(a_page_of_a_sweep_has_its_rows_and_outcomes)
{
	GString *page = html_of_sweep(CIDSIM_PLOTS_SOURCE "/sample-sweep/grid.csv", NULL);
	JsonNode *data;
	JsonObject *rows;

	ck_assert_ptr_nonnull(page);
	ck_assert_ptr_nonnull(strstr(page->str, "18 of 18 runs are ok"));
	ck_assert(strstr(page->str, "18 of 18 runs are ok") < strstr(page->str, "<dl"));
	data = page_data(page->str, "rows-data");
	rows = json_node_get_object(data);
	ck_assert_uint_eq(json_array_get_length(json_object_get_array_member(rows, "rows")), 18);
	json_node_free(data);
	g_string_free(page, TRUE);
}

TEST(what_is_no_sweep_is_refused)
{
	g_autoptr(GError) fault = NULL;

	ck_assert_ptr_null(html_of_sweep(CIDSIM_PLOTS_SOURCE "/sample/series.csv", &fault));
	ck_assert_ptr_nonnull(fault);
	ck_assert_ptr_nonnull(strstr(fault->message, "series.csv"));
}
