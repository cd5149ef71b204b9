/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_REPLAY_H
#define CIDSIM_SIM_REPLAY_REPLAY_H

/*
 * Drives the model by what a trace shows, in the recorded order, compares, and keeps the records of
 * a run. There are two drivers. *Orders* is for traces of kernels: what lies between two events is
 * not recorded, so it keeps all states that the model can be in (orders.h). *Steps* is for the log
 * of cidsim itself, which tells each step of the model (steps.h).
 */

#include "sim/recorder.h"
#include "sim/replay/trace.h"
#include "sim/replay/verdict.h"

struct replay_options {
	const char *comm;    /* only processes with a task of this name; NULL = all */
	uint32_t pid;        /* only the process that has this task; 0 = all */
	uint32_t orders_max; /* states to keep at once */
};

struct replay {
	const struct replay_options *options;
	const struct trace_info *info;
	struct scenario *scenario; /* the machine and the revision, for records and reports */
	struct recorder *recorder; /* its now_ns is set by replay.c before each event */
	struct replay_verdict *verdict;
	GHashTable *cpu_index; /* GUINT_TO_POINTER(CPU id) -> dense index + 1 */
};

/* The dense index of CPU @id, UINT32_MAX if it is not possible. */
uint32_t replay_cpu(const struct replay *replay, uint32_t id);

/* Opens where facts go, once the accounts (struct record_account, may grow) are there; NULL = facts
 * go nowhere. */
typedef const struct record_sink *(*replay_open_sink)(void *context, const GPtrArray *accounts);

/*
 * Replay @trace with @scenario. @open_sink may be NULL. False, and @error, if the trace is broken;
 * what came before it is replayed all the same. @result and @verdict are set in any case. All mms
 * are finished in the recorder by the drivers. Ends early if a signal asks to (stop.h).
 */
bool replay_run(struct trace *trace, struct scenario *scenario,
	const struct replay_options *options, replay_open_sink open_sink, void *context,
	struct record_result **result, struct replay_verdict **verdict, GError **error);

#endif
