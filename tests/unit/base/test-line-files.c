/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/line-files.h"

#include <glib.h>

#include "tests/lib/suite.h"

static struct line_files files;

static void start(void)
{
	files = (struct line_files){ 0 };
	line_files_add(&files, 0, "a");
	line_files_add(&files, 3, "empty");
	line_files_add(&files, 3, "b");
}

static void stop(void)
{
	line_files_clear(&files);
}

SUITE(.before = start, .after = stop);

static const struct {
	uint32_t line;
	const char *path;
} rows[] = { { 0, "a" }, { 1, "a:1" }, { 3, "a:3" }, { 4, "b:1" }, { 9, "b:6" } };

TEST_ROWS(each_line_is_of_one_file, rows)
{
	g_autofree char *path = line_files_path(&files, rows[_i].line);

	ck_assert_str_eq(path, rows[_i].path);
}

TEST(a_message_begins_with_the_line)
{
	g_autofree char *with = line_files_message(&files, "5: it is wrong: 7");
	g_autofree char *without = line_files_message(&files, " step 3");

	ck_assert_str_eq(with, "b:2: it is wrong: 7");
	ck_assert_str_eq(without, "a: step 3");
}

TEST_SIGNAL(a_file_does_not_begin_before_another, SIGABRT)
{
	line_files_add(&files, 2, "c");
}

TEST_SIGNAL(there_is_no_end_of_files, SIGABRT)
{
	for (unsigned i = 0; i < LINE_FILES_MAX; i++)
		line_files_add(&files, 3, "c");
}
