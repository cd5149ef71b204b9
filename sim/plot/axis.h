/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLOT_AXIS_H
#define CIDSIM_SIM_PLOT_AXIS_H

/* Where an axis has its ticks, and in which unit. Integers only: the same on every machine. */

#include <stdbool.h>
#include <stdint.h>

/* A microsecond of a clock that counts is one step or event. */
enum { PLOT_COUNTED_NS = 1000 };

/* An axis of time. */
struct plot_axis {
	uint64_t base_ns;  /* what the axis calls 0; 0 unless it is far from the start */
	uint64_t unit_ns;  /* 1, 10^3, 10^6 or 10^9 */
	const char *unit;  /* "ns", "µs", "ms" or "s"; of a clock that counts: "step" */
	bool counts;       /* the unit is what is counted, one for each microsecond */
	uint64_t step_ns;  /* from tick to tick */
	unsigned decimals; /* that a tick needs, in the unit */
};

/* The axis for @from_ns < @to_ns with about @ticks ticks (at least 1). @clock: "step" if the times
 * count steps, one a microsecond; NULL: they are times. */
struct plot_axis plot_axis_time(
	uint64_t from_ns, uint64_t to_ns, unsigned ticks, const char *clock);

/* "time (µs)", "time after 30 ms (µs)", "step", "event after 31000". The caller frees it. */
char *plot_axis_label(const struct plot_axis *axis);

/* The smallest of 1, 2, 5, 10, 20, 50, ... that cuts @length in at most @ticks (at least 1). */
uint64_t plot_axis_step(uint64_t length, unsigned ticks);

#endif
