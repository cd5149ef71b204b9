/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_EXEC_H
#define CIDSIM_MODEL_EXEC_H

/*
 * An exec. docs/protocol.md, section 6. The task leaves its mm before the file is looked at:
 *
 *     user of the old mm --exec_leave()--> inactive
 *       ^                                   |  |
 *       |                                   |  +--exec_join(), exec_return()--> first user of a
 *       |                                   |     new mm: success, or a failure past the point
 *       |                                   |     of no return
 *       +--exec_return()--------------------+ any other failure
 *
 * Before it comes back, it may be moved to another CPU, and others may fork and exit.
 */

#include "model/observer.h"
#include "model/state.h"

/* @task, active, runs on @cpu and leaves its mm. Answers as exit_begin(). */
struct step exec_leave(
	struct model *model, uint32_t cpu, uint32_t task, struct model_observer *observer);

/* @task, inactive, gets @mm in place of its own and becomes the first of its thread group. */
void exec_join(struct model *model, uint32_t task, uint32_t mm);

/* @task, inactive, on @cpu, becomes a user of its mm: the new one, or the old one if the exec
 * has failed. Answers as fork_begin(). */
struct step exec_return(
	struct model *model, uint32_t cpu, uint32_t task, struct model_observer *observer);

#endif
