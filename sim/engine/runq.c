/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/runq.h"

#include <glib.h>
#include <string.h>

#include "sim/base/bigmem.h"
#include "sim/base/hot-assert.h"

enum {
	RING_MIN = 4,
	RING_SIZES = 32,
	SLAB_BYTES_MIN = 4096, /* of a run of few CPUs: a sweep makes many */
	SLAB_BYTES_MAX = 2 << 20,
};

_Static_assert(RING_MIN * sizeof(uint32_t) >= sizeof(uint32_t *), "a free ring holds a pointer");

struct ring_pool {
	uint32_t *free[RING_SIZES]; /* by binary logarithm; a free ring begins with the next one */
	char *slab, *slab_end;      /* what is left of the newest slab */
	GPtrArray *slabs;
	size_t slab_bytes; /* of the next slab */
};

struct ring_pool *ring_pool_new(void)
{
	struct ring_pool *pool = g_new0(struct ring_pool, 1);

	pool->slabs = g_ptr_array_new_with_free_func(g_aligned_free);
	pool->slab_bytes = SLAB_BYTES_MIN;
	return pool;
}

void ring_pool_free(struct ring_pool *pool)
{
	if (!pool)
		return;
	g_ptr_array_free(pool->slabs, TRUE);
	g_free(pool);
}

static void slab_new(struct ring_pool *pool, size_t bytes)
{
	size_t size = MAX(bytes, pool->slab_bytes);

	pool->slab_bytes = MIN(pool->slab_bytes * 2, SLAB_BYTES_MAX);
	pool->slab = g_aligned_alloc(1, size, bigmem_alignment(size));
	pool->slab_end = pool->slab + size;
	bigmem_advise(pool->slab, size);
	g_ptr_array_add(pool->slabs, pool->slab);
}

static uint32_t *ring_new(struct ring_pool *pool, uint32_t size)
{
	unsigned log = (unsigned)__builtin_ctz(size);
	size_t bytes = size * sizeof(uint32_t);
	uint32_t *ring = pool->free[log];

	hot_assert(size >= RING_MIN && (size & (size - 1)) == 0);
	if (ring) {
		memcpy(&pool->free[log], ring, sizeof(pool->free[log]));
		return ring;
	}
	if ((size_t)(pool->slab_end - pool->slab) < bytes)
		slab_new(pool, bytes);
	ring = (uint32_t *)pool->slab;
	pool->slab += bytes;
	return ring;
}

static void ring_free(struct ring_pool *pool, uint32_t *ring, uint32_t size)
{
	unsigned log = (unsigned)__builtin_ctz(size);

	hot_assert(size >= RING_MIN && (size & (size - 1)) == 0);
	memcpy(ring, &pool->free[log], sizeof(pool->free[log]));
	pool->free[log] = ring;
}

void runq_init(struct runq *runq, struct ring_pool *pool)
{
	*runq = (struct runq){ .ring = ring_new(pool, RING_MIN), .mask = RING_MIN - 1 };
}

/* Pack the entries into a ring of twice what they need, without the holes. */
static void repack(struct runq *runq, const struct runq_owner *owner)
{
	uint32_t size = RING_MIN;
	uint32_t *ring, count = 0;

	while (size < runq->live + runq->live / 4 + 1)
		size *= 2;
	ring = ring_new(owner->pool, size);
	for (uint32_t at = runq->first; at != runq->end; at++) {
		uint32_t task = runq->ring[at & runq->mask];

		if (task == RUNQ_HOLE)
			continue;
		ring[count] = task;
		owner->moved(owner->context, task, count);
		count++;
	}
	hot_assert(count == runq->live);
	ring_free(owner->pool, runq->ring, runq->mask + 1);
	*runq = (struct runq){ .ring = ring, .mask = size - 1, .end = count, .live = count };
}

inline uint32_t runq_push(struct runq *runq, uint32_t task, const struct runq_owner *owner)
{
	if (runq->end - runq->first > runq->mask)
		repack(runq, owner);
	runq->ring[runq->end & runq->mask] = task;
	runq->live++;
	return runq->end++;
}

uint32_t runq_push_front(struct runq *runq, uint32_t task, const struct runq_owner *owner)
{
	if (runq->end - runq->first > runq->mask)
		repack(runq, owner);
	runq->ring[--runq->first & runq->mask] = task;
	runq->live++;
	return runq->first;
}

static void skip_holes(struct runq *runq)
{
	while (runq->first != runq->end && runq->ring[runq->first & runq->mask] == RUNQ_HOLE)
		runq->first++;
}

inline uint32_t runq_pop(struct runq *runq)
{
	uint32_t task;

	hot_assert(runq->live > 0);
	skip_holes(runq);
	task = runq->ring[runq->first++ & runq->mask];
	runq->live--;
	return task;
}

void runq_remove(struct runq *runq, uint32_t position)
{
	hot_assert(position - runq->first < runq->end - runq->first);
	runq->ring[position & runq->mask] = RUNQ_HOLE;
	runq->live--;
	skip_holes(runq);
}
