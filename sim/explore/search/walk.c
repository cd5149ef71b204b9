/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <assert.h>
#include <string.h>

#include "sim/base/prng.h"
#include "sim/explore/search/modes.h"
#include "sim/explore/search/result.h"
#include "sim/explore/search/shorten.h"
#include "sim/explore/search/threads.h"

/*
 * Random walks: each step is drawn among those that can be taken, and a walk ends where nothing can
 * be done, or after options.max_depth steps. Most possible steps are switches. So each walk draws
 * first how often it takes each verb (its likings): some walks have many switches, others few. Each
 * walk has a random stream of its own, so it does not matter which thread takes it.
 *
 * Walks are given out in rounds. A round has only as many walks as cannot exceed the steps that are
 * left. So a round can be finished in any order, and its walks are summed up one by one. Draws: one
 * for the likings, one for each step, one more for a switch that spins where tasks float (who of
 * them is stuck).
 *
 *     begin_round --> the threads take walks of it: walks.next --> sum_up
 *         ^                                                          |
 *         +---- steps are left, none of its walks broke anything ----+--> violation, interrupted,
 *                                                                         walk
 *
 * During a round a thread touches its walker, the walks of the round that it took, and the three
 * atomic fields; everything else is the caller's, between rounds.
 */

enum { ROUND_MAX = 4096, ROUND_STEPS = 1 << 20, LIKING_BITS = 3 };
static_assert(VERB_COUNT * LIKING_BITS <= 64, "one draw for all");

/* What a thread has to itself. */
struct walker {
	struct expander expander;
	struct judge judge;
};

/* What a walk did. */
struct walk {
	bool begun;
	uint32_t steps, spin_states;
	uint32_t taken[VERB_COUNT];
	unsigned broken; /* at its end */
};

struct walks {
	const struct search_options *options;
	const struct pack_layout *layout;
	struct threads *threads;
	struct walker *walkers; /* by thread */
	struct search_result *result;
	struct walk *round;  /* its walks */
	uint64_t first;      /* number of the first walk of the round */
	unsigned count;      /* of walks in the round */
	uint32_t length_max; /* of a walk in the round */
	int next;            /* atomic: nobody has begun this one of the round */
	int broken;  /* atomic: the lowest of the round that breaks something, or the count */
	int stopped; /* atomic */
};

/* One walk */

/* Take @step, and if it spins say who is stuck. */
static void take(struct expander *expander, struct explore_step *step, struct prng *prng)
{
	const struct machine_config *config = &expander->layout->config;
	struct machine *next = expander->next;
	enum step_outcome outcome;

	machine_copy(next, expander->base);
	outcome = machine_apply(next, config, step, NULL);
	if (step_gets(outcome) && step->verb == VERB_IN && machine_floats(config)) {
		step->stuck = (uint16_t)prng_next(prng) & (uint16_t) ~(1u << step->task) &
		              machine_can_be_stuck(expander->base, config, step->cpu);
		machine_copy(next, expander->base);
		machine_apply(next, config, step, NULL);
	}
	expander->next = expander->base;
	expander->base = next;
}

/* How much a walk likes each verb: 1, 2, 4 ... 128. */
static void draw_likings(uint8_t likings[VERB_COUNT], struct prng *prng)
{
	uint64_t bits = prng_next(prng);

	for (unsigned verb = 0; verb < VERB_COUNT; verb++, bits >>= LIKING_BITS)
		likings[verb] = (uint8_t)(1u << (bits & ((1u << LIKING_BITS) - 1)));
}

/* One of @count steps, at least 1. */
static struct explore_step draw_step(const struct explore_step *steps, unsigned count,
	const uint8_t likings[VERB_COUNT], struct prng *prng)
{
	uint64_t sum = 0, at;

	assert(count > 0);
	for (unsigned i = 0; i < count; i++)
		sum += likings[steps[i].verb];
	at = prng_below(prng, sum);
	while (at >= likings[steps->verb])
		at -= likings[steps++->verb];
	return *steps;
}

/* Walk number @number, of at most walks.length_max steps, into @walk and, if not NULL, @steps. */
static void walk_along(const struct walks *walks, struct walker *walker, uint64_t number,
	struct walk *walk, GArray *steps)
{
	struct expander *expander = &walker->expander;
	const struct machine_config *config = &expander->layout->config;
	const struct machine_twins none = { 0, 0 };
	struct prng prng = { .key = prng_key(walks->options->seed, number) };
	uint8_t likings[VERB_COUNT];

	draw_likings(likings, &prng);
	*walk = (struct walk){ .begun = true };
	expander_put(expander, walks->layout->blank);
	for (;;) {
		struct explore_step step;
		unsigned count;

		walk->spin_states += machine_spins(expander->base);
		walk->broken =
			judge_machine(&walker->judge, expander->base, walks->options->check);
		if (walk->broken || walk->steps == walks->length_max)
			return;
		count = machine_steps(expander->base, config, none, expander->steps);
		if (count == 0)
			return;
		step = draw_step(expander->steps, count, likings, &prng);
		take(expander, &step, &prng);
		walk->steps++;
		walk->taken[step.verb]++;
		if (steps)
			g_array_append_val(steps, step);
	}
}

/* A round */

static void report_progress(struct walks *walks)
{
	const struct search_options *options = walks->options;
	int begun = g_atomic_int_get(&walks->next);
	const struct search_progress progress = {
		.transitions = walks->result->transitions,
		.walks = walks->result->walks + MIN((unsigned)begun, walks->count),
	};

	if (options->progress)
		options->progress(options->context, &progress);
	if (options->stop && options->stop(options->context))
		g_atomic_int_set(&walks->stopped, 1);
}

static void lower(int *lowest, int value)
{
	int now = g_atomic_int_get(lowest);

	assert(value >= 0);
	while (value < now && !g_atomic_int_compare_and_exchange(lowest, now, value))
		now = g_atomic_int_get(lowest);
}

/* Take walks of the round, but none behind one that breaks something. */
static void walk_round(void *context, unsigned thread)
{
	struct walks *walks = context;

	while (!g_atomic_int_get(&walks->stopped)) {
		int i = g_atomic_int_add(&walks->next, 1);

		if (i >= g_atomic_int_get(&walks->broken))
			return;
		walk_along(walks, &walks->walkers[thread], walks->first + (unsigned)i,
			&walks->round[i], NULL);
		if (walks->round[i].broken)
			lower(&walks->broken, i);
		if (thread == 0)
			report_progress(walks);
	}
}

/* As many walks as cannot take more than the steps that are left; at last one that is cut. */
static void begin_round(struct walks *walks, uint64_t steps_left)
{
	uint32_t length_max = walks->options->max_depth;
	uint64_t some = MAX(ROUND_STEPS / length_max, walks->options->jobs);

	g_assert(steps_left > 0);
	walks->length_max = (uint32_t)MIN(length_max, steps_left);
	walks->first = walks->result->walks;
	walks->count = (unsigned)MAX(1, MIN(steps_left / length_max, MIN(some, ROUND_MAX)));
	g_assert(walks->count == 1 || (uint64_t)walks->count * walks->length_max <= steps_left);
	walks->next = 0;
	walks->broken = (int)walks->count;
	memset(walks->round, 0, walks->count * sizeof(*walks->round));
}

/* Sum up a round, up to the walk that breaks something. Returns how many steps that were. */
static uint64_t sum_up(struct walks *walks)
{
	struct search_result *result = walks->result;
	uint64_t steps = 0;

	for (unsigned i = 0; i < walks->count && (int)i <= walks->broken; i++) {
		const struct walk *walk = &walks->round[i];

		steps += walk->steps;
		result->walks += walk->begun;
		result->spin_states += walk->spin_states;
		result->depth = MAX(result->depth, walk->steps);
		for (unsigned verb = 0; verb < VERB_COUNT; verb++)
			result->taken[verb] += walk->taken[verb];
	}
	g_assert(steps <= (uint64_t)walks->count * walks->length_max);
	result->transitions += steps;
	return steps;
}

/* All rounds */

/* Take the walk again that breaks something, and keep its steps. */
static void find(struct walks *walks)
{
	struct search_result *result = walks->result;
	struct walker *walker = &walks->walkers[0];
	GArray *steps = g_array_new(FALSE, FALSE, sizeof(struct explore_step));
	struct walk walk;

	walk_along(walks, walker, walks->first + (unsigned)walks->broken, &walk, steps);
	g_assert(walk.broken);
	result->broken = walk.broken;
	search_end_shortened(
		result, walks->options, &walker->expander, &walker->judge, steps);
}

static void search_rounds(struct walks *walks)
{
	const struct search_options *options = walks->options;
	uint64_t taken = 0, steps = 1;

	/* Where nothing can be done at the start no walk takes a step. */
	while (taken < options->steps && steps > 0 && !walks->stopped) {
		begin_round(walks, options->steps - taken);
		threads_run(walks->threads, walk_round, walks);
		steps = sum_up(walks);
		taken += steps;
		g_assert(taken <= options->steps);
		if (walks->broken < (int)walks->count) {
			find(walks);
			return;
		}
	}
	search_end(walks->result, walks->stopped ? SEARCH_INTERRUPTED : SEARCH_WALKS_OVER);
}

struct search_result *search_walks(
	const struct search_options *options, const struct pack_layout *layout)
{
	struct walks walks = {
		.options = options,
		.layout = layout,
		.threads = threads_new(options->jobs),
		.walkers = g_new0(struct walker, options->jobs),
		.result = search_result_new(layout),
		.round = g_new(struct walk, ROUND_MAX),
	};

	g_assert(options->max_depth >= 1);
	for (unsigned i = 0; i < options->jobs; i++) {
		expander_init(&walks.walkers[i].expander, layout);
		judge_init(&walks.walkers[i].judge, &layout->config, options->check);
	}
	search_rounds(&walks);
	for (unsigned i = 0; i < options->jobs; i++) {
		judge_clear(&walks.walkers[i].judge);
		expander_free(&walks.walkers[i].expander);
	}
	threads_free(walks.threads);
	g_free(walks.walkers);
	g_free(walks.round);
	return walks.result;
}
