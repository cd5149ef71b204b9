/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Traces that show no more than who runs, of which some processes were there before. */

#include "tests/lib/folder.h"
#include "tests/lib/replay-text.h"
#include "tests/lib/suite.h"
#include "tests/lib/trace-text.h"

static char *folder, *file;
static GString *text;
static unsigned now_us;

static void set_up(void)
{
	folder = folder_new();
	file = g_build_filename(folder, "trace.txt", NULL);
	text = g_string_new("# possible 0-3\n");
	now_us = 0;
}

static void tear_down(void)
{
	g_string_free(text, TRUE);
	folder_remove(folder);
	g_free(file);
}

SUITE(.before = set_up, .after = tear_down);

/* A line of @pid, of the thread group @tgid (0: the trace has none), on @cpu. */
static void add_line(const char *comm, unsigned pid, unsigned tgid, unsigned cpu, const char *event)
{
	g_string_append_printf(text, "%16s-%u ", comm, pid);
	if (tgid)
		g_string_append_printf(text, "(%u) ", tgid);
	g_string_append_printf(text, "[%03u] 1.%06u: %s\n", cpu, ++now_us, event);
}

static void add_switch(unsigned cpu, const char *prev_comm, unsigned prev, const char *state,
	const char *next_comm, unsigned next, unsigned tgid)
{
	g_autofree char *event = g_strdup_printf(
		"sched_switch: prev_comm=%s prev_pid=%u prev_prio=120 prev_state=%s ==> "
		"next_comm=%s next_pid=%u next_prio=120",
		prev_comm, prev, state, next_comm, next);

	add_line(prev ? prev_comm : "<idle>", prev, tgid, cpu, event);
}

/* @pid runs on @cpu for a while. */
static void add_stay(unsigned cpu, const char *comm, unsigned pid, unsigned tgid)
{
	add_switch(cpu, "swapper", 0, "R", comm, pid, 0);
	add_switch(cpu, comm, pid, "S", "swapper", 0, tgid);
}

static struct replay_text replay_with(struct replay_text_options options)
{
	struct replay_text replay;

	options.revision = "7.1";
	replay = replay_text_run(file, text, options);
	ck_assert_msg(!replay.error, "%s", replay.error ? replay.error->message : "");
	return replay;
}

/* The only process. */
static const struct replay_process *process_of(const struct replay_text *replay)
{
	ck_assert_uint_eq(replay->verdict->processes->len, 1);
	return replay->verdict->processes->pdata[0];
}

/* Proves that without a fork nothing is predicted, unless a process is asked for: then each of its
 * threads counts from the first event that shows it on, and the flip comes with the fifth. Only
 * from the second line on it is known that the trace has no thread groups. */
TEST(threads_that_were_there_are_counted_if_asked_for)
{
	struct replay_text replay;
	const struct replay_process *process;

	for (unsigned pid = 101; pid <= 106; pid++)
		add_stay(pid % 4, "srv", pid, 0);
	add_stay(0, "other", 200, 0);
	replay = replay_with((struct replay_text_options){ 0 });
	ck_assert_uint_eq(replay.verdict->processes->len, 0);
	ck_assert_uint_eq(replay.verdict->predicted, 0);
	replay_text_free(&replay);
	replay = replay_with((struct replay_text_options){ .comm = "srv" });
	process = process_of(&replay);
	ck_assert_uint_eq(process->users_max, 6);
	ck_assert_uint_eq(process->to_percpu, 1);
	ck_assert_uint_eq(process->met, 6);
	ck_assert_uint_eq(process->met_line, 12);
	ck_assert_uint_eq(process->predicted, 11);
	ck_assert_uint_eq(replay.result->forks, 0);
	ck_assert(process->existed);
	ck_assert(replay_text_notes(replay.verdict, "that was 6, the last one in line 12"));
	replay_text_free(&replay);
}

/* Proves that a wake-up shows a thread, too. */
TEST(a_wake_up_shows_a_thread)
{
	struct replay_text replay;

	add_line("other", 200, 0, 1, "sched_wakeup: comm=srv pid=101 prio=120 target_cpu=000");
	add_stay(0, "srv", 101, 0);
	replay = replay_with((struct replay_text_options){ .comm = "srv" });
	ck_assert_uint_eq(process_of(&replay)->met_line, 2);
	ck_assert_uint_eq(process_of(&replay)->met, 1);
	replay_text_free(&replay);
}

/* Proves that where the trace has thread groups, two processes of one name are two, and that a
 * thread with another name belongs to its group. */
TEST(thread_groups_part_processes_of_one_name)
{
	struct replay_text replay;

	for (unsigned round = 0; round < 2; round++) {
		add_stay(0, "srv", 101, 100);
		add_stay(1, "worker", 102, 100);
		add_stay(2, "srv", 301, 300);
	}
	replay = replay_with((struct replay_text_options){ .comm = "srv" });
	ck_assert_uint_eq(replay.verdict->processes->len, 2);
	ck_assert_uint_eq(
		((struct replay_process *)replay.verdict->processes->pdata[0])->users_max, 2);
	ck_assert_uint_eq(
		((struct replay_process *)replay.verdict->processes->pdata[1])->users_max, 1);
	replay_text_free(&replay);
	replay = replay_with((struct replay_text_options){ .pid = 100 });
	ck_assert_uint_eq(process_of(&replay)->tgid, 100);
	ck_assert_uint_eq(process_of(&replay)->users_max, 2);
	replay_text_free(&replay);
}

/* Proves that a child whose fork the trace shows is not one that was there before: neither a
 * thread, which counts once, nor a process of the same name. */
TEST(children_are_not_counted_as_there_before)
{
	struct replay_text replay;

	add_stay(0, "srv", 101, 0);
	add_line("srv", 101, 0, 0,
		"task_newtask: pid=102 comm=srv clone_flags=10100 oom_score_adj=0");
	add_line("srv", 101, 0, 0,
		"sched_process_fork: comm=srv pid=101 child_comm=srv child_pid=102");
	add_line("srv", 101, 0, 0, "task_newtask: pid=103 comm=srv clone_flags=11 oom_score_adj=0");
	add_line("srv", 101, 0, 0,
		"sched_process_fork: comm=srv pid=101 child_comm=srv child_pid=103");
	add_stay(1, "srv", 102, 0);
	add_stay(2, "srv", 103, 0);
	replay = replay_with((struct replay_text_options){ .comm = "srv" });
	ck_assert_uint_eq(process_of(&replay)->met, 1);
	ck_assert_uint_eq(process_of(&replay)->users_max, 2);
	ck_assert_uint_eq(replay.result->forks, 1);
	replay_text_free(&replay);
}

/* Proves that a prediction goes on where the trace lacks a switch: who leaves was there. */
TEST(a_prediction_outlives_a_missing_switch)
{
	struct replay_text replay;

	for (unsigned pid = 101; pid <= 103; pid++)
		add_stay(pid % 4, "srv", pid, 0);
	add_switch(0, "swapper", 0, "R", "srv", 101, 0);
	add_switch(1, "srv", 102, "S", "srv", 101, 0); /* 102 came, and 101 left, unseen */
	add_switch(1, "srv", 101, "S", "srv", 103, 0);
	add_switch(2, "srv", 103, "S", "swapper", 0, 0); /* 103 went from 1 to 2 */
	add_stay(3, "srv", 101, 0);
	replay = replay_with((struct replay_text_options){ .comm = "srv" });
	ck_assert_uint_eq(process_of(&replay)->skipped, 2);
	ck_assert_uint_eq(process_of(&replay)->predicted, 11);
	ck_assert_uint_eq(process_of(&replay)->lost, 0);
	ck_assert_uint_eq(process_of(&replay)->users_max, 3);
	ck_assert(replay_text_notes(replay.verdict, "switches are missing in the trace, 2 times"));
	replay_text_free(&replay);
}

/* Proves that a thread which dies is no user any more, if its last switch is all that shows it. */
TEST(the_last_switch_is_an_exit)
{
	struct replay_text replay;

	for (unsigned pid = 101; pid <= 105; pid++)
		add_stay(pid % 4, "srv", pid, 0);
	for (unsigned pid = 102; pid <= 105; pid++) {
		add_switch(0, "swapper", 0, "R", "srv", pid, 0);
		add_switch(0, "srv", pid, "X", "swapper", 0, 0);
	}
	replay = replay_with((struct replay_text_options){ .comm = "srv" });
	ck_assert_uint_eq(process_of(&replay)->to_percpu, 1);
	ck_assert_uint_eq(process_of(&replay)->to_task, 1);
	ck_assert_uint_eq(replay.result->exits, 4);
	replay_text_free(&replay);
}

/* Proves that all threads count from the start where perf lists them. */
TEST(threads_that_perf_lists_count_from_the_start)
{
	struct replay_text replay;

	for (unsigned pid = 101; pid <= 105; pid++)
		g_string_append_printf(
			text, "srv 0 [000] 0.000000: PERF_RECORD_FORK(100:%u):(100:100)\n", pid);
	add_stay(0, "srv", 101, 100);
	replay = replay_with((struct replay_text_options){ .comm = "srv" });
	ck_assert_uint_eq(process_of(&replay)->users_max, 6);
	ck_assert_uint_eq(process_of(&replay)->to_percpu, 1);
	ck_assert_uint_eq(replay.result->end_ns, 1000);
	replay_text_free(&replay);
}

/* One draw after another: the order of arguments is the compiler's. */
static void add_random_switch(struct prng *prng, unsigned cpu, unsigned pid)
{
	const char *state = prng_next(prng) % 4 ? "S" : "X";
	unsigned next = 101 + (unsigned)(prng_next(prng) % 6);
	unsigned tgid = prng_next(prng) % 3 ? 0 : 100;

	add_switch(cpu, "srv", pid, state, "srv", next, tgid);
}

/* Proves that no order of lines, and no missing ones, break a prediction. */
TEST_RANGE(spoiled_predictions_end_well, 0, 300)
{
	struct prng prng = { .key = prng_key((uint64_t)_i, 1) };
	struct replay_text replay;

	for (unsigned i = 0; i < 60; i++) {
		unsigned pid = 101 + (unsigned)(prng_next(&prng) % 6), cpu = prng_next(&prng) % 4;

		if (prng_next(&prng) % 4 == 0)
			add_line("srv", pid, 0, cpu,
				"sched_process_exit: comm=srv pid=101 prio=120");
		else if (prng_next(&prng) % 4 == 0)
			add_line("srv", pid, 0, cpu,
				"task_newtask: pid=104 comm=srv clone_flags=10100 oom_score_adj=0");
		else if (prng_next(&prng) % 8 == 0)
			add_line("srv", pid, 0, cpu,
				"sched_process_exec: filename=a pid=102 old_pid=102");
		else
			add_random_switch(&prng, cpu, pid);
	}
	replay = replay_with((struct replay_text_options){ .comm = "srv" });
	ck_assert_uint_eq(replay_text_counts(replay.verdict).unexplained, 0);
	replay_text_free(&replay);
}
