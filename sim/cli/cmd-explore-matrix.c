/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>
#include <string.h>

#include "sim/base/csv.h"
#include "sim/base/json-write.h"
#include "sim/base/text.h"
#include "sim/base/values.h"
#include "sim/base/version.h"
#include "sim/cli/cmd-explore.h"
#include "sim/cli/stop.h"
#include "sim/explore/outcome.h"
#include "sim/record/csv.h"

/* One revision, one scenario. */
struct cell {
	const char *revision;
	char *defect;   /* the scenario's name in capitals */
	char *property; /* that was found, otherwise those that were looked for */
	char *verdict;
	bool found, exhausted;
	unsigned length;
	uint64_t states;
};

static void cell_free(gpointer data)
{
	struct cell *cell = data;

	g_free(cell->defect);
	g_free(cell->property);
	g_free(cell->verdict);
	g_free(cell);
}

/* "B1" of ".../explore/b1.scn". */
static char *defect_of(const char *path)
{
	g_autofree char *base = g_path_get_basename(path);
	g_autofree char *name = NULL;

	g_assert(*base);
	if (g_str_has_suffix(base, ".scn"))
		base[strlen(base) - 4] = '\0';
	name = value_clean(base, G_MAXSSIZE);
	return g_ascii_strup(name, -1);
}

static char *properties_to_string(unsigned properties)
{
	g_autoptr(GString) text = g_string_new(NULL);

	scenario_properties_print(text, properties);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static struct cell *explore_cell(const char *path, const struct revision *revision,
	const struct explore_arguments *arguments, int *status)
{
	struct scenario *scenario = explore_load(path, revision->name, arguments, status);
	struct explore_outcome *outcome =
		scenario ? explore_scenario(scenario, arguments, status) : NULL;
	struct cell *cell = NULL;

	if (outcome) {
		cell = g_new0(struct cell, 1);
		cell->revision = revision->name;
		cell->defect = defect_of(path);
		cell->found = outcome->search->verdict == SEARCH_VIOLATED;
		cell->exhausted = outcome->search->verdict == SEARCH_HOLDS;
		cell->length = cell->found ? outcome->search->depth : 0;
		cell->states = outcome->search->states;
		cell->verdict = g_strdup(search_verdict_to_string(outcome->search->verdict));
		cell->property = properties_to_string(
			cell->found ? outcome_property(outcome) : scenario->explore.check);
		g_assert(!cell->found || !cell->exhausted);
	}
	explore_outcome_free(outcome);
	scenario_free(scenario);
	return cell;
}

static struct cell *cell_at(const GPtrArray *cells, guint row, guint column, guint columns)
{
	g_assert(column < columns && row * columns + column < cells->len);
	return cells->pdata[row * columns + column];
}

/* What a table shows: the length of the counterexample, else how many states do not break it. */
static char *cell_text(const struct cell *cell)
{
	if (cell->found)
		return g_strdup_printf("%s in %u", cell->property, cell->length);
	return g_strdup_printf("%s%" PRIu64, cell->exhausted ? "- " : "? ", cell->states);
}

/* A table with a row for each revision. */
static void print_table(GString *text, const GPtrArray *cells, guint columns)
{
	g_autoptr(GString) aligned = g_string_new("l");
	struct text_table *table;

	g_assert(columns > 0 && cells->len % columns == 0);
	for (guint column = 0; column < columns; column++)
		g_string_append(aligned, "|r");
	table = text_table_new(aligned->str);
	text_table_cell(table, "revision");
	for (guint column = 0; column < columns; column++)
		text_table_cell(table, cell_at(cells, 0, column, columns)->defect);
	for (guint i = 0; i < cells->len; i++) {
		struct cell *cell = cells->pdata[i];

		if (i % columns == 0)
			text_table_cell(table, cell->revision);
		text_table_take(table, cell_text(cell));
	}
	text_table_print(table, text);
	g_string_append(text, "\n  I3 in 3: this property is broken 3 steps from the start, no "
			      "fewer. - 148: all\n  148 states were seen, and none breaks it. "
			      "? 9000: 9000 were seen, but not all.\n");
}

/* A '|' would end the cell. */
static void add_markdown_cell(GString *text, const char *cell)
{
	g_auto(GStrv) parts = g_strsplit(cell, "|", -1);
	g_autofree char *escaped = g_strjoinv("\\|", parts);

	g_string_append_printf(text, " %s |", escaped);
}

static void print_markdown(GString *text, const GPtrArray *cells, guint columns)
{
	g_assert(columns > 0 && cells->len % columns == 0);
	g_string_append(text, "| revision |");
	for (guint column = 0; column < columns; column++)
		add_markdown_cell(text, cell_at(cells, 0, column, columns)->defect);
	g_string_append(text, "\n|-|");
	for (guint column = 0; column < columns; column++)
		g_string_append(text, "-|");
	for (guint i = 0; i < cells->len; i++) {
		const struct cell *cell = cells->pdata[i];
		g_autofree char *shown = cell_text(cell);

		if (i % columns == 0)
			g_string_append_printf(text, "\n| `%s` |", cell->revision);
		g_string_append_printf(text, cell->found ? " **%s** |" : " %s |", shown);
	}
	g_string_append_c(text, '\n');
}

static void print_csv(GString *text, const GPtrArray *cells)
{
	g_string_append_printf(
		text, "# cidsim %s explore --matrix\n%s\n", version_text(), csv_matrix_columns);
	for (guint i = 0; i < cells->len; i++) {
		const struct cell *cell = cells->pdata[i];

		g_string_append_printf(text, "%s,", cell->revision);
		csv_quote(text, cell->defect);
		g_string_append_printf(text, ",%s,%s,%d,%u,%" PRIu64 ",%d\n", cell->property,
			cell->verdict, cell->found, cell->length, cell->states, cell->exhausted);
	}
}

static void add_cell(struct json *json, const struct cell *cell)
{
	json_begin_object(json, NULL);
	json_add_text(json, "revision", cell->revision);
	json_add_text(json, "defect", cell->defect);
	json_add_text(json, "property", cell->property);
	json_add_bool(json, "found", cell->found);
	json_add_number_if(json, "length", cell->found, cell->length);
	json_add_number(json, "states", cell->states);
	json_add_bool(json, "exhausted", cell->exhausted);
	json_add_text(json, "verdict", cell->verdict);
	json_end_object(json);
}

static void print_json(GString *text, const GPtrArray *cells)
{
	struct json writer = { .text = text }, *json = &writer;

	json_begin_object(json, NULL);
	json_begin_array(json, "cells");
	for (guint i = 0; i < cells->len; i++)
		add_cell(json, cells->pdata[i]);
	json_end_array(json);
	json_end_object(json);
	json_end_line(json);
}

/* Fill @cells, row by row. Returns false if it could not be finished. */
static bool explore_cells(GPtrArray *cells, const GPtrArray *paths,
	const struct explore_arguments *arguments, int *status)
{
	size_t count;
	const struct revision *revisions = revision_table(&count);

	for (size_t i = 0; i < count; i++) {
		for (guint column = 0; column < paths->len; column++) {
			struct cell *cell;

			if (stop_asked()) {
				command_error("explore: interrupted: no matrix");
				*status = command_worse(*status, EXIT_UNDECIDED);
				return false;
			}
			cell = explore_cell(paths->pdata[column], &revisions[i], arguments, status);
			if (!cell)
				return false;
			if (strcmp(cell->verdict, "undecided") == 0)
				*status = command_worse(*status, EXIT_UNDECIDED);
			g_ptr_array_add(cells, cell);
		}
	}
	g_assert(cells->len == count * paths->len);
	return true;
}

int explore_matrix(const GPtrArray *paths, const struct explore_arguments *arguments)
{
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(cell_free);
	g_autoptr(GString) text = g_string_new(NULL);
	int status = EXIT_OK;
	bool all;

	g_assert(paths->len > 0);
	if (!command_can_read_again("explore: --matrix", paths))
		return EXIT_USAGE;
	stop_arm();
	all = explore_cells(cells, paths, arguments, &status);
	stop_disarm();
	if (!all)
		return status;
	if (arguments->json)
		print_json(text, cells);
	else if (arguments->csv)
		print_csv(text, cells);
	else if (arguments->markdown)
		print_markdown(text, cells, paths->len);
	else
		print_table(text, cells, paths->len);
	return arguments->quiet ? status
	                        : command_worse(status, command_print(text->str, text->len));
}
