/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/keyfile.h"
#include "sim/base/prng.h"

#include "tests/lib/suite.h"

static void assert_format(const char *text, const char *expected)
{
	g_autofree char *formatted = keyfile_format(text);

	ck_assert_str_eq(formatted, expected);
}

TEST(blanks_are_in_their_places)
{
	assert_format("  [ mm   app ]  \n\tkey=a  b \r\n x  =  = 1 = \n",
		"[mm app]\nkey = a  b\nx = = 1 =\n");
	assert_format("\xef\xbb\xbf[a]", "[a]\n");
	assert_format("", "");
	assert_format("\n\n \t\n", "");
}

TEST(an_empty_line_stands_before_a_group)
{
	assert_format("[a]\nx=1\n[b]\n[c]\n", "[a]\nx = 1\n\n[b]\n\n[c]\n");
	assert_format("[a]\n\n\nx=1\n\n\n\n[b]\n\n", "[a]\nx = 1\n\n[b]\n");
}

TEST(comments_stay_where_they_are)
{
	assert_format("\n# top = 1\n  # [more]\n[a]\n# of x\nx=1\n# of b\n# too\n[b]\n",
		"# top = 1\n# [more]\n[a]\n# of x\nx = 1\n\n# of b\n# too\n[b]\n");
	assert_format("# top\n\n\n[a]\nx=1\n# end\n\ny=2\n#last\n",
		"# top\n\n[a]\nx = 1\n# end\n\ny = 2\n#last\n");
}

/* A file of groups, keys and comments. With @untidy there are blanks and lines that do not matter.
 */
static char *random_file(uint64_t seed, struct prng *untidy)
{
	struct prng prng = { .key = prng_key(seed, 1) };
	GString *text = g_string_new(NULL);
	static const char *const blanks[] = { "", " ", "\t", "  ", " \t " };

#define BLANK (untidy ? blanks[prng_below(untidy, G_N_ELEMENTS(blanks))] : "")
	for (unsigned group = 0; group < 1 + seed % 5; group++) {
		if (group > 0 && (!untidy || prng_below(untidy, 2)))
			g_string_append(text, "\n");
		if (prng_below(&prng, 3) == 0)
			g_string_append_printf(text, "%s# comment%s\n", BLANK, BLANK);
		g_string_append_printf(text, "%s[%sg %u%s]%s\n", BLANK, BLANK, group, BLANK, BLANK);
		for (uint64_t keys = prng_below(&prng, 4); keys > 0; keys--) {
			const char *space = untidy ? BLANK : " ";

			g_string_append_printf(text, "%sk%u%s=%s%u%s\n", BLANK, (unsigned)keys,
				space, space, group, BLANK);
		}
	}
#undef BLANK
	return g_string_free(text, FALSE);
}

TEST(what_does_not_matter_goes_and_the_usual_form_stays)
{
	struct prng untidy = { .key = prng_key(1, 1) };

	for (uint64_t seed = 0; seed < 2000; seed++) {
		g_autofree char *usual = random_file(seed, NULL);
		g_autofree char *other = random_file(seed, &untidy);

		assert_format(usual, usual);
		assert_format(other, usual);
	}
}
