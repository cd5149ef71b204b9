/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_MERGE_H
#define CIDSIM_SIM_SWEEP_MERGE_H

/* Puts the shards of a sweep together: the result has the bytes of the sweep in one go. */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Merge the result files @paths into @output (NULL: standard output), which is replaced if it
 * exists. @stop (NULL = never) is asked before each row; true ends it, which is an error, too. In
 * any order; the same shard twice is an error even with the same bytes. False and @error
 * (FAILURE), and no file, if one is not complete or no shard, if they are not of the same sweep
 * (names both files and the first line that differs), or if some are missing (names all of them:
 * "shards 2, 5-7 of 10 are missing"). Standard output may then have a part, which lacks its last
 * line. The memory does not depend on the number of rows. All files are open at once: the limit of
 * the process is raised for that, and it is an error if it cannot be.
 */
bool sweep_merge(const char *const *paths, size_t count, const char *output, bool (*stop)(void),
	GError **error);

#endif
