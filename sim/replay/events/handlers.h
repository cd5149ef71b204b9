/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_EVENTS_HANDLERS_H
#define CIDSIM_SIM_REPLAY_EVENTS_HANDLERS_H

/*
 * One function for each kind of event. @cpu is the dense index of the event's CPU, on which nothing
 * is under way any more but an op. Each looks up its tasks and its process, compares what the event
 * shows with the states (observe.h), and adds or ends what is under way. A process may be unknown
 * after each call of process/: states, ops and the numbers of tasks of it must not be used then.
 */

#include "sim/replay/process/tables.h"

/* switches.c */

/* @event took place on @cpu: the switch, or the locked part of a decision, that was under way there
 * is over. */
void events_touch_cpu(struct tables *tables, uint32_t cpu, const struct trace_event *event);
/* Is @event the switch that is pending on @cpu, once more? Then it is dealt with. */
bool events_switch_again(struct tables *tables, uint32_t cpu, const struct trace_event *event);
void on_switch(struct tables *tables, const struct trace_event *event, uint32_t cpu);
void on_switched(struct tables *tables, const struct trace_event *event, uint32_t cpu);

/* The words that @event shows after the switch from @prev to @next are compared. */
void events_observe_switched(struct tables *tables, const struct trace_event *event, uint32_t cpu,
	struct seen_task *prev, struct seen_task *next);

/* forks.c, exits.c */

void on_fork(struct tables *tables, const struct trace_event *event, uint32_t cpu);
void on_fork_end(struct tables *tables, const struct trace_event *event, uint32_t cpu);
void on_exit(struct tables *tables, const struct trace_event *event, uint32_t cpu);
void on_exit_end(struct tables *tables, const struct trace_event *event, uint32_t cpu);

/* ops.c: what forks and exits share */

/* The op of @event->pid ends, and is no op any more: *@op is a copy of it. False if none is known.
 */
bool events_end_op(struct tables *tables, struct process *process, const struct trace_event *event,
	struct order_op *op);
/* @event has ended an op: if @process is unknown it is learnt from. */
void events_after_op(
	struct tables *tables, struct process *process, const struct trace_event *event);
/* What ends with @event began before the trace, or before @process had to begin anew. */
void events_began_before(
	struct tables *tables, struct process *process, const struct trace_event *event);

/* decisions.c, walks.c */

void on_decide(struct tables *tables, const struct trace_event *event, uint32_t cpu);
void on_decide_end(struct tables *tables, const struct trace_event *event, uint32_t cpu);
void on_walk(struct tables *tables, const struct trace_event *event, uint32_t cpu);

/* affinity.c */

/* The mask that a new mm begins with: that of who makes it, or any of the weight that is shown,
 * then *@guessed is set; NULL = all. The caller frees it. */
uint64_t *affinity_first_mask(
	struct tables *tables, const struct trace_event *event, bool *guessed);
void on_affinity(struct tables *tables, const struct trace_event *event);
void on_affinity_end(struct tables *tables, const struct trace_event *event);

/* tasks-seen.c: a task is new, or gone for ever */

void on_new_task(struct tables *tables, const struct trace_event *event, uint32_t cpu);
void on_wake(struct tables *tables, const struct trace_event *event, uint32_t cpu);
void on_gone(struct tables *tables, const struct trace_event *event, uint32_t cpu);

/* marks.c: a recorder says how everything stands, or that events were lost */

void on_mark(struct tables *tables, const struct trace_event *event, uint32_t cpu);
void on_lost(struct tables *tables, const struct trace_event *event);

/* stepwise.c: a trace that shows each step must fit what is known. False: it is counted as a
 * difference, and the event is dealt with. */

/* Are there the tasks and the mm of @event? */
bool events_can_be(struct tables *tables, const struct trace_event *event);
/* Can the task that @event shows become a user of @process? True for a trace that shows less. */
bool events_can_fork(struct tables *tables, struct process *process,
	const struct trace_event *event, uint32_t cpu);
/* Does event->pid, if it is a task, run on @cpu? The same. */
bool events_executes(struct tables *tables, struct process *process,
	const struct trace_event *event, uint32_t cpu);

/* stepwise.c, mms.c: events that only such a trace has */

void on_walk_step(struct tables *tables, const struct trace_event *event, uint32_t cpu);
void on_op_end(struct tables *tables, const struct trace_event *event, uint32_t cpu);
void on_spin(struct tables *tables, const struct trace_event *event, uint32_t cpu);
void on_spin_end(struct tables *tables, const struct trace_event *event, uint32_t cpu);
void on_state(struct tables *tables, const struct trace_event *event);
void on_back(struct tables *tables, const struct trace_event *event, uint32_t cpu);

void on_mm_new(struct tables *tables, const struct trace_event *event);
void on_mm_gone(struct tables *tables, const struct trace_event *event);
void on_task_new(struct tables *tables, const struct trace_event *event);
void on_task_freed(struct tables *tables, const struct trace_event *event);
void on_task_shown(struct tables *tables, const struct trace_event *event);
void on_join(struct tables *tables, const struct trace_event *event, uint32_t cpu);

/* sums.c: the run is over, and its totals are compared */
void on_totals(struct tables *tables, const struct trace_event *event);

/* predict.c: what a trace without events of the protocol leads to; all is done at once */

/* @shown, a task that @event shows: if it was there before the trace began, and is of a process
 * that the user asks for by name or pid, it is a user from now on. */
void predict_met(struct tables *tables, const struct trace_task *shown,
	const struct trace_event *event, uint32_t cpu);
void predict_fork(struct tables *tables, const struct trace_event *event, uint32_t cpu);
void predict_exit(struct tables *tables, struct seen_task *task, const struct trace_event *event,
	uint32_t cpu);
/* Who execs has an mm of its own, with one thread. */
void predict_exec(struct tables *tables, const struct trace_event *event, uint32_t cpu);

#endif
