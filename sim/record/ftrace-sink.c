/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/ftrace.h"

/* The functions of ftrace.h as those of a struct record_sink. */

static void take_sample(void *context, const struct record_sample *sample)
{
	ftrace_sample(context, sample);
}

static void take_mode_switch(void *context, const struct record_mode_switch *mode_switch)
{
	ftrace_mode_switch(context, mode_switch);
}

static void take_window(void *context, const struct record_window *window)
{
	ftrace_window(context, window);
}

static void take_switch(void *context, const struct record_switch *sched_switch)
{
	ftrace_switch(context, sched_switch);
}

static void take_wakeup(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *woken, bool is_new,
	uint32_t target_cpu)
{
	ftrace_wakeup(context, time_ns, on_cpu, running, woken, is_new, target_cpu);
}

static void take_fork(void *context, uint64_t time_ns, uint32_t cpu,
	const struct record_task *parent, const struct record_task *child)
{
	ftrace_fork(context, time_ns, cpu, parent, child);
}

static void take_exit(void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	ftrace_exit(context, time_ns, cpu, task);
}

static void take_migrate(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *task, uint32_t from,
	uint32_t to)
{
	ftrace_migrate(context, time_ns, on_cpu, running, task, from, to);
}

static void take_note(void *context, const struct record_note *note)
{
	ftrace_note(context, note);
}

struct record_sink ftrace_sink(struct ftrace *ftrace)
{
	return (struct record_sink){ ftrace, take_sample, take_mode_switch, take_window, NULL,
		NULL, take_switch, take_wakeup, take_fork, take_exit, take_migrate, take_note };
}
