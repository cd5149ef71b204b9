/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <stddef.h>
#include <string.h>

/* [mm], [tasks], [ramp] and [pool]: the named groups, and their names. */

#define TIME_MAX SCENARIO_TIME_NS_MAX

#define BEHAVIOUR(type, member)                                                                    \
	{ "run", RULE_SAMPLE, offsetof(struct type, member.run), 1, TIME_MAX, NULL },              \
	{                                                                                          \
		"sleep", RULE_SAMPLE, offsetof(struct type, member.sleep), 0, TIME_MAX, NULL       \
	}

#define START(type)                                                                                \
	{                                                                                          \
		"start", RULE_DURATION, offsetof(struct type, start_ns), 0, TIME_MAX, NULL         \
	}
#define OF_MM(type)                                                                                \
	{                                                                                          \
		"mm", RULE_MM, offsetof(struct type, mm), 0, 0, NULL                               \
	}
#define CPUS(type)                                                                                 \
	{                                                                                          \
		"cpus", RULE_CPUS, offsetof(struct type, cpus), 0, 0, NULL                         \
	}

/* The mm of a group before its keys are read: none, so that a bad one stays unknown. */
#define MM_UNKNOWN UINT32_MAX

static const char *const fork_kinds[] = { "thread", "clone-vm", "vfork", NULL };

enum { MM_RUN, MM_SLEEP, MM_LOOPS, MM_PHASES, MM_COUNT, MM_START, MM_CPUS };
static const struct rule mm_rules[] = {
	BEHAVIOUR(scenario_mm, main),
	{ "loops", RULE_LOOPS, offsetof(struct scenario_mm, main.loops), 0, 0, NULL },
	{ "phases", RULE_PHASES, offsetof(struct scenario_mm, main), 0, 0, NULL },
	{ "count", RULE_COUNT32, offsetof(struct scenario_mm, count), 0, SCENARIO_MMS_MAX, NULL },
	START(scenario_mm),
	CPUS(scenario_mm),
};

enum { TASKS_RUN, TASKS_SLEEP, TASKS_LOOPS, TASKS_PHASES, TASKS_MM, TASKS_START, TASKS_CPUS };
static const struct rule group_rules[] = {
	BEHAVIOUR(scenario_group, behaviour),
	{ "loops", RULE_LOOPS, offsetof(struct scenario_group, behaviour.loops), 0, 0, NULL },
	{ "phases", RULE_PHASES, offsetof(struct scenario_group, behaviour), 0, 0, NULL },
	OF_MM(scenario_group),
	START(scenario_group),
	CPUS(scenario_group),
	{ "count", RULE_COUNT32, offsetof(struct scenario_group, count), 0, SCENARIO_TASKS_MAX,
		NULL },
	{ "kind", RULE_WORD, offsetof(struct scenario_group, kind), 0, 0, fork_kinds },
};

enum { RAMP_RUN, RAMP_SLEEP, RAMP_MM, RAMP_START, RAMP_CPUS, RAMP_TO };
static const struct rule ramp_rules[] = {
	BEHAVIOUR(scenario_ramp, behaviour),
	OF_MM(scenario_ramp),
	START(scenario_ramp),
	CPUS(scenario_ramp),
	{ "to", RULE_COUNT32, offsetof(struct scenario_ramp, to), 2, SCENARIO_TASKS_MAX, NULL },
	{ "from", RULE_COUNT32, offsetof(struct scenario_ramp, from), 1, SCENARIO_TASKS_MAX, NULL },
	{ "step", RULE_COUNT32, offsetof(struct scenario_ramp, step), 1, SCENARIO_TASKS_MAX, NULL },
	{ "dwell", RULE_DURATION, offsetof(struct scenario_ramp, dwell_ns), 1, TIME_MAX, NULL },
	{ "cycles", RULE_LOOPS, offsetof(struct scenario_ramp, cycles), 0, 0, NULL },
};

enum { POOL_RUN, POOL_SLEEP, POOL_LOOPS, POOL_MM, POOL_START, POOL_POOLS, POOL_THREADS };
static const struct rule pool_rules[] = {
	BEHAVIOUR(scenario_pool, behaviour),
	{ "loops", RULE_LOOPS, offsetof(struct scenario_pool, behaviour.loops), 0, 0, NULL },
	OF_MM(scenario_pool),
	START(scenario_pool),
	{ "pools", RULE_COUNT32, offsetof(struct scenario_pool, pools), 1, SCENARIO_TASKS_MAX,
		NULL },
	{ "threads", RULE_COUNT32, offsetof(struct scenario_pool, threads), 1, SCENARIO_TASKS_MAX,
		NULL },
	{ "cycles", RULE_LOOPS, offsetof(struct scenario_pool, cycles), 0, 0, NULL },
};

static const struct sample one_ms = { .kind = SAMPLE_CONSTANT, .a = 1000000 };

const struct rule *tasks_rules(enum group_kind kind, size_t *count)
{
	g_assert(kind < GROUP_KINDS);
	switch (kind) {
	case GROUP_MM:
		*count = G_N_ELEMENTS(mm_rules);
		return mm_rules;
	case GROUP_TASKS:
		*count = G_N_ELEMENTS(group_rules);
		return group_rules;
	case GROUP_RAMP:
		*count = G_N_ELEMENTS(ramp_rules);
		return ramp_rules;
	case GROUP_POOL:
		*count = G_N_ELEMENTS(pool_rules);
		return pool_rules;
	default:
		*count = 0;
		return NULL;
	}
}

static uint64_t read_head(struct loader *loader, enum group_kind kind, guint i, void *base)
{
	size_t count;
	const struct rule *rules = tasks_rules(kind, &count);

	g_assert(rules);
	return rules_read(loader, head_get(loader, kind, i)->group, rules, count, base);
}

void tasks_count(struct loader *loader, struct place place, uint64_t count)
{
	g_assert(loader->tasks <= 2 * (uint64_t)SCENARIO_TASKS_MAX + 1);
	/* One fault is enough. */
	if (loader->tasks > SCENARIO_TASKS_MAX)
		return;
	loader->tasks += MIN(count, SCENARIO_TASKS_MAX + 1);
	if (loader->tasks > SCENARIO_TASKS_MAX)
		faults_add(loader->faults, place, "more than %d tasks with those of this line",
			SCENARIO_TASKS_MAX);
}

char *check_time(const struct loader *loader, uint64_t time_ns)
{
	char time[VALUE_DURATION_MAX], end[VALUE_DURATION_MAX];

	if (time_ns <= loader->scenario->time_ns)
		return NULL;
	value_format_duration(time_ns, time);
	value_format_duration(loader->scenario->time_ns, end);
	return g_strdup_printf(
		"%s is after the end of the run, [scenario] has time = %s", time, end);
}

/* The start of a group: that of its mm if it is not given, and never before it. */
static void complete_start(struct loader *loader, const struct keyfile_group *group, uint32_t mm,
	bool given, uint64_t *start_ns)
{
	const struct keyfile_entry *entry = keyfile_find(group, "start");
	uint64_t first = mm < loader->scenario->mms_count ? loader->scenario->mms[mm].start_ns : 0;
	char text[VALUE_DURATION_MAX];
	char *message;

	g_assert(!given || entry);
	if (!given) {
		*start_ns = first;
		return;
	}
	message = check_time(loader, *start_ns);
	if (!message && *start_ns < first) {
		value_format_duration(first, text);
		message = g_strdup_printf("its mm starts only at %s", text);
	}
	if (message)
		fault_value(loader, entry, message);
}

/* Phases have their own run and sleep. */
static void check_phases(
	struct loader *loader, const struct keyfile_group *group, bool phases, bool others)
{
	if (phases && others)
		faults_add(loader->faults, keyfile_find(group, "phases")->place,
			"phases have their own run and sleep; write them there only");
}

static void load_mm(struct loader *loader, uint32_t i)
{
	struct scenario *scenario = loader->scenario;
	struct scenario_mm *mm = &scenario->mms[i];
	struct mm_note *note = &loader->mms[i];
	const struct head *head = head_get(loader, GROUP_MM, i);
	uint64_t given;

	g_assert(i < scenario->mms_count);
	mm->name = name_copy(head);
	mm->line = head->group->place.line;
	mm->count = 1;
	mm->cpus.count = scenario->cpus_count;
	mm->main = (struct behaviour){ .run = one_ms, .sleep = one_ms, .loops = SCENARIO_FOREVER };
	mm->first = scenario->processes_count;
	given = read_head(loader, GROUP_MM, i, mm);
	check_phases(loader, head->group, given & GIVEN(MM_PHASES),
		given & (GIVEN(MM_RUN) | GIVEN(MM_SLEEP)));
	note->place = head->group->place;
	note->behaves = (given & (GIVEN(MM_RUN) | GIVEN(MM_SLEEP) | GIVEN(MM_LOOPS) |
					 GIVEN(MM_PHASES))) != 0;
	note->processes.first = note->processes.count = mm->count;
	if (!note->behaves)
		mm->main = (struct behaviour){ .loops = SCENARIO_FOREVER };
	complete_start(
		loader, head->group, MM_UNKNOWN, (given & GIVEN(MM_START)) != 0, &mm->start_ns);
	tasks_count(loader, note->place, mm->count);
	if (scenario->processes_count <= SCENARIO_MMS_MAX) {
		scenario->processes_count += mm->count;
		if (scenario->processes_count > SCENARIO_MMS_MAX)
			faults_add(loader->faults, note->place,
				"more than %d mms with those of this line", SCENARIO_MMS_MAX);
	}
}

/* An mm that was given, or the only one there is. */
static void complete_mm(
	struct loader *loader, const struct keyfile_group *group, bool given, uint32_t *mm)
{
	uint32_t count = loader->scenario->mms_count;

	if (!given && count == 1)
		*mm = 0;
	else if (!given && count > 1)
		faults_add(loader->faults, group->place,
			"the key 'mm' is missing, it can be left out only if there is one [mm]");
}

static uint64_t processes_of(const struct loader *loader, uint32_t mm)
{
	/* 1 where the mm is unknown: then a fault has been added. */
	return mm < loader->scenario->mms_count ? loader->scenario->mms[mm].count : 1;
}

/* An mm without processes at the start has no task to fork @what. */
static void check_processes(
	struct loader *loader, const struct keyfile_group *group, uint32_t mm, const char *what)
{
	if (processes_of(loader, mm) == 0)
		faults_add(loader->faults, group->place,
			"[mm %s] has count = 0, so no task starts %s",
			loader->scenario->mms[mm].name, what);
}

static void load_tasks_group(struct loader *loader, uint32_t i)
{
	struct scenario_group *group = &loader->scenario->groups[i];
	const struct head *head = head_get(loader, GROUP_TASKS, i);
	uint64_t given, count;

	g_assert(i < loader->scenario->groups_count);
	group->name = name_copy(head);
	group->line = head->group->place.line;
	group->mm = MM_UNKNOWN;
	group->count = 1;
	group->cpus.count = loader->scenario->cpus_count;
	group->behaviour =
		(struct behaviour){ .run = one_ms, .sleep = one_ms, .loops = SCENARIO_FOREVER };
	given = read_head(loader, GROUP_TASKS, i, group);
	check_phases(loader, head->group, given & GIVEN(TASKS_PHASES),
		given & (GIVEN(TASKS_RUN) | GIVEN(TASKS_SLEEP)));
	group->has_cpus = (given & GIVEN(TASKS_CPUS)) != 0;
	complete_mm(loader, head->group, (given & GIVEN(TASKS_MM)) != 0, &group->mm);
	complete_start(loader, head->group, group->mm, (given & GIVEN(TASKS_START)) != 0,
		&group->start_ns);
	if (group->count > 0)
		check_processes(
			loader, head->group, group->mm, "these tasks, give them count = 0 too");
	count = processes_of(loader, group->mm) * group->count;
	tasks_count(loader, head->group->place, count);
	loader->groups[i].first = loader->groups[i].count =
		(uint32_t)MIN(count, SCENARIO_TASKS_MAX + 1);
}

/* A first task can do one thing only: a ramp, a pool, or run and sleep by itself. */
static void drive_mm(
	struct loader *loader, const struct keyfile_group *group, uint32_t mm, const char *what)
{
	struct mm_note *note;
	char *where;

	if (mm >= loader->scenario->mms_count)
		return;
	note = &loader->mms[mm];
	if (note->driven) {
		where = place_to_string(faults_files(loader->faults), note->driver);
		faults_add(loader->faults, group->place,
			"'%s' has a ramp or pool already, in %s: one is all that its first task "
			"can do",
			loader->scenario->mms[mm].name, where);
		g_free(where);
	} else if (note->behaves) {
		where = place_to_string(faults_files(loader->faults), note->place);
		faults_add(loader->faults, group->place,
			"[mm %s] in %s has run, sleep, loops or phases: its first task "
			"cannot do them and a %s",
			loader->scenario->mms[mm].name, where, what);
		g_free(where);
	}
	check_processes(loader, group, mm, "it");
	note->driven = true;
	note->driver = group->place;
}

static void load_ramp(struct loader *loader, uint32_t i)
{
	struct scenario_ramp *ramp = &loader->scenario->ramps[i];
	const struct head *head = head_get(loader, GROUP_RAMP, i);
	uint64_t given;

	g_assert(i < loader->scenario->ramps_count);
	ramp->name = name_copy(head);
	ramp->line = head->group->place.line;
	ramp->mm = MM_UNKNOWN;
	ramp->from = ramp->step = 1;
	ramp->cycles = 1;
	ramp->dwell_ns = 1000000;
	ramp->cpus.count = loader->scenario->cpus_count;
	ramp->behaviour =
		(struct behaviour){ .run = one_ms, .sleep = one_ms, .loops = SCENARIO_FOREVER };
	given = read_head(loader, GROUP_RAMP, i, ramp);
	ramp->has_cpus = (given & GIVEN(RAMP_CPUS)) != 0;
	complete_mm(loader, head->group, (given & GIVEN(RAMP_MM)) != 0, &ramp->mm);
	complete_start(
		loader, head->group, ramp->mm, (given & GIVEN(RAMP_START)) != 0, &ramp->start_ns);
	if ((given & GIVEN(RAMP_TO)) == 0)
		faults_add(loader->faults, head->group->place, "the key 'to' is missing");
	else if (ramp->to != 0 && ramp->to <= ramp->from)
		faults_add(loader->faults, head->group->place,
			"the ramp does not go up: to = %u must be above from = %u", ramp->to,
			ramp->from);
	drive_mm(loader, head->group, ramp->mm, "ramp");
	if (ramp->to > 0)
		tasks_count(loader, head->group->place,
			processes_of(loader, ramp->mm) * (ramp->to - 1));
}

static void load_pool(struct loader *loader, uint32_t i)
{
	struct scenario_pool *pool = &loader->scenario->pools[i];
	const struct head *head = head_get(loader, GROUP_POOL, i);
	uint64_t given;

	g_assert(i < loader->scenario->pools_count);
	pool->name = name_copy(head);
	pool->line = head->group->place.line;
	pool->mm = MM_UNKNOWN;
	pool->cycles = SCENARIO_FOREVER;
	pool->behaviour = (struct behaviour){ .run = one_ms, .loops = 1 };
	given = read_head(loader, GROUP_POOL, i, pool);
	complete_mm(loader, head->group, (given & GIVEN(POOL_MM)) != 0, &pool->mm);
	complete_start(
		loader, head->group, pool->mm, (given & GIVEN(POOL_START)) != 0, &pool->start_ns);
	if ((given & GIVEN(POOL_POOLS)) == 0)
		faults_add(loader->faults, head->group->place, "the key 'pools' is missing");
	if ((given & GIVEN(POOL_THREADS)) == 0)
		faults_add(loader->faults, head->group->place, "the key 'threads' is missing");
	drive_mm(loader, head->group, pool->mm, "pool");
	tasks_count(loader, head->group->place,
		processes_of(loader, pool->mm) * pool->pools * (1 + (uint64_t)pool->threads));
}

static void allocate(struct loader *loader)
{
	struct scenario *scenario = loader->scenario;

	g_assert(!scenario->mms && !loader->mms);
	scenario->mms_count = loader->heads[GROUP_MM]->len;
	scenario->groups_count = loader->heads[GROUP_TASKS]->len;
	scenario->ramps_count = loader->heads[GROUP_RAMP]->len;
	scenario->pools_count = loader->heads[GROUP_POOL]->len;
	scenario->mms = g_new0(struct scenario_mm, scenario->mms_count);
	scenario->groups = g_new0(struct scenario_group, scenario->groups_count);
	scenario->ramps = g_new0(struct scenario_ramp, scenario->ramps_count);
	scenario->pools = g_new0(struct scenario_pool, scenario->pools_count);
	loader->mms = g_new0(struct mm_note, scenario->mms_count);
	loader->groups = g_new0(struct members, scenario->groups_count);
}

void load_tasks(struct loader *loader)
{
	struct scenario *scenario = loader->scenario;

	g_assert(loader->heads[GROUP_EXPLORE]->len == 0);
	allocate(loader);
	names_load(loader);
	for (uint32_t i = 0; i < scenario->mms_count; i++)
		load_mm(loader, i);
	for (uint32_t i = 0; i < scenario->groups_count; i++)
		load_tasks_group(loader, i);
	for (uint32_t i = 0; i < scenario->ramps_count; i++)
		load_ramp(loader, i);
	for (uint32_t i = 0; i < scenario->pools_count; i++)
		load_pool(loader, i);
	if (scenario->mms_count == 0 && faults_count(loader->faults) == 0)
		faults_add(loader->faults, (struct place){ .line = loader->file->lines },
			"the file has no [mm NAME], such as [mm app]: there is nothing to run");
}
