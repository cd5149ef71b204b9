/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/tasks.h"

#include <assert.h>
#include <string.h>

#define TASK_MASK (MODEL_TASKS_MAX - 1)

/* The list is circular: after the newest comes the oldest again. */

static bool is_by_visibility(const struct model *model)
{
	return model->protocol.walk_users == WALK_USERS_SYSTEM;
}

/* Behind whom @task comes: the newest, or the newest of its thread group if that has one. */
static uint32_t list_place(const struct model *model, const struct model_mm *mm, uint32_t task)
{
	uint32_t group = model_task_const(model, task)->group, at = mm->newest;

	if (!is_by_visibility(model))
		return mm->newest;
	do {
		if (model_task_const(model, at)->group == group)
			return at;
		at = model_task_const(model, at)->older;
	} while (at != mm->newest);
	return mm->newest;
}

static void list_add(struct model *model, uint32_t task)
{
	struct model_task *t = model_task(model, task), *before;
	struct model_mm *mm = model_mm(model, t->mm);
	uint32_t at = mm->newest;

	assert(t->has_mm && !t->listed);
	t->listed = 1;
	t->older = t->newer = task & TASK_MASK;
	if (at == TASK_NONE) {
		mm->newest = task;
		return;
	}
	at = list_place(model, mm, task);
	before = model_task(model, at);
	t->older = at & TASK_MASK;
	t->newer = before->newer;
	model_task(model, before->newer)->older = task & TASK_MASK;
	before->newer = task & TASK_MASK;
	if (mm->newest == at)
		mm->newest = task;
}

static void list_remove(struct model *model, uint32_t task)
{
	struct model_task *t = model_task(model, task);
	struct model_mm *mm = model_mm(model, t->mm);

	assert(t->listed);
	if (t->older == task) {
		mm->newest = TASK_NONE;
	} else {
		model_task(model, t->older)->newer = t->newer;
		model_task(model, t->newer)->older = t->older;
		if (mm->newest == task)
			mm->newest = t->older;
	}
	t->older = t->newer = t->listed = 0;
}

/* To where it would come now. */
static void list_move(struct model *model, uint32_t task)
{
	if (model_task(model, task)->listed)
		list_remove(model, task);
	list_add(model, task);
}

void task_create(struct model *model, uint32_t task, uint32_t mm, uint32_t group, uint32_t cpu)
{
	assert(task < model->tasks_count && cpu < model->cpus_count);
	assert(mm == MM_NONE || mm < model->mms_count);
	*model_task(model, task) = (struct model_task){
		.mm = mm & (MODEL_MMS_MAX - 1),
		.has_mm = mm != MM_NONE,
		.group = group & TASK_MASK,
		.cpu = cpu & (MODEL_CPUS_MAX - 1),
		.cid = CID_UNSET,
	};
	if (mm == MM_NONE)
		model_task(model, task)->mm = 0;
}

void task_show(struct model *model, uint32_t task)
{
	struct model_task *t = model_task(model, task);

	assert(task < model->tasks_count);
	if (t->visible)
		return;
	t->visible = 1;
	if (t->has_mm && is_by_visibility(model))
		list_move(model, task);
}

void task_destroy(struct model *model, uint32_t task)
{
	assert(!model_task(model, task)->active && !model_is_running(model, task));
	if (model_task(model, task)->listed)
		list_remove(model, task);
	memset(model_task(model, task), 0, sizeof(struct model_task));
}

void task_migrate(struct model *model, uint32_t task, uint32_t cpu)
{
	assert(cpu < model->cpus_count && !model_is_running(model, task));
	model_task(model, task)->cpu = cpu & (MODEL_CPUS_MAX - 1);
}

void task_change_mm(struct model *model, uint32_t task, uint32_t mm)
{
	struct model_task *t = model_task(model, task);

	assert(t->has_mm && !t->active && mm < model->mms_count && model_mm(model, mm)->live);
	if (t->listed)
		list_remove(model, task);
	t->mm = mm & (MODEL_MMS_MAX - 1);
	t->group = task & TASK_MASK;
	if (t->visible && is_by_visibility(model))
		list_add(model, task);
}

void task_change_group(struct model *model, uint32_t task, uint32_t group)
{
	struct model_task *t = model_task(model, task);

	if (t->group == (group & TASK_MASK))
		return;
	t->group = group & TASK_MASK;
	if (t->listed && is_by_visibility(model))
		list_move(model, task);
}

void users_add(struct model *model, uint32_t mm, uint32_t task)
{
	struct model_mm *m = model_mm(model, mm);
	struct model_task *t = model_task(model, task);

	assert(!t->active && t->has_mm && t->mm == mm);
	t->active = 1;
	if (!t->listed)
		list_add(model, task);
	m->users++;
	assert(m->users <= model->tasks_count);
}

void users_remove(struct model *model, uint32_t mm, uint32_t task)
{
	struct model_mm *m = model_mm(model, mm);

	assert(m->users > 0 && !model_task(model, task)->active);
	if (!is_by_visibility(model))
		list_remove(model, task);
	m->users--;
}

uint32_t users_before(const struct model *model, uint32_t mm, uint32_t task)
{
	const struct model_mm *m = model_mm_const(model, mm);
	bool begins = task == TASK_NONE;

	if (m->newest == TASK_NONE)
		return TASK_NONE;
	task = begins ? m->newest : model_task_const(model, task)->older;
	while (begins || task != m->newest) {
		if (model_task_const(model, task)->active)
			return task;
		task = model_task_const(model, task)->older;
		begins = false;
	}
	return TASK_NONE;
}

void users_assert(const struct model *model, uint32_t mm)
{
	const struct model_mm *m = model_mm_const(model, mm);
	uint32_t task = m->newest, listed = 0, users = 0;

	while (task != TASK_NONE && (listed == 0 || task != m->newest)) {
		const struct model_task *t = model_task_const(model, task);

		assert(task < model->tasks_count && t->listed && t->has_mm && t->mm == mm);
		assert(model_task_const(model, t->older)->newer == task);
		assert(listed < model->tasks_count); /* it comes around */
		listed++;
		/* Who comes back from an exec may be counted and not active yet. */
		users += t->active || m->child == task;
		task = t->older;
	}
	assert(users == m->users);
	assert(listed == users || is_by_visibility(model));
}
