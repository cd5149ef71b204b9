/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/summary.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/csv.h"
#include "sim/base/failure.h"
#include "sim/base/version.h"
#include "sim/sweep/reader.h"
#include "sim/sweep/result.h"
#include "sim/sweep/statistics.h"

/* A column of numbers, and its values in the rows of the point so far. */
struct number {
	unsigned column;
	struct sweep_sample sample;
};

struct summary {
	struct sweep_reader *reader;
	bool (*stop)(void); /* NULL = never */
	struct sweep_result result;
	unsigned seed, outcome; /* columns */
	struct number *numbers;
	unsigned numbers_count;
	GString *line; /* about to be written */
	/* The point that is being read: */
	GString *point; /* its fields before the seed, as they are to be written */
	GString *next;  /* the same of the current row */
	uint64_t runs, left_out;
};

static const char *const suffixes[] = { "_n", "_mean", "_sd", "_ci95" };

/* The name of a column. */
static void append_name(GString *line, const char *name, const char *suffix)
{
	g_autofree char *column = g_strconcat(name, suffix, NULL);

	g_assert(*suffix == '_');
	csv_quote(line, column);
}

static void append_count(GString *line, uint64_t count)
{
	g_string_append_printf(line, "%" PRIu64, count);
}

/* Append @size millionths, without the zeros that end its decimals. */
static void append_millionths(GString *line, bool negative, struct wide size)
{
	uint64_t rest;
	struct wide whole = wide_quotient(size, 1000000, &rest);
	unsigned decimals = (unsigned)rest, width = 6;

	g_assert(whole.high == 0);
	if (negative)
		g_string_append_c(line, '-');
	append_count(line, whole.low);
	if (!decimals)
		return;
	for (; decimals % 10 == 0; width--)
		decimals /= 10;
	g_string_append_printf(line, ".%0*u", (int)width, decimals);
}

static void append_statistics(GString *line, const struct sweep_sample *sample)
{
	struct sweep_statistics found = sweep_sample_statistics(sample);

	g_assert(found.count == sample->count);
	g_string_append_c(line, ',');
	append_count(line, found.count);
	g_string_append_c(line, ',');
	if (found.count >= 1)
		append_millionths(line, found.mean < 0,
			wide_of((uint64_t)(found.mean < 0 ? -found.mean : found.mean)));
	g_string_append_c(line, ',');
	if (found.count >= 2)
		append_millionths(line, false, wide_of(found.sd));
	g_string_append_c(line, ',');
	if (found.count >= 2)
		append_millionths(line, false, found.ci95);
}

/* The comments of the rows' head but the first, which says what wrote them. */
static void append_comments(GString *head, const struct sweep_reader *reader)
{
	const char *from = strchr(csv_reader_head(reader->csv), '\n') + 1, *to = from;

	g_assert(from > csv_reader_head(reader->csv));
	while (*to == '#')
		to = strchr(to, '\n') + 1;
	g_string_append_len(head, from, to - from);
}

static void append_columns(GString *line, const struct summary *summary)
{
	g_assert(summary->seed >= 1);
	for (unsigned i = 1; i < summary->seed; i++) {
		csv_quote(line, csv_reader_name(summary->reader->csv, i));
		g_string_append_c(line, ',');
	}
	g_string_append(line, "runs,left_out");
	for (unsigned i = 0; i < summary->numbers_count; i++) {
		unsigned column = summary->numbers[i].column;

		for (unsigned j = 0; j < G_N_ELEMENTS(suffixes); j++) {
			g_string_append_c(line, ',');
			append_name(
				line, csv_reader_name(summary->reader->csv, column), suffixes[j]);
		}
	}
	g_string_append_c(line, '\n');
}

/* The summary has four columns for one, and must be a file that can be read. */
static bool make_head(struct summary *summary, GString *head, GError **error)
{
	size_t columns = summary->seed + 1 + summary->numbers_count * G_N_ELEMENTS(suffixes);
	size_t comments;

	g_assert(summary->numbers_count <= csv_reader_columns(summary->reader->csv));
	g_string_append_printf(head, "# cidsim %s sweep-summary\n", version_text());
	append_comments(head, summary->reader);
	comments = head->len;
	append_columns(head, summary);
	if (columns > CSV_COLUMNS_MAX || head->len - comments > CSV_LINE_MAX ||
		head->len > CSV_HEAD_MAX)
		return failure_input(error, "%s: too many columns for a summary",
			csv_reader_path(summary->reader->csv));
	return true;
}

static bool point_begun(const struct summary *summary)
{
	return summary->runs + summary->left_out > 0;
}

/* Write the row of the point, and begin a new point. */
static bool write_point(struct summary *summary, GError **error)
{
	GString *line = summary->line;

	g_assert(point_begun(summary));
	g_string_assign(line, summary->point->str);
	append_count(line, summary->runs);
	g_string_append_c(line, ',');
	append_count(line, summary->left_out);
	for (unsigned i = 0; i < summary->numbers_count; i++) {
		append_statistics(line, &summary->numbers[i].sample);
		summary->numbers[i].sample = (struct sweep_sample){ 0 };
	}
	summary->runs = summary->left_out = 0;
	if (line->len > CSV_LINE_MAX)
		return failure_input(error, "%s: the summary has a line longer than %d bytes",
			csv_reader_path(summary->reader->csv), CSV_LINE_MAX);
	sweep_result_row(&summary->result, line->str, line->len);
	return true;
}

/* Count the row. */
static bool add_row(struct summary *summary, GError **error)
{
	const struct csv_reader *csv = summary->reader->csv;
	bool ok = strcmp(csv_reader_field(csv, summary->outcome), "ok") == 0;

	g_assert(summary->outcome > summary->seed);
	if (summary->runs == SWEEP_SAMPLE_MAX)
		return csv_reader_fail(csv, error, "more rows of a point than can be counted");
	for (unsigned i = 0; i < summary->numbers_count; i++) {
		struct number *number = &summary->numbers[i];
		bool present;
		int64_t value;

		if (!csv_reader_millionths(csv, number->column, &present, &value, error))
			return false;
		if (present && ok)
			sweep_sample_add(&number->sample, value);
	}
	summary->runs += ok;
	summary->left_out += !ok;
	return true;
}

/* Step to the next row, and find out what point it is of. */
static bool next_point_row(struct summary *summary, GError **error)
{
	g_assert(summary->seed >= 1);
	if (summary->stop && summary->stop())
		return failure_environment(error, "%s: interrupted, not all rows are there",
			summary->result.out->path);
	if (!sweep_reader_next(summary->reader, error))
		return false;
	g_string_truncate(summary->next, 0);
	for (unsigned i = 1; i < summary->seed; i++) {
		csv_quote(summary->next, csv_reader_field(summary->reader->csv, i));
		g_string_append_c(summary->next, ',');
	}
	return true;
}

static bool write_points(struct summary *summary, GError **error)
{
	GError *fault = NULL;

	g_assert(!point_begun(summary));
	/* If nothing more can be written, sweep_result_finish() says so. */
	while (!summary->result.out->error && next_point_row(summary, &fault)) {
		GString *point = summary->point;

		if (point_begun(summary) && !g_string_equal(point, summary->next) &&
			!write_point(summary, error))
			return false;
		summary->point = summary->next;
		summary->next = point;
		if (!add_row(summary, error))
			return false;
	}
	if (!failure_pass(error, fault))
		return false;
	return !point_begun(summary) || write_point(summary, error);
}

/* Find out which columns are what. */
static bool find_row_columns(struct summary *summary, GError **error)
{
	const struct csv_reader *csv = summary->reader->csv;
	int seed = csv_reader_find(csv, "seed"), outcome = csv_reader_find(csv, "outcome");
	int digest = csv_reader_find(csv, "digest");
	unsigned columns = csv_reader_columns(csv);

	if (sweep_reader_is_summary(summary->reader))
		return failure_input(error, "%s: is a summary already", csv_reader_path(csv));
	if (csv_reader_find(csv, "point") != 0 || seed < 0 || outcome < seed || digest < outcome)
		return failure_input(error,
			"%s: not the rows of a sweep: the columns are not point, ..., seed, "
			"outcome, digest, ...",
			csv_reader_path(csv));
	summary->seed = (unsigned)seed;
	summary->outcome = (unsigned)outcome;
	summary->numbers = g_new0(struct number, columns);
	for (unsigned i = (unsigned)digest + 1; i < columns; i++) {
		if (strcmp(csv_reader_name(csv, i), "window_histogram") != 0)
			summary->numbers[summary->numbers_count++].column = i;
	}
	g_assert(summary->seed < summary->outcome);
	return true;
}

static bool summarize(struct summary *summary, const char *output, GError **error)
{
	g_autoptr(GString) head = g_string_new(NULL);

	if (!find_row_columns(summary, error) || !make_head(summary, head, error) ||
		!sweep_result_open(&summary->result, output, head->str, error))
		return false;
	if (!write_points(summary, error)) {
		sweep_result_discard(&summary->result);
		return false;
	}
	return sweep_result_finish(&summary->result, error);
}

bool sweep_summary(const char *rows, const char *output, bool (*stop)(void), GError **error)
{
	struct summary summary = { .reader = sweep_reader_open(rows, error), .stop = stop };
	bool done;

	if (!summary.reader)
		return false;
	summary.line = g_string_new(NULL);
	summary.point = g_string_new(NULL);
	summary.next = g_string_new(NULL);
	done = summarize(&summary, output, error);
	g_string_free(summary.line, TRUE);
	g_string_free(summary.point, TRUE);
	g_string_free(summary.next, TRUE);
	g_free(summary.numbers);
	sweep_reader_close(summary.reader);
	return done;
}
