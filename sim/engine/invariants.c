/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/invariants.h"

#include "sim/engine/internal.h"

/* What is counted on the way, to be compared with what the parts have counted. */
struct sums {
	uint32_t online, in_queues, waiters, spinners; /* over CPUs and mms */
	uint32_t alive, queued, blocked, asked;        /* over tasks */
	uint32_t *tasks_of_mm;
};

static void assert_queue(struct engine *engine, uint32_t cpu, struct sums *sums)
{
	const struct runq *queue = &sim_cpu(engine, cpu)->queue;
	uint32_t live = 0;

	for (uint32_t at = queue->first; at != queue->end; at++) {
		uint32_t task = queue->ring[at & queue->mask];

		if (task == RUNQ_HOLE)
			continue;
		g_assert(sim_task(engine, task)->state == TASK_QUEUED);
		g_assert(sim_task(engine, task)->position == at);
		g_assert(model_task(engine->model, task)->cpu == cpu);
		live++;
	}
	g_assert(live == queue->live);
	sums->in_queues += live;
}

static void assert_load(struct engine *engine, uint32_t cpu)
{
	const struct sim_cpu *c = sim_cpu(engine, cpu);
	uint32_t load = c->queue.live + (c->curr != TASK_NONE);

	if (engine->queues.loads)
		g_assert(engine->queues.loads->load[cpu] == (c->online ? load : LOADS_NONE));
}

static void assert_cpu(struct engine *engine, uint32_t cpu, struct sums *sums)
{
	const struct sim_cpu *c = sim_cpu(engine, cpu);
	const struct model_cpu *m = model_cpu(engine->model, cpu);
	bool spins = c->state == CPU_SPINS_SWITCH;

	g_assert(m->curr == c->curr);
	g_assert(m->phase == (spins ? CPU_SPINS : CPU_FREE));
	g_assert((c->lock_until_ns == NEVER) == spins);
	g_assert((c->state == CPU_IDLE) == (c->curr == TASK_NONE));
	g_assert(c->curr == TASK_NONE || sim_task(engine, c->curr)->state == TASK_RUNS);
	if (c->state == CPU_IDLE)
		g_assert(c->queue.live == 0 && !c->resched &&
			 cputree_time(engine->cpus.tree, cpu) == CPUTREE_NEVER);
	assert_queue(engine, cpu, sums);
	assert_load(engine, cpu);
	sums->online += c->online;
}

static void assert_task(struct engine *engine, uint32_t task, struct sums *sums)
{
	const struct sim_task *t = sim_task(engine, task);
	const struct model_task *m = model_task(engine->model, task);

	g_assert(t->state != TASK_MOVES && t->state != TASK_DIES);
	if (t->state == TASK_FREE)
		return;
	g_assert(t->extra < engine->tasks.extras->len);
	g_assert((t->state == TASK_RUNS) == model_is_running(engine->model, task));
	if (t->in_window)
		g_assert(sim_mm(engine, tasks_op_mm(engine, task))->mutex_owner == task);
	sums->alive++;
	sums->queued += t->state == TASK_QUEUED;
	sums->blocked += t->state == TASK_BLOCKED;
	sums->asked += t->asked;
	if (m->has_mm)
		sums->tasks_of_mm[m->mm]++;
}

static void assert_waiters(struct engine *engine, uint32_t mm, struct sums *sums)
{
	const struct sim_mm *m = sim_mm(engine, mm);

	for (uint32_t task = m->waiters_first; task != TASK_NONE;
		task = sim_task(engine, task)->position) {
		g_assert(m->mutex_owner != TASK_NONE && m->mutex_owner != task);
		g_assert(sim_task(engine, task)->state == TASK_BLOCKED);
		sums->waiters++;
	}
}

static void assert_mm(struct engine *engine, uint32_t mm, struct sums *sums)
{
	const struct sim_mm *s = sim_mm(engine, mm);
	const struct model_mm *m = model_mm(engine->model, mm);

	g_assert(s->tasks == sums->tasks_of_mm[mm]);
	if (!m->live) {
		g_assert(s->tasks == 0);
		return;
	}
	g_assert(m->phase == PHASE_IDLE || s->mutex_owner != TASK_NONE);
	mm_assert(engine->model, mm);
	assert_waiters(engine, mm, sums);
	sums->spinners += s->spinners;
}

void invariants_assert(struct engine *engine)
{
	const GArray *work = engine->affinities.work;
	struct sums sums = { .tasks_of_mm = g_new0(uint32_t, engine->mms.used) };

	for (uint32_t cpu = 0; cpu < engine->cpus.count; cpu++)
		assert_cpu(engine, cpu, &sums);
	if (engine->queues.loads)
		loads_assert(engine->queues.loads);
	for (uint32_t task = 0; task < engine->tasks.used; task++)
		assert_task(engine, task, &sums);
	for (guint i = 0; i < work->len; i++) { /* it holds its mm as a task does */
		if (g_array_index(work, uint32_t, i) != MM_NONE)
			sums.tasks_of_mm[g_array_index(work, uint32_t, i)]++;
	}
	for (uint32_t mm = 0; mm < engine->mms.used; mm++)
		assert_mm(engine, mm, &sums);
	g_assert(sums.online == engine->cpus.online);
	g_assert(sums.in_queues == sums.queued);
	g_assert(sums.alive == engine->tasks.alive);
	g_assert(sums.waiters == sums.blocked);
	g_assert(sums.spinners == engine->spins.cpus->len);
	g_assert(sums.asked == g_hash_table_size(engine->requests.of_task));
	g_free(sums.tasks_of_mm);
}
