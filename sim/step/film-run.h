/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_STEP_FILM_RUN_H
#define CIDSIM_SIM_STEP_FILM_RUN_H

/* A run of the engine: a position is an event of the engine that something was recorded of. */

#include "sim/scenario/scenario.h"
#include "sim/step/film.h"

/* The film of @scenario, which has no [explore] and must live as long. */
struct film *film_run_new(const struct scenario *scenario);

#endif
