/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/cpus.h"

#include "sim/base/bigmem.h"
#include "sim/base/hot-assert.h"
#include "sim/engine/dispatch.h"
#include "sim/engine/due.h"
#include "sim/engine/internal.h"
#include "sim/engine/log.h"

void cpus_init(struct engine *engine)
{
	const struct scenario *s = engine->scenario;
	struct cpus *cpus = &engine->cpus;

	cpus->count = s->cpus_count;
	cpus->table = bigmem_new(s->cpus_count * sizeof(struct sim_cpu));
	cpus->details = g_new0(struct cpu_detail, s->cpus_count);
	cpus->tree = cputree_new(s->cpus_count);
	for (uint32_t cpu = 0; cpu < s->cpus_count; cpu++) {
		cpus->table[cpu].curr = TASK_NONE;
		cpus->table[cpu].seen.mm = EMIT_NO_MM;
		cpus->table[cpu].online = cpu_set_has(&s->online, cpu);
		cpus->online += cpus->table[cpu].online;
	}
	g_assert(cpus->online > 0);
}

void cpus_clear(struct cpus *cpus)
{
	cputree_free(cpus->tree);
	g_free(cpus->details);
	bigmem_free(cpus->table, cpus->count * sizeof(struct sim_cpu));
}

/* A task was put in the queue of @cpu. */
static inline void attend(struct engine *engine, uint32_t cpu, bool preempts)
{
	struct sim_cpu *c = sim_cpu(engine, cpu);

	if (c->state == CPU_IDLE) {
		dispatch_to(engine, cpu, queues_pick(engine, cpu));
	} else if (preempts) {
		c->resched = true;
		due_soon(engine, cpu);
	} else if (c->state == CPU_RUNS && c->queue.live == 1) {
		due_arm(engine, cpu); /* the slice matters from now on */
	}
}

static void enqueue(struct engine *engine, uint32_t task, bool is_new)
{
	bool preempts;
	uint32_t cpu = queues_put(engine, task, is_new, &preempts);

	attend(engine, cpu, preempts);
}

inline void cpus_wake(struct engine *engine, uint32_t task, bool is_new)
{
	struct sim_task *t = sim_task(engine, task);
	bool preempts;
	uint32_t cpu;

	hot_assert(t->state == TASK_SLEEPS || t->state == TASK_WAITS || t->state == TASK_BLOCKED);
	if (t->state != TASK_BLOCKED)
		task_set_due(t, 0); /* it was the time to wake up */
	recorder_mix(engine->recorder, (uint64_t)t->pid << 20 ^ engine->now_ns);
	cpu = queues_put(engine, task, is_new, &preempts);
	emit_wakeup(&engine->emit, cpu, sim_cpu(engine, cpu)->curr, task, is_new);
	attend(engine, cpu, preempts);
}

static bool may_stay(struct engine *engine, uint32_t cpu, uint32_t task)
{
	return sim_cpu(engine, cpu)->online &&
	       cpu_set_has(mask_of(engine, sim_task(engine, task)), cpu);
}

/* The current task of @cpu gives way: to the next in the queue, or to another CPU. */
static void preempt(struct engine *engine, uint32_t cpu)
{
	struct sim_cpu *c = sim_cpu(engine, cpu);
	uint32_t task = c->curr;

	hot_assert(c->state == CPU_RUNS);
	if (may_stay(engine, cpu, task)) {
		if (!c->queue.live) {
			c->resched = false;
			c->slice_end_ns = engine->now_ns + engine->scenario->sched.slice_ns;
			due_arm(engine, cpu);
			return;
		}
		queues_put_back(engine, cpu, task);
		dispatch_to(engine, cpu, queues_pick(engine, cpu));
		return;
	}
	/* It is still in state RUNS while it is switched out: it only moves, it does not sleep. */
	queues_left(engine, cpu);
	dispatch_to(engine, cpu, queues_pick(engine, cpu));
	task_set_state(sim_task(engine, task), TASK_MOVES);
	enqueue(engine, task, false);
}

inline void cpus_leave(struct engine *engine, uint32_t cpu, uint32_t task)
{
	hot_assert(sim_task(engine, task)->state != TASK_RUNS);
	queues_left(engine, cpu);
	dispatch_to(engine, cpu, queues_pick(engine, cpu));
	if (sim_task(engine, task)->state == TASK_DIES)
		tasks_end(engine, task);
}

/* The current task of @cpu has run until now. */
static void charge(struct engine *engine, uint32_t cpu)
{
	struct sim_cpu *c = sim_cpu(engine, cpu);
	struct sim_task *t = sim_task(engine, c->curr);
	uint64_t ran, due;

	if (engine->now_ns <= c->run_start_ns)
		return;
	ran = engine->now_ns - c->run_start_ns;
	due = task_due(t);
	task_set_due(t, due > ran ? due - ran : 0);
	c->run_start_ns = engine->now_ns;
}

inline void cpus_event(struct engine *engine, uint32_t cpu)
{
	struct sim_cpu *c = sim_cpu(engine, cpu);
	uint32_t task = c->curr;
	struct sim_task *t = sim_task(engine, task);
	enum advance advance = ADVANCE_RUNS;

	hot_assert(task != TASK_NONE);
	if (c->state == CPU_WAITS_RQ_LOCK) {
		c->state = CPU_RUNS;
		advance = engine->executor->walk_on(engine, cpu, task);
	} else {
		charge(engine, cpu);
	}
	for (;;) {
		t = sim_task(engine, task); /* the table may have grown */
		if (advance != ADVANCE_RUNS || (task_due(t) > 0 && !task_is_interrupted(t)))
			break;
		advance = t->stage == STAGE_USER ? engine->userspace->next(engine, task)
		                                 : engine->executor->advance(engine, cpu, task);
	}
	switch (advance) {
	case ADVANCE_LEAVES:
		cpus_leave(engine, cpu, task);
		return;
	case ADVANCE_STUCK:
		return;
	case ADVANCE_RUNS:
		break;
	}
	if (c->resched || (c->queue.live && engine->now_ns >= c->slice_end_ns) ||
		!may_stay(engine, cpu, task))
		preempt(engine, cpu);
	else
		due_arm(engine, cpu);
}

/* CPUs whose walk waits for the rq lock of @cpu can have it at the end of its switch. */
static void release_waiters(struct engine *engine, uint32_t cpu)
{
	guint kept = 0;

	g_assert(sim_cpu(engine, cpu)->lock_until_ns != NEVER);
	for (guint i = 0; i < engine->spins.lock_waiters->len; i++) {
		uint32_t waiter = g_array_index(engine->spins.lock_waiters, uint32_t, i);

		g_assert(sim_cpu(engine, waiter)->state == CPU_WAITS_RQ_LOCK);
		if (engine->cpus.details[waiter].waits_for == cpu)
			due_set(engine, waiter, sim_cpu(engine, cpu)->lock_until_ns);
		else
			g_array_index(engine->spins.lock_waiters, uint32_t, kept++) = waiter;
	}
	g_array_set_size(engine->spins.lock_waiters, kept);
}

static void empty_queue(struct engine *engine, uint32_t cpu)
{
	struct runq *queue = &sim_cpu(engine, cpu)->queue;

	g_assert(!sim_cpu(engine, cpu)->online); /* otherwise a task could come back to it */
	while (queue->live) {
		uint32_t task = runq_pop(queue);

		task_set_state(sim_task(engine, task), TASK_MOVES);
		enqueue(engine, task, false);
	}
}

void cpus_spin_ended(struct engine *engine, uint32_t cpu)
{
	struct sim_cpu *c = sim_cpu(engine, cpu);
	uint32_t mm = model_task(engine->model, c->curr)->mm;

	g_assert(c->state == CPU_SPINS_SWITCH && sim_task(engine, c->curr)->state == TASK_RUNS);
	dispatch_show_cid(engine, cpu, c->curr, mm);
	dispatch_begin_run(engine, cpu);
	release_waiters(engine, cpu);
	if (!c->online)
		empty_queue(engine, cpu);
}

void cpus_affinity_changed(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	uint32_t cpu = model_task(engine->model, task)->cpu;

	if (may_stay(engine, cpu, task))
		return;
	if (t->state == TASK_QUEUED) {
		queues_remove(engine, task);
		enqueue(engine, task, false);
	} else if (t->state == TASK_RUNS) {
		g_assert(sim_cpu(engine, cpu)->curr == task);
		sim_cpu(engine, cpu)->resched = true;
		due_soon(engine, cpu);
	}
}

/* @cpu, idle, takes a task to run, if there is one. */
static void run_next(struct engine *engine, uint32_t cpu)
{
	uint32_t next = queues_pick(engine, cpu);

	g_assert(sim_cpu(engine, cpu)->online && sim_cpu(engine, cpu)->curr == TASK_NONE);
	if (next != TASK_NONE)
		dispatch_to(engine, cpu, next);
}

void cpus_set_online(struct engine *engine, uint32_t cpu, bool online)
{
	struct sim_cpu *c = sim_cpu(engine, cpu);

	g_assert(cpu < engine->cpus.count);
	if (c->online == online)
		return;
	recorder_mix(engine->recorder, (uint64_t)online << 13 | cpu);
	if (engine->log)
		log_note(engine, cpu, online ? "cpu_online" : "cpu_offline", "cpu=%u",
			engine->scenario->cpu_ids[cpu]);
	if (online) {
		c->online = true;
		engine->cpus.online++;
		if (engine->queues.loads)
			loads_add(
				engine->queues.loads, cpu, c->queue.live + (c->curr != TASK_NONE));
		if (c->state == CPU_IDLE)
			run_next(engine, cpu);
		return;
	}
	if (engine->queues.loads)
		loads_remove(engine->queues.loads, cpu);
	g_assert(engine->cpus.online > 1);
	engine->cpus.online--;
	c->online = false;
	/* A switch that spins keeps its rq lock: what is queued there stays until it ends. */
	if (c->lock_until_ns != NEVER)
		empty_queue(engine, cpu);
	c->resched = c->curr != TASK_NONE;
	due_soon(engine, cpu);
}
