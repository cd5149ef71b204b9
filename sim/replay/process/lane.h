/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_REPLAY_PROCESS_LANE_H
#define CIDSIM_SIM_REPLAY_PROCESS_LANE_H

#include "sim/record/lane.h"

/* What is on @cpu, a dense index, by @tables (struct tables): of a process that is replayed, in its
 * likeliest state. Others are as idle. */
void replay_lane(void *tables, uint32_t cpu, struct record_lane *lane);

#endif
