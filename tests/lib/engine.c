/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/engine.h"

#include <check.h>

#include "sim/engine/after-step.h"
#include "sim/engine/cpus.h"
#include "sim/engine/mms.h"
#include "sim/engine/tasks.h"
#include "tests/lib/simulate.h"

struct engine *parts_engine;
uint32_t parts_mm;
static struct scenario *scenario;

void parts_start(void)
{
	parts_start_of(
		"[machine]\ncpus = 2\n[sched]\nplacement = previous\nwakeup-preemption = off\nidle-pull = off\n"
		"[mm app]\n[tasks worker]\nmm = app\ncount = 3\n");
}

void parts_start_of(const char *text)
{
	uint32_t account;

	scenario = sim_parse(text);
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

uint32_t parts_user(void)
{
	uint32_t task = parts_task();

	fork_begin(parts_engine->model, 0, task, task,
		recorder_observer(parts_engine->recorder, parts_mm));
	after_touch(parts_engine, parts_mm, 0, task);
	after_step(parts_engine, parts_mm);
	cpus_wake(parts_engine, task, true);
	return task;
}

struct cpu_set parts_cpus(uint32_t first, uint32_t count)
{
	static uint64_t words[128]; /* each test is a process of its own */
	static unsigned used;
	struct cpu_set set = { .count = count, .words = &words[used++] };

	ck_assert_uint_le(used, G_N_ELEMENTS(words));
	for (uint32_t cpu = first; cpu < first + count; cpu++)
		set.words[0] |= UINT64_C(1) << cpu;
	return set;
}
