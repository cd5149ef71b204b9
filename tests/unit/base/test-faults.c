/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/faults.h"

#include <signal.h>

#include "tests/lib/suite.h"

static struct faults *faults;

static void start(void)
{
	faults = faults_new("F");
}

static void stop(void)
{
	faults_free(faults);
}

static struct place at_line(uint32_t line)
{
	return (struct place){ .line = line };
}

/* @expected: the messages, a line each. */
static void assert_list(const char *expected)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	GString *all = g_string_new(NULL);

	faults_list(faults, errors);
	for (guint i = 0; i < errors->len; i++)
		g_string_append_printf(all, "%s\n", (char *)errors->pdata[i]);
	ck_assert_str_eq(all->str, expected);
	g_string_free(all, TRUE);
}

SUITE(.before = start, .after = stop);

TEST(without_a_fault_there_is_no_message)
{
	ck_assert_uint_eq(faults_count(faults), 0);
	assert_list("");
}

TEST(faults_are_listed_by_line_options_and_the_file_first)
{
	faults_add(faults, at_line(7), "seven %d", 1);
	faults_add(faults, at_line(3), "three");
	faults_add(faults, (struct place){ .option = "--set a.b" }, "option");
	faults_add(faults, at_line(0), "the file");
	faults_add(faults, at_line(7), "seven 2");
	faults_take(faults, at_line(5), g_strdup("100%% is no format"));
	ck_assert_uint_eq(faults_count(faults), 6);
	assert_list("--set a.b: option\n"
		    "F: the file\n"
		    "F:3: three\n"
		    "F:5: 100%% is no format\n"
		    "F:7: seven 1\n"
		    "F:7: seven 2\n");
}

/* Those with the lowest lines are kept, whatever the order in which they are found. */
TEST_RANGE(the_lowest_lines_stay_of_too_many, 0, 2)
{
	GString *expected = g_string_new(NULL);
	uint32_t all = FAULTS_MAX + 5;

	for (uint32_t i = 1; i <= all; i++)
		faults_add(faults, at_line(_i ? i : all + 1 - i), "x");
	for (uint32_t i = 1; i <= FAULTS_MAX; i++)
		g_string_append_printf(expected, "F:%u: x\n", i);
	g_string_append(expected, "F: too many errors\n");
	ck_assert_uint_eq(faults_count(faults), all);
	assert_list(expected->str);
	g_string_free(expected, TRUE);
}

TEST(as_many_as_are_kept_are_not_too_many)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);

	for (uint32_t i = 1; i <= FAULTS_MAX; i++)
		faults_add(faults, at_line(i), "x");
	faults_list(faults, errors);
	ck_assert_uint_eq(errors->len, FAULTS_MAX);
}

TEST(a_place_has_a_name)
{
	g_autofree char *line = place_to_string(faults_files(faults), at_line(12));
	g_autofree char *option = place_to_string(faults_files(faults), (struct place){ 12, "--set a.b" });

	ck_assert_str_eq(line, "line 12");
	ck_assert_str_eq(option, "--set a.b");
}

TEST(a_place_in_one_of_several_files_names_it)
{
	g_autofree char *line = NULL;

	line_files_add(faults_files(faults), 10, "base");
	line = place_to_string(faults_files(faults), at_line(12));
	ck_assert_str_eq(line, "line 2 of base");
	faults_add(faults, at_line(11), "eleven");
	faults_add(faults, at_line(10), "ten");
	assert_list("F:10: ten\nbase:1: eleven\n");
}

TEST_SIGNAL(a_place_is_a_line_or_an_option, SIGABRT)
{
	place_to_string(faults_files(faults), at_line(0));
}
