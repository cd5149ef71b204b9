/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* mkfifo, truncate */
#include "sim/base/csv.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/failure.h"
#include "tests/lib/folder.h"
#include "tests/lib/suite.h"

static char *dir;
static char *path; /* x.csv in it */

static void start(void)
{
	dir = folder_new();
	path = g_build_filename(dir, "x.csv", NULL);
}

static void stop(void)
{
	g_free(path);
	folder_remove(dir);
}

static void write_text(const char *bytes, gssize length)
{
	ck_assert(g_file_set_contents(path, bytes, length, NULL));
}

/* @rows below two lines of head, with columns a and b. */
static struct csv_reader *open_rows(const char *rows)
{
	g_autofree char *text = g_strconcat("# cidsim 1 x\na,b\n", rows, NULL);
	struct csv_reader *reader;

	write_text(text, -1);
	reader = csv_reader_open_with(path, "a,b", NULL);
	ck_assert_ptr_nonnull(reader);
	return reader;
}

static void assert_error(GError *error, enum failure code, const char *expected)
{
	char *message;

	ck_assert(g_error_matches(error, FAILURE, (int)code));
	message = folder_message(dir, error);
	ck_assert_str_eq(message, expected);
	g_free(message);
}

/* --- fields --- */

/* Split @line and compare its fields, joined with '|'. */
static void assert_split(const char *line, const char *expected)
{
	char *text = g_strdup(line);
	const char *fields[9] = { NULL };
	unsigned count = csv_split(text, fields, 8);
	char *joined = g_strjoinv("|", (char **)fields);

	ck_assert_uint_eq(count, g_strv_length((char **)fields));
	ck_assert_str_eq(joined, expected);
	g_free(joined);
	g_free(text);
}

SUITE(.timeout = 60, .before = start, .after = stop);

TEST(a_comment_is_one_line)
{
	g_autoptr(GString) head = g_string_new("# a b\n");

	csv_add_comment(head, "key", "two lines\nand a\ttab");
	csv_add_comment(head, "empty", "");
	ck_assert_str_eq(head->str, "# a b\n# key two lines and a tab\n# empty \n");
}

TEST(a_line_is_split_at_its_commas)
{
	assert_split("", "");
	assert_split("a", "a");
	assert_split("a,b,c", "a|b|c");
	assert_split(",", "|");
	assert_split("a,,c,", "a||c|");
}

TEST(what_was_quoted_is_as_it_was)
{
	static const char *const texts[] = { "plain", "a,b", "say \"hi\"", "#1", "\"", "" };

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		GString *row = g_string_new("before,");
		const char *fields[3];

		csv_quote(row, texts[i]);
		g_string_append(row, ",after");
		ck_assert_uint_eq(csv_split(row->str, fields, 3), 3);
		ck_assert_str_eq(fields[1], texts[i]);
		ck_assert_str_eq(fields[2], "after");
		g_string_free(row, TRUE);
	}
}

TEST(quotes_that_do_not_match_are_refused)
{
	static const char *const lines[] = { "\"", "\"a", "a,\"b", "\"a\"b", "\"a\"\",c" };
	const char *fields[4];

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		char *text = g_strdup(lines[i]);

		ck_assert_uint_eq(csv_split(text, fields, 4), 0);
		g_free(text);
	}
}

TEST(fields_beyond_the_last_that_is_wanted_are_counted)
{
	const char *fields[3] = { NULL, NULL, NULL };
	char text[] = "1,2,3,4";

	ck_assert_uint_eq(csv_split(text, fields, 2), 4);
	ck_assert_str_eq(fields[1], "2");
	ck_assert_ptr_null(fields[2]);
}

/* --- rows --- */

/* Read the rows of @bytes, columns a and b, as numbers up to 99. Returns what is wrong, or NULL. */
static char *read_rows(const char *bytes, gssize length, unsigned *rows)
{
	GError *fault = NULL;
	struct csv_reader *csv;
	uint64_t value;

	write_text(bytes, length);
	csv = csv_reader_open_with(path, "a,b", &fault);
	*rows = 0;
	while (csv && csv_reader_next(csv, &fault) && csv_reader_number(csv, 1, 99, &value, &fault))
		++*rows;
	csv_reader_close(csv);
	return fault ? folder_message(dir, fault) : NULL;
}

static void assert_wrong(const char *bytes, gssize length, const char *expected)
{
	unsigned rows;
	char *wrong = read_rows(bytes, length, &rows);

	ck_assert_str_eq(wrong, expected);
	g_free(wrong);
}

TEST(rows_are_read_after_comments_and_names)
{
	unsigned rows;

	ck_assert_ptr_null(read_rows("# x\n# \xff y\na,b\n1,2\nx,99\n", -1, &rows));
	ck_assert_uint_eq(rows, 2);
	ck_assert_ptr_null(read_rows("a,b\n\"a \"\"b\"\", c\",2\n\"\",0", -1, &rows));
	ck_assert_uint_eq(rows, 2);
	ck_assert_ptr_null(read_rows("a,b\n", -1, &rows));
	ck_assert_uint_eq(rows, 0);
}

TEST(quoted_fields_are_unquoted)
{
	struct csv_reader *csv;

	write_text("a,b\n\"say \"\"hi\"\", you\",\"\"\n", -1);
	csv = csv_reader_open_with(path, "a,b", NULL);
	ck_assert(csv_reader_next(csv, NULL));
	ck_assert_str_eq(csv_reader_field(csv, 0), "say \"hi\", you");
	ck_assert_str_eq(csv_reader_field(csv, 1), "");
	csv_reader_close(csv);
}

TEST(what_is_not_ours_is_refused_with_its_line)
{
	char *long_line = g_strnfill(CSV_LINE_MAX + 1, 'x');
	char *long_file = g_strconcat("a,b\n", long_line, NULL);

	assert_wrong("", 0, "x.csv:1: the line of column names is missing");
	assert_wrong("# only this", -1, "x.csv:2: the line of column names is missing");
	assert_wrong("a,c\n", -1, "x.csv:1: column names are 'a,c', expected 'a,b'");
	assert_wrong("a,b\n1,2\n1\n", -1, "x.csv:3: 1 fields, expected 2");
	assert_wrong("a,b\n1,2,3\n", -1, "x.csv:2: 3 fields, expected 2");
	assert_wrong("a,b\n\n", -1, "x.csv:2: 1 fields, expected 2");
	assert_wrong("a,b\n\"1,2\n", -1, "x.csv:2: quotes do not match");
	assert_wrong("a,b\n\"1\"x,2\n", -1, "x.csv:2: quotes do not match");
	assert_wrong("a,b\n1,-2\n", -1, "x.csv:2: 'b' is '-2', expected a number from 0 to 99");
	assert_wrong("a,b\n1,100\n", -1, "x.csv:2: 'b' is '100', expected a number from 0 to 99");
	assert_wrong("a,b\n1,\n", -1, "x.csv:2: 'b' is '', expected a number from 0 to 99");
	assert_wrong("a,b\n1,18446744073709551617\n", -1,
		"x.csv:2: 'b' is '18446744073709551617', expected a number from 0 to 99");
	assert_wrong("a,b\n\0,2\n", 8, "x.csv:2: byte 0x00 does not belong here");
	assert_wrong("a,b\r\n1,2\r\n", -1, "x.csv:1: byte 0x0d does not belong here");
	assert_wrong("a,b\n1,2\n# 3,4\n", -1, "x.csv:3: a comment among the rows");
	assert_wrong("a,b\n\xff,2\n", -1, "x.csv:2: not UTF-8");
	assert_wrong(long_file, -1, "x.csv:2: line is longer than 1048576 bytes");
	g_free(long_file);
	g_free(long_line);
}

TEST(a_word_is_one_of_those_known)
{
	static const char *const words[] = { "to_task", "to_percpu", NULL };
	GError *fault = NULL;
	struct csv_reader *csv;
	unsigned index = 7;
	char *wrong;

	write_text("a,b\nto_percpu,to_x\n", -1);
	csv = csv_reader_open_with(path, "a,b", NULL);
	ck_assert(csv_reader_next(csv, NULL));
	ck_assert(csv_reader_word(csv, 0, words, &index, &fault));
	ck_assert_uint_eq(index, 1);
	ck_assert(!csv_reader_word(csv, 1, words, &index, &fault));
	wrong = folder_message(dir, fault);
	ck_assert_str_eq(wrong, "x.csv:2: 'b' is 'to_x', expected to_task or to_percpu");
	g_free(wrong);
	csv_reader_close(csv);
}

TEST(numbers_are_read_in_millionths)
{
	static const struct {
		const char *text;
		bool good;
		int64_t value;
	} cases[] = {
		{ "", true, 0 },
		{ "0", true, 0 },
		{ "-0", true, 0 },
		{ "7", true, 7000000 },
		{ "007.5", true, 7500000 },
		{ "0.000001", true, 1 },
		{ "-12.345678", true, -12345678 },
		{ "4611686018427.387903", true, (INT64_C(1) << 62) - 1 },
		{ "-4611686018427.387903", true, 1 - (INT64_C(1) << 62) },
		{ "4611686018427.387904", false, 0 },
		{ "4611686018428", false, 0 },
		{ "18446744073709551617", false, 0 },
		{ "1.2345678", false, 0 },
		{ "1.", false, 0 },
		{ ".5", false, 0 },
		{ "-", false, 0 },
		{ "--1", false, 0 },
		{ "+1", false, 0 },
		{ " 1", false, 0 },
		{ "1 ", false, 0 },
		{ "1e3", false, 0 },
		{ "0x1", false, 0 },
		{ "inf", false, 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *rows = g_strdup_printf("0,%s\n", cases[i].text);
		struct csv_reader *reader = open_rows(rows);
		GError *error = NULL;
		bool present;
		int64_t value;

		ck_assert(csv_reader_next(reader, NULL));
		ck_assert_msg(
			csv_reader_millionths(reader, 1, &present, &value, &error) == cases[i].good,
			"'%s'", cases[i].text);
		ck_assert_int_eq(present, cases[i].text[0] != '\0');
		if (cases[i].good)
			ck_assert_int_eq(value, cases[i].value);
		else
			ck_assert_int_eq(error->code, FAILURE_INPUT);
		g_clear_error(&error);
		csv_reader_close(reader);
		g_free(rows);
	}
}

TEST(a_number_that_is_none_is_reported_with_its_line)
{
	struct csv_reader *reader = open_rows("1,2\n3,x\n");
	GError *error = NULL;
	bool present;
	int64_t value;

	ck_assert(csv_reader_next(reader, NULL) && csv_reader_next(reader, NULL));
	ck_assert(!csv_reader_millionths(reader, 1, &present, &value, &error));
	assert_error(error, FAILURE_INPUT,
		"x.csv:4: 'b' is 'x', expected a number with at most six decimals, below 2^62 "
		"millionths");
	error = NULL;
	ck_assert(!csv_reader_fail(reader, &error, "no %s", "good"));
	assert_error(error, FAILURE_INPUT, "x.csv:4: no good");
	csv_reader_close(reader);
}

/* Far beyond the buffer. */
TEST(rows_of_very_different_lengths_are_read)
{
	GString *rows = g_string_new(NULL);
	struct csv_reader *reader;
	unsigned count = 400;

	for (unsigned i = 0; i < count; i++) {
		char *fill = g_strnfill(i % 5 ? i : i * 100, 'x');

		g_string_append_printf(rows, "%u,%s\n", i, fill);
		g_free(fill);
	}
	reader = open_rows(rows->str);
	for (unsigned i = 0; i < count; i++) {
		char *number = g_strdup_printf("%u", i);

		ck_assert(csv_reader_next(reader, NULL));
		ck_assert_str_eq(csv_reader_field(reader, 0), number);
		ck_assert_uint_eq(strlen(csv_reader_field(reader, 1)), i % 5 ? i : i * 100);
		g_free(number);
	}
	ck_assert(!csv_reader_next(reader, NULL));
	csv_reader_close(reader);
	g_string_free(rows, TRUE);
}

/* --- heads --- */

/* Read the head of a file; *@error says what is wrong with it. */
static struct csv_reader *read_head(const char *text, GError **error)
{
	struct csv_reader *reader;

	write_text(text, -1);
	reader = csv_reader_open(path, NULL);
	ck_assert_ptr_nonnull(reader);
	if (csv_reader_read_head(reader, error))
		return reader;
	csv_reader_close(reader);
	return NULL;
}

static void assert_head(const char *text, const char *expected)
{
	GError *error = NULL;
	struct csv_reader *reader = read_head(text, &error);

	if (expected)
		assert_error(error, FAILURE_INPUT, expected);
	else
		ck_assert_ptr_nonnull(reader);
	csv_reader_close(reader);
}

TEST(a_head_has_comments_and_columns)
{
	static const char text[] = "# cidsim 1.0 x\n# empty \n# scenario \xe4.scn\na,\"b,c\"\n";
	struct csv_reader *reader = read_head(text, NULL);

	ck_assert_str_eq(csv_reader_path(reader), path);
	ck_assert_uint_eq(csv_reader_size(reader), strlen(text));
	ck_assert_str_eq(csv_reader_head(reader), text);
	ck_assert_str_eq(csv_reader_comment(reader, "cidsim"), "1.0 x");
	ck_assert_str_eq(csv_reader_comment(reader, "empty"), "");
	ck_assert_str_eq(csv_reader_comment(reader, "scenario"), "\xe4.scn");
	ck_assert_ptr_null(csv_reader_comment(reader, "cid"));
	ck_assert_uint_eq(csv_reader_columns(reader), 2);
	ck_assert_str_eq(csv_reader_name(reader, 1), "b,c");
	ck_assert_int_eq(csv_reader_find(reader, "b,c"), 1);
	ck_assert_int_eq(csv_reader_find(reader, "b"), -1);
	csv_reader_close(reader);
	csv_reader_close(NULL);
}

TEST(a_wrong_head_is_refused)
{
	GString *columns = g_string_new("a");

	assert_head("# x\n", "x.csv:2: the line of column names is missing");
	assert_head("", "x.csv:1: the line of column names is missing");
	assert_head("\n1\n", "x.csv:1: the line of column names is empty");
	assert_head("\"a\n", "x.csv:1: quotes do not match");
	assert_head("a\xff\n", "x.csv:1: not UTF-8");
	assert_head("# a\tb\na\n", "x.csv:1: byte 0x09 does not belong here");
	assert_head("a,,b\n", "x.csv:1: column 2 has no name");
	assert_head("a,b,\n", "x.csv:1: column 3 has no name");
	for (int i = 1; i < CSV_COLUMNS_MAX; i++)
		g_string_append(columns, ",a");
	g_string_append(columns, "\n");
	assert_head(columns->str, NULL);
	g_string_prepend(columns, "a,");
	assert_head(columns->str, "x.csv:1: 4097 columns, more than 4096");
	g_string_free(columns, TRUE);
}

TEST(a_head_may_be_large_but_not_too_large)
{
	GString *head = g_string_new(NULL);
	char *line = g_strnfill(CSV_LINE_MAX, '#');

	for (int i = 0; i < 3; i++)
		g_string_append_printf(head, "%s\n", line);
	g_string_append(head, "a\n");
	assert_head(head->str, NULL);
	g_string_prepend(head, "\n");
	g_string_prepend(head, line);
	assert_head(head->str, "x.csv:4: head is longer than 4194304 bytes");
	g_string_prepend_c(head, '#');
	assert_head(head->str, "x.csv:1: line is longer than 1048576 bytes");
	g_free(line);
	g_string_free(head, TRUE);
}

TEST(the_longest_line_is_read)
{
	char *longest = g_strnfill(CSV_LINE_MAX - 2, 'x');
	g_autofree char *rows = g_strdup_printf("1,%s\n", longest);
	struct csv_reader *reader = open_rows(rows);

	ck_assert(csv_reader_next(reader, NULL));
	ck_assert_uint_eq(strlen(csv_reader_row(reader)), CSV_LINE_MAX);
	ck_assert(!csv_reader_next(reader, NULL));
	csv_reader_close(reader);
	g_free(longest);
}

/* --- files --- */

TEST(what_is_no_regular_file_is_refused)
{
	GError *error = NULL;

	ck_assert_ptr_null(csv_reader_open(path, &error));
	assert_error(error, FAILURE_ENVIRONMENT, "x.csv: No such file or directory");
	error = NULL;
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_ptr_null(csv_reader_open(path, &error));
	assert_error(error, FAILURE_INPUT, "x.csv: not a regular file");
}

TEST(a_file_can_end_before_its_end)
{
	struct csv_reader *reader;
	char bytes[3] = "";

	write_text("a,b\n1,2\nzz", -1);
	reader = csv_reader_open(path, NULL);
	ck_assert(csv_reader_bytes(reader, bytes, 2, 8, NULL));
	ck_assert_str_eq(bytes, "zz");
	csv_reader_end_at(reader, 8);
	ck_assert(csv_reader_read_head(reader, NULL));
	ck_assert(csv_reader_next(reader, NULL));
	ck_assert(!csv_reader_next(reader, NULL));
	csv_reader_close(reader);
}

TEST(a_file_that_shrinks_meanwhile_is_reported)
{
	GString *rows = g_string_new(NULL);
	struct csv_reader *reader;
	GError *error = NULL;
	char bytes[4];

	for (int i = 0; i < 20000; i++)
		g_string_append(rows, "1,2\n");
	reader = open_rows(rows->str);
	ck_assert(csv_reader_next(reader, NULL));
	ck_assert_int_eq(truncate(path, 20000), 0);
	while (csv_reader_next(reader, &error))
		continue;
	assert_error(error, FAILURE_ENVIRONMENT, "x.csv: was changed while it was read");
	error = NULL;
	ck_assert(!csv_reader_bytes(reader, bytes, 4, 30000, &error));
	assert_error(error, FAILURE_ENVIRONMENT, "x.csv: was changed while it was read");
	csv_reader_close(reader);
	g_string_free(rows, TRUE);
}

TEST_SIGNAL(without_a_row_there_is_no_field, SIGABRT)
{
	csv_reader_field(open_rows("1,2\n"), 0);
}

TEST_SIGNAL(a_row_has_no_more_fields_than_columns, SIGABRT)
{
	struct csv_reader *reader = open_rows("1,2\n");

	csv_reader_next(reader, NULL);
	csv_reader_field(reader, 2);
}

TEST_SIGNAL(rows_come_after_the_head, SIGABRT)
{
	write_text("a\n", -1);
	csv_reader_next(csv_reader_open(path, NULL), NULL);
}
