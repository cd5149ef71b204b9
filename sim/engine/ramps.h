/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_RAMPS_H
#define CIDSIM_SIM_ENGINE_RAMPS_H

/* The first task of a process with a ramp: it makes threads until there are enough, and lets them
 * leave again. */

#include "sim/engine/internal.h"

/* What @task, the leader of @team, does next. */
enum advance ramps_next(struct engine *engine, uint32_t task, struct team *team);

#endif
