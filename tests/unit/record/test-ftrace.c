/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "sim/record/ftrace.h"
#include "tests/lib/sample-run.h"
#include "tests/lib/suite.h"

static struct sample_run run;
static struct output *out;
static struct ftrace *ftrace;

static const struct record_task idle = { .pid = 0 };
static const struct record_task app = { .pid = 100, .group_pid = 100, .name = "app" };
static const struct record_task worker = { .pid = 101, .group_pid = 100, .name = "worker" };

static void start(void)
{
	sample_start(&run);
	sample_account(&run, "app", 5);
	sample_account(&run, "app exec", 5);
	out = sample_output(&run);
	ftrace = ftrace_new(out, &run.scenario, run.result->accounts);
}

static void stop(void)
{
	sample_stop(&run);
}

static char *written(void)
{
	ftrace_free(ftrace);
	return sample_written(&run, out);
}

static void switch_to(uint64_t time_ns, uint32_t cpu, const struct record_task *prev,
	enum record_prev_state state, const struct record_task *next)
{
	const struct record_switch sched_switch = {
		.time_ns = time_ns,
		.cpu = cpu,
		.prev = prev,
		.next = next,
		.prev_state = state,
		.prev_account = prev->pid ? 0 : UINT32_MAX,
		.next_account = next->pid ? 0 : UINT32_MAX,
		.prev_word = CID_UNSET,
		.next_word = prev->pid ? 2 : CID_ONCPU | 1,
		.cpu_word = CID_TRANSIT | 3,
	};

	ftrace_switch(ftrace, &sched_switch);
}

static struct record_mode_switch flip_by(uint32_t pid, uint32_t cpu, uint64_t time_ns)
{
	return (struct record_mode_switch){
		.time_ns = time_ns,
		.to_percpu = true,
		.trigger = TRIGGER_FORK,
		.users = 5,
		.allowed_count = 4,
		.max_cids_before = 4,
		.max_cids_after = 4,
		.thrs_after = 2,
		.cpu = cpu,
		.pid = pid,
	};
}

SUITE(.before = start, .after = stop);

TEST(the_first_line_is_what_viewers_look_for)
{
	char *text = written();

	ck_assert(g_str_has_prefix(text, "# tracer: nop\n#\n"));
	assert_has(text, "\n# cidsim " CIDSIM_VERSION);
	assert_has(text, "\n# command cidsim run scenarios/sample.scn --seed 7\n");
	assert_has(text, "\n# seed 7\n");
	assert_has(text, "TASK-PID");
	g_free(text);
}

TEST(every_line_but_the_head_has_the_form_that_perfetto_reads)
{
	/* The fields that its importer for ftrace text looks for, in our own words. */
	GRegex *line = g_regex_new("^.{16,}-\\d+\\s+\\(\\s*(\\d+|-+)\\) \\[\\d{3,}\\] "
				   "[a-zA-Z0-9.]{4}\\s+\\d+\\.\\d{9}: (sched_\\w+|"
				   "tracing_mark_write|mmcid:\\w+): .*$",
		0, 0, NULL);
	const struct record_mode_switch flip = flip_by(100, 2, 2500000000);
	const struct record_window window = { .opened = flip, .close_ns = 2500000700 };
	const struct record_sample sample = { .time_ns = 2500000000, .users = 5, .span = 4 };
	char *text;
	char **lines;

	ftrace_wakeup(ftrace, 1, 0, &idle, &app, true, 2);
	ftrace_wakeup(ftrace, 1, 0, NULL, &worker, false, 3);
	switch_to(2, 2, &idle, PREV_RUNNABLE, &app);
	ftrace_fork(ftrace, 3, 2, &app, &worker);
	ftrace_migrate(ftrace, 4, 2, &app, &worker, 3, 0);
	ftrace_sample(ftrace, &sample);
	ftrace_mode_switch(ftrace, &flip);
	ftrace_window(ftrace, &window);
	ftrace_note(ftrace, &(struct record_note){ .cpu = 2, .task = &app, .event = "fork" });
	ftrace_exit(ftrace, 5, 2, &app);
	text = written();
	lines = g_strsplit(text, "\n", 0);
	for (char **l = lines; *l; l++)
		ck_assert_msg((*l)[0] == '#' || !(*l)[0] || g_regex_match(line, *l, 0, NULL),
			"line '%s'", *l);
	g_strfreev(lines);
	g_free(text);
	g_regex_unref(line);
}

TEST(a_switch_shows_tasks_states_and_words_in_the_kernels_form)
{
	char *text;

	switch_to(1000002000, 3, &idle, PREV_RUNNABLE, &app);
	switch_to(1000003000, 3, &app, PREV_RUNNABLE, &worker);
	switch_to(1000004000, 3, &worker, PREV_SLEEPS, &app);
	switch_to(1000005000, 3, &app, PREV_BLOCKED, &worker);
	switch_to(1000006000, 3, &worker, PREV_DEAD, &idle);
	text = written();
	assert_has(text, "\n          <idle>-0       (-------) [009] ....     1.000002000: "
			 "sched_switch: prev_comm=swapper/9 prev_pid=0 prev_prio=120 prev_state=R "
			 "==> next_comm=app next_pid=100 next_prio=120\n");
	assert_has(text, "mmcid:switch: prev_mm=- prev_pid=0 prev_word=0x80000000 next_mm=app "
			 "next_pid=100 next_word=0x40000001 cpu_word=0x20000003\n");
	assert_has(text, "\n             app-100     (    100) [009] ....     1.000003000: "
			 "sched_switch: prev_comm=app prev_pid=100 prev_prio=120 prev_state=R+ "
			 "==> next_comm=worker next_pid=101 ");
	assert_has(text, "prev_comm=worker prev_pid=101 prev_prio=120 prev_state=S ==>");
	assert_has(text, "prev_comm=app prev_pid=100 prev_prio=120 prev_state=D ==>");
	assert_has(text, "prev_comm=worker prev_pid=101 prev_prio=120 prev_state=X ==> "
			 "next_comm=swapper/9 ");
	g_free(text);
}

TEST(a_switch_between_tasks_without_mm_shows_no_words)
{
	char *text;

	switch_to(1, 0, &idle, PREV_RUNNABLE, &idle);
	text = written();
	assert_has(text, "sched_switch:");
	assert_lacks(text, "mmcid:switch");
	g_free(text);
}

TEST(a_wakeup_is_also_a_waking_unless_the_task_is_new)
{
	char *text;

	ftrace_wakeup(ftrace, 10, 1, &app, &worker, false, 2);
	text = written();
	assert_has(
		text, "0.000000010: sched_waking: comm=worker pid=101 prio=120 target_cpu=008\n");
	assert_has(
		text, "0.000000010: sched_wakeup: comm=worker pid=101 prio=120 target_cpu=008\n");
	g_free(text);
}

TEST(a_new_task_a_move_and_an_exit_are_shown)
{
	char *text;

	ftrace_fork(ftrace, 1, 0, &app, &worker);
	ftrace_wakeup(ftrace, 2, 0, &app, &worker, true, 1);
	ftrace_migrate(ftrace, 3, 0, &app, &worker, 1, 3);
	ftrace_exit(ftrace, 4, 3, &worker);
	text = written();
	assert_has(text, "sched_process_fork: comm=app pid=100 child_comm=worker child_pid=101\n");
	assert_has(text, "sched_wakeup_new: comm=worker pid=101 prio=120 target_cpu=001\n");
	assert_lacks(text, "sched_waking");
	assert_has(
		text, "sched_migrate_task: comm=worker pid=101 prio=120 orig_cpu=1 dest_cpu=9\n");
	assert_has(text, "[009] ....     0.000000004: sched_process_exit: comm=worker pid=101 "
			 "prio=120\n");
	g_free(text);
}

TEST(a_window_is_a_slice_of_its_initiator_wherever_it_ends)
{
	const struct record_mode_switch flip = flip_by(100, 2, 5000);
	const struct record_window window = { .opened = flip, .close_ns = 9000, .steps = 5 };
	char *text;

	switch_to(1000, 2, &idle, PREV_RUNNABLE, &app);
	ftrace_mode_switch(ftrace, &flip);
	switch_to(6000, 2, &app, PREV_RUNNABLE, &idle);
	switch_to(7000, 1, &idle, PREV_RUNNABLE, &app);
	switch_to(8000, 3, &idle, PREV_RUNNABLE, &worker);
	ftrace_window(ftrace, &window);
	text = written();
	assert_has(text, "mmcid:mode_switch: mm=app direction=to_percpu trigger=fork users=5 "
			 "allowed=4 max_cids_before=4 max_cids_after=4 pcpu_thrs_before=0 "
			 "pcpu_thrs_after=2\n");
	assert_has(text, "app-100     (    100) [008] ....     0.000005000: tracing_mark_write: "
			 "B|100|app to per CPU\n");
	assert_has(text, "app-100     (    100) [001] ....     0.000009000: mmcid:window: mm=app "
			 "direction=to_percpu duration_ns=4000 steps=5 ");
	assert_has(text, "app-100     (    100) [001] ....     0.000009000: tracing_mark_write: "
			 "E|100\n");
	g_free(text);
}

TEST(windows_of_two_processes_with_one_account_are_kept_apart)
{
	const struct record_mode_switch first = flip_by(100, 0, 10);
	const struct record_mode_switch second = flip_by(101, 1, 20);
	const struct record_window one = { .opened = first, .close_ns = 30 };
	const struct record_window two = { .opened = second, .close_ns = 40 };
	char *text;

	switch_to(1, 0, &idle, PREV_RUNNABLE, &app);
	switch_to(2, 1, &idle, PREV_RUNNABLE, &worker);
	ftrace_mode_switch(ftrace, &first);
	ftrace_mode_switch(ftrace, &second);
	ftrace_window(ftrace, &one);
	ftrace_window(ftrace, &two);
	text = written();
	assert_has(
		text, "app-100     (    100) [000] ....     0.000000030: tracing_mark_write: E|");
	assert_has(text, "worker-101     (    100) [001] ....     0.000000040: "
			 "tracing_mark_write: E|");
	g_free(text);
}

TEST(a_window_of_the_deferred_work_is_a_slice_of_the_process)
{
	struct record_mode_switch flip = flip_by(0, 1, 10);
	struct record_window window;
	char *text;

	flip.to_percpu = false;
	flip.trigger = TRIGGER_DEFERRED;
	window = (struct record_window){ .opened = flip, .close_ns = 20 };
	switch_to(1, 0, &idle, PREV_RUNNABLE, &app);
	ftrace_mode_switch(ftrace, &flip);
	ftrace_window(ftrace, &window);
	text = written();
	assert_has(text, "tracing_mark_write: S|100|app to per task|0\n");
	assert_has(text, "tracing_mark_write: F|100|app to per task|0\n");
	g_free(text);
}

TEST(counters_come_with_the_process_and_then_only_when_they_change)
{
	struct record_sample sample = {
		.time_ns = 5, .users = 1, .max_cids = 1, .span = 1, .taken = 1
	};
	char *text, *again;

	ftrace_sample(ftrace, &sample);
	switch_to(10, 0, &idle, PREV_RUNNABLE, &worker);
	sample.time_ns = 20;
	sample.users = 2;
	ftrace_sample(ftrace, &sample);
	text = written();
	assert_has(text, "0.000000010: tracing_mark_write: C|100|app users|1\n");
	assert_has(text, "0.000000010: tracing_mark_write: C|100|app mode|0\n");
	assert_has(text, "0.000000020: tracing_mark_write: C|100|app users|2\n");
	assert_lacks(text, "0.000000005");
	again = strstr(text, "app span|");
	ck_assert_ptr_nonnull(again);
	ck_assert_ptr_null(strstr(again + 1, "app span|"));
	g_free(text);
}

TEST(names_can_not_break_lines_or_marks)
{
	const struct record_task odd = { .pid = 7, .group_pid = 7, .name = "a b\nc" };
	const struct record_sample sample = { .account = 2, .users = 1 };
	const struct record_switch sched_switch = {
		.prev = &idle,
		.next = &odd,
		.prev_account = UINT32_MAX,
		.next_account = 2,
	};
	char *text;

	sample_account(&run, "x|y\nz \"q\"", 1);
	ftrace_switch(ftrace, &sched_switch);
	ftrace_sample(ftrace, &sample);
	ftrace_note(ftrace, &(struct record_note){ .event = "exec", .text = "two\nlines" });
	text = written();
	assert_has(text, "next_comm=a_b_c next_pid=7 ");
	assert_has(text, "C|7|x/y z \"q\" users|1\n");
	assert_has(text, "next_mm=\"x|y z 'q'\" ");
	assert_has(text, "mmcid:exec: two lines\n");
	g_free(text);
}

TEST(a_name_without_end_and_the_greatest_pid_fit)
{
	struct record_task longest = { .pid = UINT32_MAX, .group_pid = UINT32_MAX };
	char *text;

	memset(longest.name, 'n', sizeof(longest.name));
	ftrace_exit(ftrace, SCENARIO_TIME_NS_MAX, 3, &longest);
	text = written();
	assert_has(text, "\nnnnnnnnnnnnnnnnn-4294967295 (4294967295) [009] ....  4398.046511103: "
			 "sched_process_exit: comm=nnnnnnnnnnnnnnnn pid=4294967295 prio=120\n");
	g_free(text);
}

TEST(a_note_may_be_longer_than_a_line_is_reserved)
{
	char *text, *long_text = g_strnfill(3 * OUTPUT_BUFFER, 'x');

	ftrace_note(
		ftrace, &(struct record_note){ .event = "walk", .task = &app, .text = long_text });
	text = written();
	assert_has(text, long_text);
	g_free(text);
	g_free(long_text);
}

/* Whoever is switched out has been switched in. */
TEST_SIGNAL(nobody_leaves_a_cpu_on_which_another_runs, SIGABRT)
{
	switch_to(1000, 0, &idle, PREV_RUNNABLE, &app);
	switch_to(2000, 0, &worker, PREV_SLEEPS, &idle);
}

TEST_SIGNAL(a_task_does_not_fork_itself, SIGABRT)
{
	ftrace_fork(ftrace, 1000, 0, &app, &app);
}

TEST_SIGNAL(a_task_moves_to_another_cpu, SIGABRT)
{
	ftrace_migrate(ftrace, 1000, 0, &idle, &app, 1, 1);
}
