/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/sinks.h"

#include <glib/gstdio.h>
#include <string.h>

#include "sim/base/output.h"
#include "sim/record/csv.h"

struct sinks {
	char *dir;
	const struct scenario *scenario;
	const GPtrArray *accounts;
	GPtrArray *outputs; /* struct output, all of them */
	/* Those of the parts; NULL if it is not wanted. */
	struct output *series, *modes, *windows, *stays, *steps;
	struct event_log *log;
	bool log_ended;
	const char *log_file; /* its name; NULL: there is none, and an older one stays */
	bool no_trace;        /* an older one is removed */
	struct record_sink sink;
};

const char *const sinks_names[] = { "trace.txt", "trace.json", "series.csv", "modes.csv", "windows.csv",
	"stays.csv", "steps.csv", "report.txt", "report.json", "report.html", NULL };

static const char *name_of(const struct sinks *sinks, uint32_t account)
{
	g_assert(account == UINT32_MAX || account < sinks->accounts->len);
	return record_account_name(sinks->accounts, account, "");
}

static const struct record_sink *log_of(void *context)
{
	return event_log_sink(((struct sinks *)context)->log);
}

static void write_sample(void *context, const struct record_sample *sample)
{
	struct sinks *sinks = context;

	if (sinks->series)
		csv_sample(sinks->series, name_of(sinks, sample->account), sample);
	if (sinks->log)
		log_of(sinks)->sample(log_of(sinks)->context, sample);
}

static void write_mode_switch(void *context, const struct record_mode_switch *mode_switch)
{
	struct sinks *sinks = context;

	if (sinks->modes)
		csv_mode_switch(sinks->modes, name_of(sinks, mode_switch->account),
			sinks->scenario->cpu_ids, mode_switch);
	if (sinks->log)
		log_of(sinks)->mode_switch(log_of(sinks)->context, mode_switch);
}

static void write_window(void *context, const struct record_window *window)
{
	struct sinks *sinks = context;

	if (sinks->windows)
		csv_window(sinks->windows, name_of(sinks, window->opened.account), window);
	if (sinks->log)
		log_of(sinks)->window(log_of(sinks)->context, window);
}

static void write_stay(void *context, const struct record_stay *stay)
{
	struct sinks *sinks = context;

	g_assert(sinks->stays);
	csv_stay(sinks->stays, name_of(sinks, stay->account), sinks->scenario->cpu_ids, stay);
}

static void write_step(void *context, const struct record_step *step)
{
	csv_step(((struct sinks *)context)->steps, step);
}

static void write_switch(void *context, const struct record_switch *sched_switch)
{
	const struct record_sink *log = log_of(context);

	log->sched_switch(log->context, sched_switch);
}

static void write_wakeup(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *woken, bool is_new,
	uint32_t target_cpu)
{
	const struct record_sink *log = log_of(context);

	log->sched_wakeup(log->context, time_ns, on_cpu, running, woken, is_new, target_cpu);
}

static void write_fork(void *context, uint64_t time_ns, uint32_t cpu,
	const struct record_task *parent, const struct record_task *child)
{
	const struct record_sink *log = log_of(context);

	log->sched_fork(log->context, time_ns, cpu, parent, child);
}

static void write_exit(void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	const struct record_sink *log = log_of(context);

	log->sched_exit(log->context, time_ns, cpu, task);
}

static void write_migrate(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *task, uint32_t from,
	uint32_t to)
{
	const struct record_sink *log = log_of(context);

	log->sched_migrate(log->context, time_ns, on_cpu, running, task, from, to);
}

static void write_note(void *context, const struct record_note *note)
{
	const struct record_sink *log = log_of(context);

	log->note(log->context, note);
}

static struct output *add_output(struct sinks *sinks, const char *name, GError **error)
{
	char *path = g_build_filename(sinks->dir, name, NULL);
	struct output *out = output_open(path, error);

	g_free(path);
	if (out)
		g_ptr_array_add(sinks->outputs, out);
	return out;
}

static bool open_csv(struct sinks *sinks, struct output **out, const char *name,
	const char *columns, GError **error)
{
	g_assert(!*out); /* each part has one file */
	*out = add_output(sinks, name, error);
	if (!*out)
		return false;
	csv_header(*out, sinks->scenario, columns);
	return true;
}

static bool open_log(struct sinks *sinks, const struct log_options *options, GError **error)
{
	struct output *out;

	g_assert(!sinks->log);
	if (!options)
		options = &log_options_default;
	sinks->log_file = log_format_file(options->format);
	out = add_output(sinks, sinks->log_file, error);
	if (!out)
		return false;
	sinks->log = event_log_new(out, sinks->scenario, sinks->accounts, options);
	return true;
}

static bool open_parts(struct sinks *sinks, unsigned parts, const struct log_options *log,
	GError **error)
{
	return output_make_directory(sinks->dir, error) &&
	       (!(parts & SINKS_SERIES) ||
		       open_csv(sinks, &sinks->series, "series.csv", csv_series_columns, error)) &&
	       (!(parts & SINKS_MODES) ||
		       open_csv(sinks, &sinks->modes, "modes.csv", csv_modes_columns, error)) &&
	       (!(parts & SINKS_WINDOWS) || open_csv(sinks, &sinks->windows, "windows.csv",
						    csv_windows_columns, error)) &&
	       (!(parts & SINKS_STAYS) ||
		       open_csv(sinks, &sinks->stays, "stays.csv", csv_stays_columns, error)) &&
	       (!(parts & SINKS_STEPS) ||
		       open_csv(sinks, &sinks->steps, "steps.csv", csv_steps_columns, error)) &&
	       (!(parts & SINKS_TRACE) || open_log(sinks, log, error));
}

static void fill_sink(struct sinks *sinks)
{
	struct record_sink *sink = &sinks->sink;
	bool traces = sinks->log;

	g_assert(sinks->outputs->len > 0);
	sink->context = sinks;
	sink->sample = sinks->series || traces ? write_sample : NULL;
	sink->mode_switch = sinks->modes || traces ? write_mode_switch : NULL;
	sink->window = sinks->windows || traces ? write_window : NULL;
	sink->stay = sinks->stays ? write_stay : NULL;
	sink->step = sinks->steps ? write_step : NULL;
	if (!traces)
		return;
	sink->sched_switch = write_switch;
	sink->sched_wakeup = write_wakeup;
	sink->sched_fork = write_fork;
	sink->sched_exit = write_exit;
	sink->sched_migrate = write_migrate;
	sink->note = write_note;
}

struct sinks *sinks_open(const char *dir, const struct scenario *scenario,
	const GPtrArray *accounts, unsigned parts, const struct log_options *log, GError **error)
{
	struct sinks *sinks = g_new0(struct sinks, 1);

	g_assert(parts && !(parts & ~(unsigned)(SINKS_ALL | SINKS_NO_TRACE | SINKS_STEPS)));
	g_assert(!(parts & SINKS_TRACE) || !(parts & SINKS_NO_TRACE));
	sinks->dir = g_strdup(dir);
	sinks->no_trace = parts & SINKS_NO_TRACE;
	sinks->scenario = scenario;
	sinks->accounts = accounts;
	sinks->outputs = g_ptr_array_new();
	if (!open_parts(sinks, parts, log, error)) {
		sinks_abort(sinks);
		return NULL;
	}
	fill_sink(sinks);
	return sinks;
}

const struct record_sink *sinks_sink(struct sinks *sinks)
{
	return &sinks->sink;
}

bool sinks_failed(const struct sinks *sinks)
{
	for (guint i = 0; i < sinks->outputs->len; i++) {
		const struct output *out = g_ptr_array_index(sinks->outputs, i);

		if (out->error)
			return true;
	}
	return false;
}

bool sinks_add_file(
	struct sinks *sinks, const char *name, const char *bytes, gsize length, GError **error)
{
	struct output *out;

	g_assert(!strchr(name, G_DIR_SEPARATOR));
	out = add_output(sinks, name, error);
	if (!out)
		return false;
	output_bytes(out, bytes, length);
	return true;
}

/* All are finished before the first gets its name: a full disk shows by then. */
bool sinks_finish(struct sinks *sinks, GError **error)
{
	if (sinks->log && !sinks->log_ended)
		event_log_end(sinks->log);
	sinks->log_ended = true;
	for (guint i = 0; i < sinks->outputs->len; i++) {
		struct output *out = g_ptr_array_index(sinks->outputs, i);

		if (!out->finished && !output_finish(out, error))
			return false;
	}
	return true;
}

/* The file @name; NULL: it is none of them. */
static struct output *find_output(const struct sinks *sinks, const char *name)
{
	for (guint i = 0; i < sinks->outputs->len; i++) {
		struct output *out = g_ptr_array_index(sinks->outputs, i);
		const char *slash = strrchr(out->path, G_DIR_SEPARATOR);

		if (strcmp(slash ? slash + 1 : out->path, name) == 0)
			return out;
	}
	return NULL;
}

const char *sinks_place(const struct sinks *sinks, const char *name)
{
	const struct output *out = find_output(sinks, name);

	return out ? output_place(out) : NULL;
}

/* A file @name that an earlier run left in the folder would seem to be of this one. */
static void remove_other(const struct sinks *sinks, const char *name)
{
	char *path = g_build_filename(sinks->dir, name, NULL);

	g_assert(*name);
	if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
		g_unlink(path);
	g_free(path);
}

/* A reader begins with report.json. So the older one is removed first, and the new one gets its name
 * last: if the program ends in between, or a name cannot be given, there is no report, and nobody
 * takes files of two runs for one. */
static bool publish_all(struct sinks *sinks, GError **error)
{
	struct output *last = find_output(sinks, "report.json");
	bool good = true;

	g_assert(!sinks_failed(sinks)); /* a file that is not complete keeps its temporary name */
	if (last) {
		g_ptr_array_remove(sinks->outputs, last);
		g_ptr_array_add(sinks->outputs, last);
		output_withdraw(last);
	}
	while (good && sinks->outputs->len)
		good = output_publish(g_ptr_array_steal_index(sinks->outputs, 0), error);
	return good;
}

/* A log that an earlier run left in the folder would seem to be of this one. */
static void remove_other_logs(const struct sinks *sinks)
{
	for (enum log_format format = LOG_FTRACE; format <= LOG_CHROME; format++) {
		const char *name = log_format_file(format);

		if (g_strcmp0(name, sinks->log_file) != 0)
			remove_other(sinks, name);
	}
}

uint64_t sinks_log_size(const struct sinks *sinks)
{
	return sinks->log ? event_log_size(sinks->log) : 0;
}

bool sinks_log_is_cut(const struct sinks *sinks, uint64_t *at_ns)
{
	return sinks->log && event_log_is_cut(sinks->log, at_ns);
}

bool sinks_close(struct sinks *sinks, GError **error)
{
	bool has_page = sinks_place(sinks, "report.html");
	bool ok = sinks_finish(sinks, error) && publish_all(sinks, error);

	if (ok && (sinks->no_trace || sinks->log))
		remove_other_logs(sinks);
	if (ok && !sinks->steps)
		remove_other(sinks, "steps.csv");
	if (ok && !has_page)
		remove_other(sinks, "report.html");
	sinks_abort(sinks);
	return ok;
}

void sinks_remove(struct sinks *sinks)
{
	for (guint i = 0; i < sinks->outputs->len; i++)
		output_remove(g_ptr_array_index(sinks->outputs, i));
}

void sinks_abort(struct sinks *sinks)
{
	if (!sinks)
		return;
	for (guint i = 0; i < sinks->outputs->len; i++)
		output_discard(g_ptr_array_index(sinks->outputs, i));
	g_ptr_array_free(sinks->outputs, TRUE);
	event_log_free(sinks->log);
	g_free(sinks->dir);
	g_free(sinks);
}
