/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <assert.h>
#include <string.h>

#include "sim/explore/search-modes.h"
#include "sim/explore/search-private.h"

/*
 * The way from the start to a state that was found. Nothing but the depth of each state was kept,
 * so the way is found backwards: among the states one step nearer to the start, those are looked
 * for that lead to the one in hand, and the lowest is taken. Then forwards, with the names that
 * tasks and CPUs had at the start.
 */

static void on_step(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	struct worker *worker = context;

	(void)step;
	(void)next;
	if (search_compare(worker->search, key, worker->search->goal) == 0)
		worker->has_before = true;
}

/* Look through the states of the worker, @search.depth steps away, for one that leads to the goal.
 */
static void look_back(struct worker *worker)
{
	const struct search *search = worker->search;
	const struct pack_layout *layout = &search->layout;
	uint64_t slots = set_slots(&worker->set);
	bool any = false;

	for (uint64_t i = 0; i < slots; i++) {
		const uint32_t *key = set_slot(&worker->set, i);

		if (!key || pack_depth(layout, key) != search->depth)
			continue;
		if (any && search_compare(search, key, worker->before) > 0)
			continue;
		worker->has_before = false;
		expander_read(&worker->expander, key);
		expander_steps(&worker->expander, on_step, worker);
		if (!worker->has_before)
			continue;
		memcpy(worker->before, key, layout->words * sizeof(*key));
		any = true;
	}
	worker->has_before = any;
}

/* The lowest state one step before @goal; search.depth is its depth. */
static void step_back(struct search *search, const uint32_t *goal, uint32_t *before)
{
	const struct worker *lowest = NULL;

	search->goal = goal;
	search_in_all(search, look_back);
	for (unsigned i = 0; i < search->jobs; i++) {
		const struct worker *worker = &search->workers[i];

		if (worker->has_before &&
			(!lowest || search_compare(search, worker->before, lowest->before) < 0))
			lowest = worker;
	}
	assert(lowest);
	memcpy(before, lowest->before, search->layout.words * sizeof(*before));
}

struct forward {
	const struct pack_layout *layout;
	const uint32_t *goal;
	struct machine *after;
	struct explore_step step;
	bool found;
};

static bool is_same(const struct pack_layout *layout, const uint32_t *a, const uint32_t *b)
{
	unsigned last = layout->words - 1;

	return memcmp(a, b, last * sizeof(*a)) == 0 && !((a[last] ^ b[last]) & SET_STATE_MASK);
}

static void on_forward(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	struct forward *forward = context;

	if (forward->found || !is_same(forward->layout, key, forward->goal))
		return;
	forward->found = true;
	forward->step = *step;
	*forward->after = *next;
}

GArray *search_forward(struct expander *expander, const uint32_t *way, unsigned length)
{
	const struct pack_layout *layout = expander->layout;
	GArray *steps = g_array_new(FALSE, FALSE, sizeof(struct explore_step));
	struct forward forward = { .layout = layout, .after = g_new(struct machine, 1) };

	expander_put(expander, layout->blank);
	for (unsigned i = 0; i < length; i++) {
		forward.goal = way + (size_t)(i + 1) * layout->words;
		forward.found = false;
		expander_steps(expander, on_forward, &forward);
		assert(forward.found);
		g_array_append_val(steps, forward.step);
		expander_put(expander, forward.after);
	}
	g_free(forward.after);
	return steps;
}

GArray *search_way(struct search *search, const uint32_t *found)
{
	unsigned words = search->layout.words, length = search->depth;
	uint32_t *way = g_new(uint32_t, (size_t)(length + 1) * words);
	GArray *steps;

	memcpy(way + (size_t)length * words, found, words * sizeof(*found));
	while (search->depth > 0) {
		search->depth--;
		step_back(search, way + (size_t)(search->depth + 1) * words,
			way + (size_t)search->depth * words);
	}
	search->depth = length;
	steps = search_forward(&search->workers[0].expander, way, length);
	g_free(way);
	return steps;
}
