/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/machine/kinds.h"

#include <assert.h>
#include <stddef.h>

/* A row: word, arguments, sees MODE, form, | text, | what is used up, guard, effect, other text. */
static const struct step_kind kinds[VERB_COUNT] = {
	[VERB_OUT] = { "out", { A_CPU }, true, "out CPU",
		"CPU{cpu} switches from {runs} to idle{seen}",
		MACHINE_OPS, refuse_out, apply_out, NULL },
	[VERB_IN] = { "in", { A_CPU, A_TASK }, true, "in CPU TASK",
		"CPU{cpu} switches from idle to T{task}{seen}",
		MACHINE_OPS, refuse_in, apply_in, NULL },
	[VERB_LEAVE] = { "leave", { A_CPU }, true, "leave CPU",
		"CPU{cpu} leaves {runs}, half of a switch{seen}",
		MACHINE_OPS, refuse_leave, apply_leave, NULL },
	[VERB_ENTER] = { "enter", { A_CPU, A_TASK_OR_IDLE }, true,
		"enter CPU TASK or enter CPU idle",
		"CPU{cpu} enters T{task}, the other half of the switch{seen}",
		MACHINE_OPS, refuse_enter, apply_enter,
		"CPU{cpu} enters idle" },
	[VERB_RETRY] = { "retry", { A_CPU }, false, "retry CPU",
		"the get that spins on CPU{cpu} tries again",
		MACHINE_OPS, refuse_retry, apply_retry, NULL },
	[VERB_GIVE_UP] = { "give-up", { A_CPU }, false, "give-up CPU",
		"the get that spins on CPU{cpu} gives up",
		MACHINE_OPS, refuse_give_up, apply_give_up, NULL },
	[VERB_MIGRATE] = { "migrate", { A_TASK, A_CPU }, false, "migrate TASK CPU",
		"T{task} goes to the queue of CPU{cpu}",
		MACHINE_OPS, refuse_migrate, apply_migrate, NULL },
	[VERB_FORK] = { "fork", { A_TASK, A_CHILD }, false, "fork TASK CHILD",
		"T{task}, on CPU{at}, forks the thread T{child}",
		MACHINE_FORKS, refuse_fork, apply_fork, NULL },
	[VERB_CLONE_VM] = { "clone-vm", { A_TASK, A_CHILD }, false, "clone-vm TASK CHILD",
		"T{task}, on CPU{at}, clones T{child}, of another thread group",
		MACHINE_CLONE_VMS, refuse_fork, apply_fork, NULL },
	[VERB_VFORK] = { "vfork", { A_TASK, A_CHILD }, false, "vfork TASK CHILD",
		"T{task}, on CPU{at}, vforks T{child}",
		MACHINE_VFORKS, refuse_fork, apply_fork, NULL },
	[VERB_SHOW] = { "show", { A_TASK }, false, "show TASK",
		"T{task}, on CPU{at}, makes its child T{partner} visible",
		MACHINE_OPS, refuse_show, apply_show, NULL },
	[VERB_WALK] = { "walk", { A_PLACE }, false, "walk, walk CPU or walk TASK",
		"the walk comes to {target}",
		MACHINE_OPS, refuse_walk, apply_walk, NULL },
	[VERB_COMPLETE] = { "complete", { NOTHING }, false, "complete",
		"complete: the window is over",
		MACHINE_OPS, refuse_complete, apply_complete, NULL },
	[VERB_FORK_RETRY] = { "fork-retry", { NOTHING }, false, "fork-retry",
		"the get of the fork tries to find a number",
		MACHINE_OPS, refuse_fork_retry, apply_fork_retry, NULL },
	[VERB_FORK_GIVE_UP] = { "fork-give-up", { NOTHING }, false, "fork-give-up",
		"the get that spins in the fork gives up",
		MACHINE_OPS, refuse_fork_give_up, apply_fork_give_up, NULL },
	[VERB_EXIT] = { "exit", { A_TASK }, false, "exit TASK",
		"T{task}, on CPU{at}, exits",
		MACHINE_EXITS, refuse_begin, apply_exit, NULL },
	[VERB_EXEC] = { "exec", { A_TASK }, false, "exec TASK",
		"T{task}, on CPU{at}, leaves the mm for an exec",
		MACHINE_EXECS, refuse_begin, apply_exec, NULL },
	[VERB_FAILED_EXEC] = { "failed-exec", { A_TASK }, false, "failed-exec TASK",
		"T{task}, on CPU{at}, leaves the mm for an exec",
		MACHINE_FAILED_EXECS, refuse_begin, apply_failed_exec, NULL },
	[VERB_EXEC_END] = { "exec-end", { A_TASK }, false, "exec-end TASK",
		"the exec of T{task}, on CPU{at}, fails: it comes back",
		MACHINE_OPS, refuse_exec_end, apply_exec_end,
		"T{task}, on CPU{at}, goes on in another mm" },
	[VERB_AFFINITY] = { "affinity", { A_TASK }, false, "affinity TASK",
		"T{task} may run on all CPUs from now on",
		MACHINE_AFFINITIES, refuse_affinity, apply_affinity, NULL },
	[VERB_WORK] = { "work", { NOTHING }, false, "work",
		"the deferred work runs",
		MACHINE_OPS, refuse_work, apply_work, NULL },
};

const struct step_kind *step_kind(enum step_verb verb)
{
	assert((unsigned)verb < VERB_COUNT);
	return &kinds[verb];
}

enum machine_op machine_op_of(const struct explore_step *step)
{
	return step_kind(step->verb)->op;
}

const char *machine_refuses(const struct machine *machine, const struct machine_config *config,
	const struct explore_step *step)
{
	assert(step->cpu == STEP_CPU_NONE || step->cpu < config->cpus_count);
	assert(step->task == STEP_TASK_NONE || step->task < config->tasks_max);
	return step_kind(step->verb)->refuse(machine, config, step);
}

enum step_outcome machine_apply(struct machine *machine, const struct machine_config *config,
	const struct explore_step *step, struct model_observer *observer)
{
	const struct step_kind *kind = step_kind(step->verb);

	if (kind->op < MACHINE_OPS && machine->left[kind->op] > 0) /* may_all_exit: maybe 0 */
		machine->left[kind->op]--;
	return kind->apply(machine, config, step, observer);
}
