/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_TRACE_EVENTS_H
#define CIDSIM_TESTS_LIB_TRACE_EVENTS_H

/* The events of traces that a test writes down: read from a file in a folder of the test's own. */

#include "tests/lib/trace-text.h"

/* What is before an event that CPU 3 recorded at @time while app-101 ran. */
#define AT(time) "        app-101     [003] d..2.  " time ": "

#define MM_FIELDS "mo=0x40000000 us=7 mx=4 th=2 na=4"

/* Recorded on 4 CPUs; its events are in a buffer of their own, its clock counts. */
#define TRACE_SAMPLE_DAT TRACE_SAMPLES "pool-fin-4-7.3.4.dat.gz"

/* The fixture of the tests. */
void trace_events_start(void);
void trace_events_stop(void);

/* The folder, and the file in it that the traces are in. */
const char *trace_folder(void);
const char *trace_path(void);

/* The trace of these bytes, which begins well. */
struct trace *open_bytes(const void *bytes, size_t length);
struct trace *open_text(const char *text);

/* The next event, which there must be. */
struct trace_event next_event(struct trace *trace);

/* There is none, and no error. Closes @trace. */
void assert_trace_end(struct trace *trace);

/* The only event of @text. Strings and masks of it are gone. */
struct trace_event only_event(const char *text);

/* The first @events of the bytes are good, then comes the error @message. */
void assert_bytes_fail(const void *bytes, size_t length, uint64_t events, const char *message);
void assert_text_fails(const char *text, uint64_t events, const char *message);

#endif
