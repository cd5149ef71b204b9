/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

#include "sim/explore/search/level.h"

#include <signal.h>

#include "tests/lib/suite.h"

enum { MANY = 40000 }; /* many blocks, the last one not full */

SUITE(.timeout = 60);

/* The sum of all states that are taken off, and how many there are. */
static uint64_t take_all(struct level *level, uint64_t *count)
{
	struct level_block *block;
	uint64_t sum = 0;

	*count = 0;
	while ((block = level_take(level))) {
		for (uint32_t i = 0; i < block->count; i++)
			sum += block->ids[i];
		*count += block->count;
		g_free(block);
	}
	return sum;
}

TEST(each_state_is_taken_once)
{
	struct level level;
	uint64_t count;

	level_init(&level);
	for (state_id id = 1; id <= MANY; id++)
		level_push(&level, id);
	ck_assert_uint_eq(level.count, MANY);
	ck_assert_uint_eq(level_bytes(&level), MANY * sizeof(state_id));
	ck_assert_uint_eq(take_all(&level, &count), (uint64_t)MANY * (MANY + 1) / 2);
	ck_assert_uint_eq(count, MANY);
	ck_assert_ptr_null(level_take(&level));
	level_empty(&level);
	ck_assert_uint_eq(level.count, 0);
	level_push(&level, 1);
	ck_assert_uint_eq(level.count, 1);
	level_clear(&level);
}

TEST(levels_can_be_put_together)
{
	struct level all, parts[3];
	uint64_t count;

	level_init(&all);
	for (unsigned i = 0; i < 3; i++) {
		level_init(&parts[i]);
		for (unsigned n = 0; n < i * 1500; n++)
			level_push(&parts[i], 1);
		level_move(&all, &parts[i]);
		ck_assert_uint_eq(parts[i].count, 0);
		level_push(&parts[i], 1);
		level_clear(&parts[i]);
	}
	ck_assert_uint_eq(all.count, 4500);
	ck_assert_uint_eq(take_all(&all, &count), 4500);
	level_clear(&all);
}

TEST_SIGNAL(to_push_once_something_was_taken_is_our_bug, SIGABRT)
{
	struct level level;

	level_init(&level);
	level_push(&level, 1);
	g_free(level_take(&level));
	level_push(&level, 2);
}
