/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_ALIGN_H
#define CIDSIM_SIM_KERNEL_ALIGN_H

/*
 * How the model follows the code: by effect. Where the code of an operation has stopped, its states
 * are compared. If they differ, the model takes the next steps of the same operation, a few at the
 * most, until they are equal. If they are not then, the code is in the middle of a step: it goes on
 * to its next stop, and nobody comes in between. At the end of the operation they must be equal.
 *
 * Some stops say more: where the code is about to take the rq lock of a walk, the model's next step
 * is that of the walk, of the same CPU; where it looks for a free bit or spins, the next step is
 * the get.
 */

#include "sim/kernel/pair.h"

/* Go on with @actor, of a busy operation, on @cpu, and let the model follow, or the partner that is
 * in its place (follow.h). False with pair.difference. */
bool align_resume(struct pair *pair, uint32_t actor, uint32_t cpu);

#endif
