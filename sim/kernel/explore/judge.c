/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/explore/judge.h"

#include "model/check.h"
#include "sim/kernel/alone.h"

unsigned judge_state(struct world *world, struct stuck *stuck, unsigned check, bool *spins)
{
	const struct pair *pair = world->pair;
	uint64_t seen[1];
	unsigned broken;

	if (world->config->alone)
		broken = alone_broken(pair);
	else
		broken = pair_has_mm(pair, 0) ? check_mm(pair->model, 0, seen) : 0;
	broken &= check;
	*spins = world_spins(world);
	if (*spins && !broken && check & CHECK_I3 && !stuck_can_end(stuck))
		broken = CHECK_I3;
	return broken;
}
