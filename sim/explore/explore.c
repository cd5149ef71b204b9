/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/explore.h"

#include "sim/explore/playable.h"

/* Tasks are not interchangeable where walks go over the system, thread group by thread group, and
 * where one is the partner of another. */
static bool tasks_are_alike(const struct machine_config *config)
{
	return config->protocol.walk_users == WALK_USERS_LIST && !config->protocol.early_count &&
	       config->may[MACHINE_VFORKS] == 0;
}

struct machine_config explore_config(const struct explore_options *options)
{
	struct machine_config config = options->machine;
	bool symmetry = options->symmetry && options->limits.mode != SEARCH_WALK;

	config.reduced = options->reduce;
	config.any_cpu_order = symmetry;
	config.any_task_order = symmetry && tasks_are_alike(&config);
	config.may_all_exit = false;
	g_assert(!config.any_task_order || config.any_cpu_order);
	return config;
}

static struct search_result *search(
	const struct explore_options *options, const struct machine_config *config)
{
	struct search_options search = options->limits;

	search.config = *config;
	search.check = options->check;
	g_assert(search.check != 0);
	return search_run(&search);
}

/* Walks in some order break something: does the kernel's order, too? */
static void search_again(struct explore_outcome *outcome, const struct explore_options *options)
{
	struct machine_config config = outcome->config;
	struct search_result *again;

	g_assert(outcome->search->verdict == SEARCH_VIOLATED && !outcome->steps);
	config.any_cpu_order = config.any_task_order = false;
	again = search(options, &config);
	outcome->states_renamed = outcome->search->states;
	if (again->verdict == SEARCH_UNDECIDED && !again->fault) {
		/* The path that was found may happen to have the kernel's order. */
		outcome->steps = playable_steps(&outcome->config, outcome->search->steps);
		if (outcome->steps) {
			search_result_free(again);
			return;
		}
	}
	search_result_free(outcome->search);
	outcome->search = again;
	outcome->config = config;
}

struct explore_outcome *explore_run(const struct explore_options *options)
{
	struct explore_outcome *outcome = g_new0(struct explore_outcome, 1);

	outcome->config = explore_config(options);
	outcome->limits = options->limits;
	outcome->search = search(options, &outcome->config);
	if (outcome->search->verdict == SEARCH_VIOLATED &&
		(outcome->config.any_cpu_order || outcome->config.any_task_order))
		search_again(outcome, options);
	if (outcome->search->verdict == SEARCH_VIOLATED && !outcome->steps)
		outcome->steps = playable_steps(&outcome->config, outcome->search->steps);
	g_assert(!outcome->steps || outcome->search->verdict == SEARCH_VIOLATED);
	return outcome;
}

void explore_outcome_free(struct explore_outcome *outcome)
{
	if (!outcome)
		return;
	search_result_free(outcome->search);
	if (outcome->steps)
		g_array_free(outcome->steps, TRUE);
	g_free(outcome);
}
