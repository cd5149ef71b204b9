/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/import/rt-app.h"

#include <string.h>

#include "sim/base/prng.h"
#include "sim/scenario/scenario.h"
#include "tests/lib/suite.h"
#include "tests/lib/trace-text.h"

enum { MANY = 40000 };

static struct faults *faults;
static GPtrArray *left_out;

static void set_up(void)
{
	faults = faults_new("F");
	left_out = g_ptr_array_new_with_free_func(g_free);
}

static void tear_down(void)
{
	faults_free(faults);
	g_ptr_array_free(left_out, TRUE);
}

SUITE(.before = set_up, .after = tear_down);

/* The scenario of a file with these "tasks". */
static char *import_tasks(const char *tasks)
{
	g_autofree char *text = g_strdup_printf("{ \"tasks\" : {\n%s\n} }", tasks);

	return rt_app_import("F", text, strlen(text), 0, faults, left_out);
}

static const struct {
	const char *thread, *expected;
} threads[] = {
	{ "\"run\" : 1000, \"sleep\" : 2000", "run = 1ms\nsleep = 2ms\nloops = forever\n" },
	{ "\"loop\" : 3, \"run\" : 1000, \"sleep\" : 2000", "run = 1ms\nsleep = 2ms\nloops = 3\n" },
	/* runs are added up, and a sleep of nothing is none */
	{ "\"loop\" : 1, \"run\" : 1, \"runtime\" : 2, \"sleep\" : 0, \"run2\" : 3",
		"run = 6us\nsleep = 0ns\nloops = 1\n" },
	{ "\"loop\" : 2, \"run\" : 1, \"sleep\" : 2, \"run\" : 3, \"sleep\" : 4",
		"phases = (1us, 2us); (3us, 4us)\nloops = 2\n" },
	/* a timer sleeps for what is left of its period */
	{ "\"run\" : 3, \"sleep\" : 2, \"run\" : 1, \"timer\" : { \"period\" : 10 }",
		"phases = (3us, 2us); (1us, 4us)\nloops = forever\n" },
	{ "\"run\" : 30, \"timer\" : { \"period\" : 10 }",
		"run = 30us\nsleep = 0ns\nloops = forever\n" },
	{ "\"instance\" : 5, \"delay\" : 7, \"cpus\" : [ 0, 2 ], \"run\" : 1",
		"count = 5\nstart = 7us\ncpus = 0,2\nrun = 1us\n" },
	{ "\"phases\" : { \"a\" : { \"loop\" : 10, \"run\" : 1, \"sleep\" : 9 }, "
	  "\"b\" : { \"run\" : 2 } }, \"loop\" : 4",
		"phases = 10 * (1us, 9us); (2us, 0ns)\nloops = 4\n" },
	/* several bursts of a phase are written as often as it loops */
	{ "\"phases\" : { \"a\" : { \"loop\" : 2, \"run\" : 1, \"sleep\" : 1, \"run\" : 2, "
	  "\"sleep\" : 2 }, \"b\" : { \"sleep\" : 5 } }, \"loop\" : 1",
		"phases = (1us, 1us); (2us, 2us); (1us, 1us); (2us, 2us); (1ns, 5us)\nloops = 1\n" },
	/* a thread that does nothing is a user */
	{ "\"suspend\" : \"x\"", "run = 1us\nsleep = 10s\n" },
};

TEST_ROWS(a_thread_is_a_group_of_tasks, threads)
{
	g_autofree char *tasks = g_strdup_printf("\"one\" : { %s }", threads[_i].thread);
	g_autofree char *scenario = import_tasks(tasks);

	ck_assert_ptr_nonnull(scenario);
	ck_assert_msg(strstr(scenario, threads[_i].expected), "%s", scenario);
	ck_assert_ptr_nonnull(strstr(scenario, "\n# line 2\n[tasks one]\n"));
}

/* Proves when a fork and an affinity change happen: after the thread is there, and what it has done
 * until then. */
TEST(forks_and_affinities_happen_at_instants)
{
	g_autofree char *scenario = import_tasks(
		"\"a\" : { \"loop\" : 1, \"phases\" : { \"p\" : { \"run\" : 1000, \"fork\" : \"b\" }, "
		"\"q\" : { \"cpus\" : [ 1 ], \"run\" : 500 }, \"r\" : { \"run\" : 1 } } }, "
		"\"b\" : { \"instance\" : 0, \"run\" : 1 }");

	ck_assert_ptr_nonnull(strstr(scenario,
		"\n[at 525us]\nfork = b by a/0\n\n[at 1.025ms]\naffinity = a : 1\n\n[at "
		"1.525ms]\naffinity = a : first 4\n"));
}

/* rt-app ends before such a thread begins. One whose delay is just as long is there. */
TEST(a_thread_whose_delay_is_after_the_end_has_no_task)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *text = import_tasks(
		"\"late\" : { \"delay\" : 1000001, \"instance\" : 3, \"run\" : 1 },\n"
		"\"last\" : { \"delay\" : 1000000, \"run\" : 1 }\n"
		"}, \"global\" : { \"duration\" : 1");
	struct scenario *scenario = scenario_parse("t.scn", text, strlen(text), NULL, errors);

	ck_assert_msg(scenario != NULL, "%s\n%s", text, (char *)errors->pdata[0]);
	ck_assert_ptr_nonnull(strstr(text, "[tasks late]\ncount = 0\nrun = 1us\n"));
	ck_assert_ptr_nonnull(strstr(text, "[tasks last]\nstart = 1s\n"));
	ck_assert_uint_eq(left_out->len, 1);
	ck_assert_str_eq(left_out->pdata[0],
		"F:2: late: 'delay' is left out: it is after the end, so the thread has no task");
	scenario_free(scenario);
}

/* Proves that what is left out is said by line, and folded. */
TEST(what_is_left_out_is_said)
{
	g_autofree char *scenario = import_tasks("\"a\" : { \"lock\" : \"m\", \"run\" : 1,\n"
						 "\"lock2\" : \"m\", \"lock3\" : \"m\",\n"
						 "\"lock4\" : \"m\", \"lock5\" : \"m\",\n"
						 "\"priority\" : 3, \"colour\" : \"red\" }");

	ck_assert_uint_eq(left_out->len, 6);
	ck_assert_str_eq(left_out->pdata[0],
		"F:2: a: 'lock' is left out: tasks of a scenario do not wait for each other");
	ck_assert_str_eq(left_out->pdata[3],
		"F:5: a: 'priority' is left out: all tasks are scheduled alike");
	ck_assert_str_eq(left_out->pdata[4],
		"F:5: a: 'colour' is left out: it is not a key of rt-app that is known");
	ck_assert_str_eq(left_out->pdata[5], "F: 2 more 'lock' are left out");
	ck_assert_ptr_nonnull(strstr(scenario, "# line 5: a: 'priority' is left out"));
	ck_assert_ptr_nonnull(strstr(scenario, "# 2 more 'lock' are left out\n"));
}

/* A part of a key that is known is none. */
TEST(a_key_of_the_file_that_is_not_known_is_said)
{
	g_autofree char *scenario = import_tasks(
		"\"a\" : { \"run\" : 1 } }, \"task\" : 1, \"\" : 2, \"resources\" : {");

	ck_assert_ptr_nonnull(scenario);
	ck_assert_uint_eq(left_out->len, 2);
	ck_assert_str_eq(left_out->pdata[0],
		"F:2: 'task' is left out: it is not a key of rt-app that is known");
	ck_assert_ptr_nonnull(strstr(left_out->pdata[1], "F:2: '' is left out"));
}

TEST(names_become_those_of_scenarios)
{
	g_autofree char *scenario = import_tasks("\"a b\" : { \"run\" : 1 }, \"a_b\" : { \"run\" : 1 }, "
						 "\"7\" : { \"run\" : 1 }, \"rt-app\" : { \"run\" : 1 }");

	ck_assert_ptr_nonnull(strstr(scenario, "[tasks a_b]\n"));
	ck_assert_ptr_nonnull(strstr(scenario, "[tasks ta_b_2]\n"));
	ck_assert_ptr_nonnull(strstr(scenario, "[tasks t7]\n"));
	ck_assert_ptr_nonnull(strstr(scenario, "[tasks trt-app_2]\n"));
}

static const struct {
	const char *tasks, *fault;
} wrong[] = {
	{ "", "F:1: there is no \"tasks\"" },
	{ "\"a\" : 7", "F:2: task a is no object" },
	{ "\"a\" : { \"run\" : -1 }", "F:2: run is not a whole number from 0 to 1073741824" },
	{ "\"a\" : { \"run\" : 1.5 }", "F:2: run is not a whole number" },
	{ "\"a\" : { \"loop\" : 0 }", "F:2: loop is not a whole number from 1" },
	{ "\"a\" : { \"cpus\" : [] }", "F:2: cpus is no list of CPUs" },
	{ "\"a\" : { \"cpus\" : [ 8192 ] }", "F:2: a CPU is not a whole number from 0 to 8191" },
	{ "\"a\" : { \"timer\" : 5 }", "F:2: timer: a timer needs" },
	{ "\"a\" : { \"phases\" : 5 }", "F:2: phases is no object" },
	{ "\"a\" : { \"phases\" : {\n\"p\" : 5 } }", "F:3: phase p is no object" },
	{ "\"a\" : { \"fork\" : 5 }", "F:2: fork needs the name of a task" },
	{ "\"a\" : { \"run\" : 1 } },\n\"global\" : [ 1 ], \"resources\" : {",
		"F:3: global is no object" },
	{ "\"a\" : { \"run\" : 1 } },\n\"global\" : 10, \"resources\" : {",
		"F:3: global is no object" },
	{ "\"a\" : { \"run\" : 1, \"fork\" : \"x\" }", "F:2: there is no task \"x\" to fork" },
	{ "\"a\" : { \"phases\" : { \"p\" : { \"run\" : 1 },\n\"q\" : { \"loop\" : 501, \"run\" : 1, "
	  "\"sleep\" : 1, \"run\" : 2, \"sleep\" : 2 } } }",
		"F:3: 2 bursts many times are more than 1000 phases" },
};

/* Each with a name of its own, in less than the time of the suite. */
TEST(many_threads_have_names)
{
	g_autoptr(GString) tasks = g_string_new("\"same\" : { \"run\" : 1 }");
	g_autofree char *scenario = NULL;

	for (unsigned i = 0; i < MANY; i++)
		g_string_append_printf(tasks,
			",\n\"same\" : { \"fork\" : \"t%u\", \"loop\" : 1 }, "
			"\"t%u\" : { \"run\" : 1 }",
			i, i);
	scenario = import_tasks(tasks->str);
	ck_assert_ptr_nonnull(scenario);
	ck_assert_ptr_nonnull(strstr(scenario, "[tasks tsame_40001]\n"));
	ck_assert_ptr_nonnull(strstr(scenario, "[tasks t39999]\n"));
}

TEST(too_many_forks_are_refused)
{
	g_autoptr(GString) tasks = g_string_new("\"a\" : { \"run\" : 1 }");
	g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);

	for (unsigned i = 0; i < 1001; i++)
		g_string_append_printf(tasks, ",\n\"t%u\" : { \"fork\" : \"a\", \"run\" : 1 }", i);
	ck_assert_ptr_null(import_tasks(tasks->str));
	faults_list(faults, messages);
	ck_assert_uint_eq(messages->len, 1);
	ck_assert_ptr_nonnull(strstr(messages->pdata[0], ": up to task t1000 there are more than"));
}

TEST_ROWS(wrong_files_are_refused, wrong)
{
	g_autoptr(GPtrArray) messages = g_ptr_array_new_with_free_func(g_free);

	ck_assert_ptr_null(import_tasks(wrong[_i].tasks));
	faults_list(faults, messages);
	ck_assert_msg(messages->len == 1 && strstr(messages->pdata[0], wrong[_i].fault), "%s",
		(char *)messages->pdata[0]);
}

/* Proves that a spoiled file is refused or becomes a scenario. */
TEST_RANGE(spoiled_files_end_well, 0, 100)
{
	struct prng prng = { .key = prng_key((uint64_t)_i, 1) };
	g_autofree char *bytes = NULL;
	g_autofree char *scenario = NULL;
	GString *text;

	ck_assert(g_file_get_contents("scenarios/rt-app/server.json", &bytes, NULL, NULL));
	text = g_string_new(bytes);
	trace_text_spoil(text, &prng, false);
	scenario = rt_app_import("F", text->str, text->len, 0, faults, left_out);
	if (scenario) {
		g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
		const struct scenario_overrides none = { 0 };
		struct scenario *read =
			scenario_parse("S", scenario, strlen(scenario), &none, errors);

		ck_assert_msg(read, "%s in\n%s", errors->len ? (char *)errors->pdata[0] : "",
			scenario);
		scenario_free(read);
	} else {
		ck_assert_uint_gt(faults_count(faults), 0);
	}
	g_string_free(text, TRUE);
}
