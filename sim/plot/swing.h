/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_SWING_H
#define CIDSIM_SIM_PLOT_SWING_H

/* How often a process changes its mode while its users swing. */

#include <stdbool.h>
#include <stdint.h>

enum { SWING_FLIPS_PER = 1000 }; /* cycles */

/* What a run, or the mean of several, measured. All in millionths, not negative. */
struct swing {
	int64_t from, users_max; /* a cycle: users go from the one to the other and back */
	int64_t forks;           /* those before the first cycle included: from - 1 */
	int64_t flips;           /* of the mode, in both directions */
};

/*
 * *@flips = flips per SWING_FLIPS_PER cycles, in millionths, rounded down. There were
 * (forks - (from - 1)) / (users_max - from) cycles. False if there was none, or no swing, or a
 * number of @swing is 2^56 or more.
 */
bool swing_flips(const struct swing *swing, int64_t *flips);

#endif
