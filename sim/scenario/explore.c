/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <stddef.h>
#include <string.h>

#include "model/check.h"
#include "sim/base/numbers.h"
#include "sim/machine/step-text.h"

/* [explore] and [steps]: a small machine, and an order of its steps. */

enum { TASKS_DEFAULT = 2 };

/* The keys of [explore] as they are written. */
struct explore_keys {
	uint32_t tasks_max;
	struct cpu_set allowed;
	uint32_t may[MACHINE_OPS];
	int made_in_window;
	int memory; /* position in memories */
};

static const char *const off_on[] = { "off", "on", NULL };
static const char *const memories[] = { "strong", "weak", NULL };

#define KEY(member) offsetof(struct explore_keys, member)
#define MAY(key, op)                                                                               \
	{                                                                                          \
		key, RULE_COUNT32, KEY(may[op]), 0, MACHINE_LEFT_MAX, NULL                         \
	}

enum { EXPLORE_TASKS, EXPLORE_TASKS_MAX };
static const struct rule explore_rules[] = {
	{ "tasks", RULE_OTHER, 0, 0, 0, NULL },
	{ "tasks-max", RULE_COUNT32, KEY(tasks_max), 1, MACHINE_TASKS_MAX, NULL },
	{ "allowed", RULE_CPUS, KEY(allowed), 0, 0, NULL },
	MAY("forks", MACHINE_FORKS),
	MAY("clone-vms", MACHINE_CLONE_VMS),
	MAY("vforks", MACHINE_VFORKS),
	MAY("exits", MACHINE_EXITS),
	MAY("execs", MACHINE_EXECS),
	MAY("failed-execs", MACHINE_FAILED_EXECS),
	MAY("affinities", MACHINE_AFFINITIES),
	{ "made-in-window", RULE_WORD, KEY(made_in_window), 0, 0, off_on },
	{ "memory", RULE_WORD, KEY(memory), 0, 0, memories },
	{ "check", RULE_OTHER, 0, 0, 0, NULL },
};

const char *scenario_op_to_string(enum machine_op op)
{
	size_t i = 0;

	g_assert((size_t)op < MACHINE_OPS);
	while (explore_rules[i].offset != KEY(may[0]) + op * sizeof(uint32_t) ||
		explore_rules[i].kind != RULE_COUNT32)
		i++;
	return explore_rules[i].key;
}

/* "3" or "2+1": the sizes of the thread groups. */
static char *read_tasks(const char *text, struct machine_config *machine)
{
	char **sizes = g_strsplit(text, "+", -1);
	struct machine_config read = { 0 };
	char *message = NULL;

	for (uint8_t group = 0; !message && sizes[group]; group++) {
		uint64_t size = 0;

		message = value_read_count(g_strstrip(sizes[group]), &size);
		if (!message && size == 0)
			message = g_strdup("a thread group has at least 1 task");
		else if (!message && size > MACHINE_TASKS_MAX - read.tasks_start)
			message = g_strdup_printf("more than %d tasks", MACHINE_TASKS_MAX);
		for (; !message && size > 0; size--)
			read.group[read.tasks_start++] = group;
	}
	g_strfreev(sizes);
	if (message)
		return message;
	machine->tasks_start = read.tasks_start;
	memcpy(machine->group, read.group, sizeof(machine->group));
	return NULL;
}

static char *explore_place(struct loader *loader)
{
	return place_to_string(faults_files(loader->faults),
		(struct place){ .line = loader->scenario->explore.line });
}

/* What belongs to a run: none of it means anything here. */
static void refuse_groups(struct loader *loader)
{
	static const enum group_kind kinds[] = { GROUP_COST, GROUP_SCHED, GROUP_MM, GROUP_TASKS,
		GROUP_RAMP, GROUP_POOL, GROUP_AT, GROUP_SWEEP };
	g_autofree char *where = explore_place(loader);

	for (size_t kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
		for (guint i = 0; i < loader->heads[kinds[kind]]->len; i++) {
			const struct keyfile_group *group = head_get(loader, kinds[kind], i)->group;

			faults_add(loader->faults, group->place,
				"[%s] means nothing beside [explore] in %s", group->name, where);
		}
	}
}

static void refuse_key(
	struct loader *loader, const char *group_name, const char *key, const char *why)
{
	const struct keyfile_group *group = keyfile_find_group(loader->file, group_name);
	const struct keyfile_entry *entry = group ? keyfile_find(group, key) : NULL;

	if (entry)
		fault_value(loader, entry, g_strdup(why));
}

static void refuse_keys(struct loader *loader)
{
	refuse_key(loader, "machine", "online",
		"means nothing beside [explore], all its CPUs are online");
	refuse_key(loader, "scenario", "time",
		"means nothing beside [explore], whose steps take no time");
	refuse_key(loader, "scenario", "max-events",
		"means nothing beside [explore], which has no events");
	refuse_key(loader, "scenario", "check",
		"means nothing beside [explore], which has a 'check' of its own");
}

/* The CPUs of the machine, few and without holes. If they are bad, as many as there can be. */
static uint32_t check_cpus(struct loader *loader)
{
	const struct scenario *scenario = loader->scenario;
	const struct keyfile_group *group = keyfile_find_group(loader->file, "machine");
	const struct keyfile_entry *cpus = group ? keyfile_find(group, "cpus") : NULL;
	uint32_t count = scenario->cpus_count;
	g_autofree char *where = explore_place(loader);

	if (!loader->cpus_known)
		return MACHINE_CPUS_MAX;
	if (count <= MACHINE_CPUS_MAX && scenario->nr_cpu_ids == count)
		return count;
	g_assert(cpus); /* the default is good */
	if (count > MACHINE_CPUS_MAX)
		fault_value(loader, cpus,
			g_strdup_printf("%u CPUs are too many for [explore] in %s, at most %d",
				count, where, MACHINE_CPUS_MAX));
	else
		fault_value(loader, cpus,
			g_strdup_printf("the ids have holes, [explore] in %s needs CPUs 0-%u",
				where, count - 1));
	return MACHINE_CPUS_MAX;
}

static uint16_t mask_of_cpus(const struct cpu_set *set, uint32_t cpus_count)
{
	uint16_t mask = 0;

	g_assert(cpus_count > 0 && cpus_count <= MACHINE_CPUS_MAX);
	for (uint32_t cpu = 0; cpu < cpus_count; cpu++)
		if (cpu_set_has(set, cpu))
			mask |= (uint16_t)(1U << cpu);
	return mask;
}

/* The keys that rules_read() leaves to us. Returns whether the tasks are good. */
static bool load_lists(struct loader *loader, const struct keyfile_group *group)
{
	struct scenario_explore *explore = &loader->scenario->explore;
	const struct keyfile_entry *tasks = keyfile_find(group, "tasks");
	const struct keyfile_entry *check = keyfile_find(group, "check");
	char *bad_tasks = NULL, *bad_check = NULL;

	g_assert(explore->line > 0);
	explore->config.tasks_start = TASKS_DEFAULT;
	explore->check = CHECK_ALL_SAFETY | CHECK_I3;
	if (tasks)
		bad_tasks = read_tasks(tasks->value, &explore->config);
	if (bad_tasks)
		fault_value(loader, tasks, bad_tasks);
	if (check)
		bad_check = scenario_properties_read(check->value, " \t", &explore->check);
	if (bad_check)
		fault_value(loader, check, bad_check);
	return !bad_tasks;
}

/* How many tasks can be alive at once: as many as there can ever be, or fewer if the file says so.
 */
static void set_tasks_max(
	struct loader *loader, const struct keyfile_group *group, const struct explore_keys *keys)
{
	struct machine_config *machine = &loader->scenario->explore.config;
	const struct keyfile_entry *entry = keyfile_find(group, "tasks-max");
	uint32_t made = machine->tasks_start + keys->may[MACHINE_FORKS] +
	                keys->may[MACHINE_CLONE_VMS] + keys->may[MACHINE_VFORKS];

	g_assert(machine->tasks_start > 0);
	machine->tasks_max = MIN(made, MACHINE_TASKS_MAX);
	if (entry && keys->tasks_max < machine->tasks_start)
		fault_value(loader, entry,
			g_strdup_printf("%u is below the %u tasks that there are at the start",
				keys->tasks_max, machine->tasks_start));
	else if (entry)
		machine->tasks_max = MIN(keys->tasks_max, machine->tasks_max);
	else if (made > MACHINE_TASKS_MAX)
		faults_add(loader->faults, group->place,
			"tasks and forks make %u tasks at once, write tasks-max = %d or less", made,
			MACHINE_TASKS_MAX);
	g_assert(machine->tasks_max <= MACHINE_TASKS_MAX);
}

static void check_affinities(struct loader *loader, const struct keyfile_group *group)
{
	const struct machine_config *machine = &loader->scenario->explore.config;
	const struct keyfile_entry *entry = keyfile_find(group, "affinities");

	g_assert(machine->cpus_count <= MACHINE_CPUS_MAX);
	if (machine->may[MACHINE_AFFINITIES] == 0 ||
		machine->allowed != (1U << machine->cpus_count) - 1)
		return;
	fault_value(loader, entry,
		g_strdup("cannot matter, 'allowed' is all possible CPUs and can get no wider"));
}

/* The tasks at the start have forked each other: can they? */
static void check_begins(struct loader *loader, const struct keyfile_group *group)
{
	struct machine machine;

	if (!machine_start(&machine, &loader->scenario->explore.config))
		faults_add(loader->faults, group->place,
			"the machine cannot begin: the fork of one of its tasks finds no CID and "
			"spins, write fewer tasks");
}

static void load_keys(struct loader *loader, const struct keyfile_group *group)
{
	struct scenario *scenario = loader->scenario;
	struct machine_config *machine = &scenario->explore.config;
	struct explore_keys keys = { .allowed.count = scenario->cpus_count };
	size_t faults = faults_count(loader->faults);
	uint64_t given =
		rules_read(loader, group, explore_rules, G_N_ELEMENTS(explore_rules), &keys);
	bool tasks_good;

	tasks_good = load_lists(loader, group);
	machine->protocol = scenario->protocol;
	machine->cpus_count = check_cpus(loader);
	machine->allowed = mask_of_cpus(&keys.allowed, MIN(machine->cpus_count, scenario->cpus_count));
	machine->made_in_window = keys.made_in_window == 1;
	machine->weak = keys.memory == 1;
	for (int op = 0; op < MACHINE_OPS; op++)
		machine->may[op] = (uint8_t)keys.may[op];
	machine->tasks_max = MACHINE_TASKS_MAX; /* where it is unknown, steps can name any task */
	if (tasks_good && ((given & GIVEN(EXPLORE_TASKS_MAX)) == 0 || keys.tasks_max > 0))
		set_tasks_max(loader, group, &keys);
	if (faults_count(loader->faults) == faults) {
		check_affinities(loader, group);
		check_begins(loader, group);
	}
	g_free(keys.allowed.words);
	g_assert(machine->tasks_max > 0 && machine->tasks_max <= MACHINE_TASKS_MAX);
}

/* With which revision the steps were found. */
static void load_found_with(struct loader *loader)
{
	const struct keyfile_group *group = keyfile_find_group(loader->file, "scenario");
	const struct keyfile_entry *entry = group ? keyfile_find(group, "found-with") : NULL;
	char *message;

	if (!entry)
		return;
	message = scenario_read_revision(entry->value, &loader->scenario->found_with);
	if (!message && loader->heads[GROUP_STEPS]->len == 0)
		message = g_strdup("the file has no [steps] that could have been found");
	if (message)
		fault_value(loader, entry, message);
}

/* Is @entry of the number *@due? Else that is a fault, and counting continues from it. */
static void check_number(struct loader *loader, const struct keyfile_entry *entry, uint64_t *due)
{
	uint64_t number;
	bool is_number = number_read(entry->key, UINT64_MAX, &number);

	if (is_number && number == *due && entry->key[0] != '0') {
		++*due;
		return;
	}
	faults_take(loader->faults, entry->place,
		value_fault(entry->key,
			"is not the number of the next step, which is %" G_GUINT64_FORMAT, *due));
	*due = is_number ? number : *due;
	*due += *due < UINT64_MAX;
}

static void load_steps(struct loader *loader, const struct keyfile_group *group)
{
	struct scenario *scenario = loader->scenario;
	const struct machine_config *machine = &scenario->explore.config;
	uint32_t count = MIN(group->entries->len, SCENARIO_STEPS_MAX);
	uint64_t due = 1;

	g_assert(!scenario->steps);
	scenario->steps_line = group->place.line;
	scenario->steps_count = count;
	scenario->steps = g_new0(struct scenario_step, count);
	for (uint32_t i = 0; i < count; i++) {
		const struct keyfile_entry *entry = entry_get(group, i);
		char *message = step_read(entry->value, machine->cpus_count, machine->tasks_max,
			&scenario->steps[i].step);

		scenario->steps[i].line = entry->place.line;
		check_number(loader, entry, &due);
		if (message)
			fault_entry(loader, entry, "step ", message);
	}
	if (group->entries->len > SCENARIO_STEPS_MAX)
		faults_add(loader->faults, entry_get(group, SCENARIO_STEPS_MAX)->place,
			"more than %d steps", SCENARIO_STEPS_MAX);
}

void load_explore(struct loader *loader)
{
	GPtrArray *steps = loader->heads[GROUP_STEPS];

	g_assert(loader->scenario->explore.line == 0);
	load_found_with(loader);
	if (!is_explored(loader)) {
		if (steps->len > 0)
			faults_add(loader->faults, head_get(loader, GROUP_STEPS, 0)->group->place,
				"[steps] needs [explore], which says of what machine they are");
		return;
	}
	loader->scenario->explore.line = head_get(loader, GROUP_EXPLORE, 0)->group->place.line;
	refuse_groups(loader);
	refuse_keys(loader);
	load_keys(loader, head_get(loader, GROUP_EXPLORE, 0)->group);
	if (steps->len > 0)
		load_steps(loader, head_get(loader, GROUP_STEPS, 0)->group);
}
