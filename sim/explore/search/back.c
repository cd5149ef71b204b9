/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/back.h"

#include "sim/explore/search/forward.h"

/*
 * Only the level of each state was kept, so the path is found backwards. Of all states one step
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

/* Does @id lead to the goal, and is it the lowest that does? */
static void look_back_at(struct worker *worker, state_id id)
{
	worker->has_before = false;
	local_steps(worker->local, &id, 1, on_step, worker);
	if (worker->has_before &&
		(!worker->before || worker_compare(worker, id, worker->before) < 0))
		worker->before = id;
}

/* Among the states of the level that this worker takes: the lowest that leads to the goal. */
static void look_back(struct worker *worker)
{
	const struct state_list *list;
	state_id ids[LIST_BLOCK];
	uint64_t block, end;

	worker->before = 0;
	while ((list = worker_take(worker, &block, &end))) {
		for (; block < end; block++) {
			unsigned count = list_read(list, block, ids);

			for (unsigned i = 0; i < count; i++)
				look_back_at(worker, ids[i]);
		}
	}
}

/* The lists of search.depth become the level. */
static void take_level(struct breadth_search *search)
{
	guint at = search->level_at;

	search->next_at = at;
	while (at > 0 && ((struct state_list *)g_ptr_array_index(search->lists, at - 1))->depth ==
				 search->depth)
		at--;
	search->level_at = at;
	g_assert(at < search->next_at);
	atomic_store_explicit(&search->level_taken, 0, memory_order_relaxed);
}

/* The lowest state one step before search.goal, on the level before; search.depth is its depth. */
static state_id step_back(struct breadth_search *search)
{
	state_id lowest = 0;

	take_level(search);
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
