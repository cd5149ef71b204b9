/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_WORKER_H
#define CIDSIM_SIM_EXPLORE_SEARCH_WORKER_H

/*
 * The threads of the breadth-first search. They take the states of a level in turns, again and
 * again:
 *
 *     LOOK ---> no state left, or enough candidates, or search.stopped ---> SIFT ---> over, or LOOK
 *      |                                 ^
 *      +--- memory for no more ---> THIN +---> LOOK, if half of that memory is free then
 *
 * LOOK: a worker takes blocks of the level, judges each state and puts its successors aside, as
 * candidates. THIN: a worker takes buckets of candidates, and leaves each candidate in them once.
 * SIFT: a worker takes buckets of candidates. Of each it takes out what is in a list of
 * states already; what is left is new. Before and after a turn only the caller's thread
 * works. So threads need no lock, and states only ever get compared in the order of their numbers.
 *
 * Memory is one budget for all workers: breadth.c turns it into search.room, the number of new
 * states that a level may add, and search.enough, the number of candidates. If more than
 * search.room states are new, the level does not fit, with any number of threads and in any order.
 * Then search.full is set, and workers drop all further successors. But all states of the level
 * itself are in lists already. Workers still take each of them and judge it. So they find what is
 * broken in the level as if there were no limit.
 *
 * Who may touch what:
 *
 *     search.options, .layout, .workers, .jobs    read by all; written before the threads begin
 *     search.lists, .depth, .goal, .widths        read by all; written between turns
 *     search.result, .room, .enough, .full        the same
 *     search.disk, .resumed                       the caller's thread between turns
 *     search.parts                                all; see there
 *     search.stopped                              atomic; any thread sets it
 *     search.level_taken, .taken, .put_aside      atomic; any thread adds to it during a turn, the
 *                                                 caller's thread sets it to 0 between turns
 *     search.sifted[b]                            the thread that has taken bucket b
 *     worker.candidates                           the worker's thread when it looks; read by all
 *                                                 when they sift; a bucket: who has taken it, to
 *                                                 thin it
 *     worker.shown                                atomic; the worker's thread writes it, the first
 *                                                 worker's thread reads it, to print progress
 *     a worker's other fields                     the worker's thread during a turn, the caller's
 *                                                 thread between turns
 */

#include <stdatomic.h>

#include "sim/explore/search/candidates.h"
#include "sim/explore/search/search.h"
#include "sim/explore/search/sieve.h"
#include "sim/explore/state/judge.h"
#include "sim/explore/state/list.h"
#include "sim/explore/state/local.h"

struct breadth_search;

/* What a worker shows now and then. Each number is atomic; the two together are not. */
struct worker_shown {
	atomic_uint_least64_t transitions, looked;
};

struct worker {
	struct breadth_search *search;
	unsigned index;
	struct local *local;
	struct judge judge;
	struct candidates candidates;
	uint64_t put_aside; /* of them, not in search.put_aside yet */
	state_id *passed;   /* states put aside lately, by hash */
	struct worker_shown shown;
	uint64_t transitions, spin_states, looked;
	uint64_t verbs[VERB_COUNT]; /* steps of each */
	struct sieve sieve;
	struct list_writer writer;
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
	GPtrArray *lists; /* struct state_list: all states, by depth */
	unsigned depth;   /* of the level, and so of all states in it */
	guint level_at;   /* the first list of the level; its last one is before ... */
	guint next_at;    /* ... the first list of the next level */
	uint64_t states;  /* in all lists */
	uint64_t level;   /* in the lists of the level */
	uint64_t next;    /* in the lists of the next level */
	bool full;        /* the level does not fit into memory: look, but add nothing */
	uint64_t room;    /* new states that the level may add */
	uint64_t enough;  /* candidates */
	unsigned bits;    /* of the number of a bucket */
	struct list_widths widths;
	struct list_piece *sifted;         /* by bucket: what is new */
	struct disk *disk;                 /* where the lists are; NULL: in memory */
	bool resumed;                      /* the level was begun before */
	int stopped;                       /* end the level without looking at more */
	atomic_uint_least64_t level_taken; /* groups of blocks of the level */
	atomic_uint_least64_t taken;       /* buckets */
	atomic_uint_least64_t put_aside;   /* candidates */
	size_t bytes;                      /* in use, at the most so far */
	state_id goal;                     /* of the path back */
	struct search_result *result;
};

/* The worker of number @index below search.jobs; to be cleared by worker_clear(). */
void worker_init(struct breadth_search *search, unsigned index);
void worker_clear(struct worker *worker);

/* A local_sink for a worker: the state @next is one step further. */
void worker_pass_on(void *worker, enum step_verb verb, state_id next);

/* Take some blocks of the level, neighbours in one list: [*@block, *@end) of the list returned.
 * NULL: none is left. */
const struct state_list *worker_take(struct worker *worker, uint64_t *block, uint64_t *end);

/* Have all workers put aside enough for now? */
bool worker_has_enough(struct worker *worker);

/* The turn to thin: each candidate is there once. */
void worker_thin(struct worker *worker);

/* The turn to sift: new states of all candidates into search.sifted. */
void worker_sift(struct worker *worker);

/* Write worker.shown, which other threads may read. */
void worker_show(struct worker *worker);

/* Below 0, 0 or above 0: the packed state of @a is before that of @b, the same, or after it. */
int worker_compare(const struct worker *worker, state_id a, state_id b);

/* Run @work for all workers, each in its thread, and wait for them. */
void workers_run(struct breadth_search *search, void (*work)(struct worker *worker));

#endif
