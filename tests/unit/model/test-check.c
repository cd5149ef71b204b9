/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/check.h"

#include "tests/lib/suite.h"
#include "tests/lib/world.h"

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* 4 CPUs, 3 users: tasks 0 .. 2 run on CPUs 0 .. 2 with numbers 0 .. 2. */
static struct world sound(void)
{
	struct world w = world_at("7.1", 4);

	world_populate(&w, 3);
	expect_broken(&w, "");
	return w;
}

/* ... in per-CPU mode. */
static struct world sound_per_cpu(void)
{
	struct world w = sound();

	for (uint32_t cpu = 0; cpu < 3; cpu++) {
		set_task(&w, cpu, cpu == 0 ? "0c" : cpu == 1 ? "1c" : "2c");
		set_cpu(&w, cpu, cpu == 0 ? "0c" : cpu == 1 ? "1c" : "2c");
	}
	world_mm(&w)->mode = MODE_PER_CPU;
	world_mm(&w)->pcpu_thrs = 1;
	expect_broken(&w, "");
	return w;
}

TEST(i1_fires_for_two_running_tasks_with_the_same_number)
{
	struct world w = sound();

	set_task(&w, 2, "1");
	set_pool(&w, 0x03);
	expect_broken(&w, "I1 I4 I8");
	world_free(&w);
}

TEST(i1_does_not_fire_for_a_task_that_waits_or_is_inactive)
{
	struct world w = sound_per_cpu();

	/* CPU 2 owns 2; task 2 waits elsewhere and remembers a number that now another has */
	must_run(&w, 2, TASK_NONE);
	set_task(&w, 2, "1c");
	expect_broken(&w, "");
	/* task 2 runs on CPU 2, exiting, and shows nothing to anybody */
	must_run(&w, 2, 2);
	must_exit(&w, 2);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(i1_does_not_fire_for_a_task_that_spins_in_its_switch)
{
	struct world w = sound_per_cpu();

	must_run(&w, 2, TASK_NONE);
	set_pool(&w, 0x0f);
	set_task(&w, 2, "1c"); /* remembered; CPU 3 has none */
	expect_step(run(&w, 3, 2), STEP_SPINS);
	set_pool(&w, 0x07);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(i2_fires_for_a_number_that_is_not_below_possible)
{
	struct world w = sound();

	set_task(&w, 2, "4");
	set_pool(&w, 0x03);
	expect_broken(&w, "I2 I8");
	world_free(&w);
}

TEST(i2_fires_for_a_cpu_word_that_is_not_below_possible)
{
	struct world w = sound_per_cpu();

	set_cpu(&w, 3, "9c");
	ck_assert_ptr_nonnull(strstr(world_broken(&w), "I2"));
	world_free(&w);
}

TEST(i2_fires_after_a_bit_operation_out_of_range_for_good)
{
	struct world w = sound();

	pool_drop(w.model, 0, 4, NULL);
	expect_broken(&w, "I2");
	must_run(&w, 0, 0);
	expect_broken(&w, "I2");
	world_free(&w);
}

TEST(i4_fires_for_a_lost_bit)
{
	struct world w = sound();

	set_pool(&w, 0x0f); /* 3 is taken and nobody holds it */
	expect_broken(&w, "I4");
	world_free(&w);
}

TEST(i4_fires_for_a_number_held_without_its_bit)
{
	struct world w = sound();

	set_pool(&w, 0x0d); /* 1 is held, 3 is not: as many bits as numbers */
	expect_broken(&w, "I4");
	world_free(&w);
}

TEST(i4_fires_for_a_number_held_twice)
{
	struct world w = sound_per_cpu();

	set_cpu(&w, 3, "2c");
	expect_broken(&w, "I4");
	world_free(&w);
}

TEST(i4_fires_after_a_drop_of_a_clear_bit_for_good)
{
	struct world w = sound();

	pool_drop(w.model, 0, 3, NULL);
	expect_broken(&w, "I4");
	must_run(&w, 0, 0);
	expect_broken(&w, "I4");
	world_free(&w);
}

TEST(i4_counts_a_number_in_transit_only_while_its_task_runs)
{
	struct world w = sound();

	world_mm(&w)->mode = MODE_TRANSIT;
	set_task(&w, 2, "2t");
	expect_broken(&w, "");
	model_cpu(w.model, 2)->curr = TASK_NONE; /* as if out had forgotten it */
	expect_broken(&w, "I4");
	world_free(&w);
}

TEST(i5_fires_for_a_task_owned_word_in_per_cpu_mode)
{
	struct world w = sound_per_cpu();

	set_task(&w, 2, "2");
	set_cpu(&w, 2, "2");
	expect_broken(&w, "I5");
	world_mm(&w)->phase = PHASE_WALK_TASKS; /* in a window that may be */
	expect_broken(&w, "");
	world_free(&w);
}

TEST(i5_fires_for_a_cpu_owned_word_in_per_task_mode)
{
	struct world w = sound();

	must_run(&w, 2, TASK_NONE);
	set_task(&w, 2, "-");
	set_cpu(&w, 2, "2c");
	expect_broken(&w, "I5");
	world_mm(&w)->phase = PHASE_WALK_CPUS;
	expect_broken(&w, "");
	world_free(&w);
}

TEST(i6_fires_for_an_inactive_task_that_holds_a_number)
{
	struct world w = sound();

	must_exit(&w, 2);
	expect_broken(&w, "");
	set_task(&w, 2, "2t");
	set_pool(&w, 0x07);
	expect_broken(&w, "I6");
	set_task(&w, 2, "3");
	set_pool(&w, 0x0b);
	expect_broken(&w, "I6");
	world_free(&w);
}

TEST(i7_fires_for_a_task_owned_number_at_max_cids)
{
	struct world w = sound();

	ck_assert_uint_eq(world_mm(&w)->max_cids, 3);
	ck_assert_uint_eq(check_quiet(w.model, 0), 0);
	set_task(&w, 1, "3");
	ck_assert_uint_eq(check_quiet(w.model, 0), CHECK_I7);
	world_free(&w);
}

TEST(i7_fires_for_the_number_of_the_cpu_that_a_task_was_on)
{
	struct world w = sound_per_cpu();

	ck_assert_uint_eq(check_quiet(w.model, 0), 0);
	set_cpu(&w, 1, "3c");
	set_task(&w, 1, "3c");
	ck_assert_uint_eq(check_quiet(w.model, 0), CHECK_I7);
	world_free(&w);
}

TEST(i8_fires_for_a_running_task_without_a_number)
{
	struct world w = sound_per_cpu();

	set_task(&w, 2, "-");
	expect_broken(&w, "I8");
	world_free(&w);
}

/* User space sees what the task has when it returns, not what it has on the way. */
TEST(i8_does_not_fire_inside_the_exec_that_brings_the_task_back)
{
	struct world w = world_at("7.1", 4);

	world_populate(&w, 4);
	must_exit(&w, 3);
	must_run(&w, 3, TASK_NONE);
	expect_step(exit_begin(w.model, 1, 1, &w.observer), STEP_DONE);
	must_fork(&w, 0, 0, 5);
	must_fork(&w, 0, 0, 6);
	expect_step(fork_begin(w.model, 1, 1, 1, &w.observer), STEP_WINDOW); /* it flips itself */
	expect_task(&w, 1, "-");
	expect_broken(&w, "");
	finish_window(&w);
	expect_broken(&w, "I8");
	must_run(&w, 1, TASK_NONE);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(i8_does_not_fire_between_the_steps_of_the_get_of_a_first_user)
{
	struct model_config config = world_config(world_protocol("7.1"), 4);
	struct world w;

	config.protocol.split_get = true;
	w = world_of(&config);
	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	task_create(w.model, 0, 0, 0, 0);
	must_run(&w, 0, 0); /* inside its exec */
	expect_step(fork_begin(w.model, 0, 0, 0, NULL), STEP_FOUND);
	ck_assert(model_task(w.model, 0)->active);
	expect_broken(&w, "");
	expect_step(fork_spin(w.model, 0, NULL), STEP_DONE);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(an_mm_without_users_or_life_has_nothing_to_break)
{
	struct world w = sound();
	uint64_t seen[1];

	set_pool(&w, 0x0f);
	expect_broken(&w, "I4");
	world_mm(&w)->users = 0;
	expect_broken(&w, "");
	ck_assert_uint_eq(check_quiet(w.model, 0), 0);
	ck_assert_uint_eq(check_mm(w.model, 3, seen), 0);
	ck_assert_uint_eq(check_quiet(w.model, 3), 0);
	world_free(&w);
}

TEST(each_mm_is_judged_by_its_own_tasks)
{
	struct world w = sound();
	uint64_t seen[1];

	expect_step(mm_create(w.model, 1, NULL), STEP_DONE);
	task_create(w.model, 9, 1, 9, 3);
	expect_step(fork_begin(w.model, 3, 9, 9, NULL), STEP_DONE);
	must_run(&w, 3, 9); /* number 0, as task 0 of mm 0 */
	expect_broken(&w, "");
	ck_assert_uint_eq(check_mm(w.model, 1, seen), 0);
	model_task(w.model, 9)->cid = 4;
	expect_broken(&w, "");
	ck_assert_uint_eq(check_mm(w.model, 1, seen), CHECK_I2 | CHECK_I4 | CHECK_I8);
	world_free(&w);
}

TEST(numbers_beyond_64_are_judged_too)
{
	struct model_config config = world_config(world_protocol("7.1"), 200);
	uint64_t seen[4];
	struct world w;

	config.extents_always = true;
	w = world_of(&config);
	world_start(&w, NULL);
	world_populate(&w, 3);
	memset(seen, 0xff, sizeof(seen));
	ck_assert_uint_eq(check_mm(w.model, 0, seen), 0);
	set_task(&w, 1, "130");
	ck_assert_uint_eq(check_mm(w.model, 0, seen), CHECK_I4);
	set_task(&w, 2, "130");
	ck_assert_uint_eq(check_mm(w.model, 0, seen), CHECK_I1 | CHECK_I4 | CHECK_I8);
	set_task(&w, 2, "200");
	ck_assert_uint_eq(check_mm(w.model, 0, seen), CHECK_I2 | CHECK_I4 | CHECK_I8);
	set_task(&w, 2, "199");
	ck_assert_uint_eq(check_mm(w.model, 0, seen), CHECK_I4);
	world_free(&w);
}

TEST(every_property_has_a_name_and_a_description)
{
	static const char *const names[] = { "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8" };

	for (int i = 0; i < ROWS(names); i++) {
		ck_assert_str_eq(check_to_string(CHECK_I1 << i), names[i]);
		ck_assert_uint_gt(strlen(check_describe(CHECK_I1 << i)), 1);
	}
	ck_assert_str_eq(check_describe(0), "?");
}
