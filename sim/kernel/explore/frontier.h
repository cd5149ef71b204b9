/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_EXPLORE_FRONTIER_H
#define CIDSIM_SIM_KERNEL_EXPLORE_FRONTIER_H

/* States that wait to be looked at, packed: the first one is taken first, or always the last one. */

#include "sim/kernel/explore/world.h"

struct frontier {
	GPtrArray *chunks; /* GByteArray: some states, one behind the other; NULL: all were taken */
	guint first, at;   /* the chunk and place of the first state that was not taken */
	uint64_t count;    /* of states that wait */
	size_t bytes;      /* that the chunks take */
	GByteArray *packed; /* the state that is being added */
};

void frontier_init(struct frontier *frontier);
void frontier_clear(struct frontier *frontier);
bool frontier_is_empty(const struct frontier *frontier);

/* Add the state in @image, of @words; @number: in the states seen. */
void frontier_push(struct frontier *frontier, const struct memory *memory, const uint64_t *image,
	size_t words, uint32_t number);

/* The same, of a state that is packed already, and the first one as it is packed: valid until the next
 * one is taken. */
void frontier_push_packed(
	struct frontier *frontier, const uint8_t *packed, uint32_t bytes, uint32_t number);
const uint8_t *frontier_take_packed(struct frontier *frontier, uint32_t *bytes, uint32_t *number);

/* Take the first one, and free what is not needed any more. Returns its number. */
uint32_t frontier_take_first(
	struct frontier *frontier, const struct memory *memory, uint64_t *image);

/* Take the last one. */
uint32_t frontier_take_last(
	struct frontier *frontier, const struct memory *memory, uint64_t *image);

#endif
