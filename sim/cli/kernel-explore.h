/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_KERNEL_EXPLORE_H
#define CIDSIM_SIM_CLI_KERNEL_EXPLORE_H

/* `cidsim kernel explore`. */

#include <glib.h>

/* The options as they were typed; NULL: not given. */
struct kernel_explore {
	const char *revision, *output;
	char *grain, *memory, *max_states, *check;
	char **set;
	gboolean stacks, json, quiet;
};

/* Explore the tree @argv[0] with the scenarios behind it. Returns the exit status. */
int kernel_explore(int argc, char **argv, const struct kernel_explore *wanted);

#endif
