/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/back.h"

#include "sim/explore/search/forward.h"

/*
 * Only the depth of each state was kept, so the path is found backwards. Of all states one step
 * nearer to the start that lead to the present one, the lowest is taken. Then the path is followed
 * forwards, with the names that tasks and CPUs had at the start.
 */

static void on_step(void *context, enum step_verb verb, state_id next)
{
	struct worker *worker = context;

	(void)verb;
	if (((next ^ worker->search->goal) & ~PARTS_JUDGED) == 0)
		worker->has_before = true;
}

/* Among the states in this worker's share of the set that are search.depth steps away: the lowest
 * that leads to the goal. */
static void look_back(struct worker *worker)
{
	const struct breadth_search *search = worker->search;
	uint64_t slots = ids_slots(&search->ids);
	uint64_t end = slots * (worker->index + 1) / search->jobs;
	unsigned depth;

	worker->before = 0;
	for (uint64_t at = slots * worker->index / search->jobs; at < end; at++) {
		state_id id = ids_at(&search->ids, at, &depth);

		if (!id || depth != search->depth)
			continue;
		worker->has_before = false;
		local_steps(worker->local, id, on_step, worker);
		if (worker->has_before &&
			(!worker->before || worker_compare(worker, id, worker->before) < 0))
			worker->before = id;
	}
}

/* The lowest state one step before search.goal; search.depth is its depth. */
static state_id step_back(struct breadth_search *search)
{
	state_id lowest = 0;

	workers_run(search, look_back);
	for (unsigned i = 0; i < search->jobs; i++) {
		state_id before = search->workers[i].before;

		if (before && (!lowest || worker_compare(&search->workers[i], before, lowest) < 0))
			lowest = before;
	}
	g_assert(lowest);
	return lowest;
}

GArray *search_back(struct breadth_search *search, state_id found)
{
	unsigned words = search->layout->words, length = search->depth;
	uint32_t *path = g_new(uint32_t, (size_t)(length + 1) * words);
	struct expander expander;
	GArray *steps;

	search->goal = found;
	parts_key(&search->parts, found, path + (size_t)length * words);
	while (search->depth > 0) {
		search->depth--;
		search->goal = step_back(search);
		parts_key(&search->parts, search->goal, path + (size_t)search->depth * words);
	}
	search->depth = length;
	expander_init(&expander, search->layout);
	steps = search_forward(&expander, path, length);
	expander_free(&expander);
	g_free(path);
	return steps;
}
