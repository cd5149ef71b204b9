/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_WORKER_H
#define CIDSIM_SIM_EXPLORE_SEARCH_WORKER_H

/*
 * The threads of the breadth-first search. They share the level, the set of states seen and the
 * parts of states. In each level a worker's thread is in one of
 *
 *     LOOKS --- no block left, or search.stopped ---> over
 *       |  ^
 *       |  +--- the set has grown ---+
 *       v                            |
 *     MEETS  the set has to grow: all threads that look wait here. The last one to come makes it
 *            grow, then all go on
 *
 * A worker that looks takes a block off the level, judges each state and passes its successors on.
 * It adds several successors to the set at a time, so that the cache misses overlap.
 *
 * Memory is one budget for all workers: breadth.c turns it into search.room, the number of new
 * states that a level may add. All workers count what they add in search.added. If that gets larger
 * than search.room, the level does not fit, with any number of threads and in any order. Then
 * search.full is set, and workers drop all further successors. But all states of the level itself
 * are in the set already. Workers still take each of them off the level and judge it. So they find
 * what is broken in the level as if there were no limit.
 *
 * Who may touch what:
 *
 *     search.options, .layout, .workers, .jobs    read by all; written before the threads begin
 *     search.depth, .goal, .result, .room         read by all; written between levels
 *     search.parts, .ids, .level                  all; see there
 *     search.stopped, .full, .tight               atomic; any thread sets it during a level
 *     search.added                                atomic; any thread adds to it during a level, the
 *                                                 caller's thread sets it to 0 between levels
 *     search.looking, .waiting, .meetings         with search.meeting locked
 *     worker.shown                                atomic; the worker's thread writes it, the first
 *                                                 worker's thread reads it, to print progress
 *     a worker's other fields                     the worker's thread during a level, the caller's
 *                                                 thread between levels
 */

#include <stdatomic.h>

#include "sim/explore/search/level.h"
#include "sim/explore/search/search.h"
#include "sim/explore/state/ids.h"
#include "sim/explore/state/judge.h"
#include "sim/explore/state/local.h"

struct breadth_search;

enum { WORKER_PENDING = 64 };

/* What a worker shows now and then. Each number is atomic; the three together are not. */
struct worker_shown {
	atomic_uint_least64_t states, transitions, looked;
};

struct worker {
	struct breadth_search *search;
	unsigned index;
	struct local *local;
	struct judge judge;
	struct level next;                /* what this worker has added */
	state_id pending[WORKER_PENDING]; /* passed on, not added yet */
	unsigned pending_count;
	state_id *passed; /* states passed on lately, by hash */
	struct worker_shown shown;
	uint64_t transitions, spin_states, looked;
	uint64_t taken[VERB_COUNT];
	/* the lowest state of this level that breaks something */
	unsigned broken;
	state_id found;
	/* the path back: the lowest state that leads to search.goal */
	state_id before;
	bool has_before;
};

struct breadth_search {
	const struct search_options *options;
	const struct pack_layout *layout;
	struct worker *workers;
	struct threads *threads;
	unsigned jobs; /* as many as there are threads */
	struct parts parts;
	struct ids ids;
	struct level level;          /* to be looked at */
	unsigned depth;              /* of the level, and so of all states in it */
	int stopped;                 /* end the level without looking at more */
	int full;                    /* the level does not fit into memory: look, but add nothing */
	int tight;                   /* the set has to grow: meet */
	uint64_t room;               /* new states that the level may add */
	atomic_uint_least64_t added; /* those that it has added */
	GMutex meeting;
	GCond met;
	unsigned looking, waiting; /* threads of this level; those of them that wait in a meeting */
	unsigned meetings;         /* that are over */
	state_id goal;             /* of the path back */
	struct search_result *result;
};

/* The worker of number @index below search.jobs; to be cleared by worker_clear(). */
void worker_init(struct breadth_search *search, unsigned index);
void worker_clear(struct worker *worker);

/* A local_sink for a worker: the state @next is one step further. */
void worker_pass_on(void *worker, enum step_verb verb, state_id next);

/* If the set has to grow, the worker's thread meets the others. */
void worker_meets(struct worker *worker);

/* The worker's thread takes no more blocks: add what it has passed on and not added yet. Meetings
 * do not wait for it any more. */
void worker_ends(struct worker *worker);

/* Write worker.shown, which other threads may read. */
void worker_show(struct worker *worker);

/* Below 0, 0 or above 0: the packed state of @a is before that of @b, the same, or after it. */
int worker_compare(const struct worker *worker, state_id a, state_id b);

/* Run @work for all workers, each in its thread, and wait for them. */
void workers_run(struct breadth_search *search, void (*work)(struct worker *worker));

#endif
