/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/back.h"

#include "sim/explore/search/forward.h"

/*
 * Only the depth of each state was kept, so the path is found backwards. Of all states one step
 * nearer to the start that lead to the present one, the lowest is taken. Then the path is followed
 * forwards, with the names that tasks and CPUs had at the start.
 */

static void on_step(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	struct worker *worker = context;

	(void)step;
	(void)next;
	if (pack_compare(worker->search->layout, key, worker->search->goal) == 0)
		worker->has_before = true;
}

/* Among the states of the worker that are search.depth steps away: the lowest that leads to the
 * goal. */
static void look_back(struct worker *worker)
{
	const struct breadth_search *search = worker->search;
	const struct pack_layout *layout = search->layout;
	uint64_t slots = set_slots(&worker->set);
	bool any = false;

	for (uint64_t i = 0; i < slots; i++) {
		const uint32_t *key = set_slot(&worker->set, i);

		if (!key || pack_depth(layout, key) != search->depth)
			continue;
		if (any && pack_compare(layout, key, worker->before) > 0)
			continue;
		worker->has_before = false;
		expander_read(&worker->expander, key);
		expander_steps(&worker->expander, on_step, worker);
		if (!worker->has_before)
			continue;
		pack_copy(worker->before, key, layout->words);
		any = true;
	}
	worker->has_before = any;
}

/* The lowest state one step before @goal; search.depth is its depth. */
static void step_back(struct breadth_search *search, const uint32_t *goal, uint32_t *before)
{
	const struct worker *lowest = NULL;

	search->goal = goal;
	workers_run(search, look_back);
	for (unsigned i = 0; i < search->jobs; i++) {
		const struct worker *worker = &search->workers[i];

		if (worker->has_before &&
			(!lowest || pack_compare(search->layout, worker->before, lowest->before) < 0))
			lowest = worker;
	}
	g_assert(lowest);
	pack_copy(before, lowest->before, search->layout->words);
}

GArray *search_back(struct breadth_search *search, const uint32_t *found)
{
	unsigned words = search->layout->words, length = search->depth;
	uint32_t *path = g_new(uint32_t, (size_t)(length + 1) * words);
	GArray *steps;

	g_assert(pack_depth(search->layout, found) == length);
	pack_copy(path + (size_t)length * words, found, words);
	while (search->depth > 0) {
		search->depth--;
		step_back(search, path + (size_t)(search->depth + 1) * words,
			path + (size_t)search->depth * words);
	}
	search->depth = length;
	steps = search_forward(&search->workers[0].expander, path, length);
	g_free(path);
	return steps;
}
