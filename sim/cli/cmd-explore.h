/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_CLI_CMD_EXPLORE_H
#define CIDSIM_SIM_CLI_CMD_EXPLORE_H

#include "sim/cli/explore-one.h"

/* --matrix: a row for each revision, a column for each of @paths. Returns the exit status. */
int explore_matrix(const GPtrArray *paths, const struct explore_arguments *arguments);

#endif
