/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

#include "sim/explore/search/queue.h"

#include <signal.h>

#include "tests/lib/suite.h"

enum { MANY = 40000 }; /* more than two blocks */

SUITE(.timeout = 60);

TEST(states_come_out_in_the_order_in_which_they_went_in)
{
	struct key_queue queue;
	uint32_t key[3];
	bool same = true;

	queue_init(&queue, 3);
	for (uint32_t i = 0; i < MANY; i++)
		queue_push(&queue, (const uint32_t[]){ i, ~i, 7 });
	ck_assert_uint_eq(queue.count, MANY);
	ck_assert_uint_ge(queue_bytes(&queue), MANY * sizeof(key));
	for (uint32_t i = 0; i < MANY; i++)
		same &= queue_pop(&queue, key) && key[0] == i && key[1] == ~i && key[2] == 7;
	ck_assert(same);
	ck_assert_uint_eq(queue_bytes(&queue), 0);
}

TEST(nothing_comes_out_of_an_empty_queue)
{
	struct key_queue queue;
	uint32_t key[2] = { 1, 2 };

	queue_init(&queue, 2);
	ck_assert(!queue_pop(&queue, key));
	ck_assert_uint_eq(key[0], 1);
}

TEST(a_queue_that_was_emptied_or_cleared_can_be_used_again)
{
	struct key_queue queue;
	uint32_t key[1];

	queue_init(&queue, 1);
	for (uint32_t round = 0; round < 3; round++) {
		queue_push(&queue, &round);
		ck_assert(queue_pop(&queue, key));
		ck_assert_uint_eq(key[0], round);
	}
	queue_push(&queue, key);
	queue_clear(&queue);
	ck_assert_uint_eq(queue.count, 0);
	ck_assert_uint_eq(queue_bytes(&queue), 0);
	ck_assert(!queue_pop(&queue, key));
	queue_clear(&queue);
}

TEST_SIGNAL(states_without_words_are_our_bug, SIGABRT)
{
	struct key_queue queue;

	queue_init(&queue, 0);
}
