/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* docs/protocol.md, section 6, fork, exit and exec: every numbered branch; the defects that come
 * from it, B3 and B4; and what comes of failed execs and failed forks. */

#include "tests/lib/world.h"

#include "tests/lib/suite.h"

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* The users of the mm, newest first, as "2 1 0". */
static const char *users_of(struct world *w)
{
	static char text[128];
	uint32_t task = world_mm(w)->newest;

	text[0] = '\0';
	if (task == TASK_NONE)
		return text;
	do {
		snprintf(text + strlen(text), 12, "%s%u", *text ? " " : "", task);
		task = model_task(w->model, task)->older;
	} while (task != world_mm(w)->newest);
	return text;
}

/* 4 CPUs in per-CPU mode, windows over: tasks 0 .. 3 on CPUs 0 .. 3, task 4 waits. */
static struct world per_cpu(const char *revision)
{
	struct world w = world_at(revision, 4);

	world_populate(&w, 5);
	for (uint32_t cpu = 0; cpu < 4; cpu++)
		must_run(&w, cpu, cpu);
	expect_mode(&w, MODE_PER_CPU);
	return w;
}

/* ... and then tasks 4 and 3 have exited: threshold 2, one more exit but one leaves. */
static struct world near_leaving(const char *revision)
{
	struct world w = per_cpu(revision);

	must_run(&w, 3, 4);
	must_exit(&w, 4);
	must_run(&w, 3, 3);
	must_exit(&w, 3);
	must_run(&w, 3, TASK_NONE);
	ck_assert_uint_eq(world_mm(&w)->users, 3);
	ck_assert_uint_eq(world_mm(&w)->pcpu_thrs, 2);
	return w;
}

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
	ck_assert_str_eq(users_of(&w), "1 0");
	world_free(&w);
}

TEST(fork_2_per_cpu_the_child_gets_nothing)
{
	struct world w = per_cpu("7.1");

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

/* Unreachable in the kernel (B8); reachable with a widening that does lead back: of 8 CPUs 1 is
 * allowed, and the 2 users are in per-CPU mode; then all are, and a third user comes before the
 * deferred work runs. */
static struct world in_window_of_fork_4(void)
{
	struct model_config config = world_config(world_protocol("7.1"), 8);
	struct world w;

	config.protocol.affinity_return = AFFINITY_RETURN_BELOW;
	w = world_of(&config);
	world_start(&w, &(uint64_t){ 1 });
	must_fork(&w, 0, 0, 1);
	must_run(&w, 0, 0);
	expect_mode(&w, MODE_PER_CPU);
	expect_step(affinity_change(w.model, 0, NULL, &w.observer), STEP_DONE);
	ck_assert_uint_eq(world_mm(&w)->update_deferred, 1);
	expect_step(fork_thread(&w, 0, 0, 2), STEP_WINDOW);
	return w;
}

/* ... and the walk is over: complete is due. */
static struct world before_fork_4_completes(void)
{
	struct world w = in_window_of_fork_4();

	while (walk_step(w.model, 0, NULL).outcome == STEP_WINDOW)
		;
	return w;
}

TEST(fork_4_flips_towards_per_task_and_gets_after_complete)
{
	struct world w = in_window_of_fork_4();

	ck_assert_uint_eq(world_mm(&w)->update_deferred, 0);
	expect_mode(&w, MODE_TRANSIT);
	expect_task(&w, 0, "0t");
	expect_cpu(&w, 0, "0t");
	expect_task(&w, 2, "-");
	while (walk_step(w.model, 0, NULL).outcome == STEP_WINDOW)
		;
	expect_step(window_complete(w.model, 0, &w.observer), STEP_DONE);
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
	expect_step(window_complete(w.model, 0, &w.observer), STEP_SPINS);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_GET_MUTEX);
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

TEST(the_split_get_of_fork_4_begins_with_complete)
{
	struct world w = before_fork_4_completes();

	w.model->protocol.split_get = true;
	expect_step(window_complete(w.model, 0, &w.observer), STEP_FOUND);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_GET_MUTEX);
	ck_assert_uint_eq(world_mm(&w)->found, 1 + 1); /* not what the walk left there */
	expect_mode(&w, 0);
	expect_step(fork_spin(w.model, 0, &w.observer), STEP_DONE);
	expect_task(&w, 2, "1");
	expect_cpu(&w, 0, "0t"); /* the parent's */
	expect_broken(&w, "");
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
	struct world w = before_fork_4_completes();

	w.model->protocol.bounded_get = true;
	set_pool(&w, 0xff);
	expect_step(window_complete(w.model, 0, &w.observer), STEP_SPINS);
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
	ck_assert_str_eq(users_of(&w), "5 4 3 2 1 0");
	must_run(&w, 1, 5);
	must_exit(&w, 5); /* the newest */
	ck_assert_str_eq(users_of(&w), "4 3 2 1 0");
	must_exit(&w, 0); /* the oldest */
	ck_assert_str_eq(users_of(&w), "4 3 2 1");
	must_run(&w, 2, 2);
	must_exit(&w, 2);
	ck_assert_str_eq(users_of(&w), "4 3 1");
	must_run(&w, 3, 3);
	must_fork(&w, 3, 3, 6);
	ck_assert_str_eq(users_of(&w), "6 4 3 1");
	world_free(&w);
}

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
	struct world w = per_cpu("7.1");

	must_exit(&w, 2);
	expect_task(&w, 2, "-");
	expect_cpu(&w, 2, "2c");
	expect_pool(&w, 0x0f);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(exit_1_with_a_change_drops_the_number_of_its_cpu)
{
	struct world w = near_leaving("7.1");

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

/* 2 CPUs: the threshold is 1, so the last user is still in per-CPU mode. */
static struct world last_per_cpu(void)
{
	struct world w = world_at("7.1", 2);

	world_populate(&w, 3);
	must_run(&w, 1, 2);
	must_exit(&w, 2);
	must_run(&w, 1, 1);
	must_exit(&w, 1);
	must_run(&w, 0, 0);
	expect_mode(&w, MODE_PER_CPU);
	expect_task(&w, 0, "0c");
	return w;
}

TEST(exit_2_the_last_user_ignores_the_change_and_gives_up_its_own)
{
	struct world w = last_per_cpu();

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
	struct world w = last_per_cpu();

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
	ck_assert_str_eq(users_of(&w), "0");
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
	struct world w = near_leaving("6.19.1");

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
	ck_assert_str_eq(users_of(&w), "2 0");
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
	ck_assert_str_eq(users_of(&w), "1 2 0"); /* now the newest */
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_failed_exec_in_per_cpu_mode_runs_on_with_unset_until_its_next_switch)
{
	struct world w = per_cpu("7.1");

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
	struct world w = last_per_cpu();

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
	struct world w = near_leaving("7.1");

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
	must_run(&w, 0, 2); /* elsewhere: nobody comes to CPU 2 again */
	expect_task(&w, 2, "0");
	must_fork(&w, 0, 2, 5);
	must_fork(&w, 0, 2, 6);
	expect_pool(&w, 0x0f);
	expect_step(fork_thread(&w, 0, 2, 7), STEP_SPINS); /* under lock, interrupts off */
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_GET_LOCKED);
	must_run(&w, 2, 5); /* ends when a task of the mm comes to CPU 2: drops the CPU's */
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
 * and there is no other task that could come to that CPU. */
TEST(after_the_failed_exec_of_a_last_user_the_next_fork_spins_for_ever)
{
	struct world w = last_per_cpu();

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

/* The flip toggles TRANSIT. The exit of a last user leaves it set; it comes back from a failed exec,
 * and the next fork that flips clears it: a window without TRANSIT. One CPU is enough. */
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
 * it to CPU 1 and comes to CPU 0, which owns 0 ... */
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

/* Candidate fixes: exec-return = get */

TEST(exec_return_get_adopts_the_number_that_its_cpu_owns)
{
	struct world w = per_cpu("7.1");

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
	struct world w = per_cpu("7.1");

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
	struct world w = near_leaving("7.1");

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
	struct world w = last_per_cpu();

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
	struct world w = last_per_cpu();

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
	struct world w = last_per_cpu();

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

/* Exits of older revisions */

static struct world exit_at_v3(enum exit_change reading)
{
	struct world w = near_leaving("v3");

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
	struct world w = near_leaving("6.19-dropcpu");

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
