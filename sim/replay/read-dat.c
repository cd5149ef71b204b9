/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/reader.h"

static enum trace_read next(struct trace *trace, struct trace_event *event, GError **error)
{
	(void)event;
	trace_fail(trace, error, "trace.dat is not read yet, expected text");
	return READ_END;
}

static void close_state(struct trace *trace)
{
	(void)trace;
}

const struct trace_reader trace_reader_dat = { next, close_state };
