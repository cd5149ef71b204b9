/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_PROCESS_OBSERVE_H
#define CIDSIM_SIM_REPLAY_PROCESS_OBSERVE_H

/* What an event shows of a process, against its states. Each function here may end with a process
 * that is unknown: then it has no state and no op any more, and the caller must ask. */

#include "sim/replay/process/tables.h"

/* What an event shows of a process. */
struct observation {
	const char *what; /* "switch", "decision" … */
	bool is_switch;
	unsigned tasks_count;
	struct {
		uint32_t task; /* index; TASK_NONE: nothing */
		uint32_t pid, word;
		int8_t active;
	} tasks[2];
	uint32_t cpu, cpu_word;        /* dense; TRACE_WORD_UNKNOWN: not shown */
	const struct trace_mm *values; /* NULL = not shown */
	const struct trace_mm *rest;   /* numbers taken, deferred; NULL = not shown */
	uint32_t users_more;           /* the trace has counted this many more by now */
	int8_t changed;                /* -1 = not shown */
	bool early; /* no lock holds the words: they may be older than the event by a step of a walk
	             */
	const struct trace_event *all; /* all words and the pool are exact; NULL = they are not */
};

/* Nothing is shown yet. */
struct observation observation_of(const char *what);
/* @seen shows @shown of @task (TASK_NONE: of none of the process), the second at most. */
void observation_add(struct observation *seen, uint32_t task, const struct trace_task *shown);

/* The states that do not show what @seen has are ruled out, and what it shows is counted. None is
 * left: a difference is reported, or excused, and @process is unknown. */
void process_observe(struct tables *tables, struct process *process,
	const struct trace_event *event, const struct observation *seen);

/* The same, also of states that a walk may have come to by now; @event was on @cpu. */
void process_look(struct tables *tables, struct process *process, uint32_t cpu,
	const struct trace_event *event, struct observation *seen);

/* No state can have come to where @event shows @process to be: @what is over. Unknown afterwards.
 */
void process_stuck(struct tables *tables, struct process *process, const struct trace_event *event,
	const char *what);

/* @event cannot be, for @why (a format): counted and reported. @process, if it is not NULL, is
 * unknown afterwards. */
void process_impossible(struct tables *tables, struct process *process,
	const struct trace_event *event, const char *why, ...) G_GNUC_PRINTF(4, 5);

/* The trace leaves out tasks of @process, so @event says: what it shows cannot be compared any
 * more. Given up afterwards. */
void process_give_up(struct tables *tables, struct process *process,
	const struct trace_event *event, const char *why);

/* The state that was taken over not long ago was none that could be, so @event says: @why. Unknown
 * afterwards. False, and nothing has changed, if there is no such doubt. */
bool process_doubt(struct tables *tables, struct process *process, const struct trace_event *event,
	const char *why);

#endif
