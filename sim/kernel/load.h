/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_LOAD_H
#define CIDSIM_SIM_KERNEL_LOAD_H

/* A load: switches, forks and exits in the order that somebody has recorded, played by the code as
 * whole operations, one after the other. What counts is their effect. */

#include "sim/kernel/event.h"

enum { LOADS_MAX = 16 };

struct load {
	char name[40];
	struct shape shape;         /* T0 runs on the lowest CPU allowed, as always */
	const struct event *events; /* EVENT_SWITCH, EVENT_THREAD, EVENT_EXIT */
	uint32_t count;
};

struct load_effect {
	uint64_t switches, fast; /* to users of an mm; fast: those that touch no pool */
	uint64_t flips;          /* of the mode of mm 0 */
	uint64_t bit_ops;        /* on pools */
	uint64_t spans; /* the sum of the spans after each switch; a span: highest CID + 1 */
	uint32_t span_max;
	uint32_t played; /* events; fewer than those of the load: the code warns, or an operation
	                  * spins for ever, or could not begin */
};

/* Play @load on @pair, whose partner is nobody, from the start. */
void load_play(struct pair *pair, const struct protocol *protocol, const struct load *load,
	struct load_effect *effect);

#endif
