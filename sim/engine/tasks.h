/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_TASKS_H
#define CIDSIM_SIM_ENGINE_TASKS_H

/* The tasks of a run: creation, thread groups, what only few of them have, end. */

#include <glib.h>

#include "sim/base/prng.h"
#include "sim/engine/task.h"
#include "sim/record/record.h"

struct engine;

/* What few tasks have. */
struct extra {
	uint32_t team;     /* in teams; INDEX_NONE = none */
	uint32_t op_index; /* its op has arguments: in ops; INDEX_NONE = none */
	uint32_t loops;    /* bursts left, with phases those of this one; LOOPS_FOREVER */
	uint32_t phase;    /* of its behaviour */
	uint32_t rounds;   /* through all phases that are left, this one included; LOOPS_FOREVER */
	uint32_t threads;  /* first of a thread group: the others that are alive */
	uint32_t next_free;
};
#define LOOPS_FOREVER UINT32_MAX

struct tasks {
	struct sim_task *table;
	uint32_t count; /* room in the table, and in the model */
	uint32_t used, free, alive;
	uint32_t next_pid;
	uint64_t seed;  /* from prng_seed() */
	GArray *extras; /* struct extra; the first one is that of all who have none */
	uint32_t extras_free;
};

/* Room for @count tasks, in a run with @seed. */
void tasks_init(struct tasks *tasks, uint32_t count, uint64_t seed);
void tasks_clear(struct tasks *tasks);

/* A task with no CPU yet, in state WAITS, on @cpu in its mm @mm (MM_NONE: none), which counts it;
 * @group: TASK_NONE = the first of a new thread group. @visible: to walks, from now on. Returns
 * TASK_NONE if there are too many. */
uint32_t tasks_new(struct engine *engine, uint32_t unit, uint32_t mm, uint32_t group, uint32_t cpu,
	bool visible);

/* The task is gone: in state DIES, or WAITS if it never ran. Its mm ends with its last task. The
 * id of a thread group is that of its first task, which is not used again before the group is
 * empty. */
void tasks_end(struct engine *engine, uint32_t task);

/* A successful exec: @task goes over to @mm, as the first of a thread group of its own. */
void tasks_change_mm(struct engine *engine, uint32_t task, uint32_t mm);

/* @task, which has no extra, gets one. */
struct extra *tasks_extra_new(struct tasks *tasks, struct sim_task *task);

/* The extra of @task, to be changed; not to be kept while tasks are made. */
static inline struct extra *tasks_extra(struct tasks *tasks, struct sim_task *task)
{
	if (task->extra == 0)
		return tasks_extra_new(tasks, task);
	return &g_array_index(tasks->extras, struct extra, task->extra);
}

/* What the recorder asks for: the name of @task, TASK_NONE: idle; its pid. @context: the engine. */
struct record_task tasks_name(void *context, uint32_t task);
uint32_t tasks_pid(void *context, uint32_t task);

/* The random stream of a task, at its present position. */
struct prng tasks_prng(const struct engine *engine, const struct sim_task *task);

#endif
