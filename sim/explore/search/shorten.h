/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_SHORTEN_H
#define CIDSIM_SIM_EXPLORE_SEARCH_SHORTEN_H

#include "sim/explore/search/search.h"
#include "sim/explore/state/expand.h"
#include "sim/explore/state/judge.h"

/*
 * End @result with a violation: @steps lead from the start to a state that breaks result.broken,
 * not 0. Steps are left out of them as long as the lowest of these properties is still broken and
 * the work is not too much. Takes @steps over; @expander holds any machine before and after.
 */
void search_end_shortened(struct search_result *result, const struct search_options *options,
	struct expander *expander, const struct judge *judge, GArray *steps);

#endif
