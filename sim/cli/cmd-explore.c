/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>

#include "sim/base/text.h"
#include "sim/cli/cmd-explore.h"
#include "sim/explore/outcome.h"
#include "sim/record/csv.h"

static const char description[] =
	"SCENARIO is a file with [explore], \"-\" (standard input), a folder of such files, or "
	"the name of a shipped one. The command tries all orders of the steps that it allows, "
	"breadth first. It reports whether a property can be broken, and a shortest sequence of "
	"steps that breaks it; -o writes that as a scenario that `cidsim run` plays.\n"
	"\n"
	"If the states do not fit into memory, there are other searches. Their counterexamples "
	"are shortened, but there may be shorter ones:\n"
	"  dfs       depth first; all states, in a little less memory; one thread\n"
	"  bitstate  depth first, three bits for each state; some states are missed, so\n"
	"            finding nothing is no proof; one thread\n"
	"  walk      random walks, which keep no states; finding nothing is no proof\n"
	"\n"
	"Exit status: 0 the properties hold (or what is expected was found), 1 one is violated, "
	"2 bad usage or input, 3 the environment failed, 4 undecided: a limit came before all "
	"states were seen.\n"
	"\n"
	"Examples:\n"
	"  cidsim explore explore/b1 --revision v3 -o b1.scn && cidsim run b1.scn\n"
	"  cidsim explore explore/large-8 --memory 8G --jobs 2\n"
	"  cidsim explore explore/large-8 --disk states --memory 2G\n"
	"  cidsim explore explore/b9 --set protocol.walk-unset=drop\n"
	"  cidsim explore explore/b5 --revision 6.19.1 --search walk --seed 7\n"
	"  cidsim explore --matrix\n";

/* One file */

/* Does the outcome match the file's expectation? Without one, nothing may be broken. */
static bool is_expected(const struct scenario *scenario, const struct explore_outcome *outcome)
{
	unsigned found = outcome_property(outcome);
	bool any = false, all = true;

	g_assert(outcome->search->verdict != SEARCH_UNDECIDED); /* there is an answer */
	for (uint32_t i = 0; i < scenario->expects_count; i++) {
		const struct scenario_expect *expect = &scenario->expects[i];
		bool same = expect->value == found;
		g_autofree char *where = NULL;

		if (expect->metric != METRIC_PROPERTY)
			continue;
		any = true;
		if (expect->relation == REL_NE ? !same : same)
			continue;
		where = line_files_path(&scenario->files, expect->line);
		command_error("%s: %s does not hold: found %s", where, expect->text,
			scenario_property_to_string(found));
		all = false;
	}
	return any ? all : found == 0;
}

static int status_of(const struct scenario *scenario, const struct explore_outcome *outcome,
	const struct explore_arguments *arguments)
{
	if (outcome->search->verdict == SEARCH_UNDECIDED)
		return EXIT_UNDECIDED;
	if (arguments->check)
		return outcome->search->verdict == SEARCH_HOLDS ? EXIT_OK : EXIT_FAILED;
	return is_expected(scenario, outcome) ? EXIT_OK : EXIT_FAILED;
}

static int explore_path(const char *path, const void *context, bool first)
{
	const struct explore_arguments *arguments = context;
	int status = EXIT_OK;
	g_autoptr(GString) text = g_string_new(NULL), found = g_string_new(NULL);
	struct scenario *scenario = explore_load(path, NULL, arguments, &status);
	struct explore_outcome *outcome;
	const char *written = NULL;

	g_assert(scenario || status != EXIT_OK);
	if (!scenario)
		return status;
	outcome = explore_scenario(scenario, arguments, &status);
	if (outcome) {
		status = status_of(scenario, outcome, arguments);
		if (arguments->output && outcome->steps) {
			outcome_counterexample(found, scenario, outcome);
			status = command_worse(
				status, command_write(arguments->output, found->str, found->len));
			written = status == EXIT_ENVIRONMENT ? NULL : arguments->output;
		} else {
			status = command_worse(
				status, command_remove_older("explore: -o", arguments->output));
		}
		if (arguments->json)
			outcome_json(text, scenario, outcome, written);
		else
			outcome_report(text, scenario, outcome);
		if (!first && !arguments->json)
			g_string_prepend_c(text, '\n');
		if (!arguments->quiet)
			status = command_worse(status, command_print(text->str, text->len));
	}
	explore_outcome_free(outcome);
	scenario_free(scenario);
	return status;
}

static int check_output(const char *output, const GPtrArray *paths)
{
	if (!output || paths->len == 1)
		return command_check_output("explore: -o", output, paths->pdata[0]);
	command_error(
		"explore: -o writes the counterexample of one scenario, not of %u", paths->len);
	return EXIT_USAGE;
}

/* All */

/* The scenarios that ship for the defects that are known. */
static GPtrArray *known_defects(int *status)
{
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);

	for (unsigned number = 1; number <= CSV_MATRIX_DEFECTS; number++) {
		g_autofree char *name = g_strdup_printf("explore/b%u", number);
		char *path = command_shipped(name);

		if (path) {
			g_ptr_array_add(paths, path);
			continue;
		}
		command_error("explore: --matrix: the scenario %s did not ship", name);
		*status = EXIT_ENVIRONMENT;
	}
	g_assert(paths->len == CSV_MATRIX_DEFECTS || *status != EXIT_OK);
	return paths;
}

static bool check_matrix(const struct explore_arguments *arguments)
{
	if (!arguments->matrix && g_strcmp0(arguments->revision, "all") == 0)
		command_error("explore: --revision is one of them; --matrix explores with all");
	else if (arguments->matrix && (arguments->output || arguments->revision))
		command_error("explore: --matrix is of all revisions and writes no counterexample");
	else if (!arguments->matrix && (arguments->markdown || arguments->csv))
		command_error("explore: --markdown and --csv are for --matrix");
	else if (arguments->json + arguments->markdown + arguments->csv > 1)
		command_error("explore: --json, --markdown and --csv: one of them");
	else
		return true;
	return false;
}

static int explore_all(int argc, char **argv, const struct explore_arguments *arguments)
{
	int status = EXIT_OK, checked;
	g_autoptr(GPtrArray) paths = NULL;

	if (!check_matrix(arguments) || !explore_check_search(arguments) ||
		!explore_check_values(arguments))
		return EXIT_USAGE;
	paths = arguments->matrix && argc == 1 ? known_defects(&status)
	                                       : command_scenarios(argc, argv, &status);
	if (paths->len == 0)
		return status;
	checked = check_output(arguments->output, paths);
	if (checked != EXIT_OK)
		return command_worse(status, checked);
	if (arguments->matrix)
		return command_worse(status, explore_matrix(paths, arguments));
	return command_worse(status,
		command_each("explore", "scenarios", "explored", paths, explore_path, arguments));
}

static void free_arguments(struct explore_arguments *arguments)
{
	g_free(arguments->revision);
	g_free(arguments->check);
	g_free(arguments->memory);
	g_free(arguments->jobs);
	g_free(arguments->max_states);
	g_free(arguments->max_depth);
	g_free(arguments->symmetry);
	g_free(arguments->reduce);
	g_free(arguments->output);
	g_free(arguments->disk);
	g_free(arguments->search);
	g_free(arguments->steps);
	g_free(arguments->seed);
	g_strfreev(arguments->set);
}

int cmd_explore(int argc, char **argv)
{
	struct explore_arguments a = { 0 };
	const GOptionEntry entries[] = {
		{ "revision", 'r', 0, G_OPTION_ARG_FILENAME, &a.revision,
			"Revision of the protocol (default: the scenario's)", "REVISION" },
		{ "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &a.set,
			"Set a key of the scenario; may be repeated", "GROUP.KEY=VALUE" },
		{ "check", 'c', 0, G_OPTION_ARG_FILENAME, &a.check,
			"Properties to look for, such as \"I3 I5\" (default: the scenario's)",
			"PROPERTIES" },
		{ "search", 0, 0, G_OPTION_ARG_FILENAME, &a.search,
			"How to search (default: bfs, breadth first)", "bfs|dfs|bitstate|walk" },
		{ "steps", 0, 0, G_OPTION_ARG_FILENAME, &a.steps,
			"Steps of all random walks together (default: " EXPLORE_STEPS_DEFAULT ")",
			"N" },
		{ "seed", 's', 0, G_OPTION_ARG_FILENAME, &a.seed,
			"Seed of the random walks (default: the scenario's)", "N" },
		{ "memory", 'm', 0, G_OPTION_ARG_FILENAME, &a.memory,
			"Memory for states (default: " EXPLORE_MEMORY_DEFAULT
			", bitstate: " EXPLORE_BITS_DEFAULT "); not for walks",
			"SIZE" },
		{ "disk", 0, 0, G_OPTION_ARG_FILENAME, &a.disk,
			"Keep the states in files in FOLDER, not in memory; the same command goes on "
			"with a search that was killed; only for bfs",
			"FOLDER" },
		{ "jobs", 'j', 0, G_OPTION_ARG_FILENAME, &a.jobs,
			"Threads (default: one per processor); the result does not depend on it; "
			"not for dfs and bitstate",
			"N" },
		{ "max-states", 0, 0, G_OPTION_ARG_FILENAME, &a.max_states,
			"Begin no further level at N states; dfs, bitstate: end there", "N" },
		{ "max-depth", 0, 0, G_OPTION_ARG_FILENAME, &a.max_depth,
			"Go no further than N steps from the start; length of a random walk "
			"(default: " EXPLORE_WALK_DEFAULT ")",
			"N" },
		{ "symmetry", 0, 0, G_OPTION_ARG_FILENAME, &a.symmetry,
			"Take states that differ only in the names of CPUs and tasks as one: on "
			"(default) or off",
			"on|off" },
		{ "reduce", 0, 0, G_OPTION_ARG_FILENAME, &a.reduce,
			"Leave out orders of steps that lead to the same state: on (default) or "
			"off",
			"on|off" },
		{ "matrix", 0, 0, G_OPTION_ARG_NONE, &a.matrix,
			"Explore with all revisions, by default the scenarios of each defect",
			NULL },
		{ "markdown", 0, 0, G_OPTION_ARG_NONE, &a.markdown,
			"The matrix as a table in Markdown", NULL },
		{ "csv", 0, 0, G_OPTION_ARG_NONE, &a.csv,
			"The matrix as CSV, for cidsim plot matrix", NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &a.json, "Print one JSON object per exploration",
			NULL },
		{ "timing", 0, 0, G_OPTION_ARG_NONE, &a.timing,
			"Print time, rate and memory on standard error", NULL },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &a.quiet,
			"Print nothing: the exit status is the answer", NULL },
		{ "output", 'o', 0, G_OPTION_ARG_FILENAME, &a.output,
			"Write the counterexample to FILE, a scenario for cidsim run", "FILE" },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (command_parse("SCENARIO…", description, entries, &argc, &argv, &status))
		status = explore_all(argc, argv, &a);
	free_arguments(&a);
	return status;
}
