/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_DISPATCH_H
#define CIDSIM_SIM_ENGINE_DISPATCH_H

/* The context switch: its two halves in the model, what follows them, what is recorded. */

#include <stdint.h>

struct engine;

/* @cpu switches from its current task, whose state says why, to @next; TASK_NONE = idle. */
void dispatch_to(struct engine *engine, uint32_t cpu, uint32_t next);

/* The task that was switched in on @cpu has its number: it begins to run there. */
void dispatch_begin_run(struct engine *engine, uint32_t cpu);

/* User space of @task, of @mm, sees its number from now on; a change is counted. */
void dispatch_show_cid(struct engine *engine, uint32_t cpu, uint32_t task, uint32_t mm);

/* End the stay on @cpu and begin another one: its record is about to change, or the run ends. */
void dispatch_split_stay(struct engine *engine, uint32_t cpu);

#endif
