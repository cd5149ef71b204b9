/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/engine/cpus.h"
#include "sim/engine/invariants.h"
#include "sim/engine/mutex.h"
#include "sim/engine/queues.h"
#include "tests/lib/engine.h"
#include "tests/lib/random-scenario.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

/*
 * The invariants hold after each event of random runs, of revisions with and without spins, and
 * each disagreement that a defect could leave behind is found.
 */

static const char *const revisions[] = { "v1", "v3", "v3\nbounded-get = on", "6.19", "7.0", "7.1",
	"7.1\nexec-return = late", "v3\nsplit-get = on" };

enum { SEEDS = 80, SEEDS_LONG = 2000 };

TEST_LONG(they_hold_after_each_event_of_a_random_run, 0, SEEDS, SEEDS_LONG)
{
	const char *revision = revisions[_i % G_N_ELEMENTS(revisions)];
	GString *text =
		generate((uint64_t)_i, revision, _i % 3 ? FAILED_FORK | FAILED_EXEC : 0, "off");
	struct scenario *scenario = sim_parse(text->str);
	struct engine *engine = engine_new(scenario);
	while (engine_advance(engine, 1))
		invariants_assert(engine);
	invariants_assert(engine);
	ck_assert_uint_gt(engine_totals(engine)->events, 0);
	engine_free(engine);
	scenario_free(scenario);
	g_string_free(text, TRUE);
}

/* Four tasks on two CPUs: 0 and 1 run, 2 and 3 are queued; 4 waits. */
static uint32_t tasks[5];

static void start(void)
{
	parts_start();
	for (unsigned i = 0; i < 4; i++)
		tasks[i] = parts_task_awake();
	tasks[4] = parts_task();
}

TEST(they_hold_for_an_engine_that_nobody_has_spoiled)
{
	start();
	invariants_assert(parts_engine);
	cpus_set_online(parts_engine, 1, false);
	invariants_assert(parts_engine);
	tasks_end(parts_engine, tasks[4]);
	invariants_assert(parts_engine);
	parts_stop();
}

static void another_runs(void)
{
	sim_cpu(parts_engine, 0)->curr = tasks[2];
}

static void runs_nowhere(void)
{
	sim_task(parts_engine, tasks[4])->state = TASK_RUNS;
}

static void moves_for_ever(void)
{
	sim_task(parts_engine, tasks[4])->state = TASK_MOVES;
}

static void queued_nowhere(void)
{
	sim_task(parts_engine, tasks[4])->state = TASK_QUEUED;
}

static void wrong_place_in_the_queue(void)
{
	sim_task(parts_engine, tasks[2])->position++;
}

static void in_the_queue_of_another_cpu(void)
{
	model_task(parts_engine->model, tasks[2])->cpu = 1;
}

static void idle_with_an_event(void)
{
	struct sim_cpu *c = sim_cpu(parts_engine, 0);

	c->curr = model_cpu(parts_engine->model, 0)->curr = TASK_NONE;
	c->state = CPU_IDLE;
}

static void lock_held_by_nobody(void)
{
	sim_cpu(parts_engine, 0)->lock_until_ns = NEVER;
}

static void spin_of_the_model_alone(void)
{
	model_cpu(parts_engine->model, 0)->phase = CPU_SPINS;
}

static void offline_and_counted(void)
{
	sim_cpu(parts_engine, 1)->online = false;
}

static void one_alive_too_many(void)
{
	parts_engine->tasks.alive++;
}

static void asked_for_nothing(void)
{
	sim_task(parts_engine, tasks[4])->asked = 1;
}

static void blocked_on_nothing(void)
{
	struct sim_task *t = sim_task(parts_engine, tasks[4]);

	t->state = TASK_BLOCKED;
	t->stage = STAGE_DECIDE;
}

static void waits_for_a_free_mutex(void)
{
	blocked_on_nothing();
	sim_task(parts_engine, tasks[4])->position = TASK_NONE;
	sim_mm(parts_engine, parts_mm)->waiters_first = tasks[4];
}

static void window_without_the_mutex(void)
{
	sim_task(parts_engine, tasks[0])->in_window = 1;
}

static void mutex_of_the_model_alone(void)
{
	model_mm(parts_engine->model, parts_mm)->phase = PHASE_COMPLETE;
}

static void one_user_too_many(void)
{
	model_mm(parts_engine->model, parts_mm)->users = 1;
}

static void one_task_of_the_mm_too_many(void)
{
	sim_mm(parts_engine, parts_mm)->tasks++;
}

static void one_spin_too_many(void)
{
	sim_mm(parts_engine, parts_mm)->spinners = 1;
}

static void (*const spoilers[])(void) = { another_runs, runs_nowhere, moves_for_ever,
	queued_nowhere, wrong_place_in_the_queue, in_the_queue_of_another_cpu, idle_with_an_event,
	lock_held_by_nobody, spin_of_the_model_alone, offline_and_counted, one_alive_too_many,
	asked_for_nothing, blocked_on_nothing, waits_for_a_free_mutex, window_without_the_mutex,
	mutex_of_the_model_alone, one_user_too_many, one_task_of_the_mm_too_many,
	one_spin_too_many };

TEST_SIGNAL_ROWS(each_disagreement_is_found, spoilers, SIGABRT)
{
	start();
	spoilers[_i]();
	invariants_assert(parts_engine);
}
