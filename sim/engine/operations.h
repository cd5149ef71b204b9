/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_OPERATIONS_H
#define CIDSIM_SIM_ENGINE_OPERATIONS_H

/*
 * Fork, exit, exec, affinity change and deferred work: what each does at its first and its last
 * stage. The way through the stages: kernel.h.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/internal.h"

/* @task, in user space, begins an operation. @op: its arguments; child, task, left_ns are set. */
void operation_fork(struct engine *engine, uint32_t task, const struct op *op);
void operation_exit(struct engine *engine, uint32_t task);
void operation_exec(struct engine *engine, uint32_t task, bool fails);
void operation_set_affinity(struct engine *engine, uint32_t task, uint32_t mask);

/* Stage ENTER is done: on to the mutex, or it is all. */
enum advance operation_enter(struct engine *engine, uint32_t cpu, uint32_t task);

/* The operation has changed the users of @mm: the mutex is free again. */
enum advance operation_finish(struct engine *engine, uint32_t cpu, uint32_t task, uint32_t mm);

/* Stage RETURN is done: another child, or back to what the task was doing. */
enum advance operation_return(struct engine *engine, uint32_t task);

#endif
