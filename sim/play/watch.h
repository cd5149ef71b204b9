/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLAY_WATCH_H
#define CIDSIM_SIM_PLAY_WATCH_H

/*
 * Records what played steps do: who switched, moved, was forked and went, found by comparing the
 * machine before and after a step. What the model itself reports, mode switches and windows, goes
 * to the recorder through its observer.
 */

#include "sim/machine/machine.h"
#include "sim/record/recorder.h"

struct watch;

/* Of one account, the first of @recorder. Times are those of the recorder. */
struct watch *watch_new(struct recorder *recorder, const struct machine_config *config);

/* The machine as it begins. */
void watch_begin(struct watch *watch, const struct machine *machine);

/* @step, the @number-th, has made @after of @before. */
void watch_step(struct watch *watch, const struct machine *before, const struct machine *after,
	const struct explore_step *step, uint32_t number);

/* No step follows: what lasts has lasted until now. */
void watch_end(struct watch *watch, const struct machine *machine);

void watch_free(struct watch *watch);

#endif
