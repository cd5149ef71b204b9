/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/kernel.h"

static bool kernel_take_locks(struct kernel *k, uint32_t task, uint32_t mm)
{
	if (k->mms[mm].mutex != TASK_NONE || k->mms[mm].lock != TASK_NONE)
		return false;
	k->mms[mm].mutex = k->mms[mm].lock = task;
	k->tasks[task].pinned = true;
	return true;
}

static void kernel_unlock(struct kernel *k, uint32_t task, uint32_t mm)
{
	k->mms[mm].lock = TASK_NONE;
	k->tasks[task].pinned = false;
}

/* One step of a walk, if its rq lock is free. */
static bool kernel_walk(struct kernel *k, uint32_t cpu, uint32_t mm)
{
	const struct model_mm *m = kernel_mm(k, mm);
	uint32_t at = m->cursor;
	bool tasks = m->phase == PHASE_WALK_TASKS;

	if (k->cpus[walk_next_cpu(k->model, mm)].switching ||
		k->cpus[walk_next_cpu(k->model, mm)].held)
		return false;
	if (tasks && k->options.steps && k->options.nameless) {
		kernel_begin_line(k, cpu, "tcs");
		kernel_print_task(k, "t", "ta", at);
		g_string_append_c(k->text, '\n');
	}
	walk_step(k->model, mm, NULL);
	if (!k->options.steps)
		return true;
	kernel_begin_line(k, cpu, tasks ? k->options.nameless ? "tcsr" : "stc" : "sct");
	if (tasks)
		g_string_append_printf(k->text, " tp=%u tt=%u tg=0x%llx\n", k->tasks[at].pid,
			k->tasks[at].tgid, (unsigned long long)k->mms[mm].address);
	else
		g_string_append_printf(
			k->text, " tc=%u m=0x%llx\n", at, (unsigned long long)k->mms[mm].address);
	return true;
}

void kernel_enter_fork(struct kernel *k, uint32_t task, uint32_t child)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t cpu = kernel_task(k, task)->cpu, pid = k->tasks[child].pid;

	t->op = KERNEL_FORK;
	t->stage = 0;
	t->child = child;
	if (k->options.nameless)
		k->tasks[child].pid = t->pid;
	kernel_print_event(k, cpu, "fk", child);
	k->tasks[child].pid = pid;
}

bool kernel_begin_fork(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t child = kernel_free_task(k), mm = t->mm;
	bool thread = kernel_chance(k, 70), process = k->options.processes && kernel_chance(k, 15);
	uint32_t cpu = kernel_task(k, task)->cpu;

	if (child == TASK_NONE)
		return false;
	if (process)
		mm = kernel_new_mm(k, (1u << k->options.cpus) - 1);
	if (mm == MM_NONE)
		return false;
	thread &= !process;
	k->tasks[child] =
		(struct kernel_task){ .op = KERNEL_BORN, .pid = kernel_new_pid(k), .mm = mm };
	k->tasks[child].tgid = thread ? t->tgid : k->tasks[child].pid;
	task_create(k->model, child, mm, k->tasks[child].tgid, cpu);
	if (!k->options.protocol.early_count)
		task_show(k->model, child);
	kernel_enter_fork(k, task, child);
	return true;
}

/* After upr: the get, or the walk. */
static void kernel_fork_decided(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t mm = k->tasks[t->child].mm;
	uint8_t phase = kernel_mm(k, mm)->phase;

	k->to_percpu += mm_in_window(kernel_mm(k, mm));
	t->stage = phase == PHASE_GET_LOCKED ? 3 : phase == PHASE_IDLE ? 6 : 4;
	if (t->stage != 3)
		kernel_unlock(k, task, mm);
}

static bool kernel_fork_gets(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t mm = k->tasks[t->child].mm;
	bool comes_back =
		t->child == task && kernel_mm(k, mm)->users > 1 && mm_is_per_cpu(kernel_mm(k, mm));

	if (!comes_back && !pool_has_room(k->model, mm))
		return false;
	if (fork_get(k->model, mm, NULL).outcome != STEP_DONE)
		return false;
	t->stage = 6;
	kernel_unlock(k, task, mm);
	return true;
}

/* The fork has returned: the child has its pid, and can be woken up. */
static void kernel_fork_ends(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t child = t->child;

	t->op = KERNEL_USER;
	if (child == task)
		return;
	kernel_begin_line(k, kernel_task(k, task)->cpu, "pf");
	kernel_print_task(k, "t", "ta", child);
	g_string_append_c(k->text, '\n');
	k->tasks[child].op = KERNEL_USER;
}

static void kernel_fork_returns(struct kernel *k, uint32_t task)
{
	uint32_t child = k->tasks[task].child, pid = k->tasks[child].pid;

	if (k->options.nameless)
		k->tasks[child].pid = k->tasks[task].pid;
	kernel_print_event(k, kernel_task(k, task)->cpu, "fkr", child);
	k->tasks[child].pid = pid;
}

bool kernel_go_on_fork(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t cpu = kernel_task(k, task)->cpu, mm = k->tasks[t->child].mm;
	const struct model_mm *m = kernel_mm(k, mm);

	switch (t->stage) {
	case 0:
		if (!kernel_take_locks(k, task, mm))
			return false;
		kernel_print_decision(k, cpu, mm, 1, -1);
		t->stage = 1;
		return true;
	case 1:
		fork_decide(k->model, cpu, task, t->child, NULL);
		t->stage = 2;
		return true;
	case 2:
		kernel_print_decision(k, cpu, mm, 0, mm_in_window(m));
		kernel_fork_decided(k, task);
		return true;
	case 3:
		return kernel_fork_gets(k, task);
	case 4:
		if (m->phase != PHASE_COMPLETE)
			return kernel_walk(k, cpu, mm);
		t->stage = 5;
		return true;
	case 5:
		window_complete(k->model, mm, NULL);
		k->completed++;
		t->stage = 6;
		return true;
	case 6:
		k->mms[mm].mutex = TASK_NONE;
		t->stage = 7;
		return true;
	case 7:
		kernel_fork_returns(k, task);
		t->stage = 8;
		return true;
	case 8:
		task_show(k->model, t->child);
		t->stage = 9;
		return true;
	default:
		kernel_fork_ends(k, task);
		return true;
	}
}

bool kernel_begin_exit(struct kernel *k, uint32_t task, enum kernel_end end)
{
	struct kernel_task *t = &k->tasks[task];

	t->op = KERNEL_EXIT;
	t->stage = 0;
	t->end = (uint8_t)end;
	kernel_print_event(k, kernel_task(k, task)->cpu, "ex", task);
	return true;
}

static void kernel_exit_decides(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint8_t mode = kernel_mm(k, t->mm)->mode;

	exit_decide(k->model, kernel_task(k, task)->cpu, task, NULL);
	t->stage = 3;
	/* A last user's change is answered, too, and then ignored. */
	t->child = kernel_mm(k, t->mm)->mode != mode;
}

static void kernel_exit_decided(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];

	t->stage = 4;
	if (kernel_mm(k, t->mm)->phase == PHASE_WALK_CPUS) {
		k->to_task++;
		return;
	}
	t->stage = 9;
	kernel_unlock(k, task, t->mm);
}

static void kernel_exit_ends(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];

	t->op = KERNEL_EXEC;
	t->stage = 0;
	if (t->end != KERNEL_EXITS)
		return;
	t->mm = MM_NONE;
	kernel_begin_line(k, kernel_task(k, task)->cpu, "pe");
	kernel_print_task(k, "t", "ta", task);
	g_string_append_c(k->text, '\n');
	t->op = KERNEL_DEAD;
}

bool kernel_go_on_exit(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t cpu = kernel_task(k, task)->cpu, mm = t->mm;

	switch (t->stage) {
	case 0:
		if (!kernel_take_locks(k, task, mm))
			return false;
		exit_leave(k->model, cpu, task, NULL);
		break;
	case 1:
		kernel_print_decision(k, cpu, mm, 0, -1);
		break;
	case 2:
		kernel_exit_decides(k, task);
		return true;
	case 3:
		kernel_print_decision(k, cpu, mm, 0, (int)t->child);
		kernel_exit_decided(k, task);
		return true;
	case 4:
		exit_change(k->model, mm, NULL);
		kernel_unlock(k, task, mm);
		break;
	case 5:
		if (k->options.walks)
			kernel_print_walk(k, cpu, mm, "ct");
		break;
	case 6:
		if (kernel_mm(k, mm)->phase != PHASE_COMPLETE)
			return kernel_walk(k, cpu, mm);
		break;
	case 7:
		if (k->options.walks)
			kernel_print_walk(k, cpu, mm, "ctr");
		break;
	case 8:
		window_complete(k->model, mm, NULL);
		k->completed++;
		break;
	case 9:
		k->mms[mm].mutex = TASK_NONE;
		break;
	case 10:
		kernel_print_event(k, cpu, "exr", task);
		break;
	default:
		if (k->cpus[cpu].held)
			return false;
		kernel_exit_ends(k, task);
		return true;
	}
	t->stage++;
	return true;
}

bool kernel_go_on_exec(struct kernel *k, uint32_t task)
{
	struct kernel_task *t = &k->tasks[task];
	uint32_t mm;

	if (t->stage == 0 && t->end == KERNEL_EXECS) {
		if (k->cpus[kernel_task(k, task)->cpu].held)
			return false; /* its affinity is being changed, and its mm looked at */
		mm = kernel_new_mm(k, (1u << k->options.cpus) - 1);
		if (mm == MM_NONE)
			return false;
		exec_join(k->model, task, mm);
		kernel_task(k, task)->group = t->tgid;
		t->mm = mm;
		t->stage = 1;
		kernel_put_mms(k);
		return true;
	}
	kernel_enter_fork(k, task, task);
	return true;
}
