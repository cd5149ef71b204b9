/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The outcome of an exploration: its report, its JSON, and a counterexample that can be played. */

#include "sim/explore/outcome.h"

#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>

#include "model/check.h"
#include "sim/play/play.h"
#include "tests/lib/suite.h"

static struct scenario *parse(const char *text)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct scenario *scenario = scenario_parse("t.scn", text, strlen(text), NULL, errors);

	if (!scenario)
		ck_abort_msg("%s\n%s", (char *)errors->pdata[0], text);
	return scenario;
}

/* B1: two CPUs, two tasks, one fork. */
static struct scenario *b1(const char *revision)
{
	g_autofree char *text = g_strdup_printf("[scenario]\ntitle = B1\n[machine]\ncpus = 2\n"
						"[protocol]\nrevision = %s\n[explore]\ntasks = 2\n"
						"forks = 1\ncheck = I3\n",
		revision);

	return parse(text);
}

static struct explore_outcome *explore(const struct scenario *scenario, unsigned max_depth)
{
	const struct explore_options options = {
		.machine = scenario->explore.config,
		.check = scenario->explore.check,
		.reduce = true,
		.symmetry = true,
		.limits = { .jobs = 1, .memory = 64 << 20, .max_depth = max_depth },
	};

	return explore_run(&options);
}

static const struct {
	const char *revision;
	unsigned max_depth;
	const char *verdict;
	const char *line; /* of the report */
} outcomes[] = {
	{ "7.1", 0, "holds",
		"\nHOLDS within these bounds: none of the states breaks any of them.\n" },
	{ "v3", 0, "violated",
		"\nVIOLATED: I3, a spin in get cannot end, 3 steps from the start and no "
		"fewer.\n" },
	{ "7.1", 2, "undecided", "\nUNDECIDED: not all states were seen (max-depth).\n" },
};

SUITE(.timeout = 60);

TEST_ROWS(the_report_says_the_verdict, outcomes)
{
	struct scenario *scenario = b1(outcomes[_i].revision);
	struct explore_outcome *outcome = explore(scenario, outcomes[_i].max_depth);
	g_autoptr(GString) text = g_string_new(NULL);

	outcome_report(text, scenario, outcome);
	ck_assert_msg(strstr(text->str, outcomes[_i].line) != NULL, "%s", text->str);
	ck_assert_int_eq(strstr(text->str, "  At the start\n") != NULL, outcome->steps != NULL);
	explore_outcome_free(outcome);
	scenario_free(scenario);
}

static const struct {
	bool reduced, any_cpu_order, any_task_order;
	const char *line;
} reductions[] = {
	{ false, false, false, "none" },
	{ true, false, false, "steps that commute" },
	{ false, true, false, "names of CPUs (walks in any order)" },
	{ true, true, false, "steps that commute, names of CPUs (walks in any order)" },
	{ true, true, true, "steps that commute, names of CPUs and tasks (walks in any order)" },
};

TEST_ROWS(the_report_says_what_was_reduced, reductions)
{
	struct scenario *scenario = b1("7.1");
	struct explore_outcome *outcome = explore(scenario, 0);
	g_autofree char *line = g_strdup_printf("\n  Reductions: %s\n", reductions[_i].line);
	g_autoptr(GString) text = g_string_new(NULL);

	outcome->config.reduced = reductions[_i].reduced;
	outcome->config.any_cpu_order = reductions[_i].any_cpu_order;
	outcome->config.any_task_order = reductions[_i].any_task_order;
	outcome_report(text, scenario, outcome);
	ck_assert_msg(strstr(text->str, line) != NULL, "%s", text->str);
	explore_outcome_free(outcome);
	scenario_free(scenario);
}

/* The list of steps of a counterexample may be longer than the number of steps in the verdict. */
TEST(the_report_says_which_steps_of_the_list_are_not_counted)
{
	static const char why[] = "\n  The list has 4 steps. These are not counted: a dead task ";
	struct scenario *scenario = b1("v3");
	struct explore_outcome *outcome = explore(scenario, 0);
	g_autoptr(GString) text = g_string_new(NULL);

	ck_assert_uint_eq(outcome->search->depth, 3);
	ck_assert_uint_eq(outcome->steps->len, 4);
	outcome_report(text, scenario, outcome);
	ck_assert_msg(strstr(text->str, why) != NULL, "%s", text->str);
	ck_assert(strstr(text->str, "\n    4  ") && !strstr(text->str, "\n    5  "));

	outcome->search->depth = outcome->steps->len;
	g_string_truncate(text, 0);
	outcome_report(text, scenario, outcome);
	ck_assert_msg(!strstr(text->str, "not counted"), "%s", text->str);
	explore_outcome_free(outcome);
	scenario_free(scenario);
}

TEST_ROWS(the_json_says_the_verdict, outcomes)
{
	struct scenario *scenario = b1(outcomes[_i].revision);
	struct explore_outcome *outcome = explore(scenario, outcomes[_i].max_depth);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonObject *object;

	outcome_json(text, scenario, outcome, NULL);
	ck_assert(json_parser_load_from_data(parser, text->str, -1, NULL));
	ck_assert(g_str_has_suffix(text->str, "}\n"));
	object = json_node_get_object(json_parser_get_root(parser));
	ck_assert_str_eq(json_object_get_string_member(object, "verdict"), outcomes[_i].verdict);
	ck_assert_int_eq(json_object_get_null_member(object, "property"), !outcome->search->broken);
	ck_assert_int_eq(json_object_get_boolean_member(object, "shortest"),
		strcmp(outcomes[_i].verdict, "violated") == 0);
	ck_assert_int_eq(json_object_get_boolean_member(object, "exhausted"),
		strcmp(outcomes[_i].verdict, "holds") == 0);
	ck_assert_uint_eq(json_array_get_length(json_object_get_array_member(object, "steps")),
		outcome->steps ? outcome->steps->len : 0);
	ck_assert_int_eq(
		json_object_get_int_member(object, "states"), (gint64)outcome->search->states);
	explore_outcome_free(outcome);
	scenario_free(scenario);
}

TEST(the_json_names_the_known_defect_by_its_number)
{
	struct scenario *scenario = b1("v3");
	struct explore_outcome *outcome = explore(scenario, 0);
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(JsonParser) parser = json_parser_new();
	JsonArray *known;

	outcome_json(text, scenario, outcome, NULL);
	ck_assert(json_parser_load_from_data(parser, text->str, -1, NULL));
	known = json_object_get_array_member(
		json_node_get_object(json_parser_get_root(parser)), "known");
	ck_assert_uint_eq(json_array_get_length(known), 1);
	ck_assert_int_eq(json_array_get_int_element(known, 0), 1);
	explore_outcome_free(outcome);
	scenario_free(scenario);
}

TEST(the_counterexample_is_a_scenario_that_breaks_the_property_when_it_is_played)
{
	struct scenario *scenario = b1("v3"), *played;
	struct explore_outcome *outcome = explore(scenario, 0);
	g_autoptr(GString) text = g_string_new(NULL);
	struct play *play;
	struct record_result *result;

	ck_assert_uint_eq(outcome_property(outcome), CHECK_I3);
	outcome_counterexample(text, scenario, outcome);
	played = parse(text->str);
	ck_assert_uint_eq(played->steps_count, outcome->steps->len);
	play = play_new(played);
	result = play_run(play);
	ck_assert_str_eq(result->ended, "live lock");
	record_result_free(result);
	play_free(play);
	scenario_free(played);
	explore_outcome_free(outcome);
	scenario_free(scenario);
}

/* A fork spins on one CPU where nothing can end its spin: "stall" breaks, and I3 at the same step. */
TEST(the_counterexample_that_breaks_two_properties_passes_when_it_is_played)
{
	struct scenario *played, *scenario =
		parse("[scenario]\ntitle = B11\n[machine]\ncpus = 1\n[protocol]\nrevision = v1\n"
		      "[explore]\ntasks = 1\nforks = 1\ncheck = I3 stall\n");
	struct explore_outcome *outcome = explore(scenario, 0);
	g_autoptr(GString) text = g_string_new(NULL);
	struct play *play;
	struct record_result *result;

	ck_assert_uint_eq(outcome->search->broken, CHECK_I3 | EXPLORE_STALL);
	outcome_counterexample(text, scenario, outcome);
	ck_assert(g_str_has_suffix(text->str, "\nproperty = I3\nviolations = >= 2\n"));
	played = parse(text->str);
	play = play_new(played);
	result = play_run(play);
	ck_assert_uint_eq(result->violations_count, 2);
	ck_assert(record_result_ok(result));
	record_result_free(result);
	play_free(play);
	scenario_free(played);
	explore_outcome_free(outcome);
	scenario_free(scenario);
}

TEST_SIGNAL(a_counterexample_where_all_holds_is_our_bug, SIGABRT)
{
	struct scenario *scenario = b1("7.1");
	g_autoptr(GString) text = g_string_new(NULL);

	outcome_counterexample(text, scenario, explore(scenario, 0));
}

static const unsigned title_lengths[] = { 10, 196, 200 };

/* A title may have 200 bytes, and the property is added to it. */
TEST_ROWS(the_counterexample_of_a_long_title_is_a_scenario, title_lengths)
{
	struct scenario *scenario = b1("v3"), *played;
	struct explore_outcome *outcome = explore(scenario, 0);
	g_autoptr(GString) text = g_string_new(NULL);
	unsigned length = title_lengths[_i];

	g_free(scenario->title);
	scenario->title = g_strnfill(length, 'x');
	outcome_counterexample(text, scenario, outcome);
	played = parse(text->str);
	ck_assert_uint_eq(strlen(played->title), MIN(length + 4, 200));
	ck_assert(g_str_has_suffix(played->title, "x: I3"));
	scenario_free(played);
	explore_outcome_free(outcome);
	scenario_free(scenario);
}
