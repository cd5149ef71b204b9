/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/scenario.h"

static void free_workload(struct scenario *scenario)
{
	for (uint32_t i = 0; i < scenario->mms_count; i++) {
		g_free(scenario->mms[i].name);
		g_free(scenario->mms[i].cpus.words);
		g_free(scenario->mms[i].main.phases);
	}
	for (uint32_t i = 0; i < scenario->groups_count; i++) {
		g_free(scenario->groups[i].name);
		g_free(scenario->groups[i].cpus.words);
		g_free(scenario->groups[i].behaviour.phases);
	}
	for (uint32_t i = 0; i < scenario->ramps_count; i++) {
		g_free(scenario->ramps[i].name);
		g_free(scenario->ramps[i].cpus.words);
	}
	for (uint32_t i = 0; i < scenario->pools_count; i++)
		g_free(scenario->pools[i].name);
	for (uint32_t i = 0; i < scenario->actions_count; i++)
		g_free(scenario->actions[i].cpus.words);
	g_free(scenario->mms);
	g_free(scenario->groups);
	g_free(scenario->ramps);
	g_free(scenario->pools);
	g_free(scenario->actions);
}

void scenario_ask(struct scenario *scenario, const char *option, const char *value)
{
	guint count = scenario->asked ? g_strv_length(scenario->asked) : 0;

	g_assert(g_str_has_prefix(option, "-"));
	scenario->asked = g_renew(char *, scenario->asked, count + 3);
	scenario->asked[count++] = g_strdup(option);
	if (value)
		scenario->asked[count++] = g_strdup(value);
	scenario->asked[count] = NULL;
}

bool scenario_is_asked(const struct scenario *scenario, const char *option)
{
	return scenario->asked &&
	       g_strv_contains((const char *const *)scenario->asked, option);
}

static void free_expects(struct scenario *scenario)
{
	for (uint32_t i = 0; i < scenario->expects_count; i++)
		g_free(scenario->expects[i].text);
	g_clear_pointer(&scenario->expects, g_free);
	scenario->expects_count = 0;
}

void scenario_expect_nothing(struct scenario *scenario)
{
	free_expects(scenario);
	scenario_ask(scenario, "--no-expect", NULL);
}

void scenario_free(struct scenario *scenario)
{
	if (!scenario)
		return;
	free_workload(scenario);
	free_expects(scenario);
	for (uint32_t i = 0; i < scenario->axes_count; i++) {
		g_free(scenario->axes[i].key);
		g_free(scenario->axes[i].values);
	}
	g_free(scenario->axes);
	g_free(scenario->steps);
	g_free(scenario->online.words);
	g_free(scenario->cpu_ids);
	g_free(scenario->title);
	g_strfreev(scenario->asked);
	line_files_clear(&scenario->files);
	g_free(scenario->path);
	g_free(scenario);
}

bool cpu_set_has(const struct cpu_set *set, uint32_t cpu)
{
	return !set->words || (set->words[cpu / 64] >> (cpu % 64) & 1) != 0;
}
