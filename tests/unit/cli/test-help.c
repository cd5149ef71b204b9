/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/help.h"

#include <string.h>

#include "tests/lib/suite.h"

static const GOptionEntry entries[] = {
	{ "jobs", 'j', 0, G_OPTION_ARG_FILENAME, NULL,
		"Jobs. So many words that they need more than one line of eighty columns", "N" },
	{ "a-long-name", 0, 0, G_OPTION_ARG_FILENAME, NULL, "Short", "GROUP.KEY=VALUE" },
	G_OPTION_ENTRY_NULL,
};

static const char description[] = "One sentence with `some code`. Another sentence.\n"
				  "It goes on.\n"
				  "  literal -x\n"
				  "  .dot\n"
				  "\n"
				  "Second paragraph.\n"
				  "\n"
				  "Exit status: 0 all well\n"
				  "\n"
				  "Examples:\n"
				  "  cidsim do \\ it\n";

static const struct help help = { "do", "PICTURE [DIR…]", description, entries };

TEST(help_is_filled_to_80_columns)
{
	g_autoptr(GString) text = g_string_new(NULL);

	help_plain(text, &help);
	ck_assert_str_eq(text->str,
		"Usage:\n"
		"  cidsim do [OPTION…] PICTURE [DIR…]\n"
		"\n"
		"Options:\n"
		"  -h, --help              Show this help\n"
		"  -j, --jobs=N            Jobs. So many words that they need more than one line\n"
		"                          of eighty columns\n"
		"      --a-long-name=GROUP.KEY=VALUE\n"
		"                          Short\n"
		"\n"
		"One sentence with `some code`. Another sentence. It goes on.\n"
		"  literal -x\n"
		"  .dot\n"
		"\n"
		"Second paragraph.\n"
		"\n"
		"Exit status: 0 all well\n"
		"\n"
		"Examples:\n"
		"  cidsim do \\ it\n");
}

TEST(a_man_page_has_the_same)
{
	g_autoptr(GString) text = g_string_new(NULL);

	help_man(text, &help);
	ck_assert_str_eq(text->str,
		".Sh SYNOPSIS\n"
		".Nm \"cidsim do\"\n"
		".Op Ar OPTION ...\n"
		".Ar PICTURE\n"
		".Op Ar DIR ...\n"
		".Sh DESCRIPTION\n"
		"One sentence with \\fBsome code\\fR.\n"
		"Another sentence.\n"
		"It goes on.\n"
		".Bd -literal\n"
		"  literal \\-x\n"
		"  .dot\n"
		".Ed\n"
		".Pp\n"
		"Second paragraph.\n"
		".Sh OPTIONS\n"
		".Bl -tag -width Ds\n"
		".It Fl j , Fl -jobs Ns = Ns Ar N\n"
		"Jobs.\n"
		"So many words that they need more than one line of eighty columns.\n"
		".It Fl -a-long-name Ns = Ns Ar GROUP.KEY=VALUE\n"
		"Short.\n"
		".It Fl h , Fl -help\n"
		"Show this help.\n"
		".El\n"
		".Sh EXIT STATUS\n"
		"0 all well\n"
		".Sh EXAMPLES\n"
		".Bd -literal\n"
		"  cidsim do \\e it\n"
		".Ed\n");
}

static const struct {
	const char *text, *page;
} characters[] = {
	{ ".It is no macro", "\\&.It is no macro\n" },
	{ "'it", "\\(aqit\n" },
	{ "a\\b -c ^ ~", "a\\eb \\-c \\(ha \\(ti\n" },
	{ "1 … 2 → 3", "1 ... 2 \\[u2192] 3\n" },
};

TEST_ROWS(no_text_is_a_command_of_roff, characters)
{
	const struct help odd = { "do", "", characters[_i].text, NULL };
	g_autoptr(GString) text = g_string_new(NULL);
	const char *begin;

	help_man(text, &odd);
	begin = strstr(text->str, ".Sh DESCRIPTION\n");
	ck_assert_ptr_nonnull(begin);
	begin += strlen(".Sh DESCRIPTION\n");
	ck_assert_mem_eq(begin, characters[_i].page, strlen(characters[_i].page));
}

TEST(a_verb_stands_before_the_options)
{
	const struct help verb = { "do", "check TREE…", NULL, NULL };
	g_autoptr(GString) text = g_string_new(NULL);

	help_plain(text, &verb);
	ck_assert(g_str_has_prefix(text->str, "Usage:\n  cidsim do check [OPTION…] TREE…\n\n"));
	g_string_truncate(text, 0);
	help_man(text, &verb);
	ck_assert(g_str_has_prefix(text->str,
		".Sh SYNOPSIS\n.Nm \"cidsim do\"\n.Cm check\n.Op Ar OPTION ...\n.Ar TREE ...\n"));
}

TEST(a_page_has_a_head_and_an_end)
{
	static const char *const pages[] = { "cidsim 1", "cidsim.scn 5", NULL };
	g_autoptr(GString) text = g_string_new(NULL);

	help_man_begin(text, "cidsim-do", "do it");
	ck_assert_ptr_nonnull(strstr(text->str, "\n.Dt CIDSIM-DO 1\n"));
	ck_assert(g_str_has_suffix(text->str, "\n.Nm cidsim-do\n.Nd do it\n"));
	g_string_truncate(text, 0);
	help_man_end(text, pages);
	ck_assert_str_eq(text->str, ".Sh SEE ALSO\n.Xr cidsim 1 ,\n.Xr cidsim.scn 5\n");
}
