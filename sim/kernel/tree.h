/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_TREE_H
#define CIDSIM_SIM_KERNEL_TREE_H

/*
 * The CID management of a kernel tree: five regions of five files. They are read, never written,
 * and nothing of them is kept. A tree is a folder, or "FOLDER@COMMIT", which git shows.
 */

#include <glib.h>

#include "sim/kernel/region.h"

enum tree_part { TREE_RSEQ_TYPES, TREE_MM_TYPES, TREE_TASK, TREE_SCHED, TREE_CORE, TREE_PARTS };

struct tree {
	char *name; /* as the user has it */
	struct region parts[TREE_PARTS];
};

/* "kernel/sched/core.c". */
const char *tree_file(enum tree_part part);

/* Read the tree @name. NULL and @error, of failure_quark(): it is no tree, one of the protocol
 * before 6.19, half a tree, or git cannot show it. */
struct tree *tree_read(const char *name, GError **error);

void tree_free(struct tree *tree);

#endif
