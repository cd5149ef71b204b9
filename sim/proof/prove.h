/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PROOF_PROVE_H
#define CIDSIM_SIM_PROOF_PROVE_H

/*
 * The proof: the invariant holds at the start; each action keeps each of its conjuncts; the
 * properties follow from it. Each is a question for the solvers, whether there is a state, or a
 * step, that says otherwise. So "never" for all of them is a proof.
 *
 * The questions about one action are one *part*, which is one script and one process.
 */

#include "sim/proof/rules.h"
#include "sim/proof/solver.h"

enum part_kind {
	PART_START,      /* can a new mm be without a conjunct? */
	PART_ACTION,     /* can a step of the action end without a conjunct, or change the count? */
	PART_PROPERTIES, /* can the invariant hold without a property? */
	PART_LEMMAS,     /* ... without a lemma? */
};

struct part {
	enum part_kind kind;
	const struct action *action; /* of PART_ACTION */
	unsigned count;              /* of questions */
	/* Of the start and of an action the first question is whether it can be at all: "can be" is
	 * expected. Else the start is empty, or the action is never taken. */
	uint8_t *answers[SOLVERS]; /* enum answer */
};

enum proof_verdict {
	PROOF_PROVEN,
	PROOF_REFUSED, /* not inductive: a solver knows a step that breaks a conjunct */
	PROOF_UNKNOWN,
	PROOF_DISAGREES, /* one solver says "never", the other one "can be" */
};

struct proof {
	const struct rules *rules;
	char *versions[SOLVERS];  /* NULL: this one is not asked */
	int64_t used_us[SOLVERS]; /* the time of all its processes */
	GPtrArray *parts;         /* struct part */
	bool counted; /* a solver that knows the sizes of sets agrees with counting.smt2 */
	enum proof_verdict verdict;
	unsigned questions;
	bool stopped;
};

struct proof_options {
	bool wanted[SOLVERS];
	struct solver_limits limits;
	unsigned jobs;
	bool (*tick)(void *context); /* called a few times in a second; false: stop */
	void *context;
};

/* Prove what @rules say; they were read from @folder. NULL sets @error (FAILURE). To be freed by
 * proof_free(), before @rules. */
struct proof *proof_run(const struct rules *rules, const char *folder,
	const struct proof_options *options, GError **error);
void proof_free(struct proof *proof);

/* Write the questions of each part to FOLDER/NAME.smt2. */
bool proof_write(const struct rules *rules, const char *folder, GError **error);

/* Is question @i of @part whether it can be at all? */
bool part_asks_whether(const struct part *part, unsigned i);

/* What question @i of @part is about: NULL, whether it can be, or its count; else a claim. */
const struct claim *part_claim(const struct rules *rules, const struct part *part, unsigned i);
const char *part_name(const struct part *part);

/* The answer of all solvers: if they do not agree, ANSWER_UNKNOWN; what only one knows counts. */
enum answer part_answer(const struct proof *proof, const struct part *part, unsigned i);

/* Has each solver that was asked said "never"? One that does not know leaves it open. */
bool part_is_proven(const struct proof *proof, const struct part *part, unsigned i);

/* Is question @i broken: a step, or a state, that must not be, can be? */
bool part_is_broken(const struct proof *proof, const struct part *part, unsigned i);

#endif
