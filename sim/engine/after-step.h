/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_AFTER_STEP_H
#define CIDSIM_SIM_ENGINE_AFTER_STEP_H

/* What follows each step of the model that has changed something of an mm. */

#include <stdbool.h>
#include <stdint.h>

#include "sim/engine/holders.h"

struct engine;

struct checks {
	bool on;                     /* check properties after each step */
	uint64_t *seen;              /* scratch of check_mm() */
	struct holders holders;      /* off: look at the whole mm after each step */
	struct invariant *invariant; /* NULL: it is not asked for */
};

void checks_init(struct engine *engine);
void checks_clear(struct checks *checks);

/* Something of @mm was changed by a step: records, spins and checks follow. */
void after_step(struct engine *engine, uint32_t mm);

/* A window of @mm has closed, or a get has given up: check the whole mm. */
void after_window(struct engine *engine, uint32_t mm);

/* The run is over: check each mm as a whole. */
void after_run(struct engine *engine);

#endif
