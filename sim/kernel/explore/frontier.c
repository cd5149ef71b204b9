/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/explore/frontier.h"

#include <string.h>

/* A chunk has whole states: how many bytes memory_pack() makes, the number, those bytes, and again how
 * many, by which the last one is found. GLib allots powers of two, so a chunk must not grow beyond
 * one. */
enum { CHUNK = 1 << 20 };

static void free_chunk(gpointer chunk)
{
	if (chunk)
		g_byte_array_free(chunk, TRUE);
}

void frontier_init(struct frontier *frontier)
{
	*frontier = (struct frontier){ .chunks = g_ptr_array_new_with_free_func(free_chunk),
		.packed = g_byte_array_new() };
}

void frontier_clear(struct frontier *frontier)
{
	g_ptr_array_free(frontier->chunks, TRUE);
	g_byte_array_free(frontier->packed, TRUE);
}

bool frontier_is_empty(const struct frontier *frontier)
{
	return frontier->count == 0;
}

static GByteArray *last_chunk(const struct frontier *frontier)
{
	guint chunks = frontier->chunks->len;

	return chunks > 0 ? frontier->chunks->pdata[chunks - 1] : NULL;
}

static void append_number(GByteArray *chunk, uint32_t number)
{
	g_byte_array_append(chunk, (const guint8 *)&number, sizeof(number));
}

static uint32_t number_at(const uint8_t *from)
{
	uint32_t number;

	memcpy(&number, from, sizeof(number));
	return number;
}

void frontier_push_packed(
	struct frontier *frontier, const uint8_t *packed, uint32_t bytes, uint32_t number)
{
	GByteArray *last = last_chunk(frontier);

	if (!last || last->len + bytes + 3 * sizeof(number) > CHUNK) {
		last = g_byte_array_sized_new(CHUNK);
		g_ptr_array_add(frontier->chunks, last);
		frontier->bytes += CHUNK;
	}
	append_number(last, bytes);
	append_number(last, number);
	g_byte_array_append(last, packed, bytes);
	append_number(last, bytes);
	g_assert(last->len <= CHUNK);
	frontier->count++;
}

void frontier_push(struct frontier *frontier, const struct memory *memory, const uint64_t *image,
	size_t words, uint32_t number)
{
	g_byte_array_set_size(frontier->packed, 0);
	memory_pack(memory, image, words, frontier->packed);
	frontier_push_packed(frontier, frontier->packed->data, frontier->packed->len, number);
}

/* All states of the first chunk were taken. */
static void drop_first_chunk(struct frontier *frontier)
{
	free_chunk(frontier->chunks->pdata[frontier->first]);
	frontier->chunks->pdata[frontier->first] = NULL;
	frontier->first++;
	frontier->at = 0;
	frontier->bytes -= CHUNK;
}

const uint8_t *frontier_take_packed(struct frontier *frontier, uint32_t *bytes, uint32_t *number)
{
	const GByteArray *chunk;
	const uint8_t *from;

	g_assert(!frontier_is_empty(frontier));
	chunk = frontier->chunks->pdata[frontier->first];
	if (frontier->at == chunk->len) {
		drop_first_chunk(frontier);
		chunk = frontier->chunks->pdata[frontier->first];
	}
	from = chunk->data + frontier->at;
	*bytes = number_at(from);
	*number = number_at(from + sizeof(*bytes));
	frontier->at += *bytes + 3 * sizeof(*bytes);
	frontier->count--;
	return from + 2 * sizeof(*bytes);
}

uint32_t frontier_take_first(
	struct frontier *frontier, const struct memory *memory, uint64_t *image)
{
	uint32_t bytes, number;
	const uint8_t *packed = frontier_take_packed(frontier, &bytes, &number);

	memory_unpack(memory, packed, image);
	return number;
}

uint32_t frontier_take_last(struct frontier *frontier, const struct memory *memory, uint64_t *image)
{
	GByteArray *last = last_chunk(frontier);
	uint32_t bytes, number;
	const uint8_t *from;

	g_assert(!frontier_is_empty(frontier) && frontier->first == 0 && frontier->at == 0);
	bytes = number_at(last->data + last->len - sizeof(bytes));
	from = last->data + last->len - bytes - 2 * sizeof(bytes);
	number = number_at(from);
	memory_unpack(memory, from + sizeof(number), image);
	g_byte_array_set_size(last, last->len - bytes - 3 * (guint)sizeof(bytes));
	if (last->len == 0) {
		g_ptr_array_set_size(frontier->chunks, (gint)frontier->chunks->len - 1);
		frontier->bytes -= CHUNK;
	}
	frontier->count--;
	return number;
}
