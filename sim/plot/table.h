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

#include "sim/plot/texts.h"

enum {
	PLOT_POINTS_MAX = 4096,
	PLOT_DIMENSIONS_MAX = 17, /* axes, and the revision */
	PLOT_COLUMNS_MAX = 24,
	PLOT_VALUES_BYTES_MAX = 1 << 20,  /* of all values of the axes */
	PLOT_TABLE_BUCKETS_MAX = 1 << 18, /* of all histograms */
};

#define PLOT_MILLION INT64_C(1000000)
/* No number is larger, in millionths: so axes can be computed. */
#define PLOT_NUMBER_MAX (INT64_C(1000000000000) * PLOT_MILLION)

/* What a column has at a point, over the seeds. In millionths, not negative. */
struct plot_number {
	uint64_t count; /* of runs that have such a number; 0: the others are 0 */
	int64_t sum, min, max;
};

struct plot_table;

struct plot_point {
	const struct plot_table *table;         /* that it is of */
	const char *value[PLOT_DIMENSIONS_MAX]; /* on each dimension, owned by the table */
	uint64_t runs, good;                    /* good: with outcome ok */
	struct plot_number number[PLOT_COLUMNS_MAX];
	GArray *histogram; /* sim/plot/histogram.h, if wanted */
	/* by sim/plot/sweep-layout.h; not placed: it is not drawn, as its run was impossible */
	bool placed;
	unsigned panel, curve;
};

struct plot_table {
	char *path, *title;
	char *program;           /* version and commit that swept */
	char *command;           /* as it was typed; "" if the file does not say */
	char *seed_list;         /* of the axis "seeds", such as "1-3"; NULL if there is none */
	uint64_t rows, rows_all; /* in the file, and of the sweep: fewer if it is not finished */
	unsigned columns;
	char *column[PLOT_COLUMNS_MAX]; /* names of the numbers in the points */
	/* Names of axes, machine.cpus as cpus, and the last is "revision". */
	unsigned dimensions; /* at least 1 */
	char *dimension[PLOT_DIMENSIONS_MAX];
	struct plot_texts *values; /* on all of them */
	GPtrArray *points;         /* struct plot_point */
	uint64_t runs, good;       /* of the rows that are wanted */
	uint64_t seeds;            /* the most runs of a point */
	char *seed;                /* of the first row */
	struct plot_number cpus;   /* possible_cpus, over all good runs */
};

/* What is wanted of a file. */
struct plot_wanted {
	/* columns or axes, NULL-terminated, each once, at most PLOT_COLUMNS_MAX; those of the
	 * machine (PLOT_PLACE) are read whatever the outcome */
	const char *const *columns;
	const char *const *where; /* of rows, as sim/plot/where.h has it; NULL: all */
	bool histogram;           /* window_histogram, summed over the seeds */
	const char *hint;         /* ends the message if a column is missing; NULL: none */
};

/* Read all of the file at @path: a result file, or the work file of a sweep that is not finished.
 * NULL sets @error (FAILURE): not a file of a sweep, a column that is missing, no run with outcome
 * ok, or too much of something. */
struct plot_table *plot_table_read(
	const char *path, const struct plot_wanted *wanted, GError **error);
void plot_table_free(struct plot_table *table); /* NULL is allowed */

/* The dimension called @name; -1 if there is none. */
int plot_table_find(const struct plot_table *table, const char *name);

/* The numbers of @point in column @name; NULL if the column was not wanted. */
const struct plot_number *plot_point_column(const struct plot_point *point, const char *name);

/* The mean over the seeds, rounded; 0 if there is none. */
int64_t plot_number_mean(const struct plot_number *number);

/* Count @value in @number. False if the sum became too large; then nothing has changed. */
bool plot_number_add(struct plot_number *number, int64_t value);

#endif
