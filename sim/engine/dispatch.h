/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_DISPATCH_H
#define CIDSIM_SIM_ENGINE_DISPATCH_H

/* The context switch: its two halves in the model, what follows them, what is recorded. */

#include <stdint.h>

struct engine;

/* @cpu switches from its current task, whose state says why, to @next; TASK_NONE = idle. */
void dispatch_to(struct engine *engine, uint32_t cpu, uint32_t next);

/* The task that has just got @cpu, and has its number, begins to run there. */
void dispatch_begin_run(struct engine *engine, uint32_t cpu);

/* User space of @task, of @mm, sees its number from now on; what was there before is counted. */
void dispatch_show_cid(struct engine *engine, uint32_t cpu, uint32_t task, uint32_t mm);

/* What is recorded of a stay is about to change, or the run ends: the stay on @cpu so far is one.
 */
void dispatch_split_stay(struct engine *engine, uint32_t cpu);

#endif
