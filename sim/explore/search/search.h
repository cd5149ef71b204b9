/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_SEARCH_H
#define CIDSIM_SIM_EXPLORE_SEARCH_SEARCH_H

/*
 * Search for a state that breaks a property, among all that a machine can reach:
 *
 * - *breadth first*, all of them: a level is all states at the same distance from the start. A
 *   level is finished before the next one begins and is judged as one. What a level adds is kept
 *   if all of it fits into memory, and discarded otherwise. So verdict, counterexample and counts
 *   do not depend on the number of threads. A counterexample is a shortest one;
 * - *depth first*, all of them: a counterexample is the path that the search is on, which is long;
 * - *bit state*: depth first, but only three bits are kept of each state. Some new states look like
 *   old ones and are missed: counterexamples are real, but to find none proves nothing;
 * - *walk*: random paths from the start, for machines with too many states for any memory.
 *
 * Counterexamples of all but the first are shortened: steps that they do not need are left out.
 * Each search gives the same for the same options, with any number of jobs, unless it is
 * interrupted or the machine itself has no memory. `bytes` and `set_bytes` of the result may
 * differ.
 *
 *     search_run() --> one of the four, by mode --> search_end() with an enum search_ended
 *
 *     exhausted                          --> HOLDS
 *     violation                          --> VIOLATED, and the steps to it
 *     max-states, max-depth, memory,     --> UNDECIDED
 *     interrupted, bitstate, walk
 */

#include <glib.h>

#include "sim/explore/state/pack.h"

enum search_mode { SEARCH_BFS, SEARCH_DFS, SEARCH_BITSTATE, SEARCH_WALK };

enum search_verdict {
	SEARCH_HOLDS,    /* all states were seen, none of them breaks what was asked for */
	SEARCH_VIOLATED, /* a state was found that breaks it, and the steps to it */
	SEARCH_UNDECIDED /* a limit came first, or the search does not see all states */
};

/* Why a search ended. */
enum search_ended {
	SEARCH_GOES_ON,       /* it did not */
	SEARCH_EXHAUSTED,     /* all states were seen */
	SEARCH_VIOLATION,     /* one of them breaks a property */
	SEARCH_MAX_STATES,    /* a limit of the options ... */
	SEARCH_MAX_DEPTH,     /* ... and states further away were left out */
	SEARCH_MEMORY,        /* options.memory, or that of the machine, is used up */
	SEARCH_INTERRUPTED,   /* options.stop() said so, or there is a fault */
	SEARCH_BITSTATE_OVER, /* bit state, walks: the search went on to its end, which proves */
	SEARCH_WALKS_OVER,    /* nothing */
};

struct search_progress {
	uint64_t states, transitions;
	uint64_t states_before; /* of the states: those that an earlier command found, on a disk */
	uint64_t walks;         /* begun */
	unsigned depth;         /* of a walk: 0 */
	uint64_t waiting;       /* states not looked at yet */
	size_t bytes;
};

struct search_options {
	struct machine_config config;
	enum search_mode mode;
	unsigned check;   /* properties asked for: CHECK_* and EXPLORE_* bits */
	unsigned jobs;    /* threads, from 1; only of breadth first and walks */
	size_t memory;    /* bytes for states, those that wait included; not of walks. Breadth first
	                     needs up to 50 MiB more for each thread */
	const char *disk; /* breadth first: a folder for the states, which then are not in
	                     `memory`; NULL: none */
	const char *disk_name; /* with a disk: what the config was made of */
	uint64_t max_states;   /* with as many, no level is begun, or depth first nothing; 0 = no
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
	enum search_ended ended;
	unsigned broken;              /* the properties that the state found breaks */
	uint64_t states, transitions; /* where something was found, or memory ended breadth first:
	                               * up to that level, and to there; of walks: 0 states, and all
	                               * steps */
	uint64_t states_before;       /* known when the search went on, on a disk; otherwise 0 */
	uint64_t walks;
	unsigned depth;             /* the furthest that was looked at, or of the state found */
	unsigned found_depth;       /* of the state found, before the path was shortened */
	uint64_t widest;            /* states of the largest level; 0 but breadth first */
	uint64_t bits, bits_set;    /* of bit state */
	uint64_t missed;            /* about how many states had their bits set by others */
	size_t bytes;               /* of memory at the most */
	unsigned state_bytes;       /* of a packed state */
	uint64_t set_bytes;         /* of the table at the end */
	uint64_t spin_states;       /* states in which a get spins and finds nothing */
	uint64_t taken[VERB_COUNT]; /* steps of each verb */
	GError *fault;              /* FAILURE: of the disk, which ended the search; or NULL */
	bool shortest;              /* no path to such a state is shorter */
	GArray *steps; /* struct explore_step: the path to the state found, otherwise empty */
};

/* True if there is a start of @config, and its states can be packed; if @check needs to know
 * whether spins end, those that are needed for that, too. */
bool search_can(const struct machine_config *config, unsigned check);

/* Search, in this thread and options.jobs - 1 more of its own. search_can() holds for
 * options.config and .check. The result is to be freed by search_result_free(). */
struct search_result *search_run(const struct search_options *options);
void search_result_free(struct search_result *result);

/* "bfs", "dfs", "bitstate", "walk". */
const char *search_mode_to_string(enum search_mode mode);

/* The mode that is called @text. False: none is. */
bool search_mode_read(const char *text, enum search_mode *mode);

/* "exhausted", "violation", "max-states", "max-depth", "memory", "interrupted", "bitstate",
 * "walk". */
const char *search_ended_to_string(enum search_ended ended);

/* "holds", "violated", "undecided". */
const char *search_verdict_to_string(enum search_verdict verdict);

#endif
