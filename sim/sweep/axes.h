/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_AXES_H
#define CIDSIM_SIM_SWEEP_AXES_H

/*
 * The axes of a sweep and the points that they span. A point is a number from 0; the first axis
 * varies slowest, and seeds vary fastest wherever they were written, so that the runs to be
 * averaged lie together. The values of a range are computed when asked for: an axis of 10^9 seeds
 * takes no memory.
 *
 * Axes come from [sweep] of the scenario, in its order, then from the command line in its order;
 * one of the command line takes the place of the file's of the same name. Names:
 *
 *   cpus       machine.cpus
 *   allowed    cpus = first N of every [mm]
 *   threads    the size of the only workload: to of [ramp], threads of [pool], count of [tasks]
 *   revisions  protocol.revision; "all" stands for every revision of the table
 *   seeds      scenario.seed; a single number N means N seeds from the scenario's on
 *   GROUP.KEY  any key of the scenario that can be set, as with --set
 *
 * Values are separated by ';', or by ',' if there is no ';'. Spaces around them mean nothing. An
 * item is a value, or a range of numbers: A-B (step 1), A-B+S, A-B*F, where A, B and S may have
 * one unit, the same for all (1ms-9ms+2ms, 100us-10000us*10). A range ends with its last value
 * that is not above B. Where the key takes a list of CPUs (cpus or online of a group) an item is
 * such a list, never a range of numbers.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/scenario.h"

enum {
	SWEEP_AXES_MAX = 16,
	SWEEP_POINTS_MAX = 1000000000,
};

struct sweep_axes;

/* An axis as the command line has it. */
struct sweep_axis_option {
	const char *option; /* for messages: "--cpus" */
	const char *name;   /* "cpus", or "group.key" of --vary */
	const char *values;
};

/*
 * The axes of @scenario (with [sweep] as the file has it) and @options. Without any there is one
 * point. All that is wrong is added to @errors, one message each: "PATH:LINE: sweep: …" or
 * "sweep: OPTION: …"; then NULL is returned. Wrong are: unknown axes, groups and keys (with the
 * nearest known one), values that the key cannot have (of a range its ends are tried), an empty
 * list or item, a reversed range, a step of 0, a factor below 2, the same axis twice, more than
 * SWEEP_AXES_MAX axes, more than SWEEP_POINTS_MAX points.
 */
struct sweep_axes *sweep_axes_new(const struct scenario *scenario,
	const struct sweep_axis_option *options, size_t options_count, GPtrArray *errors);
void sweep_axes_free(struct sweep_axes *axes); /* NULL is allowed */

/* The number of points, from 1 to SWEEP_POINTS_MAX. */
uint64_t sweep_axes_points(const struct sweep_axes *axes);

/* How many points in a row differ in nothing but the seed. */
uint64_t sweep_axes_seeds(const struct sweep_axes *axes);

/* The axes, slowest first. */
unsigned sweep_axes_count(const struct sweep_axes *axes);
const char *sweep_axes_name(const struct sweep_axes *axes, unsigned axis);

/* The values as they were written, in one normal form: without needless spaces, "all" spelled out.
 * Two axes with the same values in the same order may differ in it; the same text is the same. */
const char *sweep_axes_text(const struct sweep_axes *axes, unsigned axis);

/* True if the axis has a column of its own in the rows: all but revisions and seeds, which rows
 * tell anyway. */
bool sweep_axes_has_column(const struct sweep_axes *axes, unsigned axis);

/* How many values the axis has, and value @position of it as text; the caller frees it. */
uint64_t sweep_axes_length(const struct sweep_axes *axes, unsigned axis);
char *sweep_axes_value(const struct sweep_axes *axes, unsigned axis, uint64_t position);

/* The position on each axis (sweep_axes_count() of them) of @point. */
void sweep_axes_at(const struct sweep_axes *axes, uint64_t point, uint64_t *positions);

/* What @point sets: NULL-terminated "group.key=value" for scenario_overrides.set, to be freed with
 * g_strfreev(). May be called from several threads at once. */
char **sweep_axes_settings(const struct sweep_axes *axes, uint64_t point);

#endif
