/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/tasks.h"

#include <signal.h>

#include "sim/base/prng.h"
#include "tests/lib/suite.h"
#include "tests/lib/world.h"

/*
 * Tasks and the list of users: a task begins and moves as it is asked to; the list has the users in
 * the order of counting whoever comes and goes, or, before 7.0, in that of the kernel's lists; and what
 * a driver must not ask ends the program.
 */

TEST(a_new_task_holds_nothing_is_not_counted_and_not_seen)
{
	struct world w = world_at("7.1", 4);
	const struct model_task *t = model_task(w.model, 5);

	task_create(w.model, 5, 0, 3, 2);
	ck_assert(t->has_mm && !t->active && !t->visible);
	ck_assert_uint_eq(t->mm, 0);
	ck_assert_uint_eq(t->group, 3);
	ck_assert_uint_eq(t->cpu, 2);
	expect_task(&w, 5, "-");
	task_show(w.model, 5);
	ck_assert(t->visible);
	world_free(&w);
}

TEST(a_kernel_thread_has_no_mm)
{
	struct world w = world_at("7.1", 4);

	task_create(w.model, 5, MM_NONE, 5, 1);
	ck_assert(!model_task(w.model, 5)->has_mm);
	world_free(&w);
}

TEST(a_task_that_moves_keeps_all_but_its_cpu)
{
	struct world w = world_at("7.1", 4);
	struct model_task before;

	must_fork(&w, 0, 0, 1);
	before = *model_task(w.model, 1);
	task_migrate(w.model, 1, 3);
	ck_assert_uint_eq(model_task(w.model, 1)->cpu, 3);
	before.cpu = 3;
	ck_assert_mem_eq(model_task(w.model, 1), &before, sizeof(before));
	world_free(&w);
}

TEST(a_task_that_has_ended_leaves_nothing_behind)
{
	static const struct model_task none;
	struct world w = world_at("7.1", 4);

	task_create(w.model, 5, 0, 3, 2);
	task_destroy(w.model, 5);
	ck_assert_mem_eq(model_task(w.model, 5), &none, sizeof(none));
	world_free(&w);
}

/* A list of users as a plain array, newest first. */
struct plain {
	uint32_t users[WORLD_TASKS];
	unsigned count;
};

static void plain_add(struct plain *plain, uint32_t task)
{
	memmove(plain->users + 1, plain->users, plain->count++ * sizeof(*plain->users));
	plain->users[0] = task;
}

static void plain_remove(struct plain *plain, unsigned at)
{
	plain->count--;
	memmove(plain->users + at, plain->users + at + 1,
		(plain->count - at) * sizeof(*plain->users));
}

static void expect_same(struct world *w, const struct plain *plain)
{
	uint32_t task = world_mm(w)->newest;

	ck_assert_uint_eq(world_mm(w)->users, plain->count);
	for (unsigned i = 0; i < plain->count; i++) {
		ck_assert_uint_eq(task, plain->users[i]);
		ck_assert_uint_eq(
			model_task(w->model, model_task(w->model, task)->older)->newer, task);
		task = model_task(w->model, task)->older;
	}
	ck_assert_uint_eq(task, plain->count > 0 ? plain->users[0] : TASK_NONE);
}

TEST_RANGE(the_list_has_the_users_in_the_order_of_counting, 0, 10)
{
	struct prng prng = { .key = prng_key((uint64_t)_i, 0) };
	struct world w = world_at("7.1", 4);
	struct plain plain = { { 0 }, 1 }; /* task 0 */

	for (unsigned step = 0; step < 300; step++) {
		uint32_t task = (uint32_t)prng_below(&prng, 12);
		unsigned at = 0;

		while (at < plain.count && plain.users[at] != task)
			at++;
		if (at < plain.count) {
			model_task(w.model, task)->active = 0;
			users_remove(w.model, 0, task);
			plain_remove(&plain, at);
		} else {
			task_create(w.model, task, 0, task, 0);
			users_add(w.model, 0, task);
			plain_add(&plain, task);
		}
		expect_same(&w, &plain);
	}
	world_free(&w);
}

/* Before 7.0: what the order must be, by when each task and its thread group became visible. */
struct births {
	uint32_t task[WORLD_TASKS], group[WORLD_TASKS], now; /* 0: it is not there, or not yet */
};

static unsigned group_size(struct world *w, uint32_t group, bool visible)
{
	unsigned size = 0;

	for (uint32_t task = 0; task < WORLD_TASKS; task++) {
		const struct model_task *t = model_task(w->model, task);

		size += t->listed && t->group == group && t->visible == visible;
	}
	return size;
}

static void show_born(struct world *w, struct births *births, uint32_t task)
{
	uint32_t group = model_task(w->model, task)->group;

	if (model_task(w->model, task)->visible)
		return;
	task_show(w->model, task);
	births->task[task] = ++births->now;
	if (births->group[group] == 0)
		births->group[group] = births->now;
}

static void end_born(struct world *w, struct births *births, uint32_t task)
{
	uint32_t group = model_task(w->model, task)->group;

	/* A fork shows its child before it is over, and so before its own task ends. */
	if (group_size(w, group, true) == 1 && group_size(w, group, false) > 0)
		return;
	task_destroy(w->model, task);
	births->task[task] = 0;
	if (group_size(w, group, true) == 0)
		births->group[group] = 0;
}

/* @task leaves the users, comes back to them, becomes visible, or ends. */
static void change_born(struct world *w, struct births *births, uint32_t task, uint64_t what)
{
	struct model_task *t = model_task(w->model, task);

	if (what == 0) {
		show_born(w, births, task);
	} else if (t->active && what < 4) {
		t->active = 0;
		users_remove(w->model, 0, task);
	} else if (!t->active && what < 4) {
		users_add(w->model, 0, task);
	} else if (!t->active) {
		end_born(w, births, task);
	}
}

static void expect_by_birth(struct world *w, const struct births *births)
{
	uint32_t after = TASK_NONE, task = world_mm(w)->newest;

	users_assert(w->model, 0);
	if (task == TASK_NONE)
		return;
	do {
		const struct model_task *t = model_task(w->model, task);

		if (t->visible && after != TASK_NONE) {
			const struct model_task *a = model_task(w->model, after);

			ck_assert_uint_le(births->group[t->group], births->group[a->group]);
			ck_assert(t->group != a->group || births->task[task] < births->task[after]);
		}
		after = t->visible ? task : after;
		task = t->older;
	} while (task != world_mm(w)->newest);
}

TEST_RANGE(before_7_0_the_list_has_tasks_in_the_order_of_the_kernels_lists, 0, 20)
{
	struct prng prng = { .key = prng_key((uint64_t)_i, 1) };
	struct world w = world_at(_i % 2 ? "6.19" : "7.0-fork", 4);
	struct births births = { { 1 }, { 1 }, 1 }; /* task 0 */

	must_run(&w, 0, TASK_NONE);
	for (unsigned step = 0; step < 400; step++) {
		uint32_t task = (uint32_t)prng_below(&prng, 12);
		uint32_t parent = (uint32_t)prng_below(&prng, 12);
		const struct model_task *p = model_task(w.model, parent);

		if (model_task(w.model, task)->has_mm) {
			change_born(&w, &births, task, prng_below(&prng, 6));
		} else if (!p->has_mm || !p->visible || !p->active || prng_below(&prng, 3) == 0) {
			if (group_size(&w, task, true) + group_size(&w, task, false) > 0)
				continue; /* its first task has ended */
			task_create(w.model, task, 0, task, 0);
			change_born(&w, &births, task, prng_below(&prng, 2));
		} else {
			task_create(w.model, task, 0, p->group, 0);
			change_born(&w, &births, task, prng_below(&prng, 2));
		}
		expect_by_birth(&w, &births);
	}
	world_free(&w);
}

TEST(before_7_0_a_task_keeps_its_place_while_it_is_in_an_exec)
{
	struct world w = world_at("7.0-vfork", 8);

	world_populate(&w, 4);
	ck_assert_str_eq(world_users(&w), "3 2 1 0");
	must_exit(&w, 1);
	ck_assert_str_eq(world_users(&w), "3 2 0");
	expect_step(fork_begin(w.model, 1, 1, 1, NULL), STEP_DONE);
	ck_assert_str_eq(world_users(&w), "3 2 1 0");
	world_free(&w);
}

TEST(from_7_0_on_a_task_that_is_back_from_an_exec_is_the_newest)
{
	struct world w = world_at("7.0", 8);

	world_populate(&w, 4);
	must_fail_exec(&w, 1);
	ck_assert_str_eq(world_users(&w), "1 3 2 0");
	world_free(&w);
}

TEST(a_task_that_gets_another_mm_leaves_the_list_of_the_old_one)
{
	struct world w = world_at("6.19", 8);

	world_populate(&w, 3);
	expect_step(mm_create(w.model, 1, NULL), STEP_DONE);
	must_exit(&w, 1);
	task_change_mm(w.model, 1, 1);
	ck_assert_uint_eq(model_mm(w.model, 1)->newest, 1);
	ck_assert_uint_eq(model_task(w.model, 1)->group, 1);
	users_assert(w.model, 0);
	users_assert(w.model, 1);
	ck_assert_str_eq(world_users(&w), "2 0");
	world_free(&w);
}

TEST(a_task_of_another_group_than_was_thought_moves_behind_all)
{
	struct world w = world_at("6.19", 8);

	world_populate(&w, 4);
	task_change_group(w.model, 1, 1);
	ck_assert_str_eq(world_users(&w), "1 3 2 0");
	task_change_group(w.model, 1, 1);
	task_change_group(w.model, 2, 1);
	ck_assert_str_eq(world_users(&w), "2 1 3 0");
	task_change_group(w.model, 1, 0);
	ck_assert_str_eq(world_users(&w), "2 1 3 0");
	users_assert(w.model, 0);
	world_free(&w);
}

/* In each: 7.1, 4 CPUs, task 0 runs on CPU 0 as the only user. */

static void creates_beyond_the_tasks(struct world *w)
{
	task_create(w->model, WORLD_TASKS, 0, 0, 0);
}

static void creates_beyond_the_cpus(struct world *w)
{
	task_create(w->model, 1, 0, 0, 4);
}

static void creates_beyond_the_mms(struct world *w)
{
	task_create(w->model, 1, WORLD_MMS, 0, 0);
}

static void shows_beyond_the_tasks(struct world *w)
{
	task_show(w->model, WORLD_TASKS);
}

static void destroys_a_user(struct world *w)
{
	must_fork(w, 0, 0, 1);
	task_destroy(w->model, 1);
}

static void destroys_who_runs(struct world *w)
{
	must_exit(w, 0);
	task_destroy(w->model, 0);
}

static void moves_who_runs(struct world *w)
{
	task_migrate(w->model, 0, 1);
}

static void moves_beyond_the_cpus(struct world *w)
{
	must_fork(w, 0, 0, 1);
	task_migrate(w->model, 1, 4);
}

static void counts_a_user_twice(struct world *w)
{
	users_add(w->model, 0, 0);
}

static void counts_a_task_of_another_mm(struct world *w)
{
	mm_create(w->model, 1, NULL);
	task_create(w->model, 1, 1, 1, 0);
	users_add(w->model, 0, 1);
}

static void counts_a_kernel_thread(struct world *w)
{
	task_create(w->model, 1, MM_NONE, 1, 0);
	users_add(w->model, 0, 1);
}

static void removes_who_is_active(struct world *w)
{
	users_remove(w->model, 0, 0);
}

static void removes_from_nobody(struct world *w)
{
	must_exit(w, 0);
	users_remove(w->model, 0, 0);
}

static void (*const misuses[])(struct world *) = { creates_beyond_the_tasks,
	creates_beyond_the_cpus, creates_beyond_the_mms, shows_beyond_the_tasks, destroys_a_user,
	destroys_who_runs, moves_who_runs, moves_beyond_the_cpus, counts_a_user_twice,
	counts_a_task_of_another_mm, counts_a_kernel_thread, removes_who_is_active,
	removes_from_nobody };

TEST_SIGNAL_ROWS(what_a_driver_must_not_ask_ends_the_program, misuses, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	misuses[_i](&w);
}
