/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_KERNEL_TREE_H
#define CIDSIM_SIM_CLI_KERNEL_TREE_H

/* What all commands that take kernel trees share. */

#include "sim/kernel/compile.h"
#include "sim/kernel/written.h"

/* Read the tree @name and compile it for @purpose; a signal ends that. @prefix: of messages,
 * "kernel: ". NULL after a message, and *@status. */
struct compiled *kernel_tree_compile(
	const char *prefix, const char *name, const struct compile_for *purpose, int *status);

/* Write @finding, NULL: none, to the file @output, NULL: nowhere. Returns a status. */
int kernel_tree_write(const char *output, const struct written_subject *subject,
	const struct lockstep_finding *finding);

#endif
