/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/event-log.h"

#include "sim/record/chrome.h"
#include "sim/record/csv.h"
#include "sim/record/ftrace.h"

enum log_state { LOG_WAITS, LOG_WRITES, LOG_ENDED };

/* Who runs on a CPU, while the log waits. */
struct there {
	struct record_task task; /* pid 0: it idles */
	uint32_t account;
	cid_word word, cpu_word;
	bool spins;
};

struct event_log {
	struct output *out;
	const struct scenario *scenario;
	struct log_options options;
	enum log_state state;
	struct ftrace *ftrace; /* one of both */
	struct chrome *chrome;
	struct record_sink writer; /* of that one */
	struct record_sink sink;
	uint64_t last_ns; /* of the last record */
	bool is_cut;
	/* How everything stands, while it waits. */
	struct there *there; /* by dense CPU index */
	GArray *samples;     /* struct record_sample, the last of each account; max_cids 0: none */
	GArray *windows;     /* struct record_mode_switch: those that are open */
};

const struct log_options log_options_default = {
	.format = LOG_FTRACE,
	.to_ns = UINT64_MAX,
	.bytes_max = UINT64_C(1) << 30,
};

const char *log_format_file(enum log_format format)
{
	return format == LOG_CHROME ? "trace.json" : "trace.txt";
}

static void end(struct event_log *log, const char *why)
{
	g_assert(log->state != LOG_ENDED);
	log->state = LOG_ENDED;
	if (log->chrome)
		chrome_end(log->chrome, MIN(log->last_ns, log->options.to_ns), why);
	else if (why)
		csv_comment(log->out, "log", why);
}

/* How everything stands goes to the writer, as of from_ns. */
static void begin(struct event_log *log)
{
	const struct record_task idle = { 0 };
	uint64_t now_ns = log->options.from_ns;

	g_assert(log->state == LOG_WAITS);
	log->state = LOG_WRITES;
	for (uint32_t cpu = 0; cpu < log->scenario->cpus_count; cpu++) {
		const struct there *there = &log->there[cpu];
		const struct record_switch seen = { .time_ns = now_ns,
			.cpu = cpu,
			.prev = &idle,
			.next = &there->task,
			.prev_account = UINT32_MAX,
			.next_account = there->account,
			.next_word = there->word,
			.cpu_word = there->cpu_word,
			.spins = there->spins };

		if (there->task.pid)
			log->writer.sched_switch(log->writer.context, &seen);
	}
	for (guint i = 0; i < log->samples->len; i++) {
		struct record_sample *sample =
			&g_array_index(log->samples, struct record_sample, i);

		sample->time_ns = now_ns;
		if (sample->max_cids)
			log->writer.sample(log->writer.context, sample);
	}
	for (guint i = 0; i < log->windows->len; i++) {
		struct record_mode_switch *flip =
			&g_array_index(log->windows, struct record_mode_switch, i);

		flip->time_ns = now_ns;
		log->writer.mode_switch(log->writer.context, flip);
	}
}

/* Is a record of @time_ns in the log? */
static bool takes(struct event_log *log, uint64_t time_ns)
{
	if (log->state == LOG_ENDED)
		return false;
	g_assert(time_ns >= log->last_ns);
	log->last_ns = time_ns;
	if (log->state == LOG_WAITS && time_ns >= log->options.from_ns)
		begin(log);
	if (time_ns > log->options.to_ns)
		end(log, "ends here (--log-to)");
	return log->state == LOG_WRITES;
}

/* A record was written. */
static void wrote(struct event_log *log)
{
	g_autofree char *why = NULL;

	g_assert(log->state == LOG_WRITES);
	if (output_size(log->out) < log->options.bytes_max)
		return;
	why = g_strdup_printf("ends here, at its limit of %" G_GUINT64_FORMAT
			      " bytes (--log-limit), and the run goes on",
		log->options.bytes_max);
	log->is_cut = true;
	end(log, why);
}

/* Records */

static void take_sample(void *context, const struct record_sample *sample)
{
	struct event_log *log = context;

	if (takes(log, sample->time_ns)) {
		log->writer.sample(log->writer.context, sample);
		wrote(log);
	} else if (log->state == LOG_WAITS) {
		if (sample->account >= log->samples->len)
			g_array_set_size(log->samples, sample->account + 1);
		g_array_index(log->samples, struct record_sample, sample->account) = *sample;
	}
}

static void take_mode_switch(void *context, const struct record_mode_switch *flip)
{
	struct event_log *log = context;

	if (takes(log, flip->time_ns)) {
		log->writer.mode_switch(log->writer.context, flip);
		wrote(log);
	} else if (log->state == LOG_WAITS) {
		g_array_append_val(log->windows, *flip);
	}
}

static void forget_window(GArray *windows, const struct record_mode_switch *opened)
{
	for (guint i = 0; i < windows->len; i++) {
		const struct record_mode_switch *flip =
			&g_array_index(windows, struct record_mode_switch, i);

		if (flip->account == opened->account && flip->pid == opened->pid &&
			flip->time_ns == opened->time_ns) {
			g_array_remove_index(windows, i);
			return;
		}
	}
}

static void take_window(void *context, const struct record_window *window)
{
	struct event_log *log = context;

	if (takes(log, window->close_ns)) {
		log->writer.window(log->writer.context, window);
		wrote(log);
	} else if (log->state == LOG_WAITS) {
		forget_window(log->windows, &window->opened);
	}
}

static void take_switch(void *context, const struct record_switch *seen)
{
	struct event_log *log = context;

	g_assert(seen->cpu < log->scenario->cpus_count);
	if (takes(log, seen->time_ns)) {
		log->writer.sched_switch(log->writer.context, seen);
		wrote(log);
	} else if (log->state == LOG_WAITS) {
		log->there[seen->cpu] = (struct there){ *seen->next, seen->next_account,
			seen->next_word, seen->cpu_word, seen->spins };
	}
}

static void take_wakeup(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *woken, bool is_new,
	uint32_t target_cpu)
{
	struct event_log *log = context;

	if (!takes(log, time_ns) || !log->writer.sched_wakeup)
		return;
	log->writer.sched_wakeup(
		log->writer.context, time_ns, on_cpu, running, woken, is_new, target_cpu);
	wrote(log);
}

static void take_fork(void *context, uint64_t time_ns, uint32_t cpu,
	const struct record_task *parent, const struct record_task *child)
{
	struct event_log *log = context;

	if (!takes(log, time_ns) || !log->writer.sched_fork)
		return;
	log->writer.sched_fork(log->writer.context, time_ns, cpu, parent, child);
	wrote(log);
}

static void take_exit(void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	struct event_log *log = context;

	if (!takes(log, time_ns) || !log->writer.sched_exit)
		return;
	log->writer.sched_exit(log->writer.context, time_ns, cpu, task);
	wrote(log);
}

static void take_migrate(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *task, uint32_t from,
	uint32_t to)
{
	struct event_log *log = context;

	if (!takes(log, time_ns) || !log->writer.sched_migrate)
		return;
	log->writer.sched_migrate(log->writer.context, time_ns, on_cpu, running, task, from, to);
	wrote(log);
}

static void take_note(void *context, const struct record_note *note)
{
	struct event_log *log = context;

	if (!takes(log, note->time_ns) || !log->writer.note)
		return;
	log->writer.note(log->writer.context, note);
	wrote(log);
}

/* The log */

struct event_log *event_log_new(struct output *out, const struct scenario *scenario,
	const GPtrArray *accounts, const struct log_options *options)
{
	struct event_log *log = g_new0(struct event_log, 1);

	g_assert(options->from_ns <= options->to_ns && options->bytes_max > 0);
	log->out = out;
	log->scenario = scenario;
	log->options = *options;
	log->state = options->from_ns ? LOG_WAITS : LOG_WRITES;
	log->there = g_new0(struct there, scenario->cpus_count);
	log->samples = g_array_new(FALSE, TRUE, sizeof(struct record_sample));
	log->windows = g_array_new(FALSE, FALSE, sizeof(struct record_mode_switch));
	log->sink = (struct record_sink){ log, take_sample, take_mode_switch, take_window, NULL,
		NULL, take_switch, take_wakeup, take_fork, take_exit, take_migrate, take_note };
	if (options->format == LOG_CHROME) {
		log->chrome = chrome_new(out, scenario, accounts);
		log->writer = chrome_sink(log->chrome);
		return log;
	}
	log->ftrace = ftrace_new(out, scenario, accounts);
	log->writer = ftrace_sink(log->ftrace);
	if (options->from_ns) {
		g_autofree char *from = g_strdup_printf(
			"begins at %" G_GUINT64_FORMAT " ns (--log-from)", options->from_ns);

		csv_comment(out, "log", from);
	}
	return log;
}

void event_log_free(struct event_log *log)
{
	if (!log)
		return;
	ftrace_free(log->ftrace);
	chrome_free(log->chrome);
	g_array_free(log->samples, TRUE);
	g_array_free(log->windows, TRUE);
	g_free(log->there);
	g_free(log);
}

const struct record_sink *event_log_sink(struct event_log *log)
{
	return &log->sink;
}

void event_log_end(struct event_log *log)
{
	if (log->state != LOG_ENDED)
		end(log, NULL);
}

uint64_t event_log_size(const struct event_log *log)
{
	return log->state == LOG_WRITES ? output_size(log->out) : 0;
}

bool event_log_is_cut(const struct event_log *log, uint64_t *at_ns)
{
	*at_ns = log->last_ns;
	return log->is_cut;
}
