/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_EXPLORE_H
#define CIDSIM_SIM_EXPLORE_EXPLORE_H

/*
 * An exploration, for `cidsim explore`: a search with the reductions that its machine allows, and a
 * counterexample that can be played.
 *
 * CPUs and tasks are interchangeable only where walks may take them in any order. The kernel's
 * walks have an order of their own, and any order includes it. So what holds in any order holds in
 * the kernel's. A violation may need another order; so a second search follows without renaming:
 *
 *     first search --- holds, undecided, or no names were left out ---------------> its outcome
 *          |
 *          +--- violated ---> second search --- holds or violated ---> the outcome of the second
 *                                  |
 *                                  +--- undecided ---> the outcome of the first if its path can be
 *                                                      played in the kernel's order, else undecided
 *
 * Random walks, which keep no states, take the kernel's order at once.
 */

#include "sim/explore/search/search.h"

struct explore_options {
	struct machine_config machine; /* reduced and the orders are set from the next two */
	bool reduce;
	bool symmetry;
	struct search_options limits; /* all but its config and check */
	unsigned check;
};

struct explore_outcome {
	struct search_result *search; /* the one that the verdict is from */
	struct machine_config config; /* of that search */
	struct search_options limits; /* as they were asked for */
	uint64_t states_renamed;      /* of the search with renaming, if that was not the last */
	GArray *steps;                /* struct explore_step of playable_config(); NULL: none */
};

/* The config that is searched first: without reductions that the machine does not allow. */
struct machine_config explore_config(const struct explore_options *options);

/* Explore. search_can() must be true for the machine. To be freed by explore_outcome_free(). */
struct explore_outcome *explore_run(const struct explore_options *options);
void explore_outcome_free(struct explore_outcome *outcome);

#endif
