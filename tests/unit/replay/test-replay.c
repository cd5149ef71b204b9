/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Replays of traces that a small kernel wrote, and of traces that something happened to. */

#include <stdio.h>
#include <string.h>

#include "sim/replay/replay.h"
#include "tests/lib/folder.h"
#include "tests/lib/kernel.h"
#include "tests/lib/replay-text.h"
#include "tests/lib/suite.h"

static char *folder, *file;

static void set_up(void)
{
	folder = folder_new();
	file = g_build_filename(folder, "trace", NULL);
}

static void tear_down(void)
{
	g_free(file);
	folder_remove(folder);
}

SUITE(.timeout = 60, .before = set_up, .after = tear_down);

/* The first small kernel from @seed on that had a window. */
static struct kernel *kernel_with_window(uint64_t seed)
{
	struct kernel_options options = {
		.protocol = revision_find("7.1")->protocol, .cpus = 3, .tasks = 8, .mask = 7
	};
	struct kernel *k;

	for (;; seed++) {
		k = kernel_new(&options, seed);
		kernel_run(k, 8000);
		if (k->completed >= 2)
			return k;
		kernel_free(k);
	}
}

static struct replay_text replay_as(const char *revision, const GString *text)
{
	struct replay_text replay =
		replay_text_run(file, text, (struct replay_text_options){ .revision = revision });

	ck_assert_msg(!replay.error, "%s", replay.error->message);
	return replay;
}

/* @text with a line more after each that has @part in it: what @line makes of it, if not NULL. */
static GString *add_lines(const char *text, const char *part, char *(*line)(const char *at))
{
	GString *out = g_string_new(NULL);
	char **lines = g_strsplit(text, "\n", 0);

	for (char **at = lines; *at && **at; at++) {
		char *more = strstr(*at, part) ? line(*at) : NULL;

		g_string_append_printf(out, "%s\n", *at);
		if (more)
			g_string_append_printf(out, "%s\n", more);
		g_free(more);
	}
	g_strfreev(lines);
	return out;
}

/* The kernel's own event of the same switch. */
static char *plain_switch(const char *line)
{
	const char *event = strstr(line, ": sw:");
	unsigned prev = 0, next = 0;

	ck_assert_int_eq(sscanf(strstr(line, " pp="), " pp=%u", &prev), 1);
	ck_assert_int_eq(sscanf(strstr(line, " np="), " np=%u", &next), 1);
	return g_strdup_printf("%.*s: sched_switch: prev_comm=a prev_pid=%u prev_prio=120 "
			       "prev_state=S ==> next_comm=a next_pid=%u next_prio=120",
		(int)(event - line), line, prev, next);
}

/* Proves that a switch which the recipe and the kernel both report is one: the same is compared,
 * and the same counted. */
TEST(a_switch_recorded_twice_counts_once)
{
	struct kernel *k = kernel_with_window(1);
	GString *text = add_lines(k->text->str, ": sw:", plain_switch);
	struct replay_text once = replay_as("7.1", k->text), twice = replay_as("7.1", text);

	ck_assert_uint_gt(once.verdict->switches.compared, 0);
	ck_assert_uint_eq(twice.verdict->switches.compared, once.verdict->switches.compared);
	ck_assert_uint_eq(twice.verdict->others.compared, once.verdict->others.compared);
	ck_assert_uint_eq(twice.verdict->switches.unexplained, 0);
	ck_assert_uint_eq(twice.result->switches, once.result->switches);
	replay_text_free(&once);
	replay_text_free(&twice);
	g_string_free(text, TRUE);
	kernel_free(k);
}

/* Proves that after events were lost nothing is held against the kernel, that the loss is noted,
 * and that comparing begins again. */
TEST(lost_events_begin_anew)
{
	struct kernel *k = kernel_with_window(2);
	const char *middle = strchr(k->text->str + k->text->len / 2, '\n') + 1;
	GString *text = g_string_new_len(k->text->str, middle - k->text->str);
	struct replay_text whole = replay_as("7.1", k->text), replay;
	struct replay_counts counts, whole_counts = replay_text_counts(whole.verdict);

	g_string_append(text, "CPU:1 [LOST 12 EVENTS]\n");
	for (int lines = 0; lines < 30; lines++)
		middle = strchr(middle, '\n') + 1;
	g_string_append(text, middle);
	replay = replay_as("7.1", text);
	counts = replay_text_counts(replay.verdict);
	ck_assert_uint_eq(counts.unexplained, 0);
	ck_assert(replay_text_notes(replay.verdict, "12 events were lost"));
	ck_assert_uint_gt(replay.verdict->taken_over, 0);
	ck_assert_uint_gt(counts.compared, whole_counts.compared / 2);
	replay_text_free(&whole);
	replay_text_free(&replay);
	g_string_free(text, TRUE);
	kernel_free(k);
}

/* Proves that the state of a process that was there already is taken over from what is seen, which
 * is not counted as compared, and that it is compared from then on. */
TEST(process_that_existed_is_taken_over)
{
	struct kernel *k = kernel_with_window(3);
	const char *header_end = strstr(k->text->str, "nop\n") + 4;
	const char *middle = strchr(k->text->str + k->text->len / 3, '\n') + 1;
	GString *text = g_string_new_len(k->text->str, header_end - k->text->str);
	const struct replay_process *process;
	struct replay_text replay;

	g_string_append(text, middle);
	replay = replay_as("7.1", text);
	process = replay.verdict->processes->pdata[0];
	ck_assert(process->existed);
	ck_assert_uint_gt(process->taken_over, 0);
	ck_assert_uint_gt(process->switches.compared, process->taken_over);
	ck_assert_uint_eq(process->switches.unexplained + process->others.unexplained, 0);
	ck_assert(replay_text_notes(replay.verdict, "was taken over from line"));
	replay_text_free(&replay);
	g_string_free(text, TRUE);
	kernel_free(k);
}

/* Proves that times which go back are noted, and the order of the lines is taken. */
TEST(times_go_back)
{
	struct kernel *k = kernel_with_window(4);
	GString *text = g_string_new(k->text->str);
	struct replay_text replay;
	char *time = strstr(text->str, " 9: ");

	ck_assert_ptr_nonnull(time);
	time[1] = '1';
	replay = replay_as("7.1", text);
	ck_assert_uint_eq(replay_text_counts(replay.verdict).unexplained, 0);
	ck_assert(replay_text_notes(replay.verdict, "times went back"));
	replay_text_free(&replay);
	g_string_free(text, TRUE);
	kernel_free(k);
}

/* Proves what is predicted where a trace has no CIDs: a process on 4 CPUs is per CPU from its fifth
 * thread on, and per task again at one (docs/protocol.md, section 9); nothing is compared. */
TEST(plain_trace_is_predicted)
{
	GString *text = g_string_new("# possible 0-3\n# tracer: nop\n");
	struct replay_text replay;
	const struct replay_process *process;
	unsigned time = 1;

	for (unsigned pid = 101; pid <= 104; pid++) {
		g_string_append_printf(text,
			" app-100 [000] d..2. 1.%06u: sched_process_fork: comm=app pid=100 "
			"child_comm=app child_pid=%u\n",
			time++, pid);
		g_string_append_printf(text,
			" <idle>-0 [%03u] d..2. 1.%06u: sched_switch: prev_comm=swapper/1 "
			"prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=app next_pid=%u "
			"next_prio=120\n",
			pid % 3 + 1, time++, pid);
		g_string_append_printf(text,
			" app-%u [%03u] d..2. 1.%06u: sched_switch: prev_comm=app prev_pid=%u "
			"prev_prio=120 prev_state=S ==> next_comm=swapper/1 next_pid=0 "
			"next_prio=120\n",
			pid, pid % 3 + 1, time++, pid);
	}
	replay = replay_as("7.1", text);
	ck_assert_uint_eq(replay.verdict->processes->len, 1);
	process = replay.verdict->processes->pdata[0];
	ck_assert_uint_eq(process->users_max, 5);
	ck_assert_uint_eq(process->to_percpu, 1);
	ck_assert_uint_eq(process->to_task, 0);
	ck_assert_uint_eq(process->predicted, 8);
	ck_assert_uint_eq(replay_text_counts(replay.verdict).compared, 0);
	replay_text_free(&replay);
	for (unsigned pid = 101; pid <= 104; pid++)
		g_string_append_printf(text,
			" app-%u [001] d..2. 1.%06u: sched_process_exit: comm=app pid=%u "
			"prio=120\n",
			pid, time++, pid);
	replay = replay_as("7.1", text);
	process = replay.verdict->processes->pdata[0];
	ck_assert_uint_eq(process->to_percpu, 1);
	ck_assert_uint_eq(process->to_task, 1);
	replay_text_free(&replay);
	g_string_free(text, TRUE);
}

/* Proves that with too few orders a trace is undecided, not contradicted. */
TEST(too_few_orders_are_undecided)
{
	uint64_t undecided = 0;

	for (uint64_t seed = 10; seed < 16; seed++) {
		struct kernel *k = kernel_with_window(seed);
		struct replay_text replay = replay_text_run(file, k->text,
			(struct replay_text_options){ .revision = "7.1", .orders_max = 1 });
		struct replay_counts counts = replay_text_counts(replay.verdict);

		ck_assert_uint_eq(counts.unexplained, 0);
		undecided += counts.undecided;
		replay_text_free(&replay);
		kernel_free(k);
	}
	ck_assert_uint_gt(undecided, 0);
}
