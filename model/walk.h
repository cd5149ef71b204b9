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

/* Begin the walk that the mode of @mm asks for, just flipped by mm.initiator, which holds the
 * mutex. mm.phase becomes the walk's, or PHASE_COMPLETE if there is nobody to visit. */
void walk_begin(struct model *model, uint32_t mm);

/* The CPU whose rq lock the next step of the walk of @mm takes. A step must be due. */
uint32_t walk_next_cpu(const struct model *model, uint32_t mm);

/* True if the pass that the task walk of @mm is in, which must be one, has yet to come to @task, be
 * it to leave it out. */
bool walk_comes_to(const struct model *model, uint32_t mm, uint32_t task);

/*
 * The next step of the walk of @mm.
 * Returns STEP_WINDOW if a further step is due, STEP_DONE if window_complete() is,
 * STEP_NEEDS_RQ_LOCK with nothing done if the rq lock is held by a switch.
 */
struct step walk_step(struct model *model, uint32_t mm, struct model_observer *observer);

/* The group of the task that the walk of @mm is about to visit has turned out to be another than
 * was thought, in the pass over the thread group: it goes on from there as if it had been known. */
void walk_seek_again(struct model *model, uint32_t mm);

#endif
