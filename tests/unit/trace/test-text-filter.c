/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/text-filter.h"

#include <signal.h>

#include "sim/trace/reader.h"
#include "tests/lib/suite.h"

static struct text_filter *filter;

static void start(void)
{
	filter = text_filter_new();
}

static void stop(void)
{
	text_filter_free(filter);
}

/* Does an event of task @pid, on CPU 3, about the mm at @address count? */
static bool keeps(enum trace_kind kind, uint32_t pid, uint64_t address)
{
	struct trace_event event = trace_event_blank;

	event.kind = kind;
	event.cpu = 3;
	event.pid = pid;
	event.mm.address = address;
	return text_filter_keeps(filter, &event);
}

SUITE(.before = start, .after = stop);

TEST(the_end_of_a_switch_counts_if_the_switch_did)
{
	ck_assert(!keeps(TRACE_SWITCHED, 1, 0));
	ck_assert(keeps(TRACE_SWITCH, 1, 0));
	ck_assert(keeps(TRACE_SWITCHED, 2, 0));
	ck_assert(!keeps(TRACE_SWITCHED, 2, 0));
}

static const enum trace_kind begins[] = { TRACE_FORK, TRACE_EXIT, TRACE_WORK };

TEST_ROWS(a_decision_counts_inside_of_what_counts, begins)
{
	ck_assert(!keeps(TRACE_DECIDE, 1, 0xb));
	ck_assert(keeps(begins[_i], 1, 0));
	ck_assert(keeps(TRACE_DECIDE, 1, 0xb));
	ck_assert(keeps(TRACE_DECIDE_END, 1, 0xb));
	ck_assert(keeps(TRACE_CPU_WALK, 1, 0xb));
	ck_assert(keeps(TRACE_CPU_WALK_END, 1, 0xb));
	ck_assert(!keeps(TRACE_DECIDE, 2, 0xb));
}

TEST(a_decision_counts_on_an_mm_that_was_forked_in)
{
	keeps(TRACE_FORK, 1, 0xa);
	keeps(TRACE_FORK_END, 1, 0xa);
	ck_assert(keeps(TRACE_DECIDE, 1, 0xa));
	ck_assert(keeps(TRACE_DECIDE, 2, 0xa));
	ck_assert(!keeps(TRACE_DECIDE, 1, 0xb));
}

TEST(an_mm_without_users_may_become_that_of_another)
{
	struct trace_event event = trace_event_blank;

	keeps(TRACE_FORK, 1, 0xa);
	event.kind = TRACE_EXIT_END;
	event.pid = 1;
	event.mm = (struct trace_mm){ .known = true, .address = 0xa, .users = 0 };
	ck_assert(text_filter_keeps(filter, &event));
	ck_assert(!keeps(TRACE_DECIDE, 2, 0xa));
}

TEST(other_events_always_count_but_what_is_none)
{
	ck_assert(keeps(TRACE_MIGRATE, 9, 0));
	ck_assert(keeps(TRACE_STATE, 9, 0));
	ck_assert(!keeps(TRACE_KINDS, 9, 0));
}

TEST_SIGNAL(a_cpu_beyond_the_last_is_a_defect, SIGABRT)
{
	struct trace_event event = trace_event_blank;

	event.kind = TRACE_SWITCH;
	event.cpu = TRACE_CPUS_MAX;
	text_filter_keeps(filter, &event);
}
