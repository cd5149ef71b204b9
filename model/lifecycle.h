/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_LIFECYCLE_H
#define CIDSIM_MODEL_LIFECYCLE_H

/*
 * How tasks become users of an mm and cease to be. docs/protocol.md, section 6.
 *
 * Fork of a thread, of a CLONE_VM or vfork child: task_create() in the mm, fork_begin().
 * Fork of a process: mm_create(), mm_inherit(), task_create() in it, fork_begin().
 * Exit, failed fork: exit_begin(). Exec: see exec.h.
 * Where the revision counts early, task_show() comes after fork_begin(), otherwise before it.
 *
 * What mm.phase says, and who moves it:
 *
 *     IDLE --fork_decide()--> GET_LOCKED --fork_get(), fork_spin()--> IDLE
 *      |  \--fork_decide(), no number due--> IDLE
 *      |
 *      +--fork_decide(), exit_decide(), affinity_deferred(), with a flip--> WALK_TASKS or WALK_CPUS
 *             --walk_step()--> COMPLETE --window_complete()--> IDLE
 *                                 |                  \--> GET_MUTEX --fork_get(), fork_spin()-->
 * IDLE
 *                                 \--> GET_LOCKED (a candidate: exec-return=late)
 *
 * In any phase but IDLE the initiator holds the mutex, and every fork_begin() and exit_begin() on
 * the mm answers STEP_NEEDS_MUTEX. In GET_LOCKED it holds the lock, too.
 */

#include "model/observer.h"
#include "model/state.h"
#include "model/tasks.h"

/*
 * A fork: @parent, on @cpu, makes @child (inactive, in its mm) a user. Returns
 * - STEP_DONE;
 * - STEP_WINDOW: walk_step() until STEP_DONE, then window_complete();
 * - STEP_SPINS, STEP_FOUND, with mutex and lock held and interrupts off on @cpu: only fork_spin()
 * can go on;
 * - STEP_NEEDS_MUTEX, STEP_NEEDS_EXTENT, with nothing done.
 */
struct step fork_begin(struct model *model, uint32_t cpu, uint32_t parent, uint32_t child,
	struct model_observer *observer);

/* One more round of the get of a fork: STEP_DONE, STEP_SPINS or STEP_FOUND. */
struct step fork_spin(struct model *model, uint32_t mm, struct model_observer *observer);

/*
 * An exit, executed on @cpu: @task, active, leaves its mm. After a failed fork the task has never
 * run and the parent executes it. Returns STEP_DONE; STEP_WINDOW as a fork; STEP_NEEDS_MUTEX with
 * nothing done.
 */
struct step exit_begin(
	struct model *model, uint32_t cpu, uint32_t task, struct model_observer *observer);

/*
 * The parts of the two, for a driver that lets other CPUs' steps come between them: they take
 * place under the mutex, but a get and a drop are seen by switches at once. fork_begin() is
 * fork_decide() and, if that answers STEP_GET, fork_get(). exit_begin() is exit_leave(),
 * exit_decide() and, if that answers STEP_WINDOW, exit_change(). Nobody else may fork or exit
 * between them.
 */

/* Count the child and decide. Answers as fork_begin(), but STEP_GET in place of its get. */
struct step fork_decide(struct model *model, uint32_t cpu, uint32_t parent, uint32_t child,
	struct model_observer *observer);

/* The first try of that get. STEP_DONE; STEP_SPINS, STEP_FOUND: only fork_spin() can go on. */
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
 * "Complete": TRANSIT leaves the mode. STEP_DONE: the mutex is released. STEP_GET: the window was
 * a fork's towards per task, and the child's get follows, fork_get(), still under the mutex. Where
 * a candidate lets the task of an exec join again only now, the answer is that of fork_get().
 */
struct step window_complete(struct model *model, uint32_t mm, struct model_observer *observer);

#endif
