/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/chrome.h"

#include "tests/lib/sample-run.h"
#include "tests/lib/suite.h"

static struct sample_run run;
static struct output *out;
static struct chrome *chrome;
static struct record_sink sink;

static const struct record_task idle = { .pid = 0 };
static const struct record_task app = { .pid = 100, .group_pid = 100, .name = "app" };

static void start(void)
{
	sample_start(&run);
	sample_account(&run, "app", 5);
	run.scenario.title = (char *)"a \"title\"\n\\";
	out = sample_output(&run);
	chrome = chrome_new(out, &run.scenario, run.result->accounts);
	sink = chrome_sink(chrome);
}

static void stop(void)
{
	sample_stop(&run);
}

SUITE(.before = start, .after = stop);

static char *written(uint64_t end_ns, const char *why)
{
	chrome_end(chrome, end_ns, why);
	chrome_free(chrome);
	return sample_written(&run, out);
}

static void switch_to(uint64_t time_ns, const struct record_task *prev,
	const struct record_task *next, cid_word word, bool spins)
{
	const struct record_switch seen = { .time_ns = time_ns,
		.cpu = 2,
		.prev = prev,
		.next = next,
		.prev_account = prev->pid ? 0 : UINT32_MAX,
		.next_account = next->pid ? 0 : UINT32_MAX,
		.next_word = word,
		.spins = spins };

	sink.sched_switch(sink.context, &seen);
}

TEST(a_stay_is_a_slice_that_names_task_and_cid)
{
	char *text;

	switch_to(1001, &idle, &app, CID_ONCPU | 3, false);
	switch_to(2500, &app, &idle, 0, false);
	switch_to(3000, &idle, &app, CID_UNSET, true);
	text = written(4000, NULL);
	assert_has(text, "{\"ph\":\"M\",\"pid\":1,\"tid\":8,\"name\":\"thread_name\",\"args\":{"
			 "\"name\":\"CPU 8\"}}");
	assert_has(text, "{\"ph\":\"B\",\"pid\":1,\"tid\":8,\"ts\":1.001,\"cat\":\"app\",\"name\":"
			 "\"app-100:3\"},\n{\"ph\":\"E\",\"pid\":1,\"tid\":8,\"ts\":2.500,");
	/* A get that spins has no number. One that is there at the end is ended there. */
	assert_has(text, "\"ts\":3.000,\"cat\":\"app\",\"name\":\"app-100:-\"},\n{\"ph\":\"E\",");
	assert_has(text, "\"ts\":4.000,\"cat\":\"app\",\"name\":\"app-100:-\"}\n]}\n");
	g_free(text);
}

TEST(counters_are_written_when_they_change)
{
	const struct record_sample first = { .time_ns = 1000, .users = 5, .taken = 2, .max_cids = 4 };
	const struct record_sample second = {
		.time_ns = 2000, .users = 6, .taken = 2, .max_cids = 4
	};
	char *text;

	sink.sample(sink.context, &first);
	sink.sample(sink.context, &second);
	text = written(3000, NULL);
	assert_has(text, "\"args\":{\"name\":\"mm app\"}");
	assert_has(text, "{\"ph\":\"C\",\"pid\":2,\"tid\":0,\"ts\":2.000,\"name\":\"users\",\"args\":"
			 "{\"users\":6}}\n]}");
	assert_lacks(text, "\"ts\":2.000,\"name\":\"taken\"");
	g_free(text);
}

/* Proves that windows that overlap are in threads of their own, and that one that is open ends with
 * the log. */
TEST(windows_that_overlap_have_threads_of_their_own)
{
	struct record_window one = { .opened = { .time_ns = 1000,
					     .to_percpu = true,
					     .trigger = TRIGGER_FORK,
					     .users = 5,
					     .cpu = 2,
					     .pid = 100 },
		.close_ns = 3000,
		.steps = 4 };
	struct record_window two = one;
	char *text;

	two.opened.pid = 200;
	two.opened.time_ns = 2000;
	sink.mode_switch(sink.context, &one.opened);
	sink.mode_switch(sink.context, &two.opened);
	sink.window(sink.context, &one);
	text = written(5000, "ends here");
	assert_has(text, "\"name\":\"to per CPU: fork, 5 users\"");
	assert_has(text, "{\"ph\":\"B\",\"pid\":2,\"tid\":1,\"ts\":1.000,\"name\":\"window to per CPU\"}");
	assert_has(text, "{\"ph\":\"B\",\"pid\":2,\"tid\":2,\"ts\":2.000,");
	assert_has(text, "{\"ph\":\"E\",\"pid\":2,\"tid\":1,\"ts\":3.000,\"name\":\"window to per "
			 "CPU\",\"args\":{\"steps\":4,");
	assert_has(text, "{\"ph\":\"E\",\"pid\":2,\"tid\":2,\"ts\":5.000,\"name\":\"window to per CPU\"}");
	assert_has(text, "\"name\":\"the log ends here\"}\n]}\n");
	g_free(text);
}

TEST(the_title_is_quoted)
{
	char *text = written(0, NULL);

	assert_has(text, "\"title\":\"a \\\"title\\\"\\n\\\\\"");
	g_free(text);
}
