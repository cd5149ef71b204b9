/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>
#include <string.h>

#include "sim/machine/describe.h"
#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

enum { WALKS = 60, STEPS = 60 };

static void expect_text(
	struct machine_config config, const char *const *steps, const char *expected)
{
	struct machine machine;
	char *text;

	machine_start(&machine, &config);
	machines_take_all(&machine, &config, steps);
	text = describe_state(&machine, &config);
	ck_assert_str_eq(text, expected);
	g_free(text);
}

static const struct {
	cid_word word;
	const char *text;
} words[] = {
	{ 0, "0" },
	{ 15, "15" },
	{ 3 | CID_ONCPU, "3c" },
	{ 3 | CID_TRANSIT, "3t" },
	{ 3 | CID_ONCPU | CID_TRANSIT, "3ct" },
	{ CID_UNSET, "-" },
	{ CID_UNSET | CID_TRANSIT, "-t" },
	{ CID_UNSET | 7, "-7" },
	{ CID_NUMBER | CID_FLAGS, "-8191ct" },
};

SUITE(.timeout = 60);

TEST_ROWS(words_are_written_as_in_traces, words)
{
	char buffer[DESCRIBE_WORD_MAX];

	ck_assert_str_eq(describe_word(words[_i].word, buffer), words[_i].text);
}

TEST(a_machine_at_rest_has_a_line_for_each_cpu_and_task)
{
	static const char *const steps[] = { NULL };

	expect_text(machines_busy_config("7.1", 3, 2, 2), steps,
		"mode per task; 2 users; max_cids 2; pcpu_thrs 0; CIDs taken: 0-1\n"
		"CPU0: word 0; runs T0 with word 0\n"
		"CPU1: word 0; idles\n"
		"CPU2: word 0; idles\n"
		"T1: word 1; in the queue of CPU0");
}

TEST(a_window_shows_whose_turn_it_is)
{
	static const char *const steps[] = { "in 1 T1", "fork T0 T2", NULL };

	expect_text(machines_busy_config("7.1", 2, 2, 4), steps,
		"mode per CPU in transit; 3 users; max_cids 2; pcpu_thrs 1; CIDs taken: 0-1\n"
		"T0 holds the mutex; walks over the tasks, T2 is next\n"
		"CPU0: word 0t; runs T0 with word 0t; forks T2\n"
		"CPU1: word 1; runs T1 with word 1\n"
		"T2: word -; is being forked by T0");
}

TEST(locks_that_are_held_and_waited_for_are_shown)
{
	static const char *const steps[] = { "in 1 T1", "fork T0 T2", "walk", "leave 1", "walk",
		NULL };

	expect_text(machines_busy_config("7.1", 2, 2, 4), steps,
		"mode per CPU in transit; 3 users; max_cids 2; pcpu_thrs 1; CIDs taken: 0-1\n"
		"T0 holds the mutex; walks over the tasks, T1 is next\n"
		"    waits for the rq lock of CPU1\n"
		"CPU0: word 0t; runs T0 with word 0t; forks T2\n"
		"CPU1: word 1; is between two tasks, holds its rq lock\n"
		"T1: word 1; in the queue of CPU1, whose rq lock is held\n"
		"T2: word -; is being forked by T0");
}

TEST(what_a_weak_cpu_may_still_read_is_shown)
{
	static const char *const steps[] = { "fork T0 T2", NULL };
	struct machine_config config = machines_busy_config("v3", 2, 2, 4);

	config.weak = true;
	expect_text(config, steps,
		"mode per CPU; 3 users; max_cids 2; pcpu_thrs 1; CIDs taken: 0-1\n"
		"T0 holds the mutex; walks over the tasks, T1 is next\n"
		"CPU0: word 0c; runs T0 with word 0c; forks T2\n"
		"CPU1: word 0; idles; may still read the old percpu\n"
		"T1: word 1; in the queue of CPU0\n"
		"T2: word -; is being forked by T0");
}

TEST(faults_of_the_pool_are_shown)
{
	struct machine_config config = machines_busy_config("7.1", 1, 1, 1);
	struct machine machine;
	char *text;

	machine_start(&machine, &config);
	model_mm(machine_model(&machine), 0)->faults = FAULT_DROP_CLEAR | FAULT_DROP_RANGE;
	machine.work = 1;
	text = describe_state(&machine, &config);
	ck_assert_str_eq(text,
		"mode per task; 1 user; max_cids 1; pcpu_thrs 0; CIDs taken: 0\n"
		"    a CID was dropped that was not taken\n"
		"    a bit was cleared that is not in the pool; the deferred work is queued\n"
		"CPU0: word 0; runs T0 with word 0");
	g_free(text);
}

TEST(an_exec_that_fails_is_shown_step_by_step)
{
	static const char *const steps[] = { "out 0", "in 0 T0", "failed-exec T0", NULL };
	static const char *const back[] = { "out 0", "in 0 T0", "failed-exec T0", "exec-end T0",
		NULL };

	expect_text(machines_busy_config("7.1", 1, 2, 2), steps,
		"mode per CPU; 1 user; max_cids 1; pcpu_thrs 1; CIDs taken: 0\n"
		"CPU0: word 0c; runs T0 with word -; is in an exec that will fail\n"
		"T1: word -; in the queue of CPU0");
	expect_text(machines_busy_config("7.1", 1, 2, 2), back,
		"mode per CPU; 2 users; max_cids 1; pcpu_thrs 1; CIDs taken: 0\n"
		"CPU0: word 0c; runs T0 with word -\n"
		"T1: word -; in the queue of CPU0");
}

TEST(in_a_reduced_machine_tasks_are_nowhere_in_particular)
{
	static const char *const steps[] = { NULL };
	struct machine_config config = machines_busy_config("7.1", 2, 2, 2);

	config.reduced = true;
	expect_text(config, steps,
		"mode per task; 2 users; max_cids 2; pcpu_thrs 0; CIDs taken: 0-1\n"
		"CPU0: word 0; runs T0 with word 0\n"
		"CPU1: word 0; idles\n"
		"T1: word 1; in some queue");
}

static void assert_columns(const char *text)
{
	char **lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line != NULL; line++)
		ck_assert_msg(**line != '\0' && strlen(*line) <= DESCRIBE_COLUMNS, "'%s'", *line);
	g_strfreev(lines);
}

/* Whatever the state, no line is too long, and each CPU has one. */
TEST_RANGE(lines_fit, 0, 4)
{
	static const char *const revisions[] = { "v3", "6.19", "7.0", "7.1" };
	struct machine_config config =
		machines_busy_config(revisions[_i], MACHINE_CPUS_MAX, 14, MACHINE_TASKS_MAX);
	struct prng prng = { .key = prng_key(5, (uint64_t)_i) };
	struct machine machine;

	config.weak = true;
	for (int i = 0; i < WALKS; i++) {
		struct explore_step step;

		machine_start(&machine, &config);
		for (int n = 0; n < STEPS && machines_take_random(&machine, &config, &prng, &step); n++) {
			char *text = describe_state(&machine, &config);

			assert_columns(text);
			ck_assert(strstr(text, "\nCPU0: ") && strstr(text, "\nCPU15: "));
			g_free(text);
		}
	}
}
