/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_SLOTS_H
#define CIDSIM_SIM_PLOT_SLOTS_H

/*
 * The time of a picture cut into equal slots, with what happened in each: for where there is more
 * than can be drawn one by one. Constant memory.
 */

#include <stdio.h>

#include "sim/plot/job.h"

enum { PLOT_SLOT_VALUES = 5 };

struct plot_slot {
	uint64_t known_ns;              /* of its time, in which the mm is known */
	uint64_t sum[PLOT_SLOT_VALUES]; /* value * ns, for the mean */
	uint64_t least[PLOT_SLOT_VALUES], most[PLOT_SLOT_VALUES];
	uint64_t percpu_ns, window_ns;
	uint64_t flips;
};

struct plot_slots {
	struct plot_columns columns; /* the slots */
	struct plot_slot *slots;     /* columns.count of them, zeroed by the caller */
	struct plot_slot total;      /* of all; without sum, least and most */
};

/* From @start_ns to @end_ns, of which the part in the picture counts, the mm has @values and
 * @mode (PLOT_MODE_*). */
void plot_slots_add(struct plot_slots *slots, uint64_t start_ns, uint64_t end_ns,
	const uint64_t values[PLOT_SLOT_VALUES], uint64_t mode);

/* The mode flips at @time_ns, which is in the picture. */
void plot_slots_flip(struct plot_slots *slots, uint64_t time_ns);

/*
 * Write a line "start end mean least most ... percpu window flips" for each slot in which the mm is
 * known: mean, least and most of each value, shares of the time of the slot in thousandths.
 */
void plot_slots_write(const struct plot_slots *slots, FILE *out);

#endif
