/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_PROCESS_SETTLE_H
#define CIDSIM_SIM_REPLAY_PROCESS_SETTLE_H

/* What is under way in a process is over by now. Each function changes the states of the process,
 * its op or pending switch, and the records. */

#include "sim/replay/process/tables.h"

/* All steps of the op that holds the mutex are taken, by @line; it is the current one no more.
 * False, and no state is left, if they cannot be. A guess per task is forgotten then. */
bool process_settle_op(struct tables *tables, struct process *process, uint64_t line);

/* The same; if they cannot be, the model contradicts @event, and @process is unknown. */
void process_finish_op(
	struct tables *tables, struct process *process, const struct trace_event *event);

#endif
