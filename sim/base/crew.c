/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/crew.h"

enum { TICK_US = 200000 };

enum item_state { ITEM_OPEN, ITEM_RUNNING, ITEM_DONE };

/* An item; once it is handed over the slot is that of item + CREW_AHEAD, and OPEN. */
struct slot {
	enum item_state state;
	void *result;
};

struct crew {
	const struct crew_plan *plan;
	GThread *caller;
	gint64 ticked_us; /* these are the caller's, the mutex is for all that follow */
	GMutex mutex;
	GCond done; /* an item is DONE */
	GCond room; /* there is an item to take, or the crew is to stop */
	struct slot slots[CREW_AHEAD];
	uint64_t next; /* item to be handed over; written by the caller only */
	uint64_t open; /* item to be taken */
	int stop;      /* atomic */
};

static struct slot *slot_of(struct crew *crew, uint64_t item)
{
	return &crew->slots[item % CREW_AHEAD];
}

static void change_state(struct slot *slot, enum item_state from, enum item_state to)
{
	g_assert(slot->state == from);
	g_assert((to == ITEM_DONE) == (slot->result != NULL));
	slot->state = to;
}

static bool must_stop(struct crew *crew)
{
	return g_atomic_int_get(&crew->stop) != 0;
}

static void stop_all(struct crew *crew)
{
	g_mutex_lock(&crew->mutex);
	g_atomic_int_set(&crew->stop, 1);
	g_cond_broadcast(&crew->room);
	g_mutex_unlock(&crew->mutex);
}

/* --- the caller, between its own items --- */

/* Take the next result to hand over out of its slot; NULL if it is not done. */
static void *take_done(struct crew *crew)
{
	struct slot *slot;
	void *result = NULL;

	g_mutex_lock(&crew->mutex);
	slot = slot_of(crew, crew->next);
	if (slot->state == ITEM_DONE) {
		g_assert(crew->next < crew->open);
		result = g_steal_pointer(&slot->result);
		change_state(slot, ITEM_DONE, ITEM_OPEN);
		crew->next++;
		g_cond_signal(&crew->room);
	}
	g_mutex_unlock(&crew->mutex);
	return result;
}

static void hand_over(struct crew *crew)
{
	const struct crew_plan *plan = crew->plan;
	void *result;

	while (!must_stop(crew) && (result = take_done(crew)) != NULL) {
		if (!plan->take(plan->context, crew->next - 1, result))
			stop_all(crew);
	}
}

static void tick(struct crew *crew)
{
	gint64 now = g_get_monotonic_time();

	if (must_stop(crew) || crew->next == crew->plan->items || now - crew->ticked_us < TICK_US)
		return;
	crew->ticked_us = now;
	if (!crew->plan->tick(crew->plan->context))
		stop_all(crew);
}

/* Until a result can be handed over, at most up to the next tick. */
static void wait_for_done(struct crew *crew)
{
	gint64 until = g_get_monotonic_time() + TICK_US;

	g_assert(crew->next < crew->plan->items);
	g_mutex_lock(&crew->mutex);
	while (slot_of(crew, crew->next)->state != ITEM_DONE &&
		g_cond_wait_until(&crew->done, &crew->mutex, until))
		continue;
	g_mutex_unlock(&crew->mutex);
}

/* --- one item, in any thread --- */

bool crew_goes_on(struct crew *crew)
{
	if (g_thread_self() == crew->caller) {
		hand_over(crew);
		tick(crew);
	}
	return !must_stop(crew);
}

static void work_on(struct crew *crew, uint64_t item)
{
	void *result = crew->plan->work(crew->plan->context, crew, item);
	struct slot *slot = slot_of(crew, item);

	g_assert(item < crew->plan->items);
	g_assert(result || must_stop(crew));
	g_mutex_lock(&crew->mutex);
	slot->result = result;
	change_state(slot, ITEM_RUNNING, result ? ITEM_DONE : ITEM_OPEN);
	g_cond_signal(&crew->done);
	g_mutex_unlock(&crew->mutex);
}

/* --- threads --- */

static bool has_room(const struct crew *crew)
{
	g_assert(crew->next <= crew->open && crew->open - crew->next <= CREW_AHEAD);
	return crew->open - crew->next < CREW_AHEAD;
}

/* Take an open item. False if there is none: with @wait only at the end of the work. */
static bool take_open(struct crew *crew, bool wait, uint64_t *item)
{
	bool taken;

	g_mutex_lock(&crew->mutex);
	g_assert(crew->open <= crew->plan->items);
	while (wait && !must_stop(crew) && crew->open < crew->plan->items && !has_room(crew))
		g_cond_wait(&crew->room, &crew->mutex);
	taken = !must_stop(crew) && crew->open < crew->plan->items && has_room(crew);
	if (taken) {
		*item = crew->open++;
		change_state(slot_of(crew, *item), ITEM_OPEN, ITEM_RUNNING);
	}
	g_mutex_unlock(&crew->mutex);
	return taken;
}

static void *work_till_end(void *data)
{
	struct crew *crew = data;
	uint64_t item;

	while (take_open(crew, true, &item))
		work_on(crew, item);
	return NULL;
}

/* The caller's part. */
static void lead(struct crew *crew)
{
	uint64_t item;

	while (!must_stop(crew) && crew->next < crew->plan->items) {
		if (take_open(crew, false, &item))
			work_on(crew, item);
		else
			wait_for_done(crew);
		hand_over(crew);
		tick(crew);
	}
}

/* Those besides the caller: as many as there are items for, and as the system gives. */
static GPtrArray *start_threads(struct crew *crew, unsigned *missing)
{
	uint64_t wanted = MIN(crew->plan->jobs, crew->plan->items - crew->plan->done);
	GPtrArray *threads = g_ptr_array_new();
	GThread *thread;

	g_assert(crew->next == crew->plan->done);
	while (threads->len + 1 < wanted &&
		(thread = g_thread_try_new("crew", work_till_end, crew, NULL)) != NULL)
		g_ptr_array_add(threads, thread);
	*missing = threads->len + 1 < wanted ? (unsigned)(wanted - threads->len - 1) : 0;
	return threads;
}

static void end_threads(struct crew *crew, GPtrArray *threads)
{
	g_assert(threads->len < crew->plan->jobs);
	stop_all(crew);
	for (guint i = 0; i < threads->len; i++)
		g_thread_join(threads->pdata[i]);
	g_ptr_array_free(threads, TRUE);
}

static struct crew *crew_new(const struct crew_plan *plan)
{
	struct crew *crew = g_new0(struct crew, 1);

	crew->plan = plan;
	crew->caller = g_thread_self();
	crew->next = crew->open = plan->done;
	g_mutex_init(&crew->mutex);
	g_cond_init(&crew->done);
	g_cond_init(&crew->room);
	return crew;
}

static void crew_free(struct crew *crew)
{
	for (unsigned i = 0; i < CREW_AHEAD; i++) {
		g_assert(crew->slots[i].state != ITEM_RUNNING);
		if (crew->slots[i].result)
			crew->plan->drop(crew->slots[i].result);
	}
	g_cond_clear(&crew->room);
	g_cond_clear(&crew->done);
	g_mutex_clear(&crew->mutex);
	g_free(crew);
}

bool crew_run(const struct crew_plan *plan, unsigned *missing)
{
	struct crew *crew;
	GPtrArray *threads;
	bool all;

	g_assert(plan->jobs >= 1 && plan->jobs <= CREW_JOBS_MAX);
	g_assert(plan->done <= plan->items);
	crew = crew_new(plan);
	threads = start_threads(crew, missing);
	lead(crew);
	all = !must_stop(crew);
	g_assert(!all || crew->next == plan->items);
	end_threads(crew, threads);
	crew_free(crew);
	return all;
}
