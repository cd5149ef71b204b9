/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_AFFECTED_TREE_H
#define CIDSIM_SIM_CLI_AFFECTED_TREE_H

/* For `cidsim affected TREE`: as which revisions the code of a tree behaves. */

#include <glib.h>
#include <stdbool.h>

#include "sim/kernel/check.h"

struct affected_tree {
	/* It behaves as these and those between, which it cannot be told apart from; or as none,
	 * and this is the nearest one. */
	const struct revision *oldest, *newest;
	bool is_revision;
	uint64_t steps; /* in which it was compared with the revision that was found first */
	struct difference difference; /* from the nearest, if it is no revision */
};

/* Is @name, the argument of the command, a tree? Else it is a version. */
bool affected_is_tree(const char *name);

/* Compare the code of the tree @name with all revisions, for @steps (as typed; NULL: as many as
 * that rare differences need). False after a message, and *@status. */
bool affected_tree_check(
	const char *name, const char *steps, struct affected_tree *tree, int *status);

/* Append what was found, in lines. */
void affected_tree_print(GString *text, const char *name, const struct affected_tree *tree);

#endif
