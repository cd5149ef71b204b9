/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/trace-events.h"

#include <check.h>
#include <string.h>

static char *folder;
static char *file;

void trace_events_start(void)
{
	folder = folder_new();
	file = g_build_filename(folder, "trace", NULL);
}

void trace_events_stop(void)
{
	g_free(file);
	folder_remove(folder);
}

const char *trace_folder(void)
{
	return folder;
}

const char *trace_path(void)
{
	return file;
}

struct trace *open_bytes(const void *bytes, size_t length)
{
	GError *error = NULL;
	struct trace *trace;

	trace_text_write(file, bytes, length);
	trace = trace_open(file, &error);
	ck_assert_msg(trace != NULL, "%s", error ? error->message : "");
	return trace;
}

struct trace *open_text(const char *text)
{
	return open_bytes(text, strlen(text));
}

struct trace_event next_event(struct trace *trace)
{
	struct trace_event event;
	GError *error = NULL;

	ck_assert_msg(trace_next(trace, &event, &error), "%s", error ? error->message : "ended");
	return event;
}

void assert_trace_end(struct trace *trace)
{
	struct trace_event event;
	GError *error = NULL;

	ck_assert(!trace_next(trace, &event, &error));
	ck_assert_msg(!error, "%s", error ? error->message : "");
	trace_close(trace);
}

struct trace_event only_event(const char *text)
{
	struct trace *trace = open_text(text);
	struct trace_event event = next_event(trace);

	assert_trace_end(trace);
	return event;
}

void assert_bytes_fail(const void *bytes, size_t length, uint64_t events, const char *message)
{
	GError *error = NULL;
	struct trace *trace;
	uint64_t count = 0;

	trace_text_write(file, bytes, length);
	trace = trace_open(file, &error);
	if (trace)
		count = trace_text_count(trace, NULL, &error);
	ck_assert_msg(error != NULL, "no error, expected: %s", message);
	ck_assert(error->domain == TRACE_ERROR);
	ck_assert_str_eq(error->message, message);
	ck_assert_uint_eq(count, events);
	g_error_free(error);
	trace_close(trace);
}

void assert_text_fails(const char *text, uint64_t events, const char *message)
{
	assert_bytes_fail(text, strlen(text), events, message);
}
