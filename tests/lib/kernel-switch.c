/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/kernel.h"

bool kernel_executes(const struct kernel *k, uint32_t task)
{
	uint32_t cpu = model_task_const(k->model, task)->cpu;

	return model_is_running(k->model, task) && !k->cpus[cpu].switching && !k->cpus[cpu].late;
}

bool kernel_rq_is_free(const struct kernel *k, uint32_t task)
{
	const struct kernel_cpu *c = &k->cpus[model_task_const(k->model, task)->cpu];

	return !c->switching && !c->held;
}

/* Can @cpu switch to @task? */
static bool kernel_can_come(const struct kernel *k, uint32_t task, uint32_t cpu)
{
	const struct kernel_task *t = &k->tasks[task];

	if (t->op == KERNEL_NO_TASK || t->op == KERNEL_BORN || t->op == KERNEL_DEAD || t->on_cpu)
		return false;
	return !model_is_running(k->model, task) &&
	       (kernel_rq_is_free(k, task) || model_task_const(k->model, task)->cpu == cpu);
}

uint32_t kernel_new_pid(struct kernel *k)
{
	/* Now and then one that was had before, if it is free. */
	if (kernel_chance(k, 30) && k->last_pid > KERNEL_PID) {
		uint32_t pid = KERNEL_PID + kernel_below(k, k->last_pid - KERNEL_PID);
		bool used = false;

		for (uint32_t task = 0; task < KERNEL_TASKS; task++)
			used |= k->tasks[task].op != KERNEL_NO_TASK &&
			        (k->tasks[task].pid == pid || k->tasks[task].tgid == pid);
		if (!used)
			return pid;
	}
	return k->last_pid++;
}

uint32_t kernel_new_mm(struct kernel *k, uint64_t mask)
{
	uint32_t mm = 0;

	while (mm < KERNEL_MMS && k->mms[mm].lives)
		mm++;
	if (mm == KERNEL_MMS)
		return MM_NONE;
	k->mms[mm].lives = true;
	/* In half of the cases the address of the one before. */
	if (!k->mms[mm].address || kernel_chance(k, 50))
		k->mms[mm].address = k->last_address += 0x700;
	mm_create(k->model, mm, &mask);
	return mm;
}

void kernel_put_mms(struct kernel *k)
{
	for (uint32_t mm = 0; mm < KERNEL_MMS; mm++) {
		bool used = !k->mms[mm].lives || kernel_mm(k, mm)->users > 0;

		for (uint32_t task = 0; task < KERNEL_TASKS; task++)
			used |= k->tasks[task].op != KERNEL_NO_TASK &&
			        (k->tasks[task].mm == mm ||
					(kernel_task(k, task)->has_mm &&
						kernel_task(k, task)->mm == mm));
		if (used)
			continue;
		mm_destroy(k->model, mm);
		k->mms[mm].lives = false;
	}
}

uint32_t kernel_free_task(const struct kernel *k)
{
	for (uint32_t task = 0; task < k->options.tasks; task++) {
		if (k->tasks[task].op == KERNEL_NO_TASK)
			return task;
	}
	return TASK_NONE;
}

bool kernel_begin_switch(struct kernel *k, uint32_t cpu)
{
	struct kernel_cpu *c = &k->cpus[cpu];
	uint32_t prev = model_cpu(k->model, cpu)->curr, next = TASK_NONE;
	uint32_t first = kernel_below(k, k->options.tasks);
	bool quiet = kernel_is_quiet(k);

	if (c->switching || c->held || c->late || (prev != TASK_NONE && k->tasks[prev].pinned))
		return false;
	for (uint32_t i = 0; next == TASK_NONE && i < k->options.tasks; i++) {
		uint32_t task = (first + i) % k->options.tasks;

		if (kernel_can_come(k, task, cpu))
			next = task;
	}
	if (prev != TASK_NONE && kernel_chance(k, 40))
		next = TASK_NONE;
	if (prev == next)
		return false;
	*c = (struct kernel_cpu){ .switching = true, .prev = prev, .next = next };
	if (next != TASK_NONE)
		task_migrate(k->model, next, cpu);
	kernel_print_switch(k, cpu, quiet);
	return true;
}

static void kernel_end_switch(struct kernel *k, uint32_t cpu)
{
	struct kernel_cpu *c = &k->cpus[cpu];
	bool dies = c->prev != TASK_NONE && k->tasks[c->prev].op == KERNEL_DEAD;

	c->switching = false;
	c->late = k->options.fins;
	if (c->prev == TASK_NONE)
		return;
	k->tasks[c->prev].on_cpu = false;
	if (!dies)
		return;
	task_destroy(k->model, c->prev);
	k->tasks[c->prev].op = KERNEL_NO_TASK;
	kernel_put_mms(k);
}

bool kernel_go_on_switch(struct kernel *k, uint32_t cpu)
{
	struct kernel_cpu *c = &k->cpus[cpu];
	struct step step;

	if (c->late) {
		kernel_print_fin(k, cpu);
		c->late = false;
		return true;
	}
	if (!c->switching)
		return false;
	switch (c->stage) {
	case 0:
		switch_out(k->model, cpu, NULL);
		c->stage++;
		return true;
	case 1:
		step = switch_in(k->model, cpu, c->next, NULL);
		c->stage++;
		break;
	default:
		if (!pool_has_room(k->model, kernel_task(k, c->next)->mm))
			return false;
		step = switch_spin(k->model, cpu, NULL);
		break;
	}
	if (step.outcome == STEP_DONE)
		kernel_end_switch(k, cpu);
	return true;
}
