/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_AXES_PRIVATE_H
#define CIDSIM_SIM_SWEEP_AXES_PRIVATE_H

/* What sim/sweep/axes.c and the files above it share. */

#include "sim/scenario/axis-name.h"
#include "sim/sweep/axes.h"

struct sweep_axis {
	struct axis_name name;
	char *label;     /* what messages about it begin with */
	GPtrArray *keys; /* that it sets: char *, "group.key" */
	struct axis_values *values;
	char *text;
	bool is_count; /* "seeds N": the seeds follow on the scenario's */
};

struct sweep_axes {
	GPtrArray *list; /* struct sweep_axis *, slowest first */
	uint64_t points;
};

static inline const struct sweep_axis *sweep_axis_get(const struct sweep_axes *axes, unsigned i)
{
	g_assert(i < axes->list->len);
	return g_ptr_array_index(axes->list, i);
}

/* What the axis gives its keys for the value @position. The caller frees it. */
char *sweep_axis_setting(const struct sweep_axis *axis, uint64_t position);

/* What a point sets: NULL-terminated "group.key=value", to be freed with g_strfreev(). @positions:
 * one for each axis. */
char **sweep_axes_settings(const struct sweep_axes *axes, const uint64_t *positions);

/* The scenario at @positions, one for each axis. */
struct scenario *sweep_axes_parse(const struct sweep_axes *axes, const struct sweep_source *source,
	const uint64_t *positions, GPtrArray *errors);

#endif
