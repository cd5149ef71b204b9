/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/dispatch.h"

#include <signal.h>

#include "sim/engine/cpus.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

/* A context switch in the engine: what it does to the CPU, to both tasks and to the model, what it
 * counts, and what goes to the sink. */

static GArray *stays; /* struct record_stay */
static GArray *switches;

static void on_stay(void *context, const struct record_stay *stay)
{
	(void)context;
	g_array_append_val(stays, *stay);
}

static void on_switch(void *context, const struct record_switch *sched_switch)
{
	(void)context;
	g_array_append_val(switches, *sched_switch);
}

static const struct record_sink sink = { .stay = on_stay, .sched_switch = on_switch };

static void start(void)
{
	parts_start();
	stays = g_array_new(FALSE, FALSE, sizeof(struct record_stay));
	switches = g_array_new(FALSE, FALSE, sizeof(struct record_switch));
	engine_set_sink(parts_engine, &sink);
}

SUITE(.before = start, .after = parts_stop);

static void at(uint64_t ns)
{
	parts_engine->now_ns = parts_engine->recorder->now_ns = ns;
}

/* A user of the mm in state QUEUED, but in no queue: taken out to be run on CPU 0. */
static uint32_t picked(void)
{
	uint32_t task = parts_task();

	fork_begin(parts_engine->model, 0, task, task,
		recorder_observer(parts_engine->recorder, parts_mm));
	sim_task(parts_engine, task)->state = TASK_QUEUED;
	return task;
}

TEST(an_idle_cpu_that_gets_a_task_runs_it_after_the_cost_of_the_switch)
{
	uint64_t cost = parts_engine->scenario->costs.switch_ns;
	const struct sim_cpu *c = sim_cpu(parts_engine, 0);
	uint32_t task = picked();

	at(500);
	task_set_due(sim_task(parts_engine, task), 77);
	dispatch_to(parts_engine, 0, task);
	ck_assert_int_eq(c->state, CPU_RUNS);
	ck_assert_uint_eq(c->curr, task);
	ck_assert_uint_eq(sim_task(parts_engine, task)->state, TASK_RUNS);
	ck_assert_uint_eq(model_cpu(parts_engine->model, 0)->curr, task);
	ck_assert_uint_eq(c->run_start_ns, 500 + cost);
	ck_assert_uint_eq(c->lock_until_ns, 500 + cost);
	ck_assert_uint_eq(c->slice_end_ns, 500 + cost + parts_engine->scenario->sched.slice_ns);
	ck_assert_uint_eq(cputree_time(parts_engine->cpus.tree, 0), 500 + cost + 77);
	ck_assert_uint_eq(parts_engine->totals->switches, 1);
	ck_assert_uint_eq(parts_engine->totals->idle_ns, 500);
	ck_assert_uint_eq(stays->len, 0);
}

TEST(a_cpu_that_idles_has_no_event_and_its_rq_lock_is_held_for_the_switch)
{
	uint32_t task = picked();
	const struct sim_cpu *c = sim_cpu(parts_engine, 0);

	dispatch_to(parts_engine, 0, task);
	at(900);
	sim_cpu(parts_engine, 0)->resched = true;
	sim_task(parts_engine, task)->state = TASK_SLEEPS;
	dispatch_to(parts_engine, 0, TASK_NONE);
	ck_assert_int_eq(c->state, CPU_IDLE);
	ck_assert_uint_eq(c->curr, TASK_NONE);
	ck_assert_uint_eq(cputree_time(parts_engine->cpus.tree, 0), CPUTREE_NEVER);
	ck_assert_uint_eq(c->run_start_ns, 900);
	ck_assert_uint_eq(c->lock_until_ns, 900 + parts_engine->scenario->costs.switch_ns);
	ck_assert(!c->resched);
	ck_assert_uint_eq(stays->len, 1);
	ck_assert_uint_eq(g_array_index(stays, struct record_stay, 0).pid, 100);
	ck_assert_uint_eq(g_array_index(stays, struct record_stay, 0).start_ns, 0);
	ck_assert_uint_eq(g_array_index(stays, struct record_stay, 0).end_ns, 900);
	ck_assert_uint_eq(g_array_index(stays, struct record_stay, 0).cid, 0);
}

static const struct {
	enum task_state state;
	enum record_prev_state shown;
} leavers[] = {
	{ TASK_QUEUED, PREV_RUNNABLE },
	{ TASK_RUNS, PREV_RUNNABLE }, /* it moves as soon as it is off */
	{ TASK_SLEEPS, PREV_SLEEPS },
	{ TASK_WAITS, PREV_SLEEPS },
	{ TASK_BLOCKED, PREV_BLOCKED },
	{ TASK_DIES, PREV_DEAD },
};

TEST_ROWS(the_log_says_how_the_task_stands_that_leaves, leavers)
{
	uint32_t task = picked();

	dispatch_to(parts_engine, 0, task);
	sim_task(parts_engine, task)->state = leavers[_i].state & 7;
	dispatch_to(parts_engine, 0, TASK_NONE);
	ck_assert_uint_eq(switches->len, 2);
	ck_assert_int_eq(
		g_array_index(switches, struct record_switch, 1).prev_state, leavers[_i].shown);
}

TEST(user_space_sees_the_word_of_the_task_and_changes_of_it_are_counted)
{
	uint32_t task = picked();
	const struct record_account *account = recorder_account(parts_engine->recorder, parts_mm);

	dispatch_to(parts_engine, 0, task);
	ck_assert_uint_eq(sim_task(parts_engine, task)->shown, 0);
	ck_assert_uint_eq(account->task_cid_changes, 1); /* from none */
	ck_assert_uint_eq(account->cpu_cid_changes, 0);
	dispatch_show_cid(parts_engine, 0, task, parts_mm);
	ck_assert_uint_eq(account->task_cid_changes, 1);
	model_task(parts_engine->model, task)->cid = 1;
	dispatch_show_cid(parts_engine, 0, task, parts_mm);
	ck_assert_uint_eq(sim_task(parts_engine, task)->shown, 1);
	ck_assert_uint_eq(account->task_cid_changes, 2);
	ck_assert_uint_eq(account->cpu_cid_changes, 1);
}

TEST(a_stay_can_be_cut_in_two)
{
	uint32_t task = picked();

	dispatch_to(parts_engine, 0, task);
	at(300);
	dispatch_split_stay(parts_engine, 0);
	dispatch_split_stay(parts_engine, 1); /* idle: no stay */
	at(800);
	sim_task(parts_engine, task)->state = TASK_SLEEPS;
	dispatch_to(parts_engine, 0, TASK_NONE);
	ck_assert_uint_eq(stays->len, 2);
	ck_assert_uint_eq(g_array_index(stays, struct record_stay, 0).end_ns, 300);
	ck_assert_uint_eq(g_array_index(stays, struct record_stay, 1).start_ns, 300);
	ck_assert_uint_eq(g_array_index(stays, struct record_stay, 1).end_ns, 800);
}

TEST(a_kernel_thread_switches_without_a_word)
{
	uint32_t task = tasks_new(parts_engine, parts_engine->units.first[UNIT_KWORKER], MM_NONE,
		TASK_NONE, 0, false);

	sim_task(parts_engine, task)->state = TASK_QUEUED;
	dispatch_to(parts_engine, 0, task);
	ck_assert_int_eq(sim_cpu(parts_engine, 0)->state, CPU_RUNS);
	ck_assert_uint_eq(
		g_array_index(switches, struct record_switch, 0).next_account, ACCOUNT_NONE);
	ck_assert_uint_eq(recorder_account(parts_engine->recorder, parts_mm)
				  ->observer.count[OBSERVE_SWITCHES_IN],
		0);
}

TEST(each_switch_is_in_the_digest)
{
	uint64_t digest = parts_engine->recorder->digest;
	uint32_t task = picked();

	dispatch_to(parts_engine, 0, task);
	ck_assert_uint_ne(parts_engine->recorder->digest, digest);
}

TEST_SIGNAL(who_waits_is_not_switched_to, SIGABRT)
{
	dispatch_to(parts_engine, 0, parts_task());
}
