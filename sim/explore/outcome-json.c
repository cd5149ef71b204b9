/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>

#include "sim/base/json-write.h"
#include "sim/explore/known.h"
#include "sim/explore/outcome.h"
#include "sim/machine/step-text.h"
#include "sim/record/json.h"

static void member_properties(struct json *json, const char *name, unsigned properties)
{
	json_begin_array(json, name);
	for (; properties; properties &= properties - 1)
		json_add_text(json, NULL, scenario_property_to_string(properties & -properties));
	json_end_array(json);
}

static void member_bounds(struct json *json, const struct machine_config *machine)
{
	json_begin_object(json, "bounds");
	json_add_number(json, "cpus", machine->cpus_count);
	json_add_number(json, "allowed", (uint64_t)__builtin_popcount(machine->allowed));
	json_add_number(json, "tasks", machine->tasks_start);
	json_add_number(json, "tasks_max", machine->tasks_max);
	for (int op = 0; op < MACHINE_OPS; op++) {
		g_autofree char *name = g_strdup(scenario_op_to_string((enum machine_op)op));

		g_strdelimit(name, "-", '_');
		json_add_number(json, name, machine->may[op]);
	}
	if (machine->made_in_window)
		json_add_bool(json, "made_in_window", true);
	json_add_text(json, "memory", machine->weak ? "weak" : "strong");
	json_end_object(json);
}

static void member_steps(struct json *json, const GArray *steps)
{
	g_assert(!steps || g_array_get_element_size((GArray *)steps) == sizeof(struct explore_step));
	json_begin_array(json, "steps");
	for (guint i = 0; steps && i < steps->len; i++) {
		char text[STEP_TEXT_MAX];

		step_print(&g_array_index(steps, struct explore_step, i), text);
		json_add_text(json, NULL, text);
	}
	json_end_array(json);
}

/* What only some searches have. */
static void add_search(struct json *json, const struct explore_outcome *outcome)
{
	const struct search_result *search = outcome->search;
	enum search_mode mode = outcome->limits.mode;

	json_add_text(json, "search", search_mode_to_string(mode));
	json_add_number_if(json, "seed", mode == SEARCH_WALK, outcome->limits.seed);
	json_add_number_if(json, "walks", mode == SEARCH_WALK, search->walks);
	json_add_number_if(json, "bits", mode == SEARCH_BITSTATE, search->bits);
	json_add_number_if(json, "bits_set", mode == SEARCH_BITSTATE, search->bits_set);
	json_add_number_if(json, "missed", mode == SEARCH_BITSTATE, search->missed);
	json_add_number_if(
		json, "found_depth", search->verdict == SEARCH_VIOLATED, search->found_depth);
}

static void add_result(struct json *json, const struct explore_outcome *outcome)
{
	const struct search_result *search = outcome->search;
	enum search_mode mode = outcome->limits.mode;

	g_assert((search->broken != 0) == (search->verdict == SEARCH_VIOLATED));
	json_add_text(json, "verdict", search_verdict_to_string(search->verdict));
	json_add_text_if(json, "property",
		search->broken ? scenario_property_to_string(outcome_property(outcome)) : NULL);
	member_properties(json, "broken", search->broken);
	json_add_number_if(json, "states", mode != SEARCH_WALK, search->states);
	json_add_number(json, "transitions", search->transitions);
	json_add_number(json, "depth", search->depth);
	json_add_bool(json, "exhausted", search->verdict == SEARCH_HOLDS);
	json_add_text(json, "ended", search_ended_to_string(search->ended));
	json_add_bool(json, "shortest", search->verdict == SEARCH_VIOLATED && search->shortest);
	json_add_number_if(json, "widest", mode == SEARCH_BFS, search->widest);
	json_add_number(json, "state_bytes", search->state_bytes);
	json_add_number(json, "spin_states", search->spin_states);
	json_add_number(json, "states_with_symmetry_before", outcome->states_renamed);
	json_add_bool(json, "reduced", outcome->config.reduced);
	json_add_bool(json, "symmetry_cpus", outcome->config.any_cpu_order);
	json_add_bool(json, "symmetry_tasks", outcome->config.any_task_order);
}

/* Numbers of defects: 9 is B9. */
static void member_known(struct json *json, const struct explore_outcome *outcome)
{
	known_set found = 0;

	if (outcome->steps)
		found = known_find(&outcome->config, outcome->steps, outcome_property(outcome));
	json_begin_array(json, "known");
	for (unsigned i = 0; found >> i; i++) {
		if (found >> i & 1)
			json_add_number(json, NULL, i + 1);
	}
	json_end_array(json);
}

void outcome_json(GString *text, const struct scenario *scenario,
	const struct explore_outcome *outcome, const char *counterexample)
{
	struct json writer = { .text = text }, *json = &writer;
	g_autofree char *digest = NULL;

	digest = g_strdup_printf("%016" PRIx64, scenario->digest);
	json_begin_object(json, NULL);
	json_add_text(json, "scenario", scenario->path);
	json_add_made(json, scenario);
	json_add_text(json, "revision", scenario->revision->name);
	json_add_text(json, "digest", digest);
	member_bounds(json, &scenario->explore.config);
	member_properties(json, "check", scenario->explore.check);
	add_search(json, outcome);
	add_result(json, outcome);
	json_add_text_if(json, "counterexample", counterexample);
	member_steps(json, outcome->steps);
	member_known(json, outcome);
	json_end_object(json);
	json_end_line(json);
}
