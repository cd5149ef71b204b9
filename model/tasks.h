/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_TASKS_H
#define CIDSIM_MODEL_TASKS_H

/* Tasks as such, and the list of the users of an mm. docs/protocol.md, section 2. */

#include "model/state.h"

#define MM_NONE UINT32_MAX /* kernel thread */

/* Make @task with word UNSET, inactive, not visible, in thread group @group, last on @cpu. */
void task_create(struct model *model, uint32_t task, uint32_t mm, uint32_t group, uint32_t cpu);

/* Task walks over the system see @task from now on. */
void task_show(struct model *model, uint32_t task);

/* End @task, which is inactive and not running. */
void task_destroy(struct model *model, uint32_t task);

/* @task, not running, goes to the run queue of @cpu; the rq locks of both CPUs modelled as held. */
void task_migrate(struct model *model, uint32_t task, uint32_t cpu);

/* @task, inactive, of @mm, becomes its newest user: active, on the list, counted. */
void users_add(struct model *model, uint32_t mm, uint32_t task);

/* @task, which is inactive already, leaves the list of @mm and is not counted any more. */
void users_remove(struct model *model, uint32_t mm, uint32_t task);

/* Asserts that the list of @mm has its users, each once: for tests, and where it is asked rarely. */
void users_assert(const struct model *model, uint32_t mm);

#endif
