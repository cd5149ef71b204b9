/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_READER_H
#define CIDSIM_SIM_TRACE_READER_H

/* What the readers of the formats, which trace.c chooses from, have in common. For the rest of the
 * program: trace.h. */

#include "sim/trace/bytes.h"
#include "sim/trace/trace.h"

enum {
	TRACE_CPUS_MAX = 8192, /* CPU ids are below it */
	TRACE_MASK_WORDS = TRACE_CPUS_MAX / 64,
	TRACE_PID_MAX = 1 << 22, /* the kernel's own limit */
	TRACE_COMM_MAX = 15,     /* bytes of a comm */
	TRACE_IGNORED_MAX = 100, /* names that are counted each by itself */
};

enum trace_read {
	READ_EVENT,
	READ_NOTHING, /* this line or record is no event */
	READ_END,     /* no more, or a fault, which is set */
};

struct trace;

/* A format. */
struct trace_reader {
	/* Read one line or record. The reader makes its state at the first call. */
	enum trace_read (*next)(struct trace *trace, struct trace_event *event, GError **error);
	void (*close)(struct trace *trace); /* frees the state, which may be NULL */
};

extern const struct trace_reader trace_reader_cidtrace, trace_reader_text, trace_reader_dat;

/* What trace_next() does next. Opening reads the first event, so that a file that is no trace is
 * refused there. */
enum trace_stage {
	TRACE_READING,    /* asks the reader */
	TRACE_FIRST_KEPT, /* gives the first event */
	TRACE_ENDED,      /* gives nothing more: the reader said READ_END */
};

struct trace {
	const struct trace_reader *reader;
	void *state;         /* the reader's own; NULL before its first call */
	struct bytes *bytes; /* where the lines come from */
	const char *unit;    /* what line counts: "line", "record" */
	uint64_t line;       /* being read */
	struct trace_info info;
	GHashTable *ignored;
	uint64_t clock_back;
	GArray *times; /* uint64_t, of the last event of each CPU, plus 1; 0 = none */
	uint64_t mask[TRACE_MASK_WORDS]; /* room for that of an event */
	struct trace_event first;        /* read by trace_open() */
	enum trace_stage stage;
};

/* An event in which nothing is known. */
extern const struct trace_event trace_event_blank;

/* Sets @error to "line N: …". Returns false. */
bool trace_fail(const struct trace *trace, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* As trace_fail(): "line N: what is 'text', expected right". */
bool trace_fail_text(const struct trace *trace, GError **error, const char *what, const char *text,
	size_t length, const char *right);

/* Count @times things named @name that were no events. */
void trace_ignore(struct trace *trace, const char *name, uint64_t times);

/* The next line; its number is trace's. As bytes_line(). */
char *trace_line(struct trace *trace, size_t *length, GError **error);

/* Take the CPUs of @text ("4" = ids 0 to 3, "0-3,8") for the possible ones. */
bool trace_set_possible(struct trace *trace, const char *text, GError **error);

/* Set @text, of trace_info, to @value, made valid UTF-8. */
void trace_set_text(char **text, const char *value);

/* Take @text for the thread group of the trace. */
bool trace_set_tgid(struct trace *trace, const char *text, GError **error);

/* Take the @length bytes of @text for a name of a task: no blanks around it, "" for "<...>". */
void trace_set_comm(char comm[16], const char *text, size_t length);

#endif
