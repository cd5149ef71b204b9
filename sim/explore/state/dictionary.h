/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_DICTIONARY_H
#define CIDSIM_SIM_EXPLORE_STATE_DICTIONARY_H

/*
 * Values of a few 64-bit words, numbered from 1 in the order in which they come. Threads share a
 * dictionary: they look up a value without a lock, and add one with a lock. If a value gets no
 * number because the dictionary is full, it never gets one later. So the answer for a value never
 * changes.
 */

#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	DICTIONARY_WORDS_MAX = 8,
	DICTIONARY_CHUNKS = 32,
	DICTIONARY_CHUNK_BITS =
		6, /* the first chunk has 2^6 values, each later one as many as all before it */
};

struct dictionary_index;

struct dictionary {
	unsigned words; /* of a value */
	uint32_t limit;
	_Atomic uint32_t count;
	_Atomic(struct dictionary_index *) index;
	uint64_t *_Atomic chunks[DICTIONARY_CHUNKS];
	pthread_mutex_t adding;
	GPtrArray *old; /* indexes that a thread may still read */
};

/* Values of @words words (1..DICTIONARY_WORDS_MAX), at most @limit of them (below 2^31). To be
 * cleared by dictionary_clear(). */
void dictionary_init(struct dictionary *dictionary, unsigned words, uint32_t limit);
void dictionary_clear(struct dictionary *dictionary);

/* The number of @value, which is added if it is new. 0: it is new, and the dictionary is full. */
uint32_t dictionary_number(struct dictionary *dictionary, const uint64_t *value);

/* The same in several calls, so that the cache misses of several values overlap. dictionary_seek()
 * returns the hash of @value, and reads its place in the index ahead into the cache. With this hash
 * dictionary_touch() reads ahead what the index knows there, if it is worth it.
 * dictionary_number_at() then returns the number. */
uint64_t dictionary_seek(const struct dictionary *dictionary, const uint64_t *value);
void dictionary_touch(const struct dictionary *dictionary, uint64_t hash);
uint32_t dictionary_number_at(struct dictionary *dictionary, const uint64_t *value, uint64_t hash);

/* How many values there are. */
static inline uint32_t dictionary_count(const struct dictionary *dictionary)
{
	return atomic_load_explicit(&dictionary->count, memory_order_relaxed);
}

/* Bytes for the values and the index that finds them: depends only on how many values there are. */
size_t dictionary_bytes(const struct dictionary *dictionary);

/* Give back the indexes that threads may have read before. No other thread uses @dictionary. */
static inline void dictionary_settle(struct dictionary *dictionary)
{
	g_ptr_array_set_size(dictionary->old, 0);
}

/* The value of @number, which dictionary_number() has returned. Valid as long as the dictionary. */
static inline const uint64_t *dictionary_value(const struct dictionary *dictionary, uint32_t number)
{
	uint32_t at = number - 1 + (1u << DICTIONARY_CHUNK_BITS);
	unsigned top = 31u - (unsigned)__builtin_clz(at);
	const uint64_t *chunk = atomic_load_explicit(
		&dictionary->chunks[top - DICTIONARY_CHUNK_BITS], memory_order_relaxed);

	return chunk + (size_t)(at - (1u << top)) * dictionary->words;
}

#endif
