/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/explore/frontier.h"

#include <malloc.h>
#include <signal.h>
#include <string.h>

#include "tests/lib/suite.h"

SUITE(.timeout = 60);

enum { WORDS = 150, STACK = 20, STATES = 20000 };

static uint64_t first[WORDS];
static const struct memory memory = { .words = WORDS, .first = first };

/* A state of its own for each number: some words, and a stack of some length. */
static size_t make(uint32_t number, uint64_t *image)
{
	size_t words = WORDS + number % STACK;

	memset(image, 0, words * sizeof(*image));
	image[number % WORDS] = number;
	for (size_t i = WORDS; i < words; i++)
		image[i] = number * i;
	return words;
}

static void push(struct frontier *frontier, uint32_t number)
{
	uint64_t image[WORDS + STACK];

	frontier_push(frontier, &memory, image, make(number, image), number);
}

static void expect(uint32_t found, const uint64_t *image, uint32_t number)
{
	uint64_t wanted[WORDS + STACK];
	size_t words = make(number, wanted);

	ck_assert_uint_eq(found, number);
	ck_assert_mem_eq(image, wanted, words * sizeof(*wanted));
}

TEST(the_first_one_comes_first_while_others_go_in)
{
	uint64_t image[WORDS + STACK];
	struct frontier frontier;

	frontier_init(&frontier);
	for (uint32_t i = 0; i < STATES; i++) {
		push(&frontier, 2 * i);
		push(&frontier, 2 * i + 1);
		expect(frontier_take_first(&frontier, &memory, image), image, i);
	}
	for (uint32_t i = STATES; i < 2 * STATES; i++)
		expect(frontier_take_first(&frontier, &memory, image), image, i);
	ck_assert(frontier_is_empty(&frontier));
	frontier_clear(&frontier);
}

TEST(the_last_one_comes_first)
{
	uint64_t image[WORDS + STACK];
	struct frontier frontier;

	frontier_init(&frontier);
	for (uint32_t i = 0; i < STATES; i++)
		push(&frontier, i);
	for (uint32_t i = STATES; i-- > 0;)
		expect(frontier_take_last(&frontier, &memory, image), image, i);
	ck_assert(frontier_is_empty(&frontier));
	ck_assert_uint_eq(frontier.bytes, 0);
	frontier_clear(&frontier);
}

TEST(what_is_taken_packed_is_pushed_packed)
{
	uint64_t image[WORDS + STACK];
	struct frontier from, to;

	frontier_init(&from);
	frontier_init(&to);
	for (uint32_t i = 0; i < STATES; i++)
		push(&from, i);
	for (uint32_t i = 0; i < STATES; i++) {
		uint32_t bytes, number;
		const uint8_t *packed = frontier_take_packed(&from, &bytes, &number);

		ck_assert_uint_eq(number, i);
		frontier_push_packed(&to, packed, bytes, number + 1);
	}
	ck_assert(frontier_is_empty(&from));
	for (uint32_t i = 0; i < STATES; i++) {
		uint64_t wanted[WORDS + STACK];
		size_t words = make(i, wanted);

		ck_assert_uint_eq(frontier_take_first(&to, &memory, image), i + 1);
		ck_assert_mem_eq(image, wanted, words * sizeof(*wanted));
	}
	frontier_clear(&from);
	frontier_clear(&to);
}

TEST_SIGNAL(nothing_is_taken_from_an_empty_one, SIGABRT)
{
	uint64_t image[WORDS + STACK];
	struct frontier frontier;

	frontier_init(&frontier);
	frontier_take_first(&frontier, &memory, image);
}

/* A limit of memory is one of these bytes. */
TEST(its_bytes_are_those_that_it_has_allotted)
{
	uint64_t image[WORDS + STACK];
	struct frontier frontier;
	struct mallinfo2 before = mallinfo2(), after;
	size_t most;

	frontier_init(&frontier);
	for (uint32_t i = 0; i < STATES; i++)
		push(&frontier, i);
	after = mallinfo2();
	most = frontier.bytes + frontier.bytes / 50 + (1 << 16);
	ck_assert_uint_le(after.hblkhd + after.uordblks, before.hblkhd + before.uordblks + most);
	for (uint32_t i = 0; i < STATES; i++)
		frontier_take_first(&frontier, &memory, image);
	ck_assert_uint_le(frontier.bytes, 1 << 20);
	frontier_clear(&frontier);
}
