/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_SEARCH_FORWARD_H
#define CIDSIM_SIM_EXPLORE_SEARCH_FORWARD_H

#include <glib.h>

#include "sim/explore/state/expand.h"

/*
 * The steps through the packed states of @path, @length + 1 states one after the other:
 * the first is the start, and each can be reached from the one before by one step. CPUs and tasks
 * have the names that they had at the start. The caller frees the array of explore_step.
 */
GArray *search_forward(struct expander *expander, const uint32_t *path, unsigned length);

#endif
