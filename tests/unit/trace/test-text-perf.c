/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/suite.h"
#include "tests/lib/trace-events.h"

SUITE(.before = trace_events_start, .after = trace_events_stop);

/* What is before a record of perf. */
#define BY_PERF "             app 100/101   [003]    12.345678: "

TEST(a_fork_says_whether_the_child_is_a_thread)
{
	struct trace_event event = only_event(BY_PERF "PERF_RECORD_FORK(100:102):(100:101)\n");

	ck_assert_int_eq(event.kind, TRACE_NEW_TASK);
	ck_assert_uint_eq(event.pid, 101);
	ck_assert_uint_eq(event.tgid, 100);
	ck_assert_uint_eq(event.task.pid, 102);
	ck_assert_uint_eq(event.task.tgid, 100);
	ck_assert_int_eq(event.new_group, 0);
	event = only_event(BY_PERF "PERF_RECORD_FORK(103:103):(100:101)\n");
	ck_assert_int_eq(event.new_group, 1);
	ck_assert_uint_eq(event.task.tgid, 103);
}

/* Proves that tasks which are there when perf begins have their parent as who forks, though the
 * line is of no task. */
TEST(a_task_that_exists_is_forked_by_its_parent)
{
	struct trace_event event = only_event(
		"         app     0 [000]     0.000000: PERF_RECORD_FORK(100:102):(100:100)\n");

	ck_assert_uint_eq(event.time_ns, 0);
	ck_assert_uint_eq(event.pid, 100);
	ck_assert_str_eq(event.task.comm, "app");
}

TEST(exits_execs_and_losses_are_read)
{
	struct trace_event event = only_event(BY_PERF "PERF_RECORD_EXIT(100:102):(1:1)\n");

	ck_assert_int_eq(event.kind, TRACE_TASK_GONE);
	ck_assert_uint_eq(event.task.pid, 102);
	event = only_event(BY_PERF "PERF_RECORD_COMM exec: a:1/2 b:100/102\n");
	ck_assert_int_eq(event.kind, TRACE_EXEC);
	ck_assert_uint_eq(event.pid, 102);
	event = only_event(BY_PERF "PERF_RECORD_LOST lost 12\n");
	ck_assert_int_eq(event.kind, TRACE_LOST);
	ck_assert_uint_eq(event.lost, 12);
}

static const char *const no_events[] = {
	"PERF_RECORD_COMM: app:100/101",
	"PERF_RECORD_COMM exec: app",
	"PERF_RECORD_COMM exec: app:100",
	"PERF_RECORD_COMM exec: app:100/9999999",
	"PERF_RECORD_FORK",
	"PERF_RECORD_FORK(",
	"PERF_RECORD_FORK(100:102)",
	"PERF_RECORD_FORK(100:102):(100:",
	"PERF_RECORD_FORK(100:9999999):(100:101)",
	"PERF_RECORD_FORK(100:99999999999999999999):(100:101)",
	"PERF_RECORD_MMAP2 100/101: [0x1(0x1) @ 0 00:00 0 0]: r-xp /bin/app",
};

TEST_ROWS(other_records_are_counted_by_name, no_events)
{
	g_autofree char *text = g_strconcat(BY_PERF, no_events[_i], "\n", BY_PERF "wk:\n", NULL);
	g_autofree char *name = g_strndup(no_events[_i], strcspn(no_events[_i], "(: "));
	struct trace *trace = open_text(text);

	ck_assert_int_eq(next_event(trace).kind, TRACE_WORK);
	ck_assert_ptr_nonnull(g_hash_table_lookup(trace_ignored(trace), name));
	assert_trace_end(trace);
}

/* Proves that the last switch of a task is that of the task, though perf has its pid no more, and
 * that other events of none are left out. */
TEST(a_task_that_is_gone_is_named_by_its_switch)
{
	struct trace *trace = open_text(
		"             :-1    -1 [003]    12.345678: sched:sched_wakeup: comm=b pid=5 "
		"prio=120 target_cpu=000\n"
		"             :-1 100/-1    [003]    12.345678: sched:sched_switch: "
		"prev_comm=app prev_pid=102 prev_prio=120 prev_state=X ==> next_comm=b "
		"next_pid=5 next_prio=120\n");
	struct trace_event event = next_event(trace);

	ck_assert_int_eq(event.kind, TRACE_SWITCH);
	ck_assert_uint_eq(event.pid, 102);
	ck_assert_str_eq(event.comm, "app");
	ck_assert(event.prev_dead);
	assert_trace_end(trace);
}

TEST(the_header_of_perf_names_kernel_and_cpus)
{
	struct trace *trace = open_text("# os release : 7.2.13\n# nrcpus online : 2\n"
					"# nrcpus avail : 4\n" BY_PERF "wk:\n");

	ck_assert_str_eq(trace_info(trace)->kernel, "7.2.13");
	ck_assert_uint_eq(trace_info(trace)->possible->len, 4);
	next_event(trace);
	assert_trace_end(trace);
}

static const char *const summaries[] = {
	"           time    cpu  task name                       wait time  sch delay",
	"Samples do not have callchains.",
	"  *A0         818.155467 secs A0 => migration/0:18",
};

TEST_ROWS(a_summary_of_perf_sched_is_refused_with_what_to_give, summaries)
{
	g_autofree char *text = g_strconcat(summaries[_i], "\n", NULL);
	GError *error = NULL;

	trace_text_write(trace_path(), text, strlen(text));
	ck_assert_ptr_null(trace_open(trace_path(), &error));
	ck_assert_ptr_nonnull(strstr(error->message, "as perf sched script prints them"));
	g_clear_error(&error);
}

TEST(json_is_refused_with_what_to_give)
{
	GError *error = NULL;

	trace_text_write(trace_path(), "{}\n", 3);
	ck_assert_ptr_null(trace_open(trace_path(), &error));
	ck_assert_ptr_nonnull(
		strstr(error->message, "is JSON, expected a trace; of a run: trace.txt"));
	g_clear_error(&error);
}

TEST(the_file_of_perf_record_is_refused_with_what_to_give)
{
	GError *error = NULL;

	trace_text_write(trace_path(), "PERFILE2\1\2\3\4", 12);
	ck_assert_ptr_null(trace_open(trace_path(), &error));
	ck_assert_ptr_nonnull(strstr(error->message, "expected text: perf script"));
	g_clear_error(&error);
}
