/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* A state from what was seen, of a process that was there before the trace began. */

#include "model/state.h"
#include "sim/replay/process/learn.h"
#include "sim/replay/process/take-over.h"
#include "tests/lib/replay-world.h"
#include "tests/lib/suite.h"

#define NO_WORD TRACE_WORD_UNKNOWN
#define ONCPU CID_KERNEL_ONCPU
#define UNSET CID_KERNEL_UNSET

static struct replay_world *w;

static void set_up(void)
{
	w = replay_world_new("7.1", false);
}

static void tear_down(void)
{
	replay_world_free(w);
}

SUITE(.before = set_up, .after = tear_down);

/* @pid, of an mm with @values, is off @cpu, where it leaves for idle. */
static void leave(uint32_t cpu, uint32_t pid, uint32_t word, struct trace_mm values)
{
	struct trace_event event = world_event(w, TRACE_SWITCH, pid, cpu);

	event.prev = (struct trace_task){
		.pid = pid, .tgid = 100, .word = word, .active = 1, .mm_known = true, .mm = WORLD_MM
	};
	event.prev_mm = values;
	event.task.pid = 0;
	world_take(w, event);
}

static enum process_state state(void)
{
	ck_assert_ptr_nonnull(world_process(w));
	return world_process(w)->state;
}

/* Proves that per task a state needs the words of all users. */
TEST(per_task_all_words_must_be_seen)
{
	const struct trace_mm values = world_values(0, 2, 2, 0);

	leave(0, 100, 0, values);
	ck_assert_int_eq(state(), PROCESS_UNKNOWN);
	leave(1, 101, 1, values);
	ck_assert_int_eq(state(), PROCESS_ON_PROBATION);
	ck_assert(world_process(w)->counts->existed);
	ck_assert_uint_eq(model_mm_const(world_model(w), 0)->users, 2);
	ck_assert_uint_eq(model_mm_const(world_model(w), 0)->taken, 2);
	ck_assert_uint_eq(
		model_task_const(world_model(w), tables_find(w->tables, 101)->task)->cid, 1);
	ck_assert_uint_eq(world_differences(w), 0);
}

/* Proves that per CPU a state of which not all CPUs were seen is a guess. */
TEST(per_cpu_it_is_a_guess)
{
	leave(0, 100, ONCPU | 0, world_values(MODE_PER_CPU, 5, 4, 2));
	ck_assert_int_eq(state(), PROCESS_GUESSED);
	ck_assert_uint_eq(model_mm_const(world_model(w), 0)->users, 5);
	ck_assert(order_mm_has_unseen(world_process(w)->mm));
	ck_assert(world_process(w)->mm->unknown_cpus[1]);
	ck_assert(!world_process(w)->mm->unknown_cpus[0]);
}

/* Proves that a mark, which shows all words while nothing happens, leaves no doubt. */
TEST(a_mark_shows_all)
{
	const uint32_t words[] = { ONCPU | 1, ONCPU | 0, 0, 0 };
	const struct trace_task currents[] = {
		{ .pid = 100, .tgid = 100, .word = ONCPU | 1, .active = 1 },
		{ .pid = 101, .tgid = 100, .word = ONCPU | 0, .active = 1 }, { 0 }, { 0 }
	};
	struct trace_event event = world_event(w, TRACE_MARK, 100, 0);

	event.mm = world_values(MODE_PER_CPU, 5, 4, 2);
	event.cpu_words = words;
	event.currents = currents;
	event.cpus_count = 4;
	world_take(w, event);
	ck_assert_int_eq(state(), PROCESS_KNOWN);
	ck_assert_uint_eq(model_mm_const(world_model(w), 0)->taken, 2);
	ck_assert_uint_eq(
		model_word(world_model(w), model_mm_const(world_model(w), 0), 0), CID_ONCPU | 1);
}

static const struct {
	uint8_t mode;
	uint32_t users, max_cids, thrs, word;
} cannot_be[] = {
	{ MODE_TRANSIT, 1, 1, 0, 0 }, /* a window is open */
	{ 0, 0, 1, 0, 0 },            /* no user */
	{ 0, 1, 0, 0, 0 },            /* no number */
	{ 0, 1, 5, 0, 0 },            /* more numbers than CPUs */
	{ 0, 1, 1, 2, 0 },            /* a threshold per task */
	{ MODE_PER_CPU, 5, 4, 0, 0 }, /* none per CPU */
	{ 0, 1, 2, 0, 0 },            /* a fork or exit is about to decide */
	{ 0, 1, 1, 0, 7 },            /* a number that is none */
};

TEST_ROWS(values_that_cannot_be_are_not_taken_over, cannot_be)
{
	const struct trace_mm values = world_values(cannot_be[_i].mode, cannot_be[_i].users,
		cannot_be[_i].max_cids, cannot_be[_i].thrs);

	leave(0, 100, cannot_be[_i].word, values);
	if (world_process(w))
		ck_assert_int_eq(state(), PROCESS_UNKNOWN);
	ck_assert_uint_eq(world_differences(w), 0);
}

/* Proves that two users with one number are no state. */
TEST(two_with_one_number_are_not_taken_over)
{
	leave(0, 100, 0, world_values(0, 2, 2, 0));
	leave(1, 101, 0, world_values(0, 2, 2, 0));
	ck_assert_int_eq(state(), PROCESS_UNKNOWN);
}

/* Proves that while a fork is under way nothing is taken over. */
TEST(a_fork_under_way_is_waited_for)
{
	struct trace_event event;

	leave(0, 100, 0, world_values(0, 2, 2, 0));
	event = world_event(w, TRACE_FORK, 101, 1);
	event.task.pid = 102;
	event.mm.address = WORLD_MM;
	world_take(w, event);
	leave(1, 101, 1, world_values(0, 2, 2, 0));
	ck_assert_int_eq(state(), PROCESS_UNKNOWN);
}

/* Proves that nothing is taken over twice: a process with a state keeps it. */
TEST(a_known_process_keeps_its_state)
{
	const struct order_state *before;
	struct trace_event event;

	world_fork(w, 1, 100, 0, 0);
	before = states_first(&world_process(w)->mm->states);
	event = world_event(w, TRACE_WAKE, 0, 0);
	process_take_over(w->tables, world_process(w), &event);
	ck_assert_ptr_eq(states_first(&world_process(w)->mm->states), before);
	ck_assert_int_eq(state(), PROCESS_KNOWN);
}
