/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/complete.h"

#include <string.h>

#include "tests/lib/suite.h"

static const GOptionEntry entries[] = {
	{ "output", 'o', 0, G_OPTION_ARG_FILENAME, NULL, "Where", "DIR" },
	{ "symmetry", 's', 0, G_OPTION_ARG_FILENAME, NULL, "Whether", "on|off" },
	{ "revision", 'r', 0, G_OPTION_ARG_FILENAME, NULL, "Which", "REVISION|all" },
	{ "set", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, "Set", "GROUP.KEY=VALUE" },
	{ "jobs", 'j', 0, G_OPTION_ARG_FILENAME, NULL, "How many", "N" },
	{ "json", 0, 0, G_OPTION_ARG_NONE, NULL, "Print JSON", NULL },
	G_OPTION_ENTRY_NULL,
};

static const struct {
	const char *line; /* its last word is the one that is typed */
	const char *offered;
} rows[] = {
	{ "--js", "--json\tPrint JSON\n" },
	{ "--j", "--jobs\tHow many\n--json\tPrint JSON\n" },
	{ "--no", "" },
	{ "-o ", ":folders\n" },
	{ "--output ", ":folders\n" },
	{ "--output=", ":folders\n" },
	{ "--symmetry o", "on\noff\n" },
	{ "--symmetry of", "off\n" },
	{ "--symmetry=of", "--symmetry=off\n" },
	{ "--symmetry = of", "off\n" },
	{ "--symmetry =", "on\noff\n" },
	{ "-s o", "on\noff\n" },
	{ "--revision al", "all\n" },
	{ "--set machine.c", "machine.cpus=\n" },
	{ "--set protocol.thrs-g",
		"protocol.thrs-gap=\tthe threshold below the optimum, in thousandths\n" },
	{ "--set mm", "" },
	{ "--jobs ", "" },
	{ "--json=", "" },
	{ "--nosuch=", "" },
	{ "tim", "timeline\n" },
	{ "--json tim", "timeline\n" },
	{ "-s on tim", "timeline\n" },
	{ "-- --js", "" },
	{ "-- tim", "timeline\n" },
	{ "timeline ", ":folders\n:files .csv\n" },
	{ "timeline a b ", ":folders\n:files .csv\n" },
	{ "timeline -- -", ":folders\n:files .csv\n" },
};

TEST_ROWS(the_last_word_is_completed, rows)
{
	const struct help help = { "plot", "PICTURE DIR…|FILE.csv…", "", entries };
	g_auto(GStrv) words = g_strsplit(rows[_i].line, " ", -1);
	g_autoptr(GString) text = g_string_new(NULL);

	complete_words(text, &help, words);
	ck_assert_str_eq(text->str, rows[_i].offered);
}

TEST(behind_the_last_argument_nothing_is_offered)
{
	const struct help one = { "list", "[PICTURE]", "", NULL }, none = { "list", "", "", NULL };
	char *words[] = { (char *)"timeline", (char *)"", NULL }, *nothing[] = { NULL };
	g_autoptr(GString) text = g_string_new(NULL);

	complete_words(text, &one, words);
	complete_words(text, &none, words + 1);
	ck_assert_str_eq(text->str, "");
	complete_words(text, &one, nothing);
	ck_assert_ptr_nonnull(strstr(text->str, "timeline\n"));
}
