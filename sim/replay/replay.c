/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/replay.h"

#include "sim/replay/events/events.h"
#include "sim/replay/process/lane.h"
#include "sim/replay/process/records.h"
#include "sim/replay/window.h"
#include "sim/proof/invariant.h"

enum { EVENTS_BETWEEN_LOOKS = 1024 };

/* How far the driver is. */
struct driver {
	uint64_t first_ns;          /* of the first event that has a time */
	uint64_t base_ns;           /* where the time of the records is 0 */
	bool waits;                 /* for the window to begin */
	replay_open_sink open_sink; /* NULL: facts go nowhere */
	void *context;
};

/* Records of a replay tell tasks by their pid. */
static uint32_t same_pid(void *context, uint32_t task)
{
	(void)context;
	return task;
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
static void set_time(struct replay *replay, uint64_t time_ns, uint64_t base_ns)
{
	uint64_t now_ns = time_ns > base_ns ? time_ns - base_ns : 0;

	replay->recorder->now_ns = MAX(replay->recorder->now_ns, now_ns);
}

static bool is_stopped(const struct replay *replay)
{
	return replay->options->stop && replay->options->stop();
}

/* Records, from now on. */
static void begin_records(struct replay *replay, const struct driver *driver)
{
	replay->recorder = recorder_new(replay->scenario, NULL, 0, same_pid, NULL);
	replay->recorder->result->counts_events = replay->info->counts;
	if (driver->open_sink && !driver->waits)
		replay->recorder->sink =
			driver->open_sink(driver->context, replay->recorder->result);
}

/* What comes before the window has only driven the model: the records begin here. */
static void begin_window(struct replay *replay, struct tables *tables, struct driver *driver)
{
	uint64_t from_ns = replay_time_ns(&replay->options->from, replay->info, driver->base_ns);

	g_assert(driver->waits);
	driver->waits = false;
	records_leave(tables);
	verdict_restart(replay->verdict, from_ns > driver->base_ns ? from_ns - driver->base_ns : 0);
	recorder_free(replay->recorder);
	begin_records(replay, driver);
	driver->base_ns = MAX(from_ns, driver->base_ns);
	records_return(tables);
}

/* Is @event after the window? Then the records end with it. */
static bool is_after(
	const struct replay *replay, const struct driver *driver, const struct trace_event *event)
{
	const struct replay_time *to = &replay->options->to;

	return to->is_set && event->time_ns > replay_time_ns(to, replay->info, driver->first_ns);
}

/* The times of @event; the window may begin. */
static void take_time(struct replay *replay, struct tables *tables, struct driver *driver,
	const struct trace_event *event)
{
	/* Of tasks that exist when it begins perf has no time. */
	if (driver->first_ns == 0 && !replay->info->stepwise)
		driver->first_ns = driver->base_ns = event->time_ns;
	if (driver->waits && event->time_ns >= replay_time_ns(&replay->options->from, replay->info,
						       driver->first_ns))
		begin_window(replay, tables, driver);
	if (!is_after(replay, driver, event))
		set_time(replay, event->time_ns, driver->base_ns);
}

/* The event is over. */
static void look(const struct replay *replay, struct tables *tables, const struct driver *driver)
{
	if (replay->options->look && !driver->waits)
		replay->options->look(
			driver->context, replay->recorder->now_ns, replay_lane, tables);
}

static bool run(struct replay *replay, struct tables *tables, struct trace *trace,
	struct driver *driver, GError **error)
{
	struct trace_event event;
	GError *broken = NULL;

	while (trace_next(trace, &event, &broken)) {
		take_time(replay, tables, driver, &event);
		if (is_after(replay, driver, &event)) {
			set_time(replay,
				replay_time_ns(
					&replay->options->to, replay->info, driver->first_ns),
				driver->base_ns);
			replay->recorder->result->ended = "--to";
			return true;
		}
		replay->verdict->events++;
		if (!check_cpu(replay, &event, error))
			return false;
		events_next(tables, &event);
		look(replay, tables, driver);
		if (replay->verdict->events % EVENTS_BETWEEN_LOOKS == 0 && is_stopped(replay)) {
			replay->recorder->result->ended = "interrupted";
			return true;
		}
	}
	/* What it waited for has not come. */
	if (broken && is_stopped(replay)) {
		replay->recorder->result->ended = "interrupted";
		g_error_free(broken);
		return true;
	}
	replay->recorder->result->ended =
		broken || replay->info->tail_lost ? "the trace breaks off" : "end of the trace";
	if (broken)
		g_propagate_error(error, broken);
	return !broken;
}

/* @ns as the lines of the trace have it. */
static char *trace_time(const struct trace_info *info, uint64_t ns)
{
	if (info->counts)
		return g_strdup_printf("%" G_GUINT64_FORMAT, ns / 1000);
	return g_strdup_printf("%" G_GUINT64_FORMAT ".%06" G_GUINT64_FORMAT, ns / 1000000000,
		ns % 1000000000 / 1000);
}

/* Nothing is in the window: that is a fault, unless there is one already. */
static bool check_window(const struct replay *replay, const struct driver *driver, GError **error)
{
	g_autofree char *first = trace_time(replay->info, driver->first_ns);
	g_autofree char *last =
		trace_time(replay->info, driver->base_ns + replay->recorder->now_ns);

	if (!driver->waits || is_stopped(replay))
		return true;
	replay->verdict->events = 0;
	if (!*error)
		g_set_error(error, TRACE_ERROR, TRACE_ERROR_INPUT,
			"no event is between --from and --to: the trace was read from %s to %s%s",
			first, last,
			replay->info->counts ? "; its clock counts events: give their numbers"
					     : "");
	return false;
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

static void note_invariant(struct replay *replay)
{
	if (replay->invariant)
		verdict_note(replay->verdict,
			"the invariant of the proof was looked at in %" G_GUINT64_FORMAT
			" states; in %" G_GUINT64_FORMAT " of them a conjunct does not hold",
			replay->invariant_looked, replay->invariant_broken);
}

bool replay_run(struct trace *trace, struct scenario *scenario,
	const struct replay_options *options, replay_open_sink open_sink, void *context,
	struct record_result **result, struct replay_verdict **verdict, GError **error)
{
	struct replay replay = {
		.options = options, .info = trace_info(trace), .scenario = scenario
	};
	struct driver driver = {
		.waits = options->from.is_set, .open_sink = open_sink, .context = context
	};
	struct tables *tables;
	bool ok;

	g_assert(trace && scenario && error);
	g_assert(!options->from.is_set || !replay.info->stepwise);
	replay.verdict = verdict_new();
	if (scenario->check == CHECK_INVARIANT)
		replay.invariant = invariant_new(&scenario->protocol, NULL);
	g_assert(replay.invariant || scenario->check != CHECK_INVARIANT);
	begin_records(&replay, &driver);
	tables = tables_new(&replay);
	ok = run(&replay, tables, trace, &driver, error);
	ok = check_window(&replay, &driver, error) && ok;
	events_end(tables);
	note_reader(&replay, trace);
	note_invariant(&replay);
	verdict_sum(replay.verdict);
	replay.recorder->result->events = replay.verdict->events;
	*result = recorder_finish(replay.recorder, NULL);
	*verdict = replay.verdict;
	tables_free(tables);
	recorder_free(replay.recorder);
	invariant_free(replay.invariant);
	return ok;
}
