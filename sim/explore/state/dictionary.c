/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/dictionary.h"

#include <string.h>

#include "sim/base/hash.h"
#include "sim/explore/state/pages.h"

enum {
	INDEX_SLOTS_MIN = 64,
	SLOTS_PER_VALUE = 2,   /* at the least */
	FEW_BYTES = 256 << 10, /* for which pages of their own do not pay */
};

/* A slot: the upper half of the hash of a value, and its number; 0: free. */
struct dictionary_index {
	uint64_t mask;
	_Atomic uint64_t slots[];
};

/* @bytes bytes, all 0; NULL: there is no memory. */
static void *memory_new(size_t bytes)
{
	return bytes < FEW_BYTES ? g_try_malloc0(bytes) : pages_new(bytes);
}

static void memory_free(void *memory, size_t bytes)
{
	if (bytes < FEW_BYTES)
		g_free(memory);
	else
		pages_free(memory, bytes);
}

static size_t index_bytes(uint64_t slots)
{
	return sizeof(struct dictionary_index) + (size_t)slots * sizeof(uint64_t);
}

static struct dictionary_index *index_new(uint64_t slots)
{
	struct dictionary_index *index = memory_new(index_bytes(slots));

	g_assert((slots & (slots - 1)) == 0);
	if (index)
		index->mask = slots - 1;
	return index;
}

static void index_free(gpointer data)
{
	struct dictionary_index *index = data;

	memory_free(index, index_bytes(index->mask + 1));
}

/* Bytes of chunk @chunk. */
static size_t chunk_bytes(const struct dictionary *dictionary, unsigned chunk)
{
	return (sizeof(uint64_t) << (chunk + DICTIONARY_CHUNK_BITS)) * dictionary->words;
}

void dictionary_init(struct dictionary *dictionary, unsigned words, uint32_t limit)
{
	g_assert(words >= 1 && words <= DICTIONARY_WORDS_MAX && limit < UINT32_C(1) << 31);
	memset(dictionary, 0, sizeof(*dictionary));
	dictionary->words = words;
	dictionary->limit = limit;
	dictionary->index = index_new(INDEX_SLOTS_MIN);
	dictionary->old = g_ptr_array_new_with_free_func(index_free);
	pthread_mutex_init(&dictionary->adding, NULL);
}

void dictionary_clear(struct dictionary *dictionary)
{
	for (unsigned i = 0; i < DICTIONARY_CHUNKS; i++) {
		if (dictionary->chunks[i])
			memory_free(dictionary->chunks[i], chunk_bytes(dictionary, i));
	}
	index_free(dictionary->index);
	g_ptr_array_free(dictionary->old, TRUE);
	pthread_mutex_destroy(&dictionary->adding);
}

size_t dictionary_bytes(const struct dictionary *dictionary)
{
	size_t of_value = dictionary->words * sizeof(uint64_t);

	/* After it has grown, an index has twice as many slots as it needs. */
	return dictionary_count(dictionary) * (of_value + 2 * SLOTS_PER_VALUE * sizeof(uint64_t));
}

static inline uint64_t hash_of(const uint64_t *value, unsigned words)
{
	uint64_t hash = words;

	for (unsigned i = 0; i < words; i++)
		hash = hash_pair(hash ^ value[i], value[i] + HASH_GOLDEN);
	return hash;
}

static inline bool is_same(const uint64_t *a, const uint64_t *b, unsigned words)
{
	uint64_t differ = 0;

	for (unsigned i = 0; i < words; i++)
		differ |= a[i] ^ b[i];
	return differ == 0;
}

/* The number of @value in @index, or 0; then *free_slot is where it would be. */
static inline uint32_t find(const struct dictionary *dictionary,
	const struct dictionary_index *index, const uint64_t *value, uint64_t hash,
	uint64_t *free_slot)
{
	for (uint64_t at = hash & index->mask;; at = (at + 1) & index->mask) {
		uint64_t slot = atomic_load_explicit(&index->slots[at], memory_order_acquire);
		uint32_t number = (uint32_t)slot;

		if (slot == 0) {
			*free_slot = at;
			return 0;
		}
		if (slot >> 32 == hash >> 32 &&
			is_same(dictionary_value(dictionary, number), value, dictionary->words))
			return number;
	}
}

/* An index twice as large takes over. Threads may still read the one before. If there is no memory
 * for it, the dictionary is full. */
static void grow(struct dictionary *dictionary, struct dictionary_index *index)
{
	struct dictionary_index *larger = index_new(2 * (index->mask + 1));

	if (!larger) {
		dictionary->limit = dictionary_count(dictionary);
		return;
	}
	for (uint32_t number = 1; number <= dictionary_count(dictionary); number++) {
		uint64_t hash = hash_of(dictionary_value(dictionary, number), dictionary->words);
		uint64_t at = hash & larger->mask;

		while (larger->slots[at])
			at = (at + 1) & larger->mask;
		larger->slots[at] = hash >> 32 << 32 | number;
	}
	g_ptr_array_add(dictionary->old, index);
	atomic_store_explicit(&dictionary->index, larger, memory_order_release);
}

/* 0: there is no memory. */
static uint32_t append(struct dictionary *dictionary, const uint64_t *value)
{
	uint32_t number = dictionary_count(dictionary) + 1;
	uint32_t at = number - 1 + (1u << DICTIONARY_CHUNK_BITS);
	unsigned top = 31u - (unsigned)__builtin_clz(at);
	unsigned chunk = top - DICTIONARY_CHUNK_BITS;

	if (!dictionary->chunks[chunk]) {
		uint64_t *values = memory_new(chunk_bytes(dictionary, chunk));

		if (!values)
			return 0;
		atomic_store_explicit(&dictionary->chunks[chunk], values, memory_order_release);
	}
	memcpy(dictionary->chunks[chunk] + (size_t)(at - (1u << top)) * dictionary->words, value,
		dictionary->words * sizeof(*value));
	atomic_store_explicit(&dictionary->count, number, memory_order_relaxed);
	return number;
}

static uint32_t add(struct dictionary *dictionary, const uint64_t *value, uint64_t hash)
{
	struct dictionary_index *index = dictionary->index;
	uint64_t at = 0;
	uint32_t number = find(dictionary, index, value, hash, &at);

	if (number)
		return number;
	if (dictionary_count(dictionary) == dictionary->limit)
		return 0;
	number = append(dictionary, value);
	if (!number) {
		dictionary->limit = dictionary_count(dictionary);
		return 0;
	}
	atomic_store_explicit(&index->slots[at], hash >> 32 << 32 | number, memory_order_release);
	if ((uint64_t)number * SLOTS_PER_VALUE > index->mask)
		grow(dictionary, index);
	return number;
}

uint64_t dictionary_seek(const struct dictionary *dictionary, const uint64_t *value)
{
	uint64_t hash = hash_of(value, dictionary->words);
	const struct dictionary_index *index =
		atomic_load_explicit(&dictionary->index, memory_order_acquire);

	__builtin_prefetch((const void *)&index->slots[hash & index->mask]);
	return hash;
}

void dictionary_touch(const struct dictionary *dictionary, uint64_t hash)
{
	const struct dictionary_index *index =
		atomic_load_explicit(&dictionary->index, memory_order_acquire);
	uint64_t slot =
		atomic_load_explicit(&index->slots[hash & index->mask], memory_order_acquire);

	if (slot >> 32 == hash >> 32 && slot != 0)
		__builtin_prefetch(dictionary_value(dictionary, (uint32_t)slot));
}

uint32_t dictionary_number_at(struct dictionary *dictionary, const uint64_t *value, uint64_t hash)
{
	uint64_t at = 0;
	uint32_t number = find(dictionary,
		atomic_load_explicit(&dictionary->index, memory_order_acquire), value, hash, &at);

	if (number)
		return number;
	pthread_mutex_lock(&dictionary->adding);
	number = add(dictionary, value, hash);
	pthread_mutex_unlock(&dictionary->adding);
	return number;
}

uint32_t dictionary_number(struct dictionary *dictionary, const uint64_t *value)
{
	return dictionary_number_at(dictionary, value, hash_of(value, dictionary->words));
}
