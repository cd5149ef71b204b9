/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/units.h"

#include <assert.h>
#include <string.h>

const struct time_unit time_units[TIME_UNITS] = {
	{ "s", 9, UINT64_C(1000000000) },
	{ "ms", 6, UINT64_C(1000000) },
	{ "us", 3, UINT64_C(1000) },
	{ "ns", 0, UINT64_C(1) },
};

const struct time_unit *time_unit_find(const char *name, size_t length)
{
	for (size_t i = 0; i < TIME_UNITS; i++)
		if (strlen(time_units[i].name) == length &&
			memcmp(time_units[i].name, name, length) == 0)
			return &time_units[i];
	return NULL;
}

const struct time_unit *time_unit_for(uint64_t ns, unsigned times)
{
	const struct time_unit *unit = time_units;

	assert(times >= 1);
	while (unit->ns > 1 && ns / times < unit->ns)
		unit++;
	return unit;
}
