/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_OPS_H
#define CIDSIM_SIM_ENGINE_OPS_H

/* The arguments of the operations that tasks are in; see task.h for how an operation goes. */

#include <glib.h>

#include "sim/engine/task.h"

/* The arguments of an operation that a task is in. */
struct op {
	uint32_t task;
	uint32_t unit;    /* fork: of the child */
	uint32_t count;   /* fork: children still to make, this one included; 0 is 1 */
	uint32_t number;  /* fork: of the child in its unit; INDEX_NONE = the next one */
	uint32_t child;   /* fork: TASK_NONE until it is made */
	uint32_t team;    /* fork: of the child; INDEX_NONE = none */
	uint8_t kind;     /* fork: enum scenario_fork_kind */
	bool new_process; /* fork: of a new mm, scenario.mms[mm] */
	bool fails;       /* fork, exec */
	uint32_t mm;
	uint32_t mask;    /* affinity */
	uint64_t left_ns; /* of the burst that it interrupted */
	uint32_t next_free;
};

struct ops {
	GArray *all; /* struct op */
	uint32_t free;
};

void ops_init(struct ops *ops);
void ops_clear(struct ops *ops);

/* Room for @op, a copy. Returns its index, which is given back with ops_free(). */
uint32_t ops_new(struct ops *ops, const struct op *op);
void ops_free(struct ops *ops, uint32_t index);

/* Not to be kept while operations begin. */
static inline struct op *ops_at(const struct ops *ops, uint32_t index)
{
	return &g_array_index(ops->all, struct op, index);
}

#endif
