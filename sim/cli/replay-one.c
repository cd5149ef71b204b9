/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/replay-one.h"

#include <string.h>

#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/cli/stop.h"
#include "sim/release/release.h"
#include "sim/replay/kernels.h"
#include "sim/replay/replay.h"

/* Files */

static const struct record_sink *open_files(
	struct replay_files *files, const struct record_result *result)
{
	g_assert(files->dir && files->scenario && !files->sinks);
	files->sinks = sinks_open(
		files->dir, files->scenario, result->accounts, SINKS_CSV, NULL, &files->error);
	g_assert(!files->sinks == (files->error != NULL));
	if (!files->sinks)
		return NULL;
	files_guard(files->sinks);
	return sinks_sink(files->sinks);
}

static const struct record_sink *open_timeline(
	struct replay_files *files, const struct record_result *result)
{
	const struct replay_command *options = files->options;
	const struct lanes_options lanes = {
		.compact = options->compact,
		.to_ns = UINT64_MAX,
		.lines_max = options->from || options->to ? LANES_LINES_ASKED : LANES_LINES,
	};

	g_assert(!files->lanes);
	files->lanes = lanes_new(result, &lanes);
	return lanes_sink(files->lanes);
}

static const struct record_sink *open_replay_sink(void *context, const struct record_result *result)
{
	struct replay_files *files = context;
	const struct record_sink *first = files->dir ? open_files(files, result) : NULL;
	const struct record_sink *second =
		files->options->timeline ? open_timeline(files, result) : NULL;

	if (!first || !second)
		return first ? first : second;
	record_tee_init(&files->both, first, second);
	return &files->both.sink;
}

static void look(void *context, uint64_t now_ns, lanes_get get, void *lanes)
{
	lanes_look(((struct replay_files *)context)->lanes, now_ns, get, lanes);
}

bool replay_close_files(struct replay_files *files, const struct replay_report *report)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autoptr(GString) json = g_string_new(NULL);

	if (!files->sinks)
		return !files->error;
	files_unguard(files->sinks);
	if (!sinks_failed(files->sinks)) {
		replay_report_print(text, report);
		replay_report_json(json, report);
	}
	return files_close(files->sinks, text, json, &files->error);
}

/* One replay */

int replay_report_error(const char *path, const GError *error)
{
	const char *shown = text_path(path);

	if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR))
		command_error(
			"replay: %s is a folder; name a trace, like %s/trace.txt", shown, shown);
	else if (error->domain != G_FILE_ERROR && g_str_has_suffix(path, ".scn"))
		command_error("replay: %s is a scenario, not a trace; `cidsim run` runs it", shown);
	else
		command_error("replay: %s: %s", shown, error->message);
	if (error->domain != G_FILE_ERROR || error->code == G_FILE_ERROR_ISDIR ||
		error->code == G_FILE_ERROR_INVAL)
		return EXIT_USAGE;
	return EXIT_ENVIRONMENT;
}

struct trace *replay_open(const char *path, int *status)
{
	g_autoptr(GError) error = NULL;
	struct trace *trace = trace_open(path, &error);

	g_assert(!trace == (error != NULL));
	if (error)
		*status = replay_report_error(path, error);
	return trace;
}

static void ask_all(struct scenario *scenario, const struct replay_command *options)
{
	scenario->verb = "replay";
	if (options->possible)
		scenario_ask(scenario, "--possible", options->possible);
	if (options->comm)
		scenario_ask(scenario, "--comm", options->comm);
	if (options->pid)
		scenario_ask(scenario, "--pid", options->pid);
	if (options->orders)
		scenario_ask(scenario, "--orders", options->orders);
	if (options->from)
		scenario_ask(scenario, "--from", options->from);
	if (options->to)
		scenario_ask(scenario, "--to", options->to);
}

static struct scenario *machine_of(const char *path, const struct trace *trace,
	const struct replay_command *options, const char *revision, int *status)
{
	struct scenario_overrides overrides = { .set = (const char *const *)options->set,
		.revision = revision };
	g_autoptr(GError) error = NULL;
	struct scenario *scenario = machine_of_trace(
		text_path(path), trace_info(trace), options->possible, &overrides, &error);

	g_assert(!scenario == (error != NULL));
	if (scenario) {
		ask_all(scenario, options);
		return scenario;
	}
	*status = EXIT_USAGE;
	command_error("replay: %s: %s", text_path(path), error->message);
	return NULL;
}

static void note_revision(const struct replay_report *report, const char *revision)
{
	const struct trace_info *info = trace_info(report->trace);
	struct replay_verdict *verdict = (struct replay_verdict *)report->verdict;

	g_assert(verdict);
	if (revision || *info->revision || release_revision(info->kernel))
		return;
	verdict_note(verdict,
		"the trace does not name a kernel that has the protocol: replayed as the current "
		"revision, --revision sets another");
}

static int replay_status(const struct replay_report *report)
{
	switch (replay_outcome(report)) {
	case REPLAY_DIFFERS:
		return EXIT_FAILED;
	case REPLAY_UNDECIDED:
		return EXIT_UNDECIDED;
	case REPLAY_AGREES:
		break;
	}
	return EXIT_OK;
}

static bool selects_nothing(
	const struct replay_command *options, const struct replay_report *report)
{
	return (options->comm || options->pid_number) && report->verdict->processes->len == 0 &&
	       trace_info(report->trace)->format != TRACE_CIDSIM;
}

static void report_nothing(const char *path, const struct replay_verdict *verdict)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < verdict->left_out->len; i++) {
		g_autofree char *quoted = value_quote(verdict->left_out->pdata[i]);

		g_string_append_printf(names, "%s%s", i ? ", " : "; the trace has ", quoted);
	}
	command_error("replay: %s: no process is selected by --comm or --pid%s", text_path(path),
		names->str);
}

void replay_done_free(struct replay_done *done)
{
	if (done->report.result)
		record_result_free((struct record_result *)done->report.result);
	verdict_free((struct replay_verdict *)done->report.verdict);
	scenario_free(done->scenario);
	trace_close(done->trace);
}

/* The steps of a log are compared from its first line on. */
static bool can_begin_there(
	const char *path, const struct replay_command *options, struct replay_done *done)
{
	if (!options->from || !trace_info(done->trace)->stepwise)
		return true;
	command_error("replay: %s: --from: a log of cidsim is compared step by step from its "
		      "beginning; --to can end it",
		text_path(path));
	done->status = EXIT_USAGE;
	return false;
}

void replay_one(const char *path, const struct replay_command *options, const char *revision,
	struct replay_files *files, struct replay_done *done)
{
	const struct replay_options limits = {
		.comm = options->comm,
		.pid = options->pid_number,
		.orders_max = options->orders_max,
		.from = options->from_time,
		.to = options->to_time,
		.stop = stop_asked,
		.look = options->timeline ? look : NULL,
	};
	struct record_result *result = NULL;
	struct replay_verdict *verdict = NULL;
	g_autoptr(GError) error = NULL;

	*done = (struct replay_done){ .status = EXIT_OK };
	done->trace = replay_open(path, &done->status);
	if (!done->trace)
		return;
	done->scenario = machine_of(path, done->trace, options, revision, &done->status);
	if (done->scenario && options->invariant)
		done->scenario->check = CHECK_INVARIANT;
	if (!done->scenario || !command_has_rules(done->scenario, &done->status) ||
		!can_begin_there(path, options, done))
		return;
	files->scenario = done->scenario;
	files->options = options;
	/* Until here a signal ends the program: it may be waiting for the trace to begin. */
	stop_arm();
	replay_run(done->trace, done->scenario, &limits,
		files->dir || options->timeline ? open_replay_sink : NULL, files, &result, &verdict,
		&error);
	stop_disarm();
	done->report = (struct replay_report){ .trace = done->trace,
		.result = result,
		.verdict = verdict,
		.cut_short = stop_asked() || error || trace_info(done->trace)->tail_lost };
	note_revision(&done->report, revision);
	done->status = replay_status(&done->report);
	if (!error && selects_nothing(options, &done->report)) {
		report_nothing(path, verdict);
		done->selects_nothing = true;
		done->status = EXIT_USAGE;
	}
	if (!error)
		return;
	done->selects_nothing = options->from && verdict->events == 0;
	done->status = command_worse(done->status, replay_report_error(path, error));
}
