/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_COVERAGE_H
#define CIDSIM_SIM_EXPLORE_COVERAGE_H

/* How much a search has seen, and what it means that it found nothing, for people. */

#include "sim/explore/explore.h"

/* Append lines that say how much was seen. */
void coverage_report(GString *text, const struct explore_outcome *outcome);

/* Why an undecided outcome is undecided, without a full stop. */
const char *coverage_undecided(const struct explore_outcome *outcome);

#endif
