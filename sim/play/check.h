/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLAY_CHECK_H
#define CIDSIM_SIM_PLAY_CHECK_H

/* Which properties a machine breaks along its steps. */

#include <signal.h>
#include <stddef.h>

#include "sim/machine/machine.h"
#include "sim/proof/invariant.h"

/* What I7 needs of the steps before: zero at the start. */
struct play_seen {
	uint16_t tasks;              /* switched in since users or mode have changed */
	struct invariant *invariant; /* NULL: not asked for so far */
};

void play_seen_clear(struct play_seen *seen);

/* Those of @wanted, CHECK_* and EXPLORE_* bits, that @after breaks, but for CHECK_I3 and
 * EXPLORE_STUCK. A step has made it of @before; at the start both are the same. */
unsigned play_check(struct play_seen *seen, const struct machine *before,
	const struct machine *after, const struct machine_config *config, unsigned wanted);

/* How a search for the end of a spin ends. */
enum play_spins {
	PLAY_SPINS_JUDGED,
	PLAY_SPINS_TOO_LARGE, /* the states of this machine cannot be packed: there is no search */
	PLAY_SPINS_GAVE_UP,   /* it needs more than the bytes, or was stopped: nothing is shown */
};

/* Those of CHECK_I3 and EXPLORE_STUCK in @wanted that @machine breaks, in *@broken if that was
 * judged. The states seen need at most @bytes; *@stop ends the search, NULL: nothing does. */
enum play_spins play_check_spins(const struct machine *machine, const struct machine_config *config,
	unsigned wanted, size_t bytes, const volatile sig_atomic_t *stop, unsigned *broken);

#endif
