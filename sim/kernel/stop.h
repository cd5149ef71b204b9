/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_STOP_H
#define CIDSIM_SIM_KERNEL_STOP_H

/* What it means that code has stopped somewhere. */

#include "sim/kernel/code.h"

/* Is it before a lock? */
bool stop_is_lock(const struct code_at *at);

/* Does it matter to others that the code is there? Else it is on its way: others may come in between
 * or not. */
bool stop_is_place(const struct code_at *at);

/* Can @code, which is @at, go on at once? */
bool stop_can_go_on(const struct code_at *at, const struct code *code);

#endif
