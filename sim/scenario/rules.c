/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <string.h>

/* A comment after a value is a frequent mistake. It begins with one of @marks. */
static void fault_with_hint(struct loader *loader, const struct keyfile_entry *entry,
	const char *marks, const char *before, char *message)
{
	const char *hint =
		strpbrk(entry->value, marks) ? "; a comment needs a line of its own" : "";
	g_autofree char *key = value_clean(entry->key, SIZE_MAX);

	g_assert(message);
	/* An option names the key already. */
	if (entry->place.option)
		faults_add(loader->faults, entry->place, "%s", message);
	else
		faults_add(loader->faults, entry->place, "%s%s: %s%s", before, key, message, hint);
	g_free(message);
}

void fault_entry(
	struct loader *loader, const struct keyfile_entry *entry, const char *before, char *message)
{
	fault_with_hint(loader, entry, "#", before, message);
}

void fault_value(struct loader *loader, const struct keyfile_entry *entry, char *message)
{
	fault_with_hint(loader, entry, "#;", "", message);
}

enum { LETTERS_ALIKE = 3 };

/* ", did you mean one of …?": those that begin as @key does, such as thrs-cap for threshold.
 * Nothing if there are none. */
static void append_alike(GString *message, const char *key, const char *const *known, size_t count)
{
	const char *before = ", did you mean one of ";

	for (size_t i = 0; strlen(key) > LETTERS_ALIKE && i < count; i++) {
		if (strncmp(key, known[i], LETTERS_ALIKE) != 0)
			continue;
		g_string_append_printf(message, "%s%s", before, known[i]);
		before = ", ";
	}
	if (strcmp(before, ", ") == 0)
		g_string_append_c(message, '?');
}

char *message_unknown_key(
	const char *key, const char *group, const char *const *known, size_t count)
{
	const char *nearest = value_nearest(key, known, count);
	g_autofree char *quoted_key = value_quote(key), *quoted_group = value_quote(group);
	GString *message = g_string_new(NULL);

	g_assert(count > 0);
	g_string_append_printf(message, "unknown key %s in group %s", quoted_key, quoted_group);
	if (nearest)
		g_string_append_printf(message, ", did you mean '%s'?", nearest);
	else
		append_alike(message, key, known, count);
	if (message->str[message->len - 1] == '?')
		return g_string_free(message, FALSE);
	for (size_t i = 0; i < count; i++)
		g_string_append_printf(message, "%s%s", i > 0 ? ", " : ", the keys are ", known[i]);
	return g_string_free(message, FALSE);
}

void fault_key(struct loader *loader, const struct keyfile_group *group,
	const struct keyfile_entry *entry, const char *const *known, size_t count)
{
	faults_take(loader->faults, entry->place,
		message_unknown_key(entry->key, group->name, known, count));
}

static char *read_count(const struct rule *rule, const char *text, uint64_t *result)
{
	return value_read_count_in(text, rule->min, rule->max, result);
}

static char *read_count32(const struct rule *rule, const char *text, uint32_t *result)
{
	uint64_t value = 0;
	char *message = read_count(rule, text, &value);

	g_assert(rule->max <= UINT32_MAX);
	if (!message)
		*result = (uint32_t)value;
	return message;
}

static char *read_duration(const struct rule *rule, const char *text, uint64_t *result)
{
	uint64_t value;
	char *message = value_read_duration(text, &value);
	char low[VALUE_DURATION_MAX], high[VALUE_DURATION_MAX];

	g_assert(rule->min <= rule->max);
	if (message)
		return message;
	if (value < rule->min || value > rule->max) {
		value_format_duration(rule->min, low);
		value_format_duration(rule->max, high);
		return value_fault(text, "is out of range, it must be %s to %s", low, high);
	}
	*result = value;
	return NULL;
}

static char *read_sample(const struct rule *rule, const char *text, struct sample *result)
{
	struct sample sample;
	char *message = value_read_sample(text, rule->max, &sample);
	char low[VALUE_DURATION_MAX];

	g_assert(rule->min <= rule->max);
	if (message)
		return message;
	if (value_sample_longest(&sample) < rule->min) {
		value_format_duration(rule->min, low);
		return value_fault(text, "is too short, at least %s", low);
	}
	*result = sample;
	return NULL;
}

static char *read_word(const char *const *words, const char *text, int *result)
{
	g_autofree char *known = g_strjoinv(" or ", (char **)words);

	g_assert(words[0]);
	for (int i = 0; words[i]; i++) {
		if (strcmp(words[i], text) == 0) {
			*result = i;
			return NULL;
		}
	}
	return value_fault(text, "is not known, write %s", known);
}

static char *read_switch(const char *text, bool *result)
{
	static const char *const words[] = { "off", "on", NULL };
	int value = 0;
	char *message = read_word(words, text, &value);

	if (!message)
		*result = value == 1;
	return message;
}

static char *read_mm(struct loader *loader, const char *text, uint32_t *result)
{
	char *message = NULL;
	const struct named *named = name_find(loader, text, 1U << REF_MM_MAIN, "mm", &message);

	if (named)
		*result = named->index;
	return message;
}

static char *read_text(const struct rule *rule, const char *text, char **result)
{
	g_assert(rule->max > 0);
	if (strlen(text) > rule->max)
		return g_strdup_printf("the text is longer than %u bytes", (unsigned)rule->max);
	g_free(*result);
	*result = g_strdup(text);
	return NULL;
}

static char *rule_read(struct loader *loader, const struct rule *rule, const char *text, void *to)
{
	switch (rule->kind) {
	case RULE_TEXT:
		return read_text(rule, text, to);
	case RULE_COUNT32:
		return read_count32(rule, text, to);
	case RULE_COUNT64:
		return read_count(rule, text, to);
	case RULE_LOOPS:
		return loops_read(text, to);
	case RULE_DURATION:
		return read_duration(rule, text, to);
	case RULE_SAMPLE:
		return read_sample(rule, text, to);
	case RULE_SWITCH:
		return read_switch(text, to);
	case RULE_WORD:
		return read_word(rule->words, text, to);
	case RULE_CPUS:
		return read_cpu_set(loader, text, to);
	case RULE_MM:
		return read_mm(loader, text, to);
	case RULE_PHASES:
		return phases_read(text, to);
	case RULE_OTHER:
		return NULL;
	}
	g_assert_not_reached();
}

static void fault_rule(struct loader *loader, const struct keyfile_group *group,
	const struct keyfile_entry *entry, const struct rule *rules, size_t count)
{
	const char *known[64];

	g_assert(count <= G_N_ELEMENTS(known));
	for (size_t i = 0; i < count; i++)
		known[i] = rules[i].key;
	fault_key(loader, group, entry, known, count);
}

uint64_t rules_read(struct loader *loader, const struct keyfile_group *group,
	const struct rule *rules, size_t count, void *base)
{
	uint64_t given = 0;

	g_assert(count <= 64);
	for (guint e = 0; e < group->entries->len; e++) {
		const struct keyfile_entry *entry = entry_get(group, e);
		char *message;
		size_t i = 0;

		while (i < count && strcmp(rules[i].key, entry->key) != 0)
			i++;
		if (i == count) {
			fault_rule(loader, group, entry, rules, count);
			continue;
		}
		given |= GIVEN(i);
		message =
			rule_read(loader, &rules[i], entry->value, (char *)base + rules[i].offset);
		if (message && rules[i].kind == RULE_PHASES)
			fault_entry(loader, entry, "", message);
		else if (message)
			fault_value(loader, entry, message);
	}
	return given;
}

bool items_next(const char **cursor, GString *item)
{
	size_t length;

	if (**cursor == '\0')
		return false;
	length = strcspn(*cursor, ";");
	g_string_truncate(item, 0);
	g_string_append_len(item, *cursor, (gssize)length);
	g_strstrip(item->str);
	g_string_set_size(item, strlen(item->str));
	*cursor += length;
	if (**cursor == ';')
		(*cursor)++;
	return true;
}
