/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_TASKS_H
#define CIDSIM_MODEL_TASKS_H

/*
 * Tasks as such, and the list of the users of an mm. docs/protocol.md, section 2.
 *
 * The list has the users in the order of counting. Where the walk goes over the tasks of the system
 * (before 7.0) it has the order of the kernel's lists: thread groups in the order in which they
 * became visible, in each its threads in theirs. Then a task keeps its place until it ends or has
 * another mm, and others than users are on the list, too: such as are in an exec, or dead.
 */

#include "model/state.h"

#define MM_NONE UINT32_MAX /* kernel thread */

/* Make @task with word UNSET, inactive, not visible, in thread group @group, last on @cpu. */
void task_create(struct model *model, uint32_t task, uint32_t mm, uint32_t group, uint32_t cpu);

/* Task walks over the system see @task from now on: behind all others of its thread group. */
void task_show(struct model *model, uint32_t task);

/* End @task, which is inactive and not running. */
void task_destroy(struct model *model, uint32_t task);

/* @task, not running, goes to the run queue of @cpu; the rq locks of both CPUs modelled as held. */
void task_migrate(struct model *model, uint32_t task, uint32_t cpu);

/* @task, inactive, gets @mm in place of its own, and becomes the first of its thread group. */
void task_change_mm(struct model *model, uint32_t task, uint32_t mm);

/* @task is of another thread group than was thought. Not while a walk is at it. */
void task_change_group(struct model *model, uint32_t task, uint32_t group);

/* @task, inactive, of @mm, becomes its newest user: active, on the list, counted. */
void users_add(struct model *model, uint32_t mm, uint32_t task);

/* @task, which is inactive already, is not counted any more. */
void users_remove(struct model *model, uint32_t mm, uint32_t task);

/* The user of @mm that is on the list before @task, TASK_NONE: the last one. TASK_NONE: there is
 * none. */
uint32_t users_before(const struct model *model, uint32_t mm, uint32_t task);

/* Asserts that the list of @mm has its users, each once: for tests, and where it is asked rarely. */
void users_assert(const struct model *model, uint32_t mm);

#endif
