/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_EXPLORE_MEMORY_H
#define CIDSIM_SIM_KERNEL_EXPLORE_MEMORY_H

/*
 * All memory that a state is in, saved and brought back. What the code can write is at fixed
 * addresses: the writable memory of its shared object, and the stacks of its actors. Of those only
 * the parts that are in use are copied.
 *
 *     memory --memory_save()--> image --memory_pack()--> a few hundred bytes: what differs from
 *                                                        a first image
 */

#include <glib.h>

#include "sim/kernel/code.h"

enum { MEMORY_PARTS_MAX = 16, MEMORY_ACTORS_MAX = 64 };

struct memory_part {
	char *from;
	size_t bytes;
};

struct memory {
	const struct code *code;
	struct memory_part parts[MEMORY_PARTS_MAX]; /* beside the stacks */
	uint32_t parts_count;
	uint32_t actors[MEMORY_ACTORS_MAX]; /* that have stacks */
	uint32_t actors_count;
	size_t words;    /* of 8 bytes: of all parts */
	uint64_t *first; /* the image that others are told apart from */
};

/* The memory of the object of @code, and of @actors. False if it cannot be found. */
bool memory_init(struct memory *memory, const struct code *code, const uint32_t *actors,
	uint32_t actors_count);
void memory_clear(struct memory *memory);

/* Save @bytes at @from, too. Before the first image is made. */
void memory_add(struct memory *memory, void *from, size_t bytes);

/* Room for an image of any state, in words of 8 bytes. Its actors may use 8 KiB of stack each. */
size_t memory_image_max(const struct memory *memory);

/* Save to @image. Returns its words. */
size_t memory_save(const struct memory *memory, uint64_t *image);

/* Bring @image back. */
void memory_restore(const struct memory *memory, const uint64_t *image);

/* Save to @image; it is the one that others are told apart from. */
void memory_begin(struct memory *memory, uint64_t *image);

/* Append what differs between @image, of @words, and the first one to @bytes. */
void memory_pack(
	const struct memory *memory, const uint64_t *image, size_t words, GByteArray *bytes);

/* The image of which memory_pack() has made @packed. Returns the bytes of @packed. */
size_t memory_unpack(const struct memory *memory, const uint8_t *packed, uint64_t *image);

#endif
