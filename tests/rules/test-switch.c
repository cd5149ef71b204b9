/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* docs/protocol.md, section 5, the context switch: every branch of both halves, in both modes, in
 * and out of a window. */

#include "tests/lib/world.h"

#include "tests/lib/suite.h"

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

enum { TASK = 0, TASK_T = MODE_TRANSIT, CPU = MODE_PER_CPU, CPU_T = MODE_PER_CPU | MODE_TRANSIT };

/* In */

static const struct in_row {
	const char *says;
	uint8_t mode;
	const char *cpu, *task;
	uint64_t pool;
	const char *after; /* of CPU and task */
	uint64_t pool_after;
	bool fast;
} in_rows[] = {
	{ "per task, both task-owned, below max_cids", TASK, "0", "1", 0x02, "1", 0x02, true },
	{ "... in a window: no TRANSIT on the fast path", TASK_T, "0", "1", 0x02, "1", 0x02, true },
	{ "... at max_cids: converges", TASK, "0", "2", 0x04, "0", 0x01, false },
	{ "... nothing free below: keeps it", TASK, "0", "2", 0x07, "2", 0x07, false },
	{ "... converges in a window too", TASK_T, "0", "2", 0x04, "0", 0x01, false },
	{ "per task, CPU and task own: the CPU's is dropped", TASK, "1c", "0", 0x03, "0", 0x01,
		false },
	{ "... in a window", TASK_T, "1c", "0", 0x03, "0t", 0x01, false },
	{ "... no converging here", TASK, "1c", "5", 0x22, "5", 0x20, false },
	{ "per task, the CPU owns, task unset: handed over", TASK, "1c", "-", 0x02, "1", 0x02,
		false },
	{ "... in a window", TASK_T, "1c", "-", 0x02, "1t", 0x02, false },
	{ "... no converging here", TASK, "5c", "-", 0x20, "5", 0x20, false },
	{ "per task, the CPU owns, task remembers another CPU's", TASK, "1c", "3c", 0x02, "1", 0x02,
		false },
	{ "per task, stale number on the CPU, task unset: get", TASK, "1", "-", 0x00, "0", 0x01,
		false },
	{ "... in a window", TASK_T, "1", "-", 0x00, "0t", 0x01, false },
	{ "per task, stale number on the CPU, task remembers a CPU's", TASK, "1", "3c", 0x01, "1",
		0x03, false },
	{ "per task, stale TRANSIT on the CPU, task owns: keeps", TASK, "1t", "0", 0x01, "0", 0x01,
		false },
	{ "... is no fast path: does not converge", TASK, "1t", "5", 0x20, "5", 0x20, false },
	{ "... in a window", TASK_T, "1t", "0", 0x01, "0t", 0x01, false },
	{ "per task, stale TRANSIT on the CPU, task unset: get", TASK, "1t", "-", 0x01, "1", 0x03,
		false },
	{ "per task, UNSET on the CPU, task owns", TASK, "-", "0", 0x01, "0", 0x01, false },
	{ "per task, get above max_cids if it must", TASK, "1", "-", 0x03, "2", 0x07, false },

	{ "per CPU, both CPU-owned, below max_cids", CPU, "1c", "7c", 0x02, "1c", 0x02, true },
	{ "... in a window: no TRANSIT on the fast path", CPU_T, "1c", "7c", 0x02, "1c", 0x02,
		true },
	{ "... at max_cids: converges", CPU, "2c", "2c", 0x04, "0c", 0x01, false },
	{ "... nothing free below: keeps it", CPU, "2c", "2c", 0x07, "2c", 0x07, false },
	{ "per CPU, CPU and task own: the task's is dropped", CPU, "1c", "0", 0x03, "1c", 0x02,
		false },
	{ "... in a window", CPU_T, "1c", "0", 0x03, "1t", 0x02, false },
	{ "per CPU, the task owns: handed over", CPU, "5", "0", 0x01, "0c", 0x01, false },
	{ "... in a window", CPU_T, "5", "0", 0x01, "0t", 0x01, false },
	{ "... no converging here", CPU, "1", "5", 0x20, "5c", 0x20, false },
	{ "... stale TRANSIT on the CPU", CPU, "5t", "0", 0x01, "0c", 0x01, false },
	{ "... UNSET on the CPU", CPU, "-", "0", 0x01, "0c", 0x01, false },
	{ "per CPU, the CPU owns, task unset", CPU, "1c", "-", 0x02, "1c", 0x02, false },
	{ "... in a window", CPU_T, "1c", "-", 0x02, "1t", 0x02, false },
	{ "... no converging here", CPU, "5c", "-", 0x20, "5c", 0x20, false },
	{ "per CPU, nobody owns: get", CPU, "5", "-", 0x01, "1c", 0x03, false },
	{ "... in a window", CPU_T, "5", "-", 0x01, "1t", 0x03, false },
	{ "per CPU, task remembers another CPU's, this one has none: get", CPU, "5", "3c", 0x00,
		"0c", 0x01, false },
	{ "... stale TRANSIT on the CPU", CPU, "0t", "3c", 0x01, "1c", 0x03, false },
	{ "per CPU, get above max_cids if it must", CPU, "5", "-", 0x03, "2c", 0x07, false },
};

TEST_ROWS(switching_in_follows_its_branch, in_rows)
{
	const struct in_row *row = &in_rows[_i];
	struct world w = world_prepared(row->mode, row->cpu, row->task, row->pool);
	struct step step = run(&w, 1, 1);

	ck_assert_msg(step.outcome == STEP_DONE, "%s", row->says);
	ck_assert_msg(
		!strcmp(cpu_word(&w, 1), row->after), "%s: CPU %s", row->says, cpu_word(&w, 1));
	ck_assert_msg(
		!strcmp(task_word(&w, 1), row->after), "%s: task %s", row->says, task_word(&w, 1));
	ck_assert_msg(world_mm(&w)->pool == row->pool_after, "%s: pool %lx", row->says,
		(unsigned long)world_mm(&w)->pool);
	ck_assert_msg(w.observer.count[OBSERVE_FAST_PATH] == row->fast, "%s", row->says);
	ck_assert_uint_eq(w.observer.count[OBSERVE_SWITCHES_IN], 1);
	ck_assert_uint_eq(world_mm(&w)->faults, 0);
	ck_assert_uint_eq(model_cpu(w.model, 1)->curr, 1);
	ck_assert_uint_eq(model_cpu(w.model, 1)->phase, CPU_FREE);
	world_free(&w);
}

static const uint8_t modes[] = { TASK, TASK_T, CPU, CPU_T };
static const char *const modes_after[] = { "4", "4t", "4c", "4t" };

TEST_ROWS(switching_in_spins_when_nothing_is_free_and_ends_when_something_is, modes)
{
	struct world w = world_prepared(modes[_i], "5", "-", 0xff);

	expect_step(run(&w, 1, 1), STEP_SPINS);
	ck_assert_uint_eq(model_cpu(w.model, 1)->phase, CPU_SPINS);
	ck_assert_uint_eq(model_cpu(w.model, 1)->curr, 1);
	expect_step(switch_spin(w.model, 1, &w.observer), STEP_SPINS);
	expect_cpu(&w, 1, "5");
	expect_task(&w, 1, "-");
	expect_pool(&w, 0xff);
	ck_assert_uint_eq(w.observer.count[OBSERVE_SPINS], 1);
	ck_assert_uint_eq(w.observer.count[OBSERVE_SWITCHES_IN], 1);
	set_pool(&w, 0xef);
	expect_step(switch_spin(w.model, 1, &w.observer), STEP_DONE);
	expect_cpu(&w, 1, modes_after[_i]);
	expect_task(&w, 1, modes_after[_i]);
	expect_pool(&w, 0xff);
	ck_assert_uint_eq(model_cpu(w.model, 1)->phase, CPU_FREE);
	world_free(&w);
}

TEST(a_spin_goes_on_with_the_mode_that_it_began_with)
{
	struct world w = world_prepared(CPU_T, "5", "-", 0xff);

	expect_step(run(&w, 1, 1), STEP_SPINS);
	world_mm(&w)->mode = CPU;
	set_pool(&w, 0xfe);
	expect_step(switch_spin(w.model, 1, &w.observer), STEP_DONE);
	expect_task(&w, 1, "0t");
	world_free(&w);
}

TEST_ROWS(a_task_that_owns_a_number_never_needs_the_pool, modes)
{
	struct world w = world_prepared(modes[_i], "5", "7", 0xff);

	must_run(&w, 1, 1);
	ck_assert_uint_eq(cid_number(model_task(w.model, 1)->cid), 7);
	world_free(&w);
}

TEST_ROWS(idle_kernel_threads_inactive_and_foreign_tasks_touch_nothing, modes)
{
	struct world w = world_prepared(modes[_i], "1c", "-", 0x02);

	expect_step(mm_create(w.model, 1, NULL), STEP_DONE);
	task_create(w.model, 10, MM_NONE, 10, 1); /* kernel thread */
	task_create(w.model, 11, 0, 0, 1);        /* of the mm, not a user (any more) */
	task_create(w.model, 12, 1, 12, 1);       /* of another mm */
	expect_step(fork_begin(w.model, 1, 12, 12, NULL), STEP_DONE);
	must_run(&w, 1, TASK_NONE);
	must_run(&w, 1, 10);
	must_run(&w, 1, 11);
	expect_task(&w, 11, "-");
	must_run(&w, 1, 12);
	expect_task(&w, 12, "0");
	must_run(&w, 1, TASK_NONE);
	expect_cpu(&w, 1, "1c");
	expect_pool(&w, 0x02);
	world_free(&w);
}

/* Out */

static const struct out_row {
	const char *says;
	uint8_t mode;
	bool settles;
	const char *cpu, *task;
	const char *cpu_after, *task_after;
	uint64_t pool_after; /* of 0x07 */
} out_rows[] = {
	{ "task-owned stays", TASK, true, "1", "1", "1", "1", 0x07 },
	{ "task-owned stays in a window", CPU_T, true, "1", "1", "1", "1", 0x07 },
	{ "CPU-owned stays", CPU, true, "1c", "1c", "1c", "1c", 0x07 },
	{ "CPU-owned stays in a window", TASK_T, true, "1c", "1c", "1c", "1c", 0x07 },
	{ "UNSET stays", CPU, true, "1c", "-", "1c", "-", 0x07 },
	{ "in transit, window towards per CPU: dropped", CPU_T, true, "1t", "1t", "1t", "-", 0x05 },
	{ "in transit, window towards per task: dropped", TASK_T, true, "1t", "1t", "1t", "-",
		0x05 },
	{ "in transit, per CPU: settles", CPU, true, "1t", "1t", "1c", "1c", 0x07 },
	{ "in transit, per task: settles", TASK, true, "1t", "1t", "1", "1", 0x07 },
	{ "in transit, at max_cids: dropped", CPU, true, "2t", "2t", "2t", "-", 0x03 },
	{ "... per task too", TASK, true, "2t", "2t", "2t", "-", 0x03 },
	{ "in transit, word not copied to the CPU: settles there too", CPU, true, "5", "1t", "1c",
		"1c", 0x07 },
	{ "before 6.19: always dropped, per CPU", CPU, false, "1t", "1t", "1t", "-", 0x05 },
	{ "before 6.19: always dropped, per task", TASK, false, "1t", "1t", "1t", "-", 0x05 },
};

static void check_out(const struct out_row *row, bool active)
{
	struct world w = world_prepared(TASK, "0", "0", 0x07);

	w.model->protocol.out_settles = row->settles;
	must_run(&w, 1, 1);
	model_task(w.model, 1)->active = active;
	world_mm(&w)->mode = row->mode;
	set_cpu(&w, 1, row->cpu);
	set_task(&w, 1, row->task);
	switch_out(w.model, 1, &w.observer);
	ck_assert_msg(
		!strcmp(cpu_word(&w, 1), row->cpu_after), "%s: CPU %s", row->says, cpu_word(&w, 1));
	ck_assert_msg(!strcmp(task_word(&w, 1), row->task_after), "%s: task %s", row->says,
		task_word(&w, 1));
	ck_assert_msg(world_mm(&w)->pool == row->pool_after, "%s", row->says);
	ck_assert_uint_eq(world_mm(&w)->faults, 0);
	ck_assert_uint_eq(model_cpu(w.model, 1)->phase, CPU_BETWEEN);
	world_free(&w);
}

TEST_ROWS(switching_out_follows_its_branch, out_rows)
{
	check_out(&out_rows[_i], true);
}

TEST_ROWS(switching_out_does_not_care_whether_the_task_is_active, out_rows)
{
	check_out(&out_rows[_i], false);
}

/* What the CPU sees (B2) */

TEST_ROWS(switching_in_follows_the_mode_that_the_cpu_sees_whatever_it_is_by_now, in_rows)
{
	const struct in_row *row = &in_rows[_i];

	for (uint8_t now = 0; now < 4; now++) {
		struct world w = world_prepared(now, row->cpu, row->task, row->pool);

		switch_out(w.model, 1, NULL);
		expect_step(switch_in_seeing(w.model, 1, 1, row->mode, NULL), STEP_DONE);
		ck_assert_msg(!strcmp(cpu_word(&w, 1), row->after), "%s", row->says);
		ck_assert_msg(!strcmp(task_word(&w, 1), row->after), "%s", row->says);
		ck_assert_msg(world_mm(&w)->pool == row->pool_after, "%s", row->says);
		expect_mode(&w, now);
		world_free(&w);
	}
}

TEST_ROWS(switching_out_follows_the_mode_that_the_cpu_sees_whatever_it_is_by_now, out_rows)
{
	const struct out_row *row = &out_rows[_i];

	for (uint8_t now = 0; now < 4; now++) {
		struct world w = world_prepared(TASK, "0", "0", 0x07);

		w.model->protocol.out_settles = row->settles;
		must_run(&w, 1, 1);
		world_mm(&w)->mode = now;
		set_cpu(&w, 1, row->cpu);
		set_task(&w, 1, row->task);
		switch_out_seeing(w.model, 1, row->mode, NULL);
		ck_assert_msg(!strcmp(cpu_word(&w, 1), row->cpu_after), "%s", row->says);
		ck_assert_msg(!strcmp(task_word(&w, 1), row->task_after), "%s", row->says);
		ck_assert_msg(world_mm(&w)->pool == row->pool_after, "%s", row->says);
		ck_assert_uint_eq(model_cpu(w.model, 1)->phase, CPU_BETWEEN);
		world_free(&w);
	}
}

TEST(a_spin_goes_on_with_the_mode_that_its_cpu_saw)
{
	struct world w = world_prepared(CPU_T, "5", "-", 0xff);

	switch_out(w.model, 1, NULL);
	expect_step(switch_in_seeing(w.model, 1, 1, CPU, NULL), STEP_SPINS);
	set_pool(&w, 0xfe);
	expect_step(switch_spin(w.model, 1, NULL), STEP_DONE);
	expect_task(&w, 1, "0c"); /* not in transit, though the window is open */
	world_free(&w);
}

TEST(switching_out_of_unset_in_transit_clears_bit_31)
{
	struct world w = world_prepared(TASK, "0", "0", 0x07);

	must_run(&w, 1, 1);
	set_task(&w, 1, "-t");
	switch_out(w.model, 1, &w.observer);
	ck_assert_uint_eq(w.events[EVENT_BAD_DROP], 1);
	ck_assert_uint_eq(w.event.bit, CID_KERNEL_UNSET);
	ck_assert_uint_eq(world_mm(&w)->faults, FAULT_DROP_RANGE);
	expect_pool(&w, 0x07);
	expect_task(&w, 1, "-");
	world_free(&w);
}

TEST(switching_out_counts_what_it_did)
{
	struct world w = world_prepared(TASK, "0", "0", 0x07);

	must_run(&w, 1, 1);
	memset(&w.observer.count, 0, sizeof(w.observer.count));
	set_task(&w, 1, "1t");
	switch_out(w.model, 1, &w.observer);
	ck_assert_uint_eq(w.observer.count[OBSERVE_SETTLED], 1);
	ck_assert_uint_eq(w.observer.count[OBSERVE_BIT_OPS], 0);
	expect_step(switch_in(w.model, 1, 1, &w.observer), STEP_DONE);
	world_mm(&w)->mode = TASK_T;
	set_task(&w, 1, "1t");
	switch_out(w.model, 1, &w.observer);
	ck_assert_uint_eq(w.observer.count[OBSERVE_OUT_DROPPED], 1);
	ck_assert_uint_eq(w.observer.count[OBSERVE_BIT_OPS], 1);
	world_free(&w);
}

/* Both */

TEST(a_flip_between_the_halves_is_seen_by_the_second)
{
	struct world w = world_at("7.1", 2);

	world_populate(&w, 2);
	switch_out(w.model, 1, &w.observer);
	expect_task(&w, 1, "1");
	expect_step(fork_thread(&w, 0, 0, 2), STEP_WINDOW);
	expect_step(switch_in(w.model, 1, 1, &w.observer), STEP_DONE);
	expect_task(&w, 1, "1t");
	expect_cpu(&w, 1, "1t");
	finish_window(&w);
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_completion_between_the_halves_is_seen_by_the_second)
{
	struct world w = world_at("7.1", 2);

	world_populate(&w, 2);
	expect_step(fork_thread(&w, 0, 0, 2), STEP_WINDOW);
	must_run(&w, 1, 1);
	while (walk_step(w.model, 0, NULL).outcome == STEP_WINDOW)
		;
	switch_out(w.model, 1, &w.observer); /* still in the window: dropped */
	expect_task(&w, 1, "-");
	expect_step(window_complete(w.model, 0, NULL), STEP_DONE);
	expect_step(switch_in(w.model, 1, 1, &w.observer), STEP_DONE);
	expect_task(&w, 1, "1c");
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_task_that_moves_takes_its_number_in_per_task_mode)
{
	struct world w = world_at("7.1", 4);

	world_populate(&w, 2);
	must_run(&w, 1, TASK_NONE);
	task_migrate(w.model, 1, 3);
	must_run(&w, 3, 1);
	expect_task(&w, 1, "1");
	expect_cpu(&w, 3, "1");
	expect_cpu(&w, 1, "1"); /* stale */
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_task_that_moves_leaves_its_number_in_per_cpu_mode)
{
	struct world w = world_at("7.1", 4);

	world_populate(&w, 5);
	for (uint32_t cpu = 0; cpu < 4; cpu++)
		must_run(&w, cpu, cpu);
	expect_mode(&w, MODE_PER_CPU);
	must_run(&w, 1, TASK_NONE);
	must_run(&w, 3, 1);
	expect_task(&w, 1, "3c");
	expect_cpu(&w, 3, "3c");
	expect_cpu(&w, 1, "1c");
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_wide_mm_without_extent_switches_as_one_with)
{
	struct world w = world_at("7.1", 65);

	ck_assert_uint_eq(world_mm(&w)->extent, EXTENT_NONE);
	world_populate(&w, 3);
	must_run(&w, 64, TASK_NONE);
	must_run(&w, 2, TASK_NONE);
	must_run(&w, 64, 2);
	expect_task(&w, 2, "2");
	set_task(&w, 2, "2t"); /* as left by a failed exec of a last user */
	must_run(&w, 64, TASK_NONE);
	expect_task(&w, 2, "2");
	expect_broken(&w, "");
	world_free(&w);
}
