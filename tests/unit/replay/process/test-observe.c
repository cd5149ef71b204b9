/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What an event shows of a process, against its states: agreement, difference, excuse. */

#include <signal.h>

#include "model/state.h"
#include "sim/replay/process/observe.h"
#include "tests/lib/replay-world.h"
#include "tests/lib/suite.h"

#define NO_WORD TRACE_WORD_UNKNOWN

static struct replay_world *w;
static struct process *process;
static struct trace_event event;

/* Two tasks: 100 runs on CPU 0 with number 0, 101 does not run and has number 1. */
static void set_up(void)
{
	w = replay_world_new("7.1", false);
	world_fork(w, 1, 100, 0, 0);
	world_switch(w, 0, 0, NO_WORD, 100, 0);
	world_fork(w, 100, 101, 0, 1);
	process = world_process(w);
	event = world_event(w, TRACE_WAKE, 100, 0);
	ck_assert_uint_eq(world_differences(w), 0);
}

static void tear_down(void)
{
	replay_world_free(w);
}

SUITE(.before = set_up, .after = tear_down);

static void observe_word(uint32_t pid, uint32_t word, int8_t active)
{
	struct observation seen = observation_of("test");
	const struct trace_task shown = { .pid = pid, .word = word, .active = active };

	observation_add(&seen, tables_index(tables_find(w->tables, pid), process), &shown);
	process_observe(w->tables, process, &event, &seen);
}

static struct replay_counts others(void)
{
	return process->counts->others;
}

TEST(what_all_states_show_agrees)
{
	uint64_t before = others().agreed;

	observe_word(101, 1, 1);
	ck_assert_uint_eq(others().agreed, before + 1);
	ck_assert_uint_eq(world_differences(w), 0);
	ck_assert_int_eq(process->state, PROCESS_KNOWN);
}

/* Proves that what shows nothing is not counted, and of a switch is a prediction. */
TEST(nothing_shown_is_nothing_compared)
{
	struct observation seen = observation_of("test");
	uint64_t before = others().compared;

	process_observe(w->tables, process, &event, &seen);
	ck_assert_uint_eq(others().compared, before);
	ck_assert_uint_eq(process->counts->predicted, 0);
	seen.is_switch = true;
	process_observe(w->tables, process, &event, &seen);
	ck_assert_uint_eq(process->counts->predicted, 1);
}

static const struct {
	uint32_t pid, word;
	int8_t active;
} wrong[] = {
	{ 101, 2, 1 },            /* another number */
	{ 101, 1 | 1U << 30, 1 }, /* the CPU's */
	{ 101, NO_WORD, 0 },      /* no user */
};

TEST_ROWS(another_word_differs, wrong)
{
	bool left = wrong[_i].active == 0;

	observe_word(wrong[_i].pid, wrong[_i].word, wrong[_i].active);
	/* One that has left unseen: the recorder leaves tasks out. */
	ck_assert_uint_eq(world_differences(w), left ? 0 : 1);
	ck_assert_int_eq(process->state, left ? PROCESS_GIVEN_UP : PROCESS_UNKNOWN);
	ck_assert_uint_eq(others().unexplained, left ? 0 : 1);
}

static void observe_values(struct trace_mm values)
{
	struct observation seen = observation_of("test");

	seen.values = &values;
	process_observe(w->tables, process, &event, &seen);
}

TEST(values_are_compared)
{
	observe_values(world_values(0, 2, 2, 0));
	ck_assert_uint_eq(world_differences(w), 0);
	observe_values(world_values(0, 2, 3, 0));
	ck_assert_uint_eq(world_differences(w), 1);
}

/* Proves that the word of a CPU is compared, and before a step of a walk only if it is early. */
TEST(words_may_be_older_than_a_walk)
{
	struct observation seen = observation_of("test");

	seen.cpu = 0;
	seen.cpu_word = 0;
	process_observe(w->tables, process, &event, &seen);
	ck_assert_uint_eq(world_differences(w), 0);
	model_task(&states_first(&process->mm->states)->model, tables_find(w->tables, 101)->task)
		->cid |= CID_TRANSIT;
	seen = observation_of("test");
	observation_add(&seen, tables_find(w->tables, 101)->task,
		&(struct trace_task){ .pid = 101, .word = 1, .active = -1 });
	seen.early = true;
	process_observe(w->tables, process, &event, &seen);
	ck_assert_uint_eq(world_differences(w), 0);
	seen.early = false;
	process_observe(w->tables, process, &event, &seen);
	ck_assert_uint_eq(world_differences(w), 1);
}

/* Proves that numbers taken are compared where they are shown. */
TEST(what_no_kernel_shows_is_compared)
{
	struct trace_mm rest = { .taken_known = true, .taken = 2, .deferred = 0 };
	struct observation seen = observation_of("test");

	seen.rest = &rest;
	process_observe(w->tables, process, &event, &seen);
	ck_assert_uint_eq(world_differences(w), 0);
	rest.deferred = 1;
	process_observe(w->tables, process, &event, &seen);
	ck_assert_uint_eq(world_differences(w), 1);
}

/* Proves that nothing of an unknown process is compared. */
TEST(an_unknown_process_has_no_differences)
{
	uint64_t compared;

	observe_word(101, 3, 1);
	compared = others().compared;
	observe_word(101, 4, 1);
	ck_assert_uint_eq(others().compared, compared);
	ck_assert_uint_eq(process->counts->taken_over, 1);
	ck_assert_uint_eq(world_differences(w), 1);
}

/* Proves that where not all orders were tried a contradiction is undecided. */
TEST(what_was_not_tried_is_undecided)
{
	process->mm->states.cut = true;
	observe_word(101, 3, 1);
	ck_assert_uint_eq(others().undecided, 1);
	ck_assert_uint_eq(others().unexplained, 0);
}

/* Proves that there is a doubt only where a state was taken over not long ago. */
TEST(a_known_process_is_not_doubted)
{
	ck_assert(!process_doubt(w->tables, process, &event, "a test"));
	process->state = PROCESS_ON_PROBATION;
	ck_assert(process_doubt(w->tables, process, &event, "a test"));
	ck_assert_int_eq(process->state, PROCESS_UNKNOWN);
	ck_assert_uint_eq(process->counts->lost, 1);
}

TEST(what_cannot_be_is_counted_once)
{
	process_impossible(w->tables, process, &event, "for %s", "a test");
	ck_assert_uint_eq(others().unexplained, 1);
	ck_assert_int_eq(process->state, PROCESS_UNKNOWN);
	process_impossible(w->tables, NULL, &event, "for no process");
	ck_assert_uint_eq(w->tables->nobody->others.unexplained, 1);
	ck_assert_uint_eq(world_differences(w), 2);
}

TEST_SIGNAL(a_third_task_of_an_observation_is_a_defect, SIGABRT)
{
	struct observation seen = observation_of("test");

	for (int i = 0; i < 3; i++)
		observation_add(&seen, 0, &event.task);
}
