/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/explain.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/cpu-ids.h"
#include "sim/machine/step-text.h"

/* Keys that mean nothing here are left out: they would be refused. */
void explain_explored_machine(GString *text, const struct scenario *scenario)
{
	g_assert(scenario->explore.line > 0 && scenario->cpus_count > 0);
	g_string_append_printf(text, "\n[scenario]\ntitle = %s\nseed = %" PRIu64 "\n",
		scenario->title, scenario->seed);
	if (scenario->found_with)
		g_string_append_printf(text, "found-with = %s\n", scenario->found_with->name);
	g_string_append_printf(text, "\n[machine]\ncpus = %" PRIu32 "\n", scenario->cpus_count);
}

/* The sizes of the thread groups: "2+1". */
static void add_tasks(GString *text, const struct machine_config *machine)
{
	uint32_t size = 0;

	g_assert(machine->tasks_start > 0);
	for (uint32_t task = 0; task < machine->tasks_start; task++) {
		size++;
		if (task + 1 < machine->tasks_start &&
			machine->group[task] == machine->group[task + 1])
			continue;
		g_string_append_printf(text, "%s%" PRIu32, size <= task ? "+" : "", size);
		size = 0;
	}
}

static void add_allowed(GString *text, const struct machine_config *machine)
{
	struct cpu_ids ids = { 0 };
	g_autofree char *list = NULL;

	g_assert(machine->allowed);
	for (uint32_t cpu = 0; cpu < machine->cpus_count; cpu++) {
		if (machine->allowed >> cpu & 1)
			cpu_ids_add(&ids, cpu);
	}
	list = cpu_ids_to_string(&ids);
	g_string_append(text, list);
}

static void add_steps(GString *text, const struct scenario *scenario)
{
	g_assert(scenario->steps_line > 0);
	g_string_append(text, "\n[steps]\n");
	for (uint32_t i = 0; i < scenario->steps_count; i++) {
		char step[STEP_TEXT_MAX];

		step_print(&scenario->steps[i].step, step);
		g_string_append_printf(text, "%" PRIu32 " = %s\n", i + 1, step);
	}
}

void explain_explored(GString *text, const struct scenario *scenario)
{
	const struct machine_config *machine = &scenario->explore.config;

	g_assert(scenario->explore.line > 0);
	g_string_append(text, "\n[explore]\ntasks = ");
	add_tasks(text, machine);
	g_string_append_printf(text, "\ntasks-max = %" PRIu32 "\nallowed = ", machine->tasks_max);
	add_allowed(text, machine);
	g_string_append_c(text, '\n');
	for (int op = 0; op < MACHINE_OPS; op++)
		g_string_append_printf(text, "%s = %u\n",
			scenario_op_to_string((enum machine_op)op), machine->may[op]);
	if (machine->made_in_window)
		g_string_append(text, "made-in-window = on\n");
	g_string_append_printf(text, "memory = %s\ncheck = ", machine->weak ? "weak" : "strong");
	scenario_properties_print(text, scenario->explore.check);
	g_string_append_c(text, '\n');
}

void explain_explore(GString *text, const struct scenario *scenario)
{
	explain_explored(text, scenario);
	if (scenario->steps_line)
		add_steps(text, scenario);
}

void explain_own_protocol(GString *text, const struct scenario *scenario)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);

	g_string_append_printf(text, "[protocol]\nrevision = %s\n", scenario->revision->name);
	for (size_t i = 0; i < count; i++) {
		char own[32], value[32];

		protocol_get(&scenario->revision->protocol, &flags[i], own, sizeof(own));
		protocol_get(&scenario->protocol, &flags[i], value, sizeof(value));
		if (strcmp(own, value) != 0)
			g_string_append_printf(text, "%s = %s\n", flags[i].name, value);
	}
}
