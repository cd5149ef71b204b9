/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_MM_H
#define CIDSIM_MODEL_MM_H

/* An mm: its life, its allowed mask, its constraints and the decision about its mode. */

#include "model/observer.h"
#include "model/state.h"

/*
 * Make mm @mm, which does not exist, with the CPUs of @mask allowed: words of 64 bits by dense
 * index, at least one bit set, none beyond possible; NULL = all possible CPUs.
 * Returns STEP_DONE or STEP_NEEDS_EXTENT. Source: docs/protocol.md, section 2.
 */
struct step mm_create(struct model *model, uint32_t mm, const uint64_t *mask);

/*
 * A fork has made @mm, just created, as a copy of its parent's mm, whose mode is @mode (MODE_*
 * bits). Where the revision does not clear that, TRANSIT stays: @mm is in a window that nobody
 * completes.
 */
void mm_inherit(struct model *model, uint32_t mm, uint8_t mode);

/* End mm @mm, which must have no users: another mm can get its extent. */
void mm_destroy(struct model *model, uint32_t mm);

/* Asserts what holds of @mm, which exists, between two steps, its pool and its list included: for
 * tests, and where it is asked rarely. */
void mm_assert(const struct model *model, uint32_t mm);

/* True if @cpu is in the allowed mask of @mm. */
bool mm_allows(const struct model *model, uint32_t mm, uint32_t cpu);

/*
 * Give @mm its extent if one more user could make its pool outgrow 64 numbers or flip its mode.
 * To be called before a user is counted. Returns STEP_DONE or STEP_NEEDS_EXTENT.
 */
struct step mm_prepare_user(struct model *model, uint32_t mm);

/* OR @mask (as for mm_create) into the allowed mask. Returns true if that grew. */
bool mm_allow(struct model *model, uint32_t mm, const uint64_t *mask);

/* The mutex of @mm, free until now, is held by @initiator on @cpu (TASK_NONE: the deferred work),
 * which forks @child (TASK_NONE: it does not fork). */
void mm_take_mutex(struct model_mm *mm, uint32_t cpu, uint32_t initiator, uint32_t child);

/* The change is over: nobody holds the mutex of @mm. */
void mm_release_mutex(struct model_mm *mm);

/* What the formulas of docs/protocol.md, section 3, give. */
struct mm_constraints {
	uint32_t max_cids;
	uint32_t thrs;
};

/* The formulas, for @users users and @allowed_count CPUs allowed of those of @model. */
struct mm_constraints mm_constraints(
	const struct model *model, uint32_t users, uint32_t allowed_count);

/*
 * "update_constraints": recompute, and flip the mode if a change is due.
 * The caller models the mm's lock as held. Only a fork flips to per CPU. @cpu and @task only go to
 * @observer.
 * Returns true if the mode was flipped. Source: docs/protocol.md, section 3.
 */
bool mm_update_constraints(struct model *model, uint32_t mm, enum model_trigger trigger,
	uint32_t cpu, uint32_t task, struct model_observer *observer);

/* Users at which an mm with @allowed_count CPUs allowed enters per-CPU mode, and at which it then
 * leaves it; leave is 0 if it never does. Source: docs/protocol.md, section 9. */
uint32_t mm_enter_users(const struct model *model, uint32_t allowed_count);
uint32_t mm_leave_users(const struct model *model, uint32_t allowed_count);

#endif
