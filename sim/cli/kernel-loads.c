/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/kernel-loads.h"

#include "sim/cli/command.h"
#include "sim/engine/engine.h"

enum { EVENTS_MAX = 40000 }; /* of a load; a longer one is cut off */

/* Those of one process, without execs and affinity changes, of at most CODE_TASKS_MAX tasks at once
 * on at most CODE_CPUS_MAX CPUs. */
static const char *const names[] = { "hysteresis", "hysteresis-64", "single-fork-exit",
	"oversubscribed", "tight-affinity", "sparse-cpus", "study/settle", "study/fluctuate" };

/* What is heard of a run. */
struct recording {
	GArray *events;
	GHashTable *numbers; /* of the tasks by pid, plus 1 */
	bool used[CODE_TASKS_MAX], dead[CODE_TASKS_MAX];
	bool fails; /* it has something that a load cannot have */
};

static void add(struct recording *recording, enum event_kind kind, uint32_t a, uint32_t b)
{
	const struct event event = { .kind = (uint8_t)kind, .a = (uint8_t)a, .b = (uint8_t)b };

	if (recording->events->len < EVENTS_MAX)
		g_array_append_val(recording->events, event);
}

static uint32_t number_of(const struct recording *recording, const struct record_task *task)
{
	gpointer found = g_hash_table_lookup(recording->numbers, GUINT_TO_POINTER(task->pid));

	return found ? GPOINTER_TO_UINT(found) - 1 : EVENT_NOBODY;
}

/* The lowest number that is free. */
static uint32_t new_number(struct recording *recording, const struct record_task *task)
{
	uint32_t number = 0;

	while (number < CODE_TASKS_MAX && recording->used[number])
		number++;
	if (number == CODE_TASKS_MAX) {
		recording->fails = true;
		return EVENT_NOBODY;
	}
	recording->used[number] = true;
	recording->dead[number] = false;
	g_hash_table_insert(
		recording->numbers, GUINT_TO_POINTER(task->pid), GUINT_TO_POINTER(number + 1));
	return number;
}

static void hear_switch(void *context, const struct record_switch *record)
{
	struct recording *recording = context;
	uint32_t before = number_of(recording, record->prev);
	uint32_t next = number_of(recording, record->next);

	/* The first of all has not been forked. */
	if (record->next->pid != 0 && next == EVENT_NOBODY && recording->used[0])
		recording->fails = true;
	else if (record->next->pid != 0 && next == EVENT_NOBODY)
		next = new_number(recording, record->next);
	add(recording, EVENT_SWITCH, record->cpu, next);
	if (before != EVENT_NOBODY && recording->dead[before]) {
		recording->used[before] = false;
		g_hash_table_remove(recording->numbers, GUINT_TO_POINTER(record->prev->pid));
	}
}

static void hear_fork(void *context, uint64_t time_ns, uint32_t cpu,
	const struct record_task *parent, const struct record_task *child)
{
	struct recording *recording = context;

	(void)time_ns;
	(void)cpu;
	add(recording, EVENT_THREAD, number_of(recording, parent), new_number(recording, child));
}

static void hear_exit(void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	struct recording *recording = context;
	uint32_t number = number_of(recording, task);

	(void)time_ns;
	(void)cpu;
	if (number == EVENT_NOBODY)
		return;
	recording->dead[number] = true;
	add(recording, EVENT_EXIT, number, 0);
}

static uint64_t allowed_cpus(const struct scenario *scenario)
{
	uint64_t allowed = 0;

	for (uint32_t cpu = 0; cpu < scenario->cpus_count; cpu++)
		allowed |= (uint64_t)cpu_set_has(&scenario->mms[0].cpus, cpu) << cpu;
	return allowed;
}

static void run_engine(const struct scenario *scenario, struct recording *recording)
{
	const struct record_sink sink = { .context = recording,
		.sched_switch = hear_switch,
		.sched_fork = hear_fork,
		.sched_exit = hear_exit };
	struct engine *engine = engine_new(scenario);

	engine_set_sink(engine, &sink);
	while (recording->events->len < EVENTS_MAX && !recording->fails &&
		engine_advance(engine, 1024))
		;
	engine_free(engine);
}

/* Our T0 runs from the start: the engine's comes with its first switch. */
static void record(struct kernel_loads *loads, const char *name, const struct scenario *scenario)
{
	struct load *load = &loads->loads[loads->count];
	struct recording recording = { .events = g_array_new(FALSE, FALSE, sizeof(struct event)),
		.numbers = g_hash_table_new(NULL, NULL) };

	g_strlcpy(load->name, name, sizeof(load->name));
	load->shape = (struct shape){ .cpus = scenario->cpus_count,
		.tasks_max = CODE_TASKS_MAX,
		.mms_max = 1,
		.allowed = allowed_cpus(scenario) };
	add(&recording, EVENT_SWITCH, (uint32_t)__builtin_ctzll(load->shape.allowed), EVENT_NOBODY);
	run_engine(scenario, &recording);
	load->events = (const struct event *)(const void *)recording.events->data;
	load->count = recording.events->len;
	loads->events[loads->count] = recording.events;
	if (recording.fails)
		g_array_free(recording.events, TRUE);
	else
		loads->count++;
	g_hash_table_unref(recording.numbers);
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
		if (scenario->mms_count == 1 && scenario->cpus_count <= CODE_CPUS_MAX)
			record(loads, names[i], scenario);
		scenario_free(scenario);
	}
	return true;
}

void kernel_loads_clear(struct kernel_loads *loads)
{
	for (uint32_t i = 0; i < loads->count; i++)
		g_array_free(loads->events[i], TRUE);
	loads->count = 0;
}
