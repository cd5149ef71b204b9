/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Explorations of small machines, by all searches, with reductions and without: no two of them
 * contradict each other, and what one has found is played, breaks what it is said to break, and
 * comes out again as JSON and as text.
 *
 * Input: the machine, the property.
 */

#include <string.h>

#include "sim/explore/outcome.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/machine-text.h"
#include "tests/fuzz/one-run.h"

enum { STATES_MAX = 1500, MEMORY = 64 << 20, WALK = 60, WALKS = 2000 };

/* A counterexample is a scenario that expects what it is said to break. */
static void check_counterexample(const struct scenario *scenario, const struct explore_outcome *outcome)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct record_result *result;
	struct scenario *played;

	outcome_counterexample(text, scenario, outcome);
	played = one_parse(text->str, text->len, NULL);
	fuzz_means(text->str);
	FUZZ_CHECK(played);
	result = one_run(played, ONE_NO_LOG);
	FUZZ_CHECK(!result->input_error && record_result_ok(result));
	record_result_free(result);
	scenario_free(played);
	fuzz_means(NULL);
}

static enum search_verdict explore(const struct scenario *scenario, enum search_mode mode, bool reduce)
{
	const struct explore_options options = {
		.machine = scenario->explore.config,
		.check = scenario->explore.check,
		.reduce = reduce,
		.symmetry = reduce && mode != SEARCH_WALK,
		.limits = { .mode = mode, .jobs = 1, .memory = MEMORY, .max_states = STATES_MAX, .seed = 1,
			.max_depth = mode == SEARCH_WALK ? WALK : 0, .steps = WALKS },
	};
	struct machine_config config = explore_config(&options);
	g_autoptr(GString) text = g_string_new(NULL), json = g_string_new(NULL);
	struct explore_outcome *outcome;
	enum search_verdict verdict;

	if (!search_can(&config, options.check))
		return SEARCH_UNDECIDED;
	outcome = explore_run(&options);
	verdict = outcome->search->verdict;
	outcome_report(text, scenario, outcome);
	outcome_json(json, scenario, outcome, NULL);
	one_check_text(text);
	one_check_json(json);
	FUZZ_CHECK(verdict != SEARCH_VIOLATED || outcome->steps);
	if (outcome->steps && outcome->steps->len > 0)
		check_counterexample(scenario, outcome);
	explore_outcome_free(outcome);
	return verdict;
}

static void add_check(struct fuzz *fuzz, GString *text)
{
	static const char *const checks[] = { "I1 I2 I3 I4 I5 I6 I8", "I3", "I5", "I2", "I6", "return", "stall",
		"stuck", "transit", "window", "invariant", "I1 I2 I3 I4 I5 I6 I8 return stall stuck transit window" };

	g_string_append_printf(text, "check = %s\n", checks[fuzz_below(fuzz, G_N_ELEMENTS(checks))]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = { data, data + size };
	g_autoptr(GString) text = g_string_new(NULL);
	struct scenario *scenario;
	bool holds = false, violated = false;

	machine_text(&fuzz, text, 3, 2, 2);
	add_check(&fuzz, text);
	scenario = one_parse(text->str, text->len, NULL);
	if (!scenario)
		return 0;
	for (unsigned i = 0; i <= SEARCH_WALK + SEARCH_BITSTATE; i++) {
		enum search_mode mode = (enum search_mode)(i % (SEARCH_WALK + 1));
		enum search_verdict verdict = explore(scenario, mode, i <= SEARCH_WALK);

		holds |= verdict == SEARCH_HOLDS;
		violated |= verdict == SEARCH_VIOLATED;
	}
	fuzz_means(text->str);
	FUZZ_CHECK(!holds || !violated);
	fuzz_means(NULL);
	scenario_free(scenario);
	return 0;
}
