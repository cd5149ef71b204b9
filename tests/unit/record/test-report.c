/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "sim/record/report.h"
#include "tests/lib/sample-run.h"
#include "tests/lib/suite.h"

static struct sample_run run;
static GString *text;

static void start(void)
{
	sample_start(&run);
	text = g_string_new(NULL);
}

static void stop(void)
{
	g_string_free(text, TRUE);
	sample_stop(&run);
}

/* An mm that has crossed the boundary once in each direction. */
static struct record_account *add_crossing(const char *name)
{
	struct record_account *account = sample_account(&run, name, 10);

	account->lived_ns = 100000000;
	account->to_percpu = account->to_task = 1;
	record_range_add(&account->enter_users, 5);
	record_range_add(&account->leave_users, 1);
	account->formula_enter = 5;
	account->formula_leave = 1;
	account->percpu.sum_low = 50000000;
	account->span = (struct record_gauge){ .sum_low = 350000000, .max = 4 };
	account->taken = (struct record_gauge){ .sum_low = 300000000, .max = 4 };
	account->optimum = (struct record_gauge){ .sum_low = 280000000, .max = 4 };
	account->observer.count[OBSERVE_SWITCHES_IN] = 1000;
	account->observer.count[OBSERVE_FAST_PATH] = 987;
	account->observer.count[OBSERVE_BIT_OPS] = 40;
	record_histogram_add(&account->windows, 2500);
	record_histogram_add(&account->windows, 12000);
	account->transit.sum_low = 14500;
	return account;
}

static void add_flips(uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct record_mode_switch flip = {
			.time_ns = 10000000 * (i + 1),
			.to_percpu = i % 2 == 0,
			.trigger = i % 2 == 0 ? TRIGGER_FORK : TRIGGER_EXIT,
			.users = i % 2 == 0 ? 5 : 1,
			.allowed_count = 4,
			.max_cids_before = 4,
			.max_cids_after = i % 2 == 0 ? 4 : 1,
			.thrs_before = i % 2 == 0 ? 0 : 2,
			.thrs_after = i % 2 == 0 ? 2 : 0,
			.cpu = 3,
			.pid = 100,
		};
		struct record_window window = {
			.opened = flip,
			.close_ns = flip.time_ns + 2500,
			.steps = 5,
			.moved = 1,
			.dropped = 3,
		};

		g_array_append_val(run.result->mode_switches, flip);
		g_array_append_val(run.result->windows, window);
	}
}

static void print(void)
{
	report_print(text, run.result);
}

SUITE(.before = start, .after = stop);

TEST(the_first_line_says_what_was_run)
{
	print();
	ck_assert(g_str_has_prefix(text->str,
		"cidsim " CIDSIM_VERSION "  scenarios/sample.scn\n  revision 7.1  seed 7  "
		"digest 0123456789abcdef\nA sample\n"));
	assert_has(text->str, "120.000 ms simulated, ended: time; 0 events\n");
}

TEST(a_path_that_looks_like_an_option_can_be_repeated)
{
	run.scenario.path = (char *)"-v.scn";
	print();
	assert_has(text->str, "\nTo repeat: cidsim run ./-v.scn --seed 7\n");
	run.scenario.path = (char *)"-";
	print();
	assert_has(text->str, "\nTo repeat: cidsim run - --seed 7\n");
}

TEST(flags_that_differ_from_the_revision_are_named)
{
	run.scenario.protocol.transit_to_task = !run.scenario.protocol.transit_to_task;
	run.scenario.protocol.allowance = 500;
	print();
	assert_has(text->str, "  revision 7.1 with transit-to-task=off allowance=500  seed 7");
}

TEST(a_run_without_mms_is_reported)
{
	print();
	assert_has(text->str, "\nPASS: nothing was expected; no property broken\n");
	assert_lacks(text->str, "Cost");
}

TEST(an_mm_that_crossed_is_shown_with_what_the_formula_says)
{
	add_crossing("app");
	sample_account(&run, "app exec", 0);
	print();
	assert_has(text->str,
		"  mm   users  to CPU  enters at  formula  to task  leaves at  formula  per CPU\n"
		"  app     10       1          5        5        1          1        1   50.0 %\n");
	assert_has(text->str, "  app         4  3.500            4  2.800         1.250");
	assert_has(
		text->str, "  app         1000     98.7 %       40       0.040      0      0 ns");
	assert_has(text->str, "  app        2  2.559 us  12.000 us  12.000 us  14.500 us");
	assert_lacks(text->str, "app exec");
}

TEST(what_can_not_be_left_is_never)
{
	struct record_account *account = add_crossing("app");

	account->formula_leave = 0;
	account->leave_users = (struct record_range){ 0 };
	record_range_add(&account->enter_users, 7);
	print();
	assert_has(text->str, "        5-7        5        1          -    never ");
}

TEST(mode_switches_say_when_why_and_against_which_thresholds)
{
	add_crossing("app");
	add_flips(2);
	print();
	assert_has(text->str,
		"       time  mm   to    by    because               allowed  CPU  pid\n"
		"  10.000 ms  app  CPU   fork  5 users > max_cids 4        4    9  100\n"
		"  20.000 ms  app  task  exit  1 user < threshold 2        4    9  100\n"
		"  max_cids = min(opt + opt/4, possible 4), opt = min(users, allowed)\n"
		"  threshold = min(opt - opt/4, possible/2), at least 1, recorded at the flip\n"
		"    to per CPU\n");
	assert_has(text->str, "  10.000 ms  app  CPU   2.500 us      5      1        3\n");
	assert_lacks(text->str, "more");
}

TEST(the_formulas_are_those_of_the_flags)
{
	run.scenario.protocol.allowance = 333;
	run.scenario.protocol.thrs_gap = 500;
	run.scenario.protocol.thrs_cap = THRS_CAP_ALLOWED;
	run.scenario.protocol.thrs_policy = THRS_RECOMPUTED;
	add_crossing("app")->to_percpu = 1;
	add_flips(1);
	print();
	assert_has(text->str,
		"  max_cids = min(opt + 33.3 % of opt, possible 4), opt = min(users, allowed)\n"
		"  threshold = min(opt - opt/2, allowed/2), at least 1, computed anew each time\n");
	run.scenario.protocol.thrs_policy = THRS_NONE;
	print();
	assert_has(text->str, "\n  threshold = max_cids + 1\n");
}

TEST(an_mm_that_flaps_is_named_with_what_would_end_it)
{
	struct record_account *account = add_crossing("app");

	account->to_percpu = account->to_task = 1;
	print();
	assert_lacks(text->str, "flaps");
	account->to_percpu = account->to_task = 40;
	account->formula_enter = 5;
	account->formula_leave = 1;
	account->lived_ns = 400000000;
	print();
	assert_has(text->str,
		"  app flaps, 200 flips per second. With the CPUs allowed it stays\n"
		"    per CPU  as long as it has 2 users or more\n"
		"    per task as long as it has 4 users or fewer\n");
	assert_lacks(text->str, "CPUs or more are allowed");
	run.result->counts_events = true;
	print();
	assert_has(text->str, "  app flaps, 80 flips. With the CPUs allowed it stays\n");
	run.result->counts_events = false;
	account->allowed_to_stay = 9;
	print();
	assert_has(text->str, "    per task with up to 10 users, if 9 CPUs or more are allowed\n");
}

TEST(a_clock_that_counts_events_shows_no_times)
{
	add_crossing("app");
	add_flips(1);
	sample_violation(&run, "I4", NULL);
	run.result->counts_events = true;
	print();
	assert_has(text->str, "  app        2  2.5 events  12 events  12 events  14.5 events");
	assert_has(text->str, "\n  event 10000  app  CPU  fork  5 users");
	assert_has(text->str, "\n  event 10000  app  CPU  2.5 events      5 ");
	assert_has(text->str, "\n  event 1234  I4 in app");
}

TEST(per_cid_data_is_counted_if_asked_for)
{
	add_crossing("app");
	print();
	assert_lacks(text->str, "per-CID data");
	run.scenario.bytes_per_cid = 1000;
	print();
	assert_has(text->str, "\nMemory of per-CID data, 1000 bytes per CID: ");
	assert_has(text->str, "  mm   bytes touched  with the optimum  per CPU\n");
	assert_has(text->str, "             4000     4000\n");
}

TEST(long_lists_are_cut_and_say_where_the_rest_is)
{
	struct record_account *account = add_crossing("app");

	account->to_percpu = account->to_task = 6;
	account->windows.count = 12;
	add_flips(12);
	print();
	assert_has(text->str, " 100.000 ms  app  task  exit");
	assert_lacks(text->str, " 110.000 ms  app");
	assert_has(text->str, "\n  … 2 more: with -o DIR, see modes.csv\n");
	assert_has(text->str, "\n  … 2 more: with -o DIR, see windows.csv\n");
}

TEST(of_many_mms_the_sum_and_the_most_interesting_are_shown)
{
	struct record_account *account;

	for (int i = 0; i < 1000; i++) {
		char *name = g_strdup_printf("web/%d", i);

		account = sample_account(&run, name, 2);
		account->lived_ns = 1000;
		account->span = (struct record_gauge){ .sum_low = 2000, .max = 2 };
		account->observer.count[OBSERVE_SWITCHES_IN] = 10;
		g_free(name);
	}
	account = g_ptr_array_index(run.result->accounts, 777);
	account->to_percpu = 3;
	account = g_ptr_array_index(run.result->accounts, 888);
	account->users_max = 4;
	print();
	assert_has(text->str, "\n  1000 mms: all together, and the 10 with ");
	assert_has(text->str, "\n  all 1000      4       3");
	assert_has(text->str, "\n  web/777       2       3");
	assert_has(text->str, "\n  web/888       4       0");
	assert_has(text->str, "\n  web/7         2       0");
	assert_lacks(text->str, "\n  web/8  ");
	assert_has(text->str, "\n  all 1000        10000 ");
	assert_has(text->str, "\n  all 1000         2  2.000 ");
	ck_assert(strstr(text->str, "web/777") < strstr(text->str, "web/888"));
	ck_assert(strstr(text->str, "web/888") < strstr(text->str, "web/0 "));
}

TEST(a_property_of_explorations_is_explained)
{
	add_crossing("app");
	sample_violation(&run, "return", NULL);
	report_print(text, run.result);
	assert_has(text->str,
		"return in app: nothing leads back to per task after a widened\n"
		"    affinity\n");
}

TEST(a_violation_is_explained_and_the_run_can_be_repeated)
{
	add_crossing("app");
	sample_violation(&run, "I3", "CPU 2 spins in get\nthe walk waits for CPU 2");
	sample_violation(&run, "I4", NULL);
	run.result->violations_count += 100;
	scenario_ask(&run.scenario, "--revision", "6.19");
	scenario_ask(&run.scenario, "--set", "machine.cpus=0-3");
	scenario_ask(&run.scenario, "--set", "mm my app.count=2");
	report_print(text, run.result);
	assert_has(text->str, "\nBroken properties: 102\n"
			      "  1.234 ms  I3 in app: a spin in get cannot end\n"
			      "    CPU 2 spins in get\n"
			      "    the walk waits for CPU 2\n"
			      "  1.234 ms  I4 in app: ");
	assert_has(text->str, "\n  … 100 more\n");
	assert_has(text->str, "\nFAIL: nothing was expected; broken properties: 102\n"
			      "To repeat: cidsim run scenarios/sample.scn --seed 7 --revision 6.19 "
			      "--set machine.cpus=0-3 --set 'mm my app.count=2'\n");
}

TEST(gets_that_gave_up_are_reported_if_there_are_any)
{
	struct record_account *account = add_crossing("app");

	add_crossing("other");
	print();
	assert_lacks(text->str, "gave up");
	account->gave_up = 7;
	print();
	assert_has(text->str, "\nGets that gave up: the task went on without a CID\n"
			      "  mm     times\n  app        7\n  other      0\n");
}

TEST(an_expected_violation_passes)
{
	add_crossing("app");
	sample_violation(&run, "I4", "x");
	sample_verdict(&run, 1, true, "1");
	print();
	assert_has(
		text->str, "\nPASS: 1 of 1 expectations hold; broken properties: 1, as expected\n");
	assert_has(text->str, "\nTo repeat: cidsim run scenarios/sample.scn --seed 7\n");
}

TEST(a_violation_beside_the_expected_one_fails_though_all_expectations_hold)
{
	run.expects[3].metric = METRIC_PROPERTY;
	run.expects[3].relation = REL_EQ;
	run.expects[3].value = CHECK_I4;
	add_crossing("app");
	sample_violation(&run, "I4", "x");
	sample_violation(&run, "I5", "y");
	sample_verdict(&run, 3, true, "I4");
	print();
	assert_has(text->str, "\nFAIL: 1 of 1 expectations hold; broken properties: 2, not all of "
			      "them expected\n");
}

TEST(expectations_show_where_what_and_what_was_found)
{
	sample_verdict(&run, 0, false, "6 at 10.100 ms");
	sample_verdict(&run, 2, true, "1");
	print();
	assert_has(text->str,
		"  FAIL  scenarios/sample.scn:40  enter-users = 5  found 6 at 10.100 ms\n"
		"  PASS  scenarios/sample.scn:42  livelocks = 1    found 1\n");
	assert_has(text->str, "\nFAIL: 1 of 2 expectations hold; no property broken\n"
			      "To repeat: cidsim run scenarios/sample.scn --seed 7\n");
}

TEST(of_many_expectations_all_that_fail_are_shown)
{
	for (int i = 0; i < 30; i++)
		sample_verdict(&run, 0, true, "5");
	sample_verdict(&run, 2, false, "0");
	print();
	assert_has(text->str, "  FAIL  scenarios/sample.scn:42 ");
	assert_has(text->str, "\n  … 10 more that hold\n");
}

TEST(lines_stay_short_and_end_without_blanks)
{
	struct record_account *account = add_crossing("app");
	char **lines;

	account->to_percpu = account->to_task = 10;
	account->windows.count = 20;
	add_flips(20);
	sample_violation(&run, "I1", "x");
	sample_verdict(&run, 0, false, "6");
	print();
	lines = g_strsplit(text->str, "\n", 0);
	for (char **line = lines; *line; line++) {
		ck_assert_msg(g_utf8_strlen(*line, -1) <= 100, "line '%s'", *line);
		ck_assert_msg(!g_str_has_suffix(*line, " "), "line '%s'", *line);
	}
	g_strfreev(lines);
}

TEST(the_locale_does_not_matter)
{
	GString *other = g_string_new(NULL);

	add_crossing("app");
	print();
	/* Where it is not installed, this test says nothing. */
	setlocale(LC_ALL, "de_DE.UTF-8");
	report_print(other, run.result);
	setlocale(LC_ALL, "C");
	ck_assert_str_eq(text->str, other->str);
	g_string_free(other, TRUE);
}
