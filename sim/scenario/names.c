/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <string.h>

/* The names of [mm], [tasks], [ramp] and [pool]: all in one space. */

static const char *const kind_names[] = {
	[REF_NONE] = "",
	[REF_MM_MAIN] = "mm",
	[REF_GROUP] = "tasks",
	[REF_RAMP] = "ramp",
	[REF_POOL] = "pool",
};

static bool name_is_good(const char *name)
{
	if (!g_ascii_isalpha(name[0]) || strlen(name) > SCENARIO_NAME_MAX)
		return false;
	for (const char *c = name; *c != '\0'; c++)
		if (!g_ascii_isalnum(*c) && !strchr("_.-", *c))
			return false;
	return true;
}

char *name_copy(const struct head *head)
{
	return g_strdup(name_is_good(head->words[1]) ? head->words[1] : "?");
}

/* Enter a name. A group whose name is bad keeps its place, so that its keys are checked too. */
static void name_add(
	struct loader *loader, const struct head *head, enum scenario_ref_kind kind, uint32_t index)
{
	const char *name = head->words[1];
	const struct named *taken = g_hash_table_lookup(loader->names, name);
	struct named *named;
	g_autofree char *quoted = value_quote(name);
	g_autofree char *where =
		taken ? place_to_string(faults_files(loader->faults), taken->place) : NULL;

	g_assert(head->words_count == 2);
	if (!name_is_good(name)) {
		faults_add(loader->faults, head->group->place,
			"%s is not a name: a letter, then letters, digits, '_', '.' or '-', at "
			"most %d in all",
			quoted, SCENARIO_NAME_MAX);
		return;
	}
	if (taken) {
		faults_add(loader->faults, head->group->place,
			"the name '%s' is taken by [%s %s] in %s, choose another", name,
			kind_names[taken->kind], name, where);
		return;
	}
	named = g_new(struct named, 1);
	*named = (struct named){ .kind = kind, .index = index, .place = head->group->place };
	g_hash_table_insert(loader->names, head->words[1], named);
}

void names_load(struct loader *loader)
{
	static const struct {
		enum group_kind group;
		enum scenario_ref_kind kind;
	} named[] = {
		{ GROUP_MM, REF_MM_MAIN },
		{ GROUP_TASKS, REF_GROUP },
		{ GROUP_RAMP, REF_RAMP },
		{ GROUP_POOL, REF_POOL },
	};

	g_assert(g_hash_table_size(loader->names) == 0);
	for (size_t k = 0; k < G_N_ELEMENTS(named); k++)
		for (guint i = 0; i < loader->heads[named[k].group]->len; i++)
			name_add(loader, head_get(loader, named[k].group, i), named[k].kind, i);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum { NAMES_LISTED_MAX = 10 };

/* What may have been meant by @name: ", did you mean 'app'?" or ", the file has app, db". Of equally
 * near names it is the first in the alphabet, as the table gives its names in any order. */
static char *known_names(struct loader *loader, const char *name, unsigned kinds)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	g_autofree char *all = NULL;
	GHashTableIter iter;
	void *key, *value;
	const char *nearest;

	g_assert(kinds);
	/* Each costs a look at every name, and only FAULTS_MAX are kept. */
	if (faults_count(loader->faults) > 10 * FAULTS_MAX)
		return g_strdup("");
	g_hash_table_iter_init(&iter, loader->names);
	while (g_hash_table_iter_next(&iter, &key, &value))
		if ((kinds >> ((struct named *)value)->kind & 1) != 0)
			g_ptr_array_add(names, key);
	g_ptr_array_sort(names, compare_names);
	nearest = value_nearest(name, (const char *const *)names->pdata, names->len);
	if (nearest)
		return g_strdup_printf(", did you mean '%s'?", nearest);
	if (names->len == 0 || names->len > NAMES_LISTED_MAX)
		return g_strdup("");
	g_ptr_array_add(names, NULL);
	all = g_strjoinv(", ", (char **)names->pdata);
	return g_strconcat(", the file has ", all, NULL);
}

const struct named *name_find(
	struct loader *loader, const char *name, unsigned kinds, const char *what, char **message)
{
	const struct named *named = g_hash_table_lookup(loader->names, name);
	g_autofree char *others = NULL, *quoted = NULL;

	g_assert(kinds && !*message);
	if (named && (kinds >> named->kind & 1) != 0)
		return named;
	quoted = value_quote(name);
	others = known_names(loader, name, kinds);
	if (named)
		*message = g_strdup_printf(
			"%s is a [%s], not a known %s", quoted, kind_names[named->kind], what);
	else
		*message = g_strdup_printf("unknown %s %s%s", what, quoted, others);
	return NULL;
}
