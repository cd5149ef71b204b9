/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_EXPLORE_SEARCH_PRIVATE_H
#define CIDSIM_SIM_KERNEL_EXPLORE_SEARCH_PRIVATE_H

/* What search.c, which looks at states in the order in which they were found, and crew.c share. */

#include "sim/kernel/explore/frontier.h"
#include "sim/kernel/explore/search.h"
#include "sim/kernel/explore/stuck.h"

enum {
	SEARCH_ROOM = 16384, /* states that are reached between two looks at limits, at the most */
};

struct crew;

struct search {
	const struct search_wish *wish;
	struct lockstep_result *result;
	struct search_shared *shared;
	struct world world;
	struct seen seen;
	struct stuck stuck;
	struct crew *crew; /* crew.h */
	struct frontier now, next;
	uint64_t *here, *there; /* images: of the state that is looked at, and of one after it */
	uint64_t level;         /* states that the next level has so far */
	unsigned broken;        /* by the state found: a CHECK_* bit */
	uint32_t found_at;      /* where it ended */
	struct event found_by;
};

#endif
