/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>
#include <string.h>

#include "sim/cli/explore-one.h"
#include "sim/scenario/explain.h"

/* More than this takes minutes, and shows little more. */
enum { SMALL_CPUS = 4, SMALL_TASKS = 4 };

/* The most users that the first mm has by what starts by itself. */
static uint64_t users_of(const struct scenario *scenario)
{
	uint64_t users = 1;

	for (uint32_t i = 0; i < scenario->groups_count; i++)
		users += scenario->groups[i].mm == 0 ? scenario->groups[i].count : 0;
	for (uint32_t i = 0; i < scenario->ramps_count; i++)
		users += scenario->ramps[i].mm == 0 ? scenario->ramps[i].to - 1 : 0;
	for (uint32_t i = 0; i < scenario->pools_count; i++)
		users += scenario->pools[i].mm == 0 ? (uint64_t)scenario->pools[i].pools *
		                                              (1 + scenario->pools[i].threads)
		                                    : 0;
	g_assert(users > 0);
	return users;
}

/* What happens in @scenario, each once; something is always forked. */
static void find_ops(const struct scenario *scenario, bool ops[MACHINE_OPS])
{
	static const struct {
		enum scenario_verb verb;
		enum machine_op op;
	} same[] = {
		{ ACT_CLONE_VM, MACHINE_CLONE_VMS },
		{ ACT_VFORK, MACHINE_VFORKS },
		{ ACT_EXIT, MACHINE_EXITS },
		{ ACT_EXEC, MACHINE_EXECS },
		{ ACT_FAILED_EXEC, MACHINE_FAILED_EXECS },
	};

	ops[MACHINE_FORKS] = true;
	ops[MACHINE_EXITS] = scenario->ramps_count > 0 || scenario->pools_count > 0;
	for (uint32_t i = 0; i < scenario->groups_count; i++) {
		ops[MACHINE_CLONE_VMS] |= scenario->groups[i].kind == FORK_CLONE_VM;
		ops[MACHINE_VFORKS] |= scenario->groups[i].kind == FORK_VFORK;
		ops[MACHINE_EXITS] |= scenario->groups[i].behaviour.loops != SCENARIO_FOREVER;
	}
	for (uint32_t i = 0; i < scenario->actions_count; i++) {
		for (size_t j = 0; j < G_N_ELEMENTS(same); j++)
			ops[same[j].op] |= scenario->actions[i].verb == same[j].verb;
	}
}

/* The scenario with @tasks at the start. */
static char *text_of(const struct scenario *scenario, uint64_t tasks)
{
	GString *text = g_string_new(NULL);
	bool ops[MACHINE_OPS] = { false };

	find_ops(scenario, ops);
	explain_own_protocol(text, scenario);
	g_string_append_printf(text, "\n[machine]\ncpus = %u\n\n[explore]\ntasks = %" PRIu64 "\n",
		MIN(scenario->cpus_count, SMALL_CPUS), tasks);
	for (int op = 0; op < MACHINE_OPS; op++) {
		if (ops[op])
			g_string_append_printf(text, "%s = 1\n", scenario_op_to_string(op));
	}
	return g_string_free(text, FALSE);
}

/* With too few CPUs, or with some flags, a machine cannot begin with so many tasks. */
static bool loads(const char *text)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct scenario *scenario = scenario_parse("-", text, strlen(text), NULL, errors);

	scenario_free(scenario);
	return scenario;
}

char *explore_small(const struct scenario *scenario)
{
	uint64_t tasks = CLAMP(users_of(scenario) - 1, 2, SMALL_TASKS);
	char *text = text_of(scenario, tasks);

	g_assert(!scenario->explore.line);
	while (tasks > 1 && !loads(text)) {
		g_free(text);
		text = text_of(scenario, --tasks);
	}
	return text;
}
