/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <assert.h>
#include <string.h>

#include "sim/explore/search/back.h"
#include "sim/explore/search/modes.h"
#include "sim/explore/search/result.h"
#include "sim/explore/search/threads.h"

/*
 * Breadth first, level by level; the threads of a level are drawn in worker.h.
 *
 *     start --> LEVEL depth --> summed up --> ended_after() --- goes on: depth + 1 ---> LEVEL
 *                                                  |
 *                                                  +--> violation, interrupted, memory,
 *                                                       exhausted, max-states, max-depth
 *
 * The reasons are tested in this order.
 *
 * Memory is looked at once for each level: from the states so far follows how many new ones still
 * fit, room_for(). That depends on neither the threads nor on how full their tables are. A level
 * that adds more does not fit, and what it adds is discarded as a unit: the result has the states
 * up to this level, and the steps from the levels before. The states of the level itself are all
 * known and are all judged even then. So after "memory" none of them breaks a property, and a
 * violation in such a level is found and counts, with the counterexample that more memory gives.
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
	/* The level that has one, or does not fit, is looked at to its end, but leads nowhere. */
	if (!worker->broken && !g_atomic_int_get(&search->full))
		worker->transitions += expander_steps(&worker->expander, worker_pass_on, worker);
}

static size_t bytes_used(const struct breadth_search *search)
{
	size_t bytes = 0;

	for (unsigned i = 0; i < search->jobs; i++)
		bytes += worker_bytes(&search->workers[i]);
	return bytes;
}

static void add_shown(struct search_progress *progress, const struct worker_shown *shown)
{
	progress->states += atomic_load_explicit(&shown->states, memory_order_relaxed);
	progress->transitions += atomic_load_explicit(&shown->transitions, memory_order_relaxed);
	progress->waiting += atomic_load_explicit(&shown->waiting, memory_order_relaxed);
	progress->bytes += atomic_load_explicit(&shown->bytes, memory_order_relaxed);
}

/* The other threads go on meanwhile: what is reported of them is what they showed last. */
static void report_progress(struct breadth_search *search)
{
	const struct search_options *options = search->options;
	struct search_progress progress = { .depth = search->depth };

	for (unsigned i = 0; i < search->jobs; i++)
		add_shown(&progress, &search->workers[i].shown);
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
		if (++looked % LOOK_AT_ONCE == 0) {
			worker_receive(worker);
			worker_show(worker);
		}
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

/* Sum up all levels up to this one. Where something was found, or memory ended, threads have
 * stopped to pass states on, each at a time of its own: steps from this level and states beyond it
 * do not count then. */
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
	if (!lowest_found(search) && !search->full)
		sum_up_steps(search);
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
	if (search->stopped)
		return SEARCH_INTERRUPTED;
	if (search->full)
		return SEARCH_MEMORY;
	if (!has_next_level(search))
		return SEARCH_EXHAUSTED;
	if (options->max_states && search->result->states >= options->max_states)
		return SEARCH_MAX_STATES;
	return search->depth >= MIN(max_depth, PACK_DEPTH_MAX) ? SEARCH_MAX_DEPTH : SEARCH_GOES_ON;
}

/* How many new states fit into memory beside @known ones, of which @level are to be looked at: each
 * has up to 4/3 slots in a table, and those of this level and the next one are in queues, too. */
static uint64_t room_for(const struct breadth_search *search, uint64_t known, uint64_t level)
{
	uint64_t slots = search->options->memory / search->result->state_bytes;
	uint64_t thirds = 4 * known + 3 * level;

	g_assert(level <= known);
	return 3 * slots > thirds ? (3 * slots - thirds) / (4 + 3) : 0;
}

/* What was added becomes the level to be looked at. */
static void begin_level(struct breadth_search *search)
{
	uint64_t known = 0, level = 0;

	for (unsigned i = 0; i < search->jobs; i++) {
		worker_next_level(&search->workers[i]);
		known += search->workers[i].set.count;
		level += search->workers[i].now.count;
	}
	search->room = room_for(search, known, level);
	atomic_store_explicit(&search->added, 0, memory_order_relaxed);
}

static enum search_ended search_level(struct breadth_search *search)
{
	begin_level(search);
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
	struct threads *threads = threads_new(options->jobs);
	struct breadth_search search = {
		.options = options,
		.layout = layout,
		.threads = threads,
		.jobs = threads_count(threads),
		.workers = g_new0(struct worker, threads_count(threads)),
		.result = search_result_new(layout),
	};

	for (unsigned i = 0; i < search.jobs; i++)
		worker_init(&search, i);
	start(&search);
	search_levels(&search);
	for (unsigned i = 0; i < search.jobs; i++)
		worker_clear(&search.workers[i]);
	g_free(search.workers);
	threads_free(threads);
	return search.result;
}
