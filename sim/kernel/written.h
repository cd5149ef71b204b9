/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_WRITTEN_H
#define CIDSIM_SIM_KERNEL_WRITTEN_H

/*
 * A finding as a file: a scenario with [steps], which the model plays, and in its comments the
 * events, which the code plays again. Some findings are no scenario: then the file has the comments
 * only, and says why.
 */

#include "model/revision.h"
#include "sim/kernel/lockstep.h"

struct written_subject {
	const char *tree;
	const char *other; /* the tree that it ran beside; NULL: the model, or nothing */
	const struct revision *revision; /* of the model; @other: that says when walks see a child */
};

/* Append the file about @finding, of @subject. */
void written_print(GString *text, const struct written_subject *subject,
	const struct lockstep_finding *finding);

/* Read the events of such a file, @text of @path, and the revision that it names. False and @error,
 * of failure_quark(). */
bool written_read(const char *path, const char *text, const struct revision **revision,
	struct lockstep_log *log, GError **error);

#endif
