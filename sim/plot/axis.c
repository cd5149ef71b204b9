/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/axis.h"

#include <assert.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>

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

/* In pictures a microsecond has its sign. */
static const char *sign_of(const struct time_unit *unit)
{
	return strcmp(unit->name, "us") == 0 ? "\u00b5s" : unit->name;
}

static struct plot_axis axis_of_counts(
	uint64_t from_ns, uint64_t to_ns, unsigned ticks, const char *clock)
{
	uint64_t base_ns = base_for(from_ns, to_ns - from_ns);

	assert(*clock);
	return (struct plot_axis){
		.base_ns = base_ns - base_ns % PLOT_COUNTED_NS,
		.unit_ns = PLOT_COUNTED_NS,
		.unit = clock,
		.counts = true,
		.step_ns = MAX(plot_axis_step(to_ns - from_ns, ticks), PLOT_COUNTED_NS),
	};
}

struct plot_axis plot_axis_time(uint64_t from_ns, uint64_t to_ns, unsigned ticks, const char *clock)
{
	struct plot_axis axis = { 0 };
	const struct time_unit *unit;

	assert(from_ns < to_ns);
	if (clock)
		return axis_of_counts(from_ns, to_ns, ticks, clock);
	unit = time_unit_for(to_ns - from_ns, 2);
	axis.base_ns = base_for(from_ns, to_ns - from_ns);
	axis.unit = sign_of(unit);
	axis.unit_ns = unit->ns;
	axis.step_ns = plot_axis_step(to_ns - from_ns, ticks);
	for (uint64_t part = axis.unit_ns; axis.step_ns < part; part /= 10)
		axis.decimals++;
	return axis;
}

char *plot_axis_label(const struct plot_axis *axis)
{
	const struct time_unit *unit = time_units;

	if (axis->counts)
		return axis->base_ns ? g_strdup_printf("%s after %" PRIu64, axis->unit,
					       axis->base_ns / axis->unit_ns)
		                     : g_strdup(axis->unit);
	if (!axis->base_ns)
		return g_strdup_printf("time (%s)", axis->unit);
	while (axis->base_ns % unit->ns)
		unit++;
	assert(unit < time_units + TIME_UNITS);
	return g_strdup_printf("time after %" PRIu64 " %s (%s)", axis->base_ns / unit->ns,
		sign_of(unit), axis->unit);
}
