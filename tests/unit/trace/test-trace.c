/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "model/state.h"
#include "tests/lib/suite.h"
#include "tests/lib/trace-events.h"

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

SUITE(.before = trace_events_start, .after = trace_events_stop);

TEST(what_cannot_be_opened_is_an_error)
{
	GError *error = NULL;

	ck_assert_ptr_null(trace_open(trace_path(), &error));
	ck_assert(g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT));
	g_clear_error(&error);
	ck_assert_ptr_null(trace_open(trace_folder(), &error));
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
	struct trace_event event = next_event(trace);

	ck_assert_int_eq(event.kind, TRACE_FORK);
	ck_assert_uint_eq(event.task.pid, TRACE_PID_UNKNOWN);
	ck_assert_uint_eq(event.task.word, CID_KERNEL_UNSET);
	ck_assert_int_eq(event.task.active, 0);
	ck_assert_uint_eq(event.task.mm, 0xff11000004535400);
	ck_assert(event.mm.known && event.mm.allowed_count == 4);
	ck_assert_uint_eq(trace_text_count(trace, NULL, NULL), 39);
	trace_close(trace);
}

TEST(a_recording_is_the_same_as_dat_and_as_its_report)
{
	GString *dat = kinds_of(TRACE_SAMPLE_DAT);
	GString *report = kinds_of(TRACE_SAMPLES "pool-fin-4-7.3.4.report.txt.gz");

	ck_assert_uint_eq(dat->len, 1243);
	ck_assert_str_eq(dat->str, report->str);
	g_string_free(dat, TRUE);
	g_string_free(report, TRUE);
}
