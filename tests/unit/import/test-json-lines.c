/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/import/json-lines.h"

#include <string.h>

#include "tests/lib/suite.h"

static struct faults *faults;

static void set_up(void)
{
	faults = faults_new("F");
}

static void tear_down(void)
{
	faults_free(faults);
}

SUITE(.before = set_up, .after = tear_down);

static const struct json_value *child(const struct json_value *value, guint index)
{
	ck_assert_uint_lt(index, value->children->len);
	return value->children->pdata[index];
}

TEST(lines_order_and_members_of_one_name_are_kept)
{
	static const char text[] = "{ \"b\" : 1,\n"
				   "  \"a\" : [ 2,\n 3 ],\n"
				   "  \"b\" : { \"c\" : \"x\" },\n"
				   "  \"b\" : true }\n";
	struct json_value *root = json_lines_read(text, strlen(text), faults);

	ck_assert_uint_eq(faults_count(faults), 0);
	ck_assert_uint_eq(root->children->len, 4);
	ck_assert_str_eq(child(root, 0)->name, "b");
	ck_assert_int_eq(child(root, 0)->number, 1);
	ck_assert_int_eq(child(root, 1)->kind, JSON_ARRAY);
	ck_assert_uint_eq(child(child(root, 1), 1)->line, 3);
	ck_assert_int_eq(child(child(root, 1), 1)->number, 3);
	ck_assert_uint_eq(child(root, 2)->line, 4);
	ck_assert_str_eq(json_value_find(child(root, 2), "c")->text, "x");
	ck_assert_int_eq(child(root, 3)->kind, JSON_OTHER);
	ck_assert_ptr_eq(json_value_find(root, "b"), child(root, 3));
	ck_assert_ptr_null(json_value_find(root, "c"));
	json_value_free(root);
}

static const char *const allowed[] = {
	"{ /* \" */ \"a\" : 1 }",
	"{ // comment\n \"a\" : 1 }",
	"{ \"a\" : 1, }",
	"{ \"a\" : 1 /* end */ , /* of it */ }",
	"\xef\xbb\xbf{ \"a\" : 1 }",
	"{ \"b\", \"a\" : 1 }",
	"{ \"a\" : 1, \"b\" }",
	"{ \"a\" : 1, \"b\" : [ 1, \"x\", ], }",
};

TEST_ROWS(what_workgen_allows_is_allowed, allowed)
{
	struct json_value *root = json_lines_read(allowed[_i], strlen(allowed[_i]), faults);

	ck_assert_uint_eq(faults_count(faults), 0);
	ck_assert_int_eq(json_value_find(root, "a")->number, 1);
	json_value_free(root);
}

/* Proves that what looks like a comment or a comma in a string stays there. */
TEST(strings_are_left_alone)
{
	static const char text[] = "{ \"a\" : \"/* ,} // \\\" \" }";
	struct json_value *root = json_lines_read(text, strlen(text), faults);

	ck_assert_str_eq(json_value_find(root, "a")->text, "/* ,} // \" ");
	json_value_free(root);
}

static const struct {
	const char *text, *fault;
} wrong[] = {
	{ "", "this is no JSON object" },
	{ "7", "this is no JSON object" },
	{ "{ \"a\" : 1\n \"b\" : 2 }", ": this is no JSON: unexpected" },
	{ "{ \"a\" : }", "F:1: this is no JSON: " },
	{ "{ \"a\" : 1", "this is no JSON: " },
	{ "/* never closed", "this is no JSON" },
	{ "{ \"a\" : \"\xff\" }", "is no JSON text: UTF-8" },
};

TEST_ROWS(other_texts_are_refused, wrong)
{
	g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);

	ck_assert_ptr_null(json_lines_read(wrong[_i].text, strlen(wrong[_i].text), faults));
	faults_list(faults, messages);
	ck_assert_uint_eq(messages->len, 1);
	ck_assert_msg(strstr(messages->pdata[0], wrong[_i].fault), "%s",
		(char *)messages->pdata[0]);
}

TEST(too_many_levels_are_refused)
{
	GString *text = g_string_new("{\n\"a\" : ");

	for (int i = 0; i < 100000; i++)
		g_string_append_c(text, '[');
	ck_assert_ptr_null(json_lines_read(text->str, text->len, faults));
	ck_assert_uint_eq(faults_count(faults), 1);
	g_string_free(text, TRUE);
}
