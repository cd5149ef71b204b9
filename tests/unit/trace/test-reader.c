/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/trace/reader.h"

#include <string.h>

#include "tests/lib/suite.h"

static struct trace trace;
static GError *error;

static void start(void)
{
	trace = (struct trace){ .unit = "line", .line = 7 };
	trace.info.possible = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	trace.info.kernel = g_strdup("");
	trace.ignored = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static void stop(void)
{
	g_array_free(trace.info.possible, TRUE);
	g_free(trace.info.kernel);
	g_hash_table_destroy(trace.ignored);
	g_clear_error(&error);
}

static void assert_possible(const char *text, guint count, uint32_t last)
{
	const GArray *possible = trace.info.possible;

	ck_assert_msg(trace_set_possible(&trace, text, &error), "%s", text);
	ck_assert_uint_eq(possible->len, count);
	ck_assert_uint_eq(g_array_index(possible, uint32_t, count - 1), last);
}

static void refuse_possible(const char *text, const char *message)
{
	ck_assert(!trace_set_possible(&trace, text, &error));
	ck_assert_str_eq(error->message, message);
	g_clear_error(&error);
}

static void assert_comm(const char *text, const char *expected)
{
	char comm[16];

	trace_set_comm(comm, text, strlen(text));
	ck_assert_str_eq(comm, expected);
}

SUITE(.before = start, .after = stop);

TEST(possible_cpus_are_a_number_or_a_list)
{
	assert_possible("4", 4, 3);
	assert_possible("1", 1, 0);
	assert_possible("0", 1, 0);
	assert_possible("0-1,4", 3, 4);
	assert_possible("8192", 8192, 8191);
	refuse_possible(
		"8193", "line 7: the number of possible CPUs is '8193', expected 1 to 8192");
	refuse_possible("18446744073709551616", "line 7: the possible CPUs: "
						"'18446744073709551616' names a CPU that is too "
						"large, CPU ids are 0 to 8191");
	refuse_possible("x", "line 7: the possible CPUs: 'x' is not a list of CPUs, write one "
			     "like 0-3,8");
	/* What was known stays. */
	ck_assert_uint_eq(trace.info.possible->len, 8192);
}

TEST(a_comm_has_no_blanks_around_it)
{
	assert_comm("app", "app");
	assert_comm("  a b ", "a b");
	assert_comm("", "");
	assert_comm("   ", "");
	assert_comm("<...>", "");
	assert_comm("0123456789abcdefgh", "0123456789abcde");
	assert_comm("0123456789abcd\xc3\xb6", "0123456789abcd"); /* no half of a letter */
	assert_comm("0123456789abc\xc3\xb6x", "0123456789abc\xc3\xb6");
}

TEST(a_tgid_is_a_pid)
{
	ck_assert(trace_set_tgid(&trace, "4194304", &error));
	ck_assert_uint_eq(trace.info.tgid, 4194304);
	ck_assert(!trace_set_tgid(&trace, "4194305", &error));
	ck_assert_str_eq(error->message, "line 7: the tgid is '4194305', expected a number up to "
					 "4194304");
	ck_assert_uint_eq(trace.info.tgid, 4194304);
}

TEST(texts_become_valid)
{
	trace_set_text(&trace.info.kernel, "7.2\xff");
	ck_assert_str_eq(trace.info.kernel, "7.2\xef\xbf\xbd");
}

TEST(a_message_quotes_no_more_than_it_shows)
{
	char *text = g_strnfill(1000, 'a');

	ck_assert(!trace_fail_text(&trace, &error, "the line", text, 1000, "less"));
	ck_assert_uint_lt(strlen(error->message), 100);
	ck_assert(g_error_matches(error, TRACE_ERROR, TRACE_ERROR_INPUT));
	g_free(text);
}

TEST(names_of_events_that_are_ignored_are_counted)
{
	trace_ignore(&trace, "a", 2);
	trace_ignore(&trace, "a", 3);
	for (int i = 0; i < 2 * TRACE_IGNORED_MAX; i++) {
		char *name = g_strdup_printf("event%d", i);

		trace_ignore(&trace, name, 1);
		g_free(name);
	}
	ck_assert_uint_eq(*(guint64 *)g_hash_table_lookup(trace.ignored, "a"), 5);
	ck_assert_uint_eq(g_hash_table_size(trace.ignored), TRACE_IGNORED_MAX + 1);
	ck_assert_uint_eq(
		*(guint64 *)g_hash_table_lookup(trace.ignored, "others"), TRACE_IGNORED_MAX + 1);
}
