/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/outcome.h"

#include <inttypes.h>
#include <string.h>

#include "model/check.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/base/version.h"
#include "sim/explore/coverage.h"
#include "sim/explore/known.h"
#include "sim/explore/playable.h"
#include "sim/explore/state/judge.h"
#include "sim/machine/describe.h"
#include "sim/machine/step-text.h"
#include "sim/proof/invariant.h"
#include "sim/record/report.h"
#include "sim/scenario/explain.h"

unsigned outcome_property(const struct explore_outcome *outcome)
{
	return outcome->search->broken & -outcome->search->broken;
}

/* For people */

static void add_bounds(GString *text, const struct scenario *scenario)
{
	const struct machine_config *machine = &scenario->explore.config;

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
	scenario_properties_print(text, scenario->explore.check);
	g_string_append_c(text, '\n');
	if (machine->weak && !machine->protocol.split_mode)
		g_string_append(text, "  Weak memory cannot matter: the mode is one word in this "
				      "revision.\n");
}

static void add_reductions(GString *text, const struct explore_outcome *outcome)
{
	const struct machine_config *config = &outcome->config;
	bool any = config->any_cpu_order || config->any_task_order;

	g_assert(config->any_cpu_order || !config->any_task_order);
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
		g_assert(taken[verb] <= outcome->search->transitions);
		if (!can[verb] || taken[verb] > 0)
			continue;
		g_string_append_printf(
			text, "%s%s", comma, step_verb_to_string((enum step_verb)verb));
		comma = ", ";
	}
	if (*comma == ',')
		g_string_append_c(text, '\n');
}

/* Which conjunct it is: the first one in the last state. */
static void add_conjunct(GString *text, const struct explore_outcome *outcome)
{
	struct machine_config config = playable_config(&outcome->config);
	struct invariant *invariant = invariant_new(&config.protocol, NULL);
	struct machine machine;
	const struct claim *claim = NULL;

	if (!invariant)
		return;
	if (outcome->steps && machine_start(&machine, &config)) {
		for (guint i = 0; i < outcome->steps->len; i++)
			machine_apply(&machine, &config,
				&g_array_index(outcome->steps, struct explore_step, i), NULL);
		claim = invariant_broken_in_machine(invariant, &machine, &config);
	}
	if (claim) {
		gsize from = text->len;

		g_string_append_printf(text, "  The conjunct %s: %s.\n", claim->name, claim->text);
		text_wrap(text, from);
	}
	invariant_free(invariant);
}

static void add_violated(GString *text, const struct explore_outcome *outcome)
{
	const struct search_result *search = outcome->search;
	unsigned property = outcome_property(outcome);

	g_string_append_printf(text, "VIOLATED: %s, %s, %u steps from the start%s.\n",
		scenario_property_to_string(property), scenario_property_describe(property),
		search->depth, search->shortest ? " and no fewer" : "");
	if (search->found_depth > search->depth)
		g_string_append_printf(text, "  It was found after %u steps, and then shortened.\n",
			search->found_depth);
	if (property == EXPLORE_INVARIANT)
		add_conjunct(text, outcome);
	if (!search->shortest)
		g_string_append(text, "  There may be a shorter counterexample.\n");
	if (outcome->steps && outcome->steps->len > search->depth)
		g_string_append_printf(text,
			"  The list has %u steps. These are not counted: a dead task leaves its "
			"CPU; a task moves to another queue.\n",
			outcome->steps->len);
}

static void add_verdict(GString *text, const struct explore_outcome *outcome)
{
	const struct search_result *search = outcome->search;

	g_assert((search->verdict == SEARCH_VIOLATED) == (outcome_property(outcome) != 0));
	switch (search->verdict) {
	case SEARCH_HOLDS:
		g_string_append_printf(text,
			"HOLDS within these bounds: none of the states breaks any of them.\n");
		break;
	case SEARCH_VIOLATED:
		add_violated(text, outcome);
		break;
	case SEARCH_UNDECIDED:
		g_string_append_printf(text, "UNDECIDED: %s (%s).\n", coverage_undecided(outcome),
			search_ended_to_string(search->ended));
		break;
	}
}

void outcome_report(
	GString *text, const struct scenario *scenario, const struct explore_outcome *outcome)
{
	struct machine_config played = playable_config(&outcome->config);
	g_autofree char *what = g_strdup_printf(
		"cidsim " CIDSIM_VERSION "  explore %s", text_clean(scenario->path));
	g_autofree char *how = g_strdup_printf(
		"  revision %s  digest %016" PRIx64, scenario->revision->name, scenario->digest);
	gsize from;

	text_head(text, what, how);
	g_string_append_printf(text, "%s\n\n", scenario->title);
	from = text->len;
	add_bounds(text, scenario);
	add_reductions(text, outcome);
	coverage_report(text, outcome);
	add_never(text, outcome);
	g_string_append_c(text, '\n');
	add_verdict(text, outcome);
	text_wrap(text, from);
	if (outcome->steps) {
		g_string_append_c(text, '\n');
		describe_path(text, &played, outcome->steps, NULL);
		known_report(text,
			known_find(&outcome->config, outcome->steps, outcome_property(outcome)));
	}
}

/* As a scenario */

enum { COMMAND_MAX = 1000 }; /* bytes of the command in the comment */

/* How many properties of @check break on the way of @steps. After the last one @broken do: whether a
 * spin can end is looked at only there, by a player too. */
static int count_broken(
	const struct machine_config *config, const GArray *steps, unsigned check, unsigned broken)
{
	unsigned mask = check & ~(CHECK_I3 | EXPLORE_STUCK);
	struct machine machine;
	struct judge judge;

	if (!machine_start(&machine, config))
		g_assert_not_reached();
	judge_init(&judge, config, mask);
	broken |= judge_machine(&judge, &machine, mask);
	for (guint i = 0; i < steps->len; i++) {
		machine_apply(&machine, config, &g_array_index(steps, struct explore_step, i), NULL);
		broken |= judge_machine(&judge, &machine, mask);
	}
	judge_clear(&judge);
	return __builtin_popcount(broken);
}

/* All but what comes before, and the title. */
static void add_played(GString *text, const struct scenario *scenario,
	const struct machine_config *config, const GArray *steps, unsigned property)
{
	g_string_append_printf(text, "found-with = %s\n\n[machine]\ncpus = %" PRIu32 "\n\n",
		scenario->revision->name, scenario->cpus_count);
	explain_own_protocol(text, scenario);
	explain_explored(text, scenario);
	g_string_append(text, "\n[steps]\n");
	describe_steps(text, config, steps);
	g_string_append_printf(
		text, "\n[expect]\nproperty = %s\n", scenario_property_to_string(property));
}

void outcome_played(
	GString *text, const struct scenario *scenario, const GArray *steps, unsigned property)
{
	g_string_append_printf(text,
		"# `cidsim run` plays these steps, `cidsim step` walks through "
		"them.\n\n[scenario]\ntitle = %s\n",
		scenario->title);
	add_played(text, scenario, &scenario->explore.config, steps, property);
}

void outcome_counterexample(
	GString *text, const struct scenario *scenario, const struct explore_outcome *outcome)
{
	struct machine_config config = playable_config(&outcome->config);
	unsigned property = outcome_property(outcome);
	int broken;
	const char *name = scenario_property_to_string(property);
	/* with room for what is added */
	g_autofree char *title =
		value_clean(scenario->title, SCENARIO_TITLE_MAX - strlen(": ") - strlen(name));
	g_autofree char *command = report_command(scenario);
	g_autofree char *line = value_clean(command, COMMAND_MAX);

	g_assert(outcome->steps && property);
	g_string_append_printf(text,
		"# %s: %s.\n# `cidsim run` plays it. Found by cidsim %s:\n# %s\n\n[scenario]\n"
		"title = %s: %s\n",
		name, scenario_property_describe(property), version_text(), line, title, name);
	add_played(text, scenario, &config, outcome->steps, property);
	broken = count_broken(
		&config, outcome->steps, scenario->explore.check, outcome->search->broken);
	if (broken > 1)
		g_string_append_printf(text, "violations = >= %d\n", broken);
}
