/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/masks.h"

#include <string.h>

#include "sim/base/hash.h"

struct mask_key {
	struct cpu_set set;
	uint32_t words;
};

static guint hash_set(gconstpointer data)
{
	const struct mask_key *key = data;
	uint64_t hash = 0;

	for (uint32_t i = 0; i < key->words; i++)
		hash = hash_mix(hash ^ key->set.words[i]);
	return (guint)hash;
}

static gboolean same_set(gconstpointer a, gconstpointer b)
{
	const struct mask_key *x = a, *y = b;

	return memcmp(x->set.words, y->set.words, x->words * sizeof(uint64_t)) == 0;
}

void masks_init(struct masks *masks, uint32_t cpus_count)
{
	const struct cpu_set all = { .count = cpus_count };

	g_assert(cpus_count > 0);
	masks->cpus_count = cpus_count;
	masks->sets = g_array_new(FALSE, FALSE, sizeof(struct cpu_set));
	masks->index = g_hash_table_new_full(hash_set, same_set, g_free, NULL);
	g_array_append_val(masks->sets, all);
}

void masks_clear(struct masks *masks)
{
	g_array_free(masks->sets, TRUE);
	g_hash_table_destroy(masks->index);
}

uint32_t masks_intern(struct masks *masks, const struct cpu_set *set)
{
	struct mask_key key = { .set = *set, .words = (masks->cpus_count + 63) / 64 };
	gpointer found;

	g_assert(set->count <= masks->cpus_count);
	if (set->count == masks->cpus_count || !set->words)
		return MASK_ALL;
	if (g_hash_table_lookup_extended(masks->index, &key, NULL, &found))
		return GPOINTER_TO_UINT(found);
	g_assert(masks->sets->len < MASKS_MAX);
	g_array_append_val(masks->sets, key.set);
	g_hash_table_insert(
		masks->index, g_memdup2(&key, sizeof(key)), GUINT_TO_POINTER(masks->sets->len - 1));
	return masks->sets->len - 1;
}
