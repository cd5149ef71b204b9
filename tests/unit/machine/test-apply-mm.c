/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Forks, exits, execs, affinities, and walks in any order. */

#include "sim/machine/machine.h"

#include <signal.h>

#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 120);

/* Forks */

TEST(a_child_can_be_had_when_its_fork_is_over)
{
	struct machine_config config = machines_config("7.1", 2, 2, 3);
	struct machine *m = machines_started(&config, STEPS("fork T0 T2"));

	ck_assert_uint_eq(m->pc[0], PC_FORKS);
	ck_assert_uint_eq(m->pc[2], PC_BORN);
	expect_refused(m, &config, "in 1 T2", "there is no such task that could run");
	take(m, &config, "walk", "walk", "complete");
	ck_assert_uint_eq(m->pc[0], PC_USER);
	expect_can(m, &config, "in 1 T2");
	free(m);
}

TEST(where_it_is_counted_early_a_child_must_be_shown)
{
	struct machine_config config = machines_config("v3", 4, 1, 3);
	struct machine *m = machines_started(&config, STEPS("fork T0 T1"));

	ck_assert_uint_eq(m->pc[0], PC_SHOWS);
	ck_assert_uint_eq(machines_task(m, 1)->visible, 0);
	ck_assert_uint_eq(machines_task(m, 1)->active, 1);
	expect_refused(m, &config, "in 1 T1", "there is no such task that could run");
	expect_refused(m, &config, "exit T0", "that task does not run in user space");
	take(m, &config, "show T0");
	ck_assert_uint_eq(machines_task(m, 1)->visible, 1);
	expect_can(m, &config, "in 1 T1");
	expect_refused(m, &config, "show T0", "that task has no child to show, or does not run");
	free(m);
}

TEST(a_fork_needs_the_mutex_a_number_for_the_child_and_a_task_in_user_space)
{
	struct machine_config config = machines_config("7.1", 2, 2, 4);
	struct machine *m = machines_started(&config, STEPS("in 1 T1"));

	expect_refused(m, &config, "fork T0 T1",
		"there is a task of the child's number already, or too many tasks");
	expect_refused(m, &config, "fork T2 T3", "that task does not run in user space");
	expect_can(m, &config, "fork T0 T3"); /* the lowest is listed, any can be played */
	take(m, &config, "fork T0 T2");
	expect_refused(m, &config, "fork T1 T3", "the mutex of the mm is held");
	expect_refused(m, &config, "exit T1", "the mutex of the mm is held");
	expect_refused(m, &config, "fork T0 T3", "that task does not run in user space");
	free(m);
}

/* Walks over the system distinguish thread groups. */
TEST(a_thread_is_of_its_parents_group_and_a_process_of_one_that_nobody_is_of)
{
	struct machine_config config = machines_config("6.19.1", 6, 1, 5);
	struct machine *m = machines_started(
		&config, STEPS("fork T0 T1", "show T0", "clone-vm T0 T2", "show T0", "out 0",
				 "in 0 T2", "fork T2 T3", "show T2", "exit T2", "out 0"));
	uint32_t group = machines_task(m, 3)->group;

	ck_assert_uint_eq(machines_task(m, 1)->group, 0);
	ck_assert_uint_ge(group, MACHINE_TASKS_MAX);
	take(m, &config, "in 0 T3", "clone-vm T3 T2"); /* the number of its parent that is gone */
	ck_assert_uint_ge(machines_task(m, 2)->group, MACHINE_TASKS_MAX);
	ck_assert_uint_ne(machines_task(m, 2)->group, group);
	free(m);
}

static struct machine *vforked(const struct machine_config *config)
{
	struct machine *m = machines_started(config, STEPS("vfork T0 T1"));

	if (config->protocol.early_count) {
		ck_assert_uint_eq(m->pc[0], PC_VSHOWS);
		take(m, config, "show T0");
	}
	ck_assert_uint_eq(m->pc[0], PC_WAITS);
	ck_assert_uint_eq(m->partner[0], 1);
	take(m, config, "out 0");
	expect_refused(m, config, "in 0 T0", "there is no such task that could run");
	take(m, config, "in 0 T1");
	return m;
}

TEST_RANGE(the_parent_of_a_vfork_waits_until_the_child_exits, 0, 2)
{
	struct machine_config config = machines_config(_i ? "v3" : "7.1", 3, 1, 2);
	struct machine *m = vforked(&config);

	take(m, &config, "exit T1");
	ck_assert_uint_eq(m->pc[0], PC_USER);
	expect_can(m, &config, "in 1 T0");
	free(m);
}

TEST_RANGE(the_parent_of_a_vfork_waits_until_the_child_is_in_another_program, 0, 2)
{
	struct machine_config config = machines_config(_i ? "v3" : "7.1", 3, 1, 2);
	struct machine *m = vforked(&config);

	take(m, &config, "exec T1");
	ck_assert_uint_eq(m->pc[0], PC_WAITS);
	take(m, &config, "exec-end T1");
	ck_assert_uint_eq(m->pc[0], PC_USER);
	expect_can(m, &config, "in 1 T0");
	free(m);
}

TEST_RANGE(the_parent_of_a_vfork_waits_on_where_the_childs_exec_fails, 0, 2)
{
	struct machine_config config = machines_config(_i ? "v3" : "7.1", 3, 1, 2);
	struct machine *m = vforked(&config);

	take(m, &config, "failed-exec T1", "exec-end T1");
	ck_assert_uint_eq(m->pc[1], PC_USER);
	ck_assert_uint_eq(m->pc[0], PC_WAITS);
	take(m, &config, "exit T1");
	ck_assert_uint_eq(m->pc[0], PC_USER);
	free(m);
}

/* Exits and execs */

TEST(a_dead_task_is_gone_when_it_is_switched_out)
{
	struct machine_config config = machines_config("7.1", 2, 2, 2);
	struct machine *m = machines_started(&config, STEPS("exit T0"));

	ck_assert_uint_eq(m->pc[0], PC_DEAD);
	ck_assert_uint_eq(machines_cpu(m, 0)->curr, 0);
	expect_refused(m, &config, "exit T0", "that task does not run in user space");
	take(m, &config, "out 0");
	ck_assert_uint_eq(m->pc[0], PC_FREE);
	free(m);
}

TEST(reduced_a_dead_task_leaves_its_cpu_idle_at_once)
{
	struct machine_config config = machines_config("7.1", 2, 2, 2);
	struct machine *m;

	config.reduced = true;
	m = machines_started(&config, STEPS("exit T0"));
	ck_assert_uint_eq(m->pc[0], PC_FREE);
	ck_assert_uint_eq(machines_cpu(m, 0)->curr, TASK_NONE);
	ck_assert_uint_eq(machines_cpu(m, 0)->phase, CPU_FREE);
	take(m, &config, "in 0 T1", "exec T1", "exec-end T1");
	ck_assert_uint_eq(m->pc[1], PC_FREE);
	ck_assert_uint_eq(machine_mm(m)->users, 0);
	free(m);
}

/* B3: handed a number, it must be seen with it. */
TEST(reduced_a_dead_task_that_holds_a_number_stays)
{
	struct machine_config config = machines_config("v3", 4, 3, 3);
	struct machine *m;

	config.allowed = 3;
	config.reduced = true;
	m = machines_started(&config,
		STEPS("in 1 T1", "exit T1", "exit T0", "walk", "walk", "walk", "walk", "complete"));
	ck_assert_uint_eq(m->pc[0], PC_DEAD);
	ck_assert_uint_eq(machine_check(m), CHECK_I6);
	take(m, &config, "out 0");
	ck_assert_uint_eq(m->pc[0], PC_FREE);
	ck_assert_uint_eq(machine_check(m), 0);
	free(m);
}

TEST(a_task_in_an_exec_holds_nothing_and_comes_back_if_it_fails)
{
	struct machine_config config = machines_config("7.1", 4, 2, 2);
	struct machine *m = machines_started(&config, STEPS("in 1 T1", "failed-exec T0"));

	ck_assert_uint_eq(m->pc[0], PC_EXEC_TO_FAIL);
	ck_assert_uint_eq(machines_task(m, 0)->cid, CID_UNSET);
	ck_assert_uint_eq(machine_mm(m)->users, 1);
	take(m, &config, "out 0");
	expect_refused(m, &config, "exec-end T0",
		"that task is in no exec, does not run, or the mutex is held");
	expect_refused(m, &config, "exec-end T1",
		"that task is in no exec, does not run, or the mutex is held");
	take(m, &config, "in 0 T0", "exec-end T0");
	ck_assert_uint_eq(m->pc[0], PC_USER);
	ck_assert_uint_eq(machines_task(m, 0)->cid, 0);
	ck_assert_uint_eq(machine_mm(m)->users, 2);
	free(m);
}

/* T1 and T2 are in an exec; T0 and three children are the fourth user that flips the mode. */
TEST(coming_back_from_an_exec_needs_the_mutex_and_going_on_does_not)
{
	struct machine_config config = machines_config("7.1", 3, 3, 6);
	struct machine *m =
		machines_started(&config, STEPS("in 1 T1", "in 2 T2", "failed-exec T1", "exec T2",
					 "fork T0 T3", "fork T0 T4", "fork T0 T5"));

	ck_assert_uint_eq(machine_initiator(m), 0);
	expect_refused(m, &config, "exec-end T1",
		"that task is in no exec, does not run, or the mutex is held");
	ck_assert(!machines_lists(m, &config, "exec-end T1"));
	take(m, &config, "exec-end T2");
	ck_assert_uint_eq(m->pc[2], PC_DEAD);
	take(m, &config, "walk", "walk", "walk", "complete", "exec-end T1");
	ck_assert_uint_eq(m->pc[1], PC_USER);
	ck_assert_uint_eq(machines_task(m, 1)->cid, CID_UNSET);
	free(m);
}

TEST(a_failed_exec_that_flips_the_mode_walks_itself)
{
	struct machine_config config = machines_config("7.1", 3, 3, 5);
	struct machine *m =
		machines_started(&config, STEPS("in 1 T1", "failed-exec T1", "fork T0 T3", "exec-end T1"));

	ck_assert_uint_eq(m->pc[1], PC_RETURNS);
	ck_assert_uint_eq(machine_initiator(m), 1);
	expect_refused(m, &config, "exit T1", "that task does not run in user space");
	take(m, &config, "walk", "walk", "walk", "complete");
	ck_assert_uint_eq(m->pc[1], PC_USER);
	free(m);
}

/* Affinity */

static const char cannot_be_picked[] =
	"that task cannot be picked: it runs, may not run there, or waits "
	"in the queue of a CPU whose rq lock is held";

static struct machine_config narrow(const char *revision)
{
	struct machine_config config = machines_config(revision, 6, 3, 4);

	config.allowed = 3;
	config.may[MACHINE_AFFINITIES] = 2;
	return config;
}

TEST(a_widened_task_and_its_children_run_everywhere)
{
	struct machine_config config = narrow("7.1");
	struct machine *m = machines_new(&config);

	expect_refused(m, &config, "in 5 T1", cannot_be_picked);
	take(m, &config, "affinity T1");
	ck_assert_uint_eq(m->wide, 1 << 1);
	ck_assert_uint_eq(machine_mm(m)->allowed_count, 6);
	ck_assert_uint_eq(m->left[MACHINE_AFFINITIES], 1);
	expect_refused(m, &config, "in 5 T2", cannot_be_picked);
	expect_refused(m, &config, "affinity T1",
		"that task may run everywhere already, or a lock is held");
	take(m, &config, "in 5 T1", "fork T1 T3");
	ck_assert_uint_eq(m->wide, 1 << 1 | 1 << 3);
	free(m);
}

TEST(an_affinity_needs_the_lock_of_the_tasks_queue)
{
	struct machine_config config = narrow("7.1");
	struct machine *m = machines_started(&config, STEPS("leave 0"));

	expect_refused(m, &config, "affinity T1",
		"that task may run everywhere already, or a lock is held");
	take(m, &config, "enter 0 idle", "affinity T1");
	free(m);
}

TEST(where_all_is_allowed_nothing_can_be_widened)
{
	struct machine_config config = machines_config("7.1", 2, 2, 2);
	struct machine *m;

	config.may[MACHINE_AFFINITIES] = 1;
	m = machines_new(&config);
	expect_refused(m, &config, "affinity T1",
		"that task may run everywhere already, or a lock is held");
	ck_assert(!machines_lists(m, &config, "affinity T1"));
	free(m);
}

/* Three tasks on two of six CPUs are in per-CPU mode; two on six need not be. */
static const char *const widened[] = { "in 1 T1", "exit T1", "out 1", "affinity T2", NULL };

TEST(a_widened_affinity_queues_work_that_leads_back)
{
	struct machine_config config = narrow("affinity-return");
	struct machine *m = machines_started(&config, widened);

	ck_assert_uint_eq(m->work, 1);
	take(m, &config, "work");
	ck_assert_uint_eq(m->work, 0);
	ck_assert_uint_eq(machine_mm(m)->mode, MODE_TRANSIT);
	ck_assert_uint_eq(machine_initiator(m), STEP_TASK_NONE);
	/* a kernel thread walks: no task has to run */
	take(m, &config, "out 0", "walk", "walk", "walk", "walk", "walk", "walk", "complete");
	ck_assert_uint_eq(machine_mm(m)->mode, 0);
	ck_assert_uint_eq(machine_mm(m)->phase, PHASE_IDLE);
	free(m);
}

/* B8 */
TEST(in_the_kernel_no_widened_affinity_queues_work)
{
	struct machine_config config = narrow("7.1");
	struct machine *m = machines_started(&config, widened);

	ck_assert_uint_eq(m->work, 0);
	expect_refused(m, &config, "work", "no work is queued, or the mutex is held");
	free(m);
}

TEST(a_fork_takes_over_what_the_work_was_to_do)
{
	struct machine_config config = narrow("affinity-return");
	struct machine *m = machines_started(&config, widened);

	take(m, &config, "fork T0 T1"); /* leads back itself: three fit as well */
	ck_assert_uint_eq(machine_mm(m)->mode, MODE_TRANSIT);
	ck_assert_uint_eq(m->work, 1);
	expect_refused(m, &config, "work", "no work is queued, or the mutex is held");
	take(m, &config, "walk", "walk", "walk", "walk", "walk", "walk", "complete");
	expect_refused(m, &config, "work", "no work is queued, or the mutex is held");
	take(m, &config, "fork-retry", "work");
	ck_assert_uint_eq(m->work, 0);
	ck_assert_uint_eq(machine_mm(m)->mode, 0);
	ck_assert_uint_eq(machine_mm(m)->phase, PHASE_IDLE);
	free(m);
}

TEST(the_last_exit_cancels_the_work)
{
	struct machine_config config = narrow("affinity-return");
	struct machine *m = machines_started(&config, widened);

	take(m, &config, "out 0", "in 0 T2", "exit T2");
	ck_assert_uint_eq(machine_mm(m)->users, 1);
	while (machine_mm(m)->phase != PHASE_IDLE)
		take(m, &config, machine_mm(m)->phase == PHASE_COMPLETE ? "complete" : "walk");
	ck_assert_uint_eq(m->work, 1);
	take(m, &config, "out 0", "in 0 T0", "exit T0");
	ck_assert_uint_eq(machine_mm(m)->users, 0);
	ck_assert_uint_eq(m->work, 0);
	free(m);
}

/* Walks in any order */

TEST(a_walk_in_any_order_goes_where_the_step_says_once)
{
	struct machine_config config = machines_config("7.1", 3, 3, 4);
	struct machine *m;

	config.any_task_order = true;
	m = machines_started(&config, STEPS("fork T0 T3"));
	expect_can(m, &config, "walk T1");
	expect_can(m, &config, "walk T3");
	expect_refused(m, &config, "walk T0", "the walk is not due there");
	expect_refused(m, &config, "walk 1", "the walk is not due there");
	take(m, &config, "walk T1");
	ck_assert_uint_eq(m->walked, 1 << 1);
	expect_refused(m, &config, "walk T1", "the walk is not due there");
	take(m, &config, "walk T3");
	expect_refused(
		m, &config, "complete", "the walk is not over, or its initiator does not run");
	take(m, &config, "walk T2", "complete");
	free(m);
}

TEST(a_walk_in_any_order_waits_for_the_one_that_it_has_begun_with)
{
	struct machine_config config = machines_config("7.1", 3, 3, 4);
	struct machine *m;

	config.any_task_order = true;
	m = machines_started(&config, STEPS("migrate T1 1", "migrate T2 2", "fork T0 T3", "leave 1"));
	ck_assert_int_eq(machines_take(m, &config, "walk T1"), STEP_NEEDS_RQ_LOCK);
	expect_refused(m, &config, "walk T2",
		"no walk is under way, or its initiator does not run, or waits for a rq lock");
	take(m, &config, "enter 1 T1");
	expect_refused(m, &config, "walk T2", "this walk takes the kernel's order");
	take(m, &config, "walk");
	ck_assert_uint_eq(m->walked, 1 << 1);
	free(m);
}

TEST(a_walk_in_the_kernels_order_goes_nowhere_else)
{
	struct machine_config config = machines_config("7.1", 3, 3, 4);
	struct machine *m = machines_started(&config, STEPS("fork T0 T3"));

	expect_refused(m, &config, "walk T3", "this walk takes the kernel's order");
	expect_can(m, &config, "walk");
	free(m);
}

TEST_SIGNAL(a_fork_of_a_child_that_is_there_is_our_bug, SIGABRT)
{
	struct machine_config config = machines_config("7.1", 2, 2, 3);
	struct machine *m = machines_new(&config);
	struct explore_step step = machines_step(&config, "fork T0 T1");

	machine_apply(m, &config, &step, NULL);
}

TEST_SIGNAL(work_that_is_not_queued_is_our_bug, SIGABRT)
{
	struct machine_config config = machines_config("7.1", 2, 2, 2);
	struct machine *m = machines_new(&config);
	struct explore_step step = machines_step(&config, "work");

	machine_apply(m, &config, &step, NULL);
}
