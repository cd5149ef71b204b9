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

static const char schema[] = "CREATE TABLE part(id INTEGER PRIMARY KEY, digest INTEGER, text TEXT)";

struct sweep_work {
	char *path; /* for messages */
	char *name; /* the same file, by a name without links */
	sqlite3 *db;
	sqlite3_stmt *insert;
	uint64_t parts;  /* the head and the rows, as far as there are any */
	uint64_t digest; /* of them */
	size_t waiting;  /* bytes whose transaction has not ended */
	bool failed;     /* parts may be missing */
};

char *sweep_work_path(const char *path)
{
	return g_strconcat(path, ".part", NULL);
}

uint64_t sweep_work_rows(const struct sweep_work *work)
{
	g_assert(work->parts >= 1);
	return work->parts - 1;
}

/* --- what is wrong --- */

static bool fail_damaged(const struct sweep_work *work, GError **error)
{
	return failure_input(error,
		"%s: damaged after %" G_GUINT64_FORMAT " rows; --force begins anew", work->path,
		MAX(work->parts, 1) - 1);
}

static bool fail_other(const struct sweep_work *work, GError **error)
{
	return failure_input(error,
		"%s: is there and no work file of a sweep; choose another -o, or --force replaces "
		"it",
		work->path);
}

static bool fail_busy(const struct sweep_work *work, GError **error)
{
	return failure_environment(error, "%s: another process is writing it", work->path);
}

/* The last call of SQLite failed; errno is of the call of the system that did. */
static bool fail_sqlite(struct sweep_work *work, GError **error)
{
	int number = errno;

	work->failed = true;
	switch (sqlite3_errcode(work->db) & 0xff) {
	case SQLITE_BUSY:
		return fail_busy(work, error);
	case SQLITE_FULL:
		return failure_file(error, work->path, ENOSPC);
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
		return failure_file(error, work->path, number ? number : EIO);
	case SQLITE_READONLY: /* the system's, or the file says so */
		if (access(work->name, W_OK) != 0)
			return failure_file(error, work->path, errno);
		return fail_other(work, error);
	case SQLITE_NOTADB:
	case SQLITE_ERROR:
		return fail_other(work, error);
	case SQLITE_CORRUPT:
		return fail_damaged(work, error);
	default:
		return failure_environment(error, "%s: %s", work->path, sqlite3_errmsg(work->db));
	}
}

static bool execute(struct sweep_work *work, const char *sql, GError **error)
{
	return sqlite3_exec(work->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
	       fail_sqlite(work, error);
}

static bool prepare(
	struct sweep_work *work, const char *sql, sqlite3_stmt **statement, GError **error)
{
	return sqlite3_prepare_v2(work->db, sql, -1, statement, NULL) == SQLITE_OK ||
	       fail_sqlite(work, error);
}

/* --- opening --- */

/* SQLite opens these files by their names, and would wait for whoever is to write to a FIFO. */
static bool check_kinds_of_file(const char *path, GError **error)
{
	static const char *const endings[] = { "", "-journal", "-wal" };

	for (unsigned i = 0; i < G_N_ELEMENTS(endings); i++) {
		g_autofree char *name = g_strconcat(path, endings[i], NULL);
		struct stat status;

		if (lstat(name, &status) != 0) {
			if (errno != ENOENT)
				return failure_file(error, name, errno);
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
static bool create_empty(const char *path, GError **error)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);

	if (fd >= 0)
		close(fd);
	else if (errno != EEXIST)
		return failure_file(error, path, errno);
	return check_kinds_of_file(path, error);
}

/* SQLite refuses links anywhere in a name: those of folders are resolved first. */
static char *resolve_folder(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path), *base = g_path_get_basename(path);
	char *resolved = realpath(folder, NULL);
	char *name = resolved ? g_build_filename(resolved, base, NULL) : g_strdup(path);

	g_assert(g_str_has_suffix(path, ".part"));
	free(resolved);
	return name;
}

/* The process that finished the sweep may have removed the file before it was ours. */
static bool check_place(const struct sweep_work *work, GError **error)
{
	int moved = 0;

	sqlite3_file_control(work->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
	return !moved || fail_busy(work, error);
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
	return execute(work,
		       "PRAGMA trusted_schema = OFF;"
		       "PRAGMA locking_mode = EXCLUSIVE;"
		       "PRAGMA synchronous = NORMAL",
		       error) &&
	       (!is_empty(work->name) || execute(work, "PRAGMA journal_mode = WAL", error)) &&
	       execute(work, "BEGIN EXCLUSIVE", error) && check_place(work, error);
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

/* *@empty = whether there is nothing yet. False if the file is not one of ours. */
static bool check_schema(struct sweep_work *work, bool *empty, GError **error)
{
	static const char query[] = "SELECT group_concat(sql, ';') FROM sqlite_schema";
	sqlite3_stmt *statement = NULL;
	const char *found;
	bool good;

	g_assert(work->parts == 0);
	if (!prepare(work, query, &statement, error))
		return false;
	good = sqlite3_step(statement) == SQLITE_ROW || fail_sqlite(work, error);
	found = good ? (const char *)sqlite3_column_text(statement, 0) : NULL;
	*empty = !found;
	good = good && (!found || strcmp(found, schema) == 0 || fail_other(work, error));
	sqlite3_finalize(statement);
	return good;
}

static bool check_head(
	const struct sweep_work *work, const char *found, const char *head, GError **error)
{
	g_autofree char *found_line = NULL, *expected_line = NULL;
	unsigned line = sweep_head_difference(found, head, &found_line, &expected_line);

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
	return hash_bytes(hash_bytes(digest, row, length), "\n", 1);
}

/* Whether @text is what a row can be: the file may be damaged. */
static bool is_row(const char *text, size_t length)
{
	return length > 0 && length <= CSV_LINE_MAX && text[0] != '#' &&
	       !memchr(text, '\n', length) && !memchr(text, '\0', length);
}

/* Take the part that @statement is at, which must be the next one: first @head (NULL: whatever it
 * is), then rows, which are written to @result (NULL: nowhere). */
static bool take_part(struct sweep_work *work, sqlite3_stmt *statement, const char *head,
	struct sweep_result *result, GError **error)
{
	const char *text = (const char *)sqlite3_column_text(statement, 2);
	size_t length = (size_t)sqlite3_column_bytes(statement, 2);
	bool first = work->parts == 0;

	if (!text || (uint64_t)sqlite3_column_int64(statement, 0) != work->parts ||
		!(first ? g_str_has_suffix(text, "\n") : is_row(text, length)))
		return fail_damaged(work, error);
	if (first && head && !check_head(work, text, head, error))
		return false;
	work->digest = first ? hash_bytes(HASH_BYTES_START, text, length)
	                     : chain(work->digest, text, length);
	if ((uint64_t)sqlite3_column_int64(statement, 1) != work->digest)
		return fail_damaged(work, error);
	work->parts++;
	if (result && !first)
		sweep_result_row(result, text, length);
	else if (result && !result->digest)
		sweep_result_begin(result, result->out, text);
	return true;
}

/* Take all that is there. */
static bool take_parts(
	struct sweep_work *work, const char *head, struct sweep_result *result, GError **error)
{
	sqlite3_stmt *statement = NULL;
	bool good = true;
	int code;

	g_assert(work->waiting == 0);
	work->parts = 0;
	if (!prepare(work, "SELECT id, digest, text FROM part ORDER BY id", &statement, error))
		return false;
	while (good && (code = sqlite3_step(statement)) != SQLITE_DONE)
		good = code == SQLITE_ROW ? take_part(work, statement, head, result, error)
		                          : fail_sqlite(work, error);
	sqlite3_finalize(statement);
	return good && (work->parts > 0 || fail_damaged(work, error));
}

/* --- appending --- */

static bool end_batch(struct sweep_work *work, GError **error)
{
	g_assert(!work->failed);
	if (!work->waiting)
		return true;
	work->waiting = 0;
	return execute(work, "COMMIT", error);
}

/* @digest: of all parts, with this one. */
static bool insert_part(
	struct sweep_work *work, const char *text, size_t length, uint64_t digest, GError **error)
{
	sqlite3_stmt *statement = work->insert;

	g_assert(!work->failed);
	sqlite3_bind_int64(statement, 1, (sqlite3_int64)work->parts);
	sqlite3_bind_int64(statement, 2, (sqlite3_int64)digest);
	sqlite3_bind_text(statement, 3, text, (int)length, SQLITE_STATIC);
	sqlite3_step(statement);
	if (sqlite3_reset(statement) != SQLITE_OK)
		return fail_sqlite(work, error);
	work->digest = digest;
	work->parts++;
	work->waiting += length;
	return true;
}

bool sweep_work_append(struct sweep_work *work, const char *row, GError **error)
{
	size_t length = strlen(row);

	if (length > CSV_LINE_MAX)
		return failure_input(
			error, "%s: a row is longer than %d bytes", work->path, CSV_LINE_MAX);
	g_assert(is_row(row, length));
	return (work->waiting || execute(work, "BEGIN", error)) &&
	       insert_part(work, row, length, chain(work->digest, row, length), error) &&
	       (work->waiting < BATCH || end_batch(work, error));
}

bool sweep_work_sync(struct sweep_work *work, GError **error)
{
	g_assert(work->insert);
	return end_batch(work, error) &&
	       (sqlite3_wal_checkpoint_v2(work->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) ==
			       SQLITE_OK ||
		       fail_sqlite(work, error));
}

bool sweep_work_export(struct sweep_work *work, struct sweep_result *result, GError **error)
{
	uint64_t parts = work->parts, digest = work->digest;

	g_assert(result->rows == 0);
	if (!end_batch(work, error) || !take_parts(work, NULL, result, error))
		return false;
	return (work->parts == parts && work->digest == digest) || fail_damaged(work, error);
}

/* --- the file --- */

bool sweep_work_copy(const char *path, struct output *out, GError **error)
{
	struct sweep_result result = { .out = out };
	bool named = g_str_has_suffix(path, ".part"), empty, good;
	struct sweep_work *work;

	if (!named)
		return failure_input(error, "%s: the name of a work file ends in .part", path);
	work = check_kinds_of_file(path, error) ? connect(path, error) : NULL;
	if (!work)
		return false;
	good = check_schema(work, &empty, error) &&
	       (!empty || failure_input(error, "%s: has no rows yet", path)) &&
	       take_parts(work, NULL, &result, error);
	if (good)
		sweep_result_end(&result);
	g_assert(!good || result.rows == sweep_work_rows(work));
	work->failed = true;
	sweep_work_close(work);
	return good;
}

static bool prepare_insert(struct sweep_work *work, GError **error)
{
	return prepare(work, "INSERT INTO part VALUES (?, ?, ?)", &work->insert, error);
}

static bool begin_parts(struct sweep_work *work, const char *head, GError **error)
{
	size_t length = strlen(head);

	g_assert(work->parts == 0);
	return execute(work, schema, error) && prepare_insert(work, error) &&
	       insert_part(work, head, length, hash_bytes(HASH_BYTES_START, head, length), error);
}

static bool resume(struct sweep_work *work, const char *head, uint64_t rows_max, GError **error)
{
	return take_parts(work, head, NULL, error) &&
	       (sweep_work_rows(work) <= rows_max || fail_damaged(work, error)) &&
	       prepare_insert(work, error);
}

static bool begin_or_resume(
	struct sweep_work *work, const char *head, uint64_t rows_max, GError **error)
{
	bool empty;

	if (!check_schema(work, &empty, error) ||
		!(empty ? begin_parts(work, head, error) : resume(work, head, rows_max, error)))
		return false;
	work->waiting = 0;
	g_assert(work->parts >= 1);
	return execute(work, "COMMIT; PRAGMA journal_mode = WAL", error);
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
			return failure_file(error, path, errno);
	}
	return create_empty(path, error);
}

struct sweep_work *sweep_work_open(
	const char *path, const char *head, uint64_t rows_max, bool force, GError **error)
{
	g_autofree char *name = sweep_work_path(path);
	struct sweep_work *work;

	g_assert(g_str_has_suffix(head, "\n"));
	if (!create_empty(name, error) || (force && !clear_name(name, error)))
		return NULL;
	work = connect(name, error);
	if (!work || begin_or_resume(work, head, rows_max, error))
		return work;
	work->failed = true;
	sweep_work_close(work);
	return NULL;
}

void sweep_work_remove(struct sweep_work *work)
{
	g_autofree char *wal = g_strconcat(work->name, "-wal", NULL);

	sqlite3_finalize(work->insert);
	work->insert = NULL;
	/* SQLite must not remove what has the name of its second file after the lock is gone. */
	sqlite3_db_config(work->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	unlink(wal);
	unlink(work->name);
}

void sweep_work_close(struct sweep_work *work)
{
	if (!work)
		return;
	if (!work->failed)
		end_batch(work, NULL);
	sqlite3_finalize(work->insert);
	sqlite3_close(work->db);
	g_free(work->name);
	g_free(work->path);
	g_free(work);
}
