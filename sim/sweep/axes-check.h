/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_AXES_CHECK_H
#define CIDSIM_SIM_SWEEP_AXES_CHECK_H

/* Which values of the axes of a sweep are impossible. */

#include "sim/sweep/axes.h"

/*
 * Try the values of @axes, which were made of @source: each word and, of a range, both ends. A
 * value is wrong if the scenario has faults with it both where all other axes have their first
 * value and where they have their last. So a typo is found, and a corner of a rectangle that cannot
 * be is allowed. Adds what is wrong to @errors, at most 20 messages and one that there are more:
 * "PATH:LINE: sweep: AXIS: …" or "sweep: OPTION: …".
 */
void sweep_axes_check(
	const struct sweep_axes *axes, const struct sweep_source *source, GPtrArray *errors);

#endif
