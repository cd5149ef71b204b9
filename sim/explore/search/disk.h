/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_DISK_H
#define CIDSIM_SIM_EXPLORE_SEARCH_DISK_H

/*
 * A breadth-first search whose lists are files, and that goes on where it was killed. Its folder
 * has:
 *
 *     list-00000, list-00001, …   a list of states, and the parts that are new in it
 *     search                      which lists count, and how far the search has come
 *
 * After each sift the new list is written, then `search` is replaced; each is whole or not there
 * (output.h). So the folder has the search as it was after some sift. A list that `search` does not
 * name yet is written again. A list has a checksum, which is tested when a search goes on.
 *
 *     disk_open --- `search` is there ---> disk_resume
 *         |                                    |
 *         +--------> disk_add_list <-----------+
 *                    ... disk_save ...
 *                        |
 *                    disk_close: decided: the folder is removed; else it stays
 *
 * Integers in the files have the order of bytes of the machine. Another version of the program, or
 * a search for something else, has a folder of its own.
 */

#include "sim/explore/search/worker.h"

struct disk;

/* The folder of the search of @options in options->disk, made if it is not there. No other process
 * uses it until disk_close(). NULL and @error (FAILURE): it cannot be used. */
struct disk *disk_open(const struct search_options *options, GError **error);

/* Is a search there to go on? */
bool disk_has_search(const struct disk *disk);

/* Go on with it: @search, which has begun nothing, becomes as it was when it was saved, in the
 * middle of a level or at its end. False and @error: what is there is damaged. */
bool disk_resume(struct disk *disk, struct breadth_search *search, GError **error);

/* Write the list of @pieces as the next one. The list, which reads from the file. NULL and @error:
 * there is no room, or it cannot be written. */
struct state_list *disk_add_list(struct disk *disk, const struct breadth_search *search,
	const struct list_piece *pieces, unsigned count, unsigned depth, GError **error);

/* Save how far @search has come: all lists so far belong to search.lists. */
bool disk_save(struct disk *disk, const struct breadth_search *search, GError **error);

/* About how many states a search has that has @all so far, in whose last three levels were @first,
 * @second and @third, none of them 0. Levels get wider, then narrower, and each grows by a smaller
 * factor than the one before: about as much smaller as the last time. If the growth does not get
 * smaller, nothing can be said: @all. */
uint64_t disk_estimate(uint64_t all, uint64_t first, uint64_t second, uint64_t third);

/* A lower bound for the estimate @all: the faster the last two levels @second and @third grow, the
 * more it can be too high. */
uint64_t disk_estimate_least(uint64_t all, uint64_t second, uint64_t third);

/* A search so far: the bytes it has taken, its states, and how many of them the last three levels
 * have. */
struct disk_growth {
	uint64_t taken, states, first, second, third;
};

/* About how many bytes the rest of a search needs at least, on a disk where @there bytes are free.
 * 0: nothing can be said, or nothing more. Nothing is said before the search has taken 1/16 of
 * @there: earlier estimates are up to 100 times too high. */
uint64_t disk_still_needs(const struct disk_growth *seen, uint64_t there);

/* At the end of a level. If the rest of the search, disk_still_needs(), needs more room than there
 * is: false and @error. */
bool disk_has_room(struct disk *disk, const struct breadth_search *search, GError **error);

/* Free @disk, but not its lists; with @remove also its files. NULL is allowed. */
void disk_close(struct disk *disk, bool remove);

#endif
