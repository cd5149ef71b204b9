/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_CHOOSE_H
#define CIDSIM_SIM_KERNEL_CHOOSE_H

/*
 * Random machines and events. What is likely changes from time to time: tasks are made, or end, or
 * exec, or only switch, on many CPUs or on few. So the mode flips often, in both directions, with
 * few and with many tasks, and some CPUs have not run the mm for long.
 */

#include "sim/base/prng.h"
#include "sim/kernel/event.h"

/* What is likely now: a weight for each kind of event. */
struct mood {
	uint32_t weights[EVENT_KINDS], total;
	uint32_t events_left;
	uint32_t idle; /* of 16 switches, how many are to idle */
	uint64_t busy; /* CPUs that switch often; the others hardly ever: they may own nothing */
};

/* A machine: small ones most often. */
struct shape choose_shape(struct prng *prng);

/* An event that may be possible in @pair. */
struct event choose_event(struct prng *prng, struct mood *mood, const struct pair *pair);

#endif
