/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* fsync, truncate, O_CLOEXEC, O_DIRECTORY */
#include "sim/sweep/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/csv.h"
#include "sim/base/failure.h"
#include "sim/base/output.h"
#include "sim/sweep/reader.h"
#include "sim/sweep/result.h"
#include "sim/sweep/work.h"

struct sweep_file {
	char *path;   /* as the user gave it */
	char *target; /* the same file; where @path is a link, what it leads to */
	char *head;
	uint64_t rows;           /* of the sweep */
	struct sweep_work *work; /* NULL = the result file is complete */
};

/* What has the name of the result file. */
enum found { FOUND_NOTHING, FOUND_COMPLETE, FOUND_OTHER };

/* What the reader would refuse must not be written. */
static bool check_new_head(const char *path, const char *head, GError **error)
{
	size_t length = strlen(head), column = 0;

	g_assert(length > 0 && head[length - 1] == '\n');
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)head[i];

		column = c == '\n' ? 0 : column + 1;
		if (column > CSV_LINE_MAX || length > CSV_HEAD_MAX)
			return failure_input(
				error, "%s: the axes are too long for the head of the file", path);
		if ((c < 0x20 && c != '\n') || c == 0x7f)
			return failure_input(error,
				"%s: the axes have byte 0x%02x, which does not belong there", path,
				c);
	}
	return true;
}

/* --- a file that has the name --- */

/* Pass on what a reader said of it, and what can be done about that. */
static void fail_occupied(GError *fault, GError **error)
{
	if (g_error_matches(fault, FAILURE, FAILURE_INPUT))
		failure_input(error, "%s; choose another -o, or --force replaces the file",
			fault->message);
	else
		failure_environment(error, "%s", fault->message);
	g_error_free(fault);
}

static bool check_same_sweep(
	const struct sweep_file *file, const struct sweep_reader *reader, GError **error)
{
	g_autofree char *found = NULL, *expected = NULL;
	unsigned line =
		sweep_head_difference(csv_reader_head(reader->csv), file->head, &found, &expected);

	if (line)
		return failure_input(error,
			"%s:%u: exists and is of another sweep: found %s, expected %s", file->path,
			line, found, expected);
	if (reader->rows != file->rows)
		return failure_input(error,
			"%s: is there and has %" G_GUINT64_FORMAT
			" rows, expected %" G_GUINT64_FORMAT,
			file->path, reader->rows, file->rows);
	return true;
}

/* Read all of it. */
static bool check_complete(const struct sweep_file *file, GError **error)
{
	struct sweep_reader *reader;
	GError *fault = NULL;

	reader = sweep_reader_open(file->path, &fault);
	if (reader && check_same_sweep(file, reader, &fault))
		while (sweep_reader_next(reader, &fault))
			continue;
	sweep_reader_close(reader);
	if (!fault)
		return true;
	fail_occupied(fault, error);
	return false;
}

/* FOUND_OTHER sets @error. With @force any regular file is as good as none. An empty one always is:
 * there is nothing to lose. */
static enum found examine(const struct sweep_file *file, bool force, GError **error)
{
	struct stat status;

	if (stat(file->target, &status) != 0) {
		if (errno == ENOENT && *file->target)
			return FOUND_NOTHING;
		failure_file(error, file->path, errno);
	} else if (S_ISDIR(status.st_mode)) {
		failure_file(error, file->path, EISDIR);
	} else if (!S_ISREG(status.st_mode)) {
		failure_environment(error,
			"%s: not a regular file: a sweep that is stopped could not continue",
			file->path);
	} else if (status.st_size == 0 || force) {
		return FOUND_NOTHING;
	} else if (check_complete(file, error)) {
		return FOUND_COMPLETE;
	}
	return FOUND_OTHER;
}

/* --- opening --- */

/* Rows of an older sweep must not be taken for those of the one that was begun in their place. A
 * link must find what it leads to. */
static bool remove_result(const struct sweep_file *file, GError **error)
{
	bool link = g_file_test(file->path, G_FILE_TEST_IS_SYMLINK);
	int result = link ? truncate(file->target, 0) : unlink(file->target);

	g_assert(file->work);
	return result == 0 || errno == ENOENT || failure_file(error, file->path, errno);
}

/* The result file is complete. A work file of the same sweep that no process has is of no use. */
static void remove_left_over(const struct sweep_file *file)
{
	g_autofree char *name = sweep_work_path(file->target);
	struct sweep_work *work;

	g_assert(!file->work);
	if (!g_file_test(name, G_FILE_TEST_EXISTS))
		return;
	work = sweep_work_open(file->target, file->head, file->rows, false, NULL);
	if (work)
		sweep_work_remove(work);
	sweep_work_close(work);
}

static bool begin_file(struct sweep_file *file, bool force, GError **error)
{
	enum found found = examine(file, force, error);

	g_assert(!file->work);
	if (found == FOUND_COMPLETE)
		remove_left_over(file);
	if (found != FOUND_NOTHING)
		return found == FOUND_COMPLETE;
	file->work = sweep_work_open(file->target, file->head, file->rows, force, error);
	if (!file->work)
		return false;
	/* Once more: another process may have finished the sweep in the meantime. */
	found = examine(file, force, error);
	if (found == FOUND_COMPLETE) {
		sweep_work_remove(file->work);
		sweep_work_close(file->work);
		file->work = NULL;
	}
	if (found == FOUND_NOTHING && force)
		return remove_result(file, error);
	return found != FOUND_OTHER;
}

struct sweep_file *sweep_file_open(const char *path, const char *head, uint64_t rows, bool force,
	uint64_t *done, GError **error)
{
	struct sweep_file *file;

	if (!check_new_head(path, head, error))
		return NULL;
	file = g_new0(struct sweep_file, 1);
	file->path = g_strdup(path);
	file->target = output_target(path);
	file->head = g_strdup(head);
	file->rows = rows;
	if (begin_file(file, force, error)) {
		*done = file->work ? sweep_work_rows(file->work) : rows;
		g_assert(*done <= rows);
		return file;
	}
	sweep_file_close(file);
	return NULL;
}

const char *sweep_file_target(const struct sweep_file *file)
{
	return file->target;
}

bool sweep_file_append(struct sweep_file *file, const char *row, GError **error)
{
	g_assert(file->work && sweep_work_rows(file->work) < file->rows);
	return sweep_work_append(file->work, row, error);
}

bool sweep_file_sync(struct sweep_file *file, GError **error)
{
	return !file->work || sweep_work_sync(file->work, error);
}

/* --- the end --- */

/* What could not be written is not lost. */
static bool fail_finish(const struct sweep_file *file, GError **error, const char *reason)
{
	g_autofree char *work = sweep_work_path(file->target);

	g_assert(file->work);
	return failure_environment(error, "%s; all rows are in %s", reason, work);
}

/* Let names in the folder of @path be on the disk, as far as the system can. */
static void sync_folder(const char *path)
{
	g_autofree char *folder = g_path_get_dirname(path);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	/* some file systems cannot, and there is nothing that could be done then */
	if (fsync(fd) != 0)
		g_debug("%s: %s", folder, g_strerror(errno));
	close(fd);
}

/* Write the result file and give it its name. */
static bool publish(const struct sweep_file *file, GError **error)
{
	g_autofree char *work = sweep_work_path(file->target);
	g_autofree char *hidden = g_strconcat(work, "-csv", NULL);
	g_autoptr(GError) fault = NULL;
	struct output *out = output_open_as(file->target, hidden, &fault);
	struct sweep_result result;

	g_assert(sweep_work_rows(file->work) == file->rows);
	if (!out)
		return fail_finish(file, error, fault->message);
	sweep_result_begin(&result, out, file->head);
	if (!sweep_work_export(file->work, &result, error)) {
		sweep_result_discard(&result);
		return false;
	}
	g_assert(result.rows == file->rows);
	return sweep_result_finish(&result, &fault) || fail_finish(file, error, fault->message);
}

bool sweep_file_finish(struct sweep_file *file, GError **error)
{
	enum found found;

	if (!file->work)
		return true;
	g_assert(sweep_work_rows(file->work) == file->rows);
	/* The name was free when the sweep began, which may be long ago. */
	found = examine(file, false, NULL);
	if (found == FOUND_OTHER) {
		g_autofree char *reason = g_strdup_printf(
			"%s: something else got this name while the sweep ran: move it away, and "
			"the same command finishes",
			file->path);

		return fail_finish(file, error, reason);
	}
	if (found == FOUND_NOTHING && !publish(file, error))
		return false;
	/* The rows must not go before the name that they have now is on the disk. */
	sync_folder(file->target);
	sweep_work_remove(file->work);
	return true;
}

void sweep_file_close(struct sweep_file *file)
{
	if (!file)
		return;
	sweep_work_close(file->work);
	g_free(file->head);
	g_free(file->target);
	g_free(file->path);
	g_free(file);
}
