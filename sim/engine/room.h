/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_ROOM_H
#define CIDSIM_SIM_ENGINE_ROOM_H

/* Room in the tables for more tasks, mms and extents. All that was got from the tables of tasks,
 * mms and of the model before is no longer valid. */

#include <stdint.h>

struct engine;

/* Called after STEP_NEEDS_EXTENT. */
void room_for_extents(struct engine *engine);
void room_for_tasks(struct engine *engine);
void room_for_mms(struct engine *engine);

/* The tables of tasks have moved: the wheel reads them ahead. */
void room_prefetch_wakeups(struct engine *engine);

/* With many tasks each event waits for memory several times: it pays to read ahead. */
enum { PREFETCH_TASKS_MIN = 1024 };

#endif
