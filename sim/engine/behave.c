/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/behave.h"

#include "sim/base/hot-assert.h"
#include "sim/engine/internal.h"
#include "sim/engine/operations.h"
#include "sim/engine/queues.h"
#include "sim/engine/tasks.h"

inline enum advance behave_sleep(struct engine *engine, uint32_t task, uint64_t ns)
{
	sim_task(engine, task)->fresh = 1;
	queues_sleep_until(engine, task, engine->now_ns + ns);
	return ADVANCE_LEAVES;
}

enum advance behave_wait(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	assert(t->op == OP_NONE);
	t->fresh = 1;
	task_set_state(t, TASK_WAITS);
	return ADVANCE_LEAVES;
}

static uint64_t draw(struct engine *engine, struct sim_task *t, const struct sample *sample)
{
	struct prng prng;
	uint64_t ns;

	if (sample->kind == SAMPLE_CONSTANT)
		return sample->a;
	prng = tasks_prng(engine, t);
	ns = sample_draw(sample, &prng);
	t->draws = prng.counter;
	return ns;
}

static enum advance begin_burst(struct engine *engine, struct sim_task *t, const struct sample *run)
{
	uint64_t ns = draw(engine, t, run);

	t->fresh = 0;
	task_set_due(t, MIN(MAX(ns, 1), SCENARIO_TIME_NS_MAX)); /* a burst takes time */
	return ADVANCE_RUNS;
}

/* How long the bursts of @t are now. */
static inline const struct sample *run_of(
	struct engine *engine, const struct sim_task *t, const struct behaviour *behaviour)
{
	return behaviour->phases ? &behaviour->phases[extra_of(engine, t)->phase].run
	                         : &behaviour->run;
}

/* How long @t sleeps after each of its bursts now. */
static inline const struct sample *sleep_of(
	struct engine *engine, const struct sim_task *t, const struct behaviour *behaviour)
{
	return behaviour->phases ? &behaviour->phases[extra_of(engine, t)->phase].sleep
	                         : &behaviour->sleep;
}

/* The bursts that are left to @t. The first extra says "forever" too, but most tasks have that one:
 * this saves reading it. */
static inline uint32_t loops_left(struct engine *engine, const struct sim_task *t)
{
	return t->extra == 0 ? LOOPS_FOREVER : extra_of(engine, t)->loops;
}

inline bool behave_draw_burst(
	struct engine *engine, uint32_t task, const struct behaviour *behaviour)
{
	struct sim_task *t = sim_task(engine, task);

	hot_assert(t->fresh && task_due(t) == 0);
	if (loops_left(engine, t) == 0)
		return false;
	begin_burst(engine, t, run_of(engine, t, behaviour));
	return true;
}

void behave_undo_draw(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	g_assert(!t->fresh && t->stage == STAGE_USER);
	t->draws -= run_of(engine, t, unit_of(engine, t)->behaviour)->kind != SAMPLE_CONSTANT;
	t->fresh = 1;
	task_set_due(t, 0);
}

static uint32_t loops_of(uint64_t times)
{
	return times == SCENARIO_FOREVER ? LOOPS_FOREVER : (uint32_t)MIN(times, LOOPS_FOREVER - 1);
}

void behave_begin(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	const struct behaviour *behaviour = unit_of(engine, t)->behaviour;
	struct extra *extra;

	if (!behaviour || (behaviour->loops == SCENARIO_FOREVER && !behaviour->phases_count))
		return;
	extra = tasks_extra(&engine->tasks, t);
	extra->loops = loops_of(behaviour->loops);
	if (!behaviour->phases_count)
		return;
	extra->phase = 0;
	extra->rounds = extra->loops;
	extra->loops = loops_of(behaviour->phases[0].times);
	g_assert(extra->loops > 0);
}

/* Does anything follow the bursts that are left of this phase? */
static bool is_last_phase(const struct behaviour *behaviour, const struct extra *extra)
{
	return extra->phase + 1 >= behaviour->phases_count &&
	       (!behaviour->phases_count || extra->rounds == 1);
}

/* The phase is over; false: it was the last one. */
static bool begin_next_phase(
	struct engine *engine, struct sim_task *t, const struct behaviour *behaviour)
{
	struct extra *extra;

	if (is_last_phase(behaviour, extra_of(engine, t)))
		return false;
	extra = tasks_extra(&engine->tasks, t);
	if (++extra->phase == behaviour->phases_count) {
		extra->phase = 0;
		extra->rounds -= extra->rounds != LOOPS_FOREVER;
	}
	extra->loops = loops_of(behaviour->phases[extra->phase].times);
	return true;
}

/* Run, sleep, run, sleep ... and exit in the end. */
inline enum advance behave(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	const struct behaviour *behaviour = unit_of(engine, t)->behaviour;
	uint32_t loops = loops_left(engine, t);
	uint64_t ns;

	if (t->fresh) {
		if (loops == 0 && !begin_next_phase(engine, t, behaviour)) {
			operation_exit(engine, task);
			return ADVANCE_RUNS;
		}
		return begin_burst(engine, t, run_of(engine, t, behaviour));
	}
	if (loops != LOOPS_FOREVER)
		tasks_extra(&engine->tasks, t)->loops = --loops;
	ns = loops == 0 && is_last_phase(behaviour, extra_of(engine, t))
	             ? 0
	             : draw(engine, t, sleep_of(engine, t, behaviour));
	if (ns > 0)
		return behave_sleep(engine, task, MIN(ns, SCENARIO_TIME_NS_MAX));
	t->fresh = 1;
	return ADVANCE_RUNS;
}

enum advance behave_fork(
	struct engine *engine, uint32_t task, uint32_t unit, uint32_t count, uint32_t team)
{
	g_assert(unit < engine->units.all->len && count > 0);
	operation_fork(engine, task,
		&(struct op){ .unit = unit, .count = count, .number = INDEX_NONE, .team = team });
	return ADVANCE_RUNS;
}
