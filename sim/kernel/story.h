/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_KERNEL_STORY_H
#define CIDSIM_SIM_KERNEL_STORY_H

/* A finding in words: each event, where the code is after it, and what it changed. */

#include "sim/kernel/lockstep.h"

/* Play the log of @finding on @pair and write finding.story, its path and its difference. Events of
 * one actor that follow each other are one paragraph. */
void story_tell(
	struct pair *pair, const struct protocol *protocol, struct lockstep_finding *finding);

#endif
