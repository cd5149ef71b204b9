/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <assert.h>
#include <string.h>

void fault_value(struct loader *loader, const struct keyfile_entry *entry, char *message)
{
	/* An option names the key already. */
	if (entry->place.option)
		faults_add(loader->faults, entry->place, "%s", message);
	else
		faults_add(loader->faults, entry->place, "%s: %s", entry->key, message);
	g_free(message);
}

char *message_unknown_key(
	const char *key, const char *group, const char *const *known, size_t count)
{
	const char *nearest = value_nearest(key, known, count);
	char *quoted_key = value_quote(key);
	char *quoted_group = value_quote(group);
	GString *message = g_string_new(NULL);

	g_string_append_printf(message, "unknown key %s in group %s", quoted_key, quoted_group);
	if (nearest)
		g_string_append_printf(message, ", did you mean '%s'?", nearest);
	for (size_t i = 0; !nearest && i < count; i++)
		g_string_append_printf(message, "%s%s", i > 0 ? ", " : ", the keys are ", known[i]);
	g_free(quoted_group);
	g_free(quoted_key);
	return g_string_free(message, FALSE);
}

void fault_key(struct loader *loader, const struct keyfile_group *group,
	const struct keyfile_entry *entry, const char *const *known, size_t count)
{
	char *message = message_unknown_key(entry->key, group->name, known, count);

	faults_add(loader->faults, entry->place, "%s", message);
	g_free(message);
}

static char *message_impossible(const struct loader *loader, uint32_t id)
{
	char *possible = cpu_ids_to_string(&loader->possible);
	char *quoted = value_quote(possible);
	char *message = g_strdup_printf("CPU %u is not one of the possible CPUs %s", id, quoted);

	g_free(possible);
	g_free(quoted);
	return message;
}

/* The lowest CPU of @ids that is not possible; CPU_IDS_MAX if all are. */
static uint32_t find_impossible(const struct loader *loader, const struct cpu_ids *ids)
{
	for (uint32_t i = 0; i < CPU_IDS_MAX / 64; i++) {
		uint32_t id = i * 64;

		if ((ids->words[i] & ~loader->possible.words[i]) == 0)
			continue;
		while (!cpu_ids_has(ids, id) || cpu_ids_has(&loader->possible, id))
			id++;
		return id;
	}
	return CPU_IDS_MAX;
}

static uint64_t *dense_words(const struct loader *loader, const struct cpu_ids *ids)
{
	uint64_t *words = g_new0(uint64_t, (loader->scenario->cpus_count + 63) / 64);

	for (uint32_t i = 0; i < CPU_IDS_MAX / 64; i++) {
		for (uint32_t id = i * 64; ids->words[i] != 0 && id < (i + 1) * 64; id++) {
			uint32_t cpu = loader->dense[id];

			if (cpu_ids_has(ids, id))
				words[cpu / 64] |= UINT64_C(1) << (cpu % 64);
		}
	}
	return words;
}

/* What follows "first", nothing too; NULL if @text begins with another word. */
static const char *after_first(const char *text)
{
	if (!g_str_has_prefix(text, "first"))
		return NULL;
	text += strlen("first");
	if (*text != '\0' && *text != ' ' && *text != '\t')
		return NULL;
	return text + strspn(text, " \t");
}

/* "first N": the N possible CPUs with the lowest ids. */
static char *read_first(
	const struct loader *loader, const char *text, const char *number, struct cpu_ids *ids)
{
	uint32_t possible = loader->cpus_known ? loader->possible.count : CPU_IDS_MAX;
	uint64_t count = 0;
	char *message = value_read_count(number, &count);
	char *quoted = value_quote(text);

	if (message) {
		g_free(message);
		message = g_strdup_printf("%s is not written like first 4", quoted);
	} else if (count == 0) {
		message = g_strdup_printf("%s names no CPU, at least first 1 is needed", quoted);
	} else if (count > possible) {
		message = g_strdup_printf(
			"%s is too many, at most %u CPUs are possible", quoted, possible);
	}
	g_free(quoted);
	*ids = (struct cpu_ids){ 0 };
	for (uint32_t id = 0; !message && ids->count < count; id++)
		if (!loader->cpus_known || cpu_ids_has(&loader->possible, id))
			cpu_ids_add(ids, id);
	return message;
}

char *read_cpu_set(struct loader *loader, const char *text, struct cpu_set *set)
{
	const char *number = after_first(text);
	struct cpu_ids ids;
	char *message =
		number ? read_first(loader, text, number, &ids) : cpu_ids_read(text, &ids);
	uint32_t impossible;

	if (message || !loader->cpus_known)
		return message;
	impossible = find_impossible(loader, &ids);
	if (impossible < CPU_IDS_MAX)
		return message_impossible(loader, impossible);
	g_free(set->words);
	set->count = ids.count;
	set->words = ids.count < loader->possible.count ? dense_words(loader, &ids) : NULL;
	return NULL;
}

static char *out_of_range(const char *text, const char *low, const char *high)
{
	char *quoted = value_quote(text);
	char *message =
		g_strdup_printf("%s is out of range, it must be %s to %s", quoted, low, high);

	g_free(quoted);
	return message;
}

static char *read_count(const struct rule *rule, const char *text, uint64_t *result)
{
	uint64_t value;
	char *message = value_read_count(text, &value);
	char low[32], high[32];

	if (message)
		return message;
	if (value < rule->min || value > rule->max) {
		g_snprintf(low, sizeof(low), "%" G_GUINT64_FORMAT, rule->min);
		g_snprintf(high, sizeof(high), "%" G_GUINT64_FORMAT, rule->max);
		return out_of_range(text, low, high);
	}
	*result = value;
	return NULL;
}

static char *read_count32(const struct rule *rule, const char *text, uint32_t *result)
{
	uint64_t value = 0;
	char *message = read_count(rule, text, &value);

	assert(rule->max <= UINT32_MAX);
	if (!message)
		*result = (uint32_t)value;
	return message;
}

static char *read_loops(const char *text, uint64_t *result)
{
	uint64_t value;
	char *message;

	if (strcmp(text, "forever") == 0) {
		*result = SCENARIO_FOREVER;
		return NULL;
	}
	message = value_read_count(text, &value);
	if (!message && (value == 0 || value == SCENARIO_FOREVER))
		return g_strdup_printf(
			"'%s' is out of range, it must be at least 1, or forever", text);
	if (!message)
		*result = value;
	if (message && !g_ascii_isdigit(text[0])) {
		char *quoted = value_quote(text);

		g_free(message);
		message = g_strdup_printf(
			"%s is not a number of times, write one like 3, or forever", quoted);
		g_free(quoted);
	}
	return message;
}

static char *read_duration(const struct rule *rule, const char *text, uint64_t *result)
{
	uint64_t value;
	char *message = value_read_duration(text, &value);
	char low[VALUE_DURATION_MAX], high[VALUE_DURATION_MAX];

	if (message)
		return message;
	if (value < rule->min || value > rule->max) {
		value_format_duration(rule->min, low);
		value_format_duration(rule->max, high);
		return out_of_range(text, low, high);
	}
	*result = value;
	return NULL;
}

static char *read_sample(const struct rule *rule, const char *text, struct sample *result)
{
	struct sample sample;
	char *message = value_read_sample(text, rule->max, &sample);
	char low[VALUE_DURATION_MAX];
	char *quoted;

	if (message)
		return message;
	if (value_sample_longest(&sample) < rule->min) {
		value_format_duration(rule->min, low);
		quoted = value_quote(text);
		message = g_strdup_printf("%s is too short, at least %s", quoted, low);
		g_free(quoted);
		return message;
	}
	*result = sample;
	return NULL;
}

static char *read_word(const char *const *words, const char *text, int *result)
{
	GString *known = g_string_new(NULL);
	char *quoted, *message;

	for (int i = 0; words[i]; i++) {
		if (strcmp(words[i], text) == 0) {
			*result = i;
			g_string_free(known, TRUE);
			return NULL;
		}
		g_string_append_printf(known, "%s%s", i > 0 ? " or " : "", words[i]);
	}
	quoted = value_quote(text);
	message = g_strdup_printf("%s is not known, write %s", quoted, known->str);
	g_free(quoted);
	g_string_free(known, TRUE);
	return message;
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
		return read_loops(text, to);
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
	case RULE_OTHER:
		return NULL;
	}
	assert(!"a kind of rule");
	return NULL;
}

/* The usual slip with a comment after a value gets a message of its own. */
static char *explain_comment(const char *text, char *message)
{
	char *explained;

	if (!strchr(text, '#'))
		return message;
	explained = g_strdup_printf("%s; a comment needs a line of its own", message);
	g_free(message);
	return explained;
}

static void fault_rule(struct loader *loader, const struct keyfile_group *group,
	const struct keyfile_entry *entry, const struct rule *rules, size_t count)
{
	const char *known[64];

	for (size_t i = 0; i < count; i++)
		known[i] = rules[i].key;
	fault_key(loader, group, entry, known, count);
}

uint64_t rules_read(struct loader *loader, const struct keyfile_group *group,
	const struct rule *rules, size_t count, void *base)
{
	uint64_t given = 0;

	assert(count <= 64);
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
		if (message)
			fault_value(loader, entry, explain_comment(entry->value, message));
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
