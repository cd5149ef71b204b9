/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_EXPLORE_SEEN_H
#define CIDSIM_SIM_KERNEL_EXPLORE_SEEN_H

/* The states that an exploration has seen: their keys, and by which event each was reached first. A
 * key is a hash of 128 bits: of a billion states, two have the same one with a chance of 1 in
 * 10^21. Then one of them would be left out. */

#include <glib.h>

#include "sim/kernel/event.h"

struct key {
	uint64_t a, b;
};

struct seen_entry {
	struct key key;
	uint32_t parent;       /* the state before, by its number */
	uint8_t kind, a, b, c; /* struct event; the mask is never needed */
};

#define SEEN_NONE UINT32_MAX

struct seen {
	struct seen_entry *entries; /* of the caller */
	uint32_t count, max;
	uint32_t *slots; /* 1 + number of the entry; 0 = free */
	uint32_t slots_count;
};

/* With room for @max entries in @entries. */
void seen_init(struct seen *seen, struct seen_entry *entries, uint32_t max);
void seen_clear(struct seen *seen);

/* Forget all. */
void seen_reset(struct seen *seen);

/* Add a state. Returns its number if it is new, SEEN_NONE if it is known. There must be room. */
uint32_t seen_add(struct seen *seen, struct key key, uint32_t parent, const struct event *event);

/* Others have added entries behind the last one, up to @count: know them, too. */
void seen_follow(struct seen *seen, uint32_t count);

/* Is it known? */
bool seen_has(const struct seen *seen, struct key key);

/* Bytes that are in use. */
size_t seen_bytes(const struct seen *seen);

#endif
