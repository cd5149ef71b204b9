/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PROOF_FACTS_H
#define CIDSIM_SIM_PROOF_FACTS_H

/*
 * A state of the rules with few elements, as values, and what terms are in it. So a claim can be
 * looked at in a state of the model, and an action can be taken.
 */

#include "sim/machine/machine.h"
#include "sim/proof/rules.h"

struct facts {
	const struct rules *rules;
	unsigned sizes[SORTS_MAX]; /* elements of each sort, values of each kind */
	unsigned *offsets;         /* of each symbol in values */
	unsigned count;            /* of values */
	int32_t *values;
};

/* Values of variables, by their number. */
struct bindings {
	int64_t *values;
};

void bindings_init(struct bindings *bindings, const struct rules *rules);
void bindings_clear(struct bindings *bindings);

/* Room for the states of machines with @config. */
void facts_init(
	struct facts *facts, const struct rules *rules, const struct machine_config *config);
void facts_clear(struct facts *facts);

/* The name of a symbol that no machine has, or of other sorts; NULL: there is none. */
const char *facts_missing(const struct rules *rules);

/* Read the state of @machine. No symbol may be missing. */
void facts_read(
	struct facts *facts, const struct machine *machine, const struct machine_config *config);

/* What @term is in @facts. */
int64_t facts_evaluate(
	const struct facts *facts, const struct term *term, struct bindings *bindings);

/* Take @action, whose parameters are bound, from @facts. */
void facts_apply(struct facts *facts, const struct action *action, struct bindings *bindings);

#endif
