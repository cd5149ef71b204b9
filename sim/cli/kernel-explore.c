/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _XOPEN_SOURCE 700 /* isatty */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "model/check.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/cli/explore-one.h"
#include "sim/cli/kernel-explore.h"
#include "sim/cli/kernel-tree.h"
#include "sim/cli/stop.h"
#include "sim/kernel/explore/explore.h"

enum {
	PROGRESS_US = 200000,
};

#define MEMORY_DEFAULT "2G"
#define MEMORY_MIN (UINT64_C(16) << 20)
#define MEMORY_MAX (UINT64_C(64) << 30)

struct options {
	const struct kernel_explore *typed;
	const char *tree;
	bool alone, fine;
	uint64_t memory, states_max;
};

/* Waiting */

struct waiting {
	gint64 began_us, last_us;
	bool shows; /* standard error is a terminal */
};

static bool wait_more(void *context, uint64_t states)
{
	struct waiting *waiting = context;
	gint64 now_us = g_get_monotonic_time();

	if (waiting->shows && now_us - waiting->last_us >= PROGRESS_US) {
		waiting->last_us = now_us;
		g_printerr("\r\033[K%" PRIu64 " states, %" PRIu64 " per second", states,
			states * 1000000 / (uint64_t)MAX(now_us - waiting->began_us, 1));
	}
	return stop_asked();
}

/* Options */

bool kernel_read_grain(const char *grain, const char *revision, bool *alone, bool *fine)
{
	*alone = g_strcmp0(revision, "none") == 0;
	*fine = false;
	if (!grain || strcmp(grain, "step") == 0)
		return true;
	if (strcmp(grain, "fine") != 0) {
		command_error("kernel: --grain: '%s' is neither step nor fine", text_clean(grain));
		return false;
	}
	if (revision && !*alone) {
		command_error("kernel: --grain fine has no model beside it: leave out --revision");
		return false;
	}
	*fine = *alone = true;
	return true;
}

static char *read_memory(const char *text, uint64_t *bytes)
{
	char *wrong = value_read_size(text, bytes);

	if (!wrong && (*bytes < MEMORY_MIN || *bytes > MEMORY_MAX))
		wrong = g_strdup("a size from 16M to 64G is expected");
	return wrong;
}

static bool read_options(struct options *options)
{
	const struct kernel_explore *typed = options->typed;
	const char *memory = typed->memory ? typed->memory : MEMORY_DEFAULT;

	options->states_max = UINT32_MAX;
	return kernel_read_grain(typed->grain, typed->revision, &options->alone, &options->fine) &&
	       command_accepts("kernel", "--memory", read_memory(memory, &options->memory)) &&
	       (!typed->max_states || command_accepts("kernel", "--max-states",
					      value_read_count_in(typed->max_states, 1,
						      UINT32_MAX / 4, &options->states_max)));
}

/* Is @scenario one that a kernel's code can be explored in? False after a message. */
static bool is_for_code(const struct scenario *scenario, const struct options *options)
{
	const struct machine_config *machine = &scenario->explore.config;
	const char *path = text_path(scenario->path);
	uint32_t line = scenario->explore.line;
	unsigned check = scenario->explore.check;

	if (machine->weak && !options->alone)
		command_error("kernel: %s:%" PRIu32 ": memory = weak is for code without a model "
			      "beside it: --revision none or --grain fine",
			path, line);
	else if (check & ~(CHECK_ALL_SAFETY | CHECK_I3))
		command_error("kernel: %s:%" PRIu32 ": kernel explore looks for I1 to I6 and I8 "
			      "only; choose by --check",
			path, line);
	else
		return true;
	return false;
}

/* The report */

static int status_of(const struct exploration_report *report)
{
	switch (report->verdict) {
	case EXPLORATION_HOLDS:
		return EXIT_OK;
	case EXPLORATION_UNDECIDED:
		return EXIT_UNDECIDED;
	default:
		return EXIT_FAILED;
	}
}

static int print_report(const struct options *options, const struct exploration_subject *subject,
	const struct exploration_report *report, gint64 took_us)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_assert(took_us >= 0);
	if (options->typed->quiet)
		return EXIT_OK;
	if (options->typed->json)
		exploration_json(text, subject, report, (uint64_t)took_us / 1000);
	else
		exploration_print(text, subject, report);
	return command_print(text->str, text->len);
}

/* One scenario */

static int explore_compiled(const struct options *options, const struct scenario *scenario,
	const struct compiled *compiled)
{
	struct waiting waiting = { .began_us = g_get_monotonic_time(),
		.shows = isatty(STDERR_FILENO) };
	struct exploration_options wanted = { .wait = wait_more,
		.context = &waiting,
		.wish = { .check = scenario->explore.check,
			.states_max = options->states_max,
			.memory = options->memory,
			.jobs = options->typed->jobs,
			.world = { .machine = scenario->explore.config,
				.protocol = scenario->protocol,
				.alone = options->alone,
				.fine = options->fine,
				.stacks = options->typed->stacks } } };
	const struct exploration_subject subject = { .tree = options->tree,
		.scenario = scenario->path,
		.revision = scenario->revision,
		.wish = &wanted.wish };
	const struct written_subject written = { .tree = options->tree,
		.revision = scenario->revision };
	struct exploration_report report;
	g_autoptr(GError) error = NULL;
	int status;

	if (exploration_run(compiled, &wanted, &report, &error)) {
		if (waiting.last_us > 0)
			g_printerr("\r\033[K");
		status = print_report(
			options, &subject, &report, g_get_monotonic_time() - waiting.began_us);
		status = command_worse(status,
			kernel_tree_write(options->typed->output, &written, report.finding));
		status = command_worse(status, status_of(&report));
	} else {
		status = command_failed("kernel: ", error);
	}
	exploration_report_clear(&report);
	return status;
}

static struct scenario *load(const char *path, const struct options *options, int *status)
{
	struct explore_arguments arguments = {
		.command = "kernel",
		.revision = options->alone ? NULL : (char *)options->typed->revision,
		.check = options->typed->check,
		.set = options->typed->set,
	};
	struct scenario *scenario = explore_load(path, NULL, &arguments, status);

	if (!scenario || is_for_code(scenario, options))
		return scenario;
	*status = command_worse(*status, EXIT_USAGE);
	scenario_free(scenario);
	return NULL;
}

static int explore_path(const char *path, const void *context, bool first)
{
	const struct options *options = context;
	int status = EXIT_OK;
	struct scenario *scenario = load(path, options, &status);
	struct compiled *compiled = NULL;
	struct compile_for purpose;

	(void)first;
	if (!scenario)
		return status;
	stop_arm();
	purpose = exploration_purpose(&scenario->explore.config);
	compiled = kernel_tree_compile("kernel: ", options->tree, &purpose, &status);
	if (compiled)
		status = explore_compiled(options, scenario, compiled);
	stop_disarm();
	compiled_free(compiled);
	scenario_free(scenario);
	return status;
}

int kernel_explore(int argc, char **argv, const struct kernel_explore *arguments)
{
	struct options options = { .typed = arguments };
	g_autoptr(GPtrArray) paths = NULL;
	int status = EXIT_OK;

	if (argc < 2) {
		command_error("kernel: explore takes a TREE and a SCENARIO with [explore], such as "
			      "explore/b1");
		return EXIT_USAGE;
	}
	options.tree = argv[0];
	if (!read_options(&options))
		return EXIT_USAGE;
	paths = command_scenarios(argc, argv, &status);
	if (paths->len == 0)
		return status;
	if (arguments->output && paths->len > 1) {
		command_error("kernel: -o takes one SCENARIO");
		return EXIT_USAGE;
	}
	status = command_worse(
		status, command_check_output("kernel: -o", arguments->output, paths->pdata[0]));
	if (status != EXIT_OK)
		return status;
	return command_each("kernel", "scenarios", "explored", paths, explore_path, &options);
}
