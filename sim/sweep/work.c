/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* realpath, lstat, O_NOFOLLOW */
#include "sim/sweep/work.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/csv.h"
#include "sim/base/failure.h"

enum {
	BATCH = 1 << 16,  /* bytes of rows in a transaction */
	PATH_BYTES = 500, /* SQLite takes no longer names */
};

static const char schema[] = "CREATE TABLE head(text TEXT);"
			     "CREATE TABLE row(id INTEGER PRIMARY KEY, digest INTEGER, text TEXT)";

struct sweep_work {
	char *path; /* for messages */
	char *name; /* the same file, by a name without links */
	sqlite3 *db;
	sqlite3_stmt *insert;
	uint64_t rows;
	uint64_t digest; /* of the head and all rows */
	size_t waiting;  /* bytes of rows whose transaction has not ended */
	char *failure;   /* the message of the first failure; NULL = none */
	bool locked;     /* no other process has the file */
};

char *sweep_work_path(const char *path)
{
	return g_strconcat(path, ".part", NULL);
}

/* --- what is wrong --- */

/* The reason of the last error of SQLite: that of the system, if it has one. @system_number: errno
 * after the call. */
static const char *reason_of(sqlite3 *db, int system_number)
{
	int number = sqlite3_system_errno(db), code = sqlite3_errcode(db) & 0xff;

	if (code == SQLITE_FULL)
		return g_strerror(ENOSPC);
	if (code != SQLITE_IOERR && code != SQLITE_CANTOPEN)
		return sqlite3_errmsg(db);
	/* SQLite forgets it at the end of a transaction */
	return g_strerror(number ? number : system_number);
}

static bool fail_damaged(const struct sweep_work *work, GError **error)
{
	return failure_input(error,
		"%s: damaged after %" G_GUINT64_FORMAT " rows; --force begins anew", work->path,
		work->rows);
}

static bool fail_other(const struct sweep_work *work, GError **error)
{
	return failure_input(error,
		"%s: is there and no work file of a sweep; choose another -o, or --force replaces "
		"it",
		work->path);
}

/* The last call of SQLite failed. */
static bool fail_sqlite(const struct sweep_work *work, GError **error)
{
	int number = errno;

	switch (sqlite3_errcode(work->db) & 0xff) {
	case SQLITE_BUSY:
		return failure_environment(error, "%s: another process is writing it", work->path);
	case SQLITE_READONLY: /* the system's, or the file says so */
		if (access(work->name, W_OK) != 0)
			return failure_write(error, work->path, errno);
		return fail_other(work, error);
	case SQLITE_NOTADB:
	case SQLITE_ERROR:
		return fail_other(work, error);
	case SQLITE_CORRUPT:
		return fail_damaged(work, error);
	default:
		return failure_environment(
			error, "%s: %s", work->path, reason_of(work->db, number));
	}
}

static bool execute(const struct sweep_work *work, const char *sql, GError **error)
{
	return sqlite3_exec(work->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
	       fail_sqlite(work, error);
}

/* --- opening --- */

/* SQLite opens these files by their names, and would wait for whoever is to write to a FIFO. */
static bool check_names(const char *path, GError **error)
{
	static const char *const endings[] = { "", "-journal", "-wal" };

	for (unsigned i = 0; i < G_N_ELEMENTS(endings); i++) {
		g_autofree char *name = g_strconcat(path, endings[i], NULL);
		struct stat status;

		if (lstat(name, &status) != 0) {
			if (errno != ENOENT)
				return failure_write(error, name, errno);
		} else if (!S_ISREG(status.st_mode)) {
			return failure_environment(error, "%s: not a regular file", name);
		} else if (status.st_nlink > 1) {
			return failure_environment(
				error, "%s: has a second name (a hard link)", name);
		}
	}
	return true;
}

/* The file must not be one that somebody else made to be followed. */
static bool create(const char *path, GError **error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);

	if (fd >= 0)
		close(fd);
	else if (errno != EEXIST)
		return failure_write(error, path, errno);
	return check_names(path, error);
}

/* SQLite refuses links anywhere in a name: those of folders are resolved first. */
static char *resolve_folder(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path), *base = g_path_get_basename(path);
	char *resolved = realpath(folder, NULL);
	char *name = resolved ? g_build_filename(resolved, base, NULL) : g_strdup(path);

	free(resolved);
	return name;
}

/* The one that finished the sweep may have removed the file before it was ours. */
static bool check_place(const struct sweep_work *work, GError **error)
{
	int moved = 0;

	sqlite3_file_control(work->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	return !moved ||
	       failure_environment(error, "%s: another process is writing it", work->path);
}

static bool is_empty(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && status.st_size == 0;
}

/* Exclusive: SQLite then keeps its lock until it closes the file, and needs no memory that
 * processes share, which file systems across machines do not have. A file that is not empty may be
 * somebody else's: it is not changed here. */
static bool lock(struct sweep_work *work, GError **error)
{
	sqlite3_db_config(work->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_limit(work->db, SQLITE_LIMIT_LENGTH, CSV_HEAD_MAX + 4096);
	work->locked =
		execute(work,
			"PRAGMA trusted_schema = OFF;"
			"PRAGMA locking_mode = EXCLUSIVE;"
			"PRAGMA synchronous = NORMAL",
			error) &&
		(!is_empty(work->name) || execute(work, "PRAGMA journal_mode = WAL", error)) &&
		execute(work, "BEGIN EXCLUSIVE", error) && check_place(work, error);
	return work->locked;
}

/* Open the file @path, which must exist, lock it and begin a transaction. NULL sets @error. */
static struct sweep_work *connect(const char *path, GError **error)
{
	struct sweep_work *work = g_new0(struct sweep_work, 1);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;

	work->path = g_strdup(path);
	work->name = resolve_folder(path);
	if (strlen(work->name) > PATH_BYTES)
		failure_environment(
			error, "%s: its path is longer than %d bytes", path, PATH_BYTES);
	else if (sqlite3_open_v2(work->name, &work->db, flags, NULL) != SQLITE_OK)
		fail_sqlite(work, error);
	else if (lock(work, error))
		return work;
	sweep_work_close(work);
	return NULL;
}

/* --- what is there --- */

static bool prepare(
	const struct sweep_work *work, const char *sql, sqlite3_stmt **statement, GError **error)
{
	return sqlite3_prepare_v2(work->db, sql, -1, statement, NULL) == SQLITE_OK ||
	       fail_sqlite(work, error);
}

/* The only value that @sql gives, as text; *@text is NULL if there is none. The caller frees it. */
static bool query_text(const struct sweep_work *work, const char *sql, char **text, GError **error)
{
	sqlite3_stmt *statement = NULL;
	bool good;

	*text = NULL;
	if (!prepare(work, sql, &statement, error))
		return false;
	good = sqlite3_step(statement) == SQLITE_ROW || fail_sqlite(work, error);
	if (good)
		*text = g_strdup((const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	return good;
}

/* *@empty = whether there is nothing yet. False if the file is not one of ours. */
static bool check_schema(const struct sweep_work *work, bool *empty, GError **error)
{
	g_autofree char *found = NULL;

	if (!query_text(work,
		    "SELECT group_concat(sql, ';') FROM "
		    "(SELECT sql FROM sqlite_schema ORDER BY rowid)",
		    &found, error))
		return false;
	*empty = !found;
	return *empty || strcmp(found, schema) == 0 || fail_other(work, error);
}

static bool check_head(const struct sweep_work *work, const char *head, GError **error)
{
	g_autofree char *found = NULL, *found_line = NULL, *expected_line = NULL;
	unsigned line;

	if (!query_text(work, "SELECT max(text) FROM head", &found, error))
		return false;
	if (!found)
		return fail_damaged(work, error);
	line = sweep_head_difference(found, head, &found_line, &expected_line);
	if (!line)
		return true;
	return failure_input(error,
		"%s: rows of another sweep: line %u of its head is %s, expected %s; choose another "
		"-o, or --force begins anew",
		work->path, line, found_line, expected_line);
}

/* The digest with a row more. */
static uint64_t chain(uint64_t digest, const char *row, size_t length)
{
	return sweep_digest(sweep_digest(digest, row, length), "\n", 1);
}

/* Whether @text is what a row can be: the file may be damaged. */
static bool is_row(const char *text, size_t length)
{
	return text && length > 0 && length <= CSV_LINE_MAX && text[0] != '#' &&
	       !memchr(text, '\n', length) && !memchr(text, '\0', length);
}

/* The row that @statement is at must be the next one; count it, and write it to @result (NULL:
 * nowhere). */
static bool take_row(struct sweep_work *work, sqlite3_stmt *statement, struct sweep_result *result)
{
	const char *text = (const char *)sqlite3_column_text(statement, 2);
	size_t length = (size_t)sqlite3_column_bytes(statement, 2);

	if (!is_row(text, length))
		return false;
	work->digest = chain(work->digest, text, length);
	if ((uint64_t)sqlite3_column_int64(statement, 0) != work->rows ||
		(uint64_t)sqlite3_column_int64(statement, 1) != work->digest)
		return false;
	work->rows++;
	if (result)
		sweep_result_row(result, text, length);
	return true;
}

/* Go through all rows, at most @rows_max, whose head has @digest. */
static bool take_rows(struct sweep_work *work, uint64_t digest, uint64_t rows_max,
	struct sweep_result *result, GError **error)
{
	sqlite3_stmt *statement = NULL;
	bool good = true;
	int code;

	work->rows = 0;
	work->digest = digest;
	if (!prepare(work, "SELECT id, digest, text FROM row ORDER BY id", &statement, error))
		return false;
	while (good && (code = sqlite3_step(statement)) != SQLITE_DONE) {
		if (code != SQLITE_ROW)
			good = fail_sqlite(work, error);
		else if (work->rows == rows_max || !take_row(work, statement, result))
			good = fail_damaged(work, error);
	}
	sqlite3_finalize(statement);
	return good;
}

/* --- a file to append to --- */

static bool insert_head(const struct sweep_work *work, const char *head, GError **error)
{
	sqlite3_stmt *statement = NULL;
	bool good;

	if (!execute(work, schema, error) ||
		!prepare(work, "INSERT INTO head VALUES (?)", &statement, error))
		return false;
	sqlite3_bind_text(statement, 1, head, -1, SQLITE_STATIC);
	good = sqlite3_step(statement) == SQLITE_DONE || fail_sqlite(work, error);
	sqlite3_finalize(statement);
	return good;
}

/* Take over what is there, or begin. */
static bool load(struct sweep_work *work, const char *head, uint64_t rows_max, GError **error)
{
	uint64_t digest = sweep_digest(SWEEP_DIGEST_START, head, strlen(head));
	bool empty;

	if (!check_schema(work, &empty, error) ||
		!(empty ? insert_head(work, head, error) : check_head(work, head, error)) ||
		!take_rows(work, digest, rows_max, NULL, error))
		return false;
	return execute(work, "COMMIT; PRAGMA journal_mode = WAL", error) &&
	       prepare(work, "INSERT INTO row VALUES (?, ?, ?)", &work->insert, error);
}

/* What has the name is to go, unless another process has it. */
static bool clear_name(const char *path, GError **error)
{
	GError *fault = NULL;
	struct sweep_work *work = connect(path, &fault);

	if (work) {
		sweep_work_remove(work);
		sweep_work_close(work);
	} else if (!g_error_matches(fault, FAILURE, FAILURE_INPUT)) {
		g_propagate_error(error, fault);
		return false;
	} else {
		g_error_free(fault);
		if (unlink(path) != 0)
			return failure_write(error, path, errno);
	}
	return create(path, error);
}

struct sweep_work *sweep_work_open(
	const char *path, const char *head, uint64_t rows_max, bool force, GError **error)
{
	g_autofree char *name = sweep_work_path(path);
	struct sweep_work *work;

	if (!create(name, error) || (force && !clear_name(name, error)))
		return NULL;
	work = connect(name, error);
	if (!work || load(work, head, rows_max, error))
		return work;
	sweep_work_close(work);
	return NULL;
}

uint64_t sweep_work_rows(const struct sweep_work *work)
{
	return work->rows;
}

/* --- rows --- */

/* The first failure counts: SQLite takes back the transaction, and all later rows would lack those
 * before them. */
static bool fail_for_good(struct sweep_work *work, GError *fault, GError **error)
{
	work->failure = g_strdup(fault->message);
	g_propagate_error(error, fault);
	return false;
}

static bool fail_again(const struct sweep_work *work, GError **error)
{
	return failure_environment(error, "%s", work->failure);
}

static bool end_batch(struct sweep_work *work, GError **error)
{
	if (!work->waiting)
		return true;
	work->waiting = 0;
	return execute(work, "COMMIT", error);
}

static bool insert_row(struct sweep_work *work, const char *row, size_t length, GError **error)
{
	sqlite3_stmt *insert = work->insert;

	if (!work->waiting && !execute(work, "BEGIN", error))
		return false;
	work->digest = chain(work->digest, row, length);
	work->waiting += length;
	sqlite3_bind_int64(insert, 1, (sqlite3_int64)work->rows++);
	sqlite3_bind_int64(insert, 2, (sqlite3_int64)work->digest);
	sqlite3_bind_text(insert, 3, row, (int)length, SQLITE_STATIC);
	sqlite3_step(insert);
	if (sqlite3_reset(insert) != SQLITE_OK)
		return fail_sqlite(work, error);
	return work->waiting < BATCH || end_batch(work, error);
}

bool sweep_work_append(struct sweep_work *work, const char *row, GError **error)
{
	size_t length = strlen(row);
	GError *fault = NULL;

	if (work->failure)
		return fail_again(work, error);
	if (length > CSV_LINE_MAX)
		return failure_input(
			error, "%s: a row is longer than %d bytes", work->path, CSV_LINE_MAX);
	g_assert(is_row(row, length));
	g_assert(work->insert && work->locked);
	return insert_row(work, row, length, &fault) || fail_for_good(work, fault, error);
}

bool sweep_work_sync(struct sweep_work *work, GError **error)
{
	GError *fault = NULL;

	if (work->failure)
		return fail_again(work, error);
	if (end_batch(work, &fault) &&
		(sqlite3_wal_checkpoint_v2(work->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) ==
				SQLITE_OK ||
			fail_sqlite(work, &fault)))
		return true;
	return fail_for_good(work, fault, error);
}

bool sweep_work_export(struct sweep_work *work, struct sweep_result *result, GError **error)
{
	uint64_t rows = work->rows, digest = work->digest;

	if (work->failure)
		return fail_again(work, error);
	if (!end_batch(work, error) || !take_rows(work, result->digest, rows, result, error))
		return false;
	return (work->rows == rows && work->digest == digest) || fail_damaged(work, error);
}

void sweep_work_remove(struct sweep_work *work)
{
	g_autofree char *wal = g_strconcat(work->name, "-wal", NULL);

	sqlite3_finalize(work->insert);
	work->insert = NULL;
	/* SQLite must not remove what has the name of its second file after the lock is gone. */
	sqlite3_db_config(work->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	unlink(wal);
	work->locked = false;
	unlink(work->name);
}

void sweep_work_close(struct sweep_work *work)
{
	if (!work)
		return;
	if (work->insert && !work->failure)
		end_batch(work, NULL);
	sqlite3_finalize(work->insert);
	if (work->locked && is_empty(work->name))
		unlink(work->name);
	sqlite3_close(work->db);
	g_free(work->failure);
	g_free(work->name);
	g_free(work->path);
	g_free(work);
}

void sweep_work_remove_left_over(const char *path)
{
	g_autofree char *name = sweep_work_path(path);
	struct sweep_work *work;
	bool empty;

	if (!g_file_test(name, G_FILE_TEST_EXISTS) || !check_names(name, NULL))
		return;
	work = connect(name, NULL);
	if (work && check_schema(work, &empty, NULL))
		sweep_work_remove(work);
	sweep_work_close(work);
}
