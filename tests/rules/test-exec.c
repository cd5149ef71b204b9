/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* docs/protocol.md, section 6, exec; and what failed execs lead to: B9, B10, B11. */

#include "tests/lib/world.h"

#include "tests/lib/suite.h"

/* Exec */

TEST(an_exec_leaves_the_old_mm_and_is_the_first_user_of_the_new)
{
	struct world w = world_at("7.1", 4);

	world_populate(&w, 3);
	expect_step(exit_begin(w.model, 1, 1, &w.observer), STEP_DONE);
	expect_step(mm_create(w.model, 1, NULL), STEP_DONE);
	exec_join(w.model, 1, 1);
	expect_step(fork_begin(w.model, 1, 1, 1, &w.observer), STEP_DONE);
	expect_task(&w, 1, "0");
	ck_assert_uint_eq(model_mm(w.model, 1)->users, 1);
	ck_assert_uint_eq(model_mm(w.model, 1)->taken, 1);
	ck_assert_uint_eq(model_task(w.model, 1)->group, 1);
	ck_assert_str_eq(world_users(&w), "2 0");
	expect_pool(&w, 0x05);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_failed_exec_in_per_task_mode_gets_a_number_again)
{
	struct world w = world_at("7.1", 4);

	world_populate(&w, 3);
	must_fail_exec(&w, 1);
	expect_task(&w, 1, "1");
	ck_assert_str_eq(world_users(&w), "1 2 0"); /* now the newest */
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_failed_exec_in_per_cpu_mode_runs_on_with_unset_until_its_next_switch)
{
	struct world w = world_per_cpu("7.1");

	must_fail_exec(&w, 1);
	expect_task(&w, 1, "-");
	expect_cpu(&w, 1, "1c");
	ck_assert(model_task(w.model, 1)->active);
	expect_broken(&w, "I8"); /* user space reads 2^31 */
	must_run(&w, 1, TASK_NONE);
	must_run(&w, 1, 1);
	expect_task(&w, 1, "1c");
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_failed_exec_of_the_only_user_finds_the_mm_as_it_was_left)
{
	struct world w = world_last_per_cpu();

	must_fail_exec(&w, 0);
	expect_mode(&w, MODE_TRANSIT);
	expect_task(&w, 0, "0");
	expect_cpu(&w, 0, "0");
	expect_cpu(&w, 1, "1c");
	expect_broken(&w, "I5"); /* in per-task mode CPU 1 owns one */
	must_run(&w, 0, TASK_NONE);
	must_run(&w, 1, 0); /* heals when a task of the mm comes by */
	expect_task(&w, 0, "0t");
	expect_broken(&w, "");
	must_run(&w, 1, TASK_NONE);
	expect_pool(&w, 0x00); /* TRANSIT in the mode for good: each switch gives it back */
	world_free(&w);
}

TEST(a_failed_exec_can_itself_flip_the_mode)
{
	struct world w = world_at("7.1", 4);

	world_populate(&w, 4);
	must_exit(&w, 3);
	must_fork(&w, 0, 0, 5);
	expect_step(exit_begin(w.model, 1, 1, &w.observer), STEP_DONE); /* inside exec ... */
	must_fork(&w, 0, 0, 6);                                         /* ... another forks */
	expect_step(fork_begin(w.model, 1, 1, 1, &w.observer), STEP_WINDOW);
	expect_mode(&w, MODE_PER_CPU | MODE_TRANSIT);
	expect_task(&w, 1, "-");
	finish_window(&w);
	expect_task(&w, 0, "0t");
	expect_task(&w, 1, "-");
	world_free(&w);
}

/* B9: after a failed exec in per-CPU mode the CPU word stays CPU-owned through the CPU walk. */

static struct world cpu_keeps_its_word(void)
{
	struct world w = world_near_leaving("7.1");

	must_fail_exec(&w, 2);
	must_exit(&w, 1);
	must_exit(&w, 0); /* back to per task: row 2 of the table at CPU 2 */
	expect_mode(&w, 0);
	expect_task(&w, 2, "-");
	expect_cpu(&w, 2, "2c");
	return w;
}

TEST(b9_the_cpu_word_stays_cpu_owned_until_a_task_of_the_mm_comes_by)
{
	struct world w = cpu_keeps_its_word();

	expect_broken(&w, "I5 I8");
	must_run(&w, 2, TASK_NONE);
	expect_broken(&w, "I5"); /* a number is lost to the pool */
	expect_pool(&w, 0x04);
	must_run(&w, 2, 2); /* heals: handed over to the task */
	expect_task(&w, 2, "2");
	expect_broken(&w, "");
	world_free(&w);
}

TEST(b9_four_users_on_four_cpus_then_find_no_number)
{
	struct world w = cpu_keeps_its_word();

	must_run(&w, 2, TASK_NONE);
	must_run(&w, 0, 2); /* elsewhere: nobody runs on CPU 2 again */
	expect_task(&w, 2, "0");
	must_fork(&w, 0, 2, 5);
	must_fork(&w, 0, 2, 6);
	expect_pool(&w, 0x0f);
	expect_step(fork_thread(&w, 0, 2, 7), STEP_SPINS); /* under lock, interrupts off */
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_GET_LOCKED);
	must_run(&w, 2, 5); /* ends when a task of the mm runs on CPU 2: drops the CPU's */
	expect_step(fork_spin(w.model, 0, NULL), STEP_DONE);
	expect_broken(&w, "");
	world_free(&w);
}

/* Worse than B9, not in the list: as a first user the task overwrites its CPU's word. */
TEST(two_failed_execs_without_a_switch_lose_a_number_for_good)
{
	struct world w = cpu_keeps_its_word();

	must_fail_exec(&w, 2); /* the only user: fork 1 stores its new number over "2c" */
	expect_task(&w, 2, "0");
	expect_cpu(&w, 2, "0");
	expect_pool(&w, 0x05);
	expect_broken(&w, "I4");
	for (uint32_t cpu = 0; cpu < 4; cpu++) {
		must_run(&w, model_task(w.model, 2)->cpu, TASK_NONE);
		must_run(&w, cpu, 2);
	}
	ck_assert(pool_is_taken(w.model, 0, 2));
	expect_broken(&w, "I4");
	world_free(&w);
}

/* The shortest way to a spin without end at 7.1: 2 CPUs (or 3), where the threshold is 1 and the
 * last user is still in per-CPU mode. Its failed exec leaves a CPU-owned word on the other CPU and
 * a pool with one number less: the next fork finds none, under the mm's lock with interrupts off,
 * and there is no other task that could run on that CPU. */
TEST(after_the_failed_exec_of_a_last_user_the_next_fork_spins_for_ever)
{
	struct world w = world_last_per_cpu();

	must_fail_exec(&w, 0);
	expect_task(&w, 0, "0");
	expect_cpu(&w, 1, "1c");
	expect_step(fork_thread(&w, 0, 0, 5), STEP_SPINS);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_GET_LOCKED);
	ck_assert_uint_eq(world_mm(&w)->users, 2); /* the parent, which spins, and its child */
	ck_assert_uint_eq(world_mm(&w)->max_cids, 2);
	expect_pool(&w, 0x03);
	world_free(&w);
}

/* The flip toggles TRANSIT. The exit of a last user leaves it set; it comes back from a failed
 * exec, and the next fork that flips clears it: a window without TRANSIT. One CPU is enough. */
static struct world flips_after_a_last_exit(const char *revision)
{
	struct world w = world_at(revision, 1);

	world_populate(&w, 1);
	must_fork(&w, 0, 0, 1);
	must_run(&w, 0, 1);
	must_exit(&w, 1);
	must_run(&w, 0, 0);
	expect_mode(&w, MODE_PER_CPU);
	must_fail_exec(&w, 0);
	expect_mode(&w, MODE_TRANSIT);
	expect_step(fork_thread(&w, 0, 0, 2), STEP_WINDOW);
	return w;
}

static const char *const one_word[] = { "6.19-ordering", "6.19", "7.0-fork", "7.0", "7.1" };

TEST_ROWS(b11_a_flip_clears_transit_that_a_last_user_left, one_word)
{
	struct world w = flips_after_a_last_exit(one_word[_i]);

	expect_mode(&w, MODE_PER_CPU);
	ck_assert_uint_eq(w.event.kind, EVENT_FLIPPED);
	ck_assert_uint_eq(w.event.mode, MODE_PER_CPU);
	ck_assert(mm_in_window(world_mm(&w)));
	finish_window(&w);
	expect_mode(&w, MODE_PER_CPU);
	world_free(&w);
}

TEST(b11_two_words_are_set_by_themselves)
{
	struct world w = flips_after_a_last_exit("6.19-livelock");

	expect_mode(&w, MODE_PER_CPU | MODE_TRANSIT);
	finish_window(&w);
	expect_mode(&w, MODE_PER_CPU);
	world_free(&w);
}

/* Before 6.19-livelock nobody sets it towards per CPU, and so nobody clears it either. */
TEST(b11_two_words_and_no_transit_towards_per_cpu_leave_it_set)
{
	struct world w = flips_after_a_last_exit("v3");

	expect_mode(&w, MODE_PER_CPU | MODE_TRANSIT);
	finish_window(&w);
	expect_mode(&w, MODE_PER_CPU | MODE_TRANSIT);
	world_free(&w);
}

TEST(b11_is_gone_where_the_last_user_cleans_up)
{
	struct world w = world_at("7.1", 1);

	w.model->protocol.last_exit = LAST_EXIT_CLEANS;
	must_fork(&w, 0, 0, 1);
	must_run(&w, 0, 1);
	must_exit(&w, 1);
	must_run(&w, 0, 0);
	must_fail_exec(&w, 0);
	expect_mode(&w, 0);
	expect_step(fork_thread(&w, 0, 0, 2), STEP_WINDOW);
	expect_mode(&w, MODE_PER_CPU | MODE_TRANSIT);
	world_free(&w);
}

/* In that window a task hands its number to its CPU at once, and B1 is back: T1 has number 1, gives
 * it to CPU 1 and is switched in on CPU 0, which owns 0 ... */
TEST(b11_the_live_lock_of_b1_is_back_in_that_window)
{
	struct world w = world_at("7.1", 2);

	must_fork(&w, 0, 0, 1);
	must_fork(&w, 0, 0, 2); /* all of them on CPU 0: CPU 1 owns nothing */
	must_run(&w, 0, 1);
	must_exit(&w, 1);
	must_run(&w, 0, 2);
	must_exit(&w, 2);
	must_run(&w, 0, 0);
	must_fail_exec(&w, 0);
	expect_pool(&w, 0x01);
	must_fork(&w, 0, 0, 3);
	expect_step(fork_thread(&w, 0, 0, 4), STEP_WINDOW);
	expect_mode(&w, MODE_PER_CPU);
	expect_task(&w, 0, "0t");
	must_run(&w, 0, TASK_NONE); /* preempted: its number settles although the window is open */
	expect_cpu(&w, 0, "0c");
	expect_pool(&w, 0x03);
	task_migrate(w.model, 3, 1); /* T3 waits with number 1 where the initiator is switched in */
	expect_step(run(&w, 1, 0), STEP_SPINS);
	expect_step(walk_step(w.model, 0, NULL), STEP_WINDOW); /* T4 has no number */
	expect_step(walk_step(w.model, 0, NULL), STEP_NEEDS_RQ_LOCK);
	world_free(&w);
}

/* Another, with no number lost: a failed exec that itself flips the mode is an initiator that may
 * itself need a number in its window, one more task than there are numbers. */
TEST(an_initiator_that_comes_back_from_exec_can_spin_in_its_own_window)
{
	struct world w = world_at("7.1", 2);

	world_populate(&w, 2);
	expect_step(exit_begin(w.model, 0, 0, &w.observer), STEP_DONE);
	must_fork(&w, 1, 1, 2); /* takes number 0 */
	must_run(&w, 1, TASK_NONE);
	expect_step(fork_begin(w.model, 0, 0, 0, &w.observer), STEP_WINDOW);
	must_run(&w, 0, TASK_NONE); /* preempted, and moved to CPU 1 where the others wait */
	expect_step(run(&w, 1, 0), STEP_SPINS);
	ck_assert_uint_eq(model_task(w.model, 1)->cpu, 1);
	ck_assert_uint_eq(model_task(w.model, 2)->cpu, 1);
	expect_step(walk_step(w.model, 0, NULL), STEP_NEEDS_RQ_LOCK);
	expect_broken(&w, "");
	world_free(&w);
}
