/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/result.h"

#include <signal.h>
#include <string.h>

#include "sim/base/failure.h"
#include "tests/lib/suite.h"
#include "tests/lib/sweep-text.h"

static char *dir;
static char *path;

static void start(void)
{
	dir = folder_new();
	path = g_build_filename(dir, "a.csv", NULL);
}

static void stop(void)
{
	g_free(path);
	folder_remove(dir);
}

SUITE(.timeout = 60, .before = start, .after = stop);

TEST(a_result_file_ends_with_its_digest)
{
	struct sweep_result result;
	g_autofree char *text = NULL, *expected = NULL;

	ck_assert(sweep_result_open(&result, path, SWEEP_TEXT_HEAD, NULL));
	sweep_result_row(&result, "1,2", 3);
	sweep_result_row(&result, "3,4", 3);
	ck_assert_uint_eq(result.rows, 2);
	ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
	ck_assert(sweep_result_finish(&result, NULL));
	text = sweep_text_read(path, NULL);
	expected = sweep_text_result(SWEEP_TEXT_HEAD, "1,2\n3,4\n");
	ck_assert_str_eq(text, expected);
	ck_assert_uint_eq(folder_files(dir), 1);
}

TEST(what_is_discarded_leaves_nothing)
{
	struct sweep_result result;

	ck_assert(sweep_result_open(&result, path, SWEEP_TEXT_HEAD, NULL));
	sweep_result_row(&result, "1,2", 3);
	sweep_result_discard(&result);
	ck_assert_uint_eq(folder_files(dir), 0);
}

TEST(a_file_that_cannot_be_written_is_reported)
{
	struct sweep_result result;
	GError *error = NULL;

	ck_assert(sweep_result_open(&result, "/dev/full", SWEEP_TEXT_HEAD, NULL));
	ck_assert(!sweep_result_finish(&result, &error));
	ck_assert(g_error_matches(error, FAILURE, FAILURE_ENVIRONMENT));
	ck_assert_str_eq(error->message, "/dev/full: No space left on device");
	g_clear_error(&error);
	ck_assert(!sweep_result_open(&result, "/no/a.csv", SWEEP_TEXT_HEAD, &error));
	ck_assert(g_error_matches(error, FAILURE, FAILURE_ENVIRONMENT));
	g_clear_error(&error);
}

TEST(a_last_line_comes_back)
{
	static const uint64_t numbers[] = { 0, 7, UINT64_MAX };

	for (unsigned i = 0; i < 9; i++) {
		char line[SWEEP_LAST_LINE_MAX];
		uint64_t rows = 1, digest = 1;
		size_t length = sweep_last_line_format(line, numbers[i % 3], numbers[i / 3]);

		ck_assert_uint_eq(length, strlen(line));
		ck_assert(sweep_last_line_parse(line, length, &rows, &digest));
		ck_assert_uint_eq(rows, numbers[i % 3]);
		ck_assert_uint_eq(digest, numbers[i / 3]);
		ck_assert(!sweep_last_line_parse(line, length - 1, &rows, &digest));
	}
}

TEST(a_difference_names_its_line)
{
	char *found, *expected;

	ck_assert_uint_eq(sweep_head_difference("a\nb\n", "a\nb\n", &found, &expected), 0);
	ck_assert_uint_eq(sweep_head_difference("a\nb\n", "a\nc\n", &found, &expected), 2);
	ck_assert_str_eq(found, "'b'");
	ck_assert_str_eq(expected, "'c'");
	g_free(found);
	g_free(expected);
	ck_assert_uint_eq(sweep_head_difference("a\n", "a\nc\n", &found, &expected), 2);
	ck_assert_str_eq(found, "nothing");
	ck_assert_str_eq(expected, "'c'");
	g_free(found);
	g_free(expected);
}

TEST(a_difference_far_from_the_beginning_is_shown)
{
	g_autofree char *far = g_strdup_printf("# title %0100d1\npoint\n", 0);
	g_autofree char *near = g_strdup_printf("# title %0100d2\npoint\n", 0);
	char *found, *expected;

	ck_assert_uint_eq(sweep_head_difference(far, near, &found, &expected), 1);
	ck_assert_str_eq(found, "'...00000000000000001'");
	ck_assert_str_eq(expected, "'...00000000000000002'");
	g_free(found);
	g_free(expected);
}

TEST_SIGNAL(a_row_is_no_comment, SIGABRT)
{
	struct sweep_result result;

	sweep_result_open(&result, path, SWEEP_TEXT_HEAD, NULL);
	sweep_result_row(&result, "# 1", 3);
}
