/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_WORKER_H
#define CIDSIM_SIM_EXPLORE_SEARCH_WORKER_H

/*
 * The threads of the breadth-first search. Each state belongs to one worker, by its hash
 * (search_owner()): only that worker has it in its set and looks at it. A worker sends the states
 * that belong to another one in parcels. In each level a worker's thread is in one of
 *
 *     LOOKS --- no state left, or search.stopped ---> SENDS ---> WAITS --- all lasts in ---> over
 *
 *     LOOKS  takes a state off `now`, judges it, passes its successors on unless search.full, and
 *            receives now and then
 *     SENDS  hands over what is left, the last parcel of the level to each other worker
 *     WAITS  receives until the last parcel of each other worker was there
 *
 * so that no parcel is left when the level is over and all threads are joined.
 *
 * Memory is one budget for all workers: breadth.c turns it into the number of new states that a
 * level may add, search.room. All workers count what they add in search.added. Once that is above
 * search.room, the level does not fit, with any number of threads and in any order. Then
 * search.full is set, and the rest of what the level adds is dropped: its successors say nothing
 * any more. But the states of the level itself are all in the sets already. They are still taken
 * off `now` and judged, each of them, so what is broken in the level is found as without a limit.
 *
 * Who may touch what:
 *
 *     search.options, .layout, .workers, .jobs    read by all; written before the threads begin
 *     search.depth, .goal, .result, .room         read by all; written between levels
 *     search.stopped, .full                       atomic; any thread sets it during a level, none
 *                                                 clears it
 *     search.added                                atomic; any thread adds to it during a level, the
 *                                                 caller's sets it to 0 between
 *     worker.shown                                atomic; its thread writes, and the first
 *                                                 worker's reads, for progress
 *     a worker's other fields                     its thread during a level, the caller's between
 *     worker.inbox                                any thread pushes, its own pops
 *     a parcel                                    the worker that has it in `out`; then the inbox;
 *                                                 then the one that pops and frees it
 */

#include <stdatomic.h>

#include "sim/explore/search/queue.h"
#include "sim/explore/search/search.h"
#include "sim/explore/state/expand.h"
#include "sim/explore/state/judge.h"
#include "sim/explore/state/set.h"

struct breadth_search;

/* States for the worker that owns them. */
struct parcel {
	uint32_t count;
	bool last; /* of this level, from this worker */
	uint64_t hash[];
	/* the states follow */
};

/* What a worker shows of itself now and then, each number for itself. */
struct worker_shown {
	atomic_uint_least64_t states, transitions, waiting;
	atomic_size_t bytes;
};

struct worker {
	struct breadth_search *search;
	unsigned index;
	struct expander expander;
	struct judge judge;
	struct state_set set;       /* the states that belong to this worker */
	struct key_queue now, next; /* those of this level, not looked at yet; of the next level */
	struct parcel **out;        /* by owner: being filled */
	uint32_t *passed;           /* states passed on lately, by hash; their depth is 0 */
	GAsyncQueue *inbox;
	unsigned lasts; /* last parcels of this level that were received */
	struct worker_shown shown;
	uint64_t transitions, spin_states;
	uint64_t taken[VERB_COUNT];
	/* the lowest state of this level that breaks something */
	unsigned broken;
	uint32_t found[PACK_WORDS_MAX];
	/* the path back: the lowest state that leads to search.goal */
	uint32_t before[PACK_WORDS_MAX];
	bool has_before;
};

struct breadth_search {
	const struct search_options *options;
	const struct pack_layout *layout;
	struct worker *workers;
	struct threads *threads;
	unsigned jobs; /* as many as there are threads */
	unsigned depth;              /* of the level, and so of all states in `now` */
	int stopped;                 /* end the level without looking at more */
	int full;                    /* the level does not fit into memory: look, but add nothing */
	uint64_t room;               /* new states that the level may add */
	atomic_uint_least64_t added; /* those that it has added */
	const uint32_t *goal;        /* of the path back */
	struct search_result *result;
};

/* The worker of number @index below search.jobs; to be cleared by worker_clear(). */
void worker_init(struct breadth_search *search, unsigned index);
void worker_clear(struct worker *worker);

/* Put the state at @key, with its depth, into the set and the next level of its owner. Only while
 * no other thread runs. */
void worker_start(struct breadth_search *search, const uint32_t *key);

/* The next level becomes the present one. Only while no other thread runs. */
void worker_next_level(struct worker *worker);

/* An expand_sink for a worker: the state at @key, one step further, goes to its owner. */
void worker_pass_on(void *worker, const struct explore_step *step, const struct machine *next,
	const uint32_t *key);

/* Take in the parcels that are there. */
void worker_receive(struct worker *worker);

/* SENDS and WAITS: the end of a level. Then the worker shows its counters. */
void worker_end_level(struct worker *worker);

/* Write what other threads may read of the worker: worker.shown. */
void worker_show(struct worker *worker);

/* Bytes of set and queues. */
size_t worker_bytes(const struct worker *worker);

/* Which worker a state of @hash belongs to. The set uses the high bits, this the low ones. */
static inline unsigned search_owner(const struct breadth_search *search, uint64_t hash)
{
	return (unsigned)((hash & UINT32_MAX) * search->jobs >> 32);
}

/* Run @work for all workers, each in its thread, and wait for them. */
void workers_run(struct breadth_search *search, void (*work)(struct worker *worker));

#endif
