/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/region.h"

#include "tests/lib/suite.h"

static void expect(const char *text, const char *name, guint line, const char *expected)
{
	struct region region = { 0 };
	bool marked;

	ck_assert(region_find(text, name, &region, &marked));
	ck_assert(marked);
	ck_assert_uint_eq(region.line, line);
	ck_assert_str_eq(region.text, expected);
	g_free(region.text);
}

TEST(a_region_ends_at_its_own_else_or_endif)
{
	expect("x\n#ifdef CONFIG_SCHED_MM_CID\na\n#else\nb\n#endif\n", "a", 3, "a\n");
	expect("#ifdef CONFIG_SCHED_MM_CID\na\n#if 1\nb\n#else\nc\n#endif\nd\n#endif\ne\n", "d", 2,
		"a\n#if 1\nb\n#else\nc\n#endif\nd\n");
	expect("#if IS_ENABLED(CONFIG_SCHED_MM_CID)\na\n#elif 1\nb\n#endif", "a", 2, "a\n");
	expect(" # if defined(CONFIG_SCHED_MM_CID) && X\na", "a", 2, "a");
}

TEST(the_region_is_the_first_one_that_has_the_name)
{
	expect("#ifdef CONFIG_SCHED_MM_CID\nnames\n#endif\n"
	       "#ifdef CONFIG_SCHED_MM_CID\nname(void)\n#endif\n",
		"name", 5, "name(void)\n");
}

static const struct {
	const char *text;
	bool marked;
} rows[] = {
	{ "", false },
	{ "name\n", false },
	{ "#ifdef CONFIG_SCHED_MM_CIDS\nname\n#endif\n", false },
	{ "#ifndef CONFIG_SCHED_MM_CID\nname\n#endif\n", false },
	{ "#if !defined(CONFIG_SCHED_MM_CID)\nname\n#endif\n", false },
	{ "#ifdef CONFIG_SCHED_MM_CID\n#else\nname\n#endif\n", true },
	{ "#ifdef CONFIG_SCHED_MM_CID\nname_of\n#endif name\n", true },
	{ "#ifdef CONFIG_SCHED_MM_CID", true },
};

TEST_ROWS(what_is_no_region_is_not_found, rows)
{
	struct region region = { .line = 77 };
	bool marked = !rows[_i].marked;

	ck_assert(!region_find(rows[_i].text, "name", &region, &marked));
	ck_assert_uint_eq(region.line, 77);
	ck_assert(marked == rows[_i].marked);
}

TEST(a_word_has_no_letter_digit_or_underscore_around_it)
{
	ck_assert(region_has_word("a mode;", "mode"));
	ck_assert(region_has_word("modes mode", "mode"));
	ck_assert(!region_has_word("modes amode mode_x 1mode", "mode"));
}
