/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/private.h"

#include <string.h>

#include "sim/base/numbers.h"

/* Sets of possible CPUs: lists, and "first N". */

static char *message_impossible(const struct loader *loader, uint32_t id)
{
	g_autofree char *possible = cpu_ids_to_string(&loader->possible);
	g_autofree char *quoted = value_quote(possible);

	g_assert(!cpu_ids_has(&loader->possible, id));
	return g_strdup_printf("CPU %u is not one of the possible CPUs %s", id, quoted);
}

/* The lowest CPU of @ids that is not possible; CPU_IDS_MAX if all are. */
static uint32_t find_impossible(const struct loader *loader, const struct cpu_ids *ids)
{
	g_assert(loader->cpus_known);
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

	g_assert(loader->cpus_known && ids->count <= loader->scenario->cpus_count);
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

	if (!number_read(number, UINT64_MAX, &count))
		return value_fault(text, "is not written like first 4");
	if (count == 0)
		return value_fault(text, "names no CPU, at least first 1 is needed");
	if (count > possible)
		return value_fault(text, "is too many, at most %u CPUs are possible", possible);
	*ids = (struct cpu_ids){ 0 };
	for (uint32_t id = 0; ids->count < count; id++)
		if (!loader->cpus_known || cpu_ids_has(&loader->possible, id))
			cpu_ids_add(ids, id);
	g_assert(ids->count == count);
	return NULL;
}

char *read_cpu_set(struct loader *loader, const char *text, struct cpu_set *set)
{
	const char *number = after_first(text);
	struct cpu_ids ids = { 0 };
	char *message = number ? read_first(loader, text, number, &ids) : cpu_ids_read(text, &ids);
	uint32_t impossible;

	if (message || !loader->cpus_known)
		return message;
	impossible = find_impossible(loader, &ids);
	if (impossible < CPU_IDS_MAX)
		return message_impossible(loader, impossible);
	g_free(set->words);
	set->count = ids.count;
	set->words = ids.count < loader->possible.count ? dense_words(loader, &ids) : NULL;
	g_assert(set->count > 0 && set->count <= loader->scenario->cpus_count);
	return NULL;
}
