/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_BACK_H
#define CIDSIM_SIM_EXPLORE_SEARCH_BACK_H

#include "sim/explore/search/worker.h"

/* The steps from the start to the state @found, which is search.depth steps away. No level is
 * under way; the caller frees the array of explore_step. */
GArray *search_back(struct breadth_search *search, state_id found);

#endif
