/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_AFFINITY_H
#define CIDSIM_MODEL_AFFINITY_H

/* Affinity changes, and the deferred work that they may queue.
 * Source: docs/protocol.md, section 3. */

#include "model/observer.h"
#include "model/state.h"

/*
 * @task gets the affinity @mask (as for mm_create; NULL = all): its mm may run there too from now.
 * Returns STEP_DONE; STEP_NEEDS_RQ_LOCK of its CPU or STEP_NEEDS_LOCK with nothing done.
 * If it queues the deferred work, it sets mm.update_deferred and reports that to @observer.
 */
struct step affinity_change(
	struct model *model, uint32_t task, const uint64_t *mask, struct model_observer *observer);

/* The deferred work of @mm, run by a kernel thread on @cpu.
 * Returns STEP_DONE; STEP_WINDOW (then as after an exit); STEP_NEEDS_MUTEX with nothing done. */
struct step affinity_deferred(
	struct model *model, uint32_t mm, uint32_t cpu, struct model_observer *observer);

#endif
