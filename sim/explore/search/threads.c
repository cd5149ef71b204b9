/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/threads.h"

#include <glib.h>

struct job {
	void (*work)(void *context, unsigned index);
	void *context;
	unsigned index;
};

static gpointer run_in_thread(gpointer data)
{
	const struct job *job = data;

	job->work(job->context, job->index);
	return NULL;
}

void threads_run(unsigned count, void (*work)(void *context, unsigned index), void *context)
{
	GThread **threads = g_new0(GThread *, count);
	struct job *jobs = g_new0(struct job, count);

	g_assert(count >= 1);
	for (unsigned i = 0; i < count; i++)
		jobs[i] = (struct job){ work, context, i };
	for (unsigned i = 1; i < count; i++)
		threads[i] = g_thread_new("explore", run_in_thread, &jobs[i]);
	work(context, 0);
	for (unsigned i = 1; i < count; i++)
		g_thread_join(threads[i]);
	g_free(threads);
	g_free(jobs);
}
