/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/parse.h"

#include <string.h>

struct scenario *scenario;
GPtrArray *errors;

void parse_start(void)
{
	scenario = NULL;
	errors = g_ptr_array_new_with_free_func(g_free);
}

void parse_stop(void)
{
	scenario_free(scenario);
	g_ptr_array_free(errors, TRUE);
}

void parse_with(const char *text, const struct scenario_overrides *overrides)
{
	scenario_free(scenario);
	g_ptr_array_set_size(errors, 0);
	scenario = scenario_parse("F", text, strlen(text), overrides, errors);
	ck_assert_int_eq(!scenario, errors->len > 0);
}

void parse(const char *text)
{
	parse_with(text, NULL);
}

void parse_good(const char *text)
{
	parse(text);
	ck_assert_msg(scenario != NULL, "%s: %s", text, (char *)errors->pdata[0]);
}

void parse_bad(const char *text, const char *message)
{
	parse(text);
	ck_assert_msg(!scenario, "accepted: %s", text);
	ck_assert_str_eq(g_ptr_array_index(errors, 0), message);
	ck_assert_msg(errors->len == 1, "then: %s", (char *)g_ptr_array_index(errors, 1));
}

void parse_bad_after_tasks(const char *text, const char *message)
{
	g_autofree char *text_of_file =
		g_strconcat("[mm app]\n[tasks worker]\ncount=2\nstart=2ms\n", text, NULL);

	parse_bad(text_of_file, message);
}

void parse_bad_set(const char *set, const char *message)
{
	const char *const sets[] = { set, NULL };

	parse_with("[machine]\ncpus=4\n[mm app]\n", &(struct scenario_overrides){ .set = sets });
	ck_assert_ptr_null(scenario);
	ck_assert_str_eq(g_ptr_array_index(errors, 0), message);
	ck_assert_uint_eq(errors->len, 1);
}
