/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/shrink/private.h"

/* What can be left out: the flags of groups, or of keys. */
static void set_all(GPtrArray *flags, guint from, guint to, bool gone)
{
	g_assert(from <= to && to <= flags->len);
	for (guint i = from; i < to; i++)
		*(bool *)flags->pdata[i] = gone;
}

/* Try to leave out halves, then quarters, down to one alone. */
static void drop_parts(struct shrinker *shrinker, GPtrArray *flags)
{
	for (guint size = flags->len; size > 0 && !shrinker->stopped; size /= 2) {
		for (guint from = 0; from < flags->len && !shrinker->stopped;) {
			guint to = MIN(from + size, flags->len);

			set_all(flags, from, to, true);
			if (shrink_try(shrinker)) {
				g_ptr_array_remove_range(flags, from, to - from);
				continue;
			}
			set_all(flags, from, to, false);
			from = to;
		}
	}
}

void shrink_drop_groups(struct shrinker *shrinker)
{
	g_autoptr(GPtrArray) flags = g_ptr_array_new();

	for (guint i = 0; i < shrinker->draft->groups->len; i++) {
		struct draft_group *group = shrinker->draft->groups->pdata[i];

		if (!group->gone && !group->fixed)
			g_ptr_array_add(flags, &group->gone);
	}
	drop_parts(shrinker, flags);
}

static void drop_entries(struct shrinker *shrinker)
{
	g_autoptr(GPtrArray) flags = g_ptr_array_new();

	for (guint i = 0; i < shrinker->draft->groups->len; i++) {
		struct draft_group *group = shrinker->draft->groups->pdata[i];

		for (guint e = 0; !group->gone && e < group->entries->len; e++) {
			struct draft_entry *entry = group->entries->pdata[e];

			if (!entry->gone && !entry->fixed)
				g_ptr_array_add(flags, &entry->gone);
		}
	}
	drop_parts(shrinker, flags);
}

/* "a; b; c" without item @index. NULL: there is no such one, or nothing would be left. */
static char *without_item(const char *value, guint index)
{
	g_auto(GStrv) items = g_strsplit(value, ";", -1);
	g_autoptr(GStrvBuilder) left = g_strv_builder_new();
	g_auto(GStrv) words = NULL;

	if (g_strv_length(items) < 2 || index >= g_strv_length(items))
		return NULL;
	for (guint i = 0; items[i]; i++) {
		if (i != index && *g_strstrip(items[i]))
			g_strv_builder_add(left, items[i]);
	}
	words = g_strv_builder_end(left);
	return words[0] ? g_strjoinv("; ", words) : NULL;
}

static void drop_items_of(struct shrinker *shrinker, struct draft_entry *entry)
{
	guint index = 0;
	char *shorter;

	while (!shrinker->stopped && (shorter = without_item(entry->value, index))) {
		char *before = entry->value;

		entry->value = shorter;
		if (shrink_try(shrinker)) {
			g_free(before);
			continue;
		}
		entry->value = before;
		g_free(shorter);
		index++;
	}
}

static void drop_items(struct shrinker *shrinker)
{
	for (guint i = 0; i < shrinker->draft->groups->len; i++) {
		struct draft_group *group = shrinker->draft->groups->pdata[i];

		for (guint e = 0; !group->gone && e < group->entries->len; e++) {
			struct draft_entry *entry = group->entries->pdata[e];

			if (!entry->gone && !entry->fixed)
				drop_items_of(shrinker, entry);
		}
	}
}

void shrink_drop_keys(struct shrinker *shrinker)
{
	drop_entries(shrinker);
	drop_items(shrinker);
}
