/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_EFFORT_H
#define CIDSIM_SIM_EXPLORE_EFFORT_H

/* What a search went through, and what it means that it found nothing, for people. */

#include "sim/explore/explore.h"

/* "bfs", "dfs", "bitstate", "walk": as options and JSON have it. */
const char *effort_mode_to_string(enum search_mode mode);

/* The mode that is called @text. False: none is. */
bool effort_mode_read(const char *text, enum search_mode *mode);

/* Append lines that say how much was seen. */
void effort_report(GString *text, const struct explore_outcome *outcome);

/* Why an undecided outcome is none, without a full stop. */
const char *effort_undecided(const struct explore_outcome *outcome);

#endif
