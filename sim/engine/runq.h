/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_RUNQ_H
#define CIDSIM_SIM_ENGINE_RUNQ_H

/*
 * The tasks that wait for a CPU, first in first out: a ring of task ids. A task that leaves from
 * the middle leaves a hole, so that its neighbours need not move; the task keeps its position.
 */

#include <stdbool.h>
#include <stdint.h>

#define RUNQ_HOLE UINT32_MAX

struct runq {
	uint32_t *ring;
	uint32_t mask;  /* size of the ring - 1; the size is a power of two */
	uint32_t first; /* position of the first entry; positions count up and wrap */
	uint32_t end;   /* position behind the last */
	uint32_t live;  /* entries that are no holes */
};

/* Where rings come from: they lie close together, and a ring that was outgrown is used again. */
struct ring_pool;

struct ring_pool *ring_pool_new(void);

/* All rings of the pool are gone. NULL is allowed. */
void ring_pool_free(struct ring_pool *pool);

/* The memory of rings; and what gives a task its new position when a ring is packed anew. */
struct runq_owner {
	struct ring_pool *pool;
	void (*moved)(void *context, uint32_t task, uint32_t position);
	void *context;
};

/* An empty queue. Its ring lives until the pool is freed. */
void runq_init(struct runq *runq, struct ring_pool *pool);

/* Append @task. Returns its position. */
uint32_t runq_push(struct runq *runq, uint32_t task, const struct runq_owner *owner);

/* Put @task in front of all. Returns its position. */
uint32_t runq_push_front(struct runq *runq, uint32_t task, const struct runq_owner *owner);

/* Take out the first task; there is one. */
uint32_t runq_pop(struct runq *runq);

/* Take out the task at @position. */
void runq_remove(struct runq *runq, uint32_t position);

/* The first task, left where it is: RUNQ_HOLE if there is none or a hole is in front. */
static inline uint32_t runq_peek(const struct runq *runq)
{
	return runq->live ? runq->ring[runq->first & runq->mask] : RUNQ_HOLE;
}

#endif
