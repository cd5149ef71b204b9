/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* docs/protocol.md, section 7: candidate fixes, which no kernel has. */

#include "tests/lib/world.h"

#include "tests/lib/suite.h"

/* Candidate fixes: exec-return = get */

TEST(exec_return_get_adopts_the_number_that_its_cpu_owns)
{
	struct world w = world_per_cpu("7.1");

	w.model->protocol.exec_return = EXEC_RETURN_GETS;
	must_fail_exec(&w, 1);
	expect_task(&w, 1, "1c");
	expect_cpu(&w, 1, "1c");
	expect_pool(&w, 0x0f);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_IDLE);
	expect_broken(&w, "");
	world_free(&w);
}

/* Its number was in transit, and the exit gave it back: the CPU has only a stale one. */
TEST(exec_return_get_gets_a_number_for_task_and_cpu_where_the_cpu_owns_none)
{
	struct world w = world_at("7.1", 4);

	w.model->protocol.exec_return = EXEC_RETURN_GETS;
	world_populate(&w, 5);
	expect_cpu(&w, 2, "2t");
	must_run(&w, 1, TASK_NONE); /* settles there: 1 is not to be had */
	must_fail_exec(&w, 2);
	expect_task(&w, 2, "2c");
	expect_cpu(&w, 2, "2c");
	expect_pool(&w, 0x0f);
	expect_broken(&w, "");
	must_run(&w, 2, TASK_NONE);
	must_run(&w, 2, 2);
	expect_task(&w, 2, "2c");
	world_free(&w);
}

/* ... and another task gets that one before it is back. */
static struct world exec_returns_to_nothing(void)
{
	struct world w = world_at("7.1", 4);

	w.model->protocol.exec_return = EXEC_RETURN_GETS;
	world_populate(&w, 5);
	expect_step(exit_begin(w.model, 2, 2, &w.observer), STEP_DONE);
	set_pool(&w, 0x0f);
	expect_step(fork_begin(w.model, 2, 2, 2, &w.observer), STEP_SPINS);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_GET_LOCKED);
	ck_assert_uint_eq(w.observer.count[OBSERVE_SPINS], 1);
	expect_step(affinity_change(w.model, 1, NULL, NULL), STEP_NEEDS_LOCK);
	return w;
}

TEST(exec_return_get_spins_under_the_lock_where_nothing_is_free)
{
	struct world w = exec_returns_to_nothing();

	expect_step(fork_spin(w.model, 0, &w.observer), STEP_SPINS);
	pool_drop(w.model, 0, 2, NULL);
	expect_step(fork_spin(w.model, 0, &w.observer), STEP_DONE);
	expect_task(&w, 2, "2c");
	expect_cpu(&w, 2, "2c");
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_IDLE);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(exec_return_get_that_gives_up_returns_without_a_number_as_now)
{
	struct world w = exec_returns_to_nothing();

	w.model->protocol.bounded_get = true;
	fork_give_up(w.model, 0);
	expect_task(&w, 2, "-");
	expect_cpu(&w, 2, "-");
	set_pool(&w, 0x0b);
	expect_broken(&w, "I8");
	must_run(&w, 2, TASK_NONE);
	must_run(&w, 2, 2);
	expect_task(&w, 2, "2c");
	expect_broken(&w, "");
	world_free(&w);
}

TEST(exec_return_get_is_about_a_task_that_returns_to_per_cpu_mode_only)
{
	struct world w = world_per_cpu("7.1");

	w.model->protocol.exec_return = EXEC_RETURN_GETS;
	expect_step(fork_thread(&w, 0, 0, 5), STEP_DONE); /* a child gets nothing, as ever */
	expect_task(&w, 5, "-");
	expect_pool(&w, 0x0f);
	world_free(&w);
	w = world_at("7.1", 4);
	w.model->protocol.exec_return = EXEC_RETURN_GETS;
	world_populate(&w, 3);
	must_fail_exec(&w, 1); /* per task: a number of its own, none for the CPU */
	expect_task(&w, 1, "1");
	expect_broken(&w, "");
	world_free(&w);
}

TEST(exec_return_get_leaves_nothing_for_b9)
{
	struct world w = world_near_leaving("7.1");

	w.model->protocol.exec_return = EXEC_RETURN_GETS;
	must_fail_exec(&w, 2);
	expect_task(&w, 2, "2c");
	must_exit(&w, 1);
	must_exit(&w, 0);
	expect_mode(&w, 0);
	expect_task(&w, 2, "2t"); /* first row of the CPU walk's table */
	expect_cpu(&w, 2, "2t");
	expect_broken(&w, "");
	world_free(&w);
}

/* Candidate fixes: last-exit = clean */

TEST(last_exit_clean_drops_what_cpus_own_and_goes_back_to_per_task_mode)
{
	struct world w = world_last_per_cpu();

	w.model->protocol.last_exit = LAST_EXIT_CLEANS;
	expect_step(exit_begin(w.model, 0, 0, &w.observer), STEP_DONE);
	expect_mode(&w, 0);
	expect_pool(&w, 0x00);
	expect_task(&w, 0, "-");
	expect_cpu(&w, 1, "1"); /* stale */
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_IDLE);
	ck_assert_uint_eq(world_mm(&w)->faults, 0);
	world_free(&w);
}

TEST(last_exit_clean_lets_the_mm_begin_anew_after_a_failed_exec)
{
	struct world w = world_last_per_cpu();

	w.model->protocol.last_exit = LAST_EXIT_CLEANS;
	must_fail_exec(&w, 0);
	expect_task(&w, 0, "0");
	expect_broken(&w, "");
	must_fork(&w, 0, 0, 5); /* where it spun for ever */
	expect_task(&w, 5, "1");
	must_run(&w, 1, 5);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(last_exit_clean_of_a_task_that_runs_with_unset_drops_its_cpus_too)
{
	struct world w = world_last_per_cpu();

	w.model->protocol.last_exit = LAST_EXIT_CLEANS;
	set_task(&w, 0, "-");
	expect_step(exit_begin(w.model, 0, 0, &w.observer), STEP_DONE);
	expect_cpu(&w, 0, "0");
	expect_pool(&w, 0x00);
	world_free(&w);
}

TEST(last_exit_clean_has_nothing_to_do_where_no_change_is_due)
{
	struct world w = world_at("7.1", 4);

	w.model->protocol.last_exit = LAST_EXIT_CLEANS;
	set_cpu(&w, 3, "2c"); /* as B9 leaves one in per-task mode */
	set_pool(&w, 0x05);
	must_exit(&w, 0);
	expect_cpu(&w, 3, "2c");
	expect_pool(&w, 0x04);
	world_free(&w);
}

/* A get that gives up */

TEST(a_fork_whose_get_gives_up_leaves_its_child_without_a_number)
{
	struct world w = world_at("7.1", 4);

	w.model->protocol.bounded_get = true;
	world_populate(&w, 2);
	set_pool(&w, 0x0f);
	expect_step(fork_thread(&w, 0, 0, 2), STEP_SPINS);
	fork_give_up(w.model, 0);
	expect_task(&w, 2, "-");
	expect_cpu(&w, 0, "0");
	expect_pool(&w, 0x0f);
	ck_assert(model_task(w.model, 2)->active);
	ck_assert_uint_eq(world_mm(&w)->users, 3);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_IDLE);
	ck_assert_uint_eq(world_mm(&w)->initiator, TASK_NONE);
	set_pool(&w, 0x03);
	expect_broken(&w, ""); /* it does not run yet */
	must_run(&w, 2, 2);
	expect_task(&w, 2, "2");
	expect_broken(&w, "");
	must_fork(&w, 0, 0, 3); /* the mutex is free */
	world_free(&w);
}

TEST(a_first_user_whose_get_gives_up_leaves_its_cpu_without_a_number_too)
{
	struct model_config config = world_config(world_protocol("7.1"), 2);
	struct world w;

	config.protocol.bounded_get = true;
	w = world_of(&config);
	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	set_pool(&w, 0x03); /* as left by somebody who lost them */
	task_create(w.model, 0, 0, 0, 1);
	expect_step(fork_begin(w.model, 1, 0, 0, &w.observer), STEP_SPINS);
	fork_give_up(w.model, 0);
	expect_task(&w, 0, "-");
	expect_cpu(&w, 1, "-");
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_IDLE);
	set_pool(&w, 0x00);
	must_run(&w, 1, 0);
	expect_task(&w, 0, "0");
	expect_cpu(&w, 1, "0");
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_get_of_fork_4_that_gives_up_leaves_the_word_of_the_cpu_to_the_parent)
{
	struct world w = world_before_fork_4_completes();

	w.model->protocol.bounded_get = true;
	set_pool(&w, 0xff);
	expect_step(window_complete(w.model, 0, &w.observer), STEP_GET);
	expect_step(fork_get(w.model, 0, &w.observer), STEP_SPINS);
	fork_give_up(w.model, 0);
	expect_task(&w, 2, "-");
	expect_task(&w, 0, "0t");
	expect_cpu(&w, 0, "0t");
	expect_mode(&w, 0);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_IDLE);
	set_pool(&w, 0x01);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_split_get_of_a_fork_that_gives_up_forgets_what_it_had_found)
{
	struct world w = world_at("7.1", 4);

	w.model->protocol.bounded_get = w.model->protocol.split_get = true;
	expect_step(fork_thread(&w, 0, 0, 1), STEP_FOUND);
	ck_assert_uint_eq(world_mm(&w)->found, 1 + 1);
	fork_give_up(w.model, 0);
	ck_assert_uint_eq(world_mm(&w)->found, 0);
	expect_task(&w, 1, "-");
	expect_pool(&w, 0x01);
	expect_broken(&w, "");
	world_free(&w);
}
