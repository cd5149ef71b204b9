/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_H
#define CIDSIM_SIM_EXPLORE_SEARCH_H

/*
 * All states that a machine can come to, breadth first: a level is all states that are so many
 * steps from the start and no fewer. Each state belongs to one thread, which its hash says; what a
 * thread comes to that is not its own it passes on. A level is finished before the next one begins
 * and what is found is what the whole level says, so neither verdict nor counterexample depends on
 * the number of threads.
 */

#include <glib.h>

#include "sim/explore/pack.h"

enum search_verdict {
	SEARCH_HOLDS,    /* all states were seen, none of them breaks what was asked for */
	SEARCH_VIOLATED, /* a shortest way to a state that does */
	SEARCH_UNDECIDED /* a limit came first */
};

struct search_progress {
	uint64_t states, transitions;
	unsigned depth;
	uint64_t waiting; /* states not looked at yet */
	size_t bytes;
};

struct search_options {
	struct machine_config config;
	unsigned check;      /* properties asked for: CHECK_* and EXPLORE_RETURN bits */
	unsigned jobs;       /* threads, from 1 */
	size_t memory;       /* bytes for states, those that wait included */
	uint64_t max_states; /* no level is begun with more; 0 = no limit */
	unsigned max_depth;  /* no state further away is looked at; 0 = no limit */
	/* Both may be NULL. Asked now and then, by one thread. */
	void (*progress)(void *context, const struct search_progress *progress);
	bool (*stop)(void *context);
	void *context;
};

struct search_result {
	enum search_verdict verdict;
	const char *ended;    /* "exhausted", "violation", "max-states", "max-depth", "memory",
	                       * "interrupted" */
	unsigned broken;      /* the properties that the state found breaks */
	uint64_t states, transitions; /* where something was found: up to its level, and to there */
	unsigned depth;       /* of the last level that was looked at, or of the state found */
	uint64_t widest;      /* states of the largest level */
	size_t bytes;         /* of memory at the most */
	unsigned state_bytes; /* of a packed state */
	uint64_t set_bytes;   /* of the table at the end */
	uint64_t spin_states; /* states in which a get spins and finds nothing */
	uint64_t taken[VERB_COUNT]; /* steps of each verb */
	bool shortest;        /* no way to such a state is shorter */
	GArray *steps;        /* struct explore_step: the way to the state found, else empty */
};

/* True if there is a start of @config, and its states can be packed. */
bool search_can(const struct machine_config *config);

/* Search. The result is to be freed by search_result_free(). */
struct search_result *search_run(const struct search_options *options);
void search_result_free(struct search_result *result);

#endif
