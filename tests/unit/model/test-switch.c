/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What a switch says that it touches, against what it does: for all words of the task and the CPU,
 * all modes, and a max_cids below and above their numbers. */

#include <signal.h>

#include "tests/lib/suite.h"
#include "tests/lib/world.h"

static const char *const words[] = { "1", "1c", "1t", "2", "2c", "2t", "-" };

enum { WORDS = sizeof(words) / sizeof(words[0]), MODES = 4, MAXES = 4 };
enum { ROWS = WORDS * WORDS * MODES * MAXES };

static bool is_cpu_number(const char *word)
{
	return word[1] == 'c';
}

/* Task 1 is about to be switched in on CPU 1; false if the words cannot meet: one number, owned
 * twice. */
static bool set_up_row(struct world *w, int row)
{
	const char *task = words[row % WORDS], *cpu = words[row / WORDS % WORDS];

	if (task[0] == cpu[0] && is_cpu_number(cpu) != is_cpu_number(task))
		return false;
	world_populate(w, 3);
	must_run(w, 1, TASK_NONE);
	set_task(w, 1, task);
	set_cpu(w, 1, cpu);
	set_pool(w, 7); /* numbers 0 to 2; 3 is free */
	world_mm(w)->mode = (uint8_t)(row / WORDS / WORDS % MODES);
	world_mm(w)->max_cids = (uint32_t)(row / WORDS / WORDS / MODES) + 1;
	return true;
}

/* Proves that "in" leaves the pool alone if it says so, and asks it for something if not. */
TEST_RANGE(in_touches_the_pool_if_it_says_so, 0, ROWS)
{
	struct world w = world_at("7.1", 4);
	unsigned touches;
	uint64_t pool;

	if (!set_up_row(&w, _i)) {
		world_free(&w);
		return;
	}
	touches = switch_in_touches(w.model, 1, 1);
	pool = world_mm(&w)->pool;
	memset(w.observer.count, 0, sizeof(w.observer.count));
	must_run(&w, 1, 1);
	ck_assert(touches & SWITCH_TOUCHES_MODE);
	if (touches & SWITCH_TOUCHES_POOL) {
		ck_assert_uint_eq(w.observer.count[OBSERVE_FAST_PATH], 0);
	} else {
		ck_assert_uint_eq(w.observer.count[OBSERVE_BIT_OPS], 0);
		ck_assert_uint_eq(world_mm(&w)->pool, pool);
	}
	world_free(&w);
}

/* Proves that "out" only touches something where who leaves is in transit, and then does. */
TEST_RANGE(out_touches_the_pool_in_transit_only, 0, WORDS)
{
	struct world w = world_at("7.1", 4);
	bool transit = strchr(words[_i], 't') != NULL;

	world_populate(&w, 3);
	set_pool(&w, 7);
	set_task(&w, 1, words[_i]);
	memset(w.observer.count, 0, sizeof(w.observer.count));
	ck_assert_uint_eq(switch_out_touches(w.model, 1) != 0, transit);
	switch_out(w.model, 1, &w.observer);
	ck_assert_uint_eq(
		w.observer.count[OBSERVE_SETTLED] + w.observer.count[OBSERVE_OUT_DROPPED], transit);
	world_free(&w);
}

/* Proves that nobody who is no user, and no idle CPU, touches anything. */
TEST(nobody_touches_nothing)
{
	struct world w = world_at("7.1", 4);

	world_populate(&w, 2);
	model_task(w.model, 1)->active = 0;
	ck_assert_uint_eq(switch_in_touches(w.model, 2, 1), 0);
	ck_assert_uint_eq(switch_in_touches(w.model, 2, TASK_NONE), 0);
	ck_assert_uint_eq(switch_out_touches(w.model, 3), 0);
	world_free(&w);
}

/* The two halves of a switch follow each other; else an assertion ends the program. */

TEST_SIGNAL(nobody_leaves_a_cpu_twice, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	switch_out(w.model, 0, NULL);
	switch_out(w.model, 0, NULL);
}

TEST_SIGNAL(nobody_comes_before_who_runs_has_left, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	switch_in(w.model, 0, TASK_NONE, NULL);
}

TEST_SIGNAL(a_cpu_without_a_spin_does_not_spin_on, SIGABRT)
{
	struct world w = world_at("7.1", 4);

	switch_spin(w.model, 0, NULL);
}
