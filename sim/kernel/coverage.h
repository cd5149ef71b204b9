/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_COVERAGE_H
#define CIDSIM_SIM_KERNEL_COVERAGE_H

/* Which lines of the tree have run: the compiler counts them (--coverage), gcov or llvm-cov reads
 * the counts. Only lines that have code are counted. */

#include <glib.h>

#include "sim/kernel/tree.h"

#define COVERAGE_OPTIONS "--coverage -DCS_COVERAGE"

struct coverage {
	guint lines, run; /* lines 0: nothing is known of the file */
	GArray *missed;   /* guint: lines that have not run, in order */
};

/* Read what the processes that ran the code in @folder left there; nothing is known if no program
 * can read it. To be cleared with coverage_clear(). */
void coverage_read(const char *folder, struct coverage coverage[TREE_PARTS]);
void coverage_clear(struct coverage coverage[TREE_PARTS]);

/* Add what @text has, as `gcov --stdout` prints it: "COUNT:LINE:", and "Source:FILE". */
void coverage_add(const char *text, struct coverage coverage[TREE_PARTS]);

#endif
