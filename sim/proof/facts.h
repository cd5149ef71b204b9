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

struct reading;

struct facts {
	const struct rules *rules;
	unsigned sizes[SORTS_MAX];       /* elements of each sort, values of each kind */
	const struct reading **readings; /* of each symbol: how the model has it */
	unsigned *offsets;               /* of each symbol in values */
	unsigned count;                  /* of values */
	int32_t *values;
};

/* A state of one mm in the model. */
struct facts_source {
	const struct model *model;
	uint32_t mm;
	/* The tasks of the model that are task 0, 1, … here, TASK_NONE: it is not there; all users
	 * of the mm, all of its tasks that run, and who holds its mutex, are among them. */
	const uint32_t *tasks;
	bool (*in_exec)(const void *context, uint32_t task); /* by the model's number */
	const void *context;
	bool work;      /* the deferred work is queued */
	bool any_order; /* a walk has been to those in @walked, by their number here; else in the
	                   kernel's order */
	uint64_t walked;
};

/* Values of variables, by their number. */
struct bindings {
	int64_t *values;
};

void bindings_init(struct bindings *bindings, const struct rules *rules);
void bindings_clear(struct bindings *bindings);

/* Room for states of @tasks tasks and @cpus CPUs. */
void facts_init(struct facts *facts, const struct rules *rules, unsigned tasks, unsigned cpus);
void facts_clear(struct facts *facts);

/* The name of a symbol that no machine has, or of other sorts; NULL: there is none. */
const char *facts_missing(const struct rules *rules);

/* How the model has @symbol; NULL: it has not. */
const struct reading *facts_reading(const struct symbol *symbol);

/* Read a state, of as many tasks and CPUs as there is room for. No symbol may be missing. */
void facts_read(struct facts *facts, const struct facts_source *source);
void facts_read_machine(
	struct facts *facts, const struct machine *machine, const struct machine_config *config);

/* What @term is in @facts. */
int64_t facts_evaluate(
	const struct facts *facts, const struct term *term, struct bindings *bindings);

/* Take @action, whose parameters are bound, from @facts. */
void facts_apply(struct facts *facts, const struct action *action, struct bindings *bindings);

#endif
