/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/engine.h"

#include "sim/engine/cpus.h"
#include "sim/engine/mms.h"
#include "sim/engine/tasks.h"
#include "tests/lib/simulate.h"

struct engine *parts_engine;
uint32_t parts_mm;
static struct scenario *scenario;

void parts_start(void)
{
	uint32_t account;

	scenario = sim_parse(
		"[machine]\ncpus = 2\n[sched]\nplacement = previous\nwakeup-preemption = off\nidle-pull = off\n"
		"[mm app]\n[tasks worker]\nmm = app\ncount = 3\n");
	parts_engine = engine_new(scenario);
	account = recorder_add_account(parts_engine->recorder, g_strdup("app"), 0, 0);
	parts_mm = mms_new(parts_engine, account, 0, 0, MASK_ALL, 0, 0);
}

void parts_stop(void)
{
	engine_free(parts_engine);
	scenario_free(scenario);
}

uint32_t parts_task(void)
{
	return tasks_new(
		parts_engine, parts_engine->units.first[UNIT_GROUP], parts_mm, TASK_NONE, 0, true);
}

uint32_t parts_task_awake(void)
{
	uint32_t task = parts_task();

	cpus_wake(parts_engine, task, true);
	return task;
}
