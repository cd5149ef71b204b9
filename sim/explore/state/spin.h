/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_SPIN_H
#define CIDSIM_SIM_EXPLORE_STATE_SPIN_H

/*
 * I3: can a spin in get end? It can if some continuation frees a number: any order of switches, of
 * the steps of a walk that is under way, and of exits. Each task in user space that is on a CPU and
 * can take the mutex may exit. No other operation begins: it frees a number only as an exit does.
 * Source: docs/protocol.md, sections 8 and 11.
 */

#include <signal.h>

#include "sim/explore/state/pack.h"

struct spin_checker;

/* For states of machines of @config; NULL if they are too large to be packed. */
struct spin_checker *spin_checker_new(const struct machine_config *config);
void spin_checker_free(struct spin_checker *checker);

/* Let @checker give up once its states need more than @bytes, or *@stop is set. Without this call
 * it goes on as long as there is memory. */
void spin_checker_limit(
	struct spin_checker *checker, size_t bytes, const volatile sig_atomic_t *stop);

/* True unless a get spins in @machine and no continuation frees a number. */
bool spin_can_end(struct spin_checker *checker, const struct machine *machine);

/* Whether the last spin_can_end() gave up: that it was true proves nothing then. */
bool spin_checker_gave_up(const struct spin_checker *checker);

/* States looked at since the checker was made; of NULL: 0. */
uint64_t spin_checker_states(const struct spin_checker *checker);

#endif
