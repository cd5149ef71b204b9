/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>

#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/scenario/estimate.h"
#include "sim/scenario/explain.h"

struct check_options {
	char **set;
	char *revision, *seed;
	gboolean explain, format;
};

/* What there is none of is not named. */
static void add_count(GString *text, const char *what, uint32_t count)
{
	if (count > 0)
		g_string_append_printf(text, "%s %u, ", what, count);
}

/* With two digits: more would say more than is known. */
static void add_rounded(GString *text, const char *before, uint64_t count, const char *after)
{
	uint64_t unit = 1;

	while (count / unit >= 100)
		unit *= 10;
	g_string_append_printf(
		text, "%s%" PRIu64 "%s", before, (count + unit / 2) / unit * unit, after);
}

static void add_estimate(GString *text, const struct scenario *scenario)
{
	struct scenario_estimate estimate = scenario_estimate(scenario);

	if (scenario->explore.line > 0)
		return;
	add_rounded(text, "; at most about ", estimate.tasks, " tasks at once");
	add_rounded(text, ", about ", estimate.events, " events");
}

static void add_summary(GString *text, const struct scenario *scenario)
{
	g_assert(scenario->cpus_count > 0);
	gsize from = text->len;

	g_string_append_printf(
		text, "%s: ok: CPUs %u, ", text_path(scenario->path), scenario->cpus_count);
	if (scenario->explore.line)
		g_string_append_printf(text, "tasks %u, at most %u, steps %u, ",
			scenario->explore.config.tasks_start, scenario->explore.config.tasks_max,
			scenario->steps_count);
	add_count(text, "processes", scenario->processes_count);
	add_count(text, "groups of tasks", scenario->groups_count);
	add_count(text, "ramps", scenario->ramps_count);
	add_count(text, "pools", scenario->pools_count);
	add_count(text, "actions", scenario->actions_count);
	g_string_append_printf(text, "expectations %u", scenario->expects_count);
	add_estimate(text, scenario);
	g_string_append_c(text, '\n');
	text_wrap(text, from);
}

static int check_one(const char *path, const struct check_options *options, GString *text)
{
	const struct scenario_overrides overrides = { .set = (const char *const *)options->set,
		.revision = options->revision,
		.seed = options->seed };
	int status = EXIT_OK;
	struct scenario *scenario;

	if (options->format) {
		g_autofree char *formatted = command_format(path, &status);

		g_string_append(text, formatted ? formatted : "");
		return status;
	}
	scenario = command_load(path, &overrides, &status);
	if (!scenario)
		return status;
	g_assert(status == EXIT_OK);
	if (options->explain)
		explain_print(text, scenario);
	else
		add_summary(text, scenario);
	scenario_free(scenario);
	return EXIT_OK;
}

/* False after a message. */
static bool can_print(const struct check_options *options, guint scenarios)
{
	const char *alone = options->format ? "--format" : "--explain";

	if (options->format &&
		(options->explain || options->set || options->revision || options->seed))
		command_error(
			"check: --format goes with no other option: it prints the file as it is");
	else if ((options->explain || options->format) && scenarios > 1)
		command_error("check: %s shows one scenario, here are %u", alone, scenarios);
	else
		return true;
	return false;
}

static int check_all(int argc, char **argv, const struct check_options *options)
{
	int status = EXIT_OK;
	g_autoptr(GPtrArray) paths = command_scenarios(argc, argv, &status);

	g_assert(argc >= 1);
	if (!can_print(options, paths->len))
		return EXIT_USAGE;
	for (guint i = 0; i < paths->len; i++) {
		g_autoptr(GString) text = g_string_new(NULL);

		status = command_worse(status, check_one(paths->pdata[i], options, text));
		status = command_worse(status, command_print(text->str, text->len));
	}
	return status;
}

int cmd_check(int argc, char **argv)
{
	struct check_options options = { 0 };
	const GOptionEntry entries[] = {
		{ "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.set,
			"Set a key of the scenario; may be repeated", "GROUP.KEY=VALUE" },
		{ "revision", 'r', 0, G_OPTION_ARG_FILENAME, &options.revision,
			"Revision of the protocol (default: the scenario's)", "REVISION" },
		{ "seed", 's', 0, G_OPTION_ARG_FILENAME, &options.seed,
			"Seed of the random streams (default: the scenario's)", "N" },
		{ "explain", 'e', 0, G_OPTION_ARG_NONE, &options.explain,
			"Print the scenario with all its settings, defaults and options included: "
			"a scenario that runs the same",
			NULL },
		{ "format", 'f', 0, G_OPTION_ARG_NONE, &options.format,
			"Print the file in the usual form: `key = value`, an empty line before "
			"each group; comments stay",
			NULL },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (command_parse("SCENARIO…",
		    "Reads scenarios and reports every fault, or about how large a run will be; "
	            "runs\n"
		    "nothing. SCENARIO is as for `cidsim run`.\n"
		    "\n"
		    "Examples:\n"
		    "  cidsim check mine.scn\n"
		    "  cidsim check --explain hysteresis --set machine.cpus=8\n"
		    "  cidsim check --format mine.scn > tidy.scn\n",
		    entries, &argc, &argv, &status))
		status = check_all(argc, argv, &options);
	g_strfreev(options.set);
	g_free(options.revision);
	g_free(options.seed);
	return status;
}
