/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_TRACE_TEXT_FILTER_H
#define CIDSIM_SIM_TRACE_TEXT_FILTER_H

/*
 * The kernel can not filter all events of the recipe by process: ends of switches, decisions and
 * walks of all CPUs may be in a trace. Those count that belong to one that was filtered:
 * the end of a switch that began, a decision inside a fork, an exit or the deferred work, or on an
 * mm that such a fork or exit was of.
 */

#include "sim/trace/trace.h"

struct text_filter;

struct text_filter *text_filter_new(void);
void text_filter_free(struct text_filter *filter);

/* Whether @event, the next one, counts. Its kind may be TRACE_KINDS: that of no event. */
bool text_filter_keeps(struct text_filter *filter, const struct trace_event *event);

#endif
