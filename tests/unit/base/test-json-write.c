/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/json-write.h"

#include <json-glib/json-glib.h>
#include <signal.h>

#include "tests/lib/suite.h"

static GString *text;
static struct json json;

static void start(void)
{
	text = g_string_new(NULL);
	json = (struct json){ .text = text };
}

static void stop(void)
{
	g_string_free(text, TRUE);
}

static void assert_decimal(uint64_t value, unsigned decimals, const char *expected)
{
	stop();
	start();
	json_add_decimal(&json, NULL, value, decimals);
	ck_assert_str_eq(text->str, expected);
}

SUITE(.before = start, .after = stop);

TEST(values_are_separated_by_commas_and_members_have_names)
{
	json_begin_object(&json, NULL);
	json_add_number(&json, "a", 1);
	json_begin_array(&json, "b");
	json_add_bool(&json, NULL, true);
	json_add_null(&json, NULL);
	json_begin_object(&json, NULL);
	json_end_object(&json);
	json_begin_array(&json, NULL);
	json_end_array(&json);
	json_end_array(&json);
	json_add_text(&json, "c", "d");
	json_add_bool(&json, "e", false);
	json_end_object(&json);
	json_end_line(&json);
	ck_assert_str_eq(text->str, "{\"a\":1,\"b\":[true,null,{},[]],\"c\":\"d\",\"e\":false}\n");
}

TEST(lines_follow_one_another)
{
	json_add_number(&json, NULL, 1);
	json_end_line(&json);
	json_add_number(&json, NULL, 2);
	json_end_line(&json);
	ck_assert_str_eq(text->str, "1\n2\n");
}

TEST(decimals_have_three_to_six_places)
{
	assert_decimal(0, 3, "0.000");
	assert_decimal(1, 3, "0.001");
	assert_decimal(8192333, 3, "8192.333");
	assert_decimal(100000, 6, "0.100");
	assert_decimal(25, 6, "0.000025");
	assert_decimal(666667, 6, "0.666667");
	assert_decimal(1000000, 6, "1.000");
	assert_decimal(1234500, 6, "1.2345");
	assert_decimal(UINT64_MAX, 6, "18446744073709.551615");
}

TEST(numbers_beyond_the_integers_of_json_are_strings)
{
	json_begin_array(&json, NULL);
	json_add_number(&json, NULL, INT64_MAX);
	json_add_number(&json, NULL, (uint64_t)INT64_MAX + 1);
	json_end_array(&json);
	ck_assert_str_eq(text->str, "[9223372036854775807,\"9223372036854775808\"]");
}

/* A string with every character that has a form of its own is read back as it was. */
TEST_RANGE(every_character_is_read_back, 1, 129)
{
	const char string[] = { 'a', _i == 128 ? '"' : (char)_i, '\\', '\0' };
	JsonParser *parser = json_parser_new();
	JsonArray *array;

	json_begin_array(&json, NULL);
	json_add_text(&json, NULL, string);
	json_end_array(&json);
	ck_assert_msg(json_parser_load_from_data(parser, text->str, -1, NULL), "%s", text->str);
	array = json_node_get_array(json_parser_get_root(parser));
	ck_assert_str_eq(json_array_get_string_element(array, 0), string);
	g_object_unref(parser);
}

TEST(control_characters_are_escaped)
{
	json_add_text(&json, NULL, "\b\f\n\r\t\x01\x1f\x7f\"\\/ \xc3\xa4");
	ck_assert_str_eq(text->str, "\"\\b\\f\\n\\r\\t\\u0001\\u001f\\u007f\\\"\\\\/ \xc3\xa4\"");
}

TEST(what_is_no_utf8_is_made_valid)
{
	json_add_text(&json, NULL, "a\xff");
	ck_assert_str_eq(text->str, "\"a\xef\xbf\xbd\"");
	stop();
	start();
	json_add_text(&json, NULL, NULL);
	ck_assert_str_eq(text->str, "\"\"");
}

TEST(what_does_not_exist_is_null)
{
	json_begin_array(&json, NULL);
	json_add_text_if(&json, NULL, NULL);
	json_add_text_if(&json, NULL, "");
	json_add_number_if(&json, NULL, false, 7);
	json_add_number_if(&json, NULL, true, 0);
	json_end_array(&json);
	ck_assert_str_eq(text->str, "[null,\"\",null,0]");
}

TEST_SIGNAL(a_member_needs_a_name, SIGABRT)
{
	json_begin_object(&json, NULL);
	json_add_null(&json, NULL);
}

TEST_SIGNAL(an_element_of_an_array_has_no_name, SIGABRT)
{
	json_begin_array(&json, NULL);
	json_add_null(&json, "a");
}

TEST_SIGNAL(an_array_does_not_end_an_object, SIGABRT)
{
	json_begin_object(&json, NULL);
	json_end_array(&json);
}

TEST_SIGNAL(an_open_object_does_not_end_the_line, SIGABRT)
{
	json_begin_object(&json, NULL);
	json_end_line(&json);
}
