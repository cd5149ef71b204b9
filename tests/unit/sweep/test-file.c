/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* symlink, mkfifo */
#include "sim/sweep/file.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/sweep/reader.h"
#include "tests/lib/suite.h"
#include "tests/lib/sweep-text.h"
#include "tests/lib/work-fixture.h"

static const char other_head[] = "# cidsim 1.0 sweep\n# title A, \"b\"\n# empty \n# points 5\n"
				 "point,cpus,seed,\"mean,x\"\n";

static char *dir;
static char *path;
static char *work;
static char *result; /* the result file of all rows */

static void start(void)
{
	char *lines = g_strdup_printf(
		"%s\n%s\n%s\n%s\n", work_rows[0], work_rows[1], work_rows[2], work_rows[3]);

	dir = folder_new();
	path = g_build_filename(dir, "a.csv", NULL);
	work = sweep_work_path(path);
	result = sweep_text_result(SWEEP_TEXT_HEAD, lines);
	g_free(lines);
}

static void stop(void)
{
	g_free(result);
	g_free(work);
	g_free(path);
	folder_remove(dir);
}

static struct sweep_file *open_forced(const char *head, bool force, uint64_t expected_done)
{
	uint64_t done = UINT64_MAX;
	GError *error = NULL;
	struct sweep_file *file = sweep_file_open(path, head, WORK_ROWS, force, &done, &error);

	ck_assert_msg(file != NULL, "%s", error ? error->message : "");
	ck_assert_uint_eq(done, expected_done);
	return file;
}

static struct sweep_file *open_good(uint64_t expected_done)
{
	return open_forced(SWEEP_TEXT_HEAD, false, expected_done);
}

static void append(struct sweep_file *file, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		ck_assert(sweep_file_append(file, work_rows[i], NULL));
}

static void assert_complete(void)
{
	char *text = sweep_text_read(path, NULL);

	ck_assert_str_eq(text, result);
	ck_assert_uint_eq(folder_files(dir), 1);
	g_free(text);
}

/* Append what is missing, finish, and see that all is as if nothing had happened. */
static void complete(struct sweep_file *file, uint64_t done)
{
	GError *error = NULL;

	append(file, done, WORK_ROWS);
	ck_assert_msg(sweep_file_finish(file, &error), "%s", error ? error->message : "");
	sweep_file_close(file);
	assert_complete();
}

/* A work file with @count rows. */
static void leave(uint64_t count)
{
	struct sweep_file *file = open_good(0);

	append(file, 0, count);
	sweep_file_close(file);
}

static void assert_message(GError *error, enum failure code, const char *expected)
{
	ck_assert_ptr_nonnull(error);
	ck_assert(error->domain == FAILURE);
	ck_assert_int_eq(error->code, (int)code);
	ck_assert_str_eq(error->message, expected);
	g_error_free(error);
}

/* @expected: what follows the @name. */
static void assert_error(GError *error, enum failure code, const char *name, const char *expected)
{
	char *message = g_strconcat(name, expected, NULL);

	assert_message(error, code, message);
	g_free(message);
}

static void assert_refused(
	const char *head, bool force, enum failure code, const char *name, const char *expected)
{
	GError *error = NULL;
	uint64_t done;

	ck_assert_ptr_null(sweep_file_open(path, head, WORK_ROWS, force, &done, &error));
	assert_error(error, code, name, expected);
}

SUITE(.timeout = 240, .before = start, .after = stop);

TEST(a_sweep_in_one_go_is_a_result_file)
{
	struct sweep_file *file = open_good(0);

	append(file, 0, 2);
	ck_assert(sweep_file_sync(file, NULL));
	ck_assert(g_file_test(work, G_FILE_TEST_EXISTS));
	ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
	complete(file, 2);
}

TEST(the_reader_reads_what_was_written)
{
	struct sweep_reader *reader;
	GError *error = NULL;

	complete(open_good(0), 0);
	reader = sweep_reader_open(path, NULL);
	ck_assert_str_eq(csv_reader_head(reader->csv), SWEEP_TEXT_HEAD);
	for (int i = 0; i < WORK_ROWS; i++) {
		ck_assert(sweep_reader_next(reader, NULL));
		ck_assert_str_eq(csv_reader_row(reader->csv), work_rows[i]);
	}
	ck_assert(!sweep_reader_next(reader, &error) && !error);
	sweep_reader_close(reader);
}

TEST(a_sweep_without_rows_is_a_result_file)
{
	uint64_t done;
	struct sweep_file *file = sweep_file_open(path, SWEEP_TEXT_HEAD, 0, false, &done, NULL);
	char *expected = sweep_text_result(SWEEP_TEXT_HEAD, ""), *text;

	ck_assert_uint_eq(done, 0);
	ck_assert(sweep_file_finish(file, NULL));
	sweep_file_close(file);
	text = sweep_text_read(path, NULL);
	ck_assert_str_eq(text, expected);
	g_free(text);
	g_free(expected);
}

TEST(a_complete_file_needs_nothing)
{
	struct sweep_file *file;

	complete(open_good(0), 0);
	file = open_good(WORK_ROWS);
	ck_assert(sweep_file_sync(file, NULL));
	ck_assert(sweep_file_finish(file, NULL));
	sweep_file_close(file);
	assert_complete();
}

TEST(a_crash_between_name_and_removal_is_repaired)
{
	leave(WORK_ROWS);
	sweep_text_write(path, result, strlen(result));
	complete(open_good(WORK_ROWS), WORK_ROWS);
}

TEST(a_left_over_that_another_process_has_stays)
{
	struct sweep_file *file = open_good(0);

	append(file, 0, WORK_ROWS);
	sweep_text_write(path, result, strlen(result));
	sweep_file_close(open_good(WORK_ROWS));
	ck_assert(g_file_test(work, G_FILE_TEST_EXISTS));
	ck_assert(sweep_file_finish(file, NULL));
	sweep_file_close(file);
	assert_complete();
}

TEST(a_stranger_with_the_name_of_the_work_file_stays)
{
	sweep_text_write(path, result, strlen(result));
	sweep_text_write(work, "mine\n", 5);
	sweep_file_close(open_good(WORK_ROWS));
	ck_assert(g_file_test(work, G_FILE_TEST_EXISTS));
	ck_assert_int_eq(unlink(path), 0);
	assert_refused(SWEEP_TEXT_HEAD, false, FAILURE_INPUT, work,
		": is there and no work file of a sweep; choose another -o, or --force "
		"replaces it");
	complete(open_forced(SWEEP_TEXT_HEAD, true, 0), 0);
}

TEST(what_a_crash_left_of_the_result_is_written_anew)
{
	char *name = g_strconcat(path, ".part-csv", NULL);

	leave(WORK_ROWS);
	sweep_text_write(name, "much that is not what it should be", 34);
	complete(open_good(WORK_ROWS), WORK_ROWS);
	g_free(name);
}

/* Somebody made the name before us, to have something written there or to let us wait. */
TEST_RANGE(the_result_is_written_to_a_file_of_its_own, 0, 3)
{
	char *name = g_strconcat(path, ".part-csv", NULL);
	char *secret = g_build_filename(dir, "secret", NULL), *text;
	struct sweep_file *file = open_good(0);

	sweep_text_write(secret, "secret", 6);
	if (_i == 0)
		ck_assert_int_eq(symlink("secret", name), 0);
	else if (_i == 1)
		ck_assert_int_eq(link(secret, name), 0);
	else
		ck_assert_int_eq(mkfifo(name, 0600), 0);
	append(file, 0, WORK_ROWS);
	ck_assert(sweep_file_finish(file, NULL));
	sweep_file_close(file);
	text = sweep_text_read(secret, NULL);
	ck_assert_str_eq(text, "secret");
	ck_assert_int_eq(unlink(secret), 0);
	assert_complete();
	g_free(text);
	g_free(secret);
	g_free(name);
}

TEST(a_result_file_of_another_sweep_is_refused)
{
	GError *error = NULL;
	uint64_t done;

	complete(open_good(0), 0);
	assert_refused(other_head, false, FAILURE_INPUT, path,
		":4: exists and is of another sweep: found '# points 4', expected '# points 5'; "
		"choose another -o, or --force replaces the file");
	ck_assert_ptr_null(sweep_file_open(path, SWEEP_TEXT_HEAD, 5, false, &done, &error));
	assert_error(error, FAILURE_INPUT, path,
		": is there and has 4 rows, expected 5; choose another -o, or --force replaces the "
		"file");
	assert_complete();
}

TEST(a_changed_file_is_refused)
{
	char *at = strstr(result, "-0.25");

	*at = '9';
	sweep_text_write(path, result, strlen(result));
	assert_refused(SWEEP_TEXT_HEAD, false, FAILURE_INPUT, path,
		":10: the digest is not that of the lines before it: the file was changed or is "
		"damaged; choose another -o, or --force replaces the file");
}

TEST(a_file_of_something_else_is_protected)
{
	char *text;

	sweep_text_write(path, "dear diary\n", 11);
	assert_refused(SWEEP_TEXT_HEAD, false, FAILURE_INPUT, path,
		":1: not a result file of a sweep: found 'dear diary', expected '# cidsim VERSION "
		"sweep'; "
		"choose another -o, or --force replaces the file");
	text = sweep_text_read(path, NULL);
	ck_assert_str_eq(text, "dear diary\n");
	g_free(text);
	ck_assert_uint_eq(folder_files(dir), 1);
	complete(open_forced(SWEEP_TEXT_HEAD, true, 0), 0);
}

TEST(an_empty_file_is_as_good_as_none)
{
	sweep_text_write(path, "", 0);
	complete(open_good(0), 0);
}

TEST(force_begins_both_anew_and_what_was_there_does_not_come_back)
{
	leave(2);
	sweep_text_write(path, result, strlen(result));
	sweep_file_close(open_forced(SWEEP_TEXT_HEAD, true, 0));
	ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
	complete(open_good(0), 0);
}

TEST(what_cannot_be_continued_is_refused)
{
	char *none = g_build_filename(dir, "none", "a.csv", NULL);
	GError *error = NULL;
	uint64_t done;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	for (int force = 0; force < 2; force++)
		assert_refused(SWEEP_TEXT_HEAD, force, FAILURE_ENVIRONMENT, path,
			": not a regular file: a sweep that is stopped could not continue");
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(g_mkdir(path, 0700), 0);
	for (int force = 0; force < 2; force++)
		assert_refused(
			SWEEP_TEXT_HEAD, force, FAILURE_ENVIRONMENT, path, ": Is a directory");
	ck_assert_int_eq(g_rmdir(path), 0);
	ck_assert_ptr_null(sweep_file_open("", SWEEP_TEXT_HEAD, 1, false, &done, &error));
	assert_message(error, FAILURE_ENVIRONMENT, ": No such file or directory");
	error = NULL;
	ck_assert_ptr_null(sweep_file_open(none, SWEEP_TEXT_HEAD, 1, false, &done, &error));
	assert_error(error, FAILURE_ENVIRONMENT, none, ".part: No such file or directory");
	ck_assert_uint_eq(folder_files(dir), 0);
	g_free(none);
}

TEST(two_processes_do_not_write_one_sweep)
{
	struct sweep_file *file = open_good(0);

	append(file, 0, 1);
	for (int force = 0; force < 2; force++)
		assert_refused(SWEEP_TEXT_HEAD, force, FAILURE_ENVIRONMENT, work,
			": another process is writing it");
	complete(file, 1);
}

TEST(the_one_that_finishes_is_not_in_the_way_of_the_next)
{
	struct sweep_file *file = open_good(0);

	append(file, 0, WORK_ROWS);
	ck_assert(sweep_file_finish(file, NULL));
	/* the lock is still there, its name is not */
	complete(open_good(WORK_ROWS), WORK_ROWS);
	sweep_file_close(file);
	assert_complete();
}

/* Two names of a result file are one sweep. */
TEST(a_link_leads_to_the_same_work_file)
{
	char *other = g_build_filename(dir, "other.csv", NULL), *name = path;
	struct sweep_file *file;

	sweep_text_write(path, "", 0);
	ck_assert_int_eq(symlink("a.csv", other), 0);
	file = open_good(0);
	append(file, 0, 2);
	path = other;
	assert_refused(SWEEP_TEXT_HEAD, false, FAILURE_ENVIRONMENT, work,
		": another process is writing it");
	sweep_file_close(file);
	file = open_good(2);
	append(file, 2, WORK_ROWS);
	ck_assert(sweep_file_finish(file, NULL));
	sweep_file_close(file);
	ck_assert_int_eq(unlink(other), 0);
	path = name;
	assert_complete();
	g_free(other);
}

TEST(a_link_stays_a_link)
{
	char *target = g_build_filename(dir, "target", NULL), *text;
	struct sweep_file *file;

	for (int force = 0; force < 2; force++) {
		/* At first it is not there yet. */
		if (force)
			sweep_text_write(target, result, strlen(result));
		else
			ck_assert_int_eq(symlink("target", path), 0);
		file = open_forced(SWEEP_TEXT_HEAD, force, 0);
		append(file, 0, WORK_ROWS);
		ck_assert(sweep_file_finish(file, NULL));
		sweep_file_close(file);
		ck_assert(g_file_test(path, G_FILE_TEST_IS_SYMLINK));
		text = sweep_text_read(target, NULL);
		ck_assert_str_eq(text, result);
		ck_assert_uint_eq(folder_files(dir), 2);
		g_free(text);
	}
	g_free(target);
}

TEST(a_name_that_was_taken_meanwhile_is_protected)
{
	struct sweep_file *file = open_good(0);
	char *expected =
		g_strdup_printf(": something else got this name while the sweep ran: move "
				"it away, and the same command finishes; all rows are in %s",
			work);
	GError *error = NULL;

	append(file, 0, WORK_ROWS);
	sweep_text_write(path, "dear diary\n", 11);
	ck_assert(!sweep_file_finish(file, &error));
	assert_error(error, FAILURE_ENVIRONMENT, path, expected);
	sweep_file_close(file);
	ck_assert_int_eq(unlink(path), 0);
	complete(open_good(WORK_ROWS), WORK_ROWS);
	g_free(expected);
}

TEST(a_name_as_long_as_can_be_finishes)
{
	char *name = g_strnfill(255 - strlen(".part-journal"), 'n');

	g_free(path);
	g_free(work);
	path = g_build_filename(dir, name, NULL);
	work = sweep_work_path(path);
	complete(open_good(0), 0);
	g_free(name);
}

TEST(a_head_that_could_not_be_read_is_refused)
{
	GString *head = g_string_new("# cidsim 1 sweep\n# ");
	char *line = g_strnfill(CSV_LINE_MAX - 1, 'x');
	struct sweep_reader *reader;
	struct sweep_file *file;
	uint64_t done;

	assert_refused("# cidsim 1 sweep\n# a\tb\na\n", false, FAILURE_INPUT, path,
		": the axes have byte 0x09, which does not belong there");
	g_string_append_printf(head, "%s\na\n", line);
	assert_refused(head->str, false, FAILURE_INPUT, path,
		": the axes are too long for the head of the file");
	g_string_erase(head, 30, 1);
	file = sweep_file_open(path, head->str, 0, false, &done, NULL);
	ck_assert(sweep_file_finish(file, NULL));
	sweep_file_close(file);
	reader = sweep_reader_open(path, NULL);
	ck_assert_str_eq(csv_reader_head(reader->csv), head->str);
	sweep_reader_close(reader);
	g_free(line);
	g_string_free(head, TRUE);
}

TEST(a_result_file_that_does_not_fit_is_reported_and_the_rows_stay)
{
	char *expected = g_strdup_printf(": File too large; all rows are in %s", work);
	struct sweep_file *file = open_good(0);
	GError *error = NULL;

	append(file, 0, WORK_ROWS);
	ck_assert(sweep_file_sync(file, NULL));
	limit_file_size(strlen(result) - 1);
	ck_assert(!sweep_file_finish(file, &error));
	assert_error(error, FAILURE_ENVIRONMENT, path, expected);
	sweep_file_close(file);
	ck_assert_uint_eq(folder_files(dir), 1);
	limit_file_size(RLIM_INFINITY);
	complete(open_good(WORK_ROWS), WORK_ROWS);
	g_free(expected);
}

TEST(a_directory_that_cannot_be_written_is_reported_at_once)
{
	if (geteuid() == 0) {
		suite_skip("root may write everywhere");
		return;
	}
	complete(open_good(0), 0);
	ck_assert_int_eq(chmod(dir, 0500), 0);
	complete(open_good(WORK_ROWS), WORK_ROWS);
	ck_assert_int_eq(chmod(dir, 0700), 0);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(chmod(dir, 0500), 0);
	assert_refused(SWEEP_TEXT_HEAD, false, FAILURE_ENVIRONMENT, work, ": Permission denied");
	ck_assert_int_eq(chmod(dir, 0700), 0);
}

TEST_SIGNAL(a_sweep_has_no_more_rows_than_it_has_points, SIGABRT)
{
	struct sweep_file *file = open_good(0);

	append(file, 0, WORK_ROWS);
	sweep_file_append(file, work_rows[0], NULL);
}

TEST_SIGNAL(a_sweep_with_missing_rows_is_not_finished, SIGABRT)
{
	struct sweep_file *file = open_good(0);

	append(file, 0, WORK_ROWS - 1);
	sweep_file_finish(file, NULL);
}
