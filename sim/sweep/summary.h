/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_SUMMARY_H
#define CIDSIM_SIM_SWEEP_SUMMARY_H

/*
 * Mean, standard deviation and confidence interval over the seeds of each point of a sweep, in
 * integers throughout (sim/sweep/statistics.h): the same bytes on every machine.
 */

#include <glib.h>
#include <stdbool.h>

/*
 * Write the summary of the rows in the result file @rows to @output (NULL: standard output), in
 * one pass and in memory that does not depend on their number. Consecutive rows that are equal in
 * all columns between "point" and "seed" are one point, and become one row. @stop (NULL = never) is
 * asked before each row that is read; true ends it, which is an error, too.
 *
 * The head: "# cidsim VERSION sweep-summary", then the comments of the rows' head but its first.
 * Columns: those between "point" and "seed"; "runs", the rows with outcome "ok"; "left_out", the
 * others, which count in nothing else; then for each column after "digest" but "window_histogram"
 * four: NAME_n, the runs whose field is not empty, NAME_mean, NAME_sd, NAME_ci95. mean is empty if
 * n is 0, sd and ci95 if n is below 2. Numbers have no more decimals than they need, at most six.
 * The file ends with the last line of sim/sweep/result.h. sim/sweep/reader.h reads it; only sd and
 * ci95 of values near its limit of 2^62 millionths can be above that limit.
 *
 * False and @error (FAILURE), and no file, if the rows cannot be read, are not complete, have
 * other columns than those of sim/sweep/row.h or a field that should be a number and is none (in
 * any row), or the output cannot be written. What went to standard output by then has no last line.
 */
bool sweep_summary(const char *rows, const char *output, bool (*stop)(void), GError **error);

#endif
