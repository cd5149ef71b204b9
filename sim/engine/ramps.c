/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/ramps.h"

#include "sim/engine/behave.h"
#include "sim/engine/due.h"
#include "sim/engine/internal.h"
#include "sim/engine/queues.h"

static enum advance ramp_up(
	struct engine *engine, uint32_t task, struct team *team, uint32_t to, uint32_t step)
{
	uint32_t count = MIN(step, to - team->level);

	g_assert(team->level < to);
	team->level += count;
	team->pause = true;
	return behave_fork(engine, task, engine->units.first[UNIT_RAMP] + team->ramp, count,
		extra_of(engine, sim_task(engine, task))->team);
}

/* Ask @task to exit at the end of what it does in the kernel, or at once. */
static void ask_to_leave(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	g_assert(!t->leaves);
	t->leaves = 1;
	if (t->stage != STAGE_USER)
		return;
	if (t->state == TASK_RUNS)
		due_soon(engine, model_task(engine->model, task)->cpu);
	else
		queues_wake_idle(engine, task);
}

static enum advance ramp_down(
	struct engine *engine, uint32_t task, struct team *team, const struct scenario_ramp *ramp)
{
	uint32_t count = MIN(ramp->step, team->level - ramp->from);

	g_assert(team->level > ramp->from);
	team->level -= count;
	team->pause = true;
	for (; count > 0 && team->threads->len > 0; count--) {
		uint32_t newest = g_array_index(team->threads, uint32_t, team->threads->len - 1);

		g_array_set_size(team->threads, team->threads->len - 1);
		team->leaving++;
		ask_to_leave(engine, newest);
	}
	return team->leaving > 0 ? behave_wait(engine, task) : ADVANCE_RUNS;
}

enum advance ramps_next(struct engine *engine, uint32_t task, struct team *team)
{
	const struct scenario_ramp *ramp = &engine->scenario->ramps[team->ramp];

	g_assert(team->kind == TEAM_MAIN && team->leader == task);
	g_assert(team->level <= ramp->to);
	if (team->leaving > 0)
		return behave_wait(engine, task); /* woken for something else */
	if (team->pause) {
		team->pause = false;
		team->not_before_ns = engine->now_ns + ramp->dwell_ns;
	}
	if (engine->now_ns < team->not_before_ns) {
		queues_sleep_until(engine, task, team->not_before_ns);
		return ADVANCE_LEAVES;
	}
	if (team->cycles_left == 0)
		return behave_wait(engine, task);
	if (team->level == 0) {
		team->level = 1; /* itself */
		if (ramp->from > 1)
			return ramp_up(engine, task, team, ramp->from, ramp->from);
	}
	if (team->level >= ramp->to)
		team->falling = true;
	if (!team->falling)
		return ramp_up(engine, task, team, ramp->to, ramp->step);
	if (team->level > ramp->from)
		return ramp_down(engine, task, team, ramp);
	team->falling = false;
	if (team->cycles_left != SCENARIO_FOREVER)
		team->cycles_left--;
	return ADVANCE_RUNS;
}
