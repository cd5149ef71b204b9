/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_BASE_CREW_H
#define CIDSIM_SIM_BASE_CREW_H

/*
 * Works on numbered items on several threads and hands their results over in order, so that what is
 * made of them does not depend on the number of threads. The states of an item:
 *
 *   OPEN ---> RUNNING ---> DONE ---> HANDED OVER
 *    |  a thread   work()   all items before
 *    |  takes it   returns  it are handed over
 *    |                |
 *    +----------------+--- the crew is to stop: there is no result
 *
 * Items are taken in order, and one is taken only while fewer than CREW_AHEAD items are RUNNING or
 * DONE: memory does not grow with their number.
 *
 * The caller of crew_run() is one of the threads. While it works on an item of its own it also
 * hands over those that are DONE. So the work gets done, with less speed, if the system gives fewer
 * threads than were asked for, or none.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum {
	CREW_JOBS_MAX = 1024,
	CREW_AHEAD = 2048,
};

struct crew;

struct crew_plan {
	uint64_t done, items; /* the items are @done … @items - 1, at least one or none */
	unsigned jobs;        /* threads, from 1 to CREW_JOBS_MAX */

	/* Works on @item, in any thread, and returns its result, never NULL; but NULL after
	 * crew_goes_on() was false. */
	void *(*work)(void *context, struct crew *crew, uint64_t item);

	/* These are called by the thread that called crew_run(). */
	/* Takes the result of each item in its order. Returns false to stop. */
	bool (*take)(void *context, uint64_t item, void *result);
	/* Called a few times in a second. Returns false to stop. */
	bool (*tick)(void *context);

	/* Frees a result that is not handed over. */
	void (*drop)(void *result);
	void *context;
};

/* Work on all items. Returns whether all results were handed over; *@missing = the threads that the
 * system did not give. */
bool crew_run(const struct crew_plan *plan, unsigned *missing);

/* For work(), to be called every few milliseconds. False: the crew is to stop, return NULL. */
bool crew_goes_on(struct crew *crew);

#endif
