/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/queue.h"

#include <assert.h>

#include "sim/explore/state/pack.h"

enum { BLOCK_STATES = 1 << 14 };

void queue_init(struct key_queue *queue, unsigned words)
{
	assert(words >= 1 && words <= PACK_WORDS_MAX);
	*queue = (struct key_queue){ .words = words };
	g_queue_init(&queue->blocks);
}

void queue_push(struct key_queue *queue, const uint32_t *key)
{
	uint32_t *block = g_queue_peek_tail(&queue->blocks);

	if (!block || queue->written == BLOCK_STATES) {
		block = g_new(uint32_t, (size_t)BLOCK_STATES * queue->words);
		g_queue_push_tail(&queue->blocks, block);
		queue->written = 0;
	}
	assert(queue->written < BLOCK_STATES);
	pack_copy(block + queue->written++ * queue->words, key, queue->words);
	queue->count++;
}

bool queue_pop(struct key_queue *queue, uint32_t *key)
{
	uint32_t *block = g_queue_peek_head(&queue->blocks);

	if (queue->count == 0)
		return false;
	pack_copy(key, block + queue->read++ * queue->words, queue->words);
	queue->count--;
	if (queue->count == 0 || queue->read == BLOCK_STATES) {
		g_free(g_queue_pop_head(&queue->blocks));
		queue->read = 0;
	}
	assert(queue->count > 0 || queue->blocks.length == 0);
	return true;
}

void queue_clear(struct key_queue *queue)
{
	g_queue_clear_full(&queue->blocks, g_free);
	queue_init(queue, queue->words);
}

size_t queue_bytes(const struct key_queue *queue)
{
	return (size_t)queue->blocks.length * BLOCK_STATES * queue->words * sizeof(uint32_t);
}
