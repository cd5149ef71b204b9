/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _POSIX_C_SOURCE 200809L /* fileno */
#include "sim/base/lines.h"

#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/lib/suite.h"

enum { MAX = 8192 };

static FILE *file;
static struct lines lines;

static void begin(const char *bytes, size_t length, uint64_t from, uint64_t end)
{
	file = tmpfile();
	ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
	ck_assert_int_eq(fflush(file), 0);
	lines_init(&lines, fileno(file), from, end, MAX);
}

static void stop(void)
{
	lines_clear(&lines);
	if (file)
		fclose(file);
}

static void assert_line(enum lines_result result, const char *expected)
{
	const char *text;
	size_t length;

	ck_assert_int_eq(lines_next(&lines, &text, &length), result);
	ck_assert_uint_eq(length, strlen(expected));
	ck_assert(memcmp(text, expected, length) == 0);
}

static void assert_no_line(enum lines_result expected)
{
	const char *text;
	size_t length;

	ck_assert_int_eq(lines_next(&lines, &text, &length), expected);
}

SUITE(.after = stop);

TEST(lines_are_those_of_a_part)
{
	begin("a\nbc\n\nd", 7, 2, 6);
	assert_line(LINES_GOOD, "bc");
	ck_assert_uint_eq(lines.offset, 5);
	assert_line(LINES_GOOD, "");
	assert_no_line(LINES_END);
	assert_no_line(LINES_END);
}

TEST(a_line_without_end_is_the_last)
{
	begin("a\nbc", 4, 0, 4);
	assert_line(LINES_GOOD, "a");
	assert_line(LINES_CUT, "bc");
	assert_no_line(LINES_END);
}

TEST(a_line_has_a_limit)
{
	char *longest = g_strnfill(MAX, 'x'), *longer = g_strnfill(MAX + 1, 'x');
	char *text = g_strdup_printf("%s\n%s\n", longest, longer);

	begin(text, strlen(text), 0, strlen(text));
	assert_line(LINES_GOOD, longest);
	assert_no_line(LINES_LONG);
	g_free(text);
	g_free(longer);
	g_free(longest);
}

TEST(a_file_that_is_shorter_has_no_error_of_the_system)
{
	begin("a\n", 2, 0, 5);
	assert_line(LINES_GOOD, "a");
	assert_no_line(LINES_FAILED);
	ck_assert_int_eq(lines.error, 0);
}

TEST(an_error_of_the_system_is_kept)
{
	lines_init(&lines, -1, 0, 5, MAX);
	assert_no_line(LINES_FAILED);
	ck_assert_int_ne(lines.error, 0);
}

TEST_SIGNAL(a_part_does_not_end_before_its_beginning, SIGABRT)
{
	lines_init(&lines, -1, 5, 4, MAX);
}
