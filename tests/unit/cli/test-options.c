/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/options.h"

#include <string.h>

#include "sim/cli/command.h"
#include "tests/lib/suite.h"

static char *jobs, *seed;
static gboolean quiet;

/* Parse the words of @line, separated by blanks. Returns what is left of them; NULL and *@status if
 * that fails. */
static char *parse_line(const char *line, int *status)
{
	const GOptionEntry entries[] = {
		{ "jobs", 'j', 0, G_OPTION_ARG_FILENAME, &jobs, "", "N" },
		{ "seed", 's', 0, G_OPTION_ARG_FILENAME, &seed, "", "N" },
		{ "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, "", NULL },
		{ "long-only", 0, 0, G_OPTION_ARG_FILENAME, &seed, "", "N" },
		G_OPTION_ENTRY_NULL,
	};
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	int argc = (int)g_strv_length(words);
	g_autofree char **copy = g_memdup2(words, ((size_t)argc + 1) * sizeof(*words));
	char **argv = copy;

	return command_parse("FILE", NULL, entries, &argc, &argv, status) ? g_strjoinv(" ", argv)
	                                                                  : NULL;
}

static const struct {
	const char *line, *jobs, *seed, *rest;
	bool quiet;
} lines[] = {
	{ "run a", NULL, NULL, "run a", false },
	{ "run -j1 a", "1", NULL, "run a", false },
	{ "run -j 1 a", "1", NULL, "run a", false },
	{ "run -s7 -j2 a", "2", "7", "run a", false },
	{ "run -qs7 a", NULL, "7", "run a", true },
	{ "run -qs 7 a", NULL, "7", "run a", true },
	{ "run -sq a", NULL, "q", "run a", false },
	{ "run --seed=7 --jobs 3 a", "3", "7", "run a", false },
	{ "run -j -s7 a", "-s7", NULL, "run a", false },
	{ "run --jobs -s7 a", "-s7", NULL, "run a", false },
	{ "run --long-only -j1 a", NULL, "-j1", "run a", false },
	{ "run -q -- -j1", NULL, NULL, "run -j1", true },
	{ "run - -j1", "1", NULL, "run -", false },
	{ "run -j1 -- -- -s2", "1", NULL, "run -- -s2", false },
};

TEST_ROWS(values_may_touch_the_letter_of_their_option, lines)
{
	int status = 42;
	g_autofree char *rest = parse_line(lines[_i].line, &status);

	ck_assert_int_eq(status, EXIT_OK);
	ck_assert_pstr_eq(jobs, lines[_i].jobs);
	ck_assert_pstr_eq(seed, lines[_i].seed);
	ck_assert_int_eq(quiet, lines[_i].quiet);
	ck_assert_str_eq(rest, lines[_i].rest);
}

static const char *const wrong_lines[] = { "run -x", "run -x1", "run -qx", "run --jbs=1", "run -j",
	"run a --seed", "run -q1" };

TEST_ROWS(wrong_options_are_usage, wrong_lines)
{
	int status = EXIT_OK;

	ck_assert_ptr_null(parse_line(wrong_lines[_i], &status));
	ck_assert_int_eq(status, EXIT_USAGE);
}
