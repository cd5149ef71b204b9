/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/entries.h"

#include "tests/lib/suite.h"

static const GOptionEntry entries[] = {
	{ "jobs", 'j', 0, G_OPTION_ARG_FILENAME, NULL, "", "N" },
	{ "set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, NULL, "", "KEY" },
	{ "quiet", 'q', 0, G_OPTION_ARG_NONE, NULL, "", NULL },
	{ "x", 0, 0, G_OPTION_ARG_STRING, NULL, "", NULL },
	G_OPTION_ENTRY_NULL,
};

static const struct {
	const char *argument, *next, *given;
} rows[] = {
	{ "--jobs", "jobs", "jobs" },
	{ "--jobs=1", NULL, "jobs" },
	{ "-j", "jobs", "jobs" },
	{ "-qj", "jobs", "jobs" },
	{ "-j1", NULL, NULL },
	{ "-q", NULL, NULL },
	{ "--set", "set", NULL }, /* may be repeated */
	{ "--quiet", NULL, NULL },
	{ "--x", "x", "x" }, /* a long name of one letter */
	{ "--x=1", NULL, "x" },
	{ "-x", NULL, NULL },
	{ "--j", NULL, NULL },
	{ "--job", NULL, NULL },
	{ "jobs", NULL, NULL },
	{ "-", NULL, NULL },
	{ "--", NULL, NULL },
	{ "", NULL, NULL },
};

static const char *name_of(const GOptionEntry *entry)
{
	return entry ? entry->long_name : NULL;
}

TEST_ROWS(an_argument_is_looked_up, rows)
{
	const char *argument = rows[_i].argument;

	ck_assert_pstr_eq(name_of(entry_taking_next(entries, argument)), rows[_i].next);
	ck_assert_pstr_eq(name_of(entry_given(entries, argument)), rows[_i].given);
	ck_assert_ptr_null(entry_taking_next(NULL, argument));
}

TEST(a_letter_is_no_long_name)
{
	ck_assert_ptr_null(entry_find(entries, "q1", 1));
	ck_assert_pstr_eq(name_of(entry_find(entries, "x1", 1)), "x");
	ck_assert_ptr_null(entry_find(entries, "qu", 2));
	ck_assert_uint_eq(entry_letters_length(entries, "-qj1"), 3);
	ck_assert_uint_eq(entry_letters_length(entries, "-qzj1"), 0);
}
