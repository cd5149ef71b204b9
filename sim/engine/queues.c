/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/queues.h"

#include "sim/base/hot-assert.h"
#include "sim/engine/due.h"
#include "sim/engine/internal.h"

static void queue_moved(void *context, uint32_t task, uint32_t position)
{
	struct engine *engine = context;

	hot_assert(engine->tasks.table[task].state == TASK_QUEUED);
	engine->tasks.table[task].position = position;
}

void queues_init(struct engine *engine)
{
	const struct scenario *s = engine->scenario;
	struct queues *queues = &engine->queues;

	g_assert(engine->cpus.count == s->cpus_count && engine->tasks.count > 0);
	queues->wheel = wheel_new(engine->tasks.count);
	/* Keeping it costs time at each wake-up: only where the policy asks for it. */
	if (s->sched.placement != PLACE_PREVIOUS || s->sched.idle_pull)
		queues->loads = loads_new(s->cpus_count);
	queues->owner = (struct runq_owner){ ring_pool_new(), queue_moved, engine };
	for (uint32_t cpu = s->cpus_count; cpu-- > 0;) {
		runq_init(&sim_cpu(engine, cpu)->queue, queues->owner.pool);
		if (queues->loads && sim_cpu(engine, cpu)->online)
			loads_add(queues->loads, cpu, 0);
	}
}

void queues_clear(struct queues *queues)
{
	ring_pool_free(queues->owner.pool);
	wheel_free(queues->wheel);
	loads_free(queues->loads);
}

static inline void push(struct engine *engine, uint32_t cpu, uint32_t task, bool front)
{
	struct sim_task *t = sim_task(engine, task);
	struct runq *queue = &sim_cpu(engine, cpu)->queue;

	task_set_state(t, TASK_QUEUED);
	t->position = front ? runq_push_front(queue, task, &engine->queues.owner)
	                    : runq_push(queue, task, &engine->queues.owner);
}

static void load_up(struct engine *engine, uint32_t cpu)
{
	if (engine->queues.loads && sim_cpu(engine, cpu)->online)
		loads_up(engine->queues.loads, cpu);
}

inline void queues_left(struct engine *engine, uint32_t cpu)
{
	if (engine->queues.loads && sim_cpu(engine, cpu)->online)
		loads_down(engine->queues.loads, cpu);
}

void queues_remove(struct engine *engine, uint32_t task)
{
	uint32_t cpu = model_task(engine->model, task)->cpu;

	runq_remove(&sim_cpu(engine, cpu)->queue, sim_task(engine, task)->position);
	queues_left(engine, cpu);
	task_set_state(sim_task(engine, task), TASK_MOVES);
}

static inline void move_to(struct engine *engine, uint32_t task, uint32_t cpu)
{
	uint32_t from = model_task(engine->model, task)->cpu;

	if (from == cpu)
		return;
	task_migrate(engine->model, task, cpu);
	recorder_mix(engine->recorder, (uint64_t)sim_task(engine, task)->pid << 16 | cpu);
	emit_migration(&engine->emit, sim_cpu(engine, cpu)->curr, task, from, cpu);
}

/* The next task for @cpu, taken out of where it waits; TASK_NONE = idle. */
inline uint32_t queues_pick(struct engine *engine, uint32_t cpu)
{
	struct sim_cpu *c = sim_cpu(engine, cpu);
	uint32_t task;

	if (c->queue.live)
		return runq_pop(&c->queue);
	if (!c->online)
		return TASK_NONE;
	task = engine->policy->pull(engine, cpu);
	if (task == TASK_NONE)
		return TASK_NONE;
	queues_remove(engine, task);
	move_to(engine, task, cpu);
	load_up(engine, cpu);
	return task;
}

static inline uint32_t place(struct engine *engine, uint32_t task, bool is_new)
{
	uint32_t cpu = engine->policy->place(engine, task, is_new);

	if (cpu != CPU_NONE)
		return cpu;
	engine->executor->break_affinity(engine, task);
	cpu = engine->policy->place(engine, task, is_new);
	hot_assert(cpu != CPU_NONE); /* one CPU is always online */
	return cpu;
}

/* Put @task, which is nowhere, in the queue of the CPU that the policy wants: returned. */
inline uint32_t queues_put(struct engine *engine, uint32_t task, bool is_new, bool *preempts)
{
	uint32_t cpu = place(engine, task, is_new);

	*preempts = engine->policy->preempts(engine, cpu, task);
	move_to(engine, task, cpu);
	push(engine, cpu, task, *preempts);
	load_up(engine, cpu);
	return cpu;
}

void queues_put_back(struct engine *engine, uint32_t cpu, uint32_t task)
{
	hot_assert(
		sim_cpu(engine, cpu)->curr == task && sim_task(engine, task)->state == TASK_RUNS);
	push(engine, cpu, task, false);
}

inline void queues_sleep_until(struct engine *engine, uint32_t task, uint64_t time_ns)
{
	struct sim_task *t = sim_task(engine, task);

	hot_assert(time_ns >= engine->now_ns);
	task_set_state(t, TASK_SLEEPS);
	if (time_ns > engine->scenario->time_ns) {
		task_set_due(t, engine->scenario->time_ns + 1);
		engine->end.beyond = true;
		return;
	}
	task_set_due(t, time_ns);
	wheel_insert(engine->queues.wheel, time_ns, task);
}

void queues_wake_soon(struct engine *engine, uint32_t task)
{
	uint64_t at = engine->now_ns + engine->scenario->costs.wakeup_ns;
	const struct sim_task *t = sim_task(engine, task);

	if (t->state == TASK_SLEEPS && task_due(t) <= at)
		return; /* it wakes up before that */
	queues_sleep_until(engine, task, at);
}

void queues_wake_idle(struct engine *engine, uint32_t task)
{
	if (task != TASK_NONE && task_is_idle(sim_task(engine, task)))
		queues_wake_soon(engine, task);
}
