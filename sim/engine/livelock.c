/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/livelock.h"

#include "sim/engine/actions.h"
#include "sim/engine/describe.h"
#include "sim/engine/internal.h"
#include "sim/engine/retry.h"
#include "sim/engine/spins.h"

enum { CHECK_PERIOD_NS = 1000000 };

/* Looking for live locks: which CPUs can still do something? */

static bool is_stuck(struct engine *engine, const bool *freed, uint32_t cpu)
{
	const struct sim_cpu *c = sim_cpu(engine, cpu);
	uint32_t waits_for;

	if (c->state == CPU_SPINS_SWITCH || c->state == CPU_SPINS_FORK)
		return !freed[cpu];
	if (c->state != CPU_WAITS_RQ_LOCK)
		return false;
	waits_for = engine->cpus.details[cpu].waits_for;
	g_assert(waits_for < engine->cpus.count && waits_for != cpu);
	return sim_cpu(engine, waits_for)->state == CPU_SPINS_SWITCH && !freed[waits_for];
}

static bool has_free_cpu(struct engine *engine, const bool *freed, const struct cpu_set *mask)
{
	for (uint32_t cpu = 0; cpu < engine->cpus.count; cpu++) {
		if (sim_cpu(engine, cpu)->online && cpu_set_has(mask, cpu) &&
			!is_stuck(engine, freed, cpu))
			return true;
	}
	return false;
}

/* Can @task run at some time, or go on running? A task that waits for another one cannot, and no
 * task can leave a queue while its rq lock is held. */
static bool can_run(struct engine *engine, const bool *freed, uint32_t task)
{
	const struct sim_task *t = sim_task(engine, task);
	const struct cpu_set *mask = mask_of(engine, t);
	uint32_t cpu = model_task(engine->model, task)->cpu;

	g_assert(t->state != TASK_FREE && t->state != TASK_MOVES);
	switch ((enum task_state)t->state) {
	case TASK_QUEUED:
		if (!is_stuck(engine, freed, cpu))
			return true;
		/* Another CPU may pull it, unless the rq lock here is held. */
		if (sim_cpu(engine, cpu)->state == CPU_SPINS_SWITCH ||
			!engine->scenario->sched.idle_pull)
			return false;
		return has_free_cpu(engine, freed, mask);
	case TASK_RUNS:
		return !is_stuck(engine, freed, cpu);
	case TASK_SLEEPS:
		return has_free_cpu(engine, freed, mask);
	case TASK_WAITS:
	case TASK_BLOCKED:
	case TASK_DIES:
	case TASK_FREE:
	case TASK_MOVES: /* only within an event */
	case TASK_STATES:
		break;
	}
	return false;
}

/* Could switches of @task, a user of @mm which can run, free a number of it? */
static bool switch_may_free(struct engine *engine, const struct model_mm *mm, uint32_t task)
{
	const struct model_task *t = model_task(engine->model, task);

	if (cid_is_in_transit(t->cid) || cid_is_task_owned(t->cid))
		return true;
	/* In a window it may take over a CPU's number in transit, and give it back. */
	return mm->mode & MODE_TRANSIT;
}

/* Is there anything left that could free a number of @mm? When in doubt, yes. */
static bool can_free(struct engine *engine, const bool *freed, uint32_t mm)
{
	const struct model_mm *m = model_mm(engine->model, mm);
	uint32_t owner = sim_mm(engine, mm)->mutex_owner;
	uint32_t task = TASK_NONE;

	g_assert(sim_mm(engine, mm)->spinners > 0);
	if (actions_next_ns(engine) != NEVER)
		return true;
	if (owner != TASK_NONE && can_run(engine, freed, owner))
		return true;
	while ((task = users_before(engine->model, mm, task)) != TASK_NONE) {
		/* With the mutex free any task may exit or fork. */
		if (can_run(engine, freed, task) &&
			(owner == TASK_NONE || switch_may_free(engine, m, task)))
			return true;
	}
	return false;
}

/* CPUs whose spin may yet end, found step by step: each may let others go on. */
static bool *find_freed(struct engine *engine)
{
	bool *freed = g_new0(bool, engine->cpus.count);
	bool more = true;

	while (more) {
		more = false;
		for (guint i = 0; i < engine->spins.cpus->len; i++) {
			uint32_t cpu = g_array_index(engine->spins.cpus, uint32_t, i);

			if (freed[cpu] || !can_free(engine, freed, spins_mm(engine, cpu)))
				continue;
			freed[cpu] = more = true;
		}
	}
	return freed;
}

/* End the run if there are spins that cannot end; each mm that has some is reported once. */
static void report_livelocks(struct engine *engine)
{
	bool *freed = find_freed(engine);
	uint32_t reported = MM_NONE;

	g_assert(!retry_is_bounded(engine));
	for (guint i = 0; i < engine->spins.cpus->len; i++) {
		uint32_t cpu = g_array_index(engine->spins.cpus, uint32_t, i);
		uint32_t mm = spins_mm(engine, cpu);

		if (freed[cpu] || mm == reported)
			continue;
		reported = mm;
		engine->totals->livelocks++;
		recorder_violation(engine->recorder, "I3", mm, describe_spins(engine, mm, freed));
		engine_end(engine, "live lock");
	}
	g_free(freed);
}

void livelock_check(struct engine *engine)
{
	g_assert(engine->now_ns >= engine->spins.check_ns);
	engine->spins.check_ns = NEVER;
	retry_all(engine);
	if (engine->spins.cpus->len == 0)
		return;
	if (retry_is_bounded(engine)) {
		engine->spins.check_ns = MIN(engine->spins.check_ns, retry_gives_up_ns(engine));
		return;
	}
	if (engine->now_ns >= engine->spins.livelock_ns) {
		engine->spins.livelock_ns = engine->now_ns + CHECK_PERIOD_NS;
		report_livelocks(engine);
	}
	engine->spins.check_ns = MIN(engine->spins.check_ns, engine->spins.livelock_ns);
}

void livelock_at_end(struct engine *engine)
{
	bool over = engine->end.ended ||
	            retry_is_bounded(engine); /* reported already, undecided, no live lock */

	if (!over)
		report_livelocks(engine);
	over = over || engine->end.ended;
	for (guint i = 0; i < engine->spins.cpus->len; i++) {
		uint32_t cpu = g_array_index(engine->spins.cpus, uint32_t, i);
		uint32_t mm = spins_mm(engine, cpu);

		g_assert(engine->cpus.details[cpu].spin_since_ns <= engine->now_ns);
		recorder_spun(engine->recorder, mm,
			engine->now_ns - engine->cpus.details[cpu].spin_since_ns);
		if (!over)
			recorder_violation(
				engine->recorder, "I3", mm, describe_spins(engine, mm, NULL));
	}
}
