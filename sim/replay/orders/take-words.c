/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/take-words.h"

#include "model/pool.h"

enum { MM = 0 };

bool word_fits(const struct model *model, uint32_t word)
{
	uint32_t number = word & ~(CID_KERNEL_UNSET | CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT);

	return word & CID_KERNEL_UNSET ? number == 0 : number < model->cpus_count;
}

bool word_hold(struct model *model, uint32_t word)
{
	uint32_t number = word & CID_NUMBER;

	if (!word_fits(model, word))
		return false;
	return word & CID_KERNEL_UNSET || pool_set(model, MM, number, NULL);
}

bool state_take_cpu_word(struct order_state *state, uint32_t cpu, uint32_t word)
{
	struct model *model = &state->model;

	g_assert(cpu < model->cpus_count);
	if (!word_fits(model, word) || (word & CID_KERNEL_ONCPU && !word_hold(model, word)))
		return false;
	model_words(model, model_mm(model, MM))[cpu] = cid_from_kernel(word);
	state_changes(state);
	return true;
}

bool state_take_task_word(struct order_state *state, uint32_t task, uint32_t word)
{
	g_assert(task < state->model.tasks_count);
	/* One in transit holds its number. */
	if (!word_fits(&state->model, word) || cid_is_task_owned(cid_from_kernel(word)))
		return false;
	if (word & CID_KERNEL_TRANSIT && !word_hold(&state->model, word))
		return false;
	model_task(&state->model, task)->cid = cid_from_kernel(word);
	state_changes(state);
	return true;
}
