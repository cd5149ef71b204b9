/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/shard.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "sim/base/values.h"

char *sweep_shard_read(const char *text, struct sweep_shard *shard)
{
	g_auto(GStrv) parts = g_strsplit(text, "/", 2);
	uint64_t number = 0, count = 0;
	char *wrong;

	if (!parts[0] || !parts[1]) {
		g_autofree char *quoted = value_quote(text);

		return g_strdup_printf("%s is not written like 2/5", quoted);
	}
	wrong = value_read_count_in(parts[1], 1, SWEEP_SHARDS_MAX, &count);
	if (!wrong)
		wrong = value_read_count_in(parts[0], 1, count, &number);
	if (!wrong)
		*shard = (struct sweep_shard){ (uint32_t)number, (uint32_t)count };
	return wrong;
}

uint64_t sweep_shard_rows(uint64_t points, struct sweep_shard shard)
{
	g_assert(shard.number >= 1 && shard.number <= shard.count);
	return points / shard.count + (shard.number - 1 < points % shard.count);
}

/* The last line of @head: that of the columns. */
static const char *last_line(const char *head)
{
	const char *end = head + strlen(head) - 1;

	g_assert(end >= head && *end == '\n');
	while (end > head && end[-1] != '\n')
		end--;
	return end;
}

static char *shard_line(struct sweep_shard shard)
{
	g_assert(shard.number >= 1 && shard.number <= shard.count);
	return g_strdup_printf("# shard %" PRIu32 "/%" PRIu32 "\n", shard.number, shard.count);
}

char *sweep_shard_head(const char *head, struct sweep_shard shard)
{
	const char *columns = last_line(head);
	g_autofree char *line = shard_line(shard);

	g_assert(*head == '#');
	return g_strdup_printf("%.*s%s%s", (int)(columns - head), head, line, columns);
}

char *sweep_shard_head_undo(const char *head, struct sweep_shard shard)
{
	const char *columns = last_line(head);
	g_autofree char *line = shard_line(shard);
	size_t length = strlen(line), before = (size_t)(columns - head);

	if (before <= length || memcmp(columns - length, line, length) != 0 ||
		columns[-(gssize)length - 1] != '\n')
		return NULL;
	return g_strdup_printf("%.*s%s", (int)(before - length), head, columns);
}
