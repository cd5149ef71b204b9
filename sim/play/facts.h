/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PLAY_FACTS_H
#define CIDSIM_SIM_PLAY_FACTS_H

/*
 * The facts of played steps, as records want them: who switched, moved, was forked and went, found
 * by comparing the machine before and after a step. What the model itself tells, mode switches and
 * windows, goes to the recorder through its observer.
 */

#include "sim/machine/machine.h"
#include "sim/record/recorder.h"

struct facts;

/* Of one account, the first of @recorder. Times are those of the recorder. */
struct facts *facts_new(struct recorder *recorder, const struct machine_config *config);

/* The machine as it begins. */
void facts_begin(struct facts *facts, const struct machine *machine);

/* @step, the @number-th, has made @after of @before. */
void facts_step(struct facts *facts, const struct machine *before, const struct machine *after,
	const struct explore_step *step, uint32_t number);

/* No step follows: what lasts has lasted until now. */
void facts_end(struct facts *facts, const struct machine *machine);

void facts_free(struct facts *facts);

#endif
