/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SCENARIO_ESTIMATE_H
#define CIDSIM_SIM_SCENARIO_ESTIMATE_H

/* How large a run will be, before it begins. */

#include "sim/scenario/scenario.h"

struct scenario_estimate {
	uint64_t tasks; /* the most at once; those that come and go count with all their members */
	uint64_t
		events; /* of the run: usually right to a factor of 3; never above its max-events */
};

/* About how large a run of @scenario is. It follows from the means of what tasks do, not from a
 * simulation: tasks that have to wait for a CPU, a lock or another task do less. Nothing for
 * [explore] and [steps]: both 0. */
struct scenario_estimate scenario_estimate(const struct scenario *scenario);

#endif
