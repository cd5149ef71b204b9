/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/record/lanes.h"
#include "tests/lib/sample-run.h"
#include "tests/lib/suite.h"

static struct sample_run run;
static struct lanes_options options;
static struct lanes *lanes;
static struct record_lane now[4];
static char *text;

static void start(void)
{
	sample_start(&run);
	sample_account(&run, "app", 4);
	sample_account(&run, "web", 4);
	options = (struct lanes_options){ .to_ns = UINT64_MAX, .lines_max = 100 };
	for (int cpu = 0; cpu < 4; cpu++)
		now[cpu].account = UINT32_MAX;
}

static void stop(void)
{
	lanes_free(lanes);
	g_free(text);
	sample_stop(&run);
}

static void get(void *context, uint32_t cpu, struct record_lane *lane)
{
	ck_assert_ptr_eq(context, now);
	*lane = now[cpu];
}

static void look(uint64_t ns)
{
	if (!lanes)
		lanes = lanes_new(run.result, &options);
	lanes_look(lanes, ns, get, now);
}

static void runs(uint32_t cpu, uint32_t pid, uint32_t account, cid_word word, cid_word cpu_word)
{
	now[cpu] = (struct record_lane){
		.task = { .pid = pid, .group_pid = pid, .name = "worker" },
		.account = account,
		.word = word,
		.cpu_word = cpu_word,
	};
}

static void idles(uint32_t cpu)
{
	now[cpu] = (struct record_lane){ .account = UINT32_MAX };
}

static void shows(const char *part)
{
	g_free(text);
	text = lanes_text(lanes);
	assert_has(text, part);
}

static void lacks(const char *part)
{
	g_free(text);
	text = lanes_text(lanes);
	assert_lacks(text, part);
}

SUITE(.before = start, .after = stop);

TEST(there_is_a_column_for_each_cpu_and_a_line_for_each_change)
{
	runs(0, 100, 0, 2, 2);
	look(1000);
	runs(2, 101, 1, CID_ONCPU | 3, CID_ONCPU | 3);
	look(2000);
	look(3000); /* nothing has changed */
	idles(0);
	look(1234567);
	shows("\n             CPU0        CPU1        CPU8        CPU9\n");
	shows("   0.001000 -- A0 is worker 100 of app\n"
	      "   0.001000 *A0:2        .           .           .\n");
	shows("   0.002000  A0:2        .          *B0:3c       .\n");
	shows("   1.234567 *.           .           B0:3c       .\n");
	lacks("0.003");
}

TEST(words_have_owner_transit_and_the_number_that_a_cpu_keeps)
{
	runs(0, 100, 0, CID_TRANSIT | 1, 0);
	runs(1, 101, 0, CID_UNSET, CID_ONCPU | 2);
	runs(2, 102, UINT32_MAX, CID_UNSET, 0);
	runs(3, 103, 0, 0, 0);
	now[3].spins = true;
	look(0);
	shows(" *A0:1t      *A1:-/2c    *-0         *A2:0?\n");
	shows(" -- -0 is worker 102\n");
}

TEST(each_part_of_a_cell_makes_a_line)
{
	runs(0, 100, 0, 1, 1);
	look(1000);
	now[0].word = CID_TRANSIT | 1; /* by a walk, the CPU keeps its word */
	look(2000);
	now[0].cpu_word = CID_ONCPU | 1;
	look(3000);
	now[0].spins = true;
	look(4000);
	now[0].unknown = true;
	look(5000);
	shows("   0.002000 *A0:1t ");
	shows("   0.003000 *A0:1t/1c ");
	shows("   0.004000 *A0:1t?/1c ");
	shows("   0.005000 *A0:~/1c ");
}

TEST(flips_windows_and_broken_properties_are_lines_between)
{
	const struct record_mode_switch flip = {
		.time_ns = 5000, .to_percpu = true, .users = 5, .max_cids_after = 4
	};
	const struct record_window window = { .opened = flip, .close_ns = 7500 };

	runs(0, 100, 0, 1, 1);
	look(1000);
	lanes_sink(lanes)->mode_switch(lanes_sink(lanes)->context, &flip);
	runs(0, 100, 0, CID_ONCPU | 1, CID_ONCPU | 1);
	look(5000);
	lanes_sink(lanes)->window(lanes_sink(lanes)->context, &window);
	sample_violation(&run, "I5", NULL);
	look(7500);
	look(9000);
	shows("   0.005000 -- app flips to per CPU: 5 users > max_cids 4; a window opens\n"
	      "   0.005000 *A0:1c");
	shows("   0.007500 -- the window of app closes after 2.500 us\n"
	      "   0.007500 -- I5 breaks in app: a CID is owned the other way round than the\n"
	      "               mode says\n");
	lacks("0.009000");
}

TEST(only_changes_of_cids_are_shown_if_asked_for)
{
	options.compact = true;
	runs(0, 100, 0, 1, 1);
	look(1000);
	idles(0);
	look(2000);
	runs(0, 100, 0, 1, 1);
	look(3000);
	runs(1, 100, 0, 2, 2);
	idles(0);
	look(4000);
	shows("   0.001000 *A0:1");
	shows("   0.004000 *.          *A0:2");
	lacks("0.002000");
	lacks("0.003000");
}

TEST(a_part_of_the_time_can_be_shown)
{
	options.from_ns = 2000;
	options.to_ns = 3000;
	runs(0, 100, 0, 1, 1);
	look(1000);
	runs(1, 101, 0, 2, 2);
	look(2000);
	idles(0);
	look(3000);
	idles(1);
	look(3001);
	lacks("0.001000");
	lacks("0.003001");
	shows("   0.002000 -- A0 is worker 100 of app\n");
	shows("   0.002000  A0:1       *A1:2");
	shows("   0.003000 *.           A1:2");
}

TEST(what_is_too_much_is_counted)
{
	options.lines_max = 3;
	for (uint32_t i = 0; i < 10; i++) {
		runs(0, 100 + i % 2, 0, 1, 1);
		look(i * 1000);
	}
	shows("  … 9 more lines; --from 1000ns shows them\n");
}

TEST(no_line_is_no_accident)
{
	options.from_ns = 5;
	look(0);
	shows("  nothing happens in this time\n");
}

TEST(mms_have_letters_in_the_order_in_which_they_are_seen)
{
	options.lines_max = 10000;
	for (uint32_t i = 2; i < 800; i++) {
		g_autofree char *name = g_strdup_printf("mm/%u", i);

		sample_account(&run, name, 1);
	}
	for (uint32_t i = 0; i < 800; i++) {
		runs(i % 4, 100 + i, 799 - i, 1, 1);
		look(i);
	}
	shows("   0.000000 -- A0 is worker 100 of mm/799\n");
	shows("   0.000025  Y0:1       *Z0:1        W0:1        X0:1\n");
	shows("   0.000026  Y0:1        Z0:1       *AA0:1       X0:1\n");
	shows("   0.000702  ZY0:1       ZZ0:1      *AAA0:1      ZX0:1\n");
}
