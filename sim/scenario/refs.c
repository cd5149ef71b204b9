/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <string.h>

/* References to tasks in actions: "worker", "worker/3"; and whether they can exist by then. */

/* The key under which a task that left is remembered. */
static int64_t gone_key(const struct scenario_ref *who)
{
	g_assert(who->number <= UINT32_MAX && who->index < 1U << 28);
	return (int64_t)who->kind << 60 | (int64_t)who->index << 32 | who->number;
}

struct members *ref_members(struct loader *loader, const struct scenario_ref *who)
{
	if (who->kind == REF_MM_MAIN)
		return &loader->mms[who->index].processes;
	if (who->kind == REF_GROUP)
		return &loader->groups[who->index];
	return NULL;
}

/* When the tasks that @who means begin to exist, actions apart. */
static uint64_t start_of(const struct scenario *scenario, const struct scenario_ref *who)
{
	g_assert(who->kind != REF_NONE);
	switch (who->kind) {
	case REF_MM_MAIN:
		return scenario->mms[who->index].start_ns;
	case REF_GROUP:
		return scenario->groups[who->index].start_ns;
	case REF_RAMP:
		return scenario->ramps[who->index].start_ns;
	case REF_POOL:
		return scenario->pools[who->index].start_ns;
	case REF_NONE:
		break;
	}
	return 0;
}

uint32_t ref_mm(const struct scenario *scenario, const struct scenario_ref *who)
{
	g_assert(who->kind != REF_NONE);
	switch (who->kind) {
	case REF_GROUP:
		return scenario->groups[who->index].mm;
	case REF_RAMP:
		return scenario->ramps[who->index].mm;
	case REF_POOL:
		return scenario->pools[who->index].mm;
	case REF_MM_MAIN:
	case REF_NONE:
		break;
	}
	return who->index;
}

static char *message_gone(struct cursor *cursor, const char *text, const struct gone *gone)
{
	char *where = place_to_string(faults_files(cursor->loader->faults), gone->place);
	char time[VALUE_DURATION_MAX];
	char *message;

	value_format_duration(gone->time_ns, time);
	message = g_strdup_printf("'%s' exits at %s, by %s", text, time, where);
	g_free(where);
	return message;
}

/* All tasks of @who: is there any? */
static char *check_all(struct cursor *cursor, const char *text, const struct scenario_ref *who)
{
	const struct members *members = ref_members(cursor->loader, who);
	uint64_t start = start_of(cursor->loader->scenario, who);
	char starts[VALUE_DURATION_MAX];
	bool by_actions = members && members->count > members->first;

	g_assert(who->number < 0);
	value_format_duration(start, starts);
	if (members && members->count == 0)
		return g_strdup_printf("'%s' has no members at %s, it needs a count or a fork",
			text, cursor->time);
	if (cursor->time_ns < start && !by_actions)
		return g_strdup_printf(
			"'%s' does not exist at %s, it starts at %s", text, cursor->time, starts);
	if (members && members->gone_count == members->count)
		return message_gone(cursor, text, &members->gone);
	return NULL;
}

static char *message_no_member(
	struct cursor *cursor, const char *text, const char *name, uint32_t count)
{
	g_assert(*name);
	if (count == 0)
		return g_strdup_printf("'%s' does not exist at %s, '%s' has no members then", text,
			cursor->time, name);
	return g_strdup_printf("'%s' does not exist at %s, the last of '%s' is then '%s/%u'", text,
		cursor->time, name, name, count - 1);
}

char *ref_check(
	struct cursor *cursor, const char *text, const char *name, const struct scenario_ref *who)
{
	const struct members *members = ref_members(cursor->loader, who);
	const struct gone *gone;
	int64_t key = gone_key(who);

	g_assert(members && who->number >= 0);
	if (who->number >= members->count)
		return message_no_member(cursor, text, name, members->count);
	if (who->number < members->first &&
		cursor->time_ns < start_of(cursor->loader->scenario, who)) {
		char starts[VALUE_DURATION_MAX];

		value_format_duration(start_of(cursor->loader->scenario, who), starts);
		return g_strdup_printf(
			"'%s' does not exist at %s, it starts at %s", text, cursor->time, starts);
	}
	if (who->number < members->gone_count)
		return message_gone(cursor, text, &members->gone);
	gone = g_hash_table_lookup(cursor->loader->gone, &key);
	return gone ? message_gone(cursor, text, gone) : NULL;
}

/* NAME is one task if it is an mm with one process, otherwise all of them: number -1. */
static int64_t number_of_name(struct loader *loader, const struct scenario_ref *who)
{
	const struct members *members = ref_members(loader, who);

	return who->kind == REF_MM_MAIN && members->count == 1 ? 0 : -1;
}

/* @number is NULL if there is none. */
static char *read_number(
	struct cursor *cursor, const char *name, const char *number, struct scenario_ref *who)
{
	uint64_t value;
	char *message;

	if (!number) {
		who->number = number_of_name(cursor->loader, who);
		return NULL;
	}
	message = value_read_count(number, &value);
	if (message)
		return message;
	if (!ref_members(cursor->loader, who))
		return g_strdup_printf(
			"the tasks of '%s' have no numbers, write '%s' for all", name, name);
	who->number = (int64_t)MIN(value, UINT32_MAX);
	return NULL;
}

char *ref_read(struct cursor *cursor, const char *text, struct scenario_ref *who)
{
	const unsigned kinds =
		1U << REF_MM_MAIN | 1U << REF_GROUP | 1U << REF_RAMP | 1U << REF_POOL;
	char *name = g_strdup(text);
	char *slash = strchr(name, '/');
	const struct named *named;
	char *message = NULL;

	if (slash)
		*slash++ = '\0';
	named = name_find(cursor->loader, name, kinds, "task", &message);
	if (named) {
		*who = (struct scenario_ref){ .kind = named->kind, .index = named->index };
		message = read_number(cursor, name, slash, who);
	}
	if (!message && who->number >= 0)
		message = ref_check(cursor, text, name, who);
	else if (!message)
		message = check_all(cursor, text, who);
	g_free(name);
	return message;
}

char *ref_read_one(struct cursor *cursor, const char *text, struct scenario_ref *who)
{
	char *message = ref_read(cursor, text, who);
	const struct members *members;

	if (message || who->number >= 0)
		return message;
	members = ref_members(cursor->loader, who);
	if (!members)
		return g_strdup_printf("'%s' stands for many tasks, only one can fork", text);
	if (members->count > 1)
		return g_strdup_printf(
			"'%s' stands for %u tasks, write which one forks, like '%s/0'", text,
			members->count, text);
	who->number = 0;
	return ref_check(cursor, text, text, who);
}

void ref_leave(struct cursor *cursor, const struct scenario_ref *who)
{
	struct gone gone = { .time_ns = cursor->time_ns, .place = cursor->entry->place };
	struct members *members = ref_members(cursor->loader, who);
	int64_t key = gone_key(who);

	g_assert(who->kind == REF_MM_MAIN || who->kind == REF_GROUP);
	if (who->number >= 0) {
		g_hash_table_insert(cursor->loader->gone, g_memdup2(&key, sizeof(key)),
			g_memdup2(&gone, sizeof(gone)));
	} else {
		members->gone_count = members->count;
		members->gone = gone;
	}
}
