/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_WINDOW_H
#define CIDSIM_SIM_REPLAY_WINDOW_H

/* A part of a trace, by time. */

#include "sim/replay/orders/replayed.h"

/* "1.5ms": after the first event of the trace; "12.345678", or "36477" of a clock that counts
 * events: as the lines of the trace have it. Returns NULL, or a message for the caller to free;
 * then *@time is as it was. */
char *replay_time_read(const char *text, struct replay_time *time);

/* @time, which is set, as trace_event.time_ns has it; @base_ns: of the first event. */
uint64_t replay_time_ns(
	const struct replay_time *time, const struct trace_info *info, uint64_t base_ns);

#endif
