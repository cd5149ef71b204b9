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

/* "event NAME without @what". Returns false. */
bool text_fail_missing(const struct text_event *text, const char *what, GError **error);

/* The row of @name, NULL if there is none. */
const struct text_name *text_recipe_find(const char *name, size_t length);
const struct text_name *text_kernel_find(const char *name, size_t length);

/*
 * Read @line, which may be changed, whatever it tells: a header, an event of which @event is told
 * (its number is trace->line), nothing.
 */
enum trace_read text_read_line(
	struct trace *trace, char *line, struct trace_event *event, GError **error);

/* For trace_close(). */
void text_close(struct trace *trace);

#endif
