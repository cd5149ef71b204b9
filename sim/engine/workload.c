/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/internal.h"

#include <assert.h>

static struct team *team_at(struct engine *engine, uint32_t team)
{
	return &g_array_index(engine->teams, struct team, team);
}

static uint32_t team_new(struct engine *engine, enum team_kind kind, uint32_t leader)
{
	struct team team = {
		.kind = kind, .leader = leader, .refs = 1, .ramp = INDEX_NONE, .pool = INDEX_NONE
	};
	uint32_t index;

	/* A vfork's parent waits, and cannot go before its child: only the child refers to it. */
	if (engine->teams_free->len == 0) {
		g_array_append_val(engine->teams, team);
		return engine->teams->len - 1;
	}
	index = g_array_index(engine->teams_free, uint32_t, engine->teams_free->len - 1);
	g_array_set_size(engine->teams_free, engine->teams_free->len - 1);
	*team_at(engine, index) = team;
	return index;
}

static void team_put(struct engine *engine, uint32_t index)
{
	struct team *team = team_at(engine, index);

	if (--team->refs > 0)
		return;
	if (team->threads)
		g_array_free(team->threads, TRUE);
	if (team->waiting)
		g_array_free(team->waiting, TRUE);
	*team = (struct team){ 0 };
	g_array_append_val(engine->teams_free, index);
}

/* Members of a unit that actions call by their number. */
static void note_member(struct engine *engine, uint32_t unit, uint32_t number, uint32_t task)
{
	GArray *members = g_array_index(engine->units, struct unit, unit).members;
	struct member none = { .task = TASK_NONE };

	if (!members)
		return;
	if (number == INDEX_NONE)
		number = members->len;
	while (members->len <= number)
		g_array_append_val(members, none);
	g_array_index(members, struct member, number) =
		(struct member){ .task = task, .pid = sim_task(engine, task)->pid };
}

static enum advance sleep_for(struct engine *engine, uint32_t task, uint64_t ns)
{
	sim_task(engine, task)->fresh = 1;
	cpus_sleep_until(engine, task, engine->now_ns + ns);
	return ADVANCE_LEAVES;
}

static enum advance wait_for_others(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	t->fresh = 1;
	t->state = TASK_WAITS;
	return ADVANCE_LEAVES;
}

/* Wake @task if it waits in user space; one that is elsewhere looks for itself. */
static void wake_waiting(struct engine *engine, uint32_t task)
{
	if (task != TASK_NONE && sim_task(engine, task)->state == TASK_WAITS &&
		sim_task(engine, task)->stage == STAGE_USER)
		cpus_wake_soon(engine, task);
}

static uint64_t draw(struct engine *engine, struct sim_task *t, const struct sample *sample)
{
	struct prng prng;
	uint64_t ns;

	if (sample->kind == SAMPLE_CONSTANT)
		return sample->a;
	prng = task_prng(engine, t);
	ns = sample_draw(sample, &prng);
	t->draws = prng.counter;
	return ns;
}

static enum advance begin_burst(
	struct engine *engine, struct sim_task *t, const struct behaviour *behaviour)
{
	uint64_t ns = draw(engine, t, &behaviour->run);

	t->fresh = 0;
	task_set_due(t, MIN(MAX(ns, 1), SCENARIO_TIME_NS_MAX)); /* a burst takes time */
	return ADVANCE_RUNS;
}

/* Run, sleep, run, sleep ... and exit in the end. */
static enum advance behave(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	const struct behaviour *behaviour = unit_of(engine, t)->behaviour;
	uint32_t loops = extra_of(engine, t)->loops;
	uint64_t ns;

	if (t->fresh) {
		if (loops == 0) {
			kernel_exit(engine, task);
			return ADVANCE_RUNS;
		}
		return begin_burst(engine, t, behaviour);
	}
	if (loops != LOOPS_FOREVER)
		extra_edit(engine, t)->loops = --loops;
	ns = loops == 0 ? 0 : draw(engine, t, &behaviour->sleep);
	if (ns > 0)
		return sleep_for(engine, task, MIN(ns, SCENARIO_TIME_NS_MAX));
	t->fresh = 1;
	return ADVANCE_RUNS;
}

static bool only_waits(const struct behaviour *behaviour)
{
	return behaviour->run.kind == SAMPLE_CONSTANT && behaviour->run.a == 0;
}

static enum advance fork_members(
	struct engine *engine, uint32_t task, uint32_t unit, uint32_t count, uint32_t team)
{
	kernel_fork(engine, task,
		&(struct op){ .unit = unit, .count = count, .number = INDEX_NONE, .team = team });
	return ADVANCE_RUNS;
}

static enum advance ramp_up(
	struct engine *engine, uint32_t task, struct team *team, uint32_t to, uint32_t step)
{
	uint32_t count = MIN(step, to - team->level);

	team->level += count;
	team->pause = true;
	return fork_members(engine, task, engine->unit_of_ramp + team->ramp, count,
		extra_of(engine, sim_task(engine, task))->team);
}

/* Tell @task to exit at the end of what it does in the kernel, or at once. */
static void tell_to_leave(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);

	t->leaves = 1;
	if (t->stage != STAGE_USER)
		return;
	if (t->state == TASK_RUNS)
		cpus_kick(engine, model_task(engine->model, task)->cpu);
	else if (t->state == TASK_SLEEPS || t->state == TASK_WAITS)
		cpus_wake_soon(engine, task);
}

static enum advance ramp_down(
	struct engine *engine, uint32_t task, struct team *team, const struct scenario_ramp *ramp)
{
	uint32_t count = MIN(ramp->step, team->level - ramp->from);

	team->level -= count;
	team->pause = true;
	for (; count > 0 && team->threads->len > 0; count--) {
		uint32_t newest = g_array_index(team->threads, uint32_t, team->threads->len - 1);

		g_array_set_size(team->threads, team->threads->len - 1);
		team->leaving++;
		tell_to_leave(engine, newest);
	}
	return team->leaving > 0 ? wait_for_others(engine, task) : ADVANCE_RUNS;
}

static enum advance ramp_next(struct engine *engine, uint32_t task, struct team *team)
{
	const struct scenario_ramp *ramp = &engine->scenario->ramps[team->ramp];

	if (team->leaving > 0)
		return wait_for_others(engine, task); /* woken for something else */
	if (team->pause) {
		team->pause = false;
		team->not_before_ns = engine->now_ns + ramp->dwell_ns;
	}
	if (engine->now_ns < team->not_before_ns) {
		cpus_sleep_until(engine, task, team->not_before_ns);
		return ADVANCE_LEAVES;
	}
	if (team->cycles_left == 0)
		return wait_for_others(engine, task);
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

static enum advance pool_start(struct engine *engine, uint32_t task, struct team *team)
{
	const struct scenario_pool *pool = &engine->scenario->pools[team->pool];

	if (engine->now_ns < team->not_before_ns) {
		cpus_sleep_until(engine, task, team->not_before_ns);
		return ADVANCE_LEAVES;
	}
	if (team->level > 0)
		return wait_for_others(engine, task);
	team->level = 1;
	return fork_members(
		engine, task, engine->unit_of_leader + team->pool, pool->pools, INDEX_NONE);
}

static enum advance main_next(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	struct team *team;
	uint32_t index;

	index = extra_of(engine, t)->team;
	if (index == INDEX_NONE || team_at(engine, index)->kind != TEAM_MAIN) {
		if (only_waits(unit_of(engine, t)->behaviour))
			return wait_for_others(engine, task);
		return behave(engine, task);
	}
	t->fresh = 1; /* it has no bursts of its own */
	team = team_at(engine, index);
	if (team->ramp != INDEX_NONE)
		return ramp_next(engine, task, team);
	return pool_start(engine, task, team);
}

static void release_all(struct engine *engine, struct team *team)
{
	for (guint i = 0; i < team->waiting->len; i++) {
		uint32_t task = g_array_index(team->waiting, uint32_t, i);

		sim_task(engine, task)->released = 1;
		wake_waiting(engine, task);
	}
	g_array_set_size(team->waiting, 0);
}

static void leader_begin(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	const struct scenario_pool *pool =
		&engine->scenario->pools[t->unit - engine->unit_of_leader];
	struct team *team;

	extra_edit(engine, t)->team = team_new(engine, TEAM_POOL, task);
	team = team_at(engine, extra_of(engine, t)->team);
	team->pool = t->unit - engine->unit_of_leader;
	team->cycles_left = pool->cycles;
	team->threads_max = pool->threads;
	team->waiting = g_array_new(FALSE, FALSE, sizeof(uint32_t));
}

/* A pool's leader: create threads that wait, release them, wait until they are gone, again. */
static enum advance leader_next(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	struct team *team;

	t->fresh = 1;
	if (extra_of(engine, t)->team == INDEX_NONE)
		leader_begin(engine, task);
	team = team_at(engine, extra_of(engine, t)->team);
	if (team->gone == team->threads_max) {
		team->made = team->started = team->gone = 0;
		if (team->cycles_left != SCENARIO_FOREVER && --team->cycles_left == 0) {
			kernel_exit(engine, task);
			return ADVANCE_RUNS;
		}
	}
	if (team->made < team->threads_max)
		return fork_members(engine, task, engine->unit_of_worker + team->pool,
			team->threads_max - team->made, extra_of(engine, t)->team);
	if (team->started == team->threads_max)
		release_all(engine, team);
	return wait_for_others(engine, task);
}

static enum advance worker_next(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	struct team *team;
	uint32_t index;

	if (t->begun && !t->released)
		return wait_for_others(engine, task); /* woken for something else */
	if (t->begun)
		return behave(engine, task);
	t->begun = 1;
	index = extra_of(engine, t)->team;
	t->released = index == INDEX_NONE;
	if (t->released)
		return behave(engine, task); /* made by an action: there is no pool to wait for */
	team = team_at(engine, index);
	team->started++;
	g_array_append_val(team->waiting, task);
	if (team->started == team->threads_max)
		wake_waiting(engine, team->leader);
	return wait_for_others(engine, task);
}

static enum advance group_next(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	const struct unit *unit = unit_of(engine, t);

	if (!t->begun && unit->has_mask && t->mask != unit->mask) {
		t->begun = 1;
		kernel_set_affinity(engine, task, unit->mask);
		return ADVANCE_RUNS;
	}
	t->begun = 1;
	return behave(engine, task);
}

static void fork_asked(struct engine *engine, uint32_t task, const struct request *request)
{
	bool process = request->verb == ACT_FORK_PROCESS;
	struct op op = {
		.unit = process ? engine->unit_of_mm + request->mm : request->unit,
		.count = request->count,
		.number = request->number,
		.team = INDEX_NONE,
		.kind = request->verb == ACT_VFORK      ? FORK_VFORK
		        : request->verb == ACT_CLONE_VM ? FORK_CLONE_VM
		                                        : FORK_THREAD,
		.new_process = process,
		.fails = request->verb == ACT_FAILED_FORK,
		.mm = request->mm,
	};

	kernel_fork(engine, task, &op);
}

static enum advance do_request(struct engine *engine, uint32_t task, const struct request *request)
{
	struct sim_task *t = sim_task(engine, task);

	switch (request->verb) {
	case ACT_FORK:
	case ACT_CLONE_VM:
	case ACT_VFORK:
	case ACT_FORK_PROCESS:
	case ACT_FAILED_FORK:
		fork_asked(engine, task, request);
		return ADVANCE_RUNS;
	case ACT_EXIT:
		kernel_exit(engine, task);
		return ADVANCE_RUNS;
	case ACT_EXEC:
		kernel_exec(engine, task, false);
		return ADVANCE_RUNS;
	case ACT_FAILED_EXEC:
		kernel_exec(engine, task, true);
		return ADVANCE_RUNS;
	case ACT_SLEEP:
		if (request->sleep_ns == SCENARIO_FOREVER)
			return wait_for_others(engine, task);
		return sleep_for(engine, task, request->sleep_ns);
	case ACT_YIELD:
		engine->cpus[model_task(engine->model, task)->cpu].resched = true;
		if (task_due(t) == 0)
			task_set_due(t, 1);
		return ADVANCE_RUNS;
	case ACT_AFFINITY:
	case ACT_WAKE:
	case ACT_CPU_OFF:
	case ACT_CPU_ON:
		break;
	}
	g_assert_not_reached();
}

enum advance workload_next(struct engine *engine, uint32_t cpu, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	struct request request;

	(void)cpu;
	if (t->leaves) {
		kernel_exit(engine, task);
		return ADVANCE_RUNS;
	}
	if (t->asked && actions_take(engine, task, &request))
		return do_request(engine, task, &request);
	switch (unit_of(engine, t)->kind) {
	case UNIT_MAIN:
		return main_next(engine, task);
	case UNIT_GROUP:
	case UNIT_RAMP:
		return group_next(engine, task);
	case UNIT_LEADER:
		return leader_next(engine, task);
	case UNIT_WORKER:
		return worker_next(engine, task);
	case UNIT_KWORKER:
		break;
	}
	g_assert_not_reached();
}

static void set_loops(struct engine *engine, struct sim_task *task)
{
	const struct behaviour *behaviour = unit_of(engine, task)->behaviour;

	if (behaviour && behaviour->loops != SCENARIO_FOREVER)
		extra_edit(engine, task)->loops =
			(uint32_t)MIN(behaviour->loops, LOOPS_FOREVER - 1);
}

void workload_forked(struct engine *engine, uint32_t task, uint32_t child)
{
	struct sim_task *t = sim_task(engine, task), *c = sim_task(engine, child);
	const struct op *op = op_of(engine, t);
	struct team *team;

	set_loops(engine, c);
	note_member(engine, c->unit, op->number, child);
	if (op->kind == FORK_VFORK && !op->new_process)
		extra_edit(engine, c)->team = team_new(engine, TEAM_VFORK, task);
	if (extra_of(engine, c)->team == INDEX_NONE)
		return;
	team = team_at(engine, extra_of(engine, c)->team);
	team->refs += team->kind != TEAM_VFORK;
	if (team->kind == TEAM_MAIN)
		g_array_append_val(team->threads, child);
	else if (team->kind == TEAM_POOL)
		team->made++;
}

static void forget_thread(struct team *team, uint32_t task)
{
	for (guint i = team->threads->len; i-- > 0;) {
		if (g_array_index(team->threads, uint32_t, i) == task) {
			g_array_remove_index(team->threads, i);
			return;
		}
	}
}

void workload_gone(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	uint32_t index = extra_of(engine, t)->team;
	struct team *team;

	if (index == INDEX_NONE)
		return;
	team = team_at(engine, index);
	if (team->leader == task) {
		team->leader = TASK_NONE;
	} else if (team->kind == TEAM_MAIN) {
		if (!t->leaves)
			forget_thread(team, task); /* it went by itself */
		else if (--team->leaving == 0)
			wake_waiting(engine, team->leader);
	} else if (team->kind == TEAM_POOL && ++team->gone == team->threads_max) {
		wake_waiting(engine, team->leader);
	}
	extra_edit(engine, t)->team = INDEX_NONE;
	team_put(engine, index);
}

void workload_vfork_done(struct engine *engine, uint32_t task)
{
	struct sim_task *t = sim_task(engine, task);
	uint32_t index = extra_of(engine, t)->team, parent;

	if (index == INDEX_NONE || team_at(engine, index)->kind != TEAM_VFORK)
		return;
	parent = team_at(engine, index)->leader;
	extra_edit(engine, t)->team = INDEX_NONE;
	team_put(engine, index);
	cpus_wake_soon(engine, parent); /* a parent cannot go before its child lets it */
}

/* What the first task of a process has to do besides. */
static uint32_t main_team(struct engine *engine, uint32_t mm, uint32_t task)
{
	const struct scenario *scenario = engine->scenario;
	uint32_t ramp = 0, pool = 0, index;
	struct team *team;

	while (ramp < scenario->ramps_count && scenario->ramps[ramp].mm != mm)
		ramp++;
	while (pool < scenario->pools_count && scenario->pools[pool].mm != mm)
		pool++;
	if (ramp == scenario->ramps_count && pool == scenario->pools_count)
		return INDEX_NONE;
	index = team_new(engine, TEAM_MAIN, task);
	team = team_at(engine, index);
	team->mm = mm;
	team->threads = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	if (ramp < scenario->ramps_count) {
		team->ramp = ramp;
		team->cycles_left = scenario->ramps[ramp].cycles;
		team->not_before_ns = scenario->ramps[ramp].start_ns;
	} else {
		team->pool = pool;
		team->not_before_ns = scenario->pools[pool].start_ns;
	}
	return index;
}

static char *process_name(const struct scenario_mm *mm, uint32_t process)
{
	if (mm->count == 1)
		return g_strdup(mm->name);
	return g_strdup_printf("%s/%u", mm->name, process);
}

/* A CPU of @mask, as good as any: there the first task of a process is made. */
static uint32_t first_cpu(const struct engine *engine, const struct cpu_set *mask)
{
	uint32_t cpu = 0;

	while (!engine->cpus[cpu].online || !cpu_set_has(mask, cpu)) {
		if (++cpu == engine->cpus_count)
			return 0;
	}
	return cpu;
}

/* A process of the scenario is there, as if forked from outside on an allowed CPU. */
static void start_process(struct engine *engine, uint32_t mm_index, uint32_t process)
{
	const struct scenario_mm *declared = &engine->scenario->mms[mm_index];
	const struct unit *unit =
		&g_array_index(engine->units, struct unit, engine->unit_of_mm + mm_index);
	uint32_t account = recorder_add_account(
		engine->recorder, process_name(declared, process), mm_index, process);
	const struct cpu_set *mask = &g_array_index(engine->masks, struct cpu_set, unit->mask);
	uint32_t cpu = first_cpu(engine, mask), task, team;
	uint32_t mm = sim_mm_new(engine, account, mm_index, process, unit->mask, cpu, 0);
	struct step step;

	g_assert(mm != MM_NONE);
	task = task_new(engine, engine->unit_of_mm + mm_index, mm, TASK_NONE, cpu, true);
	g_assert(task != TASK_NONE);
	sim_task(engine, task)->mask = unit->mask;
	set_loops(engine, sim_task(engine, task));
	team = main_team(engine, mm_index, task);
	if (team != INDEX_NONE)
		extra_edit(engine, sim_task(engine, task))->team = team;
	engine->main_of_process[declared->first + process] = task;
	engine->main_pid[declared->first + process] = sim_task(engine, task)->pid;
	note_member(engine, engine->unit_of_mm + mm_index, process, task);
	step = fork_begin(engine->model, cpu, task, task, recorder_observer(engine->recorder, mm));
	step = spins_set_found_by_fork(engine, mm, step);
	if (engine->log)
		kernel_log_start(engine, cpu, task, step);
	engine_after_step(engine, mm);
	cpus_wake(engine, task, true);
}

/* The members of a [tasks] group that process @process of its mm begins with. */
static void start_group(struct engine *engine, uint32_t index, uint32_t process)
{
	const struct scenario_group *group = &engine->scenario->groups[index];
	static const enum scenario_verb verbs[] = {
		[FORK_THREAD] = ACT_FORK, [FORK_CLONE_VM] = ACT_CLONE_VM, [FORK_VFORK] = ACT_VFORK
	};
	uint32_t main = engine->scenario->mms[group->mm].first + process;
	struct request request = {
		.verb = verbs[group->kind],
		.unit = engine->unit_of_group + index,
		.count = group->count,
		.number = process * group->count,
	};

	actions_ask(engine, engine->main_of_process[main], engine->main_pid[main], &request,
		group->line);
}

void workload_moment(struct engine *engine, const struct moment *moment)
{
	if (moment->kind == MOMENT_PROCESS)
		start_process(engine, moment->index, moment->process);
	else
		start_group(engine, moment->index, moment->process);
}
