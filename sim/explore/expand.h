/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_EXPAND_H
#define CIDSIM_SIM_EXPLORE_EXPAND_H

/* From a packed state to all that can come next, and what is broken in it. */

#include "sim/explore/pack.h"
#include "sim/explore/spin.h"

/* Told of each step that can be taken and of the state that it leads to, packed, with depth 0. */
typedef void (*expand_sink)(void *context, const struct explore_step *step,
	const struct machine *next, const uint32_t *key);

struct expander {
	const struct pack_layout *layout;
	struct machine *base, *next;
	struct spin_checker *spins;
	struct machine_twins twins;
	struct pack_contents contents; /* of base, if it was read */
	bool is_read;
	struct explore_step steps[MACHINE_STEPS_MAX];
};

void expander_init(struct expander *expander, const struct pack_layout *layout);
void expander_free(struct expander *expander);

/* Take the state at @key to be expanded and looked at: expander.base. */
void expander_read(struct expander *expander, const uint32_t *key);

/* Take @machine, whatever its tasks and CPUs are numbered, as expander.base. */
void expander_put(struct expander *expander, const struct machine *machine);

/* Tell @sink of all steps from expander.base. Returns how many there were. Two steps may lead to
 * the same state. */
unsigned expander_steps(struct expander *expander, expand_sink sink, void *context);

/* Those of the properties @mask, CHECK_* and EXPLORE_* bits, that are broken in
 * expander.base. */
unsigned expander_check(struct expander *expander, unsigned mask);

/* Those of I3, EXPLORE_STALL and EXPLORE_STUCK in @mask that are broken in @machine. @checker may
 * be NULL if neither I3 nor EXPLORE_STUCK is in @mask. */
unsigned expand_check_spins(
	struct spin_checker *checker, const struct machine *machine, unsigned mask);

/* Those of EXPLORE_TRANSIT and EXPLORE_WINDOW in @mask that are broken in @machine. */
unsigned expand_check_transit(const struct machine *machine, unsigned mask);

/* After an affinity was widened in per-CPU mode something must lead back where the users are fewer
 * than the threshold that entering at the new width would record: is there nothing that will? */
bool expand_never_returns(const struct machine *machine, const struct machine_config *config);

#endif
