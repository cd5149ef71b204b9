/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_EXPLORE_STUCK_H
#define CIDSIM_SIM_KERNEL_EXPLORE_STUCK_H

/*
 * I3: can a spin in get end? As in sim/explore/state/spin.h: it can if some continuation frees a
 * number, or the get gives up. Only exits begin, and any number of them.
 */

#include <signal.h>

#include "sim/kernel/explore/frontier.h"

struct stuck {
	struct world *world;
	struct seen_entry *entries, *good_entries;
	struct seen seen; /* of one search */
	struct seen good; /* spins that can end */
	struct frontier stack;
	uint64_t *image;
	bool gave_up;    /* a search was too large: what it was about counts as ending */
	const volatile sig_atomic_t *stop;
};

/* For states of @world; searches end when *@stop is not 0. */
void stuck_init(struct stuck *stuck, struct world *world, const volatile sig_atomic_t *stop);
void stuck_clear(struct stuck *stuck);

/* A get spins in the world. Can that end? The world is changed: to be restored. */
bool stuck_can_end(struct stuck *stuck);

#endif
