/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_CPUTREE_H
#define CIDSIM_SIM_ENGINE_CPUTREE_H

/*
 * The next event of each CPU: a winner tree with one slot per CPU. A slot is set, moved and
 * cleared at will, which is what slice ends need. A node has four children: that makes half as many
 * levels as two children, and the four are in one cache line.
 * Order: (time, CPU); of equal times the lowest CPU comes first.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
	CPUTREE_CPU_BITS = 13,
	CPUTREE_CPUS_MAX = 1 << CPUTREE_CPU_BITS,
	CPUTREE_TIME_BITS = 42,
};

/* The time of a CPU that has no event. */
#define CPUTREE_NEVER UINT64_MAX

/* The fields belong to cputree.c; they are here so that the minimum is read without a call. */
struct cputree {
	uint64_t *keys;  /* time << 13 | CPU: the root is [1], the children of i 4i to 4i + 3 */
	uint32_t leaves; /* a power of four: the key of CPU c is [leaves + c] */
	uint32_t count;  /* CPUs */
};

/* A tree of @count CPUs, 1..CPUTREE_CPUS_MAX, all at CPUTREE_NEVER. Free it with cputree_free(). */
struct cputree *cputree_new(uint32_t count);

/* NULL is allowed. */
void cputree_free(struct cputree *tree);

/* The next event of @cpu is at @time_ns, below 2^42, instead of whatever it was;
 * CPUTREE_NEVER: it has none. O(log CPUs), and less if @cpu neither was nor becomes one of the
 * first. */
void cputree_set(struct cputree *tree, uint32_t cpu, uint64_t time_ns);

/* When the next event of @cpu is; CPUTREE_NEVER if it has none. */
static inline uint64_t cputree_time(const struct cputree *tree, uint32_t cpu)
{
	uint64_t key = tree->keys[tree->leaves + cpu];

	return key == UINT64_MAX ? CPUTREE_NEVER : key >> CPUTREE_CPU_BITS;
}

/* When the first event is; CPUTREE_NEVER if there is none. */
static inline uint64_t cputree_min_time(const struct cputree *tree)
{
	return tree->keys[1] == UINT64_MAX ? CPUTREE_NEVER : tree->keys[1] >> CPUTREE_CPU_BITS;
}

/* Whose event is first. There is one: cputree_min_time() is not CPUTREE_NEVER. */
static inline uint32_t cputree_min_cpu(const struct cputree *tree)
{
	return (uint32_t)tree->keys[1] & (CPUTREE_CPUS_MAX - 1);
}

/* Whose event is first among the CPUs around @cpu: the tree is cut in @parts (a power of four) such
 * neighbourhoods, or as many as it has CPUs. With no event among them some CPU, maybe beyond the
 * last, clipped to a valid one. For guessing ahead only. */
static inline uint32_t cputree_first_near(const struct cputree *tree, uint32_t cpu, uint32_t parts)
{
	uint32_t node = tree->leaves + cpu;
	uint32_t up = tree->leaves > parts ? (uint32_t)__builtin_ctz(tree->leaves / parts) : 0;
	uint32_t first = (uint32_t)tree->keys[node >> up] & (CPUTREE_CPUS_MAX - 1);

	return first < tree->count ? first : cpu;
}

#endif
