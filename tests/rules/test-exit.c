/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* docs/protocol.md, section 6, exit: every branch; failed forks; and exits of older revisions, B3
 * and B4. */

#include "tests/lib/world.h"

#include "tests/lib/suite.h"

/* Exit */

TEST(exit_1_gives_up_a_task_owned_number)
{
	struct world w = world_at("7.1", 4);

	world_populate(&w, 3);
	expect_step(exit_begin(w.model, 1, 1, &w.observer), STEP_DONE);
	expect_task(&w, 1, "-");
	expect_pool(&w, 0x05);
	ck_assert(!model_task(w.model, 1)->active);
	ck_assert_uint_eq(world_mm(&w)->users, 2);
	ck_assert_uint_eq(world_mm(&w)->max_cids, 2);
	expect_broken(&w, "");
	must_run(&w, 1, TASK_NONE);
	task_destroy(w.model, 1);
	world_free(&w);
}

TEST(exit_1_gives_up_a_number_in_transit)
{
	struct world w = world_at("7.1", 4);

	world_populate(&w, 5);
	expect_task(&w, 2, "2t");
	must_exit(&w, 2);
	expect_task(&w, 2, "-");
	expect_cpu(&w, 2, "2t"); /* stale */
	expect_pool(&w, 0x0b);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(exit_1_leaves_the_number_to_the_cpu_that_owns_it)
{
	struct world w = world_per_cpu("7.1");

	must_exit(&w, 2);
	expect_task(&w, 2, "-");
	expect_cpu(&w, 2, "2c");
	expect_pool(&w, 0x0f);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(exit_1_with_a_change_drops_the_number_of_its_cpu)
{
	struct world w = world_near_leaving("7.1");

	must_exit(&w, 1);
	expect_step(exit_begin(w.model, 2, 2, &w.observer), STEP_WINDOW);
	expect_mode(&w, MODE_TRANSIT);
	expect_task(&w, 2, "-");
	expect_cpu(&w, 2, "2");
	ck_assert_uint_eq(w.event.trigger, TRIGGER_EXIT);
	ck_assert_uint_eq(world_mm(&w)->initiator, 2);
	finish_window(&w);
	expect_task(&w, 0, "0t");
	expect_pool(&w, 0x01);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(exit_2_the_last_user_leaves_nothing_per_task)
{
	struct world w = world_at("7.1", 4);

	must_exit(&w, 0);
	expect_pool(&w, 0x00);
	expect_mode(&w, 0);
	ck_assert_uint_eq(world_mm(&w)->users, 0);
	ck_assert_uint_eq(world_mm(&w)->max_cids, 0);
	must_run(&w, 0, TASK_NONE);
	mm_destroy(w.model, 0);
	world_free(&w);
}

TEST(exit_2_the_last_user_ignores_the_change_and_gives_up_its_own)
{
	struct world w = world_last_per_cpu();

	world_mm(&w)->update_deferred = 1;
	expect_step(exit_begin(w.model, 0, 0, &w.observer), STEP_DONE);
	expect_mode(&w, MODE_TRANSIT); /* nobody completes it */
	expect_task(&w, 0, "-");
	expect_cpu(&w, 0, "0t");
	expect_cpu(&w, 1, "1c"); /* left behind */
	expect_pool(&w, 0x02);
	ck_assert_uint_eq(world_mm(&w)->update_deferred, 0);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_IDLE);
	expect_broken(&w, ""); /* properties speak of mms with users */
	world_free(&w);
}

TEST(exit_2_of_a_last_user_that_runs_with_unset_leaves_the_cpu_word)
{
	struct world w = world_last_per_cpu();

	set_task(&w, 0, "-");
	expect_step(exit_begin(w.model, 0, 0, &w.observer), STEP_DONE);
	expect_cpu(&w, 0, "0c");
	world_free(&w);
}

/* Failed fork: the child never runs; the parent takes it back */

TEST(a_failed_fork_gives_the_childs_number_back)
{
	struct world w = world_at("7.1", 4);

	expect_step(fork_thread(&w, 0, 0, 1), STEP_DONE);
	expect_step(exit_begin(w.model, 0, 1, &w.observer), STEP_DONE);
	expect_task(&w, 1, "-");
	expect_task(&w, 0, "0");
	expect_pool(&w, 0x01);
	ck_assert_str_eq(world_users(&w), "0");
	task_destroy(w.model, 1);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_failed_fork_of_a_first_user_leaves_no_user)
{
	struct model_config config = world_config(world_protocol("7.1"), 4);
	struct world w = world_of(&config);

	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	task_create(w.model, 9, MM_NONE, 9, 0);
	must_run(&w, 0, 9); /* the parent is of another mm */
	task_create(w.model, 0, 0, 0, 0);
	expect_step(fork_begin(w.model, 0, 9, 0, &w.observer), STEP_DONE);
	expect_step(exit_begin(w.model, 0, 0, &w.observer), STEP_DONE);
	ck_assert_uint_eq(world_mm(&w)->users, 0);
	expect_pool(&w, 0x00);
	world_free(&w);
}

/* Not in the list of known defects. A fork counts its child, others exit, the fork fails: its exit
 * changes the mode and drops the CID of the CPU, which is that of the parent, active and running.
 * Where a child is counted after it is visible (7.0-fork on) a fork can no longer fail then. */
TEST(a_failed_fork_that_changes_the_mode_drops_the_number_that_its_parent_runs_with)
{
	struct world w = world_near_leaving("6.19.1");

	must_exit(&w, 2);
	must_run(&w, 2, TASK_NONE);
	expect_step(fork_thread(&w, 0, 0, 5), STEP_DONE);
	must_exit(&w, 1);
	must_run(&w, 1, TASK_NONE);
	expect_mode(&w, MODE_PER_CPU);
	expect_step(exit_begin(w.model, 0, 5, &w.observer), STEP_WINDOW);
	expect_task(&w, 0, "0c");
	expect_cpu(&w, 0, "0");
	finish_window(&w);
	expect_mode(&w, 0);
	expect_task(&w, 0, "0c"); /* not CPU-owned, curr's word neither task-owned nor UNSET */
	expect_pool(&w, 0x00);
	must_fork(&w, 0, 0, 6); /* the next child gets the same number */
	expect_task(&w, 6, "0");
	must_run(&w, 1, 6);
	expect_broken(&w, "I1 I8");
	must_run(&w, 0, TASK_NONE); /* heals when the parent switches */
	must_run(&w, 0, 0);
	expect_task(&w, 0, "1");
	expect_broken(&w, "");
	world_free(&w);
}

/* Exits of older revisions */

static struct world exit_at_v3(enum exit_change reading)
{
	struct world w = world_near_leaving("v3");

	w.model->protocol.exit_change = reading;
	must_exit(&w, 1);
	expect_step(exit_begin(w.model, 2, 2, &w.observer), STEP_WINDOW);
	return w;
}

TEST(b3_an_exiting_task_is_handed_a_cid)
{
	struct world w = exit_at_v3(EXIT_HANDS_OVER);

	expect_task(&w, 2, "2t");
	expect_cpu(&w, 2, "2t");
	ck_assert(!model_task(w.model, 2)->active);
	finish_window(&w);
	expect_broken(&w, "I6");
	must_run(&w, 2, TASK_NONE);
	expect_task(&w, 2, "-");
	expect_broken(&w, "");
	world_free(&w);
}

TEST(b3_lets_a_task_come_back_from_exec_with_a_number_that_is_then_lost)
{
	struct world w = exit_at_v3(EXIT_HANDS_OVER); /* that exit was the beginning of an exec */

	finish_window(&w);
	expect_step(fork_begin(w.model, 2, 2, 2, &w.observer), STEP_DONE);
	expect_task(&w, 2, "1");
	expect_pool(&w, 0x07); /* of these 2 has been overwritten */
	expect_broken(&w, "I4");
	world_free(&w);
}

TEST(b3_never_happens_by_the_other_reading)
{
	struct world w = exit_at_v3(EXIT_HANDS_OVER_IF_OWN);

	expect_task(&w, 2, "-");
	expect_cpu(&w, 2, "2c"); /* the walk drops it: its current task is inactive */
	finish_window(&w);
	expect_cpu(&w, 2, "2");
	expect_broken(&w, "");
	world_free(&w);
}

TEST(b3_is_gone_where_the_exit_drops)
{
	struct world w = world_near_leaving("6.19-dropcpu");

	must_exit(&w, 1);
	expect_step(exit_begin(w.model, 2, 2, &w.observer), STEP_WINDOW);
	expect_task(&w, 2, "-");
	expect_broken(&w, "");
	world_free(&w);
}

/* B4: put in transit by a task walk, never scheduled since, the last but one to exit. */
static struct world exit_in_transit(const char *revision)
{
	struct world w = world_at(revision, 4);

	world_populate(&w, 5);
	expect_cpu(&w, 2, "2t");
	must_exit(&w, 1);
	must_exit(&w, 3);
	must_run(&w, 3, 4);
	must_exit(&w, 4);
	expect_step(exit_begin(w.model, 2, 2, &w.observer), STEP_WINDOW);
	return w;
}

static const char *const b4_revisions[] = { "6.19-dropcpu", "6.19" };

TEST_ROWS(b4_the_drop_clears_a_bit_far_out_of_range, b4_revisions)
{
	struct world w = exit_in_transit(b4_revisions[_i]);

	ck_assert_uint_eq(w.events[EVENT_BAD_DROP], 1);
	ck_assert_uint_eq(w.event.bit, 2 | CID_KERNEL_TRANSIT);
	expect_broken(&w, "I2");
	world_free(&w);
}

static const char *const b4_absent[] = { "6.19-livelock", "6.19-ordering", "6.19.1", "7.1" };

TEST_ROWS(b4_is_absent_before_the_drop_and_where_it_tests_ownership, b4_absent)
{
	struct world w = exit_in_transit(b4_absent[_i]);

	ck_assert_uint_eq(w.events[EVENT_BAD_DROP], 0);
	ck_assert_uint_eq(world_mm(&w)->faults, 0);
	expect_broken(&w, "");
	world_free(&w);
}

/* B4 needs TRANSIT to be stale on the CPU, which a settled number would not leave: 6.19 against
 * its predecessor, a thread pool's worker that stays. */
TEST(settling_saves_the_bit_operations_of_a_thread_that_comes_back)
{
	static const char *const names[] = { "6.19-dropcpu", "6.19" };
	uint64_t bit_ops[2];

	for (int i = 0; i < 2; i++) {
		struct world w = world_at(names[i], 4);

		world_populate(&w, 5);
		memset(&w.observer.count, 0, sizeof(w.observer.count));
		for (uint32_t cpu = 0; cpu < 4; cpu++) {
			must_run(&w, cpu, TASK_NONE);
			must_run(&w, cpu, cpu);
		}
		bit_ops[i] = w.observer.count[OBSERVE_BIT_OPS];
		expect_broken(&w, "");
		world_free(&w);
	}
	ck_assert_uint_eq(bit_ops[0], 8);
	ck_assert_uint_eq(bit_ops[1], 0);
}

/* Nothing is in transit in v1, so its CPU walk does nothing where the CPU owns nothing. */
TEST(without_transit_the_cpu_walk_leaves_a_cpu_that_owns_nothing)
{
	struct world w = world_near_leaving("7.1");

	must_exit(&w, 2);
	w.model->protocol.transit_to_task = false;
	w.model->protocol.walk_keeps_unset = false;
	set_task(&w, 1, "-");
	set_cpu(&w, 1, "2");
	expect_step(exit_begin(w.model, 0, 0, &w.observer), STEP_WINDOW);
	finish_window(&w);
	expect_task(&w, 1, "-");
	expect_cpu(&w, 1, "2");
	world_free(&w);
}

/* With a threshold of 0 an mm with too many users stays per task. The next fork after more CPUs are
 * allowed flips it; an exit before that does not. */
TEST(an_exit_never_flips_to_per_cpu)
{
	const uint64_t one = 0x1, two = 0x3;
	struct protocol protocol = world_protocol("7.1");
	struct model_config config;
	struct world w;

	protocol.thrs_floor = 0;
	protocol.thrs_cap = THRS_CAP_ALLOWED;
	config = world_config(protocol, 8);
	w = world_of(&config);
	world_start(&w, &one);
	world_populate(&w, 4);
	expect_mode(&w, 0);
	expect_step(affinity_change(w.model, 0, &two, &w.observer), STEP_DONE);
	ck_assert_uint_eq(world_mm(&w)->max_cids, 2);

	expect_step(exit_begin(w.model, 3, 3, &w.observer), STEP_DONE);
	expect_mode(&w, 0);
	ck_assert_uint_eq(world_mm(&w)->users, 3);
	ck_assert_uint_eq(world_mm(&w)->pcpu_thrs, 0);
	must_fork(&w, 0, 0, 4);
	expect_mode(&w, MODE_PER_CPU);
	world_free(&w);
}
