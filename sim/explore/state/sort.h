/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_EXPLORE_STATE_SORT_H
#define CIDSIM_SIM_EXPLORE_STATE_SORT_H

#include "sim/explore/state/parts.h"

/* Sort the @count states @ids. @scratch has room for as many. Returns where the result is: @ids or
 * @scratch. */
state_id *sort_states(state_id *ids, state_id *scratch, uint64_t count);

#endif
