/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The steps from the start to what a search has found. */

#include "sim/explore/search/back.h"

#include <glib.h>

#include "sim/explore/playable.h"
#include "sim/explore/state/judge.h"
#include "tests/lib/sizes.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 250);

/* Take @steps from the start: none is refused, and only the last breaks what was asked for. */
static void follow(
	const struct machine_config *config, const GArray *steps, unsigned check, unsigned broken)
{
	struct machine *machine = machines_new(config);
	struct judge judge;

	judge_init(&judge, config, 0);
	for (guint i = 0; i < steps->len; i++) {
		const struct explore_step *step = &g_array_index(steps, struct explore_step, i);
		const char *why = machine_refuses(machine, config, step);
		char text[STEP_TEXT_MAX];

		step_print(step, text);
		ck_assert_msg(!why, "step %u, '%s': %s", i + 1, text, why);
		ck_assert_msg(!judge_machine(&judge, machine, check),
			"it is broken before step %u, '%s'", i + 1, text);
		machine_apply(machine, config, step, NULL);
	}
	ck_assert_uint_eq(judge_machine(&judge, machine, check), broken);
	judge_clear(&judge);
	free(machine);
}

static void check_path(const struct machine_config *config, unsigned check)
{
	struct search_result *result = sizes_search(config, check, 1);
	struct machine_config exact = playable_config(config);
	GArray *steps;

	ck_assert_int_eq(result->verdict, SEARCH_VIOLATED);
	ck_assert_uint_eq(result->steps->len, result->depth);
	ck_assert_uint_eq(result->broken & ~check, 0);
	follow(config, result->steps, check, result->broken);
	steps = playable_steps(config, result->steps);
	if (steps) {
		follow(&exact, steps, check, result->broken);
		g_array_free(steps, TRUE);
	} else {
		/* only where a walk has another order than the kernel's */
		ck_assert(config->any_cpu_order || config->any_task_order);
	}
	search_result_free(result);
}

TEST_ROWS(the_steps_of_a_counterexample_lead_to_what_is_broken, known_defects)
{
	const struct known_defect *defect = &known_defects[_i];
	struct machine_config config = sizes_config(defect->revision, &defect->size);

	check_path(&config, defect->check);
	sizes_rename(&config);
	check_path(&config, defect->check);
	config.reduced = false;
	check_path(&config, defect->check);
	config = sizes_config(defect->revision, &defect->size);
	config.reduced = false;
	check_path(&config, defect->check);
}

/* Random machines that break something, whatever: a way to it can be gone. */
TEST(the_steps_of_random_counterexamples_lead_to_what_is_broken)
{
	unsigned found = 0;

	for (uint64_t seed = 1; seed <= 800; seed++) {
		struct prng prng = { prng_key(seed, 3), 0 };
		struct machine_config config = machines_random_config(&prng, 3);
		struct search_options options = {
			.config = config,
			.check = ALL,
			.jobs = 1,
			.memory = (size_t)1 << 30,
			.max_states = 3000,
		};
		struct search_result *result;

		ck_assert_msg(search_can(&config, ALL), "seed %lu", (unsigned long)seed);
		result = search_run(&options);
		if (result->verdict == SEARCH_VIOLATED)
			follow(&config, result->steps, ALL, result->broken);
		found += result->verdict == SEARCH_VIOLATED;
		search_result_free(result);
	}
	ck_assert_uint_gt(found, 100);
}
