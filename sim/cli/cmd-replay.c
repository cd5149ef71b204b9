/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/cli/replay-one.h"
#include "sim/record/glossary.h"
#include "sim/replay/window.h"

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
	"With --timeline the report begins with a column for each CPU and a line for each change, "
	"in "
	"the likeliest state. Without --from or --to it has at most 1000 lines.\n"
	"\n"
	"Exit status: 0 all agreed or was explained, 1 something is unexplained, 2 bad usage or "
	"input, 3 the environment failed, 4 undecided (--orders too small, interrupted,\n"
	"cut off, or nothing to compare or to predict).\n"
	"\n"
	"Examples:\n"
	"  cidsim replay trace.dat\n"
	"  cidsim replay trace.txt.gz --comm postgres -o out\n"
	"  cidsim replay trace.dat --revision 6.19.1 --json\n"
	"  cidsim replay --list trace.dat\n"
	"  cidsim replay trace.dat --timeline --from 1ms --to 2ms\n"
	"  perf script -F +pid --show-task-events --header | cidsim replay - --comm srv\n"
	"  cidsim run hysteresis -o out && cidsim replay out/hysteresis/trace.txt\n";

enum { ORDERS_MAX = 4096, ORDERS_LIMIT = 1 << 20 };

/* "trace" of "dir/trace.txt.gz": the name of its folder. */
static char *replay_name(const char *path)
{
	static const char *const endings[] = { ".gz", ".zst", ".txt", ".dat", ".trace", NULL };

	return files_name(path, endings);
}

static void add_timeline(GString *text, const struct lanes *lanes)
{
	g_autofree char *timeline = lanes ? lanes_text(lanes) : NULL;

	if (timeline)
		g_string_append_printf(text, "%s\n", timeline);
}

static int print_report(const struct replay_report *report, const struct lanes *lanes,
	const struct replay_command *options, bool first)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (options->quiet)
		return EXIT_OK;
	if (options->json) {
		replay_report_json(text, report);
	} else {
		g_string_append(text, first ? "" : "\n");
		add_timeline(text, lanes);
		replay_report_print(text, report);
		if (options->explain)
			glossary_print(text);
	}
	return command_print(text->str, text->len);
}

static int replay_path(const char *path, const void *context, bool first)
{
	const struct replay_command *options = context;
	g_autofree char *name = replay_name(path);
	g_autofree char *dir =
		options->output ? g_build_filename(options->output, name, NULL) : NULL;
	struct replay_files files = { .dir = dir };
	struct replay_done done;
	int status;

	g_assert(!options->output || *options->output);
	replay_one(path, options, options->revision, &files, &done);
	status = done.status;
	if (done.report.result) {
		if (!replay_close_files(&files, &done.report)) {
			command_error("%s", files.error->message);
			status = EXIT_ENVIRONMENT;
		}
		if (!done.selects_nothing)
			status = command_worse(
				status, print_report(&done.report, files.lanes, options, first));
	}
	g_clear_error(&files.error);
	lanes_free(files.lanes);
	replay_done_free(&done);
	return status;
}

/* Options */

/* The machine is that of the trace. */
static bool check_set(const struct replay_command *options)
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

static bool parse_number(const char *option, const char *text, uint64_t max, uint32_t *number)
{
	uint64_t value = *number;
	char *wrong = text ? value_read_count_in(text, 1, max, &value) : NULL;

	g_assert(max <= UINT32_MAX);
	*number = (uint32_t)value;
	return command_accepts("replay", option, wrong);
}

static bool parse_time(const char *option, const char *text, struct replay_time *time)
{
	return !text || command_accepts("replay", option, replay_time_read(text, time));
}

static bool check_window(struct replay_command *options)
{
	const struct replay_time *from = &options->from_time, *to = &options->to_time;

	if (!parse_time("--from", options->from, &options->from_time) ||
		!parse_time("--to", options->to, &options->to_time))
		return false;
	if (!from->is_set || !to->is_set || from->of_trace != to->of_trace || from->ns <= to->ns)
		return true;
	command_error("replay: --to is before --from");
	return false;
}

/* What the list of processes does not look at. */
static bool check_list(const struct replay_command *options)
{
	if (!options->list || !(options->revision || options->set || options->comm ||
				      options->pid || options->orders || options->output ||
				      options->from || options->to || options->quiet))
		return true;
	command_error("replay: --list replays nothing; it goes only with --json");
	return false;
}

static bool check_timeline(const struct replay_command *options)
{
	const char *other = options->json                              ? "--json"
	                    : options->quiet                           ? "--quiet"
	                    : options->list                            ? "--list"
	                    : g_strcmp0(options->revision, "all") == 0 ? "--revision all"
	                                                               : NULL;

	if (!options->timeline && options->compact)
		command_error("replay: --compact is for --timeline");
	else if (options->timeline && other)
		command_error("replay: --timeline and %s cannot go together", other);
	else
		return true;
	return false;
}

/* Reading a trace may take long: is the revision one? False after a message. */
static bool check_revision(const char *text)
{
	const struct revision *revision;

	return !text || strcmp(text, "all") == 0 ||
	       command_accepts("replay", "--revision", scenario_read_revision(text, &revision));
}

static bool check_options(int argc, struct replay_command *options)
{
	bool all = g_strcmp0(options->revision, "all") == 0;

	options->orders_max = ORDERS_MAX;
	if (argc < 2)
		command_error("replay: no TRACE; --help explains");
	else if (options->output && !*options->output)
		command_error("replay: -o needs the name of a folder");
	else if (all && (options->output || options->json))
		command_error("replay: --revision all goes with neither -o nor --json");
	else if (options->explain && (all || options->json || options->quiet || options->list))
		command_error("replay: --explain and %s cannot go together",
			options->json    ? "--json"
			: options->quiet ? "--quiet"
			: options->list  ? "--list"
					 : "--revision all");
	else
		return check_timeline(options) && check_list(options) && check_set(options) &&
		       check_revision(options->revision) && check_window(options) &&
		       parse_number("--pid", options->pid, 1 << 22, &options->pid_number) &&
		       parse_number(
			       "--orders", options->orders, ORDERS_LIMIT, &options->orders_max);
	return false;
}

static int replay_all(int argc, char **argv, struct replay_command *options)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new();

	if (!check_options(argc, options))
		return EXIT_USAGE;
	for (int i = 1; i < argc; i++)
		g_ptr_array_add(paths, argv[i]);
	g_assert(paths->len > 0 && options->orders_max >= 1);
	if (options->list)
		return replay_list(paths, options);
	if (options->output &&
		!files_can_write("replay", paths, replay_name, options->output, false))
		return EXIT_USAGE;
	if (g_strcmp0(options->revision, "all") == 0)
		return replay_as_all(paths, options);
	return command_each("replay", "traces", "replayed", paths, replay_path, options);
}

static void free_options(struct replay_command *options)
{
	g_free(options->revision);
	g_free(options->comm);
	g_free(options->pid);
	g_free(options->possible);
	g_free(options->orders);
	g_free(options->from);
	g_free(options->to);
	g_free(options->output);
	g_strfreev(options->set);
}

int cmd_replay(int argc, char **argv)
{
	struct replay_command options = { 0 };
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
		{ "list", 0, 0, G_OPTION_ARG_NONE, &options.list,
			"Print the processes of the trace, with their threads, forks, exits, "
			"switches and events with CIDs, and replay nothing",
			NULL },
		{ "from", 0, 0, G_OPTION_ARG_FILENAME, &options.from,
			"Compare from there on: 1.5ms after the first event, or 12.345678 as in "
			"the trace; what is before drives the model",
			"TIME" },
		{ "to", 0, 0, G_OPTION_ARG_FILENAME, &options.to, "End there", "TIME" },
		{ "timeline", 0, 0, G_OPTION_ARG_NONE, &options.timeline,
			"Print who ran on which CPU with which CID, before the report", NULL },
		{ "compact", 0, 0, G_OPTION_ARG_NONE, &options.compact,
			"... only where a task runs with another CID than before", NULL },
		{ "possible", 0, 0, G_OPTION_ARG_FILENAME, &options.possible,
			"Possible CPUs, if the trace does not name them: a number or a list",
			"CPUS" },
		{ "orders", 0, 0, G_OPTION_ARG_FILENAME, &options.orders,
			"Keep at most N states at a time (default: 4096); if states had to be left "
			"out, what is not explained is undecided",
			"N" },
		{ "invariant", 0, 0, G_OPTION_ARG_NONE, &options.invariant,
			"Look at the conjuncts of the proof, too, where one state is left", NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &options.json,
			"Print one JSON object per trace, each on a line", NULL },
		{ "explain", 0, 0, G_OPTION_ARG_NONE, &options.explain,
			"Print what the columns of the report mean, too", NULL },
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
