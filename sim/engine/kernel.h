/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_KERNEL_H
#define CIDSIM_SIM_ENGINE_KERNEL_H

/*
 * A task on its way through the kernel, stage by stage (see task.h): the mutex of the mm, the
 * decision, the walk step by step, complete. Each takes its simulated time on the task's CPU and
 * can be preempted between any two.
 */

#include "sim/engine/internal.h"

/* Who executes tasks on CPUs. */
extern const struct executor executor_kernel;

/* The get of a fork on @cpu is over: it has found its number, or given up. */
void kernel_fork_got(struct engine *engine, uint32_t cpu);

#endif
