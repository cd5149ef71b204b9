/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/searches.h"

#include "sim/explore/state/expand.h"
#include "sim/explore/state/judge.h"
#include "tests/lib/defects.h"
#include "tests/lib/machines.h"

struct search_options searches_options(const struct machine_config *config, enum search_mode mode)
{
	return (struct search_options){
		.config = *config,
		.mode = mode,
		.check = CHECK_ALL_SAFETY | CHECK_I3,
		.jobs = 1,
		.memory = SEARCHES_MEMORY,
		.max_depth = mode == SEARCH_WALK ? SEARCHES_WALK : 0,
		.steps = SEARCHES_STEPS,
		.seed = 1,
	};
}

struct search_options searches_defect(unsigned defect, enum search_mode mode, bool reduced)
{
	struct scenario_explore explore =
		defects_load(shipped_defects[defect].name, shipped_defects[defect].revision);
	struct search_options options = searches_options(&explore.config, mode);

	options.config.reduced = reduced && !explore.config.weak;
	options.check = explore.check;
	return options;
}

struct machine_config searches_sound(void)
{
	struct machine_config config = machines_busy_config("7.1", 3, 3, 4);

	memset(config.may, 0, sizeof(config.may));
	config.may[MACHINE_FORKS] = config.may[MACHINE_EXITS] = 2;
	config.reduced = true;
	return config;
}

/* Children get the lowest number that is free, switches read what they may: as the list has it. */
static bool is_listed(const struct expander *expander, const struct explore_step *step)
{
	static struct explore_step steps[MACHINE_STEPS_MAX];
	unsigned count = machine_steps(
		expander->base, &expander->layout->config, (struct machine_twins){ 0 }, steps);

	for (unsigned i = 0; i < count; i++) {
		struct explore_step listed = steps[i];

		listed.stuck = step->stuck;
		if (machines_same_step(&listed, step))
			return true;
	}
	return false;
}

/* The properties that are broken after the steps of @result; each step can be taken. */
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
	judge_init(&judge, &options->config, 0);
	broken = judge_machine(&judge, expander.base, options->check);
	judge_clear(&judge);
	expander_free(&expander);
	pack_layout_free(&layout);
	return broken;
}

void searches_violated(
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

void searches_same(const struct search_result *a, const struct search_result *b)
{
	ck_assert_int_eq(a->verdict, b->verdict);
	ck_assert_str_eq(search_ended_to_string(a->ended), search_ended_to_string(b->ended));
	ck_assert_uint_eq(a->broken, b->broken);
	ck_assert_uint_eq(a->states, b->states);
	ck_assert_uint_eq(a->transitions, b->transitions);
	ck_assert_uint_eq(a->walks, b->walks);
	ck_assert_uint_eq(a->widest, b->widest);
	ck_assert_uint_eq(a->depth, b->depth);
	ck_assert_uint_eq(a->found_depth, b->found_depth);
	ck_assert_uint_eq(a->spin_states, b->spin_states);
	ck_assert_mem_eq(a->taken, b->taken, sizeof(a->taken));
	ck_assert_uint_eq(a->steps->len, b->steps->len);
	for (guint i = 0; i < a->steps->len; i++) {
		const struct explore_step *step = &g_array_index(a->steps, struct explore_step, i);
		const struct explore_step *other = &g_array_index(b->steps, struct explore_step, i);

		ck_assert(machines_same_step(step, other));
	}
}
