/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_EXPLORE_ONE_H
#define CIDSIM_SIM_CLI_EXPLORE_ONE_H

/* What the commands of `cidsim explore` share: its options, and one exploration. */

#include "sim/cli/command.h"
#include "sim/explore/explore.h"

/* The options as they were typed; NULL: not given. */
struct explore_arguments {
	const char *command; /* that messages of explore_load() begin with; NULL: "explore" */
	char *revision, *check, *memory, *jobs, *max_states, *max_depth, *symmetry, *reduce,
		*output, *disk;
	char *search, *steps, *seed;
	char **set;
	gboolean json, csv, quiet, timing, matrix, markdown;
};

/* Defaults, as they are typed. */
#define EXPLORE_MEMORY_DEFAULT "4G"
#define EXPLORE_BITS_DEFAULT "512M" /* a bit state soon writes to all of it */
#define EXPLORE_STEPS_DEFAULT "10000000"
#define EXPLORE_WALK_DEFAULT "200"

/* Do the options fit the search that is asked for? False after a message. */
bool explore_check_search(const struct explore_arguments *arguments);

/* Are the options that are values good ones? Of several scenarios it is said only once. False after
 * a message. */
bool explore_check_values(const struct explore_arguments *arguments);

/* Read the options that are values, for @scenario, into @options. False after a message. */
bool explore_read_options(const struct explore_arguments *arguments,
	const struct scenario *scenario, struct explore_options *options);

/*
 * Explore @scenario, which explore_load() has returned, as @arguments say. Progress goes to
 * standard error if that is a terminal. NULL after a message, and *@status.
 */
struct explore_outcome *explore_scenario(
	const struct scenario *scenario, const struct explore_arguments *arguments, int *status);

/* A scenario with [explore] that is as near to @scenario, which has none, as can be explored in
 * seconds: its revision and flags; its CPUs and the users of its first mm, at most four of each;
 * each kind of step that it has. The caller frees it. */
char *explore_small(const struct scenario *scenario);

/* The scenario at @path with what the options set; NULL after a message, and *@status. @revision is
 * used instead of the options' if it is not NULL. */
struct scenario *explore_load(const char *path, const char *revision,
	const struct explore_arguments *arguments, int *status);

#endif
