/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_WRITTEN_H
#define CIDSIM_SIM_KERNEL_WRITTEN_H

/*
 * A finding as a file: a scenario with [steps], which the model plays, and in its comments the
 * events, which the code plays again. Not all that the code can do fits in a scenario: then the
 * file has the comments only, and says why.
 */

#include "model/revision.h"
#include "sim/kernel/lockstep.h"

/* Append the file about @finding, of the tree @name compared with @revision. */
void written_print(GString *text, const char *name, const struct revision *revision,
	const struct lockstep_finding *finding);

/* Read the events of such a file, @text of @path. False and @error, of failure_quark(). */
bool written_read(const char *path, const char *text, const struct revision **revision,
	struct lockstep_log *log, GError **error);

#endif
