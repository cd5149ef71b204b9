/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* sigaction */
#include "sim/cli/stop.h"

#include <signal.h>
#include <stddef.h>

#include "tests/lib/suite.h"

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

/* Who starts the tests can ignore some: nohup, a shell in the background. */
static void have_defaults(void)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], SIG_DFL);
}

SUITE(.before = have_defaults);

static void (*handler_of(int number))(int)
{
	struct sigaction present;

	ck_assert_int_eq(sigaction(number, NULL, &present), 0);
	return present.sa_handler;
}

TEST_ROWS(a_signal_is_noted_while_it_is_waited_for, signals)
{
	volatile sig_atomic_t flag = 0;

	ck_assert(!stop_asked());
	stop_arm();
	stop_sets(&flag);
	raise(signals[_i]);
	ck_assert(stop_asked());
	ck_assert_int_eq(flag, 1);
	stop_disarm();
	ck_assert(stop_asked());
}

TEST(a_flag_that_comes_after_the_signal_is_set_at_once)
{
	volatile sig_atomic_t flag = 0;

	stop_arm();
	raise(SIGTERM);
	stop_sets(&flag);
	ck_assert_int_eq(flag, 1);
}

TEST(a_flag_that_was_taken_back_is_left_alone)
{
	volatile sig_atomic_t flag = 0;

	stop_arm();
	stop_sets(&flag);
	stop_forgets(&flag);
	raise(SIGTERM);
	ck_assert_int_eq(flag, 0);
	ck_assert(stop_asked());
}

TEST(each_of_several_runs_is_ended)
{
	volatile sig_atomic_t flags[3] = { 0 };

	stop_arm();
	for (int i = 0; i < 3; i++)
		stop_sets(&flags[i]);
	stop_forgets(&flags[1]);
	raise(SIGTERM);
	ck_assert_int_eq(flags[0], 1);
	ck_assert_int_eq(flags[1], 0);
	ck_assert_int_eq(flags[2], 1);
}

TEST_SIGNAL(a_flag_that_is_not_set_cannot_be_forgotten, SIGABRT)
{
	volatile sig_atomic_t flag = 0;

	stop_forgets(&flag);
}

TEST(two_who_wait_need_two_ends)
{
	stop_arm();
	stop_arm();
	stop_disarm();
	raise(SIGTERM);
	ck_assert(stop_asked());
	stop_disarm();
	ck_assert(handler_of(SIGTERM) == SIG_DFL);
}

TEST(an_ignored_signal_stays_ignored)
{
	signal(SIGHUP, SIG_IGN);
	stop_arm();
	ck_assert(handler_of(SIGHUP) == SIG_IGN);
	stop_disarm();
	ck_assert(handler_of(SIGHUP) == SIG_IGN);
}

TEST_SIGNAL(the_third_signal_ends_the_program, SIGTERM)
{
	stop_arm();
	for (int i = 0; i < 3; i++)
		raise(SIGTERM);
}

TEST_SIGNAL(afterwards_a_signal_ends_the_program, SIGINT)
{
	stop_arm();
	stop_disarm();
	raise(SIGINT);
}

TEST_SIGNAL(what_did_not_begin_cannot_end, SIGABRT)
{
	stop_disarm();
}
