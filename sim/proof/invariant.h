/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PROOF_INVARIANT_H
#define CIDSIM_SIM_PROOF_INVARIANT_H

/*
 * The conjuncts of the invariant that `cidsim prove` proves, looked at in single states: what is
 * proven holds in each, whatever the scenario or the trace is.
 */

#include "sim/proof/facts.h"

enum { INVARIANT_TASKS_MAX = 64, INVARIANT_CPUS_MAX = 64 };

struct invariant;

/* Read the shipped rules for @protocol. NULL sets @error (FAILURE). */
struct invariant *invariant_new(const struct protocol *protocol, GError **error);
void invariant_free(struct invariant *invariant);

/* The first conjunct that does not hold in the state of @machine; NULL: all hold, or its mm has no
 * users. */
const struct claim *invariant_broken_in_machine(struct invariant *invariant,
	const struct machine *machine, const struct machine_config *config);

/*
 * The same in mm @mm of @model, which has users. Between steps only: where part of an exit has been
 * taken the conjuncts need not hold. A task that is no user counts as one in an exec,
 * unless it comes back from one. *@looked:
 * false if the mm has more than INVARIANT_TASKS_MAX tasks, or the machine more than
 * INVARIANT_CPUS_MAX CPUs: then NULL, and nothing was looked at.
 */
const struct claim *invariant_broken_in_mm(
	struct invariant *invariant, const struct model *model, uint32_t mm, bool *looked);

#endif
