/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/bench/bare.h"

#include <assert.h>
#include <glib.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/base/sample.h"

/*
 * The next event of each CPU is a leaf of a winner tree. Who sleeps is in a wheel of one level, so
 * wide that nobody sleeps longer; a bucket is sorted when its turn comes. Who waits for a CPU is in
 * a ring of that CPU: an entry has the task and what it has left to run, so nothing is kept of a
 * task elsewhere.
 */

enum {
	CPU_BITS = 13,
	TASK_BITS = 22,
	RUN_MEAN_NS = 1000000,
	SLEEP_MEAN_NS = 2000000,
	SLICE_NS = 3000000,
	SLEEP_BITS = 27, /* of a ns: 64 * ln 2 times the mean is less */
	RING_MIN = 4,
};

#define NOBODY UINT32_MAX
#define NEVER UINT64_MAX
#define TASK_MASK ((1U << TASK_BITS) - 1)

struct cpu {
	uint64_t *ring; /* ns left to run << TASK_BITS | task */
	uint32_t mask, first, end;
	uint32_t curr;     /* NOBODY: idle */
	uint64_t since_ns; /* it runs, or is idle, since then */
	uint64_t left_ns;  /* of the burst, then */
	uint64_t slice_end_ns;
};

struct sleeper {
	uint64_t key; /* ns << TASK_BITS | task */
	uint32_t next;
};

struct bare {
	uint64_t now_ns, idle_ns, random;
	uint64_t *tree; /* ns << CPU_BITS | CPU; the root is [1] */
	uint32_t leaves, cpus_count;
	struct cpu *cpus;
	struct sleeper *sleepers;
	uint32_t free_sleeper, sleeping;
	uint32_t *buckets, buckets_mask, width_log;
	uint64_t bucket; /* those up to this one are in @run */
	uint64_t *run;   /* the smallest key last */
	uint32_t run_count;
};

static uint64_t draw(struct bare *bare, uint64_t mean_ns)
{
	return wide_shifted(
		wide_product(mean_ns, sample_minus_ln(hash_mix(bare->random += HASH_GOLDEN))), 40)
		.low;
}

/* CPUs */

static void tree_set(struct bare *bare, uint32_t cpu, uint64_t time_ns)
{
	uint64_t key = time_ns == NEVER ? NEVER : time_ns << CPU_BITS | cpu;
	uint32_t i = bare->leaves + cpu;

	for (bare->tree[i] = key; i > 1; bare->tree[i] = key) {
		uint64_t other = bare->tree[i ^ 1];

		key = other < key ? other : key;
		i /= 2;
		if (bare->tree[i] == key)
			return;
	}
}

static void arm(struct bare *bare, uint32_t cpu)
{
	struct cpu *c = &bare->cpus[cpu];
	uint64_t at = c->since_ns + c->left_ns;

	if (c->first != c->end)
		at = MIN(at, MAX(c->slice_end_ns, bare->now_ns));
	tree_set(bare, cpu, at);
}

static void push(struct cpu *c, uint64_t entry)
{
	if (c->end - c->first > c->mask) {
		uint32_t size = 2 * (c->mask + 1);
		uint64_t *ring = g_new(uint64_t, size);

		for (uint32_t i = c->first; i != c->end; i++)
			ring[i & (size - 1)] = c->ring[i & c->mask];
		g_free(c->ring);
		c->ring = ring;
		c->mask = size - 1;
	}
	c->ring[c->end++ & c->mask] = entry;
}

static void run_next(struct bare *bare, uint32_t cpu)
{
	struct cpu *c = &bare->cpus[cpu];
	uint64_t entry;

	c->since_ns = bare->now_ns;
	if (c->first == c->end) {
		c->curr = NOBODY;
		tree_set(bare, cpu, NEVER);
		return;
	}
	entry = c->ring[c->first++ & c->mask];
	c->curr = entry & TASK_MASK;
	c->left_ns = entry >> TASK_BITS;
	c->slice_end_ns = bare->now_ns + SLICE_NS;
	arm(bare, cpu);
}

/* A new burst of @task; it always is on the same CPU. */
static void wake(struct bare *bare, uint32_t task)
{
	uint32_t cpu = task % bare->cpus_count;
	struct cpu *c = &bare->cpus[cpu];

	push(c, MAX(draw(bare, RUN_MEAN_NS), 1) << TASK_BITS | task);
	if (c->curr == NOBODY) {
		bare->idle_ns += bare->now_ns - c->since_ns;
		run_next(bare, cpu);
	} else if (c->end - c->first == 1) {
		arm(bare, cpu); /* the slice matters from now on */
	}
}

/* Who sleeps */

static void run_insert(struct bare *bare, uint64_t key)
{
	uint32_t i = bare->run_count++;

	for (; i > 0 && bare->run[i - 1] < key; i--)
		bare->run[i] = bare->run[i - 1];
	bare->run[i] = key;
}

static void sleep_until(struct bare *bare, uint64_t time_ns, uint32_t task)
{
	uint64_t key = time_ns << TASK_BITS | task, bucket = time_ns >> bare->width_log;
	uint32_t at = bare->free_sleeper, *head;

	bare->sleeping++;
	if (bucket <= bare->bucket) {
		run_insert(bare, key);
		return;
	}
	assert(bucket - bare->bucket <= bare->buckets_mask);
	head = &bare->buckets[bucket & bare->buckets_mask];
	bare->free_sleeper = bare->sleepers[at].next;
	bare->sleepers[at] = (struct sleeper){ .key = key, .next = *head };
	*head = at;
}

/* The next key; there is one if anybody sleeps. */
static uint64_t first_key(struct bare *bare)
{
	while (bare->run_count == 0 && bare->sleeping > 0) {
		uint32_t *head = &bare->buckets[++bare->bucket & bare->buckets_mask];

		while (*head != NOBODY) {
			struct sleeper *sleeper = &bare->sleepers[*head];
			uint32_t next = sleeper->next;

			run_insert(bare, sleeper->key);
			__builtin_prefetch(
				&bare->cpus[(sleeper->key & TASK_MASK) % bare->cpus_count]);
			sleeper->next = bare->free_sleeper;
			bare->free_sleeper = *head;
			*head = next;
		}
	}
	return bare->run_count > 0 ? bare->run[bare->run_count - 1] : NEVER;
}

/* Events */

static void cpu_event(struct bare *bare, uint32_t cpu)
{
	struct cpu *c = &bare->cpus[cpu];
	uint64_t ran = bare->now_ns - c->since_ns;

	if (ran >= c->left_ns)
		sleep_until(bare, bare->now_ns + draw(bare, SLEEP_MEAN_NS), c->curr);
	else
		push(c, (c->left_ns - ran) << TASK_BITS | c->curr);
	run_next(bare, cpu);
}

uint64_t bare_advance(struct bare *bare, uint64_t wakeups)
{
	uint64_t events = 0;

	while (wakeups > 0) {
		uint64_t key = first_key(bare), cpu_key = bare->tree[1];

		events++;
		if (key >> TASK_BITS <= cpu_key >> CPU_BITS) {
			bare->now_ns = key >> TASK_BITS;
			bare->run_count--;
			bare->sleeping--;
			wake(bare, key & TASK_MASK);
			wakeups--;
		} else {
			bare->now_ns = cpu_key >> CPU_BITS;
			cpu_event(bare, cpu_key & ((1U << CPU_BITS) - 1));
		}
	}
	return events;
}

void bare_idle(const struct bare *bare, uint64_t *idle_ns, uint64_t *all_ns)
{
	*idle_ns = bare->idle_ns;
	*all_ns = bare->now_ns * bare->cpus_count;
}

struct bare *bare_new(uint32_t cpus, uint32_t tasks)
{
	struct bare *bare = g_new0(struct bare, 1);

	assert(cpus > 0 && cpus <= 1U << CPU_BITS && tasks > 0 && tasks <= TASK_MASK);
	bare->cpus_count = cpus;
	for (bare->leaves = 1; bare->leaves < cpus;)
		bare->leaves *= 2;
	bare->tree = g_new(uint64_t, 2 * bare->leaves);
	memset(bare->tree, 0xff, 2 * bare->leaves * sizeof(*bare->tree));
	/* A burst of 1 ms per CPU, so as many wake-ups in that time: about two in a bucket. */
	for (bare->width_log = 21;
		bare->width_log > 4 && (unsigned)RUN_MEAN_NS >> bare->width_log < cpus / 2;)
		bare->width_log--;
	bare->buckets_mask = (1U << (SLEEP_BITS - bare->width_log)) - 1;
	bare->buckets = g_new(uint32_t, bare->buckets_mask + 1);
	memset(bare->buckets, 0xff, (bare->buckets_mask + 1) * sizeof(*bare->buckets));
	bare->sleepers = g_new(struct sleeper, tasks);
	for (uint32_t i = 0; i < tasks; i++)
		bare->sleepers[i].next = i + 1;
	bare->run = g_new(uint64_t, tasks);
	bare->cpus = g_new0(struct cpu, cpus);
	for (uint32_t cpu = 0; cpu < cpus; cpu++) {
		bare->cpus[cpu].curr = NOBODY;
		bare->cpus[cpu].ring = g_new(uint64_t, RING_MIN);
		bare->cpus[cpu].mask = RING_MIN - 1;
	}
	for (uint32_t task = 0; task < tasks; task++)
		wake(bare, task);
	return bare;
}

void bare_free(struct bare *bare)
{
	for (uint32_t cpu = 0; cpu < bare->cpus_count; cpu++)
		g_free(bare->cpus[cpu].ring);
	g_free(bare->cpus);
	g_free(bare->run);
	g_free(bare->sleepers);
	g_free(bare->buckets);
	g_free(bare->tree);
	g_free(bare);
}
