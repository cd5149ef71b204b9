/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "model/state.h"
#include "tests/lib/suite.h"
#include "tests/lib/trace-events.h"

#define COMPACT                                                                                    \
	"# cidtrace 1\n# kernel 7.2.13\n# workload pool\n# possible 4\n# tgid 156\n# lost 3\n"

SUITE(.before = trace_events_start, .after = trace_events_stop);

TEST(the_compact_form_has_snapshots)
{
	struct trace *trace = open_text(COMPACT "7 2 156 sw 156:2c:1 157:3t:? 8193 | cpu+t 7 4 2 4 "
						"1 0xf 0x123456789abcdef01 | 0 1c "
						"2t - | . 9:? 156:2c 157:-:0\n"
						"8 2 156 sw . 156:2c:1 0 | ? | ? | ?\n");
	const struct trace_info *info = trace_info(trace);
	struct trace_event event = next_event(trace);

	ck_assert_int_eq(info->format, TRACE_CIDTRACE);
	ck_assert_str_eq(info->kernel, "7.2.13");
	ck_assert_str_eq(info->workload, "pool");
	ck_assert_uint_eq(info->tgid, 156);
	ck_assert_uint_eq(info->lost, 3);
	ck_assert(info->counts);
	ck_assert_uint_eq(info->possible->len, 4);
	ck_assert_uint_eq(event.time_ns, 7000);
	ck_assert_uint_eq(event.line, 7);
	ck_assert_uint_eq(event.cpu, 2);
	ck_assert_uint_eq(event.prev.word, 2 | CID_KERNEL_ONCPU);
	ck_assert_int_eq(event.prev.active, 1);
	ck_assert(event.prev.mm_known && event.prev.mm == 1);
	ck_assert_uint_eq(event.task.word, 3 | CID_KERNEL_TRANSIT);
	ck_assert_int_eq(event.task.active, -1);
	ck_assert(event.mm.known && event.mm.address == 1 && event.prev_mm.known);
	ck_assert_uint_eq(event.mm.mode, MODE_PER_CPU | MODE_TRANSIT);
	ck_assert_int_eq(event.mm.deferred, 1);
	ck_assert_uint_eq(event.allowed.words[0], 0xf);
	ck_assert_uint_eq(event.pool.words_count, 2);
	ck_assert_uint_eq(event.pool.words[0], 0x23456789abcdef01);
	ck_assert_uint_eq(event.pool.words[1], 1);
	ck_assert_uint_eq(event.cpus_count, 4);
	ck_assert_uint_eq(event.cpu_words[1], 1 | CID_KERNEL_ONCPU);
	ck_assert_uint_eq(event.cpu_words[3], CID_KERNEL_UNSET);
	ck_assert_uint_eq(event.cpu_word, 2 | CID_KERNEL_TRANSIT);
	ck_assert_uint_eq(event.currents[0].pid, TRACE_TASK_FOREIGN);
	ck_assert_uint_eq(event.currents[1].word, TRACE_WORD_UNKNOWN);
	ck_assert_uint_eq(event.currents[3].word, CID_KERNEL_UNSET);
	event = next_event(trace);
	ck_assert_uint_eq(event.prev.pid, TRACE_TASK_FOREIGN);
	ck_assert(!event.prev.mm_known && !event.mm.known && !event.prev_mm.known);
	ck_assert_ptr_null(event.cpu_words);
	ck_assert_ptr_null(event.currents);
	ck_assert_ptr_null(event.pool.words);
	assert_trace_end(trace);
}

TEST(the_end_of_a_switch_is_completed_from_the_snapshot)
{
	struct trace *trace = open_text(
		COMPACT "9 0 975 fin 974:0c | cpu 2 1 1 1 0 0x1 0x1 | 0c 0 0 0 | 975:1c . . .\n"
			"10 0 975 fin 974:0c | cpu 2 1 ? 1 ? ? ? | ? | ?\n");
	struct trace_event event = next_event(trace);

	ck_assert_uint_eq(event.task.pid, 975);
	ck_assert_uint_eq(event.task.word, 1 | CID_KERNEL_ONCPU);
	ck_assert_uint_eq(event.prev.pid, 974);
	ck_assert_uint_eq(event.prev.word, CID_KERNEL_ONCPU);
	event = next_event(trace);
	ck_assert_uint_eq(event.task.pid, 975);
	ck_assert_uint_eq(event.task.word, TRACE_WORD_UNKNOWN);
	ck_assert(!event.mm.known);
	assert_trace_end(trace);
}

TEST(wrong_lines_of_the_compact_form_are_errors)
{
	static const struct {
		const char *line, *message;
	} lines[] = {
		{ "1 2 3 sw . .", "line 7: the values of the mm are missing, expected '|' before "
				  "them" },
		{ "1 2 3 sw . . 0 | ? | ? | ? | ?", "line 7: has more than three '|', expected "
						    "three" },
		{ "1 2 3 sw . . 0 1 | ? | ? | ?", "line 7: the event is '1', expected no more of "
						  "it" },
		{ "1 2 3 sv . . 0 | ? | ? | ?", "line 7: the event is 'sv', expected one like sw, "
						"fk, ex" },
		{ "1 2 3 sw x . 0 | ? | ? | ?", "line 7: the task that leaves is 'x', expected "
						"PID:WORD:ACTIVE, '.' or '?'" },
		{ "1 8192 3 mark | ? | ? | ?", "line 7: the CPU is '8192', expected a number up to "
					       "8191" },
		{ "1 2 4194305 mark | ? | ? | ?", "line 7: the pid is '4194305', expected a number "
						  "up to 4194304" },
		{ "1 2 3 fk | ? | ? | ?", "line 7: the event: the task is missing, expected "
					  "PID:WORD:ACTIVE, '.' or '?'" },
		{ "1 2 3 upr 2 | ? | ? | ?", "line 7: what was decided is '2', expected a number "
					     "up to 1" },
		{ "1 2 3 mark | tusk 1 1 1 1 0 ? ? | ? | ?",
			"line 7: the mode is 'tusk', expected task or cpu, with +t in a window" },
		{ "1 2 3 mark | task 1 1 1 1 0 0xg ? | ? | ?",
			"line 7: the allowed CPUs is '0xg', expected 0x and digits" },
		{ "1 2 3 mark | ? | 1 2 3 | ?",
			"line 7: 3 values in the section of the words of CPUs, expected 4" },
		{ "1 2 3 mark | ? | 1 2 3 4x | ?",
			"line 7: the word of a CPU is '4x', expected a number, with c or t, or "
			"'-'" },
		{ "1 2 3 mark | ? | ? | 1 2",
			"line 7: 2 values in the section of the tasks on CPUs, expected 4" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		char *text = g_strconcat(COMPACT, lines[i].line, "\n", NULL);

		assert_text_fails(text, 0, lines[i].message);
		g_free(text);
	}
	assert_text_fails("# cidtrace 2\n", 0,
		"line 1: the version is 'cidtrace 2', expected "
		"cidtrace 1");
	assert_text_fails("# cidtrace 1\n# possible x\n", 0,
		"line 2: the possible CPUs: 'x' is not a list of CPUs, write one like 0-3,8");
}
