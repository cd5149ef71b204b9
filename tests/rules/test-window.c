/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* docs/protocol.md, section 7: what can go wrong in a window, and in which revisions: B1, B2, B5,
 * B6, B7. */

#include "tests/lib/world.h"

#include "tests/lib/suite.h"

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* B1, as reported: T1 hands its CID to CPU 1, moves to CPU 2, which has none, and spins there. */

/* CPUs 1 and 2 see @mode. */
static struct step live_lock_seeing(struct world *w, uint8_t mode)
{
	/* T1 schedules in in per-CPU mode, before the walk comes */
	switch_out_seeing(w->model, 1, mode, &w->observer);
	expect_step(switch_in_seeing(w->model, 1, 1, mode, &w->observer), STEP_DONE);
	switch_out_seeing(w->model, 1, mode, &w->observer);
	expect_step(switch_in(w->model, 1, TASK_NONE, &w->observer), STEP_DONE);
	/* T2 keeps its number and waits on CPU 2 */
	switch_out_seeing(w->model, 2, mode, &w->observer);
	return switch_in_seeing(w->model, 2, 1, mode, &w->observer);
}

static struct step live_lock(struct world *w)
{
	world_populate(w, 4);
	expect_step(fork_thread(w, 0, 0, 4), STEP_WINDOW);
	return live_lock_seeing(w, world_mm(w)->mode);
}

static const char *const b1_revisions[] = { "v1", "v2", "v3" };

TEST_ROWS(b1_a_switch_and_the_walk_wait_for_each_other, b1_revisions)
{
	struct world w = world_at(b1_revisions[_i], 4);
	struct step step;

	expect_step(live_lock(&w), STEP_SPINS);
	expect_cpu(&w, 1, "1c");
	expect_task(&w, 2, "2");
	expect_pool(&w, 0x0f);
	step = walk_step(w.model, 0, NULL); /* to T1: its CPU 2 spins with the lock held */
	expect_step(step, STEP_NEEDS_RQ_LOCK);
	ck_assert_uint_eq(step.arg, 2);
	must_run(&w, 3, TASK_NONE); /* switching the others out gives nothing back */
	must_run(&w, 3, 3);
	must_run(&w, 3, TASK_NONE);
	expect_step(switch_spin(w.model, 2, NULL), STEP_SPINS);
	expect_step(walk_step(w.model, 0, NULL), STEP_NEEDS_RQ_LOCK);
	world_free(&w);
}

TEST(b1_is_gone_where_the_number_is_only_in_transit)
{
	struct world w = world_at("6.19-livelock", 4);

	expect_step(live_lock(&w), STEP_DONE);
	expect_task(&w, 1, "1t");
	expect_cpu(&w, 1, "1t"); /* stale: T1 gave the number back when it left CPU 1 */
	finish_window(&w);
	expect_broken(&w, "");
	world_free(&w);
}

/* B2: percpu and transit are two words, stored in the order transit, percpu. A CPU of a weakly
 * ordered machine can see the new percpu and the old transit, and all is as in B1. With 3 CPUs
 * there is nobody left who could help; a thread on a fourth one that sees both would, as it gives
 * its number back with its next switches. */

TEST(b2_a_cpu_that_sees_percpu_before_transit_keeps_a_number_and_the_live_lock_is_back)
{
	struct world w = world_at("6.19-livelock", 3);
	struct step step;

	ck_assert(w.model->protocol.split_mode);
	world_populate(&w, 3);
	expect_step(fork_thread(&w, 0, 0, 3), STEP_WINDOW);
	expect_mode(&w, MODE_PER_CPU | MODE_TRANSIT);
	expect_step(live_lock_seeing(&w, MODE_PER_CPU), STEP_SPINS);
	expect_cpu(&w, 1, "1c"); /* owned, not in transit: T1 did not give it back */
	expect_task(&w, 2, "2"); /* and waits on CPU 2, whose rq lock is held */
	ck_assert_uint_eq(model_task(w.model, 2)->cpu, 2);
	expect_task(&w, 0, "0t"); /* the initiator, which cannot leave its CPU in the walk */
	expect_pool(&w, 0x07);
	step = walk_step(w.model, 0, NULL); /* to T1: its CPU 2 spins with the lock held */
	expect_step(step, STEP_NEEDS_RQ_LOCK);
	ck_assert_uint_eq(step.arg, 2);
	expect_step(switch_spin(w.model, 2, NULL), STEP_SPINS);
	expect_step(walk_step(w.model, 0, NULL), STEP_NEEDS_RQ_LOCK);
	world_free(&w);
}

/* All old, what is half new where stores are seen in their order, and all new. */
static const struct mix_row {
	uint8_t seen;
	const char *task, *cpu; /* T1 and its CPU 1 when it has come by */
} mixes[] = {
	{ 0, "1", "1" },
	{ MODE_TRANSIT, "1", "1" },
	{ MODE_PER_CPU | MODE_TRANSIT, "1t", "1t" },
};

TEST_ROWS(b2_needs_this_very_mix, mixes)
{
	const struct mix_row *row = &mixes[_i];
	struct world w = world_at("6.19-livelock", 3);

	world_populate(&w, 3);
	expect_step(fork_thread(&w, 0, 0, 3), STEP_WINDOW);
	expect_step(live_lock_seeing(&w, row->seen), STEP_DONE);
	expect_task(&w, 1, row->task);
	expect_cpu(&w, 1, row->cpu);
	finish_window(&w);
	expect_mode(&w, MODE_PER_CPU);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(b1_needs_only_two_cpus_if_the_initiator_is_preempted)
{
	struct world w = world_at("v3", 2);

	world_populate(&w, 2);
	must_run(&w, 1, TASK_NONE); /* T1 waits on CPU 1 */
	expect_step(fork_thread(&w, 0, 0, 2), STEP_WINDOW);
	must_run(&w, 0, TASK_NONE); /* the initiator leaves its number to CPU 0 */
	expect_cpu(&w, 0, "0c");
	expect_step(run(&w, 1, 0), STEP_SPINS); /* and finds none on CPU 1, where T1 waits */
	expect_step(walk_step(w.model, 0, NULL), STEP_NEEDS_RQ_LOCK);
	world_free(&w);
}

/* B5: A is counted and has a CID, but the walk of B's fork does not see it. */

static void concurrent_forks(struct world *w)
{
	world_populate(w, 3);
	expect_step(fork_thread(w, 1, 1, 3), STEP_DONE); /* A = 3: not shown where counted early */
	expect_task(w, 3, "3");
	expect_step(fork_thread(w, 0, 0, 4), STEP_WINDOW); /* B = 4 */
	finish_window(w);
	task_show(w->model, 3);
	task_show(w->model, 4);
}

static const char *const b5_revisions[] = { "v3", "6.19-livelock", "6.19-ordering", "6.19-dropcpu",
	"6.19", "6.19.1" };

TEST_ROWS(b5_a_child_that_is_not_visible_keeps_its_task_owned_cid, b5_revisions)
{
	struct world w = world_at(b5_revisions[_i], 4);

	concurrent_forks(&w);
	expect_mode(&w, MODE_PER_CPU);
	expect_task(&w, 3, "3");
	expect_broken(&w, "I5");
	world_free(&w);
}

TEST(b5_is_gone_where_a_child_is_visible_before_it_is_counted)
{
	struct world w = world_at("7.0-fork", 4);

	concurrent_forks(&w);
	expect_task(&w, 3, "-");
	expect_broken(&w, "");
	world_free(&w);
}

/* B6: users of the mm in another thread group; the budget is used up by tasks met twice. */

static void mixed_groups(struct world *w)
{
	for (uint32_t task = 1; task < 5; task++) {
		uint32_t group = task == 3 ? 3 : 0; /* 3 is vforked or CLONE_VM */
		struct step step = fork_group(w, 0, 0, task, group);

		if (step.outcome == STEP_WINDOW)
			finish_window(w);
		task_show(w->model, task);
	}
}

static const char *const b6_revisions[] = { "v3", "6.19-livelock", "6.19-ordering", "6.19-dropcpu",
	"6.19", "6.19.1", "7.0-fork" };

TEST_ROWS(b6_a_user_in_another_group_keeps_its_task_owned_cid, b6_revisions)
{
	struct world w = world_at(b6_revisions[_i], 4);

	mixed_groups(&w);
	expect_mode(&w, MODE_PER_CPU);
	expect_task(&w, 3, "3");
	expect_task(&w, 2, "-");
	expect_broken(&w, "I5");
	world_free(&w);
}

static const char *const b6_gone[] = { "7.0-vfork", "7.0", "7.1" };

TEST_ROWS(b6_is_gone_where_nobody_is_counted_twice, b6_gone)
{
	struct world w = world_at(b6_gone[_i], 4);

	mixed_groups(&w);
	expect_task(&w, 3, "-");
	expect_broken(&w, "");
	world_free(&w);
}

/* B7: a task runs with UNSET after a failed exec when a CPU walk passes. */

static struct world unset_meets_walk(const char *revision)
{
	struct world w = world_at(revision, 4);

	world_populate(&w, 5); /* the walk has just put tasks 0 .. 3 in transit */
	must_fail_exec(&w, 2); /* gives its number up, and in per-CPU mode gets none back */
	expect_task(&w, 2, "-");
	expect_cpu(&w, 2, "2t");
	must_exit(&w, 1);
	must_exit(&w, 3);
	must_run(&w, 3, 4);
	must_exit(&w, 4);
	expect_mode(&w, MODE_PER_CPU);
	must_exit(&w, 0);
	expect_mode(&w, 0);
	return w;
}

TEST(b7_unset_becomes_in_transit_and_the_next_out_clears_bit_31)
{
	struct world w = unset_meets_walk("7.0");

	expect_task(&w, 2, "-t");
	expect_cpu(&w, 2, "-t");
	expect_broken(&w, "I8");
	switch_out(w.model, 2, &w.observer);
	ck_assert_uint_eq(w.event.bit, CID_KERNEL_UNSET);
	expect_broken(&w, "I2");
	world_free(&w);
}

TEST(b7_is_gone_where_the_walk_leaves_unset_alone)
{
	struct world w = unset_meets_walk("7.1");

	expect_task(&w, 2, "-");
	must_run(&w, 2, TASK_NONE);
	ck_assert_uint_eq(world_mm(&w)->faults, 0);
	expect_broken(&w, "");
	must_run(&w, 2, 2);
	expect_broken(&w, "");
	world_free(&w);
}
