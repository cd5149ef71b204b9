/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLAY_ROW_H
#define CIDSIM_SIM_PLAY_ROW_H

/* A played step as a record: in words, with what it changed and the state after it. */

#include "sim/machine/machine.h"
#include "sim/record/recorder.h"

/* Hand @step, the @number-th, which has made @after of @before, to the sink of @recorder, which takes
 * steps; @broken are the properties that do not hold after it, as bits. The start is number 0, and
 * has no step (NULL). */
void play_row(const struct recorder *recorder, const struct machine *before,
	const struct machine *after, const struct machine_config *config,
	const struct explore_step *step, uint32_t number, unsigned broken);

#endif
