/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_DUE_H
#define CIDSIM_SIM_ENGINE_DUE_H

/* When the next event of a CPU is due. Inline, because each event sets one. */

#include "sim/base/hot-assert.h"
#include "sim/engine/internal.h"

/* The next event of @cpu is at @time_ns. Events after the end of the run are not kept: they would
 * never be handled. */
static inline void due_set(struct engine *engine, uint32_t cpu, uint64_t time_ns)
{
	cputree_set(engine->cpus.tree, cpu,
		time_ns <= engine->scenario->time_ns ? time_ns : CPUTREE_NEVER);
}

/* @cpu has no event until somebody sets one. */
static inline void due_never(struct engine *engine, uint32_t cpu)
{
	cputree_set(engine->cpus.tree, cpu, CPUTREE_NEVER);
}

/* @cpu runs its task: its event is due when the task has run for the time that is left to it, when
 * its slice ends while others wait, or at once if it must be switched or has a request; not before
 * the rq lock is free. */
static inline void due_arm(struct engine *engine, uint32_t cpu)
{
	const struct sim_cpu *c = sim_cpu(engine, cpu);
	const struct sim_task *t = sim_task(engine, c->curr);
	uint64_t at = c->run_start_ns + task_due(t);

	hot_assert(c->state == CPU_RUNS);
	if (c->queue.live && c->slice_end_ns < at)
		at = MAX(c->slice_end_ns, c->lock_until_ns);
	if (c->resched || task_is_interrupted(t))
		at = c->lock_until_ns;
	due_set(engine, cpu, MAX(at, engine->now_ns));
}

/* If @cpu runs a task, which has a request, its event is due as soon as possible. */
static inline void due_soon(struct engine *engine, uint32_t cpu)
{
	const struct sim_cpu *c = sim_cpu(engine, cpu);

	if (c->state == CPU_RUNS)
		due_set(engine, cpu, MAX(engine->now_ns, c->lock_until_ns));
}

#endif
