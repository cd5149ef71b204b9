/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_PROCESS_RECORDS_H
#define CIDSIM_SIM_REPLAY_PROCESS_RECORDS_H

/* The records of a replay, as those of a run: of each process its likeliest state counts. Changes
 * the recorder, and of a process what its header says that records have; never a state, but for the
 * counts in it, which are taken out. */

#include "sim/replay/process/tables.h"

/* @process, of a trace that shows each step, has begun, in @account. */
void records_begin(struct tables *tables, struct process *process, uint32_t account);
/* The listener of such a process: its events are those of the records. */
void records_hear(struct order_listener *listener, struct order_state *state,
	const struct model_event *event);
/* The recorder has nothing to do with @process any more: it ends, or nothing is known of it. */
void records_end(struct tables *tables, struct process *process);
/* The states of @process have changed. */
void records_update(struct tables *tables, struct process *process);
/* A decision by @pid is over; if a window is open now, and was not reported, it is. */
void records_decision(struct tables *tables, struct process *process, uint32_t pid);
/* The window that was reported, if one was, is over. */
void records_complete(struct tables *tables, struct process *process);
/* The records of all processes end. Then the replay gets another recorder, whose time begins at 0,
 * and they begin there. Not for a trace that shows each step. */
void records_leave(struct tables *tables);
void records_return(struct tables *tables);
/* @prev leaves @cpu for @next (NULL: none that was seen). Both get their place and since when they
 * have it. */
void records_switch(struct tables *tables, const struct trace_event *event, struct seen_task *prev,
	struct seen_task *next, uint32_t cpu);
/* Where all is shown: @task runs on @cpu from now on, the switch is over. */
void records_runs(struct tables *tables, struct seen_task *task, uint32_t cpu);
/* ... User space of @task, on @cpu, sees its word from now on. */
void records_show(struct tables *tables, struct seen_task *task, uint32_t cpu);
/* ... The stay of @task so far ends, and another one begins; nothing if it does not run. */
void records_split(struct tables *tables, struct seen_task *task);
/* ... A get of @process begins to spin on @cpu, where none spins; it has ended: after how many ns.
 */
void records_spins(struct tables *tables, struct process *process, uint32_t cpu);
uint64_t records_spun(struct tables *tables, uint32_t cpu);
/* The trace ends: so do the stays on all CPUs. */
void records_stays(struct tables *tables);

#endif
