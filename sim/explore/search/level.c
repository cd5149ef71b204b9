/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/level.h"

void level_init(struct level *level)
{
	level->blocks = g_ptr_array_new_with_free_func(g_free);
	level->next = 0;
	level->count = 0;
}

void level_clear(struct level *level)
{
	g_ptr_array_free(level->blocks, TRUE);
	level->blocks = NULL;
}

void level_push(struct level *level, state_id id)
{
	struct level_block *block = NULL;

	g_assert(id != 0 && level->next == 0);
	if (level->blocks->len > 0)
		block = g_ptr_array_index(level->blocks, level->blocks->len - 1);
	if (!block || block->count == LEVEL_BLOCK) {
		block = g_new(struct level_block, 1);
		block->count = 0;
		g_ptr_array_add(level->blocks, block);
	}
	block->ids[block->count++] = id;
	level->count++;
}

struct level_block *level_take(struct level *level)
{
	unsigned at = atomic_fetch_add_explicit(&level->next, 1, memory_order_relaxed);
	struct level_block *block;

	if (at >= level->blocks->len)
		return NULL;
	block = g_ptr_array_index(level->blocks, at);
	g_ptr_array_index(level->blocks, at) = NULL;
	return block;
}

void level_move(struct level *level, struct level *from)
{
	g_assert(level->next == 0 && from->next == 0);
	for (guint i = 0; i < from->blocks->len; i++)
		g_ptr_array_add(level->blocks, g_ptr_array_index(from->blocks, i));
	level->count += from->count;
	g_free(g_ptr_array_free(from->blocks, FALSE));
	level_init(from);
}

void level_empty(struct level *level)
{
	level_clear(level);
	level_init(level);
}
