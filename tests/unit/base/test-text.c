/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>

#include "sim/base/text.h"

#include "tests/lib/suite.h"

static void assert_text(char *text, const char *expected)
{
	ck_assert_str_eq(text, expected);
	g_free(text);
}

TEST(times_have_the_unit_that_suits)
{
	assert_text(text_time(0), "0 ns");
	assert_text(text_time(999), "999 ns");
	assert_text(text_time(1000), "1.000 us");
	assert_text(text_time(999999), "999.999 us");
	assert_text(text_time(1000000), "1.000 ms");
	assert_text(text_time(1234567), "1.234 ms");
	assert_text(text_time(999999999), "999.999 ms");
	assert_text(text_time(1000000000), "1.000 s");
	assert_text(text_time(UINT64_C(4398046511103)), "4398.046 s");
	assert_text(text_time(UINT64_MAX), "18446744073.709 s");
}

TEST(sizes_have_the_unit_that_suits)
{
	assert_text(text_size(0), "0 bytes");
	assert_text(text_size(1023), "1023 bytes");
	assert_text(text_size(1024), "1.0 KiB");
	assert_text(text_size(1535), "1.4 KiB");
	assert_text(text_size(1536), "1.5 KiB");
	assert_text(text_size(UINT64_C(1) << 30), "1.0 GiB");
	assert_text(text_size((UINT64_C(1) << 30) - 1), "1023.9 MiB");
	assert_text(text_size(UINT64_MAX), "15.9 EiB");
}

TEST(thousandths_have_three_places)
{
	assert_text(text_milli(0), "0.000");
	assert_text(text_milli(1), "0.001");
	assert_text(text_milli(12345), "12.345");
}

TEST(a_share_looks_like_all_or_nothing_only_if_it_is)
{
	assert_text(text_percent(0, 0), "-");
	assert_text(text_percent(0, 5), "0.0 %");
	assert_text(text_percent(5, 5), "100.0 %");
	assert_text(text_percent(1, 3), "33.3 %");
	assert_text(text_percent(1, 100000), "<0.1 %");
	assert_text(text_percent(99999, 100000), ">99.9 %");
	assert_text(text_percent(UINT64_MAX - 1, UINT64_MAX), ">99.9 %");
}

TEST(columns_are_aligned_and_lines_end_without_blanks)
{
	struct text_table *table = text_table_with_head("lrl", "mm|users|note");
	GString *text = g_string_new("before\n");

	text_table_cell(table, "größe");
	text_table_number(table, 5);
	text_table_take(table, g_strdup("x"));
	text_table_cell(table, "a");
	text_table_number(table, 123456);
	text_table_cell(table, "");
	text_table_print(table, text);
	ck_assert_str_eq(text->str, "before\n"
				    "  mm      users  note\n"
				    "  größe       5  x\n"
				    "  a      123456\n");
	g_string_free(text, TRUE);
}

TEST(paths_and_cells_are_clean)
{
	static const char good[] = "größe.scn";
	struct text_table *table = text_table_with_head("l", "file");
	GString *text = g_string_new(NULL);

	ck_assert_ptr_eq(text_path(good), good);
	ck_assert_str_eq(text_path("-"), "<stdin>");
	ck_assert_str_eq(text_path("a\nb\x1b.scn"), "a?b?.scn");
	text_table_cell(table, "a\nb\xff");
	text_table_print(table, text);
	ck_assert_str_eq(text->str, "  file\n  a?b?\n");
	g_string_free(text, TRUE);
}

TEST_SIGNAL(a_table_has_full_rows, SIGABRT)
{
	struct text_table *table = text_table_with_head("lr", "name|number");
	GString *text = g_string_new(NULL);

	text_table_cell(table, "a");
	text_table_print(table, text);
}

static const struct {
	const char *words[4];
	const char *line;
} commands[] = {
	{ { "cidsim", "sweep", "a/b.scn" }, "cidsim sweep a/b.scn" },
	{ { "--cpus", "1-8*2" }, "--cpus '1-8*2'" },
	{ { "--vary", "a=1;2", "" }, "--vary 'a=1;2' ''" },
	{ { "it's" }, "'it'\\''s'" },
};

TEST_ROWS(a_shell_splits_the_command_again, commands)
{
	const char *const *words = commands[_i].words;
	char *line = text_shell_line(words), **again;

	ck_assert_str_eq(line, commands[_i].line);
	ck_assert(g_shell_parse_argv(line, NULL, &again, NULL));
	for (unsigned i = 0; words[i]; i++)
		ck_assert_str_eq(again[i], words[i]);
	g_strfreev(again);
	g_free(line);
}

static const struct {
	const char *words;
	unsigned indent, width;
	const char *filled;
} fills[] = {
	{ "", 0, 10, "" },
	{ "one two three", 0, 7, "one two\nthree" },
	{ "one two three", 0, 8, "one two\nthree" },
	{ "one  two\nthree ", 0, 80, "one two three" },
	{ "one two", 4, 10, "one\n    two" },
	{ "a-word-that-is-too-long x", 2, 10, "a-word-that-is-too-long\n  x" },
	{ "äöü äöü", 0, 7, "äöü äöü" },
};

TEST_ROWS(words_are_filled_into_lines, fills)
{
	g_autoptr(GString) text = g_string_new("");

	text_fill(text, fills[_i].words, fills[_i].indent, fills[_i].width);
	ck_assert_str_eq(text->str, fills[_i].filled);
}
