/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "model/state.h"
#include "tests/lib/suite.h"
#include "tests/lib/trace-events.h"

SUITE(.before = trace_events_start, .after = trace_events_stop);

TEST(a_plain_switch_is_read_however_it_is_written)
{
	static const struct {
		const char *text;
		const char *prev, *next;
		uint64_t state;
		bool dead;
	} lines[] = {
		{ "prev_comm=a prev_pid=1 prev_prio=120 prev_state=S ==> next_comm=b next_pid=2 "
		  "next_prio=120",
			"a", "b", 1, false },
		{ "prev_comm=a prev_pid=1 prev_prio=120 prev_state=R+ ==> next_comm=b next_pid=2 "
		  "next_prio=120",
			"a", "b", 0, false },
		{ "prev_comm=x y=z prev_pid=1 prev_prio=120 prev_state=Z ==> next_comm= [0] "
		  "next_pid=2 next_prio=-1",
			"x y=z", "[0]", 0x20, true },
		{ "prev_comm=x prev_pid=9 prev_pid=1 prev_prio=120 prev_state=X ==> next_comm=b "
		  "next_pid=2 next_prio=120",
			"x prev_pid=9", "b", 0x10, true },
		{ "prev_comm=a prev_pid=1 prev_prio=120 prev_state=0x402 next_comm=b next_pid=2 "
		  "next_prio=120",
			"a", "b", 2, false },
		{ "prev_comm=a prev_pid=1 prev_prio=120 prev_state=256 next_comm=b next_pid=2 "
		  "next_prio=120",
			"a", "b", 0, false },
		{ "prev_comm=a prev_pid=1 prev_prio=120 prev_state=0x10 ==> next_comm=b "
		  "next_pid=2 next_prio=120",
			"a", "b", 0x10, true },
		{ "a:1 [120] D ==> b:2 [120]", "a", "b", 2, false },
		{ "k/0:1-e:1 [98] I ==> x [1] y:2 [-1]", "k/0:1-e", "x [1] y", 0x402, false },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		char *text =
			g_strconcat(AT("1.000001"), "sched_switch: ", lines[i].text, "\n", NULL);
		struct trace_event event = only_event(text);

		ck_assert_int_eq(event.kind, TRACE_SWITCH);
		ck_assert_uint_eq(event.prev.pid, 1);
		ck_assert_uint_eq(event.task.pid, 2);
		ck_assert_str_eq(event.prev.comm, lines[i].prev);
		ck_assert_str_eq(event.task.comm, lines[i].next);
		ck_assert_uint_eq(event.prev_state, lines[i].state);
		ck_assert_int_eq(event.prev_dead, lines[i].dead);
		g_free(text);
	}
}

TEST(the_other_plain_events_are_read)
{
	static const struct {
		const char *text;
		enum trace_kind kind;
		uint32_t pid, other_cpu, old_pid;
		int new_mm, new_group;
		const char *comm;
	} lines[] = {
		{ "sched_waking: comm=a b pid=5 prio=120 target_cpu=012", TRACE_WAKE, 5, 12,
			UINT32_MAX, -1, -1, "a b" },
		{ "sched:sched_wakeup: comm=a pid=5 prio=120 success=1 target_cpu=3", TRACE_WAKE, 5,
			3, UINT32_MAX, -1, -1, "a" },
		{ "sched_wakeup_new:     a:5 [120] CPU:003", TRACE_WAKE, 5, 3, UINT32_MAX, -1, -1,
			"a" },
		{ "sched_migrate_task: comm=a pid=5 prio=120 orig_cpu=1 dest_cpu=2", TRACE_MIGRATE,
			5, 2, UINT32_MAX, -1, -1, "a" },
		{ "sched_process_fork: comm=a pid=4 child_comm=b child_pid=5", TRACE_NEW_TASK, 5,
			UINT32_MAX, UINT32_MAX, -1, -1, "b" },
		{ "sched_process_exit: comm=a pid=5 prio=120 group_dead=true", TRACE_TASK_GONE, 5,
			UINT32_MAX, UINT32_MAX, -1, -1, "a" },
		{ "sched_process_exec: filename=/x pid=1 old_pid=2 pid=5 old_pid=4", TRACE_EXEC, 5,
			UINT32_MAX, 4, -1, -1, "" },
		{ "task_newtask: pid=5 comm=a b clone_flags=3d0f00 oom_score_adj=0", TRACE_NEW_TASK,
			5, UINT32_MAX, UINT32_MAX, 0, 0, "a b" },
		{ "task_newtask: pid=5 comm=a clone_flags=0x4100 oom_score_adj=-5", TRACE_NEW_TASK,
			5, UINT32_MAX, UINT32_MAX, 0, 1, "a" },
		{ "task_newtask: pid=5 comm=a clone_flags=1200000 oom_score_adj=0", TRACE_NEW_TASK,
			5, UINT32_MAX, UINT32_MAX, 1, 1, "a" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		char *text = g_strconcat(AT("1.000001"), lines[i].text, "\n", NULL);
		struct trace_event event = only_event(text);

		ck_assert_int_eq(event.kind, lines[i].kind);
		ck_assert_uint_eq(event.task.pid, lines[i].pid);
		ck_assert_uint_eq(event.other_cpu, lines[i].other_cpu);
		ck_assert_uint_eq(event.old_pid, lines[i].old_pid);
		ck_assert_int_eq(event.new_mm, lines[i].new_mm);
		ck_assert_int_eq(event.new_group, lines[i].new_group);
		ck_assert_str_eq(event.task.comm, lines[i].comm);
		g_free(text);
	}
}

static const char *const wrong[] = {
	"sched_switch: prev_comm=a prev_pid=1 prev_prio=120 prev_state=S ==> next_comm=b",
	"sched_switch: prev_comm=a prev_pid=1 prev_prio=120 next_comm=b next_pid=2 next_prio=1",
	"sched_switch: a:1 [120] S ==> b:2",
	"sched_switch: a:x [120] S ==> b:2 [120]",
	"sched_switch: a:1 [120] S! ==> b:2 [120]",
	"sched_wakeup: comm=a pid=5 prio=120 target_cpu=8192",
	"sched_wakeup: comm=0123456789abcdefg pid=5 prio=120 target_cpu=1",
	"sched_migrate_task: comm=a pid=5 prio=120 orig_cpu=1",
	"sched_process_fork: comm=a pid=4 child_comm=b child_pid=4194305",
	"sched_process_exit: comm=a pid=",
	"sched_process_exec: filename=/x pid=5",
	"sched_process_exec: ",
	"task_newtask: pid=5 comm=a",
	"task_newtask: pid=5 comm=a clone_flags=x",
};

TEST_ROWS(a_plain_event_without_its_fields_is_an_error, wrong)
{
	char *text = g_strconcat(AT("1.000001"), wrong[_i], "\n", NULL);
	GError *error = NULL;

	trace_text_write(trace_path(), text, strlen(text));
	ck_assert_ptr_null(trace_open(trace_path(), &error));
	ck_assert_ptr_nonnull(strstr(error->message, " without "));
	g_error_free(error);
	g_free(text);
}
