/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* fork, RLIMIT_FSIZE */
#include "tests/lib/work-fixture.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/folder.h"
#include "tests/lib/sweep-text.h"

const char *const work_rows[WORK_ROWS] = { "0,2,1,1.5", "1,2,2,", "2,\"4,\"\"x\"\"\",1,-0.25",
	"3,4,2,7" };

struct work_fixture files;

void work_start(void)
{
	files.dir = folder_new();
	files.path = g_build_filename(files.dir, "a.csv", NULL);
	files.name = sweep_work_path(files.path);
	files.wal = g_strconcat(files.name, "-wal", NULL);
}

void work_stop(void)
{
	g_free(files.wal);
	g_free(files.name);
	g_free(files.path);
	folder_remove(files.dir);
}

struct sweep_work *work_open_good(uint64_t expected_rows)
{
	GError *error = NULL;
	struct sweep_work *work =
		sweep_work_open(files.path, SWEEP_TEXT_HEAD, WORK_ROWS, false, &error);

	ck_assert_msg(work != NULL, "%s", error ? error->message : "");
	ck_assert_uint_eq(sweep_work_rows(work), expected_rows);
	return work;
}

void work_append(struct sweep_work *work, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		ck_assert(sweep_work_append(work, work_rows[i], NULL));
	ck_assert_uint_eq(sweep_work_rows(work), to);
}

void work_leave(uint64_t count)
{
	struct sweep_work *work = work_open_good(0);

	work_append(work, 0, count);
	sweep_work_close(work);
	ck_assert_uint_eq(folder_files(files.dir), 1);
}

char *work_export(struct sweep_work *work)
{
	char *csv = g_build_filename(files.dir, "export", NULL), *text;
	struct sweep_result result;

	ck_assert(sweep_result_open(&result, csv, SWEEP_TEXT_HEAD, NULL));
	ck_assert(sweep_work_export(work, &result, NULL));
	ck_assert(sweep_result_finish(&result, NULL));
	text = sweep_text_read(csv, NULL);
	ck_assert_int_eq(unlink(csv), 0);
	g_free(csv);
	return text;
}

void work_leave_killed(uint64_t count, enum work_last last)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct sweep_work *work = work_open_good(0);

		work_append(work, 0, count);
		if (last == WORK_EXPORTED)
			g_free(work_export(work));
		_exit(last != WORK_SYNCED || sweep_work_sync(work, NULL) ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

void work_assert_complete(struct sweep_work *work)
{
	char *lines = g_strdup_printf(
		"%s\n%s\n%s\n%s\n", work_rows[0], work_rows[1], work_rows[2], work_rows[3]);
	char *expected = sweep_text_result(SWEEP_TEXT_HEAD, lines), *text = work_export(work);

	ck_assert_str_eq(text, expected);
	g_free(text);
	g_free(expected);
	g_free(lines);
}

void work_complete(struct sweep_work *work)
{
	work_append(work, sweep_work_rows(work), WORK_ROWS);
	work_assert_complete(work);
	sweep_work_remove(work);
	sweep_work_close(work);
	ck_assert_uint_eq(folder_files(files.dir), 0);
}

void work_assert_error(GError *error, enum failure code, const char *expected)
{
	char *message = g_strconcat(files.name, expected, NULL);

	ck_assert_ptr_nonnull(error);
	ck_assert_str_eq(error->message, message);
	ck_assert(g_error_matches(error, FAILURE, (int)code));
	g_error_free(error);
	g_free(message);
}

void work_assert_refused(bool force, enum failure code, const char *expected)
{
	GError *error = NULL;

	ck_assert_ptr_null(sweep_work_open(files.path, SWEEP_TEXT_HEAD, WORK_ROWS, force, &error));
	work_assert_error(error, code, expected);
}

void limit_file_size(rlim_t bytes)
{
	struct rlimit limit;

	/* no assertion here: Check, too, writes to files */
	if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
		abort();
	limit.rlim_cur = bytes;
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
		abort();
}
