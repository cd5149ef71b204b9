/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_WORKLOAD_H
#define CIDSIM_SIM_ENGINE_WORKLOAD_H

/* What a task does next in user space, as the scenario says: by its kind, or as it was asked. */

#include "sim/engine/internal.h"

extern const struct userspace userspace_scenario;

/* Ask @task, which had @pid, to do something itself. @line: of the scenario, for the message if it
 * does not exist. One that sleeps or waits is woken for it. */
void workload_ask(struct engine *engine, uint32_t task, uint32_t pid, const struct request *request,
	uint32_t line);

/* Is @task, which had @pid, one that can be asked something? */
bool workload_is_alive(struct engine *engine, uint32_t task, uint32_t pid);

/* The run cannot do what stands in @line: it ends. */
void workload_fail(struct engine *engine, uint32_t line, const char *what);

#endif
