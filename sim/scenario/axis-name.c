/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/axis-name.h"

#include <string.h>

#include "sim/scenario/private.h"

static const struct {
	const char *name;
	enum axis_kind kind;
	bool ranges;
} short_names[] = {
	{ "cpus", AXIS_CPUS, true },
	{ "allowed", AXIS_ALLOWED, true },
	{ "threads", AXIS_THREADS, true },
	{ "revisions", AXIS_REVISIONS, false },
	{ "seeds", AXIS_SEEDS, true },
};

char *axis_key_normal(char *text)
{
	char *dot = strrchr(text, '.');
	char *normal;

	g_assert(text);
	if (!dot)
		return keyfile_squeeze(text);
	*dot = '\0';
	normal = g_strdup_printf("%s.%s", keyfile_squeeze(text), keyfile_squeeze(dot + 1));
	g_free(text);
	return normal;
}

static char *unknown_axis(const char *text)
{
	const char *known[G_N_ELEMENTS(short_names)];
	const char *nearest;

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
		known[i] = short_names[i].name;
	nearest = value_nearest(text, known, G_N_ELEMENTS(known));
	if (nearest)
		return g_strdup_printf("unknown axis, did you mean '%s'?", nearest);
	return g_strdup("unknown axis, write cpus, allowed, threads, revisions, seeds or "
			"group.key");
}

/* The name of group @i of @kind; NULL if there are no more. */
static const char *group_name(const struct scenario *s, enum group_kind kind, uint32_t i)
{
	g_assert(kind >= GROUP_MM && kind <= GROUP_POOL);
	switch (kind) {
	case GROUP_MM:
		return i < s->mms_count ? s->mms[i].name : NULL;
	case GROUP_TASKS:
		return i < s->groups_count ? s->groups[i].name : NULL;
	case GROUP_RAMP:
		return i < s->ramps_count ? s->ramps[i].name : NULL;
	case GROUP_POOL:
		return i < s->pools_count ? s->pools[i].name : NULL;
	default:
		return NULL;
	}
}

/* A group with a name must be there: an axis makes none. */
static char *check_named_group(const struct scenario *scenario, enum group_kind kind,
	const char *group, const char *word, const char *name)
{
	GPtrArray *known = g_ptr_array_new();
	const char *nearest;
	g_autofree char *quoted = NULL;

	g_assert(kind >= GROUP_MM && kind <= GROUP_POOL);
	for (uint32_t i = 0; group_name(scenario, kind, i); i++) {
		const char *present = group_name(scenario, kind, i);

		if (strcmp(present, name) == 0) {
			g_ptr_array_free(known, TRUE);
			return NULL;
		}
		g_ptr_array_add(known, (char *)present);
	}
	nearest = value_nearest(name, (const char *const *)known->pdata, known->len);
	g_ptr_array_free(known, TRUE);
	quoted = value_quote(group);
	if (nearest)
		return g_strdup_printf(
			"the file has no group %s, did you mean '%s %s'?", quoted, word, nearest);
	return g_strdup_printf("the file has no group %s", quoted);
}

static char *check_group(const struct scenario *scenario, const char *group, enum group_kind *kind)
{
	char **words = g_strsplit(group, " ", 2);
	const char *word = words[0] ? words[0] : "";
	bool named;
	char *message = NULL;

	*kind = group_kind_find(word);
	named = *kind >= GROUP_MM && *kind <= GROUP_POOL;
	if (*kind == GROUP_KINDS)
		message = message_unknown_kind(word);
	else if (*kind > GROUP_POOL)
		message = g_strdup_printf("no axis can set the keys of [%s]", word);
	else if (named && !words[1])
		message =
			g_strdup_printf("the group has no name, write it like '%s NAME.key'", word);
	else if (named)
		message = check_named_group(scenario, *kind, group, word, words[1]);
	else if (words[1])
		message = g_strdup_printf("[%s] has no name behind it", word);
	g_strfreev(words);
	return message;
}

static bool rule_takes_ranges(enum rule_kind kind)
{
	switch (kind) {
	case RULE_COUNT32:
	case RULE_COUNT64:
	case RULE_LOOPS:
	case RULE_DURATION:
	case RULE_SAMPLE:
		return true;
	case RULE_TEXT:
	case RULE_SWITCH:
	case RULE_WORD:
	case RULE_CPUS:
	case RULE_MM:
	case RULE_PHASES:
	case RULE_OTHER: /* cpus and online of [machine]: lists of CPUs */
		return false;
	}
	g_assert_not_reached();
}

/* The flags and revision of [protocol]. No word of a flag begins with a digit. */
static char *check_protocol_key(const char *key, struct axis_name *name)
{
	size_t count, i = 0;
	const struct protocol_flag *flags = protocol_flags(&count);
	bool is_revision = strcmp(key, "revision") == 0;

	while (i < count && strcmp(flags[i].name, key) != 0)
		i++;
	name->kind = is_revision ? AXIS_REVISIONS : AXIS_KEY;
	name->ranges = i < count;
	return i < count || is_revision ? NULL : message_unknown_flag(key);
}

/* All keys of a kind of group but [protocol]. */
static const struct rule *rules_of(enum group_kind kind, size_t *count)
{
	const struct rule *rules = machine_rules(kind, count);

	return rules ? rules : tasks_rules(kind, count);
}

static char *check_key(
	enum group_kind kind, const char *group, const char *key, struct axis_name *name)
{
	size_t count, i = 0;
	const struct rule *rules = rules_of(kind, &count);
	const char *known[64];

	g_assert(kind <= GROUP_POOL);
	if (kind == GROUP_PROTOCOL)
		return check_protocol_key(key, name);
	g_assert(rules && count <= G_N_ELEMENTS(known));
	while (i < count && strcmp(rules[i].key, key) != 0)
		i++;
	for (size_t rule = 0; rule < count; rule++)
		known[rule] = rules[rule].key;
	if (i == count)
		return message_unknown_key(key, group, known, count);
	name->kind = kind == GROUP_SCENARIO && strcmp(key, "seed") == 0 ? AXIS_SEEDS : AXIS_KEY;
	name->ranges = rule_takes_ranges(rules[i].kind);
	return NULL;
}

char *axis_name_read(const struct scenario *scenario, const char *text, struct axis_name *name)
{
	struct axis_name read = { .text = axis_key_normal(g_strdup(text)) };
	const char *dot = strrchr(read.text, '.');
	enum group_kind kind = GROUP_KINDS;
	char *group, *message;

	for (size_t i = 0; i < G_N_ELEMENTS(short_names); i++) {
		if (strcmp(short_names[i].name, read.text) != 0)
			continue;
		read.kind = short_names[i].kind;
		read.ranges = short_names[i].ranges;
		*name = read;
		return NULL;
	}
	group = dot ? g_strndup(read.text, (size_t)(dot - read.text)) : NULL;
	message = group ? check_group(scenario, group, &kind) : unknown_axis(read.text);
	if (!message)
		message = check_key(kind, group, dot + 1, &read);
	g_free(group);
	if (!message)
		*name = read;
	else
		axis_name_clear(&read);
	return message;
}

void axis_name_clear(struct axis_name *name)
{
	g_free(name->text);
	name->text = NULL;
}

/* The sizes of all workloads; *@candidates of them, the first ones, begin to exist by
 * themselves. */
static GPtrArray *sizes(const struct scenario *s, uint32_t *candidates)
{
	GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);

	for (uint32_t i = 0; i < s->ramps_count; i++)
		g_ptr_array_add(keys, g_strdup_printf("ramp %s.to", s->ramps[i].name));
	for (uint32_t i = 0; i < s->pools_count; i++)
		g_ptr_array_add(keys, g_strdup_printf("pool %s.threads", s->pools[i].name));
	for (uint32_t i = 0; i < s->groups_count; i++)
		if (s->groups[i].count > 0)
			g_ptr_array_add(keys, g_strdup_printf("tasks %s.count", s->groups[i].name));
	*candidates = keys->len;
	for (uint32_t i = 0; i < s->groups_count; i++)
		if (s->groups[i].count == 0)
			g_ptr_array_add(keys, g_strdup_printf("tasks %s.count", s->groups[i].name));
	g_assert(keys->len >= *candidates);
	return keys;
}

static char *message_threads(const GPtrArray *known, uint32_t candidates)
{
	enum { SHOWN_MAX = 8 };
	GString *message = g_string_new(NULL);

	g_assert(candidates <= known->len && candidates != 1);
	if (known->len == 0)
		g_string_append(message,
			"the scenario has no [ramp], [pool] or [tasks] whose size it could set");
	else if (candidates == 0)
		g_string_append(message, "all [tasks] have count = 0, use --vary with one of ");
	else
		g_string_append_printf(message,
			"the scenario has %u workloads, use --vary with one of ", candidates);
	for (guint i = 0; i < MIN(known->len, SHOWN_MAX); i++)
		g_string_append_printf(
			message, "%s'%s'", i > 0 ? ", " : "", (char *)known->pdata[i]);
	if (known->len > SHOWN_MAX)
		g_string_append(message, ", ...");
	return g_string_free(message, FALSE);
}

static char *threads_key(const struct scenario *scenario, GPtrArray *keys)
{
	uint32_t candidates;
	GPtrArray *known = sizes(scenario, &candidates);
	char *message = NULL;

	if (candidates == 1)
		g_ptr_array_add(keys, g_strdup(known->pdata[0]));
	else
		message = message_threads(known, candidates);
	g_ptr_array_free(known, TRUE);
	g_assert(message || keys->len > 0);
	return message;
}

char *axis_name_keys(const struct scenario *scenario, const struct axis_name *name, GPtrArray *keys)
{
	g_assert(name->text);
	switch (name->kind) {
	case AXIS_CPUS:
		g_ptr_array_add(keys, g_strdup("machine.cpus"));
		return NULL;
	case AXIS_ALLOWED:
		for (uint32_t i = 0; i < scenario->mms_count; i++)
			g_ptr_array_add(keys, g_strdup_printf("mm %s.cpus", scenario->mms[i].name));
		return NULL;
	case AXIS_THREADS:
		return threads_key(scenario, keys);
	case AXIS_REVISIONS:
		g_ptr_array_add(keys, g_strdup("protocol.revision"));
		return NULL;
	case AXIS_SEEDS:
		g_ptr_array_add(keys, g_strdup("scenario.seed"));
		return NULL;
	case AXIS_KEY:
		g_ptr_array_add(keys, g_strdup(name->text));
		return NULL;
	}
	g_assert_not_reached();
}

GPtrArray *axis_keys(void)
{
	GPtrArray *keys = g_ptr_array_new();

	for (int kind = 0; kind <= GROUP_POOL; kind++) {
		size_t count;
		const struct rule *rules = rules_of((enum group_kind)kind, &count);

		g_assert(rules || kind == GROUP_PROTOCOL);
		for (size_t i = 0; i < count; i++) {
			g_autofree char *key =
				g_strdup_printf("%s%s.%s", group_kind_word((enum group_kind)kind),
					kind >= GROUP_MM ? " NAME" : "", rules[i].key);

			g_ptr_array_add(keys, (char *)g_intern_string(key));
		}
	}
	return keys;
}
