/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_LIVELOCK_H
#define CIDSIM_SIM_ENGINE_LIVELOCK_H

/*
 * From time to time all CPUs that spin are checked together: if no task that could free a number
 * can run any more, the run ends with a live lock. Source: docs/protocol.md, sections 8 (I3)
 * and 11.
 */

struct engine;

/* spins.check_ns has come: CPUs that spin try again, then live locks are looked for. */
void livelock_check(struct engine *engine);

/* The run is over. CPUs that still spin are a violation, unless a live lock is reported already,
 * the run is undecided, or each spin of this revision ends by itself. */
void livelock_at_end(struct engine *engine);

#endif
