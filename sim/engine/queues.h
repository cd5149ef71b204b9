/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_QUEUES_H
#define CIDSIM_SIM_ENGINE_QUEUES_H

/* Where tasks wait: in the run queue of a CPU, or asleep until a time. Which queue: the policy. */

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/loads.h"
#include "sim/engine/runq.h"
#include "sim/engine/wheel.h"

struct engine;

/* Besides the queue of each CPU, in struct sim_cpu. */
struct queues {
	struct wheel *wheel; /* who sleeps; keys of those that were woken before are left in it */
	struct loads *loads; /* NULL where the policy does not ask for it */
	uint32_t turn;       /* policy: the CPU whose turn it is to get a new task */
	struct runq_owner owner;
};

/* The queues of the online CPUs of the scenario. */
void queues_init(struct engine *engine);
void queues_clear(struct queues *queues);

/* Put @task, which is in no queue and runs nowhere, in the queue that the policy wants; its CPU is
 * that one from now on. Returns the CPU; @preempts: who runs there has to give way. */
uint32_t queues_put(struct engine *engine, uint32_t task, bool is_new, bool *preempts);

/* @task, current on @cpu, goes back in its queue, behind the others. */
void queues_put_back(struct engine *engine, uint32_t cpu, uint32_t task);

/* Take @task out of the queue it is in: it MOVES. */
void queues_remove(struct engine *engine, uint32_t task);

/* The next task for @cpu, taken out of where it waits; TASK_NONE = idle. */
uint32_t queues_pick(struct engine *engine, uint32_t cpu);

/* The task that ran on @cpu does not any more. */
void queues_left(struct engine *engine, uint32_t cpu);

/* @task sleeps until @time_ns. */
void queues_sleep_until(struct engine *engine, uint32_t task, uint64_t time_ns);

/* @task, which sleeps or waits, wakes up after the cost of a wake-up. */
void queues_wake_soon(struct engine *engine, uint32_t task);

/* The same, but only if it sleeps or waits in user space. TASK_NONE: nothing. */
void queues_wake_idle(struct engine *engine, uint32_t task);

#endif
