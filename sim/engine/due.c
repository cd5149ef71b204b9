/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/due.h"

#include "sim/engine/internal.h"

void due_set(struct engine *engine, uint32_t cpu, uint64_t time_ns)
{
	cputree_set(engine->cpus.tree, cpu,
		time_ns <= engine->scenario->time_ns ? time_ns : CPUTREE_NEVER);
}

void due_never(struct engine *engine, uint32_t cpu)
{
	cputree_set(engine->cpus.tree, cpu, CPUTREE_NEVER);
}

void due_arm(struct engine *engine, uint32_t cpu)
{
	const struct sim_cpu *c = sim_cpu(engine, cpu);
	const struct sim_task *t = sim_task(engine, c->curr);
	uint64_t at = c->run_start_ns + task_due(t);

	/* the parent of a vfork waits from when its child is woken */
	assert(c->state == CPU_RUNS && (t->state == TASK_RUNS || t->state == TASK_WAITS));
	if (c->queue.live && c->slice_end_ns < at)
		at = MAX(c->slice_end_ns, c->lock_until_ns);
	if (c->resched || task_is_interrupted(t))
		at = c->lock_until_ns;
	due_set(engine, cpu, MAX(at, engine->now_ns));
}

void due_soon(struct engine *engine, uint32_t cpu)
{
	const struct sim_cpu *c = sim_cpu(engine, cpu);

	if (c->state == CPU_RUNS)
		due_set(engine, cpu, MAX(engine->now_ns, c->lock_until_ns));
}
