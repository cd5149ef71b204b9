/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/alone.h"

#include "model/check.h"

/* Numbers that are held; finds one that is held twice. */
struct held {
	uint64_t numbers;
	unsigned broken; /* CHECK_* bits */
};

static void hold(struct held *held, const struct pair *pair, uint32_t word, unsigned twice)
{
	uint32_t number = word & ~(CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT);

	if (number >= pair->shape.cpus) {
		held->broken |= CHECK_I2;
		return;
	}
	if (held->numbers >> number & 1)
		held->broken |= twice;
	held->numbers |= UINT64_C(1) << number;
}

/* What tasks in user space, on a CPU, see. */
static unsigned check_seen(const struct pair *pair)
{
	struct held held = { 0 };

	for (uint32_t task = 0; task < pair->shape.tasks_max; task++) {
		struct code_task view;

		if (pair->tasks[task].life != LIFE_USER || !pair_executes(pair, task))
			continue;
		pair->code->view_task(task, &view);
		if (!view.active)
			continue;
		if (view.shown >= pair->shape.cpus)
			held.broken |= CHECK_I8;
		else
			hold(&held, pair, view.shown, CHECK_I1 | CHECK_I8);
	}
	return held.broken;
}

/* Has no operation begun that holds anything? */
static bool is_quiet(const struct pair *pair)
{
	for (uint32_t i = 0; i < pair->actors_count; i++) {
		if (pair->operations[pair->actors[i]].at.stop != CODE_MUTEX)
			return false;
	}
	return true;
}

static bool is_owned_by_task(uint32_t word)
{
	return !(word & (CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT | CID_KERNEL_UNSET));
}

static bool is_in_transit(uint32_t word)
{
	return (word & CID_KERNEL_TRANSIT) && !(word & CID_KERNEL_UNSET);
}

static void hold_tasks(struct held *held, const struct pair *pair, uint32_t mode)
{
	for (uint32_t task = 0; task < pair->shape.tasks_max; task++) {
		bool runs = model_is_running(pair->model, task);
		struct code_task view;

		if (pair->tasks[task].life == LIFE_NONE)
			continue;
		pair->code->view_task(task, &view);
		if (is_owned_by_task(view.word) || (is_in_transit(view.word) && runs))
			hold(held, pair, view.word, CHECK_I4);
		if (is_owned_by_task(view.word) && view.active && mode & CID_KERNEL_ONCPU)
			held->broken |= CHECK_I5;
		if (!(view.word & CID_KERNEL_UNSET) && !view.active && runs)
			held->broken |= CHECK_I6;
	}
}

static unsigned check_words(const struct pair *pair)
{
	struct held held = { 0 };
	struct code_mm view;

	pair->code->view_mm(0, pair->shape.cpus, &view);
	if (view.users == 0)
		return 0;
	hold_tasks(&held, pair, view.mode);
	for (uint32_t cpu = 0; cpu < pair->shape.cpus; cpu++) {
		if (!(view.word[cpu] & CID_KERNEL_ONCPU))
			continue;
		hold(&held, pair, view.word[cpu], CHECK_I4);
		if (!(view.mode & CID_KERNEL_ONCPU))
			held.broken |= CHECK_I5;
	}
	return held.broken | (held.numbers == view.pool ? 0 : CHECK_I4);
}

unsigned alone_broken(const struct pair *pair)
{
	const struct code_faults *faults = pair->code->faults;
	unsigned broken = 0;

	if (!pair_has_mm(pair, 0))
		return 0;
	if (faults->range.count > 0)
		broken |= CHECK_I2;
	if (faults->clear.count > 0)
		broken |= CHECK_I4;
	broken |= check_seen(pair);
	return is_quiet(pair) ? broken | check_words(pair) : broken;
}
