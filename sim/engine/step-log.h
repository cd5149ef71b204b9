/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_STEP_LOG_H
#define CIDSIM_SIM_ENGINE_STEP_LOG_H

/* What the digest and the event log have of the steps that operations take. The caller of all but
 * step_log_mix() has asked engine.log. */

#include "sim/engine/internal.h"

/* A step of @op, or of the walk of an operation (OP_NONE), that @task has taken, in the digest. */
static inline void step_log_mix(
	struct engine *engine, uint32_t task, enum task_op op, uint32_t outcome)
{
	recorder_mix(engine->recorder, engine->now_ns << 8 | (uint64_t)op << 4 | outcome);
	recorder_mix(engine->recorder, (uint64_t)sim_task(engine, task)->pid << 32 |
					       cid_to_kernel(model_task(engine->model, task)->cid));
}

/* A decision of the operation that @task is in, or its complete, as @event says. */
void step_log_decision(struct engine *engine, uint32_t cpu, const char *event, uint32_t task,
	uint32_t mm, struct step step);

/* The first task of a process, whose fork is that of nobody. */
void step_log_start(struct engine *engine, uint32_t cpu, uint32_t task, struct step step);

/* The task that the next step of the walk of @mm, on @cpu, looks at: a user, or who runs there;
 * TASK_NONE: none of the mm. */
uint32_t step_log_walk_target(struct engine *engine, uint32_t mm, uint32_t cpu);

/* That step is taken, by the task on @cpu: it looked at CPU @wanted and at @target. */
void step_log_walk(
	struct engine *engine, uint32_t cpu, uint32_t mm, uint32_t wanted, uint32_t target);

#endif
