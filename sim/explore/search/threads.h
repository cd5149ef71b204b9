/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_THREADS_H
#define CIDSIM_SIM_EXPLORE_SEARCH_THREADS_H

/*
 * Threads that work together, round by round.
 *
 *     IDLE --threads_run--> ROUND: all work, the caller as index 0 --the last one ends--> IDLE
 */
struct threads;

/* @wanted threads (at least 1), the caller being one of them. Fewer where the system gives no more,
 * as in a container with a limit of processes. */
struct threads *threads_new(unsigned wanted);
void threads_free(struct threads *threads);

/* How many there are, from 1. */
unsigned threads_count(const struct threads *threads);

/* Run @work for each index below threads_count(), each in its thread, the caller's for index 0, and
 * wait for all. What the caller wrote before, they see; what they wrote, the caller sees after. */
void threads_run(
	struct threads *threads, void (*work)(void *context, unsigned index), void *context);

#endif
