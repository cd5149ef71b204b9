/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/shrink/draft.h"

#include <string.h>

#include "sim/base/keyfile.h"
#include "sim/base/values.h"

static void free_entry(void *data)
{
	struct draft_entry *entry = data;

	g_free(entry->key);
	g_free(entry->value);
	g_free(entry);
}

static void free_group(void *data)
{
	struct draft_group *group = data;

	g_free(group->name);
	g_ptr_array_unref(group->entries);
	g_free(group);
}

static struct draft_group *add_group(struct draft *draft, const char *name)
{
	struct draft_group *group = g_new0(struct draft_group, 1);

	group->name = g_strdup(name);
	group->entries = g_ptr_array_new_with_free_func(free_entry);
	g_ptr_array_add(draft->groups, group);
	return group;
}

static struct draft_entry *add_entry(
	struct draft_group *group, const char *key, const char *value, uint32_t line)
{
	struct draft_entry *entry = g_new0(struct draft_entry, 1);

	g_assert(*key && *value);
	entry->key = g_strdup(key);
	entry->value = g_strdup(value);
	entry->line = line;
	g_ptr_array_add(group->entries, entry);
	return entry;
}

struct draft *draft_new(const char *text)
{
	struct faults *faults = faults_new("");
	struct keyfile *file = keyfile_parse(g_strdup(text), strlen(text), faults);
	struct draft *draft = g_new0(struct draft, 1);

	g_assert(faults_count(faults) == 0);
	draft->groups = g_ptr_array_new_with_free_func(free_group);
	for (guint i = 0; i < file->groups->len; i++) {
		const struct keyfile_group *from = file->groups->pdata[i];
		struct draft_group *group = add_group(draft, from->name);

		for (guint e = 0; e < from->entries->len; e++) {
			const struct keyfile_entry *entry =
				&g_array_index(from->entries, struct keyfile_entry, e);

			add_entry(group, entry->key, entry->value, entry->place.line);
		}
	}
	keyfile_free(file);
	faults_free(faults);
	return draft;
}

void draft_free(struct draft *draft)
{
	if (!draft)
		return;
	g_ptr_array_unref(draft->groups);
	g_free(draft);
}

static void print_group(GString *text, const struct draft_group *group)
{
	bool steps = strcmp(group->name, "steps") == 0;
	unsigned number = 0;

	g_string_append_printf(text, "%s[%s]\n", text->len ? "\n" : "", group->name);
	for (guint e = 0; e < group->entries->len; e++) {
		const struct draft_entry *entry = group->entries->pdata[e];

		if (entry->gone)
			continue;
		if (steps)
			g_string_append_printf(text, "%u = %s\n", ++number, entry->value);
		else
			g_string_append_printf(text, "%s = %s\n", entry->key, entry->value);
	}
}

char *draft_print(const struct draft *draft)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < draft->groups->len; i++) {
		const struct draft_group *group = draft->groups->pdata[i];

		if (!group->gone)
			print_group(text, group);
	}
	return g_string_free(text, FALSE);
}

/* Where a group stands: kinds that are not named stay between the two lists, in their order. */
static int rank_of(const struct draft_group *group)
{
	static const char *const first[] = { "scenario", "machine", "protocol", "cost", "sched" };

	for (size_t i = 0; i < G_N_ELEMENTS(first); i++) {
		if (draft_is_kind(group, first[i]))
			return (int)i - (int)G_N_ELEMENTS(first);
	}
	return draft_is_kind(group, "expect") ? 2 : draft_is_kind(group, "at");
}

static uint64_t time_of(const struct draft_group *group)
{
	uint64_t ns = 0;

	if (draft_is_kind(group, "at") && group->name[2])
		g_free(value_read_duration(group->name + 3, &ns));
	return ns;
}

static gint compare_groups(gconstpointer a, gconstpointer b)
{
	const struct draft_group *x = *(struct draft_group *const *)a;
	const struct draft_group *y = *(struct draft_group *const *)b;
	uint64_t x_ns = time_of(x), y_ns = time_of(y);

	if (rank_of(x) != rank_of(y))
		return rank_of(x) < rank_of(y) ? -1 : 1;
	return x_ns < y_ns ? -1 : x_ns > y_ns;
}

void draft_sort(struct draft *draft)
{
	g_ptr_array_sort(draft->groups, compare_groups); /* keeps the order of equals */
}

guint draft_lines(const struct draft *draft)
{
	guint lines = 0;

	for (guint i = 0; i < draft->groups->len; i++) {
		const struct draft_group *group = draft->groups->pdata[i];

		if (group->gone)
			continue;
		lines++;
		for (guint e = 0; e < group->entries->len; e++)
			lines += !((struct draft_entry *)group->entries->pdata[e])->gone;
	}
	return lines;
}

struct draft_entry *draft_find(const struct draft *draft, uint32_t line, struct draft_group **group)
{
	g_assert(line > 0);
	for (guint i = 0; i < draft->groups->len; i++) {
		*group = draft->groups->pdata[i];
		for (guint e = 0; e < (*group)->entries->len; e++) {
			struct draft_entry *entry = (*group)->entries->pdata[e];

			if (entry->line == line)
				return entry;
		}
	}
	return NULL;
}

struct draft_entry *draft_get(const struct draft *draft, const char *name, const char *key)
{
	for (guint i = 0; i < draft->groups->len; i++) {
		const struct draft_group *group = draft->groups->pdata[i];

		for (guint e = 0;
			!group->gone && strcmp(group->name, name) == 0 && e < group->entries->len;
			e++) {
			struct draft_entry *entry = group->entries->pdata[e];

			if (!entry->gone && strcmp(entry->key, key) == 0)
				return entry;
		}
	}
	return NULL;
}

bool draft_is_kind(const struct draft_group *group, const char *kind)
{
	size_t length = strlen(kind);

	return strncmp(group->name, kind, length) == 0 &&
	       (group->name[length] == ' ' || group->name[length] == '\0');
}

struct draft_entry *draft_add(
	struct draft *draft, const char *name, const char *key, const char *value)
{
	struct draft_group *group = NULL;

	for (guint i = 0; i < draft->groups->len && !group; i++) {
		struct draft_group *other = draft->groups->pdata[i];

		if (!other->gone && strcmp(other->name, name) == 0)
			group = other;
	}
	if (!group)
		group = add_group(draft, name);
	return add_entry(group, key, value, 0);
}
