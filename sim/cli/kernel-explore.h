/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_KERNEL_EXPLORE_H
#define CIDSIM_SIM_CLI_KERNEL_EXPLORE_H

/* `cidsim kernel explore`. */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The options as they were typed; NULL: not given. */
struct kernel_explore {
	const char *revision, *output;
	char *grain, *memory, *max_states, *check;
	char **set;
	gboolean stacks, json, quiet;
	uint32_t jobs;
};

/* What --grain and --revision say of how the code runs: alone, with the fine grain. False after a
 * message. */
bool kernel_read_grain(const char *grain, const char *revision, bool *alone, bool *fine);

/* Explore the tree @argv[0] with the scenarios behind it. Returns the exit status. */
int kernel_explore(int argc, char **argv, const struct kernel_explore *wanted);

#endif
