/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_EXPLORE_FRONTIER_H
#define CIDSIM_SIM_KERNEL_EXPLORE_FRONTIER_H

/* States that wait to be looked at, packed: first in, first out, or the last one first. */

#include "sim/kernel/explore/world.h"

struct frontier {
	GPtrArray *chunks; /* GByteArray: some states, one behind the other */
	GArray *ends;      /* struct frontier_state, of all chunks */
	size_t next;       /* of ends: the first that was not taken */
	size_t bytes;
};

struct frontier_state {
	uint32_t chunk, at; /* where it begins */
	uint32_t number;    /* in the states seen */
};

void frontier_init(struct frontier *frontier);
void frontier_clear(struct frontier *frontier);
bool frontier_is_empty(const struct frontier *frontier);

/* Add the state in @image, of @words. */
void frontier_push(struct frontier *frontier, const struct memory *memory, const uint64_t *image,
	size_t words, uint32_t number);

/* Take the first one, and free what is not needed any more. Returns its number. */
uint32_t frontier_take_first(
	struct frontier *frontier, const struct memory *memory, uint64_t *image);

/* Take the last one. */
uint32_t frontier_take_last(
	struct frontier *frontier, const struct memory *memory, uint64_t *image);

#endif
