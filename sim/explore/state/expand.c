/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/expand.h"

#include <glib.h>

void expander_init(struct expander *expander, const struct pack_layout *layout)
{
	g_assert(layout->blank);
	expander->layout = layout;
	expander->base = g_new(struct machine, 1);
	expander->next = g_new(struct machine, 1);
	*expander->next = *layout->blank;
	expander_put(expander, layout->blank);
}

void expander_free(struct expander *expander)
{
	g_assert(expander->base != expander->next);
	g_free(expander->base);
	g_free(expander->next);
}

void expander_put(struct expander *expander, const struct machine *machine)
{
	*expander->base = *machine;
	expander->is_read = false;
	expander->twins = (struct machine_twins){ 0, 0 };
}

void expander_read(struct expander *expander, const uint32_t *key)
{
	expander->is_read = true;
	expander->twins = pack_read(expander->layout, key, expander->base, &expander->contents);
}

static void emit(struct expander *expander, const struct explore_step *step,
	enum step_outcome outcome, expand_sink sink, void *context)
{
	uint32_t key[PACK_WORDS_MAX];

	if (expander->is_read)
		pack_write_after(expander->layout, expander->next, expander->base,
			&expander->contents, step, outcome, key);
	else
		pack_write(expander->layout, expander->next, key);
	sink(context, step, expander->next, key);
}

static enum step_outcome take(struct expander *expander, const struct explore_step *step)
{
	machine_copy(expander->next, expander->base);
	return machine_apply(expander->next, &expander->layout->config, step, NULL);
}

/* A switch in that spins: for each set of tasks that may sit in the queue of its CPU. */
static unsigned steps_stuck(
	struct expander *expander, const struct explore_step *step, expand_sink sink, void *context)
{
	uint16_t able = machine_can_be_stuck(expander->base, &expander->layout->config, step->cpu) &
	                (uint16_t) ~(1u << step->task);
	struct explore_step stuck = *step;
	unsigned count = 0;

	do {
		stuck.stuck = (uint16_t)((stuck.stuck - able) & able);
		emit(expander, &stuck, take(expander, &stuck), sink, context);
		count++;
	} while (stuck.stuck != 0);
	g_assert(count == 1u << __builtin_popcount(able));
	return count;
}

/* Take those of the @count steps listed for which @wants returns true. */
static unsigned take_steps(struct expander *expander, unsigned count, expand_filter wants,
	expand_sink sink, void *context)
{
	const struct machine_config *config = &expander->layout->config;
	unsigned emitted = 0;

	for (unsigned i = 0; i < count; i++) {
		const struct explore_step *step = &expander->steps[i];
		enum step_outcome outcome;

		if (wants && !wants(context, step))
			continue;
		outcome = take(expander, step);
		if (step_gets(outcome) && step->verb == VERB_IN && machine_floats(config)) {
			emitted += steps_stuck(expander, step, sink, context);
			continue;
		}
		emit(expander, step, outcome, sink, context);
		emitted++;
	}
	g_assert(wants || emitted >= count);
	return emitted;
}

unsigned expander_some_steps(
	struct expander *expander, expand_filter wants, expand_sink sink, void *context)
{
	unsigned count = machine_steps(
		expander->base, &expander->layout->config, expander->twins, expander->steps);

	return take_steps(expander, count, wants, sink, context);
}

unsigned expander_rare_steps(struct expander *expander, expand_sink sink, void *context)
{
	unsigned count = machine_rare_steps(
		expander->base, &expander->layout->config, expander->twins, expander->steps);

	return take_steps(expander, count, NULL, sink, context);
}
