/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/play/log.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

static struct scenario *scenario;
static GString *text;

static void start(void)
{
	scenario = sim_parse("[machine]\ncpus = 2\n[explore]\ntasks = 2\nforks = 1\n");
	text = g_string_new(NULL);
}

static void stop(void)
{
	g_string_free(text, TRUE);
	scenario_free(scenario);
}

SUITE(.before = start, .after = stop);

TEST(the_machine_is_logged_with_all_that_it_is_made_of)
{
	play_log_machine(text, &scenario->explore.config);
	ck_assert(g_str_has_prefix(text->str, "start=2 max=3 groups=0,0 may="));
	ck_assert_ptr_null(strstr(text->str, "made_in_window"));
	scenario->explore.config.made_in_window = true;
	play_log_machine(text, &scenario->explore.config);
	ck_assert(g_str_has_suffix(text->str, " made_in_window=1"));
}

TEST(the_state_has_a_word_for_each_task_and_a_place_for_each_cpu)
{
	static struct machine machine;

	machine_start(&machine, &scenario->explore.config);
	play_log_state(text, &machine, &scenario->explore.config);
	ck_assert(g_str_has_prefix(text->str, "mode=0 users=2 max_cids="));
	ck_assert_ptr_nonnull(strstr(text->str, " words="));
	ck_assert_ptr_nonnull(strstr(text->str, ",- cpu_words=")); /* the third is not there yet */
	ck_assert_ptr_nonnull(strstr(text->str, " on=T"));
}

TEST_SIGNAL(no_more_tasks_begin_than_there_are, SIGABRT)
{
	struct machine_config config = scenario->explore.config;

	config.tasks_start = config.tasks_max + 1;
	play_log_machine(text, &config);
}
