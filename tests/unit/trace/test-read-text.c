/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "model/state.h"
#include "tests/lib/suite.h"
#include "tests/lib/trace-events.h"

#define CIDSIM                                                                                     \
	"# tracer: nop\n#\n# cidsim 0.1.0\n# scenario scenarios/a.scn\n# revision 7.1 with "       \
	"split-get=on\n# possible 4\n"

SUITE(.before = trace_events_start, .after = trace_events_stop);

TEST(unknown_events_are_counted_by_name)
{
	struct trace *trace =
		open_text(AT("1") "irq_entry: irq=1\n" AT("2") "irq_entry: irq=1\n" AT(
			"3") "schedule <-x\n" AT("4") "mmcid:foo: x=1\n" AT("5") "wk:\n");
	GHashTable *ignored;

	next_event(trace);
	ignored = trace_ignored(trace);
	ck_assert_uint_eq(g_hash_table_size(ignored), 3);
	ck_assert_uint_eq(*(guint64 *)g_hash_table_lookup(ignored, "irq_entry"), 2);
	ck_assert_uint_eq(*(guint64 *)g_hash_table_lookup(ignored, "mmcid:foo"), 1);
	ck_assert_uint_eq(*(guint64 *)g_hash_table_lookup(ignored, "without a name"), 1);
	assert_trace_end(trace);
}

TEST(names_beyond_the_first_hundred_are_others)
{
	GString *text = g_string_new(NULL);
	struct trace *trace;

	for (int i = 0; i < 150; i++)
		g_string_append_printf(text, AT("1") "event%d: x\n", i);
	trace = open_bytes(text->str, text->len);
	ck_assert_uint_eq(g_hash_table_size(trace_ignored(trace)), 101);
	ck_assert_uint_eq(*(guint64 *)g_hash_table_lookup(trace_ignored(trace), "others"), 50);
	assert_trace_end(trace);
	g_string_free(text, TRUE);
}

TEST(lost_events_have_their_number)
{
	static const struct {
		const char *text;
		uint32_t cpu;
		uint64_t lost;
	} lines[] = {
		{ "CPU:2 [LOST 12 EVENTS]", 2, 12 },
		{ "CPU:3 [EVENTS DROPPED]", 3, 0 },
		{ "CPU:3 [77 EVENTS DROPPED]", 3, 77 },
		{ "[LOST 7 EVENTS]", UINT32_MAX, 7 },
		{ "LOST 7 EVENTS", UINT32_MAX, 7 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		char *text = g_strconcat(AT("5") "wk:\n", lines[i].text, "\n", NULL);
		struct trace *trace = open_text(text);
		struct trace_event event;

		next_event(trace);
		event = next_event(trace);
		ck_assert_int_eq(event.kind, TRACE_LOST);
		ck_assert_uint_eq(event.cpu, lines[i].cpu);
		ck_assert_uint_eq(event.lost, lines[i].lost);
		ck_assert_uint_eq(event.time_ns, 5000);
		ck_assert_uint_eq(event.line, 2);
		assert_trace_end(trace);
		g_free(text);
	}
}

TEST(header_and_footer_describe_the_trace)
{
	struct trace *trace = open_text(
		"# possible 0-1,4\n# kernel 7.2.13\n# workload a b\n# tgid 77\n"
		"# tracer: nop\n#\n# entries-in-buffer/entries-written: 90/100   #P:4\n" AT(
			"1") "wk:\n# overrun: 4\n# dropped events: 3\n# overrun: 6\n");
	const struct trace_info *info = trace_info(trace);

	ck_assert_int_eq(info->format, TRACE_TEXT);
	ck_assert_uint_eq(info->lost, 10);
	next_event(trace);
	assert_trace_end(trace);
	trace = open_text("# possible 3\n" AT(
		"1.000000") "wk:\n# overrun: 4\n# dropped events: 3\n# overrun: 6\n");
	info = trace_info(trace);
	ck_assert(!info->counts);
	ck_assert_uint_eq(info->possible->len, 3);
	next_event(trace);
	ck_assert(!trace_next(trace, &(struct trace_event){ 0 }, NULL));
	ck_assert_uint_eq(info->lost, 13);
	trace_close(trace);
}

TEST(the_header_names_kernel_and_cpus)
{
	struct trace *trace = open_text("# possible 0-1,4\n# kernel 7.2.13\n# workload a b\n"
					"# tgid 77\n" AT("1") "wk:\n");
	const struct trace_info *info = trace_info(trace);

	ck_assert_str_eq(info->kernel, "7.2.13");
	ck_assert_str_eq(info->workload, "a b");
	ck_assert_uint_eq(info->tgid, 77);
	ck_assert(info->counts);
	ck_assert_uint_eq(info->possible->len, 3);
	ck_assert_uint_eq(g_array_index(info->possible, uint32_t, 2), 4);
	next_event(trace);
	assert_trace_end(trace);
	trace = open_text("version = 7\ncpus=2\nCPU 1 is empty\n\n" AT("1") "wk:\n => stack\n");
	ck_assert_uint_eq(trace_info(trace)->possible->len, 2);
	next_event(trace);
	assert_trace_end(trace);
}

static const char cidsim_log[] = CIDSIM
	"        app-101     [003] d..2.  0.000000001: mmcid:mm_new: mm=\"a b\" mm_id=0 allowed=4 "
	"mask=all\n"
	"        app-101     [003] d..2.  0.000000002: tracing_mark_write: C|1|a users|5\n"
	"        app-101     [003] d..2.  0.000000003: sched_switch: prev_comm=a prev_pid=1 "
	"prev_prio=120 prev_state=X ==> next_comm=b next_pid=2 next_prio=120\n"
	"        app-101     [003] d..2.  0.000000003: mmcid:switch: prev_pid=1 "
	"prev_word=0x80000000 "
	"next_pid=2 next_word=0x1 cpu_word=0x1\n";

TEST(the_log_of_cidsim_is_read_as_events)
{
	struct trace *trace = open_text(cidsim_log);
	const struct trace_info *info = trace_info(trace);
	struct trace_event event = next_event(trace);

	ck_assert_int_eq(info->format, TRACE_CIDSIM);
	ck_assert(info->stepwise);
	ck_assert_str_eq(info->revision, "7.1");
	ck_assert_str_eq(info->flags, "split-get=on");
	ck_assert_str_eq(info->scenario, "scenarios/a.scn");
	ck_assert_uint_eq(info->possible->len, 4);
	ck_assert_int_eq(event.kind, TRACE_MM_NEW);
	ck_assert_str_eq(event.name, "a b");
	ck_assert_uint_eq(event.time_ns, 1);
	event = next_event(trace);
	ck_assert_int_eq(event.kind, TRACE_SWITCH);
	ck_assert_uint_eq(event.time_ns, 3);
	event = next_event(trace);
	ck_assert_int_eq(event.kind, TRACE_SWITCHED);
	ck_assert_uint_eq(event.line, 10);
	assert_trace_end(trace);
}

TEST(wrong_lines_of_text_are_errors)
{
	static const struct {
		const char *line, *message;
	} lines[] = {
		{ "garbage", "line 2: the line is 'garbage', expected COMM-PID [CPU] TIME: EVENT: "
			     "…" },
		{ "a-1 [8192] 1: wk:", "line 2: the line is 'a-1 [8192] 1: wk:', expected a CPU up "
				       "to 8191" },
		{ "a-4194305 [0] 1: wk:", "line 2: the line is 'a-4194305 [0] 1: wk:', expected a "
					  "pid up to 4194304" },
		{ AT("1") "sw: pp=1", "line 2: event sw without pp=PID and np=PID, the tasks" },
		{ AT("1") "sw: pp=x np=2", "line 2: pp is 'x', expected a number" },
		{ AT("1") "sw: pp=1 np=4194305", "line 2: np is 4194305, expected a number up to "
						 "4194304" },
		{ AT("1") "sw: pp=1 np=2 pw=0x100000000",
			"line 2: pw is 4294967296, expected a number up to 4294967294" },
		{ AT("1") "fk: tt=1", "line 2: event fk without tp=PID, the task, or word=WORD, "
				      "what it has" },
		{ AT("1") "fk: tp=1 tg=0xa mo=0x1 us=1 mx=1 th=1 na=1",
			"line 2: the mode is 0x1, expected 0x40000000 (per CPU) and 0x20000000 (in "
			"transit), or none" },
		{ AT("1") "up: us=1", "line 2: event up without m=ADDRESS, the mm" },
		{ AT("1") "af: nm=1", "line 2: event af without tp=PID, the task" },
		{ AT("1") "af: tp=1 nm=1 nm2=1",
			"line 2: a part of the mask is 'nm2', expected nm, "
			"nm1 and so on, in order" },
		{ AT("1") "mig: tp=1", "line 2: event mig without tp=PID and dc=CPU, the task and "
				       "where it goes" },
		{ AT("1") "sched_switch: prev_comm=a",
			"line 2: event sched_switch without prev_comm=COMM prev_pid=PID … "
			"prev_state=STATE ==> next_comm=COMM next_pid=PID" },
		{ AT("1") "sched_wakeup: comm=a pid=9999999 target_cpu=1",
			"line 2: event sched_wakeup without comm=COMM pid=PID … target_cpu=CPU" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		char *text = g_strconcat(AT("1") "wk:\n", lines[i].line, "\n", NULL);

		assert_text_fails(text, 1, lines[i].message);
		g_free(text);
	}
}

/* What tracefs writes of a task with line feeds in its name. */
#define AS(comm, time) comm "-101     [003] d..2.  " time ": "

TEST(a_name_with_line_feeds_is_one_line)
{
	static const struct {
		const char *text, *comm, *prev, *next;
		uint64_t line;
	} rows[] = {
		{ AS("             x\ny", "5") "wk:\n", "x?y", "", "", 2 },
		{ AS("           \n\nx\n\n", "5") "wk:\n", "??x??", "", "", 4 },
		{ AS(" \n\n\n\n\n\n\n\n\n\n\n\n\n\n\n", "5") "wk:\n", "", "", "", 17 },
		{ AS("           x\n  y", "5") "wk:\n", "x?  y", "", "", 2 },
		{ AS("          x\ny", "5") "wk:\n", "x?y", "", "", 2 }, /* in fewer columns */
		{ AT("5") "sched_switch: prev_comm=a\nb prev_pid=101 prev_prio=120 prev_state=S "
			  "==> next_comm=\n\nc next_pid=2 next_prio=120\n",
			"app", "a?b", "??c", 2 },
		{ AS("            a\nb ",
			  "5") "sched_switch: prev_comm=a\nb  prev_pid=101 prev_prio=120 "
			       "prev_state=S ==> next_comm=c next_pid=2 next_prio=120\n",
			"a?b", "a?b", "c", 2 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text =
			g_strconcat(AT("1") "wk:\n", rows[i].text, AT("9") "wk:\n", NULL);
		struct trace *trace = open_text(text);
		struct trace_event event;

		next_event(trace);
		event = next_event(trace);
		ck_assert_uint_eq(event.time_ns, 5000);
		ck_assert_uint_eq(event.line, rows[i].line); /* the first that is not blank */
		ck_assert_str_eq(event.comm, rows[i].comm);
		ck_assert_str_eq(event.prev.comm, rows[i].prev);
		ck_assert_str_eq(event.task.comm, rows[i].next);
		ck_assert_uint_eq(next_event(trace).time_ns, 9000);
		assert_trace_end(trace);
	}
}

/* Else a part of a trace would be missed. */
TEST(a_damaged_line_is_no_part_of_the_next)
{
	static const struct {
		const char *line, *message;
	} rows[] = {
		{ "x", "line 2: the line is 'x', expected COMM-PID [CPU] TIME: EVENT: …" },
		{ "           app", "line 2: the line is '           app', expected COMM-PID [CPU] "
				    "TIME: EVENT: …" },
		{ "        app-101     [003] d..2.", "line 2: the line is '        app-101     "
						     "[003] d..2.', expected COMM-PID [CPU] TIME: "
						     "EVENT: …" },
		{ AT("3") "sw: pp=1", "line 2: event sw without pp=PID and np=PID, the tasks" },
		{ AT("3") "sched_process_exec: filename=/a", "line 2: event sched_process_exec "
							     "without filename=NAME pid=PID "
							     "old_pid=PID" },
	};
	static const char *const next[] = {
		AT("9") "sched_process_exec: filename=/b pid=101 old_pid=101\n",
		"app-101 [003] 9: wk:\n",
		"# tgid 7\n",
		"",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (size_t j = 0; j < G_N_ELEMENTS(next); j++) {
			g_autofree char *text =
				g_strconcat(AT("1") "wk:\n", rows[i].line, "\n", next[j], NULL);

			if (i == 1 && j == 1)
				continue; /* "app?app" fits */
			assert_text_fails(text, 1, rows[i].message);
		}
	}
}

/* The kernel can not filter these by process. */
static const char of_others[] = "a-101 [003] 1: up: m=0xb us=2\n"
				"a-101 [003] 2: upr: m=0xb ret=0\n"
				"a-101 [003] 3: fin: sy=1\n"
				"a-101 [003] 4: fk: tp=1 tg=0xa us=1\n"
				"a-101 [003] 5: up: m=0xa us=2\n"
				"a-101 [003] 6: fkr: tp=1 tg=0xa us=1\n"
				"a-101 [003] 7: up: m=0xa us=3\n"
				"a-101 [003] 8: sw: pp=1 np=2\n"
				"a-101 [003] 9: fin: sy=0\n"
				"a-101 [003] 10: fin: sy=1\n"
				"a-101 [003] 11: fin: sy=1\n";

TEST(decisions_and_ends_of_switches_of_others_are_left_out)
{
	static const char expected[] = { 'A' + TRACE_FORK, 'A' + TRACE_DECIDE, 'A' + TRACE_FORK_END,
		'A' + TRACE_DECIDE, 'A' + TRACE_SWITCH, 'A' + TRACE_SWITCHED, '\0' };
	struct trace *trace = open_text(of_others);
	GString *kinds = g_string_new(NULL);
	const guint64 *left_out;
	GError *error = NULL;

	trace_text_count(trace, kinds, &error);
	ck_assert_ptr_null(error);
	ck_assert_str_eq(kinds->str, expected);
	left_out = g_hash_table_lookup(trace_ignored(trace), "of other processes");
	ck_assert_ptr_nonnull(left_out);
	ck_assert_uint_eq(*left_out, 5);
	trace_close(trace);
	g_string_free(kinds, TRUE);
}
