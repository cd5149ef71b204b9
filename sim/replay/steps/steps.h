/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_STEPS_STEPS_H
#define CIDSIM_SIM_REPLAY_STEPS_STEPS_H

/*
 * Replays the event log of `cidsim run`. Each step of the model is in it, in the order in which it
 * was taken, with what it led to; nothing has to be searched. One model holds all mms.
 */

#include "sim/replay/orders/replayed.h"

struct steps;

struct steps *steps_new(struct replay *replay);

/* The next event. False, and @error (TRACE_ERROR), if it cannot be: a step that is not possible in
 * the state reached counts as unexplained instead. */
bool steps_event(struct steps *steps, const struct trace_event *event, GError **error);

/* No event follows. */
void steps_end(struct steps *steps);

/* NULL is allowed. */
void steps_free(struct steps *steps);

#endif
