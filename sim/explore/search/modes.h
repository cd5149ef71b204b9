/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_MODES_H
#define CIDSIM_SIM_EXPLORE_SEARCH_MODES_H

/* The searches behind search_run(). */

#include "sim/explore/search/search.h"

enum { SEARCH_ASK_AT_ONCE = 8192 /* states between questions whether to stop */ };

/* Each as search_run() with its mode; @layout is of options.config and belongs to the caller. */
struct search_result *search_breadth_first(
	const struct search_options *options, const struct pack_layout *layout);
struct search_result *search_depth_first(
	const struct search_options *options, const struct pack_layout *layout);
struct search_result *search_bit_state(
	const struct search_options *options, const struct pack_layout *layout);
struct search_result *search_walks(
	const struct search_options *options, const struct pack_layout *layout);

#endif
