/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>
#include <stdlib.h>

#include "sim/base/version.h"
#include "sim/record/csv.h"
#include "tests/lib/sample-run.h"
#include "tests/lib/suite.h"

static struct sample_run run;

static void start(void)
{
	sample_start(&run);
}

static void stop(void)
{
	sample_stop(&run);
}

static const struct record_mode_switch flip = {
	.time_ns = 1000,
	.to_percpu = true,
	.trigger = TRIGGER_FORK,
	.users = 5,
	.allowed_count = 4,
	.max_cids_before = 4,
	.max_cids_after = 4,
	.thrs_before = 0,
	.thrs_after = 2,
	.cpu = 2,
	.pid = 100,
};

static void assert_field(const char *text, const char *expected)
{
	struct output *out = sample_output(&run);
	char *written;

	csv_field(out, text);
	written = sample_written(&run, out);
	ck_assert_str_eq(written, expected);
	g_free(written);
}

SUITE(.before = start, .after = stop);

TEST(fields_are_quoted_only_where_they_must_be)
{
	assert_field("app", "app");
	assert_field("web/3", "web/3");
	assert_field("app exec", "app exec");
	assert_field("", "");
	assert_field("a,b", "\"a,b\"");
	assert_field("say \"hi\"", "\"say \"\"hi\"\"\"");
	assert_field("two\nlines", "\"two\nlines\"");
	assert_field("cr\r", "\"cr\r\"");
	assert_field("#1", "\"#1\"");
	assert_field("größe", "größe");
}

TEST(the_head_says_what_was_run)
{
	struct output *out = sample_output(&run);
	char *written, *expected;

	run.scenario.title = (char *)"two\nlines";
	csv_header(out, &run.scenario, csv_stays_columns);
	written = sample_written(&run, out);
	expected = g_strdup_printf("# cidsim %s\n"
				   "# scenario scenarios/sample.scn\n"
				   "# command cidsim run scenarios/sample.scn --seed 7\n"
				   "# title two lines\n"
				   "# seed 7\n"
				   "# revision 7.1\n"
				   "# possible 4\n"
				   "cpu,pid,mm,cid,start_ns,end_ns\n",
		version_text());
	ck_assert_str_eq(written, expected);
	g_free(expected);
	g_free(written);
}

TEST(a_scenario_without_title_has_an_empty_one)
{
	struct output *out = sample_output(&run);
	char *written;

	run.scenario.title = NULL;
	csv_header(out, &run.scenario, csv_series_columns);
	written = sample_written(&run, out);
	assert_has(written, "\n# title \n");
	g_free(written);
}

TEST(a_sample_is_a_row)
{
	const struct record_sample sample = {
		.time_ns = 12345678901,
		.users = 5,
		.allowed_count = 4,
		.max_cids = 4,
		.pcpu_thrs = 2,
		.mode = 3,
		.taken = 3,
		.span = 4,
		.optimum = 4,
	};
	struct output *out = sample_output(&run);
	char *written;

	csv_sample(out, "a,b", &sample);
	written = sample_written(&run, out);
	ck_assert_str_eq(written, "12345678901,\"a,b\",5,4,4,2,3,3,4,4\n");
	g_free(written);
}

TEST(a_mode_switch_is_a_row_with_the_id_of_the_cpu)
{
	struct output *out = sample_output(&run);
	char *written;

	csv_mode_switch(out, "app", run.cpu_ids, &flip);
	written = sample_written(&run, out);
	ck_assert_str_eq(written, "1000,app,to_percpu,fork,5,4,4,4,0,2,8,100\n");
	g_free(written);
}

TEST(a_window_is_a_row_with_its_duration)
{
	struct record_window window = {
		.opened = flip,
		.close_ns = 3500,
		.steps = 5,
		.moved = 1,
		.dropped = 3,
		.handed = 2,
		.settled = 4,
		.out_dropped = 6,
		.bit_ops = 7,
		.spins = 8,
		.spin_ns = 9,
		.preempted_ns = 10,
	};
	struct output *out = sample_output(&run);
	char *written;

	window.opened.to_percpu = false;
	csv_window(out, "app", &window);
	written = sample_written(&run, out);
	ck_assert_str_eq(written, "app,to_task,1000,3500,2500,5,1,3,2,4,6,7,8,9,10\n");
	g_free(written);
}

TEST(rows_have_as_many_fields_as_there_are_columns)
{
	const struct record_sample sample = { 0 };
	const struct record_window window = { 0 };
	const struct record_stay stay = { 0 };
	struct output *out = sample_output(&run);
	char *written;
	char **lines;

	csv_header(out, &run.scenario, csv_series_columns);
	csv_sample(out, "app", &sample);
	csv_header(out, &run.scenario, csv_modes_columns);
	csv_mode_switch(out, "app", run.cpu_ids, &flip);
	csv_header(out, &run.scenario, csv_windows_columns);
	csv_window(out, "app", &window);
	csv_header(out, &run.scenario, csv_stays_columns);
	csv_stay(out, "app", run.cpu_ids, &stay);
	written = sample_written(&run, out);
	lines = g_strsplit(written, "\n", 0);
	for (int i = 0; i < 4; i++) {
		char **columns = g_strsplit(lines[9 * i + 7], ",", 0);
		char **fields = g_strsplit(lines[9 * i + 8], ",", 0);

		ck_assert_uint_eq(g_strv_length(columns), g_strv_length(fields));
		g_strfreev(columns);
		g_strfreev(fields);
	}
	g_strfreev(lines);
	g_free(written);
}

TEST_SIGNAL(a_window_closes_after_it_has_opened, SIGABRT)
{
	const struct record_window window = { .opened = flip, .close_ns = 999 };

	csv_window(sample_output(&run), "app", &window);
}

TEST_SIGNAL(the_key_of_a_comment_is_one_word, SIGABRT)
{
	csv_comment(sample_output(&run), "two words", "value");
}
