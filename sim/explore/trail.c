/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/trail.h"

#include "model/walk.h"

/* Two machines side by side: the one that was searched, and the one that is to be played. */
struct trail {
	const struct machine_config *searched;
	struct machine_config config;
	struct machine *from, *to;
	GArray *steps;
	bool failed;
};

struct machine_config trail_config(const struct machine_config *searched)
{
	struct machine_config config = *searched;

	config.reduced = config.any_cpu_order = config.any_task_order = false;
	config.may_all_exit = false;
	return config;
}

static const struct model_cpu *cpu_of(const struct trail *trail, uint32_t cpu)
{
	return model_cpu_const(machine_model_const(trail->to), cpu);
}

static void play(struct trail *trail, struct explore_step step)
{
	step.stuck = 0;
	if (trail->failed || machine_refuses(trail->to, &trail->config, &step)) {
		trail->failed = true;
		return;
	}
	machine_apply(trail->to, &trail->config, &step, NULL);
	g_array_append_val(trail->steps, step);
}

static void play_verb(struct trail *trail, enum step_verb verb, uint32_t cpu, uint32_t task)
{
	play(trail, (struct explore_step){
			    .verb = (uint8_t)verb,
			    .cpu = (uint8_t)cpu,
			    .task = (uint8_t)task,
			    .child = STEP_TASK_NONE,
			    .sees = SEES_PRESENT,
		    });
}

/* One that is dead still runs in the machine that is played: it makes room. */
static void switch_out_dead(struct trail *trail, uint32_t cpu)
{
	uint32_t curr = cpu_of(trail, cpu)->curr;

	if (curr != TASK_NONE && trail->to->pc[curr] == PC_DEAD &&
		cpu_of(trail, cpu)->phase == CPU_FREE)
		play_verb(trail, VERB_OUT, cpu, STEP_TASK_NONE);
}

static void make_room_for_child(struct trail *trail, uint32_t child)
{
	if (trail->to->pc[child] == PC_DEAD)
		switch_out_dead(
			trail, model_task_const(machine_model_const(trail->to), child)->cpu);
}

/* A CPU other than @but whose rq lock is free and that @task may run on; the count if there is
 * none. */
static uint32_t elsewhere(const struct trail *trail, uint32_t task, uint32_t but)
{
	uint32_t cpu = 0;

	while (cpu < trail->config.cpus_count &&
		(cpu == but || cpu_of(trail, cpu)->phase != CPU_FREE ||
			!(trail->config.allowed >> cpu & 1 || trail->to->wide >> task & 1)))
		cpu++;
	return cpu;
}

/* The switch in is going to spin: whom the search has said to be stuck must sit there, and the
 * others must not. */
static void migrate_for(struct trail *trail, const struct explore_step *step)
{
	uint16_t floating = machine_floating(trail->from);

	for (uint32_t task = 0; task < trail->config.tasks_max; task++) {
		const struct model_task *t = model_task_const(machine_model_const(trail->to), task);
		bool stuck = step->stuck >> task & 1;

		if (task == step->task || !(floating >> task & 1) ||
			trail->to->pc[task] == PC_FREE ||
			model_is_running(machine_model_const(trail->to), task))
			continue;
		if (stuck && t->cpu != step->cpu)
			play_verb(trail, VERB_MIGRATE, step->cpu, task);
		else if (!stuck && t->cpu == step->cpu &&
			 elsewhere(trail, task, step->cpu) < trail->config.cpus_count)
			play_verb(trail, VERB_MIGRATE, elsewhere(trail, task, step->cpu), task);
	}
}

/* Does the switch in of @step spin? Tried on a copy. */
static bool will_spin(const struct trail *trail, const struct explore_step *step)
{
	struct machine *copy = g_new(struct machine, 1);
	bool spins;

	*copy = *trail->from;
	spins = step_gets(machine_apply(copy, trail->searched, step, NULL));
	g_free(copy);
	return spins;
}

/* In the order of the kernel, or there is no such way. */
static void play_walk(struct trail *trail, const struct explore_step *step)
{
	const struct model_mm *mm = machine_mm(trail->to);
	uint32_t target = step->cpu != STEP_CPU_NONE ? step->cpu : step->task;

	if (target != STEP_CPU_NONE && target != mm->cursor)
		trail->failed = true;
	else
		play_verb(trail, VERB_WALK, STEP_CPU_NONE, STEP_TASK_NONE);
}

static void follow(struct trail *trail, const struct explore_step *step)
{
	switch ((enum step_verb)step->verb) {
	case VERB_IN:
		switch_out_dead(trail, step->cpu);
		if (machine_floats(trail->searched) && will_spin(trail, step))
			migrate_for(trail, step);
		play(trail, *step);
		break;
	case VERB_FORK:
	case VERB_CLONE_VM:
	case VERB_VFORK:
		make_room_for_child(trail, step->child);
		play(trail, *step);
		break;
	case VERB_WALK:
		play_walk(trail, step);
		break;
	case VERB_OUT:
	case VERB_LEAVE:
	case VERB_ENTER:
	case VERB_RETRY:
	case VERB_GIVE_UP:
	case VERB_MIGRATE:
	case VERB_SHOW:
	case VERB_COMPLETE:
	case VERB_FORK_RETRY:
	case VERB_FORK_GIVE_UP:
	case VERB_EXIT:
	case VERB_EXEC:
	case VERB_FAILED_EXEC:
	case VERB_EXEC_END:
	case VERB_AFFINITY:
	case VERB_WORK:
	case VERB_COUNT:
		play(trail, *step);
	}
	machine_apply(trail->from, trail->searched, step, NULL);
}

GArray *trail_exact(const struct machine_config *searched, const GArray *steps)
{
	struct trail trail = {
		.searched = searched,
		.config = trail_config(searched),
		.from = g_new(struct machine, 1),
		.to = g_new(struct machine, 1),
		.steps = g_array_new(FALSE, FALSE, sizeof(struct explore_step)),
	};

	machine_start(trail.from, searched);
	machine_start(trail.to, &trail.config);
	for (guint i = 0; i < steps->len && !trail.failed; i++)
		follow(&trail, &g_array_index(steps, struct explore_step, i));
	g_free(trail.from);
	g_free(trail.to);
	if (!trail.failed)
		return trail.steps;
	g_array_free(trail.steps, TRUE);
	return NULL;
}
