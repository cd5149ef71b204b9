/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <assert.h>
#include <string.h>

#include "sim/explore/search/back.h"
#include "sim/explore/search/modes.h"
#include "sim/explore/search/result.h"

/*
 * Breadth first, level by level; the threads of a level are drawn in worker.h.
 *
 *     start --> LEVEL depth --> summed up --> ended_after() --- goes on: depth + 1 ---> LEVEL
 *                                                  |
 *                                                  +--> violation, memory, interrupted,
 *                                                       exhausted, max-states, max-depth
 *
 * The reasons are tested in this order: a violation in a level counts even if memory ended in it.
 */

enum { LOOK_AT_ONCE = 64 /* states between looks into the inbox */ };

static void look_at(struct worker *worker, const uint32_t *key)
{
	const struct breadth_search *search = worker->search;
	const struct pack_layout *layout = search->layout;
	unsigned broken;

	assert(pack_depth(layout, key) == search->depth);
	expander_read(&worker->expander, key);
	worker->spin_states += machine_spins(worker->expander.base);
	broken = judge_machine(&worker->judge, worker->expander.base, search->options->check);
	if (broken && (!worker->broken || pack_compare(layout, key, worker->found) < 0)) {
		worker->broken = broken;
		pack_copy(worker->found, key, layout->words);
	}
	/* The level that has one is looked at to its end, but leads nowhere. */
	if (!worker->broken)
		worker->transitions += expander_steps(&worker->expander, worker_pass_on, worker);
}

static size_t bytes_used(const struct breadth_search *search)
{
	size_t bytes = 0;

	for (unsigned i = 0; i < search->jobs; i++)
		bytes += worker_bytes(&search->workers[i]);
	return bytes;
}

/* The other threads go on meanwhile: what is reported of them is about right. */
static void report_progress(struct breadth_search *search)
{
	const struct search_options *options = search->options;
	struct search_progress progress = { .depth = search->depth, .bytes = bytes_used(search) };

	for (unsigned i = 0; i < search->jobs; i++) {
		progress.states += search->workers[i].set.count;
		progress.transitions += search->workers[i].transitions;
		progress.waiting += search->workers[i].now.count + search->workers[i].next.count;
	}
	if (options->progress)
		options->progress(options->context, &progress);
	if (options->stop && options->stop(options->context))
		g_atomic_int_set(&search->stopped, 1);
}

static void do_level(struct worker *worker)
{
	struct breadth_search *search = worker->search;
	uint32_t key[PACK_WORDS_MAX];
	uint64_t looked = 0;

	while (!g_atomic_int_get(&search->stopped) && queue_pop(&worker->now, key)) {
		look_at(worker, key);
		if (++looked % LOOK_AT_ONCE == 0)
			worker_receive(worker);
		if (worker->index == 0 && looked % SEARCH_ASK_AT_ONCE == 0)
			report_progress(search);
	}
	worker_end_level(worker);
}

/* The lowest state of all workers that breaks something; NULL if there is none. */
static const struct worker *lowest_found(const struct breadth_search *search)
{
	const struct worker *lowest = NULL;

	for (unsigned i = 0; i < search->jobs; i++) {
		const struct worker *worker = &search->workers[i];

		if (worker->broken &&
			(!lowest || pack_compare(search->layout, worker->found, lowest->found) < 0))
			lowest = worker;
	}
	return lowest;
}

static void sum_up_steps(struct breadth_search *search)
{
	struct search_result *result = search->result;
	uint64_t waiting = 0;

	result->states = result->transitions = 0;
	memset(result->taken, 0, sizeof(result->taken));
	for (unsigned i = 0; i < search->jobs; i++) {
		const struct worker *worker = &search->workers[i];

		result->states += worker->set.count;
		result->transitions += worker->transitions;
		waiting += worker->next.count;
		for (unsigned verb = 0; verb < VERB_COUNT; verb++)
			result->taken[verb] += worker->taken[verb];
	}
	result->widest = MAX(result->widest, waiting);
	g_assert(waiting <= result->states);
}

/* Sum up all levels up to this one. Where something was found, threads have stopped to pass states
 * on, each at a time of its own: steps and states beyond this level do not count then. */
static void sum_up(struct breadth_search *search)
{
	struct search_result *result = search->result;

	result->spin_states = result->set_bytes = 0;
	for (unsigned i = 0; i < search->jobs; i++) {
		result->spin_states += search->workers[i].spin_states;
		result->set_bytes += search->workers[i].set.bytes;
	}
	result->depth = search->depth;
	result->bytes = MAX(result->bytes, bytes_used(search));
	if (!lowest_found(search))
		sum_up_steps(search);
}

static bool is_full(const struct breadth_search *search)
{
	for (unsigned i = 0; i < search->jobs; i++) {
		if (search->workers[i].full)
			return true;
	}
	return false;
}

static bool has_next_level(const struct breadth_search *search)
{
	for (unsigned i = 0; i < search->jobs; i++) {
		if (search->workers[i].next.count > 0)
			return true;
	}
	return false;
}

static enum search_ended ended_after(const struct breadth_search *search)
{
	const struct search_options *options = search->options;
	unsigned max_depth = options->max_depth ? options->max_depth : PACK_DEPTH_MAX;

	g_assert(search->depth <= PACK_DEPTH_MAX);
	if (lowest_found(search))
		return SEARCH_VIOLATION;
	if (is_full(search))
		return SEARCH_MEMORY;
	if (search->stopped)
		return SEARCH_INTERRUPTED;
	if (!has_next_level(search))
		return SEARCH_EXHAUSTED;
	if (options->max_states && search->result->states >= options->max_states)
		return SEARCH_MAX_STATES;
	return search->depth >= MIN(max_depth, PACK_DEPTH_MAX) ? SEARCH_MAX_DEPTH : SEARCH_GOES_ON;
}

static enum search_ended search_level(struct breadth_search *search)
{
	for (unsigned i = 0; i < search->jobs; i++)
		worker_next_level(&search->workers[i]);
	workers_run(search, do_level);
	report_progress(search);
	sum_up(search);
	return ended_after(search);
}

static void search_levels(struct breadth_search *search)
{
	struct search_result *result = search->result;
	enum search_ended ended;

	while ((ended = search_level(search)) == SEARCH_GOES_ON)
		search->depth++;
	if (ended == SEARCH_VIOLATION) {
		const struct worker *found = lowest_found(search);

		g_assert(found && !(found->broken & ~search->options->check));
		result->broken = found->broken;
		result->shortest = true;
		result->found_depth = result->depth;
		search_result_take_steps(result, search_back(search, found->found));
	}
	search_end(result, ended);
}

static void start(struct breadth_search *search)
{
	uint32_t key[PACK_WORDS_MAX];

	pack_write(search->layout, search->layout->blank, key);
	worker_start(search, key);
	search->result->states = search->result->widest = 1;
}

struct search_result *search_breadth_first(
	const struct search_options *options, const struct pack_layout *layout)
{
	struct breadth_search search = {
		.options = options,
		.layout = layout,
		.jobs = options->jobs,
		.workers = g_new0(struct worker, options->jobs),
		.result = search_result_new(layout),
	};

	for (unsigned i = 0; i < search.jobs; i++)
		worker_init(&search, i);
	start(&search);
	search_levels(&search);
	for (unsigned i = 0; i < search.jobs; i++)
		worker_clear(&search.workers[i]);
	g_free(search.workers);
	return search.result;
}
