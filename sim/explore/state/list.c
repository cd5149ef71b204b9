/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/list.h"

#include <assert.h>
#include <string.h>

#include "sim/explore/state/pack-private.h"
#include "sim/explore/state/pages.h"

/* Numbers without the bits that no part has. Their order is that of the states. */

#define NARROW_HALVES (UINT64_C(1) << 62)

static uint8_t width_of(const struct dictionary *dictionary)
{
	return (uint8_t)(32 - __builtin_clz(dictionary_count(dictionary) | 1));
}

struct list_widths list_widths(const struct parts *parts)
{
	struct list_widths widths = {
		.cpus = width_of(&parts->of[PART_CPUS]),
		.mm = width_of(&parts->of[PART_MMS]),
		.floats = width_of(&parts->of[PART_FLOATS]),
		.left = width_of(&parts->of[PART_LEFT]),
		.right = width_of(&parts->of[PART_RIGHT]),
	};

	return widths;
}

static inline uint64_t narrow(const struct list_widths *w, state_id id)
{
	uint64_t cpus, mm, floats;

	if (id & PARTS_HALVES) {
		cpus = (id & ~PARTS_HALVES) >> (PARTS_LEFT_AT + PARTS_HALF_BITS - w->left);
		return NARROW_HALVES | cpus << w->right |
		       (id >> PARTS_RIGHT_AT & pack_mask(PARTS_HALF_BITS));
	}
	cpus = id >> (PARTS_CPUS_AT + PARTS_CPUS_BITS - w->cpus);
	mm = id >> PARTS_MM_AT & pack_mask(PARTS_MM_BITS);
	floats = id >> PARTS_FLOATS_AT & pack_mask(PARTS_FLOATS_BITS);
	return (cpus << w->mm | mm) << w->floats | floats;
}

static inline state_id widen_halves(const struct list_widths *w, uint64_t value)
{
	uint64_t left = (value & ~NARROW_HALVES) >> w->right;

	return PARTS_HALVES | left << (PARTS_LEFT_AT + PARTS_HALF_BITS - w->left) |
	       (value & pack_mask(w->right)) << PARTS_RIGHT_AT;
}

static inline state_id widen_sorted(const struct list_widths *w, uint64_t value)
{
	uint64_t mm = value >> w->floats & pack_mask(w->mm);

	return value >> (w->floats + w->mm) << (PARTS_CPUS_AT + PARTS_CPUS_BITS - w->cpus) |
	       mm << PARTS_MM_AT | (value & pack_mask(w->floats)) << PARTS_FLOATS_AT;
}

/* Turn @count values, sorted, into states. */
static void widen(const struct list_widths *w, uint64_t *values, unsigned count)
{
	unsigned i = 0;

	if (!(values[count - 1] & NARROW_HALVES)) {
		for (; i < count; i++)
			values[i] = widen_sorted(w, values[i]);
		return;
	}
	for (; !(values[i] & NARROW_HALVES); i++)
		values[i] = widen_sorted(w, values[i]);
	for (; i < count; i++)
		values[i] = widen_halves(w, values[i]);
}

/* The position of the highest bit of @value; 0 for 0. */
static unsigned log2_of(uint64_t value)
{
	return 63u - (unsigned)__builtin_clzll(value | 1);
}

uint64_t list_bytes_for(const struct list_widths *widths, uint64_t count)
{
	unsigned bits = MAX((unsigned)widths->cpus + widths->mm + widths->floats,
		(unsigned)widths->left + widths->right);
	unsigned each = 2 * sizeof(uint64_t) * 8 / LIST_BLOCK + 4;

	if (bits > log2_of(count))
		each += bits - log2_of(count);
	/* A block has an index, and its rows end with words. */
	return count * each / 8 + count / (LIST_BLOCK / 2) * sizeof(struct list_block) + 256;
}

/* Writing */

void list_writer_begin(struct list_writer *writer, const struct list_widths *widths)
{
	writer->widths = *widths;
	writer->count = writer->blocks_count = writer->words_count = 0;
}

void list_writer_clear(struct list_writer *writer)
{
	g_free(writer->blocks);
	g_free(writer->words);
	memset(writer, 0, sizeof(*writer));
}

static void make_room(struct list_writer *writer, uint64_t count)
{
	uint64_t blocks = writer->blocks_count + count / LIST_BLOCK + 1;
	uint64_t words =
		writer->words_count + count + (LIST_HIGH_WORDS_MAX + 2) * (count / LIST_BLOCK + 1);

	if (blocks > writer->blocks_room) {
		writer->blocks_room = blocks + blocks / 2;
		writer->blocks = g_renew(struct list_block, writer->blocks, writer->blocks_room);
	}
	if (words > writer->words_room) {
		writer->words_room = words + words / 2;
		writer->words = g_renew(uint64_t, writer->words, writer->words_room);
	}
}

static unsigned words_for(unsigned bits)
{
	return (bits + 63) / 64;
}

static void write_block(struct list_writer *writer, const state_id *ids, unsigned count)
{
	struct list_block *block = &writer->blocks[writer->blocks_count++];
	uint64_t first = narrow(&writer->widths, ids[0]);
	uint64_t range = narrow(&writer->widths, ids[count - 1]) - first;
	uint64_t *judged = writer->words + writer->words_count, *high, *low;
	unsigned bits = log2_of(range / count), end;

	block->first = ids[0] & ~PARTS_JUDGED;
	block->at = (uint32_t)writer->words_count;
	block->count = (uint8_t)count;
	block->low_bits = (uint8_t)bits;
	block->high_words = (uint8_t)words_for((unsigned)(range >> bits) + count);
	assert(block->high_words <= LIST_HIGH_WORDS_MAX);
	high = judged + words_for(count);
	low = high + block->high_words;
	end = (unsigned)(low - judged) + words_for(count * bits);
	memset(judged, 0, end * sizeof(*judged));
	for (unsigned i = 0; i < count; i++) {
		uint64_t value = narrow(&writer->widths, ids[i]) - first;
		uint64_t row = (value >> bits) + i;
		unsigned at = i * bits;

		assert(i == 0 || ids[i] > ids[i - 1]);
		judged[i / 64] |= (ids[i] & PARTS_JUDGED) << i % 64;
		high[row / 64] |= UINT64_C(1) << row % 64;
		value &= pack_mask(bits);
		if (bits == 0)
			continue;
		low[at / 64] |= value << at % 64;
		if (at % 64 + bits > 64)
			low[at / 64 + 1] |= value >> (64 - at % 64);
	}
	writer->words_count += end;
	writer->count += count;
}

struct list_piece list_write(struct list_writer *writer, const state_id *ids, uint64_t count)
{
	struct list_piece piece = { writer, writer->blocks_count, 0, writer->words_count, 0 };

	make_room(writer, count);
	for (uint64_t at = 0; at < count; at += LIST_BLOCK)
		write_block(writer, ids + at, (unsigned)MIN(count - at, LIST_BLOCK));
	piece.blocks_end = writer->blocks_count;
	piece.words_end = writer->words_count;
	assert(writer->words_count <= writer->words_room);
	return piece;
}

/* The list */

struct state_list list_outline(const struct list_piece *pieces, unsigned count, unsigned depth)
{
	struct state_list list = { .depth = depth, .words_count = 1 };

	for (unsigned i = 0; i < count; i++) {
		const struct list_piece *piece = &pieces[i];

		list.blocks_count += piece->blocks_end - piece->block;
		list.words_count += piece->words_end - piece->word;
		list.widths = piece->writer->widths;
		for (uint64_t at = piece->block; at < piece->blocks_end; at++)
			list.count += piece->writer->blocks[at].count;
	}
	g_assert(list.words_count <= UINT32_MAX);
	list.blocks_bytes = (size_t)(list.blocks_count * sizeof(*list.blocks));
	list.words_bytes = (size_t)(list.words_count * sizeof(*list.words));
	return list;
}

void list_put(const struct list_piece *pieces, unsigned count,
	void (*write)(void *context, const void *bytes, size_t length), void *context)
{
	const uint64_t end = 0;
	uint64_t words = 0;

	for (unsigned i = 0; i < count; i++) {
		const struct list_piece *piece = &pieces[i];

		for (uint64_t at = piece->block; at < piece->blocks_end; at++) {
			struct list_block block = piece->writer->blocks[at];

			block.at = (uint32_t)(block.at - piece->word + words);
			write(context, &block, sizeof(block));
		}
		words += piece->words_end - piece->word;
	}
	for (unsigned i = 0; i < count; i++) {
		const struct list_piece *piece = &pieces[i];

		if (piece->words_end > piece->word)
			write(context, piece->writer->words + piece->word,
				(size_t)(piece->words_end - piece->word) * sizeof(uint64_t));
	}
	write(context, &end, sizeof(end));
}

/* What is written goes to memory. */
static void copy(void *context, const void *bytes, size_t length)
{
	char **to = context;

	memcpy(*to, bytes, length);
	*to += length;
}

struct state_list *list_new(const struct list_piece *pieces, unsigned count, unsigned depth)
{
	struct state_list *list = g_new(struct state_list, 1);
	char *to;

	*list = list_outline(pieces, count, depth);
	/* Words follow blocks. */
	to = pages_new(list->blocks_bytes + list->words_bytes);
	if (!to) {
		g_free(list);
		return NULL;
	}
	list->blocks = (struct list_block *)to;
	list->words = (uint64_t *)(to + list->blocks_bytes);
	list_put(pieces, count, copy, &to);
	return list;
}

void list_free(struct state_list *list)
{
	if (!list)
		return;
	if (!list->borrowed)
		pages_free(list->blocks, list->blocks_bytes + list->words_bytes);
	g_free(list);
}

/* Reading */

unsigned list_read_plain(const struct state_list *list, uint64_t at_block, state_id *ids)
{
	const struct list_block *block = &list->blocks[at_block];
	const uint64_t *high = list->words + block->at + words_for(block->count);
	const uint64_t *low = high + block->high_words;
	const uint64_t first = narrow(&list->widths, block->first);
	const unsigned bits = block->low_bits;
	const uint64_t mask = pack_mask(bits);
	unsigned count = 0, at = 0;

	for (unsigned word = 0; word < block->high_words; word++) {
		for (uint64_t row = high[word]; row; row &= row - 1) {
			uint64_t above = word * 64 + (unsigned)__builtin_ctzll(row) - count;
			uint64_t below = low[at / 64] >> at % 64 | low[at / 64 + 1]
			                                                   << 1 << (63 - at % 64);

			ids[count++] = first + (above << bits | (below & mask));
			at += bits;
		}
	}
	assert(at_block < list->blocks_count && count == block->count);
	widen(&list->widths, ids, count);
	return count;
}

unsigned list_read(const struct state_list *list, uint64_t block, state_id *ids)
{
	const struct list_block *b = &list->blocks[block];
	const uint64_t *judged = list->words + b->at;
	unsigned count = list_read_plain(list, block, ids);

	for (unsigned i = 0; i < count; i++)
		ids[i] |= judged[i / 64] >> i % 64 & PARTS_JUDGED;
	return count;
}

uint64_t list_find(const struct state_list *list, state_id id)
{
	uint64_t from = 0, to = list->blocks_count;

	while (from + 1 < to) {
		uint64_t middle = from + (to - from) / 2;

		if (list->blocks[middle].first <= id)
			from = middle;
		else
			to = middle;
	}
	return from;
}
