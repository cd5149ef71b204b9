/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/sweep/head.h"

#include <string.h>

#include "tests/lib/suite.h"

static const char text[] = "[scenario]\n"
			   "title = A, \"b\"\n"
			   "[machine]\n"
			   "cpus = 4\n"
			   "[mm app]\n"
			   "[tasks worker]\n"
			   "count = 2\n"
			   "run = 1ms\n";
static const struct sweep_source source = { "test.scn", text, sizeof(text) - 1, NULL };

/* The head of a sweep over CPUs and seeds. The caller frees it. */
static char *head_of(const char *command, const char *mm)
{
	const struct sweep_axis_option options[] = { { "--cpus", "cpus", "2,4" },
		{ "--seeds", "seeds", "3" } };
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
	struct scenario *scenario = scenario_parse("test.scn", text, strlen(text), NULL, errors);
	struct sweep_axes *axes =
		scenario ? sweep_axes_new(scenario, &source, options, 2, errors) : NULL;
	char *head;

	ck_assert_msg(axes != NULL, "%s", errors->len ? (char *)errors->pdata[0] : "");
	head = sweep_head(command, scenario, axes, mm);
	sweep_axes_free(axes);
	scenario_free(scenario);
	g_ptr_array_free(errors, TRUE);
	return head;
}

TEST(a_head_says_what_was_swept)
{
	char *head = head_of("cidsim sweep x", NULL);
	char **lines = g_strsplit(head, "\n", -1);

	ck_assert(g_str_has_prefix(lines[0], "# cidsim " CIDSIM_VERSION));
	ck_assert(g_str_has_suffix(lines[0], " sweep"));
	ck_assert_str_eq(lines[1], "# command cidsim sweep x");
	ck_assert(g_str_has_prefix(lines[2], "# scenario-digest "));
	ck_assert_uint_eq(strlen(lines[2]), strlen("# scenario-digest ") + 16);
	ck_assert_str_eq(lines[3], "# title A, \"b\"");
	ck_assert(g_str_has_prefix(lines[4], "# revision 7."));
	ck_assert_str_eq(lines[5], "# axis cpus = 2;4");
	ck_assert_str_eq(lines[6], "# axis seeds = 1-3");
	ck_assert_str_eq(lines[7], "# points 6");
	ck_assert(g_str_has_prefix(lines[8], "point,cpus,revision,seed,outcome,digest,"));
	ck_assert_str_eq(lines[9], "");
	g_strfreev(lines);
	g_free(head);
}

TEST(the_mm_is_in_the_head_if_there_is_one)
{
	char *head = head_of("cidsim sweep x", "app");

	ck_assert_ptr_nonnull(strstr(head, "\n# mm app\n# axis "));
	g_free(head);
}

TEST(a_comment_is_one_line)
{
	char *head = head_of("cidsim sweep a\nb\tc\x7f", NULL);

	ck_assert_ptr_nonnull(strstr(head, "\n# command cidsim sweep a b c \n"));
	g_free(head);
}
