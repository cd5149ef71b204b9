/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "model/state.h"
#include "tests/lib/suite.h"
#include "tests/lib/trace-events.h"

SUITE(.before = trace_events_start, .after = trace_events_stop);

/* Its events are in a buffer of their own, its clock counts. */
TEST(a_dat_has_events_with_all_their_fields)
{
	struct trace *trace = trace_open(TRACE_SAMPLE_DAT, NULL);
	const struct trace_info *info = trace_info(trace);
	struct trace_event event = next_event(trace);

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

TEST(a_damaged_dat_is_an_error)
{
	GString *bytes = trace_text_read(TRACE_SAMPLE_DAT);

	assert_bytes_fail(bytes->str, 100, 0,
		"record 1: trace-cmd's library cannot read this trace.dat: it is damaged, cut off "
		"or of a newer trace-cmd");
	assert_bytes_fail(bytes->str, bytes->len / 2, 0,
		"record 1: trace-cmd's library cannot read this trace.dat: it is damaged, cut off "
		"or of a newer trace-cmd");
	memset(bytes->str + 2000, 0xff, 1000);
	assert_bytes_fail(bytes->str, bytes->len, 0,
		"record 1: trace-cmd's library cannot read this trace.dat: it is damaged, cut off "
		"or of a newer trace-cmd");
	g_string_free(bytes, TRUE);
}
