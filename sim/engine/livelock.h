/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_LIVELOCK_H
#define CIDSIM_SIM_ENGINE_LIVELOCK_H

/*
 * From time to time all CPUs that spin are looked at together: where nothing that could free a
 * number can run any more, the run is over with a live lock. Source: docs/protocol.md,
 * sections 8 (I3) and 11.
 */

struct engine;

/* spins.check_ns has come: CPUs that spin try again, then live locks are looked for. */
void livelock_check(struct engine *engine);

/* The run is over: CPUs that spin still are a violation, if that can be said. */
void livelock_at_end(struct engine *engine);

#endif
