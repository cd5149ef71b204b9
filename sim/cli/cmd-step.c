/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdio.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/cli/command.h"
#include "sim/cli/stop.h"
#include "sim/cli/terminal.h"
#include "sim/step/film-run.h"
#include "sim/step/film-steps.h"

static const char description[] =
	"Walks through a scenario, forwards and backwards. In a terminal keys do it: n and b, f to "
	"the next flip of the mode, h for help. From a pipe commands are read, one a line.\n"
	"\n"
	"A scenario with [steps], such as a counterexample, is walked through step by step. With "
	"[explore] all steps that can be taken are listed, and any of them can be picked; `write` "
	"makes a scenario of them that `cidsim run` plays. Of other scenarios each position is an "
	"event of the run that something was recorded of.\n"
	"\n"
	"SCENARIO is a file, or the name of a shipped scenario, as `cidsim list` prints it.\n"
	"\n"
	"Commands:\n"
	"  next [N | MARK]        forwards, N times, or to a flip, open, close, violation\n"
	"  back [N | MARK]        backwards\n"
	"  go N|TIME|start|end    to a position; of a run also to a time such as 3.1ms\n"
	"  show                   the position once more\n"
	"  list                   the steps that can be taken here\n"
	"  pick N|STEP            take one, by its number or as [steps] has it\n"
	"  write FILE             the steps up to here, as a scenario\n"
	"  help, quit             list the commands; end\n"
	"\n"
	"A bad command ends a pipe with status 2.\n"
	"\n"
	"Exit status: 0 all well, 2 bad usage or input, 3 the environment failed.\n"
	"\n"
	"Examples:\n"
	"  cidsim step defects/b9\n"
	"  printf 'next violation\\nback\\n' | cidsim step defects/b9\n"
	"  printf 'list\\npick fork T0 T2\\n' | cidsim step explore/b1\n";

enum { LINE_MAX_BYTES = 4096 };

struct step_options {
	char *seed, *revision;
	char **set;
};

/* What a pipe gets to see after a command. */
static int print_answer(struct stepper *stepper, enum stepper_answer kind)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_assert(kind == STEPPER_MOVED || kind == STEPPER_LISTS || kind == STEPPER_ANSWERS);
	if (kind == STEPPER_MOVED)
		stepper_show(stepper, text);
	else if (kind == STEPPER_LISTS)
		stepper_show_choices(stepper, text);
	if (kind == STEPPER_MOVED && stepper->answer->len > 0)
		g_string_append_printf(text, "(%s)\n", stepper->answer->str);
	else
		g_string_append(text, stepper->answer->str);
	if (text->len > 0)
		g_string_append_c(text, '\n');
	return command_print(text->str, text->len);
}

/* One line of a pipe. Returns the status; *@over: it was the last. */
static int pipe_line(struct stepper *stepper, const char *line, unsigned number, bool *over)
{
	enum stepper_answer kind = stepper_do(stepper, line);

	*over = kind == STEPPER_QUITS || kind == STEPPER_BAD || kind == STEPPER_FAILED;
	if (kind == STEPPER_BAD || kind == STEPPER_FAILED)
		command_error("step: line %u: %s", number, stepper->answer->str);
	if (kind == STEPPER_BAD)
		return EXIT_USAGE;
	if (kind == STEPPER_FAILED)
		return EXIT_ENVIRONMENT;
	return *over ? EXIT_OK : print_answer(stepper, kind);
}

/* While it waits nothing is to be finished: a signal ends the program. */
static bool read_line(char line[LINE_MAX_BYTES])
{
	bool got;

	stop_disarm();
	got = fgets(line, LINE_MAX_BYTES, stdin);
	stop_arm();
	return got;
}

static int run_pipe(struct stepper *stepper)
{
	char line[LINE_MAX_BYTES];
	unsigned number = 0;
	bool over = false;
	int status = print_answer(stepper, STEPPER_MOVED);

	while (!over && status == EXIT_OK && !stop_asked() && read_line(line)) {
		number++;
		if (!strchr(line, '\n') && strlen(line) == sizeof(line) - 1) {
			command_error("step: line %u is longer than a command can be", number);
			return EXIT_USAGE;
		}
		status = pipe_line(stepper, line, number, &over);
	}
	return status;
}

static int run_terminal(struct stepper *stepper)
{
	struct view view;
	int status;

	view_init(&view, stepper);
	status = terminal_run(&view);
	view_clear(&view);
	return status;
}

static int step_through(const struct scenario *scenario)
{
	g_autofree char *refusal = NULL;
	struct film *film = scenario->explore.line ? film_steps_new(scenario, &refusal)
	                                           : film_run_new(scenario);
	struct stepper stepper;
	int status;

	if (refusal) {
		g_autofree char *message = line_files_message(&scenario->files, refusal);

		command_error("%s", message);
		film->kind->free(film);
		return EXIT_USAGE;
	}
	stop_arm();
	stepper_init(&stepper, scenario, film, stop_asked);
	status = terminal_is_there() ? run_terminal(&stepper) : run_pipe(&stepper);
	stepper_clear(&stepper);
	stop_disarm();
	return status;
}

static int step_loaded(struct scenario *scenario)
{
	int status = step_through(scenario);

	scenario_free(scenario);
	return status;
}

static int run_step(int argc, char **argv, const struct step_options *options)
{
	const struct scenario_overrides overrides = {
		.set = (const char *const *)options->set,
		.revision = options->revision,
		.seed = options->seed,
	};
	g_autofree char *path = argc == 2 ? command_scenario(argv[1]) : NULL;
	struct scenario *scenario;
	int status = EXIT_USAGE;

	if (argc != 2)
		command_error("step: %s; a FILE or a name of `cidsim list`",
			argc < 2 ? "no scenario given" : "more than one scenario given");
	else if (strcmp(path, "-") == 0)
		command_error("step: commands are read from standard input; give a FILE");
	else if (g_file_test(path, G_FILE_TEST_IS_DIR))
		command_error("step: %s is a folder; give a FILE in it", text_path(path));
	else if ((scenario = command_load(path, &overrides, &status)))
		return step_loaded(scenario);
	return status;
}

int cmd_step(int argc, char **argv)
{
	struct step_options options = { 0 };
	const GOptionEntry entries[] = {
		{ "seed", 's', 0, G_OPTION_ARG_FILENAME, &options.seed,
			"Seed of the random streams (default: the scenario's)", "N" },
		{ "revision", 'r', 0, G_OPTION_ARG_FILENAME, &options.revision,
			"Revision of the protocol (default: the scenario's)", "REVISION" },
		{ "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.set,
			"Set a key of the scenario; may be repeated", "GROUP.KEY=VALUE" },
		G_OPTION_ENTRY_NULL,
	};
	int status;

	if (command_parse("SCENARIO", description, entries, &argc, &argv, &status))
		status = run_step(argc, argv, &options);
	g_free(options.seed);
	g_free(options.revision);
	g_strfreev(options.set);
	return status;
}
