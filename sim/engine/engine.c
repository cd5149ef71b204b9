/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/engine.h"

#include "sim/base/bigmem.h"
#include "sim/base/hot-assert.h"
#include "sim/engine/actions.h"
#include "sim/engine/cpus.h"
#include "sim/engine/dispatch.h"
#include "sim/engine/internal.h"
#include "sim/engine/invariants.h"
#include "sim/engine/livelock.h"
#include "sim/engine/room.h"
#include "sim/record/expect.h"

GPtrArray *engine_accounts(struct engine *engine)
{
	g_assert(engine->totals);
	return engine->totals->accounts;
}

const struct record_result *engine_totals(const struct engine *engine)
{
	g_assert(engine->totals);
	return engine->totals;
}

uint64_t engine_now_ns(const struct engine *engine)
{
	return engine->now_ns;
}

static void wheel_event(struct engine *engine)
{
	uint64_t key = wheel_pop(engine->queues.wheel);
	uint32_t task = wheel_key_id(key);
	const struct sim_task *t = sim_task(engine, task);

	/* One that was woken, or is gone, since it went to sleep left its key behind. */
	if (t->state == TASK_SLEEPS && task_due(t) == wheel_key_time(key))
		cpus_wake(engine, task, false); /* who sleeps has run before */
}

/*
 * With many tasks each event waits for memory several times, so it pays to know the next events.
 * For wake-ups the wheel knows them. For CPUs: one that has just become the first below its node of
 * the tree has on average as many events before it as there are such nodes.
 */
enum { PREFETCH_NODES = 16 };

PREFETCH_INLINE void prefetch_task(const struct engine *engine, uint32_t task)
{
	if (task >= engine->tasks.count)
		return; /* none */
	__builtin_prefetch(engine->tasks.table + task, 1);
	__builtin_prefetch(model_task_const(engine->model, task), 1);
}

PREFETCH_INLINE void prefetch_after(const struct engine *engine, uint32_t cpu)
{
	const struct sim_cpu *c =
		sim_cpu(engine, cputree_first_near(engine->cpus.tree, cpu, PREFETCH_NODES));

	prefetch_task(engine, c->curr);
	prefetch_task(engine, c->next_hint);
	__builtin_prefetch(c->queue.ring + (c->queue.first & c->queue.mask));
}

PREFETCH_INLINE void cpu_event(struct engine *engine, uint32_t cpu)
{
	cpus_event(engine, cpu);
	if (engine->tasks.count >= PREFETCH_TASKS_MIN)
		prefetch_after(engine, cpu);
}

static uint64_t wheel_next_ns(const struct engine *engine)
{
	uint64_t key;

	return wheel_min_key(engine->queues.wheel, &key) ? wheel_key_time(key) : NEVER;
}

/* Judge the expectations at instants before @before_ns: all their events are done. */
static void judge_until(struct engine *engine, uint64_t before_ns)
{
	while (engine->expect_ns < before_ns) {
		uint64_t judged_ns = engine->expect_ns;

		expect_judge_instant(engine->recorder);
		engine->expect_ns = expect_next_ns(engine->recorder);
		g_assert(engine->expect_ns > judged_ns);
	}
}

static uint64_t next_ns(const struct engine *engine)
{
	return MIN(MIN(cputree_min_time(engine->cpus.tree), wheel_next_ns(engine)),
		MIN(actions_next_ns(engine), engine->spins.check_ns));
}

/* An event is at @at_ns. */
static void begin_event(struct engine *engine, uint64_t at_ns)
{
	hot_assert(at_ns >= engine->now_ns);
	engine->now_ns = engine->recorder->now_ns = at_ns;
	engine->totals->events++;
}

/* The next event, of any kind. Returns false if there is none until the end of the run. */
static bool step_any(struct engine *engine)
{
	uint64_t cpu_ns = cputree_min_time(engine->cpus.tree);
	uint64_t wheel_ns = wheel_next_ns(engine);
	uint64_t action_ns = actions_next_ns(engine);
	uint64_t at = MIN(MIN(cpu_ns, wheel_ns), MIN(action_ns, engine->spins.check_ns));

	if (at > engine->scenario->time_ns)
		return false;
	if (at > engine->expect_ns)
		judge_until(engine, at);
	begin_event(engine, at);
	if (action_ns == at)
		actions_do(engine);
	else if (wheel_ns == at)
		wheel_event(engine);
	else if (cpu_ns == at)
		cpu_event(engine, cputree_min_cpu(engine->cpus.tree));
	else
		livelock_check(engine);
	engine->rare_ns = MIN(MIN(actions_next_ns(engine), engine->spins.check_ns),
		MIN(engine->expect_ns, engine->scenario->time_ns) + 1);
	return true;
}

/* Handle the next event. Returns false if there is none until the end of the run. */
static bool step(struct engine *engine)
{
	uint64_t cpu_ns = cputree_min_time(engine->cpus.tree);
	uint64_t wheel_ns = wheel_next_ns(engine);
	uint64_t at = MIN(cpu_ns, wheel_ns);

	if (at >= engine->rare_ns)
		return step_any(engine);
	begin_event(engine, at);
	if (wheel_ns == at)
		wheel_event(engine);
	else
		cpu_event(engine, cputree_min_cpu(engine->cpus.tree));
	return true;
}

/* The run ends before its time, with more to come. */
static void cut_short(struct engine *engine, const char *why)
{
	g_assert(!engine->end.ended);
	engine_end(engine, why);
	engine->end.cut_short = true;
}

bool engine_advance(struct engine *engine, uint64_t events)
{
	uint64_t until;

	g_assert(engine->totals);
	until = engine->totals->events + events;
	if (until > engine->scenario->max_events || until < events)
		until = engine->scenario->max_events;
	while (!engine->end.ended && engine->totals->events < until) {
		if (engine->interrupted)
			cut_short(engine, "interrupted");
		else if (!step(engine))
			return false;
	}
	if (!engine->end.ended && until == engine->scenario->max_events) {
		if (next_ns(engine) > engine->scenario->time_ns)
			return false; /* the last one that may be was the last one that there is */
		cut_short(engine, "event limit");
	}
	return !engine->end.ended;
}

/* Does a task run that would go on after the end of the run? */
static bool is_busy(const struct engine *engine)
{
	for (uint32_t cpu = 0; cpu < engine->cpus.count; cpu++) {
		if (sim_cpu(engine, cpu)->state != CPU_IDLE)
			return true;
	}
	return engine->end.beyond;
}

static void run(struct engine *engine)
{
	const struct scenario *s = engine->scenario;

	while (engine_advance(engine, UINT64_MAX))
		continue;
	g_assert(!engine->end.ended == !engine->end.why);
	if (engine->end.ended)
		return;
	/* Nothing more will happen before the end; whether after it, does not matter. */
	engine->end.why = is_busy(engine) ? "time" : "nothing left to do";
	if (is_busy(engine))
		engine->now_ns = engine->recorder->now_ns = s->time_ns;
}

/* Idle CPUs have been so until now. */
static void account_idle(struct engine *engine)
{
	for (uint32_t cpu = 0; cpu < engine->cpus.count; cpu++) {
		if (sim_cpu(engine, cpu)->state == CPU_IDLE)
			emit_idle(&engine->emit, sim_cpu(engine, cpu)->run_start_ns);
	}
}

/* The last line of the log: the totals, and who is still there. */
static void log_end(struct engine *engine)
{
	uint64_t mms = 0, users = 0;
	g_autofree char *alive = NULL;

	for (uint32_t mm = 0; mm < engine->mms.used; mm++) {
		const struct model_mm *m = model_mm(engine->model, mm);

		mms += m->live;
		users += m->live ? m->users : 0;
	}
	g_assert(users <= engine->tasks.alive && mms <= engine->mms.used);
	alive = g_strdup_printf(" tasks=%u mms=%" G_GUINT64_FORMAT " users=%" G_GUINT64_FORMAT,
		engine->tasks.alive, mms, users);
	emit_end(&engine->emit, sim_cpu(engine, 0)->curr, alive);
}

struct record_result *engine_run(struct engine *engine)
{
	struct record_result *result;

	g_assert(engine->totals);
	run(engine);
	after_run(engine);
	invariants_assert(engine);
	/* Instants that a run which was cut short did not reach are not judged. */
	judge_until(engine, engine->end.cut_short ? engine->now_ns : NEVER);
	livelock_at_end(engine);
	for (uint32_t cpu = 0; engine->stays && cpu < engine->cpus.count; cpu++)
		dispatch_split_stay(engine, cpu);
	expect_judge_end(engine->recorder);
	account_idle(engine);
	engine->totals->ended = engine->end.why;
	if (engine->log)
		log_end(engine);
	if (engine->end.input_error)
		engine->totals->input_error = g_strdup(engine->end.input_error->str);
	result = recorder_finish(engine->recorder, engine->model);
	engine->totals = NULL;
	return result;
}

volatile sig_atomic_t *engine_interrupted(struct engine *engine)
{
	return &engine->interrupted;
}
