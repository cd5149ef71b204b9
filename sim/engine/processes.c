/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/processes.h"

#include "model/lifecycle.h"
#include "sim/engine/after-step.h"
#include "sim/engine/behave.h"
#include "sim/engine/cpus.h"
#include "sim/engine/internal.h"
#include "sim/engine/mms.h"
#include "sim/engine/spins.h"
#include "sim/engine/step-log.h"
#include "sim/engine/tasks.h"
#include "sim/engine/workload.h"

void processes_init(struct processes *processes, const struct scenario *scenario)
{
	uint32_t count = scenario->processes_count;

	processes->ramp = g_new(uint32_t, scenario->mms_count + 1);
	processes->pool = g_new(uint32_t, scenario->mms_count + 1);
	for (uint32_t i = 0; i < scenario->mms_count; i++) {
		processes->ramp[i] = INDEX_NONE;
		processes->pool[i] = INDEX_NONE;
	}
	/* From the last on, so that the first stays. */
	for (uint32_t i = scenario->ramps_count; i-- > 0;)
		processes->ramp[scenario->ramps[i].mm] = i;
	for (uint32_t i = scenario->pools_count; i-- > 0;)
		processes->pool[scenario->pools[i].mm] = i;
	processes->main = g_new(uint32_t, count + 1);
	processes->pid = g_new0(uint32_t, count + 1);
	for (uint32_t i = 0; i <= count; i++)
		processes->main[i] = TASK_NONE;
}

void processes_clear(struct processes *processes)
{
	g_free(processes->main);
	g_free(processes->pid);
	g_free(processes->ramp);
	g_free(processes->pool);
}

/* What the first task of a process has to do besides. */
static uint32_t main_team(struct engine *engine, uint32_t mm, uint32_t task)
{
	const struct scenario *scenario = engine->scenario;
	uint32_t ramp, pool, index;
	struct team *team;

	g_assert(mm < scenario->mms_count);
	ramp = engine->processes.ramp[mm];
	pool = engine->processes.pool[mm];
	if (ramp == INDEX_NONE && pool == INDEX_NONE)
		return INDEX_NONE;
	index = teams_new(&engine->teams, TEAM_MAIN, task);
	team = teams_at(&engine->teams, index);
	team->mm = mm;
	team->threads = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	if (ramp != INDEX_NONE) {
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
	g_assert(process < mm->count);
	if (mm->count == 1)
		return g_strdup(mm->name);
	return g_strdup_printf("%s/%u", mm->name, process);
}

/* A CPU of @mask, as good as any: there the first task of a process is made. */
static uint32_t first_cpu(const struct engine *engine, const struct cpu_set *mask)
{
	uint32_t cpu = 0;

	g_assert(mask->count > 0);
	while (!sim_cpu(engine, cpu)->online || !cpu_set_has(mask, cpu)) {
		if (++cpu == engine->cpus.count)
			return 0;
	}
	return cpu;
}

/* A process of the scenario is there, as if forked from outside on an allowed CPU. */
void processes_start(struct engine *engine, uint32_t mm_index, uint32_t process)
{
	const struct scenario_mm *declared = &engine->scenario->mms[mm_index];
	const struct unit *unit =
		units_at(&engine->units, engine->units.first[UNIT_MAIN] + mm_index);
	uint32_t account = recorder_add_account(
		engine->recorder, process_name(declared, process), mm_index, process);
	const struct cpu_set *mask = masks_at(&engine->masks, unit->mask);
	uint32_t cpu = first_cpu(engine, mask), task, team;
	uint32_t mm = mms_new(engine, account, mm_index, process, unit->mask, cpu, 0);
	struct step step;

	g_assert(mm != MM_NONE);
	g_assert(engine->processes.main[declared->first + process] == TASK_NONE);
	task = tasks_new(
		engine, engine->units.first[UNIT_MAIN] + mm_index, mm, TASK_NONE, cpu, true);
	g_assert(task != TASK_NONE);
	sim_task(engine, task)->mask = unit->mask;
	behave_begin(engine, task);
	team = main_team(engine, mm_index, task);
	if (team != INDEX_NONE)
		tasks_extra(&engine->tasks, sim_task(engine, task))->team = team;
	engine->processes.main[declared->first + process] = task;
	engine->processes.pid[declared->first + process] = sim_task(engine, task)->pid;
	units_add_member(&engine->units, engine->units.first[UNIT_MAIN] + mm_index, process, task,
		sim_task(engine, task)->pid);
	step = fork_begin(engine->model, cpu, task, task, recorder_observer(engine->recorder, mm));
	step = spins_set_found_by_fork(engine, mm, step);
	if (engine->log)
		step_log_start(engine, cpu, task, step);
	after_touch(engine, mm, cpu, task);
	after_step(engine, mm);
	cpus_wake(engine, task, true);
}

/* The members of a [tasks] group that process @process of its mm begins with. */
void processes_start_group(struct engine *engine, uint32_t index, uint32_t process)
{
	const struct scenario_group *group = &engine->scenario->groups[index];
	static const enum scenario_verb verbs[] = {
		[FORK_THREAD] = ACT_FORK, [FORK_CLONE_VM] = ACT_CLONE_VM, [FORK_VFORK] = ACT_VFORK
	};
	uint32_t main = engine->scenario->mms[group->mm].first + process;
	struct request request = {
		.verb = verbs[group->kind],
		.unit = engine->units.first[UNIT_GROUP] + index,
		.count = group->count,
		.number = process * group->count,
	};

	g_assert(group->count > 0 && engine->processes.main[main] != TASK_NONE);
	workload_ask(engine, engine->processes.main[main], engine->processes.pid[main], &request,
		group->line);
}
