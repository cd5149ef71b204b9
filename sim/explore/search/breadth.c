/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/explore/search/back.h"
#include "sim/explore/search/disk.h"
#include "sim/explore/search/modes.h"
#include "sim/explore/search/result.h"
#include "sim/explore/search/threads.h"

/*
 * Breadth first, level by level; the turns of the threads are drawn in worker.h.
 *
 *     start --> LEVEL depth --> summed up --> ended_after() --- goes on: depth + 1 ---> LEVEL
 *                                                  |
 *                                                  +--> violation, interrupted, memory,
 *                                                       exhausted, max-states, max-depth
 *
 * The reasons are tested in this order.
 *
 * Memory is looked at once for each level: from the states so far follows how many new ones still
 * fit, room_for(). That does not depend on the threads. A level that adds more does not fit, and
 * what it adds is discarded as a unit: the result has the states up to this level, and the steps
 * from the levels before. The states of the level itself are all known and are all judged even
 * then. So after "memory" none of them breaks a property, and a violation in such a level is found
 * and counts, with the counterexample that more memory gives.
 *
 * A sift reads all known states once. So it waits for as many candidates, if they fit into a
 * quarter of the memory: then it costs little for each.
 */

enum {
	ENOUGH_MAX = 1 << 30,      /* a list has fewer than 2^32 words */
	ENOUGH_MIN = 1 << 18,      /* candidates */
	PER_BUCKET = 1 << 12,      /* candidates that fit into the cache of a CPU */
	CANDIDATES_SHARE = 4,      /* that part of all memory is for them */
	CANDIDATES_SHARE_DISK = 2, /* if lists are on a disk */
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
	if (local_keeps(worker->local, *id) && local_can_judge(check) &&
		machine_check(machine) == 0)
		*id |= PARTS_JUDGED;
	return judge_machine(&worker->judge, machine, check);
}

static void look_at(struct worker *worker, state_id *id)
{
	unsigned broken = judge(worker, id);

	if (broken && (!worker->broken || worker_compare(worker, *id, worker->found) < 0)) {
		worker->broken = broken;
		worker->found = *id;
	}
}

/* Bytes for the states that are known. */
static size_t set_bytes(const struct breadth_search *search)
{
	size_t bytes = parts_bytes(&search->parts);

	for (guint i = 0; i < search->lists->len; i++)
		bytes += list_bytes(g_ptr_array_index(search->lists, i));
	return bytes;
}

static size_t bytes_used(const struct breadth_search *search)
{
	size_t bytes = set_bytes(search);

	for (unsigned i = 0; i < search->jobs; i++)
		bytes += candidates_bytes(&search->workers[i].candidates);
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
	uint64_t looked = 0;

	for (unsigned i = 0; i < search->jobs; i++) {
		const struct worker_shown *of = &search->workers[i].shown;

		looked += shown(&of->looked);
		progress.transitions += shown(&of->transitions);
	}
	progress.states = search->states;
	progress.states_before = search->result->states_before;
	progress.waiting = search->level - looked + search->next;
	progress.bytes = search->bytes + (size_t)shown(&search->put_aside) * sizeof(state_id);
	if (options->progress)
		options->progress(options->context, &progress);
	if (options->stop && options->stop(options->context))
		g_atomic_int_set(&search->stopped, 1);
}

static void look_at_block(struct worker *worker, const struct state_list *list, uint64_t block)
{
	struct breadth_search *search = worker->search;
	state_id ids[LIST_BLOCK];
	unsigned count = list_read(list, block, ids);

	for (unsigned i = 0; i < count; i++)
		look_at(worker, &ids[i]);
	/* The level that has one, or does not fit, is looked at to its end, but leads nowhere. */
	if (!worker->broken && !search->full)
		worker->transitions +=
			local_steps(worker->local, ids, count, worker_pass_on, worker);
	worker->looked += count;
	worker_show(worker);
	if (worker->index == 0 && worker->looked / SEARCH_ASK_AT_ONCE !=
					  (worker->looked - count) / SEARCH_ASK_AT_ONCE)
		report_progress(search);
}

static void look(struct worker *worker)
{
	const struct state_list *list;
	uint64_t block, end;

	while ((list = worker_take(worker, &block, &end))) {
		for (; block < end && !g_atomic_int_get(&worker->search->stopped); block++)
			look_at_block(worker, list, block);
		if (worker_has_enough(worker) || g_atomic_int_get(&worker->search->stopped))
			break;
	}
	worker_show(worker);
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

	result->states = search->states;
	result->transitions = 0;
	memset(result->taken, 0, sizeof(result->taken));
	for (unsigned i = 0; i < search->jobs; i++) {
		const struct worker *worker = &search->workers[i];

		result->transitions += worker->transitions;
		for (unsigned verb = 0; verb < VERB_COUNT; verb++)
			result->taken[verb] += worker->verbs[verb];
	}
	result->widest = MAX(result->widest, search->next);
	g_assert(search->next <= result->states);
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
	search->bytes = MAX(search->bytes, bytes_used(search));
	result->bytes = search->bytes;
	if (!lowest_found(search) && !search->full)
		sum_up_steps(search);
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
	if (search->next == 0)
		return SEARCH_EXHAUSTED;
	if (options->max_states && search->result->states >= options->max_states)
		return SEARCH_MAX_STATES;
	return search->depth >= MIN(max_depth, PACK_DEPTH_MAX) ? SEARCH_MAX_DEPTH : SEARCH_GOES_ON;
}

/* Bytes for candidates. */
static uint64_t candidates_share(const struct breadth_search *search)
{
	return search->options->memory / (search->disk ? CANDIDATES_SHARE_DISK : CANDIDATES_SHARE);
}

/* How many new states fit into memory beside @known ones and the candidates: each has a place in a
 * list and its share of the parts. */
static uint64_t room_for(const struct breadth_search *search, uint64_t known)
{
	uint64_t parts = parts_bytes(&search->parts);
	uint64_t lists = search->disk ? 0 : list_bytes_for(&search->widths, known);
	uint64_t used = lists + parts + candidates_share(search);
	uint64_t each = (lists + parts) / known + 1;

	return search->options->memory > used ? (search->options->memory - used) / each : 0;
}

static unsigned bits_for(uint64_t candidates)
{
	unsigned bits = 1;

	while (bits < CANDIDATES_BITS_MAX && candidates >> bits > PER_BUCKET)
		bits++;
	return bits;
}

/* What was added becomes the level to be looked at. */
static void begin_level(struct breadth_search *search)
{
	search->level_at = search->next_at;
	search->next_at = search->lists->len;
	search->level = search->next;
	search->next = 0;
	for (unsigned i = 0; i < search->jobs; i++)
		search->workers[i].looked = 0;
	atomic_store_explicit(&search->level_taken, 0, memory_order_relaxed);
}

static void take_stock(struct breadth_search *search)
{
	for (unsigned i = 0; i < search->jobs; i++)
		worker_show(&search->workers[i]);
	parts_settle(&search->parts);
	search->widths = list_widths(&search->parts);
	search->room = search->next + room_for(search, search->states);
}

/* The level does not fit: what it has added is discarded. */
static void discard(struct breadth_search *search)
{
	search->full = true;
	search->states -= search->next;
	search->next = 0;
	g_ptr_array_set_size(search->lists, (gint)search->next_at);
}

/* The search ends: result.fault was set. */
static void give_up(struct breadth_search *search)
{
	g_assert(search->result->fault);
	g_atomic_int_set(&search->stopped, 1);
}

/* The @count pieces of search.sifted become a list of the next level. If there is no memory, the
 * level does not fit. */
static void add_list(struct breadth_search *search, unsigned count)
{
	struct state_list *list;

	if (search->disk)
		list = disk_add_list(search->disk, search, search->sifted, count, search->depth + 1,
			&search->result->fault);
	else
		list = list_new(search->sifted, count, search->depth + 1);
	if (!list) {
		search->disk ? give_up(search) : discard(search);
		return;
	}
	search->states += list->count;
	search->next += list->count;
	g_ptr_array_add(search->lists, list);
	if (search->next > search->room)
		discard(search);
}

/* What is new among the candidates is added to the next level. */
static void sift(struct breadth_search *search)
{
	uint64_t count = 0;

	search->widths = list_widths(&search->parts);
	workers_run(search, worker_sift);
	search->bytes = MAX(search->bytes, bytes_used(search));
	for (unsigned i = 0; i < search->jobs; i++)
		count += search->workers[i].writer.count;
	if (count > 0)
		add_list(search, 1u << search->bits);
	if (search->disk && !search->stopped && !search->full &&
		!disk_save(search->disk, search, &search->result->fault))
		give_up(search);
}

static void begin_turn(struct breadth_search *search)
{
	uint64_t fit = candidates_share(search) / sizeof(state_id);

	search->enough = MIN(MIN(MAX(search->states, ENOUGH_MIN), fit), ENOUGH_MAX);
	search->bits = bits_for(search->enough);
	search->sifted = g_renew(struct list_piece, search->sifted, UINT64_C(1) << search->bits);
	for (unsigned i = 0; i < search->jobs; i++)
		candidates_begin(&search->workers[i].candidates, search->bits);
	atomic_store_explicit(&search->put_aside, 0, memory_order_relaxed);
}

static bool level_goes_on(const struct breadth_search *search)
{
	uint64_t looked = 0;

	for (unsigned i = 0; i < search->jobs; i++)
		looked += search->workers[i].looked;
	return looked < search->level;
}

/* Where memory for candidates ends early, most of them are there several times: each is kept once.
 * Returns true if half of that memory is free then. */
static bool thin(struct breadth_search *search)
{
	if (search->enough >= search->states)
		return false;
	search->bytes = MAX(search->bytes, bytes_used(search));
	atomic_store_explicit(&search->put_aside, 0, memory_order_relaxed);
	workers_run(search, worker_thin);
	return atomic_load_explicit(&search->put_aside, memory_order_relaxed) <= search->enough / 2;
}

/* Look at the level until there are enough candidates, and sift them. Returns false at its end. */
static bool search_turns(struct breadth_search *search)
{
	begin_turn(search);
	do {
		workers_run(search, look);
		if (search->stopped)
			return false;
		if (search->full || lowest_found(search))
			return level_goes_on(search);
	} while (level_goes_on(search) && thin(search));
	sift(search);
	return level_goes_on(search);
}

static enum search_ended search_level(struct breadth_search *search)
{
	enum search_ended ended;

	if (!search->resumed)
		begin_level(search);
	search->resumed = false;
	take_stock(search);
	while (search_turns(search)) {
	}
	/* Which parts have got the last numbers depends on the threads. */
	if (!search->full && parts_are_full(&search->parts))
		discard(search);
	report_progress(search);
	sum_up(search);
	ended = ended_after(search);
	if (ended != SEARCH_GOES_ON || !search->disk ||
		disk_has_room(search->disk, search, &search->result->fault))
		return ended;
	return SEARCH_INTERRUPTED;
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

/* The start becomes the next level. */
static void start(struct breadth_search *search)
{
	struct list_writer *writer = &search->workers[0].writer;
	uint32_t key[PACK_WORDS_MAX];
	struct list_piece piece;
	struct state_list *list;
	state_id id;

	pack_write(search->layout, search->layout->blank, key);
	id = parts_id(&search->parts, search->layout->blank, key);
	search->widths = list_widths(&search->parts);
	list_writer_begin(writer, &search->widths);
	piece = list_write(writer, &id, 1);
	if (search->disk)
		list = disk_add_list(search->disk, search, &piece, 1, 0, &search->result->fault);
	else
		list = list_new(&piece, 1, 0);
	search->states = search->next = 1;
	search->result->states = search->result->widest = 1;
	if (list)
		g_ptr_array_add(search->lists, list);
	else if (!search->disk)
		g_error("no memory");
}

/* Begin, or go on with what is on the disk. False: result.fault. */
static bool start_or_resume(struct breadth_search *search)
{
	GError **fault = &search->result->fault;

	if (search->options->disk) {
		search->disk = disk_open(search->options, fault);
		if (!search->disk)
			return false;
		search->resumed = disk_has_search(search->disk);
	}
	if (search->resumed)
		return disk_resume(search->disk, search, fault);
	start(search);
	return *fault == NULL;
}

static void free_list(gpointer list)
{
	list_free(list);
}

static void init(struct breadth_search *search)
{
	parts_init(&search->parts, search->layout);
	search->lists = g_ptr_array_new_with_free_func(free_list);
	for (unsigned i = 0; i < search->jobs; i++)
		worker_init(search, i);
}

static void clear(struct breadth_search *search)
{
	for (unsigned i = 0; i < search->jobs; i++)
		worker_clear(&search->workers[i]);
	g_free(search->workers);
	g_free(search->sifted);
	threads_free(search->threads);
	g_ptr_array_free(search->lists, TRUE);
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
	if (start_or_resume(&search))
		search_levels(&search);
	else
		search_end(search.result, SEARCH_INTERRUPTED);
	clear(&search);
	disk_close(search.disk, search.result->verdict != SEARCH_UNDECIDED);
	return search.result;
}
