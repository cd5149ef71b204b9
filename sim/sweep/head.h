/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_SWEEP_HEAD_H
#define CIDSIM_SIM_SWEEP_HEAD_H

/* The head of a sweep's file: what was swept, by comment lines, and the names of the columns. */

#include "sim/scenario/scenario.h"
#include "sim/sweep/axes.h"

/*
 * The head, each line with its LF; docs/sweep.md lists the comments. @command: the command without
 * what does not matter for the rows (jobs, shard, output). @scenario: as it is without axes; @mm:
 * whose numbers, NULL = of all. Two sweeps with the same head have the same rows. The caller frees
 * it.
 */
char *sweep_head(const char *command, const struct scenario *scenario,
	const struct sweep_axes *axes, const char *mm);

#endif
