/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/cputree.h"

#include <glib.h>

#include "sim/base/hot-assert.h"

struct cputree *cputree_new(uint32_t count)
{
	struct cputree *tree = g_new(struct cputree, 1);
	uint32_t keys;

	assert(count >= 1 && count <= CPUTREE_CPUS_MAX);

	tree->count = count;
	tree->leaves = 1;
	while (tree->leaves < count)
		tree->leaves *= 4;
	keys = (tree->leaves + count + 3) & ~3U; /* cputree_set() reads whole groups of four */
	tree->keys = g_aligned_alloc(keys, sizeof(uint64_t), 64);
	for (uint32_t i = 0; i < keys; i++)
		tree->keys[i] = UINT64_MAX;
	return tree;
}

void cputree_free(struct cputree *tree)
{
	if (tree == NULL)
		return;
	g_aligned_free(tree->keys);
	g_free(tree);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

inline void cputree_set(struct cputree *tree, uint32_t cpu, uint64_t time_ns)
{
	uint64_t *keys = tree->keys;
	uint64_t key = UINT64_MAX;
	uint32_t i = tree->leaves + cpu;

	hot_assert(cpu < tree->count);
	hot_assert(time_ns >> CPUTREE_TIME_BITS == 0 || time_ns == CPUTREE_NEVER);

	if (time_ns != CPUTREE_NEVER)
		key = time_ns << CPUTREE_CPU_BITS | cpu;
	keys[i] = key;
	while (i > 1) {
		const uint64_t *four = keys + (i & ~3U);

		/* Which child wins cannot be predicted: these must stay conditional moves. */
		key = earlier(earlier(four[0], four[1]), earlier(four[2], four[3]));
		i /= 4;
		if (keys[i] == key)
			return;
		keys[i] = key;
	}
}
