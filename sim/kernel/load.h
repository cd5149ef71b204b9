/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_LOAD_H
#define CIDSIM_SIM_KERNEL_LOAD_H

/* A load: what has happened to some mms, in the order that somebody has recorded, played by the code
 * as whole operations, one after the other. What counts is their effect. */

#include "sim/kernel/event.h"

enum { LOADS_MAX = 16 };

/* One mm, mm 0, on a machine of its own. */
struct load_part {
	struct shape shape;         /* T0 runs on the lowest CPU allowed, as always */
	const struct event *events; /* those that begin operations, and EVENT_GONE */
	uint32_t count;
};

struct load {
	char name[40];
	const struct load_part *parts;
	uint32_t parts_count;
	uint32_t count; /* events of all parts */
};

struct load_effect {
	bool tried;              /* false: stopped before it */
	uint64_t switches, fast; /* to users of the mm; fast: those that touch no pool */
	uint64_t flips;          /* of the mode */
	uint64_t bit_ops;        /* on pools */
	uint64_t spans; /* the sum of the spans after each switch; a span: highest CID + 1 */
	uint32_t span_max;
	uint32_t played; /* events; fewer than those of the load: the code warns, or an operation
	                  * spins for ever, or could not begin */
};

/* Play the parts of @load on @pair, whose partner is nobody, each from its start. Where the code
 * has deferred work, that runs at once. */
void load_play(struct pair *pair, const struct protocol *protocol, const struct load *load,
	struct load_effect *effect);

#endif
