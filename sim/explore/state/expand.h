/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_EXPAND_H
#define CIDSIM_SIM_EXPLORE_STATE_EXPAND_H

/* From a packed state to all its successors. One thread uses one expander; it owns its machines
 * and borrows the layout, which must outlive it. */

#include "sim/explore/state/pack.h"

/* Called for each step that can be taken, with the machine that it leads to and its packed state,
 * with depth 0. Both are valid during the call only. */
typedef void (*expand_sink)(void *context, const struct explore_step *step,
	const struct machine *next, const uint32_t *key);

struct expander {
	const struct pack_layout *layout;
	struct machine *base, *next; /* the state that is expanded; its successor by one step */
	struct machine_twins twins;
	struct pack_contents contents; /* of base, if it was read */
	bool is_read;
	struct explore_step steps[MACHINE_STEPS_MAX];
};

void expander_init(struct expander *expander, const struct pack_layout *layout);
void expander_free(struct expander *expander);

/* Take the state at @key to be expanded and looked at: expander.base. */
void expander_read(struct expander *expander, const uint32_t *key);

/* Take @machine, with any numbering of its tasks and CPUs, as expander.base. */
void expander_put(struct expander *expander, const struct machine *machine);

/* Whether a step is to be taken. */
typedef bool (*expand_filter)(void *context, const struct explore_step *step);

/* Call @sink for each step from expander.base for which @wants returns true; NULL: for all. Returns
 * how many there were. Two steps may lead to the same state. */
unsigned expander_some_steps(
	struct expander *expander, expand_filter wants, expand_sink sink, void *context);

/* The same for all of machine_rare_steps(). */
unsigned expander_rare_steps(struct expander *expander, expand_sink sink, void *context);

static inline unsigned expander_steps(struct expander *expander, expand_sink sink, void *context)
{
	return expander_some_steps(expander, NULL, sink, context);
}

#endif
