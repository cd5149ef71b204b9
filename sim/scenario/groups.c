/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <string.h>

/* The kinds of groups that a file can have. */

static const struct {
	const char *word;
	const char *form;
	uint32_t words_min, words_max;
} kinds[GROUP_KINDS] = {
	[GROUP_SCENARIO] = { "scenario", "[scenario]", 1, 1 },
	[GROUP_MACHINE] = { "machine", "[machine]", 1, 1 },
	[GROUP_PROTOCOL] = { "protocol", "[protocol]", 1, 1 },
	[GROUP_COST] = { "cost", "[cost]", 1, 1 },
	[GROUP_SCHED] = { "sched", "[sched]", 1, 1 },
	[GROUP_MM] = { "mm", "[mm NAME]", 2, 2 },
	[GROUP_TASKS] = { "tasks", "[tasks NAME]", 2, 2 },
	[GROUP_RAMP] = { "ramp", "[ramp NAME]", 2, 2 },
	[GROUP_POOL] = { "pool", "[pool NAME]", 2, 2 },
	[GROUP_AT] = { "at", "[at TIME]", 2, 2 },
	[GROUP_EXPECT] = { "expect", "[expect], [expect MM] or [expect MM at TIME]", 1, 4 },
	[GROUP_SWEEP] = { "sweep", "[sweep]", 1, 1 },
	[GROUP_EXPLORE] = { "explore", "[explore]", 1, 1 },
	[GROUP_STEPS] = { "steps", "[steps]", 1, 1 },
};

enum group_kind group_kind_find(const char *word)
{
	int kind = 0;

	while (kind < GROUP_KINDS && strcmp(kinds[kind].word, word) != 0)
		kind++;
	return (enum group_kind)kind;
}

const char *group_kind_word(enum group_kind kind)
{
	g_assert(kind < GROUP_KINDS);
	return kinds[kind].word;
}

static void head_free(void *data)
{
	struct head *head = data;

	g_strfreev(head->words);
	g_free(head);
}

/* "pool web" of "pool.web"; NULL if @word is no kind, dot and name. The caller frees it. */
static char *with_blank(const char *word)
{
	const char *dot = strchr(word, '.');
	g_autofree char *kind = dot ? g_strndup(word, (gsize)(dot - word)) : NULL;

	if (!dot || !dot[1] || group_kind_find(kind) == GROUP_KINDS ||
		kinds[group_kind_find(kind)].words_max < 2)
		return NULL;
	return g_strdup_printf("%s %s", kind, dot + 1);
}

char *message_unknown_kind(const char *word)
{
	const char *known[GROUP_KINDS + 1] = { NULL };
	g_autofree char *quoted = value_quote(word), *all = NULL, *blank = with_blank(word);
	const char *nearest;

	for (int i = 0; i < GROUP_KINDS; i++)
		known[i] = kinds[i].word;
	nearest = blank ? blank : value_nearest(word, known, GROUP_KINDS);
	if (nearest)
		return g_strdup_printf(
			"unknown kind of group %s, did you mean '%s'?", quoted, nearest);
	all = g_strjoinv(", ", (char **)known);
	return g_strdup_printf("unknown kind of group %s, the kinds are %s", quoted, all);
}

static void add_head(struct loader *loader, const struct keyfile_group *group)
{
	g_auto(GStrv) words = g_strsplit(group->name, " ", 6);
	uint32_t count = g_strv_length(words);
	enum group_kind kind;
	struct head *head;

	g_assert(count > 0);
	kind = group_kind_find(words[0]);
	if (kind == GROUP_KINDS) {
		faults_take(loader->faults, group->place, message_unknown_kind(words[0]));
		return;
	}
	if (count < kinds[kind].words_min || count > kinds[kind].words_max) {
		if (!group->cut)
			faults_add(loader->faults, group->place,
				"the group is not written like %s", kinds[kind].form);
		return;
	}
	head = g_new(struct head, 1);
	*head = (struct head){ group, g_steal_pointer(&words), count };
	g_ptr_array_add(loader->heads[kind], head);
}

void groups_sort(struct loader *loader)
{
	g_assert(!loader->heads[0]);
	for (int i = 0; i < GROUP_KINDS; i++)
		loader->heads[i] = g_ptr_array_new_with_free_func(head_free);
	for (guint i = 0; i < loader->file->groups->len; i++)
		add_head(loader, g_ptr_array_index(loader->file->groups, i));
}
