/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/cmd-run.h"

#include <string.h>

#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/batch/batch.h"
#include "sim/cli/jobs.h"
#include "sim/cli/progress.h"
#include "sim/cli/stop.h"

/* `cidsim run FILE…`: each scenario once, on several threads; what is printed comes in order. */

enum form { FORM_REPORT, FORM_LINE, FORM_JSON, FORM_TAP };

struct batch {
	const GPtrArray *paths;
	GPtrArray *names;
	const struct run_options *options;
	enum form form;
	unsigned width; /* of the longest name */
	/* these are for the caller's thread only */
	struct progress_line line;
	struct batch_totals totals;
	GString *junit;
	uint64_t done;
	int status;
};

/* What came of one, printed by the thread that has run it. */
struct outcome {
	int status;
	enum batch_verdict verdict;
	GPtrArray *messages;
	GString *text, *junit;
};

static void free_outcome(void *data)
{
	struct outcome *outcome = data;

	g_ptr_array_unref(outcome->messages);
	g_string_free(outcome->text, TRUE);
	g_string_free(outcome->junit, TRUE);
	g_free(outcome);
}

/* --- one scenario, in any thread --- */

static enum batch_verdict verdict_of(int status, bool loaded)
{
	switch (status) {
	case EXIT_OK:
		return BATCH_PASS;
	case EXIT_FAILED:
		return BATCH_FAIL;
	case EXIT_UNDECIDED:
		return BATCH_UNDECIDED;
	default:
		return loaded ? BATCH_ERROR : BATCH_UNREADABLE;
	}
}

static void print_case(const struct batch *batch, uint64_t item, struct outcome *outcome,
	const struct record_result *result)
{
	const struct batch_case batch_case = {
		.path = batch->paths->pdata[item],
		.name = batch->names->pdata[item],
		.verdict = outcome->verdict,
		.result = result,
		.messages = outcome->messages,
	};

	g_assert(result || outcome->verdict != BATCH_PASS);
	if (batch->options->junit)
		batch_junit_print(outcome->junit, &batch_case);
	if (batch->options->quiet)
		return;
	if (batch->form == FORM_LINE)
		batch_line_print(outcome->text, &batch_case, batch->width);
	else if (batch->form == FORM_TAP)
		batch_tap_print(outcome->text, &batch_case, item + 1);
	else if (batch->form == FORM_JSON && !result)
		batch_json_error(outcome->text, &batch_case);
	else if (result)
		run_print(outcome->text, result, batch->options);
}

/* A counterexample means less for a revision that it was not found with. */
static void warn_found_with(const struct scenario *scenario)
{
	if (scenario->found_with && scenario->found_with != scenario->revision)
		command_error("%s: this counterexample is of revision %s, run with %s",
			text_path(scenario->path), scenario->found_with->name,
			scenario->revision->name);
}

static void run_case(
	const struct batch *batch, struct crew *crew, uint64_t item, struct outcome *outcome)
{
	const struct run_options *options = batch->options;
	const char *path = batch->paths->pdata[item];
	g_autofree char *name = run_name(path);
	g_autofree char *dir =
		options->output ? g_build_filename(options->output, name, NULL) : NULL;
	struct record_result *result = NULL;
	struct scenario *scenario;
	GPtrArray *before;

	before = messages_keep(outcome->messages);
	scenario = run_load(path, options, &outcome->status);
	if (scenario && !options->quiet)
		warn_found_with(scenario);
	if (scenario)
		outcome->status = run_scenario(scenario, dir, options, crew, &result);
	messages_keep(before);
	g_assert(result || outcome->status != EXIT_OK);
	outcome->verdict = verdict_of(outcome->status, scenario != NULL);
	print_case(batch, item, outcome, result);
	record_result_free(result);
	scenario_free(scenario);
}

static void *work(void *context, struct crew *crew, uint64_t item)
{
	const struct batch *batch = context;
	struct outcome *outcome = g_new0(struct outcome, 1);

	outcome->messages = g_ptr_array_new_with_free_func(g_free);
	outcome->text = g_string_new(NULL);
	outcome->junit = g_string_new(NULL);
	if (!stop_asked()) {
		run_case(batch, crew, item, outcome);
		return outcome;
	}
	outcome->status = EXIT_UNDECIDED;
	outcome->verdict = BATCH_NOT_RUN;
	print_case(batch, item, outcome, NULL);
	return outcome;
}

/* --- all of them, in the caller's thread --- */

static void print_text(struct batch *batch, const GString *text)
{
	if (text->len > 0)
		batch->status = command_worse(batch->status, command_print(text->str, text->len));
}

static bool take(void *context, uint64_t item, void *result)
{
	struct batch *batch = context;
	struct outcome *outcome = result;
	GPtrArray *before = messages_keep(NULL); /* the caller may be at work on another one */

	g_assert(item == batch->done);
	batch->done++;
	batch->status = command_worse(batch->status, outcome->status);
	batch_count(&batch->totals, batch->names->pdata[item], outcome->verdict);
	g_string_append_len(batch->junit, outcome->junit->str, (gssize)outcome->junit->len);
	progress_clear(&batch->line);
	messages_print(outcome->messages);
	if (batch->form == FORM_REPORT && item > 0 && outcome->text->len > 0)
		g_string_prepend_c(outcome->text, '\n');
	print_text(batch, outcome->text);
	free_outcome(outcome);
	messages_keep(before);
	return true;
}

/* Of one scenario the simulated time is shown. */
static bool tick(void *context)
{
	struct batch *batch = context;
	struct run_watch *watch = batch->options->watch;

	if (watch)
		batch->line.total = watch->end_ms;
	progress_show(&batch->line, watch ? MIN(watch->now_ms, batch->line.total) : batch->done);
	return true;
}

static void print_start(struct batch *batch)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (batch->form == FORM_TAP)
		batch_tap_plan(text, batch->paths->len);
	print_text(batch, text);
}

static void print_end(struct batch *batch)
{
	g_autoptr(GString) text = g_string_new(NULL);
	uint64_t not_run = batch->totals.count[BATCH_NOT_RUN];

	if (not_run > 0)
		command_error("run: interrupted, %" G_GUINT64_FORMAT
			      " of %u scenarios were not run",
			not_run, batch->paths->len);
	if (batch->form == FORM_TAP && not_run > 0)
		batch_tap_bail_out(text);
	if (batch->form == FORM_LINE && !batch->options->quiet)
		batch_totals_print(text, &batch->totals);
	print_text(batch, text);
}

static void write_junit(struct batch *batch)
{
	g_autoptr(GString) document = g_string_new(NULL);

	batch_junit_document(document, batch->junit, &batch->totals);
	batch->status = command_worse(
		batch->status, command_write(batch->options->junit, document->str, document->len));
}

static void run_cases(struct batch *batch)
{
	const struct crew_plan plan = {
		.items = batch->paths->len,
		.jobs = batch->options->threads,
		.work = work,
		.take = take,
		.tick = tick,
		.drop = free_outcome,
		.context = batch,
	};
	unsigned missing;
	bool all;

	print_start(batch);
	progress_begin(&batch->line, batch->options->watch ? "ms simulated" : "scenarios", 0,
		plan.items, !batch->options->watch);
	all = crew_run(&plan, &missing);
	progress_clear(&batch->line);
	g_assert(all && batch->done == plan.items);
	jobs_report_missing("run", missing);
	print_end(batch);
}

/* Names that people know the scenarios by: without folder, unless two would have the same. */
static GPtrArray *names_of(const GPtrArray *paths)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < paths->len; i++)
		g_hash_table_add(seen, run_name(paths->pdata[i]));
	for (guint i = 0; i < paths->len; i++) {
		bool differ = g_hash_table_size(seen) == paths->len;
		g_autofree char *name =
			differ ? run_name(paths->pdata[i]) : g_strdup(paths->pdata[i]);

		g_ptr_array_add(names, value_clean(name, G_MAXSSIZE));
	}
	g_assert(names->len == paths->len);
	return names;
}

static enum form form_of(const struct run_options *options, guint count)
{
	if (options->json)
		return FORM_JSON;
	if (options->tap)
		return FORM_TAP;
	if (count == 1 || options->verbose || options->timeline || options->explain)
		return FORM_REPORT;
	return FORM_LINE;
}

/* Returns a status. */
static int check_junit(const GPtrArray *paths, const char *output)
{
	int status = EXIT_OK;

	for (guint i = 0; i < paths->len && status == EXIT_OK; i++)
		status = command_check_output("run: --junit", output, paths->pdata[i]);
	return status;
}

int run_batch(const GPtrArray *paths, const struct run_options *options)
{
	struct run_watch watch = { 0 };
	struct run_options own = *options;
	struct batch batch = { .paths = paths, .options = &own };

	g_assert(paths->len > 0 && !options->seeds);
	batch.status = check_junit(paths, options->junit);
	if (batch.status != EXIT_OK)
		return batch.status;
	own.watch = paths->len == 1 ? &watch : NULL;
	batch.names = names_of(paths);
	batch.form = form_of(options, paths->len);
	batch.junit = g_string_new(NULL);
	for (guint i = 0; i < batch.names->len; i++)
		batch.width = MAX(batch.width, (unsigned)g_utf8_strlen(batch.names->pdata[i], -1));
	run_cases(&batch);
	if (options->junit)
		write_junit(&batch);
	g_ptr_array_unref(batch.names);
	g_string_free(batch.junit, TRUE);
	batch_totals_clear(&batch.totals);
	return batch.status;
}
