/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_MIRROR_H
#define CIDSIM_SIM_KERNEL_MIRROR_H

/*
 * Where the partner of the code is not the model, the model mirrors the code: after each stop its
 * words, counts and lists become those of the code. So all that looks at the model (what is
 * possible, what has changed, which properties are broken) looks at the code.
 */

#include "sim/kernel/pair.h"

/* @operation has gone on on @cpu: the model becomes the state of @code, one of the pair's. */
void mirror_update(struct pair *pair, const struct code *code, const struct operation *operation,
	uint32_t cpu);

/* @task is about to be destroyed. It is no user from now on, even if the code says that it is one. */
void mirror_forget(struct pair *pair, uint32_t task);

/* Is @mm in the middle of a change? Then properties need not hold in its mirror. */
bool mirror_is_unsettled(const struct pair *pair, uint32_t mm);

#endif
