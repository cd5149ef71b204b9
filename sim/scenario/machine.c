/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <stddef.h>
#include <string.h>

/* [scenario], [machine], [protocol], [cost] and [sched]: at most one of each. */

enum { CPUS_DEFAULT = 4, TIME_NS_DEFAULT = 1000000000, MAX_EVENTS_DEFAULT = 1000000000 };

#define SCENARIO(member) offsetof(struct scenario, member)
#define COST(key, member)                                                                          \
	{                                                                                          \
		key, RULE_DURATION, SCENARIO(costs.member), 0, SCENARIO_COST_NS_MAX, NULL          \
	}

static const char *const placements[] = { "idle", "previous", NULL };

static const char *const checks[] = { "auto", "off", "every-step", "invariant", NULL };

static const struct rule scenario_rules[] = {
	{ "title", RULE_TEXT, SCENARIO(title), 0, SCENARIO_TITLE_MAX, NULL },
	{ "time", RULE_DURATION, SCENARIO(time_ns), 1, SCENARIO_TIME_NS_MAX, NULL },
	{ "seed", RULE_COUNT64, SCENARIO(seed), 0, UINT64_MAX, NULL },
	{ "max-events", RULE_COUNT64, SCENARIO(max_events), 1, UINT64_MAX, NULL },
	{ "check", RULE_WORD, SCENARIO(check), 0, 0, checks },
	{ "found-with", RULE_OTHER, 0, 0, 0, NULL },
	{ "include", RULE_OTHER, 0, 0, 0, NULL },
};

static const struct rule machine_group_rules[] = {
	{ "cpus", RULE_OTHER, 0, 0, 0, NULL },
	{ "online", RULE_OTHER, 0, 0, 0, NULL },
};

static const struct rule cost_rules[] = {
	COST("switch", switch_ns),
	COST("wakeup", wakeup_ns),
	COST("fork", fork_ns),
	COST("exit", exit_ns),
	COST("exec", exec_ns),
	COST("decision", decision_ns),
	COST("walk-task", walk_task_ns),
	COST("walk-cpu", walk_cpu_ns),
	COST("complete", complete_ns),
	COST("affinity", affinity_ns),
	COST("get-round", get_round_ns),
};

static const struct rule sched_rules[] = {
	{ "slice", RULE_DURATION, SCENARIO(sched.slice_ns), 1000, SCENARIO_TIME_NS_MAX, NULL },
	{ "placement", RULE_WORD, SCENARIO(sched.placement), 0, 0, placements },
	{ "wakeup-preemption", RULE_SWITCH, SCENARIO(sched.wakeup_preemption), 0, 0, NULL },
	{ "idle-pull", RULE_SWITCH, SCENARIO(sched.idle_pull), 0, 0, NULL },
};

static const struct scenario_costs default_costs = {
	.switch_ns = 1000,
	.wakeup_ns = 1000,
	.fork_ns = 20000,
	.exit_ns = 15000,
	.exec_ns = 200000,
	.decision_ns = 200,
	.walk_task_ns = 300,
	.walk_cpu_ns = 150,
	.complete_ns = 100,
	.affinity_ns = 2000,
	.get_round_ns = 100,
};

const struct rule *machine_rules(enum group_kind kind, size_t *count)
{
	g_assert(kind < GROUP_KINDS);
	switch (kind) {
	case GROUP_SCENARIO:
		*count = G_N_ELEMENTS(scenario_rules);
		return scenario_rules;
	case GROUP_MACHINE:
		*count = G_N_ELEMENTS(machine_group_rules);
		return machine_group_rules;
	case GROUP_COST:
		*count = G_N_ELEMENTS(cost_rules);
		return cost_rules;
	case GROUP_SCHED:
		*count = G_N_ELEMENTS(sched_rules);
		return sched_rules;
	default:
		*count = 0;
		return NULL;
	}
}

/* Read the one group of @kind into the scenario. Returns the group, NULL if there is none. */
static const struct keyfile_group *load_single(struct loader *loader, enum group_kind kind)
{
	const struct keyfile_group *group;
	const struct rule *rules;
	size_t count;

	g_assert(kind <= GROUP_SCHED && loader->heads[kind]->len <= 1);
	if (loader->heads[kind]->len == 0)
		return NULL;
	group = head_get(loader, kind, 0)->group;
	rules = machine_rules(kind, &count);
	rules_read(loader, group, rules, count, loader->scenario);
	return group;
}

/* The name of the file, which may have any bytes. */
static char *default_title(const char *path)
{
	g_autofree char *name = NULL;

	if (strcmp(path, "-") == 0)
		return g_strdup("stdin");
	name = g_path_get_basename(path);
	if (g_str_has_suffix(name, ".scn") && strlen(name) > 4)
		name[strlen(name) - 4] = '\0';
	return value_clean(name, SCENARIO_TITLE_MAX);
}

/* A number of CPUs, or a list as soon as it cannot be a number. */
static char *read_possible(const char *text, struct cpu_ids *ids)
{
	uint64_t count;
	char *message;

	g_assert(ids->count == 0);
	if (strpbrk(text, "-,:"))
		return cpu_ids_read(text, ids);
	message = value_read_count_in(text, 1, SCENARIO_CPUS_MAX, &count);
	if (message)
		return message;
	for (uint32_t id = 0; id < count; id++)
		cpu_ids_add(ids, id);
	return NULL;
}

static void set_possible(struct loader *loader)
{
	struct scenario *scenario = loader->scenario;
	uint32_t cpu = 0;

	g_assert(loader->possible.count > 0 && !scenario->cpu_ids);
	scenario->cpus_count = loader->possible.count;
	scenario->cpu_ids = g_new(uint16_t, scenario->cpus_count);
	for (uint32_t id = 0; id < CPU_IDS_MAX; id++) {
		if (!cpu_ids_has(&loader->possible, id))
			continue;
		loader->dense[id] = (uint16_t)cpu;
		scenario->cpu_ids[cpu++] = (uint16_t)id;
		scenario->nr_cpu_ids = id + 1;
	}
	g_assert(cpu == scenario->cpus_count && cpu > 0);
	scenario->online.count = cpu;
}

static void load_cpus(struct loader *loader)
{
	const struct keyfile_group *group = load_single(loader, GROUP_MACHINE);
	const struct keyfile_entry *cpus = group ? keyfile_find(group, "cpus") : NULL;
	const struct keyfile_entry *online = group ? keyfile_find(group, "online") : NULL;
	char *message = NULL;

	if (cpus)
		message = read_possible(cpus->value, &loader->possible);
	loader->cpus_known = !message;
	if (message)
		fault_value(loader, cpus, message);
	for (uint32_t id = 0; loader->possible.count == 0 && id < CPUS_DEFAULT; id++)
		loader->possible.words[0] |= UINT64_C(1) << id;
	if (loader->possible.count == 0)
		loader->possible.count = CPUS_DEFAULT;
	set_possible(loader);
	if (!online)
		return;
	message = read_cpu_set(loader, online->value, &loader->scenario->online);
	if (message)
		fault_value(loader, online, message);
}

static char *unknown_revision(const char *text)
{
	size_t count;
	const struct revision *table = revision_table(&count);
	g_autofree const char **known = g_new(const char *, count);
	g_autofree char *quoted = value_quote(text);
	const char *nearest;

	for (size_t i = 0; i < count; i++)
		known[i] = table[i].name;
	if (strchr(text, ','))
		return g_strdup_printf("%s is a list, give one revision", quoted);
	nearest = value_nearest(text, known, count);
	if (nearest)
		return g_strdup_printf("unknown revision %s, did you mean '%s'?", quoted, nearest);
	return g_strdup_printf("unknown revision %s, `cidsim revisions` lists them", quoted);
}

char *scenario_read_revision(const char *text, const struct revision **revision)
{
	const struct revision *found = revision_find(text);

	if (!found)
		return unknown_revision(text);
	*revision = found;
	g_assert(*revision);
	return NULL;
}

static void load_revision(struct loader *loader, const struct keyfile_group *group)
{
	const struct keyfile_entry *entry = keyfile_find(group, "revision");
	char *message = NULL;

	if (entry)
		message = scenario_read_revision(entry->value, &loader->scenario->revision);
	if (message)
		fault_value(loader, entry, message);
	g_assert(loader->scenario->revision);
}

char *message_unknown_flag(const char *key)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);
	g_autofree const char **known = g_new(const char *, count + 1);

	for (size_t i = 0; i < count; i++)
		known[i] = flags[i].name;
	known[count] = "revision";
	return message_unknown_key(key, "protocol", known, count + 1);
}

static char *wrong_flag_value(const struct keyfile_entry *entry)
{
	size_t count, i = 0;
	const struct protocol_flag *flags = protocol_flags(&count);

	while (i < count && strcmp(flags[i].name, entry->key) != 0)
		i++;
	g_assert(i < count);
	return value_fault(entry->value, "does not fit, it must be %s", flags[i].values);
}

static void load_protocol(struct loader *loader)
{
	struct scenario *scenario = loader->scenario;
	const struct keyfile_group *group;

	scenario->revision = revision_current();
	group = loader->heads[GROUP_PROTOCOL]->len > 0 ? head_get(loader, GROUP_PROTOCOL, 0)->group
	                                               : NULL;
	if (group)
		load_revision(loader, group);
	scenario->protocol = scenario->revision->protocol;
	for (guint i = 0; group && i < group->entries->len; i++) {
		const struct keyfile_entry *entry = entry_get(group, i);
		int result;

		if (strcmp(entry->key, "revision") == 0)
			continue;
		result = protocol_set(&scenario->protocol, entry->key, entry->value);
		if (result == -1)
			faults_take(loader->faults, entry->place, message_unknown_flag(entry->key));
		else if (result != 0)
			fault_value(loader, entry, wrong_flag_value(entry));
	}
}

/* scenario_read() has read what the file includes, and the line is gone. */
static void refuse_include(struct loader *loader, const struct keyfile_group *group)
{
	const struct keyfile_entry *entry = group ? keyfile_find(group, "include") : NULL;

	if (entry)
		fault_value(loader, entry, g_strdup("only one line of a file can include another"));
}

void load_machine(struct loader *loader)
{
	struct scenario *scenario = loader->scenario;
	const struct keyfile_group *group = keyfile_find_group(loader->file, "scenario");
	bool has_time = group && keyfile_find(group, "time");

	/* A bad time must not make all other times bad, too. */
	scenario->time_ns = has_time ? SCENARIO_TIME_NS_MAX : TIME_NS_DEFAULT;
	scenario->seed = 1;
	scenario->max_events = MAX_EVENTS_DEFAULT;
	scenario->costs = default_costs;
	scenario->sched = (struct scenario_sched){
		.slice_ns = 3000000,
		.placement = PLACE_IDLE,
		.wakeup_preemption = true,
		.idle_pull = true,
	};
	load_single(loader, GROUP_SCENARIO);
	refuse_include(loader, group);
	if (!scenario->title)
		scenario->title = default_title(scenario->path);
	load_cpus(loader);
	load_protocol(loader);
	load_single(loader, GROUP_COST);
	load_single(loader, GROUP_SCHED);
	g_assert(scenario->title && scenario->revision && scenario->cpus_count > 0);
}
