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
 *   cpus       machine.cpus, numbers and ranges of them (lists of ids: machine.cpus)
 *   allowed    cpus = first N of every [mm]
 *   threads    the size of the only workload: to of [ramp], threads of [pool], count of [tasks]
 *              (which is not 0)
 *   revisions  protocol.revision; "all", alone, stands for every revision of the table
 *   seeds      scenario.seed; a single number N means N seeds from the scenario's on
 *   GROUP.KEY  any key of [scenario] to [pool NAME], as with --set
 *
 * sim/scenario/axis-values.h has the form of their values. Ranges are for the first three, for
 * seeds, and for keys that are numbers, times, durations or distributions; the values of all other
 * keys, lists of CPUs among them, are words.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/scenario/axis-values.h"
#include "sim/scenario/scenario.h"

struct sweep_axes;

/* What the points are made from: a scenario file in memory, and what the user has set. */
struct sweep_source {
	const char *path; /* a name for messages; "-" = standard input */
	const char *text;
	size_t length;
	const struct scenario_overrides *overrides; /* NULL = none */
};

/* An axis as the command line has it. */
struct sweep_axis_option {
	const char *option; /* for messages: "--cpus"; "--vary", with the name behind it */
	const char *name;   /* "cpus", or "group.key" of --vary */
	const char *values;
};

/*
 * The axes of @scenario, which is what scenario_parse() made of @source, and of @options. Without
 * any there is one point. Neither is needed later, but @source by sweep_axes_scenario().
 *
 * All that is wrong is added to @errors, one message each, "PATH:LINE: sweep: AXIS: …", "sweep:
 * OPTION: …" or "sweep: …"; then NULL is returned: unknown axes, groups and keys (with the nearest
 * known one), threads where there is not one workload, lists with a fault, the same axis twice, two
 * axes that set the same key, a key that @source's overrides set too (but with "seeds N" the seed
 * of the overrides is where they begin), more than AXES_MAX axes or POINTS_MAX points. Whether the
 * scenario can have the values is sweep_axes_check()'s question (sim/sweep/axes-check.h).
 */
struct sweep_axes *sweep_axes_new(const struct scenario *scenario,
	const struct sweep_source *source, const struct sweep_axis_option *options,
	size_t options_count, GPtrArray *errors);
void sweep_axes_free(struct sweep_axes *axes); /* NULL is allowed */

/* The number of points, from 1 to POINTS_MAX. */
uint64_t sweep_axes_points(const struct sweep_axes *axes);

/* The axes, slowest first. */
unsigned sweep_axes_count(const struct sweep_axes *axes);
const char *sweep_axes_name(const struct sweep_axes *axes, unsigned axis);

/* The values in one normal form: separated by ';', without needless spaces, "all" spelled out,
 * "seeds N" as the range of these seeds. Two axes with the same values in the same order may
 * differ in it; the same text is the same. */
const char *sweep_axes_text(const struct sweep_axes *axes, unsigned axis);

/* True if the axis has a column of its own in the rows: all but those that set the revision or
 * the seed, which every row has anyway. */
bool sweep_axes_has_column(const struct sweep_axes *axes, unsigned axis);

/* How many values the axis has, and value @position of it as text (of allowed: the number); the
 * caller frees it. */
uint64_t sweep_axes_length(const struct sweep_axes *axes, unsigned axis);
char *sweep_axes_value(const struct sweep_axes *axes, unsigned axis, uint64_t position);

/* The position on each axis (sweep_axes_count() of them) of @point. */
void sweep_axes_at(const struct sweep_axes *axes, uint64_t point, uint64_t *positions);

/* The scenario of @point: @source with its overrides and the settings of the point. NULL and
 * @errors as scenario_parse() if the point cannot be. */
struct scenario *sweep_axes_scenario(const struct sweep_axes *axes,
	const struct sweep_source *source, uint64_t point, GPtrArray *errors);

/* All functions that take constant axes may be called from several threads at once. */

#endif
