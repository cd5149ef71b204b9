/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_KERNELS_H
#define CIDSIM_SIM_REPLAY_KERNELS_H

/* The machine and the revision that a trace speaks of, as a scenario without any workload: what the
 * records and reports of a run need. */

#include "sim/scenario/scenario.h"
#include "sim/trace/trace.h"

/*
 * The scenario of the trace at @path, which says @info of itself, with the revision and the flags
 * of @overrides where they name any. Returns NULL and sets @error (TRACE_ERROR) if the trace does
 * not tell which CPUs are possible and @possible (a list, "0-3,8") is NULL, or if a revision or a
 * flag is unknown. The caller frees it with scenario_free().
 */
struct scenario *machine_of_trace(const char *path, const struct trace_info *info,
	const char *possible, const struct scenario_overrides *overrides, GError **error);

#endif
