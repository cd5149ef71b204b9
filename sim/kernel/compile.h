/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_COMPILE_H
#define CIDSIM_SIM_KERNEL_COMPILE_H

/* The regions of a tree, compiled with shim/ to a shared object in a folder of our own. */

#include <glib.h>
#include <stdbool.h>

#include "sim/kernel/code.h"
#include "sim/kernel/tree.h"

struct compiled {
	char *folder;  /* nobody else may read it; compiled_free() removes it */
	char *library; /* the shared object */
	bool coverage; /* it counts which lines run */
};

/* What a tree is compiled for; NULL: for a check. */
struct compile_for {
	bool explores;             /* struct code.place is there, and no line is counted */
	uint32_t cpus, tasks, mms; /* explores: for how many there is room */
};

/* Compile @tree by $CC, or cc, with $CFLAGS, in at most two minutes; ended when @stop says so. NULL
 * and @error, of failure_quark(): input = the code of the tree does not compile, "the shim lacks
 * NAME" where it uses a name that shim/ does not have; environment = no compiler, no room, ended.
 */
struct compiled *compile_tree(const struct tree *tree, const struct compile_for *purpose,
	bool (*stop)(void), GError **error);

/* Load it: its table, which lives until the process ends. NULL if it cannot be loaded. */
const struct code *compiled_load(const struct compiled *compiled, GError **error);

/* Remove the folder, free it. NULL is allowed. */
void compiled_free(struct compiled *compiled);

#endif
