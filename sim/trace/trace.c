/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/trace.h"

#include <string.h>

#include "sim/trace/reader.h"

enum { START_BYTES = 64 }; /* that the format is chosen by */

/* The formats and how they begin; the first that fits is taken, the last one fits all. */
static const struct {
	const char *start;
	const struct trace_reader *reader;
} formats[] = {
	{ "\x17\x08\x44tracing", &trace_reader_dat },
	{ "# cidtrace", &trace_reader_cidtrace },
	{ "", &trace_reader_text },
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
	[TRACE_MM_NEW] = "new mm",
	[TRACE_MM_GONE] = "end of the mm",
	[TRACE_TASK_NEW] = "task is made",
	[TRACE_TASK_FREED] = "task is freed",
	[TRACE_TASK_SHOWN] = "task is visible",
	[TRACE_JOIN] = "another mm",
	[TRACE_BACK] = "return of the exec",
	[TRACE_WALK_STEP] = "walk step",
	[TRACE_OP_END] = "end of the fork or exit",
	[TRACE_SPIN] = "spin",
	[TRACE_SPIN_END] = "spin end",
	[TRACE_STATE] = "state",
	[TRACE_FLIPPED] = "mode switch",
	[TRACE_WINDOW] = "window",
	[TRACE_TOTALS] = "totals",
};

const char *trace_kind_to_string(enum trace_kind kind)
{
	g_assert((unsigned)kind < TRACE_KINDS);
	return kind_names[kind];
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
	info->flags = g_strdup("");
	info->scenario = g_strdup("");
	info->possible = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	trace->times = g_array_new(FALSE, TRUE, sizeof(uint64_t));
	trace->ignored = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_assert(trace->stage == TRACE_READING);
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
	g_free(trace->info.flags);
	g_free(trace->info.scenario);
	g_array_free(trace->info.possible, TRUE);
	g_array_free(trace->times, TRUE);
	g_hash_table_destroy(trace->ignored);
	g_free(trace);
}

static bool choose_reader(struct trace *trace, GError **error)
{
	size_t length, i = 0;
	const char *start = bytes_peek(trace->bytes, START_BYTES, &length, error);

	if (!start)
		return false;
	if (length == 0)
		return trace_fail(trace, error,
			"is empty, expected a trace: trace.dat, text of trace-cmd report or "
			"tracefs, cidtrace, or trace.txt of cidsim run");
	if (length > 0 && *start == '{')
		return trace_fail(trace, error,
			"is JSON, expected a trace; of a run: trace.txt, which it writes without "
			"--log chrome");
	if (length >= 8 && memcmp(start, "PERFILE2", 8) == 0)
		return trace_fail(trace, error,
			"is a file of perf record, expected text: perf script -F +pid "
			"--show-task-events --header -i FILE");
	while (length < strlen(formats[i].start) ||
		memcmp(start, formats[i].start, strlen(formats[i].start)) != 0)
		i++;
	g_assert(i < G_N_ELEMENTS(formats));
	trace->reader = formats[i].reader;
	return true;
}

static void watch_clock(struct trace *trace, const struct trace_event *event)
{
	uint64_t *last;

	g_assert(event->kind < TRACE_KINDS);
	if (event->kind == TRACE_LOST || event->cpu >= TRACE_CPUS_MAX)
		return;
	if (event->cpu >= trace->times->len)
		g_array_set_size(trace->times, event->cpu + 1);
	last = &g_array_index(trace->times, uint64_t, event->cpu);
	trace->clock_back += event->time_ns + 1 < *last;
	*last = event->time_ns + 1;
}

static bool ask_reader(struct trace *trace, struct trace_event *event, GError **error)
{
	enum trace_read read = READ_NOTHING;

	g_assert(trace->stage == TRACE_READING);
	while (read == READ_NOTHING)
		read = trace->reader->next(trace, event, error);
	if (read == READ_EVENT)
		watch_clock(trace, event);
	else
		trace->stage = TRACE_ENDED;
	return read == READ_EVENT;
}

struct trace *trace_open(const char *path, GError **error)
{
	struct trace *trace = trace_new();
	GError *fault = NULL;

	trace->bytes = bytes_open(path, &fault);
	if (trace->bytes && choose_reader(trace, &fault) &&
		ask_reader(trace, &trace->first, &fault))
		trace->stage = TRACE_FIRST_KEPT;
	if (!fault)
		return trace;
	g_propagate_error(error, fault);
	trace_close(trace);
	return NULL;
}

bool trace_next(struct trace *trace, struct trace_event *event, GError **error)
{
	if (trace->stage == TRACE_FIRST_KEPT) {
		*event = trace->first;
		trace->stage = TRACE_READING;
		return true;
	}
	return trace->stage == TRACE_READING && ask_reader(trace, event, error);
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
