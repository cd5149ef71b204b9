/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_H
#define CIDSIM_SIM_EXPLORE_SEARCH_H

/*
 * States that a machine can come to, one way or another:
 *
 * - *breadth first*, all of them: a level is all states that are so many steps from the start and
 *   no fewer. Each state belongs to one thread, which its hash says; what a thread comes to that is
 *   not its own it passes on. A level is finished before the next one begins and what is found is
 *   what the whole level says, so neither verdict nor counterexample depends on the number of
 *   threads. What it finds is a shortest way;
 * - *depth first*, all of them: what is found is the way that it is on, which is long;
 * - *bit state*: depth first, but of each state three bits are kept. Some are taken for one that
 *   was seen before: what it finds is there, that it finds nothing says little;
 * - *walk*: random ways from the start, for what no memory has room for.
 *
 * The ways of all but the first are shortened: what can be left out of them is. Each gives the same
 * for the same options, whatever jobs is.
 */

#include <glib.h>

#include "sim/explore/pack.h"

enum search_mode { SEARCH_BFS, SEARCH_DFS, SEARCH_BITSTATE, SEARCH_WALK };

enum search_verdict {
	SEARCH_HOLDS,    /* all states were seen, none of them breaks what was asked for */
	SEARCH_VIOLATED, /* a way to a state that does */
	SEARCH_UNDECIDED /* a limit came first, or not all states were to be seen */
};

struct search_progress {
	uint64_t states, transitions;
	uint64_t walks;   /* begun */
	unsigned depth;   /* of a walk: 0 */
	uint64_t waiting; /* states not looked at yet */
	size_t bytes;
};

struct search_options {
	struct machine_config config;
	enum search_mode mode;
	unsigned check;      /* properties asked for: CHECK_* and EXPLORE_RETURN bits */
	unsigned jobs;       /* threads, from 1; only of breadth first and walks */
	size_t memory;       /* bytes for states, those that wait included; not of walks */
	uint64_t max_states; /* with as many, no level is begun, or depth first nothing; 0 = no
	                        limit */
	unsigned max_depth; /* no state further away is looked at; 0 = no limit; of walks: from 1 */
	uint64_t steps;     /* of all walks together */
	uint64_t seed;      /* of walks */
	/* Both may be NULL. Asked now and then, by one thread. */
	void (*progress)(void *context, const struct search_progress *progress);
	bool (*stop)(void *context);
	void *context;
};

struct search_result {
	enum search_verdict verdict;
	const char *ended; /* "exhausted", "violation", "max-states", "max-depth", "memory",
	                    * "interrupted", "bitstate", "walk": it went on to its end */
	unsigned broken;   /* the properties that the state found breaks */
	uint64_t states, transitions; /* where something was found: up to its level, and to there;
	                               * of walks: 0 states, and all steps */
	uint64_t walks;
	unsigned depth;             /* the furthest that was looked at, or of the state found */
	unsigned found_depth;       /* of the state found, before its way was shortened */
	uint64_t widest;            /* states of the largest level; 0 but breadth first */
	uint64_t bits, bits_set;    /* of bit state */
	uint64_t missed;            /* about how many states had their bits set by others */
	size_t bytes;               /* of memory at the most */
	unsigned state_bytes;       /* of a packed state */
	uint64_t set_bytes;         /* of the table at the end */
	uint64_t spin_states;       /* states in which a get spins and finds nothing */
	uint64_t taken[VERB_COUNT]; /* steps of each verb */
	bool shortest;              /* no way to such a state is shorter */
	GArray *steps; /* struct explore_step: the way to the state found, else empty */
};

/* True if there is a start of @config, and its states can be packed. */
bool search_can(const struct machine_config *config);

/* Search. The result is to be freed by search_result_free(). */
struct search_result *search_run(const struct search_options *options);
void search_result_free(struct search_result *result);

#endif
