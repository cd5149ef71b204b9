/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What the lines of cidsim's own log become, and which cannot be read. */

#include <string.h>

#include "model/state.h"
#include "tests/lib/suite.h"
#include "tests/lib/trace-events.h"

#define HEAD "# tracer: nop\n# cidsim 0.1.0\n# possible 0-2,70\n"
#define NEW_MM AT("0.000000001") "mmcid:mm_new: mm=app mm_id=0 allowed=4 mask=all\n"
#define VALUES "mode=0x60000000 users=5 max_cids=4 pcpu_thrs=2 allowed=4 taken=3 mm_id=7 "
#define WORDS "word=0x40000001 cpu_word=0x20000002 "
#define SWITCH                                                                                     \
	AT("0.000000002")                                                                          \
	"sched_switch: prev_comm=a prev_pid=1 prev_prio=120 prev_state=X ==> next_comm=b "         \
	"next_pid=2 next_prio=120\n"

SUITE(.before = trace_events_start, .after = trace_events_stop);

/* A log whose second event is the first of @line. */
static struct trace *open_line(const char *line)
{
	g_autofree char *text = g_strconcat(HEAD NEW_MM, line, "\n", NULL);
	struct trace *trace = open_text(text);

	next_event(trace);
	return trace;
}

static const struct {
	const char *line, *events;
} lines[] = {
	{ "mmcid:mm_end: mm_id=0", "end of the mm" },
	{ "mmcid:task_new: pid=8 group=8 cpu=2 mm_id=0 visible=0 comm=a", "task is made" },
	{ "mmcid:task_new: pid=8 group=8 cpu=2 visible=1 comm=a", "task is made, task is visible" },
	{ "mmcid:show: pid=8", "task is visible" },
	{ "mmcid:task_gone: pid=8", "task is freed" },
	{ "mmcid:join: pid=8 mm_id=0", "another mm" },
	{ "mmcid:exec: pid=8 failed=1 cid=0x1", "return of the exec" },
	{ "mmcid:start: pid=8 " VALUES WORDS "outcome=done",
		"fork, decision, decision end, end of the fork or exit, state" },
	{ "mmcid:fork: pid=8 child=9 child_word=0x1 " VALUES WORDS "outcome=window",
		"fork, decision, decision end, state" },
	{ "mmcid:fork: pid=8 child=9 child_word=0x1 " VALUES WORDS "outcome=spins",
		"fork, decision, decision end, spin, state" },
	{ "mmcid:exec_join: pid=8 " VALUES WORDS "outcome=done",
		"fork, decision, decision end, end of the fork or exit, state" },
	{ "mmcid:exit: pid=8 " VALUES WORDS "outcome=done",
		"exit, decision, decision end, end of the fork or exit, state" },
	{ "mmcid:exec_leave: pid=8 " VALUES WORDS "outcome=window",
		"exit, decision, decision end, state" },
	{ "mmcid:undo_fork: pid=8 child=9 child_word=0x80000000 " VALUES WORDS "outcome=done",
		"exit, decision, decision end, end of the fork or exit, state" },
	{ "mmcid:work: pid=8 " VALUES WORDS "outcome=window", "decision, decision end, state" },
	{ "mmcid:complete: pid=8 " VALUES WORDS "outcome=done", "end of the fork or exit, state" },
	{ "mmcid:complete: pid=8 " VALUES WORDS "outcome=spins", "spin, state" },
	{ "mmcid:walk: cpu=2 taken=3 cpu_word=0x1 mm_id=0", "walk step, state" },
	{ "mmcid:spin_end: ns=5 pid=8 word=0x1 cpu_word=0x1 taken=3 mm_id=0", "spin end, state" },
	{ "mmcid:give_up: ns=5 pid=8 word=0x1 cpu_word=0x1 taken=3 mm_id=0", "spin end, state" },
	{ "mmcid:affinity: pid=8 cpus=1 " VALUES "deferred=1 mask=2",
		"affinity, affinity end, state" },
	{ "mmcid:affinity: pid=8 cpus=1 mask=2", "affinity" },
	{ "mmcid:mode_switch: mm=app direction=to_percpu", "mode switch" },
	{ "mmcid:window: mm=app direction=to_percpu", "window" },
	{ "mmcid:end: events=1", "totals" },
	{ "mmcid:spin: mm=app pid=8 mm_id=0", "" },
	{ "mmcid:cpu_offline: cpu=1", "" },
	{ "tracing_mark_write: C|1|a users|5", "" },
	{ "sched_waking: comm=a pid=8 prio=120 target_cpu=001", "" },
	{ "sched_wakeup: comm=a pid=8 prio=120 target_cpu=001", "wake-up" },
};

TEST_ROWS(a_line_becomes_the_events_of_its_step, lines)
{
	g_autofree char *line = g_strconcat(AT("0.000000002"), lines[_i].line, NULL);
	struct trace *trace = open_line(line);
	GString *events = g_string_new(NULL);
	struct trace_event event;

	while (trace_next(trace, &event, NULL)) {
		g_string_append_printf(
			events, "%s%s", events->len ? ", " : "", trace_kind_to_string(event.kind));
		ck_assert_uint_eq(event.line, 5);
		ck_assert_uint_eq(event.time_ns, 2);
		ck_assert_uint_eq(event.cpu, 3);
	}
	ck_assert_str_eq(events->str, lines[_i].events);
	g_string_free(events, TRUE);
	trace_close(trace);
}

TEST(a_fork_shows_its_values_and_words)
{
	struct trace *trace = open_line(
		AT("2") "mmcid:fork: pid=8 child=9 child_word=0x3 " VALUES WORDS "outcome=window");
	struct trace_event event = next_event(trace);

	ck_assert_uint_eq(event.pid, 8);
	ck_assert_uint_eq(event.task.pid, 9);
	ck_assert_uint_eq(event.mm.address, 8);
	ck_assert(!event.mm.known);
	next_event(trace);
	event = next_event(trace);
	ck_assert_int_eq(event.changed, 1);
	ck_assert(event.mm.known);
	ck_assert_uint_eq(event.mm.mode, MODE_PER_CPU | MODE_TRANSIT);
	ck_assert_uint_eq(event.mm.users, 5);
	event = next_event(trace);
	ck_assert(event.mm.taken_known);
	ck_assert_uint_eq(event.mm.taken, 3);
	ck_assert_uint_eq(event.prev.pid, 8);
	ck_assert_uint_eq(event.prev.word, 0x40000001);
	ck_assert_uint_eq(event.task.word, 3);
	ck_assert_uint_eq(event.cpu_word, 0x20000002);
	assert_trace_end(trace);
}

TEST(a_spin_ends_with_a_number_or_without)
{
	static const char *const names[] = { "give_up", "spin_end" };

	for (int got = 0; got < 2; got++) {
		g_autofree char *line =
			g_strdup_printf(AT("2") "mmcid:%s: ns=5 pid=8 word=0x1 cpu_word=0x1 "
						"taken=3 mm_id=0",
				names[got]);
		struct trace *trace = open_line(line);
		struct trace_event event = next_event(trace);

		ck_assert_int_eq(event.changed, got);
		ck_assert_uint_eq(event.spun_ns, 5);
		trace_close(trace);
	}
}

TEST(the_first_task_is_forked_by_nobody)
{
	struct trace *trace = open_line(AT("2") "mmcid:start: pid=8 " VALUES WORDS "outcome=done");

	for (int i = 0; i < 4; i++)
		ck_assert_uint_eq(next_event(trace).pid, TRACE_PID_UNKNOWN);
	trace_close(trace);
}

TEST(a_switch_has_its_words_in_the_next_line)
{
	struct trace *trace = open_line(SWITCH AT("0.000000002") "mmcid:switch: prev_pid=1 "
								 "prev_word=0x80000000 next_pid=2 "
								 "next_word=0x1 cpu_word=0x1");
	struct trace_event event = next_event(trace);

	ck_assert_int_eq(event.kind, TRACE_SWITCH);
	ck_assert(!event.prev_dead);
	ck_assert_uint_eq(event.prev.word, TRACE_WORD_UNKNOWN);
	event = next_event(trace);
	ck_assert_int_eq(event.kind, TRACE_SWITCHED);
	ck_assert_uint_eq(event.prev.word, 0x80000000);
	ck_assert_uint_eq(event.task.pid, 2);
	ck_assert_uint_eq(event.cpu_word, 1);
	assert_trace_end(trace);
}

TEST(a_switch_whose_get_spins_is_not_over)
{
	struct trace *trace = open_line(SWITCH AT("2") "mmcid:switch: prev_pid=1 prev_word=0x0 "
						       "next_pid=2 next_word=0x1 cpu_word=0x1 "
						       "spins=1");

	next_event(trace);
	ck_assert_int_eq(next_event(trace).kind, TRACE_SPIN);
	assert_trace_end(trace);
}

/* From idle to idle there are no words. */
TEST(idle_cpus_have_no_words)
{
	struct trace *trace = open_line(
		AT("2") "sched_switch: prev_comm=a prev_pid=0 prev_prio=120 prev_state=R "
			"==> next_comm=b next_pid=0 next_prio=120\n" AT("3") "mmcid:show: pid=8");

	ck_assert_int_eq(next_event(trace).kind, TRACE_SWITCH);
	ck_assert_int_eq(next_event(trace).kind, TRACE_TASK_SHOWN);
	assert_trace_end(trace);
}

TEST(a_mask_is_of_ids)
{
	struct trace *trace = open_line(AT("2") "mmcid:affinity: pid=8 cpus=2 mask=1,70");
	struct trace_event event = next_event(trace);

	ck_assert_uint_eq(event.mask.words[0], 1 << 1);
	ck_assert_uint_eq(event.mask.words[1], 1 << 6);
	trace_close(trace);
	trace = open_line(AT("2") "mmcid:affinity: pid=8 cpus=4 mask=all");
	event = next_event(trace);
	ck_assert_uint_eq(event.mask.words[0], 7);
	ck_assert_uint_eq(event.mask.words[1], 1 << 6);
	trace_close(trace);
}

/* Broken logs: the error is in line 5, after @events of line 5 and those before. */
static const struct {
	const char *lines, *message;
	uint64_t events;
} broken[] = {
	{ AT("2") "mmcid:nonsense: x=1",
		"line 5: there is no event mmcid:nonsense, did a newer cidsim write the log?", 1 },
	{ AT("2") "mmcid:task_gone:", "line 5: event mmcid:task_gone without pid", 1 },
	{ AT("2") "mmcid:task_gone: pid=x", "line 5: event mmcid:task_gone without pid", 1 },
	{ AT("2") "mmcid:task_gone: pid=4194305", "line 5: event mmcid:task_gone without pid", 1 },
	{ AT("2") "mmcid:task_new: pid=0 group=8 cpu=2 visible=1 comm=a",
		"line 5: event mmcid:task_new without pid, that of a task", 1 },
	{ AT("2") "mmcid:fork: pid=8 " VALUES WORDS "outcome=done",
		"line 5: event mmcid:fork without child", 1 },
	{ AT("2") "mmcid:exit: pid=8 " VALUES WORDS "outcome=perhaps",
		"line 5: event mmcid:exit without outcome", 1 },
	{ AT("2") "mmcid:exit: pid=8 " WORDS "outcome=done",
		"line 5: event mmcid:exit without mm_id", 1 },
	{ AT("2") "mmcid:complete: pid=8 " VALUES "word=0xffffffff cpu_word=0x1 outcome=done",
		"line 5: event mmcid:complete without word", 1 },
	{ AT("2") "mmcid:affinity: pid=8 cpus=1 mask=5",
		"line 5: event mmcid:affinity without a mask of possible CPUs", 1 },
	{ AT("2") "mmcid:affinity: pid=8 cpus=1 mask=",
		"line 5: event mmcid:affinity without a mask of possible CPUs", 1 },
	{ AT("2") "mmcid:switch: prev_pid=1 prev_word=0x0 next_pid=2 next_word=0x1 cpu_word=0x1",
		"line 5: there is no sched_switch before it", 1 },
	{ SWITCH AT("2") "mmcid:switch: prev_pid=1 prev_word=0x0 next_pid=3 next_word=0x1 "
			 "cpu_word=0x1",
		"line 6: event mmcid:switch without the pids and the CPU of the sched_switch "
		"before it",
		2 },
	{ SWITCH AT("2") "mmcid:show: pid=8",
		"line 6: the mmcid:switch of the sched_switch before it is missing", 2 },
	{ SWITCH SWITCH, "line 6: the mmcid:switch of the sched_switch before it is missing", 2 },
	{ AT("2") "mmcid:end: events=1\n" AT("3") "mmcid:show: pid=8",
		"line 6: the log goes on after its end", 2 },
};

TEST_ROWS(a_broken_line_is_an_error, broken)
{
	g_autofree char *text = g_strconcat(HEAD NEW_MM, broken[_i].lines, "\n", NULL);

	assert_text_fails(text, broken[_i].events, broken[_i].message);
}

TEST(a_log_must_begin_with_an_mm)
{
	assert_text_fails(HEAD AT("1") "mmcid:fork: pid=8\n", 0,
		"line 4: the log does not begin with its first mm: an older cidsim wrote it, run "
		"the scenario again");
	assert_text_fails(HEAD AT("1") "mmcid:machine: start=2\n", 0,
		"line 4: the log is of a scenario with [steps], and is not replayed: play the "
		"scenario instead");
}
