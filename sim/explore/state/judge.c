/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/state/judge.h"

#include <assert.h>

#include "model/check.h"
#include "model/mm.h"

void judge_init(struct judge *judge, const struct machine_config *config, unsigned check)
{
	assert(config->allowed != 0);
	judge->config = *config;
	judge->spins = spin_checker_new(config);
	judge->invariant = NULL;
	if (check & EXPLORE_INVARIANT)
		judge->invariant = invariant_new(&config->protocol, NULL);
	assert(judge->invariant || !(check & EXPLORE_INVARIANT));
}

void judge_clear(struct judge *judge)
{
	spin_checker_free(judge->spins);
	invariant_free(judge->invariant);
	judge->invariant = NULL;
	judge->spins = NULL;
}

bool judge_never_returns(const struct machine *machine, const struct machine_config *config)
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

unsigned judge_transit(const struct machine *machine, unsigned mask)
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

unsigned judge_spins(struct spin_checker *checker, const struct machine *machine, unsigned mask)
{
	bool window = mm_in_window(machine_mm(machine));
	unsigned broken = 0;

	if (!machine_spins(machine))
		return 0;
	if (!window)
		broken |= mask & EXPLORE_STALL;
	if (mask & CHECK_I3 || (mask & EXPLORE_STUCK && !window)) {
		assert(checker);
		if (!spin_can_end(checker, machine))
			broken |= mask & (CHECK_I3 | (window ? 0u : EXPLORE_STUCK));
	}
	assert(!(broken & ~mask));
	return broken;
}

unsigned judge_machine(const struct judge *judge, const struct machine *machine, unsigned mask)
{
	unsigned broken = machine_check(machine) & mask;

	broken |= judge_spins(judge->spins, machine, mask);
	broken |= judge_transit(machine, mask);
	if (mask & EXPLORE_RETURN && judge_never_returns(machine, &judge->config))
		broken |= EXPLORE_RETURN;
	if (mask & EXPLORE_INVARIANT &&
		invariant_broken_in_machine(judge->invariant, machine, &judge->config))
		broken |= EXPLORE_INVARIANT;
	return broken;
}
