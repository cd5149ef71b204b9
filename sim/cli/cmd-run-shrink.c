/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/cmd-run.h"

#include <inttypes.h>
#include <string.h>

#include "sim/base/output.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/base/version.h"
#include "sim/cli/progress.h"
#include "sim/cli/stop.h"
#include "sim/record/report.h"
#include "sim/shrink/shrink.h"

/* `cidsim run FILE --shrink SMALL`. */

struct work {
	const struct run_options *options;
	const char *path;
	char *command; /* that fails */
	char *text;    /* of the scenario, with all options in it */
	uint64_t runs_max;
	struct progress_line line;
	int status;
};

/* Read the scenario. False after messages. */
static bool read_scenario(struct work *work)
{
	const struct run_options *options = work->options;
	const struct scenario_overrides overrides = { .set = (const char *const *)options->set,
		.revision = options->revision,
		.seed = options->seed };
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct scenario *scenario = run_load(work->path, options, &work->status);
	g_autofree char *text = NULL;
	size_t length = 0;

	if (!scenario)
		return false;
	work->command = report_command(scenario);
	scenario_free(scenario);
	text = command_read(work->path, &length, &work->status);
	if (text)
		work->text = scenario_write_out(work->path, text, length, &overrides, errors);
	if (text && !work->text) /* it has changed meanwhile */
		command_error("%s", (const char *)errors->pdata[0]);
	work->status = work->text ? work->status : command_worse(work->status, EXIT_USAGE);
	return work->text;
}

static bool shrink_goes_on(void *context, uint64_t runs)
{
	const struct work *work = context;

	progress_show(&work->line, MIN(runs, work->runs_max));
	return !stop_asked();
}

/* The file: where it comes from, then the scenario. */
static char *document_of(const struct work *work, const struct shrink_result *result)
{
	GString *text = g_string_new(NULL);
	g_autofree char *failure = failure_text(result->failure);

	g_string_append_printf(text,
		"# Made by cidsim %s from a larger scenario: %u lines became %u.\n# %s\n"
		"# fails in the same way: %s.\n",
		version_text(), result->lines_before, result->lines, text_clean(work->command),
		text_clean(failure));
	if (!result->minimal)
		g_string_append_printf(text,
			"# It may not be as small as it could be: stopped after %" PRIu64
			" runs.\n",
			result->runs);
	g_string_append_printf(text, "\n%s", result->text);
	return g_string_free(text, FALSE);
}

static int print_summary(const struct work *work, const struct shrink_result *result)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *failure = failure_text(result->failure);
	const char *path = work->options->shrink;
	const char *const words[] = { "cidsim", "run", path, NULL };
	g_autofree char *command = text_shell_line(words);

	if (work->options->quiet)
		return EXIT_OK;
	g_string_append_printf(text,
		"%s%s: %u lines became %u in %" PRIu64 " runs%s\n"
		"It fails in the same way: %s\nTo see it: %s\n",
		work->options->seeds ? "\n" : "", text_clean(path), result->lines_before,
		result->lines, result->runs,
		result->minimal ? ""
		: stop_asked()  ? ", interrupted"
				: ", the limit of --shrink-runs",
		text_clean(failure), command);
	return command_print(text->str, text->len);
}

static void write_smaller(struct work *work, struct output *out, const struct shrink_result *result)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *document = document_of(work, result);

	output_text(out, document);
	if (output_close(out, &error)) {
		work->status = command_worse(EXIT_FAILED, print_summary(work, result));
		return;
	}
	command_error("run: --shrink: %s", error->message);
	work->status = EXIT_ENVIRONMENT;
}

static void shrink_into(struct work *work, struct output *out)
{
	const struct shrink_plan plan = {
		.runs_max = work->runs_max, .goes_on = shrink_goes_on, .context = work
	};
	struct shrink_result result;

	progress_begin(&work->line, "runs at most", 0, work->runs_max, false);
	stop_arm();
	shrink(work->text, &plan, &result);
	stop_disarm();
	progress_clear(&work->line);
	if (result.text) {
		write_smaller(work, out, &result);
	} else {
		output_discard(out);
		command_error("run: --shrink: %s: %s, so there is nothing to shrink",
			text_path(work->path), result.cannot);
		work->status = command_worse(EXIT_UNDECIDED,
			command_remove_older("run: --shrink", work->options->shrink));
	}
	shrink_result_clear(&result);
}

int run_shrink_check(const char *path, struct run_options *options)
{
	const char *runs = options->shrink_runs;

	options->shrink_runs_max = SHRINK_RUNS;
	if (runs && !command_accepts("run", "--shrink-runs",
			    value_read_count_in(runs, 1, UINT32_MAX, &options->shrink_runs_max)))
		return EXIT_USAGE;
	return command_check_output("run: --shrink", options->shrink, path);
}

int run_shrink(const char *path, const struct run_options *options)
{
	struct work work = {
		.options = options, .path = path, .runs_max = options->shrink_runs_max
	};
	g_autoptr(GError) error = NULL;
	struct output *out;

	g_assert(options->shrink && *options->shrink && work.runs_max > 0);
	if (read_scenario(&work)) {
		out = output_open(options->shrink, &error);
		if (out)
			shrink_into(&work, out);
		else
			command_error("run: --shrink: %s", error->message);
		work.status = out ? work.status : EXIT_ENVIRONMENT;
	}
	g_free(work.command);
	g_free(work.text);
	return work.status;
}
