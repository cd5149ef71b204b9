/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/table.h"

#include <string.h>

#include "sim/base/failure.h"
#include "sim/base/numbers.h"
#include "sim/plot/histogram.h"
#include "sim/plot/sweep-view.h"
#include "sim/plot/where.h"
#include "sim/sweep/reader.h"

/* Columns that every picture needs, besides those it wants. */
enum fixed { REVISION, SEED, OUTCOME, CPUS, HISTOGRAM, FIXED };
static const char *const fixed_names[FIXED] = { "revision", "seed", "outcome", "possible_cpus",
	"window_histogram" };

/* A file while it is read. */
struct reading {
	struct sweep_reader *rows;
	const struct csv_reader *csv; /* of rows */
	struct plot_table *table;
	const struct plot_wanted *wanted;
	GArray *where;
	unsigned fixed[FIXED], column[PLOT_COLUMNS_MAX]; /* where they are in the file */
	bool always[PLOT_COLUMNS_MAX];                   /* whatever the outcome */
	size_t bytes;                                    /* of all values */
	unsigned buckets;                                /* of all histograms */
	struct plot_point *point;                        /* the last one */
};

/* --- numbers --- */

bool plot_number_add(struct plot_number *number, int64_t value)
{
	g_assert(value >= 0);
	if (value > INT64_MAX - number->sum)
		return false;
	number->min = number->count ? MIN(number->min, value) : value;
	number->max = MAX(number->max, value);
	number->sum += value;
	number->count++;
	return true;
}

int64_t plot_number_mean(const struct plot_number *number)
{
	uint64_t sum = (uint64_t)number->sum;

	g_assert(number->count > 0 || number->sum == 0);
	return number->count ? (int64_t)((sum + number->count / 2) / number->count) : 0;
}

/* --- columns --- */

static bool find_column(
	const struct reading *reading, const char *name, unsigned *column, GError **error)
{
	GError *fault = NULL;
	int found = sweep_reader_column(reading->csv, name, &fault);

	if (found < 0) {
		failure_input(error, "%s%s%s", fault->message, reading->wanted->hint ? "; " : "",
			reading->wanted->hint ? reading->wanted->hint : "");
		g_error_free(fault);
		return false;
	}
	*column = (unsigned)found;
	g_assert(*column < csv_reader_columns(reading->csv));
	return true;
}

static bool find_fixed_columns(struct reading *reading, GError **error)
{
	for (unsigned i = 0; i < FIXED; i++)
		if (!find_column(reading, fixed_names[i], &reading->fixed[i], error))
			return false;
	g_assert(reading->table->columns == 0);
	return true;
}

/* Axes are there anyway. */
static bool find_wanted_columns(struct reading *reading, GError **error)
{
	struct plot_table *table = reading->table;

	for (const char *const *name = reading->wanted->columns; *name; name++) {
		unsigned *column = &reading->column[table->columns];

		if (plot_table_find(table, *name) >= 0)
			continue;
		g_assert(table->columns < PLOT_COLUMNS_MAX);
		if (!find_column(reading, *name, column, error))
			return false;
		reading->always[table->columns] = plot_nature_of(*name).is & PLOT_PLACE;
		table->column[table->columns++] = g_strdup(*name);
	}
	return true;
}

/* The axes are what stands between "point" and "revision". */
static bool find_dimensions(struct reading *reading, GError **error)
{
	struct plot_table *table = reading->table;
	unsigned count = reading->fixed[REVISION];

	if (count < 1 || count > PLOT_DIMENSIONS_MAX || reading->fixed[SEED] != count + 1) {
		failure_input(error,
			"%s: columns are not in the order point, axes (at most %d), revision, seed",
			table->path, PLOT_DIMENSIONS_MAX - 1);
		return false;
	}
	table->dimensions = count;
	for (unsigned i = 0; i < count; i++) {
		const char *name = csv_reader_name(reading->csv, i + 1);

		/* the same axis, given as a key */
		table->dimension[i] = g_strdup(strcmp(name, "machine.cpus") == 0 ? "cpus" : name);
	}
	return true;
}

/* --- rows --- */

static const char *text_of(const struct reading *reading, unsigned column)
{
	return csv_reader_field(reading->csv, column);
}

/* Let @point have the value of the row on @dimension. */
static bool set_value(
	struct reading *reading, struct plot_point *point, unsigned dimension, GError **error)
{
	struct plot_texts *values = reading->table->values;
	const char *text = text_of(reading, dimension + 1);
	unsigned place;

	g_assert(dimension < reading->table->dimensions);
	if (!plot_texts_has(values, text))
		reading->bytes += strlen(text);
	if (reading->bytes > PLOT_VALUES_BYTES_MAX)
		return csv_reader_fail(reading->csv, error,
			"the values of the axes have more than %d bytes: too many to draw",
			PLOT_VALUES_BYTES_MAX);
	place = plot_texts_add(values, text);
	point->value[dimension] = values->list->pdata[place];
	return true;
}

static bool begin_point(struct reading *reading, GError **error)
{
	struct plot_table *table = reading->table;
	struct plot_point *point;

	g_assert(!reading->point || reading->point->runs > 0);
	if (table->points->len == PLOT_POINTS_MAX)
		return csv_reader_fail(reading->csv, error,
			"more than %d points (seeds not counted): too many to draw",
			PLOT_POINTS_MAX);
	point = g_new0(struct plot_point, 1);
	point->table = table;
	g_ptr_array_add(table->points, point);
	if (reading->wanted->histogram)
		point->histogram = plot_histogram_new();
	for (unsigned i = 0; i < table->dimensions; i++)
		if (!set_value(reading, point, i, error))
			return false;
	if (!table->seed)
		table->seed = g_strdup(text_of(reading, reading->fixed[SEED]));
	reading->point = point;
	return true;
}

/* The row belongs to the point of the one before, or begins a new one. */
static bool find_point(struct reading *reading, GError **error)
{
	bool same = reading->point != NULL;

	g_assert(reading->table->dimensions >= 1);
	for (unsigned i = 0; same && i < reading->table->dimensions; i++)
		same = strcmp(reading->point->value[i], text_of(reading, i + 1)) == 0;
	return same || begin_point(reading, error);
}

static bool read_outcome(const struct reading *reading, bool *good, GError **error)
{
	static const char *const words[] = { "ok", "failed", "undecided", "impossible", NULL };
	unsigned word = 0;
	bool known = csv_reader_word(reading->csv, reading->fixed[OUTCOME], words, &word, error);

	*good = word == 0;
	return known;
}

static bool add_number_field(
	const struct reading *reading, unsigned column, struct plot_number *number, GError **error)
{
	const char *name = csv_reader_name(reading->csv, column);
	bool present;
	int64_t value;

	g_assert(column < csv_reader_columns(reading->csv));
	if (!csv_reader_millionths(reading->csv, column, &present, &value, error))
		return false;
	if (!present)
		return true;
	if (value < 0 || value > PLOT_NUMBER_MAX)
		return csv_reader_fail(
			reading->csv, error, "%s is not from 0 to 10^12, it cannot be drawn", name);
	return plot_number_add(number, value) ||
	       csv_reader_fail(reading->csv, error, "%s is too large to be summed up", name);
}

static bool add_histogram(struct reading *reading, GError **error)
{
	const char *text = text_of(reading, reading->fixed[HISTOGRAM]);
	GArray *buckets = reading->point->histogram;
	unsigned before = buckets->len;
	g_autofree char *wrong = plot_histogram_read(buckets, text);

	g_assert(reading->wanted->histogram);
	if (wrong)
		return csv_reader_fail(reading->csv, error, "window_histogram %s", wrong);
	reading->buckets += buckets->len - before;
	return reading->buckets <= PLOT_TABLE_BUCKETS_MAX ||
	       csv_reader_fail(reading->csv, error,
		       "the histograms have more than %d buckets: too many to draw",
		       PLOT_TABLE_BUCKETS_MAX);
}

/* @good: the run has outcome ok. */
static bool add_numbers(struct reading *reading, bool good, GError **error)
{
	g_assert(reading->point);
	for (unsigned i = 0; i < reading->table->columns; i++)
		if ((good || reading->always[i]) && !add_number_field(reading, reading->column[i],
							    &reading->point->number[i], error))
			return false;
	return !good ||
	       (add_number_field(reading, reading->fixed[CPUS], &reading->table->cpus, error) &&
		       (!reading->wanted->histogram || add_histogram(reading, error)));
}

static bool read_row(struct reading *reading, GError **error)
{
	struct plot_table *table = reading->table;
	bool good;

	if (!plot_where_has(reading->where, reading->csv))
		return true;
	if (!find_point(reading, error) || !read_outcome(reading, &good, error))
		return false;
	table->runs++;
	reading->point->runs++;
	table->seeds = MAX(table->seeds, reading->point->runs);
	table->good += good;
	reading->point->good += good;
	return add_numbers(reading, good, error);
}

/* --- the file --- */

static bool read_all_rows(struct reading *reading, GError **error)
{
	GError *fault = NULL;

	g_assert(reading->table->runs == 0);
	if (sweep_reader_is_summary(reading->rows)) {
		failure_input(error,
			"%s: a summary cannot be drawn, only the rows it was made from",
			reading->table->path);
		return false;
	}
	if (!find_fixed_columns(reading, error) || !find_dimensions(reading, error) ||
		!find_wanted_columns(reading, error))
		return false;
	reading->where = plot_where_new(reading->wanted->where, reading->csv, error);
	if (!reading->where)
		return false;
	while (sweep_reader_next(reading->rows, &fault))
		if (!read_row(reading, &fault))
			break;
	if (!failure_pass(error, fault))
		return false;
	reading->table->rows = reading->rows->rows_read;
	if (!plot_where_check(reading->where, reading->csv, error))
		return false;
	if (reading->table->good)
		return true;
	failure_input(error, "%s: nothing to draw, no run has outcome ok", reading->table->path);
	return false;
}

/* Comments may have any bytes. */
static char *comment_of(const struct csv_reader *csv, const char *key, const char *fallback)
{
	const char *text = csv_reader_comment(csv, key);

	g_assert(*key);
	text = text ? text : fallback;
	return text ? g_utf8_make_valid(text, -1) : NULL;
}

/* What the file says about the sweep. */
static void read_comments(struct plot_table *table, const struct csv_reader *csv)
{
	g_autofree char *points = comment_of(csv, "points", "");

	g_assert(!table->title);
	table->title = comment_of(csv, "title", table->path);
	table->command = comment_of(csv, "command", "");
	table->seed_list = comment_of(csv, "axis seeds =", NULL);
	table->program = comment_of(csv, "cidsim", "");
	if (g_str_has_suffix(table->program, " sweep"))
		table->program[strlen(table->program) - strlen(" sweep")] = '\0';
	if (!number_scan(points, &table->rows_all))
		table->rows_all = 0;
}

static void free_point(gpointer data)
{
	struct plot_point *point = data;

	if (point->histogram)
		g_array_unref(point->histogram);
	g_free(point);
}

struct plot_table *plot_table_read(
	const char *path, const struct plot_wanted *wanted, GError **error)
{
	struct plot_table *table;
	struct reading reading = { .wanted = wanted,
		.rows = sweep_reader_open_partial(path, error) };

	if (!reading.rows)
		return NULL;
	reading.csv = reading.rows->csv;
	reading.table = table = g_new0(struct plot_table, 1);
	table->path = g_strdup(csv_reader_path(reading.csv));
	table->values = plot_texts_new();
	table->points = g_ptr_array_new_with_free_func(free_point);
	read_comments(table, reading.csv);
	if (!read_all_rows(&reading, error))
		g_clear_pointer(&table, plot_table_free);
	g_clear_pointer(&reading.where, g_array_unref);
	sweep_reader_close(reading.rows);
	return table;
}

void plot_table_free(struct plot_table *table)
{
	if (!table)
		return;
	for (unsigned i = 0; i < table->dimensions; i++)
		g_free(table->dimension[i]);
	for (unsigned i = 0; i < table->columns; i++)
		g_free(table->column[i]);
	g_ptr_array_unref(table->points);
	plot_texts_free(table->values);
	g_free(table->seed_list);
	g_free(table->command);
	g_free(table->program);
	g_free(table->seed);
	g_free(table->title);
	g_free(table->path);
	g_free(table);
}

/* --- asking --- */

int plot_table_find(const struct plot_table *table, const char *name)
{
	for (unsigned i = 0; i < table->dimensions; i++)
		if (strcmp(table->dimension[i], name) == 0)
			return (int)i;
	return -1;
}

const struct plot_number *plot_point_column(const struct plot_point *point, const char *name)
{
	const struct plot_table *table = point->table;

	g_assert(table->columns <= PLOT_COLUMNS_MAX);
	for (unsigned i = 0; i < table->columns; i++)
		if (strcmp(table->column[i], name) == 0)
			return &point->number[i];
	return NULL;
}
