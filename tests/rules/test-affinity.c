/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* docs/protocol.md, section 3, affinity changes and the deferred work; why the deferred switch
 * never comes (B8), and what a widening does instead. */

#include "tests/lib/world.h"

#include "tests/lib/suite.h"

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* @possible CPUs, those of the mask @allowed allowed; @users users, all forked by task 0 on CPU
 * 0; 7.1 with one flag changed. */
static struct world machine(uint32_t possible, uint64_t allowed, uint32_t users, uint8_t leads_back)
{
	struct model_config config = world_config(world_protocol("7.1"), possible);
	struct world w;

	config.protocol.affinity_return = leads_back;
	w = world_of(&config);
	world_start(&w, &allowed);
	for (uint32_t task = 1; task < users; task++)
		must_fork(&w, 0, 0, task);
	must_run(&w, 0, 0);
	return w;
}

static void widen(struct world *w, uint64_t mask)
{
	expect_step(affinity_change(w->model, 0, &mask, &w->observer), STEP_DONE);
}

/* The youngest of tasks 0 .. users - 1 runs and exits, until the mode changes or one is left.
 * Returns the users at which it left per-CPU mode, 0 if it did not. */
static uint32_t leaves_at(struct world *w)
{
	for (uint32_t task = world_mm(w)->users - 1; task > 0; task--) {
		must_run(w, 0, task);
		must_exit(w, task);
		if (!mm_is_per_cpu(world_mm(w)))
			return world_mm(w)->users;
	}
	return 0;
}

TEST(a_mask_without_new_cpus_changes_nothing)
{
	struct world w = machine(4, 0x3, 2, AFFINITY_RETURN_THRS);
	struct model_mm before = *world_mm(&w);

	widen(&w, 0x1);
	widen(&w, 0x3);
	ck_assert_mem_eq(world_mm(&w), &before, sizeof(before));
	world_free(&w);
}

TEST(a_wider_mask_per_task_recomputes_only_max_cids)
{
	struct world w = machine(8, 0x1, 1, AFFINITY_RETURN_THRS);

	must_fork(&w, 0, 0, 1);
	expect_mode(&w, MODE_PER_CPU); /* 2 users on 1 CPU: back, for the sake of the test */
	must_run(&w, 0, 1);
	world_mm(&w)->mode = 0;
	world_mm(&w)->pcpu_thrs = 0;
	ck_assert_uint_eq(world_mm(&w)->max_cids, 1);
	widen(&w, 0xf0);
	ck_assert_uint_eq(world_mm(&w)->allowed_count, 5);
	ck_assert_uint_eq(world_mm(&w)->max_cids, 2);
	ck_assert_uint_eq(world_mm(&w)->pcpu_thrs, 0);
	ck_assert_uint_eq(world_mm(&w)->update_deferred, 0);
	world_free(&w);
}

TEST(a_wider_mask_per_cpu_also_recomputes_the_threshold)
{
	struct world w = machine(8, 0x3, 6, AFFINITY_RETURN_THRS);

	ck_assert_uint_eq(world_mm(&w)->pcpu_thrs, 2);
	widen(&w, 0xff);
	ck_assert_uint_eq(world_mm(&w)->max_cids, 7);
	ck_assert_uint_eq(world_mm(&w)->pcpu_thrs, 4); /* min(6 - 1, 4) */
	ck_assert_uint_eq(world_mm(&w)->update_deferred, 0);
	world_free(&w);
}

TEST(an_mm_without_users_ignores_affinity)
{
	struct world w = machine(4, 0x3, 1, AFFINITY_RETURN_THRS);

	must_exit(&w, 0);
	widen(&w, 0xf);
	ck_assert_uint_eq(world_mm(&w)->allowed_count, 2);
	world_free(&w);
}

TEST(an_affinity_change_of_a_kernel_thread_does_nothing)
{
	struct world w = machine(4, 0x3, 2, AFFINITY_RETURN_THRS);

	task_create(w.model, 9, MM_NONE, 9, 2);
	expect_step(affinity_change(w.model, 9, NULL, &w.observer), STEP_DONE);
	ck_assert_uint_eq(world_mm(&w)->allowed_count, 2);
	world_free(&w);
}

TEST(an_affinity_change_waits_for_the_rq_lock_of_its_task)
{
	struct world w = machine(4, 0x3, 2, AFFINITY_RETURN_THRS);
	struct step step;

	switch_out(w.model, 0, NULL);
	step = affinity_change(w.model, 0, NULL, &w.observer);
	expect_step(step, STEP_NEEDS_RQ_LOCK);
	ck_assert_uint_eq(step.arg, 0);
	ck_assert_uint_eq(world_mm(&w)->allowed_count, 2);
	expect_step(switch_in(w.model, 0, 0, NULL), STEP_DONE);
	expect_step(affinity_change(w.model, 0, NULL, &w.observer), STEP_DONE);
	ck_assert_uint_eq(world_mm(&w)->allowed_count, 4);
	world_free(&w);
}

TEST(forking_a_thread_adds_nothing_to_the_mask)
{
	struct world w = machine(4, 0x1, 1, AFFINITY_RETURN_THRS);

	task_create(w.model, 1, 0, 0, 3); /* even if it is placed elsewhere */
	expect_step(fork_begin(w.model, 0, 0, 1, NULL), STEP_WINDOW);
	finish_window(&w);
	ck_assert_uint_eq(world_mm(&w)->allowed_count, 1);
	world_free(&w);
}

/* B8 */

TEST_RANGE(b8_no_widening_of_any_width_ever_queues_the_deferred_work, 2, 13)
{
	uint32_t possible = (uint32_t)_i;

	for (uint32_t allowed = 1; allowed < possible; allowed++) {
		for (uint32_t users = 1; users <= possible + 2; users++) {
			struct world w = machine(possible, (UINT64_C(1) << allowed) - 1, users,
				AFFINITY_RETURN_THRS);

			for (uint32_t cpu = allowed; cpu < possible; cpu++) {
				widen(&w, UINT64_C(1) << cpu);
				ck_assert_uint_le(world_mm(&w)->pcpu_thrs, users);
			}
			ck_assert_uint_eq(world_mm(&w)->update_deferred, 0);
			ck_assert_uint_eq(w.events[EVENT_DEFERRED_QUEUED], 0);
			world_free(&w);
		}
	}
}

TEST(b8_two_tasks_stay_per_cpu_on_four_cpus)
{
	struct world w = machine(4, 0x1, 2, AFFINITY_RETURN_THRS);

	expect_mode(&w, MODE_PER_CPU);
	widen(&w, 0xf);
	expect_mode(&w, MODE_PER_CPU);
	ck_assert_uint_eq(world_mm(&w)->pcpu_thrs, 2);
	must_run(&w, 0, 1);
	must_exit(&w, 1); /* what a widening does do: an exit leaves earlier */
	expect_mode(&w, 0);
	world_free(&w);
}

/* Measured on a real kernel, with 5 users at the moment of widening. */
static const struct widen_row {
	uint32_t possible;
	uint64_t from, to;
	uint32_t enter, leave;
} widen_rows[] = {
	{ 4, 0x01, 0x0f, 2, 1 },
	{ 8, 0x03, 0xff, 3, 3 },
};

TEST_ROWS(a_widening_makes_a_later_exit_leave_earlier, widen_rows)
{
	const struct widen_row *row = &widen_rows[_i];
	struct world w = machine(row->possible, row->from, 1, AFFINITY_RETURN_THRS);
	uint32_t entered = 0;

	for (uint32_t task = 1; task < 5; task++) {
		must_fork(&w, 0, 0, task);
		if (!entered && mm_is_per_cpu(world_mm(&w)))
			entered = world_mm(&w)->users;
	}
	must_run(&w, 0, 0);
	widen(&w, row->to);
	ck_assert_uint_eq(entered, row->enter);
	ck_assert_uint_eq(leaves_at(&w), row->leave);
	world_free(&w);
}

TEST(without_widening_the_same_exits_leave_later)
{
	struct world w = machine(8, 0x03, 5, AFFINITY_RETURN_THRS);

	ck_assert_uint_eq(leaves_at(&w), 1);
	world_free(&w);
}

/* The deferred work, reached by the flags for affinity-return */

static const struct back_row {
	const char *says;
	uint8_t leads_back;
	uint32_t users;
	bool queued;
} back_rows[] = {
	{ "the kernel: never", AFFINITY_RETURN_THRS, 2, false },
	{ "fits: 2 users have 2 CIDs", AFFINITY_RETURN_FITS, 2, true },
	{ "fits: 8 users have 8", AFFINITY_RETURN_FITS, 8, true },
	{ "fits: 9 users do not have 9", AFFINITY_RETURN_FITS, 9, false },
	{ "below: 3 users are below 4, recorded at 8 CPUs", AFFINITY_RETURN_BELOW, 3, true },
	{ "below: 4 are not", AFFINITY_RETURN_BELOW, 4, false },
};

TEST_ROWS(what_leads_back_is_a_flag, back_rows)
{
	const struct back_row *row = &back_rows[_i];
	struct world w = machine(8, 0x01, row->users, row->leads_back);

	expect_mode(&w, MODE_PER_CPU);
	widen(&w, 0xff);
	ck_assert_msg(world_mm(&w)->update_deferred == row->queued, "%s", row->says);
	ck_assert_uint_eq(w.events[EVENT_DEFERRED_QUEUED], row->queued);
	expect_step(affinity_deferred(w.model, 0, 3, &w.observer),
		row->queued ? STEP_WINDOW : STEP_DONE);
	if (row->queued)
		finish_window(&w);
	ck_assert_msg(mm_is_per_cpu(world_mm(&w)) == !row->queued, "%s", row->says);
	ck_assert_uint_eq(w.events[EVENT_DEFERRED_RAN], row->queued);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(the_deferred_work_walks_the_cpus_with_nobody_as_initiator)
{
	struct world w = machine(4, 0x1, 2, AFFINITY_RETURN_FITS);

	widen(&w, 0xf);
	expect_step(affinity_deferred(w.model, 0, 3, &w.observer), STEP_WINDOW);
	expect_mode(&w, MODE_TRANSIT);
	ck_assert_uint_eq(world_mm(&w)->initiator, TASK_NONE);
	ck_assert_uint_eq(world_mm(&w)->initiator_cpu, 3);
	ck_assert_uint_eq(w.event.trigger, TRIGGER_DEFERRED);
	expect_step(exit_begin(w.model, 0, 0, NULL), STEP_NEEDS_MUTEX);
	finish_window(&w);
	expect_task(&w, 0, "0t");
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_second_widening_queues_nothing_while_the_work_is_pending)
{
	struct world w = machine(4, 0x1, 2, AFFINITY_RETURN_FITS);

	widen(&w, 0x3);
	widen(&w, 0x7);
	ck_assert_uint_eq(w.events[EVENT_DEFERRED_QUEUED], 1);
	world_free(&w);
}

TEST(a_fork_or_exit_in_between_takes_the_work_over)
{
	struct world w = machine(8, 0x1, 3, AFFINITY_RETURN_BELOW);

	widen(&w, 0xff);
	ck_assert_uint_eq(world_mm(&w)->update_deferred, 1);
	must_exit(&w, 0); /* 2 < 4: leaves by itself */
	expect_mode(&w, 0);
	ck_assert_uint_eq(world_mm(&w)->update_deferred, 0);
	expect_step(affinity_deferred(w.model, 0, 0, &w.observer), STEP_DONE);
	ck_assert_uint_eq(w.observer.count[OBSERVE_GAVE_UP_WORK], 1);
	ck_assert_uint_eq(w.events[EVENT_DEFERRED_RAN], 0);
	world_free(&w);
}

/* Widened to 8 CPUs with @users that fit; a fork is faster than the work. */
static const struct overtaken_row {
	uint8_t leads_back;
	uint32_t users, thrs; /* at the widening, and after the fork */
} overtaken_rows[] = {
	{ AFFINITY_RETURN_FITS, 2, 0 }, { AFFINITY_RETURN_FITS, 7, 0 },
	{ AFFINITY_RETURN_FITS, 8, 9 }, /* fits no more: stays, and the next exit leaves */
	{ AFFINITY_RETURN_BELOW, 2, 0 }, { AFFINITY_RETURN_BELOW, 3, 4 }, /* below no more */
};

TEST_ROWS(a_fork_that_is_faster_leads_back_itself_if_there_still_is_room, overtaken_rows)
{
	const struct overtaken_row *row = &overtaken_rows[_i];
	struct world w = machine(8, 0x1, row->users, row->leads_back);

	widen(&w, 0xff);
	ck_assert_uint_eq(world_mm(&w)->update_deferred, 1);
	must_fork(&w, 0, 0, row->users);
	ck_assert_uint_eq(world_mm(&w)->pcpu_thrs, row->thrs);
	ck_assert(mm_is_per_cpu(world_mm(&w)) == (row->thrs != 0));
	expect_step(affinity_deferred(w.model, 0, 0, &w.observer), STEP_DONE);
	ck_assert_uint_eq(w.observer.count[OBSERVE_GAVE_UP_WORK], 1);
	if (row->thrs)
		ck_assert_uint_eq(leaves_at(&w), row->thrs - 1);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(the_deferred_work_of_an_mm_without_users_does_nothing)
{
	struct world w = machine(4, 0x1, 1, AFFINITY_RETURN_THRS);

	must_exit(&w, 0);
	world_mm(&w)->update_deferred = 1;
	expect_step(affinity_deferred(w.model, 0, 0, &w.observer), STEP_DONE);
	ck_assert_uint_eq(w.observer.count[OBSERVE_GAVE_UP_WORK], 1);
	world_free(&w);
}
