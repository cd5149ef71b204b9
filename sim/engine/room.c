/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/room.h"

#include "sim/base/bigmem.h"
#include "sim/engine/internal.h"

/* Move the model into a block of the sizes in engine.config. */
static void grow_model(struct engine *engine)
{
	void *block = bigmem_new(model_size(&engine->config));
	struct model *old = engine->model;

	engine->model = model_grow(block, &engine->config, old);
	bigmem_free(old, old->size);
	room_prefetch_wakeups(engine);
}

static uint32_t grown(uint32_t count, uint32_t max)
{
	g_assert(count < max);
	return count > max / 2 ? max : MAX(count * 2, 16);
}

void room_for_extents(struct engine *engine)
{
	g_assert(engine->config.extents_count < engine->config.mms_count);
	engine->config.extents_count =
		MIN(grown(engine->config.extents_count, MODEL_MMS_MAX), engine->config.mms_count);
	grow_model(engine);
}

void room_for_tasks(struct engine *engine)
{
	uint32_t count = grown(engine->tasks.count, MODEL_TASKS_MAX);

	g_assert(count > engine->tasks.count);
	engine->tasks.table =
		bigmem_grow(engine->tasks.table, engine->tasks.count * sizeof(*engine->tasks.table),
			count * sizeof(*engine->tasks.table));
	engine->tasks.count = count;
	engine->config.tasks_count = count;
	grow_model(engine);
}

void room_for_mms(struct engine *engine)
{
	uint32_t count = grown(engine->config.mms_count, MODEL_MMS_MAX);

	g_assert(count > engine->config.mms_count);
	engine->mms.table = g_renew(struct sim_mm, engine->mms.table, count);
	engine->config.mms_count = count;
	recorder_grow(engine->recorder, count);
	grow_model(engine);
}

void room_prefetch_wakeups(struct engine *engine)
{
	if (engine->tasks.count < PREFETCH_TASKS_MIN)
		return;
	wheel_prefetch(engine->queues.wheel, 0, engine->tasks.table, sizeof(struct sim_task));
	wheel_prefetch(
		engine->queues.wheel, 1, model_task(engine->model, 0), sizeof(struct model_task));
}
