/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/reader.h"

#include <string.h>

#include "sim/base/cpu-ids.h"
#include "sim/base/numbers.h"
#include "sim/base/values.h"

_Static_assert((int)TRACE_CPUS_MAX == CPU_IDS_MAX, "what a list names has room");

/* clang-format off */
#define TASK_BLANK { .pid = TRACE_PID_UNKNOWN, .word = TRACE_WORD_UNKNOWN, .active = -1 }
/* clang-format on */

const struct trace_event trace_event_blank = {
	.task = TASK_BLANK,
	.prev = TASK_BLANK,
	.mm = { .deferred = -1 },
	.prev_mm = { .deferred = -1 },
	.changed = -1,
	.new_mm = -1,
	.new_group = -1,
	.other_cpu = UINT32_MAX,
	.old_pid = TRACE_PID_UNKNOWN,
	.cpu_word = TRACE_WORD_UNKNOWN,
	.prev_cpu_word = TRACE_WORD_UNKNOWN,
};

bool trace_fail(const struct trace *trace, GError **error, const char *format, ...)
{
	va_list args;
	char *text;

	g_assert(trace->unit && *format);
	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(error, TRACE_ERROR, TRACE_ERROR_INPUT, "%s %" G_GUINT64_FORMAT ": %s",
		trace->unit, trace->line, text);
	g_free(text);
	return false;
}

bool trace_fail_text(const struct trace *trace, GError **error, const char *what, const char *text,
	size_t length, const char *right)
{
	char *copy = g_strndup(text, MIN(length, VALUE_QUOTE_MAX + 1));
	char *quoted = value_quote(copy);

	g_assert(*what && *right);
	trace_fail(trace, error, "%s is %s, expected %s", what, quoted, right);
	g_free(quoted);
	g_free(copy);
	return false;
}

void trace_ignore(struct trace *trace, const char *name, uint64_t times)
{
	guint64 *count = g_hash_table_lookup(trace->ignored, name);

	if (!count && g_hash_table_size(trace->ignored) >= TRACE_IGNORED_MAX) {
		name = "others";
		count = g_hash_table_lookup(trace->ignored, name);
	}
	if (!count) {
		count = g_new0(guint64, 1);
		g_hash_table_insert(trace->ignored, g_utf8_make_valid(name, -1), count);
	}
	*count += times;
}

char *trace_line(struct trace *trace, size_t *length, GError **error)
{
	char *line = bytes_line(trace->bytes, length, error);

	if (line)
		trace->line = bytes_lines(trace->bytes);
	g_assert(!line || trace->line > 0);
	return line;
}

bool trace_set_possible(struct trace *trace, const char *text, GError **error)
{
	struct cpu_ids ids = { 0 };
	uint64_t count;
	bool is_count = number_read(text, UINT64_MAX, &count);
	g_autofree char *wrong = is_count ? NULL : cpu_ids_read(text, &ids);

	if (is_count && count > TRACE_CPUS_MAX)
		return trace_fail_text(trace, error, "the number of possible CPUs", text,
			strlen(text), "1 to 8192");
	if (wrong)
		return trace_fail(trace, error, "the possible CPUs: %s", wrong);
	/* "0" is the list of a machine that has one. */
	for (uint32_t id = 0; is_count && id < MAX(count, 1); id++)
		cpu_ids_add(&ids, id);
	g_array_set_size(trace->info.possible, 0);
	for (uint32_t id = 0; id < TRACE_CPUS_MAX; id++) {
		if (cpu_ids_has(&ids, id))
			g_array_append_val(trace->info.possible, id);
	}
	g_assert(trace->info.possible->len > 0);
	return true;
}

void trace_set_text(char **text, const char *value)
{
	g_free(*text);
	*text = g_utf8_make_valid(value, -1);
}

bool trace_set_tgid(struct trace *trace, const char *text, GError **error)
{
	uint64_t number = 0;

	if (!number_read(text, TRACE_PID_MAX, &number))
		return trace_fail_text(
			trace, error, "the tgid", text, strlen(text), "a number up to 4194304");
	trace->info.tgid = (uint32_t)number;
	return true;
}

void trace_set_comm(char comm[16], const char *text, size_t length)
{
	while (length > 0 && *text == ' ') {
		text++;
		length--;
	}
	while (length > 0 && text[length - 1] == ' ')
		length--;
	if (length > TRACE_COMM_MAX) {
		length = TRACE_COMM_MAX;
		while (length > 0 && ((uint8_t)text[length] & 0xc0) == 0x80)
			length--; /* no part of a letter stays */
	}
	if (length == 5 && memcmp(text, "<...>", 5) == 0)
		length = 0;
	memcpy(comm, text, length);
	comm[length] = '\0';
	g_assert(length <= TRACE_COMM_MAX);
}
