/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PROOF_SMT_H
#define CIDSIM_SIM_PROOF_SMT_H

/*
 * Writes rules in SMT-LIB 2.6, for solvers. A state is a function for each symbol. A step is one
 * definition for each line of an action: own!1 is own after the first line that changes it.
 */

#include "sim/proof/rules.h"

/* How often each symbol has changed. */
struct smt_state {
	unsigned *changes; /* by index */
};

void smt_state_init(struct smt_state *state, const struct rules *rules);
void smt_state_clear(struct smt_state *state);

/* Append the sorts, and the symbols of the first state. */
void smt_add_declarations(GString *text, const struct rules *rules);

/* Append @term as it is in @state. */
void smt_add_term(GString *text, const struct rules *rules, const struct smt_state *state,
	const struct term *term);

/* Append "(assert TERM)", with @comment (may be NULL) before. */
void smt_add_assert(GString *text, const struct rules *rules, const struct smt_state *state,
	const char *comment, const struct term *term);

/* Append the parameters and the guard of @action in @state. */
void smt_add_guard(GString *text, const struct rules *rules, const struct smt_state *state,
	const struct action *action);

/* Append what @action changes; @state is then the one after. */
void smt_add_updates(GString *text, const struct rules *rules, struct smt_state *state,
	const struct action *action);

/* Append that @counted is right after the step if it was before, as a formula: @after differs from
 * @before in one element and one in number, or in none. */
void smt_add_counts(GString *text, const struct rules *rules, const struct smt_state *before,
	const struct smt_state *after, const struct counted *counted);

#endif
