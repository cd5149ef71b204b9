/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/cli/command.h"
#include "sim/cli/files.h"
#include "sim/cli/stop.h"
#include "sim/replay/kernels.h"
#include "sim/replay/replay.h"
#include "sim/replay/report.h"

static const char description[] =
	"TRACE (\"-\" = standard input) is a trace.dat of trace-cmd, the text of `trace-cmd "
	"report` or of tracefs, the compact form `cidtrace 1`, or the trace.txt of `cidsim run "
	"-o`; plain or compressed with gzip or zstd. docs/recording.md says how to record one.\n"
	"\n"
	"The model follows the trace and is compared with it at each context switch. A trace "
	"does not show when a switch took its number or where a walk was, so all orders of such "
	"hidden steps are tried: an observation agrees in the recorded order, is explained by a "
	"hidden order, or is unexplained. A trace without CIDs is replayed, too: then the model "
	"predicts them.\n"
	"\n"
	"The revision is that of the kernel that the trace names, else the current one. With "
	"--revision all the result is a table: the revisions that each trace agrees with.\n"
	"\n"
	"Exit status: 0 all agreed or was explained, 1 something is unexplained, 2 bad usage or "
	"input, 3 the environment failed, 4 undecided (--orders too small, or interrupted).\n"
	"\n"
	"Examples:\n"
	"  cidsim replay trace.dat\n"
	"  cidsim replay trace.txt.gz --comm postgres -o out\n"
	"  cidsim replay trace.dat --revision 6.19.1 --json\n"
	"  cidsim run hysteresis -o out && cidsim replay out/hysteresis/trace.txt\n";

struct options {
	char *revision, *comm, *pid, *possible, *orders, *output;
	char **set;
	gboolean json, quiet;
	uint32_t pid_number, orders_max;
};

enum { ORDERS_MAX = 4096, ORDERS_LIMIT = 1 << 20 };

/* Files */

struct files {
	struct sinks *sinks;
	const char *dir;
	const struct scenario *scenario;
	GError *error;
};

static const struct record_sink *open_replay_files(void *context, const GPtrArray *accounts)
{
	struct files *files = context;

	g_assert(files->dir && files->scenario && !files->sinks);
	files->sinks = sinks_open(files->dir, files->scenario, accounts, SINKS_CSV, &files->error);
	g_assert(!files->sinks == (files->error != NULL));
	if (!files->sinks)
		return NULL;
	files_guard(files->sinks);
	return sinks_sink(files->sinks);
}

static bool close_files(struct files *files, const struct replay_report *report)
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

/* "trace" of "dir/trace.txt.gz": the name of its folder. */
static char *replay_name(const char *path)
{
	static const char *const endings[] = { ".gz", ".zst", ".txt", ".dat", ".trace" };
	char *name = strcmp(path, "-") == 0 ? g_strdup("stdin") : g_path_get_basename(path);

	for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
		if (g_str_has_suffix(name, endings[i]) && strlen(name) > strlen(endings[i]))
			name[strlen(name) - strlen(endings[i])] = '\0';
	}
	g_assert(*name); /* a folder of its own */
	return name;
}

/* One replay */

/* Prints why @path cannot be read and what could be done; returns the status. */
static int report_error(const char *path, const GError *error)
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

static struct trace *open_trace(const char *path, int *status)
{
	g_autoptr(GError) error = NULL;
	struct trace *trace = trace_open(path, &error);

	g_assert(!trace == (error != NULL));
	if (error)
		*status = report_error(path, error);
	return trace;
}

/* The machine is that of the trace. */
static bool check_set(const struct options *options)
{
	for (char **set = options->set; set && *set; set++) {
		g_autofree char *quoted = NULL;

		if (g_str_has_prefix(*set, "protocol."))
			continue;
		quoted = value_quote(*set);
		command_error("replay: --set: %s is not protocol.FLAG=VALUE; a trace has its own "
			      "machine, --possible names the CPUs if it does not",
			quoted);
		return false;
	}
	return true;
}

static void ask_all(struct scenario *scenario, const struct options *options)
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
}

static struct scenario *machine_of(const char *path, const struct trace *trace,
	const struct options *options, const char *revision, int *status)
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
	if (revision || *info->revision || machine_revision_of_kernel(info->kernel))
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

static bool selects_nothing(const struct options *options, const struct replay_report *report)
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

static int print_report(
	const struct replay_report *report, const struct options *options, bool first)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (options->quiet)
		return EXIT_OK;
	if (options->json) {
		replay_report_json(text, report);
	} else {
		g_string_append(text, first ? "" : "\n");
		replay_report_print(text, report);
	}
	return command_print(text->str, text->len);
}

/* The outcome of one replay; to be freed with outcome_free(). */
struct outcome {
	struct trace *trace;
	struct scenario *scenario;
	struct replay_report report;
	bool selects_nothing; /* what the options select is not there: no report */
	int status;
};

static void outcome_free(struct outcome *outcome)
{
	if (outcome->report.result)
		record_result_free((struct record_result *)outcome->report.result);
	verdict_free((struct replay_verdict *)outcome->report.verdict);
	scenario_free(outcome->scenario);
	trace_close(outcome->trace);
}

static void replay(const char *path, const struct options *options, const char *revision,
	struct files *files, struct outcome *outcome)
{
	const struct replay_options limits = {
		.comm = options->comm,
		.pid = options->pid_number,
		.orders_max = options->orders_max,
		.stop = stop_asked,
	};
	struct record_result *result = NULL;
	struct replay_verdict *verdict = NULL;
	g_autoptr(GError) error = NULL;

	*outcome = (struct outcome){ .status = EXIT_OK };
	outcome->trace = open_trace(path, &outcome->status);
	if (!outcome->trace)
		return;
	outcome->scenario = machine_of(path, outcome->trace, options, revision, &outcome->status);
	if (!outcome->scenario)
		return;
	files->scenario = outcome->scenario;
	/* Until here a signal ends the program: it may be waiting for the trace to begin. */
	stop_arm();
	replay_run(outcome->trace, outcome->scenario, &limits,
		files->dir ? open_replay_files : NULL, files, &result, &verdict, &error);
	stop_disarm();
	outcome->report = (struct replay_report){ .trace = outcome->trace,
		.result = result,
		.verdict = verdict,
		.cut_short = stop_asked() || error };
	note_revision(&outcome->report, revision);
	outcome->status = replay_status(&outcome->report);
	if (!error && selects_nothing(options, &outcome->report)) {
		report_nothing(path, verdict);
		outcome->selects_nothing = true;
		outcome->status = EXIT_USAGE;
	}
	if (!error)
		return;
	outcome->status = command_worse(outcome->status, report_error(path, error));
}

static int replay_path(const char *path, const struct options *options, bool first)
{
	g_autofree char *name = replay_name(path);
	g_autofree char *dir =
		options->output ? g_build_filename(options->output, name, NULL) : NULL;
	struct files files = { .dir = dir };
	struct outcome outcome;
	int status;

	g_assert(!options->output || *options->output);
	replay(path, options, options->revision, &files, &outcome);
	status = outcome.status;
	if (outcome.report.result) {
		if (!close_files(&files, &outcome.report)) {
			command_error("%s", files.error->message);
			status = EXIT_ENVIRONMENT;
		}
		if (!outcome.selects_nothing)
			status = command_worse(
				status, print_report(&outcome.report, options, first));
	}
	g_clear_error(&files.error);
	outcome_free(&outcome);
	return status;
}

/* All revisions */

static void add_cell(struct text_table *table, const struct outcome *outcome)
{
	const struct replay_verdict *v = outcome->report.verdict;
	static const char *const words[] = { "agrees", "differs", "undecided" };

	if (!v) {
		text_table_cell(table, "error");
		return;
	}
	g_assert(replay_outcome(&outcome->report) < (int)G_N_ELEMENTS(words));
	g_assert(replay_outcome(&outcome->report) != REPLAY_DIFFERS || v->differences->len > 0);
	if (replay_outcome(&outcome->report) == REPLAY_DIFFERS)
		text_table_take(table,
			g_strdup_printf("differs at %" PRIu64,
				((struct replay_difference *)v->differences->pdata[0])->line));
	else
		text_table_cell(table, words[replay_outcome(&outcome->report)]);
}

static void add_revision_row(struct text_table *table, const char *path, const char *revision,
	const struct outcome *outcome)
{
	const struct replay_verdict *v = outcome->report.verdict;

	text_table_cell(table, text_path(path));
	text_table_cell(table, revision);
	add_cell(table, outcome);
	text_table_number(table, v ? v->switches.compared + v->others.compared : 0);
	text_table_number(table, v ? v->switches.unexplained + v->others.unexplained : 0);
}

/* With which revisions does the trace agree? */
static int replay_as_all(GPtrArray *paths, const struct options *options)
{
	struct text_table *table =
		text_table_with_head("lllrr", "trace|revision|verdict|compared|unexplained");
	g_autoptr(GString) text = g_string_new(NULL);
	size_t count;
	const struct revision *revisions = revision_table(&count);
	int status = EXIT_OK;

	g_assert(!options->output && !options->json);
	stop_arm();
	for (guint i = 0; i < paths->len && !stop_asked(); i++) {
		for (size_t j = 0; j < count && !stop_asked(); j++) {
			struct files files = { 0 };
			struct outcome outcome;

			replay(paths->pdata[i], options, revisions[j].name, &files, &outcome);
			add_revision_row(table, paths->pdata[i], revisions[j].name, &outcome);
			/* That another revision differs is what is asked for. */
			if (outcome.status == EXIT_USAGE || outcome.status == EXIT_ENVIRONMENT)
				status = command_worse(status, outcome.status);
			outcome_free(&outcome);
		}
	}
	if (stop_asked())
		status = command_worse(status, EXIT_UNDECIDED);
	stop_disarm();
	text_table_print(table, text);
	if (options->quiet)
		return status;
	return command_worse(status, command_print(text->str, text->len));
}

/* Options */

static bool parse_number(const char *option, const char *text, uint64_t max, uint32_t *number)
{
	uint64_t value = *number;
	g_autofree char *wrong = text ? value_read_count_in(text, 1, max, &value) : NULL;

	g_assert(max <= UINT32_MAX);
	if (wrong)
		command_error("replay: %s: %s", option, wrong);
	*number = (uint32_t)value;
	return !wrong;
}

/* Reading a trace may take long: is the revision one? False after a message. */
static bool check_revision(const char *text)
{
	const struct revision *revision;
	g_autofree char *wrong =
		text && strcmp(text, "all") != 0 ? scenario_read_revision(text, &revision) : NULL;

	if (wrong)
		command_error("replay: --revision: %s", wrong);
	return !wrong;
}

static bool check_options(int argc, struct options *options)
{
	bool all = g_strcmp0(options->revision, "all") == 0;

	options->orders_max = ORDERS_MAX;
	if (argc < 2)
		command_error("replay: no TRACE; --help explains");
	else if (options->output && !*options->output)
		command_error("replay: -o needs the name of a folder");
	else if (all && (options->output || options->json))
		command_error("replay: --revision all goes with neither -o nor --json");
	else
		return check_set(options) && check_revision(options->revision) &&
		       parse_number("--pid", options->pid, 1 << 22, &options->pid_number) &&
		       parse_number(
			       "--orders", options->orders, ORDERS_LIMIT, &options->orders_max);
	return false;
}

static int replay_all(int argc, char **argv, struct options *options)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new();
	int status = EXIT_OK;

	if (!check_options(argc, options))
		return EXIT_USAGE;
	for (int i = 1; i < argc; i++)
		g_ptr_array_add(paths, argv[i]);
	g_assert(paths->len > 0 && options->orders_max >= 1);
	if (options->output &&
		!files_can_write("replay", paths, replay_name, options->output, false))
		return EXIT_USAGE;
	if (g_strcmp0(options->revision, "all") == 0)
		return replay_as_all(paths, options);
	for (guint i = 0; i < paths->len; i++)
		status = command_worse(status, replay_path(paths->pdata[i], options, i == 0));
	return status;
}

static void free_options(struct options *options)
{
	g_free(options->revision);
	g_free(options->comm);
	g_free(options->pid);
	g_free(options->possible);
	g_free(options->orders);
	g_free(options->output);
	g_strfreev(options->set);
}

int cmd_replay(int argc, char **argv)
{
	struct options options = { 0 };
	const GOptionEntry entries[] = {
		{ "revision", 'r', 0, G_OPTION_ARG_FILENAME, &options.revision,
			"Revision of the protocol (default: that of the trace's kernel); all: a "
			"table of all",
			"REVISION|all" },
		{ "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.set,
			"Set a flag of the protocol; may be repeated", "protocol.FLAG=VALUE" },
		{ "comm", 0, 0, G_OPTION_ARG_FILENAME, &options.comm,
			"Only processes that have this name when the trace first shows them",
			"COMM" },
		{ "pid", 0, 0, G_OPTION_ARG_FILENAME, &options.pid,
			"Only the process of this task or thread group", "PID" },
		{ "possible", 0, 0, G_OPTION_ARG_FILENAME, &options.possible,
			"Possible CPUs, if the trace does not name them: a number or a list",
			"CPUS" },
		{ "orders", 0, 0, G_OPTION_ARG_FILENAME, &options.orders,
			"Keep at most N states at a time (default: 4096); if states had to be left "
			"out, what is not explained is undecided",
			"N" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &options.json,
			"Print one JSON object per trace, each on a line", NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet,
			"Print nothing: the exit status is the answer", NULL },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
			"Write records into DIR/NAME: CSV, reports; `cidsim plot` draws from it",
			"DIR" },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (command_parse("TRACE…", description, entries, &argc, &argv, &status))
		status = replay_all(argc, argv, &options);
	free_options(&options);
	return status;
}
