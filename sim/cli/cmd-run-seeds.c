/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/cmd-run.h"

#include <inttypes.h>

#include "sim/base/values.h"
#include "sim/cli/stop.h"

/* `cidsim run FILE… --seeds N`: look for a seed with which a scenario fails. */

struct search {
	const struct run_options *options;
	const char *path;
	uint64_t first, count; /* seeds */
	uint64_t done, undecided;
	int status;
};

static int print_text(const struct search *search, const GString *text)
{
	return search->options->quiet ? EXIT_OK : command_print(text->str, text->len);
}

/* Run with one seed. Returns whether to go on. */
static bool try_seed(struct search *search, struct scenario *scenario, uint64_t seed)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct record_result *result;
	int status;

	g_assert(search->done < search->count);
	scenario->seed = seed;
	status = run_scenario(scenario, NULL, search->options, &result);
	search->done++;
	search->undecided += status == EXIT_UNDECIDED;
	if (result && (search->options->json || status == EXIT_FAILED))
		run_print(text, result, search->options);
	record_result_free(result);
	g_assert(search->undecided <= search->done);
	search->status = command_worse(search->status, status);
	search->status = command_worse(search->status, print_text(search, text));
	return search->status == EXIT_OK || search->status == EXIT_UNDECIDED;
}

static void print_seeds_summary(struct search *search, const char *name, uint64_t last)
{
	g_autoptr(GString) text = g_string_new(NULL);
	const char *verdict = search->status == EXIT_OK ? "ok" : "undecided";

	g_assert(search->done > 0 && search->done <= search->count);
	if (search->options->json)
		return;
	if (search->status == EXIT_FAILED)
		g_string_append_printf(text,
			"\nFAIL: %s: seed %" PRIu64 ", after %" PRIu64 " that did not fail\n", name,
			last, search->done - 1);
	else
		g_string_append_printf(text,
			"%s: %s: %" PRIu64 " runs, seeds %" PRIu64 " to %" PRIu64 "%s\n", verdict,
			name, search->done, search->first, last,
			search->undecided ? ", some of them ended early" : "");
	search->status = command_worse(search->status, print_text(search, text));
}

static void run_all_seeds(struct search *search, struct scenario *scenario)
{
	g_autofree char *name = run_name(search->path);

	g_assert(search->count > 0);
	search->first = scenario->seed;
	search->done = search->undecided = 0;
	if (search->count - 1 > UINT64_MAX - search->first) {
		command_error("run: --seeds: %" PRIu64 " seeds from %" PRIu64
			      " on go beyond the last one, 2^64 - 1",
			search->count, search->first);
		search->status = EXIT_USAGE;
		return;
	}
	stop_arm();
	while (search->done < search->count && !stop_asked()) {
		if (!try_seed(search, scenario, search->first + search->done))
			break;
	}
	stop_disarm();
	/* The signal can have come between two runs. */
	if (stop_asked())
		search->status = command_worse(search->status, EXIT_UNDECIDED);
	if (search->done > 0 && command_worse(search->status, EXIT_FAILED) == EXIT_FAILED)
		print_seeds_summary(search, name, search->first + search->done - 1);
}

int run_seeds(const GPtrArray *paths, const struct run_options *options)
{
	struct search search = { .options = options };
	g_autofree char *wrong = value_read_count(options->seeds, &search.count);
	int status = EXIT_OK;

	g_assert(options->seeds);
	if (wrong || search.count == 0) {
		command_error("run: --seeds: %s", wrong ? wrong : "at least 1 is needed");
		return EXIT_USAGE;
	}
	for (guint i = 0; i < paths->len && !stop_asked(); i++) {
		struct scenario *scenario;

		search.path = paths->pdata[i];
		search.status = EXIT_OK;
		scenario = run_load(search.path, options, &search.status);
		if (scenario)
			run_all_seeds(&search, scenario);
		scenario_free(scenario);
		status = command_worse(status, search.status);
	}
	return stop_asked() ? command_worse(status, EXIT_UNDECIDED) : status;
}
