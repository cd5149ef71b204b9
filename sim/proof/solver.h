/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PROOF_SOLVER_H
#define CIDSIM_SIM_PROOF_SOLVER_H

/* The solvers: programs of their own, which read SMT-LIB and answer each (check-sat). */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum { SOLVERS = 2 };

enum answer {
	ANSWER_NONE,    /* not asked */
	ANSWER_NEVER,   /* unsat */
	ANSWER_CAN_BE,  /* sat */
	ANSWER_UNKNOWN, /* out of time or memory, or the solver gave up */
};

/* "z3" and "cvc5": the names of the programs and of Debian's packages. */
const char *solver_name(unsigned solver);

/* The solver of that name, SOLVERS if there is none. */
unsigned solver_find(const char *name);

/* Its version, as it says it itself ("4.8.12"). NULL sets @error (FAILURE): it is not installed, is
 * too old, or is something else. The caller frees it. */
char *solver_version(unsigned solver, GError **error);

struct solver_limits {
	unsigned query_s; /* for each question */
	unsigned memory_mib;
	bool (*stop)(void *context); /* whether to end; asked a few times in a second; NULL: never */
	void *context;
};

struct solver_script {
	const char *text;
	unsigned count; /* of (check-sat) */
	bool sizes;     /* it is about the sizes of sets */
};

/*
 * Ask @script, and put its answers into @answers. An answer that is missing because a limit ended
 * the solver is ANSWER_UNKNOWN. Returns false if stop() said so, or with @error (FAILURE) if the
 * solver cannot be started or prints what is no answer.
 */
bool solver_ask(unsigned solver, const struct solver_script *script,
	const struct solver_limits *limits, uint8_t *answers, GError **error);

/* Does it know the sizes of sets? */
bool solver_knows_sizes(unsigned solver);

#endif
