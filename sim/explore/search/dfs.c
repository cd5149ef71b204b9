/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/depth.h"
#include "sim/explore/search/modes.h"

/* Depth first with the exact set of states. Set and stack share the memory: what one of them has,
 * the other cannot have. */

struct exact {
	struct state_set set;
	size_t memory;
};

static void prefetch(const void *context, uint64_t hash)
{
	set_prefetch(&((const struct exact *)context)->set, hash);
}

static enum set_answer add(void *context, const uint32_t *key, uint64_t hash)
{
	return set_add(&((struct exact *)context)->set, key, hash);
}

static size_t share(void *context, size_t stack_bytes)
{
	struct exact *exact = context;
	size_t left = exact->memory > exact->set.bytes ? exact->memory - exact->set.bytes : 0;

	if (stack_bytes <= left)
		exact->set.bytes_max = exact->memory - stack_bytes;
	return left;
}

static size_t bytes(const void *context)
{
	return ((const struct exact *)context)->set.bytes;
}

struct search_result *search_depth_first(
	const struct search_options *options, const struct pack_layout *layout)
{
	struct exact exact = { .memory = options->memory };
	const struct depth_seen seen = { &exact, SEARCH_EXHAUSTED, prefetch, add, share, bytes };
	struct search_result *result;

	if (!set_init(&exact.set, layout->words, options->memory))
		g_error("no memory");
	result = depth_search(options, layout, &seen);
	g_assert(result->states == exact.set.count);
	result->set_bytes = exact.set.bytes;
	set_free(&exact.set);
	return result;
}
