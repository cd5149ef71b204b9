/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/internal.h"

/*
 * Round robin: each CPU runs the tasks of its queue in turn, a slice each. How far the scenario
 * lets them wander is in [sched].
 */

enum {
	PULL_CPUS_MAX = 8,   /* queues looked at for a task to pull */
	PULL_TASKS_MAX = 32, /* tasks looked at in each */
};

static bool can_place(struct engine *engine, const struct cpu_set *mask, uint32_t cpu)
{
	return sim_cpu(engine, cpu)->online && cpu_set_has(mask, cpu);
}

/* The next CPU in turn that @mask allows; CPU_NONE if none of them is online. */
static uint32_t next_in_turn(struct engine *engine, const struct cpu_set *mask)
{
	assert(engine->queues.turn < engine->cpus.count);
	for (uint32_t i = 0; i < engine->cpus.count; i++) {
		uint32_t cpu = engine->queues.turn;

		engine->queues.turn = cpu + 1 == engine->cpus.count ? 0 : cpu + 1;
		if (can_place(engine, mask, cpu))
			return cpu;
	}
	return CPU_NONE;
}

static uint32_t place(struct engine *engine, uint32_t task, bool is_new)
{
	const struct cpu_set *mask = mask_of(engine, sim_task(engine, task));
	uint32_t previous = model_task(engine->model, task)->cpu;
	bool stays = can_place(engine, mask, previous);
	uint32_t idle;

	if (engine->scenario->sched.placement == PLACE_PREVIOUS)
		return stays && !is_new ? previous : next_in_turn(engine, mask);
	if (stays && sim_cpu(engine, previous)->state == CPU_IDLE)
		return previous;
	idle = loads_idle(engine->queues.loads, mask);
	return idle != LOADS_NONE ? idle : loads_least(engine->queues.loads, mask);
}

static bool preempts(struct engine *engine, uint32_t cpu, uint32_t task)
{
	(void)cpu;
	(void)task;
	return engine->scenario->sched.wakeup_preemption;
}

/* The first task in the queue of @from that may run on @cpu. */
static uint32_t find_movable(struct engine *engine, uint32_t from, uint32_t cpu)
{
	const struct runq *queue = &sim_cpu(engine, from)->queue;
	unsigned looked = 0;

	for (uint32_t at = queue->first; at != queue->end && looked < PULL_TASKS_MAX; at++) {
		uint32_t task = queue->ring[at & queue->mask];

		if (task == RUNQ_HOLE)
			continue;
		looked++;
		if (cpu_set_has(mask_of(engine, sim_task(engine, task)), cpu))
			return task;
	}
	return TASK_NONE;
}

static uint32_t pull(struct engine *engine, uint32_t cpu)
{
	uint32_t from;
	unsigned looked = 0;

	if (!engine->scenario->sched.idle_pull)
		return TASK_NONE;
	for (from = loads_most(engine->queues.loads); from != LOADS_NONE && looked < PULL_CPUS_MAX;
		from = loads_after(engine->queues.loads, from), looked++) {
		uint32_t task;

		if (engine->queues.loads->load[from] < 2)
			return TASK_NONE; /* nobody waits there, nor in those that follow */
		/* The other queue's lock is only tried: a switch that spins keeps it. */
		if (from == cpu || sim_cpu(engine, from)->lock_until_ns == NEVER)
			continue;
		task = find_movable(engine, from, cpu);
		if (task != TASK_NONE)
			return task;
	}
	return TASK_NONE;
}

const struct policy policy_round_robin = { .place = place, .preempts = preempts, .pull = pull };
