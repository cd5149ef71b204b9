/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_PROCESS_TASKS_H
#define CIDSIM_SIM_REPLAY_PROCESS_TASKS_H

/* Tasks and processes that come and go. */

#include "sim/replay/process/tables.h"

/* @task gets @process, whose CPU @cpu it is on or was last. It leaves the one that it had. */
void tasks_attach(
	struct tables *tables, struct seen_task *task, struct process *process, uint32_t cpu);
/* @task, which leaves the process that it had, is what @process has called @index so far: a child
 * without pid, or a user that was only counted. */
void tasks_attach_at(
	struct tables *tables, struct seen_task *task, struct process *process, uint32_t index);
/* @task has no process from now on; what it does there is over, and if it cannot be the process is
 * forgotten. The process goes with its last task, but not before the event is over. */
void tasks_detach(struct tables *tables, struct seen_task *task);
/* @task will never come back. It is freed once the event is over. */
void tasks_bury(struct tables *tables, struct seen_task *task);
/* The event is over: what it has emptied and buried is freed. */
void tasks_sweep(struct tables *tables);

/* The task that @event shows as @shown (its task or prev), with the process that it shows: one that
 * was there unseen is learnt of, and its process may be forgotten for that. NULL if it is of none
 * that is replayed. */
struct seen_task *tasks_known(
	struct tables *tables, const struct trace_task *shown, const struct trace_event *event);

/* A process that has no user yet, with @mask (NULL: all) allowed. @address 0: not known. */
struct process *tasks_new_process(struct tables *tables, uint64_t address, const uint64_t *mask,
	const char *name, uint32_t tgid, uint64_t line);
/* One whose trace shows each step, and that it is there until its end. Mms of one name are counted
 * as one. */
struct process *tasks_new_named_process(struct tables *tables, uint64_t address,
	const uint64_t *mask, const char *name, uint64_t line);
/* One that was there before, unknown; NULL if it is not to be replayed. */
struct process *tasks_existing_process(
	struct tables *tables, uint64_t address, const struct trace_event *event, uint32_t tgid);
/* @process is replayed no more, and freed: its tasks have none. */
void tasks_drop_process(struct tables *tables, struct process *process);

#endif
