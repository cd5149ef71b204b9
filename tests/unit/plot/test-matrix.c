/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/check.h"
#include "sim/base/failure.h"
#include "sim/machine/machine.h"
#include "sim/plot/gnuplot.h"
#include "sim/plot/kinds.h"
#include "sim/plot/matrix.h"
#include "sim/plot/plot.h"
#include "tests/lib/folder.h"
#include "tests/lib/picture.h"
#include "tests/lib/suite.h"
#include "tests/lib/sweep-text.h"

#define SAMPLE CIDSIM_PLOTS_SOURCE "/sample-matrix/matrix.csv"
#define COLUMNS "revision,defect,property,verdict,found,length,states,exhausted\n"

static char *dir;  /* of the test, removed after it */
static char *path; /* of a file in it that the test writes */

static void start(void)
{
	dir = folder_new();
	path = g_build_filename(dir, "x.csv", NULL);
	g_setenv("CIDSIM_PLOTS", CIDSIM_PLOTS_SOURCE, TRUE);
}

static void stop(void)
{
	g_free(path);
	folder_remove(dir);
}

static void write_file(const char *text)
{
	ck_assert(g_file_set_contents(path, text, -1, NULL));
}

/* Write a file of @rows. */
static void write_rows(const char *rows)
{
	g_autofree char *text =
		g_strconcat("# cidsim 1.2.3 explore --matrix\n" COLUMNS, rows, NULL);

	write_file(text);
}

/* --- reading --- */

static const char four_rows[] = "v3,B1,I3,violated,1,3,47,0\n"
				"v3,POOL,I1 I5,holds,0,0,27697,1\n"
				"mine,B1,I3,undecided,0,0,9000,0\n"
				"mine,POOL,return,violated,1,12,1234567,0\n";

SUITE(.timeout = 60, .before = start, .after = stop);

TEST(rows_and_columns_are_in_the_order_of_the_file)
{
	struct plot_matrix *matrix;

	write_rows(four_rows);
	matrix = plot_matrix_read(path, NULL);
	ck_assert_ptr_nonnull(matrix);
	ck_assert_str_eq(matrix->version, "1.2.3");
	ck_assert_uint_eq(matrix->rows->len, 2);
	ck_assert_str_eq(matrix->rows->pdata[0], "v3");
	ck_assert_str_eq(matrix->rows->pdata[1], "mine");
	ck_assert_uint_eq(matrix->columns->len, 2);
	ck_assert_str_eq(matrix->columns->pdata[1], "POOL");
	ck_assert_uint_eq(matrix->cell[0][0].verdict, PLOT_CELL_FOUND);
	ck_assert_uint_eq(matrix->cell[0][0].property, CHECK_I3);
	ck_assert_uint_eq(matrix->cell[0][0].length, 3);
	ck_assert_uint_eq(matrix->cell[0][1].verdict, PLOT_CELL_HOLDS);
	ck_assert_uint_eq(matrix->cell[0][1].states, 27697);
	ck_assert_uint_eq(matrix->cell[1][0].verdict, PLOT_CELL_UNDECIDED);
	ck_assert_uint_eq(matrix->cell[1][1].property, EXPLORE_RETURN);
	plot_matrix_free(matrix);
}

TEST(a_file_need_not_say_what_made_it)
{
	static const char *const heads[] = { "", "# something\n", "# cidsim \n" };

	for (unsigned i = 0; i < G_N_ELEMENTS(heads); i++) {
		g_autofree char *text = g_strconcat(heads[i], COLUMNS, four_rows, NULL);
		struct plot_matrix *matrix;

		write_file(text);
		matrix = plot_matrix_read(path, NULL);
		ck_assert_ptr_nonnull(matrix);
		ck_assert_str_eq(matrix->version, "");
		plot_matrix_free(matrix);
	}
}

static void assert_refused(const char *expected)
{
	GError *fault = NULL;
	g_autofree char *wrong = NULL;

	ck_assert_ptr_null(plot_matrix_read(path, &fault));
	ck_assert(g_error_matches(fault, FAILURE, FAILURE_INPUT));
	wrong = folder_message(dir, fault);
	ck_assert_str_eq(wrong, expected);
}

static const struct {
	const char *rows, *expected;
} bad[] = {
	{ "", "x.csv: no rows" },
	{ "v3,B1,I3,violated,1,3,47\n", "x.csv:3: 7 fields, expected 8" },
	{ ",B1,I3,violated,1,3,47,0\n", "x.csv:3: a revision and a defect have names" },
	{ "v3,,I3,violated,1,3,47,0\n", "x.csv:3: a revision and a defect have names" },
	{ "v3,B1,I9,violated,1,3,47,0\n",
		"x.csv:3: property is 'I9', expected the one that was found broken" },
	{ "v3,B1,I3 I5,violated,1,3,47,0\n",
		"x.csv:3: property is 'I3 I5', expected the one that was found broken" },
	{ "v3,B1,I3,broken,1,3,47,0\n",
		"x.csv:3: 'verdict' is 'broken', expected holds or violated or undecided" },
	{ "v3,B1,I3,violated,0,3,47,0\n", "x.csv:3: found is 0, but the verdict is 'violated'" },
	{ "v3,B1,I3,holds,0,0,47,0\n", "x.csv:3: exhausted is 0, but the verdict is 'holds'" },
	{ "v3,B1,I3,undecided,0,0,47,1\n",
		"x.csv:3: exhausted is 1, but the verdict is 'undecided'" },
	{ "v3,B1,I3,violated,2,3,47,0\n",
		"x.csv:3: 'found' is '2', expected a number from 0 to 1" },
	{ "v3,B1,I3,violated,1,-3,47,0\n",
		"x.csv:3: 'length' is '-3', expected a number from 0 to 2147483647" },
	{ "v3,B1,I3,violated,1,3,,0\n",
		"x.csv:3: 'states' is '', expected a number from 0 to 9223372036854775807" },
	{ "v3,B1,I3,holds,0,0,4,1\nv3,B1,I3,holds,0,0,4,1\n",
		"x.csv:4: line 3 is of the same revision and defect" },
	{ "v3,B1,I3,holds,0,0,4,1\nv3,B2,I3,holds,0,0,4,1\n7.0,B1,I3,holds,0,0,4,1\n",
		"x.csv: is not complete: no row of revision '7.0' and defect 'B2'" },
};

TEST_ROWS(rows_that_cannot_be_are_refused_with_their_line, bad)
{
	write_rows(bad[_i].rows);
	assert_refused(bad[_i].expected);
}

TEST(another_file_is_refused)
{
	write_file("point,revision\n1,7.1\n");
	assert_refused("x.csv:1: column names are 'point,revision', expected "
		       "'revision,defect,property,verdict,found,length,states,exhausted'");
}

/* A file of @rows times @columns cells. */
static void write_grid(unsigned rows, unsigned columns)
{
	GString *text = g_string_new(NULL);

	for (unsigned i = 0; i < rows; i++)
		for (unsigned j = 0; j < columns; j++)
			g_string_append_printf(
				text, "revision-number-%u,SCENARIO%u,I3,holds,0,0,%u,1\n", i, j, i);
	write_rows(text->str);
	g_string_free(text, TRUE);
}

TEST(rows_and_columns_have_limits)
{
	struct plot_matrix *matrix;

	write_grid(PLOT_MATRIX_ROWS_MAX, PLOT_MATRIX_COLUMNS_MAX);
	matrix = plot_matrix_read(path, NULL);
	ck_assert_ptr_nonnull(matrix);
	plot_matrix_free(matrix);
	write_grid(PLOT_MATRIX_ROWS_MAX + 1, 1);
	assert_refused("x.csv:67: more than 64 revisions");
	write_grid(1, PLOT_MATRIX_COLUMNS_MAX + 1);
	assert_refused("x.csv:35: more than 32 defects");
}

/* --- drawing --- */

TEST(cells_have_few_letters)
{
	static const struct {
		struct plot_cell cell;
		const char *expected;
	} cells[] = {
		{ { 1, PLOT_CELL_FOUND, CHECK_I3, 3, 47 }, "I3 in 3" },
		{ { 1, PLOT_CELL_FOUND, EXPLORE_RETURN, 2, 46 }, "return in 2" },
		{ { 1, PLOT_CELL_HOLDS, 0, 0, 148 }, "148" },
		{ { 1, PLOT_CELL_HOLDS, 0, 0, 27697 }, "27\u2009697" },
		{ { 1, PLOT_CELL_UNDECIDED, 0, 0, 1000000 }, "? 1\u2009000\u2009000" },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(cells); i++) {
		g_autofree char *text = plot_matrix_text(&cells[i].cell);

		ck_assert_str_eq(text, cells[i].expected);
	}
}

/* Draw @file to @name in the test's folder. Returns what is wrong, NULL if nothing. */
static char *draw(const char *file, const char *name, unsigned width, unsigned height)
{
	g_autofree char *output = g_build_filename(dir, name, NULL);
	g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
	struct plot_request request = { .kind = PLOT_MATRIX,
		.output = output,
		.width = width,
		.height = height,
		.files = &file,
		.files_count = 1 };
	GError *fault = NULL;

	ck_assert_int_eq(plot_draw(&request, written, &fault), fault == NULL);
	return fault ? folder_message(dir, fault) : NULL;
}

static void assert_drawn(const char *file, const char *name, unsigned width, unsigned height)
{
	char *wrong = draw(file, name, width, height);

	ck_assert_msg(!wrong, "%s, %u x %u: %s", name, width, height, wrong ? wrong : "");
}

static char *read_output(const char *name, gsize *length)
{
	g_autofree char *file = g_build_filename(dir, name, NULL);
	char *text = NULL;

	ck_assert_msg(g_file_get_contents(file, &text, length, NULL), "%s is not there", name);
	return text;
}

TEST_RANGE(every_format_twice_the_same, 0, PLOT_FORMATS)
{
	const char *ending = plot_format_to_string((enum plot_format)_i);
	g_autofree char *first = g_strconcat("1.", ending, NULL);
	g_autofree char *again = g_strconcat("2.", ending, NULL);
	g_autofree char *bytes = NULL, *bytes_again = NULL;
	gsize length, length_again;

	assert_drawn(SAMPLE, first, 0, 0);
	assert_drawn(SAMPLE, again, 0, 0);
	bytes = read_output(first, &length);
	bytes_again = read_output(again, &length_again);
	picture_assert_same(bytes, length, bytes_again, length_again);
}

/* Each hatched cell is an object of the PDF, with a line in the table behind the date. */
TEST(a_pdf_of_many_parts_has_a_fixed_date)
{
	gsize length;
	g_autofree char *bytes = NULL;

	assert_drawn(SAMPLE, "x.pdf", 0, 0);
	bytes = read_output("x.pdf", &length);
	picture_assert_date(bytes, length);
}

/* Draw @file, and look for @texts in the picture. */
static void assert_shows(const char *file, const char *const *texts)
{
	g_autofree char *picture = NULL;

	assert_drawn(file, "x.svg", 0, 0);
	picture = read_output("x.svg", NULL);
	for (; *texts; texts++)
		ck_assert_msg(strstr(picture, *texts) != NULL, "%s", *texts);
}

TEST(the_picture_shows_what_it_should)
{
	static const char *const texts[] = { "What is broken in which revision",
		"9 small machines, 14 revisions, by cidsim 0.1.0: ", ">6.19-livelock<", ">2026-02<",
		">proposed<", ">bounded-get<", ">B1<", ">live lock<", ">I3 in 3<", ">return in 2<",
		">148<", ">1\u2009674<", ">I3 is broken 3 steps from the start, no fewer<",
		">holds: all 1\u2009516 states were seen<",
		">undecided: ", ">I6: an inactive task holds a CID<",
		">return: nothing leads back to per task after a widened affinity<", NULL };

	assert_shows(SAMPLE, texts);
}

TEST(what_is_not_there_is_not_in_the_legend)
{
	static const char *const absent[] = { "undecided", "holds: ", "I1: ", "proposed",
		"by cidsim" };
	g_autofree char *picture = NULL;

	write_file(COLUMNS "v3,B1,I3,violated,1,1,47,0\n");
	assert_drawn(path, "x.svg", 0, 0);
	picture = read_output("x.svg", NULL);
	for (unsigned i = 0; i < G_N_ELEMENTS(absent); i++)
		ck_assert_msg(!strstr(picture, absent[i]), "%s", absent[i]);
	ck_assert_ptr_nonnull(strstr(picture, "I3 is broken 1 step from the start"));
	ck_assert_ptr_nonnull(strstr(picture, "1 broken, 0 hold<"));
}

TEST(revisions_and_defects_that_are_not_known_have_their_names)
{
	static const char *const texts[] = { ">mine<", ">POOL<", ">27\u2009697<",
		">I3 is broken 3 steps", ">? 9\u2009000<", "by cidsim 1.2.3", NULL };

	write_rows(four_rows);
	assert_shows(path, texts);
}

TEST(it_can_be_small_or_large)
{
	static const unsigned sizes[][2] = { { PLOT_SIZE_MIN, PLOT_SIZE_MIN },
		{ PLOT_SIZE_MIN, 2000 }, { 2000, PLOT_SIZE_MIN }, { 1000, 400 } };

	for (unsigned i = 0; i < G_N_ELEMENTS(sizes); i++)
		assert_drawn(SAMPLE, "x.png", sizes[i][0], sizes[i][1]);
	write_grid(PLOT_MATRIX_ROWS_MAX, PLOT_MATRIX_COLUMNS_MAX);
	assert_drawn(path, "x.png", 0, 0);
	assert_drawn(path, "x.png", PLOT_SIZE_MIN, PLOT_SIZE_MIN);
}

TEST(without_a_name_pictures_are_beside_the_file)
{
	g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
	const char *file = path;
	struct plot_request request = { .kind = PLOT_MATRIX, .files = &file, .files_count = 1 };

	write_rows(four_rows);
	ck_assert(plot_draw(&request, written, NULL));
	g_free(read_output("x-matrix.svg", NULL));
	g_free(read_output("x-matrix.png", NULL));
	ck_assert_uint_eq(folder_files(dir), 3);
}

TEST(it_is_of_one_file)
{
	g_autoptr(GPtrArray) written = g_ptr_array_new_with_free_func(g_free);
	const char *const files[] = { SAMPLE, "other.csv" };
	struct plot_request request = { .kind = PLOT_MATRIX, .files = files, .files_count = 2 };
	GError *fault = NULL;

	ck_assert(!plot_draw(&request, written, &fault));
	ck_assert_str_eq(fault->message, "other.csv: one file too many, matrix draws one");
	g_error_free(fault);
}

/* --- untrusted files --- */

TEST(text_of_a_file_is_text_and_nothing_else)
{
	static const char *const texts[] = { ">';system 'touch p';…<", NULL };

	g_chdir(dir);
	write_file(
		"# cidsim 1`touch pwned`';\n" COLUMNS
		"\"';system 'touch p';`touch pwned`@TITLE\",\"`touch pwned`\",I3,holds,0,0,1,1\n");
	assert_shows(path, texts);
	ck_assert(!g_file_test("pwned", G_FILE_TEST_EXISTS));
	ck_assert(!g_file_test("p", G_FILE_TEST_EXISTS));
}

TEST(spoiled_files_are_made_ready_or_refused)
{
	struct prng prng = { .key = prng_key(9, 1) };
	g_autofree char *bytes = NULL;

	ck_assert(g_file_get_contents(SAMPLE, &bytes, NULL, NULL));
	for (unsigned i = 0; i < 1000; i++) {
		struct plot_page page = { .work = dir, .assignments = g_string_new(NULL) };
		GString *text = g_string_new(bytes);
		GError *fault = NULL;

		for (uint64_t times = 1 + prng_below(&prng, 3); times > 0 && text->len; times--)
			sweep_text_spoil(text, &prng);
		ck_assert(g_file_set_contents(path, text->str, (gssize)text->len, NULL));
		if (!plot_matrix(path, &page, &fault)) {
			ck_assert(g_error_matches(fault, FAILURE, FAILURE_INPUT));
			g_error_free(fault);
		} else {
			ck_assert_uint_gt(page.height, 0);
			ck_assert_uint_le(page.height, PLOT_SIZE_MAX);
		}
		g_string_free(page.assignments, TRUE);
		g_string_free(text, TRUE);
	}
}
