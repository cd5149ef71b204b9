/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* symlink, mkfifo, truncate */
#include "sim/base/hash.h"
#include "sim/sweep/result.h"
#include "sim/sweep/work.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/csv.h"
#include "sim/base/failure.h"
#include "tests/lib/suite.h"
#include "tests/lib/sweep-text.h"

enum { ROWS = 4 };

static const char *const rows[ROWS] = { "0,2,1,1.5", "1,2,2,", "2,\"4,\"\"x\"\"\",1,-0.25",
	"3,4,2,7" };

static char *dir;
static char *path; /* of the result file */
static char *name; /* of the work file */
static char *wal;  /* of its second file */

static void start(void)
{
	dir = folder_new();
	path = g_build_filename(dir, "a.csv", NULL);
	name = sweep_work_path(path);
	wal = g_strconcat(name, "-wal", NULL);
}

static void stop(void)
{
	g_free(wal);
	g_free(name);
	g_free(path);
	folder_remove(dir);
}

static struct sweep_work *open_good(uint64_t expected_rows)
{
	GError *error = NULL;
	struct sweep_work *work = sweep_work_open(path, SWEEP_TEXT_HEAD, ROWS, false, &error);

	ck_assert_msg(work != NULL, "%s", error ? error->message : "");
	ck_assert_uint_eq(sweep_work_rows(work), expected_rows);
	return work;
}

static void append(struct sweep_work *work, uint64_t from, uint64_t to)
{
	for (uint64_t i = from; i < to; i++)
		ck_assert(sweep_work_append(work, rows[i], NULL));
	ck_assert_uint_eq(sweep_work_rows(work), to);
}

/* A work file with @count rows. */
static void leave(uint64_t count)
{
	struct sweep_work *work = open_good(0);

	append(work, 0, count);
	sweep_work_close(work);
	ck_assert_uint_eq(folder_files(dir), 1);
}

/* All rows that are there, lines each, as the result file would have them. */
static char *export(struct sweep_work *work)
{
	char *csv = g_build_filename(dir, "export", NULL), *text;
	struct sweep_result result;

	ck_assert(sweep_result_open(&result, csv, SWEEP_TEXT_HEAD, NULL));
	ck_assert(sweep_work_export(work, &result, NULL));
	ck_assert(sweep_result_finish(&result, NULL));
	text = sweep_text_read(csv, NULL);
	ck_assert_int_eq(unlink(csv), 0);
	g_free(csv);
	return text;
}

/* What was the last that a process did. */
enum last { APPENDED, EXPORTED, SYNCED };

/* A work file as a process leaves it that is killed: nothing is closed. */
static void leave_killed(uint64_t count, enum last last)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		struct sweep_work *work = open_good(0);

		append(work, 0, count);
		if (last == EXPORTED)
			g_free(export(work));
		_exit(last != SYNCED || sweep_work_sync(work, NULL) ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static void assert_complete(struct sweep_work *work)
{
	char *lines = g_strdup_printf("%s\n%s\n%s\n%s\n", rows[0], rows[1], rows[2], rows[3]);
	char *expected = sweep_text_result(SWEEP_TEXT_HEAD, lines), *text = export(work);

	ck_assert_str_eq(text, expected);
	g_free(text);
	g_free(expected);
	g_free(lines);
}

/* Append what is missing, and see that all is as if nothing had happened. */
static void complete(struct sweep_work *work)
{
	append(work, sweep_work_rows(work), ROWS);
	assert_complete(work);
	sweep_work_remove(work);
	sweep_work_close(work);
	ck_assert_uint_eq(folder_files(dir), 0);
}

/* @expected: what follows the name of the work file. */
static void assert_error(GError *error, enum failure code, const char *expected)
{
	char *message = g_strconcat(name, expected, NULL);

	ck_assert_ptr_nonnull(error);
	ck_assert_str_eq(error->message, message);
	ck_assert(g_error_matches(error, FAILURE, (int)code));
	g_error_free(error);
	g_free(message);
}

static void assert_refused(bool force, enum failure code, const char *expected)
{
	GError *error = NULL;

	ck_assert_ptr_null(sweep_work_open(path, SWEEP_TEXT_HEAD, ROWS, force, &error));
	assert_error(error, code, expected);
}

/* Change the work file as no sweep would. */
static void execute(const char *sql)
{
	sqlite3 *db;
	char *message = NULL;

	ck_assert_int_eq(sqlite3_open(name, &db), SQLITE_OK);
	sqlite3_exec(db, sql, NULL, NULL, &message);
	ck_assert_msg(!message, "%s", message);
	sqlite3_close(db);
}

SUITE(.timeout = 120, .before = start, .after = stop);

/* --- what is there --- */

TEST(rows_come_back_as_they_were)
{
	struct sweep_work *work = open_good(0);

	append(work, 0, ROWS);
	assert_complete(work);
	sweep_work_close(work);
	work = open_good(ROWS);
	assert_complete(work);
	sweep_work_close(work);
}

TEST_RANGE(a_sweep_continues_after_any_row, 0, ROWS + 1)
{
	leave((uint64_t)_i);
	complete(open_good((uint64_t)_i));
}

TEST(a_work_file_is_what_the_header_says)
{
	const char *const parts[] = { SWEEP_TEXT_HEAD, rows[0], rows[1] };
	uint64_t digest = HASH_BYTES_START;
	sqlite3_stmt *query;
	sqlite3 *db;

	leave(2);
	ck_assert_int_eq(sqlite3_open(name, &db), SQLITE_OK);
	sqlite3_prepare_v2(db, "SELECT * FROM part ORDER BY id", -1, &query, NULL);
	for (int i = 0; i < 3; i++) {
		digest = hash_bytes(digest, parts[i], strlen(parts[i]));
		if (i > 0)
			digest = hash_bytes(digest, "\n", 1);
		ck_assert_int_eq(sqlite3_step(query), SQLITE_ROW);
		ck_assert_int_eq(sqlite3_column_int(query, 0), i);
		ck_assert_uint_eq((uint64_t)sqlite3_column_int64(query, 1), digest);
		ck_assert_str_eq((const char *)sqlite3_column_text(query, 2), parts[i]);
	}
	ck_assert_int_eq(sqlite3_step(query), SQLITE_DONE);
	sqlite3_finalize(query);
	sqlite3_close(db);
}

TEST(rows_of_another_sweep_are_refused)
{
	GError *error = NULL;

	leave(2);
	ck_assert_ptr_null(sweep_work_open(path,
		"# cidsim 1.0 sweep\n# title A, \"b\"\n# empty \n# points 5\nx\n", ROWS, false,
		&error));
	assert_error(error, FAILURE_INPUT,
		": rows of another sweep: line 4 of its head is '# points 4', expected '# points "
		"5'; choose another -o, or --force begins anew");
	complete(open_good(2));
}

TEST(more_rows_than_the_sweep_has_are_refused)
{
	GError *error = NULL;

	leave(ROWS);
	ck_assert_ptr_null(sweep_work_open(path, SWEEP_TEXT_HEAD, ROWS - 1, false, &error));
	assert_error(error, FAILURE_INPUT, ": damaged after 4 rows; --force begins anew");
}

TEST(force_begins_anew)
{
	struct sweep_work *work;

	leave(2);
	work = sweep_work_open(path, SWEEP_TEXT_HEAD, ROWS, true, NULL);
	ck_assert_uint_eq(sweep_work_rows(work), 0);
	complete(work);
}

static const struct {
	const char *sql;
	unsigned rows;
} damages[] = {
	{ "UPDATE part SET text = '1,2,9,' WHERE id = 2", 1 },
	{ "UPDATE part SET digest = digest + 1 WHERE id = 3", 2 },
	{ "DELETE FROM part WHERE id = 1", 0 },
	{ "DELETE FROM part WHERE id = 3", 2 },
	{ "UPDATE part SET id = 7 WHERE id = 4", 3 },
	{ "INSERT INTO part VALUES (-1, 0, 'x')", 0 },
	{ "INSERT INTO part VALUES (5, 0, 'x')", 4 },
	{ "UPDATE part SET text = NULL WHERE id = 4", 3 },
	{ "UPDATE part SET text = '' WHERE id = 4", 3 },
	{ "UPDATE part SET text = '# x' WHERE id = 4", 3 },
	{ "UPDATE part SET text = 'x' || char(10) || 'y' WHERE id = 4", 3 },
	{ "UPDATE part SET digest = 0 WHERE id = 0", 0 },
	{ "UPDATE part SET text = NULL WHERE id = 0", 0 },
	{ "DELETE FROM part WHERE id = 0", 0 },
	{ "DELETE FROM part", 0 },
};

TEST_ROWS(damage_is_refused_and_stays_until_it_is_forced, damages)
{
	char *message =
		g_strdup_printf(": damaged after %u rows; --force begins anew", damages[_i].rows);

	leave(ROWS);
	execute(damages[_i].sql);
	assert_refused(false, FAILURE_INPUT, message);
	assert_refused(false, FAILURE_INPUT, message);
	complete(sweep_work_open(path, SWEEP_TEXT_HEAD, ROWS, true, NULL));
	g_free(message);
}

/* --- what is not ours --- */

static const char other[] = ": is there and no work file of a sweep; choose another -o, or "
			    "--force replaces it";

TEST(a_file_of_something_else_is_protected)
{
	char *text;

	sweep_text_write(name, "dear diary\n", 11);
	assert_refused(false, FAILURE_INPUT, other);
	text = sweep_text_read(name, NULL);
	ck_assert_str_eq(text, "dear diary\n");
	g_free(text);
	complete(sweep_work_open(path, SWEEP_TEXT_HEAD, ROWS, true, NULL));
}

TEST(a_database_of_something_else_is_protected)
{
	size_t before, after;
	char *text, *again;

	execute("CREATE TABLE diary(text)");
	text = sweep_text_read(name, &before);
	assert_refused(false, FAILURE_INPUT, other);
	again = sweep_text_read(name, &after);
	ck_assert_uint_eq(before, after);
	ck_assert_mem_eq(text, again, before);
	g_free(again);
	g_free(text);
	complete(sweep_work_open(path, SWEEP_TEXT_HEAD, ROWS, true, NULL));
}

TEST(more_tables_than_ours_are_refused)
{
	leave(2);
	execute("CREATE TRIGGER t AFTER INSERT ON part BEGIN DELETE FROM part; END");
	assert_refused(false, FAILURE_INPUT, other);
}

/* Somebody made the names before us, to have something written there or to let us wait. */
static const char *const endings[] = { "", "-wal", "-journal" };

TEST_ROWS(links_and_pipes_are_not_followed, endings)
{
	char *made = g_strconcat(name, endings[_i], NULL);
	char *expected = g_strconcat(endings[_i], ": not a regular file", NULL);
	char *secret = g_build_filename(dir, "secret", NULL);

	leave(2);
	if (!*endings[_i])
		ck_assert_int_eq(unlink(name), 0);
	for (int force = 0; force < 2; force++) {
		ck_assert_int_eq(mkfifo(made, 0600), 0);
		assert_refused(force, FAILURE_ENVIRONMENT, expected);
		ck_assert_int_eq(unlink(made), 0);
		ck_assert_int_eq(symlink("secret", made), 0);
		assert_refused(force, FAILURE_ENVIRONMENT, expected);
		ck_assert_int_eq(unlink(made), 0);
		ck_assert_int_eq(g_mkdir(made, 0700), 0);
		assert_refused(force, FAILURE_ENVIRONMENT, expected);
		ck_assert_int_eq(g_rmdir(made), 0);
	}
	sweep_text_write(secret, "", 0);
	ck_assert_int_eq(link(secret, made), 0);
	g_free(expected);
	expected = g_strconcat(endings[_i], ": has a second name (a hard link)", NULL);
	assert_refused(false, FAILURE_ENVIRONMENT, expected);
	g_free(secret);
	g_free(expected);
	g_free(made);
}

TEST(a_folder_may_be_a_link)
{
	char *link = g_build_filename(dir, "link", NULL);
	struct sweep_work *work;

	leave(2);
	ck_assert_int_eq(symlink(".", link), 0);
	g_free(path);
	path = g_build_filename(link, "a.csv", NULL);
	work = open_good(2);
	append(work, 2, ROWS);
	assert_complete(work);
	sweep_work_close(work);
	g_free(link);
}

/* The longest path that SQLite takes, and one that is longer. */
TEST(a_path_has_a_limit)
{
	GString *folder = g_string_new(dir);
	GError *error = NULL;

	while (folder->len < 500 - strlen("/a.csv.part") - 102) {
		g_string_append_printf(folder, "/%0*d", 100, 0);
		ck_assert_int_eq(g_mkdir(folder->str, 0700), 0);
	}
	g_string_append_printf(
		folder, "/%0*d", (int)(500 - strlen("/a.csv.part") - folder->len - 1), 0);
	ck_assert_int_eq(g_mkdir(folder->str, 0700), 0);
	g_free(path);
	path = g_build_filename(folder->str, "a.csv", NULL);
	sweep_work_close(open_good(0));
	g_free(path);
	path = g_build_filename(folder->str, "ab.csv", NULL);
	ck_assert_ptr_null(sweep_work_open(path, SWEEP_TEXT_HEAD, ROWS, false, &error));
	ck_assert(g_str_has_suffix(error->message, ": its path is longer than 500 bytes"));
	g_error_free(error);
	g_string_free(folder, TRUE);
}

TEST(two_processes_do_not_have_one_work_file)
{
	struct sweep_work *work = open_good(0);
	int status;
	pid_t pid;

	append(work, 0, 1);
	pid = fork();
	if (pid == 0) {
		for (int force = 0; force < 2; force++)
			assert_refused(
				force, FAILURE_ENVIRONMENT, ": another process is writing it");
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	complete(work);
}

TEST(a_name_that_went_is_not_taken_for_the_file)
{
	struct sweep_work *work = open_good(0);

	append(work, 0, 1);
	ck_assert_int_eq(unlink(name), 0);
	sweep_work_close(work);
	complete(open_good(0));
}

/* --- killed at any moment --- */

TEST(synced_rows_of_a_killed_process_are_there)
{
	leave_killed(3, SYNCED);
	complete(open_good(3));
}

TEST(rows_of_a_transaction_that_did_not_end_are_not)
{
	leave_killed(3, APPENDED);
	complete(open_good(0));
}

/* What a crash of the machine leaves of the second file: a part, then perhaps zeros. */
TEST_LONG(every_cut_is_repaired, 0, 2, 8)
{
	enum { STEP = 97, PARTS = 4 };
	size_t length, wal_length, most = 0;
	bool zeros = _i % 2;
	char *bytes, *wal_bytes;

	leave_killed(3, EXPORTED);
	bytes = sweep_text_read(name, &length);
	wal_bytes = sweep_text_read(wal, &wal_length);
	for (size_t cut = (size_t)(_i / 2) * STEP; cut <= wal_length;
		cut += cut == wal_length ? 1 : MIN(STEP * PARTS, wal_length - cut)) {
		struct sweep_work *work;

		sweep_text_write(name, bytes, length);
		sweep_text_write(wal, wal_bytes, cut);
		ck_assert_int_eq(truncate(wal, (off_t)(zeros ? wal_length : cut)), 0);
		work = sweep_work_open(path, SWEEP_TEXT_HEAD, ROWS, false, NULL);
		ck_assert_ptr_nonnull(work);
		ck_assert_uint_ge(sweep_work_rows(work), most);
		most = sweep_work_rows(work);
		complete(work);
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
	struct sweep_work *work = sweep_work_open(path, SWEEP_TEXT_HEAD, count, false, NULL);
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
	struct sweep_work *work = sweep_work_open(path, SWEEP_TEXT_HEAD, count, false, NULL);
	GString *lines = g_string_new(NULL);
	char *expected, *text;

	ck_assert_uint_eq(sweep_work_rows(work), count);
	for (uint64_t i = 0; i < count; i++) {
		char *row = long_row(i);

		g_string_append_printf(lines, "%s\n", row);
		g_free(row);
	}
	expected = sweep_text_result(SWEEP_TEXT_HEAD, lines->str);
	text = export(work);
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

static void limit_size(rlim_t bytes)
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

TEST(rows_that_do_not_fit_are_reported_and_the_others_stay)
{
	enum { MANY = 5000, LIMIT = 200001 };
	struct sweep_work *work = sweep_work_open(path, SWEEP_TEXT_HEAD, MANY, false, NULL);
	GError *error = NULL;
	uint64_t kept;

	limit_size(LIMIT);
	for (bool good = true; good;) {
		char *row = long_row(sweep_work_rows(work));

		good = sweep_work_append(work, row, &error);
		g_free(row);
	}
	assert_error(error, FAILURE_ENVIRONMENT, ": File too large");
	sweep_work_close(work);
	limit_size(RLIM_INFINITY);
	work = sweep_work_open(path, SWEEP_TEXT_HEAD, MANY, false, NULL);
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

	limit_size(limit);
	work = sweep_work_open(path, SWEEP_TEXT_HEAD, ROWS, false, &error);
	for (int i = 0; work && !error && i < ROWS; i++)
		sweep_work_append(work, rows[i], &error);
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
		complete(sweep_work_open(path, SWEEP_TEXT_HEAD, ROWS, false, NULL));
	}
	ck_assert_uint_gt(failed, 20);
	ck_assert_uint_lt(failed, 60);
}

TEST(a_folder_that_cannot_be_written_is_reported_at_once)
{
	if (geteuid() == 0)
		return;
	ck_assert_int_eq(chmod(dir, 0500), 0);
	assert_refused(false, FAILURE_ENVIRONMENT, ": Permission denied");
	ck_assert_int_eq(chmod(dir, 0700), 0);
}

/* --- whatever was done to a file --- */

static void spoil(GString *text, struct prng *prng)
{
	for (uint64_t k = prng_below(prng, 3) + 1; k && text->len; k--)
		sweep_text_spoil(text, prng);
}

TEST_LONG(spoiled_files_are_refused_or_repaired, 0, SYNCED + 1, (SYNCED + 1) * 5)
{
	struct prng prng = { prng_key(2, (uint64_t)_i), 0 };
	enum last last = (enum last)(_i % (SYNCED + 1));
	size_t length, wal_length = 0;
	char *bytes, *wal_bytes = NULL;
	unsigned repaired = 0;

	if (last == APPENDED)
		leave(ROWS);
	else
		leave_killed(ROWS, last);
	bytes = sweep_text_read(name, &length);
	if (last != APPENDED)
		wal_bytes = sweep_text_read(wal, &wal_length);
	for (int i = 0; i < 400; i++) {
		GString *text = g_string_new_len(bytes, (gssize)length);
		GString *wal_text = g_string_new_len(wal_bytes, (gssize)wal_length);
		struct sweep_work *work;
		GError *error = NULL;

		if (last == APPENDED || prng_below(&prng, 2))
			spoil(text, &prng);
		if (last != APPENDED)
			spoil(wal_text, &prng);
		sweep_text_write(name, text->str, text->len);
		sweep_text_write(wal, wal_text->str, wal_text->len);
		work = sweep_work_open(path, SWEEP_TEXT_HEAD, ROWS, false, &error);
		/* what reading does not need may still be in the way of rows */
		for (uint64_t k = work ? sweep_work_rows(work) : 0; work && !error && k < ROWS; k++)
			sweep_work_append(work, rows[k], &error);
		if (work && !error)
			sweep_work_sync(work, &error);
		if (!error) {
			complete(work);
			repaired++;
		} else {
			sweep_work_close(work);
			ck_assert_msg(g_error_matches(error, FAILURE, FAILURE_INPUT), "%s",
				error->message);
			ck_assert(g_str_has_prefix(error->message, name));
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

/* --- what must not be --- */

TEST(a_row_that_could_not_be_read_is_refused)
{
	struct sweep_work *work = open_good(0);
	char *row = g_strnfill(CSV_LINE_MAX + 1, '1');
	GError *error = NULL;

	append(work, 0, 1);
	ck_assert(!sweep_work_append(work, row, &error));
	assert_error(error, FAILURE_INPUT, ": a row is longer than 1048576 bytes");
	row[CSV_LINE_MAX] = '\0';
	sweep_work_close(work);
	work = sweep_work_open(path, SWEEP_TEXT_HEAD, ROWS, true, NULL);
	ck_assert(sweep_work_append(work, row, NULL));
	sweep_work_close(work);
	sweep_work_close(open_good(1));
	g_free(row);
}

TEST_SIGNAL(a_row_is_one_line, SIGABRT)
{
	sweep_work_append(open_good(0), "1\n2", NULL);
}

TEST_SIGNAL(a_row_is_no_comment, SIGABRT)
{
	sweep_work_append(open_good(0), "# 1", NULL);
}

TEST_SIGNAL(after_a_failure_nothing_is_appended, SIGABRT)
{
	enum { MANY = 5000 };
	struct sweep_work *work = sweep_work_open(path, SWEEP_TEXT_HEAD, MANY, false, NULL);
	bool good = true;

	limit_size(20000);
	while (good)
		good = sweep_work_append(work, "1", NULL);
	sweep_work_append(work, "1", NULL);
}
