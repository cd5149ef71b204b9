/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/axis.h"

#include <assert.h>

#include "sim/base/units.h"

uint64_t plot_axis_step(uint64_t length, unsigned ticks)
{
	uint64_t wanted, power = 1;

	assert(ticks && length <= UINT64_MAX / 16);
	wanted = (length + ticks - 1) / ticks;
	while (power * 10 <= wanted)
		power *= 10;
	if (wanted <= power)
		return power;
	if (wanted <= 2 * power)
		return 2 * power;
	return wanted <= 5 * power ? 5 * power : 10 * power;
}

/* Far from the start ticks would differ in their last digits only: they count from here, a round
 * number. */
static uint64_t base_for(uint64_t from_ns, uint64_t length_ns)
{
	uint64_t round = 1;

	if (from_ns / 100 < length_ns)
		return 0;
	while (round < length_ns)
		round *= 10;
	assert(round <= from_ns);
	return from_ns / round * round;
}

struct plot_axis plot_axis_time(uint64_t from_ns, uint64_t to_ns, unsigned ticks)
{
	struct plot_axis axis;
	const struct time_unit *unit;

	assert(from_ns < to_ns);
	unit = time_unit_for(to_ns - from_ns, 2);
	axis.base_ns = base_for(from_ns, to_ns - from_ns);
	axis.unit = unit->name;
	axis.unit_ns = unit->ns;
	axis.step_ns = plot_axis_step(to_ns - from_ns, ticks);
	axis.decimals = 0;
	for (uint64_t part = axis.unit_ns; axis.step_ns < part; part /= 10)
		axis.decimals++;
	return axis;
}
