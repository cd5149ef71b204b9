/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_MASKS_H
#define CIDSIM_SIM_ENGINE_MASKS_H

/* The affinity masks of a run, each stored once: a task has a number of 20 bits, not a set. */

#include <glib.h>

#include "sim/scenario/scenario.h"

struct masks {
	GArray *sets;      /* struct cpu_set; the first one has all CPUs */
	GHashTable *index; /* struct cpu_set -> its number; looked up, never iterated */
	uint32_t cpus_count;
};

enum {
	MASK_ALL = 0,        /* the mask of all CPUs, however it was written */
	MASKS_MAX = 1 << 20, /* a file has fewer lines than that */
};

void masks_init(struct masks *masks, uint32_t cpus_count);
void masks_clear(struct masks *masks);

/* The number of the mask with the CPUs of @set, whose words must live as long as @masks. */
uint32_t masks_intern(struct masks *masks, const struct cpu_set *set);

/* The mask with number @mask; not to be kept while masks are added. */
static inline const struct cpu_set *masks_at(const struct masks *masks, uint32_t mask)
{
	return &g_array_index(masks->sets, struct cpu_set, mask);
}

#endif
