/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/search.h"

#include <string.h>

#include "model/check.h"
#include "sim/explore/search/modes.h"

static const char *const modes[] = {
	[SEARCH_BFS] = "bfs",
	[SEARCH_DFS] = "dfs",
	[SEARCH_BITSTATE] = "bitstate",
	[SEARCH_WALK] = "walk",
};

const char *search_mode_to_string(enum search_mode mode)
{
	g_assert((size_t)mode < G_N_ELEMENTS(modes));
	return modes[mode];
}

bool search_mode_read(const char *text, enum search_mode *mode)
{
	for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
		if (strcmp(text, modes[i]) != 0)
			continue;
		*mode = (enum search_mode)i;
		return true;
	}
	return false;
}

static bool can_pack(const struct machine_config *config)
{
	struct pack_layout layout;
	bool can = pack_layout_init(&layout, config);

	if (can)
		pack_layout_free(&layout);
	return can;
}

bool search_can(const struct machine_config *config, unsigned check)
{
	struct machine_config all_exit = *config;

	all_exit.may_all_exit = true; /* as the spin checker has it */
	return can_pack(config) && (!(check & (CHECK_I3 | EXPLORE_STUCK)) || can_pack(&all_exit));
}

static struct search_result *run(
	const struct search_options *options, const struct pack_layout *layout)
{
	switch (options->mode) {
	case SEARCH_BFS:
		return search_breadth_first(options, layout);
	case SEARCH_DFS:
		return search_depth_first(options, layout);
	case SEARCH_BITSTATE:
		return search_bit_state(options, layout);
	case SEARCH_WALK:
		return search_walks(options, layout);
	}
	g_assert_not_reached();
}

struct search_result *search_run(const struct search_options *options)
{
	struct search_result *result;
	struct pack_layout layout;
	bool can = pack_layout_init(&layout, &options->config);

	g_assert(can);
	g_assert(options->jobs >= 1);
	result = run(options, &layout);
	pack_layout_free(&layout);
	g_assert(result->ended != SEARCH_GOES_ON);
	g_assert((result->verdict == SEARCH_VIOLATED) == (result->broken != 0));
	return result;
}
