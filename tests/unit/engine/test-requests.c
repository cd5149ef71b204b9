/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/engine/requests.h"
#include "tests/lib/suite.h"

static struct requests requests;
static struct sim_task t;

static void start(void)
{
	requests_init(&requests);
	t = (struct sim_task){ 0 };
}

SUITE(.before = start);

static void ask(uint32_t task, struct sim_task *of, enum scenario_verb verb)
{
	requests_add(&requests, task, of, &(struct request){ .verb = verb, .count = 2 });
}

TEST(requests_are_served_in_the_order_in_which_they_came)
{
	struct sim_task other = { 0 };
	struct request first, second;

	ask(0, &t, ACT_FORK);
	ask(7, &other, ACT_EXEC);
	ask(0, &t, ACT_EXIT);
	ck_assert(t.asked && other.asked);
	requests_take(&requests, 0, &t, &first);
	ck_assert(t.asked);
	requests_take(&requests, 0, &t, &second);
	ck_assert(!t.asked);
	ck_assert_int_eq(first.verb, ACT_FORK);
	ck_assert_uint_eq(first.count, 2);
	ck_assert_int_eq(second.verb, ACT_EXIT);
	ck_assert(other.asked);
	requests_forget(&requests, 7, &other);
	requests_clear(&requests);
}

/* A walk to the end of the list for each would take minutes. */
TEST(many_requests_of_one_task_take_no_time)
{
	struct request request;

	for (uint32_t i = 0; i < 300000; i++)
		requests_add(&requests, 0, &t, &(struct request){ .count = i });
	for (uint32_t i = 0; i < 300000; i++) {
		requests_take(&requests, 0, &t, &request);
		ck_assert_uint_eq(request.count, i);
		if (i % 3 == 0)
			requests_add(&requests, 0, &t, &(struct request){ .count = 300000 + i / 3 });
	}
	ck_assert(t.asked);
	requests_forget(&requests, 0, &t);
	requests_clear(&requests);
}

TEST(what_is_forgotten_is_not_asked_any_more)
{
	ask(3, &t, ACT_FORK);
	ask(3, &t, ACT_EXIT);
	requests_forget(&requests, 3, &t);
	ck_assert(!t.asked);
	requests_forget(&requests, 3, &t);
	requests_clear(&requests);
}

TEST_SIGNAL(who_was_not_asked_has_no_request, SIGABRT)
{
	struct request request;

	requests_take(&requests, 3, &t, &request);
}

TEST_SIGNAL(the_end_comes_after_the_last_request, SIGABRT)
{
	ask(3, &t, ACT_FORK);
	requests_clear(&requests);
}

TEST_SIGNAL(the_bit_of_the_task_says_whether_it_was_asked, SIGABRT)
{
	ask(3, &t, ACT_FORK);
	t.asked = 0;
	ask(3, &t, ACT_EXIT);
}
