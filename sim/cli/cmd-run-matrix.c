/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/cmd-run.h"

#include <string.h>

#include "model/revision.h"
#include "sim/base/text.h"
#include "sim/cli/stop.h"

/* `cidsim run FILE… --revision all`: the verdict of each scenario with each revision. */

static const char legend[] = "\n"
			     "ok: what was expected came out. FAIL: an expectation does not hold. "
			     "I1 … I8, livelock: the\n"
			     "properties that were broken, against what was expected. undecided: "
			     "ended early. error: see\n"
			     "the message. To see one: cidsim run FILE --revision NAME\n";

struct matrix {
	const struct run_options *options;
	struct text_table *table;
	GString *json;
	int status;
};

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

static char *run_cell(struct matrix *matrix, const char *path, const char *revision)
{
	struct run_options options = *matrix->options;
	g_autofree char *name = run_name(path);
	g_autofree char *dir =
		options.output ? g_build_filename(options.output, revision, name, NULL) : NULL;
	struct scenario *scenario;
	struct record_result *result = NULL;
	int status = EXIT_OK;
	char *cell;

	g_assert(strcmp(path, "-") != 0); /* it is read once for each revision */
	options.revision = (char *)revision;
	scenario = run_load(path, &options, &status);
	if (scenario)
		status = run_scenario(scenario, dir, &options, &result);
	if (result && options.json)
		run_print(matrix->json, result, &options);
	cell = cell_of(status, result);
	matrix->status = command_worse(matrix->status, status);
	record_result_free(result);
	if (scenario)
		scenario_free(scenario);
	return cell;
}

/* Does @path load? If not the message would come once for each revision. */
static bool loads(struct matrix *matrix, const char *path)
{
	struct run_options options = *matrix->options;
	struct scenario *scenario;
	int status = EXIT_OK;

	options.revision = NULL;
	scenario = run_load(path, &options, &status);
	matrix->status = command_worse(matrix->status, status);
	scenario_free(scenario);
	return scenario;
}

static void run_row(
	struct matrix *matrix, const char *path, const struct revision *revisions, size_t count)
{
	bool good = !stop_asked() && loads(matrix, path);

	g_assert(count > 0);
	text_table_take(matrix->table, run_name(path));
	for (size_t i = 0; i < count; i++) {
		if (good && !stop_asked())
			text_table_take(matrix->table, run_cell(matrix, path, revisions[i].name));
		else
			text_table_cell(matrix->table, good ? "undecided" : "-");
	}
}

static struct text_table *new_table(const struct revision *revisions, size_t count)
{
	g_autofree char *columns = g_strnfill(count + 1, 'l');
	struct text_table *table = text_table_new(columns);

	g_assert(count > 0);
	text_table_cell(table, "scenario");
	for (size_t i = 0; i < count; i++)
		text_table_cell(table, revisions[i].name);
	return table;
}

int run_matrix(const GPtrArray *paths, const struct run_options *options)
{
	size_t count;
	const struct revision *revisions = revision_table(&count);
	struct matrix matrix = { .options = options };
	g_autoptr(GString) text = g_string_new(NULL);

	g_assert(paths->len > 0 && !options->seeds);
	if (!command_can_read_again("run: --revision all", paths))
		return EXIT_USAGE;
	matrix.table = new_table(revisions, count);
	matrix.json = g_string_new(NULL);
	stop_arm();
	for (guint i = 0; i < paths->len; i++)
		run_row(&matrix, paths->pdata[i], revisions, count);
	stop_disarm();
	text_table_print(matrix.table, text);
	if (stop_asked())
		matrix.status = command_worse(matrix.status, EXIT_UNDECIDED);
	g_string_append(text, legend);
	if (options->json)
		matrix.status = command_worse(
			matrix.status, command_print(matrix.json->str, matrix.json->len));
	else if (!options->quiet)
		matrix.status = command_worse(matrix.status, command_print(text->str, text->len));
	g_string_free(matrix.json, TRUE);
	return matrix.status;
}
