/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/tasks.h"

#include <assert.h>
#include <string.h>

#define TASK_MASK (MODEL_TASKS_MAX - 1)

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
	assert(task < model->tasks_count);
	model_task(model, task)->visible = 1;
}

void task_destroy(struct model *model, uint32_t task)
{
	assert(!model_task(model, task)->active && !model_is_running(model, task));
	memset(model_task(model, task), 0, sizeof(struct model_task));
}

void task_migrate(struct model *model, uint32_t task, uint32_t cpu)
{
	assert(cpu < model->cpus_count && !model_is_running(model, task));
	model_task(model, task)->cpu = cpu & (MODEL_CPUS_MAX - 1);
}

/* The list is circular: after the newest comes the oldest again. */
static void list_add(struct model *model, struct model_mm *mm, uint32_t task)
{
	struct model_task *t = model_task(model, task);

	if (mm->newest == TASK_NONE) {
		t->older = t->newer = task & TASK_MASK;
	} else {
		struct model_task *newest = model_task(model, mm->newest);

		t->older = mm->newest & TASK_MASK;
		t->newer = newest->newer;
		model_task(model, newest->newer)->older = task & TASK_MASK;
		model_task(model, mm->newest)->newer = task & TASK_MASK;
	}
	mm->newest = task;
}

static void list_remove(struct model *model, struct model_mm *mm, uint32_t task)
{
	struct model_task *t = model_task(model, task);

	if (t->older == task) {
		mm->newest = TASK_NONE;
	} else {
		model_task(model, t->older)->newer = t->newer;
		model_task(model, t->newer)->older = t->older;
		if (mm->newest == task)
			mm->newest = t->older;
	}
	t->older = t->newer = 0;
}

void users_add(struct model *model, uint32_t mm, uint32_t task)
{
	struct model_mm *m = model_mm(model, mm);
	struct model_task *t = model_task(model, task);

	assert(!t->active && t->has_mm && t->mm == mm);
	t->active = 1;
	list_add(model, m, task);
	m->users++;
	assert(m->users <= model->tasks_count);
}

void users_remove(struct model *model, uint32_t mm, uint32_t task)
{
	struct model_mm *m = model_mm(model, mm);

	assert(m->users > 0 && !model_task(model, task)->active);
	list_remove(model, m, task);
	m->users--;
	assert((m->users == 0) == (m->newest == TASK_NONE));
}

void users_assert(const struct model *model, uint32_t mm)
{
	const struct model_mm *m = model_mm_const(model, mm);
	uint32_t task = m->newest, users = 0;

	for (; users < m->users; users++) {
		const struct model_task *t = model_task_const(model, task);

		assert(task < model->tasks_count && t->has_mm && t->mm == mm);
		assert(model_task_const(model, t->older)->newer == task);
		assert(users == 0 || task != m->newest); /* not around before it is through */
		task = t->older;
	}
	assert(task == m->newest && (users == 0) == (task == TASK_NONE));
}
