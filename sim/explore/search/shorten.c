/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/search/shorten.h"

#include "sim/explore/search/result.h"

/*
 * A path that was not found level by level is long: most of its steps have nothing to do with the
 * state at its end. Parts are left out, first large ones, then smaller ones, then single steps, and
 * with them the steps that cannot be taken any more. A path that still breaks the property replaces
 * the one before.
 */

enum {
	WORK_MAX = 10000000, /* steps that are tried */
	SPIN_WORK = 10,      /* what a state costs in which it is asked whether a spin can end */
};

struct shortener {
	struct expander *expander;
	const struct judge *judge;
	const struct machine_config *config;
	unsigned property;
	uint64_t work;
};

/* What a switch may read of the mode and which number a child gets, only the list knows. */
static bool is_listed(const struct shortener *s, const struct explore_step *step)
{
	struct explore_step *steps = s->expander->steps;
	unsigned count =
		machine_steps(s->expander->base, s->config, (struct machine_twins){ 0 }, steps);

	for (unsigned i = 0; i < count; i++) {
		if (steps[i].verb == step->verb && steps[i].cpu == step->cpu &&
			steps[i].task == step->task && steps[i].child == step->child &&
			steps[i].sees == step->sees)
			return true;
	}
	return false;
}

static bool can_take(const struct shortener *s, const struct explore_step *step)
{
	return !machine_refuses(s->expander->base, s->config, step) &&
	       ((step->sees == SEES_PRESENT && step->child == STEP_TASK_NONE) ||
		       is_listed(s, step));
}

/* Take @step and add it to @steps. Where it does not spin nobody is stuck. */
static void take(struct shortener *s, struct explore_step step, GArray *steps)
{
	if (step.stuck)
		step.stuck &= machine_can_be_stuck(s->expander->base, s->config, step.cpu);
	if (!step_gets(machine_apply(s->expander->base, s->config, &step, NULL)))
		step.stuck = 0;
	g_array_append_val(steps, step);
}

/* Go where @steps lead. */
static void replay(struct shortener *s, const GArray *steps)
{
	expander_put(s->expander, s->expander->layout->blank);
	for (guint i = 0; i < steps->len; i++) {
		const struct explore_step *step = &g_array_index(steps, struct explore_step, i);

		g_assert(!machine_refuses(s->expander->base, s->config, step));
		machine_apply(s->expander->base, s->config, step, NULL);
	}
}

static void count_work(struct shortener *s, guint steps, uint64_t spin_states_before)
{
	s->work += steps;
	s->work += (spin_checker_states(s->judge->spins) - spin_states_before) * SPIN_WORK;
}

/* Those of @steps that can be taken without the @count from @from on, if they lead to the property;
 * otherwise NULL. */
static GArray *without(struct shortener *s, const GArray *steps, guint from, guint count)
{
	GArray *kept = g_array_sized_new(FALSE, FALSE, sizeof(struct explore_step), steps->len);
	uint64_t before = spin_checker_states(s->judge->spins);
	bool leads;

	expander_put(s->expander, s->expander->layout->blank);
	for (guint i = 0; i < steps->len; i++) {
		const struct explore_step *step = &g_array_index(steps, struct explore_step, i);

		if ((i < from || i - from >= count) && can_take(s, step))
			take(s, *step, kept);
	}
	leads = judge_machine(s->judge, s->expander->base, s->property);
	count_work(s, steps->len, before);
	g_assert(kept->len <= steps->len);
	if (leads)
		return kept;
	g_array_free(kept, TRUE);
	return NULL;
}

/* Leave out parts of @count steps, from the end on. Returns the path then; takes @steps over. */
static GArray *leave_out(struct shortener *s, GArray *steps, guint count)
{
	g_assert(count >= 1);
	for (guint from = steps->len; from > 0 && s->work < WORK_MAX;) {
		GArray *kept;

		from = MIN(from, steps->len);
		from -= MIN(from, count);
		kept = without(s, steps, from, count);
		if (!kept)
			continue;
		g_array_free(steps, TRUE);
		steps = kept;
	}
	return steps;
}

static GArray *shorten(struct shortener *s, GArray *steps)
{
	guint before;

	for (guint count = (steps->len + 1) / 2; count > 1; count = MIN(count, steps->len + 1) / 2)
		steps = leave_out(s, steps, count);
	do {
		before = steps->len;
		steps = leave_out(s, steps, 1);
	} while (steps->len < before);
	return steps;
}

void search_end_shortened(struct search_result *result, const struct search_options *options,
	struct expander *expander, const struct judge *judge, GArray *steps)
{
	struct shortener shortener = {
		.expander = expander,
		.judge = judge,
		.config = &expander->layout->config,
		.property = result->broken & -result->broken,
	};

	g_assert(result->broken);
	result->found_depth = steps->len;
	steps = shorten(&shortener, steps);
	replay(&shortener, steps);
	result->broken = judge_machine(judge, expander->base, options->check);
	g_assert(result->broken & shortener.property);
	g_assert(steps->len <= result->found_depth);
	result->depth = steps->len;
	search_result_take_steps(result, steps);
	search_end(result, SEARCH_VIOLATION);
}
