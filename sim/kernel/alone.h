/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_ALONE_H
#define CIDSIM_SIM_KERNEL_ALONE_H

/* Properties of the code's state where it runs alone and may be in the middle of anything: what
 * tasks see; and what the pool and the words say where no operation is under way, as the code may
 * hold numbers in its registers. */

#include "sim/kernel/pair.h"

/* Which of I1, I2, I4, I5, I6 and I8 the code's state breaks in mm 0, as CHECK_* bits. */
unsigned alone_broken(const struct pair *pair);

#endif
