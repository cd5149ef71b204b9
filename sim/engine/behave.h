/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_BEHAVE_H
#define CIDSIM_SIM_ENGINE_BEHAVE_H

/* What all kinds of tasks do in user space: run, sleep, wait. */

#include "sim/engine/internal.h"

/* @task begins with the first of the loops, or of the phases, of its unit. */
void behave_begin(struct engine *engine, uint32_t task);

/* Run, sleep, run, sleep ... and exit in the end, as the unit of @task says. */
enum advance behave(struct engine *engine, uint32_t task);

/* @task, whose unit has @behaviour, begins a burst as soon as its switch is over: draw the length
 * of the burst. Returns false, and does nothing, if the task has no more bursts. */
bool behave_draw_burst(struct engine *engine, uint32_t task, const struct behaviour *behaviour);

/* Something else comes before the burst that was drawn: undo the draw. The burst has not begun. */
void behave_undo_draw(struct engine *engine, uint32_t task);

/* @task sleeps for @ns, and begins a burst then. */
enum advance behave_sleep(struct engine *engine, uint32_t task, uint64_t ns);

/* @task waits until somebody wakes it, and begins a burst then. */
enum advance behave_wait(struct engine *engine, uint32_t task);

/* @task makes @count members of @unit, of @team (INDEX_NONE: none), one after another. */
enum advance behave_fork(
	struct engine *engine, uint32_t task, uint32_t unit, uint32_t count, uint32_t team);

#endif
