/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/cmd-run.h"

#include <inttypes.h>

#include "sim/base/values.h"
#include "sim/cli/jobs.h"
#include "sim/cli/progress.h"
#include "sim/cli/stop.h"

/* `cidsim run FILE… --seeds N`: look for the first seed with which a scenario fails. The seeds run
 * on several threads; as their results come in order, it is the lowest one that is found. */

struct search {
	const struct run_options *options;
	const char *path;
	const struct scenario *scenario;
	uint64_t first, count; /* seeds */
	/* these are for the caller's thread only */
	struct progress_line line;
	uint64_t done, undecided;
	int status;
};

/* What came of a seed, printed by the thread that has run it. */
struct outcome {
	int status;
	GPtrArray *messages;
	GString *text;
};

static void free_outcome(void *data)
{
	struct outcome *outcome = data;

	g_ptr_array_unref(outcome->messages);
	g_string_free(outcome->text, TRUE);
	g_free(outcome);
}

/* Run with one seed. NULL if the crew is to stop. */
static void *try_seed(void *context, struct crew *crew, uint64_t item)
{
	const struct search *search = context;
	struct scenario scenario = *search->scenario;
	struct outcome *outcome = g_new(struct outcome, 1);
	struct record_result *result;
	GPtrArray *before;

	*outcome = (struct outcome){ .messages = g_ptr_array_new_with_free_func(g_free),
		.text = g_string_new(NULL) };
	scenario.seed = search->first + item;
	before = messages_keep(outcome->messages);
	outcome->status = run_scenario(&scenario, NULL, search->options, crew, &result);
	messages_keep(before);
	if (result && (search->options->json || outcome->status == EXIT_FAILED))
		run_print(outcome->text, result, search->options);
	record_result_free(result);
	if (crew_goes_on(crew))
		return outcome;
	free_outcome(outcome);
	return NULL;
}

static int print_text(const struct search *search, const GString *text)
{
	return search->options->quiet ? EXIT_OK : command_print(text->str, text->len);
}

static bool take_seed(void *context, uint64_t item, void *data)
{
	struct search *search = context;
	struct outcome *outcome = data;
	GPtrArray *before = messages_keep(NULL); /* the caller may be at work on another one */

	g_assert(item == search->done && search->done < search->count);
	search->done++;
	search->undecided += outcome->status == EXIT_UNDECIDED;
	search->status = command_worse(search->status, outcome->status);
	if (outcome->messages->len > 0 || outcome->text->len > 0)
		progress_clear(&search->line);
	messages_print(outcome->messages);
	search->status = command_worse(search->status, print_text(search, outcome->text));
	free_outcome(outcome);
	messages_keep(before);
	return !stop_asked() && command_worse(search->status, EXIT_UNDECIDED) == EXIT_UNDECIDED;
}

static bool tick_seeds(void *context)
{
	const struct search *search = context;

	progress_show(&search->line, search->done);
	return !stop_asked();
}

static void print_seeds_summary(struct search *search)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *name = run_name(search->path);
	g_autofree char *before =
		search->done > 1
			? g_strdup_printf("after %" PRIu64 " that did not fail", search->done - 1)
			: g_strdup("the first");
	const char *verdict = search->status == EXIT_OK ? "ok" : "undecided";
	uint64_t last = search->first + search->done - 1;

	g_assert(search->done > 0 && search->done <= search->count);
	if (search->options->json)
		return;
	if (search->status == EXIT_FAILED)
		g_string_append_printf(
			text, "\nFAIL: %s: seed %" PRIu64 ", %s\n", name, last, before);
	else
		g_string_append_printf(text,
			"%s: %s: %" PRIu64 " runs, seeds %" PRIu64 " to %" PRIu64 "%s\n", verdict,
			name, search->done, search->first, last,
			search->undecided ? ", some of them ended early" : "");
	search->status = command_worse(search->status, print_text(search, text));
}

static void run_all_seeds(struct search *search)
{
	const struct crew_plan plan = {
		.items = search->count,
		.jobs = search->options->threads,
		.work = try_seed,
		.take = take_seed,
		.tick = tick_seeds,
		.drop = free_outcome,
		.context = search,
	};
	unsigned missing;

	search->first = search->scenario->seed;
	search->done = search->undecided = 0;
	if (search->count - 1 > UINT64_MAX - search->first) {
		command_error("run: --seeds: %" PRIu64 " seeds from %" PRIu64
			      " on go beyond the last one, 2^64 - 1",
			search->count, search->first);
		search->status = EXIT_USAGE;
		return;
	}
	progress_begin(&search->line, "seeds", 0, search->count, search->options->json);
	stop_arm();
	crew_run(&plan, &missing);
	stop_disarm();
	progress_clear(&search->line);
	jobs_report_missing("run", missing);
	if (stop_asked())
		search->status = command_worse(search->status, EXIT_UNDECIDED);
	if (search->done > 0 && command_worse(search->status, EXIT_FAILED) == EXIT_FAILED)
		print_seeds_summary(search);
}

int run_seeds(const GPtrArray *paths, const struct run_options *options, uint64_t *failed)
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
		search.scenario = scenario = run_load(search.path, options, &search.status);
		if (scenario)
			run_all_seeds(&search);
		scenario_free(scenario);
		status = command_worse(status, search.status);
		if (search.status == EXIT_FAILED)
			*failed = search.first + search.done - 1;
	}
	return stop_asked() ? command_worse(status, EXIT_UNDECIDED) : status;
}
