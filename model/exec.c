/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/exec.h"

#include <assert.h>

#include "model/lifecycle.h"

/* Leaving is an exit from the accounting, under the mutex and with all that follows: a last user,
 * or a change of the mode. */
struct step exec_leave(
	struct model *model, uint32_t cpu, uint32_t task, struct model_observer *observer)
{
	assert(model_cpu(model, cpu)->curr == task);
	return exit_begin(model, cpu, task, observer);
}

/* Past the point of no return the task is of the new mm, whether the exec then succeeds or not. */
void exec_join(struct model *model, uint32_t task, uint32_t mm)
{
	task_change_mm(model, task, mm);
}

/*
 * The task joins an mm as the child of its own fork: a new mm as the first user, or after a failure
 * the old mm, which may have other users. In per-CPU mode a child gets no number. So after a
 * failure the task runs on with UNSET, active, until its next switch, on a CPU that may own a
 * number.
 */
struct step exec_return(
	struct model *model, uint32_t cpu, uint32_t task, struct model_observer *observer)
{
	assert(!model_task(model, task)->active);
	return fork_begin(model, cpu, task, task, observer);
}
