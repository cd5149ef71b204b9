/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_COMPARE_COMPARE_H
#define CIDSIM_SIM_COMPARE_COMPARE_H

/*
 * Compares what two runs or replays wrote into their folders, or two sweeps: the first event that
 * differs, and the numbers that differ. What was run (paths, seed, revision, version) is not
 * compared but shown. Errors are FAILUREs (sim/base/failure.h).
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum { COMPARE_ROWS_MAX = 1 << 19 }; /* rows of a sweep */

/* A number or word that differs. */
struct compare_value {
	char *name;
	char *side[2]; /* as text; NULL: this side has none */
	/* of sweeps: in how many points it differs, and where the two differ by the largest ratio
	 */
	uint64_t points;
	char *at;
};

/* The first event that differs: a row of a CSV file. */
struct compare_event {
	const char *file, *what; /* "modes.csv", "mode switch" */
	uint64_t time_ns;        /* of the earlier side */
	char **columns;
	char **side[2]; /* the fields; NULL: this side has no more rows */
};

struct comparison {
	bool sweeps;
	char *names[2];              /* of the sides, as given */
	char *about[2];              /* "revision 7.1, seed 1" */
	GPtrArray *values;           /* struct compare_value */
	struct compare_event *first; /* of runs; NULL: no event differs */
	const char *unit; /* "event", "step": what 1 us of the records is; NULL: a time */
	/* of sweeps: points in both, points that one side has alone, the first of these */
	uint64_t points, only[2];
	char *only_at[2];
};

/* Compare the folders of two runs or replays, or the result files of two sweeps. NULL sets @error.
 */
struct comparison *compare_runs(const char *const paths[2], GError **error);
struct comparison *compare_sweeps(const char *const paths[2], GError **error);
void comparison_free(struct comparison *comparison);

/* Nothing differs. */
bool comparison_same(const struct comparison *comparison);

/* How many times @a is @b, in thousandths; false if one of them is no number from 0 on, or @a is 0.
 */
bool compare_ratio(const char *a, const char *b, uint64_t *milli);

/* Append the comparison as text, at most 72 columns wide unless names are long; as one JSON object
 * and a line feed. */
void comparison_print(GString *text, const struct comparison *comparison);
void comparison_print_json(GString *text, const struct comparison *comparison);

#endif
