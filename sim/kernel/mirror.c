/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/mirror.h"

#include "model/tasks.h"

static uint8_t mode_of(uint32_t mode)
{
	return (uint8_t)((mode & CID_KERNEL_ONCPU ? MODE_PER_CPU : 0) |
			 (mode & CID_KERNEL_TRANSIT ? MODE_TRANSIT : 0));
}

static void mirror_mm(struct pair *pair, const struct code *code, uint32_t mm)
{
	struct model_mm *m = model_mm(pair->model, mm);
	cid_word *words = model_words(pair->model, m);
	struct code_mm view;

	code->view_mm(mm, pair->shape.cpus, &view);
	m->mode = mode_of(view.mode);
	m->max_cids = view.max_cids;
	m->pcpu_thrs = view.pcpu_thrs;
	m->allowed = view.allowed;
	m->allowed_count = view.nr_cpus_allowed;
	m->update_deferred = view.update_deferred != 0;
	m->pool = view.pool;
	m->taken = (uint32_t)__builtin_popcountll(view.pool);
	m->phase = code->is_free(CODE_MUTEX, mm) ? PHASE_IDLE : PHASE_GET_MUTEX;
	for (uint32_t cpu = 0; cpu < pair->shape.cpus; cpu++)
		words[cpu] = cid_from_kernel(view.word[cpu]);
}

/* The list of users is that of the tasks that are active. */
static void mirror_task(struct pair *pair, const struct code *code, uint32_t task)
{
	struct model_task *t = model_task(pair->model, task);
	struct code_task view;

	code->view_task(task, &view);
	t->cid = cid_from_kernel(view.word);
	if (view.active && !t->active)
		users_add(pair->model, t->mm, task);
	else if (!view.active)
		mirror_forget(pair, task);
}

void mirror_forget(struct pair *pair, uint32_t task)
{
	struct model_task *t = model_task(pair->model, task);

	if (!t->active || pair->partner == PARTNER_MODEL)
		return;
	t->active = 0;
	users_remove(pair->model, t->mm, task);
}

/* Who runs on @cpu, as the model has it: nobody between the halves of a switch. */
static void mirror_cpu(struct pair *pair, const struct operation *operation, uint32_t cpu)
{
	struct model_cpu *c = model_cpu(pair->model, cpu);
	bool spins = operation->at.stop == CODE_SPINS, ends = operation->at.stop == CODE_ENDS;

	if (operation->op != CODE_SWITCH)
		return;
	c->phase = ends ? CPU_FREE : spins ? CPU_SPINS : CPU_BETWEEN;
	c->curr = (ends || spins) && operation->what != CODE_NONE ? operation->what : TASK_NONE;
	if (c->curr != TASK_NONE)
		model_task(pair->model, c->curr)->cpu = cpu & (MODEL_CPUS_MAX - 1);
}

/* The mm that @operation works on at this time; CODE_NONE: none. */
static uint32_t mm_of(const struct pair *pair, const struct operation *operation)
{
	uint32_t task = operation->what;

	if (operation->op != CODE_SWITCH)
		return operation->mm;
	if (operation->at.stop == CODE_HALF || task == CODE_NONE)
		task = operation->task;
	return task == CODE_NONE ? CODE_NONE : model_task_const(pair->model, task)->mm;
}

/* Bit operations that must not be, since the last time. */
static void mirror_faults(struct pair *pair, const struct code *code, uint32_t mm)
{
	const struct code_faults *faults = code->faults;
	unsigned found = (faults->range.count > pair->drops.range ? FAULT_DROP_RANGE : 0) |
	                 (faults->clear.count > pair->drops.clear ? FAULT_DROP_CLEAR : 0);

	if (mm != CODE_NONE)
		model_mm(pair->model, mm)->faults |= (uint8_t)found;
	pair->drops = (struct drops){ faults->range.count, faults->clear.count };
}

/* The child of a fork, or who comes back from an exec, has no number yet. */
static void mirror_child(struct pair *pair, const struct operation *operation)
{
	struct model_mm *m;

	if (operation->op != CODE_FORK && operation->op != CODE_EXEC_RETURNS)
		return;
	m = model_mm(pair->model, operation->mm);
	if (operation->at.stop == CODE_ENDS)
		m->child = TASK_NONE;
	else if (operation->at.stop != CODE_MUTEX)
		m->child = operation->op == CODE_FORK ? operation->what : operation->task;
}

void mirror_update(
	struct pair *pair, const struct code *code, const struct operation *operation, uint32_t cpu)
{
	g_assert(pair->partner != PARTNER_MODEL);
	mirror_cpu(pair, operation, cpu);
	for (uint32_t mm = 0; mm < pair->shape.mms_max; mm++) {
		if (pair_has_mm(pair, mm))
			mirror_mm(pair, code, mm);
	}
	for (uint32_t task = 0; task < pair->shape.tasks_max; task++) {
		if (pair->tasks[task].life != LIFE_NONE)
			mirror_task(pair, code, task);
	}
	mirror_child(pair, operation);
	mirror_faults(pair, code, mm_of(pair, operation));
}

bool mirror_is_unsettled(const struct pair *pair, uint32_t mm)
{
	return pair->partner != PARTNER_MODEL && !pair->code->is_free(CODE_LOCK, mm);
}
