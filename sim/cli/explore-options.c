/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/values.h"
#include "sim/cli/explore-one.h"

enum { MEMORY_MIN = 16 << 20, JOBS_MAX = 64, DEPTH_MAX = 1000000000, WALK_MAX = 1000000 };

/* Values */

static bool read_count(
	const char *option, const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	return !text ||
	       command_accepts("explore", option, value_read_count_in(text, min, max, value));
}

static bool read_memory(const char *text, size_t *bytes)
{
	uint64_t size = 0;
	char *wrong = value_read_size(text, &size);

	if (!wrong && size < MEMORY_MIN)
		wrong = g_strdup_printf("%s is too small; at least 16M", text);
	if (!wrong && size > (UINT64_C(1) << 44))
		wrong = value_fault(text, "is not a size like 4G, 512M or 65536K");
	*bytes = (size_t)MIN(size, SIZE_MAX / 2); /* where addresses have 32 bits there is no more */
	return command_accepts("explore", "--memory", wrong);
}

static bool read_switch(const char *option, const char *text, bool *value)
{
	g_autofree char *quoted = text ? value_quote(text) : NULL;

	if (!text)
		return true;
	if (strcmp(text, "on") == 0 || strcmp(text, "off") == 0) {
		*value = strcmp(text, "on") == 0;
		return true;
	}
	command_error("explore: %s: %s is neither on nor off", option, quoted);
	return false;
}

static bool read_mode(const char *text, enum search_mode *mode)
{
	g_autofree char *quoted = NULL;

	if (!text || search_mode_read(text, mode))
		return true;
	quoted = value_quote(text);
	command_error("explore: --search: %s is not bfs, dfs, bitstate or walk", quoted);
	return false;
}

static bool read_depth(const char *text, enum search_mode mode, unsigned *depth)
{
	const uint64_t max[] = {
		[SEARCH_BFS] = PACK_DEPTH_MAX,
		[SEARCH_DFS] = DEPTH_MAX,
		[SEARCH_BITSTATE] = DEPTH_MAX,
		[SEARCH_WALK] = WALK_MAX,
	};
	const char *given = text || mode != SEARCH_WALK ? text : EXPLORE_WALK_DEFAULT;
	uint64_t value = 0;

	g_assert(mode < G_N_ELEMENTS(max));
	if (!read_count("--max-depth", given, 1, max[mode], &value))
		return false;
	*depth = (unsigned)value;
	return true;
}

static const char *memory_of(const struct explore_arguments *arguments, enum search_mode mode)
{
	if (arguments->memory)
		return arguments->memory;
	return mode == SEARCH_BITSTATE ? EXPLORE_BITS_DEFAULT : EXPLORE_MEMORY_DEFAULT;
}

bool explore_read_options(const struct explore_arguments *arguments,
	const struct scenario *scenario, struct explore_options *options)
{
	struct search_options *limits = &options->limits;
	uint64_t jobs = MIN(g_get_num_processors(), JOBS_MAX);
	const char *steps = arguments->steps ? arguments->steps : EXPLORE_STEPS_DEFAULT;

	options->reduce = options->symmetry = true;
	limits->seed = scenario->seed;
	if (!read_mode(arguments->search, &limits->mode) ||
		!read_count("--steps", steps, 1, INT64_MAX, &limits->steps) ||
		!read_count("--seed", arguments->seed, 0, UINT64_MAX, &limits->seed) ||
		!read_count("--jobs", arguments->jobs, 1, JOBS_MAX, &jobs) ||
		!read_count("--max-states", arguments->max_states, 1, UINT64_MAX,
			&limits->max_states) ||
		!read_depth(arguments->max_depth, limits->mode, &limits->max_depth) ||
		!read_memory(memory_of(arguments, limits->mode), &limits->memory) ||
		!read_switch("--symmetry", arguments->symmetry, &options->symmetry) ||
		!read_switch("--reduce", arguments->reduce, &options->reduce))
		return false;
	limits->jobs = (unsigned)jobs;
	g_assert(limits->jobs >= 1 && limits->memory >= MEMORY_MIN && limits->steps >= 1);
	return true;
}

/* Options that say something together */

/* Walks keep no states: what is about states means nothing to them. */
static bool check_walk(const struct explore_arguments *arguments)
{
	if (arguments->memory || arguments->disk)
		command_error("explore: --%s is not for --search walk, which keeps no states",
			arguments->memory ? "memory" : "disk");
	else if (arguments->max_states)
		command_error("explore: --max-states is not for --search walk, which keeps no "
			      "states; --steps");
	else if (arguments->symmetry && strcmp(arguments->symmetry, "off") != 0)
		command_error("explore: --symmetry is not for --search walk, which keeps no states "
			      "that names could be left out of");
	else
		return true;
	return false;
}

static bool check_stateful(const struct explore_arguments *arguments, enum search_mode mode)
{
	bool one_thread = mode == SEARCH_DFS || mode == SEARCH_BITSTATE;

	g_assert(mode != SEARCH_WALK);
	if (arguments->steps || arguments->seed)
		command_error("explore: %s is for --search walk",
			arguments->steps ? "--steps" : "--seed");
	else if (arguments->disk && !*arguments->disk)
		command_error("explore: --disk: '' is no folder");
	else if (arguments->disk && mode != SEARCH_BFS)
		command_error("explore: --disk is for --search bfs");
	else if (one_thread && arguments->jobs && strcmp(arguments->jobs, "1") != 0)
		command_error("explore: --jobs is not for --search %s, which has one thread",
			search_mode_to_string(mode));
	else
		return true;
	return false;
}

bool explore_check_search(const struct explore_arguments *arguments)
{
	enum search_mode mode = SEARCH_BFS;

	if (!read_mode(arguments->search, &mode))
		return false;
	if (arguments->matrix && mode != SEARCH_BFS) {
		command_error(
			"explore: --matrix needs shortest counterexamples: it is for --search bfs");
		return false;
	}
	if (arguments->matrix && arguments->disk) {
		command_error("explore: --disk is not for --matrix, whose searches are small");
		return false;
	}
	return mode == SEARCH_WALK ? check_walk(arguments) : check_stateful(arguments, mode);
}
