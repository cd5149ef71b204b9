/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/playable.h"

#include "model/walk.h"
#include "sim/machine/invariants.h"

/* Two machines side by side: the one that was searched, and the one that is to be played. */
struct players {
	const struct machine_config *searched;
	struct machine_config config;
	struct machine *from, *to;
	GArray *steps;
	bool failed;
};

struct machine_config playable_config(const struct machine_config *searched)
{
	struct machine_config config = *searched;

	config.reduced = config.any_cpu_order = config.any_task_order = false;
	config.may_all_exit = false;
	return config;
}

static const struct model_cpu *cpu_of(const struct players *players, uint32_t cpu)
{
	g_assert(cpu < players->config.cpus_count);
	return model_cpu_const(machine_model_const(players->to), cpu);
}

static void play(struct players *players, struct explore_step step)
{
	step.stuck = 0;
	if (players->failed || machine_refuses(players->to, &players->config, &step)) {
		players->failed = true;
		return;
	}
	machine_apply(players->to, &players->config, &step, NULL);
	g_array_append_val(players->steps, step);
}

static void play_verb(struct players *players, enum step_verb verb, uint32_t cpu, uint32_t task)
{
	play(players, (struct explore_step){
			    .verb = (uint8_t)verb,
			    .cpu = (uint8_t)cpu,
			    .task = (uint8_t)task,
			    .child = STEP_TASK_NONE,
			    .sees = SEES_PRESENT,
		    });
}

/* One that is dead still runs in the machine that is played: it makes room. */
static void switch_out_dead(struct players *players, uint32_t cpu)
{
	uint32_t curr = cpu_of(players, cpu)->curr;

	if (curr != TASK_NONE && players->to->pc[curr] == PC_DEAD &&
		cpu_of(players, cpu)->phase == CPU_FREE)
		play_verb(players, VERB_OUT, cpu, STEP_TASK_NONE);
}

static void make_room_for_child(struct players *players, uint32_t child)
{
	if (players->to->pc[child] == PC_DEAD)
		switch_out_dead(
			players, model_task_const(machine_model_const(players->to), child)->cpu);
}

/* A CPU other than @but whose rq lock is free and that @task may run on; the count if there is
 * none. */
static uint32_t elsewhere(const struct players *players, uint32_t task, uint32_t but)
{
	uint32_t cpu = 0;

	while (cpu < players->config.cpus_count &&
		(cpu == but || cpu_of(players, cpu)->phase != CPU_FREE ||
			!(players->config.allowed >> cpu & 1 || players->to->wide >> task & 1)))
		cpu++;
	return cpu;
}

/* The switch in is going to spin: the tasks that are stuck in the search must be in that queue, and
 * the others must not. */
static void migrate_for(struct players *players, const struct explore_step *step)
{
	uint16_t floating = machine_floating(players->from);

	g_assert(!(step->stuck >> step->task & 1));
	for (uint32_t task = 0; task < players->config.tasks_max; task++) {
		const struct model_task *t = model_task_const(machine_model_const(players->to), task);
		bool stuck = step->stuck >> task & 1;

		if (task == step->task || !(floating >> task & 1) ||
			players->to->pc[task] == PC_FREE ||
			model_is_running(machine_model_const(players->to), task))
			continue;
		if (stuck && t->cpu != step->cpu)
			play_verb(players, VERB_MIGRATE, step->cpu, task);
		else if (!stuck && t->cpu == step->cpu &&
			 elsewhere(players, task, step->cpu) < players->config.cpus_count)
			play_verb(players, VERB_MIGRATE, elsewhere(players, task, step->cpu), task);
	}
}

/* Does the switch in of @step spin? Tried on a copy. */
static bool will_spin(const struct players *players, const struct explore_step *step)
{
	struct machine *copy = g_new(struct machine, 1);
	bool spins;

	g_assert(!machine_refuses(players->from, players->searched, step));
	*copy = *players->from;
	spins = step_gets(machine_apply(copy, players->searched, step, NULL));
	g_free(copy);
	return spins;
}

/* In the order of the kernel, or these steps cannot be played. */
static void play_walk(struct players *players, const struct explore_step *step)
{
	const struct model_mm *mm = machine_mm(players->to);
	uint32_t target = step->cpu != STEP_CPU_NONE ? step->cpu : step->task;

	if (target != STEP_CPU_NONE && target != mm->cursor)
		players->failed = true;
	else
		play_verb(players, VERB_WALK, STEP_CPU_NONE, STEP_TASK_NONE);
}

static void follow(struct players *players, const struct explore_step *step)
{
	switch ((enum step_verb)step->verb) {
	case VERB_IN:
		switch_out_dead(players, step->cpu);
		if (machine_floats(players->searched) && will_spin(players, step))
			migrate_for(players, step);
		play(players, *step);
		break;
	case VERB_FORK:
	case VERB_CLONE_VM:
	case VERB_VFORK:
		make_room_for_child(players, step->child);
		play(players, *step);
		break;
	case VERB_WALK:
		play_walk(players, step);
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
		play(players, *step);
	}
	machine_apply(players->from, players->searched, step, NULL);
}

GArray *playable_steps(const struct machine_config *searched, const GArray *steps)
{
	struct players players = {
		.searched = searched,
		.config = playable_config(searched),
		.from = g_new(struct machine, 1),
		.to = g_new(struct machine, 1),
		.steps = g_array_new(FALSE, FALSE, sizeof(struct explore_step)),
	};
	bool can_start;

	can_start = machine_start(players.from, searched);
	g_assert(can_start);
	can_start = machine_start(players.to, &players.config);
	g_assert(can_start);
	for (guint i = 0; i < steps->len && !players.failed; i++)
		follow(&players, &g_array_index(steps, struct explore_step, i));
	machine_invariants_assert(players.from, searched);
	machine_invariants_assert(players.to, &players.config);
	g_assert(players.failed || players.steps->len >= steps->len);
	g_free(players.from);
	g_free(players.to);
	if (!players.failed)
		return players.steps;
	g_array_free(players.steps, TRUE);
	return NULL;
}
