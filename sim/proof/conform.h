/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PROOF_CONFORM_H
#define CIDSIM_SIM_PROOF_CONFORM_H

/*
 * Do the rules say what the model does? Random steps are taken on small machines; each must be an
 * instance of exactly one action: its guard holds before, and what it changes gives the state
 * after, for some values of its parameters. If the invariant is said to hold, each conjunct is
 * looked at in each state, too.
 */

#include "sim/base/json-write.h"
#include "sim/proof/facts.h"

struct conform_options {
	uint64_t steps, seed;
	bool looks; /* at the conjuncts, too */
	bool (*stop)(void *context);
	void *context;
};

struct conform_result {
	uint64_t steps;
	unsigned actions;
	uint64_t *taken;  /* by action */
	uint64_t doubled; /* steps that are instances of several actions */
	uint64_t unmatched;
	uint64_t broken; /* states without a conjunct */
	GString *first;  /* what was wrong first, in words; empty: nothing was */
};

/* NULL sets @error (FAILURE): the rules have a part of the state that the model does not. */
struct conform_result *conform_run(
	const struct rules *rules, const struct conform_options *options, GError **error);
void conform_free(struct conform_result *result);

/* Was each step one action, and did each conjunct hold? NULL: nothing was compared. */
bool conform_is_good(const struct conform_result *result);

void conform_print(GString *text, const struct conform_result *result);
void conform_add_json(struct json *json, const struct conform_result *result);

#endif
