/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/census.h"

#include "tests/lib/suite.h"
#include "tests/lib/trace-events.h"

SUITE(.before = trace_events_start, .after = trace_events_stop);

static struct census *census_of(const char *text)
{
	struct trace *trace = open_text(text);
	GError *error = NULL;
	struct census *census = census_take(trace, NULL, &error);

	ck_assert_ptr_null(error);
	trace_close(trace);
	return census;
}

static void assert_row(const struct census *census, guint index, struct census_row expected)
{
	const struct census_row *row = census->rows->pdata[index];

	ck_assert_uint_lt(index, census->rows->len);
	ck_assert_str_eq(row->name, expected.name);
	ck_assert_uint_eq(row->tgid, expected.tgid);
	ck_assert_uint_eq(row->threads, expected.threads);
	ck_assert_uint_eq(row->forks, expected.forks);
	ck_assert_uint_eq(row->exits, expected.exits);
	ck_assert_uint_eq(row->switches, expected.switches);
	ck_assert_uint_eq(row->shown, expected.shown);
}

/* Proves that threads are in the row of their group, whose name is that of its first task, and that
 * what they do is added up. */
TEST(threads_of_a_group_are_one_row)
{
	struct census *census = census_of(
		" srv-100 (100) [000] 1.1: sched_switch: prev_comm=srv prev_pid=100 prev_prio=120 "
		"prev_state=S ==> next_comm=w1 next_pid=101 next_prio=120\n"
		" w1-101 (100) [000] 1.2: sched_switch: prev_comm=w1 prev_pid=101 prev_prio=120 "
		"prev_state=S ==> next_comm=other next_pid=7 next_prio=120\n"
		" other-7 (7) [000] 1.3: sched_switch: prev_comm=other prev_pid=7 prev_prio=120 "
		"prev_state=S ==> next_comm=srv next_pid=100 next_prio=120\n"
		" srv-100 (100) [000] 1.4: task_newtask: pid=102 comm=srv clone_flags=10100 x=0\n"
		" w1-101 (100) [000] 1.5: sched_process_exit: comm=w1 pid=101 prio=120\n");

	ck_assert_uint_eq(census->events, 5);
	ck_assert_uint_eq(census->rows->len, 2);
	assert_row(census, 0, (struct census_row){ (char *)"srv", 100, 3, 1, 1, 2, 0 });
	assert_row(census, 1, (struct census_row){ (char *)"other", 7, 1, 0, 0, 1, 0 });
	census_free(census);
}

/* Proves that without thread groups tasks of one name are one row, and that a new process is
 * no thread of its parent. */
TEST(without_groups_a_name_is_a_row)
{
	struct census *census = census_of(
		" srv-100 [000] 1.1: sched_wakeup: comm=srv pid=101 prio=120 target_cpu=000\n"
		" srv-101 [000] 1.2: sched_switch: prev_comm=srv prev_pid=101 prev_prio=120 "
		"prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120\n"
		" srv-101 [000] 1.3: task_newtask: pid=102 comm=child clone_flags=11 x=0\n");

	ck_assert_uint_eq(census->rows->len, 2);
	assert_row(census, 0, (struct census_row){ (char *)"srv", 0, 2, 0, 0, 0, 0 });
	assert_row(census, 1, (struct census_row){ (char *)"child", 102, 1, 0, 0, 0, 0 });
	census_free(census);
}

/* Proves that events which show a CID or an mm are counted, by the task that they are about. */
TEST(events_with_cids_are_counted)
{
	struct census *census = census_of(AT("1.1") "fin: tp=101 tw=0x1\n" AT("1.2") "wk:\n" AT(
		"1.3") "sw: pp=101 pg=0xa pw=1 pa=1 np=0 ng=0\n");

	ck_assert_uint_eq(census->rows->len, 1);
	assert_row(census, 0, (struct census_row){ (char *)"app", 0, 1, 0, 0, 0, 1 });
	census_free(census);
}

TEST(what_is_before_a_fault_is_counted)
{
	struct trace *trace = open_text(AT("1.1") "wk:\n" AT("1.2") "sched_switch: nothing\n");
	GError *error = NULL;
	struct census *census = census_take(trace, NULL, &error);

	ck_assert_ptr_nonnull(error);
	ck_assert_uint_eq(census->rows->len, 1);
	g_clear_error(&error);
	census_free(census);
	trace_close(trace);
}
