/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_EXPLORE_CREW_H
#define CIDSIM_SIM_KERNEL_EXPLORE_CREW_H

/*
 * A search by several processes. The first one has all that search.c has; its helpers look at the
 * states of a level, a block at a time, and find states that no level before has:
 *
 *     first:   publish the level ...... wait ...... merge, in the order of the blocks: the next level
 *     helpers:               look at blocks, note states
 *
 * So the states have the numbers that search.c alone would give them. If anything else than new
 * states comes of a level, that is forgotten: the first process looks at the level again, alone, and
 * so at all that follow. So the end of a search is the same, too, whatever ends it.
 *
 * The memory of all is at the same addresses, because they are forks of one process.
 */

#include "sim/kernel/explore/search-private.h"

/* Bytes of shared memory for the helpers of @wish. */
size_t crew_size(const struct search_wish *wish);

/* Find that memory, behind the entries of search.shared. Without helpers search.crew stays NULL. */
void crew_begin(struct search *search);

/* In a helper, whose world has begun: work until the first process ends. */
void crew_help(struct search *search, uint32_t helper) G_GNUC_NORETURN;

/* In the first process: a level is due, in search.now or here. True: the helpers have looked at all of
 * it; search.level is the size of the next one, which is here. False: it is in search.now, to be looked
 * at there. */
bool crew_search_level(struct search *search);

#endif
