/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_QUEUE_H
#define CIDSIM_SIM_EXPLORE_SEARCH_QUEUE_H

/* Packed states, first in first out, in blocks: what a level has still to look at. A queue belongs
 * to one thread. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct key_queue {
	GQueue blocks;        /* of uint32_t arrays; the queue owns them */
	unsigned words;       /* of a state */
	size_t read, written; /* in the first and the last block, in states */
	uint64_t count;
};

/* An empty queue for states of @words words. To be cleared by queue_clear(). */
void queue_init(struct key_queue *queue, unsigned words);

/* Copy the state at @key to the end. */
void queue_push(struct key_queue *queue, const uint32_t *key);

/* Move the first state to @key. False, and @key is as it was: the queue is empty. */
bool queue_pop(struct key_queue *queue, uint32_t *key);

/* Forget all states and free their memory: the queue is as after queue_init(). */
void queue_clear(struct key_queue *queue);

/* Bytes of memory that the queue has. */
size_t queue_bytes(const struct key_queue *queue);

#endif
