/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_POOL_H
#define CIDSIM_MODEL_POOL_H

/* The pool: which numbers of an mm are taken, and the two words that hold them.
 * docs/protocol.md, section 4. */

#include "model/observer.h"
#include "model/state.h"

#define POOL_NOTHING UINT32_MAX

/*
 * Take the lowest clear bit below @limit (1..possible).
 * Returns the number, or POOL_NOTHING and changes nothing. Constant time.
 */
uint32_t pool_take(
	struct model *model, uint32_t mm, uint32_t limit, struct model_observer *observer);

/*
 * "get": the lowest clear bit below max_cids, or if there is none the lowest below possible.
 * Returns POOL_NOTHING where the kernel would spin.
 */
uint32_t pool_get(struct model *model, uint32_t mm, struct model_observer *observer);

/* What pool_get() would take now, without taking it; POOL_NOTHING if there is nothing. */
uint32_t pool_find(const struct model *model, uint32_t mm);

/* Take @number (< possible), which pool_find() has answered before. Returns false, and changes
 * nothing, if somebody else has it by now. */
bool pool_set(struct model *model, uint32_t mm, uint32_t number, struct model_observer *observer);

/* True if pool_get() would find a number. */
bool pool_has_room(const struct model *model, uint32_t mm);

/*
 * "drop(n)": clear bit @bit. It may be any 32-bit word: old revisions pass flag bits (B4, B7).
 * A clear bit or one outside [0, possible) changes no bit, sets mm.faults and is reported to
 * @observer.
 */
void pool_drop(struct model *model, uint32_t mm, uint32_t bit, struct model_observer *observer);

/* Is bit @number of the pool set? @number < possible. */
bool pool_is_taken(const struct model *model, uint32_t mm, uint32_t number);

/* Highest number taken + 1, 0 if none is: the CID span. Constant time. */
uint32_t pool_span(const struct model *model, uint32_t mm);

/* "unset task": the word of @task becomes UNSET, and its number, if task-owned, is dropped. */
void pool_unset_task(struct model *model, uint32_t task, struct model_observer *observer);

/* "drop CPU": give back the number of the word of @cpu in @mm, which keeps it without ONCPU.
 * Only a CPU-owned word, unless the revision does not test that (B4). */
void pool_drop_cpu(struct model *model, uint32_t mm, uint32_t cpu, struct model_observer *observer);

/* "converge": the word to hold instead of @word, which the caller holds: with a number below
 * max_cids if one is free. */
cid_word pool_converge(
	struct model *model, uint32_t mm, cid_word word, struct model_observer *observer);

/* Move the pool of an mm that has just got its extent from mm.pool into it. */
void pool_move_to_extent(struct model *model, uint32_t mm);

/* Asserts that the pool of @mm agrees with what it counts and with its summaries, and has no number
 * that there is no CPU for: for tests, and where it is asked rarely. */
void pool_assert(const struct model *model, uint32_t mm);

#endif
