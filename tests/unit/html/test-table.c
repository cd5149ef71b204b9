/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/html/table.h"
#include "tests/lib/page-data.h"
#include "tests/lib/suite.h"

static struct html_page page;
static struct html_table table;

static const struct html_column columns[] = { { "name", HTML_TEXT }, { "count", HTML_NUMBER },
	{ "at", HTML_INSTANT }, { "for", HTML_LENGTH } };

static void start(void)
{
	html_page_begin(&page, "run", "title");
	html_table_begin(&table, &page, "things", columns, G_N_ELEMENTS(columns));
}

static void stop(void)
{
	html_page_clear(&page);
}

SUITE(.before = start, .after = stop);

static JsonObject *end(JsonNode **data)
{
	html_table_end(&table);
	*data = page_data(page.body->str, "things-data");
	return json_node_get_object(*data);
}

TEST(a_row_is_plain_html_and_data)
{
	const char *const fields[] = { HOSTILE_BYTES, "12", "1300", "2000" };
	JsonNode *data;
	JsonObject *object;
	JsonArray *row;

	html_table_row(&table, fields);
	object = end(&data);
	assert_harmless(page.body->str);
	ck_assert_ptr_nonnull(strstr(page.body->str, "<td class=\"n\">12<td class=\"n\">1.300 us"));
	row = json_array_get_array_element(json_object_get_array_member(object, "rows"), 0);
	ck_assert_uint_eq(json_array_get_length(row), 4);
	ck_assert_ptr_nonnull(strstr(json_array_get_string_element(row, 0), "</script><evil"));
	ck_assert_str_eq(json_array_get_string_element(row, 2), "1300");
	json_node_free(data);
}

TEST(where_there_are_no_times_a_microsecond_is_a_step)
{
	const char *const one[] = { "a", "1", "7000", "1000" }, *const two[] = { "b", "", "", "x" };
	JsonNode *data;

	page.unit = "step";
	html_table_row(&table, one);
	html_table_row(&table, two);
	end(&data);
	ck_assert_ptr_nonnull(strstr(page.body->str, "<td class=\"n\">step 7<td class=\"n\">1 step\n"));
	ck_assert_ptr_nonnull(strstr(page.body->str, "<td class=\"n\"><td class=\"n\">x\n"));
	json_node_free(data);
}

TEST(what_is_left_out_is_said)
{
	const char *const fields[] = { "a", "1", "2", "3" };
	JsonNode *data;
	JsonObject *object;

	for (unsigned i = 0; i < HTML_TABLE_ROWS_MAX + 1; i++)
		html_table_row(&table, fields);
	object = end(&data);
	ck_assert_int_eq(json_object_get_int_member(object, "total"), HTML_TABLE_ROWS_MAX + 1);
	ck_assert_uint_eq(json_array_get_length(json_object_get_array_member(object, "rows")),
		HTML_TABLE_ROWS_MAX);
	ck_assert_ptr_nonnull(strstr(page.body->str, "The first 100 of 20001 rows."));
	json_node_free(data);
}

TEST(long_rows_are_fewer)
{
	g_autofree char *text = g_strnfill(100000, 'x');
	const char *const fields[] = { text, "1", "2", "3" };
	JsonNode *data;

	for (unsigned i = 0; i < 200; i++)
		html_table_row(&table, fields);
	end(&data);
	ck_assert_uint_lt(table.kept, 25);
	ck_assert_uint_eq(table.rows, 200);
	json_node_free(data);
}
