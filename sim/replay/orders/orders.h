/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_ORDERS_ORDERS_H
#define CIDSIM_SIM_REPLAY_ORDERS_ORDERS_H

/*
 * Replays a trace of a kernel. Between two events lies what no event shows: the halves of a switch
 * after its event, the get of a fork, the steps of a walk. When they took place is known only from
 * one event to another, so for each mm all states are kept that the events so far allow
 * (order-mm.h), and each observation rules out those that do not show it. None left: the model
 * contradicts the trace.
 */

#include "sim/replay/orders/replayed.h"

struct orders;

struct orders *orders_new(struct replay *replay);

/* The next event. */
void orders_event(struct orders *orders, const struct trace_event *event);

/* No event follows. */
void orders_end(struct orders *orders);

/* NULL is allowed. */
void orders_free(struct orders *orders);

#endif
