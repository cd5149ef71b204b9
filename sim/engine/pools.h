/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_ENGINE_POOLS_H
#define CIDSIM_SIM_ENGINE_POOLS_H

/* Pools: a leader makes threads that wait, releases them, waits until they are gone, again. */

#include "sim/engine/internal.h"

/* The first task of the process of a pool makes the leaders, at their time. */
enum advance pools_start(struct engine *engine, uint32_t task, struct team *team);

enum advance pools_leader_next(struct engine *engine, uint32_t task);
enum advance pools_worker_next(struct engine *engine, uint32_t task);

#endif
