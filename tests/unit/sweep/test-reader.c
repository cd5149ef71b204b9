/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* mkfifo, truncate */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/failure.h"
#include "sim/sweep/reader.h"
#include "sim/sweep/result.h"
#include "sim/sweep/work.h"
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
	char *text = sweep_text_result(head, rows);
	GError *error = NULL;
	struct sweep_reader *reader;

	sweep_text_write(path, text, strlen(text));
	reader = sweep_reader_open(path, &error);
	ck_assert_msg(reader != NULL, "%s", error ? error->message : "");
	g_free(text);
	return reader;
}

/* @expected: what follows the path. */
static void assert_error(GError *error, enum failure code, const char *expected)
{
	char *message = g_strconcat(path, expected, NULL);

	ck_assert_ptr_nonnull(error);
	ck_assert(error->domain == FAILURE);
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
	assert_error(error, FAILURE_INPUT, expected);
}

/* Opening is fine, or not, but what is wrong must be found. */
static void assert_text_fails(const char *head, const char *rows, const char *expected)
{
	char *text = sweep_text_result(head, rows);
	struct sweep_reader *reader;
	GError *error = NULL;

	sweep_text_write(path, text, strlen(text));
	reader = sweep_reader_open(path, &error);
	while (reader && sweep_reader_next(reader, &error))
		;
	assert_error(error, FAILURE_INPUT, expected);
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

TEST(the_head_can_be_asked)
{
	struct sweep_reader *reader = open_text(SWEEP_TEXT_HEAD, ROWS);

	ck_assert_str_eq(csv_reader_path(reader->csv), path);
	ck_assert_str_eq(csv_reader_head(reader->csv), SWEEP_TEXT_HEAD);
	ck_assert_str_eq(csv_reader_comment(reader->csv, "cidsim"), "1.0 sweep");
	ck_assert_str_eq(csv_reader_comment(reader->csv, "title"), "A, \"b\"");
	ck_assert_str_eq(csv_reader_comment(reader->csv, "empty"), "");
	ck_assert_str_eq(csv_reader_comment(reader->csv, "points"), "4");
	ck_assert_ptr_null(csv_reader_comment(reader->csv, "point"));
	ck_assert_ptr_null(csv_reader_comment(reader->csv, "A,"));
	ck_assert(!sweep_reader_is_summary(reader));
	ck_assert_uint_eq(reader->rows, 4);
	ck_assert_uint_eq(csv_reader_columns(reader->csv), 4);
	ck_assert_str_eq(csv_reader_name(reader->csv, 3), "mean,x");
	ck_assert_int_eq(csv_reader_find(reader->csv, "seed"), 2);
	ck_assert_int_eq(csv_reader_find(reader->csv, "mean"), -1);
	sweep_reader_close(reader);
	sweep_reader_close(NULL);
}

TEST(a_summary_says_so)
{
	struct sweep_reader *reader = open_text("# cidsim 1.0 sweep-summary\na\n", "");

	ck_assert(sweep_reader_is_summary(reader));
	sweep_reader_close(reader);
}

static const struct {
	const char *columns;
	int found; /* "cpus" */
} cpus_columns[] = { { "cpus,machine.cpus", 0 }, { "machine.cpus,cpus", 1 },
	{ "a,machine.cpus", 1 }, { "machine.cpu,cpu", -1 } };

TEST_ROWS(cpus_is_a_column_of_that_name_or_else_that_of_the_machine, cpus_columns)
{
	char *head = g_strdup_printf("# cidsim 1.0 sweep\n%s\n", cpus_columns[_i].columns);
	struct sweep_reader *reader = open_text(head, "");
	GError *error = NULL;

	ck_assert_int_eq(sweep_reader_column(reader->csv, "cpus", &error), cpus_columns[_i].found);
	ck_assert((error != NULL) == (cpus_columns[_i].found < 0));
	g_clear_error(&error);
	sweep_reader_close(reader);
	g_free(head);
}

TEST(rows_come_as_they_are_and_in_fields)
{
	struct sweep_reader *reader = open_text(SWEEP_TEXT_HEAD, ROWS);

	ck_assert(sweep_reader_next(reader, NULL));
	ck_assert_str_eq(csv_reader_row(reader->csv), "0,2,1,1.5");
	ck_assert_str_eq(csv_reader_field(reader->csv, 0), "0");
	ck_assert(sweep_reader_next(reader, NULL));
	ck_assert_str_eq(csv_reader_field(reader->csv, 3), "");
	ck_assert(sweep_reader_next(reader, NULL));
	ck_assert_str_eq(csv_reader_row(reader->csv), "2,\"4,\"\"x\"\"\",1,-0.25");
	ck_assert_str_eq(csv_reader_field(reader->csv, 1), "4,\"x\"");
	ck_assert(sweep_reader_next(reader, NULL));
	assert_end(reader);
	assert_end(reader);
	sweep_reader_close(reader);
}

TEST(a_sweep_may_have_no_rows)
{
	struct sweep_reader *reader = open_text(SWEEP_TEXT_HEAD, "");

	ck_assert_uint_eq(reader->rows, 0);
	assert_end(reader);
	sweep_reader_close(reader);
}

TEST(a_missing_file_is_reported_and_one_that_is_not_finished_too)
{
	char *work = sweep_work_path(path);
	char *expected = g_strdup_printf(": the sweep is not finished, its rows so far are in %s; "
					 "the command that began it continues it, "
					 "'cidsim plot' draws that file",
		work);
	GError *error = NULL;

	ck_assert_ptr_null(sweep_reader_open(path, &error));
	assert_error(error, FAILURE_ENVIRONMENT, ": No such file or directory");
	error = NULL;
	sweep_text_write(work, "", 0);
	ck_assert_ptr_null(sweep_reader_open(path, &error));
	assert_error(error, FAILURE_INPUT, expected);
	g_free(expected);
	g_free(work);
}

/* Reads all rows of @name, a result or a work file. */
static unsigned rows_in_part(const char *name)
{
	GError *error = NULL;
	struct sweep_reader *reader = sweep_reader_open_partial(name, &error);
	unsigned count = 0;

	ck_assert_msg(reader != NULL, "%s", error ? error->message : "");
	ck_assert_str_eq(csv_reader_head(reader->csv), SWEEP_TEXT_HEAD);
	while (sweep_reader_next(reader, &error))
		count++;
	ck_assert_msg(error == NULL, "%s", error ? error->message : "");
	sweep_reader_close(reader);
	return count;
}

TEST(a_work_file_is_read_as_far_as_it_goes_and_a_result_as_ever)
{
	char *name = sweep_work_path(path), *text = sweep_text_result(SWEEP_TEXT_HEAD, ROWS);
	struct sweep_work *work = sweep_work_open(path, SWEEP_TEXT_HEAD, 4, false, NULL);
	GError *error = NULL;

	ck_assert(sweep_work_append(work, "0,2,1,1.5", NULL));
	ck_assert(sweep_work_append(work, "1,2,2,", NULL));
	ck_assert(sweep_work_sync(work, NULL));
	sweep_work_close(work);
	ck_assert_uint_eq(rows_in_part(name), 2);
	sweep_text_write(path, text, strlen(text));
	ck_assert_uint_eq(rows_in_part(path), 4);
	sweep_text_write(path, "SQLite format", 13);
	ck_assert_ptr_null(sweep_reader_open_partial(path, &error));
	ck_assert_ptr_nonnull(strstr(error->message, "not a result file of a sweep"));
	g_error_free(error);
	g_free(text);
	g_free(name);
}

TEST(what_is_no_regular_file_is_refused)
{
	GError *error = NULL;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_ptr_null(sweep_reader_open(path, &error));
	assert_error(error, FAILURE_INPUT, ": not a regular file");
	error = NULL;
	ck_assert_ptr_null(sweep_reader_open(dir, &error));
	ck_assert(g_str_has_suffix(error->message, ": not a regular file"));
	g_error_free(error);
}

TEST(what_is_no_result_file_is_refused)
{
	static const char *const first[] = { "time_ns,mm", "# cidsim 1.0", "# cidsim sweep",
		"# cidsim 1.0 sweeps", "# cidsim  sweep", "# cidsim 1.0 sweep ",
		"#cidsim 1.0 sweep" };

	assert_open_fails("", 0, ": is empty, not a result file of a sweep");
	assert_open_fails("\0\0", 2,
		":1: not a result file of a sweep: found '', expected '# cidsim VERSION sweep'");
	for (size_t i = 0; i < G_N_ELEMENTS(first); i++) {
		char *head = g_strconcat(first[i], "\na\n", NULL);
		char *expected =
			g_strdup_printf(":1: not a result file of a sweep: found '%s', expected "
					"'# cidsim VERSION sweep'",
				first[i]);

		assert_text_fails(head, "1\n", expected);
		g_free(expected);
		g_free(head);
	}
}

TEST(the_work_file_itself_is_named_so)
{
	assert_open_fails("SQLite format 3\0\020\0", 18,
		": the work file of a sweep that is not finished; the command that began it "
		"continues it, 'cidsim plot' draws what is there");
}

TEST(a_file_that_was_cut_is_refused_when_it_is_opened)
{
	char *text = sweep_text_result(SWEEP_TEXT_HEAD, ROWS);
	size_t first = strlen("# cidsim 1.0 sweep\n");

	for (size_t length = first; length < strlen(text); length++)
		assert_open_fails(text, length,
			": is not complete: its last line '# end ROWS rows, digest ...' is "
			"missing; "
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
			": is not complete: its last line '# end ROWS rows, digest ...' is "
			"missing; "
			"it was cut, or is still being written");
		g_free(text);
	}
}

TEST(a_change_is_found_at_the_end)
{
	char *text = sweep_text_result(SWEEP_TEXT_HEAD, ROWS);
	struct sweep_reader *reader;
	GError *error = NULL;

	*strstr(text, "1.5") = '2';
	sweep_text_write(path, text, strlen(text));
	reader = sweep_reader_open(path, NULL);
	for (int i = 0; i < 4; i++)
		ck_assert(sweep_reader_next(reader, NULL));
	ck_assert(!sweep_reader_next(reader, &error));
	assert_error(error, FAILURE_INPUT,
		":10: the digest is not that of the lines before it: the file was changed or is "
		"damaged");
	sweep_reader_close(reader);
	g_free(text);
}

TEST(a_wrong_number_of_rows_is_found)
{
	char *text = sweep_text_result(SWEEP_TEXT_HEAD, ROWS);
	struct sweep_reader *reader;
	GError *error = NULL;

	strstr(text, "# end ")[6] = '5';
	sweep_text_write(path, text, strlen(text));
	reader = sweep_reader_open(path, NULL);
	ck_assert_uint_eq(reader->rows, 5);
	while (sweep_reader_next(reader, &error))
		;
	assert_error(error, FAILURE_INPUT, ":10: the last line names 5 rows, but there are 4");
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

TEST(a_file_that_shrinks_meanwhile_is_reported)
{
	struct sweep_reader *reader = open_large();
	GError *error = NULL;

	ck_assert(sweep_reader_next(reader, NULL));
	ck_assert_int_eq(truncate(path, 20000), 0);
	while (sweep_reader_next(reader, &error))
		;
	assert_error(error, FAILURE_ENVIRONMENT, ": was changed while it was read");
	sweep_reader_close(reader);
}

TEST(a_file_that_loses_its_last_lf_meanwhile_is_reported)
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
	assert_error(error, FAILURE_ENVIRONMENT, ": was changed while it was read");
	sweep_reader_close(reader);
	g_free(text);
}

/* Whatever was done to a file: it is as it was, or there is an error. */
TEST(spoiled_files_are_refused)
{
	char *good = sweep_text_result(SWEEP_TEXT_HEAD, ROWS);
	struct prng prng = { prng_key(1, 0), 0 };

	for (int i = 0; i < 20000; i++) {
		GString *text = g_string_new(good);
		GString *again = g_string_new(NULL);
		struct sweep_reader *reader;
		GError *error = NULL;

		for (uint64_t k = prng_below(&prng, 3) + 1; k && text->len; k--)
			sweep_text_spoil(text, &prng);
		sweep_text_write(path, text->str, text->len);
		reader = sweep_reader_open(path, &error);
		if (reader)
			g_string_append(again, csv_reader_head(reader->csv));
		while (reader && sweep_reader_next(reader, &error))
			g_string_append_printf(again, "%s\n", csv_reader_row(reader->csv));
		if (error) {
			ck_assert(error->domain == FAILURE);
			ck_assert_int_eq(error->code, FAILURE_INPUT);
			ck_assert(g_str_has_prefix(error->message, path));
			ck_assert(g_utf8_validate(error->message, -1, NULL));
			g_error_free(error);
		} else {
			ck_assert_uint_eq(text->len, strlen(good));
			ck_assert(memcmp(text->str, good, text->len) == 0);
			ck_assert(g_str_has_prefix(good, again->str));
		}
		sweep_reader_close(reader);
		g_string_free(again, TRUE);
		g_string_free(text, TRUE);
	}
	g_free(good);
}
