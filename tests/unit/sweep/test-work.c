/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _DEFAULT_SOURCE /* symlink, mkfifo */
#include "sim/sweep/work.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/csv.h"
#include "sim/base/failure.h"
#include "sim/base/hash.h"
#include "sim/base/output.h"
#include "tests/lib/folder.h"
#include "tests/lib/suite.h"
#include "tests/lib/sweep-text.h"
#include "tests/lib/work-fixture.h"

/* What is in a work file, and what is not taken for one. */

/* Change the work file as no sweep would. */
static void execute(const char *sql)
{
	sqlite3 *db;
	char *message = NULL;

	ck_assert_int_eq(sqlite3_open(files.name, &db), SQLITE_OK);
	sqlite3_exec(db, sql, NULL, NULL, &message);
	ck_assert_msg(!message, "%s", message);
	sqlite3_close(db);
}

SUITE(.timeout = 120, .before = work_start, .after = work_stop);

/* --- what is there --- */

TEST(rows_come_back_as_they_were)
{
	struct sweep_work *work = work_open_good(0);

	work_append(work, 0, WORK_ROWS);
	work_assert_complete(work);
	sweep_work_close(work);
	work = work_open_good(WORK_ROWS);
	work_assert_complete(work);
	sweep_work_close(work);
}

TEST_RANGE(a_sweep_continues_after_any_row, 0, WORK_ROWS + 1)
{
	work_leave((uint64_t)_i);
	work_complete(work_open_good((uint64_t)_i));
}

TEST(a_work_file_is_what_the_header_says)
{
	const char *const parts[] = { SWEEP_TEXT_HEAD, work_rows[0], work_rows[1] };
	uint64_t digest = HASH_BYTES_START;
	sqlite3_stmt *query;
	sqlite3 *db;

	work_leave(2);
	ck_assert_int_eq(sqlite3_open(files.name, &db), SQLITE_OK);
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

/* The file of @fd, from its beginning. */
static char *read_all(int fd)
{
	static char text[1 << 16];
	ssize_t length = pread(fd, text, sizeof(text) - 1, 0);

	ck_assert_int_ge(length, 0);
	text[length] = '\0';
	return text;
}

/* Copy the work file @name. Returns what sweep_work_copy() does. */
static bool copy_work(const char *name, char **text, GError **error)
{
	FILE *file = tmpfile();
	struct output *out = output_on_descriptor(fileno(file), "copy");
	bool good = sweep_work_copy(name, out, error);

	ck_assert(output_close(out, NULL));
	*text = read_all(fileno(file));
	fclose(file);
	return good;
}

TEST_RANGE(a_copy_is_the_result_file_of_what_is_there, 0, WORK_ROWS + 1)
{
	g_autoptr(GString) rows = g_string_new(NULL);
	g_autofree char *expected = NULL;
	GError *error = NULL;
	char *text;

	work_leave_killed((uint64_t)_i, WORK_SYNCED);
	for (int i = 0; i < _i; i++)
		g_string_append_printf(rows, "%s\n", work_rows[i]);
	expected = sweep_text_result(SWEEP_TEXT_HEAD, rows->str);
	ck_assert(copy_work(files.name, &text, &error));
	ck_assert_str_eq(text, expected);
	work_complete(work_open_good((uint64_t)_i));
}

TEST(what_is_no_work_file_has_no_copy)
{
	g_autofree char *other = g_build_filename(files.dir, "other.db", NULL);
	GError *error = NULL;
	char *text;

	ck_assert(!copy_work(other, &text, &error));
	ck_assert_ptr_nonnull(strstr(error->message, "the name of a work file ends in .part"));
	g_clear_error(&error);
	sweep_text_write(files.name, "", 0);
	ck_assert(!copy_work(files.name, &text, &error));
	work_assert_error(error, FAILURE_INPUT, ": has no rows yet");
	error = NULL;
	sweep_text_write(files.name, "a text that is no database, but as long as one", 46);
	ck_assert(!copy_work(files.name, &text, &error));
	ck_assert_int_eq(error->code, FAILURE_INPUT);
	ck_assert_str_eq(text, "");
	g_clear_error(&error);
}

TEST(rows_of_another_sweep_are_refused)
{
	GError *error = NULL;

	work_leave(2);
	ck_assert_ptr_null(sweep_work_open(files.path,
		"# cidsim 1.0 sweep\n# title A, \"b\"\n# empty \n# points 5\nx\n", WORK_ROWS, false,
		&error));
	work_assert_error(error, FAILURE_INPUT,
		": rows of another sweep: line 4 of its head is '# points 4', expected '# points "
		"5'; choose another -o, or --force begins anew");
	work_complete(work_open_good(2));
}

TEST(more_rows_than_the_sweep_has_are_refused)
{
	GError *error = NULL;

	work_leave(WORK_ROWS);
	ck_assert_ptr_null(
		sweep_work_open(files.path, SWEEP_TEXT_HEAD, WORK_ROWS - 1, false, &error));
	work_assert_error(error, FAILURE_INPUT, ": damaged after 4 rows; --force begins anew");
}

TEST(force_begins_anew)
{
	struct sweep_work *work;

	work_leave(2);
	work = sweep_work_open(files.path, SWEEP_TEXT_HEAD, WORK_ROWS, true, NULL);
	ck_assert_uint_eq(sweep_work_rows(work), 0);
	work_complete(work);
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
	{ "UPDATE part SET text = 'x' WHERE id = 0", 0 },
	{ "DELETE FROM part WHERE id = 0", 0 },
	{ "DELETE FROM part", 0 },
};

TEST_ROWS(damage_is_refused_and_stays_until_it_is_forced, damages)
{
	char *message =
		g_strdup_printf(": damaged after %u rows; --force begins anew", damages[_i].rows);

	work_leave(WORK_ROWS);
	execute(damages[_i].sql);
	work_assert_refused(false, FAILURE_INPUT, message);
	work_assert_refused(false, FAILURE_INPUT, message);
	work_complete(sweep_work_open(files.path, SWEEP_TEXT_HEAD, WORK_ROWS, true, NULL));
	g_free(message);
}

/* --- what is not ours --- */

static const char other[] = ": is there and no work file of a sweep; choose another -o, or "
			    "--force replaces it";

TEST(a_file_of_something_else_is_protected)
{
	char *text;

	sweep_text_write(files.name, "dear diary\n", 11);
	work_assert_refused(false, FAILURE_INPUT, other);
	text = sweep_text_read(files.name, NULL);
	ck_assert_str_eq(text, "dear diary\n");
	g_free(text);
	work_complete(sweep_work_open(files.path, SWEEP_TEXT_HEAD, WORK_ROWS, true, NULL));
}

TEST(a_database_of_something_else_is_protected)
{
	size_t before, after;
	char *text, *again;

	execute("CREATE TABLE diary(text)");
	text = sweep_text_read(files.name, &before);
	work_assert_refused(false, FAILURE_INPUT, other);
	again = sweep_text_read(files.name, &after);
	ck_assert_uint_eq(before, after);
	ck_assert_mem_eq(text, again, before);
	g_free(again);
	g_free(text);
	work_complete(sweep_work_open(files.path, SWEEP_TEXT_HEAD, WORK_ROWS, true, NULL));
}

TEST(more_tables_than_ours_are_refused)
{
	work_leave(2);
	execute("CREATE TRIGGER t AFTER INSERT ON part BEGIN DELETE FROM part; END");
	work_assert_refused(false, FAILURE_INPUT, other);
}

/* Somebody made the names before us, to have something written there or to let us wait. */
static const char *const endings[] = { "", "-wal", "-journal" };

TEST_ROWS(links_and_pipes_are_not_followed, endings)
{
	char *made = g_strconcat(files.name, endings[_i], NULL);
	char *expected = g_strconcat(endings[_i], ": not a regular file", NULL);
	char *secret = g_build_filename(files.dir, "secret", NULL);

	work_leave(2);
	if (!*endings[_i])
		ck_assert_int_eq(unlink(files.name), 0);
	for (int force = 0; force < 2; force++) {
		ck_assert_int_eq(mkfifo(made, 0600), 0);
		work_assert_refused(force, FAILURE_ENVIRONMENT, expected);
		ck_assert_int_eq(unlink(made), 0);
		ck_assert_int_eq(symlink("secret", made), 0);
		work_assert_refused(force, FAILURE_ENVIRONMENT, expected);
		ck_assert_int_eq(unlink(made), 0);
		ck_assert_int_eq(g_mkdir(made, 0700), 0);
		work_assert_refused(force, FAILURE_ENVIRONMENT, expected);
		ck_assert_int_eq(g_rmdir(made), 0);
	}
	sweep_text_write(secret, "", 0);
	ck_assert_int_eq(link(secret, made), 0);
	g_free(expected);
	expected = g_strconcat(endings[_i], ": has a second name (a hard link)", NULL);
	work_assert_refused(false, FAILURE_ENVIRONMENT, expected);
	g_free(secret);
	g_free(expected);
	g_free(made);
}

TEST(a_folder_may_be_a_link)
{
	char *link = g_build_filename(files.dir, "link", NULL);
	struct sweep_work *work;

	work_leave(2);
	ck_assert_int_eq(symlink(".", link), 0);
	g_free(files.path);
	files.path = g_build_filename(link, "a.csv", NULL);
	work = work_open_good(2);
	work_append(work, 2, WORK_ROWS);
	work_assert_complete(work);
	sweep_work_close(work);
	g_free(link);
}

/* The longest path that SQLite takes, and one that is longer. */
TEST(a_path_has_a_limit)
{
	GString *folder = g_string_new(files.dir);
	GError *error = NULL;

	while (folder->len < 500 - strlen("/a.csv.part") - 102) {
		g_string_append_printf(folder, "/%0*d", 100, 0);
		ck_assert_int_eq(g_mkdir(folder->str, 0700), 0);
	}
	g_string_append_printf(
		folder, "/%0*d", (int)(500 - strlen("/a.csv.part") - folder->len - 1), 0);
	ck_assert_int_eq(g_mkdir(folder->str, 0700), 0);
	g_free(files.path);
	files.path = g_build_filename(folder->str, "a.csv", NULL);
	sweep_work_close(work_open_good(0));
	g_free(files.path);
	files.path = g_build_filename(folder->str, "ab.csv", NULL);
	ck_assert_ptr_null(sweep_work_open(files.path, SWEEP_TEXT_HEAD, WORK_ROWS, false, &error));
	ck_assert(g_str_has_suffix(error->message, ": its path is longer than 500 bytes"));
	g_error_free(error);
	g_string_free(folder, TRUE);
}

TEST(two_processes_do_not_have_one_work_file)
{
	struct sweep_work *work = work_open_good(0);
	int status;
	pid_t pid;

	work_append(work, 0, 1);
	pid = fork();
	if (pid == 0) {
		for (int force = 0; force < 2; force++)
			work_assert_refused(
				force, FAILURE_ENVIRONMENT, ": another process is writing it");
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	work_complete(work);
}

TEST(a_name_that_went_is_not_taken_for_the_file)
{
	struct sweep_work *work = work_open_good(0);

	work_append(work, 0, 1);
	ck_assert_int_eq(unlink(files.name), 0);
	sweep_work_close(work);
	work_complete(work_open_good(0));
}

TEST(a_folder_that_cannot_be_written_is_reported_at_once)
{
	if (geteuid() == 0) {
		suite_skip("root may write everywhere");
		return;
	}
	ck_assert_int_eq(chmod(files.dir, 0500), 0);
	work_assert_refused(false, FAILURE_ENVIRONMENT, ": Permission denied");
	ck_assert_int_eq(chmod(files.dir, 0700), 0);
}

/* --- what must not be --- */

TEST(a_row_that_could_not_be_read_is_refused)
{
	struct sweep_work *work = work_open_good(0);
	char *row = g_strnfill(CSV_LINE_MAX + 1, '1');
	GError *error = NULL;

	work_append(work, 0, 1);
	ck_assert(!sweep_work_append(work, row, &error));
	work_assert_error(error, FAILURE_INPUT, ": a row is longer than 1048576 bytes");
	row[CSV_LINE_MAX] = '\0';
	sweep_work_close(work);
	work = sweep_work_open(files.path, SWEEP_TEXT_HEAD, WORK_ROWS, true, NULL);
	ck_assert(sweep_work_append(work, row, NULL));
	sweep_work_close(work);
	sweep_work_close(work_open_good(1));
	g_free(row);
}

TEST_SIGNAL(a_row_is_one_line, SIGABRT)
{
	sweep_work_append(work_open_good(0), "1\n2", NULL);
}

TEST_SIGNAL(a_row_is_no_comment, SIGABRT)
{
	sweep_work_append(work_open_good(0), "# 1", NULL);
}

TEST_SIGNAL(after_a_failure_nothing_is_appended, SIGABRT)
{
	enum { MANY = 5000 };
	struct sweep_work *work = sweep_work_open(files.path, SWEEP_TEXT_HEAD, MANY, false, NULL);
	bool good = true;

	limit_file_size(20000);
	while (good)
		good = sweep_work_append(work, "1", NULL);
	sweep_work_append(work, "1", NULL);
}
