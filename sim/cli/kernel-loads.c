/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/kernel-loads.h"

#include "sim/cli/command.h"
#include "sim/engine/engine.h"

enum { EVENTS_MAX = 40000 }; /* of a load; a longer one is cut off */

/* On at most CODE_CPUS_MAX CPUs. Not those that take millions of events to what they show. */
static const char *const names[] = { "hysteresis", "hysteresis-64", "single-fork-exit",
	"oversubscribed", "tight-affinity", "sparse-cpus", "hotplug", "exec", "failed-exec",
	"vfork", "affinity-widen", "affinity-widen-8", "many-mms", "preempted-initiator",
	"study/settle", "study/fluctuate" };

static void run_engine(const struct scenario *scenario, struct kernel_record *record)
{
	const struct record_sink sink = kernel_record_sink(record);
	struct engine *engine = engine_new(scenario);

	engine_set_sink(engine, &sink);
	while (!kernel_record_is_over(record) && engine_advance(engine, 1024))
		;
	engine_free(engine);
}

static void record(struct kernel_loads *loads, const char *name, const struct scenario *scenario)
{
	struct load *load = &loads->loads[loads->count];
	struct kernel_record *record = kernel_record_new(scenario, EVENTS_MAX);

	run_engine(scenario, record);
	g_strlcpy(load->name, name, sizeof(load->name));
	if (kernel_record_load(record, load))
		loads->records[loads->count++] = record;
	else
		kernel_record_free(record);
}

bool kernel_loads_record(struct kernel_loads *loads, int *status)
{
	const struct scenario_overrides overrides = { 0 };

	G_STATIC_ASSERT(G_N_ELEMENTS(names) <= LOADS_MAX);
	*loads = (struct kernel_loads){ 0 };
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = command_shipped(names[i]);
		struct scenario *scenario = path ? command_load(path, &overrides, status) : NULL;

		if (!path) {
			command_error("kernel: the scenario %s did not ship", names[i]);
			*status = command_worse(*status, EXIT_ENVIRONMENT);
		}
		if (!scenario)
			return false;
		/* Other scenarios than those that ship may be in their place. */
		if (scenario->cpus_count <= CODE_CPUS_MAX && !scenario->explore.line)
			record(loads, names[i], scenario);
		scenario_free(scenario);
	}
	return true;
}

void kernel_loads_clear(struct kernel_loads *loads)
{
	for (uint32_t i = 0; i < loads->count; i++)
		kernel_record_free(loads->records[i]);
	loads->count = 0;
}
