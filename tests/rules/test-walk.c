/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* docs/protocol.md, section 6, the walks and complete: every row of the CPU walk's table, which
 * tasks a task walk visits in which order under which revision. */

#include "tests/lib/world.h"

#include "tests/lib/suite.h"

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* CPU walk, one step on CPU 1 whose current task is task 1 */

enum who { ACTIVE, INACTIVE, OTHER_MM, KTHREAD, IDLE };

static const struct cpu_row {
	const char *says;
	const char *revision;
	enum who who;
	const char *cpu, *task;
	const char *cpu_after, *task_after;
	uint64_t pool_after; /* of 0x07 */
	uint8_t faults;
} cpu_rows[] = {
	{ "CPU-owned, curr's word CPU-owned: in transit", "7.1", ACTIVE, "1c", "1c", "1t", "1t",
		0x07, 0 },
	{ "... before v2: handed straight over", "v1", ACTIVE, "1c", "1c", "1", "1", 0x07, 0 },
	{ "CPU-owned, curr UNSET: nothing", "7.1", ACTIVE, "1c", "-", "1c", "-", 0x07, 0 },
	{ "... at 7.0 too", "7.0", ACTIVE, "1c", "-", "1c", "-", 0x07, 0 },
	{ "CPU-owned, curr's word task-owned: nothing", "7.1", ACTIVE, "1c", "2", "1c", "2", 0x07,
		0 },
	{ "CPU-owned, curr's word in transit: nothing", "7.1", ACTIVE, "1c", "2t", "1c", "2t", 0x07,
		0 },
	{ "CPU-owned, curr inactive: dropped", "7.1", INACTIVE, "1c", "-", "1", "-", 0x05, 0 },
	{ "CPU-owned, curr of another mm: dropped", "7.1", OTHER_MM, "1c", "1c", "1", "1c", 0x05,
		0 },
	{ "CPU-owned, curr a kernel thread: dropped", "7.1", KTHREAD, "1c", "-", "1", "-", 0x05,
		0 },
	{ "CPU-owned, idle: dropped", "7.1", IDLE, "1c", "-", "1", "-", 0x05, 0 },
	{ "not CPU-owned, curr's word task-owned: in transit", "7.1", ACTIVE, "1", "1", "1t", "1t",
		0x07, 0 },
	{ "... copied over a stale word", "7.1", ACTIVE, "2t", "1", "1t", "1t", 0x07, 0 },
	{ "... before v2: nothing", "v1", ACTIVE, "2", "1", "2", "1", 0x07, 0 },
	{ "not CPU-owned, curr in transit: nothing, not copied", "7.1", ACTIVE, "2", "1t", "2",
		"1t", 0x07, 0 },
	{ "not CPU-owned, curr UNSET: nothing", "7.1", ACTIVE, "1", "-", "1", "-", 0x07, 0 },
	{ "... before 7.1: UNSET in transit (B7)", "7.0", ACTIVE, "1", "-", "-t", "-t", 0x07, 0 },
	{ "... before v2: nothing", "v1", ACTIVE, "1", "-", "1", "-", 0x07, 0 },
	{ "not CPU-owned, curr remembers another CPU's: nothing", "7.1", ACTIVE, "1", "2c", "1",
		"2c", 0x07, 0 },
	{ "not CPU-owned, curr inactive: nothing", "7.1", INACTIVE, "1", "-", "1", "-", 0x07, 0 },
	{ "not CPU-owned, curr of another mm: nothing", "7.1", OTHER_MM, "1", "1", "1", "1", 0x07,
		0 },
	{ "not CPU-owned, idle: nothing", "7.1", IDLE, "1t", "-", "1t", "-", 0x07, 0 },
	{ "stale TRANSIT on an idle CPU, drop without test: not touched", "6.19", IDLE, "1t", "-",
		"1t", "-", 0x07, 0 },
};

static void put_current(struct world *w, enum who who)
{
	if (who == OTHER_MM)
		model_task(w->model, 1)->mm = 1;
	if (who == KTHREAD)
		model_task(w->model, 1)->has_mm = 0;
	if (who == IDLE)
		model_cpu(w->model, 1)->curr = TASK_NONE;
	model_task(w->model, 1)->active = who == ACTIVE || who == OTHER_MM;
}

/* Does the task have another number, or its number in another state? */
static bool moves(const struct cpu_row *row)
{
	return strcmp(row->task, row->task_after) != 0 && strcmp(row->task_after, "-t") != 0;
}

static void check_cpu_step(const struct cpu_row *row, enum walk_unset unset)
{
	struct world w = world_at(row->revision, 4);

	w.model->protocol.walk_unset = unset;
	world_populate(&w, 3);
	set_task(&w, 0, "-");
	set_task(&w, 2, "-");
	set_cpu(&w, 1, row->cpu);
	set_task(&w, 1, row->task);
	set_pool(&w, 0x07);
	put_current(&w, row->who);
	world_mm(&w)->initiator = 0;
	world_mm(&w)->mode = w.model->protocol.transit_to_task ? MODE_TRANSIT : 0;
	walk_begin(w.model, 0);
	world_mm(&w)->cursor = 1;
	ck_assert_uint_eq(walk_next_cpu(w.model, 0), 1);
	expect_step(walk_step(w.model, 0, &w.observer), STEP_WINDOW);
	ck_assert_msg(
		!strcmp(cpu_word(&w, 1), row->cpu_after), "%s: CPU %s", row->says, cpu_word(&w, 1));
	ck_assert_msg(!strcmp(task_word(&w, 1), row->task_after), "%s: task %s", row->says,
		task_word(&w, 1));
	ck_assert_msg(world_mm(&w)->pool == row->pool_after, "%s", row->says);
	ck_assert_uint_eq(world_mm(&w)->faults, row->faults);
	ck_assert_uint_eq(w.observer.count[OBSERVE_WALK_DROPPED], row->pool_after != 0x07);
	ck_assert_uint_eq(w.observer.count[OBSERVE_WALK_MOVED], moves(row));
	world_free(&w);
}

TEST_ROWS(a_step_of_the_cpu_walk_follows_the_table, cpu_rows)
{
	check_cpu_step(&cpu_rows[_i], WALK_UNSET_NOTHING);
}

/* The table's second row, as candidate fixes of B9 would have it. */
static const struct {
	enum walk_unset unset;
	struct cpu_row row;
} unset_rows[] = {
	{ WALK_UNSET_DROPS, { "drops, curr UNSET", "7.1", ACTIVE, "1c", "-", "1", "-", 0x05, 0 } },
	{ WALK_UNSET_DROPS,
		{ "drops the CPU's only", "7.1", ACTIVE, "1c", "2t", "1", "2t", 0x05, 0 } },
	{ WALK_UNSET_HANDS_OVER,
		{ "hands over, in transit", "7.1", ACTIVE, "1c", "-", "1t", "1t", 0x07, 0 } },
	{ WALK_UNSET_HANDS_OVER,
		{ "hands straight over", "v1", ACTIVE, "1c", "-", "1", "1", 0x07, 0 } },
	{ WALK_UNSET_HANDS_OVER, { "cannot hand over to a task that has one: drops", "7.1", ACTIVE,
					 "1c", "2t", "1", "2t", 0x05, 0 } },
};

TEST_ROWS(walk_unset_says_what_becomes_of_a_cpus_number_under_a_task_without_one, unset_rows)
{
	check_cpu_step(&unset_rows[_i].row, unset_rows[_i].unset);
}

static bool is_second_row(const struct cpu_row *row)
{
	return row->who == ACTIVE && cid_is_cpu_owned(word_parse(row->cpu)) &&
	       !cid_is_cpu_owned(word_parse(row->task));
}

TEST_RANGE(
	walk_unset_changes_no_other_row_of_the_table, WALK_UNSET_DROPS, WALK_UNSET_HANDS_OVER + 1)
{
	for (int i = 0; i < ROWS(cpu_rows); i++) {
		if (!is_second_row(&cpu_rows[i]))
			check_cpu_step(&cpu_rows[i], (enum walk_unset)_i);
	}
}

/* 4 CPUs; tasks 0 .. 3 run on CPUs 0 .. 3 with CPU-owned words, task 4 waits; then two exit. */
static struct world per_cpu(const char *revision, uint32_t users)
{
	struct world w = world_at(revision, 4);

	world_populate(&w, 5);
	for (uint32_t cpu = 0; cpu < 4; cpu++)
		must_run(&w, cpu, cpu);
	expect_mode(&w, MODE_PER_CPU);
	for (uint32_t task = 4; task >= users; task--) {
		must_run(&w, 3, task);
		must_exit(&w, task);
		must_run(&w, 3, TASK_NONE);
		task_destroy(w.model, task);
	}
	return w;
}

TEST(the_cpu_walk_visits_every_possible_cpu_in_order)
{
	struct world w = per_cpu("7.1", 2);

	expect_step(exit_begin(w.model, 0, 0, &w.observer), STEP_WINDOW);
	expect_mode(&w, MODE_TRANSIT);
	for (uint32_t cpu = 0; cpu < 4; cpu++) {
		ck_assert_uint_eq(walk_next_cpu(w.model, 0), cpu);
		expect_step(walk_step(w.model, 0, &w.observer), cpu == 3 ? STEP_DONE : STEP_WINDOW);
	}
	expect_mode(&w, MODE_TRANSIT);
	expect_step(window_complete(w.model, 0, &w.observer), STEP_DONE);
	expect_mode(&w, 0);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_IDLE);
	expect_task(&w, 1, "1t");
	expect_broken(&w, "");
	world_free(&w);
}

TEST(a_step_of_the_cpu_walk_waits_for_the_rq_lock_and_changes_nothing)
{
	struct world w = per_cpu("7.1", 2);
	struct step step;

	expect_step(exit_begin(w.model, 0, 0, &w.observer), STEP_WINDOW);
	expect_step(walk_step(w.model, 0, &w.observer), STEP_WINDOW);
	switch_out(w.model, 1, &w.observer);
	step = walk_step(w.model, 0, &w.observer);
	expect_step(step, STEP_NEEDS_RQ_LOCK);
	ck_assert_uint_eq(step.arg, 1);
	expect_cpu(&w, 1, "1c");
	expect_step(switch_in(w.model, 1, TASK_NONE, &w.observer), STEP_DONE);
	expect_step(walk_step(w.model, 0, &w.observer), STEP_WINDOW);
	expect_cpu(&w, 1, "1");
	world_free(&w);
}

/* Task walk */

/* Users of 4 CPUs: 0 runs and forks; 1 runs on CPU 1; 2 waits; 3 is UNSET. The flip is by 4. */
static struct world before_task_walk(const char *revision)
{
	struct world w = world_at(revision, 4);

	world_populate(&w, 4);
	must_run(&w, 2, TASK_NONE);
	must_run(&w, 3, TASK_NONE);
	set_task(&w, 3, "-");
	pool_drop(w.model, 0, 3, NULL);
	return w;
}

static const struct task_row {
	const char *says, *revision;
	const char *parent, *running;
	uint8_t mode;
} task_rows[] = {
	{ "7.1: running tasks and the parent become in transit", "7.1", "0t", "1t",
		MODE_PER_CPU | MODE_TRANSIT },
	{ "6.19-livelock: too", "6.19-livelock", "0t", "1t", MODE_PER_CPU | MODE_TRANSIT },
	{ "v3: their CPUs own the number at once", "v3", "0c", "1c", MODE_PER_CPU },
};

TEST_ROWS(a_task_walk_fixes_parent_running_and_waiting_tasks, task_rows)
{
	const struct task_row *row = &task_rows[_i];
	struct world w = before_task_walk(row->revision);

	expect_step(fork_thread(&w, 0, 0, 4), STEP_WINDOW);
	expect_mode(&w, row->mode);
	expect_task(&w, 0, row->parent);
	expect_cpu(&w, 0, row->parent);
	expect_task(&w, 1, "1");
	finish_window(&w);
	expect_task(&w, 1, row->running);
	expect_cpu(&w, 1, row->running);
	expect_task(&w, 2, "-"); /* waited: dropped */
	expect_task(&w, 3, "-");
	expect_task(&w, 4, "-"); /* the child */
	expect_pool(&w, 0x03);
	expect_mode(&w, MODE_PER_CPU);
	expect_broken(&w, "");
	world_free(&w);
}

/* The tasks that the walk visits, in order, as "4 3 2". */
static const char *visited(struct world *w)
{
	static char text[64];

	text[0] = '\0';
	while (world_mm(w)->phase == PHASE_WALK_TASKS) {
		snprintf(text + strlen(text), 8, "%s%u", *text ? " " : "", world_mm(w)->cursor);
		ck_assert_uint_eq(
			walk_next_cpu(w->model, 0), model_task(w->model, world_mm(w)->cursor)->cpu);
		walk_step(w->model, 0, &w->observer);
	}
	return text;
}

static const struct visit_row {
	const char *says, *revision;
	uint32_t foreign; /* mask of tasks in a thread group of their own; none visible late */
	const char *visited;
} visit_rows[] = {
	{ "7.1: newest first, the child included, not the initiator", "7.1", 0, "4 3 2 1" },
	{ "7.1: groups do not matter", "7.1", 0x12, "4 3 2 1" },
	{ "6.19: oldest first, the child not yet visible; budget 5 - 2 used up", "6.19", 0,
		"1 2 3" },
	{ "6.19: one foreign task, reached by the second pass only if the budget lasts (B6)",
		"6.19", 0x08, "1 2 1" },
	{ "6.19: the foreign one is the oldest, but its group is not", "6.19", 0x02, "2 3 2" },
	{ "7.0-fork: budget 5 - 1, the child visible", "7.0-fork", 0, "1 2 3 4" },
	{ "7.0-fork: vforked child not reached: counted twice (B6)", "7.0-fork", 0x10, "1 2 3 1" },
	{ "7.0-vfork: vforked children are reached; who was visited is once more", "7.0-vfork",
		0x18, "1 2 1 2 3 4" },
	{ "7.0-vfork: all in the group", "7.0-vfork", 0, "1 2 3 4" },
	{ "7.0: list", "7.0", 0x18, "4 3 2 1" },
};

TEST_ROWS(a_task_walk_visits_whom_its_revision_says, visit_rows)
{
	const struct visit_row *row = &visit_rows[_i];
	struct world w = world_at(row->revision, 4);

	for (uint32_t task = 1; task < 5; task++) {
		uint32_t group = row->foreign >> task & 1 ? task : 0;
		struct step step = fork_group(&w, 0, 0, task, group);

		expect_step(step, task == 4 ? STEP_WINDOW : STEP_DONE);
		if (task < 4)
			task_show(w.model, task);
	}
	ck_assert_msg(!strcmp(visited(&w), row->visited), "%s: %s", row->says, visited(&w));
	world_free(&w);
}

/* By task 2, which is neither the oldest nor the newest. */
static const struct visit_row initiator_rows[] = {
	{ "7.1: where the initiator is in the list does not matter", "7.1", 0, "4 3 1 0" },
	{ "6.19: the group from behind the initiator on, and around", "6.19", 0, "3 0 1" },
	{ "6.19: then the second pass, oldest first", "6.19", 0x08, "0 1 0" },
	{ "7.0-fork: the child is the newest of the group", "7.0-fork", 0, "3 4 0 1" },
	{ "7.0-vfork: around, and then everybody", "7.0-vfork", 0x08, "4 0 1 0 1 4 3" },
	{ "skips-done: the second pass leaves the group out", "skips-done", 0x08, "4 0 1 3" },
};

TEST_ROWS(a_task_walk_over_the_group_begins_behind_its_initiator, initiator_rows)
{
	const struct visit_row *row = &initiator_rows[_i];
	bool skips = strcmp(row->revision, "skips-done") == 0;
	struct world w = world_at(skips ? "7.0-vfork" : row->revision, 4);

	if (skips) {
		w.model->protocol.walk_full = false;
		w.model->protocol.walk_skips_done = true;
	}
	for (uint32_t task = 1; task < 4; task++) {
		expect_step(
			fork_group(&w, 0, 0, task, row->foreign >> task & 1 ? task : 0), STEP_DONE);
		task_show(w.model, task);
	}
	must_run(&w, 2, 2);
	expect_step(fork_group(&w, 2, 2, 4, 0), STEP_WINDOW);
	ck_assert_msg(!strcmp(visited(&w), row->visited), "%s: %s", row->says, visited(&w));
	world_free(&w);
}

/* Task 1's exec fails; then task 0 forks 4, and the mode flips. */
static const struct visit_row returned_rows[] = {
	{ "7.1: who was counted last is the first", "7.1", 0, "4 1 3 2" },
	{ "6.19: who was in an exec has kept its place", "6.19", 0, "1 2 3" },
	{ "6.19: in its group, too, and the budget is used up before the foreign one", "6.19", 0x04,
		"1 3 1" },
	{ "7.0-fork: the same", "7.0-fork", 0x04, "1 3 4 1" },
	{ "7.0-vfork: in the second pass, too", "7.0-vfork", 0x02, "2 3 4 2 3 4 1" },
};

TEST_ROWS(a_failed_exec_changes_the_order_of_the_list_of_users_only, returned_rows)
{
	const struct visit_row *row = &returned_rows[_i];
	struct world w = world_at(row->revision, 4);

	for (uint32_t task = 1; task < 4; task++) {
		expect_step(
			fork_group(&w, 0, 0, task, row->foreign >> task & 1 ? task : 0), STEP_DONE);
		task_show(w.model, task);
	}
	must_run(&w, 1, 1);
	must_fail_exec(&w, 1);
	expect_step(fork_thread(&w, 0, 0, 4), STEP_WINDOW);
	ck_assert_msg(!strcmp(visited(&w), row->visited), "%s: %s", row->says, visited(&w));
	world_free(&w);
}

TEST(a_child_comes_behind_those_that_were_visible_before_it)
{
	struct world w = world_at("6.19", 4);

	/* 1 is counted first, and visible last. */
	expect_step(fork_thread(&w, 0, 0, 1), STEP_DONE);
	must_fork(&w, 0, 0, 2);
	task_show(w.model, 1);
	must_fork(&w, 0, 0, 3);
	expect_step(fork_thread(&w, 0, 0, 4), STEP_WINDOW);
	ck_assert_str_eq(visited(&w), "2 1 3");
	world_free(&w);
}

TEST(a_walk_leaves_out_who_is_in_an_exec)
{
	struct world w = world_at("7.0-fork", 4);

	world_populate(&w, 4);
	expect_step(exit_begin(w.model, 1, 1, NULL), STEP_DONE);
	must_fork(&w, 0, 0, 4);
	expect_step(fork_thread(&w, 0, 0, 5), STEP_WINDOW);
	ck_assert_str_eq(visited(&w), "2 3 4 5");
	world_free(&w);
}

TEST(a_walk_still_visits_the_tasks_after_its_next_step)
{
	struct world w = before_task_walk("6.19");

	expect_step(fork_group(&w, 0, 0, 4, 0), STEP_WINDOW);
	ck_assert(walk_comes_to(w.model, 0, 1));
	ck_assert(walk_comes_to(w.model, 0, 2));
	expect_step(walk_step(w.model, 0, NULL), STEP_WINDOW);
	ck_assert(!walk_comes_to(w.model, 0, 1));
	ck_assert(walk_comes_to(w.model, 0, 2));
	world_free(&w);
}

TEST(a_lone_initiator_has_nobody_to_visit_and_completes)
{
	struct world w = world_at("6.19.1", 1);

	/* Its child is not visible yet: nothing to do but complete. */
	expect_step(fork_thread(&w, 0, 0, 1), STEP_WINDOW);
	ck_assert_uint_eq(world_mm(&w)->phase, PHASE_COMPLETE);
	expect_step(window_complete(w.model, 0, &w.observer), STEP_DONE);
	expect_mode(&w, MODE_PER_CPU);
	world_free(&w);
}

TEST(a_step_of_the_task_walk_waits_for_the_rq_lock_of_its_task)
{
	struct world w = before_task_walk("7.1");
	struct step step;

	expect_step(fork_thread(&w, 0, 0, 4), STEP_WINDOW);
	switch_out(w.model, 1, &w.observer); /* task 1; 2 waits on CPU 2, 3 on CPU 3 */
	while (world_mm(&w)->cursor != 1)
		expect_step(walk_step(w.model, 0, NULL), STEP_WINDOW);
	step = walk_step(w.model, 0, NULL);
	expect_step(step, STEP_NEEDS_RQ_LOCK);
	ck_assert_uint_eq(step.arg, 1);
	expect_task(&w, 1, "1");
	expect_step(switch_in(w.model, 1, TASK_NONE, NULL), STEP_DONE);
	expect_step(walk_step(w.model, 0, NULL), STEP_DONE);
	expect_task(&w, 1, "-");
	world_free(&w);
}

TEST(in_a_window_the_mutex_is_held_by_the_initiator)
{
	struct world w = before_task_walk("7.1");
	struct step step;

	expect_step(fork_thread(&w, 0, 0, 4), STEP_WINDOW);
	step = fork_thread(&w, 1, 1, 5);
	expect_step(step, STEP_NEEDS_MUTEX);
	ck_assert_uint_eq(step.arg, 0);
	ck_assert_uint_eq(world_mm(&w)->users, 5);
	expect_step(exit_begin(w.model, 1, 1, NULL), STEP_NEEDS_MUTEX);
	expect_step(affinity_deferred(w.model, 0, 1, NULL), STEP_NEEDS_MUTEX);
	finish_window(&w);
	expect_step(exit_begin(w.model, 1, 1, NULL), STEP_DONE);
	world_free(&w);
}

TEST(walks_count_their_steps_and_what_they_did)
{
	struct world w = before_task_walk("7.1");

	expect_step(fork_thread(&w, 0, 0, 4), STEP_WINDOW);
	finish_window(&w);
	ck_assert_uint_eq(w.observer.count[OBSERVE_WALK_STEPS], 4);
	ck_assert_uint_eq(w.observer.count[OBSERVE_WALK_MOVED], 1);
	ck_assert_uint_eq(w.observer.count[OBSERVE_WALK_DROPPED], 1);
	ck_assert_uint_eq(w.events[EVENT_FLIPPED], 1);
	ck_assert_uint_eq(w.events[EVENT_COMPLETED], 1);
	ck_assert_uint_eq(w.event.task, 0);
	ck_assert_uint_eq(w.event.mode, MODE_PER_CPU);
	world_free(&w);
}
