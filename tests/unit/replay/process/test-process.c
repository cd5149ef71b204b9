/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The state machine of a process of a trace: each way that its drawing has, and that others are
 * refused. */

#include <signal.h>

#include "sim/replay/process/process.h"
#include "tests/lib/suite.h"

static const struct {
	enum process_state from;
	enum process_event event;
	enum process_state to;
} ways[] = {
	{ PROCESS_KNOWN, PROCESS_FORGETS, PROCESS_UNKNOWN },
	{ PROCESS_GUESSED, PROCESS_FORGETS, PROCESS_UNKNOWN },
	{ PROCESS_ON_PROBATION, PROCESS_FORGETS, PROCESS_UNKNOWN },
	{ PROCESS_DOUBTED, PROCESS_FORGETS, PROCESS_UNKNOWN },
	{ PROCESS_UNKNOWN, PROCESS_FORGETS, PROCESS_UNKNOWN },
	{ PROCESS_UNKNOWN_DECIDES, PROCESS_FORGETS, PROCESS_UNKNOWN },
	{ PROCESS_GIVEN_UP, PROCESS_FORGETS, PROCESS_GIVEN_UP },
	{ PROCESS_KNOWN, PROCESS_GIVES_UP, PROCESS_GIVEN_UP },
	{ PROCESS_GUESSED, PROCESS_GIVES_UP, PROCESS_GIVEN_UP },
	{ PROCESS_UNKNOWN, PROCESS_DECISION_BEGINS, PROCESS_UNKNOWN_DECIDES },
	{ PROCESS_UNKNOWN_DECIDES, PROCESS_DECISION_ENDS, PROCESS_UNKNOWN },
	{ PROCESS_UNKNOWN, PROCESS_DECISION_ENDS, PROCESS_UNKNOWN },
	{ PROCESS_GIVEN_UP, PROCESS_DECISION_BEGINS, PROCESS_GIVEN_UP },
	{ PROCESS_UNKNOWN, PROCESS_TAKES_ALL, PROCESS_KNOWN },
	{ PROCESS_UNKNOWN, PROCESS_TAKES_WORDS, PROCESS_ON_PROBATION },
	{ PROCESS_UNKNOWN, PROCESS_TAKES_GUESS, PROCESS_GUESSED },
	{ PROCESS_KNOWN, PROCESS_AGREES, PROCESS_KNOWN },
	{ PROCESS_GUESSED, PROCESS_AGREES, PROCESS_GUESSED },
};

/* Proves that each way leads where the drawing says. */
TEST_ROWS(each_way_leads_where_it_is_drawn, ways)
{
	struct process process = { .state = ways[_i].from };

	process_turn(&process, ways[_i].event);
	ck_assert_str_eq(
		process_state_to_string(process.state), process_state_to_string(ways[_i].to));
}

/* Proves that observations lead from probation over doubts to trust, each after its number. */
TEST(trust_grows_with_what_agrees)
{
	struct process process = { .state = PROCESS_ON_PROBATION };

	for (unsigned i = 1; i < PROCESS_PROBATION; i++)
		process_turn(&process, PROCESS_AGREES);
	ck_assert(process_forgives(&process));
	process_turn(&process, PROCESS_AGREES);
	ck_assert_int_eq(process.state, PROCESS_DOUBTED);
	ck_assert(!process_forgives(&process) && process_is_fresh(&process));
	for (unsigned i = PROCESS_PROBATION + 1; i < PROCESS_DOUBTS_MAX; i++)
		process_turn(&process, PROCESS_AGREES);
	ck_assert_int_eq(process.state, PROCESS_DOUBTED);
	process_turn(&process, PROCESS_AGREES);
	ck_assert_int_eq(process.state, PROCESS_KNOWN);
	ck_assert(!process_is_fresh(&process));
}

/* Proves that a guess is forgiven for ever, but that what explains it is not for long. */
TEST(a_guess_stays_one)
{
	struct process process = { .state = PROCESS_GUESSED, .agreed = PROCESS_DOUBTS_MAX - 1 };

	ck_assert(process_forgives(&process) && process_is_fresh(&process));
	process_turn(&process, PROCESS_AGREES);
	ck_assert(process_forgives(&process) && !process_is_fresh(&process));
}

/* Proves that exactly those without a state are unknown. */
TEST_RANGE(unknown_is_who_has_no_state, 0, PROCESS_STATES)
{
	struct process process = { .state = (enum process_state)_i };

	ck_assert_int_eq(process_is_unknown(&process),
		_i == PROCESS_UNKNOWN || _i == PROCESS_UNKNOWN_DECIDES || _i == PROCESS_GIVEN_UP);
	ck_assert_str_ne(process_state_to_string(process.state), "");
}

static void cannot(enum process_state state, enum process_event event)
{
	struct process process = { .state = state };

	process_turn(&process, event);
}

/* Proves that pairs that cannot be end the program. */
TEST_SIGNAL(nothing_agrees_with_the_unknown, SIGTRAP)
{
	cannot(PROCESS_UNKNOWN, PROCESS_AGREES);
}

TEST_SIGNAL(no_state_is_taken_over_during_a_decision, SIGTRAP)
{
	cannot(PROCESS_UNKNOWN_DECIDES, PROCESS_TAKES_WORDS);
}

TEST_SIGNAL(who_has_a_state_takes_none_over, SIGTRAP)
{
	cannot(PROCESS_KNOWN, PROCESS_TAKES_ALL);
}

TEST_SIGNAL(nobody_is_given_up_twice, SIGTRAP)
{
	cannot(PROCESS_GIVEN_UP, PROCESS_GIVES_UP);
}

TEST_SIGNAL(decisions_of_the_known_are_no_event, SIGTRAP)
{
	cannot(PROCESS_DOUBTED, PROCESS_DECISION_BEGINS);
}
