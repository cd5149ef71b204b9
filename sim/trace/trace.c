/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/trace.h"

#include <string.h>

#include "sim/base/cpu-ids.h"
#include "sim/base/values.h"
#include "sim/trace/reader.h"
#include "sim/trace/scan.h"

G_DEFINE_QUARK(cidsim - trace - error, trace_error)

#define DAT_MAGIC "\x17\x08\x44tracing"

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

static const char *const kind_names[TRACE_KINDS] = {
	[TRACE_SWITCH] = "switch",
	[TRACE_SWITCHED] = "switched",
	[TRACE_FORK] = "fork",
	[TRACE_FORK_END] = "fork end",
	[TRACE_EXIT] = "exit",
	[TRACE_EXIT_END] = "exit end",
	[TRACE_DECIDE] = "decision",
	[TRACE_DECIDE_END] = "decision end",
	[TRACE_CPU_WALK] = "CPU walk",
	[TRACE_CPU_WALK_END] = "CPU walk end",
	[TRACE_CPU_STEP] = "CPU walk step",
	[TRACE_TASK_STEP] = "task walk step",
	[TRACE_TASK_STEP_BEGIN] = "task walk step begin",
	[TRACE_AFFINITY] = "affinity",
	[TRACE_AFFINITY_END] = "affinity end",
	[TRACE_IRQ_WORK] = "irq work",
	[TRACE_WORK] = "work",
	[TRACE_NEW_TASK] = "new task",
	[TRACE_TASK_GONE] = "task gone",
	[TRACE_EXEC] = "exec",
	[TRACE_MIGRATE] = "migration",
	[TRACE_WAKE] = "wake-up",
	[TRACE_MARK] = "mark",
	[TRACE_LOST] = "lost events",
	[TRACE_NOTE] = "note",
};

const char *trace_kind_to_string(enum trace_kind kind)
{
	g_assert((unsigned)kind < TRACE_KINDS);
	return kind_names[kind];
}

bool trace_fail(const struct trace *trace, GError **error, const char *format, ...)
{
	va_list args;
	char *text;

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
	return line;
}

bool trace_set_possible(struct trace *trace, const char *text, GError **error)
{
	GArray *possible = trace->info.possible;
	struct cpu_ids ids = { 0 };
	uint64_t count;
	const char *end = number_scan(text, &count);
	char *wrong = NULL;

	/* "0" is the list of a machine that has one. */
	if (end && *end == '\0' && count == 0)
		count = 1;
	if (end && *end == '\0' && count <= TRACE_CPUS_MAX) {
		ids.count = (uint32_t)count;
		for (uint32_t id = 0; id < count; id++)
			ids.words[id / 64] |= UINT64_C(1) << id % 64;
	} else if (end && *end == '\0') {
		return trace_fail_text(trace, error, "the number of possible CPUs", text,
			strlen(text), "1 to 8192");
	} else {
		wrong = cpu_ids_read(text, &ids);
	}
	if (wrong) {
		trace_fail(trace, error, "the possible CPUs: %s", wrong);
		g_free(wrong);
		return false;
	}
	g_array_set_size(possible, 0);
	for (uint32_t id = 0; id < TRACE_CPUS_MAX; id++) {
		if (ids.words[id / 64] >> id % 64 & 1)
			g_array_append_val(possible, id);
	}
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
	length = MIN(length, TRACE_COMM_MAX);
	if (length == 5 && memcmp(text, "<...>", 5) == 0)
		length = 0;
	memcpy(comm, text, length);
	comm[length] = '\0';
}

static struct trace *trace_new(void)
{
	struct trace *trace = g_new0(struct trace, 1);
	struct trace_info *info = &trace->info;

	trace->unit = "line";
	trace->line = 1;
	info->kernel = g_strdup("");
	info->workload = g_strdup("");
	info->revision = g_strdup("");
	info->scenario = g_strdup("");
	info->possible = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	trace->times = g_array_new(FALSE, TRUE, sizeof(uint64_t));
	trace->ignored = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return trace;
}

void trace_close(struct trace *trace)
{
	if (!trace)
		return;
	if (trace->reader)
		trace->reader->close(trace);
	bytes_close(trace->bytes);
	g_free(trace->info.kernel);
	g_free(trace->info.workload);
	g_free(trace->info.revision);
	g_free(trace->info.scenario);
	g_array_free(trace->info.possible, TRUE);
	g_array_free(trace->times, TRUE);
	g_hash_table_destroy(trace->ignored);
	g_free(trace);
}

static bool starts_with(const char *start, size_t length, const char *text)
{
	return length >= strlen(text) && memcmp(start, text, strlen(text)) == 0;
}

static bool choose_reader(struct trace *trace, GError **error)
{
	size_t length;
	const char *start = bytes_peek(trace->bytes, 64, &length, error);

	if (!start)
		return false;
	if (length == 0)
		return trace_fail(trace, error,
			"is empty, expected a trace: trace.dat, text of trace-cmd report or "
			"tracefs, "
			"cidtrace, or trace.txt of cidsim run");
	if (starts_with(start, length, DAT_MAGIC))
		trace->reader = &trace_reader_dat;
	else if (starts_with(start, length, "# cidtrace"))
		trace->reader = &trace_reader_cidtrace;
	else
		trace->reader = &trace_reader_text;
	return true;
}

static void watch_clock(struct trace *trace, const struct trace_event *event)
{
	uint64_t *last;

	if (event->kind == TRACE_LOST || event->cpu >= TRACE_CPUS_MAX)
		return;
	if (event->cpu >= trace->times->len)
		g_array_set_size(trace->times, event->cpu + 1);
	last = &g_array_index(trace->times, uint64_t, event->cpu);
	trace->clock_back += event->time_ns + 1 < *last;
	*last = event->time_ns + 1;
}

static bool read_event(struct trace *trace, struct trace_event *event, GError **error)
{
	enum trace_read read = READ_NOTHING;

	while (read == READ_NOTHING)
		read = trace->reader->next(trace, event, error);
	if (read == READ_EVENT)
		watch_clock(trace, event);
	else
		trace->ended = true;
	return read == READ_EVENT;
}

struct trace *trace_open(const char *path, GError **error)
{
	struct trace *trace = trace_new();
	GError *fault = NULL;

	trace->bytes = bytes_open(path, &fault);
	if (trace->bytes && choose_reader(trace, &fault))
		trace->first_waits = read_event(trace, &trace->first, &fault);
	if (!fault)
		return trace;
	g_propagate_error(error, fault);
	trace_close(trace);
	return NULL;
}

bool trace_next(struct trace *trace, struct trace_event *event, GError **error)
{
	if (trace->first_waits) {
		*event = trace->first;
		trace->first_waits = false;
		return true;
	}
	return !trace->ended && read_event(trace, event, error);
}

const struct trace_info *trace_info(const struct trace *trace)
{
	return &trace->info;
}

GHashTable *trace_ignored(const struct trace *trace)
{
	return trace->ignored;
}

uint64_t trace_clock_back(const struct trace *trace)
{
	return trace->clock_back;
}
