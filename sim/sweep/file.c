/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* realpath, fsync, O_CLOEXEC, O_NOFOLLOW */
#include "sim/sweep/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/sweep/partial.h"
#include "sim/sweep/reader.h"

struct sweep_file {
	char *path;
	char *head;
	uint64_t rows;                 /* of the sweep */
	struct sweep_partial *partial; /* NULL = the whole file is there */
};

/* What has the name of the whole file. */
enum state { STATE_ABSENT, STATE_WHOLE, STATE_WRONG };

static bool fail_environment(GError **error, const char *path, int number)
{
	return sweep_fail(error, SWEEP_ERROR_ENVIRONMENT, "%s: %s", path, g_strerror(number));
}

/* What the reader would refuse must not come to be written. */
static bool check_head(const char *path, const char *head, GError **error)
{
	size_t length = strlen(head), column = 0;

	g_assert(length > 0 && head[length - 1] == '\n');
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)head[i];

		column = c == '\n' ? 0 : column + 1;
		if (column > SWEEP_ROW_MAX || length > SWEEP_HEAD_MAX)
			return sweep_fail(error, SWEEP_ERROR_INPUT,
				"%s: the axes are too long for the head of the file", path);
		if ((c < 0x20 && c != '\n') || c == 0x7f)
			return sweep_fail(error, SWEEP_ERROR_INPUT,
				"%s: the axes have byte 0x%02x, which does not belong there", path,
				c);
	}
	return true;
}

/* Pass on what a reader said of a file in the place of ours, and what can be done about it. */
static void fail_other(GError *fault, GError **error)
{
	if (fault->code == SWEEP_ERROR_INPUT)
		sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s; choose another -o, or --force replaces the file", fault->message);
	else
		g_set_error_literal(error, fault->domain, fault->code, fault->message);
	g_error_free(fault);
}

static bool check_same(const struct sweep_file *file, struct sweep_reader *reader, GError **error)
{
	char *found, *expected;
	unsigned line =
		sweep_head_difference(sweep_reader_head(reader), file->head, &found, &expected);

	if (line) {
		sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s:%u: is there and of another sweep: found %s, expected %s", file->path,
			line, found, expected);
		g_free(expected);
		g_free(found);
		return false;
	}
	if (sweep_reader_rows(reader) != file->rows)
		return sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s: is there and has %" G_GUINT64_FORMAT
			" rows, expected %" G_GUINT64_FORMAT,
			file->path, sweep_reader_rows(reader), file->rows);
	return true;
}

/* Read all of the file that is there. */
static bool check_whole(const struct sweep_file *file, GError **error)
{
	struct sweep_reader *reader;
	GError *fault = NULL;

	reader = sweep_reader_open(file->path, &fault);
	if (reader && check_same(file, reader, &fault))
		while (sweep_reader_next(reader, &fault))
			;
	sweep_reader_close(reader);
	if (!fault)
		return true;
	fail_other(fault, error);
	return false;
}

/* Look at what has the name PATH; with @force any file is as good as none. An empty one always is:
 * there is nothing to lose. */
static enum state examine(const struct sweep_file *file, bool force, GError **error)
{
	struct stat status;

	if (!*file->path)
		errno = ENOENT;
	else if (stat(file->path, &status) == 0)
		errno = S_ISDIR(status.st_mode) ? EISDIR : 0;
	else if (errno == ENOENT)
		return STATE_ABSENT;
	if (errno) {
		fail_environment(error, file->path, errno);
		return STATE_WRONG;
	}
	if (!S_ISREG(status.st_mode)) {
		sweep_fail(error, SWEEP_ERROR_ENVIRONMENT,
			"%s: not a regular file: a sweep that is stopped could not be gone on with",
			file->path);
		return STATE_WRONG;
	}
	if (status.st_size == 0 || force)
		return STATE_ABSENT;
	return check_whole(file, error) ? STATE_WHOLE : STATE_WRONG;
}

/* The file that a link leads to, else @path itself. The caller frees it. */
static char *resolve(const char *path)
{
	char *found = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? realpath(path, NULL) : NULL;
	char *target = g_strdup(found ? found : path);

	free(found);
	return target;
}

/* Rows of an older sweep must not be taken for those of the one that was begun in their place. A
 * link stays one. */
static bool remove_whole(const struct sweep_file *file, GError **error)
{
	bool link = g_file_test(file->path, G_FILE_TEST_IS_SYMLINK);
	int result = link ? truncate(file->path, 0) : unlink(file->path);

	if (result == 0 || errno == ENOENT)
		return true;
	return fail_environment(error, file->path, errno);
}

static bool begin(struct sweep_file *file, bool force, GError **error)
{
	enum state state = examine(file, force, error);

	if (state == STATE_WHOLE)
		sweep_partial_remove_left_over(file->path);
	if (state != STATE_ABSENT)
		return state == STATE_WHOLE;
	file->partial = sweep_partial_open(file->path, error);
	if (!file->partial)
		return false;
	/* Once more: who had the lock may have finished meanwhile. */
	state = examine(file, force, error);
	if (state == STATE_WHOLE) {
		sweep_partial_remove(file->partial);
		sweep_partial_close(file->partial);
		file->partial = NULL;
	}
	if (state != STATE_ABSENT)
		return state == STATE_WHOLE;
	if (force)
		return sweep_partial_begin(file->partial, file->head, error) &&
		       remove_whole(file, error);
	return sweep_partial_load(file->partial, file->head, file->rows, error);
}

struct sweep_file *sweep_file_open(const char *path, const char *head, uint64_t rows, bool force,
	uint64_t *done, GError **error)
{
	struct sweep_file *file;

	if (!check_head(path, head, error))
		return NULL;
	file = g_new0(struct sweep_file, 1);
	file->path = g_strdup(path);
	file->head = g_strdup(head);
	file->rows = rows;
	if (begin(file, force, error)) {
		*done = file->partial ? sweep_partial_rows(file->partial) : rows;
		return file;
	}
	sweep_file_close(file);
	return NULL;
}

bool sweep_file_append(struct sweep_file *file, const char *row, GError **error)
{
	g_assert(file->partial && sweep_partial_rows(file->partial) < file->rows);
	return sweep_partial_append(file->partial, row, error);
}

bool sweep_file_sync(struct sweep_file *file, GError **error)
{
	return !file->partial || sweep_partial_sync(file->partial, error);
}

/* Made from the name, so that what a crash leaves is found and used by who comes next; and no
 * longer than any name can be. */
static char *temporary_name(const char *target)
{
	char *dir = g_path_get_dirname(target), *base = g_path_get_basename(target);
	uint64_t digest = hash_bytes(HASH_BYTES_START, base, strlen(base));
	char *name = g_strdup_printf("%s/.cidsim-%016" G_GINT64_MODIFIER "x", dir, digest);

	g_free(base);
	g_free(dir);
	return name;
}

/* What could not be written is not lost. */
static bool fail_finish(const struct sweep_file *file, GError **error, const char *what)
{
	char *partial = sweep_file_partial(file->path);

	sweep_fail(error, SWEEP_ERROR_ENVIRONMENT, "%s; all rows are in %s", what, partial);
	g_free(partial);
	return false;
}

static bool fail_finish_file(const struct sweep_file *file, int number, GError **error)
{
	char *what = g_strdup_printf("%s: %s", file->path, g_strerror(number));

	fail_finish(file, error, what);
	g_free(what);
	return false;
}

/* Write the whole file to @fd. */
static bool write_whole(const struct sweep_file *file, int fd, GError **error)
{
	struct output *out = output_on_descriptor(fd, file->path);
	struct sweep_whole whole;
	GError *fault = NULL;
	bool good;

	sweep_whole_begin(&whole, out, file->head);
	if (!sweep_partial_copy(file->partial, &whole, error)) {
		output_discard(out);
		return false;
	}
	g_assert(whole.rows == file->rows);
	g_assert(whole.digest == sweep_partial_digest(file->partial));
	sweep_whole_end(&whole);
	good = output_close(out, &fault);
	if (!good) {
		fail_finish(file, error, fault->message);
		g_error_free(fault);
	} else if (fsync(fd) != 0) {
		good = fail_finish_file(file, errno, error);
	}
	return good;
}

/* Write the file @temporary and give it the name @target. */
static bool publish(
	const struct sweep_file *file, const char *temporary, const char *target, GError **error)
{
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
	bool good;

	if (fd < 0)
		return fail_finish_file(file, errno, error);
	good = write_whole(file, fd, error);
	if (close(fd) != 0 && errno != EINTR && good)
		good = fail_finish_file(file, errno, error);
	if (good && rename(temporary, target) != 0)
		good = fail_finish_file(file, errno, error);
	if (!good)
		unlink(temporary);
	return good;
}

static bool fail_taken(const struct sweep_file *file, GError **error)
{
	char *what = g_strdup_printf("%s: something else got this name while the sweep ran: move "
				     "it away, and the same command finishes",
		file->path);

	fail_finish(file, error, what);
	g_free(what);
	return false;
}

bool sweep_file_finish(struct sweep_file *file, GError **error)
{
	char *target, *temporary;
	enum state state;
	bool good;

	if (!file->partial)
		return true;
	g_assert(sweep_partial_rows(file->partial) == file->rows);
	/* The name was free when the sweep began, which may be long ago. */
	state = examine(file, false, NULL);
	if (state == STATE_WRONG)
		return fail_taken(file, error);
	target = resolve(file->path);
	temporary = temporary_name(target);
	good = state == STATE_WHOLE || publish(file, temporary, target, error);
	if (good) {
		/* not the rows before the name that they have now */
		sweep_sync_directory(target);
		sweep_partial_remove(file->partial);
	}
	g_free(temporary);
	g_free(target);
	return good;
}

void sweep_file_close(struct sweep_file *file)
{
	if (!file)
		return;
	if (file->partial)
		sweep_partial_close(file->partial);
	g_free(file->head);
	g_free(file->path);
	g_free(file);
}
