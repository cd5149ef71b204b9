/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/text-prefix.h"

#include "tests/lib/suite.h"
#include "tests/lib/trace-events.h"

SUITE(.before = trace_events_start, .after = trace_events_stop);

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
		{ "             app     100/101     [003] 12.345678: ", "app", 12345678000, 100 },
		{ "a 1/2 b 100/101 [003] 1: ", "a 1/2 b", 1000, 100 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		char *text = g_strconcat(lines[i].prefix, "wk:\n", NULL);
		struct trace_event event = only_event(text);

		ck_assert_str_eq(event.comm, lines[i].comm);
		ck_assert_uint_eq(event.pid, 101);
		ck_assert_uint_eq(event.cpu, 3);
		ck_assert_uint_eq(event.time_ns, lines[i].time_ns);
		ck_assert_uint_eq(event.tgid, lines[i].tgid);
		g_free(text);
	}
}

static const struct {
	const char *line, *right;
} wrong[] = {
	{ "", "COMM-PID [CPU] TIME: EVENT: …" },
	{ "garbage", "COMM-PID [CPU] TIME: EVENT: …" },
	{ "a-1 [0] 1 wk:", "COMM-PID [CPU] TIME: EVENT: …" },
	{ "a-1 [0 1: wk:", "COMM-PID [CPU] TIME: EVENT: …" },
	{ "a-1 [0] 1.: wk:", "COMM-PID [CPU] TIME: EVENT: …" },
	{ "a-1 [0] 1.0000000001: wk:", "COMM-PID [CPU] TIME: EVENT: …" },
	{ "a-1 [0] 18446744073709551616: wk:", "COMM-PID [CPU] TIME: EVENT: …" },
	{ "a-1 [0] 18446744072: wk:", NULL },
	{ "a-1 [0] 18446744073.5: wk:", "COMM-PID [CPU] TIME: EVENT: …" },
	{ "a-1 (x) [0] 1: wk:", "COMM-PID [CPU] TIME: EVENT: …" },
	{ "a-1 [0] toolongflags 1: wk:", "COMM-PID [CPU] TIME: EVENT: …" },
	{ "a-1 [8192] 1: wk:", "a CPU up to 8191" },
	{ "a-4194305 [0] 1: wk:", "a pid up to 4194304" },
};

TEST_ROWS(what_is_no_prefix_says_what_was_expected, wrong)
{
	struct text_prefix prefix;

	ck_assert_pstr_eq(text_prefix_parse(wrong[_i].line, &prefix), wrong[_i].right);
}

/* Whatever a line is cut to, nothing beyond its end is read. */
TEST(a_prefix_may_end_anywhere)
{
	static const char line[] = "  a-b [1] 2: c-d-101     (    100) [003] d..2.  12.345678: wk:";

	for (size_t length = 0; length < sizeof(line); length++) {
		char *cut = g_strndup(line, length);
		struct text_prefix prefix;

		if (!text_prefix_parse(cut, &prefix))
			ck_assert(prefix.rest >= cut && prefix.rest <= cut + length);
		g_free(cut);
	}
}
