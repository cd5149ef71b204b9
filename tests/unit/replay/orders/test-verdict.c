/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/verdict.h"

#include "tests/lib/suite.h"

static struct replay_verdict *verdict;

static void set_up(void)
{
	verdict = verdict_new();
}

static void tear_down(void)
{
	verdict_free(verdict);
}

SUITE(.before = set_up, .after = tear_down);

static void assert_note(guint index, const char *expected)
{
	g_autofree char *text = NULL;

	ck_assert_uint_lt(index, verdict->notes->len);
	text = verdict_note_text(verdict->notes->pdata[index]);
	ck_assert_str_eq(text, expected);
}

TEST(the_same_note_is_kept_once)
{
	for (unsigned i = 0; i < 10; i++)
		verdict_note(verdict, "said %s", "again");
	ck_assert_uint_eq(verdict->notes->len, 1);
	assert_note(0, "said again");
}

/* Proves that of a thousand notes that differ in a number three are kept, with how many more there
 * are; those of another kind stay beside them. */
TEST(notes_of_one_kind_are_folded)
{
	for (unsigned i = 1; i <= 1000; i++) {
		verdict_note(verdict, "task %u is gone", i);
		if (i == 2)
			verdict_note(verdict, "another one");
	}
	ck_assert_uint_eq(verdict->notes->len, 4);
	assert_note(0, "task 1 is gone");
	assert_note(2, "another one");
	assert_note(3, "task 3 is gone (and 997 more like this)");
}

/* Proves that the counts begin anew with a window, and that processes and notes stay. */
TEST(a_window_begins_with_nothing_compared)
{
	struct replay_process *process = verdict_add_process(verdict, "app", 7, 1);

	process->switches = (struct replay_counts){ .compared = 3, .agreed = 2, .unexplained = 1 };
	process->users_max = process->states_max = 5;
	process->taken_over = process->lost = process->predicted = 2;
	process->to_percpu = process->to_task = 1;
	verdict->events = 12;
	verdict_note(verdict, "a note");
	verdict_restart(verdict, 1000);
	verdict_sum(verdict);
	ck_assert_uint_eq(verdict->switches.compared, 0);
	ck_assert_uint_eq(verdict->events, 0);
	ck_assert_uint_eq(verdict->from_ns, 1000);
	ck_assert_uint_eq(process->users_max + process->states_max, 0);
	ck_assert_uint_eq(process->taken_over + process->lost + process->predicted, 0);
	ck_assert_uint_eq(process->to_percpu + process->to_task, 0);
	ck_assert_uint_eq(process->tgid, 7);
	ck_assert_uint_eq(verdict->notes->len, 1);
}

TEST(the_sum_is_that_of_all_processes)
{
	for (uint32_t tgid = 1; tgid <= 3; tgid++) {
		struct replay_process *process = verdict_add_process(verdict, "app", tgid, 1);

		process->switches = (struct replay_counts){
			.compared = 15, .agreed = 1, .hidden = 2, .unexplained = 4, .undecided = 8
		};
		process->others = (struct replay_counts){ .compared = tgid, .agreed = tgid };
		process->taken_over = tgid;
		process->predicted = 10 * tgid;
	}
	verdict_sum(verdict);
	verdict_sum(verdict); /* anew */
	ck_assert_uint_eq(verdict->switches.compared, 45);
	ck_assert_uint_eq(verdict->switches.agreed, 3);
	ck_assert_uint_eq(verdict->switches.hidden, 6);
	ck_assert_uint_eq(verdict->switches.unexplained, 12);
	ck_assert_uint_eq(verdict->switches.undecided, 24);
	ck_assert_uint_eq(verdict->others.compared, 6);
	ck_assert_uint_eq(verdict->others.agreed, 6);
	ck_assert_uint_eq(verdict->taken_over, 6);
	ck_assert_uint_eq(verdict->predicted, 60);
}

TEST(a_process_without_a_name_is_shown_as_one)
{
	ck_assert_str_eq(verdict_add_process(verdict, NULL, 1, 1)->name, "?");
	ck_assert_str_eq(verdict_add_process(verdict, "", 2, 1)->name, "?");
	ck_assert_str_eq(verdict_add_process(verdict, "app", 3, 1)->name, "app");
}

TEST(the_first_differences_are_kept)
{
	struct replay_process *process = verdict_add_process(verdict, "app", 7, 1);

	for (uint64_t line = 1; line <= REPLAY_DIFFERENCES_MAX + 2; line++)
		verdict_add_difference(verdict, (struct replay_difference){ .line = line,
							.what = g_strdup("a switch"),
							.trace = g_strdup("1"),
							.model = g_strdup("2"),
							.around = g_strdup("nothing"),
							.process = process });
	ck_assert_uint_eq(verdict->differences->len, REPLAY_DIFFERENCES_MAX);
	for (guint i = 0; i < verdict->differences->len; i++) {
		const struct replay_difference *kept = verdict->differences->pdata[i];

		ck_assert_uint_eq(kept->line, i + 1);
		ck_assert_str_eq(kept->trace, "1");
	}
	verdict_restart(verdict, 1000);
	ck_assert_uint_eq(verdict->differences->len, 0);
}
