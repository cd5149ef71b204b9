/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SHRINK_PRIVATE_H
#define CIDSIM_SIM_SHRINK_PRIVATE_H

#include "sim/shrink/draft.h"
#include "sim/shrink/shrink.h"

/* A scenario that is being made smaller. */
struct shrinker {
	const struct shrink_plan *plan;
	struct draft *draft;
	const struct failure *failure;
	uint64_t events_max; /* of a run: more is not smaller */
	uint64_t runs, tries, kept;
	bool stopped;
};

/* --- try.c --- */

/* The scenario @text; NULL: it is none that can be run. */
struct scenario *shrink_parse(const char *text);

/* Run @scenario, for at most @events_max events. Meanwhile @plan (NULL: nobody) is asked whether to
 * go on, with @runs; if not the result is cut short. */
struct record_result *shrink_run(struct scenario *scenario, uint64_t events_max,
	const struct shrink_plan *plan, uint64_t runs);

/* Does the draft, as it is now, fail in the same way? If so the change that led to it is kept. */
bool shrink_try(struct shrinker *shrinker);

/* --- drop.c --- */

/* Leave out groups; keys (and steps) and items of lists. */
void shrink_drop_groups(struct shrinker *shrinker);
void shrink_drop_keys(struct shrinker *shrinker);

/* --- lower.c --- */

/* With fewer CPUs it often takes fewer tasks to fail: lower the number of CPUs and another number
 * by the same. */
void shrink_lower_cpus(struct shrinker *shrinker);

/* Lower the numbers in values, and in the times of [at TIME]. */
void shrink_lower(struct shrinker *shrinker);

#endif
