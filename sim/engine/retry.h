/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_RETRY_H
#define CIDSIM_SIM_ENGINE_RETRY_H

/*
 * CPUs that spin try again whenever the mm may have freed a number.
 *
 * With bounded-get every spin ends by itself after a fixed number of rounds, so none is a live
 * lock: its task goes on without a number. Source: docs/protocol.md, section 7, bounded-get.
 */

#include <stdbool.h>
#include <stdint.h>

struct engine;

/* All CPUs that spin try again. */
void retry_all(struct engine *engine);

/* Does every spin of this revision end by itself? */
bool retry_is_bounded(const struct engine *engine);

/* When the next spin gives up; some CPU spins. NEVER if no spin gives up. */
uint64_t retry_gives_up_ns(const struct engine *engine);

#endif
