/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_REQUESTS_H
#define CIDSIM_SIM_ENGINE_REQUESTS_H

/* What tasks were asked to do themselves and have not begun yet: for each task first come, first
 * served. A task with requests has its bit "asked" set. */

#include <glib.h>

#include "sim/engine/task.h"
#include "sim/scenario/scenario.h"

struct request {
	enum scenario_verb verb;
	uint32_t unit, mm, count, number;
	uint64_t sleep_ns;
	struct request *next;
	struct request *last; /* of the list; only its first one has it */
};

struct requests {
	GHashTable *of_task; /* task -> struct request list; looked up, never iterated */
};

void requests_init(struct requests *requests);

/* All requests are gone already. */
void requests_clear(struct requests *requests);

/* Behind those that @t, the task @task, has: a copy of @request. */
void requests_add(struct requests *requests, uint32_t task, struct sim_task *t,
	const struct request *request);

/* Take the first request of the task, which was asked, into @request. */
void requests_take(
	struct requests *requests, uint32_t task, struct sim_task *t, struct request *request);

/* Nobody will do what the task was asked. */
void requests_forget(struct requests *requests, uint32_t task, struct sim_task *t);

#endif
