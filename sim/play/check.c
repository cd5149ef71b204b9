/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/play/check.h"

#include <assert.h>

#include "model/check.h"
#include "sim/explore/state/judge.h"

enum { MM = 0 };

/* I7 is about an mm whose users and mode have not changed since each user was switched in. */
static unsigned check_when_quiet(struct play_seen *seen, const struct machine *before,
	const struct machine *after, const struct machine_config *config)
{
	const struct model *model = machine_model_const(after);
	const struct model_mm *mm = machine_mm(after), *old = machine_mm(before);

	if (mm->users != old->users || mm->mode != old->mode || mm->max_cids != old->max_cids)
		seen->tasks = 0;
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++) {
		const struct model_cpu *now = model_cpu_const(model, cpu);
		const struct model_cpu *was = model_cpu_const(machine_model_const(before), cpu);
		bool same = now->curr == was->curr && now->phase == was->phase;

		if (now->curr != TASK_NONE && now->phase == CPU_FREE && !same)
			seen->tasks |= (uint16_t)(1U << now->curr);
	}
	for (uint32_t task = 0; task < config->tasks_max; task++) {
		if (model_task_const(model, task)->active && !(seen->tasks >> task & 1))
			return 0;
	}
	return check_quiet(model, MM);
}

void play_seen_clear(struct play_seen *seen)
{
	invariant_free(seen->invariant);
	*seen = (struct play_seen){ 0 };
}

static bool breaks_invariant(
	struct play_seen *seen, const struct machine *machine, const struct machine_config *config)
{
	if (!seen->invariant)
		seen->invariant = invariant_new(&config->protocol, NULL);
	assert(seen->invariant); /* who asks for it has seen that the rules are there */
	return invariant_broken_in_machine(seen->invariant, machine, config) != NULL;
}

unsigned play_check(struct play_seen *seen, const struct machine *before,
	const struct machine *after, const struct machine_config *config, unsigned wanted)
{
	unsigned broken = machine_check(after) | check_when_quiet(seen, before, after, config);

	assert(machine_model_const(after)->cpus_count == config->cpus_count);
	if (judge_never_returns(after, config))
		broken |= EXPLORE_RETURN;
	broken |= judge_spins(NULL, after, EXPLORE_STALL);
	broken |= judge_transit(after, EXPLORE_TRANSIT | EXPLORE_WINDOW);
	if (wanted & EXPLORE_INVARIANT && breaks_invariant(seen, after, config))
		broken |= EXPLORE_INVARIANT;
	return broken & wanted;
}

enum play_spins play_check_spins(const struct machine *machine, const struct machine_config *config,
	unsigned wanted, size_t bytes, const volatile sig_atomic_t *stop, unsigned *broken)
{
	unsigned mask = wanted & (CHECK_I3 | EXPLORE_STUCK);
	static const volatile sig_atomic_t never;
	struct spin_checker *checker;
	bool gave_up;

	assert(machine_model_const(machine)->cpus_count == config->cpus_count);
	*broken = 0;
	if (!mask || !machine_spins(machine))
		return PLAY_SPINS_JUDGED;
	checker = spin_checker_new(config);
	if (!checker)
		return PLAY_SPINS_TOO_LARGE;
	spin_checker_limit(checker, bytes, stop ? stop : &never);
	*broken = judge_spins(checker, machine, mask);
	gave_up = spin_checker_gave_up(checker);
	spin_checker_free(checker);
	return gave_up ? PLAY_SPINS_GAVE_UP : PLAY_SPINS_JUDGED;
}
