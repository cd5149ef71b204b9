/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_STEP_TIMELINE_H
#define CIDSIM_SIM_STEP_TIMELINE_H

#include "sim/record/lanes.h"
#include "sim/scenario/scenario.h"

/* The timeline of @scenario, which has [steps] or no [explore]: it runs for that. @stop, which may
 * be NULL, ends it early if it is true. The caller frees the text. */
char *timeline_of(
	const struct scenario *scenario, const struct lanes_options *options, bool (*stop)(void));

#endif
