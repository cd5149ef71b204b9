/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_CMD_RUN_H
#define CIDSIM_SIM_CLI_CMD_RUN_H

/* `cidsim run` with many runs of each scenario. */

#include "sim/cli/run-one.h"

/* Each of @paths once, in parallel: reports, lines, JSON or TAP; a JUnit file. */
int run_batch(const GPtrArray *paths, const struct run_options *options);

/* --revision all: a table, a row for each of @paths, a column for each revision. */
int run_matrix(const GPtrArray *paths, const struct run_options *options);

/* --seeds N: each of @paths with N seeds, until one fails: *@failed, if the status is EXIT_FAILED.
 */
int run_seeds(const GPtrArray *paths, const struct run_options *options, uint64_t *failed);

/* Before anything runs: are --shrink and --shrink-runs good for @path? Sets
 * options.shrink_runs_max. Returns EXIT_OK, or another status after a message. */
int run_shrink_check(const char *path, struct run_options *options);

/* --shrink FILE: make the scenario @path, which fails, smaller. Returns EXIT_FAILED if a smaller
 * one was written. run_shrink_check() comes before. */
int run_shrink(const char *path, const struct run_options *options);

#endif
