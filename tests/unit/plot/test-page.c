/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/plot/page.h"
#include "tests/lib/folder.h"
#include "tests/lib/suite.h"

static char *dir;
static struct plot_page page;

static void start(void)
{
	dir = folder_new();
	page = (struct plot_page){ .work = dir, .assignments = g_string_new(NULL) };
}

static void stop(void)
{
	g_string_free(page.assignments, TRUE);
	folder_remove(dir);
}

static void assert_text(const char *text, unsigned letters_max, const char *expected)
{
	g_string_truncate(page.assignments, 0);
	plot_set_text(&page, "X", text, letters_max);
	ck_assert_str_eq(page.assignments->str, expected);
}

SUITE(.timeout = 60, .before = start, .after = stop);

TEST(text_is_quoted_and_cut)
{
	assert_text("plain 7", 80, "X = \"plain 7\"\n");
	assert_text("'`\"\\", 80, "X = \"\\0047\\0140\\0042\\0134\"\n");
	assert_text("a\nb\tc\x1b", 80, "X = \"a b c\\0357\\0277\\0275\"\n");
	assert_text("\xff", 80, "X = \"\\0357\\0277\\0275\"\n");
	assert_text(
		"\xe2\x80\xae", 80, "X = \"\\0357\\0277\\0275\"\n"); /* right-to-left override */
	assert_text("gr\xc3\xb6"
		    "123",
		4, "X = \"gr\\0303\\0266\\0342\\0200\\0246\"\n");
	assert_text("12345", 5, "X = \"12345\"\n");
}

TEST(numbers_have_a_point)
{
	plot_set_number(&page, "A", 0);
	plot_set_number(&page, "B", UINT64_MAX);
	ck_assert_str_eq(page.assignments->str, "A = 0.0\nB = 18446744073709551615.0\n");
}

TEST(assignments_are_numbered)
{
	plot_set_text_at(&page, "CURVE", 3, "a b", 10);
	plot_set_number_at(&page, "PANEL", 0, 7);
	ck_assert_str_eq(page.assignments->str, "CURVE_3 = \"a b\"\nPANEL_0 = 7.0\n");
}

TEST(data_are_files_in_the_working_folder)
{
	FILE *file = plot_page_create(&page, "x.dat", NULL);
	g_autofree char *path = g_build_filename(dir, "x.dat", NULL);
	g_autofree char *text = NULL;

	ck_assert(fputs("1 2\n", file) >= 0);
	ck_assert(plot_page_close(file, NULL));
	ck_assert(g_file_get_contents(path, &text, NULL, NULL));
	ck_assert_str_eq(text, "1 2\n");
}

TEST(data_that_cannot_be_written_are_reported_once)
{
	GError *error = NULL, *first;
	FILE *full = fopen("/dev/full", "w");

	ck_assert_ptr_null(plot_page_create(&page, "no/x.dat", &error));
	ck_assert(g_error_matches(error, FAILURE, FAILURE_ENVIRONMENT));
	first = error;
	ck_assert(!plot_page_close(NULL, &error));
	fputs("x", full);
	ck_assert(!plot_page_close(full, &error));
	ck_assert_ptr_eq(error, first);
	g_clear_error(&error);
	full = fopen("/dev/full", "w");
	fputs("x", full);
	ck_assert(!plot_page_close(full, &error));
	ck_assert_ptr_nonnull(strstr(error->message, "No space left on device"));
	g_clear_error(&error);
}

TEST_SIGNAL(a_text_has_room, SIGABRT)
{
	plot_set_text(&page, "X", "x", 0);
}
