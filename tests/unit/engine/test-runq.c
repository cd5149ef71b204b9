/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>
#include <string.h>

#include "sim/base/prng.h"
#include "sim/engine/runq.h"
#include "tests/lib/suite.h"

enum { TASKS = 4096 };

/* A queue next to a plain array in the same order. */
struct twin {
	struct runq runq;
	struct runq_owner owner;
	uint32_t position[TASKS];
	uint32_t order[TASKS], count;
	bool queued[TASKS];
};

static void moved(void *context, uint32_t task, uint32_t position)
{
	struct twin *twin = context;

	twin->position[task] = position;
}

static void start(struct twin *twin, struct ring_pool *pool)
{
	memset(twin, 0, sizeof(*twin));
	twin->owner = (struct runq_owner){ pool, moved, twin };
	runq_init(&twin->runq, pool);
}

static void push(struct twin *twin, uint32_t task)
{
	twin->position[task] = runq_push(&twin->runq, task, &twin->owner);
	twin->order[twin->count++] = task;
	twin->queued[task] = true;
}

static void push_front(struct twin *twin, uint32_t task)
{
	twin->position[task] = runq_push_front(&twin->runq, task, &twin->owner);
	memmove(twin->order + 1, twin->order, twin->count++ * sizeof(*twin->order));
	twin->order[0] = task;
	twin->queued[task] = true;
}

static void take(struct twin *twin, uint32_t index)
{
	twin->queued[twin->order[index]] = false;
	memmove(twin->order + index, twin->order + index + 1,
		(--twin->count - index) * sizeof(*twin->order));
}

static void pop(struct twin *twin)
{
	uint32_t task = runq_pop(&twin->runq);

	if (task != twin->order[0])
		ck_assert_uint_eq(task, twin->order[0]);
	take(twin, 0);
}

static void remove_at(struct twin *twin, uint32_t index)
{
	runq_remove(&twin->runq, twin->position[twin->order[index]]);
	take(twin, index);
}

SUITE(.timeout = 60);

TEST(tasks_come_out_first_in_first_out)
{
	struct ring_pool *pool = ring_pool_new();
	struct twin *twin = malloc(sizeof(*twin));

	start(twin, pool);
	ck_assert_uint_eq(runq_peek(&twin->runq), RUNQ_HOLE);
	for (uint32_t task = 0; task < 100; task++)
		push(twin, task);
	ck_assert_uint_eq(twin->runq.live, 100);
	ck_assert_uint_eq(runq_peek(&twin->runq), 0);
	while (twin->count > 0)
		pop(twin);
	ck_assert_uint_eq(twin->runq.live, 0);
	ck_assert_uint_eq(runq_peek(&twin->runq), RUNQ_HOLE);
	free(twin);
	ring_pool_free(pool);
}

TEST(a_task_in_front_comes_out_before_all_others)
{
	struct ring_pool *pool = ring_pool_new();
	struct twin *twin = malloc(sizeof(*twin));

	start(twin, pool);
	push_front(twin, 7); /* below position 0: positions wrap */
	push(twin, 8);
	for (uint32_t task = 0; task < 7; task++)
		push_front(twin, task);
	ck_assert_uint_eq(runq_peek(&twin->runq), 6);
	while (twin->count > 0)
		pop(twin);
	free(twin);
	ring_pool_free(pool);
}

TEST(a_task_leaves_from_the_middle_and_the_others_keep_their_order)
{
	struct ring_pool *pool = ring_pool_new();
	struct twin *twin = malloc(sizeof(*twin));

	start(twin, pool);
	for (uint32_t task = 0; task < 10; task++)
		push(twin, task);
	remove_at(twin, 4);
	remove_at(twin, 0);
	ck_assert_uint_eq(runq_peek(&twin->runq), 1);
	remove_at(twin, twin->count - 1);
	ck_assert_uint_eq(twin->runq.live, 7);
	while (twin->count > 0)
		pop(twin);
	free(twin);
	ring_pool_free(pool);
}

TEST(a_queue_that_is_used_for_ever_does_not_grow)
{
	struct ring_pool *pool = ring_pool_new();
	struct twin *twin = malloc(sizeof(*twin));

	start(twin, pool);
	for (uint32_t round = 0; round < 100000; round++) {
		push(twin, round % 8);
		if (twin->count == 3) {
			remove_at(twin, 1);
			pop(twin);
		}
	}
	ck_assert_uint_le(twin->runq.mask, 7);
	free(twin);
	ring_pool_free(pool);
}

static void random_step(struct twin *twin, struct prng *prng, uint32_t most)
{
	uint32_t task = (uint32_t)prng_below(prng, most), dice = (uint32_t)prng_below(prng, 8);

	if (dice < 4 && !twin->queued[task])
		push(twin, task);
	else if (dice == 4 && !twin->queued[task])
		push_front(twin, task);
	else if (dice < 7 && twin->count > 0)
		pop(twin);
	else if (twin->count > 0)
		remove_at(twin, (uint32_t)prng_below(prng, twin->count));
}

TEST_RANGE(two_queues_of_one_pool_equal_plain_arrays_in_random_use, 0, 4)
{
	struct prng prng = { .key = prng_key(4711, (uint64_t)_i) };
	struct ring_pool *pool = ring_pool_new();
	struct twin *twins = malloc(2 * sizeof(*twins));
	uint32_t most = (uint32_t[]){ 3, 20, 300, TASKS }[_i];

	start(&twins[0], pool);
	start(&twins[1], pool);
	for (uint32_t i = 0; i < 200000; i++) {
		struct twin *twin = &twins[prng_below(&prng, 2)];

		random_step(twin, &prng, most);
		if (twin->runq.live != twin->count)
			ck_assert_uint_eq(twin->runq.live, twin->count);
	}
	for (int i = 0; i < 2; i++) {
		while (twins[i].count > 0)
			pop(&twins[i]);
	}
	free(twins);
	ring_pool_free(pool);
}
