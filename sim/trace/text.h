/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_TEXT_H
#define CIDSIM_SIM_TRACE_TEXT_H

/* Text of a trace: what read-text.c, read-dat.c and the files of events (text-*.c) share. */

#include "sim/trace/reader.h"

/* An event in a line of text. */
struct text_event {
	struct trace *trace; /* for messages, and room for masks */
	const char *name;    /* of the event, without its system */
	const char *fields;  /* what is after it */
};

/* The table row of an event. */
struct text_name {
	const char *name;
	uint8_t length;
	enum trace_kind kind;
	/* Takes the fields to @event, whose kind and prefix are set. False and @error if they are
	 * wrong. */
	bool (*parse)(const struct text_event *text, struct trace_event *event, GError **error);
};

/* The row of @name, NULL if there is none. */
const struct text_name *text_recipe_find(const char *name, size_t length);
const struct text_name *text_kernel_find(const char *name, size_t length);

/* Read @record, "PERF_RECORD_…" behind the prefix that @event has: what perf script writes of
 * tasks with --show-task-events, and of lost events with --show-lost-events. */
enum trace_read text_perf_record(
	struct trace *trace, const char *record, struct trace_event *event);

/* What the reader of text knows between two lines. */
struct text_reader;

/* Of the lines of @trace, which must stay until the end. */
struct text_reader *text_reader_new(struct trace *trace);
void text_reader_free(struct text_reader *reader); /* NULL is allowed */

/* Read @line, which may be changed; its number is trace->line. READ_EVENT: it is @event.
 * READ_NOTHING: it is a comment, which can set trace->info, or no event that is read here.
 * READ_END: it is wrong, and @error is set. */
enum trace_read text_reader_line(
	struct text_reader *reader, char *line, struct trace_event *event, GError **error);

#endif
