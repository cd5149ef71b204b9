/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PROOF_REPORT_H
#define CIDSIM_SIM_PROOF_REPORT_H

/* What a proof says, as text and as JSON. */

#include "sim/base/json-write.h"
#include "sim/proof/prove.h"

/* "proven", "not inductive", "unknown", "the solvers disagree". */
const char *proof_verdict_to_string(enum proof_verdict verdict);

/* Is the invariant proven, and all lemmas of @group: "I3", "thresholds"? */
bool proof_has_group(const struct proof *proof, const char *group);

/* Append the report. @of says which protocol it is: "7.1, exec-return=late". */
void proof_print(GString *text, const struct proof *proof, const char *of);

/* Append the names of the actions that can be taken, stand for steps of the model, and are not
 * among those @taken, a number for each action. */
void proof_add_unseen(GString *text, const struct proof *proof, const uint64_t *taken);

/* Append the table of actions and conjuncts. */
void proof_print_table(GString *text, const struct proof *proof);

/* The members of the object for a program that are about the proof, without its braces. */
void proof_add_json(struct json *json, const struct proof *proof);

#endif
