/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_LEVEL_H
#define CIDSIM_SIM_EXPLORE_SEARCH_LEVEL_H

/*
 * The states of a level, in blocks. One thread fills a level; then any number of threads take
 * blocks off it:
 *
 *     FILLED --level_push()--> FILLED        one thread
 *     TAKEN  --level_take()--> TAKEN         any thread
 *
 * Between the two, the level belongs to one thread. The same is true while the levels of several
 * threads are put together.
 */

#include <glib.h>
#include <stdatomic.h>

#include "sim/explore/state/parts.h"

enum { LEVEL_BLOCK = 1024 };

struct level_block {
	uint32_t count;
	state_id ids[LEVEL_BLOCK];
};

struct level {
	GPtrArray *blocks; /* a block that is taken is NULL */
	atomic_uint next;  /* index of the next block to take */
	uint64_t count;    /* states that were pushed */
};

void level_init(struct level *level);
void level_clear(struct level *level);

void level_push(struct level *level, state_id id);

/* The next block, to be freed by g_free(); NULL: none is left. */
struct level_block *level_take(struct level *level);

/* Move all blocks of @from to the end of @level; @from is empty afterwards. */
void level_move(struct level *level, struct level *from);

/* Forget all states. */
void level_empty(struct level *level);

/* Bytes of the states that were pushed, whether they are taken or not. */
static inline size_t level_bytes(const struct level *level)
{
	return (size_t)level->count * sizeof(state_id);
}

#endif
