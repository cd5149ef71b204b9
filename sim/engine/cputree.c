/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/cputree.h"

#include <assert.h>
#include <glib.h>

struct cputree *cputree_new(uint32_t count)
{
	struct cputree *tree = g_new(struct cputree, 1);

	assert(count >= 1 && count <= CPUTREE_CPUS_MAX);

	tree->count = count;
	tree->leaves = 1;
	while (tree->leaves < count)
		tree->leaves *= 2;
	tree->keys = g_new(uint64_t, 2 * tree->leaves);
	for (uint32_t i = 0; i < 2 * tree->leaves; i++)
		tree->keys[i] = UINT64_MAX;
	return tree;
}

void cputree_free(struct cputree *tree)
{
	if (tree == NULL)
		return;
	g_free(tree->keys);
	g_free(tree);
}

void cputree_set(struct cputree *tree, uint32_t cpu, uint64_t time_ns)
{
	uint64_t *keys = tree->keys;
	uint64_t key = UINT64_MAX;
	uint32_t i = tree->leaves + cpu;

	assert(cpu < tree->count);
	assert(time_ns >> CPUTREE_TIME_BITS == 0 || time_ns == CPUTREE_NEVER);

	if (time_ns != CPUTREE_NEVER)
		key = time_ns << CPUTREE_CPU_BITS | cpu;
	keys[i] = key;
	while (i > 1) {
		uint64_t other = keys[i ^ 1];

		/* Which child wins cannot be predicted: this must stay a conditional move. */
		key = other < key ? other : key;
		i /= 2;
		if (keys[i] == key)
			return;
		keys[i] = key;
	}
}
