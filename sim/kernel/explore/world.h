/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_EXPLORE_WORLD_H
#define CIDSIM_SIM_KERNEL_EXPLORE_WORLD_H

/*
 * A small machine in which a kernel's code runs, and all that may happen next in it. It is that of
 * [explore] in a scenario: one mm, whose tasks T0 has forked, one after the other; each kind of
 * operation may happen so often.
 */

#include "sim/kernel/event.h"
#include "sim/kernel/explore/memory.h"
#include "sim/kernel/explore/seen.h"
#include "sim/machine/machine.h"

enum { WORLD_EVENTS_MAX = 1024, WORLD_LEFT = 8 };

struct world_config {
	struct machine_config machine;
	struct protocol protocol; /* of the model beside; not used alone */
	bool alone, fine;
	bool stacks; /* the bytes of stacks tell states apart, too */
};

struct world {
	const struct world_config *config;
	struct pair *pair;
	uint8_t left[WORLD_LEFT]; /* how often each may still happen, by enum machine_op */
	bool exits_only;          /* of those only exits happen, any number */
	struct memory memory;
	GArray *begin; /* struct event: what leads to the start */
};

/* Its machine as events know it. */
struct shape world_shape(const struct world_config *config);

/* Begin: tasks are forked. pair.difference says if code and model differ in that already. False if
 * the code's memory cannot be found. */
bool world_begin(struct world *world, const struct code *code, const struct world_config *config);
void world_clear(struct world *world);

/* What may be possible now, into @events, room for WORLD_EVENTS_MAX. Returns how many. */
uint32_t world_events(const struct world *world, struct event *events);

/* Let @event happen, if it can. A get that spins goes on for some rounds; event.c is their number.
 * If it could not the world may have changed all the same: to be restored. */
enum event_outcome world_happen(struct world *world, struct event *event);

/* Does a get spin, while the pool has nothing? */
bool world_spins(const struct world *world);

/* Is there a number in the pool? */
bool world_has_number(const struct world *world);

/* The state. */
struct key world_key(const struct world *world);

#endif
