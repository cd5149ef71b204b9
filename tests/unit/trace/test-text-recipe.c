/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "model/state.h"
#include "tests/lib/suite.h"
#include "tests/lib/trace-events.h"

#define SWITCH                                                                                     \
	"sw: (__probestub_sched_switch+0x4/0x10) pp=101 pt=100 pg=0xff11 pw=0x20000000 pa=1 "      \
	"ps=8193 " MM_FIELDS " np=0 nt=0 ng=0x0 nw=0x80000000 nac=0 nmo=0x77 nus=99999999999 "     \
	"nmx=1 nth=0 nna=4"

#define IP "(sched_mm_cid_fork+0x0/0x430) "

SUITE(.before = trace_events_start, .after = trace_events_stop);

TEST(a_switch_of_the_recipe_has_all_its_fields)
{
	struct trace_event event = only_event("# possible 0-3\n" AT("4711") SWITCH "\n");

	ck_assert_int_eq(event.kind, TRACE_SWITCH);
	ck_assert_uint_eq(event.line, 2);
	ck_assert_uint_eq(event.time_ns, 4711000);
	ck_assert_uint_eq(event.cpu, 3);
	ck_assert_uint_eq(event.pid, 101);
	ck_assert_str_eq(event.comm, "app");
	ck_assert_uint_eq(event.prev.pid, 101);
	ck_assert_uint_eq(event.prev.tgid, 100);
	ck_assert_uint_eq(event.prev.word, CID_KERNEL_TRANSIT);
	ck_assert_int_eq(event.prev.active, 1);
	ck_assert(event.prev.mm_known && event.prev.mm == 0xff11);
	ck_assert_uint_eq(event.prev_state, 8193);
	ck_assert(!event.prev_dead);
	ck_assert(event.prev_mm.known && event.prev_mm.address == 0xff11);
	ck_assert_uint_eq(event.prev_mm.mode, MODE_PER_CPU);
	ck_assert_uint_eq(event.prev_mm.users, 7);
	ck_assert_uint_eq(event.prev_mm.max_cids, 4);
	ck_assert_uint_eq(event.prev_mm.pcpu_thrs, 2);
	ck_assert_uint_eq(event.prev_mm.allowed_count, 4);
	ck_assert_int_eq(event.prev_mm.deferred, -1);
	ck_assert_uint_eq(event.task.pid, 0);
}

TEST(what_is_behind_a_null_mm_is_not_known)
{
	struct trace_event event = only_event(AT("1") SWITCH "\n");

	ck_assert(event.task.mm_known && event.task.mm == 0);
	ck_assert(!event.mm.known);
	ck_assert_uint_eq(event.mm.address, 0);
	ck_assert_uint_eq(event.cpu_word, TRACE_WORD_UNKNOWN);
}

TEST(a_cpu_word_is_that_of_the_mm_beside_it)
{
	struct trace_event event = only_event(AT("1") "sw: pp=1 pg=0x1 cw=0x40000002 np=2 ng=0x2 "
						      "ncw=0x3\n");

	ck_assert_uint_eq(event.prev_cpu_word, 2 | CID_KERNEL_ONCPU);
	ck_assert_uint_eq(event.cpu_word, 3);
	event = only_event(AT("1") "sw: pp=1 pg=0x1 cw=0x40000002 np=2 ng=0x0 ncw=0x3\n");
	ck_assert_uint_eq(event.prev_cpu_word, 2 | CID_KERNEL_ONCPU);
	ck_assert_uint_eq(event.cpu_word, 2 | CID_KERNEL_ONCPU);
	event = only_event(AT("1") "sw: pp=1 pg=0x0 cw=0x40000002 np=2 ng=0x0 ncw=0x3\n");
	ck_assert_uint_eq(event.prev_cpu_word, TRACE_WORD_UNKNOWN);
	ck_assert_uint_eq(event.cpu_word, TRACE_WORD_UNKNOWN);
}

TEST(a_dead_task_is_known_by_its_state)
{
	struct trace_event event = only_event(AT("1") "sw: pp=5 ps=128 np=0\n");

	ck_assert(event.prev_dead);
	ck_assert(!event.prev.mm_known);
	ck_assert_uint_eq(event.prev.word, TRACE_WORD_UNKNOWN);
	ck_assert_int_eq(event.prev.active, -1);
}

TEST(forks_and_exits_have_task_and_mm)
{
	static const struct {
		const char *name;
		enum trace_kind kind;
	} names[] = {
		{ "fk", TRACE_FORK },
		{ "fkr", TRACE_FORK_END },
		{ "ex", TRACE_EXIT },
		{ "exr", TRACE_EXIT_END },
		{ "mmcid:fk", TRACE_FORK },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		char *text = g_strconcat(AT("1"), names[i].name,
			": " IP "tp=102 tt=100 tg=0xa tw=0x40000001 ta=0 " MM_FIELDS "\n", NULL);
		struct trace_event event = only_event(text);

		ck_assert_int_eq(event.kind, names[i].kind);
		ck_assert_uint_eq(event.task.pid, 102);
		ck_assert_uint_eq(event.task.tgid, 100);
		ck_assert_uint_eq(event.task.word, 1 | CID_KERNEL_ONCPU);
		ck_assert_int_eq(event.task.active, 0);
		ck_assert(event.mm.known && event.mm.address == 0xa);
		g_free(text);
	}
}

/* 6.19 */
TEST(a_child_without_a_pid_is_unknown)
{
	struct trace_event event =
		only_event(AT("1") "fk: " IP "tp=0 tt=0 tg=0xa tw=0x80000000 ta=0\n");

	ck_assert_uint_eq(event.task.pid, TRACE_PID_UNKNOWN);
	/* but the parent's is kept: an exec forks itself, too */
	event = only_event(AT("1") "fk: " IP "tp=101 tt=100 tg=0xa tw=0x80000000 ta=0\n");
	ck_assert_uint_eq(event.task.pid, 101);
}

TEST(two_words_are_a_mode_too)
{
	struct trace_event event = only_event(
		AT("1") "fk: tp=1 tg=0xa pc=0x40000000 tr=0x20000000 us=1 mx=1 th=0 na=1\n");

	ck_assert(event.mm.known);
	ck_assert_uint_eq(event.mm.mode, MODE_PER_CPU | MODE_TRANSIT);
	event = only_event(AT("1") "fk: tp=1 tg=0xa pc=0 tr=0x20000000 us=1 mx=1 th=0 na=1\n");
	ck_assert_uint_eq(event.mm.mode, MODE_TRANSIT);
	event = only_event(AT("1") "fk: tp=1 tg=0xa pc=0 us=1 mx=1 th=0 na=1\n");
	ck_assert(!event.mm.known);
}

TEST(a_decision_and_its_answer_are_two_events)
{
	struct trace *trace = open_text(AT("1") "fk: tp=1 tg=0xa tw=0x80000000 ta=0\n" AT(
		"2") "up: m=0xa mo=0x0 us=2 mx=1 th=0 na=4\n" AT("3") "upr: m=0xa ret=1 "
								      "mo=0x60000000 us=2 mx=2 "
								      "th=1 na=4\n");
	struct trace_event event;

	next_event(trace);
	event = next_event(trace);
	ck_assert_int_eq(event.kind, TRACE_DECIDE);
	ck_assert(event.mm.known && event.mm.address == 0xa && event.mm.mode == 0);
	ck_assert_int_eq(event.changed, -1);
	event = next_event(trace);
	ck_assert_int_eq(event.kind, TRACE_DECIDE_END);
	ck_assert_int_eq(event.changed, 1);
	ck_assert_uint_eq(event.mm.mode, MODE_PER_CPU | MODE_TRANSIT);
	assert_trace_end(trace);
}

TEST(the_end_of_a_switch_says_who_runs)
{
	struct trace *trace = open_text(AT("1") "sw: pp=7 np=101\n" AT(
		"2") "fst: pp=7 tp=101 tt=100 tg=0xa tw=0x40000001 ta=1 " MM_FIELDS
		     " cw=0x40000001\n" AT("3") "sw: pp=101 np=101\n" AT("4") "fin: sy=1\n");
	struct trace_event event;

	next_event(trace);
	event = next_event(trace);
	ck_assert_int_eq(event.kind, TRACE_SWITCHED);
	ck_assert_uint_eq(event.task.pid, 101);
	ck_assert_uint_eq(event.task.word, 1 | CID_KERNEL_ONCPU);
	ck_assert_uint_eq(event.prev.pid, 7);
	ck_assert_uint_eq(event.cpu_word, 1 | CID_KERNEL_ONCPU);
	ck_assert(event.mm.known);
	next_event(trace);
	event = next_event(trace);
	ck_assert_uint_eq(event.task.pid, 101);
	ck_assert_uint_eq(event.task.word, TRACE_WORD_UNKNOWN);
	ck_assert_uint_eq(event.prev.pid, TRACE_PID_UNKNOWN);
	assert_trace_end(trace);
}

TEST(masks_may_have_several_words)
{
	struct trace *trace = open_text(
		AT("1") "af: tp=1 tt=1 tg=0xa nm=0xff nm1=0x1 nm2=0x8000000000000000 " MM_FIELDS
			"\n" AT("2") "afr: tp=1 tt=1 tg=0xa " MM_FIELDS "\n");
	struct trace_event event = next_event(trace);

	ck_assert_int_eq(event.kind, TRACE_AFFINITY);
	ck_assert_uint_eq(event.mask.words_count, 3);
	ck_assert_uint_eq(event.mask.words[0], 0xff);
	ck_assert_uint_eq(event.mask.words[1], 1);
	ck_assert_uint_eq(event.mask.words[2], UINT64_C(1) << 63);
	event = next_event(trace);
	ck_assert_int_eq(event.kind, TRACE_AFFINITY_END);
	ck_assert_ptr_null(event.mask.words);
	assert_trace_end(trace);
}

TEST(the_other_events_of_the_recipe_are_read)
{
	static const struct {
		const char *text;
		enum trace_kind kind;
		uint32_t pid, other_cpu, old_pid;
	} lines[] = {
		{ "pf: tp=5 tt=1 tg=0xa tw=0x1 ta=1", TRACE_NEW_TASK, 5, UINT32_MAX, UINT32_MAX },
		{ "pe: tp=5 tt=1 tg=0xa tw=0x80000000 ta=0", TRACE_TASK_GONE, 5, UINT32_MAX,
			UINT32_MAX },
		{ "xe: tp=5 tt=5 tg=0xb op=7", TRACE_EXEC, 5, UINT32_MAX, 7 },
		{ "mig: tp=5 tt=1 dc=2", TRACE_MIGRATE, 5, 2, UINT32_MAX },
		{ "tcs: tp=5", TRACE_TASK_STEP_BEGIN, 5, UINT32_MAX, UINT32_MAX },
		{ "tcsr: tp=5", TRACE_TASK_STEP, 5, UINT32_MAX, UINT32_MAX },
		{ "wk: (mm_cid_work_fn+0x0/0x10)", TRACE_WORK, UINT32_MAX, UINT32_MAX, UINT32_MAX },
		{ "iw: (mm_cid_irq_work+0x0/0x10)", TRACE_IRQ_WORK, UINT32_MAX, UINT32_MAX,
			UINT32_MAX },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		char *text = g_strconcat(AT("1"), lines[i].text, "\n", NULL);
		struct trace_event event = only_event(text);

		ck_assert_int_eq(event.kind, lines[i].kind);
		ck_assert_uint_eq(event.task.pid, lines[i].pid);
		ck_assert_uint_eq(event.other_cpu, lines[i].other_cpu);
		ck_assert_uint_eq(event.old_pid, lines[i].old_pid);
		g_free(text);
	}
}
