/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>
#include <string.h>

#include "sim/base/csv.h"
#include "sim/base/failure.h"
#include "sim/base/values.h"
#include "sim/plot/matrix.h"
#include "sim/record/csv.h"
#include "sim/scenario/scenario.h"

enum column { REVISION, DEFECT, PROPERTY, VERDICT, FOUND, LENGTH, STATES, EXHAUSTED };

enum { NUMBER_MAX = INT32_MAX, VERSION_MAX = 31 };

/* The position of @name in @names, where it is put if it is new. -1: there are @max already. */
static int position_of(GPtrArray *names, const char *name, unsigned max)
{
	g_assert(names->len <= max);
	for (unsigned i = 0; i < names->len; i++)
		if (strcmp(names->pdata[i], name) == 0)
			return (int)i;
	if (names->len == max)
		return -1;
	g_ptr_array_add(names, g_strdup(name));
	return (int)names->len - 1;
}

/* The cell that the row is about; NULL sets @error. */
static struct plot_cell *find_cell(
	struct plot_matrix *matrix, struct csv_reader *csv, GError **error)
{
	const char *revision = csv_reader_field(csv, REVISION),
		   *defect = csv_reader_field(csv, DEFECT);
	int row, column;

	if (!*revision || !*defect) {
		csv_reader_fail(csv, error, "a revision and a defect have names");
		return NULL;
	}
	row = position_of(matrix->rows, revision, PLOT_MATRIX_ROWS_MAX);
	column = position_of(matrix->columns, defect, PLOT_MATRIX_COLUMNS_MAX);
	if (row < 0 || column < 0) {
		csv_reader_fail(csv, error, "more than %d %s",
			row < 0 ? PLOT_MATRIX_ROWS_MAX : PLOT_MATRIX_COLUMNS_MAX,
			row < 0 ? "revisions" : "defects");
		return NULL;
	}
	return &matrix->cell[row][column];
}

/* The word of the property that was found broken. */
static bool read_broken_property(struct csv_reader *csv, unsigned *property, GError **error)
{
	const char *text = csv_reader_field(csv, PROPERTY);
	g_autofree char *quoted = value_quote(text);

	*property = scenario_property_find(text);
	if (*property)
		return true;
	return csv_reader_fail(
		csv, error, "property is %s, expected the one that was found broken", quoted);
}

/* What follows from the verdict must agree with it. */
static bool read_flag(
	struct csv_reader *csv, enum column column, const char *name, bool expected, GError **error)
{
	uint64_t value;

	if (!csv_reader_number(csv, column, 1, &value, error))
		return false;
	if (value == expected)
		return true;
	return csv_reader_fail(csv, error, "%s is %" PRIu64 ", but the verdict is '%s'", name,
		value, csv_reader_field(csv, VERDICT));
}

static bool read_cell(struct csv_reader *csv, struct plot_cell *cell, GError **error)
{
	static const char *const verdicts[] = { "holds", "violated", "undecided", NULL };
	unsigned verdict;

	g_assert(cell->line == 0 || cell->verdict < PLOT_CELL_VERDICTS);
	if (cell->line > 0)
		return csv_reader_fail(csv, error,
			"line %" PRIu64 " is of the same revision and defect", cell->line);
	if (!csv_reader_word(csv, VERDICT, verdicts, &verdict, error) ||
		!read_flag(csv, FOUND, "found", verdict == PLOT_CELL_FOUND, error) ||
		!csv_reader_number(csv, LENGTH, NUMBER_MAX, &cell->length, error) ||
		!csv_reader_number(csv, STATES, INT64_MAX, &cell->states, error) ||
		!read_flag(csv, EXHAUSTED, "exhausted", verdict == PLOT_CELL_HOLDS, error))
		return false;
	cell->verdict = (enum plot_verdict)verdict;
	cell->line = csv_reader_line(csv);
	return cell->verdict != PLOT_CELL_FOUND ||
	       read_broken_property(csv, &cell->property, error);
}

static bool read_cells(struct plot_matrix *matrix, struct csv_reader *csv, GError **error)
{
	GError *fault = NULL;
	struct plot_cell *cell;

	while (csv_reader_next(csv, &fault) && (cell = find_cell(matrix, csv, &fault)) != NULL &&
		read_cell(csv, cell, &fault))
		;
	return failure_pass(error, fault);
}

/* A missing row would look as if nothing had been found there. */
static bool check_cells(const struct plot_matrix *matrix, const char *path, GError **error)
{
	g_autofree char *row = NULL, *column = NULL;

	g_assert(matrix->rows->len <= PLOT_MATRIX_ROWS_MAX);
	if (matrix->rows->len == 0) {
		failure_input(error, "%s: no rows", path);
		return false;
	}
	for (unsigned i = 0; i < matrix->rows->len; i++) {
		for (unsigned j = 0; j < matrix->columns->len; j++) {
			if (matrix->cell[i][j].line > 0)
				continue;
			row = value_quote(matrix->rows->pdata[i]);
			column = value_quote(matrix->columns->pdata[j]);
			failure_input(error,
				"%s: is not complete: no row of revision %s and defect %s", path,
				row, column);
			return false;
		}
	}
	return true;
}

/* What made the file, as its first comment says; "" if it has none. */
static char *read_version(const struct csv_reader *csv)
{
	const char *version = csv_reader_comment(csv, "cidsim");
	size_t length;

	if (!version)
		return g_strdup("");
	length = strspn(version, "0123456789abcdefghijklmnopqrstuvwxyz.-+~");
	return g_strndup(version, MIN(length, VERSION_MAX));
}

struct plot_matrix *plot_matrix_read(const char *path, GError **error)
{
	struct csv_reader *csv = csv_reader_open_with(path, csv_matrix_columns, error);
	struct plot_matrix *matrix;
	bool good;

	if (!csv)
		return NULL;
	matrix = g_new0(struct plot_matrix, 1);
	matrix->version = read_version(csv);
	matrix->rows = g_ptr_array_new_with_free_func(g_free);
	matrix->columns = g_ptr_array_new_with_free_func(g_free);
	good = read_cells(matrix, csv, error) && check_cells(matrix, path, error);
	csv_reader_close(csv);
	if (good)
		return matrix;
	plot_matrix_free(matrix);
	return NULL;
}

void plot_matrix_free(struct plot_matrix *matrix)
{
	if (!matrix)
		return;
	g_ptr_array_unref(matrix->columns);
	g_ptr_array_unref(matrix->rows);
	g_free(matrix->version);
	g_free(matrix);
}
