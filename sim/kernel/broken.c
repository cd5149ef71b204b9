/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/broken.h"

#include "model/check.h"
#include "model/pool.h"
#include "sim/kernel/alone.h"
#include "sim/kernel/mirror.h"

/* The checks that a mm may break after a failed exec, in every revision (B9 to B11). */
enum { KNOWN = CHECK_I1 | CHECK_I3 | CHECK_I4 | CHECK_I5 | CHECK_I8 };

/* A get that spins and finds nothing for very long. */
static bool is_stuck(const struct pair *pair, uint32_t actor)
{
	const struct operation *operation = &pair->operations[actor];

	return operation->spins_since && pair->events > operation->spins_since + BROKEN_STUCK;
}

static uint32_t mm_of_actor(const struct pair *pair, uint32_t actor)
{
	const struct operation *operation = &pair->operations[actor];

	if (actor >= ACTOR_TASK)
		return operation->mm;
	return operation->what == CODE_NONE ? CODE_NONE
	                                    : model_task_const(pair->model, operation->what)->mm;
}

static unsigned stuck_in(const struct pair *pair, uint32_t mm)
{
	for (uint32_t i = 0; i < pair->actors_count; i++) {
		if (is_stuck(pair, pair->actors[i]) && mm_of_actor(pair, pair->actors[i]) == mm &&
			!pool_has_room(pair->model, mm))
			return CHECK_I3;
	}
	return 0;
}

unsigned broken_now(const struct pair *pair, unsigned *known)
{
	unsigned broken = 0;
	uint64_t seen[1];

	*known = 0;
	if (pair->shape.alone)
		return alone_broken(pair);
	for (uint32_t mm = 0; mm < pair->shape.mms_max; mm++) {
		unsigned here;

		if (!pair_has_mm(pair, mm))
			continue;
		here = stuck_in(pair, mm);
		if (!mirror_is_unsettled(pair, mm))
			here |= check_mm(pair->model, mm, seen);
		if (pair->tainted[mm]) {
			*known |= here & KNOWN;
			here &= ~(unsigned)KNOWN;
		}
		broken |= here;
	}
	return broken;
}
