/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The steps that are listed, and those that are not, of random machines. What such machines become
 * is compared with the words that they are packed into in test-pack.c. */

#include "sim/machine/machine.h"

#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

enum { SEEDS = 1500, RANDOM_STEPS = 60 };

SUITE(.timeout = 120);

/* Who is in the middle of what only one of two can be. */
static const char *check_partners(const struct machine *m, uint32_t task)
{
	uint8_t partner = m->partner[task];

	switch ((enum machine_pc)m->pc[task]) {
	case PC_BORN:
		return m->partner[partner] == task ? NULL : "a child is not its parent's";
	case PC_FORKS:
	case PC_VFORKS:
	case PC_SHOWS:
	case PC_VSHOWS:
		return m->pc[partner] == PC_BORN && m->partner[partner] == task
		               ? NULL
		               : "a fork has no child";
	case PC_WAITS:
		return m->pc[partner] != PC_FREE && m->pc[partner] != PC_DEAD
		               ? NULL
		               : "a vfork waits for nobody";
	default:
		return NULL;
	}
}

static const char *check_task(
	const struct machine *m, const struct machine_config *config, uint32_t task)
{
	const struct model *model = machine_model_const(m);
	const struct model_task *t = model_task_const(model, task);
	bool is_there = m->pc[task] != PC_FREE && m->pc[task] != PC_DEAD;

	if (m->pc[task] == PC_FREE)
		return t->active ? "a task that is not there is active" : NULL;
	if (is_there && !(config->allowed >> t->cpu & 1) && !(m->wide >> task & 1))
		return "a task is where it may not run";
	if (m->pc[task] == PC_BORN && model_is_running(model, task))
		return "a child runs before its fork is over";
	if (m->pc[task] == PC_DEAD && !model_is_running(model, task))
		return "a dead task waits to run";
	return check_partners(m, task);
}

static const char *check_cpu(const struct machine *m, uint32_t cpu)
{
	const struct model *model = machine_model_const(m);
	const struct model_cpu *c = model_cpu_const(model, cpu);

	if (c->curr == TASK_NONE)
		return c->phase == CPU_SPINS ? "an idle CPU spins" : NULL;
	if (model_task_const(model, c->curr)->cpu != cpu)
		return "a CPU runs a task that is elsewhere";
	return c->phase == CPU_BETWEEN ? "a CPU has left its task and has it" : NULL;
}

/* The one who holds the mutex, and nobody else, is in the middle of something. */
static const char *check_mutex(const struct machine *m)
{
	const unsigned holds = 1u << PC_FORKS | 1u << PC_VFORKS | 1u << PC_EXITS | 1u << PC_LEAVES |
	                       1u << PC_LEAVES_TO_FAIL | 1u << PC_RETURNS;
	const struct model *model = machine_model_const(m);

	for (uint32_t task = 0; task < model->tasks_count; task++) {
		if ((holds >> m->pc[task] & 1) != (machine_initiator(m) == task))
			return "the mutex is not held by who is in the middle of something";
	}
	return m->waiting && machine_mm(m)->phase == PHASE_IDLE ? "nobody waits for a rq lock"
	                                                        : NULL;
}

/* What must always be so, or what is wrong. */
static const char *check_machine(const struct machine *m, const struct machine_config *config)
{
	const char *wrong = check_mutex(m);

	for (uint32_t task = 0; !wrong && task < config->tasks_max; task++)
		wrong = check_task(m, config, task);
	for (uint32_t cpu = 0; !wrong && cpu < config->cpus_count; cpu++)
		wrong = check_cpu(m, cpu);
	for (int op = 0; !wrong && op < MACHINE_OPS; op++)
		wrong = m->left[op] > config->may[op] ? "more is left than might be" : NULL;
	return wrong;
}

static void fail_random(const char *what, const struct machine_config *config,
	const struct explore_step *step, uint64_t seed, unsigned number)
{
	char text[STEP_TEXT_MAX];

	machines_print_config(config);
	fflush(stdout);
	step_print(step, text);
	ck_abort_msg("%s: '%s', step %u of seed %lu", what, text, number, (unsigned long)seed);
}

/* Take random steps of random machines, and look at each. */
typedef void (*looker)(const struct machine *m, const struct machine_config *config,
	const struct explore_step *steps, unsigned count, struct prng *prng, uint64_t seed,
	unsigned number);

static void walk_at_random(looker look)
{
	static struct explore_step steps[MACHINE_STEPS_MAX];
	const struct machine_twins none = { 0, 0 };

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct prng prng = { prng_key(seed, 1), 0 };
		struct machine_config config = machines_random_config(&prng, 6);
		struct machine *m = machines_new(&config);

		for (unsigned number = 0; number < RANDOM_STEPS; number++) {
			unsigned count = machine_steps(m, &config, none, steps);

			if (count == 0)
				break;
			look(m, &config, steps, count, &prng, seed, number);
			machine_apply(m, &config, &steps[machines_random_pick(&prng, steps, count)],
				NULL);
		}
		free(m);
	}
}

static void look_at_listed(const struct machine *m, const struct machine_config *config,
	const struct explore_step *steps, unsigned count, struct prng *prng, uint64_t seed,
	unsigned number)
{
	(void)prng;
	for (unsigned i = 0; i < count; i++) {
		const char *why = machine_refuses(m, config, &steps[i]);

		if (why)
			fail_random(why, config, &steps[i], seed, number);
		for (unsigned j = 0; j < i; j++) {
			if (machines_same_step(&steps[i], &steps[j]))
				fail_random("listed twice", config, &steps[i], seed, number);
		}
	}
}

TEST(every_step_that_is_listed_can_be_taken_and_is_listed_once)
{
	walk_at_random(look_at_listed);
}

/* Each step from a copy, so that more is seen than the one way that is gone. */
static void look_at_next(const struct machine *m, const struct machine_config *config,
	const struct explore_step *steps, unsigned count, struct prng *prng, uint64_t seed,
	unsigned number)
{
	static struct machine next, again;

	(void)prng;
	machine_start(&next, config);
	again = *m;
	for (unsigned i = 0; i < count; i++) {
		const char *wrong;

		machine_copy(&next, m);
		machine_apply(&next, config, &steps[i], NULL);
		wrong = check_machine(&next, config);
		if (wrong)
			fail_random(wrong, config, &steps[i], seed, number);
	}
	if (memcmp(&again, m, sizeof(again)) != 0)
		fail_random("a copy is not one", config, &steps[0], seed, number);
}

TEST(whatever_is_taken_the_machine_stays_a_machine)
{
	walk_at_random(look_at_next);
}

/* A copy of a copy of what matters is all of it: the same step makes the same of it. */
static void look_at_copy(const struct machine *m, const struct machine_config *config,
	const struct explore_step *steps, unsigned count, struct prng *prng, uint64_t seed,
	unsigned number)
{
	static struct machine whole, copy;
	const struct explore_step *step = &steps[machines_below(prng, count)];
	enum step_outcome a, b;

	whole = *m;
	machine_start(&copy, config);
	machine_copy(&copy, m);
	a = machine_apply(&whole, config, step, NULL);
	b = machine_apply(&copy, config, step, NULL);
	if (a != b || memcmp(&whole, &copy, sizeof(copy)) != 0)
		fail_random("a copy goes on in another way", config, step, seed, number);
}

TEST(a_copy_goes_on_as_the_original)
{
	walk_at_random(look_at_copy);
}

/* The other way round: what can be taken and is not listed */

static bool is_listed(
	const struct explore_step *step, const struct explore_step *steps, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		if (machines_same_step(step, &steps[i]))
			return true;
	}
	return false;
}

/* What a player may do and the explorer need not: what happens too often, the halves of a switch or
 * both at once, another number for a child, a wake-up of who is nowhere in particular. */
static bool is_only_played(const struct machine *m, const struct machine_config *config,
	const struct explore_step *step)
{
	static const uint8_t op_of[VERB_COUNT] = {
		[VERB_FORK] = MACHINE_FORKS + 1,
		[VERB_CLONE_VM] = MACHINE_CLONE_VMS + 1,
		[VERB_VFORK] = MACHINE_VFORKS + 1,
		[VERB_EXIT] = MACHINE_EXITS + 1,
		[VERB_EXEC] = MACHINE_EXECS + 1,
		[VERB_FAILED_EXEC] = MACHINE_FAILED_EXECS + 1,
	};

	switch ((enum step_verb)step->verb) {
	case VERB_OUT:
	case VERB_IN:
		return !config->reduced;
	case VERB_LEAVE:
	case VERB_ENTER:
		return config->reduced;
	case VERB_MIGRATE:
		return machine_floats(config);
	case VERB_WALK: /* in any order the explorer always says where */
		return step->cpu == STEP_CPU_NONE && step->task == STEP_TASK_NONE;
	case VERB_FORK:
	case VERB_CLONE_VM:
	case VERB_VFORK:
	case VERB_EXIT:
	case VERB_EXEC:
	case VERB_FAILED_EXEC:
		return m->left[op_of[step->verb] - 1] == 0 || step->child != STEP_TASK_NONE;
	default:
		return false;
	}
}

static void look_at_others(const struct machine *m, const struct machine_config *config,
	const struct explore_step *steps, unsigned count, struct prng *prng, uint64_t seed,
	unsigned number)
{
	for (int i = 0; i < 40; i++) {
		struct explore_step step = {
			.verb = (uint8_t)machines_below(prng, VERB_COUNT),
			.cpu = (uint8_t)machines_below(prng, config->cpus_count),
			.task = (uint8_t)machines_below(prng, config->tasks_max),
			.child = (uint8_t)machines_below(prng, config->tasks_max),
			.sees = SEES_PRESENT,
		};
		char text[STEP_TEXT_MAX], *wrong;

		if (step.verb == VERB_WALK && machines_chance(prng, 70))
			step.cpu = step.task = STEP_TASK_NONE;
		else if (step.verb == VERB_WALK)
			*(machines_chance(prng, 50) ? &step.cpu : &step.task) = STEP_TASK_NONE;
		step_print(&step, text); /* what the verb does not have is gone */
		wrong = step_read(text, config->cpus_count, config->tasks_max, &step);
		if (wrong)
			ck_abort_msg("'%s': %s", text, wrong);
		if (machine_refuses(m, config, &step) || is_listed(&step, steps, count) ||
			is_only_played(m, config, &step))
			continue;
		fail_random("it can be taken and is not listed", config, &step, seed, number);
	}
}

TEST(every_step_that_is_not_listed_is_refused_or_for_players_only)
{
	walk_at_random(look_at_others);
}
