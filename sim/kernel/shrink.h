/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_SHRINK_H
#define CIDSIM_SIM_KERNEL_SHRINK_H

/* Makes what leads to a finding short: takes events away, then CPUs, as long as it still shows. */

#include "sim/kernel/lockstep.h"

enum { SHRINK_EVENTS_MAX = 4000000 }; /* that are played for it, at the most */

/* Shrink @finding, of a run with @protocol, by playing it on @pair. Its difference is then that of
 * the short log. What does not show again when it is played stays as it is. */
void shrink_finding(
	struct pair *pair, const struct protocol *protocol, struct lockstep_finding *finding);

#endif
