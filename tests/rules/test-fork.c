/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* docs/protocol.md, section 6, fork: every numbered branch; and the list of users. */

#include "tests/lib/world.h"

#include "tests/lib/suite.h"

/* Fork */

TEST(fork_1_the_first_user_gets_a_number_and_so_does_its_cpu)
{
	struct model_config config = world_config(world_protocol("7.1"), 4);
	struct world w = world_of(&config);

	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	set_cpu(&w, 2, "3");
	task_create(w.model, 0, 0, 0, 2);
	expect_step(fork_begin(w.model, 2, 0, 0, &w.observer), STEP_DONE);
	expect_task(&w, 0, "0");
	expect_cpu(&w, 2, "0");
	expect_pool(&w, 0x01);
	ck_assert_uint_eq(world_mm(&w)->users, 1);
	ck_assert_uint_eq(world_mm(&w)->max_cids, 1);
	ck_assert(model_task(w.model, 0)->active);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_IDLE);
	world_free(&w);
}

TEST(fork_2_per_task_the_child_gets_a_number)
{
	struct world w = world_at("7.1", 4);

	expect_step(fork_thread(&w, 0, 0, 1), STEP_DONE);
	expect_task(&w, 1, "1");
	expect_cpu(&w, 0, "0");
	expect_cpu(&w, 1, "0");
	ck_assert_uint_eq(world_mm(&w)->max_cids, 2);
	ck_assert_str_eq(world_users(&w), "1 0");
	world_free(&w);
}

TEST(fork_2_per_cpu_the_child_gets_nothing)
{
	struct world w = world_per_cpu("7.1");

	expect_step(fork_thread(&w, 0, 0, 5), STEP_DONE);
	expect_task(&w, 5, "-");
	expect_pool(&w, 0x0f);
	ck_assert_uint_eq(world_mm(&w)->users, 6);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_IDLE);
	world_free(&w);
}

TEST(fork_3_flips_fixes_the_parent_and_leaves_the_child_unset)
{
	struct world w = world_at("7.1", 4);

	world_populate(&w, 4);
	expect_step(fork_thread(&w, 1, 1, 4), STEP_WINDOW);
	expect_mode(&w, MODE_PER_CPU | MODE_TRANSIT);
	expect_task(&w, 1, "1t");
	expect_cpu(&w, 1, "1t");
	expect_task(&w, 0, "0");
	expect_task(&w, 4, "-");
	ck_assert_uint_eq(world_mm(&w)->initiator, 1);
	ck_assert_uint_eq(world_mm(&w)->pcpu_thrs, 2);
	ck_assert_uint_eq(w.event.trigger, TRIGGER_FORK);
	finish_window(&w);
	expect_task(&w, 4, "-");
	expect_broken(&w, "");
	world_free(&w);
}

TEST(fork_3_leaves_a_parent_alone_that_owns_nothing)
{
	struct world w = world_at("7.1", 4);

	world_populate(&w, 4);
	set_task(&w, 1, "-");
	pool_drop(w.model, 0, 1, NULL);
	expect_step(fork_thread(&w, 1, 1, 4), STEP_WINDOW);
	expect_task(&w, 1, "-");
	expect_cpu(&w, 1, "1");
	world_free(&w);
}

TEST(fork_4_flips_towards_per_task_and_gets_after_complete)
{
	struct world w = world_in_window_of_fork_4();

	ck_assert_uint_eq(world_mm(&w)->update_deferred, 0);
	expect_mode(&w, MODE_TRANSIT);
	expect_task(&w, 0, "0t");
	expect_cpu(&w, 0, "0t");
	expect_task(&w, 2, "-");
	while (walk_step(w.model, 0, NULL).outcome == STEP_WINDOW)
		;
	expect_step(window_complete(w.model, 0, &w.observer), STEP_GET);
	expect_mode(&w, 0);
	expect_task(&w, 2, "-");
	must_run(&w, 0, TASK_NONE); /* the parent can be switched out before */
	expect_step(fork_get(w.model, 0, &w.observer), STEP_DONE);
	expect_task(&w, 2, "1");
	expect_mode(&w, 0);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_IDLE);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(fork_4_spins_under_the_mutex_only)
{
	struct model_config config = world_config(world_protocol("7.1"), 2);
	struct world w;

	config.protocol.affinity_return = AFFINITY_RETURN_BELOW;
	w = world_of(&config);
	world_start(&w, &(uint64_t){ 1 });
	must_fork(&w, 0, 0, 1);
	must_run(&w, 0, 0);
	world_mm(&w)->pcpu_thrs = 4; /* as if widened */
	expect_step(fork_thread(&w, 0, 0, 2), STEP_WINDOW);
	while (walk_step(w.model, 0, NULL).outcome == STEP_WINDOW)
		;
	set_pool(&w, 0x03); /* one number is lost */
	expect_step(window_complete(w.model, 0, &w.observer), STEP_GET);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_GET_MUTEX);
	expect_step(fork_get(w.model, 0, &w.observer), STEP_SPINS);
	ck_assert_uint_eq(w.observer.count[OBSERVE_SPINS], 1);
	expect_step(affinity_change(w.model, 0, NULL, &w.observer), STEP_DONE); /* lock is free */
	expect_step(fork_spin(w.model, 0, NULL), STEP_SPINS);
	must_run(&w, 0, TASK_NONE); /* settles 0; the initiator may be switched out */
	pool_drop(w.model, 0, 1, NULL);
	expect_step(fork_spin(w.model, 0, NULL), STEP_DONE);
	expect_task(&w, 2, "1");
	world_free(&w);
}

TEST(fork_spins_under_the_lock_when_nothing_is_free)
{
	struct world w = world_at("7.1", 4);
	struct step step;

	world_populate(&w, 2);
	set_pool(&w, 0x0f);
	expect_step(fork_thread(&w, 0, 0, 2), STEP_SPINS);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_GET_LOCKED);
	ck_assert_uint_eq(w.observer.count[OBSERVE_SPINS], 1);
	expect_step(fork_thread(&w, 1, 1, 3), STEP_NEEDS_MUTEX);
	step = affinity_change(w.model, 1, NULL, &w.observer);
	expect_step(step, STEP_NEEDS_LOCK);
	ck_assert_uint_eq(step.arg, 0);
	expect_step(fork_spin(w.model, 0, NULL), STEP_SPINS);
	set_pool(&w, 0x0b);
	expect_step(fork_spin(w.model, 0, NULL), STEP_DONE);
	expect_task(&w, 2, "2");
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_IDLE);
	ck_assert_uint_eq(w.observer.count[OBSERVE_SPINS], 1);
	world_free(&w);
}

/* A get of two steps */

TEST(a_split_get_of_a_fork_finds_a_number_first_and_sets_it_with_the_next_round)
{
	struct world w = world_at("7.1", 4);

	w.model->protocol.split_get = true;
	expect_step(fork_thread(&w, 0, 0, 1), STEP_FOUND);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_GET_LOCKED);
	ck_assert_uint_eq(world_mm(&w)->found, 1 + 1);
	expect_pool(&w, 0x01);
	expect_task(&w, 1, "-");
	ck_assert_uint_eq(w.observer.count[OBSERVE_SPINS], 0); /* it has found something */
	expect_step(affinity_change(w.model, 0, NULL, NULL), STEP_NEEDS_LOCK);
	expect_step(fork_spin(w.model, 0, &w.observer), STEP_DONE);
	expect_task(&w, 1, "1");
	expect_cpu(&w, 0, "0");
	expect_pool(&w, 0x03);
	ck_assert_uint_eq(world_mm(&w)->found, 0);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_IDLE);
	expect_broken(&w, "");
	world_free(&w);
}

/* A switch, which does not take the mm's lock, gets the number in between. */
TEST(a_split_get_of_a_fork_that_loses_its_race_finds_again)
{
	struct world w = world_at("7.1", 4);

	world_populate(&w, 2);
	must_run(&w, 1, TASK_NONE);
	pool_unset_task(w.model, 1, NULL);
	w.model->protocol.split_get = true;
	expect_step(fork_thread(&w, 0, 0, 2), STEP_FOUND);
	ck_assert_uint_eq(world_mm(&w)->found, 1 + 1);
	expect_step(run(&w, 1, 1), STEP_FOUND);
	expect_step(switch_spin(w.model, 1, NULL), STEP_DONE);
	expect_task(&w, 1, "1");
	expect_step(fork_spin(w.model, 0, NULL), STEP_SPINS); /* too late */
	ck_assert_uint_eq(world_mm(&w)->found, 0);
	expect_step(fork_spin(w.model, 0, NULL), STEP_FOUND);
	ck_assert_uint_eq(world_mm(&w)->found, 2 + 1);
	expect_step(fork_spin(w.model, 0, NULL), STEP_DONE);
	expect_task(&w, 2, "2");
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_split_get_of_a_fork_that_finds_nothing_is_a_spin)
{
	struct world w = world_at("7.1", 2);

	w.model->protocol.split_get = true;
	set_pool(&w, 0x03);
	expect_step(fork_thread(&w, 0, 0, 1), STEP_SPINS);
	ck_assert_uint_eq(world_mm(&w)->found, 0);
	ck_assert_uint_eq(w.observer.count[OBSERVE_SPINS], 1);
	world_free(&w);
}

TEST(the_split_get_of_a_first_user_leaves_the_number_on_its_cpu_too)
{
	struct model_config config = world_config(world_protocol("7.1"), 4);
	struct world w;

	config.protocol.split_get = true;
	w = world_of(&config);
	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	set_cpu(&w, 2, "3");
	task_create(w.model, 0, 0, 0, 2);
	expect_step(fork_begin(w.model, 2, 0, 0, &w.observer), STEP_FOUND);
	expect_cpu(&w, 2, "3");
	expect_step(fork_spin(w.model, 0, &w.observer), STEP_DONE);
	expect_task(&w, 0, "0");
	expect_cpu(&w, 2, "0");
	world_free(&w);
}

TEST(the_split_get_of_fork_4_comes_after_complete)
{
	struct world w = world_before_fork_4_completes();

	w.model->protocol.split_get = true;
	expect_step(window_complete(w.model, 0, &w.observer), STEP_GET);
	expect_step(fork_get(w.model, 0, &w.observer), STEP_FOUND);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_GET_MUTEX);
	ck_assert_uint_eq(world_mm(&w)->found, 1 + 1); /* not what the walk left there */
	expect_mode(&w, 0);
	expect_step(fork_spin(w.model, 0, &w.observer), STEP_DONE);
	expect_task(&w, 2, "1");
	expect_cpu(&w, 0, "0t"); /* the parent's */
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_fork_that_needs_an_extent_is_not_taken)
{
	struct model_config config = world_config(world_protocol("7.1"), 65);
	struct world w;

	config.extents_count = 0;
	w = world_of(&config);
	world_start(&w, NULL);
	for (uint32_t task = 1; task < 51; task++)
		must_fork(&w, 0, 0, task);
	expect_step(fork_thread(&w, 0, 0, 51), STEP_NEEDS_EXTENT);
	ck_assert_uint_eq(world_mm(&w)->users, 51);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_IDLE);
	ck_assert(!model_task(w.model, 51)->active);
	world_free(&w);
}

/* The list of users */

TEST(users_are_listed_by_order_of_counting_whoever_leaves)
{
	struct world w = world_at("7.1", 8);

	for (uint32_t task = 1; task < 6; task++)
		must_fork(&w, 0, 0, task);
	ck_assert_str_eq(world_users(&w), "5 4 3 2 1 0");
	must_run(&w, 1, 5);
	must_exit(&w, 5); /* the newest */
	ck_assert_str_eq(world_users(&w), "4 3 2 1 0");
	must_exit(&w, 0); /* the oldest */
	ck_assert_str_eq(world_users(&w), "4 3 2 1");
	must_run(&w, 2, 2);
	must_exit(&w, 2);
	ck_assert_str_eq(world_users(&w), "4 3 1");
	must_run(&w, 3, 3);
	must_fork(&w, 3, 3, 6);
	ck_assert_str_eq(world_users(&w), "6 4 3 1");
	world_free(&w);
}

/* Tasks */

TEST(task_fields_hold_their_largest_values)
{
	struct model_config config = world_config(world_protocol("7.1"), MODEL_CPUS_MAX);
	struct world w;

	config.tasks_count = MODEL_TASKS_MAX;
	config.mms_count = MODEL_MMS_MAX;
	config.extents_count = 0;
	w = world_of(&config);
	task_create(w.model, MODEL_TASKS_MAX - 1, MODEL_MMS_MAX - 1, MODEL_TASKS_MAX - 1,
		MODEL_CPUS_MAX - 1);
	task_show(w.model, MODEL_TASKS_MAX - 1);
	ck_assert_uint_eq(model_task(w.model, MODEL_TASKS_MAX - 1)->mm, MODEL_MMS_MAX - 1);
	ck_assert_uint_eq(model_task(w.model, MODEL_TASKS_MAX - 1)->group, MODEL_TASKS_MAX - 1);
	ck_assert_uint_eq(model_task(w.model, MODEL_TASKS_MAX - 1)->cpu, MODEL_CPUS_MAX - 1);
	ck_assert(model_task(w.model, MODEL_TASKS_MAX - 1)->visible);
	task_migrate(w.model, MODEL_TASKS_MAX - 1, 5);
	ck_assert_uint_eq(model_task(w.model, MODEL_TASKS_MAX - 1)->cpu, 5);
	world_free(&w);
}
