/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
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

enum {
	LOOK_AT_ONCE = 64, /* states between what a worker shows of itself */
	SLOT_BYTES = 15,   /* of a state in the set, where that has most room */
};

/* Which properties the state breaks; PARTS_JUDGED of *@id is set if none of the safety ones. */
static unsigned judge(struct worker *worker, state_id *id)
{
	unsigned check = worker->search->options->check;
	const struct machine *machine;

	if (*id & PARTS_JUDGED) /* and so no get spins */
		return 0;
	machine = local_machine(worker->local, *id);
	worker->spin_states += machine_spins(machine);
	if (parts_is_sorted(*id) && local_can_judge(check) && machine_check(machine) == 0)
		*id |= PARTS_JUDGED;
	return judge_machine(&worker->judge, machine, check);
}

static void look_at(struct worker *worker, state_id id)
{
	const struct breadth_search *search = worker->search;
	unsigned broken = judge(worker, &id);

	if (broken && (!worker->broken || worker_compare(worker, id, worker->found) < 0)) {
		worker->broken = broken;
		worker->found = id;
	}
	/* The level that has one, or does not fit, is looked at to its end, but leads nowhere. */
	if (!worker->broken && !g_atomic_int_get(&search->full))
		worker->transitions += local_steps(worker->local, id, worker_pass_on, worker);
}

static size_t set_bytes(const struct breadth_search *search)
{
	return search->ids.bytes + parts_bytes(&search->parts);
}

static size_t bytes_used(const struct breadth_search *search)
{
	size_t bytes = set_bytes(search) + level_bytes(&search->level);

	for (unsigned i = 0; i < search->jobs; i++)
		bytes += level_bytes(&search->workers[i].next);
	return bytes;
}

static uint64_t shown(const atomic_uint_least64_t *value)
{
	return atomic_load_explicit(value, memory_order_relaxed);
}

/* The other threads go on meanwhile: what is reported of them is what they showed last. */
static void report_progress(struct breadth_search *search)
{
	const struct search_options *options = search->options;
	struct search_progress progress = { .depth = search->depth };
	uint64_t next = 0, looked = 0;

	for (unsigned i = 0; i < search->jobs; i++) {
		const struct worker_shown *of = &search->workers[i].shown;

		next += shown(&of->states);
		looked += shown(&of->looked);
		progress.transitions += shown(&of->transitions);
	}
	progress.states = search->ids.count;
	progress.waiting = search->level.count - looked + next;
	progress.bytes =
		set_bytes(search) + level_bytes(&search->level) + (size_t)next * sizeof(state_id);
	if (options->progress)
		options->progress(options->context, &progress);
	if (options->stop && options->stop(options->context))
		g_atomic_int_set(&search->stopped, 1);
}

static void look_at_block(struct worker *worker, const struct level_block *block)
{
	struct breadth_search *search = worker->search;

	for (uint32_t i = 0; i < block->count && !g_atomic_int_get(&search->stopped); i++) {
		look_at(worker, block->ids[i]);
		if (++worker->looked % LOOK_AT_ONCE == 0)
			worker_show(worker);
		if (worker->index == 0 && worker->looked % SEARCH_ASK_AT_ONCE == 0)
			report_progress(search);
	}
}

static void do_level(struct worker *worker)
{
	struct level_block *block;

	while ((block = level_take(&worker->search->level))) {
		worker_meets(worker);
		look_at_block(worker, block);
		g_free(block);
	}
	worker_ends(worker);
}

/* The lowest state of all workers that breaks something; NULL if there is none. */
static const struct worker *lowest_found(const struct breadth_search *search)
{
	const struct worker *lowest = NULL;

	for (unsigned i = 0; i < search->jobs; i++) {
		const struct worker *worker = &search->workers[i];

		if (worker->broken &&
			(!lowest || worker_compare(worker, worker->found, lowest->found) < 0))
			lowest = worker;
	}
	return lowest;
}

static void sum_up_steps(struct breadth_search *search)
{
	struct search_result *result = search->result;
	uint64_t waiting = 0;

	result->states = search->ids.count;
	result->transitions = 0;
	memset(result->taken, 0, sizeof(result->taken));
	for (unsigned i = 0; i < search->jobs; i++) {
		const struct worker *worker = &search->workers[i];

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

	result->spin_states = 0;
	for (unsigned i = 0; i < search->jobs; i++)
		result->spin_states += search->workers[i].spin_states;
	result->set_bytes = set_bytes(search);
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
 * has a place in the set, its share of the parts, and, of this level and the next one, a place
 * there. */
static uint64_t room_for(const struct breadth_search *search, uint64_t known, uint64_t level)
{
	uint64_t parts = parts_bytes(&search->parts);
	uint64_t used = SLOT_BYTES * known + sizeof(state_id) * level + parts;
	uint64_t each = SLOT_BYTES + sizeof(state_id) + parts / known + 1;

	g_assert(level <= known);
	return search->options->memory > used ? (search->options->memory - used) / each : 0;
}

/* What was added becomes the level to be looked at. */
static void begin_level(struct breadth_search *search)
{
	level_empty(&search->level);
	for (unsigned i = 0; i < search->jobs; i++) {
		level_move(&search->level, &search->workers[i].next);
		search->workers[i].looked = 0;
		worker_show(&search->workers[i]);
	}
	parts_settle(&search->parts);
	search->room = room_for(search, search->ids.count, search->level.count);
	atomic_store_explicit(&search->added, 0, memory_order_relaxed);
}

static enum search_ended search_level(struct breadth_search *search)
{
	begin_level(search);
	workers_run(search, do_level);
	/* Which parts have got the last numbers depends on the threads. */
	if (parts_are_full(&search->parts))
		search->full = 1;
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
	state_id id;

	pack_write(search->layout, search->layout->blank, key);
	id = parts_id(&search->parts, search->layout->blank, key);
	if (ids_add(&search->ids, id, 0) != IDS_NEW)
		g_assert_not_reached();
	ids_count(&search->ids, 1);
	level_push(&search->workers[0].next, id);
	search->result->states = search->result->widest = 1;
}

static void init(struct breadth_search *search)
{
	parts_init(&search->parts, search->layout);
	if (!ids_init(&search->ids))
		g_error("no memory");
	level_init(&search->level);
	g_mutex_init(&search->meeting);
	g_cond_init(&search->met);
	for (unsigned i = 0; i < search->jobs; i++)
		worker_init(search, i);
}

static void clear(struct breadth_search *search)
{
	for (unsigned i = 0; i < search->jobs; i++)
		worker_clear(&search->workers[i]);
	g_free(search->workers);
	threads_free(search->threads);
	g_mutex_clear(&search->meeting);
	g_cond_clear(&search->met);
	level_clear(&search->level);
	ids_clear(&search->ids);
	parts_clear(&search->parts);
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

	init(&search);
	start(&search);
	search_levels(&search);
	clear(&search);
	return search.result;
}
