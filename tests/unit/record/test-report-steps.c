/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/record/report.h"
#include "tests/lib/play-text.h"
#include "tests/lib/suite.h"

#define MACHINE "[machine]\ncpus = 2\n[protocol]\nrevision = v5\n[explore]\nforks = 1\n[steps]\n"

static GString *text;
static struct play_text played;

static void start(void)
{
	text = g_string_new(NULL);
}

static void stop(void)
{
	g_string_free(text, TRUE);
	play_text_free(&played);
}

static void play(const char *scenario)
{
	played = play_text_run(scenario);
	report_print(text, played.result);
}

static void assert_has(const char *part)
{
	if (!strstr(text->str, part))
		ck_abort_msg("no '%s' in\n%s", part, text->str);
}

SUITE(.before = start, .after = stop);

TEST(played_steps_are_a_story_without_statistics)
{
	play(MACHINE "1 = migrate T1 1\n2 = fork T0 T2\n3 = out 0\n4 = in 1 T0\n");
	assert_has("\nThe 4 steps, ended: live lock\n");
	assert_has("\n    3  CPU0 switches from T0 to idle\n");
	assert_has("  >>>  I3 breaks here: a spin in get cannot end\n  At the end\n    mode per CPU");
	assert_has("\nFAIL: nothing was expected; broken properties: 1\n");
	ck_assert_ptr_null(strstr(text->str, "Cost"));
	ck_assert_ptr_null(strstr(text->str, "simulated"));
}

/* defects/b9, with a step behind it. */
TEST(the_state_is_shown_where_a_property_breaks_before_the_end)
{
	play("[machine]\ncpus = 4\n[explore]\nallowed = 0-1\ntasks = 3\nexits = 2\nfailed-execs = 1\ncheck = I5\n"
	     "[steps]\n1 = in 1 T2\n2 = failed-exec T2\n3 = exec-end T2\n4 = exit T0\n"
	     "5 = out 0\n6 = in 0 T1\n7 = exit T1\n8 = walk\n9 = walk\n10 = walk\n"
	     "11 = walk\n12 = complete\n13 = out 0\n");
	assert_has("mode task+t -> task; the mutex is free\n"
		   "  >>>  I5 breaks here: a CID is owned the other way round than the mode says\n"
		   "         mode per task; 1 user; max_cids 1; pcpu_thrs 0; CIDs taken: 1\n");
	assert_has("         CPU1: word 1c; runs T2 with word -\n         CPU2: word 0; idles\n         CPU3: word 0; idles\n   13  CPU0 switches from T1 to "
		   "idle\n");
}

TEST(of_a_long_story_the_last_steps_are_shown)
{
	g_autoptr(GString) scenario = g_string_new("[explore]\n[steps]\n");

	for (int i = 1; i <= 300; i++)
		g_string_append_printf(scenario, "%d = %s\n", i, i % 2 ? "out 0" : "in 0 T0");
	play(scenario->str);
	assert_has("\nThe 300 steps, ended: end of the steps\n");
	assert_has("\n    …  steps 1 to 100 are left out\n  101  CPU0 switches from T0 to idle\n");
	assert_has("\n  300  CPU0 switches from idle to T0\n  At the end\n");
	ck_assert_ptr_null(strstr(text->str, "\n  100  "));
}
