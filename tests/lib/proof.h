/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_PROOF_H
#define CIDSIM_TESTS_LIB_PROOF_H

/* Rules of the proof: those that ship, and short ones of a test. */

#include "sim/proof/facts.h"
#include "sim/proof/rules.h"

/* The rules that ship, for @protocol. They must be good. */
struct rules *proof_shipped(const struct protocol *protocol, bool failed_execs);

/* Rules of this text, for 7.1: state.rules of a folder whose other files are empty. NULL sets
 * @error. */
struct rules *proof_of_text(const char *text, GError **error);

/* The action, or the conjunct, @name; NULL: there is none. */
struct action *proof_action(const struct rules *rules, const char *name);
const struct claim *proof_conjunct(const struct rules *rules, const char *name);

/* The value at @a, @b (0 where there are fewer arguments) of the symbol @name. */
int32_t *proof_value(const struct facts *facts, const char *name, unsigned a, unsigned b);

#endif
