/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_SHARD_H
#define CIDSIM_SIM_SWEEP_SHARD_H

/*
 * A shard is the part of a sweep that one command runs. Shard K of N has the points K-1, K-1+N,
 * K-1+2N, ... of the sweep: every shard gets its part of what takes long. The head of its result
 * file is that of the sweep with the line
 *     # shard K/N
 * before the line of columns.
 */

#include <stdint.h>

enum { SWEEP_SHARDS_MAX = 10000 };

struct sweep_shard {
	uint32_t number, count; /* from 1 to count, at most SWEEP_SHARDS_MAX */
};

/* Read "K/N". Returns NULL, or what is wrong: then *@shard is as it was. The caller frees it. */
char *sweep_shard_read(const char *text, struct sweep_shard *shard);

/* How many of @points points the shard has. */
uint64_t sweep_shard_rows(uint64_t points, struct sweep_shard shard);

/* @head with the line of the shard. The caller frees it. */
char *sweep_shard_head(const char *head, struct sweep_shard shard);

/* The opposite: @head without this line; NULL if the line is not where it belongs. */
char *sweep_shard_head_undo(const char *head, struct sweep_shard shard);

#endif
