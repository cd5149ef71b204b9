/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* struct rlimit */
#include "sim/sweep/merge.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "sim/base/numbers.h"
#include "sim/base/values.h"
#include "sim/sweep/axes.h"
#include "sim/sweep/reader.h"

enum { OTHER_FILES = 32 }; /* that may be open besides the shards */

struct merge {
	char *head;                    /* of the whole sweep */
	struct sweep_reader *first;    /* the one that others are compared with, in readers */
	struct sweep_reader **readers; /* by shard, from 0; NULL = missing so far */
	uint32_t shards;
	uint64_t points;
};

uint64_t sweep_shard_rows(uint64_t points, uint32_t shard, uint32_t shards)
{
	g_assert(shard >= 1 && shard <= shards);
	return points / shards + (shard - 1 < points % shards);
}

/* The last line of @head: that of the columns. */
static const char *last_line(const char *head)
{
	const char *end = head + strlen(head) - 1;

	g_assert(end >= head && *end == '\n');
	while (end > head && end[-1] != '\n')
		end--;
	return end;
}

static char *shard_line(uint32_t shard, uint32_t shards)
{
	return g_strdup_printf(
		"# shard %" G_GUINT32_FORMAT "/%" G_GUINT32_FORMAT "\n", shard, shards);
}

char *sweep_shard_head(const char *head, uint32_t shard, uint32_t shards)
{
	const char *columns = last_line(head);
	char *line = shard_line(shard, shards);
	char *result = g_strdup_printf("%.*s%s%s", (int)(columns - head), head, line, columns);

	g_assert(shard >= 1 && shard <= shards);
	g_free(line);
	return result;
}

static bool fail_comment(const struct sweep_reader *reader, const char *key, const char *value,
	const char *expected, GError **error)
{
	char *found = value_quote(value);

	sweep_fail(error, SWEEP_ERROR_INPUT, "%s: '# %s' is %s, expected %s",
		sweep_reader_path(reader), key, found, expected);
	g_free(found);
	return false;
}

/* Read "# shard K/N". */
static bool read_shard(
	const struct sweep_reader *reader, uint32_t *shard, uint32_t *shards, GError **error)
{
	const char *text = sweep_reader_comment(reader, "shard"), *end;
	uint64_t k = 0, n = 0; /* n stays 0 without a slash */

	if (sweep_reader_is_summary(reader))
		return sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s: is a summary; merge the rows and make a summary of them",
			sweep_reader_path(reader));
	if (!text)
		return sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s: is no shard ('# shard K/N' is missing) but the whole of a sweep",
			sweep_reader_path(reader));
	end = number_scan(text, &k);
	if (end && *end == '/')
		end = number_scan(end + 1, &n);
	if (!end || *end || k < 1 || k > n || n > SWEEP_SHARDS_MAX)
		return fail_comment(reader, "shard", text, "K/N, at most 10000", error);
	*shard = (uint32_t)k;
	*shards = (uint32_t)n;
	return true;
}

/* The head of the sweep that this is a shard of; NULL and @error if the line that makes it one is
 * not where it belongs. */
static char *whole_head(
	const struct sweep_reader *reader, uint32_t shard, uint32_t shards, GError **error)
{
	const char *head = sweep_reader_head(reader), *columns = last_line(head);
	char *line = shard_line(shard, shards), *result = NULL;
	size_t length = strlen(line), before = (size_t)(columns - head);

	if (before > length && memcmp(columns - length, line, length) == 0 &&
		columns[-(gssize)length - 1] == '\n')
		result = g_strdup_printf("%.*s%s", (int)(before - length), head, columns);
	else
		sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s: '# shard %" G_GUINT32_FORMAT "/%" G_GUINT32_FORMAT
			"' is not the line before that of the columns",
			sweep_reader_path(reader), shard, shards);
	g_free(line);
	return result;
}

/* The first one tells what the sweep is. */
static bool take_first(struct merge *merge, struct sweep_reader *reader, uint32_t shards,
	const char *head, GError **error)
{
	const char *text = sweep_reader_comment(reader, "points");

	if (!text)
		return sweep_fail(error, SWEEP_ERROR_INPUT, "%s: '# points N' is missing",
			sweep_reader_path(reader));
	if (!number_read(text, POINTS_MAX, &merge->points))
		return fail_comment(reader, "points", text, "a number up to 1000000000", error);
	merge->shards = shards;
	merge->readers = g_new0(struct sweep_reader *, shards);
	merge->head = g_strdup(head);
	merge->first = reader;
	return true;
}

static bool check_same(const struct merge *merge, const struct sweep_reader *reader,
	const char *head, uint32_t shards, GError **error)
{
	const char *path = sweep_reader_path(reader), *first = sweep_reader_path(merge->first);
	char *found, *expected;
	unsigned line = sweep_head_difference(head, merge->head, &found, &expected);

	if (line) {
		sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s:%u: of another sweep than %s: found %s, there it is %s", path, line,
			first, found, expected);
		g_free(expected);
		g_free(found);
		return false;
	}
	if (shards != merge->shards)
		return sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s: one of %" G_GUINT32_FORMAT " shards, but %s one of %" G_GUINT32_FORMAT,
			path, shards, first, merge->shards);
	return true;
}

/* Put @reader, whose whole head is @head, among the others. */
static bool place(struct merge *merge, struct sweep_reader *reader, uint32_t shard, uint32_t shards,
	const char *head, GError **error)
{
	const char *path = sweep_reader_path(reader);
	uint64_t rows;

	if (merge->first ? !check_same(merge, reader, head, shards, error)
			 : !take_first(merge, reader, shards, head, error))
		return false;
	if (merge->readers[shard - 1])
		return sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s and %s: both are shard %" G_GUINT32_FORMAT "/%" G_GUINT32_FORMAT,
			sweep_reader_path(merge->readers[shard - 1]), path, shard, shards);
	rows = sweep_shard_rows(merge->points, shard, shards);
	if (sweep_reader_rows(reader) != rows)
		return sweep_fail(error, SWEEP_ERROR_INPUT,
			"%s: has %" G_GUINT64_FORMAT " rows, expected %" G_GUINT64_FORMAT
			" of %" G_GUINT64_FORMAT " points",
			path, sweep_reader_rows(reader), rows, merge->points);
	merge->readers[shard - 1] = reader;
	return true;
}

static bool add(struct merge *merge, const char *path, GError **error)
{
	struct sweep_reader *reader = sweep_reader_open(path, error);
	uint32_t shard = 0, shards = 0;
	char *head = NULL;
	bool good = reader && read_shard(reader, &shard, &shards, error) &&
	            (head = whole_head(reader, shard, shards, error)) != NULL &&
	            place(merge, reader, shard, shards, head, error);

	g_free(head);
	if (!good) {
		if (merge->first == reader)
			merge->first = NULL;
		sweep_reader_close(reader);
	}
	return good;
}

/* Name those that are missing, as ranges. */
static bool check_all(const struct merge *merge, GError **error)
{
	GString *missing = g_string_new(NULL);
	uint32_t count = 0;

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
		sweep_fail(error, SWEEP_ERROR_INPUT,
			"shard%s %s of %" G_GUINT32_FORMAT " %s missing", count > 1 ? "s" : "",
			missing->str, merge->shards, count > 1 ? "are" : "is");
	g_string_free(missing, TRUE);
	return count == 0;
}

/* False only with @error: the number of rows was checked when the file was opened, and is again. */
static bool next_row(struct sweep_reader *reader, GError **error)
{
	GError *fault = NULL;

	if (sweep_reader_next(reader, &fault))
		return true;
	g_assert(fault);
	g_propagate_error(error, fault);
	return false;
}

/* All rows, then the end of each file, where its digest is checked. */
static bool copy(struct merge *merge, struct sweep_whole *whole, GError **error)
{
	GError *fault = NULL;

	for (uint64_t point = 0; point < merge->points && !whole->out->error; point++) {
		struct sweep_reader *reader = merge->readers[point % merge->shards];
		const char *row;

		if (!next_row(reader, error))
			return false;
		row = sweep_reader_row(reader);
		sweep_whole_row(whole, row, strlen(row));
	}
	/* what could not be written is told at the end */
	for (uint32_t i = 0; i < merge->shards && !whole->out->error; i++) {
		if (sweep_reader_next(merge->readers[i], &fault))
			sweep_reader_fail(
				merge->readers[i], &fault, "more rows than there should be");
		if (fault) {
			g_propagate_error(error, fault);
			return false;
		}
	}
	return true;
}

static bool write_merged(struct merge *merge, const char *output, GError **error)
{
	struct sweep_whole whole;

	if (!sweep_whole_open(&whole, output, merge->head, error))
		return false;
	if (copy(merge, &whole, error))
		return sweep_whole_finish(&whole, error);
	sweep_whole_discard(&whole);
	return false;
}

/* Let @count files be open at once. */
static bool raise_limit(size_t count, GError **error)
{
	struct rlimit limit;

	count += OTHER_FILES;
	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= count)
		return true;
	if (limit.rlim_max < count)
		return sweep_fail(error, SWEEP_ERROR_ENVIRONMENT,
			"%" G_GSIZE_FORMAT
			" files would be open at once, but the limit (ulimit -Hn) is "
			"%" G_GUINT64_FORMAT,
			count, (uint64_t)limit.rlim_max);
	limit.rlim_cur = count;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		return sweep_fail(error, SWEEP_ERROR_ENVIRONMENT,
			"%" G_GSIZE_FORMAT " files cannot be open at once: %s", count,
			g_strerror(errno));
	return true;
}

static bool open_all(struct merge *merge, const char *const *paths, size_t count, GError **error)
{
	if (count == 0 || count > SWEEP_SHARDS_MAX)
		return sweep_fail(error, SWEEP_ERROR_INPUT,
			"%" G_GSIZE_FORMAT " shards, expected 1 to %d", count, SWEEP_SHARDS_MAX);
	if (!raise_limit(count, error))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!add(merge, paths[i], error))
			return false;
	return check_all(merge, error);
}

bool sweep_merge(const char *const *paths, size_t count, const char *output, GError **error)
{
	struct merge merge = { 0 };
	bool good = open_all(&merge, paths, count, error) && write_merged(&merge, output, error);

	for (uint32_t i = 0; i < merge.shards; i++)
		sweep_reader_close(merge.readers[i]);
	g_free(merge.readers);
	g_free(merge.head);
	return good;
}
