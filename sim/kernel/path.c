/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/path.h"

static void add(struct pair *pair, enum step_verb verb, uint32_t cpu, uint32_t task, uint32_t child)
{
	struct path *path = pair->path;

	if (path->count == PATH_MAX_STEPS)
		return;
	path->steps[path->count++] = (struct explore_step){
		.verb = (uint8_t)verb,
		.cpu = cpu == CODE_NONE ? STEP_CPU_NONE : (uint8_t)cpu,
		.task = task == CODE_NONE ? STEP_TASK_NONE : (uint8_t)task,
		.child = child == CODE_NONE ? STEP_TASK_NONE : (uint8_t)child,
		.sees = SEES_PRESENT,
	};
}

static bool is_ours(const struct pair *pair, uint32_t task)
{
	return task != CODE_NONE && model_task_const(pair->model, task)->mm == 0;
}

static void add_fork(struct pair *pair, const struct operation *operation)
{
	const struct model_task *child = model_task_const(pair->model, operation->what);
	bool thread = child->group == model_task_const(pair->model, operation->task)->group;
	enum step_verb verb = pair->tasks[operation->task].waits_on ? VERB_VFORK : VERB_CLONE_VM;

	if (operation->op == CODE_EXEC_RETURNS)
		add(pair, VERB_EXEC_END, CODE_NONE, operation->task, CODE_NONE);
	else
		add(pair, thread ? VERB_FORK : verb, CODE_NONE, operation->task, operation->what);
}

static void add_leave(struct pair *pair, const struct operation *operation)
{
	enum step_verb verb = VERB_EXIT;

	if (operation->op == CODE_EXEC_LEAVES)
		verb = pair->tasks[operation->task].fails ? VERB_FAILED_EXEC : VERB_EXEC;
	add(pair, verb, CODE_NONE, operation->task, CODE_NONE);
}

/* The halves of a switch concern mm0 even if neither task is of it: they must come in pairs. */
static void note_switch(
	struct pair *pair, const struct operation *operation, enum due taken, uint32_t cpu)
{
	uint32_t next = operation->what;

	if (taken == DUE_OUT)
		add(pair, VERB_LEAVE, cpu, CODE_NONE, CODE_NONE);
	else if (taken == DUE_IN)
		add(pair, VERB_ENTER, cpu, is_ours(pair, next) ? next : CODE_NONE, CODE_NONE);
	else if (operation->due == DUE_NOTHING && is_ours(pair, next))
		add(pair, VERB_RETRY, cpu, CODE_NONE, CODE_NONE);
}

/* Steps that stand for others of the same operation, too, are noted at the first one. */
static void note_other(struct pair *pair, const struct operation *operation, enum due taken)
{
	switch (taken) {
	case DUE_FORK:
		add_fork(pair, operation);
		break;
	case DUE_FORK_SPIN:
		if (operation->due == DUE_NOTHING)
			add(pair, VERB_FORK_RETRY, CODE_NONE, CODE_NONE, CODE_NONE);
		break;
	case DUE_LEAVE:
		add_leave(pair, operation);
		break;
	case DUE_WALK:
		add(pair, VERB_WALK, CODE_NONE, CODE_NONE, CODE_NONE);
		break;
	case DUE_COMPLETE:
		add(pair, VERB_COMPLETE, CODE_NONE, CODE_NONE, CODE_NONE);
		break;
	case DUE_AFFINITY:
		add(pair, VERB_AFFINITY, CODE_NONE, operation->what, CODE_NONE);
		break;
	case DUE_WORK:
		add(pair, VERB_WORK, CODE_NONE, CODE_NONE, CODE_NONE);
		break;
	default:
		break;
	}
}

void path_note(struct pair *pair, const struct operation *operation, enum due taken, uint32_t cpu)
{
	if (!pair->path)
		return;
	if (operation->op == CODE_SWITCH)
		note_switch(pair, operation, taken, cpu);
	else if (operation->mm == 0)
		note_other(pair, operation, taken);
}

void path_note_move(struct pair *pair, uint32_t task, uint32_t cpu)
{
	if (pair->path && is_ours(pair, task))
		add(pair, VERB_MIGRATE, cpu, task, CODE_NONE);
}

void path_note_exec(struct pair *pair, uint32_t task)
{
	if (pair->path && is_ours(pair, task))
		add(pair, VERB_EXEC_END, CODE_NONE, task, CODE_NONE);
}
