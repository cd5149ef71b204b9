/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/explore/frontier.h"

enum { CHUNK = 1 << 20 };

static void free_chunk(gpointer chunk)
{
	if (chunk)
		g_byte_array_free(chunk, TRUE);
}

void frontier_init(struct frontier *frontier)
{
	*frontier = (struct frontier){ .chunks = g_ptr_array_new_with_free_func(free_chunk),
		.ends = g_array_new(FALSE, FALSE, sizeof(struct frontier_state)) };
}

void frontier_clear(struct frontier *frontier)
{
	g_ptr_array_free(frontier->chunks, TRUE);
	g_array_free(frontier->ends, TRUE);
}

bool frontier_is_empty(const struct frontier *frontier)
{
	return frontier->next == frontier->ends->len;
}

static GByteArray *chunk_at(const struct frontier *frontier, uint32_t chunk)
{
	return frontier->chunks->pdata[chunk];
}

void frontier_push(struct frontier *frontier, const struct memory *memory, const uint64_t *image,
	size_t words, uint32_t number)
{
	struct frontier_state state = { .number = number };
	GByteArray *last = NULL;

	if (frontier->chunks->len > 0)
		last = chunk_at(frontier, frontier->chunks->len - 1);
	if (!last || last->len >= CHUNK) {
		last = g_byte_array_sized_new(CHUNK + CHUNK / 8);
		g_ptr_array_add(frontier->chunks, last);
	}
	state.chunk = frontier->chunks->len - 1;
	state.at = last->len;
	memory_pack(memory, image, words, last);
	g_array_append_val(frontier->ends, state);
	frontier->bytes += last->len - state.at + sizeof(state);
}

uint32_t frontier_take_first(
	struct frontier *frontier, const struct memory *memory, uint64_t *image)
{
	struct frontier_state state =
		g_array_index(frontier->ends, struct frontier_state, frontier->next);

	g_assert(!frontier_is_empty(frontier));
	if (state.chunk > 0 && frontier->chunks->pdata[state.chunk - 1]) {
		free_chunk(frontier->chunks->pdata[state.chunk - 1]);
		frontier->chunks->pdata[state.chunk - 1] = NULL;
	}
	memory_unpack(memory, chunk_at(frontier, state.chunk)->data + state.at, image);
	frontier->next++;
	return state.number;
}

uint32_t frontier_take_last(struct frontier *frontier, const struct memory *memory, uint64_t *image)
{
	struct frontier_state state =
		g_array_index(frontier->ends, struct frontier_state, frontier->ends->len - 1);

	g_assert(!frontier_is_empty(frontier));
	memory_unpack(memory, chunk_at(frontier, state.chunk)->data + state.at, image);
	g_array_set_size(frontier->ends, frontier->ends->len - 1);
	g_byte_array_set_size(chunk_at(frontier, state.chunk), state.at);
	if (state.at == 0)
		g_ptr_array_set_size(frontier->chunks, (gint)state.chunk);
	return state.number;
}
