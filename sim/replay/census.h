/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_CENSUS_H
#define CIDSIM_SIM_REPLAY_CENSUS_H

/*
 * The processes that a trace shows, counted without a model, so that one can be chosen. A task is
 * in the row of its thread group; where the trace does not name that, in the row of its name. A pid
 * that is used again counts as the same task. Memory grows with the pids, of which a kernel has at
 * most 4194304.
 */

#include "sim/trace/trace.h"

struct census_row {
	char *name;       /* of its first task; that was not seen: of the lowest pid */
	uint32_t tgid;    /* 0 = not known */
	uint64_t threads; /* that were seen */
	uint64_t forks;   /* of tasks that share its mm, as far as the trace shows that */
	uint64_t exits;
	uint64_t switches; /* to one of its tasks */
	uint64_t shown;    /* events with a CID or with the values of its mm */
};

struct census {
	GPtrArray *rows; /* struct census_row, most switches first */
	uint64_t events; /* that were read */
};

/* Read @trace to its end, or until @stop (which may be NULL) says so, or to where it breaks off;
 * then @error is set. */
struct census *census_take(struct trace *trace, bool (*stop)(void), GError **error);
void census_free(struct census *census); /* NULL is allowed */

#endif
