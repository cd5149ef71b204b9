/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_LIST_H
#define CIDSIM_SIM_EXPLORE_STATE_LIST_H

/*
 * Many states in the order of their numbers (parts.h), in two to three bytes each. A list never
 * changes once it is made, so threads share it without a lock.
 *
 * A list is blocks of up to 128 states. The index knows the first state of each block. The others
 * are coded as in Elias, 1974, and Fano, 1971: of its distance from the first one, a state has the
 * lowest bits as they are, and the others as one bit in a row of bits. That is at most two bits
 * more for each state than the logarithm of the mean distance. What no number in the list has is
 * left out before: the bits of parts that are larger than the number of parts.
 *
 *     words of a block:   judged states | row of bits | lowest bits
 */

#include "sim/explore/state/parts.h"

enum { LIST_BLOCK = 128, LIST_HIGH_WORDS_MAX = 6 };

/* How many bits each part has: enough for all numbers of its dictionary. */
struct list_widths {
	uint8_t cpus, mm, floats, left, right;
};

struct list_block {
	state_id first; /* without PARTS_JUDGED */
	uint32_t at;    /* its words */
	uint8_t count;  /* from 1 */
	uint8_t low_bits, high_words;
};

struct state_list {
	unsigned depth; /* of all its states */
	struct list_widths widths;
	uint64_t count, blocks_count, words_count;
	struct list_block *blocks;
	uint64_t *words; /* and one more, to be read ahead */
	size_t blocks_bytes, words_bytes;
	bool borrowed; /* blocks and words belong to somebody else */
};

/* A list that is being made. */
struct list_writer {
	struct list_widths widths;
	uint64_t count, blocks_count, words_count, blocks_room, words_room;
	struct list_block *blocks;
	uint64_t *words;
};

/* A piece of what was written. */
struct list_piece {
	const struct list_writer *writer;
	uint64_t block, blocks_end, word, words_end;
};

/* Widths for all numbers that @parts has now. */
struct list_widths list_widths(const struct parts *parts);

/* Bytes of a list of @count states, at the most. Depends only on the widths and on @count. */
uint64_t list_bytes_for(const struct list_widths *widths, uint64_t count);

/* Forget what was written, and begin a list with @widths. A writer that is all 0 is empty; it is to
 * be cleared by list_writer_clear(). */
void list_writer_begin(struct list_writer *writer, const struct list_widths *widths);
void list_writer_clear(struct list_writer *writer);

/* Write @count states @ids, sorted, each once; returns the piece that they are. */
struct list_piece list_write(struct list_writer *writer, const state_id *ids, uint64_t count);

/* The list of @pieces, each with states behind those of the piece before; all writers have the same
 * widths. To be freed by list_free(). NULL: there is no memory. */
struct state_list *list_new(const struct list_piece *pieces, unsigned count, unsigned depth);

/* The same without its states: list.count, .blocks_count and .words_count, and no memory. */
struct state_list list_outline(const struct list_piece *pieces, unsigned count, unsigned depth);

/* Call @write for the blocks of the list of @pieces, then for its words, piece by piece. */
void list_put(const struct list_piece *pieces, unsigned count,
	void (*write)(void *context, const void *bytes, size_t length), void *context);
void list_free(struct state_list *list);

/* The states of block @block, in order, into @ids of LIST_BLOCK. Returns how many there are. */
unsigned list_read(const struct state_list *list, uint64_t block, state_id *ids);

/* The same without PARTS_JUDGED. */
unsigned list_read_plain(const struct state_list *list, uint64_t block, state_id *ids);

/* The last block that does not begin behind @id; the first one, if all do. */
uint64_t list_find(const struct state_list *list, state_id id);

/* Bytes of memory. */
static inline size_t list_bytes(const struct state_list *list)
{
	return list->blocks_bytes + list->words_bytes;
}

#endif
