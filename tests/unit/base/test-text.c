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

TEST(a_wide_table_is_broken_where_it_may_be)
{
	struct text_table *table = text_table_with_head("lr|r|r", "name|first|second|third");
	g_autofree char *wide = g_strnfill(33, 'x');
	g_autoptr(GString) text = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;

	for (int i = 0; i < 3; i++)
		text_table_cell(table, i == 0 ? "row" : wide);
	text_table_cell(table, "3");
	text_table_print(table, text);
	lines = g_strsplit(text->str, "\n", -1);
	ck_assert_uint_eq(g_strv_length(lines), 5);
	ck_assert(g_str_has_prefix(lines[0], "  name  "));
	ck_assert(g_str_has_suffix(lines[0], "  second"));
	ck_assert_str_eq(lines[2], "  name  third");
	ck_assert_str_eq(lines[3], "  row       3");
}

TEST(a_table_that_may_not_be_broken_stays_whole)
{
	struct text_table *table = text_table_new("lll");
	g_autofree char *wide = g_strnfill(60, 'x');
	g_autoptr(GString) text = g_string_new(NULL);

	for (int i = 0; i < 3; i++)
		text_table_cell(table, wide);
	text_table_print(table, text);
	ck_assert_uint_eq(text->len, 3 * 62 + 1);
}

/* Columns of any width: each row has all its cells, and no line is too wide that could be narrower.
 */
TEST_RANGE(broken_tables_have_all_cells, 0, 50)
{
	enum { COLUMNS = 7 };
	struct text_table *table = text_table_new("l|l|l|l|l|l|l");
	g_autoptr(GString) text = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;
	guint cells = 0;

	for (int column = 0; column < COLUMNS; column++)
		text_table_take(
			table, g_strnfill(1 + (gsize)((_i + 1) * (column + 3) * 7 % 35), 'x'));
	text_table_print(table, text);
	lines = g_strsplit(text->str, "\n", -1);
	for (char **line = lines; **line; line++) {
		g_auto(GStrv) words = g_strsplit(g_strstrip(*line), "  ", -1);

		cells += g_strv_length(words) - (line > lines); /* the first once more */
		ck_assert_uint_le(strlen(*line), TEXT_WIDTH);
	}
	ck_assert_uint_eq(cells, COLUMNS);
}

TEST(a_line_that_begins_with_more_blanks_than_it_has_room_for_is_wrapped)
{
	g_autoptr(GString) text = g_string_new("          a b c d");

	text_wrap_to(text, 0, 10);
	ck_assert_str_eq(text->str, "     a b\n       c d");
}

TEST(long_lines_are_wrapped_and_short_ones_stay)
{
	g_autofree char *word = g_strnfill(90, 'x');
	g_autofree char *whole = NULL;
	g_autoptr(GString) text = g_string_new("not  touched, though long: 1234567890 1234567890 "
					       "1234567890 1234567890 1234567890\n");
	gsize from = text->len;

	g_string_append_printf(text,
		"  short  line\n  a line that is longer than eighty columns goes on in the next "
	        "one, "
		"which is indented\n%s\n",
		word);
	text_wrap(text, from);
	whole = g_strconcat(
		"not  touched, though long: 1234567890 1234567890 1234567890 1234567890 "
		"1234567890\n  short  line\n"
		"  a line that is longer than eighty columns goes on in the next one, which is\n"
		"    indented\n",
		word, "\n", NULL);
	ck_assert_str_eq(text->str, whole);
}

TEST(a_head_is_one_line_if_it_fits)
{
	g_autofree char *path = g_strnfill(70, 'p');
	g_autofree char *both = g_strconcat("short  how\n", path, "\n  seed 123456\n", NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	text_head(text, "short", "  how");
	text_head(text, path, "  seed 123456");
	ck_assert_str_eq(text->str, both);
}
