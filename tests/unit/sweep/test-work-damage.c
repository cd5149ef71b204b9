/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* fork, truncate */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/failure.h"
#include "sim/base/prng.h"
#include "sim/sweep/work.h"
#include "tests/lib/folder.h"
#include "tests/lib/suite.h"
#include "tests/lib/sweep-text.h"
#include "tests/lib/work-fixture.h"

/* A work file survives what happens to its process, its disk and its bytes. */

SUITE(.timeout = 120, .before = work_start, .after = work_stop);

/* --- killed at any moment --- */

TEST(synced_rows_of_a_killed_process_are_there)
{
	work_leave_killed(3, WORK_SYNCED);
	work_complete(work_open_good(3));
}

TEST(rows_of_a_transaction_that_did_not_end_are_not)
{
	work_leave_killed(3, WORK_APPENDED);
	work_complete(work_open_good(0));
}

/* What a crash of the machine leaves of the second file: a part, then perhaps zeros. */
TEST_LONG(every_cut_is_repaired, 0, 2, 8)
{
	enum { STEP = 97, PARTS = 4 };
	size_t length, wal_length, most = 0;
	bool zeros = _i % 2;
	char *bytes, *wal_bytes;

	work_leave_killed(3, WORK_EXPORTED);
	bytes = sweep_text_read(files.name, &length);
	wal_bytes = sweep_text_read(files.wal, &wal_length);
	for (size_t cut = (size_t)(_i / 2) * STEP; cut <= wal_length;
		cut += cut == wal_length ? 1 : MIN(STEP * PARTS, wal_length - cut)) {
		struct sweep_work *work;

		sweep_text_write(files.name, bytes, length);
		sweep_text_write(files.wal, wal_bytes, cut);
		ck_assert_int_eq(truncate(files.wal, (off_t)(zeros ? wal_length : cut)), 0);
		work = sweep_work_open(files.path, SWEEP_TEXT_HEAD, WORK_ROWS, false, NULL);
		ck_assert_ptr_nonnull(work);
		ck_assert_uint_ge(sweep_work_rows(work), most);
		most = sweep_work_rows(work);
		work_complete(work);
	}
	ck_assert_uint_eq(most, 3);
	g_free(wal_bytes);
	g_free(bytes);
}

static char *long_row(uint64_t i)
{
	return g_strdup_printf("%" G_GUINT64_FORMAT ",%0*d,1,2", i, 50 + (int)(i % 97), 0);
}

/* Open the file with many rows and append those that are missing. Returns false if that failed. */
static bool append_long(uint64_t count, bool sync)
{
	struct sweep_work *work = sweep_work_open(files.path, SWEEP_TEXT_HEAD, count, false, NULL);
	bool good = work != NULL;

	for (uint64_t i = work ? sweep_work_rows(work) : 0; good && i < count; i++) {
		char *row = long_row(i);

		good = sweep_work_append(work, row, NULL) &&
		       (!sync || i % 64 != 0 || sweep_work_sync(work, NULL));
		g_free(row);
	}
	sweep_work_close(work);
	return good;
}

static void assert_long(uint64_t count)
{
	struct sweep_work *work = sweep_work_open(files.path, SWEEP_TEXT_HEAD, count, false, NULL);
	GString *lines = g_string_new(NULL);
	char *expected, *text;

	ck_assert_uint_eq(sweep_work_rows(work), count);
	for (uint64_t i = 0; i < count; i++) {
		char *row = long_row(i);

		g_string_append_printf(lines, "%s\n", row);
		g_free(row);
	}
	expected = sweep_text_result(SWEEP_TEXT_HEAD, lines->str);
	text = work_export(work);
	ck_assert(strcmp(text, expected) == 0);
	sweep_work_close(work);
	g_free(text);
	g_free(expected);
	g_string_free(lines, TRUE);
}

/* Processes that are killed wherever they are, until one gets to the end. */
TEST_RANGE(killed_processes_are_continued, 0, 2)
{
	enum { MANY = 4000 };
	struct prng prng = { prng_key(2, (uint64_t)_i), 0 };
	uint64_t longest_us = 2000;
	int status = 1;

	while (status != 0) {
		useconds_t wait_us = (useconds_t)prng_below(&prng, longest_us);
		pid_t pid = fork();

		if (pid == 0)
			_exit(append_long(MANY, _i) ? 0 : 2);
		/* longer each time, so that a slow machine gets to the end, too */
		longest_us += longest_us / 20;
		g_usleep(wait_us);
		kill(pid, SIGKILL);
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert(!WIFEXITED(status) || WEXITSTATUS(status) == 0);
	}
	assert_long(MANY);
}

/* --- a disk that is full, as far as a process can make one --- */

TEST(rows_that_do_not_fit_are_reported_and_the_others_stay)
{
	enum { MANY = 5000, LIMIT = 200001 };
	struct sweep_work *work = sweep_work_open(files.path, SWEEP_TEXT_HEAD, MANY, false, NULL);
	GError *error = NULL;
	uint64_t kept;

	limit_file_size(LIMIT);
	for (bool good = true; good;) {
		char *row = long_row(sweep_work_rows(work));

		good = sweep_work_append(work, row, &error);
		g_free(row);
	}
	work_assert_error(error, FAILURE_ENVIRONMENT, ": File too large");
	sweep_work_close(work);
	limit_file_size(RLIM_INFINITY);
	work = sweep_work_open(files.path, SWEEP_TEXT_HEAD, MANY, false, NULL);
	kept = sweep_work_rows(work);
	sweep_work_close(work);
	ck_assert_uint_gt(kept, 500);
	ck_assert(append_long(MANY, false));
	assert_long(MANY);
}

/* Returns 0 if all rows could be written, 1 if it was said that they do not fit. */
static int write_limited(rlim_t limit)
{
	g_autoptr(GError) error = NULL;
	struct sweep_work *work;

	limit_file_size(limit);
	work = sweep_work_open(files.path, SWEEP_TEXT_HEAD, WORK_ROWS, false, &error);
	for (int i = 0; work && !error && i < WORK_ROWS; i++)
		sweep_work_append(work, work_rows[i], &error);
	if (work && !error)
		sweep_work_sync(work, &error);
	sweep_work_close(work);
	if (!error)
		return 0;
	return g_str_has_suffix(error->message, "File too large") ? 1 : 2;
}

TEST(every_limit_leaves_complete_rows)
{
	unsigned failed = 0;

	for (rlim_t limit = 0; limit < 40000; limit += 499) {
		int status;
		pid_t pid = fork();

		if (pid == 0)
			_exit(write_limited(limit));
		ck_assert_int_eq(waitpid(pid, &status, 0), pid);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
		failed += WEXITSTATUS(status);
		work_complete(sweep_work_open(files.path, SWEEP_TEXT_HEAD, WORK_ROWS, false, NULL));
	}
	ck_assert_uint_gt(failed, 20);
	ck_assert_uint_lt(failed, 60);
}

/* --- whatever was done to a file --- */

static void spoil(GString *text, struct prng *prng)
{
	for (uint64_t k = prng_below(prng, 3) + 1; k && text->len; k--)
		sweep_text_spoil(text, prng);
}

TEST_LONG(spoiled_files_are_refused_or_repaired, 0, WORK_SYNCED + 1, (WORK_SYNCED + 1) * 5)
{
	struct prng prng = { prng_key(2, (uint64_t)_i), 0 };
	enum work_last last = (enum work_last)(_i % (WORK_SYNCED + 1));
	size_t length, wal_length = 0;
	char *bytes, *wal_bytes = NULL;
	unsigned repaired = 0;

	if (last == WORK_APPENDED)
		work_leave(WORK_ROWS);
	else
		work_leave_killed(WORK_ROWS, last);
	bytes = sweep_text_read(files.name, &length);
	if (last != WORK_APPENDED)
		wal_bytes = sweep_text_read(files.wal, &wal_length);
	for (int i = 0; i < 400; i++) {
		GString *text = g_string_new_len(bytes, (gssize)length);
		GString *wal_text = g_string_new_len(wal_bytes, (gssize)wal_length);
		struct sweep_work *work;
		GError *error = NULL;

		if (last == WORK_APPENDED || prng_below(&prng, 2))
			spoil(text, &prng);
		if (last != WORK_APPENDED)
			spoil(wal_text, &prng);
		sweep_text_write(files.name, text->str, text->len);
		sweep_text_write(files.wal, wal_text->str, wal_text->len);
		work = sweep_work_open(files.path, SWEEP_TEXT_HEAD, WORK_ROWS, false, &error);
		/* what reading does not need may still be in the way of rows */
		for (uint64_t k = work ? sweep_work_rows(work) : 0; work && !error && k < WORK_ROWS;
			k++)
			sweep_work_append(work, work_rows[k], &error);
		if (work && !error)
			sweep_work_sync(work, &error);
		if (!error) {
			work_complete(work);
			repaired++;
		} else {
			sweep_work_close(work);
			ck_assert_msg(g_error_matches(error, FAILURE, FAILURE_INPUT), "%s",
				error->message);
			ck_assert(g_str_has_prefix(error->message, files.name));
			ck_assert(g_utf8_validate(error->message, -1, NULL));
			g_error_free(error);
		}
		g_string_free(wal_text, TRUE);
		g_string_free(text, TRUE);
	}
	ck_assert_uint_gt(repaired, 20);
	ck_assert_uint_lt(repaired, 400);
	g_free(wal_bytes);
	g_free(bytes);
}
