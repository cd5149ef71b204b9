/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/cmd-run.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/cli/cmd-compare.h"
#include "sim/cli/files.h"
#include "sim/cli/jobs.h"
#include "sim/cli/run-one.h"

static const char description[] =
	"SCENARIO is a file, \"-\" (standard input), a folder (all files in it that end in "
	".scn), or the name of a shipped scenario, as `cidsim list` prints it.\n"
	"\n"
	"The steps of a scenario with [steps] are played in their order; nothing is random. The "
	"report is the steps with what they changed, and where a property broke. A "
	"scenario that has only [explore] cannot be run: `cidsim explore` reads it.\n"
	"\n"
	"Of several scenarios there is a line for each, and details of those that do not pass; "
	"with --verbose the report of each. Scenarios and seeds run in parallel; what comes "
	"out does not depend on --jobs.\n"
	"\n"
	"With --revision all the result is a table: the verdict of each scenario with each "
	"revision.\n"
	"\n"
	"With --seeds each scenario runs with the seeds from --seed on, until one fails. That "
	"run is reported, with the command that repeats it.\n"
	"\n"
	"With --timeline the report begins with a column for each CPU and a line for each change: "
	"TASK:CID and its owner, flips, windows and broken properties. Without --from or --to it "
	"has at most 1000 lines.\n"
	"\n"
	"--shrink FILE writes a smaller scenario that fails in the same way: fewer groups, keys, "
	"steps and actions, smaller numbers. With --seeds it shrinks the first that fails.\n"
	"\n"
	"^C ends a run early: it reports the results so far, and its files are kept. Scenarios "
	"that have not begun are left out. The third such signal ends the program at once.\n"
	"\n"
	"Files:\n"
	"  DIR/NAME/report.txt, report.json   what is printed without and with --json\n"
	"  DIR/NAME/report.html               a page for the browser\n"
	"  DIR/NAME/series.csv                values of each mm whenever one changes\n"
	"  DIR/NAME/modes.csv, windows.csv    mode switches, transit windows\n"
	"  DIR/NAME/stays.csv                 stays of tasks on CPUs\n"
	"  DIR/NAME/trace.txt                 the complete event log, as ftrace text\n"
	"\n"
	"NAME is that of the scenario's file without .scn; with --revision all the files are in "
	"DIR/REVISION/NAME. They get their names when all of them are complete. docs/output.md "
	"describes the columns and the JSON object.\n"
	"\n"
	"Exit status: 0 all well, 1 an expectation or a property failed, 2 bad usage or input, "
	"3 the environment failed, 4 undecided (interrupted, or stopped by max-events). With "
	"several runs the most serious one counts, in the order 3, 2, 1, 4, 0.\n"
	"\n"
	"Examples:\n"
	"  cidsim run hysteresis\n"
	"  cidsim run pools-32x32 --revision 6.19 --seed 7 -o out\n"
	"  cidsim run hysteresis --set \"mm app.cpus=0-1\" --json\n"
	"  cidsim run scenarios --junit results.xml\n"
	"  cidsim run vfork failed-exec --revision all\n"
	"  cidsim run hysteresis --revision 6.19,7.1\n"
	"  cidsim run oversubscribed --seeds 1000\n"
	"  cidsim run hysteresis --timeline --from 3ms --to 3.2ms\n"
	"  cidsim run defects/b9 --timeline\n"
	"  cidsim run failed-exec --revision v1 --shrink small.scn\n";

/* --revision A,B */
static bool is_pair(const char *revision)
{
	return revision && strchr(revision, ',');
}

/* Options of which two cannot be had together. */
enum {
	ALL = 1,
	TWO = 2,
	SEEDS = 4,
	JSON = 8,
	QUIET = 16,
	TAP = 32,
	JUNIT = 64,
	OUTPUT = 128,
	VERBOSE = 256,
	EXPLAIN = 512,
	TIMELINE = 1024,
	SHRINK = 2048,
	MANY = ALL | TWO | SEEDS, /* of each scenario several runs */
};

static unsigned given_options(const struct run_options *options)
{
	bool all = g_strcmp0(options->revision, "all") == 0;

	return (all ? ALL : 0) | (is_pair(options->revision) ? TWO : 0) |
	       (options->seeds ? SEEDS : 0) | (options->json ? JSON : 0) |
	       (options->quiet ? QUIET : 0) | (options->tap ? TAP : 0) |
	       (options->junit ? JUNIT : 0) | (options->output ? OUTPUT : 0) |
	       (options->verbose ? VERBOSE : 0) | (options->explain ? EXPLAIN : 0) |
	       (options->timeline ? TIMELINE : 0) | (options->shrink ? SHRINK : 0);
}

/* The name of the lowest option in @given; "" if there is none. */
static const char *name_of_option(unsigned given)
{
	static const char *const names[] = { "--revision all", "--revision A,B", "--seeds",
		"--json", "--quiet", "--tap", "--junit", "-o", "--verbose", "--explain",
		"--timeline", "--shrink" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		if (given >> i & 1)
			return names[i];
	}
	return "";
}

static bool check_pairs(const struct run_options *options)
{
	static const struct {
		unsigned option, others;
	} pairs[] = {
		{ SEEDS, ALL | TWO },
		{ TAP, MANY | JSON | QUIET | VERBOSE },
		{ JUNIT, MANY },
		{ EXPLAIN, ALL | TWO | JSON | QUIET | TAP },
		{ TIMELINE, MANY | JSON | QUIET | TAP },
		{ SHRINK, ALL | TWO | JSON | TAP | JUNIT | OUTPUT },
		{ VERBOSE, JSON | QUIET },
	};
	unsigned given = given_options(options);

	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		if (!(given & pairs[i].option) || !(given & pairs[i].others))
			continue;
		command_error("run: %s and %s cannot go together", name_of_option(pairs[i].option),
			name_of_option(given & pairs[i].others));
		return false;
	}
	if (!options->seeds || !options->output)
		return true;
	command_error("run: --seeds writes no files; give -o and --seed for one of them");
	return false;
}

static bool check_options(const struct run_options *options)
{
	if (options->output && !*options->output)
		command_error("run: -o needs the name of a folder");
	else if (options->shrink_runs && !options->shrink)
		command_error("run: --shrink-runs has no effect without --shrink FILE");
	else if (!options->timeline && (options->compact || options->from || options->to))
		command_error("run: %s is for --timeline", options->compact ? "--compact"
							   : options->from  ? "--from"
									    : "--to");
	else
		return check_pairs(options);
	return false;
}

/* With the seed that failed. */
static int shrink_seed(const char *path, struct run_options *options, uint64_t seed)
{
	g_free(options->seed);
	options->seed = g_strdup_printf("%" PRIu64, seed);
	return run_shrink(path, options);
}

/* What --shrink needs. Returns a status. */
static int check_shrink(const GPtrArray *paths, struct run_options *options)
{
	if (!options->shrink)
		return EXIT_OK;
	if (paths->len != 1) {
		command_error("run: --shrink is for one scenario, here are %u", paths->len);
		return EXIT_USAGE;
	}
	if (!command_can_read_again("run: --shrink", paths))
		return EXIT_USAGE;
	return run_shrink_check(paths->pdata[0], options);
}

static int run_all(int argc, char **argv, struct run_options *options)
{
	int status = EXIT_OK;
	g_autoptr(GPtrArray) paths = NULL;
	uint64_t failed = 0;
	int checked;

	g_assert(argc >= 1);
	if (!check_options(options) || !run_read_log(options) ||
		!jobs_read("run", options->jobs, &options->threads))
		return EXIT_USAGE;
	paths = command_scenarios(argc, argv, &status);
	if (options->output && !files_can_write("run", paths, run_name, options->output, true))
		return EXIT_USAGE;
	if (paths->len == 0)
		return status;
	checked = check_shrink(paths, options);
	if (checked != EXIT_OK)
		return command_worse(status, checked);
	options->brief = options->quiet && !options->junit;
	if (g_strcmp0(options->revision, "all") == 0)
		return command_worse(status, run_matrix(paths, options));
	if (is_pair(options->revision))
		return command_worse(status, compare_revisions("run", paths, options));
	if (options->seeds) {
		status = command_worse(status, run_seeds(paths, options, &failed));
		if (status == EXIT_FAILED && options->shrink)
			return shrink_seed(paths->pdata[0], options, failed);
		return command_worse(
			status, command_remove_older("run: --shrink", options->shrink));
	}
	if (options->shrink)
		return command_worse(status, run_shrink(paths->pdata[0], options));
	return command_worse(status, run_batch(paths, options));
}

static void free_options(struct run_options *options)
{
	g_free(options->seed);
	g_free(options->revision);
	g_free(options->output);
	g_free(options->log);
	g_free(options->log_limit);
	g_free(options->log_from);
	g_free(options->log_to);
	g_free(options->seeds);
	g_free(options->bytes_per_cid);
	g_free(options->jobs);
	g_free(options->junit);
	g_free(options->from);
	g_free(options->to);
	g_free(options->shrink);
	g_free(options->shrink_runs);
	g_strfreev(options->set);
}

int cmd_run(int argc, char **argv)
{
	struct run_options options = { 0 };
	const GOptionEntry entries[] = {
		{ "seed", 's', 0, G_OPTION_ARG_FILENAME, &options.seed,
			"Seed of the random streams (default: the scenario's)", "N" },
		{ "seeds", 0, 0, G_OPTION_ARG_FILENAME, &options.seeds,
			"Run with N seeds, from that one on, until one fails", "N" },
		{ "revision", 'r', 0, G_OPTION_ARG_FILENAME, &options.revision,
			"Revision of the protocol (default: the scenario's); all: a table of all; "
			"A,B: what differs between two",
			"REVISION|A,B|all" },
		{ "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.set,
			"Set a key of the scenario; may be repeated", "GROUP.KEY=VALUE" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &options.json,
			"Print one JSON object per run, each on a line", NULL },
		{ "jobs", 'j', 0, G_OPTION_ARG_FILENAME, &options.jobs,
			"Run in N threads (default: one for each CPU)", "N" },
		{ "verbose", 0, 0, G_OPTION_ARG_NONE, &options.verbose,
			"Print the report of each scenario, also of several", NULL },
		{ "explain", 0, 0, G_OPTION_ARG_NONE, &options.explain,
			"Print what the columns of the report mean, too", NULL },
		{ "tap", 0, 0, G_OPTION_ARG_NONE, &options.tap,
			"Print the verdicts as TAP, with diagnostics in YAML", NULL },
		{ "junit", 0, 0, G_OPTION_ARG_FILENAME, &options.junit,
			"Write the verdicts as JUnit XML", "FILE" },
		{ "shrink", 0, 0, G_OPTION_ARG_FILENAME, &options.shrink,
			"Make a scenario that fails smaller, as long as it fails in the same way",
			"FILE" },
		{ "shrink-runs", 0, 0, G_OPTION_ARG_FILENAME, &options.shrink_runs,
			"Stop shrinking after N runs (default: 2000)", "N" },
		{ "no-expect", 0, 0, G_OPTION_ARG_NONE, &options.no_expect,
			"Leave out what the scenario expects: with --set it may not hold", NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet,
			"Print nothing: the exit status is the answer", NULL },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
			"Write records into DIR/NAME: CSV, event log, reports", "DIR" },
		{ "timeline", 0, 0, G_OPTION_ARG_NONE, &options.timeline,
			"Print who runs on which CPU with which CID, before the report", NULL },
		{ "compact", 0, 0, G_OPTION_ARG_NONE, &options.compact,
			"... only where a task runs with another CID than before", NULL },
		{ "from", 0, 0, G_OPTION_ARG_FILENAME, &options.from,
			"Begin the timeline at this time, such as 3.1ms; of [steps] at a step",
			"TIME|STEP" },
		{ "to", 0, 0, G_OPTION_ARG_FILENAME, &options.to, "End it there", "TIME|STEP" },
		{ "bytes-per-cid", 0, 0, G_OPTION_ARG_FILENAME, &options.bytes_per_cid,
			"Report the memory that data of N bytes per CID takes", "N" },
		{ "log", 0, 0, G_OPTION_ARG_FILENAME, &options.log,
			"Format of the event log; ftrace, the default, takes about 400 bytes "
			"for each switch; chrome, for viewers, about 150",
			"ftrace|chrome|none" },
		{ "log-from", 0, 0, G_OPTION_ARG_FILENAME, &options.log_from,
			"The event log begins there: 1.5ms", "TIME" },
		{ "log-to", 0, 0, G_OPTION_ARG_FILENAME, &options.log_to,
			"The event log ends there", "TIME" },
		{ "log-limit", 0, 0, G_OPTION_ARG_FILENAME, &options.log_limit,
			"The event log ends at this size, and the run goes on (default: 1G)",
			"SIZE" },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (command_parse("SCENARIO…", description, entries, &argc, &argv, &status))
		status = run_all(argc, argv, &options);
	free_options(&options);
	return status;
}
