/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/lockstep.h"

#include <string.h>

#include "sim/base/prng.h"
#include "sim/kernel/broken.h"
#include "sim/kernel/choose.h"
#include "sim/kernel/compile.h"
#include "sim/kernel/shrink.h"
#include "sim/kernel/start.h"
#include "sim/kernel/story.h"

enum {
	TRIES_MAX =
		100000, /* events that are impossible, one after the other: nothing can happen */
};

struct lockstep {
	const struct lockstep_options *options;
	struct lockstep_result *result;
	struct pair *pair;
	struct prng prng;
	struct mood mood;
	uint64_t steps; /* of the rounds before */
};

static void keep(struct lockstep *lockstep, struct lockstep_finding *finding, unsigned broken)
{
	const struct pair *pair = lockstep->pair;
	const struct lockstep_log *now = &lockstep->result->now;

	finding->step = lockstep->steps + pair->steps;
	finding->difference = pair->difference;
	finding->broken = broken;
	finding->log.shape = now->shape;
	finding->log.count = now->count;
	memcpy(finding->log.events, now->events, now->count * sizeof(struct event));
}

static void note_broken(struct lockstep *lockstep, unsigned broken)
{
	struct lockstep_result *result = lockstep->result;
	unsigned fresh = broken & ~result->broken;

	if (fresh && !result->broken)
		keep(lockstep, &result->violation, fresh & -fresh);
	result->broken |= broken;
}

static void check_properties(struct lockstep *lockstep)
{
	unsigned known, broken = broken_now(lockstep->pair, &known);

	lockstep->result->broken_known |= known;
	if (broken)
		note_broken(lockstep, broken);
}

/* The loop */

/* One event that is possible; false at the end of the round. */
static bool take_event(struct lockstep *lockstep)
{
	struct lockstep_log *now = &lockstep->result->now;

	g_assert(now->count < LOCKSTEP_ROUND);
	for (int tries = 0; tries < TRIES_MAX; tries++) {
		struct event event = choose_event(&lockstep->prng, &lockstep->mood, lockstep->pair);
		enum event_outcome outcome;

		now->events[now->count] = event;
		outcome = event_apply(lockstep->pair, &event);
		if (outcome == EVENT_IMPOSSIBLE)
			continue;
		now->count++;
		return outcome == EVENT_TAKEN;
	}
	return false;
}

/* In the middle of steps only what alone.h knows is asked for. */
static struct shape next_shape(struct lockstep *lockstep)
{
	struct shape shape = choose_shape(&lockstep->prng);

	if (!lockstep->options->fine)
		return shape;
	g_assert(lockstep->options->partner == PARTNER_NOBODY);
	shape.alone = shape.fine = true;
	shape.failed_execs = false; /* every revision breaks properties after them */
	shape.mms_max = 1;
	return shape;
}

static void run_round(struct lockstep *lockstep)
{
	const struct shape shape = next_shape(lockstep);
	/* Short ones see many machines, long ones what takes long. */
	const uint32_t events = LOCKSTEP_ROUND >> prng_below(&lockstep->prng, 4);
	struct pair *pair = lockstep->pair;

	lockstep->result->now.shape = shape;
	lockstep->result->now.count = 0;
	lockstep->mood = (struct mood){ 0 };
	start_pair(pair, &shape, &lockstep->options->protocol);
	while (!pair->difference.found && lockstep->result->now.count < events &&
		take_event(lockstep)) {
		check_properties(lockstep);
	}
	if (pair->difference.found)
		keep(lockstep, &lockstep->result->difference, 0);
	lockstep->steps += pair->steps;
	lockstep->result->steps = lockstep->steps;
	lockstep->result->rounds++;
}

/* Make what was found short, and tell how it comes to that. */
static void tell(struct lockstep *lockstep, struct lockstep_finding *finding, bool found)
{
	if (!found || !lockstep->options->tells)
		return;
	shrink_finding(lockstep->pair, &lockstep->options->protocol, finding);
	story_tell(lockstep->pair, &lockstep->options->protocol, finding);
}

/* Play a log that is known, and tell it. */
static void replay(struct lockstep *lockstep)
{
	struct lockstep_result *result = lockstep->result;
	struct pair *pair = lockstep->pair;
	unsigned known;

	result->now = *lockstep->options->replays;
	result->difference.log = result->now;
	story_tell(pair, &lockstep->options->protocol, &result->difference);
	result->difference.step = result->steps = pair->steps;
	result->rounds = 1;
	if (!pair->difference.found)
		result->broken = broken_now(pair, &known);
	if (!result->broken)
		return;
	result->violation = result->difference;
	result->violation.broken = result->broken & -result->broken;
	story_tell(pair, &lockstep->options->protocol, &result->violation);
}

static void run_rounds(struct lockstep *lockstep)
{
	const struct lockstep_options *options = lockstep->options;
	struct lockstep_result *result = lockstep->result;

	for (uint64_t round = 0; !result->stop && lockstep->steps < options->steps_max &&
				 !lockstep->pair->difference.found;
		round++) {
		lockstep->prng = (struct prng){ .key = prng_key(options->seed, round) };
		run_round(lockstep);
	}
	tell(lockstep, &result->difference, result->difference.difference.found);
	tell(lockstep, &result->violation, result->violation.broken);
}

static void play_loads(struct lockstep *lockstep)
{
	const struct lockstep_options *options = lockstep->options;

	g_assert(options->loads_count <= LOADS_MAX);
	for (uint32_t i = 0; i < options->loads_count && !lockstep->result->stop; i++)
		load_play(lockstep->pair, &options->protocol, &options->loads[i],
			&lockstep->result->effects[i]);
}

/* What an exploration of the code alone has written is played alone. */
static enum partner partner_of(const struct lockstep_options *options)
{
	return options->replays && options->replays->shape.alone ? PARTNER_NOBODY
	                                                         : options->partner;
}

void lockstep_run(
	const struct code *code, const void *asked, struct lockstep_result *result, void *more)
{
	const struct lockstep_options *options = asked;
	struct lockstep lockstep = { .options = options, .result = result };
	g_autoptr(GError) error = NULL;
	const struct code *other = options->other ? compiled_load(options->other, &error) : NULL;

	(void)more;
	if (options->other && !other) {
		g_strlcpy(result->failed, error->message, sizeof(result->failed));
		return; /* not done */
	}
	lockstep.pair = pair_new(code, partner_of(options), other);
	if (options->replays)
		replay(&lockstep);
	else if (options->loads)
		play_loads(&lockstep);
	else
		run_rounds(&lockstep);
	pair_free(lockstep.pair);
	result->done = 1;
}
