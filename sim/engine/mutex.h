/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_MUTEX_H
#define CIDSIM_SIM_ENGINE_MUTEX_H

/* The mutex of an mm: first come, first served; it is handed to the first who waits. */

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/task.h"

struct engine;

/* @task, on the CPU, goes to stage DECIDE of @op, with the mutex of @mm. Returns false if somebody
 * else has it: @task is BLOCKED and has to leave its CPU. */
bool mutex_lock(struct engine *engine, uint32_t task, uint32_t mm, enum task_op op);

/* @task gives it away; the first who waits owns it and wakes up. */
void mutex_unlock(struct engine *engine, uint32_t task, uint32_t mm);

#endif
