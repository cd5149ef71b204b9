/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/cmd-compare.h"

#include <string.h>

#include "sim/base/text.h"
#include "sim/base/work-folder.h"
#include "sim/cli/files.h"
#include "sim/cli/stop.h"
#include "sim/compare/compare.h"

static const char description[] =
	"Two arguments are compared: folders that `cidsim run -o` or `cidsim replay -o` wrote, or "
	"result files of `cidsim sweep`. Of runs it prints the first event that differs, with both "
	"sides, and the numbers that differ. The rows of sweeps are matched by their axes.\n"
	"\n"
	"With --revision A,B the arguments are scenarios: each is run with the two revisions.\n"
	"\n"
	"Exit status: 0 nothing differs, 1 something does, 2 bad usage or input, 3 the environment "
	"failed, 4 a run ended early.\n"
	"\n"
	"Examples:\n"
	"  cidsim compare hysteresis --revision 6.19,7.1\n"
	"  cidsim compare before/hysteresis after/hysteresis\n"
	"  cidsim compare before.csv after.csv --json\n";

/* --- one comparison --- */

static int print_comparison(
	const struct comparison *comparison, bool first, const struct run_options *options)
{
	g_autoptr(GString) text = g_string_new(NULL);
	int status = comparison_same(comparison) ? EXIT_OK : EXIT_FAILED;

	if (options->quiet)
		return status;
	if (!first && !options->json)
		g_string_append_c(text, '\n');
	if (options->json)
		comparison_print_json(text, comparison);
	else
		comparison_print(text, comparison);
	return command_worse(status, command_print(text->str, text->len));
}

static bool is_table(const char *path)
{
	return g_file_test(path, G_FILE_TEST_IS_REGULAR) && g_str_has_suffix(path, ".csv");
}

static int compare_paths(const char *const paths[2], const struct run_options *options)
{
	g_autoptr(GError) error = NULL;
	bool tables = is_table(paths[0]);
	struct comparison *comparison;
	int status;

	if (tables != is_table(paths[1])) {
		command_error("compare: %s is a sweep, %s is none; compare like with like",
			text_clean(paths[!tables]), text_clean(paths[tables]));
		return EXIT_USAGE;
	}
	comparison = tables ? compare_sweeps(paths, &error) : compare_runs(paths, &error);
	if (!comparison)
		return command_failed("compare: ", error);
	status = print_comparison(comparison, true, options);
	comparison_free(comparison);
	return status;
}

/* --- a scenario with two revisions --- */

struct sides {
	const char *command;
	const struct run_options *options;
	char *revisions[2];
	char *root; /* of the folders */
};

static int run_side(
	const struct sides *sides, const char *path, const char *revision, const char *dir)
{
	struct run_options options = *sides->options;
	struct record_result *result = NULL;
	struct scenario *scenario;
	int status = EXIT_OK;

	options.revision = (char *)revision;
	options.brief = true;
	if (!options.output)
		options.log = (char *)"none";
	scenario = run_load(path, &options, &status);
	if (!scenario)
		return status;
	status = run_scenario(scenario, dir, &options, NULL, &result);
	record_result_free(result);
	scenario_free(scenario);
	/* whether the expectations hold is not the question */
	return status == EXIT_FAILED ? EXIT_OK : status;
}

static int compare_folders(
	const struct sides *sides, const char *name, const char *const dirs[2], bool first)
{
	g_autoptr(GError) error = NULL;
	struct comparison *comparison = compare_runs(dirs, &error);
	g_autofree char *prefix = g_strconcat(sides->command, ": ", NULL);
	int status;

	if (!comparison)
		return command_failed(prefix, error);
	for (int side = 0; side < 2 && !sides->options->output; side++) {
		g_free(comparison->names[side]);
		comparison->names[side] = g_strdup_printf("%s -r %s", name, sides->revisions[side]);
	}
	status = print_comparison(comparison, first, sides->options);
	comparison_free(comparison);
	return status;
}

static int compare_scenario(const char *path, const void *context, bool first)
{
	const struct sides *sides = context;
	g_autofree char *name = run_name(path);
	char *dirs[2];
	int status = EXIT_OK;

	for (int side = 0; side < 2; side++)
		dirs[side] = g_build_filename(sides->root, sides->revisions[side], name, NULL);
	for (int side = 0; side < 2 && command_worse(status, EXIT_UNDECIDED) == EXIT_UNDECIDED &&
			   !stop_asked();
		side++)
		status = command_worse(
			status, run_side(sides, path, sides->revisions[side], dirs[side]));
	if (command_worse(status, EXIT_UNDECIDED) == EXIT_UNDECIDED && !stop_asked())
		status = command_worse(
			status, compare_folders(sides, name, (const char *const *)dirs, first));
	for (int side = 0; side < 2; side++) {
		if (sides->options->output)
			g_free(dirs[side]);
		else
			work_folder_remove(dirs[side]);
	}
	return stop_asked() ? command_worse(status, EXIT_UNDECIDED) : status;
}

/* "A,B". False after a message. */
static bool read_revisions(struct sides *sides, const char *text)
{
	g_auto(GStrv) names = g_strsplit(text, ",", -1);

	if (g_strv_length(names) != 2 || !*names[0] || !*names[1]) {
		command_error("%s: --revision: '%s' does not name two revisions, like 6.19,7.1",
			sides->command, text);
		return false;
	}
	for (int side = 0; side < 2; side++) {
		sides->revisions[side] = g_strstrip(g_strdup(names[side]));
		if (revision_find(sides->revisions[side]))
			continue;
		command_error("%s: --revision: '%s' is unknown; `cidsim revisions` lists them",
			sides->command, sides->revisions[side]);
		return false;
	}
	if (strcmp(sides->revisions[0], sides->revisions[1]) != 0)
		return true;
	command_error("%s: --revision: '%s' names the same revision twice", sides->command, text);
	return false;
}

static bool make_root(struct sides *sides)
{
	g_autoptr(GError) error = NULL;

	if (sides->options->output)
		sides->root = g_strdup(sides->options->output);
	else
		sides->root = work_folder_new(&error);
	if (error)
		command_error("%s: %s", sides->command, error->message);
	return sides->root;
}

int compare_revisions(
	const char *command, const GPtrArray *paths, const struct run_options *options)
{
	struct sides sides = { .command = command, .options = options };
	g_autofree char *option = g_strconcat(command, ": --revision A,B", NULL);
	int status = EXIT_OK;

	g_assert(paths->len > 0 && options->revision);
	if (!command_can_read_again(option, paths) || !read_revisions(&sides, options->revision)) {
		status = EXIT_USAGE;
	} else if (!make_root(&sides)) {
		status = EXIT_ENVIRONMENT;
	} else {
		stop_arm(); /* a signal must not leave folders behind */
		status = command_each(
			command, "scenarios", "compared", paths, compare_scenario, &sides);
		stop_disarm();
	}
	if (sides.root && !options->output)
		work_folder_remove(sides.root);
	else
		g_free(sides.root);
	g_free(sides.revisions[0]);
	g_free(sides.revisions[1]);
	return status;
}

/* --- the command --- */

static int compare_all(int argc, char **argv, const struct run_options *options)
{
	const char *const paths[2] = { argv[1], argc > 2 ? argv[2] : NULL };
	g_autoptr(GPtrArray) scenarios = NULL;
	int status = EXIT_OK;

	g_assert(argc >= 1);
	if (options->revision) {
		scenarios = command_scenarios(argc, argv, &status);
		if (options->output &&
			!files_can_write("compare", scenarios, run_name, options->output, true))
			return EXIT_USAGE;
		if (scenarios->len == 0)
			return status;
		return command_worse(status, compare_revisions("compare", scenarios, options));
	}
	if (options->seed || options->set || options->output) {
		command_error("compare: --seed, --set and -o are for --revision A,B");
		return EXIT_USAGE;
	}
	if (argc == 3)
		return compare_paths(paths, options);
	command_error("compare: two folders of runs or two sweeps are needed; or a scenario and "
		      "--revision A,B");
	return EXIT_USAGE;
}

int cmd_compare(int argc, char **argv)
{
	struct run_options options = { 0 };
	const GOptionEntry entries[] = {
		{ "revision", 'r', 0, G_OPTION_ARG_FILENAME, &options.revision,
			"Run the scenarios with two revisions and compare these", "A,B" },
		{ "seed", 's', 0, G_OPTION_ARG_FILENAME, &options.seed,
			"With --revision: seed of the random streams", "N" },
		{ "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.set,
			"With --revision: set a key of the scenario; may be repeated",
			"GROUP.KEY=VALUE" },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output,
			"With --revision: keep the records in DIR/REVISION/NAME", "DIR" },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &options.json,
			"Print one JSON object per comparison, each on a line", NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &options.quiet,
			"Print nothing: the exit status is the answer", NULL },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (command_parse("DIR|FILE.csv|SCENARIO…", description, entries, &argc, &argv, &status))
		status = compare_all(argc, argv, &options);
	g_free(options.revision);
	g_free(options.seed);
	g_free(options.output);
	g_strfreev(options.set);
	return status;
}
