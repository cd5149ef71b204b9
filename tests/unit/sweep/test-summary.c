/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* dup2 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/hash.h"
#include "sim/base/version.h"
#include "sim/sweep/reader.h"
#include "sim/base/failure.h"
#include "sim/sweep/summary.h"
#include "tests/lib/suite.h"
#include "tests/lib/sweep-text.h"

/* A head of rows with the columns of their point, and of numbers. */
#define HEAD(point, numbers)                                                                       \
	"# cidsim 0.1 sweep\npoint," point "seed,outcome,digest" numbers ",window_histogram\n"
#define SIMPLE_HEAD HEAD("cpus,", ",a")
#define SIMPLE_COLUMNS "cpus,runs,left_out,a_n,a_mean,a_sd,a_ci95\n"
static char *dir, *rows, *out;

static void start(void)
{
	dir = folder_new();
	rows = g_build_filename(dir, "rows.csv", NULL);
	out = g_build_filename(dir, "summary.csv", NULL);
}

static void stop(void)
{
	g_free(rows);
	g_free(out);
	folder_remove(dir);
}

static void write_rows(const char *head, const char *lines)
{
	char *text = sweep_text_result(head, lines);

	sweep_text_write(rows, text, strlen(text));
	g_free(text);
}

/* The rows in the file have the summary @head (without its first line) and @lines. */
static void assert_summary(const char *head, const char *lines)
{
	char *first = g_strconcat("# cidsim ", version_text(), " sweep-summary\n", head, NULL);
	char *expected = sweep_text_result(first, lines), *found;
	GError *error = NULL;

	ck_assert_msg(sweep_summary(rows, out, NULL, &error), "%s", error ? error->message : "");
	found = sweep_text_read(out, NULL);
	ck_assert_str_eq(found, expected);
	g_free(found);
	g_free(expected);
	g_free(first);
}

/* There is no summary; the error is "PATH" and @message. What was there before stays. */
static void assert_failure(int code, const char *message)
{
	char *expected = g_strconcat(rows, message, NULL), *found;
	GError *error = NULL;

	sweep_text_write(out, "old", 3);
	ck_assert(!sweep_summary(rows, out, NULL, &error));
	ck_assert(g_error_matches(error, FAILURE, code));
	ck_assert_str_eq(error->message, expected);
	found = sweep_text_read(out, NULL);
	ck_assert_str_eq(found, "old");
	ck_assert_uint_eq(folder_files(dir), 2);
	g_free(found);
	g_error_free(error);
	g_free(expected);
}

SUITE(.timeout = 60, .before = start, .after = stop);

TEST(a_summary_is_right_to_the_byte)
{
	/* The digest is not from hash_bytes(). */
	static const char given[] =
		"# cidsim 0.0.9 sweep\n"
		"# scenario scenarios/pool.scn\n"
		"# axis cpus 4;8\n"
		"# axis seeds 1-4\n"
		"point,cpus,web.quantum,revision,seed,outcome,digest,flips,span_mean,enter_users,"
		"window_histogram\n"
		"0,4,1ms,7.1,1,ok,00000000000000a1,2,1.5,5,8:1 16:2\n"
		"1,4,1ms,7.1,2,ok,00000000000000a2,4,1.25,,8:1\n"
		"2,4,1ms,7.1,3,failed,00000000000000a3,900,900,900,\n"
		"3,4,1ms,7.1,4,ok,00000000000000a4,9,2,,\n"
		"4,8,1ms,7.1,1,impossible,,,,,\n"
		"5,8,1ms,7.1,2,ok,00000000000000a6,7,0.000001,6,\n"
		"6,8,1ms,7.1,3,undecided,00000000000000a7,1,1,1,\n"
		"7,8,1ms,7.1,4,ok,00000000000000a8,7,0.000002,8,\n"
		"# end 8 rows, digest 313044b4f685e5fc\n";

	sweep_text_write(rows, given, strlen(given));
	assert_summary("# scenario scenarios/pool.scn\n"
		       "# axis cpus 4;8\n"
		       "# axis seeds 1-4\n"
		       "cpus,web.quantum,revision,runs,left_out,"
		       "flips_n,flips_mean,flips_sd,flips_ci95,"
		       "span_mean_n,span_mean_mean,span_mean_sd,span_mean_ci95,"
		       "enter_users_n,enter_users_mean,enter_users_sd,enter_users_ci95\n",
		"4,1ms,7.1,3,1,3,5,3.605551,8.957409,3,1.583333,0.381881,0.948722,1,5,,\n"
		"8,1ms,7.1,2,2,2,7,0,0,2,0.000002,0.000001,0.000006,2,7,1.414214,12.706\n");
	ck_assert_uint_eq(folder_files(dir), 2);
}

TEST(a_summary_can_go_to_standard_output)
{
	int kept = dup(STDOUT_FILENO), file = open(out, O_WRONLY | O_CREAT, 0600);
	g_autofree char *head =
		g_strconcat("# cidsim ", version_text(), " sweep-summary\n", SIMPLE_COLUMNS, NULL);
	char *expected = sweep_text_result(head, "4,1,0,1,7,,\n"), *found;
	bool done;

	ck_assert(kept >= 0 && file >= 0);
	write_rows(SIMPLE_HEAD, "0,4,1,ok,a1,7,\n");
	ck_assert_int_ge(dup2(file, STDOUT_FILENO), 0);
	done = sweep_summary(rows, NULL, NULL, NULL);
	ck_assert_int_ge(dup2(kept, STDOUT_FILENO), 0);
	close(kept);
	close(file);
	ck_assert(done);
	found = sweep_text_read(out, NULL);
	ck_assert_str_eq(found, expected);
	g_free(found);
	g_free(expected);
}

TEST(a_sweep_with_one_seed_has_no_deviations)
{
	write_rows(SIMPLE_HEAD, "0,4,1,ok,a1,7,\n"
				"1,5,1,failed,a2,8,\n"
				"2,6,1,ok,a3,-9.5,\n");
	assert_summary(SIMPLE_COLUMNS, "4,1,0,1,7,,\n"
				       "5,0,1,0,,,\n"
				       "6,1,0,1,-9.5,,\n");
}

TEST(a_sweep_of_nothing_but_seeds_is_one_point)
{
	write_rows(HEAD("", ",a"), "0,1,ok,a1,1,\n"
				   "1,2,impossible,,,\n"
				   "2,3,ok,a2,3,\n");
	assert_summary("runs,left_out,a_n,a_mean,a_sd,a_ci95\n", "2,1,2,2,1.414214,12.706\n");
}

TEST(no_rows_have_an_empty_summary)
{
	write_rows(SIMPLE_HEAD, "");
	assert_summary(SIMPLE_COLUMNS, "");
}

TEST(rows_without_numbers_are_counted)
{
	write_rows(HEAD("cpus,", ""), "0,1,1,ok,a1,\n"
				      "1,1,2,failed,a1,\n"
				      "2,1,3,ok,a1,not a number\n");
	assert_summary("cpus,runs,left_out\n", "1,2,1\n");
}

TEST(empty_fields_are_no_values)
{
	write_rows(HEAD("cpus,", ",a,b"), "0,1,1,ok,a1,,0,\n"
					  "1,1,2,ok,a1,,0,\n"
					  "2,2,1,ok,a1,3,,\n"
					  "3,2,2,ok,a1,,4,\n");
	assert_summary("cpus,runs,left_out,a_n,a_mean,a_sd,a_ci95,b_n,b_mean,b_sd,b_ci95\n",
		"1,2,0,0,,,,2,0,0,0\n"
		"2,2,0,1,3,,,1,4,,\n");
}

TEST(only_rows_that_follow_each_other_are_one_point)
{
	write_rows(SIMPLE_HEAD, "0,1,1,ok,a1,1,\n"
				"1,1,1,ok,a1,1,\n"
				"2,2,1,ok,a1,1,\n"
				"3,1,1,ok,a1,5,\n");
	assert_summary(SIMPLE_COLUMNS, "1,2,0,2,1,0,0\n"
				       "2,1,0,1,1,,\n"
				       "1,1,0,1,5,,\n");
}

TEST(texts_are_quoted_and_stay_different)
{
	write_rows(HEAD("\"x,y\",\"q\"\"\",", ",\"m, n\""), "0,\"0-3,8\",\"a\"\"b\",1,ok,a1,1,\n"
							    "1,\"a,b\",c,1,ok,a1,1,\n"
							    "2,a,\"b,c\",1,ok,a1,1,\n"
							    "3,\"a\",\"b,c\",2,ok,a1,2,\n"
							    "4,#1,,1,ok,a1,3,\n"
							    "5,,#1,1,ok,a1,4,\n"
							    "6,,\xc3\xa4 b,1,ok,a1,4,\n");
	assert_summary("\"x,y\",\"q\"\"\",runs,left_out,\"m, n_n\",\"m, n_mean\",\"m, n_sd\","
		       "\"m, n_ci95\"\n",
		"\"0-3,8\",\"a\"\"b\",1,0,1,1,,\n"
		"\"a,b\",c,1,0,1,1,,\n"
		"a,\"b,c\",2,0,2,1.5,0.707107,6.353\n"
		"\"#1\",,1,0,1,3,,\n"
		",\"#1\",1,0,1,4,,\n"
		",\xc3\xa4 b,1,0,1,4,,\n");
}

TEST(numbers_have_no_more_decimals_than_they_need)
{
	static const struct {
		const char *a, *b, *expected;
	} given[] = {
		{ "0", "-0", "0,0,0" },
		{ "1.10", "1.100000", "1.1,0,0" },
		{ "-0.5", "-0.5", "-0.5,0,0" },
		{ "-1.25", "1", "-0.125,1.59099,14.29425" },
		{ "0.000001", "0.000000", "0.000001,0.000001,0.000006" },
		{ "-0.000001", "0", "-0.000001,0.000001,0.000006" },
		{ "1000000", "3000000", "2000000,1414213.562373,12706000" },
		{ "0.000000", "0.2", "0.1,0.141421,1.2706" },
		{ "4611686018427.387903", "-4611686018427.387903",
			"0,6521908912666.391105,58596082550138.390696" },
		{ "4611686018427.387903", "4611686018427.387903", "4611686018427.387903,0,0" },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(given); i++) {
		char *lines = g_strdup_printf(
			"0,1,1,ok,a1,%s,\n1,1,2,ok,a1,%s,\n", given[i].a, given[i].b);
		char *expected = g_strdup_printf("1,2,0,2,%s\n", given[i].expected);

		write_rows(SIMPLE_HEAD, lines);
		assert_summary(SIMPLE_COLUMNS, expected);
		g_free(expected);
		g_free(lines);
	}
}

TEST(columns_may_stand_elsewhere_as_long_as_their_order_is_right)
{
	write_rows("# cidsim 0.1 sweep\npoint,cpus,seed,host,outcome,digest,window_histogram,a\n",
		"0,1,1,x,ok,a1,8:1,5\n"
		"1,1,2,y,ok,a1,8:1,5\n");
	assert_summary(SIMPLE_COLUMNS, "1,2,0,2,5,0,0\n");
}

TEST(a_point_may_have_many_rows)
{
	GString *lines = g_string_new(NULL);

	for (unsigned i = 0; i < 200001; i++)
		g_string_append_printf(lines, "%u,1,%u,ok,a1,%d.5,\n", i, i, (int)i - 100000);
	write_rows(SIMPLE_HEAD, lines->str);
	/* Computed with integers of any length, by another program. */
	assert_summary(SIMPLE_COLUMNS, "1,200001,0,200001,0.000002,57735.892946,253.038075\n");
	g_string_free(lines, TRUE);
}

TEST(there_may_be_many_points)
{
	GString *lines = g_string_new(NULL), *expected = g_string_new(NULL);

	for (unsigned i = 0; i < 30000; i++) {
		g_string_append_printf(lines, "%u,%u,1,ok,a1,%u,\n", 3 * i, i, i);
		g_string_append_printf(lines, "%u,%u,2,failed,a1,,\n", 3 * i + 1, i);
		g_string_append_printf(lines, "%u,%u,3,ok,a1,%u,\n", 3 * i + 2, i, i + 2);
		g_string_append_printf(expected, "%u,2,1,2,%u,1.414214,12.706\n", i, i + 1);
	}
	write_rows(SIMPLE_HEAD, lines->str);
	assert_summary(SIMPLE_COLUMNS, expected->str);
	g_string_free(expected, TRUE);
	g_string_free(lines, TRUE);
}

TEST(other_columns_than_those_of_rows_are_refused)
{
	static const char message[] = ": not the rows of a sweep: the columns are not point, ..., "
				      "seed, outcome, digest, ...";
	static const char *const columns[] = {
		"cpus,point,seed,outcome,digest,a",
		"cpus,seed,outcome,digest,a",
		"point,cpus,outcome,digest,a",
		"point,cpus,seed,digest,a",
		"point,cpus,seed,outcome,a",
		"point,cpus,outcome,seed,digest,a",
		"point,cpus,seed,digest,outcome,a",
		"point",
		"a",
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(columns); i++) {
		char *head = g_strdup_printf("# cidsim 0.1 sweep\n%s\n", columns[i]);

		write_rows(head, "");
		assert_failure(FAILURE_INPUT, message);
		g_free(head);
	}
}

TEST(a_summary_can_be_read_but_not_summarized)
{
	struct sweep_reader *reader;

	write_rows(SIMPLE_HEAD, "0,1,1,ok,a1,1,\n");
	ck_assert(sweep_summary(rows, out, NULL, NULL));
	reader = sweep_reader_open(out, NULL);
	ck_assert_ptr_nonnull(reader);
	ck_assert(sweep_reader_is_summary(reader));
	ck_assert(sweep_reader_next(reader, NULL));
	ck_assert_str_eq(csv_reader_row(reader->csv), "1,1,0,1,1,,");
	ck_assert(!sweep_reader_next(reader, NULL));
	sweep_reader_close(reader);
	ck_assert_int_eq(rename(out, rows), 0);
	assert_failure(FAILURE_INPUT, ": is a summary already");
}

TEST(a_field_that_is_no_number_is_refused_with_its_line)
{
	static const char *const fields[] = { "x", "1.", ".5", "1e3", "+1", " 1", "0x1",
		"1.0000001", "--1", "-", "4611686018427.387904", "-4611686018427.387904", "nan" };

	for (unsigned i = 0; i < G_N_ELEMENTS(fields); i++) {
		/* In rows that are left out, too. */
		for (unsigned ok = 0; ok < 2; ok++) {
			char *lines = g_strdup_printf("0,1,1,ok,a1,1,\n1,1,2,%s,a1,%s,\n",
				ok ? "ok" : "failed", fields[i]);
			char *message = g_strdup_printf(":4: 'a' is '%s', expected a number with "
							"at most six decimals, below 2^62 "
							"millionths",
				fields[i]);

			write_rows(SIMPLE_HEAD, lines);
			assert_failure(FAILURE_INPUT, message);
			g_free(message);
			g_free(lines);
		}
	}
}

TEST(what_the_reader_refuses_is_refused)
{
	char *text = sweep_text_result(SIMPLE_HEAD, "0,1,1,ok,a1,1,\n");

	write_rows(SIMPLE_HEAD, "0,1,1,ok,a1,1,\n0,1,1,ok,a1,1\n");
	assert_failure(FAILURE_INPUT, ":4: 6 fields, expected 7");
	/* Only the digest at the end shows it. */
	*strstr(text, "a1,1,") = 'b';
	sweep_text_write(rows, text, strlen(text));
	assert_failure(FAILURE_INPUT, ":4: the digest is not that of the lines before it: the "
				      "file was changed or is damaged");
	/* No last line. */
	sweep_text_write(rows, text, strlen(SIMPLE_HEAD));
	assert_failure(FAILURE_INPUT, ": is not complete: its last line '# end ROWS rows, digest "
				      "...' is missing; it was cut, or is still being written");
	g_free(text);
	sweep_text_write(rows, "", 0);
	assert_failure(FAILURE_INPUT, ": is empty, not a result file of a sweep");
}

TEST(a_missing_file_is_reported)
{
	GError *error = NULL;

	ck_assert(!sweep_summary(rows, out, NULL, &error));
	ck_assert(g_error_matches(error, FAILURE, FAILURE_ENVIRONMENT));
	ck_assert(g_str_has_prefix(error->message, rows));
	ck_assert_uint_eq(folder_files(dir), 0);
	g_error_free(error);
}

TEST(more_columns_than_can_be_read_again_are_refused)
{
	GString *head = g_string_new("# cidsim 0.1 sweep\npoint,cpus,seed,outcome,digest");
	/* 1 + 2 + 4 * 1023 = 4095, and one more axis. */
	GString *line = g_string_new("0,1,1,ok,a1");
	struct sweep_reader *reader;

	for (unsigned i = 0; i < 1023; i++) {
		g_string_append_printf(head, ",c%u", i);
		g_string_append(line, ",1");
	}
	g_string_append_c(head, '\n');
	g_string_append_c(line, '\n');
	write_rows(head->str, line->str);
	ck_assert(sweep_summary(rows, out, NULL, NULL));
	reader = sweep_reader_open(out, NULL);
	ck_assert_ptr_nonnull(reader);
	ck_assert_uint_eq(csv_reader_columns(reader->csv), 4095);
	sweep_reader_close(reader);
	g_string_insert(head, (gssize)head->len - 1, ",c1023");
	g_string_insert(line, (gssize)line->len - 1, ",1");
	write_rows(head->str, line->str);
	assert_failure(FAILURE_INPUT, ": too many columns for a summary");
	g_string_free(line, TRUE);
	g_string_free(head, TRUE);
}

TEST(lines_that_become_too_long_are_refused)
{
	/* A name that comes four times. */
	char *name = g_strnfill(CSV_LINE_MAX / 4, 'x');
	char *head = g_strdup_printf("# cidsim 0.1 sweep\npoint,seed,outcome,digest,%s\n", name);
	char *field = g_strnfill(CSV_LINE_MAX - 20, 'x');
	char *line = g_strdup_printf("0,%s,1,ok,a1,1,\n", field);

	write_rows(head, "");
	assert_failure(FAILURE_INPUT, ": too many columns for a summary");
	/* Still short enough, with "1,0,1,1,,". */
	write_rows(SIMPLE_HEAD, line);
	ck_assert(sweep_summary(rows, out, NULL, NULL));
	g_free(line);
	/* Numbers that take more room than those that they come from. */
	line = g_strdup_printf("0,%s,1,ok,a1,1,\n1,%s,2,ok,a1,2,\n", field, field);
	write_rows(SIMPLE_HEAD, line);
	assert_failure(FAILURE_INPUT, ": the summary has a line longer than 1048576 bytes");
	g_free(line);
	g_free(field);
	g_free(head);
	g_free(name);
}

TEST(an_output_that_cannot_be_written_is_reported)
{
	char *path = g_build_filename(dir, "missing", "summary.csv", NULL);
	GError *error = NULL;

	write_rows(SIMPLE_HEAD, "0,1,1,ok,a1,1,\n");
	ck_assert(!sweep_summary(rows, path, NULL, &error));
	ck_assert(g_error_matches(error, FAILURE, FAILURE_ENVIRONMENT));
	ck_assert(g_str_has_prefix(error->message, path));
	g_clear_error(&error);
	ck_assert(!sweep_summary(rows, "/dev/full", NULL, &error));
	ck_assert(g_error_matches(error, FAILURE, FAILURE_ENVIRONMENT));
	ck_assert(g_str_has_prefix(error->message, "/dev/full: "));
	g_error_free(error);
	ck_assert_uint_eq(folder_files(dir), 1);
	g_free(path);
}

TEST(spoiled_rows_are_refused_or_summarized_but_never_crash)
{
	static const char good[] = "0,\"a,b\",1,ok,a1,1,2,\n"
				   "1,\"a,b\",2,ok,a1,-4.5,,\n"
				   "2,c,1,failed,a1,1,2,\n"
				   "3,c,2,ok,a1,0.000001,99999,8:1\n";
	struct prng prng = { .key = prng_key(1, 0) };
	unsigned done = 0, refused = 0;

	for (unsigned i = 0; i < 5000; i++) {
		GString *lines = g_string_new_len(good, sizeof(good) - 1);
		GError *error = NULL;

		sweep_text_spoil(lines, &prng);
		/* With the right digest, so that it is not the only thing that is wrong. */
		write_rows(HEAD("cpus,", ",a,b"), lines->str);
		if (sweep_summary(rows, out, NULL, &error))
			done++;
		else
			refused++;
		ck_assert(error == NULL ||
			  (error->domain == FAILURE && g_str_has_prefix(error->message, rows)));
		g_clear_error(&error);
		g_string_free(lines, TRUE);
	}
	ck_assert_uint_gt(done, 500);
	ck_assert_uint_gt(refused, 500);
}

static bool stops(void)
{
	return true;
}

TEST(a_summary_that_is_stopped_leaves_nothing)
{
	GError *error = NULL;

	write_rows(SIMPLE_HEAD, "0,1,1,ok,a1,1,\n");
	ck_assert(!sweep_summary(rows, out, stops, &error));
	ck_assert(g_error_matches(error, FAILURE, FAILURE_ENVIRONMENT));
	ck_assert(g_str_has_suffix(error->message, ": interrupted, not all rows are there"));
	ck_assert_uint_eq(folder_files(dir), 1);
	g_error_free(error);
}
