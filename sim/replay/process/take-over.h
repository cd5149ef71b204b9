/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_PROCESS_TAKE_OVER_H
#define CIDSIM_SIM_REPLAY_PROCESS_TAKE_OVER_H

/*
 * A state from what was learnt, for a process that was there before the trace began, or of which
 * events were lost. It is possible once no window is open, no fork or exit under way, and
 *
 *     per task   the words of all users are known: they hold all numbers, or
 *     per CPU    those of all CPUs where one of its tasks has run; others are taken to own nothing.
 *
 * In per-CPU mode users that were not seen hold nothing: they are named when they come. Where no
 * event shows all CPU words at once the state is then a guess: what contradicts it says nothing,
 * and the process begins anew.
 */

#include "sim/replay/process/tables.h"

/* If @process is unknown, but enough was learnt by @event, it has one state afterwards. */
void process_take_over(
	struct tables *tables, struct process *process, const struct trace_event *event);

#endif
