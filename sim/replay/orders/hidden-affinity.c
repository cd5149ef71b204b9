/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/hidden-kinds.h"

#include <string.h>

#include "model/affinity.h"
#include "model/mm.h"

enum { MM = 0 };

static const struct model_mm *mm_of(const struct order_state *state)
{
	return model_mm_const(&state->model, MM);
}

struct order_state *hidden_scratch(const struct order_mm *mm, const struct order_state *state)
{
	memcpy(mm->states.scratch, state, mm->states.size);
	return mm->states.scratch;
}

/* Any CPU whose rq lock is free: where a task that does not run is queued is not recorded. */
static bool free_cpu(const struct order_state *state, uint32_t *cpu)
{
	for (*cpu = 0; *cpu < state->model.cpus_count; ++*cpu) {
		if (model_cpu_const(&state->model, *cpu)->phase == CPU_FREE)
			return true;
	}
	return false;
}

bool hidden_queue_where_free(struct order_state *state, uint32_t task, uint32_t *before)
{
	struct model_task *t = model_task(&state->model, task);
	uint32_t cpu = t->cpu;

	*before = cpu;
	if (model_is_running(&state->model, task) ||
		model_cpu(&state->model, cpu)->phase == CPU_FREE)
		return true;
	if (!free_cpu(state, &cpu))
		return false;
	t->cpu = cpu & (MODEL_CPUS_MAX - 1);
	return true;
}

/* The mask of a change of which only the weight afterwards is known: any that has it. */
static void fill_mask(const struct order_state *state, uint32_t weight, uint64_t *mask)
{
	uint32_t count = 0;

	for (uint32_t cpu = 0; cpu < state->model.cpus_count; cpu++) {
		if (mm_allows(&state->model, MM, cpu)) {
			mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
			count++;
		}
	}
	for (uint32_t cpu = 0; cpu < state->model.cpus_count && count < weight; cpu++) {
		if (!(mask[cpu / 64] >> cpu % 64 & 1)) {
			mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
			count++;
		}
	}
	g_assert(count >= weight || count == state->model.cpus_count);
}

bool hidden_take_affinity(const struct order_mm *mm, struct order_state *state, uint32_t index)
{
	const struct order_affinity *a = &mm->affinities[index];
	size_t words = (state->model.cpus_count + 63) / 64;
	g_autofree uint64_t *mask = g_memdup2(a->mask, words * sizeof(*mask));
	uint32_t before;
	struct step step;

	g_assert(index < ORDER_AFFINITIES_MAX && a->mask);
	if (state->affinities_done >> index & 1 || (mm->mask_guessed && a->weight == 0) ||
		!hidden_queue_where_free(state, a->task, &before))
		return false;
	if (mm->mask_guessed && a->weight != ORDER_WEIGHT_OF_MASK) {
		memset(mask, 0, words * sizeof(*mask));
		fill_mask(state, a->weight, mask);
	}
	step = affinity_change(&state->model, a->task, mask, &state->observer);
	model_task(&state->model, a->task)->cpu = before & (MODEL_CPUS_MAX - 1);
	if (step.outcome != STEP_DONE)
		return false;
	state->affinities_done |= 1U << index;
	return true;
}

unsigned hidden_affinity_touches(
	const struct order_mm *mm, const struct order_state *state, uint32_t index, uint32_t *limit)
{
	struct order_state *after;

	if (state->affinities_done >> index & 1)
		return 0;
	after = hidden_scratch(mm, state);
	if (!hidden_take_affinity(mm, after, index))
		return LOCKED;
	if (mm_of(after)->allowed_count == mm_of(state)->allowed_count)
		return 0;
	*limit = MIN(mm_of(after)->max_cids, mm_of(state)->max_cids);
	return LOCKED | CHANGES_MAX;
}
