/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>

#include "model/state.h"
#include "tests/lib/suite.h"
#include "tests/lib/trace-text.h"

/* A line of tracefs, whose event follows. */
#define AT(time) "        app-101     [003] d..2.  " time ": "
#define IP "(sched_mm_cid_fork+0x0/0x430) "
#define MM_FIELDS "mo=0x40000000 us=7 mx=4 th=2 na=4"
#define SWITCH                                                                                     \
	"sw: (__probestub_sched_switch+0x4/0x10) pp=101 pt=100 pg=0xff11 pw=0x20000000 pa=1 "      \
	"ps=8193 " MM_FIELDS " np=0 nt=0 ng=0x0 nw=0x80000000 nac=0 nmo=0x77 nus=99999999999 "     \
	"nmx=1 nth=0 nna=4"

static char *dir;
static char *path;

static void start(void)
{
	dir = folder_new();
	path = g_build_filename(dir, "trace", NULL);
}

static void stop(void)
{
	g_free(path);
	folder_remove(dir);
}

static struct trace *open_bytes(const void *bytes, size_t length)
{
	GError *error = NULL;
	struct trace *trace;

	trace_text_write(path, bytes, length);
	trace = trace_open(path, &error);
	ck_assert_msg(trace != NULL, "%s", error ? error->message : "");
	return trace;
}

static struct trace *open_text(const char *text)
{
	return open_bytes(text, strlen(text));
}

static struct trace_event next_of(struct trace *trace)
{
	struct trace_event event;
	GError *error = NULL;

	ck_assert_msg(trace_next(trace, &event, &error), "%s", error ? error->message : "ended");
	return event;
}

static void assert_end(struct trace *trace)
{
	struct trace_event event;
	GError *error = NULL;

	ck_assert(!trace_next(trace, &event, &error));
	ck_assert_msg(!error, "%s", error ? error->message : "");
	trace_close(trace);
}

/* The only event of @text. Strings of it are gone. */
static struct trace_event only(const char *text)
{
	struct trace *trace = open_text(text);
	struct trace_event event = next_of(trace);

	assert_end(trace);
	return event;
}

/* The first @events of the bytes are fine, then comes an error with @message. */
static void assert_fails(const void *bytes, size_t length, uint64_t events, const char *message)
{
	GError *error = NULL;
	struct trace *trace;
	uint64_t count = 0;

	trace_text_write(path, bytes, length);
	trace = trace_open(path, &error);
	if (trace)
		count = trace_text_count(trace, NULL, &error);
	ck_assert_msg(error != NULL, "no error, expected: %s", message);
	ck_assert(error->domain == TRACE_ERROR);
	ck_assert_str_eq(error->message, message);
	ck_assert_uint_eq(count, events);
	g_error_free(error);
	trace_close(trace);
}

static void assert_text_fails(const char *text, uint64_t events, const char *message)
{
	assert_fails(text, strlen(text), events, message);
}

SUITE(.timeout = 60, .before = start, .after = stop);

TEST(a_switch_of_the_recipe_is_told_whole)
{
	struct trace_event event = only("# possible 0-3\n" AT("4711") SWITCH "\n");

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

TEST(what_is_behind_a_null_mm_is_not_told)
{
	struct trace_event event = only(AT("1") SWITCH "\n");

	ck_assert(event.task.mm_known && event.task.mm == 0);
	ck_assert(!event.mm.known);
	ck_assert_uint_eq(event.mm.address, 0);
	ck_assert_uint_eq(event.cpu_word, TRACE_WORD_UNKNOWN);
}

TEST(a_cpu_word_is_that_of_the_mm_it_is_told_with)
{
	struct trace_event event = only(AT("1") "sw: pp=1 pg=0x1 cw=0x40000002 np=2 ng=0x2 "
						"ncw=0x3\n");

	ck_assert_uint_eq(event.prev_cpu_word, 2 | CID_KERNEL_ONCPU);
	ck_assert_uint_eq(event.cpu_word, 3);
	event = only(AT("1") "sw: pp=1 pg=0x1 cw=0x40000002 np=2 ng=0x0 ncw=0x3\n");
	ck_assert_uint_eq(event.prev_cpu_word, 2 | CID_KERNEL_ONCPU);
	ck_assert_uint_eq(event.cpu_word, 2 | CID_KERNEL_ONCPU);
	event = only(AT("1") "sw: pp=1 pg=0x0 cw=0x40000002 np=2 ng=0x0 ncw=0x3\n");
	ck_assert_uint_eq(event.prev_cpu_word, TRACE_WORD_UNKNOWN);
	ck_assert_uint_eq(event.cpu_word, TRACE_WORD_UNKNOWN);
}

TEST(a_dead_task_is_known_by_its_state)
{
	struct trace_event event = only(AT("1") "sw: pp=5 ps=128 np=0\n");

	ck_assert(event.prev_dead);
	ck_assert(!event.prev.mm_known);
	ck_assert_uint_eq(event.prev.word, TRACE_WORD_UNKNOWN);
	ck_assert_int_eq(event.prev.active, -1);
}

TEST(forks_and_exits_tell_task_and_mm)
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
		struct trace_event event = only(text);

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
	struct trace_event event = only(AT("1") "fk: " IP "tp=0 tt=0 tg=0xa tw=0x80000000 ta=0\n");

	ck_assert_uint_eq(event.task.pid, TRACE_PID_UNKNOWN);
	/* but the parent's is told as it is: an exec forks itself, too */
	event = only(AT("1") "fk: " IP "tp=101 tt=100 tg=0xa tw=0x80000000 ta=0\n");
	ck_assert_uint_eq(event.task.pid, 101);
}

TEST(two_words_are_a_mode_too)
{
	struct trace_event event =
		only(AT("1") "fk: tp=1 tg=0xa pc=0x40000000 tr=0x20000000 us=1 mx=1 th=0 na=1\n");

	ck_assert(event.mm.known);
	ck_assert_uint_eq(event.mm.mode, MODE_PER_CPU | MODE_TRANSIT);
	event = only(AT("1") "fk: tp=1 tg=0xa pc=0 tr=0x20000000 us=1 mx=1 th=0 na=1\n");
	ck_assert_uint_eq(event.mm.mode, MODE_TRANSIT);
	event = only(AT("1") "fk: tp=1 tg=0xa pc=0 us=1 mx=1 th=0 na=1\n");
	ck_assert(!event.mm.known);
}

TEST(a_decision_and_its_answer_are_told)
{
	struct trace *trace = open_text(AT("1") "fk: tp=1 tg=0xa tw=0x80000000 ta=0\n" AT(
		"2") "up: m=0xa mo=0x0 us=2 mx=1 th=0 na=4\n" AT("3") "upr: m=0xa ret=1 "
								      "mo=0x60000000 us=2 mx=2 "
								      "th=1 na=4\n");
	struct trace_event event;

	next_of(trace);
	event = next_of(trace);
	ck_assert_int_eq(event.kind, TRACE_DECIDE);
	ck_assert(event.mm.known && event.mm.address == 0xa && event.mm.mode == 0);
	ck_assert_int_eq(event.changed, -1);
	event = next_of(trace);
	ck_assert_int_eq(event.kind, TRACE_DECIDE_END);
	ck_assert_int_eq(event.changed, 1);
	ck_assert_uint_eq(event.mm.mode, MODE_PER_CPU | MODE_TRANSIT);
	assert_end(trace);
}

/* The kernel can not filter these by process. */
TEST(decisions_and_ends_of_switches_of_others_are_left_out)
{
	struct trace *trace = open_text(
		AT("1") "up: m=0xb us=2\n" AT("2") "upr: m=0xb ret=0\n" AT("3") "fin: sy=1\n" AT("4") "fk: tp=1 tg=0xa us=1\n" AT("5") "up: m=0xa us=2\n" AT(
			"6") "fkr: tp=1 tg=0xa us=1\n" AT("7") "up: m=0xa "
							       "us=3\n" AT(
								       "8") "sw: pp=1 "
									    "np=2\n" AT(
										    "9") "f"
											 "i"
											 "n"
											 ":"
											 " "
											 "s"
											 "y"
											 "="
											 "0"
											 "\n" AT("1"
												 "0") "fin: sy=1\n" AT("1"
														       "1") "fin: sy=1\n");
	GString *kinds = g_string_new(NULL);
	const guint64 *left_out;
	GError *error = NULL;
	static const char expected[] = { 'A' + TRACE_FORK, 'A' + TRACE_DECIDE, 'A' + TRACE_FORK_END,
		'A' + TRACE_DECIDE, 'A' + TRACE_SWITCH, 'A' + TRACE_SWITCHED, '\0' };

	trace_text_count(trace, kinds, &error);
	ck_assert_ptr_null(error);
	ck_assert_str_eq(kinds->str, expected);
	left_out = g_hash_table_lookup(trace_ignored(trace), "of other processes");
	ck_assert_ptr_nonnull(left_out);
	ck_assert_uint_eq(*left_out, 5);
	trace_close(trace);
	g_string_free(kinds, TRUE);
}

TEST(the_end_of_a_switch_tells_who_runs)
{
	struct trace *trace = open_text(AT("1") "sw: pp=7 np=101\n" AT(
		"2") "fst: pp=7 tp=101 tt=100 tg=0xa tw=0x40000001 ta=1 " MM_FIELDS
		     " cw=0x40000001\n" AT("3") "sw: pp=101 np=101\n" AT("4") "fin: sy=1\n");
	struct trace_event event;

	next_of(trace);
	event = next_of(trace);
	ck_assert_int_eq(event.kind, TRACE_SWITCHED);
	ck_assert_uint_eq(event.task.pid, 101);
	ck_assert_uint_eq(event.task.word, 1 | CID_KERNEL_ONCPU);
	ck_assert_uint_eq(event.prev.pid, 7);
	ck_assert_uint_eq(event.cpu_word, 1 | CID_KERNEL_ONCPU);
	ck_assert(event.mm.known);
	next_of(trace);
	event = next_of(trace);
	ck_assert_uint_eq(event.task.pid, 101);
	ck_assert_uint_eq(event.task.word, TRACE_WORD_UNKNOWN);
	ck_assert_uint_eq(event.prev.pid, TRACE_PID_UNKNOWN);
	assert_end(trace);
}

TEST(masks_may_have_several_words)
{
	struct trace *trace = open_text(
		AT("1") "af: tp=1 tt=1 tg=0xa nm=0xff nm1=0x1 nm2=0x8000000000000000 " MM_FIELDS
			"\n" AT("2") "afr: tp=1 tt=1 tg=0xa " MM_FIELDS "\n");
	struct trace_event event = next_of(trace);

	ck_assert_int_eq(event.kind, TRACE_AFFINITY);
	ck_assert_uint_eq(event.mask.words_count, 3);
	ck_assert_uint_eq(event.mask.words[0], 0xff);
	ck_assert_uint_eq(event.mask.words[1], 1);
	ck_assert_uint_eq(event.mask.words[2], UINT64_C(1) << 63);
	event = next_of(trace);
	ck_assert_int_eq(event.kind, TRACE_AFFINITY_END);
	ck_assert_ptr_null(event.mask.words);
	assert_end(trace);
}

TEST(the_other_events_of_the_recipe_are_told)
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
		struct trace_event event = only(text);

		ck_assert_int_eq(event.kind, lines[i].kind);
		ck_assert_uint_eq(event.task.pid, lines[i].pid);
		ck_assert_uint_eq(event.other_cpu, lines[i].other_cpu);
		ck_assert_uint_eq(event.old_pid, lines[i].old_pid);
		g_free(text);
	}
}

/* All of them run on CPU 3, as task 101. */
TEST(prefixes_of_all_writers_are_understood)
{
	static const struct {
		const char *prefix, *comm;
		uint64_t time_ns;
		uint32_t tgid;
	} lines[] = {
		{ "             app-101     [003] d..2.  12.345678: ", "app", 12345678000, 0 },
		{ "             app-101     [003] d..2  12.345678: ", "app", 12345678000, 0 },
		{ "             app-101     (    100) [003] .... 12.345678901: ", "app",
			12345678901, 100 },
		{ "             app-101     (-------) [003] .... 12.345678: ", "app", 12345678000,
			0 },
		{ "             app-101   [003]    12.345678: ", "app", 12345678000, 0 },
		{ "             app-101   [003] d..2.    12.345678: ", "app", 12345678000, 0 },
		{ "     app-101     3d..2.    12.345678: ", "app", 12345678000, 0 },
		{ "     app-101     3....    12.345678: ", "app", 12345678000, 0 },
		{ "app-101    [003] ...2.        36477: ", "app", 36477000, 0 },
		{ "           <...>-101     [003] d..2.  1: ", "", 1000, 0 },
		{ "     kworker/3:1-101     [003] d..2.  1: ", "kworker/3:1", 1000, 0 },
		{ "  a-b [1] 2: c-d-101     [003] d..2.  1: ", "a-b [1] 2: c-d", 1000, 0 },
		{ "  x-1 [000] 5: y-101     [003] d..2.  1: ", "x-1 [000] 5: y", 1000, 0 },
		{ " - - (5) [0] - 1-101     [003] d..2.  1: ", "- - (5) [0] - 1", 1000, 0 },
		{ "-101 [003] 1: ", "", 1000, 0 },
		{ "             app     101 [003]    12.345678: ", "app", 12345678000, 0 },
		{ "a b 7 101 [003] 12.345678901: ", "a b 7", 12345678901, 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		char *text = g_strconcat(lines[i].prefix, "wk:\n", NULL);
		struct trace_event event = only(text);

		ck_assert_str_eq(event.comm, lines[i].comm);
		ck_assert_uint_eq(event.pid, 101);
		ck_assert_uint_eq(event.cpu, 3);
		ck_assert_uint_eq(event.time_ns, lines[i].time_ns);
		ck_assert_uint_eq(event.tgid, lines[i].tgid);
		g_free(text);
	}
}

TEST(a_plain_switch_is_told_however_it_is_written)
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
		struct trace_event event = only(text);

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

TEST(the_other_plain_events_are_told)
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
		struct trace_event event = only(text);

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

TEST(unknown_events_are_counted_by_name)
{
	struct trace *trace =
		open_text(AT("1") "irq_entry: irq=1\n" AT("2") "irq_entry: irq=1\n" AT(
			"3") "schedule <-x\n" AT("4") "mmcid:foo: x=1\n" AT("5") "wk:\n");
	GHashTable *ignored;

	next_of(trace);
	ignored = trace_ignored(trace);
	ck_assert_uint_eq(g_hash_table_size(ignored), 3);
	ck_assert_uint_eq(*(guint64 *)g_hash_table_lookup(ignored, "irq_entry"), 2);
	ck_assert_uint_eq(*(guint64 *)g_hash_table_lookup(ignored, "mmcid:foo"), 1);
	ck_assert_uint_eq(*(guint64 *)g_hash_table_lookup(ignored, "without a name"), 1);
	assert_end(trace);
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
	assert_end(trace);
	g_string_free(text, TRUE);
}

TEST(lost_events_are_told_with_their_number)
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

		next_of(trace);
		event = next_of(trace);
		ck_assert_int_eq(event.kind, TRACE_LOST);
		ck_assert_uint_eq(event.cpu, lines[i].cpu);
		ck_assert_uint_eq(event.lost, lines[i].lost);
		ck_assert_uint_eq(event.time_ns, 5000);
		ck_assert_uint_eq(event.line, 2);
		assert_end(trace);
		g_free(text);
	}
}

TEST(header_and_footer_are_told)
{
	struct trace *trace = open_text(
		"# possible 0-1,4\n# kernel 7.2.13\n# workload a b\n# tgid 77\n"
		"# tracer: nop\n#\n# entries-in-buffer/entries-written: 90/100   #P:4\n" AT(
			"1") "wk:\n# overrun: 4\n# dropped events: 3\n# overrun: 6\n");
	const struct trace_info *info = trace_info(trace);

	ck_assert_int_eq(info->format, TRACE_TEXT);
	ck_assert_uint_eq(info->lost, 10);
	next_of(trace);
	assert_end(trace);
	trace = open_text("# possible 3\n" AT(
		"1.000000") "wk:\n# overrun: 4\n# dropped events: 3\n# overrun: 6\n");
	info = trace_info(trace);
	ck_assert(!info->counts);
	ck_assert_uint_eq(info->possible->len, 3);
	next_of(trace);
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
	next_of(trace);
	assert_end(trace);
	trace = open_text("version = 7\ncpus=2\nCPU 1 is empty\n\n" AT("1") "wk:\n => stack\n");
	ck_assert_uint_eq(trace_info(trace)->possible->len, 2);
	next_of(trace);
	assert_end(trace);
}

#define CIDSIM                                                                                     \
	"# tracer: nop\n#\n# cidsim 0.1.0\n# scenario scenarios/a.scn\n# revision 7.1 with "       \
	"split-get=on\n# possible 4\n"

TEST(the_log_of_cidsim_is_told_as_notes)
{
	struct trace *trace = open_text(CIDSIM AT(
		"0.000000001") "sched_switch: prev_comm=a prev_pid=1 prev_prio=120 "
			       "prev_state=X ==> next_comm=b next_pid=2 next_prio=120\n" AT(
				       "0.000000002") "mmcid:fork: pid=100 mm=\"a b\" "
						      "word=0x0\n" AT(
							      "0.000000003") "tracing_mark_"
									     "write: C|1|a "
									     "users|5\n" AT(
										     "0."
										     "000000"
										     "004") "mmcid:"
											    "step:"
											    "\n");
	const struct trace_info *info = trace_info(trace);
	struct trace_event event = next_of(trace);
	char value[16];

	ck_assert_int_eq(info->format, TRACE_CIDSIM);
	ck_assert_str_eq(info->revision, "7.1 with split-get=on");
	ck_assert_str_eq(info->scenario, "scenarios/a.scn");
	ck_assert_uint_eq(info->possible->len, 4);
	ck_assert_int_eq(event.kind, TRACE_SWITCH);
	ck_assert_uint_eq(event.time_ns, 1);
	event = next_of(trace);
	ck_assert_int_eq(event.kind, TRACE_NOTE);
	ck_assert_str_eq(event.name, "fork");
	ck_assert(trace_field(event.text, "mm", value, sizeof(value)));
	ck_assert_str_eq(value, "a b");
	event = next_of(trace);
	ck_assert_int_eq(event.kind, TRACE_NOTE);
	ck_assert_str_eq(event.name, "tracing_mark_write");
	ck_assert_str_eq(event.text, "C|1|a users|5");
	event = next_of(trace);
	ck_assert_str_eq(event.name, "step");
	ck_assert_str_eq(event.text, "");
	assert_end(trace);
}

TEST(fields_are_found_by_their_key)
{
	static const char text[] = "a=1 bb=0x1f  text=\"in 1 T0=x\" c= d=x e=-3 words f=12";
	char value[10];
	uint64_t number = 0;

	ck_assert(trace_field(text, "text", value, sizeof(value)));
	ck_assert_str_eq(value, "in 1 T0=x");
	ck_assert(!trace_field(text, "text", value, sizeof(value) - 1));
	ck_assert(!trace_field(text, "T0", value, sizeof(value)));
	ck_assert(!trace_field(text, "b", value, sizeof(value)));
	ck_assert(!trace_field(text, "words", value, sizeof(value)));
	ck_assert(trace_field(text, "c", value, sizeof(value)));
	ck_assert_str_eq(value, "");
	ck_assert(trace_field_number(text, "bb", &number));
	ck_assert_uint_eq(number, 31);
	ck_assert(trace_field_number(text, "f", &number));
	ck_assert_uint_eq(number, 12);
	ck_assert(!trace_field_number(text, "c", &number));
	ck_assert(!trace_field_number(text, "d", &number));
	ck_assert(!trace_field_number(text, "e", &number));
	ck_assert_uint_eq(number, 12);
}

#define COMPACT                                                                                    \
	"# cidtrace 1\n# kernel 7.2.13\n# workload pool\n# possible 4\n# tgid 156\n# lost 3\n"

TEST(the_compact_form_tells_snapshots)
{
	struct trace *trace = open_text(COMPACT "7 2 156 sw 156:2c:1 157:3t:? 8193 | cpu+t 7 4 2 4 "
						"1 0xf 0x123456789abcdef01 | 0 1c "
						"2t - | . 9:? 156:2c 157:-:0\n"
						"8 2 156 sw . 156:2c:1 0 | ? | ? | ?\n");
	const struct trace_info *info = trace_info(trace);
	struct trace_event event = next_of(trace);

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
	event = next_of(trace);
	ck_assert_uint_eq(event.prev.pid, TRACE_TASK_FOREIGN);
	ck_assert(!event.prev.mm_known && !event.mm.known && !event.prev_mm.known);
	ck_assert_ptr_null(event.cpu_words);
	ck_assert_ptr_null(event.currents);
	ck_assert_ptr_null(event.pool.words);
	assert_end(trace);
}

TEST(the_end_of_a_switch_is_completed_from_the_snapshot)
{
	struct trace *trace = open_text(
		COMPACT "9 0 975 fin 974:0c | cpu 2 1 1 1 0 0x1 0x1 | 0c 0 0 0 | 975:1c . . .\n"
			"10 0 975 fin 974:0c | cpu 2 1 ? 1 ? ? ? | ? | ?\n");
	struct trace_event event = next_of(trace);

	ck_assert_uint_eq(event.task.pid, 975);
	ck_assert_uint_eq(event.task.word, 1 | CID_KERNEL_ONCPU);
	ck_assert_uint_eq(event.prev.pid, 974);
	ck_assert_uint_eq(event.prev.word, CID_KERNEL_ONCPU);
	event = next_of(trace);
	ck_assert_uint_eq(event.task.pid, 975);
	ck_assert_uint_eq(event.task.word, TRACE_WORD_UNKNOWN);
	ck_assert(!event.mm.known);
	assert_end(trace);
}

TEST(wrong_lines_of_the_compact_form_are_told)
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

TEST(wrong_lines_of_text_are_told)
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

TEST(bytes_that_are_no_text_are_told)
{
	GString *text = g_string_new(AT("1") "wk:\n");
	char *half;

	assert_text_fails("", 0,
		"line 1: is empty, expected a trace: trace.dat, text of trace-cmd report or "
		"tracefs, cidtrace, or trace.txt of cidsim run");
	assert_fails("a\0b\n", 4, 0, "line 1: has a NUL byte: this is no text");
	assert_fails("\xfd"
		     "7zXZ\0abc",
		9, 0,
		"line 1: is compressed with xz, expected plain text, gzip or zstd: decompress it "
		"first");
	half = g_strdup_printf("%s%s", text->str, AT("2") "wk:");
	assert_text_fails(half, 1, "line 2: is cut off in the middle, the file is not complete");
	g_free(half);
	for (int i = 0; i < 70000; i++)
		g_string_append_c(text, 'x');
	assert_text_fails(
		text->str, 1, "line 2: is longer than 65536 bytes, the most that a line may have");
	g_string_append_c(text, '\n');
	assert_text_fails(
		text->str, 1, "line 2: is longer than 65536 bytes, the most that a line may have");
	g_string_free(text, TRUE);
}

TEST(the_longest_line_is_read)
{
	GString *text = g_string_new(AT("1") "wk: ");
	struct trace *trace;

	while (text->len < 64 << 10)
		g_string_append_c(text, 'x');
	g_string_append(text, "\n" AT("2") "wk:\r\n");
	trace = open_bytes(text->str, text->len);
	next_of(trace);
	ck_assert_uint_eq(next_of(trace).time_ns, 2000);
	assert_end(trace);
	g_string_free(text, TRUE);
}

TEST(what_cannot_be_read_is_told)
{
	GError *error = NULL;

	ck_assert_ptr_null(trace_open(path, &error));
	ck_assert(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
	g_clear_error(&error);
	ck_assert_ptr_null(trace_open(dir, &error));
	ck_assert(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR));
	g_clear_error(&error);
	ck_assert_ptr_null(trace_open("/dev/zero", &error));
	ck_assert(error->domain == G_FILE_ERROR);
	g_clear_error(&error);
	trace_close(NULL);
}

TEST(times_that_go_back_are_counted)
{
	struct trace *trace = open_text(AT("5") "wk:\n" AT("5") "wk:\n" AT("4") "wk:\n" AT(
		"6") "wk:\n"
		     "a-1 [001] 3: wk:\n" AT("5") "wk:\n");

	ck_assert_uint_eq(trace_text_count(trace, NULL, NULL), 6);
	ck_assert_uint_eq(trace_clock_back(trace), 2);
	trace_close(trace);
}

TEST(compressed_streams_may_follow_each_other)
{
	static const char first[] = AT("1") "wk:\n" AT("2") "w", second[] = "k:\n";
	GByteArray *bytes = trace_text_gzip(first, strlen(first));
	GByteArray *more = trace_text_gzip(second, strlen(second));
	struct trace *trace;

	g_byte_array_append(bytes, more->data, more->len);
	g_byte_array_append(bytes, (const guint8 *)"\0\0\0", 3);
	trace = open_bytes(bytes->data, bytes->len);
	ck_assert_uint_eq(trace_text_count(trace, NULL, NULL), 2);
	trace_close(trace);
	g_byte_array_free(bytes, TRUE);
	g_byte_array_free(more, TRUE);
}

/* Zstandard's own example of a frame: raw blocks need no compressor. */
TEST(zstd_is_read)
{
	static const char text[] = AT("1") "wk:\n";
	size_t length = strlen(text);
	GByteArray *bytes = g_byte_array_new();
	const guint8 head[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x20, (guint8)length,
		(guint8)(length << 3 | 1), 0, 0 };
	struct trace *trace;

	ck_assert_uint_lt(length, 32 << 3);
	g_byte_array_append(bytes, head, sizeof(head));
	bytes->data[7] = (guint8)(length >> 5);
	g_byte_array_append(bytes, (const guint8 *)text, (guint)length);
	trace = open_bytes(bytes->data, bytes->len);
	ck_assert_uint_eq(trace_text_count(trace, NULL, NULL), 1);
	trace_close(trace);
	assert_fails(bytes->data, bytes->len - 1, 0,
		"line 1: the compressed stream is cut off, the file is not complete");
	bytes->data[6] |= 6;
	assert_fails(bytes->data, bytes->len, 0, "line 1: the zstd stream is damaged");
	g_byte_array_free(bytes, TRUE);
}

TEST(a_stream_that_breaks_off_is_told_after_what_it_had)
{
	GString *text = g_string_new(NULL);
	GByteArray *bytes;
	GError *error = NULL;
	struct trace *trace;
	uint64_t count;

	for (int i = 0; i < 10000; i++)
		g_string_append_printf(text, "a-1 [000] %d: wk: x=%u\n", i, i * 2654435761u);
	bytes = trace_text_gzip(text->str, text->len);
	trace_text_write(path, (const char *)bytes->data, bytes->len / 2);
	trace = trace_open(path, NULL);
	ck_assert_ptr_nonnull(trace);
	count = trace_text_count(trace, NULL, &error);
	ck_assert_uint_gt(count, 3000);
	ck_assert_uint_lt(count, 7000);
	ck_assert_ptr_nonnull(error);
	ck_assert(g_str_has_suffix(
		error->message, ": the compressed stream is cut off, the file is not complete"));
	g_error_free(error);
	trace_close(trace);
	bytes->data[bytes->len / 2] ^= 0x55;
	trace_text_write(path, (const char *)bytes->data, bytes->len);
	trace = trace_open(path, NULL);
	error = NULL;
	trace_text_count(trace, NULL, &error);
	ck_assert_ptr_nonnull(error);
	g_error_free(error);
	trace_close(trace);
	g_byte_array_free(bytes, TRUE);
	g_string_free(text, TRUE);
}

static GString *kinds_of(const char *file)
{
	GString *kinds = g_string_new(NULL);
	GError *error = NULL;
	struct trace *trace = trace_open(file, &error);

	ck_assert_msg(trace != NULL, "%s", error ? error->message : "");
	trace_text_count(trace, kinds, &error);
	ck_assert_msg(error == NULL, "%s", error ? error->message : "");
	ck_assert_uint_eq(trace_clock_back(trace), 0);
	trace_close(trace);
	return kinds;
}

/* The compact form begins with the exec, six events later. */
TEST(a_recording_is_the_same_in_text_and_compact)
{
	GString *text = kinds_of(TRACE_SAMPLES "recipe-pool-4.txt.gz");
	GString *compact = kinds_of(TRACE_SAMPLES "recipe-pool-4.trace.gz");

	ck_assert_uint_eq(text->len, 1846);
	ck_assert_str_eq(text->str + 6, compact->str);
	g_string_free(text, TRUE);
	g_string_free(compact, TRUE);
}

TEST(failing_execs_are_read_as_they_were_recorded)
{
	struct trace *trace = trace_open(TRACE_SAMPLES "exec-7.2.13.txt", NULL);
	struct trace_event event = next_of(trace);

	ck_assert_int_eq(event.kind, TRACE_FORK);
	ck_assert_uint_eq(event.task.pid, TRACE_PID_UNKNOWN);
	ck_assert_uint_eq(event.task.word, CID_KERNEL_UNSET);
	ck_assert_int_eq(event.task.active, 0);
	ck_assert_uint_eq(event.task.mm, 0xff11000004535400);
	ck_assert(event.mm.known && event.mm.allowed_count == 4);
	ck_assert_uint_eq(trace_text_count(trace, NULL, NULL), 39);
	trace_close(trace);
}

#define DAT TRACE_SAMPLES "pool-fin-4-7.3.4.dat.gz"

TEST(a_recording_is_the_same_as_dat_and_as_its_report)
{
	GString *dat = kinds_of(DAT);
	GString *report = kinds_of(TRACE_SAMPLES "pool-fin-4-7.3.4.report.txt.gz");

	ck_assert_uint_eq(dat->len, 1243);
	ck_assert_str_eq(dat->str, report->str);
	g_string_free(dat, TRUE);
	g_string_free(report, TRUE);
}

/* Its events are in a buffer of their own, its clock counts. */
TEST(a_dat_tells_events_whole)
{
	struct trace *trace = trace_open(DAT, NULL);
	const struct trace_info *info = trace_info(trace);
	struct trace_event event = next_of(trace);

	ck_assert_int_eq(info->format, TRACE_DAT);
	ck_assert_str_eq(info->kernel, "7.3.4+deb13-cloud-amd64");
	ck_assert(info->counts);
	ck_assert_uint_eq(info->lost, 0);
	ck_assert_uint_eq(info->possible->len, 4);
	ck_assert_int_eq(event.kind, TRACE_EXIT);
	ck_assert_uint_eq(event.line, 1);
	ck_assert_uint_eq(event.time_ns, 3000);
	ck_assert_uint_eq(event.cpu, 1);
	ck_assert_str_eq(event.comm, "workload");
	ck_assert_uint_eq(event.task.pid, 255);
	ck_assert_uint_eq(event.task.mm, 0xffff8b38835a8e00);
	ck_assert_int_eq(event.task.active, 1);
	ck_assert(event.mm.known && event.mm.users == 1 && event.mm.allowed_count == 4);
	ck_assert_uint_eq(event.cpu_word, 0);
	trace_close(trace); /* in the middle of it */
}

TEST(a_damaged_dat_is_told)
{
	GString *bytes = trace_text_read(DAT);

	assert_fails(bytes->str, 100, 0,
		"record 1: trace-cmd's library cannot read this trace.dat, expected one of "
		"trace-cmd");
	assert_fails(bytes->str, bytes->len / 2, 0,
		"record 1: trace-cmd's library cannot read this trace.dat, expected one of "
		"trace-cmd");
	memset(bytes->str + 2000, 0xff, 1000);
	assert_fails(bytes->str, bytes->len, 0,
		"record 1: trace-cmd's library cannot read this trace.dat, expected one of "
		"trace-cmd");
	g_string_free(bytes, TRUE);
}
