/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/expand.h"

#include <glib.h>

#include "model/check.h"
#include "model/mm.h"

static struct machine *blank(const struct pack_layout *layout)
{
	struct machine *machine = g_new(struct machine, 1);

	*machine = *layout->blank;
	return machine;
}

void expander_init(struct expander *expander, const struct pack_layout *layout)
{
	expander->layout = layout;
	expander->base = blank(layout);
	expander->next = blank(layout);
	expander->spins = spin_checker_new(&layout->config);
}

void expander_free(struct expander *expander)
{
	spin_checker_free(expander->spins);
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
	return count;
}

unsigned expander_steps(struct expander *expander, expand_sink sink, void *context)
{
	const struct machine_config *config = &expander->layout->config;
	unsigned count = machine_steps(expander->base, config, expander->twins, expander->steps);
	unsigned told = 0;

	for (unsigned i = 0; i < count; i++) {
		const struct explore_step *step = &expander->steps[i];

		enum step_outcome outcome = take(expander, step);

		if (step_gets(outcome) && step->verb == VERB_IN && machine_floats(config)) {
			told += steps_stuck(expander, step, sink, context);
			continue;
		}
		emit(expander, step, outcome, sink, context);
		told++;
	}
	return told;
}

/* B8. */
bool expand_never_returns(const struct machine *machine, const struct machine_config *config)
{
	const struct model_mm *mm = machine_mm(machine);

	return mm->allowed != config->allowed && mm_is_per_cpu(mm) && mm->phase == PHASE_IDLE &&
	       mm->users > 0 && !mm->update_deferred && !machine->work &&
	       mm->users < mm_constraints(machine_model_const(machine), mm->allowed_count,
				   mm->allowed_count)
	                           .thrs;
}

/* Does a task run with a CID in transit? */
static bool runs_in_transit(const struct model *model)
{
	for (uint32_t cpu = 0; cpu < model->cpus_count; cpu++) {
		uint32_t curr = model_cpu_const(model, cpu)->curr;

		if (curr != TASK_NONE && model_task_const(model, curr)->active &&
			cid_is_in_transit(model_task_const(model, curr)->cid))
			return true;
	}
	return false;
}

unsigned expand_check_transit(const struct machine *machine, unsigned mask)
{
	const struct model *model = machine_model_const(machine);
	const struct protocol *protocol = &model->protocol;
	const struct model_mm *mm = machine_mm(machine);
	bool is_set = mm->mode & MODE_TRANSIT;
	bool has = mm_is_per_cpu(mm) ? protocol->transit_to_percpu : protocol->transit_to_task;

	if (mm->users == 0)
		return 0;
	if (mm_in_window(mm))
		return has && !is_set ? mask & EXPLORE_WINDOW : 0;
	if (!(mask & EXPLORE_TRANSIT) || !is_set || mm->phase != PHASE_IDLE)
		return 0;
	return runs_in_transit(model) ? EXPLORE_TRANSIT : 0;
}

unsigned expand_check_spins(
	struct spin_checker *checker, const struct machine *machine, unsigned mask)
{
	bool window = mm_in_window(machine_mm(machine));
	unsigned broken = 0;

	if (!machine_spins(machine))
		return 0;
	if (!window)
		broken |= mask & EXPLORE_STALL;
	if (mask & CHECK_I3 || (mask & EXPLORE_STUCK && !window)) {
		if (!spin_can_end(checker, machine))
			broken |= mask & (CHECK_I3 | (window ? 0u : EXPLORE_STUCK));
	}
	return broken;
}

unsigned expander_check(struct expander *expander, unsigned mask)
{
	const struct machine *machine = expander->base;
	unsigned broken = machine_check(machine) & mask;

	broken |= expand_check_spins(expander->spins, machine, mask);
	broken |= expand_check_transit(machine, mask);
	if (mask & EXPLORE_RETURN && expand_never_returns(machine, &expander->layout->config))
		broken |= EXPLORE_RETURN;
	return broken;
}
