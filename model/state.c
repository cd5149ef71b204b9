/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/state.h"

#include <assert.h>
#include <string.h>

#include "model/observer.h"

static uint64_t align8(uint64_t size)
{
	return (size + 7) & ~UINT64_C(7);
}

/* Bytes of an extent: words, and on wide machines pool, its two summaries and the allowed mask. */
static uint64_t extent_size(uint32_t cpus_count)
{
	uint64_t mask = (cpus_count + 63) / 64;
	uint64_t summary = (mask + 63) / 64;
	uint64_t size = align8(cpus_count * sizeof(cid_word));

	if (cpus_count > MODEL_INLINE_NUMBERS)
		size += 8 * (mask + 2 * summary + mask);
	return size;
}

static bool config_is_valid(const struct model_config *config)
{
	return config->cpus_count >= 1 && config->cpus_count <= MODEL_CPUS_MAX &&
	       config->nr_cpu_ids >= config->cpus_count && config->tasks_count >= 1 &&
	       config->tasks_count <= MODEL_TASKS_MAX && config->mms_count >= 1 &&
	       config->mms_count <= MODEL_MMS_MAX && config->extents_count <= config->mms_count;
}

/* The header of a state of @config: all sizes and offsets, no content. */
static struct model header(const struct model_config *config)
{
	struct model model;

	memset(&model, 0, sizeof(model)); /* padding too: states are compared by memcmp */
	model.protocol = config->protocol;
	model.cpus_count = config->cpus_count;
	model.nr_cpu_ids = config->nr_cpu_ids;
	model.tasks_count = config->tasks_count;
	model.mms_count = config->mms_count;
	model.extents_count = config->extents_count;
	model.extents_free = EXTENT_NONE;
	model.words = (config->cpus_count + 63) / 64;
	model.summary = (model.words + 63) / 64;
	model.extent_size = (uint32_t)extent_size(config->cpus_count);
	model.extents_always = config->extents_always ||
	                       config->cpus_count <= MODEL_INLINE_NUMBERS ||
	                       config->protocol.init_unset;
	model.cpus_at = align8(sizeof(struct model));
	model.mms_at = align8(model.cpus_at + config->cpus_count * sizeof(struct model_cpu));
	model.tasks_at = align8(model.mms_at + config->mms_count * sizeof(struct model_mm));
	model.extents_at = model.tasks_at + config->tasks_count * sizeof(struct model_task);
	model.size = model.extents_at + (uint64_t)config->extents_count * model.extent_size;
	assert(model.extents_at % 8 == 0 && model.size % 8 == 0);
	assert((size_t)model.size == model.size); /* the maxima fit in 32 bits, too */
	return model;
}

size_t model_size(const struct model_config *config)
{
	return config_is_valid(config) ? (size_t)header(config).size : 0;
}

static void init_cpus(struct model *model)
{
	for (uint32_t cpu = 0; cpu < model->cpus_count; cpu++)
		*model_cpu(model, cpu) = (struct model_cpu){ .curr = TASK_NONE };
}

/* Extents are cleared when they are handed out, so their memory may stay untouched until then. */
struct model *model_init(void *memory, const struct model_config *config)
{
	struct model *model = memory;

	assert(config_is_valid(config));
	assert((uintptr_t)memory % 8 == 0);
	*model = header(config);
	init_cpus(model);
	memset((char *)memory + model->mms_at, 0, (size_t)(model->extents_at - model->mms_at));
	return model;
}

struct model *model_grow(void *memory, const struct model_config *config, const struct model *old)
{
	struct model *model = model_init(memory, config);
	const char *from = (const char *)old;
	char *to = memory;

	assert(model->cpus_count == old->cpus_count && model->extent_size == old->extent_size);
	assert(model->tasks_count >= old->tasks_count && model->mms_count >= old->mms_count);
	assert(model->extents_count >= old->extents_count);
	model->extents_used = old->extents_used;
	model->extents_free = old->extents_free;
	memcpy(to + model->cpus_at, from + old->cpus_at,
		old->cpus_count * sizeof(struct model_cpu));
	memcpy(to + model->mms_at, from + old->mms_at, old->mms_count * sizeof(struct model_mm));
	memcpy(to + model->tasks_at, from + old->tasks_at,
		old->tasks_count * sizeof(struct model_task));
	memcpy(to + model->extents_at, from + old->extents_at,
		(size_t)old->extents_used * old->extent_size);
	return model;
}

const char *step_outcome_to_string(enum step_outcome outcome)
{
	switch (outcome) {
	case STEP_DONE:
		return "done";
	case STEP_WINDOW:
		return "window";
	case STEP_SPINS:
		return "spins";
	case STEP_FOUND:
		return "found";
	case STEP_GET:
		return "get";
	case STEP_NEEDS_RQ_LOCK:
		return "needs rq lock";
	case STEP_NEEDS_MUTEX:
		return "needs mutex";
	case STEP_NEEDS_LOCK:
		return "needs lock";
	case STEP_NEEDS_EXTENT:
		return "needs extent";
	}
	return "?";
}

const char *observer_counter_to_string(enum observer_counter counter)
{
	static const char *const names[OBSERVE_COUNTERS] = {
		[OBSERVE_SWITCHES_IN] = "switches-in",
		[OBSERVE_FAST_PATH] = "fast-path",
		[OBSERVE_BIT_OPS] = "bit-ops",
		[OBSERVE_GETS] = "gets",
		[OBSERVE_CONVERGED] = "converged",
		[OBSERVE_HANDED_TO_CPU] = "handed-to-cpu",
		[OBSERVE_HANDED_TO_TASK] = "handed-to-task",
		[OBSERVE_SETTLED] = "settled",
		[OBSERVE_OUT_DROPPED] = "out-dropped",
		[OBSERVE_WALK_STEPS] = "walk-steps",
		[OBSERVE_WALK_MOVED] = "walk-moved",
		[OBSERVE_WALK_DROPPED] = "walk-dropped",
		[OBSERVE_SPINS] = "spins",
		[OBSERVE_GAVE_UP_WORK] = "gave-up-work",
	};

	assert(counter < OBSERVE_COUNTERS);
	return names[counter];
}

const char *model_trigger_to_string(enum model_trigger trigger)
{
	switch (trigger) {
	case TRIGGER_FORK:
		return "fork";
	case TRIGGER_EXIT:
		return "exit";
	case TRIGGER_DEFERRED:
		return "deferred";
	}
	return "?";
}
