/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Files of sweeps: what reads rows, sums them up, merges shards and compares two ends with an error
 * or with a result; what was written is read again.
 *
 * Input: a byte of options, the text of a file up to 0xff, the text of another one. The options say whether the
 * files get the last line that they must have, and what is done with them.
 */

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/values.h"
#include "sim/compare/compare.h"
#include "sim/plot/where.h"
#include "sim/sweep/merge.h"
#include "sim/sweep/reader.h"
#include "sim/sweep/summary.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/one-run.h"

enum { UNSIGNED = 8, WHAT = 7 };

static void check_error(bool good, GError **error)
{
	FUZZ_CHECK(good == !*error);
	g_clear_error(error);
}

/* Returns whether it is read to its end. */
static bool read_rows(const char *path, bool partial)
{
	GError *error = NULL;
	struct sweep_reader *reader =
		partial ? sweep_reader_open_partial(path, &error) : sweep_reader_open(path, &error);
	bool good = false;

	while (reader && sweep_reader_next(reader, &error)) {
		for (unsigned i = 0; i < csv_reader_columns(reader->csv); i++) {
			bool present;
			int64_t number;

			FUZZ_CHECK(value_is_text(csv_reader_field(reader->csv, i)));
			csv_reader_millionths(reader->csv, i, &present, &number, NULL);
		}
	}
	good = reader && !error;
	if (good)
		FUZZ_CHECK(reader->rows == reader->rows_read && reader->digest == reader->digest_read);
	check_error(good, &error);
	sweep_reader_close(reader);
	return good;
}

static void sum_up(const char *path, const char *output)
{
	GError *error = NULL;
	bool good = sweep_summary(path, output, NULL, &error);

	check_error(good, &error);
	if (good)
		FUZZ_CHECK(read_rows(output, false));
	g_unlink(output);
}

static void merge(const char *const *paths, const char *output)
{
	GError *error = NULL;
	bool good = sweep_merge(paths, 2, output, NULL, &error);

	check_error(good, &error);
	if (good)
		FUZZ_CHECK(read_rows(output, false));
	g_unlink(output);
}

static void compare(const char *const paths[2])
{
	GError *error = NULL;
	struct comparison *comparison = compare_sweeps(paths, &error);
	g_autoptr(GString) text = g_string_new(NULL), json = g_string_new(NULL);

	if (comparison) {
		comparison_print(text, comparison);
		comparison_print_json(json, comparison);
		one_check_text(text);
		one_check_json(json);
		FUZZ_CHECK(strcmp(paths[0], paths[1]) != 0 || comparison_same(comparison));
	}
	check_error(comparison, &error);
	comparison_free(comparison);
}

/* The text of the second file is a condition. */
static void choose(const char *path, const char *condition)
{
	const char *const conditions[] = { condition, NULL };
	GError *error = NULL;
	struct sweep_reader *reader = sweep_reader_open(path, NULL);
	GArray *where = reader ? plot_where_new(conditions, reader->csv, &error) : NULL;

	if (reader)
		check_error(where, &error);
	while (where && sweep_reader_next(reader, NULL))
		plot_where_has(where, reader->csv);
	if (where) {
		bool good = plot_where_check(where, reader->csv, &error);

		check_error(good, &error);
		g_array_unref(where);
	}
	sweep_reader_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz fuzz = { data, data + size };
	uint8_t options = fuzz_byte(&fuzz);
	g_autofree char *output = g_build_filename(fuzz_folder(), "output.csv", NULL);
	char name[2][FUZZ_PATH_MAX];
	const char *const paths[2] = { name[0], name[1] };
	g_autofree char *second = NULL;
	int files[2];

	for (int i = 0; i < 2; i++) {
		g_autofree char *text = fuzz_text(&fuzz);
		GString *rows = options & UNSIGNED ? g_string_new(text) : fuzz_signed_rows(text);

		files[i] = fuzz_file(rows->str, rows->len, name[i]);
		g_string_free(rows, TRUE);
		g_free(second);
		second = g_steal_pointer(&text);
	}
	switch (options & WHAT) {
	case 0:
		sum_up(paths[0], output);
		break;
	case 1:
		merge(paths, output);
		break;
	case 2:
		compare(paths);
		break;
	case 3:
		compare((const char *const[2]){ paths[0], paths[0] });
		break;
	case 4:
		choose(paths[0], second);
		break;
	default:
		read_rows(paths[0], options & 1);
	}
	close(files[0]);
	close(files[1]);
	return 0;
}
