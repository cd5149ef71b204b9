/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* mkfifo, truncate */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/sweep/reader.h"
#include "tests/lib/suite.h"
#include "tests/lib/sweep-text.h"

#define ROWS "0,2,1,1.5\n1,2,2,\n2,\"4,\"\"x\"\"\",1,-0.25\n3,4,2,7\n"

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

static struct sweep_reader *open_text(const char *head, const char *rows)
{
	char *text = sweep_text_whole(head, rows);
	GError *error = NULL;
	struct sweep_reader *reader;

	sweep_text_write(path, text, strlen(text));
	reader = sweep_reader_open(path, &error);
	ck_assert_msg(reader != NULL, "%s", error ? error->message : "");
	g_free(text);
	return reader;
}

/* @expected: what follows the path. */
static void assert_error(GError *error, enum sweep_error code, const char *expected)
{
	char *message = g_strconcat(path, expected, NULL);

	ck_assert_ptr_nonnull(error);
	ck_assert(error->domain == SWEEP_ERROR);
	ck_assert_int_eq(error->code, (int)code);
	ck_assert_str_eq(error->message, message);
	g_error_free(error);
	g_free(message);
}

static void assert_open_fails(const char *text, size_t length, const char *expected)
{
	GError *error = NULL;

	sweep_text_write(path, text, length);
	ck_assert_ptr_null(sweep_reader_open(path, &error));
	assert_error(error, SWEEP_ERROR_INPUT, expected);
}

/* Opening is fine, or not, but what is wrong must be found. */
static void assert_text_fails(const char *head, const char *rows, const char *expected)
{
	char *text = sweep_text_whole(head, rows);
	struct sweep_reader *reader;
	GError *error = NULL;

	sweep_text_write(path, text, strlen(text));
	reader = sweep_reader_open(path, &error);
	while (reader && sweep_reader_next(reader, &error))
		;
	assert_error(error, SWEEP_ERROR_INPUT, expected);
	sweep_reader_close(reader);
	g_free(text);
}

static void assert_end(struct sweep_reader *reader)
{
	GError *error = NULL;

	ck_assert(!sweep_reader_next(reader, &error));
	ck_assert_msg(error == NULL, "%s", error ? error->message : "");
}

SUITE(.timeout = 120, .before = start, .after = stop);

TEST(the_head_is_told)
{
	struct sweep_reader *reader = open_text(SWEEP_TEXT_HEAD, ROWS);

	ck_assert_str_eq(sweep_reader_path(reader), path);
	ck_assert_str_eq(sweep_reader_head(reader), SWEEP_TEXT_HEAD);
	ck_assert_str_eq(sweep_reader_comment(reader, "cidsim"), "1.0 sweep");
	ck_assert_str_eq(sweep_reader_comment(reader, "title"), "A, \"b\"");
	ck_assert_str_eq(sweep_reader_comment(reader, "empty"), "");
	ck_assert_str_eq(sweep_reader_comment(reader, "points"), "4");
	ck_assert_ptr_null(sweep_reader_comment(reader, "point"));
	ck_assert_ptr_null(sweep_reader_comment(reader, "A,"));
	ck_assert(!sweep_reader_is_summary(reader));
	ck_assert_uint_eq(sweep_reader_rows(reader), 4);
	ck_assert_uint_eq(sweep_reader_columns(reader), 4);
	ck_assert_str_eq(sweep_reader_column(reader, 3), "mean,x");
	ck_assert_int_eq(sweep_reader_find(reader, "seed"), 2);
	ck_assert_int_eq(sweep_reader_find(reader, "mean"), -1);
	sweep_reader_close(reader);
	sweep_reader_close(NULL);
}

TEST(a_summary_is_told)
{
	struct sweep_reader *reader = open_text("# cidsim 1.0 sweep-summary\na\n", "");

	ck_assert(sweep_reader_is_summary(reader));
	sweep_reader_close(reader);
}

TEST(rows_come_as_they_are_and_in_fields)
{
	struct sweep_reader *reader = open_text(SWEEP_TEXT_HEAD, ROWS);

	ck_assert(sweep_reader_next(reader, NULL));
	ck_assert_str_eq(sweep_reader_row(reader), "0,2,1,1.5");
	ck_assert_str_eq(sweep_reader_field(reader, 0), "0");
	ck_assert(sweep_reader_next(reader, NULL));
	ck_assert_str_eq(sweep_reader_field(reader, 3), "");
	ck_assert(sweep_reader_next(reader, NULL));
	ck_assert_str_eq(sweep_reader_row(reader), "2,\"4,\"\"x\"\"\",1,-0.25");
	ck_assert_str_eq(sweep_reader_field(reader, 1), "4,\"x\"");
	ck_assert(sweep_reader_next(reader, NULL));
	assert_end(reader);
	assert_end(reader);
	sweep_reader_close(reader);
}

TEST(a_sweep_may_have_no_rows)
{
	struct sweep_reader *reader = open_text(SWEEP_TEXT_HEAD, "");

	ck_assert_uint_eq(sweep_reader_rows(reader), 0);
	assert_end(reader);
	sweep_reader_close(reader);
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
		struct sweep_reader *reader = open_text("# cidsim 1 sweep\na,b\n", rows);
		GError *error = NULL;
		bool present;
		int64_t value;

		ck_assert(sweep_reader_next(reader, NULL));
		ck_assert_msg(sweep_reader_millionths(reader, 1, &present, &value, &error) ==
				      cases[i].good,
			"'%s'", cases[i].text);
		ck_assert_int_eq(present, cases[i].text[0] != '\0');
		if (cases[i].good)
			ck_assert_int_eq(value, cases[i].value);
		else
			ck_assert_int_eq(error->code, SWEEP_ERROR_INPUT);
		g_clear_error(&error);
		sweep_reader_close(reader);
		g_free(rows);
	}
}

TEST(a_wrong_number_is_told_with_its_line)
{
	struct sweep_reader *reader = open_text("# cidsim 1 sweep\na,b\n", "1,2\n3,x\n");
	GError *error = NULL;
	bool present;
	int64_t value;

	ck_assert(sweep_reader_next(reader, NULL) && sweep_reader_next(reader, NULL));
	ck_assert(!sweep_reader_millionths(reader, 1, &present, &value, &error));
	assert_error(error, SWEEP_ERROR_INPUT,
		":4: 'b' is 'x', expected a number with at most six decimals, below 2^62 "
		"millionths");
	error = NULL;
	ck_assert(!sweep_reader_fail(reader, &error, "no %s", "good"));
	assert_error(error, SWEEP_ERROR_INPUT, ":4: no good");
	sweep_reader_close(reader);
}

/* Far beyond the buffer. */
TEST(rows_of_very_different_lengths_are_read)
{
	GString *rows = g_string_new(NULL);
	struct sweep_reader *reader;
	unsigned count = 400;

	for (unsigned i = 0; i < count; i++) {
		char *fill = g_strnfill(i % 5 ? i : i * 100, 'x');

		g_string_append_printf(rows, "%u,%s\n", i, fill);
		g_free(fill);
	}
	reader = open_text("# cidsim 1 sweep\na,b\n", rows->str);
	for (unsigned i = 0; i < count; i++) {
		char *number = g_strdup_printf("%u", i);

		ck_assert(sweep_reader_next(reader, NULL));
		ck_assert_str_eq(sweep_reader_field(reader, 0), number);
		ck_assert_uint_eq(strlen(sweep_reader_field(reader, 1)), i % 5 ? i : i * 100);
		g_free(number);
	}
	assert_end(reader);
	sweep_reader_close(reader);
	g_string_free(rows, TRUE);
}

TEST(a_missing_file_is_told_and_one_that_is_not_finished_too)
{
	char *partial = sweep_file_partial(path);
	char *expected = g_strdup_printf(": the sweep is not finished, its rows so far are in %s; "
					 "the command that began it goes on with it",
		partial);
	GError *error = NULL;

	ck_assert_ptr_null(sweep_reader_open(path, &error));
	assert_error(error, SWEEP_ERROR_INPUT, ": No such file or directory");
	error = NULL;
	sweep_text_write(partial, "", 0);
	ck_assert_ptr_null(sweep_reader_open(path, &error));
	assert_error(error, SWEEP_ERROR_INPUT, expected);
	g_free(expected);
	g_free(partial);
}

TEST(what_is_no_regular_file_is_refused)
{
	GError *error = NULL;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_ptr_null(sweep_reader_open(path, &error));
	assert_error(error, SWEEP_ERROR_INPUT, ": not a regular file");
	error = NULL;
	ck_assert_ptr_null(sweep_reader_open(dir, &error));
	ck_assert(g_str_has_suffix(error->message, ": not a regular file"));
	g_error_free(error);
}

TEST(what_is_no_file_of_a_sweep_is_refused)
{
	static const char *const first[] = { "time_ns,mm", "# cidsim 1.0", "# cidsim sweep",
		"# cidsim 1.0 sweeps", "# cidsim  sweep", "# cidsim 1.0 sweep ",
		"#cidsim 1.0 sweep" };

	assert_open_fails("", 0, ": is empty, not a file of a sweep");
	assert_open_fails("\0\0", 2,
		":1: not a file of a sweep: found '', expected '# cidsim VERSION sweep'");
	for (size_t i = 0; i < G_N_ELEMENTS(first); i++) {
		char *head = g_strconcat(first[i], "\na\n", NULL);
		char *expected = g_strdup_printf(":1: not a file of a sweep: found '%s', expected "
						 "'# cidsim VERSION sweep'",
			first[i]);

		assert_text_fails(head, "1\n", expected);
		g_free(expected);
		g_free(head);
	}
}

TEST(the_partial_file_itself_is_told)
{
	char *text = g_strconcat(sweep_partial_magic, "\n", SWEEP_TEXT_HEAD, NULL);

	assert_open_fails(text, strlen(text),
		":1: a sweep that is not finished; the command that began it goes on with it");
	g_free(text);
}

TEST(a_file_that_was_cut_is_told_when_it_is_opened)
{
	char *text = sweep_text_whole(SWEEP_TEXT_HEAD, ROWS);
	size_t first = strlen("# cidsim 1.0 sweep\n");

	for (size_t length = first; length < strlen(text); length++)
		assert_open_fails(text, length,
			": is not whole: its last line '# end ROWS rows, digest ...' is missing; "
			"it was cut, or is still being written");
	g_free(text);
}

TEST(the_last_line_is_exact)
{
	static const char *const last[] = {
		"# end 0 rows, digest 000000000000000\n",
		"# end 0 rows, digest 0000000000000000 \n",
		"# end 0 rows, digest 0000000000000000\r\n",
		"# end 00 rows, digest 0000000000000000\n",
		"# end -1 rows, digest 0000000000000000\n",
		"# end 18446744073709551616 rows, digest 0000000000000000\n",
		"# end  0 rows, digest 0000000000000000\n",
		"# end 0 rows, digest 000000000000000A\n",
		"# end 0 rows, digest 0x00000000000000\n",
		"# end 0 rows digest 0000000000000000\n",
		"# end 0 rows, digest 0000000000000000\n\n",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(last); i++) {
		char *text = g_strconcat(SWEEP_TEXT_HEAD, last[i], NULL);

		assert_open_fails(text, strlen(text),
			": is not whole: its last line '# end ROWS rows, digest ...' is missing; "
			"it was cut, or is still being written");
		g_free(text);
	}
}

TEST(a_wrong_head_is_refused)
{
	GString *columns = g_string_new("# cidsim 1 sweep\na");

	assert_text_fails("# cidsim 1 sweep\n", "", ":2: the line of columns is missing");
	assert_text_fails("# cidsim 1 sweep\n\n", "", ":2: the line of columns is empty");
	assert_text_fails("# cidsim 1 sweep\n\"a\n", "", ":2: quotes do not match");
	assert_text_fails("# cidsim 1 sweep\na\xff\n", "", ":2: not UTF-8");
	assert_text_fails(
		"# cidsim 1 sweep\n# a\tb\na\n", "", ":2: byte 0x09 does not belong here");
	for (int i = 1; i < SWEEP_COLUMNS_MAX; i++)
		g_string_append(columns, ",");
	g_string_append(columns, "\n");
	sweep_reader_close(open_text(columns->str, ""));
	g_string_insert_c(columns, (gssize)columns->len - 1, ',');
	assert_text_fails(columns->str, "", ":2: 4097 columns, more than 4096");
	g_string_free(columns, TRUE);
}

TEST(a_head_may_be_large_but_not_too_large)
{
	GString *head = g_string_new("# cidsim 1 sweep\n");
	char *line = g_strnfill(SWEEP_ROW_MAX, '#');

	for (int i = 0; i < 3; i++)
		g_string_append_printf(head, "%s\n", line);
	g_string_append(head, "a\n");
	sweep_reader_close(open_text(head->str, "1\n"));
	g_string_insert(head, (gssize)strlen("# cidsim 1 sweep\n"), "\n");
	g_string_insert(head, (gssize)strlen("# cidsim 1 sweep\n"), line);
	assert_text_fails(head->str, "1\n", ":5: head is longer than 4194304 bytes");
	g_free(line);
	g_string_free(head, TRUE);
}

TEST(comments_may_be_in_any_encoding)
{
	struct sweep_reader *reader =
		open_text("# cidsim 1 sweep\n# scenario \xe4.scn\na\n", "1\n");

	ck_assert_str_eq(sweep_reader_comment(reader, "scenario"), "\xe4.scn");
	sweep_reader_close(reader);
}

TEST(wrong_rows_are_told_with_their_line)
{
	static const char head[] = "# cidsim 1 sweep\na,b\n";
	char *longest = g_strnfill(SWEEP_ROW_MAX - 2, 'x');
	char *rows = g_strdup_printf("1,%s\n", longest);
	struct sweep_reader *reader = open_text(head, rows);

	ck_assert(sweep_reader_next(reader, NULL));
	ck_assert_uint_eq(strlen(sweep_reader_row(reader)), SWEEP_ROW_MAX);
	assert_end(reader);
	sweep_reader_close(reader);
	g_free(rows);
	rows = g_strdup_printf("1,2\n1,x%s\n", longest);
	assert_text_fails(head, rows, ":4: line is longer than 1048576 bytes");
	g_free(rows);
	g_free(longest);
	assert_text_fails(head, "1,2\n1\n", ":4: 1 fields, expected 2");
	assert_text_fails(head, "1,2\n\n", ":4: 1 fields, expected 2");
	assert_text_fails(head, "1,2,3\n", ":3: 3 fields, expected 2");
	assert_text_fails(head, "1,\"2\n", ":3: quotes do not match");
	assert_text_fails(head, "1,\"2\"3\n", ":3: quotes do not match");
	assert_text_fails(head, "1,\xc3\n", ":3: not UTF-8");
	assert_text_fails(head, "1,2\r\n", ":3: byte 0x0d does not belong here");
	assert_text_fails(head, "1,2\n# 3,4\n", ":4: a comment among the rows");
}

TEST(what_was_changed_is_told_at_the_end)
{
	char *text = sweep_text_whole(SWEEP_TEXT_HEAD, ROWS);
	struct sweep_reader *reader;
	GError *error = NULL;

	*strstr(text, "1.5") = '2';
	sweep_text_write(path, text, strlen(text));
	reader = sweep_reader_open(path, NULL);
	for (int i = 0; i < 4; i++)
		ck_assert(sweep_reader_next(reader, NULL));
	ck_assert(!sweep_reader_next(reader, &error));
	assert_error(error, SWEEP_ERROR_INPUT,
		":10: the digest is not that of the lines before it: the file was changed or is "
		"damaged");
	sweep_reader_close(reader);
	g_free(text);
}

TEST(a_wrong_number_of_rows_is_told)
{
	char *text = sweep_text_whole(SWEEP_TEXT_HEAD, ROWS);
	struct sweep_reader *reader;
	GError *error = NULL;

	strstr(text, "# end ")[6] = '5';
	sweep_text_write(path, text, strlen(text));
	reader = sweep_reader_open(path, NULL);
	ck_assert_uint_eq(sweep_reader_rows(reader), 5);
	while (sweep_reader_next(reader, &error))
		;
	assert_error(
		error, SWEEP_ERROR_INPUT, ":10: the last line tells of 5 rows, but there are 4");
	sweep_reader_close(reader);
	g_free(text);
}

/* Much more than the buffer. */
static struct sweep_reader *open_large(void)
{
	GString *rows = g_string_new(NULL);
	struct sweep_reader *reader;

	for (int i = 0; i < 20000; i++)
		g_string_append(rows, "1,2,3,4\n");
	reader = open_text(SWEEP_TEXT_HEAD, rows->str);
	g_string_free(rows, TRUE);
	return reader;
}

TEST(a_file_that_shrinks_meanwhile_is_told)
{
	struct sweep_reader *reader = open_large();
	GError *error = NULL;

	ck_assert(sweep_reader_next(reader, NULL));
	ck_assert_int_eq(truncate(path, 20000), 0);
	while (sweep_reader_next(reader, &error))
		;
	assert_error(error, SWEEP_ERROR_ENVIRONMENT, ": was changed while it was read");
	sweep_reader_close(reader);
}

TEST(a_file_that_loses_its_last_lf_meanwhile_is_told)
{
	struct sweep_reader *reader = open_large();
	GError *error = NULL;
	size_t length;
	char *text = sweep_text_read(path, &length);
	char *end;
	FILE *file = g_fopen(path, "r+");

	end = strstr(text, "\n# end");
	ck_assert_ptr_nonnull(end);
	*end = '5';
	ck_assert_uint_eq(fwrite(text, 1, length, file), length);
	ck_assert_int_eq(fclose(file), 0);
	while (sweep_reader_next(reader, &error))
		;
	assert_error(error, SWEEP_ERROR_ENVIRONMENT, ": was changed while it was read");
	sweep_reader_close(reader);
	g_free(text);
}

/* Whatever was done to a file: it is as it was, or there is an error. */
TEST(spoiled_files_are_told)
{
	char *whole = sweep_text_whole(SWEEP_TEXT_HEAD, ROWS);
	struct prng prng = { prng_key(1, 0), 0 };

	for (int i = 0; i < 20000; i++) {
		GString *text = g_string_new(whole);
		GString *again = g_string_new(NULL);
		struct sweep_reader *reader;
		GError *error = NULL;

		for (uint64_t k = prng_below(&prng, 3) + 1; k && text->len; k--)
			sweep_text_spoil(text, &prng);
		sweep_text_write(path, text->str, text->len);
		reader = sweep_reader_open(path, &error);
		if (reader)
			g_string_append(again, sweep_reader_head(reader));
		while (reader && sweep_reader_next(reader, &error))
			g_string_append_printf(again, "%s\n", sweep_reader_row(reader));
		if (error) {
			ck_assert(error->domain == SWEEP_ERROR);
			ck_assert_int_eq(error->code, SWEEP_ERROR_INPUT);
			ck_assert(g_str_has_prefix(error->message, path));
			ck_assert(g_utf8_validate(error->message, -1, NULL));
			g_error_free(error);
		} else {
			ck_assert_uint_eq(text->len, strlen(whole));
			ck_assert(memcmp(text->str, whole, text->len) == 0);
			ck_assert(g_str_has_prefix(whole, again->str));
		}
		sweep_reader_close(reader);
		g_string_free(again, TRUE);
		g_string_free(text, TRUE);
	}
	g_free(whole);
}
