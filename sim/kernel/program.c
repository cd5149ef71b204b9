/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/program.h"

#include "model/affinity.h"
#include "model/lifecycle.h"
#include "model/mm.h"
#include "model/switch.h"
#include "model/walk.h"
#include "sim/kernel/path.h"

enum due program_begin(enum code_op op)
{
	switch (op) {
	case CODE_SWITCH:
		return DUE_OUT;
	case CODE_FORK:
	case CODE_EXEC_RETURNS:
		return DUE_FORK;
	case CODE_EXIT:
	case CODE_EXEC_LEAVES:
		return DUE_LEAVE;
	case CODE_AFFINITY:
		return DUE_AFFINITY;
	case CODE_WORK:
		return DUE_WORK;
	}
	g_assert_not_reached();
}

/* What follows a window that may just have opened. */
static enum due after_flip(const struct pair *pair, const struct operation *operation)
{
	return model_mm_const(pair->model, operation->mm)->phase == PHASE_COMPLETE ? DUE_COMPLETE
	                                                                           : DUE_WALK;
}

/* In every revision an exec that fails and comes back to an mm in per-CPU mode, or to one that all
 * have left, can break properties. */
static void note_return(struct pair *pair, const struct operation *operation, bool first)
{
	uint8_t mode = model_mm_const(pair->model, operation->mm)->mode;

	if (operation->op == CODE_EXEC_RETURNS && operation->fails && (mode || first))
		pair->tainted[operation->mm] = true;
}

static enum due take_fork(struct pair *pair, const struct operation *operation, uint32_t cpu)
{
	uint32_t parent = operation->task;
	uint32_t child = operation->op == CODE_FORK ? operation->what : parent;
	bool first = model_mm_const(pair->model, operation->mm)->users == 0;
	struct step step = fork_decide(pair->model, cpu, parent, child, &pair->observer);

	note_return(pair, operation, first);
	switch (step.outcome) {
	case STEP_DONE:
		return DUE_NOTHING;
	case STEP_GET:
		return DUE_FORK_GET;
	case STEP_WINDOW:
		return after_flip(pair, operation);
	default:
		return DUES;
	}
}

static enum due take_walk(struct pair *pair, const struct operation *operation)
{
	struct step step = walk_step(pair->model, operation->mm, &pair->observer);

	if (step.outcome == STEP_NEEDS_RQ_LOCK)
		return DUES;
	return step.outcome == STEP_DONE ? DUE_COMPLETE : DUE_WALK;
}

static enum due take_switch(struct pair *pair, const struct operation *operation, uint32_t cpu)
{
	struct model_observer *observer = &pair->observer;
	struct step step;

	if (operation->due == DUE_OUT) {
		switch_out(pair->model, cpu, observer);
		return DUE_IN;
	}
	step = operation->due == DUE_IN
	               ? switch_in(pair->model, cpu,
				 operation->what == CODE_NONE ? TASK_NONE : operation->what,
				 observer)
	               : switch_spin(pair->model, cpu, observer);
	return step.outcome == STEP_DONE ? DUE_NOTHING : DUE_SPIN;
}

static enum due take_exit(struct pair *pair, const struct operation *operation, uint32_t cpu)
{
	struct model *model = pair->model;

	switch (operation->due) {
	case DUE_LEAVE:
		if (exit_leave(model, cpu, operation->task, &pair->observer).outcome != STEP_DONE)
			return DUES;
		return DUE_DECIDE;
	case DUE_DECIDE:
		if (exit_decide(model, cpu, operation->task, &pair->observer).outcome ==
			STEP_WINDOW)
			return DUE_CHANGE;
		return DUE_NOTHING;
	default:
		exit_change(model, operation->mm, &pair->observer);
		return after_flip(pair, operation);
	}
}

static enum due take_work(struct pair *pair, const struct operation *operation, uint32_t cpu)
{
	struct step step = affinity_deferred(pair->model, operation->mm, cpu, &pair->observer);

	if (step.outcome == STEP_NEEDS_MUTEX)
		return DUES;
	return step.outcome == STEP_WINDOW ? after_flip(pair, operation) : DUE_NOTHING;
}

static enum due take_affinity(struct pair *pair, const struct operation *operation)
{
	struct step step = affinity_change(
		pair->model, operation->what, &pair->tasks[operation->what].mask, &pair->observer);

	return step.outcome == STEP_DONE ? DUE_NOTHING : DUES;
}

static enum due take_get(struct pair *pair, const struct operation *operation)
{
	struct step step = operation->due == DUE_FORK_GET
	                           ? fork_get(pair->model, operation->mm, &pair->observer)
	                           : fork_spin(pair->model, operation->mm, &pair->observer);

	return step.outcome == STEP_DONE ? DUE_NOTHING : DUE_FORK_SPIN;
}

static enum due take_complete(struct pair *pair, const struct operation *operation)
{
	struct step step = window_complete(pair->model, operation->mm, &pair->observer);

	if (step.outcome == STEP_DONE)
		return DUE_NOTHING;
	return step.outcome == STEP_GET ? DUE_FORK_GET : DUE_FORK_SPIN;
}

/* DUES: it cannot be taken. */
static enum due take(struct pair *pair, const struct operation *operation, uint32_t cpu)
{
	switch (operation->due) {
	case DUE_OUT:
	case DUE_IN:
	case DUE_SPIN:
		return take_switch(pair, operation, cpu);
	case DUE_FORK:
		return take_fork(pair, operation, cpu);
	case DUE_FORK_GET:
	case DUE_FORK_SPIN:
		return take_get(pair, operation);
	case DUE_LEAVE:
	case DUE_DECIDE:
	case DUE_CHANGE:
		return take_exit(pair, operation, cpu);
	case DUE_WALK:
		return take_walk(pair, operation);
	case DUE_COMPLETE:
		return take_complete(pair, operation);
	case DUE_AFFINITY:
		return take_affinity(pair, operation);
	case DUE_WORK:
		return take_work(pair, operation, cpu);
	case DUE_NOTHING:
	case DUES:
		break;
	}
	return DUES;
}

bool program_take(struct pair *pair, struct operation *operation, uint32_t cpu)
{
	enum due taken = operation->due, next = take(pair, operation, cpu);

	g_assert(operation->busy);
	if (next == DUES)
		return false;
	operation->due = next;
	pair->steps++;
	path_note(pair, operation, taken, cpu);
	return true;
}

const char *program_due_to_string(enum due due)
{
	static const char *const names[DUES] = {
		[DUE_NOTHING] = "nothing",
		[DUE_OUT] = "the first half of the switch",
		[DUE_IN] = "the second half of the switch",
		[DUE_SPIN] = "the get of the switch",
		[DUE_FORK] = "the decision of the fork",
		[DUE_FORK_GET] = "the get of the fork",
		[DUE_FORK_SPIN] = "the get of the fork",
		[DUE_LEAVE] = "leaving the users",
		[DUE_DECIDE] = "the decision of the exit",
		[DUE_CHANGE] = "giving up the number of the CPU",
		[DUE_WALK] = "a step of the walk",
		[DUE_COMPLETE] = "the end of the window",
		[DUE_AFFINITY] = "the change of the affinity",
		[DUE_WORK] = "the decision of the deferred work",
	};

	g_assert(due < DUES);
	return names[due];
}
