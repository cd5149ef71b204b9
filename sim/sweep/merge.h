/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_MERGE_H
#define CIDSIM_SIM_SWEEP_MERGE_H

/*
 * The shards of a sweep, put together to the bytes of the sweep that was not sharded.
 *
 * Shard K of N has the points K-1, K-1+N, K-1+2N, ... of the sweep: every shard gets its part of
 * what takes long. Its head is that of the whole sweep with the line
 *     # shard K/N
 * before the line of columns.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "sim/sweep/file.h"

enum { SWEEP_SHARDS_MAX = 10000 };

/* How many of @points points shard @shard (from 1) of @shards has. */
uint64_t sweep_shard_rows(uint64_t points, uint32_t shard, uint32_t shards);

/* The line "# shard K/N" with its LF, put in before the last line of @head. The caller frees it. */
char *sweep_shard_head(const char *head, uint32_t shard, uint32_t shards);

/*
 * Merge @paths into @output (NULL: standard output), which is replaced if it exists. In any order;
 * the same shard twice is an error even with the same bytes. False and @error, and no file, if one
 * is not whole or no shard, if they are not of the same sweep (names both files and the first line
 * that differs), or if some are missing (names all of them: "shards 2, 5-7 of 10 are missing").
 * Standard output may then have a part, which lacks its last line. All files are open at once: the
 * limit of the process is raised for that, and it is an error if it cannot be.
 */
bool sweep_merge(const char *const *paths, size_t count, const char *output, GError **error);

#endif
