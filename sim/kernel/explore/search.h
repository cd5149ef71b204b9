/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_EXPLORE_SEARCH_H
#define CIDSIM_SIM_KERNEL_EXPLORE_SEARCH_H

/*
 * All states that a world can reach, breadth first: so what is found is found by as few events as
 * can be. Runs in a process of its own (the job of a child).
 *
 *     start --> level --> level --> ... --> ended: a difference, a broken property, a limit, or
 *                                           no state is new
 */

#include "sim/kernel/explore/world.h"
#include "sim/kernel/lockstep.h"

enum search_ended_by {
	ENDED_NOT,
	ENDED_ALL, /* all states were seen */
	ENDED_DIFFERENCE,
	ENDED_VIOLATION,
	ENDED_STATES, /* limits ... */
	ENDED_MEMORY,
	ENDED_STOPPED,
	ENDED_SPIN, /* a search for the end of a spin was too large */
};

struct search_wish {
	struct world_config world;
	unsigned check; /* CHECK_* bits */
	uint64_t states_max;
	size_t memory; /* bytes, at most */
	uint32_t jobs; /* processes that look at states; below 2: one */
};

/* Shared, behind the result of the child: its steps are the states, its difference or violation is
 * told. The other side trusts nothing in it. */
struct search_shared {
	uint64_t transitions, widest, spin_states, bytes;
	uint32_t depth, ended;    /* ended: enum search_ended_by */
	volatile uint32_t at;     /* the state that is looked at, by its number */
	volatile struct event by; /* and the event that happens */
	uint32_t begin_count;
	struct event begin[512]; /* what leads to the start */
	uint32_t states, states_max;
	struct seen_entry entries[]; /* states_max */
};

/* Bytes of that for @wish. */
size_t search_shared_size(const struct search_wish *wish);

/* A job: @wish is a struct search_wish, @more a struct search_shared. */
void search_job(
	const struct code *code, const void *wish, struct lockstep_result *result, void *more);

/* The events that lead to the state @number, and then @by (kind EVENT_KINDS: none) into @log, but
 * for its shape. Wrong numbers lead nowhere. */
void search_log(const struct search_shared *shared, uint32_t number, const struct event *by,
	struct lockstep_log *log);

#endif
