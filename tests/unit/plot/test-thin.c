/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
/* open_memstream() with -std=c17 */
#define _POSIX_C_SOURCE 200809L

#include <signal.h>
#include <stdlib.h>

#include "sim/plot/thin.h"
#include "tests/lib/suite.h"

/* Two columns of 100 ns from 1000 on, written relative to 1000. */
static const struct plot_columns columns = { 1000, 1200, 1000, 2 };

TEST(a_line_keeps_first_lowest_highest_and_last_of_a_column)
{
	char *text;
	size_t size;
	struct plot_line line = { .columns = &columns, .out = open_memstream(&text, &size) };
	static const uint64_t values[] = { 5, 6, 9, 7, 7, 1, 3, 2, 4 };

	for (unsigned i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		plot_line_add(&line, 1000 + 10 * i, values[i]);
	plot_line_add(&line, 1150, 4);
	plot_line_add(&line, 1160, 8);
	plot_line_end(&line, 1200);
	fclose(line.out);
	ck_assert_str_eq(text, "0 5\n20 9\n50 1\n80 4\n160 8\n200 8\n");
	ck_assert_uint_eq(line.travel, 5 + 4 + 8 + 3 + 4);
	free(text);
}

TEST(intervals_within_a_column_keep_their_total_length)
{
	char *text;
	size_t size;
	struct plot_band band = { .columns = &columns, .out = open_memstream(&text, &size) };

	plot_band_add(&band, 1010, 1020);
	plot_band_add(&band, 1030, 1035);
	plot_band_add(&band, 1040, 1045);
	plot_band_add(&band, 1090, 1150); /* not within a column */
	plot_band_add(&band, 1160, 1160); /* nothing */
	plot_band_end(&band);
	fclose(band.out);
	ck_assert_str_eq(text, "10 30\n90 150\n");
	free(text);
}

TEST(short_marks_are_made_visible_and_stay_in_the_picture)
{
	static const struct plot_columns many = { 0, 1000, 0, 100 };
	uint8_t touched[100] = { 0 };
	struct plot_marks marks = { &many, touched };
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	plot_marks_add(&marks, 101, 102);
	plot_marks_add(&marks, 300, 395);
	plot_marks_add(&marks, 999, 5000);
	plot_marks_add(&marks, 2000, 5000);
	plot_marks_write(&marks, 4, out);
	fclose(out);
	ck_assert_str_eq(text, "100 140\n300 400\n990 1000\n");
	free(text);
}

TEST_SIGNAL(an_instant_outside_the_picture_has_no_column, SIGABRT)
{
	plot_column(&columns, 1201);
}

TEST_SIGNAL(bands_come_in_the_order_of_time, SIGABRT)
{
	struct plot_band band = { .columns = &columns, .out = stdout };

	plot_band_add(&band, 1100, 1150);
	plot_band_add(&band, 1149, 1160);
}
