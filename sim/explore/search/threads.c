/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/threads.h"

#include <glib.h>
#include <stdbool.h>

struct member {
	struct threads *threads;
	GThread *thread;
	unsigned index;
};

struct threads {
	unsigned count;          /* with the caller */
	struct member *members;  /* the caller is 0 */
	GMutex mutex;            /* for what follows */
	GCond begins, ends;      /* a round, or all is over; the last one of a round */
	unsigned round, working; /* working: besides the caller */
	bool over;
	void (*work)(void *context, unsigned index);
	void *context;
};

/* Wait for a round after @round. False: there is none any more. */
static bool await_round(struct threads *threads, unsigned round)
{
	bool over;

	g_mutex_lock(&threads->mutex);
	while (threads->round == round && !threads->over)
		g_cond_wait(&threads->begins, &threads->mutex);
	over = threads->over;
	g_mutex_unlock(&threads->mutex);
	return !over;
}

static void end_round(struct threads *threads)
{
	g_mutex_lock(&threads->mutex);
	g_assert(threads->working > 0);
	if (--threads->working == 0)
		g_cond_signal(&threads->ends);
	g_mutex_unlock(&threads->mutex);
}

static gpointer run_in_thread(gpointer data)
{
	const struct member *member = data;
	struct threads *threads = member->threads;

	for (unsigned round = 0; await_round(threads, round); round++) {
		threads->work(threads->context, member->index);
		end_round(threads);
	}
	return NULL;
}

struct threads *threads_new(unsigned wanted)
{
	struct threads *threads = g_new0(struct threads, 1);

	g_assert(wanted >= 1);
	threads->members = g_new0(struct member, wanted);
	g_mutex_init(&threads->mutex);
	g_cond_init(&threads->begins);
	g_cond_init(&threads->ends);
	for (threads->count = 1; threads->count < wanted; threads->count++) {
		struct member *member = &threads->members[threads->count];

		*member = (struct member){ .threads = threads, .index = threads->count };
		member->thread = g_thread_try_new("explore", run_in_thread, member, NULL);
		if (!member->thread)
			break;
	}
	return threads;
}

void threads_free(struct threads *threads)
{
	g_mutex_lock(&threads->mutex);
	g_assert(threads->working == 0);
	threads->over = true;
	g_cond_broadcast(&threads->begins);
	g_mutex_unlock(&threads->mutex);
	for (unsigned i = 1; i < threads->count; i++)
		g_thread_join(threads->members[i].thread);
	g_cond_clear(&threads->ends);
	g_cond_clear(&threads->begins);
	g_mutex_clear(&threads->mutex);
	g_free(threads->members);
	g_free(threads);
}

unsigned threads_count(const struct threads *threads)
{
	return threads->count;
}

void threads_run(
	struct threads *threads, void (*work)(void *context, unsigned index), void *context)
{
	g_mutex_lock(&threads->mutex);
	g_assert(threads->working == 0 && !threads->over);
	threads->work = work;
	threads->context = context;
	threads->working = threads->count - 1;
	threads->round++;
	g_cond_broadcast(&threads->begins);
	g_mutex_unlock(&threads->mutex);
	work(context, 0);
	g_mutex_lock(&threads->mutex);
	while (threads->working > 0)
		g_cond_wait(&threads->ends, &threads->mutex);
	g_mutex_unlock(&threads->mutex);
}
