/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_TEXT_CIDSIM_H
#define CIDSIM_SIM_TRACE_TEXT_CIDSIM_H

/*
 * The log of `cidsim run`, as events of a trace. A line of it is a step of the model with what it
 * led to; a kernel shows the same with several events. So a line becomes up to LOG_EVENTS_MAX
 * events, at the same place and time:
 *
 *     mm_new, mm_end                 MM_NEW, MM_GONE
 *     task_new, show, task_gone      TASK_NEW (and TASK_SHOWN), TASK_SHOWN, TASK_FREED
 *     sched_switch, then switch      SWITCH, then SWITCHED or, with spins=1, SPIN
 *     start, fork, exec_join         FORK  DECIDE  DECIDE_END  then what comes of it:
 *     exit, exec_leave, undo_fork    EXIT  DECIDE  DECIDE_END  OP_END (done), SPIN (spins)
 *     work                           DECIDE  DECIDE_END        or nothing (window);  STATE
 *     complete                       OP_END or SPIN;  STATE
 *     walk                           WALK_STEP  STATE
 *     spin_end, give_up              SPIN_END  STATE
 *     affinity                       AFFINITY  AFFINITY_END  STATE
 *     join, exec                     JOIN, BACK
 *     mode_switch, window            RECORD
 *     end                            TOTALS
 *
 * The address of an mm is its mm_id + 1.
 */

#include "sim/trace/text.h"

enum { LOG_EVENTS_MAX = 5 }; /* of a line */

struct text_cidsim;

struct text_cidsim *text_cidsim_new(struct trace *trace);
void text_cidsim_free(struct text_cidsim *log); /* NULL is allowed */

/* Read the note @name with @text; @event has the place and time of its line, and becomes the first
 * event. READ_NOTHING: the note is for viewers only. READ_END and @error: the note cannot be read,
 * or cannot stand there. */
enum trace_read text_cidsim_note(struct text_cidsim *log, const char *name, const char *text,
	struct trace_event *event, GError **error);

/* @event was read from a line @name that kernels write, too. READ_EVENT; READ_NOTHING: the log
 * shows the same twice; READ_END and @error: it cannot stand there. */
enum trace_read text_cidsim_event(
	struct text_cidsim *log, const char *name, struct trace_event *event, GError **error);

/* The next event of the last note; false if that was all. */
bool text_cidsim_next(struct text_cidsim *log, struct trace_event *event);

/* Has the line been read that ends the log of a run? */
bool text_cidsim_ended(const struct text_cidsim *log);

#endif
