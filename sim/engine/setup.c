/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/engine.h"

#include "sim/base/bigmem.h"
#include "sim/engine/internal.h"
#include "sim/engine/kernel.h"
#include "sim/engine/log.h"
#include "sim/engine/room.h"
#include "sim/engine/workload.h"
#include "sim/record/expect.h"

/* An estimate of the tasks that the scenario will have at once. */
static uint32_t expected_tasks(const struct scenario *s)
{
	uint64_t count = s->processes_count + 1;

	for (uint32_t i = 0; i < s->groups_count; i++)
		count += (uint64_t)s->groups[i].count * s->mms[s->groups[i].mm].count;
	return (uint32_t)CLAMP(count, 1, MODEL_TASKS_MAX);
}

static void init_model(struct engine *engine)
{
	const struct scenario *s = engine->scenario;

	engine->config = (struct model_config){
		.protocol = s->protocol,
		.cpus_count = s->cpus_count,
		.nr_cpu_ids = s->nr_cpu_ids,
		.tasks_count = expected_tasks(s),
		.mms_count = CLAMP(s->processes_count, 1, MODEL_MMS_MAX),
		.extents_count = 1,
	};
	if (s->cpus_count <= MODEL_INLINE_NUMBERS)
		engine->config.extents_count = engine->config.mms_count;
	g_assert(model_size(&engine->config) > 0);
	engine->model = model_init(bigmem_new(model_size(&engine->config)), &engine->config);
}

void engine_set_sink(struct engine *engine, const struct record_sink *sink)
{
	g_assert(engine->totals);
	engine->recorder->sink = sink;
	engine->log = emit_logs(&engine->emit);
	engine->stays = emit_has_stays(&engine->emit);
}

struct engine *engine_new(const struct scenario *scenario)
{
	struct engine *engine = g_new0(struct engine, 1);

	engine->scenario = scenario;
	engine->policy = &policy_round_robin;
	engine->executor = &executor_kernel;
	engine->userspace = &userspace_scenario;
	init_model(engine);
	engine->recorder =
		recorder_new(scenario, NULL, engine->config.mms_count, tasks_pid, engine);
	engine->totals = engine->recorder->result;
	engine->expect_ns = expect_next_ns(engine->recorder);
	engine->emit = (struct emitter){ engine->recorder, tasks_name, engine };
	tasks_init(&engine->tasks, engine->config.tasks_count, scenario->seed);
	mms_init(engine);
	cpus_init(engine);
	queues_init(engine);
	masks_init(&engine->masks, scenario->cpus_count);
	units_init(&engine->units, scenario, &engine->masks);
	teams_init(&engine->teams);
	ops_init(&engine->ops);
	requests_init(&engine->requests);
	processes_init(&engine->processes, scenario);
	affinities_init(&engine->affinities);
	spins_init(&engine->spins);
	checks_init(engine);
	actions_init(engine);
	room_prefetch_wakeups(engine);
	return engine;
}

void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	for (uint32_t task = 0; task < engine->tasks.used; task++)
		requests_forget(&engine->requests, task, sim_task(engine, task));
	actions_clear(&engine->timeline);
	checks_clear(&engine->checks);
	spins_clear(&engine->spins);
	affinities_clear(&engine->affinities);
	processes_clear(&engine->processes);
	requests_clear(&engine->requests);
	ops_clear(&engine->ops);
	teams_clear(&engine->teams);
	units_clear(&engine->units);
	masks_clear(&engine->masks);
	queues_clear(&engine->queues);
	cpus_clear(&engine->cpus);
	mms_clear(engine);
	tasks_clear(&engine->tasks);
	recorder_free(engine->recorder);
	if (engine->end.input_error)
		g_string_free(engine->end.input_error, TRUE);
	bigmem_free(engine->model, engine->model->size);
	g_free(engine);
}

uint64_t engine_bytes(const struct engine *engine)
{
	uint64_t bytes = engine->model->size +
	                 (uint64_t)engine->tasks.count * sizeof(struct sim_task) +
	                 (uint64_t)engine->config.mms_count * sizeof(struct sim_mm) +
	                 (uint64_t)engine->cpus.count * sizeof(struct sim_cpu) +
	                 wheel_bytes(engine->queues.wheel);

	for (uint32_t cpu = 0; cpu < engine->cpus.count; cpu++)
		bytes += (sim_cpu(engine, cpu)->queue.mask + 1ull) * sizeof(uint32_t);
	return bytes;
}
