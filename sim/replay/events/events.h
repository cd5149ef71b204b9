/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_EVENTS_EVENTS_H
#define CIDSIM_SIM_REPLAY_EVENTS_EVENTS_H

/*
 * Replays a trace. Between two events of a kernel lies what no event shows: the halves of a switch
 * after its event, the get of a fork, the steps of a walk. When they took place is known only from
 * one event to another, so for each process all states are kept that the events so far allow
 * (orders/states.h), and each observation rules out those that do not show it. None left: the model
 * contradicts the trace.
 *
 * A trace may show each step (trace_info.stepwise), as the log of cidsim does: it has more kinds of
 * events (stepwise.c, mms.c), an mm has one state, and what cannot be in it is a difference.
 *
 * events_next() is the dispatcher: it first ends what was under way on the CPU of the event, then
 * calls the one function for its kind (handlers.h).
 */

#include "sim/replay/process/tables.h"

/* The next event, on a possible CPU. */
void events_next(struct tables *tables, const struct trace_event *event);

/* No event follows: the records of all processes end, and no process is left. */
void events_end(struct tables *tables);

#endif
