/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_SUMMARY_H
#define CIDSIM_SIM_SWEEP_SUMMARY_H

/*
 * Mean, standard deviation and confidence interval over the seeds of each point of a sweep, in
 * integers throughout: the same bytes on every machine.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/sweep/file.h"

/* What is known of a sample of one column. All in millionths. */
struct sweep_statistics {
	uint64_t count;
	int64_t mean;
	int64_t sd;   /* of the sample, with count - 1; 0 below two values */
	int64_t ci95; /* half the width of the 95 % confidence interval of the mean (Student's t) */
};

/*
 * Write the summary of the rows in the whole file @rows to @output (NULL: standard output), in
 * memory that does not depend on their number. Rows in a row that differ only in the columns from
 * "seed" on are one point. Columns: those of the rows between "point" and "seed"; "runs", the rows
 * with outcome "ok"; "left_out", the others, which count in nothing else; then for each column
 * after "digest" but "window_histogram" four: NAME_n, the runs whose field is not empty,
 * NAME_mean, NAME_sd, NAME_ci95. mean is empty if n is 0, sd and ci95 if n is below 2.
 * The head says so: "# cidsim VERSION sweep-summary", then the comments of the rows' head. The
 * file ends with the last line of sim/sweep/file.h.
 */
bool sweep_summary(const char *rows, const char *output, GError **error);

/* The statistics of @count values, which @value(@context, i) tells; each is below 2^62 in size. */
struct sweep_statistics sweep_statistics(
	uint64_t count, int64_t (*value)(void *context, uint64_t i), void *context);

/* Student's t for 95 % and @degrees degrees of freedom, at least 1, in thousandths; between the
 * rows of the table the value of the lower row, so that no interval is too narrow. */
unsigned sweep_student_t(uint64_t degrees);

#endif
