/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_ROW_H
#define CIDSIM_SIM_SWEEP_ROW_H

/*
 * One row of a sweep: what one run measured, by columns. docs/sweep.md documents them.
 *
 *   point, a column for each axis, revision, seed, outcome, digest, then numbers, last
 *   window_histogram
 *
 * Numbers are decimal with at most six decimals, computed in integers; an empty field is a number
 * that does not exist (users at leave of an mm that never left). They are over all mms of the run,
 * or those of one: counts are sums, means are weighted with the time that the mms lived, maxima
 * and minima are over all.
 */

#include <glib.h>

#include "sim/record/record.h"
#include "sim/sweep/axes.h"

/* How a run ended: well; a property is broken; max-events stopped it; its scenario has faults. */
enum sweep_outcome { SWEEP_OK, SWEEP_FAILED, SWEEP_UNDECIDED, SWEEP_IMPOSSIBLE, SWEEP_OUTCOMES };

/* The word in the column "outcome". */
const char *sweep_outcome_to_string(enum sweep_outcome outcome);

/* The names of the columns, with LF. */
char *sweep_row_columns(const struct sweep_axes *axes);

/* Append the row of @point, without LF, and return its outcome. @mm: its account or that of its
 * processes ("app" for "app/0" …); NULL = all. */
enum sweep_outcome sweep_row_append(GString *row, const struct sweep_axes *axes, uint64_t point,
	const struct record_result *result, const char *mm);

/* The row of a point that is impossible: its scenario has faults. Outcome "impossible"; all that a
 * run would have measured is empty. @base: the scenario without axes. */
void sweep_row_append_impossible(
	GString *row, const struct sweep_axes *axes, uint64_t point, const struct scenario *base);

#endif
