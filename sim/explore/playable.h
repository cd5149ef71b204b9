/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_PLAYABLE_H
#define CIDSIM_SIM_EXPLORE_PLAYABLE_H

/*
 * A path that a search has found, as steps of a machine that is not reduced: tasks sit on CPUs, the
 * dead are switched out, walks take the kernel's order. That is what a counterexample lists and
 * `cidsim run` plays.
 */

#include <glib.h>

#include "sim/machine/machine.h"

/* The config that the steps of playable_steps() are for: that of a player. */
struct machine_config playable_config(const struct machine_config *searched);

/*
 * The steps of a machine of playable_config() for @steps, of one of @searched. Returns NULL where a
 * walk in any order takes another than the kernel's. The caller frees the array of explore_step.
 */
GArray *playable_steps(const struct machine_config *searched, const GArray *steps);

#endif
