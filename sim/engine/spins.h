/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_SPINS_H
#define CIDSIM_SIM_ENGINE_SPINS_H

/* CPUs that spin in get: the beginning of a spin, and who spins for what. Trying again and the end:
 * retry.h. Source: docs/protocol.md, sections 4, 8 (I3) and 11. */

#include <glib.h>

#include "model/observer.h"
#include "model/state.h"

struct engine;

struct spins {
	GArray *cpus;         /* that spin, in the order in which they began */
	GArray *lock_waiters; /* CPUs that wait for the rq lock of one that spins */
	uint64_t check_ns;    /* when to look at CPUs that spin; NEVER */
	uint64_t livelock_ns; /* ... and for live locks among them */
};

void spins_init(struct spins *spins);
void spins_clear(struct spins *spins);

/* The get of a switch on @cpu, or of a fork there (the CPU is in CPU_SPINS_FORK), found nothing. */
void spins_begin(struct engine *engine, uint32_t cpu, uint32_t mm);

/* Log the spin that has begun on @cpu, after the step which it is part of. */
void spins_log(struct engine *engine, uint32_t cpu);

/* The second step of a get, of a switch on @cpu or of a fork in @mm, that has found a number but
 * not set it (split-get): it sets it now, because in a run no other step comes between. */
struct step spins_set_found(
	struct engine *engine, uint32_t cpu, struct step step, struct model_observer *observer);
struct step spins_set_found_by_fork(struct engine *engine, uint32_t mm, struct step step);

/* A bit of an mm may have been freed: CPUs that spin try again after the other events of now. */
void spins_retry_soon(struct engine *engine);

/* The mm whose number @cpu spins for, and the task that is to get it. */
uint32_t spins_mm(struct engine *engine, uint32_t cpu);
uint32_t spins_task(struct engine *engine, uint32_t cpu);

#endif
