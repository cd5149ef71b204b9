/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_REPLAY_H
#define CIDSIM_SIM_REPLAY_REPLAY_H

/*
 * Drives the model by what a trace shows, in the recorded order, compares, and keeps the records of
 * a run. What lies between two events of a kernel is not recorded, so all states are kept that the
 * model can be in. The log of cidsim shows each step: then there is one state. events.h says more.
 */

#include "sim/replay/orders/replayed.h"

/* Opens where facts go, once the result, which outlives them, is there with its accounts (may grow);
 * NULL = facts go nowhere. */
typedef const struct record_sink *(*replay_open_sink)(
	void *context, const struct record_result *result);

/*
 * Replay @trace with @scenario. @open_sink may be NULL. False, and @error, if the trace is broken;
 * what came before it is replayed all the same. @result and @verdict are set in any case. All mms
 * are finished in the recorder. Ends early if @options->stop says so.
 */
bool replay_run(struct trace *trace, struct scenario *scenario,
	const struct replay_options *options, replay_open_sink open_sink, void *context,
	struct record_result **result, struct replay_verdict **verdict, GError **error);

#endif
