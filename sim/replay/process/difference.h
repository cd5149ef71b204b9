/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_PROCESS_DIFFERENCE_H
#define CIDSIM_SIM_REPLAY_PROCESS_DIFFERENCE_H

/* Differences between the trace and the model as text, for the verdict. */

#include "sim/replay/process/observe.h"

/* @event is one of the last of @process. */
void process_remember(struct process *process, const struct trace_event *event);

/* @event shows of @process what @seen has, and no state does; @nearest was the likeliest. */
void process_report_difference(struct tables *tables, struct process *process,
	const struct trace_event *event, const struct order_state *nearest,
	const struct observation *seen);
/* @event, which counts for @counts, cannot be: takes @why over. @process may be NULL. */
void process_report_impossible(struct tables *tables, struct process *process,
	const struct trace_event *event, struct replay_process *counts, char *why);
/* No state can have come to where @what is over, as @event shows. */
void process_report_stuck(struct tables *tables, struct process *process,
	const struct trace_event *event, const char *what);

#endif
