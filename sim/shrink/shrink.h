/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SHRINK_SHRINK_H
#define CIDSIM_SIM_SHRINK_SHRINK_H

/*
 * Makes a scenario that fails smaller: leaves out groups, keys, steps and actions, and lowers
 * numbers, as long as it fails in the same way. The states of a change:
 *
 *   TRIED ---> KEPT       the scenario without it, or with the lower number, fails in the same way
 *     |
 *     +------> TAKEN BACK it is no scenario, it passes, fails otherwise, or takes too long
 *
 * It goes on until no change is kept any more: what is left is minimal in this sense. Nothing is
 * random, and no clock is asked: the same scenario becomes the same one.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/shrink/failure.h"

enum { SHRINK_RUNS = 2000 }; /* a good limit */

struct shrink_plan {
	uint64_t runs_max;
	/* Called before each run and during it, with the runs so far. Returns false to stop. */
	bool (*goes_on)(void *context, uint64_t runs);
	void *context;
};

struct shrink_result {
	char *text;   /* the smaller scenario; NULL: the one that was given does not fail */
	char *cannot; /* then: why; "it passes" */
	struct failure *failure;
	guint lines_before, lines; /* groups and keys */
	uint64_t runs;
	bool minimal; /* false: stopped by the limit, or from outside */
};

/* Shrink the scenario @text, which loads without options. @result is filled in any case. */
void shrink(const char *text, const struct shrink_plan *plan, struct shrink_result *result);
void shrink_result_clear(struct shrink_result *result);

/* Whether the scenario @text fails in the way @failure. */
bool shrink_verify(const char *text, const struct failure *failure);

#endif
