/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_EVENT_LOG_H
#define CIDSIM_SIM_RECORD_EVENT_LOG_H

/*
 * The event log of a run: which records are in it. A format writes them (ftrace.h, chrome.h).
 *
 *     new -----> WAITS ------------------> WRITES --------------------> ENDED
 *       |          a record at from_ns:      a record after to_ns, or
 *       |          how everything stands     bytes_max were written: a
 *       +--------> is written first          note says so; event_log_end()
 *         from_ns is 0
 *
 * A log that begins later has no first half: it can be looked at, but not replayed. While it waits,
 * memory grows with CPUs and mms only.
 */

#include "sim/base/output.h"
#include "sim/record/record.h"

enum log_format { LOG_FTRACE, LOG_CHROME };

struct log_options {
	enum log_format format;
	uint64_t from_ns, to_ns; /* records of this time, both included */
	uint64_t bytes_max;      /* it ends with the record that reaches them */
};

/* All of the run, as ftrace, in at most 1 GiB. */
extern const struct log_options log_options_default;

/* The name of its file. */
const char *log_format_file(enum log_format format);

struct event_log;

/* Begin a log on @out, which stays the caller's, as do @scenario and @accounts (struct
 * record_account; may grow later). All must outlive it. */
struct event_log *event_log_new(struct output *out, const struct scenario *scenario,
	const GPtrArray *accounts, const struct log_options *options);
void event_log_free(struct event_log *log); /* NULL is allowed */

/* Where its records go, in the order of time. It takes no stays. */
const struct record_sink *event_log_sink(struct event_log *log);

/* No record follows. To be called once, before @out is finished. */
void event_log_end(struct event_log *log);

/* Bytes written so far, while it WRITES; 0 otherwise. */
uint64_t event_log_size(const struct event_log *log);

/* Did bytes_max end it? Then *@at_ns is when. */
bool event_log_is_cut(const struct event_log *log, uint64_t *at_ns);

#endif
