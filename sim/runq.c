/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/runq.h"

#include <assert.h>
#include <glib.h>

enum { RING_MIN = 4 };

void runq_init(struct runq *runq)
{
	*runq = (struct runq){ .ring = g_new(uint32_t, RING_MIN), .mask = RING_MIN - 1 };
}

void runq_clear(struct runq *runq)
{
	g_free(runq->ring);
	*runq = (struct runq){ 0 };
}

/* Pack the entries into a ring of twice what they need, without the holes. */
static void repack(struct runq *runq, const struct runq_owner *owner)
{
	uint32_t size = RING_MIN;
	uint32_t *ring, count = 0;

	while (size < runq->live + runq->live / 4 + 1)
		size *= 2;
	ring = g_new(uint32_t, size);
	for (uint32_t at = runq->first; at != runq->end; at++) {
		uint32_t task = runq->ring[at & runq->mask];

		if (task == RUNQ_HOLE)
			continue;
		ring[count] = task;
		owner->moved(owner->context, task, count);
		count++;
	}
	assert(count == runq->live);
	g_free(runq->ring);
	*runq = (struct runq){ .ring = ring, .mask = size - 1, .end = count, .live = count };
}

uint32_t runq_push(struct runq *runq, uint32_t task, const struct runq_owner *owner)
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

uint32_t runq_pop(struct runq *runq)
{
	uint32_t task;

	assert(runq->live > 0);
	skip_holes(runq);
	task = runq->ring[runq->first++ & runq->mask];
	runq->live--;
	return task;
}

void runq_remove(struct runq *runq, uint32_t position)
{
	assert(position - runq->first < runq->end - runq->first);
	runq->ring[position & runq->mask] = RUNQ_HOLE;
	runq->live--;
	skip_holes(runq);
}
