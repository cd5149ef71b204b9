/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/processes.h"

#include <signal.h>

#include "tests/lib/engine.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

/* First tasks of processes, with an account each, where they may run; what they have to do besides;
 * and the groups that they are asked to make. */

static struct scenario *scenario;
static struct engine *engine;

static void start(const char *text)
{
	scenario = sim_parse(text);
	engine = engine_new(scenario);
}

static void stop(void)
{
	engine_free(engine);
	scenario_free(scenario);
}

/* The first task of process @process of the first mm, which has begun. */
static uint32_t begin(uint32_t process)
{
	processes_start(engine, 0, process);
	return engine->processes.main[process];
}

static const char *account_of(uint32_t task)
{
	return recorder_account(engine->recorder, model_task(engine->model, task)->mm)->name;
}

TEST(a_process_begins_with_one_user_that_runs)
{
	uint32_t task;

	start("[machine]\ncpus = 2\n[mm app]\n");
	task = begin(0);
	ck_assert_str_eq(account_of(task), "app");
	ck_assert(model_task(engine->model, task)->active);
	ck_assert_uint_eq(model_mm(engine->model, 0)->users, 1);
	ck_assert_uint_eq(sim_task(engine, task)->state, TASK_RUNS);
	ck_assert_uint_eq(engine->processes.pid[0], sim_task(engine, task)->pid);
	ck_assert_uint_eq(extra_of(engine, sim_task(engine, task))->team, INDEX_NONE);
	ck_assert_uint_eq(engine->totals->forks, 0); /* nobody has forked it */
	stop();
}

TEST(of_several_like_processes_each_has_its_own_mm_and_account)
{
	start("[machine]\ncpus = 2\n[mm app]\ncount = 3\n");
	ck_assert_str_eq(account_of(begin(2)), "app/2"); /* in any order */
	ck_assert_str_eq(account_of(begin(0)), "app/0");
	ck_assert_uint_ne(model_task(engine->model, engine->processes.main[0])->mm,
		model_task(engine->model, engine->processes.main[2])->mm);
	stop();
}

TEST(a_process_is_made_on_a_cpu_that_it_may_run_on)
{
	uint32_t task;

	start("[machine]\ncpus = 4\nonline = 0-1,3\n[mm app]\ncpus = 2-3\n");
	task = begin(0);
	ck_assert_uint_eq(model_task(engine->model, task)->cpu, 3);
	ck_assert_uint_eq(engine->totals->migrations, 0);
	ck_assert_uint_eq(model_mm(engine->model, 0)->allowed_count, 2);
	stop();
}

static const struct {
	const char *keys;
	bool ramp, pool;
} teams[] = {
	{ "", false, false },
	{ "[ramp r]\nto = 3\nstart = 5ms\n", true, false },
	{ "[pool p]\npools = 1\nthreads = 2\nstart = 7ms\n", false, true },
};

TEST_ROWS(a_first_task_leads_the_ramp_or_the_pools_of_its_mm, teams)
{
	g_autofree char *text =
		g_strconcat("[machine]\ncpus = 2\n[mm app]\n", teams[_i].keys, NULL);
	const struct team *team;
	uint32_t task, index;

	start(text);
	task = begin(0);
	index = extra_of(engine, sim_task(engine, task))->team;
	ck_assert_int_eq(index != INDEX_NONE, teams[_i].ramp || teams[_i].pool);
	if (index != INDEX_NONE) {
		team = teams_at(&engine->teams, index);
		ck_assert_uint_eq(team->leader, task);
		ck_assert_int_eq(team->ramp != INDEX_NONE, teams[_i].ramp);
		ck_assert_int_eq(team->pool != INDEX_NONE, teams[_i].pool);
		ck_assert_uint_eq(team->not_before_ns, teams[_i].ramp ? 5000000 : 7000000);
	}
	stop();
}

TEST(the_first_task_of_each_process_is_asked_to_make_its_share_of_a_group)
{
	struct request request;
	uint32_t second;

	start("[machine]\ncpus = 2\n[mm app]\ncount = 2\n"
	      "[tasks w]\nmm = app\ncount = 3\nkind = clone-vm\n");
	begin(0);
	second = begin(1);
	processes_start_group(engine, 0, 1);
	ck_assert(!sim_task(engine, engine->processes.main[0])->asked);
	requests_take(&engine->requests, second, sim_task(engine, second), &request);
	ck_assert_int_eq(request.verb, ACT_CLONE_VM);
	ck_assert_uint_eq(request.count, 3);
	ck_assert_uint_eq(request.number, 3); /* behind those of the first process */
	ck_assert_uint_eq(request.unit, engine->units.first[UNIT_GROUP]);
	stop();
}

TEST(a_group_of_a_process_that_has_gone_is_a_fault_of_the_scenario)
{
	start("[machine]\ncpus = 2\n[mm app]\n[tasks w]\nmm = app\ncount = 1\n");
	sim_task(engine, begin(0))->op = OP_EXIT;
	processes_start_group(engine, 0, 0);
	ck_assert_ptr_nonnull(engine->end.input_error);
	stop();
}

TEST_SIGNAL(a_process_begins_once, SIGABRT)
{
	start("[machine]\ncpus = 2\n[mm app]\n");
	begin(0);
	begin(0);
}

TEST_SIGNAL(there_are_no_more_processes_than_the_scenario_has, SIGABRT)
{
	start("[machine]\ncpus = 2\n[mm app]\ncount = 2\n");
	begin(2);
}

TEST_SIGNAL(a_group_comes_after_its_process, SIGABRT)
{
	start("[machine]\ncpus = 2\n[mm app]\n[tasks w]\nmm = app\ncount = 1\n");
	processes_start_group(engine, 0, 0);
}
