/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_WHEEL_H
#define CIDSIM_SIM_ENGINE_WHEEL_H

/*
 * The wake-ups of sleeping tasks, a priority queue of keys: time << 22 | task.
 * Order: (time, task), whatever the order of the inserts; equal keys are kept as often as
 * inserted. Only popping removes a key: to move or cancel a wake-up, leave the old key in, and
 * ignore it when it comes out with a time that is not the task's.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
	WHEEL_ID_BITS = 22,
	WHEEL_TIME_BITS = 42,
	WHEEL_DIGIT_BITS = 6,
	WHEEL_LEVELS = (64 + WHEEL_DIGIT_BITS - 1) / WHEEL_DIGIT_BITS,
	WHEEL_RUN_MAX = 128,
	WHEEL_TABLES = 2,
};

struct wheel_node;
struct wheel_pool;

/* The fields belong to wheel.c; they are here so that the minimum is read without a call. */
struct wheel {
	uint32_t run_count;                    /* keys in @run; 0 only if the wheel is empty */
	uint32_t levels;                       /* bit l: path[l] holds something */
	uint64_t last;                         /* the key popped last */
	uint64_t run[1 + WHEEL_RUN_MAX];       /* [1..run_count]: the next keys, smallest last */
	struct wheel_node *path[WHEEL_LEVELS]; /* the buckets of each digit, lowest digit first */
	struct wheel_pool *pool;
	const char *table[WHEEL_TABLES]; /* see wheel_prefetch() */
	uint32_t stride[WHEEL_TABLES];   /* 0: no table */
};

/* An empty wheel at time 0. @tasks_max is a hint how many keys there may be; any number can be.
 * Free it with wheel_free(). */
struct wheel *wheel_new(uint32_t tasks_max);

/* NULL is allowed. */
void wheel_free(struct wheel *wheel);

/* Add a wake-up of task @id, below 2^22, at @time_ns: below 2^42 and not before the time of the
 * key popped last. */
void wheel_insert(struct wheel *wheel, uint64_t time_ns, uint32_t id);

/* Fetch ahead into the cache, from the table at @base with entries of @stride bytes, the entries of
 * tasks whose keys come out next. @table: 0 or 1. It only changes the speed. */
void wheel_prefetch(struct wheel *wheel, uint32_t table, const void *base, uint32_t stride);

/* Take out the smallest key and return it. There is one. */
uint64_t wheel_pop(struct wheel *wheel);

/* Read the smallest key. Returns false, @key untouched, if the wheel is empty. */
static inline bool wheel_min_key(const struct wheel *wheel, uint64_t *key)
{
	if (wheel->run_count == 0)
		return false;
	*key = wheel->run[wheel->run_count];
	return true;
}

/* Bytes in use for keys; what the peak needed is kept. */
uint64_t wheel_bytes(const struct wheel *wheel);

static inline uint64_t wheel_key(uint64_t time_ns, uint32_t id)
{
	return time_ns << WHEEL_ID_BITS | id;
}

static inline uint64_t wheel_key_time(uint64_t key)
{
	return key >> WHEEL_ID_BITS;
}

static inline uint32_t wheel_key_id(uint64_t key)
{
	return (uint32_t)key & ((1U << WHEEL_ID_BITS) - 1);
}

#endif
