/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_LIFECYCLE_H
#define CIDSIM_MODEL_LIFECYCLE_H

/*
 * How tasks come to an mm and leave it. Source: docs/protocol.md, section 6.
 *
 * Fork of a thread, of a CLONE_VM or vfork child: task_create() in the mm, fork_begin().
 * Fork of a process: mm_create(), task_create() in it, fork_begin().
 * Exit, failed fork: exit_begin().
 * Exec: exit_begin(); then task_join() the new mm (or, where it failed, none) and fork_begin()
 * with the task as its own child.
 * Where the revision counts early, task_show() comes after fork_begin(), else before it.
 *
 * After STEP_WINDOW: walk_step() until STEP_DONE, then window_complete(). Until then the mutex is
 * held by the initiator, and every fork_begin() and exit_begin() on the mm answers
 * STEP_NEEDS_MUTEX.
 */

#include "model/observer.h"
#include "model/state.h"

#define MM_NONE UINT32_MAX /* kernel thread */

/* Make @task with word UNSET, inactive, not visible, in thread group @group, last on @cpu. */
void task_create(struct model *model, uint32_t task, uint32_t mm, uint32_t group, uint32_t cpu);

/* Task walks over the system see @task from now on. */
void task_show(struct model *model, uint32_t task);

/* @task, inactive, gets another mm and becomes the first of its thread group: a successful exec. */
void task_join(struct model *model, uint32_t task, uint32_t mm);

/* End @task, which is inactive and not running. */
void task_destroy(struct model *model, uint32_t task);

/* @task, not running, goes to the run queue of @cpu; the rq locks of both CPUs modelled as held. */
void task_migrate(struct model *model, uint32_t task, uint32_t cpu);

/*
 * The decision part of a fork: @parent, on @cpu, makes @child (inactive, in its mm) a user.
 * Returns STEP_DONE; STEP_WINDOW; STEP_SPINS with mutex and lock held and interrupts off on @cpu:
 * only fork_spin() can go on; STEP_NEEDS_MUTEX or STEP_NEEDS_EXTENT with nothing done.
 */
struct step fork_begin(struct model *model, uint32_t cpu, uint32_t parent, uint32_t child,
	struct model_observer *observer);

/* One more round of the get of a fork: STEP_DONE if it found a number, else STEP_SPINS. */
struct step fork_spin(struct model *model, uint32_t mm, struct model_observer *observer);

/* The window that @task, back from a failed exec, has opened itself is over: it becomes active,
 * with a number of its CPU's. Only where the revision says so (exec-return=late); called by
 * window_complete(). Answers as fork_begin(). */
struct step exec_rejoin(struct model *model, uint32_t task, struct model_observer *observer);

/* The get of a fork gives up: the child stays without a number until its first switch. As for
 * switch_give_up(). */
void fork_give_up(struct model *model, uint32_t mm);

/*
 * The decision part of an exit, executed on @cpu: @task, active, leaves its mm. After a failed
 * fork the task has never run and the parent executes it.
 * Returns STEP_DONE; STEP_WINDOW; STEP_NEEDS_MUTEX with nothing done.
 */
struct step exit_begin(
	struct model *model, uint32_t cpu, uint32_t task, struct model_observer *observer);

/*
 * The parts of the two, for a driver that lets other CPUs' steps come between them: they take
 * place under the mutex, but a get and a drop are seen by switches at once. fork_begin() is
 * fork_decide() and, if that answers STEP_SPINS, fork_get(). exit_begin() is exit_leave(),
 * exit_decide() and, if that answers STEP_WINDOW, exit_change(). Nobody else may fork or exit
 * between them. Source: docs/protocol.md, section 6.
 */

/* Count the child and decide. As fork_begin(), but STEP_SPINS says that a get is due, not tried. */
struct step fork_decide(struct model *model, uint32_t cpu, uint32_t parent, uint32_t child,
	struct model_observer *observer);

/* The first try of that get; STEP_SPINS: only fork_spin() can go on. */
struct step fork_get(struct model *model, uint32_t mm, struct model_observer *observer);

/* @task gives its number back and is no user any more. STEP_DONE, or STEP_NEEDS_MUTEX with nothing
 * done. */
struct step exit_leave(
	struct model *model, uint32_t cpu, uint32_t task, struct model_observer *observer);

/* The decision. STEP_DONE: the exit is over; STEP_WINDOW: exit_change() is due, then the walk. */
struct step exit_decide(
	struct model *model, uint32_t cpu, uint32_t task, struct model_observer *observer);

/* The exit that has flipped the mode of @mm gives up the number of its CPU. */
void exit_change(struct model *model, uint32_t mm, struct model_observer *observer);

/*
 * "Complete": TRANSIT leaves the mode. The mutex is released, unless the window was a fork's
 * towards per task: then the child's get follows and STEP_SPINS may be the answer, after which
 * only fork_spin() can go on. Else STEP_DONE.
 */
struct step window_complete(struct model *model, uint32_t mm, struct model_observer *observer);

#endif
