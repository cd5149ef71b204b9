/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/worker.h"

#include <assert.h>

#include "sim/base/hash.h"
#include "sim/explore/search/threads.h"

enum {
	PASSED_STATES = 1 << 14, /* as many as fit into the cache of a CPU */
	TAKE_BLOCKS = 8,         /* blocks of a level at once */
};

/* Looking */

/* Has this worker put @id aside not long ago? Each state is reached several times, and often soon
 * after one another. */
static bool was_passed_on(struct worker *worker, state_id id)
{
	state_id *slot = &worker->passed[hash_word(0, id & ~PARTS_JUDGED) % PASSED_STATES];

	if (((*slot ^ id) & ~PARTS_JUDGED) == 0)
		return true;
	*slot = id;
	return false;
}

void worker_pass_on(void *context, enum step_verb verb, state_id next)
{
	struct worker *worker = context;

	worker->verbs[verb]++;
	if (was_passed_on(worker, next))
		return;
	candidates_add(&worker->candidates, next);
	worker->put_aside++;
}

const struct state_list *worker_take(struct worker *worker, uint64_t *block, uint64_t *end)
{
	struct breadth_search *search = worker->search;
	uint64_t at = TAKE_BLOCKS *
	              atomic_fetch_add_explicit(&search->level_taken, 1, memory_order_relaxed);

	for (guint i = search->level_at; i < search->next_at; i++) {
		const struct state_list *list = g_ptr_array_index(search->lists, i);
		uint64_t blocks =
			(list->blocks_count + TAKE_BLOCKS - 1) / TAKE_BLOCKS * TAKE_BLOCKS;

		if (at < blocks) {
			*block = at;
			*end = MIN(at + TAKE_BLOCKS, list->blocks_count);
			return list;
		}
		at -= blocks;
	}
	return NULL;
}

bool worker_has_enough(struct worker *worker)
{
	uint64_t mine = worker->put_aside, all;

	worker->put_aside = 0;
	all = mine +
	      atomic_fetch_add_explicit(&worker->search->put_aside, mine, memory_order_relaxed);
	return all >= worker->search->enough;
}

static void show(atomic_uint_least64_t *shown, uint64_t value)
{
	atomic_store_explicit(shown, value, memory_order_relaxed);
}

void worker_show(struct worker *worker)
{
	show(&worker->shown.transitions, worker->transitions);
	show(&worker->shown.looked, worker->looked);
}

/* Sifting */

/* Take the states of @list that belong to bucket @bucket out of the sieve. */
static void take_out_known(struct worker *worker, unsigned bucket, const struct state_list *list)
{
	unsigned shift = worker->candidates.shift;
	state_id first = (state_id)bucket << shift, last = first | (((state_id)1 << shift) - 1);
	state_id ids[LIST_BLOCK];

	for (uint64_t block = list_find(list, first);
		block < list->blocks_count && list->blocks[block].first <= last; block++)
		sieve_take_out(&worker->sieve, ids, list_read_plain(list, block, ids));
}

/* Put bucket @bucket of all workers into the sieve. False: there is nothing in it. */
static bool fill_sieve(struct worker *worker, unsigned bucket)
{
	struct breadth_search *search = worker->search;
	uint64_t count = 0;

	for (unsigned i = 0; i < search->jobs; i++)
		count += candidates_count(&search->workers[i].candidates, bucket);
	if (count == 0)
		return false;
	sieve_begin(&worker->sieve, count);
	for (unsigned i = 0; i < search->jobs; i++)
		candidates_sift(&search->workers[i].candidates, bucket, &worker->sieve);
	return true;
}

static void sift_bucket(struct worker *worker, unsigned bucket)
{
	struct breadth_search *search = worker->search;
	const state_id *rest;
	uint64_t count;

	if (!fill_sieve(worker, bucket)) {
		search->sifted[bucket] = list_write(&worker->writer, NULL, 0);
		return;
	}
	for (guint i = 0; i < search->lists->len; i++)
		take_out_known(worker, bucket, g_ptr_array_index(search->lists, i));
	rest = sieve_rest(&worker->sieve, &count);
	search->sifted[bucket] = list_write(&worker->writer, rest, count);
}

void worker_sift(struct worker *worker)
{
	struct breadth_search *search = worker->search;
	uint64_t buckets = UINT64_C(1) << search->bits, bucket;

	list_writer_begin(&worker->writer, &search->widths);
	while ((bucket = atomic_fetch_add_explicit(&search->taken, 1, memory_order_relaxed)) <
		buckets)
		sift_bucket(worker, (unsigned)bucket);
}

/* The candidates of all workers in bucket @bucket become this worker's, each of them once. */
static void thin_bucket(struct worker *worker, unsigned bucket)
{
	struct breadth_search *search = worker->search;
	const state_id *rest;
	uint64_t count;

	if (!fill_sieve(worker, bucket))
		return;
	rest = sieve_rest(&worker->sieve, &count);
	for (unsigned i = 0; i < search->jobs; i++)
		candidates_give_up(&search->workers[i].candidates, bucket, &worker->candidates);
	for (uint64_t i = 0; i < count; i++)
		candidates_add(&worker->candidates, rest[i]);
	atomic_fetch_add_explicit(&search->put_aside, count, memory_order_relaxed);
}

void worker_thin(struct worker *worker)
{
	struct breadth_search *search = worker->search;
	uint64_t buckets = UINT64_C(1) << search->bits, bucket;

	while ((bucket = atomic_fetch_add_explicit(&search->taken, 1, memory_order_relaxed)) <
		buckets)
		thin_bucket(worker, (unsigned)bucket);
}

int worker_compare(const struct worker *worker, state_id a, state_id b)
{
	const struct parts *parts = &worker->search->parts;
	uint32_t key_a[PACK_WORDS_MAX], key_b[PACK_WORDS_MAX];

	parts_key(parts, a, key_a);
	parts_key(parts, b, key_b);
	return pack_compare(parts->layout, key_a, key_b);
}

/* Beginning and end */

void worker_init(struct breadth_search *search, unsigned index)
{
	struct worker *worker = &search->workers[index];

	g_assert(index < search->jobs);
	worker->search = search;
	worker->index = index;
	judge_init(&worker->judge, &search->layout->config, search->options->check);
	worker->local = local_new(&search->parts, search->options->check);
	candidates_init(&worker->candidates);
	worker->passed = g_new0(state_id, PASSED_STATES);
}

void worker_clear(struct worker *worker)
{
	local_free(worker->local);
	judge_clear(&worker->judge);
	candidates_clear(&worker->candidates);
	sieve_clear(&worker->sieve);
	list_writer_clear(&worker->writer);
	g_free(worker->passed);
}

struct job {
	struct breadth_search *search;
	void (*work)(struct worker *worker);
};

static void run_job(void *context, unsigned index)
{
	const struct job *job = context;

	job->work(&job->search->workers[index]);
}

void workers_run(struct breadth_search *search, void (*work)(struct worker *worker))
{
	struct job job = { search, work };

	g_assert(threads_count(search->threads) == search->jobs);
	atomic_store_explicit(&search->taken, 0, memory_order_relaxed);
	threads_run(search->threads, run_job, &job);
}
