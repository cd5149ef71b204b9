/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>
#include <string.h>

#include "model/check.h"
#include "sim/explore/state/expand.h"
#include "sim/explore/state/judge.h"
#include "sim/explore/explore.h"
#include "tests/lib/defects.h"
#include "tests/lib/stroll.h"
#include "tests/lib/suite.h"

/* The searches beside breadth first, which they are compared with. */

enum { MEMORY = 256 << 20, STEPS = 4000000, WALK = 200, MODES = 4 };

static const enum search_mode modes[MODES] = { SEARCH_BFS, SEARCH_DFS, SEARCH_BITSTATE,
	SEARCH_WALK };

static struct search_options options_of(const struct machine_config *config, enum search_mode mode)
{
	return (struct search_options){
		.config = *config,
		.mode = mode,
		.check = CHECK_ALL_SAFETY | CHECK_I3,
		.jobs = 1,
		.memory = MEMORY,
		.max_depth = mode == SEARCH_WALK ? WALK : 0,
		.steps = STEPS,
		.seed = 1,
	};
}

static struct search_options defect_options(unsigned defect, enum search_mode mode, bool reduced)
{
	struct scenario_explore explore =
		defects_load(defects[defect].name, defects[defect].revision);
	struct search_options options = options_of(&explore.machine, mode);

	options.config.reduced = reduced && !explore.machine.weak;
	options.check = explore.check;
	return options;
}

/* Three CPUs, three tasks and a fourth, in a revision that breaks nothing: 80889 states. */
static struct machine_config sound(void)
{
	struct machine_config config = stroll_config("7.1", 3, 3, 4);

	memset(config.may, 0, sizeof(config.may));
	config.may[MACHINE_FORKS] = config.may[MACHINE_EXITS] = 2;
	config.reduced = true;
	return config;
}

static bool is_same(const struct explore_step *a, const struct explore_step *b)
{
	return a->verb == b->verb && a->cpu == b->cpu && a->task == b->task &&
	       a->child == b->child && a->sees == b->sees;
}

/* Children get the lowest number that is free, switches read what they may: as the list has it. */
static bool is_listed(const struct expander *expander, const struct explore_step *step)
{
	static struct explore_step steps[MACHINE_STEPS_MAX];
	unsigned count = machine_steps(
		expander->base, &expander->layout->config, (struct machine_twins){ 0 }, steps);

	for (unsigned i = 0; i < count; i++) {
		if (is_same(&steps[i], step))
			return true;
	}
	return false;
}

/* The properties that the steps of @result come to break, each of which can be taken. */
static unsigned broken_by(const struct search_result *result, const struct search_options *options)
{
	struct expander expander = { 0 };
	struct pack_layout layout;
	struct judge judge;
	unsigned broken;

	ck_assert(pack_layout_init(&layout, &options->config));
	expander_init(&expander, &layout);
	expander_put(&expander, layout.blank);
	for (guint i = 0; i < result->steps->len; i++) {
		const struct explore_step *step =
			&g_array_index(result->steps, struct explore_step, i);

		ck_assert_msg(is_listed(&expander, step), "step %u cannot be taken", i);
		machine_apply(expander.base, &layout.config, step, NULL);
	}
	judge_init(&judge, &options->config);
	broken = judge_machine(&judge, expander.base, options->check);
	judge_clear(&judge);
	expander_free(&expander);
	pack_layout_free(&layout);
	return broken;
}

static void check_violated(
	const struct search_result *result, const struct search_options *options, const char *what)
{
	ck_assert_msg(result->verdict == SEARCH_VIOLATED, "%s: mode %d: %s", what, options->mode,
		search_ended_to_string(result->ended));
	ck_assert_str_eq(search_ended_to_string(result->ended), "violation");
	ck_assert_uint_ne(result->broken, 0);
	ck_assert_uint_eq(result->broken & ~options->check, 0);
	ck_assert_uint_eq(broken_by(result, options), result->broken);
	ck_assert_uint_eq(result->depth, result->steps->len);
	ck_assert_uint_ge(result->found_depth, result->depth);
}

static void check_same(const struct search_result *a, const struct search_result *b)
{
	ck_assert_int_eq(a->verdict, b->verdict);
	ck_assert_str_eq(search_ended_to_string(a->ended), search_ended_to_string(b->ended));
	ck_assert_uint_eq(a->broken, b->broken);
	ck_assert_uint_eq(a->states, b->states);
	ck_assert_uint_eq(a->transitions, b->transitions);
	ck_assert_uint_eq(a->walks, b->walks);
	ck_assert_uint_eq(a->depth, b->depth);
	ck_assert_uint_eq(a->found_depth, b->found_depth);
	ck_assert_uint_eq(a->spin_states, b->spin_states);
	ck_assert_mem_eq(a->taken, b->taken, sizeof(a->taken));
	ck_assert_uint_eq(a->steps->len, b->steps->len);
	for (guint i = 0; i < a->steps->len; i++) {
		const struct explore_step *step = &g_array_index(a->steps, struct explore_step, i);
		const struct explore_step *other = &g_array_index(b->steps, struct explore_step, i);

		ck_assert(is_same(step, other) && step->stuck == other->stuck);
	}
}

/* All */

/* It is the order of reads that matters in B2: depth first sees millions of states before. */
static bool is_far(unsigned defect, enum search_mode mode)
{
	return strcmp(defects[defect].name, "b2") == 0 &&
	       (mode == SEARCH_DFS || mode == SEARCH_BITSTATE);
}

/* However it was found, the way that is told is not much longer than a shortest one. */
SUITE(.timeout = 120);

TEST_RANGE(each_search_finds_each_defect_and_a_short_way_to_it, 0, DEFECTS)
{
	unsigned shortest = 0;

	for (int i = 0; i < MODES; i++) {
		struct search_options options = defect_options((unsigned)_i, modes[i], true);
		struct search_result *result;

		if (is_far((unsigned)_i, modes[i]))
			continue;
		result = search_run(&options);
		check_violated(result, &options, defects[_i].name);
		if (modes[i] == SEARCH_BFS)
			shortest = result->depth;
		ck_assert(result->shortest == (modes[i] == SEARCH_BFS));
		ck_assert_uint_ge(result->depth, shortest);
		ck_assert_uint_le(result->depth, 2 * shortest);
		search_result_free(result);
	}
}

TEST_RANGE(walks_find_each_defect_where_nothing_is_reduced, 0, DEFECTS)
{
	struct search_options options = defect_options((unsigned)_i, SEARCH_WALK, false);
	struct search_result *result;

	options.max_depth = 50;
	options.seed = 8; /* that of few that takes least */
	result = search_run(&options);
	check_violated(result, &options, defects[_i].name);
	search_result_free(result);
}

TEST(only_what_is_asked_for_is_found)
{
	for (int i = 0; i < MODES; i++) {
		struct search_options options = defect_options(0, modes[i], true); /* B1: I3 */
		struct search_result *result;

		options.check = CHECK_I6;
		options.steps = 10000;
		result = search_run(&options);
		ck_assert_int_ne(result->verdict, SEARCH_VIOLATED);
		ck_assert_uint_eq(result->broken, 0);
		ck_assert_uint_eq(result->steps->len, 0);
		ck_assert_uint_gt(result->spin_states, 0);
		search_result_free(result);
	}
}

/* A stop that comes with the first question. */
static bool stop(void *context)
{
	++*(unsigned *)context;
	return true;
}

static void count_progress(void *context, const struct search_progress *progress)
{
	ck_assert_uint_gt(progress->transitions + progress->states + progress->walks, 0);
	++*(unsigned *)context;
}

TEST(each_search_can_be_interrupted)
{
	struct machine_config config = sound();

	for (int i = 0; i < MODES; i++) {
		struct search_options options = options_of(&config, modes[i]);
		struct search_result *result;
		unsigned asked = 0;

		options.stop = stop;
		options.context = &asked;
		result = search_run(&options);
		ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
		ck_assert_str_eq(search_ended_to_string(result->ended), "interrupted");
		ck_assert_uint_ge(asked, 1);
		search_result_free(result);
	}
}

TEST(each_search_tells_how_far_it_is)
{
	struct machine_config config = sound();

	for (int i = 0; i < MODES; i++) {
		struct search_options options = options_of(&config, modes[i]);
		unsigned told = 0;

		options.steps = STEPS / 10;
		options.progress = count_progress;
		options.context = &told;
		search_result_free(search_run(&options));
		ck_assert_uint_ge(told, 2);
	}
}

/* Renamed: what is found is searched for again in the kernel's order, and can be played. */
TEST(what_is_found_without_names_can_be_played)
{
	for (int i = 0; i < MODES; i++) {
		struct search_options limits = defect_options(0, modes[i], true);
		const struct explore_options options = {
			.machine = limits.config,
			.reduce = true,
			.symmetry = true,
			.limits = limits,
			.check = limits.check,
		};
		struct explore_outcome *outcome = explore_run(&options);

		ck_assert_int_eq(outcome->search->verdict, SEARCH_VIOLATED);
		ck_assert_ptr_nonnull(outcome->steps);
		ck_assert(!outcome->config.any_cpu_order && !outcome->config.any_task_order);
		ck_assert_int_eq(outcome->limits.mode, modes[i]);
		ck_assert(modes[i] == SEARCH_WALK || outcome->states_renamed > 0);
		explore_outcome_free(outcome);
	}
}

/* Depth first */

static void check_all_seen(const struct machine_config *config)
{
	struct search_options options = options_of(config, SEARCH_BFS);
	struct search_result *breadth = search_run(&options), *depth;

	options.mode = SEARCH_DFS;
	depth = search_run(&options);
	ck_assert_int_eq(depth->verdict, SEARCH_HOLDS);
	ck_assert_str_eq(search_ended_to_string(depth->ended), "exhausted");
	ck_assert_uint_eq(depth->states, breadth->states);
	ck_assert_uint_eq(depth->transitions, breadth->transitions);
	ck_assert_uint_eq(depth->spin_states, breadth->spin_states);
	ck_assert_mem_eq(depth->taken, breadth->taken, sizeof(depth->taken));
	ck_assert_uint_ge(depth->depth, breadth->depth);
	ck_assert_uint_eq(depth->state_bytes, breadth->state_bytes);
	search_result_free(breadth);
	search_result_free(depth);
}

TEST(depth_first_sees_what_breadth_first_sees)
{
	struct machine_config config = sound();

	check_all_seen(&config);
	config.any_cpu_order = config.any_task_order = true;
	config.allowed = 3;
	check_all_seen(&config);
	config.protocol.split_get = true;
	check_all_seen(&config);
	config = sound();
	config.reduced = false;
	config.tasks_start = 2;
	config.tasks_max = 3;
	check_all_seen(&config);
}

TEST(depth_first_ends_at_its_limits)
{
	struct machine_config config = sound();
	struct search_options options = options_of(&config, SEARCH_DFS);
	struct search_result *result;

	options.max_states = 1000;
	result = search_run(&options);
	ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
	ck_assert_str_eq(search_ended_to_string(result->ended), "max-states");
	ck_assert_uint_ge(result->states, 1000);
	ck_assert_uint_lt(result->states, 1100);
	search_result_free(result);
	options.max_states = 0;
	options.max_depth = 5;
	result = search_run(&options);
	ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
	ck_assert_str_eq(search_ended_to_string(result->ended), "max-depth");
	ck_assert_uint_eq(result->depth, 5);
	search_result_free(result);
	options.max_depth = 1 << 20;
	result = search_run(&options);
	ck_assert_int_eq(result->verdict, SEARCH_HOLDS);
	search_result_free(result);
}

TEST(a_state_at_max_depth_is_looked_at)
{
	struct search_options options = defect_options(0, SEARCH_DFS, true);
	struct search_result *result;

	options.max_depth = 3;
	result = search_run(&options);
	check_violated(result, &options, "3");
	ck_assert_uint_le(result->found_depth, 3);
	search_result_free(result);
	options.max_depth = 2;
	result = search_run(&options);
	ck_assert_str_eq(search_ended_to_string(result->ended), "max-depth");
	search_result_free(result);
}

TEST(depth_first_keeps_within_its_memory)
{
	struct machine_config config = sound();
	struct search_options options = options_of(&config, SEARCH_DFS);
	struct search_result *result;

	options.memory = 1 << 20;
	result = search_run(&options);
	ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
	ck_assert_str_eq(search_ended_to_string(result->ended), "memory");
	ck_assert_uint_le(result->bytes, options.memory);
	ck_assert_uint_gt(result->bytes, options.memory / 2);
	ck_assert_uint_gt(result->states, 10000);
	search_result_free(result);
}

/* Bit state */

TEST(bit_state_with_room_sees_nearly_all)
{
	struct machine_config config = sound();
	struct search_options options = options_of(&config, SEARCH_BFS);
	struct search_result *all = search_run(&options), *bits;

	options.mode = SEARCH_BITSTATE;
	bits = search_run(&options);
	ck_assert_int_eq(bits->verdict, SEARCH_UNDECIDED);
	ck_assert_str_eq(search_ended_to_string(bits->ended), "bitstate");
	ck_assert_uint_le(bits->states, all->states);
	ck_assert_uint_ge(bits->states, all->states - 2);
	ck_assert_uint_eq(bits->missed, 0);
	ck_assert_uint_eq(bits->bits, (uint64_t)MEMORY / 8 * 7 * 8);
	ck_assert_uint_le(bits->bits_set, 3 * bits->states);
	ck_assert_uint_gt(bits->bits_set, 3 * bits->states - bits->states / 50);
	search_result_free(all);
	search_result_free(bits);
}

TEST(bit_state_without_room_knows_about_how_many_it_misses)
{
	struct machine_config config = sound();
	struct search_options options = options_of(&config, SEARCH_BFS);
	struct search_result *all = search_run(&options), *bits;
	uint64_t missed;

	options.mode = SEARCH_BITSTATE;
	options.memory = all->states * 2; /* 14 bits for each */
	bits = search_run(&options);
	ck_assert_str_eq(search_ended_to_string(bits->ended), "bitstate");
	missed = all->states - bits->states;
	ck_assert_uint_gt(missed, all->states / 1000);
	ck_assert_uint_lt(missed, all->states / 4);
	ck_assert_uint_gt(bits->missed, missed / 2);
	ck_assert_uint_lt(bits->missed, missed + missed / 5);
	ck_assert_uint_lt(bits->bits_set, bits->bits);
	search_result_free(all);
	search_result_free(bits);
}

TEST(bit_state_ends_at_its_limits)
{
	struct machine_config config = sound();
	struct search_options options = options_of(&config, SEARCH_BITSTATE);
	struct search_result *result;

	options.max_states = 1000;
	result = search_run(&options);
	ck_assert_str_eq(search_ended_to_string(result->ended), "max-states");
	search_result_free(result);
	options.max_states = 0;
	options.max_depth = 5;
	result = search_run(&options);
	ck_assert_str_eq(search_ended_to_string(result->ended), "max-depth");
	search_result_free(result);
	options.max_depth = 0;
	options.memory = 16 << 10; /* of which the stack has less than its first block */
	result = search_run(&options);
	ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
	ck_assert_str_eq(search_ended_to_string(result->ended), "memory");
	search_result_free(result);
}

/* Walks */

/* @options with 1, 2 and 3 threads. */
static void check_jobs(struct search_options options)
{
	struct search_result *one = search_run(&options);

	for (options.jobs = 2; options.jobs <= 3; options.jobs++) {
		struct search_result *more = search_run(&options);

		check_same(more, one);
		search_result_free(more);
	}
	search_result_free(one);
}

TEST(walks_do_not_depend_on_the_number_of_threads)
{
	struct machine_config config = sound();
	struct search_options options = options_of(&config, SEARCH_WALK);

	options.steps = 345678;
	check_jobs(options);
	options.max_depth = 7;
	check_jobs(options);
	for (unsigned defect = 0; defect < DEFECTS; defect++) {
		options = defect_options(defect, SEARCH_WALK, true);
		options.max_depth = 50;
		check_jobs(options);
	}
}

TEST(another_seed_is_another_walk)
{
	struct search_options options = defect_options(8, SEARCH_WALK, true); /* B9 takes long */
	struct search_result *first = search_run(&options), *again, *other;

	again = search_run(&options);
	check_same(first, again);
	options.seed++;
	other = search_run(&options);
	check_violated(other, &options, "another seed");
	ck_assert_uint_ne(first->walks, other->walks);
	ck_assert_uint_ne(first->transitions, other->transitions);
	search_result_free(first);
	search_result_free(again);
	search_result_free(other);
}

TEST(walks_take_as_many_steps_as_they_may)
{
	static const struct {
		uint64_t steps;
		unsigned length;
	} cases[] = { { 1, 200 }, { 199, 200 }, { 200, 200 }, { 1001, 10 }, { 77777, 1 },
		{ 100000, 1000000 } };
	struct machine_config config = sound();

	config.may[MACHINE_EXITS] = 0; /* there is always something to be done */
	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct search_options options = options_of(&config, SEARCH_WALK);
		uint64_t steps = cases[i].steps, length = cases[i].length, taken = 0;
		struct search_result *result;

		options.steps = steps;
		options.max_depth = cases[i].length;
		result = search_run(&options);
		ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
		ck_assert_str_eq(search_ended_to_string(result->ended), "walk");
		ck_assert_uint_eq(result->transitions, steps);
		ck_assert_uint_eq(result->walks, (steps + length - 1) / length);
		ck_assert_uint_eq(result->depth, MIN(steps, length));
		ck_assert_uint_eq(result->states, 0);
		for (unsigned verb = 0; verb < VERB_COUNT; verb++)
			taken += result->taken[verb];
		ck_assert_uint_eq(taken, steps);
		search_result_free(result);
	}
}

TEST(a_walk_ends_where_nothing_can_be_done)
{
	struct machine_config config = sound();
	struct search_options options;
	struct search_result *result;

	config.cpus_count = config.tasks_start = config.tasks_max = 1;
	config.allowed = 1;
	config.may[MACHINE_FORKS] = 0;
	options = options_of(&config, SEARCH_WALK);
	options.steps = 100000;
	result = search_run(&options);
	ck_assert_str_eq(search_ended_to_string(result->ended), "walk");
	ck_assert_uint_eq(result->transitions, 100000);
	ck_assert_uint_gt(result->walks, 2 * 100000 / WALK);
	search_result_free(result);
}

/* I3, of a machine far beyond what can be exhausted. */
TEST(walks_find_a_live_lock_among_many_tasks)
{
	struct machine_config config = stroll_config("v3", 6, 5, 8);
	struct search_options options;
	struct search_result *result;

	memset(config.may, 0, sizeof(config.may));
	config.may[MACHINE_FORKS] = 3;
	config.reduced = true;
	options = options_of(&config, SEARCH_WALK);
	options.check = CHECK_I3;
	result = search_run(&options);
	check_violated(result, &options, "v3");
	ck_assert_uint_eq(result->broken, CHECK_I3);
	search_result_free(result);
}
