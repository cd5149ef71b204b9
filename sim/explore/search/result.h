/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_RESULT_H
#define CIDSIM_SIM_EXPLORE_SEARCH_RESULT_H

/* What all searches do with their result. It belongs to the thread that called search_run(). */

#include "sim/explore/search/search.h"

/* A result without a verdict yet, of states of @layout. */
struct search_result *search_result_new(const struct pack_layout *layout);

/* The search ends, once, for the reason @ended: that is also its verdict. */
void search_end(struct search_result *result, enum search_ended ended);

/* The path of @result is @steps, which it takes over. */
void search_result_take_steps(struct search_result *result, GArray *steps);

#endif
