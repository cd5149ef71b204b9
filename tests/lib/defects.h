/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_DEFECTS_H
#define CIDSIM_TESTS_LIB_DEFECTS_H

/* The known defects as they ship: scenarios/explore, each with the revision that has it last. */

#include "sim/scenario/scenario.h"

enum { DEFECTS = 12 };

extern const struct shipped_defect {
	const char *name, *revision;
} shipped_defects[DEFECTS];

/* The exploration of scenarios/explore/@name.scn with @revision; tests run in the folder of the
 * sources. */
struct scenario_explore defects_load(const char *name, const char *revision);

#endif
