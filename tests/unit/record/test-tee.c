/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/record/tee.h"
#include "tests/lib/suite.h"

static unsigned calls[2];

static void on_sample(void *context, const struct record_sample *sample)
{
	ck_assert_uint_eq(sample->users, 7);
	++*(unsigned *)context;
}

static void on_note(void *context, const struct record_note *note)
{
	ck_assert_str_eq(note->event, "walk");
	++*(unsigned *)context;
}

static const struct record_sink first = { .context = &calls[0], .sample = on_sample },
				first_again = {
					.context = &calls[1], .sample = on_sample, .note = on_note
				};

SUITE(.timeout = 60);

TEST(records_go_to_those_that_take_them)
{
	const struct record_sample sample = { .users = 7 };
	const struct record_note note = { .event = "walk" };
	struct record_tee tee;

	record_tee_init(&tee, &first, &first_again);
	tee.sink.sample(tee.sink.context, &sample);
	ck_assert_uint_eq(calls[0], 1);
	ck_assert_uint_eq(calls[1], 1);
	tee.sink.note(tee.sink.context, &note);
	ck_assert_uint_eq(calls[0], 1);
	ck_assert_uint_eq(calls[1], 2);
	ck_assert(!tee.sink.sched_switch); /* a log would cost time */
	ck_assert(!tee.sink.window);
}

TEST_SIGNAL(a_tee_has_two_sinks, SIGABRT)
{
	struct record_tee tee;

	record_tee_init(&tee, &first, &first);
}
