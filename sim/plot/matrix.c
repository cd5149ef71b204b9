/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/matrix.h"

#include <inttypes.h>
#include <string.h>

#include "model/revision.h"
#include "sim/plot/kinds.h"
#include "sim/record/csv.h"
#include "sim/scenario/scenario.h"

enum {
	WIDTH_DEFAULT = 800, /* at least: what stands in the columns has room */
	ROW_PIXELS = 25,
	HEAD_PIXELS = 92,   /* the title, and the names of the columns */
	LETTER_PIXELS = 7,  /* in the matrix */
	SINCE_PIXELS = 50,  /* beside the names of the rows */
	SIDE_PIXELS = 10,   /* on the left and right */
	LEGEND_PIXELS = 19, /* of a row of it */
	KEY_PIXELS = 74,    /* of a sample cell in the legend */
	MEANS_PIXELS = 6,   /* of a letter in it */
	LEGEND_WIDE = 700,  /* from here on it has two columns */
	GAP_PIXELS = 9,     /* before the proposals, and above the legend */
	NAME_LETTERS = 20,
	CALLED_LETTERS = 12, /* the longest of what the defects are called */
	CELL_PIXELS = 12,    /* high, where there is text in it */
	TITLE_PIXELS = 9,    /* of a letter */
	SUBTITLE_PIXELS = 7, /* the same */
};

/* The defects that are known, in a word or two. */
static const struct {
	const char *name, *called;
} defects[] = {
	{ "B1", "live lock" },
	{ "B2", "ordering" },
	{ "B3", "exiting task" },
	{ "B4", "drop CPU" },
	{ "B5", "two forks" },
	{ "B6", "clone VM" },
	{ "B7", "failed exec" },
	{ "B8", "affinity" },
	{ "B9", "lost CID" },
	{ "B10", "own window" },
	{ "B11", "no TRANSIT" },
	{ "B12", "born transit" },
};

_Static_assert(G_N_ELEMENTS(defects) == CSV_MATRIX_DEFECTS, "each known defect has its words");

struct picture {
	const struct plot_matrix *matrix;
	struct plot_page *page;
	unsigned left;                                      /* pixels, of the names of the rows */
	unsigned letters;                                   /* of the longest text in a cell */
	const struct plot_cell *sample[PLOT_CELL_VERDICTS]; /* the first of each verdict */
	unsigned counts[PLOT_CELL_VERDICTS];
	unsigned properties; /* that are found broken anywhere */
};

/* Three digits and three digits: "27 697", with narrow blanks. */
static char *format_count(uint64_t count)
{
	g_autofree char *digits = g_strdup_printf("%" PRIu64, count);
	GString *text = g_string_new(NULL);
	size_t left = strlen(digits);

	g_assert(left >= 1);
	for (const char *digit = digits; *digit; digit++, left--) {
		if (digit > digits && left % 3 == 0)
			g_string_append(text, "\u2009");
		g_string_append_c(text, *digit);
	}
	return g_string_free(text, FALSE);
}

char *plot_matrix_text(const struct plot_cell *cell)
{
	g_autofree char *states = format_count(cell->states);

	g_assert(cell->verdict < PLOT_CELL_VERDICTS);
	switch (cell->verdict) {
	case PLOT_CELL_FOUND:
		return g_strdup_printf("%s in %" PRIu64,
			scenario_property_to_string(cell->property), cell->length);
	case PLOT_CELL_UNDECIDED:
		return g_strdup_printf("? %s", states);
	case PLOT_CELL_HOLDS:
	case PLOT_CELL_VERDICTS:
		break;
	}
	return g_steal_pointer(&states);
}

static const char *called(const char *defect)
{
	for (unsigned i = 0; i < G_N_ELEMENTS(defects); i++)
		if (strcmp(defects[i].name, defect) == 0)
			return defects[i].called;
	return "";
}

/* --- assignments --- */

static unsigned letters_of(const GPtrArray *names)
{
	glong letters = 0;

	g_assert(letters >= 0);
	for (unsigned i = 0; i < names->len; i++)
		letters = MAX(letters, g_utf8_strlen(names->pdata[i], -1));
	return (unsigned)MIN(letters, NAME_LETTERS);
}

/* The month of @revision; of a proposal, that it is one; "" if it is not known. The caller frees
 * it. */
static char *since(const struct revision *revision)
{
	if (!revision)
		return g_strdup("");
	if (revision > revision_current())
		return g_strdup("proposed");
	return g_strndup(revision->date, strlen("YYYY-MM"));
}

/* Names of the revisions, and a gap before the proposals at the end. Returns its pixels. */
static unsigned set_matrix_rows(const struct picture *picture)
{
	const GPtrArray *rows = picture->matrix->rows;
	unsigned current = rows->len, proposed = rows->len;

	g_assert(rows->len <= PLOT_MATRIX_ROWS_MAX);
	for (unsigned i = rows->len; i-- > 0;) {
		const struct revision *revision = revision_find(rows->pdata[i]);
		g_autofree char *text = since(revision);

		plot_set_text_at(picture->page, "ROW", i, rows->pdata[i], NAME_LETTERS);
		plot_set_text_at(picture->page, "SINCE", i, text, NAME_LETTERS);
		if (revision == revision_current())
			current = i;
		if (proposed == i + 1 && revision && revision > revision_current())
			proposed = i;
	}
	plot_set_number(picture->page, "ROWS", rows->len);
	plot_set_number(picture->page, "CURRENT", current);
	plot_set_number(picture->page, "PROPOSED", proposed);
	return proposed > 0 && proposed < rows->len ? GAP_PIXELS : 0;
}

/* Names of the columns upright if there is no room. Returns the pixels by which they are higher. */
static unsigned set_matrix_columns(const struct picture *picture, unsigned column_pixels)
{
	const GPtrArray *columns = picture->matrix->columns;
	unsigned letters = letters_of(columns);
	bool turned = letters * LETTER_PIXELS + LETTER_PIXELS > column_pixels;
	bool room = column_pixels >= CALLED_LETTERS * MEANS_PIXELS - MEANS_PIXELS;

	g_assert(columns->len <= PLOT_MATRIX_COLUMNS_MAX);
	for (unsigned i = 0; i < columns->len; i++) {
		plot_set_text_at(picture->page, "COLUMN", i, columns->pdata[i], NAME_LETTERS);
		plot_set_text_at(picture->page, "CALLED", i,
			room && !turned ? called(columns->pdata[i]) : "", CALLED_LETTERS);
	}
	plot_set_number(picture->page, "COLUMNS", columns->len);
	plot_set_number(picture->page, "TURNED", turned);
	return turned ? (letters - 1) * LETTER_PIXELS : 0;
}

/* --- the legend --- */

static char *meaning_of(const struct plot_cell *cell)
{
	g_autofree char *states = format_count(cell->states);

	g_assert(cell->verdict < PLOT_CELL_VERDICTS);
	switch (cell->verdict) {
	case PLOT_CELL_FOUND:
		return g_strdup_printf("%s is broken %" PRIu64 " step%s from the start, no fewer",
			scenario_property_to_string(cell->property), cell->length,
			cell->length == 1 ? "" : "s");
	case PLOT_CELL_HOLDS:
		return g_strdup_printf("holds: all %s states were seen", states);
	case PLOT_CELL_UNDECIDED:
	case PLOT_CELL_VERDICTS:
		break;
	}
	return g_strdup_printf("undecided: %s states were seen, not all", states);
}

/* A sample of each kind of cell. Returns how many. */
static unsigned set_keys(const struct picture *picture, unsigned letters_max)
{
	static const enum plot_verdict order[] = { PLOT_CELL_FOUND, PLOT_CELL_HOLDS,
		PLOT_CELL_UNDECIDED };
	unsigned keys = 0;

	for (unsigned i = 0; i < G_N_ELEMENTS(order); i++) {
		const struct plot_cell *sample = picture->sample[order[i]];
		g_autofree char *text = sample ? plot_matrix_text(sample) : NULL;
		g_autofree char *means = sample ? meaning_of(sample) : NULL;

		if (!sample)
			continue;
		plot_set_number_at(picture->page, "KEY_KIND", keys, order[i]);
		plot_set_text_at(picture->page, "KEY", keys, text, NAME_LETTERS);
		plot_set_text_at(picture->page, "KEY_MEANS", keys, means, letters_max);
		keys++;
	}
	plot_set_number(picture->page, "KEYS", keys);
	g_assert(keys <= PLOT_CELL_VERDICTS);
	return keys;
}

/* What is wrong where a property is broken. Returns how many there are. */
static unsigned set_properties(const struct picture *picture, unsigned letters_max)
{
	unsigned count = 0;

	for (unsigned rest = picture->properties; rest; rest &= rest - 1) {
		unsigned property = rest & -rest;
		g_autofree char *text =
			g_strdup_printf("%s: %s", scenario_property_to_string(property),
				scenario_property_describe(property));

		plot_set_text_at(picture->page, "PROPERTY", count++, text, letters_max);
	}
	plot_set_number(picture->page, "PROPERTIES", count);
	g_assert(count <= 32);
	return count;
}

/* Returns its pixels. */
static unsigned set_matrix_legend(const struct picture *picture)
{
	unsigned width = picture->page->width, keys, properties, rows;
	bool wide = width >= LEGEND_WIDE;
	unsigned part = wide ? width / 2 : width;

	g_assert(part >= PLOT_SIZE_MIN / 2);
	keys = set_keys(picture, (part - KEY_PIXELS - 2 * SIDE_PIXELS) / MEANS_PIXELS);
	properties = set_properties(picture, (part - SIDE_PIXELS) / MEANS_PIXELS);
	rows = wide ? MAX(keys, properties) : keys + properties;
	plot_set_number(picture->page, "LEGEND_WIDE", wide);
	plot_set_number(picture->page, "LEGEND_ROW", LEGEND_PIXELS);
	plot_set_number(picture->page, "KEY_WIDTH", KEY_PIXELS);
	return rows * LEGEND_PIXELS + 3 * GAP_PIXELS;
}

/* --- all of it --- */

static void set_matrix_titles(const struct picture *picture)
{
	const struct plot_matrix *matrix = picture->matrix;
	const unsigned *counts = picture->counts;
	GString *line = g_string_new(NULL);

	g_assert(matrix->rows->len > 0 && matrix->columns->len > 0);
	g_string_append_printf(line, "all orders of steps of %u small machine%s, %u revision%s",
		matrix->columns->len, matrix->columns->len == 1 ? "" : "s", matrix->rows->len,
		matrix->rows->len == 1 ? "" : "s");
	if (*matrix->version)
		g_string_append_printf(line, ", by cidsim %s", matrix->version);
	g_string_append_printf(
		line, ": %u broken, %u hold", counts[PLOT_CELL_FOUND], counts[PLOT_CELL_HOLDS]);
	if (counts[PLOT_CELL_UNDECIDED])
		g_string_append_printf(line, ", %u undecided", counts[PLOT_CELL_UNDECIDED]);
	plot_set_text(picture->page, "TITLE", "What is broken in which revision",
		picture->page->width / TITLE_PIXELS);
	plot_set_text(picture->page, "SUBTITLE", line->str, picture->page->width / SUBTITLE_PIXELS);
	g_string_free(line, TRUE);
}

static void look_at_cells(struct picture *picture)
{
	const struct plot_matrix *matrix = picture->matrix;

	g_assert(matrix->rows->len > 0 && matrix->columns->len > 0);
	for (unsigned i = 0; i < matrix->rows->len * matrix->columns->len; i++) {
		const struct plot_cell *cell =
			&matrix->cell[i / matrix->columns->len][i % matrix->columns->len];
		g_autofree char *text = plot_matrix_text(cell);

		picture->letters = MAX(picture->letters, (unsigned)g_utf8_strlen(text, -1));
		picture->properties |= cell->property;
		if (picture->counts[cell->verdict]++ == 0)
			picture->sample[cell->verdict] = cell;
	}
}

/* "x y verdict text" of each. */
static bool write_cells(const struct picture *picture, GError **error)
{
	const struct plot_matrix *matrix = picture->matrix;
	FILE *out = plot_page_create(picture->page, "cells.dat", error);

	for (unsigned y = 0; out && y < matrix->rows->len; y++) {
		for (unsigned x = 0; x < matrix->columns->len; x++) {
			g_autofree char *text = plot_matrix_text(&matrix->cell[y][x]);

			fprintf(out, "%u %u %d \"%s\"\n", x, y, matrix->cell[y][x].verdict, text);
		}
	}
	return plot_page_close(out, error);
}

/* The pixels on the left of the cells. */
static unsigned left_of(const struct plot_matrix *matrix)
{
	return 2 * SIDE_PIXELS + SINCE_PIXELS + letters_of(matrix->rows) * LETTER_PIXELS;
}

static unsigned width_of(const struct plot_matrix *matrix)
{
	unsigned column = CALLED_LETTERS * MEANS_PIXELS;

	return MAX(WIDTH_DEFAULT, left_of(matrix) + matrix->columns->len * column + SIDE_PIXELS);
}

static void set_all(struct picture *picture)
{
	const struct plot_matrix *matrix = picture->matrix;
	struct plot_page *page = picture->page;
	unsigned rows = matrix->rows->len, head = HEAD_PIXELS, gap, legend, column, row;

	g_assert(picture->page->width >= PLOT_SIZE_MIN);
	picture->left = MIN(left_of(matrix), page->width * 3 / 4);
	column = (page->width - picture->left - SIDE_PIXELS) / matrix->columns->len;
	head += set_matrix_columns(picture, column);
	gap = set_matrix_rows(picture);
	legend = set_matrix_legend(picture);
	if (!page->height)
		page->height = head + rows * ROW_PIXELS + gap + legend;
	row = (page->height - MIN(head + gap + legend, page->height)) / rows;
	plot_set_number(picture->page, "LEFT", picture->left);
	plot_set_number(picture->page, "ABOVE", head);
	plot_set_number(picture->page, "GAP", gap);
	plot_set_number(picture->page, "SIDE", SIDE_PIXELS);
	plot_set_number(picture->page, "BELOW", legend);
	plot_set_number(picture->page, "TEXTS",
		row >= CELL_PIXELS && column >= picture->letters * MEANS_PIXELS);
	plot_set_number(picture->page, "NAMES", row >= CELL_PIXELS);
}

bool plot_matrix(const char *path, struct plot_page *page, GError **error)
{
	struct plot_matrix *matrix = plot_matrix_read(path, error);
	struct picture picture = { .matrix = matrix, .page = page };
	bool good;

	if (!matrix)
		return false;
	page->width = page->width ? page->width : width_of(matrix);
	look_at_cells(&picture);
	set_matrix_titles(&picture);
	set_all(&picture);
	good = write_cells(&picture, error);
	plot_matrix_free(matrix);
	return good;
}
