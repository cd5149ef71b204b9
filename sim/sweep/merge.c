/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* struct rlimit */
#include "sim/sweep/merge.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "sim/base/failure.h"
#include "sim/base/numbers.h"
#include "sim/base/values.h"
#include "sim/scenario/axis-values.h"
#include "sim/sweep/reader.h"
#include "sim/sweep/result.h"
#include "sim/sweep/shard.h"

enum { OTHER_FILES = 32 }; /* that may be open besides the shards */

struct merge {
	char *head;        /* of the sweep */
	const char *first; /* the file that others are compared with; NULL = none yet */
	struct sweep_reader *
		*readers; /* by the number of the shard, from 0; NULL = missing so far */
	uint32_t shards;
	uint64_t points;
	bool (*stop)(void); /* NULL = never */
};

/* --- one file --- */

static bool read_shard(const struct sweep_reader *reader, struct sweep_shard *shard, GError **error)
{
	const char *path = csv_reader_path(reader->csv);
	const char *text = csv_reader_comment(reader->csv, "shard");
	g_autofree char *wrong = NULL;

	if (sweep_reader_is_summary(reader))
		return failure_input(
			error, "%s: is a summary; merge the rows and make a summary of them", path);
	if (!text)
		return failure_input(error,
			"%s: is no shard ('# shard K/N' is missing) but a complete sweep", path);
	wrong = sweep_shard_read(text, shard);
	return !wrong || failure_input(error, "%s: '# shard': %s", path, wrong);
}

/* The head of the sweep that @reader is a shard of; NULL sets @error. */
static char *head_of_sweep(
	const struct sweep_reader *reader, struct sweep_shard shard, GError **error)
{
	char *head = sweep_shard_head_undo(csv_reader_head(reader->csv), shard);

	if (!head)
		failure_input(error,
			"%s: '# shard %" G_GUINT32_FORMAT "/%" G_GUINT32_FORMAT
			"' is not the line before that of the columns",
			csv_reader_path(reader->csv), shard.number, shard.count);
	return head;
}

static bool read_points(const struct sweep_reader *reader, uint64_t *points, GError **error)
{
	const char *path = csv_reader_path(reader->csv);
	const char *text = csv_reader_comment(reader->csv, "points");
	g_autofree char *quoted = NULL;

	if (!text)
		return failure_input(error, "%s: '# points N' is missing", path);
	if (number_read(text, POINTS_MAX, points))
		return true;
	quoted = value_quote(text);
	return failure_input(error, "%s: '# points' is %s, expected a number up to %d", path,
		quoted, POINTS_MAX);
}

/* --- all files --- */

/* The first one says what the sweep is. */
static bool take_first(struct merge *merge, const char *path, const struct sweep_reader *reader,
	struct sweep_shard shard, const char *head, GError **error)
{
	g_assert(!merge->readers);
	if (!read_points(reader, &merge->points, error))
		return false;
	merge->shards = shard.count;
	merge->readers = g_new0(struct sweep_reader *, shard.count);
	merge->head = g_strdup(head);
	merge->first = path;
	return true;
}

static bool check_same(const struct merge *merge, const char *path, struct sweep_shard shard,
	const char *head, GError **error)
{
	g_autofree char *found = NULL, *expected = NULL;
	unsigned line = sweep_head_difference(head, merge->head, &found, &expected);

	g_assert(merge->head && merge->readers);
	if (line)
		return failure_input(error,
			"%s:%u: of another sweep than %s: found %s, there it is %s", path, line,
			merge->first, found, expected);
	if (shard.count != merge->shards)
		return failure_input(error,
			"%s: one of %" G_GUINT32_FORMAT " shards, but %s one of %" G_GUINT32_FORMAT,
			path, shard.count, merge->first, merge->shards);
	return true;
}

/* Put @reader, whose sweep has @head, among the others. */
static bool place_shard(struct merge *merge, const char *path, struct sweep_reader *reader,
	struct sweep_shard shard, const char *head, GError **error)
{
	struct sweep_reader **at;
	uint64_t rows;

	if (merge->first ? !check_same(merge, path, shard, head, error)
			 : !take_first(merge, path, reader, shard, head, error))
		return false;
	g_assert(shard.number >= 1 && shard.number <= merge->shards);
	at = &merge->readers[shard.number - 1];
	if (*at)
		return failure_input(error,
			"%s and %s: both are shard %" G_GUINT32_FORMAT "/%" G_GUINT32_FORMAT,
			csv_reader_path((*at)->csv), path, shard.number, shard.count);
	rows = sweep_shard_rows(merge->points, shard);
	if (reader->rows != rows)
		return failure_input(error,
			"%s: has %" G_GUINT64_FORMAT " rows, expected %" G_GUINT64_FORMAT
			" of %" G_GUINT64_FORMAT " points",
			path, reader->rows, rows, merge->points);
	*at = reader;
	return true;
}

static bool add_file(struct merge *merge, const char *path, GError **error)
{
	struct sweep_reader *reader = sweep_reader_open(path, error);
	g_autofree char *head = NULL;
	struct sweep_shard shard = { 0 };

	if (reader && read_shard(reader, &shard, error) &&
		(head = head_of_sweep(reader, shard, error)) != NULL &&
		place_shard(merge, path, reader, shard, head, error))
		return true;
	sweep_reader_close(reader);
	return false;
}

/* Name those that are missing, as ranges. */
static bool check_complete_set(const struct merge *merge, GError **error)
{
	GString *missing = g_string_new(NULL);
	uint32_t count = 0;

	g_assert(merge->readers && merge->shards >= 1);
	for (uint32_t i = 0; i < merge->shards; i++) {
		uint32_t from = i;

		while (i < merge->shards && !merge->readers[i])
			i++;
		if (i == from)
			continue;
		count += i - from;
		g_string_append_printf(
			missing, "%s%" G_GUINT32_FORMAT, missing->len ? ", " : "", from + 1);
		if (i - from > 1)
			g_string_append_printf(missing, "-%" G_GUINT32_FORMAT, i);
	}
	if (count)
		failure_input(error, "shard%s %s of %" G_GUINT32_FORMAT " %s missing",
			count > 1 ? "s" : "", missing->str, merge->shards,
			count > 1 ? "are" : "is");
	g_string_free(missing, TRUE);
	return count == 0;
}

/* False only with @error: the number of rows was checked when the file was opened, and is again. */
static bool next_row_of(struct sweep_reader *reader, GError **error)
{
	GError *fault = NULL;

	if (sweep_reader_next(reader, &fault))
		return true;
	g_assert(fault);
	g_propagate_error(error, fault);
	return false;
}

/* All rows, then the end of each file, where its digest is checked. */
static bool copy_rows(struct merge *merge, struct sweep_result *result, GError **error)
{
	GError *fault = NULL;

	for (uint64_t point = 0; point < merge->points && !result->out->error; point++) {
		struct sweep_reader *reader = merge->readers[point % merge->shards];
		const char *row;

		if (merge->stop && merge->stop())
			return failure_environment(error, "%s: interrupted, not all rows are there",
				result->out->path);
		if (!next_row_of(reader, error))
			return false;
		row = csv_reader_row(reader->csv);
		sweep_result_row(result, row, strlen(row));
	}
	/* what could not be written is reported at the end */
	for (uint32_t i = 0; i < merge->shards && !result->out->error; i++) {
		if (sweep_reader_next(merge->readers[i], &fault))
			csv_reader_fail(
				merge->readers[i]->csv, &fault, "more rows than there should be");
		if (!failure_pass(error, fault))
			return false;
	}
	g_assert(result->out->error || result->rows == merge->points);
	return true;
}

static bool write_merged(struct merge *merge, const char *output, GError **error)
{
	struct sweep_result result;

	g_assert(merge->first && merge->points <= POINTS_MAX);
	if (!sweep_result_open(&result, output, merge->head, error))
		return false;
	if (copy_rows(merge, &result, error))
		return sweep_result_finish(&result, error);
	sweep_result_discard(&result);
	return false;
}

/* Let @count files be open at once. */
static bool raise_limit(size_t count, GError **error)
{
	struct rlimit limit;

	g_assert(count >= 1);
	count += OTHER_FILES;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= count)
		return true;
	if (limit.rlim_max < count)
		return failure_environment(error,
			"%" G_GSIZE_FORMAT
			" files would be open at once, but the limit (ulimit -Hn) is "
			"%" G_GUINT64_FORMAT,
			count, (uint64_t)limit.rlim_max);
	limit.rlim_cur = count;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		return failure_environment(error,
			"%" G_GSIZE_FORMAT " files cannot be open at once: %s", count,
			g_strerror(errno));
	return true;
}

static bool open_all(struct merge *merge, const char *const *paths, size_t count, GError **error)
{
	if (count == 0 || count > SWEEP_SHARDS_MAX)
		return failure_input(error, "%" G_GSIZE_FORMAT " shards, expected 1 to %d", count,
			SWEEP_SHARDS_MAX);
	if (!raise_limit(count, error))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!add_file(merge, paths[i], error))
			return false;
	return check_complete_set(merge, error);
}

bool sweep_merge(const char *const *paths, size_t count, const char *output, bool (*stop)(void),
	GError **error)
{
	struct merge merge = { .stop = stop };
	bool good = open_all(&merge, paths, count, error) && write_merged(&merge, output, error);

	for (uint32_t i = 0; i < merge.shards; i++)
		sweep_reader_close(merge.readers[i]);
	g_free(merge.readers);
	g_free(merge.head);
	return good;
}
