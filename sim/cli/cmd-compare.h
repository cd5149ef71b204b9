/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_CMD_COMPARE_H
#define CIDSIM_SIM_CLI_CMD_COMPARE_H

#include "sim/cli/run-one.h"

/*
 * Run each of @paths with the two revisions of options.revision, "A,B", and compare what they
 * wrote: in options.output, or in a folder of its own that is removed. @command is for messages.
 * Returns EXIT_OK if nothing differs, else EXIT_FAILED or what is more serious.
 */
int compare_revisions(
	const char *command, const GPtrArray *paths, const struct run_options *options);

#endif
