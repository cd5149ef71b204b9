/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * What an event costs in the queues alone: nanoseconds per operation in the hold model (take the
 * first, put it back later), next to a plain binary heap of 8-byte keys in the same run. Times
 * drift from run to run; the ratio holds. The digests of both must agree: same order.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/prng.h"
#include "sim/base/sample.h"
#include "sim/engine/cputree.h"
#include "sim/engine/wheel.h"

enum {
	DELAYS = 65536, /* drawn before, so as not to measure it; too many to be foreseen */
	STEPS = 200000,
	REPEATS = 3,
	ID_BITS = WHEEL_ID_BITS,
};

static uint32_t delays[DELAYS];

struct result {
	uint64_t tenths; /* of a ns per operation */
	uint64_t digest;
};

struct heap {
	uint64_t *keys; /* from 1 on */
	uint64_t count;
};

static void heap_push(struct heap *heap, uint64_t key)
{
	uint64_t i = ++heap->count;

	for (; i > 1 && heap->keys[i / 2] > key; i /= 2)
		heap->keys[i] = heap->keys[i / 2];
	heap->keys[i] = key;
}

static uint64_t heap_pop(struct heap *heap)
{
	uint64_t *keys = heap->keys, first = keys[1], key = keys[heap->count--], i = 1;

	while (2 * i <= heap->count) {
		uint64_t child = 2 * i;

		if (child < heap->count)
			child += keys[child + 1] < keys[child];
		if (keys[child] >= key)
			break;
		keys[i] = keys[child];
		i = child;
	}
	keys[i] = key;
	return first;
}

/* Each queue: @start fills it with ids 0..count-1; a step takes the first and puts it back. */
struct queue {
	void *(*start)(uint32_t count);
	uint64_t (*steps)(void *queue, uint32_t steps);
	void (*stop)(void *queue);
};

static uint64_t digest_add(uint64_t digest, uint64_t key)
{
	return digest * 3 + key;
}

static void *heap_start(uint32_t count)
{
	struct heap *heap = g_new(struct heap, 1);

	*heap = (struct heap){ .keys = g_new(uint64_t, (gsize)count + 1) };
	for (uint32_t id = 0; id < count; id++)
		heap_push(heap, wheel_key(delays[id % DELAYS] + id / DELAYS, id));
	return heap;
}

static uint64_t heap_steps(void *queue, uint32_t steps)
{
	uint64_t digest = 0;

	for (uint32_t i = 0; i < steps; i++) {
		uint64_t key = heap_pop(queue);

		digest = digest_add(digest, key);
		heap_push(queue, key + ((uint64_t)delays[i % DELAYS] << ID_BITS));
	}
	return digest;
}

static void heap_stop(void *queue)
{
	struct heap *heap = queue;

	g_free(heap->keys);
	g_free(heap);
}

static void *wheel_start(uint32_t count)
{
	struct wheel *wheel = wheel_new(count);

	for (uint32_t id = 0; id < count; id++)
		wheel_insert(wheel, delays[id % DELAYS] + id / DELAYS, id);
	return wheel;
}

static uint64_t wheel_steps(void *queue, uint32_t steps)
{
	uint64_t digest = 0, key = 0;

	for (uint32_t i = 0; i < steps && wheel_min_key(queue, &key); i++) {
		digest = digest_add(digest, key);
		wheel_pop(queue);
		wheel_insert(queue, wheel_key_time(key) + delays[i % DELAYS], wheel_key_id(key));
	}
	return digest;
}

static void wheel_stop(void *queue)
{
	wheel_free(queue);
}

static void *tree_start(uint32_t count)
{
	struct cputree *tree = cputree_new(count);

	for (uint32_t id = 0; id < count; id++)
		cputree_set(tree, id, delays[id % DELAYS] + id / DELAYS);
	return tree;
}

static uint64_t tree_steps(void *queue, uint32_t steps)
{
	uint64_t digest = 0;

	for (uint32_t i = 0; i < steps; i++) {
		uint64_t time_ns = cputree_min_time(queue);
		uint32_t cpu = cputree_min_cpu(queue);

		digest = digest_add(digest, wheel_key(time_ns, cpu));
		cputree_set(queue, cpu, time_ns + delays[i % DELAYS]);
	}
	return digest;
}

static void tree_stop(void *queue)
{
	cputree_free(queue);
}

static const struct queue heap_queue = { heap_start, heap_steps, heap_stop };
static const struct queue wheel_queue = { wheel_start, wheel_steps, wheel_stop };
static const struct queue tree_queue = { tree_start, tree_steps, tree_stop };

static struct result measure(const struct queue *kind, uint32_t count)
{
	struct result result = { .tenths = UINT64_MAX };
	uint32_t steps = MAX(count, STEPS);
	void *queue = kind->start(count);

	/* The best of a few: what disturbs only ever adds. */
	for (uint32_t i = 0; i < REPEATS; i++) {
		int64_t start_us = g_get_monotonic_time();
		uint64_t tenths;

		result.digest = digest_add(result.digest, kind->steps(queue, steps));
		tenths = (uint64_t)(g_get_monotonic_time() - start_us) * 10000 / steps;
		result.tenths = MIN(result.tenths, tenths);
	}
	kind->stop(queue);
	return result;
}

static bool compare(const char *name, const struct queue *kind, uint32_t count)
{
	struct result ours = measure(kind, count), heap = measure(&heap_queue, count);
	uint64_t percent = heap.tenths * 100 / MAX(ours.tenths, 1);

	printf("%-5s %8u %6ju.%ju %8ju.%ju %5ju.%02ju%s\n", name, count,
		(uintmax_t)ours.tenths / 10, (uintmax_t)ours.tenths % 10,
		(uintmax_t)heap.tenths / 10, (uintmax_t)heap.tenths % 10, (uintmax_t)percent / 100,
		(uintmax_t)percent % 100, ours.digest == heap.digest ? "" : "  ORDER DIFFERS");
	return ours.digest == heap.digest;
}

static void measure_draws(const char *name, const struct sample *sample)
{
	struct prng prng = { prng_key(1, 1), 0 };
	uint64_t sum = 0, tenths;
	int64_t start_us = g_get_monotonic_time();

	for (uint32_t i = 0; i < 10 * STEPS; i++)
		sum += sample_draw(sample, &prng);
	tenths = (uint64_t)(g_get_monotonic_time() - start_us) * 1000 / STEPS;
	/* The mean is printed so that the draws are needed. */
	printf("%-12s %8ju.%ju ns per draw, mean %ju\n", name, (uintmax_t)tenths / 10,
		(uintmax_t)tenths % 10, (uintmax_t)(sum / (10 * STEPS)));
}

int main(void)
{
	static const uint32_t cpus[] = { 4, 16, 64, 256, 1024, 8192 };
	static const uint32_t timers[] = { 16, 64, 256, 1024, 4096, 65536, 262144, 1048576 };
	struct sample sleep = { .kind = SAMPLE_EXPONENTIAL, .a = 2000000 };
	struct sample uniform = { .kind = SAMPLE_UNIFORM, .a = 0, .b = 4000000 };
	struct prng prng = { prng_key(1, 0), 0 };
	bool same = true;

	for (uint32_t i = 0; i < DELAYS; i++)
		delays[i] = (uint32_t)sample_draw(&sleep, &prng);
	printf("queue     size  ns/hold    heap ns    ratio\n");
	for (uint32_t i = 0; i < G_N_ELEMENTS(cpus); i++)
		same &= compare("tree", &tree_queue, cpus[i]);
	for (uint32_t i = 0; i < G_N_ELEMENTS(timers); i++)
		same &= compare("wheel", &wheel_queue, timers[i]);
	measure_draws("exponential", &sleep);
	measure_draws("uniform", &uniform);
	return same ? EXIT_SUCCESS : EXIT_FAILURE;
}
