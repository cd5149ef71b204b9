/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/worker.h"

#include <assert.h>

#include "sim/explore/search/threads.h"

enum { PASSED_STATES = 1 << 14 /* as many as fit into the cache of a CPU */ };

/* Growing */

/* The last thread has come to the meeting, which is locked. */
static void grow_and_go_on(struct breadth_search *search)
{
	if (!g_atomic_int_get(&search->full) && !ids_grow(&search->ids, &search->parts))
		g_atomic_int_set(&search->full, 1);
	g_atomic_int_set(&search->tight, 0);
	search->meetings++;
	g_cond_broadcast(&search->met);
}

/* The set has to grow. Returns once it has, or the level does not fit. */
static void meet(struct breadth_search *search)
{
	unsigned meetings;

	g_mutex_lock(&search->meeting);
	g_atomic_int_set(&search->tight, 1);
	meetings = search->meetings;
	if (++search->waiting == search->looking)
		grow_and_go_on(search);
	while (meetings == search->meetings)
		g_cond_wait(&search->met, &search->meeting);
	search->waiting--;
	g_mutex_unlock(&search->meeting);
}

void worker_meets(struct worker *worker)
{
	if (g_atomic_int_get(&worker->search->tight))
		meet(worker->search);
}

static void leave_meetings(struct breadth_search *search)
{
	g_mutex_lock(&search->meeting);
	search->looking--;
	if (g_atomic_int_get(&search->tight) && search->waiting == search->looking &&
		search->looking > 0)
		grow_and_go_on(search);
	g_mutex_unlock(&search->meeting);
}

/* Adding */

/* Returns false if the level does not fit. */
static bool add_state(struct worker *worker, state_id id)
{
	struct breadth_search *search = worker->search;

	for (;;) {
		switch (ids_add(&search->ids, id, search->depth + 1)) {
		case IDS_NEW:
			level_push(&worker->next, id);
			return true;
		case IDS_KNOWN:
			return true;
		case IDS_NO_ROOM:
			break;
		}
		if (g_atomic_int_get(&search->full))
			return false;
		meet(search);
	}
}

/* Count what this worker has added since it had @before states for the next level. */
static void count_added(struct worker *worker, uint64_t before)
{
	struct breadth_search *search = worker->search;
	uint64_t added = worker->next.count - before;
	bool is_tight = ids_count(&search->ids, added);

	added += atomic_fetch_add_explicit(&search->added, added, memory_order_relaxed);
	if (added > search->room)
		g_atomic_int_set(&search->full, 1);
	else if (is_tight || g_atomic_int_get(&search->tight))
		meet(search);
}

static void add_pending(struct worker *worker)
{
	uint64_t before = worker->next.count;
	bool fits = !g_atomic_int_get(&worker->search->full);

	for (unsigned i = 0; fits && i < worker->pending_count; i++)
		fits = add_state(worker, worker->pending[i]);
	worker->pending_count = 0;
	count_added(worker, before);
}

/* Has this worker passed on @id not long ago? Each state is reached several times, and often soon
 * after one another. A state that is in the cache of the CPU needs no look into the set. */
static bool was_passed_on(struct worker *worker, state_id id)
{
	state_id *slot = &worker->passed[ids_hash(id) % PASSED_STATES];

	if (((*slot ^ id) & ~PARTS_JUDGED) == 0)
		return true;
	*slot = id;
	return false;
}

void worker_pass_on(void *context, enum step_verb verb, state_id next)
{
	struct worker *worker = context;

	worker->taken[verb]++;
	if (was_passed_on(worker, next))
		return;
	ids_prefetch(&worker->search->ids, next);
	worker->pending[worker->pending_count++] = next;
	if (worker->pending_count == WORKER_PENDING)
		add_pending(worker);
}

void worker_ends(struct worker *worker)
{
	add_pending(worker);
	leave_meetings(worker->search);
	worker_show(worker);
}

static void show(atomic_uint_least64_t *shown, uint64_t value)
{
	atomic_store_explicit(shown, value, memory_order_relaxed);
}

void worker_show(struct worker *worker)
{
	show(&worker->shown.states, worker->next.count);
	show(&worker->shown.transitions, worker->transitions);
	show(&worker->shown.looked, worker->looked);
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
	level_init(&worker->next);
	worker->passed = g_new0(state_id, PASSED_STATES);
}

void worker_clear(struct worker *worker)
{
	local_free(worker->local);
	judge_clear(&worker->judge);
	level_clear(&worker->next);
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
	search->looking = search->jobs;
	g_assert(search->waiting == 0);
	threads_run(search->threads, run_job, &job);
}
