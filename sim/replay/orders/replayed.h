/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_ORDERS_REPLAYED_H
#define CIDSIM_SIM_REPLAY_ORDERS_REPLAYED_H

/* What a replay gives to its driver. */

#include "sim/record/lanes.h"
#include "sim/record/recorder.h"
#include "sim/proof/invariant.h"
#include "sim/replay/orders/verdict.h"
#include "sim/trace/trace.h"

/* A time of a trace; window.h reads one. */
struct replay_time {
	bool is_set;
	bool of_trace; /* by its clock, of which a second is 10^9; else after its first event */
	uint64_t ns;
};

struct replay_options {
	const char *comm;    /* only processes with a task of this name; NULL = all */
	uint32_t pid;        /* only the process that has this task; 0 = all */
	uint32_t orders_max; /* states to keep at once */
	/* What is before drives the model, and is not compared; what is after is not read. */
	struct replay_time from, to;
	bool (*stop)(void); /* true: end early; NULL = never */
	/* Called after each event that is compared, with what replay_run() got as context; NULL =
	 * never.
	 * @get, with @lanes, says what is on a CPU. */
	void (*look)(void *context, uint64_t now_ns, lanes_get get, void *lanes);
};

struct replay {
	const struct replay_options *options;
	const struct trace_info *info;
	struct scenario *scenario; /* the machine and the revision, for records and reports */
	struct recorder *recorder; /* its now_ns is set by replay.c before each event */
	struct replay_verdict *verdict;
	struct invariant *invariant;                 /* NULL: it is not asked for */
	uint64_t invariant_looked, invariant_broken; /* states */
};

/* The dense index of CPU @id, UINT32_MAX if it is not possible. */
static inline uint32_t replay_cpu(const struct replay *replay, uint32_t id)
{
	const uint16_t *ids = replay->scenario->cpu_ids;
	uint32_t from = 0, to = replay->scenario->cpus_count;

	if (id < to && ids[id] == id)
		return id; /* there are no gaps below it */
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;

		if (ids[middle] == id)
			return middle;
		if (ids[middle] < id)
			from = middle + 1;
		else
			to = middle;
	}
	return UINT32_MAX;
}

#endif
