/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_COMPARE_H
#define CIDSIM_SIM_KERNEL_COMPARE_H

/* Is the state of the code that of the model? Every word, and what must not happen. */

#include "sim/kernel/pair.h"

bool compare_equal(const struct pair *pair);

/* How many values differ. */
uint32_t compare_count(const struct pair *pair);

/* Append the first difference, nothing if there is none: "T2 has 3t, in the model 3". Of two trees
 * whose second one the model mirrors: "T2 has 3t, in B 3". */
void compare_describe(const struct pair *pair, GString *text);

#endif
