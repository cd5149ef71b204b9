/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_PROCESS_LEARN_H
#define CIDSIM_SIM_REPLAY_PROCESS_LEARN_H

/* What events show of a process while it is unknown: values, words, who is a user. */

#include "sim/replay/process/tables.h"

/* Nothing is known of @process from here on but what its events show: it has no state, nothing is
 * under way, its words are forgotten. What must be noted or counted of that is the caller's. */
void process_forget(struct tables *tables, struct process *process);

/* The same, for ever: the trace leaves out tasks of it. */
void process_forget_for_ever(struct tables *tables, struct process *process);

/* What @event shows of the tasks and CPUs of @process, which is unknown, is known until it changes.
 * Changes what was learnt: its values and cpu_words, and word and active of its tasks. */
void process_learn(struct tables *tables, struct process *process, const struct trace_event *event);

/* Outside a window, so that words keep their meaning? */
bool learnt_is_quiet(const struct trace_mm *values);

#endif
