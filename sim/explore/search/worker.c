/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/worker.h"

#include <assert.h>

#include "sim/explore/search/threads.h"

enum {
	PARCEL_STATES = 512,
	PASSED_STATES = 1 << 14, /* as many as fit in the cache of a CPU */
	PREFETCH = 12,           /* states ahead of the one that is added */
};

static uint32_t *parcel_keys(struct parcel *parcel)
{
	return (uint32_t *)(parcel->hash + PARCEL_STATES);
}

static struct parcel *parcel_new(const struct worker *worker)
{
	struct parcel *parcel =
		g_malloc(sizeof(struct parcel) + PARCEL_STATES * sizeof(uint64_t) +
			 (size_t)PARCEL_STATES * worker->set.words * sizeof(uint32_t));

	parcel->count = 0;
	parcel->last = false;
	return parcel;
}

/* What the table takes while it can: all that the queues leave of this worker's share. A table that
 * is full then, while the level fits, grows past that by the steps of set_grow(): so it has at most
 * 4/3 slots for each state. */
static void share_memory(struct worker *worker)
{
	size_t share = worker->search->options->memory / worker->search->jobs;
	size_t queues = queue_bytes(&worker->now) + queue_bytes(&worker->next);

	worker->set.bytes_max = share > queues ? share - queues : 0;
}

/* Returns false if the machine has no memory for the state. */
static bool add_state(struct worker *worker, const uint32_t *key, uint64_t hash)
{
	enum set_answer answer = set_add(&worker->set, key, hash);

	if (answer == SET_FULL && set_grow(&worker->set))
		answer = set_add(&worker->set, key, hash);
	if (answer == SET_NEW)
		queue_push(&worker->next, key);
	return answer != SET_FULL;
}

/* Count what this worker has added since it had @before states. */
static void count_added(struct worker *worker, uint64_t before)
{
	struct breadth_search *search = worker->search;
	uint64_t added = worker->set.count - before;

	added += atomic_fetch_add_explicit(&search->added, added, memory_order_relaxed);
	if (added > search->room)
		g_atomic_int_set(&search->full, 1);
}

static void take_in(struct worker *worker, struct parcel *parcel)
{
	unsigned words = worker->set.words;
	uint32_t *key = parcel_keys(parcel);
	uint64_t before = worker->set.count;

	assert(parcel->count <= PARCEL_STATES);
	if (g_atomic_int_get(&worker->search->full))
		return;
	share_memory(worker);
	for (uint32_t i = 0; i < parcel->count && i < PREFETCH; i++)
		set_prefetch(&worker->set, parcel->hash[i]);
	for (uint32_t i = 0; i < parcel->count; i++, key += words) {
		if (i + PREFETCH < parcel->count)
			set_prefetch(&worker->set, parcel->hash[i + PREFETCH]);
		if (!add_state(worker, key, parcel->hash[i]))
			g_atomic_int_set(&worker->search->full, 1);
	}
	count_added(worker, before);
}

static void receive(struct worker *worker, struct parcel *parcel)
{
	take_in(worker, parcel);
	worker->lasts += parcel->last;
	assert(worker->lasts < worker->search->jobs);
	g_free(parcel);
}

/* Hand over the parcel for @owner. */
static void send(struct worker *worker, unsigned owner, bool last)
{
	struct parcel *parcel = worker->out[owner];

	assert(owner < worker->search->jobs);
	if (owner == worker->index) {
		take_in(worker, parcel);
		parcel->count = 0;
		return;
	}
	parcel->last = last;
	worker->out[owner] = parcel_new(worker);
	g_async_queue_push(worker->search->workers[owner].inbox, parcel);
}

/* Has this worker passed on the state at @key not long ago? Each state is reached several times,
 * and often soon after one another. A state that is in the cache of the CPU needs no look into the
 * table, and need not be sent to another thread. */
static bool was_passed_on(struct worker *worker, const uint32_t *key, uint64_t hash)
{
	unsigned words = worker->set.words;
	uint32_t *slot = worker->passed + (size_t)(hash % PASSED_STATES) * words;
	uint32_t differ = 0;

	for (unsigned i = 0; i < words; i++)
		differ |= slot[i] ^ key[i];
	if (differ == 0)
		return true;
	pack_copy(slot, key, words);
	return false;
}

void worker_pass_on(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	struct worker *worker = context;
	struct breadth_search *search = worker->search;
	unsigned words = worker->set.words;
	uint64_t hash = set_hash(key, words);
	unsigned owner = search_owner(search, hash);
	struct parcel *parcel = worker->out[owner];
	uint32_t *to = parcel_keys(parcel) + (size_t)parcel->count * words;

	(void)next;
	assert(parcel->count < PARCEL_STATES);
	worker->taken[step->verb]++;
	if (was_passed_on(worker, key, hash))
		return;
	pack_copy(to, key, words);
	pack_set_depth(search->layout, to, search->depth + 1);
	parcel->hash[parcel->count++] = hash;
	if (parcel->count == PARCEL_STATES)
		send(worker, owner, false);
}

void worker_receive(struct worker *worker)
{
	struct parcel *parcel;

	while ((parcel = g_async_queue_try_pop(worker->inbox)))
		receive(worker, parcel);
}

void worker_end_level(struct worker *worker)
{
	unsigned jobs = worker->search->jobs;

	for (unsigned owner = 0; owner < jobs; owner++) {
		send(worker, owner, true);
		assert(worker->out[owner]->count == 0);
	}
	while (worker->lasts < jobs - 1)
		receive(worker, g_async_queue_pop(worker->inbox));
	worker_show(worker);
}

static void show(atomic_uint_least64_t *shown, uint64_t value)
{
	atomic_store_explicit(shown, value, memory_order_relaxed);
}

void worker_show(struct worker *worker)
{
	struct worker_shown *shown = &worker->shown;

	assert(worker->now.count + worker->next.count <= worker->set.count);
	show(&shown->states, worker->set.count);
	show(&shown->transitions, worker->transitions);
	show(&shown->waiting, worker->now.count + worker->next.count);
	atomic_store_explicit(&shown->bytes, worker_bytes(worker), memory_order_relaxed);
}

void worker_start(struct breadth_search *search, const uint32_t *key)
{
	uint64_t hash = set_hash(key, search->layout->words);
	struct worker *owner = &search->workers[search_owner(search, hash)];

	assert(pack_depth(search->layout, key) == 0);
	share_memory(owner);
	if (set_add(&owner->set, key, hash) != SET_NEW)
		g_error("no memory");
	queue_push(&owner->next, key);
}

void worker_next_level(struct worker *worker)
{
	struct key_queue done = worker->now;

	g_assert(g_async_queue_length(worker->inbox) == 0);
	worker->now = worker->next;
	worker->next = done;
	queue_clear(&worker->next);
	worker->lasts = 0;
}

size_t worker_bytes(const struct worker *worker)
{
	return worker->set.bytes + queue_bytes(&worker->now) + queue_bytes(&worker->next);
}

void worker_init(struct breadth_search *search, unsigned index)
{
	const struct pack_layout *layout = search->layout;
	struct worker *worker = &search->workers[index];

	g_assert(index < search->jobs);
	worker->search = search;
	worker->index = index;
	expander_init(&worker->expander, layout);
	judge_init(&worker->judge, &layout->config, search->options->check);
	if (!set_init(&worker->set, layout->words, 0))
		g_error("no memory");
	queue_init(&worker->now, layout->words);
	queue_init(&worker->next, layout->words);
	worker->inbox = g_async_queue_new_full(g_free);
	worker->passed = g_new0(uint32_t, (size_t)PASSED_STATES * layout->words);
	worker->out = g_new0(struct parcel *, search->jobs);
	for (unsigned owner = 0; owner < search->jobs; owner++)
		worker->out[owner] = parcel_new(worker);
}

void worker_clear(struct worker *worker)
{
	g_assert(g_async_queue_length(worker->inbox) == 0); /* each level is received to its end */
	expander_free(&worker->expander);
	judge_clear(&worker->judge);
	set_free(&worker->set);
	queue_clear(&worker->now);
	queue_clear(&worker->next);
	g_async_queue_unref(worker->inbox);
	for (unsigned owner = 0; owner < worker->search->jobs; owner++)
		g_free(worker->out[owner]);
	g_free(worker->out);
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
	threads_run(search->threads, run_job, &job);
}
