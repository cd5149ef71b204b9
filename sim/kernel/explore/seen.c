/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/explore/seen.h"

#include <string.h>

enum { SLOTS_MIN = 1 << 12 };

void seen_init(struct seen *seen, struct seen_entry *entries, uint32_t max)
{
	*seen = (struct seen){ .entries = entries, .max = max, .slots_count = SLOTS_MIN };
	seen->slots = g_new0(uint32_t, seen->slots_count);
}

void seen_clear(struct seen *seen)
{
	g_free(seen->slots);
	seen->slots = NULL;
}

void seen_reset(struct seen *seen)
{
	seen->count = 0;
	memset(seen->slots, 0, seen->slots_count * sizeof(*seen->slots));
}

/* Where @key is, or belongs. */
static uint32_t *find(const struct seen *seen, struct key key)
{
	uint32_t at = (uint32_t)(key.a & (seen->slots_count - 1));

	while (seen->slots[at]) {
		const struct key *other = &seen->entries[seen->slots[at] - 1].key;

		if (other->a == key.a && other->b == key.b)
			break;
		at = (at + 1) & (seen->slots_count - 1);
	}
	return &seen->slots[at];
}

bool seen_has(const struct seen *seen, struct key key)
{
	return *find(seen, key) != 0;
}

static void grow(struct seen *seen)
{
	g_free(seen->slots);
	seen->slots_count *= 2;
	seen->slots = g_new0(uint32_t, seen->slots_count);
	for (uint32_t i = 0; i < seen->count; i++)
		*find(seen, seen->entries[i].key) = i + 1;
}

uint32_t seen_add(struct seen *seen, struct key key, uint32_t parent, const struct event *event)
{
	uint32_t *slot = find(seen, key);

	if (*slot)
		return SEEN_NONE;
	g_assert(seen->count < seen->max);
	seen->entries[seen->count] = (struct seen_entry){ .key = key,
		.parent = parent,
		.kind = event->kind,
		.a = event->a,
		.b = event->b,
		.c = event->c };
	*slot = ++seen->count;
	if (seen->count > seen->slots_count / 2)
		grow(seen);
	return seen->count - 1;
}

void seen_follow(struct seen *seen, uint32_t count)
{
	g_assert(count >= seen->count && count <= seen->max);
	while (seen->count < count) {
		uint32_t *slot = find(seen, seen->entries[seen->count].key);

		g_assert(!*slot);
		*slot = ++seen->count;
		if (seen->count > seen->slots_count / 2)
			grow(seen);
	}
}

size_t seen_bytes(const struct seen *seen)
{
	return seen->count * sizeof(*seen->entries) + seen->slots_count * sizeof(*seen->slots);
}
