/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/pools.h"

#include "sim/engine/behave.h"
#include "sim/engine/internal.h"
#include "sim/engine/operations.h"
#include "sim/engine/queues.h"
#include "sim/engine/tasks.h"

enum advance pools_start(struct engine *engine, uint32_t task, struct team *team)
{
	const struct scenario_pool *pool = &engine->scenario->pools[team->pool];

	g_assert(team->kind == TEAM_MAIN && team->leader == task);
	if (engine->now_ns < team->not_before_ns) {
		queues_sleep_until(engine, task, team->not_before_ns);
		return ADVANCE_LEAVES;
	}
	if (team->level > 0)
		return behave_wait(engine, task);
	team->level = 1;
	return behave_fork(engine, task, engine->units.first[UNIT_LEADER] + team->pool, pool->pools,
		INDEX_NONE);
}

static void release_all(struct engine *engine, struct team *team)
{
	g_assert(team->kind == TEAM_POOL && team->waiting->len <= team->threads_max);
	for (guint i = 0; i < team->waiting->len; i++) {
		uint32_t task = g_array_index(team->waiting, uint32_t, i);

		sim_task(engine, task)->released = 1;
		queues_wake_idle(engine, task);
	}
	g_array_set_size(team->waiting, 0);
}

static void leader_begin(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	const struct scenario_pool *pool =
		&engine->scenario->pools[t->unit - engine->units.first[UNIT_LEADER]];
	struct team *team;

	g_assert(extra_of(engine, t)->team == INDEX_NONE);
	tasks_extra(&engine->tasks, t)->team = teams_new(&engine->teams, TEAM_POOL, task);
	team = teams_at(&engine->teams, extra_of(engine, t)->team);
	team->pool = t->unit - engine->units.first[UNIT_LEADER];
	team->cycles_left = pool->cycles;
	team->threads_max = pool->threads;
	team->waiting = g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

/* A pool's leader: create threads that wait, release them, wait until they are gone, again. */
enum advance pools_leader_next(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	struct team *team;

	t->fresh = 1;
	if (extra_of(engine, t)->team == INDEX_NONE)
		leader_begin(engine, task);
	team = teams_at(&engine->teams, extra_of(engine, t)->team);
	g_assert(team->gone <= team->made && team->made <= team->threads_max);
	if (team->gone == team->threads_max) {
		team->made = team->started = team->gone = 0;
		if (team->cycles_left != SCENARIO_FOREVER && --team->cycles_left == 0) {
			operation_exit(engine, task);
			return ADVANCE_RUNS;
		}
	}
	if (team->made < team->threads_max)
		return behave_fork(engine, task, engine->units.first[UNIT_WORKER] + team->pool,
			team->threads_max - team->made, extra_of(engine, t)->team);
	if (team->started == team->threads_max)
		release_all(engine, team);
	return behave_wait(engine, task);
}

enum advance pools_worker_next(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	struct team *team;
	uint32_t index;

	if (t->begun && !t->released)
		return behave_wait(engine, task); /* woken for something else */
	if (t->begun)
		return behave(engine, task);
	t->begun = 1;
	index = extra_of(engine, t)->team;
	t->released = index == INDEX_NONE;
	if (t->released)
		return behave(engine, task); /* made by an action: there is no pool to wait for */
	team = teams_at(&engine->teams, index);
	team->started++;
	g_assert(team->started <= team->threads_max);
	g_array_append_val(team->waiting, task);
	if (team->started == team->threads_max)
		queues_wake_idle(engine, team->leader);
	return behave_wait(engine, task);
}
