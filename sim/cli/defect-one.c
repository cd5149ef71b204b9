/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/defect-one.h"

#include <string.h>

#include "sim/explore/outcome.h"
#include "sim/explore/playable.h"
#include "sim/machine/describe.h"

void shown_defect_free(gpointer data)
{
	struct shown_defect *defect = data;

	if (!defect)
		return;
	g_free(defect->title);
	g_free(defect->story);
	g_free(defect);
}

static char *story_of(const struct explore_outcome *outcome)
{
	struct machine_config config = playable_config(&outcome->config);
	GString *text = g_string_new(NULL);

	if (outcome->steps)
		describe_path(text, &config, outcome->steps, NULL);
	return g_string_free(text, !outcome->steps);
}

static void note_outcome(struct shown_defect *defect, const struct explore_outcome *outcome)
{
	if (outcome->search->verdict == SEARCH_HOLDS) {
		defect->answer = DEFECT_NO;
	} else if (outcome->search->verdict == SEARCH_VIOLATED) {
		defect->answer = DEFECT_YES;
		defect->property = outcome_property(outcome);
		defect->steps = outcome->search->depth;
		defect->story = story_of(outcome);
	}
}

struct shown_defect *shown_defect_explore(unsigned number, const struct protocol *protocol,
	const struct explore_arguments *arguments, int *status)
{
	g_autofree char *name = g_strdup_printf("explore/b%u", number);
	g_autofree char *path = command_shipped(name);
	struct shown_defect *defect = g_new0(struct shown_defect, 1);
	struct scenario *scenario = path ? explore_load(path, NULL, arguments, status) : NULL;
	struct explore_outcome *outcome = NULL;

	defect->number = number;
	defect->answer = DEFECT_UNKNOWN;
	if (!path) {
		command_error("the scenario %s did not ship", name);
		*status = command_worse(*status, EXIT_ENVIRONMENT);
	}
	if (scenario) {
		const char *colon = strstr(scenario->title, ": ");

		scenario->explore.config.protocol = *protocol;
		defect->title = g_strdup(colon ? colon + 2 : scenario->title);
		outcome = explore_scenario(scenario, arguments, status);
	}
	if (outcome)
		note_outcome(defect, outcome);
	explore_outcome_free(outcome);
	scenario_free(scenario);
	return defect;
}

char *shown_defect_command(
	unsigned number, const struct revision *revision, const struct protocol *protocol)
{
	GString *command = g_string_new(NULL);
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);

	g_string_append_printf(
		command, "cidsim explore explore/b%u --revision %s", number, revision->name);
	for (size_t i = 0; i < count; i++) {
		char own[32], value[32];

		protocol_get(&revision->protocol, &flags[i], own, sizeof(own));
		protocol_get(protocol, &flags[i], value, sizeof(value));
		if (strcmp(own, value) != 0)
			g_string_append_printf(
				command, " --set protocol.%s=%s", flags[i].name, value);
	}
	return g_string_free(command, FALSE);
}
