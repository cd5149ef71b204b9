/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_WALK_H
#define CIDSIM_MODEL_WALK_H

/*
 * The fix-up walks of a change of the mode, one step under one rq lock each.
 * Source: docs/protocol.md, section 6, "Task walk", "CPU walk".
 */

#include "model/observer.h"
#include "model/state.h"

/* Begin the walk for the mode of @mm, which mm.initiator has just flipped; it holds the mutex.
 * mm.phase becomes the walk's, or PHASE_COMPLETE if there is nobody to visit. */
void walk_begin(struct model *model, uint32_t mm);

/* The CPU whose rq lock the next step of the walk of @mm takes. A step must be due. */
uint32_t walk_next_cpu(const struct model *model, uint32_t mm);

/* The walk of @mm is a task walk. True if @task is at or after the next step of its present pass,
 * even if the pass will skip it. */
bool walk_comes_to(const struct model *model, uint32_t mm, uint32_t task);

/*
 * The next step of the walk of @mm.
 * Returns STEP_WINDOW if a further step is due, STEP_DONE if window_complete() is,
 * STEP_NEEDS_RQ_LOCK with nothing done if the rq lock is held by a switch.
 */
struct step walk_step(struct model *model, uint32_t mm, struct model_observer *observer);

/* The walk of @mm is in its pass over the thread group, and the group of the task that it visits
 * next was corrected: the pass goes on as if the group had always been right. */
void walk_seek_again(struct model *model, uint32_t mm);

#endif
