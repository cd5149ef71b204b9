/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_THREADS_H
#define CIDSIM_SIM_EXPLORE_SEARCH_THREADS_H

/* Run @work for each index below @count (at least 1), each in a thread of its own, the caller's for
 * index 0, and wait for all. What the caller wrote before, they see; what they wrote, the caller
 * sees after. */
void threads_run(unsigned count, void (*work)(void *context, unsigned index), void *context);

#endif
