/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/reader.h"

#include <glib/gstdio.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/base/values.h"
#include "sim/sweep/result.h"
#include "sim/sweep/work.h"

enum { FIRST_MAX = 256 }; /* bytes of the first line of a result file */

/* "# cidsim VERSION sweep" or "… sweep-summary"; VERSION may have a commit, "0.1.0 (1a2b3c)" */
static bool is_first_line(const char *line)
{
	static const char begin[] = "# cidsim ";
	const char *kind;

	if (!g_str_has_prefix(line, begin))
		return false;
	line += strlen(begin);
	kind = strchr(line, ' ');
	if (kind && g_str_has_prefix(kind, " (") && strchr(kind, ')'))
		kind = strchr(kind, ')') + 1;
	return kind && kind > line && g_str_is_ascii(line) &&
	       (strcmp(kind, " sweep") == 0 || strcmp(kind, " sweep-summary") == 0);
}

static bool check_first_line(const struct csv_reader *csv, GError **error)
{
	char line[FIRST_MAX + 1];
	size_t length = (size_t)MIN(csv_reader_size(csv), FIRST_MAX);
	g_autofree char *quoted = NULL;

	g_assert(csv_reader_size(csv) > 0);
	if (!csv_reader_bytes(csv, line, length, 0, error))
		return false;
	line[length] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (is_first_line(line))
		return true;
	if (g_str_has_prefix(line, "SQLite format 3"))
		return failure_input(error,
			"%s: the work file of a sweep that is not finished; the command that began "
			"it continues it, 'cidsim plot' draws what is there",
			csv_reader_path(csv));
	quoted = value_quote(line);
	return failure_input(error,
		"%s:1: not a result file of a sweep: found %s, expected '# cidsim VERSION sweep'",
		csv_reader_path(csv), quoted);
}

/* Find the last line from the end: a file that was cut is refused before anything is read. */
static bool find_last_line(struct sweep_reader *reader, GError **error)
{
	uint64_t size = csv_reader_size(reader->csv);
	char tail[SWEEP_LAST_LINE_MAX];
	size_t length = (size_t)MIN(size, sizeof(tail)), from = length - 1;

	g_assert(length > 0);
	if (!csv_reader_bytes(reader->csv, tail, length, size - length, error))
		return false;
	while (from > 0 && tail[from - 1] != '\n')
		from--;
	if (from == 0 ||
		!sweep_last_line_parse(tail + from, length - from, &reader->rows, &reader->digest))
		return failure_input(error,
			"%s: is not complete: its last line '# end ROWS rows, digest ...' is "
			"missing; it was cut, or is still being written",
			csv_reader_path(reader->csv));
	csv_reader_end_at(reader->csv, size - length + from);
	return true;
}

/* The file could not be opened: the sweep may not be finished. */
static bool fail_open(const char *path, GError *fault, GError **error)
{
	g_autofree char *work = sweep_work_path(path);

	g_assert(fault->domain == FAILURE);
	if (g_file_test(path, G_FILE_TEST_EXISTS) || !g_file_test(work, G_FILE_TEST_IS_REGULAR)) {
		g_propagate_error(error, fault);
		return false;
	}
	g_error_free(fault);
	return failure_input(error,
		"%s: the sweep is not finished, its rows so far are in %s; the command that began "
		"it continues it, 'cidsim plot' draws that file",
		path, work);
}

static bool is_work_file(const struct csv_reader *csv)
{
	static const char begin[] = "SQLite format 3";
	char bytes[sizeof(begin) - 1];

	return csv_reader_size(csv) >= sizeof(bytes) &&
	       csv_reader_bytes(csv, bytes, sizeof(bytes), 0, NULL) &&
	       memcmp(bytes, begin, sizeof(bytes)) == 0;
}

/* In place of the work file, read the rows that it has. */
static bool open_copy(struct sweep_reader *reader, const char *path, GError **error)
{
	g_autofree char *name = NULL;
	int fd = g_file_open_tmp("cidsim-rows-XXXXXX", &name, NULL);
	GError *fault = NULL;
	struct output *out;
	bool good;

	if (fd < 0)
		return failure_environment(error, "%s: no temporary file", path);
	g_unlink(name);
	csv_reader_close(reader->csv);
	out = output_on_descriptor(fd, path);
	good = sweep_work_copy(path, out, error);
	if (!output_close(out, &fault))
		good = good ? failure_take(error, fault) : (g_error_free(fault), false);
	reader->csv = csv_reader_open_fd(path, fd, good ? error : NULL);
	return good && reader->csv;
}

static bool open_result(struct sweep_reader *reader, const char *path, bool partial, GError **error)
{
	GError *fault = NULL;

	reader->csv = csv_reader_open(path, &fault);
	if (!reader->csv)
		return fail_open(path, fault, error);
	if (csv_reader_size(reader->csv) == 0)
		return failure_input(error, "%s: is empty, not a result file of a sweep", path);
	if (partial && is_work_file(reader->csv) && !open_copy(reader, path, error))
		return false;
	return check_first_line(reader->csv, error) && find_last_line(reader, error) &&
	       csv_reader_read_head(reader->csv, error);
}

static void add_to_digest(struct sweep_reader *reader, const char *text)
{
	reader->digest_read = hash_bytes(reader->digest_read, text, strlen(text));
}

static struct sweep_reader *new_reader(const char *path, bool partial, GError **error)
{
	struct sweep_reader *reader = g_new0(struct sweep_reader, 1);

	reader->digest_read = HASH_BYTES_START;
	if (open_result(reader, path, partial, error)) {
		add_to_digest(reader, csv_reader_head(reader->csv));
		return reader;
	}
	sweep_reader_close(reader);
	return NULL;
}

struct sweep_reader *sweep_reader_open(const char *path, GError **error)
{
	return new_reader(path, false, error);
}

struct sweep_reader *sweep_reader_open_partial(const char *path, GError **error)
{
	return new_reader(path, true, error);
}

void sweep_reader_close(struct sweep_reader *reader)
{
	if (!reader)
		return;
	csv_reader_close(reader->csv);
	g_free(reader);
}

bool sweep_reader_is_summary(const struct sweep_reader *reader)
{
	return g_str_has_suffix(csv_reader_comment(reader->csv, "cidsim"), " sweep-summary");
}

int sweep_reader_column(const struct csv_reader *csv, const char *name, GError **error)
{
	unsigned count = csv_reader_columns(csv);
	g_autofree const char **names = g_new0(const char *, count + 1);
	g_autofree char *all = NULL, *shown = NULL;
	const char *nearest;
	int found = csv_reader_find(csv, name);

	if (found < 0 && strcmp(name, "cpus") == 0)
		found = csv_reader_find(csv, "machine.cpus");
	if (found >= 0)
		return found;
	for (unsigned i = 0; i < count; i++)
		names[i] = csv_reader_name(csv, i);
	all = g_strjoinv(", ", (char **)names);
	shown = value_quote(name);
	nearest = value_nearest(name, names, count);
	failure_input(error, "%s: no column %s%s%s; the columns are %s", csv_reader_path(csv),
		shown, nearest ? ", did you mean " : "", nearest ? nearest : "", all);
	return -1;
}

/* All rows have been read. */
static bool check_last_line(const struct sweep_reader *reader, GError **error)
{
	g_assert(reader->rows_read <= csv_reader_size(reader->csv));
	if (reader->rows_read != reader->rows)
		return csv_reader_fail(reader->csv, error,
			"the last line names %" G_GUINT64_FORMAT
			" rows, but there are %" G_GUINT64_FORMAT,
			reader->rows, reader->rows_read);
	if (reader->digest_read != reader->digest)
		return csv_reader_fail(reader->csv, error,
			"the digest is not that of the lines before it: the file was changed or is "
			"damaged");
	return true;
}

bool sweep_reader_next(struct sweep_reader *reader, GError **error)
{
	GError *fault = NULL;

	if (csv_reader_next(reader->csv, &fault)) {
		add_to_digest(reader, csv_reader_row(reader->csv));
		add_to_digest(reader, "\n");
		reader->rows_read++;
		return true;
	}
	if (fault)
		g_propagate_error(error, fault);
	else
		check_last_line(reader, error);
	return false;
}
