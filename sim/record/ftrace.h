/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_RECORD_FTRACE_H
#define CIDSIM_SIM_RECORD_FTRACE_H

/*
 * The event log as the text that the kernel's tracefs gives with the options record-tgid and a
 * clock in ns: what Perfetto, catapult and Trace Compass read, and what grep is good for.
 *
 *     comm-PID (TGID) [CPU] .... SECONDS.NANOSECONDS: event: fields
 *
 * Viewers show what they know (sched_*) and skip what they do not (mmcid:*). So what matters is
 * also written as tracing_mark_write: windows as slices of their initiator's thread (B, E), the
 * values of an mm as counters of its process (C). docs/output.md lists the events.
 */

#include "sim/base/output.h"
#include "sim/record/record.h"
#include "sim/scenario/scenario.h"

struct ftrace;

/* Begin a trace on @out, which stays the caller's, as do @scenario and @accounts (struct
 * record_account; may grow later). All must outlive the trace. Writes the header lines. */
struct ftrace *ftrace_new(
	struct output *out, const struct scenario *scenario, const GPtrArray *accounts);
void ftrace_free(struct ftrace *ftrace);

/* The functions below, for whom takes a sink. */
struct record_sink ftrace_sink(struct ftrace *ftrace);

/* The records: see struct record_sink. To be called in the order of time. */
void ftrace_sample(struct ftrace *ftrace, const struct record_sample *sample);
void ftrace_mode_switch(struct ftrace *ftrace, const struct record_mode_switch *mode_switch);
void ftrace_window(struct ftrace *ftrace, const struct record_window *window);
void ftrace_switch(struct ftrace *ftrace, const struct record_switch *sched_switch);
void ftrace_wakeup(struct ftrace *ftrace, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *woken, bool is_new,
	uint32_t target_cpu);
void ftrace_fork(struct ftrace *ftrace, uint64_t time_ns, uint32_t cpu,
	const struct record_task *parent, const struct record_task *child);
void ftrace_exit(
	struct ftrace *ftrace, uint64_t time_ns, uint32_t cpu, const struct record_task *task);
void ftrace_migrate(struct ftrace *ftrace, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *task, uint32_t from,
	uint32_t to);
void ftrace_note(struct ftrace *ftrace, const struct record_note *note);

#endif
