/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_UNITS_H
#define CIDSIM_SIM_BASE_UNITS_H

/* The units of time. */

#include <stddef.h>
#include <stdint.h>

struct time_unit {
	const char *name;  /* "s", "ms", "us" or "ns" */
	unsigned decimals; /* one is 10^decimals ns */
	uint64_t ns;
};

enum { TIME_UNITS = 4 };

/* The longest first, the last one is ns. */
extern const struct time_unit time_units[TIME_UNITS];

/* The unit whose name is the @length bytes of @name; NULL if there is none. */
const struct time_unit *time_unit_find(const char *name, size_t length);

/* The longest unit that @ns has at least @times of (at least 1); ns if there is none. */
const struct time_unit *time_unit_for(uint64_t ns, unsigned times);

#endif
