/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_ENGINE_H
#define CIDSIM_TESTS_LIB_ENGINE_H

/* An engine of two CPUs at time 0, before anything has happened, for tests of its parts. */

#include "sim/engine/internal.h"

/* The engine of the test that runs, and an mm in it. */
extern struct engine *parts_engine;
extern uint32_t parts_mm;

void parts_start(void);
void parts_stop(void);

/* The same, of the scenario that is @text, instead of parts_start(): it has [mm app] first, and
 * [tasks worker] if it has tasks. */
void parts_start_of(const char *text);

/* A task of that mm, in user space, which waits. */
uint32_t parts_task(void);

/* One that was put in a queue, and runs if its CPU was idle. */
uint32_t parts_task_awake(void);

/* One that is a user of the mm, too, and was put in a queue. */
uint32_t parts_user(void);

/* The set of @count CPUs from @first on, of at most 64; it need not be freed. */
struct cpu_set parts_cpus(uint32_t first, uint32_t count);

#endif
