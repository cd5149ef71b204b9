/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_CHANGES_H
#define CIDSIM_SIM_KERNEL_CHANGES_H

/* What differs between two states of a pair, in words. */

#include "sim/kernel/pair.h"

/* "mode task -> cpu+t; T1 0 -> 0t; CPU0 0 -> 0t", from @before to the model of @pair; "" if nothing
 * does. With more than one mm, what is of another than mm0 says so. The caller frees it. */
char *changes_between(const struct pair *pair, const struct model *before);

#endif
