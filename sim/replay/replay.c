/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/replay.h"

#include "sim/replay/events/events.h"

enum { EVENTS_BETWEEN_LOOKS = 1024 };

/* Records of a replay tell tasks by their pid. */
static uint32_t same_pid(void *context, uint32_t task)
{
	(void)context;
	return task;
}

static void index_cpus(struct replay *replay)
{
	replay->cpu_index = g_hash_table_new(NULL, NULL);
	for (uint32_t cpu = 0; cpu < replay->scenario->cpus_count; cpu++)
		g_hash_table_insert(replay->cpu_index,
			GUINT_TO_POINTER((guint)replay->scenario->cpu_ids[cpu]),
			GUINT_TO_POINTER(cpu + 1));
	g_assert(g_hash_table_size(replay->cpu_index) == replay->scenario->cpus_count);
}

static bool check_cpu(const struct replay *replay, const struct trace_event *event, GError **error)
{
	if (replay_cpu(replay, event->cpu) != UINT32_MAX)
		return true;
	g_set_error(error, TRACE_ERROR, TRACE_ERROR_INPUT,
		"line %" G_GUINT64_FORMAT ": CPU %u is not among the possible ones", event->line,
		event->cpu);
	return false;
}

/* The reader reports a clock that goes back; records go on from the latest time. */
static void set_time(struct replay *replay, const struct trace_event *event, uint64_t base_ns)
{
	uint64_t now_ns = event->time_ns > base_ns ? event->time_ns - base_ns : 0;

	replay->recorder->now_ns = MAX(replay->recorder->now_ns, now_ns);
}

static bool is_stopped(const struct replay *replay)
{
	return replay->options->stop && replay->options->stop();
}

static bool run(struct replay *replay, struct tables *tables, struct trace *trace, GError **error)
{
	struct record_result *totals = replay->recorder->result;
	bool absolute = trace_info(trace)->stepwise;
	struct trace_event event;
	uint64_t base_ns = 0;
	GError *broken = NULL;

	while (trace_next(trace, &event, &broken)) {
		if (replay->verdict->events++ == 0 && !absolute)
			base_ns = event.time_ns;
		set_time(replay, &event, base_ns);
		if (!check_cpu(replay, &event, error))
			return false;
		events_next(tables, &event);
		if (replay->verdict->events % EVENTS_BETWEEN_LOOKS == 0 && is_stopped(replay)) {
			totals->ended = "interrupted";
			return true;
		}
	}
	totals->ended = broken ? "the trace breaks off" : "end of the trace";
	if (broken)
		g_propagate_error(error, broken);
	return !broken;
}

static void note_reader(struct replay *replay, struct trace *trace)
{
	uint64_t back = trace_clock_back(trace);

	if (back > 0)
		verdict_note(replay->verdict,
			"times went back %" G_GUINT64_FORMAT
			" times on one CPU: the order of the lines was taken; record with the "
			"clock \"counter\"",
			back);
	if (trace_info(trace)->lost > 0)
		verdict_note(replay->verdict,
			"the trace says that %" G_GUINT64_FORMAT " events were lost",
			trace_info(trace)->lost);
}

bool replay_run(struct trace *trace, struct scenario *scenario,
	const struct replay_options *options, replay_open_sink open_sink, void *context,
	struct record_result **result, struct replay_verdict **verdict, GError **error)
{
	struct replay replay = {
		.options = options, .info = trace_info(trace), .scenario = scenario
	};
	struct tables *tables;
	bool ok;

	g_assert(trace && scenario);
	replay.recorder = recorder_new(scenario, NULL, 0, same_pid, NULL);
	replay.verdict = verdict_new();
	replay.recorder->result->counts_events = trace_info(trace)->counts;
	index_cpus(&replay);
	if (open_sink)
		replay.recorder->sink = open_sink(context, replay.recorder->result->accounts);
	tables = tables_new(&replay);
	ok = run(&replay, tables, trace, error);
	events_end(tables);
	note_reader(&replay, trace);
	verdict_sum(replay.verdict);
	replay.recorder->result->events = replay.verdict->events;
	*result = recorder_finish(replay.recorder, NULL);
	*verdict = replay.verdict;
	tables_free(tables);
	recorder_free(replay.recorder);
	g_hash_table_unref(replay.cpu_index);
	return ok;
}
