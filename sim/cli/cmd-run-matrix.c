/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/cmd-run.h"

#include <string.h>

#include "model/revision.h"
#include "sim/base/text.h"
#include "sim/cli/jobs.h"
#include "sim/cli/progress.h"
#include "sim/cli/stop.h"

/* `cidsim run FILE… --revision all`: the verdict of each scenario with each revision. */

static const char legend[] = "\n"
			     "ok: what was expected came out. FAIL: an expectation does not hold.\n"
			     "I1 … I8, livelock: the properties that were broken, against what was\n"
			     "expected. undecided: ended early. error: see the message. To see one:\n"
			     "cidsim run FILE --revision NAME\n";

struct matrix {
	const struct run_options *options;
	const GPtrArray *paths;
	bool *loads; /* of each path: whether it can be read */
	const struct revision *revisions;
	size_t count;
	/* these are for the caller's thread only */
	struct progress_line line;
	uint64_t done;
	struct text_table *table;
	GString *json;
	int status;
};

/* What came of a scenario with a revision. */
struct outcome {
	int status;
	char *cell;
	GPtrArray *messages;
	GString *json;
};

static void free_outcome(void *data)
{
	struct outcome *outcome = data;

	g_free(outcome->cell);
	g_ptr_array_unref(outcome->messages);
	g_string_free(outcome->json, TRUE);
	g_free(outcome);
}

static bool is_named(const GString *cell, const char *property)
{
	g_auto(GStrv) names = g_strsplit(cell->str, ",", -1);

	return g_strv_contains((const char *const *)names, property);
}

/* The properties that were broken, in the order in which they were. */
static char *broken(const struct record_result *result)
{
	GString *cell = g_string_new(NULL);

	g_assert(result->violations->len > 0);
	for (guint i = 0; i < result->violations->len; i++) {
		const struct record_violation *violation = result->violations->pdata[i];

		if (!is_named(cell, violation->property))
			g_string_append_printf(
				cell, "%s%s", cell->len ? "," : "", violation->property);
	}
	return g_string_free(cell, FALSE);
}

static char *cell_of(int status, const struct record_result *result)
{
	g_assert(result || status == EXIT_USAGE || status == EXIT_ENVIRONMENT);
	switch (status) {
	case EXIT_OK:
		return g_strdup("ok");
	case EXIT_UNDECIDED:
		return g_strdup("undecided");
	case EXIT_FAILED:
		return result->violations->len > 0 ? broken(result) : g_strdup("FAIL");
	default:
		return g_strdup("error");
	}
}

static void run_cell(const struct matrix *matrix, struct crew *crew, const char *path,
	const char *revision, struct outcome *outcome)
{
	struct run_options options = *matrix->options;
	g_autofree char *name = run_name(path);
	g_autofree char *dir =
		options.output ? g_build_filename(options.output, revision, name, NULL) : NULL;
	GPtrArray *before = messages_keep(outcome->messages);
	struct scenario *scenario;
	struct record_result *result = NULL;

	g_assert(strcmp(path, "-") != 0); /* it is read once for each revision */
	options.revision = (char *)revision;
	options.brief = !options.json;
	scenario = run_load(path, &options, &outcome->status);
	if (scenario)
		outcome->status = run_scenario(scenario, dir, &options, crew, &result);
	messages_keep(before);
	if (result && options.json)
		run_print(outcome->json, result, &options);
	outcome->cell = cell_of(outcome->status, result);
	record_result_free(result);
	scenario_free(scenario);
}

static void *work(void *context, struct crew *crew, uint64_t item)
{
	const struct matrix *matrix = context;
	uint64_t path = item / matrix->count;
	struct outcome *outcome = g_new0(struct outcome, 1);

	g_assert(path < matrix->paths->len);
	outcome->messages = g_ptr_array_new_with_free_func(g_free);
	outcome->json = g_string_new(NULL);
	if (!matrix->loads[path])
		outcome->cell = g_strdup("-");
	else if (stop_asked())
		outcome->cell = g_strdup("undecided");
	else
		run_cell(matrix, crew, matrix->paths->pdata[path],
			matrix->revisions[item % matrix->count].name, outcome);
	return outcome;
}

static bool take(void *context, uint64_t item, void *data)
{
	struct matrix *matrix = context;
	struct outcome *outcome = data;
	GPtrArray *before = messages_keep(NULL); /* the caller may be at work on another one */

	g_assert(item == matrix->done);
	matrix->done++;
	if (item % matrix->count == 0)
		text_table_take(
			matrix->table, run_name(matrix->paths->pdata[item / matrix->count]));
	text_table_take(matrix->table, g_steal_pointer(&outcome->cell));
	g_string_append_len(matrix->json, outcome->json->str, (gssize)outcome->json->len);
	matrix->status = command_worse(matrix->status, outcome->status);
	if (outcome->messages->len > 0)
		progress_clear(&matrix->line);
	messages_print(outcome->messages);
	free_outcome(outcome);
	messages_keep(before);
	return true;
}

static bool tick(void *context)
{
	const struct matrix *matrix = context;

	progress_show(&matrix->line, matrix->done);
	return true;
}

static void run_cells(struct matrix *matrix)
{
	const struct crew_plan plan = {
		.items = matrix->paths->len * (uint64_t)matrix->count,
		.jobs = matrix->options->threads,
		.work = work,
		.take = take,
		.tick = tick,
		.drop = free_outcome,
		.context = matrix,
	};
	unsigned missing;

	progress_begin(&matrix->line, "runs", 0, plan.items, false);
	stop_arm();
	crew_run(&plan, &missing);
	stop_disarm();
	progress_clear(&matrix->line);
	jobs_report_missing("run", missing);
	g_assert(matrix->done == plan.items);
}

/* Which of the paths load? Of one that does not, the message would come once for each revision. */
static void load_all(struct matrix *matrix)
{
	struct run_options options = *matrix->options;

	options.revision = NULL;
	for (guint i = 0; i < matrix->paths->len; i++) {
		int status = EXIT_OK;
		struct scenario *scenario = run_load(matrix->paths->pdata[i], &options, &status);

		matrix->loads[i] = scenario != NULL;
		matrix->status = command_worse(matrix->status, status);
		scenario_free(scenario);
	}
}

static struct text_table *new_table(const struct revision *revisions, size_t count)
{
	g_autoptr(GString) columns = g_string_new("l");
	struct text_table *table;

	g_assert(count > 0);
	for (size_t i = 0; i < count; i++)
		g_string_append(columns, "|l");
	table = text_table_new(columns->str);
	text_table_cell(table, "scenario");
	for (size_t i = 0; i < count; i++)
		text_table_cell(table, revisions[i].name);
	return table;
}

static void print_matrix(struct matrix *matrix)
{
	g_autoptr(GString) text = g_string_new(NULL);

	text_table_print(matrix->table, text);
	g_string_append(text, legend);
	if (matrix->options->json)
		matrix->status = command_worse(
			matrix->status, command_print(matrix->json->str, matrix->json->len));
	else if (!matrix->options->quiet)
		matrix->status = command_worse(matrix->status, command_print(text->str, text->len));
}

int run_matrix(const GPtrArray *paths, const struct run_options *options)
{
	struct matrix matrix = { .options = options, .paths = paths };

	g_assert(paths->len > 0 && !options->seeds);
	if (!command_can_read_again("run: --revision all", paths))
		return EXIT_USAGE;
	matrix.revisions = revision_table(&matrix.count);
	matrix.table = new_table(matrix.revisions, matrix.count);
	matrix.json = g_string_new(NULL);
	matrix.loads = g_new0(bool, paths->len);
	load_all(&matrix);
	run_cells(&matrix);
	if (stop_asked())
		matrix.status = command_worse(matrix.status, EXIT_UNDECIDED);
	print_matrix(&matrix);
	g_string_free(matrix.json, TRUE);
	g_free(matrix.loads);
	return matrix.status;
}
