/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/outcome.h"

#include <inttypes.h>
#include <string.h>

#include "model/check.h"
#include "sim/base/json-write.h"
#include "sim/explore/effort.h"
#include "sim/explore/trail.h"
#include "sim/machine/step-text.h"
#include "sim/machine/story.h"
#include "sim/scenario/explain.h"

unsigned outcome_property(const struct explore_outcome *outcome)
{
	return outcome->search->broken & -outcome->search->broken;
}

const char *outcome_verdict(const struct explore_outcome *outcome)
{
	static const char *const verdicts[] = {
		[SEARCH_HOLDS] = "holds",
		[SEARCH_VIOLATED] = "violated",
		[SEARCH_UNDECIDED] = "undecided",
	};

	return verdicts[outcome->search->verdict];
}

/* For people */

static void add_properties(GString *text, unsigned properties)
{
	const char *blank = "";

	for (; properties; properties &= properties - 1) {
		g_string_append_printf(
			text, "%s%s", blank, scenario_property_to_string(properties & -properties));
		blank = " ";
	}
}

static void add_bounds(GString *text, const struct scenario *scenario)
{
	const struct machine_config *machine = &scenario->explore.machine;

	g_string_append_printf(text,
		"  Bounds: %u possible CPUs, %d of them allowed at the start; %u "
		"tasks, at most %u at once",
		machine->cpus_count, __builtin_popcount(machine->allowed), machine->tasks_start,
		machine->tasks_max);
	for (int op = 0; op < MACHINE_OPS; op++) {
		if (machine->may[op] > 0)
			g_string_append_printf(text, "; %s %u",
				scenario_op_to_string((enum machine_op)op), machine->may[op]);
	}
	if (machine->made_in_window)
		g_string_append(text, "; made in a window");
	g_string_append_printf(
		text, "; memory %s\n  Asked for: ", machine->weak ? "weak" : "strong");
	add_properties(text, scenario->explore.check);
	g_string_append_c(text, '\n');
	if (machine->weak && !machine->protocol.split_mode)
		g_string_append(text, "  Weak memory cannot matter: the mode is one word in this "
				      "revision.\n");
}

static void add_reductions(GString *text, const struct explore_outcome *outcome)
{
	const struct machine_config *config = &outcome->config;
	bool any = config->any_cpu_order || config->any_task_order;

	g_string_append_printf(text, "  Reductions: %s%s%s\n",
		config->reduced ? "steps that commute"
		: any           ? ""
				: "none",
		config->reduced && any ? ", " : "",
		config->any_cpu_order && config->any_task_order
			? "names of CPUs and tasks (walks in any order)"
		: config->any_cpu_order ? "names of CPUs (walks in any order)"
					: "");
}

/* Verbs that the bounds allow and that no state had a use for. */
static void add_never(GString *text, const struct explore_outcome *outcome)
{
	const struct machine_config *config = &outcome->config;
	const uint64_t *taken = outcome->search->taken;
	const bool can[VERB_COUNT] = {
		[VERB_OUT] = config->reduced,
		[VERB_IN] = config->reduced,
		[VERB_RETRY] = true,
		[VERB_GIVE_UP] = config->protocol.bounded_get,
		[VERB_WALK] = true,
		[VERB_COMPLETE] = true,
		[VERB_FORK_RETRY] = true,
		[VERB_WORK] = config->may[MACHINE_AFFINITIES] > 0,
	};
	const char *comma = "  Never taken: ";

	for (int verb = 0; verb < VERB_COUNT; verb++) {
		if (!can[verb] || taken[verb] > 0)
			continue;
		g_string_append_printf(
			text, "%s%s", comma, step_verb_to_string((enum step_verb)verb));
		comma = ", ";
	}
	if (*comma == ',')
		g_string_append_c(text, '\n');
}

static void add_verdict(GString *text, const struct explore_outcome *outcome)
{
	const struct search_result *search = outcome->search;
	unsigned property = outcome_property(outcome);

	switch (search->verdict) {
	case SEARCH_HOLDS:
		g_string_append_printf(text,
			"HOLDS within these bounds: none of the states breaks any of them.\n");
		break;
	case SEARCH_VIOLATED:
		g_string_append_printf(text, "VIOLATED: %s, %s, %u steps from the start%s.\n",
			scenario_property_to_string(property), scenario_property_describe(property),
			search->depth, search->shortest ? " and no fewer" : "");
		if (search->found_depth > search->depth)
			g_string_append_printf(text,
				"  It was found after %u steps; what could be left out of them "
				"was.\n",
				search->found_depth);
		if (!search->shortest)
			g_string_append(text, "  There may be a shorter way.\n");
		break;
	case SEARCH_UNDECIDED:
		g_string_append_printf(
			text, "UNDECIDED: %s (%s).\n", effort_undecided(outcome), search->ended);
		break;
	}
}

void outcome_report(
	GString *text, const struct scenario *scenario, const struct explore_outcome *outcome)
{
	struct machine_config played = trail_config(&outcome->config);

	g_string_append_printf(text,
		"cidsim %s  explore %s  revision %s  digest %016" PRIx64 "\n%s\n\n", CIDSIM_VERSION,
		scenario->path, scenario->revision->name, scenario->digest, scenario->title);
	add_bounds(text, scenario);
	add_reductions(text, outcome);
	effort_report(text, outcome);
	add_never(text, outcome);
	g_string_append_c(text, '\n');
	add_verdict(text, outcome);
	if (outcome->steps) {
		g_string_append_c(text, '\n');
		story_tell(text, &played, outcome->steps);
	}
}

/* As a scenario */

/* The revision, and only what is not its own: so that another one can be tried by its name. */
static void add_protocol(GString *text, const struct scenario *scenario)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);

	g_string_append_printf(text, "\n[protocol]\nrevision = %s\n", scenario->revision->name);
	for (size_t i = 0; i < count; i++) {
		char own[32], value[32];

		protocol_get(&scenario->revision->protocol, &flags[i], own, sizeof(own));
		protocol_get(&scenario->protocol, &flags[i], value, sizeof(value));
		if (strcmp(own, value) != 0)
			g_string_append_printf(text, "%s = %s\n", flags[i].name, value);
	}
}

void outcome_counterexample(
	GString *text, const struct scenario *scenario, const struct explore_outcome *outcome)
{
	struct machine_config config = trail_config(&outcome->config);
	unsigned property = outcome_property(outcome);

	g_string_append_printf(text,
		"# %s: %s.\n# Found by cidsim explore; `cidsim run` plays it.\n\n[scenario]\n"
		"title = %s: %s\nfound-with = %s\n",
		scenario_property_to_string(property), scenario_property_describe(property),
		scenario->title, scenario_property_to_string(property), scenario->revision->name);
	g_string_append_printf(text, "\n[machine]\ncpus = %" PRIu32 "\n", scenario->cpus_count);
	add_protocol(text, scenario);
	explain_explored(text, scenario);
	g_string_append(text, "\n[steps]\n");
	story_list(text, &config, outcome->steps);
	g_string_append_printf(
		text, "\n[expect]\nproperty = %s\n", scenario_property_to_string(property));
}

/* For programs */

static void member_count_if(struct json *json, const char *name, bool has, uint64_t count)
{
	if (has)
		json_add_number(json, name, count);
	else
		json_add_null(json, name);
}

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

	json_add_text(json, "search", effort_mode_to_string(mode));
	if (mode == SEARCH_WALK)
		json_add_number(json, "seed", outcome->limits.seed);
	else
		json_add_null(json, "seed");
	member_count_if(json, "walks", mode == SEARCH_WALK, search->walks);
	member_count_if(json, "bits", mode == SEARCH_BITSTATE, search->bits);
	member_count_if(json, "bits_set", mode == SEARCH_BITSTATE, search->bits_set);
	member_count_if(json, "missed", mode == SEARCH_BITSTATE, search->missed);
	member_count_if(
		json, "found_depth", search->verdict == SEARCH_VIOLATED, search->found_depth);
}

static void add_result(struct json *json, const struct explore_outcome *outcome)
{
	const struct search_result *search = outcome->search;
	enum search_mode mode = outcome->limits.mode;

	json_add_text(json, "verdict", outcome_verdict(outcome));
	if (search->broken)
		json_add_text(
			json, "property", scenario_property_to_string(outcome_property(outcome)));
	else
		json_add_null(json, "property");
	member_properties(json, "broken", search->broken);
	member_count_if(json, "states", mode != SEARCH_WALK, search->states);
	json_add_number(json, "transitions", search->transitions);
	json_add_number(json, "depth", search->depth);
	json_add_bool(json, "exhausted", search->verdict == SEARCH_HOLDS);
	json_add_text(json, "ended", search->ended);
	json_add_bool(json, "shortest", search->verdict == SEARCH_VIOLATED && search->shortest);
	member_count_if(json, "widest", mode == SEARCH_BFS, search->widest);
	json_add_number(json, "state_bytes", search->state_bytes);
	json_add_number(json, "spin_states", search->spin_states);
	json_add_number(json, "states_with_symmetry_before", outcome->states_renamed);
	json_add_bool(json, "reduced", outcome->config.reduced);
	json_add_bool(json, "symmetry_cpus", outcome->config.any_cpu_order);
	json_add_bool(json, "symmetry_tasks", outcome->config.any_task_order);
}

void outcome_json(GString *text, const struct scenario *scenario,
	const struct explore_outcome *outcome, const char *counterexample)
{
	struct json writer = { .text = text }, *json = &writer;
	g_autofree char *digest = NULL;

	digest = g_strdup_printf("%016" PRIx64, scenario->digest);
	json_begin_object(json, NULL);
	json_add_text(json, "scenario", scenario->path);
	json_add_text(json, "revision", scenario->revision->name);
	json_add_text(json, "digest", digest);
	member_bounds(json, &scenario->explore.machine);
	member_properties(json, "check", scenario->explore.check);
	add_search(json, outcome);
	add_result(json, outcome);
	if (counterexample)
		json_add_text(json, "counterexample", counterexample);
	else
		json_add_null(json, "counterexample");
	member_steps(json, outcome->steps);
	json_end_object(json);
	json_end_line(json);
}
