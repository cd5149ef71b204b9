/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/cli/command.h"
#include "sim/cli/kernel-compare.h"
#include "sim/cli/kernel-explore.h"
#include "sim/cli/kernel-tree.h"
#include "sim/cli/progress.h"
#include "sim/cli/stop.h"
#include "sim/kernel/verdict.h"
#include "sim/scenario/scenario.h"

static const char description[] =
	"Takes the CID management out of a kernel tree, which is what five of its files have under "
	"CONFIG_SCHED_MM_CID. Compiles it with `$CC` (or cc) and `$CFLAGS`, and runs it beside the "
        "model: random "
	"orders of switches, forks, exits, execs and affinity changes on machines of 1 to 64 CPUs. "
	"All words are compared after each step. The tree is only read.\n"
	"\n"
	"TREE is a folder of kernel sources, or FOLDER@COMMIT: a commit, tag or branch "
	"of a git clone.\n"
	"\n"
	"`check` compares a tree with the model. `compare` compares two trees with each other: "
	"what each one does and breaks, the shortest order found in which they differ, and what "
	"loads cost in both; in lines of 72 columns. `explore` tries all orders on a small "
        "machine, that of "
	"the [explore] of a scenario: it looks for states that break a property, or in which the "
        "model "
	"beside does something else.\n"
	"\n"
	"Exit status: 0 it behaves as a revision, 1 it differs from all of them, breaks a "
	"property, loops or crashes, 2 it is no tree or does not compile, 3 there is no compiler, "
	"4 undecided (stopped too early). Of compare: 0 no difference was found, 1 they differ. Of "
        "explore: "
	"0 all states were seen, and what was asked for holds.\n"
	"\n"
	"Examples:\n"
	"  cidsim kernel check ~/linux\n"
	"  cidsim kernel check ~/linux@v7.2 --time 1m --jobs 2\n"
	"  cidsim kernel compare ~/linux@v7.3 ~/linux@my-branch\n"
	"  cidsim kernel explore ~/linux explore/b7\n"
	"  cidsim kernel explore ~/linux explore/b1 --grain fine\n";

enum { TIME_S_DEFAULT = 5, COMPARE_STEPS_DEFAULT = 2000000, SEED_DEFAULT = 1 };

struct options {
	char *time, *steps, *seed, *jobs, *revision, *replay, *output;
	gboolean json, quiet;
	bool alone, fine; /* without a model; with stops before each access */
	uint64_t time_ns, steps_max, seed_number, jobs_count; /* time_ns: 0 = no limit */
	const struct revision *found;
	struct lockstep_log *replays;
	struct kernel_explore explore;
};

/* Waiting */

struct waiting {
	gint64 began_us, ends_us; /* ends_us: 0 = never */
	struct progress_line line;
};

static bool wait_more(void *context, uint64_t steps)
{
	struct waiting *waiting = context;

	gint64 now_us = g_get_monotonic_time();

	if (waiting->ends_us > 0)
		steps = (uint64_t)(now_us - waiting->began_us) / 1000;
	progress_show(&waiting->line, MIN(steps, waiting->line.total));
	return stop_asked() || (waiting->ends_us > 0 && now_us >= waiting->ends_us);
}

/* Options */

static bool read_count(const char *option, const char *text, uint64_t max, uint64_t *value)
{
	return !text || command_accepts("kernel", option, value_read_count_in(text, 1, max, value));
}

static bool read_time(struct options *options)
{
	char *wrong;

	if (!options->time) {
		options->time_ns = options->steps ? 0 : TIME_S_DEFAULT * UINT64_C(1000000000);
		return true;
	}
	wrong = value_read_duration(options->time, &options->time_ns);
	if (!wrong && options->time_ns < 1000000)
		wrong = g_strdup("a time of at least 1ms is expected");
	return command_accepts("kernel", "--time", wrong);
}

static bool read_revision(struct options *options)
{
	if (!kernel_read_grain(
		    options->explore.grain, options->revision, &options->alone, &options->fine))
		return false;
	options->found = options->alone ? revision_current() : NULL;
	return !options->revision || options->alone ||
	       command_accepts("kernel", "--revision",
		       scenario_read_revision(options->revision, &options->found));
}

/* The events of --replay, and their revision. Returns a status. */
static int read_replay(struct options *options)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	size_t length;
	int status = EXIT_OK;

	if (!options->replay)
		return EXIT_OK;
	if (options->revision || options->explore.grain || options->jobs || options->steps ||
		options->time) {
		command_error("kernel: --replay goes without --revision, --grain, --jobs, --steps "
			      "and --time: the file says what to play");
		return EXIT_USAGE;
	}
	text = command_read(options->replay, &length, &status);
	if (!text)
		return status;
	options->replays = g_new(struct lockstep_log, 1);
	if (written_read(options->replay, text, &options->found, options->replays, &error))
		return EXIT_OK;
	command_error("kernel: --replay: %s", error->message);
	return EXIT_USAGE;
}

/* Returns a status. */
static int read_options(struct options *options)
{
	int status;

	options->steps_max = UINT64_MAX;
	options->seed_number = SEED_DEFAULT;
	options->jobs_count = 1;
	if (!read_time(options) ||
		!read_count("--steps", options->steps, INT64_MAX / KERNEL_JOBS_MAX,
			&options->steps_max) ||
		!read_count("--seed", options->seed, INT64_MAX, &options->seed_number) ||
		!read_count("--jobs", options->jobs, KERNEL_JOBS_MAX, &options->jobs_count) ||
		!read_revision(options))
		return EXIT_USAGE;
	status = read_replay(options);
	if (status != EXIT_OK)
		return status;
	return command_check_output(
		"kernel: -o", options->output, options->replay ? options->replay : "");
}

/* check */

static int status_of(const struct kernel_report *report)
{
	switch (report->verdict) {
	case KERNEL_AGREES:
		return EXIT_OK;
	case KERNEL_UNDECIDED:
		return EXIT_UNDECIDED;
	default:
		return EXIT_FAILED;
	}
}

static int print_verdict(const char *name, const struct options *options,
	const struct kernel_report *report, gint64 took_us)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_assert(took_us >= 0);
	if (options->quiet)
		return EXIT_OK;
	if (options->json)
		kernel_verdict_json(text, name, report, (uint64_t)took_us / 1000);
	else
		kernel_verdict_print(text, name, report);
	return command_print(text->str, text->len);
}

static int check_compiled(
	const char *name, const struct compiled *compiled, const struct options *options)
{
	struct waiting waiting = { .began_us = g_get_monotonic_time() };
	const struct kernel_options wanted = { .revision = options->found,
		.seed = options->seed_number,
		.steps_max = options->steps_max,
		.jobs = (uint32_t)options->jobs_count,
		.replays = options->replays,
		.partner = options->alone ? PARTNER_NOBODY : PARTNER_MODEL,
		.fine = options->fine,
		.wait = wait_more,
		.context = &waiting };
	struct written_subject subject = { .tree = name };
	struct kernel_report report;
	g_autoptr(GError) error = NULL;
	int status;

	if (options->time_ns > 0)
		waiting.ends_us = waiting.began_us + (gint64)(options->time_ns / 1000);
	if (options->time_ns > 0)
		progress_begin(&waiting.line, "ms", 0, options->time_ns / 1000000, false);
	else
		progress_begin(
			&waiting.line, "steps", 0, options->steps_max * options->jobs_count, false);
	if (kernel_check(compiled, &wanted, &report, &error)) {
		progress_clear(&waiting.line);
		status = print_verdict(
			name, options, &report, g_get_monotonic_time() - waiting.began_us);
		subject.revision = report.revision;
		status = command_worse(
			status, kernel_tree_write(options->output, &subject, report.finding));
		status = command_worse(status, status_of(&report));
	} else {
		progress_clear(&waiting.line);
		status = command_failed("kernel: ", error);
	}
	kernel_report_clear(&report);
	return status;
}

static int check_tree(const char *name, const void *context, bool first)
{
	const struct options *options = context;
	struct compiled *compiled;
	int status = EXIT_OK;

	(void)first;
	stop_arm();
	compiled = kernel_tree_compile("kernel: ", name, NULL, &status);
	if (compiled)
		status = check_compiled(name, compiled, options);
	stop_disarm();
	compiled_free(compiled);
	return status;
}

/* compare */

static int run_compare(int argc, char **argv, struct options *options)
{
	struct kernel_compare wanted = { 0 };
	int status;

	if (argc != 4) {
		command_error("kernel: compare takes two TREEs");
		return EXIT_USAGE;
	}
	if (options->revision || options->explore.grain) {
		command_error("kernel: compare goes without --revision and --grain");
		return EXIT_USAGE;
	}
	status = read_options(options);
	if (status != EXIT_OK)
		return status;
	if (options->replays && options->replays->shape.alone) {
		command_error("kernel: --replay: %s is of code that ran alone: `cidsim kernel "
			      "check TREE --replay FILE` plays it",
			text_path(options->replay));
		return EXIT_USAGE;
	}
	wanted = (struct kernel_compare){ .seed = options->seed_number,
		.steps = options->steps || options->time ? options->steps_max
		                                         : COMPARE_STEPS_DEFAULT,
		.time_ns = options->time ? options->time_ns : 0,
		.jobs = (uint32_t)options->jobs_count,
		.replays = options->replays,
		.revision = options->found,
		.output = options->output,
		.json = options->json,
		.quiet = options->quiet };
	return kernel_compare(argv[2], argv[3], &wanted);
}

/* An option of explore that was given for another command: its name, or NULL. */
static const char *of_explore(const struct kernel_explore *explore)
{
	return explore->memory       ? "--memory"
	       : explore->max_states ? "--max-states"
	       : explore->check      ? "--check"
	       : explore->set        ? "--set"
	       : explore->stacks     ? "--stacks"
	                             : NULL;
}

static int run_explore(int argc, char **argv, struct options *options)
{
	if (options->time || options->steps || options->seed || options->replay) {
		command_error("kernel: explore goes without --time, --steps, --seed and --replay");
		return EXIT_USAGE;
	}
	options->jobs_count = 1;
	if (!read_count("--jobs", options->jobs, KERNEL_JOBS_MAX, &options->jobs_count))
		return EXIT_USAGE;
	options->explore.jobs = (uint32_t)options->jobs_count;
	if (options->explore.stacks && options->explore.jobs > 1) {
		command_error("kernel: --stacks goes without --jobs: in each process other bytes "
			      "are left on the stacks");
		return EXIT_USAGE;
	}
	options->explore.revision = options->revision;
	options->explore.output = options->output;
	options->explore.json = options->json;
	options->explore.quiet = options->quiet;
	return kernel_explore(argc - 2, argv + 2, &options->explore);
}

static int run_check(int argc, char **argv, struct options *options)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	int status;

	if (argc > 1 && strcmp(argv[1], "explore") == 0)
		return run_explore(argc, argv, options);
	if (of_explore(&options->explore)) {
		command_error("kernel: %s is an option of `kernel explore`",
			of_explore(&options->explore));
		return EXIT_USAGE;
	}
	if (argc > 1 && strcmp(argv[1], "compare") == 0)
		return run_compare(argc, argv, options);
	if (argc < 2 || strcmp(argv[1], "check") != 0) {
		command_error(
			"kernel: begin with check, compare or explore: `cidsim kernel check TREE`");
		return EXIT_USAGE;
	}
	if (argc < 3) {
		command_error("kernel: no TREE; name a folder of kernel sources");
		return EXIT_USAGE;
	}
	if (options->output && argc > 3) {
		command_error("kernel: -o takes one TREE");
		return EXIT_USAGE;
	}
	status = read_options(options);
	if (status != EXIT_OK)
		return status;
	if (options->output && options->alone && !options->fine) {
		command_error("kernel: check --revision none takes -o only with --grain fine");
		return EXIT_USAGE;
	}
	for (int i = 2; i < argc; i++)
		g_ptr_array_add(names, argv[i]);
	return command_each("kernel", "trees", "checked", names, check_tree, options);
}

int cmd_kernel(int argc, char **argv)
{
	struct options options = { 0 };
	const GOptionEntry entries[] = {
		{ "time", 't', 0, G_OPTION_ARG_FILENAME, &options.time,
			"Run for this long (default of check: 5s, without --steps)", "TIME" },
		{ "steps", 'n', 0, G_OPTION_ARG_FILENAME, &options.steps,
			"Run for N steps on each job (default of compare: 2000000)", "N" },
		{ "revision", 'r', 0, G_OPTION_ARG_FILENAME, &options.revision,
			"Compare with this revision only (default: find it; of explore: the "
			"scenario's); none: the code alone, by properties",
			"NAME" },
		{ "seed", 's', 0, G_OPTION_ARG_FILENAME, &options.seed,
			"Seed of the random orders (default: 1)", "N" },
		{ "jobs", 'j', 0, G_OPTION_ARG_FILENAME, &options.jobs,
			"Run N processes, with the seeds from --seed on; of explore: that share "
			"the states (default: 1)",
			"N" },
		{ "grain", 0, 0, G_OPTION_ARG_FILENAME, &options.explore.grain,
			"Let others come in between the steps of the model (step, default), or "
			"before each access, atomic operation and barrier, without a model (fine)",
			"step|fine" },
		{ "check", 'c', 0, G_OPTION_ARG_FILENAME, &options.explore.check,
			"Explore for these properties, such as \"I2 I3\" (default: the scenario's)",
			"PROPERTIES" },
		{ "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.explore.set,
			"Explore with this key of the scenario; may be repeated",
			"GROUP.KEY=VALUE" },
		{ "memory", 'm', 0, G_OPTION_ARG_FILENAME, &options.explore.memory,
			"Explore with this memory for states (default: 2G)", "SIZE" },
		{ "max-states", 0, 0, G_OPTION_ARG_FILENAME, &options.explore.max_states,
			"Explore up to about N states", "N" },
		{ "stacks", 0, 0, G_OPTION_ARG_NONE, &options.explore.stacks,
			"Explore with states told apart by the bytes of stacks, too: more states, "
		        "and "
			"as many as the compiler likes",
			NULL },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
			"Write what was found as a file that --replay plays in the code; beside the "
			"model it is a scenario",
			"FILE" },
		{ "replay", 0, 0, G_OPTION_ARG_FILENAME, &options.replay,
			"Play only what such a file says", "FILE" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &options.json, "Print one JSON object", NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet,
			"Print nothing: the exit status is the answer", NULL },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (command_parse("check TREE… | compare A B | explore TREE SCENARIO…", description,
		    entries, &argc, &argv, &status))
		status = run_check(argc, argv, &options);
	g_free(options.time);
	g_free(options.steps);
	g_free(options.seed);
	g_free(options.jobs);
	g_free(options.revision);
	g_free(options.replay);
	g_free(options.output);
	g_free(options.replays);
	g_free(options.explore.grain);
	g_free(options.explore.memory);
	g_free(options.explore.max_states);
	g_free(options.explore.check);
	g_strfreev(options.explore.set);
	return status;
}
