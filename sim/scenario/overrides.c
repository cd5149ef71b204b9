/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <string.h>

/* Values that options set: --set, --revision, --seed. */

/* Must a group of this kind be in the file? A name that is not there is mistyped: it would add a
 * second mm or group. And no option makes a run an exploration. */
static bool must_be_there(enum group_kind kind)
{
	return (kind >= GROUP_MM && kind <= GROUP_POOL) || kind == GROUP_EXPLORE ||
	       kind == GROUP_STEPS;
}

/* Set one value from an option. */
static void override(
	struct loader *loader, const char *option, char *group, const char *key, const char *value)
{
	struct place place = { .option = g_string_chunk_insert(loader->options, option) };
	const struct keyfile_group *present;
	const struct keyfile_entry *entry;
	enum group_kind kind;
	char **words;

	g_assert(*option);
	present = keyfile_find_group(loader->file, keyfile_squeeze(group));
	entry = present ? keyfile_find(present, key) : NULL;
	words = g_strsplit(group, " ", 2);
	kind = words[0] ? group_kind_find(words[0]) : GROUP_KINDS;
	g_strfreev(words);
	if (*group == '\0' || *key == '\0')
		faults_add(loader->faults, place, "is not written like machine.cpus=8");
	else if (*value == '\0')
		faults_add(loader->faults, place, "has no value");
	else if (entry && entry->place.option)
		faults_add(loader->faults, place, "is set twice");
	else if (!present && must_be_there(kind))
		faults_add(loader->faults, place, "the file has no group [%s]", group);
	else
		keyfile_set(loader->file, group, key, value, place);
}

/* Split at the last '.' before the '=': a name can have dots, a key has none. But the axes of a
 * sweep are group.key themselves. */
static void override_set(struct loader *loader, const char *set)
{
	const char *equals = strchr(set, '=');
	g_autofree char *group =
		g_strstrip(g_strndup(set, equals ? (size_t)(equals - set) : strlen(set)));
	char *dot = g_str_has_prefix(group, "sweep.") ? strchr(group, '.') : strrchr(group, '.');
	g_autofree char *quoted = value_quote(set);
	struct place place = { .option = "--set" };
	char *value, *option;

	if (!value_is_text(set)) {
		faults_add(loader->faults, place, "%s is not UTF-8 text without control characters",
			quoted);
	} else if (!equals || !dot) {
		faults_add(loader->faults, place, "%s is not written like machine.cpus=8", quoted);
	} else {
		option = g_strdup_printf("--set %s", group);
		value = g_strstrip(g_strdup(equals + 1));
		*dot = '\0';
		override(loader, option, group, g_strstrip(dot + 1), value);
		g_free(value);
		g_free(option);
	}
}

static void override_option(struct loader *loader, const char *option, const char *group,
	const char *key, const char *value)
{
	struct place place = { .option = option };
	g_autofree char *name = g_strdup(group);

	if (!value)
		return;
	if (value_is_text(value))
		override(loader, option, name, key, value);
	else
		faults_add(loader->faults, place, "is not UTF-8 text without control characters");
}

void overrides_apply(struct loader *loader)
{
	const struct scenario_overrides *overrides = loader->overrides;

	g_assert(loader->file && !loader->heads[0]);
	if (!overrides)
		return;
	for (size_t i = 0; overrides->set && overrides->set[i]; i++)
		override_set(loader, overrides->set[i]);
	override_option(loader, "--revision", "protocol", "revision", overrides->revision);
	override_option(loader, "--seed", "scenario", "seed", overrides->seed);
}
