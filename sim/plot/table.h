/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_TABLE_H
#define CIDSIM_SIM_PLOT_TABLE_H

/*
 * The rows of a sweep as a picture needs them: a point for the rows that differ only in the seed,
 * with some of their columns. Only runs with outcome "ok" count in them. The memory is bounded,
 * whatever the file.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	PLOT_POINTS_MAX = 4096,
	PLOT_DIMENSIONS_MAX = 17, /* axes, and the revision */
	PLOT_COLUMNS_MAX = 12,
	PLOT_VALUES_BYTES_MAX = 1 << 20,  /* of all values of the axes */
	PLOT_TABLE_BUCKETS_MAX = 1 << 18, /* of all histograms */
};

#define PLOT_MILLION INT64_C(1000000)
/* No number is larger, in millionths: so axes can be computed. */
#define PLOT_NUMBER_MAX (INT64_C(1000000000000) * PLOT_MILLION)

/* An axis, or "revision". Axis machine.cpus goes by the name of cpus. */
struct plot_dimension {
	char *name;
	GPtrArray *
		values; /* of char *, distinct: ascending if numeric, else in order of appearance */
	bool numeric;   /* all of them are integers, at most 2^32 */
};

/* What a column has at a point, over the seeds. In millionths, not negative. */
struct plot_number {
	uint64_t count; /* of runs that have such a number; 0: the others are 0 */
	int64_t sum, min, max;
};

struct plot_point {
	unsigned position[PLOT_DIMENSIONS_MAX]; /* on each dimension */
	uint64_t runs, good;                    /* good: with outcome ok */
	struct plot_number number[PLOT_COLUMNS_MAX];
	GArray *histogram; /* sim/plot/histogram.h, if wanted */
};

struct plot_table {
	char *path, *title;
	unsigned dimensions; /* at least 1: the last is the revision */
	struct plot_dimension dimension[PLOT_DIMENSIONS_MAX];
	GPtrArray *points; /* struct plot_point */
	uint64_t runs, good;
	uint64_t seeds;          /* the most runs of a point */
	char *seed;              /* of the first row */
	struct plot_number cpus; /* possible_cpus, over all good runs */
};

/* What is wanted of a file. */
struct plot_wanted {
	const char *const *columns; /* NULL-terminated, at most PLOT_COLUMNS_MAX */
	bool histogram;             /* window_histogram, summed over the seeds */
	const char *hint;           /* ends the message if a column is missing */
};

/* Read all of the file at @path. NULL sets @error (FAILURE): not a file of a sweep, a column that
 * is missing, no run with outcome ok, or too much of something. */
struct plot_table *plot_table_read(
	const char *path, const struct plot_wanted *wanted, GError **error);
void plot_table_free(struct plot_table *table); /* NULL is allowed */

/* The dimension called @name; -1 if there is none. */
int plot_table_find(const struct plot_table *table, const char *name);

/* Put the points in the order of their positions on @dimension; what is equal stays as it was. */
void plot_table_sort(struct plot_table *table, unsigned dimension);

/* The value of @point on @dimension, as text, and as a number if the dimension is numeric. */
const char *plot_table_text(
	const struct plot_table *table, const struct plot_point *point, unsigned dimension);
uint64_t plot_table_number(
	const struct plot_table *table, const struct plot_point *point, unsigned dimension);

/* The mean over the seeds, rounded; 0 if there is none. */
int64_t plot_number_mean(const struct plot_number *number);

/* Count @value in @number. False if the sum became too large; then nothing has changed. */
bool plot_number_add(struct plot_number *number, int64_t value);

#endif
