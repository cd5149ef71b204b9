/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_MODEL_CANDIDATE_H
#define CIDSIM_MODEL_CANDIDATE_H

/*
 * Changes to the protocol that no kernel has: proposals, and candidate fixes to compare. Each is
 * behind a flag that is off in all historical revisions. With the flag off these functions do what
 * the kernel does, so a reader of the history needs none of them.
 *
 *     affinity-return  what leads back to per task after a widened affinity (B8)
 *     walk-unset       what the CPU walk does under a task that has UNSET (B9)
 *     exec-return      what a failed exec gets in per-CPU mode (B9, B10)
 *     last-exit        what the exit of a last user leaves behind (B11)
 *     bounded-get      a get that finds nothing gives up
 */

#include "model/observer.h"
#include "model/state.h"

/* affinity-return: the threshold of @mm, in per-CPU mode, just widened; @thrs is the kernel's. */
uint32_t candidate_threshold(const struct model *model, const struct model_mm *mm, uint32_t thrs);

/* walk-unset: the CPU walk is at @cpu, which owns a number of @mm under an active task of it whose
 * word is not CPU-owned. The kernel does nothing. */
void candidate_walk_unset(
	struct model *model, uint32_t mm, uint32_t cpu, struct model_observer *observer);

/* exec-return: does @child, forked by @parent, come back from an exec and get a number in any mode?
 * In the kernel no child gets one in per-CPU mode. */
bool candidate_exec_gets(const struct model *model, uint32_t parent, uint32_t child);

/* exec-return: mm.child of @mm, whose get is due, takes the number that its CPU owns. False, with
 * nothing done, if the child does not come back to per-CPU mode, or the CPU owns no number. */
bool candidate_exec_takes(struct model *model, uint32_t mm);

/* exec-return=late: @child, forked by @parent, has flipped the mode. One that comes back from an
 * exec is inactive until its window is over. */
void candidate_exec_waits(struct model *model, uint32_t parent, uint32_t child);

/* exec-return=late: the window of @mm is over. If its initiator waits for that, it becomes active:
 * true, and its get is due. */
bool candidate_exec_rejoins(struct model *model, uint32_t mm);

/* last-exit: the last user of @mm has left, and flipped the mode. The kernel does nothing. */
void candidate_last_exit(struct model *model, uint32_t mm, struct model_observer *observer);

/*
 * bounded-get: the get that spins on @cpu gives up. Its task runs on with UNSET, so does the CPU's
 * word, until the next switch. When to give up is the driver's choice.
 */
void switch_give_up(struct model *model, uint32_t cpu);

/* bounded-get: the get of a fork gives up; the child stays without a number until its first switch.
 */
void fork_give_up(struct model *model, uint32_t mm);

#endif
