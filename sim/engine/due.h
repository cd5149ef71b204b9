/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_DUE_H
#define CIDSIM_SIM_ENGINE_DUE_H

/* When the next event of a CPU is due. */

#include <stdint.h>

struct engine;

/* The next event of @cpu is at @time_ns. Events after the end of the run are not kept: they would
 * never be handled. */
void due_set(struct engine *engine, uint32_t cpu, uint64_t time_ns);

/* @cpu has no event until somebody sets one. */
void due_never(struct engine *engine, uint32_t cpu);

/* @cpu runs its task: the event is due when that has done what is left to it, or its slice ends
 * while others wait, or it is asked for something. */
void due_arm(struct engine *engine, uint32_t cpu);

/* @cpu, if it runs a task, looks at it as soon as can be: it was asked something. */
void due_soon(struct engine *engine, uint32_t cpu);

#endif
