/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/cpu-ids.h"

#include <assert.h>
#include <glib.h>
#include <string.h>

#include "sim/base/numbers.h"
#include "sim/base/values.h"

bool cpu_ids_has(const struct cpu_ids *ids, uint32_t id)
{
	return id < CPU_IDS_MAX && (ids->words[id / 64] >> (id % 64) & 1) != 0;
}

void cpu_ids_add(struct cpu_ids *ids, uint32_t id)
{
	assert(id < CPU_IDS_MAX);
	if (!cpu_ids_has(ids, id))
		ids->count++;
	ids->words[id / 64] |= UINT64_C(1) << (id % 64);
	assert(ids->count <= CPU_IDS_MAX);
}

char *cpu_ids_to_string(const struct cpu_ids *ids)
{
	GString *list = g_string_new(NULL);

	for (uint32_t id = 0; id < CPU_IDS_MAX; id++) {
		uint32_t last = id;

		if (!cpu_ids_has(ids, id))
			continue;
		while (cpu_ids_has(ids, last + 1))
			last++;
		g_string_append_printf(list, list->len > 0 ? ",%u" : "%u", id);
		if (last > id)
			g_string_append_printf(list, "-%u", last);
		id = last;
	}
	assert((list->len == 0) == (ids->count == 0));
	return g_string_free(list, FALSE);
}

static void skip_spaces(const char **cursor)
{
	while (**cursor == ' ' || **cursor == '\t')
		(*cursor)++;
}

/* All digits at *@cursor are stepped over. Returns whether there are any; a number that
 * is too large is UINT64_MAX. */
static bool read_digits(const char **cursor, uint64_t *value)
{
	size_t digits = strspn(*cursor, "0123456789");

	number_scan(*cursor, value);
	*cursor += digits;
	return digits > 0;
}

/* A range of a CPU list: of each @group CPUs from @first on the first @used. */
struct cpu_range {
	uint64_t first, last;
	uint64_t used, group;
};

/* ":USED/GROUP" behind a range, if it is there. */
static char *read_cpu_groups(const char *list, const char **cursor, struct cpu_range *range)
{
	range->used = range->group = 1;
	if (**cursor != ':')
		return NULL;
	(*cursor)++;
	if (!read_digits(cursor, &range->used) || **cursor != '/')
		return value_fault(list, "has no USED/GROUP after its ':', write it like 0-7:1/2");
	(*cursor)++;
	if (!read_digits(cursor, &range->group))
		return value_fault(list, "has no USED/GROUP after its ':', write it like 0-7:1/2");
	if (range->group > CPU_IDS_MAX)
		return value_fault(list, "has a group that is too large, at most 8192 CPUs");
	if (range->used == 0)
		return value_fault(list, "uses no CPU of a group, at least 1, like 0-7:1/2");
	if (range->used > range->group)
		return value_fault(
			list, "uses more CPUs than a group has, write USED/GROUP like 1/2");
	assert(range->used >= 1 && range->used <= range->group);
	return NULL;
}

static char *read_cpu_bounds(const char *list, const char **cursor, struct cpu_range *range)
{
	if (!read_digits(cursor, &range->first))
		return value_fault(list, "is not a list of CPUs, write one like 0-3,8");
	range->last = range->first;
	if (**cursor == ':')
		return value_fault(list,
			"has groups without a range, write a range like 4-64, groups like 0-7:1/2");
	if (**cursor == '-') {
		(*cursor)++;
		if (!read_digits(cursor, &range->last))
			return value_fault(list, "has a range without an end, write one like 0-3");
	}
	if (range->first >= CPU_IDS_MAX || range->last >= CPU_IDS_MAX)
		return value_fault(list, "names a CPU that is too large, CPU ids are 0 to 8191");
	if (range->last < range->first)
		return value_fault(
			list, "has a range that runs backwards, write the lower CPU first");
	assert(range->first <= range->last && range->last < CPU_IDS_MAX);
	return NULL;
}

/* One id or range of a CPU list, with spaces around it. */
static char *read_cpu_range(const char *list, const char **cursor, struct cpu_ids *ids)
{
	struct cpu_range range = { 0 };
	char *message;

	skip_spaces(cursor);
	message = read_cpu_bounds(list, cursor, &range);
	if (!message)
		message = read_cpu_groups(list, cursor, &range);
	if (message)
		return message;
	assert(range.group > 0);
	for (uint64_t id = range.first; id <= range.last; id++)
		if ((id - range.first) % range.group < range.used)
			cpu_ids_add(ids, (uint32_t)id);
	skip_spaces(cursor);
	assert(ids->count > 0);
	return NULL;
}

char *cpu_ids_read(const char *text, struct cpu_ids *ids)
{
	struct cpu_ids read = { 0 };
	const char *c = text;

	if (*text == '\0')
		return g_strdup("the set of CPUs is empty, name at least one, like 0-3");
	if (strlen(text) > CPU_IDS_TEXT_MAX)
		return value_fault(text, "is too long for a list of CPUs, join them to ranges");
	for (;;) {
		char *message = read_cpu_range(text, &c, &read);

		if (message)
			return message;
		if (*c == '\0')
			break;
		if (*c++ != ',')
			return value_fault(text, "is not a list of CPUs, write one like 0-3,8");
	}
	assert(read.count > 0);
	*ids = read;
	return NULL;
}
