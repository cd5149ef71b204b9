/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The explorer's machine: by hand, and at random. What random machines come to is compared with the
 * words that they are packed into in test-pack.c. */

#include "sim/machine/machine.h"

#include "model/mm.h"
#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

enum { SEEDS = 1500, RANDOM_STEPS = 60 };

static struct machine *started(const struct machine_config *config, const char *const *steps)
{
	struct machine *machine = machines_new(config);

	stroll_along(machine, config, steps);
	return machine;
}

#define STEPS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define take(machine, config, ...) stroll_along(machine, config, STEPS(__VA_ARGS__))
#define expect_refused(machine, config, text, why)                                                 \
	ck_assert_str_eq(machines_refuses(machine, config, text), why)
#define expect_can(machine, config, text) expect_refused(machine, config, text, "")

/* The start */

static void check_start(const struct machine_config *config)
{
	struct machine *m = machines_new(config);
	const struct model *model = machine_model_const(m);
	uint32_t cpu = (uint32_t)__builtin_ctz(config->allowed);
	uint32_t allowed = (uint32_t)__builtin_popcount(config->allowed);
	bool fits = config->tasks_start < mm_enter_users(model, allowed);

	ck_assert_uint_eq(machine_mm(m)->users, config->tasks_start);
	ck_assert_uint_eq(machine_mm(m)->mode, fits ? 0 : MODE_PER_CPU);
	ck_assert_uint_eq(machine_mm(m)->phase, PHASE_IDLE);
	ck_assert_uint_eq(machine_mm(m)->allowed_count, allowed);
	ck_assert_uint_eq(machine_initiator(m), STEP_TASK_NONE);
	ck_assert_uint_eq(machine_check(m), 0);
	ck_assert(!machine_spins(m));
	ck_assert_mem_eq(m->left, config->may, sizeof(config->may));
	for (uint32_t i = 0; i < config->cpus_count; i++)
		ck_assert_uint_eq(machines_cpu(m, i)->curr, i == cpu ? 0 : TASK_NONE);
	for (uint32_t task = 0; task < config->tasks_max; task++) {
		bool lives = task < config->tasks_start;

		ck_assert_uint_eq(m->pc[task], lives ? PC_USER : PC_FREE);
		ck_assert_uint_eq(machines_task(m, task)->active, lives);
		if (!lives)
			continue;
		ck_assert_uint_eq(machines_task(m, task)->cpu, cpu);
		ck_assert_uint_eq(machines_task(m, task)->visible, 1);
		ck_assert_uint_eq(machines_task(m, task)->group, config->group[task]);
		if (fits) /* one after the other has got the lowest one left */
			ck_assert_uint_eq(machines_task(m, task)->cid, task);
	}
	free(m);
}

/* All revisions: with fewer tasks than the boundary, and more. */
SUITE(.timeout = 120);

TEST(a_machine_begins_with_its_tasks_in_one_queue_and_nothing_broken)
{
	size_t revisions;
	const struct revision *revision = &revision_table(&revisions)[0];

	for (size_t i = 0; i < revisions; i++, revision++) {
		for (uint32_t cpus = 2; cpus <= 5; cpus++) {
			for (uint32_t tasks = 1; tasks <= 8; tasks++) {
				struct machine_config config =
					machines_config(revision->name, cpus, tasks, 9);

				config.may[MACHINE_EXITS] = 3;
				check_start(&config);
				config.allowed &= (uint16_t)~1u;
				check_start(&config);
			}
		}
	}
}

TEST(tasks_begin_in_the_thread_groups_that_they_are_said_to_be_in)
{
	struct machine_config config = machines_config("7.1", 4, 4, 4);

	memcpy(config.group, "\0\1\1\2", 4);
	check_start(&config);
}

/* v1's threshold is 0 where there is one CPU: the second task would wait for a number for ever. */
TEST(where_a_fork_would_spin_there_is_no_start)
{
	struct machine_config config = machines_config("v1", 1, 1, 2);
	struct machine machine;

	ck_assert(machine_start(&machine, &config));
	config.tasks_start = 2;
	ck_assert(!machine_start(&machine, &config));
	config.protocol = machines_config("v3", 1, 1, 1).protocol;
	ck_assert(machine_start(&machine, &config));
}

/* Random machines */

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
	const struct model *model = machine_model_const(m);

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
	case VERB_GIVE_UP: /* with a number in hand, not yet set */
		return model_cpu_const(model, step->cpu)->found > 0;
	case VERB_FORK_GIVE_UP:
		return machine_mm(m)->found > 0;
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

/* Who can be switched out, and who can be had */

/* T1 waits on CPU 1; the fork of T2 opens a window, in which T1 is to be visited next (v3: the
 * oldest first). */
static const char *const flipped[] = { "migrate T1 1", "fork T0 T2", NULL };

TEST(an_initiator_that_waits_for_a_rq_lock_stays_on_its_cpu)
{
	struct machine_config config = machines_config("v3", 2, 2, 3);
	struct machine *m = started(&config, flipped);

	take(m, &config, "leave 1");
	ck_assert_int_eq(machines_take(m, &config, "walk"), STEP_NEEDS_RQ_LOCK);
	ck_assert_uint_eq(m->waiting, 1);
	expect_refused(m, &config, "out 0",
		"its task cannot be switched out: it spins, or waits for a lock");
	expect_refused(m, &config, "leave 0",
		"its task cannot be switched out: it spins, or waits for a lock");
	ck_assert(!machines_lists(m, &config, "leave 0"));
	expect_refused(m, &config, "walk",
		"no walk is under way, or its initiator does not run, or waits for a rq lock");
	take(m, &config, "enter 1 idle", "walk");
	ck_assert_uint_eq(m->waiting, 0);
	expect_can(m, &config, "out 0");
	free(m);
}

TEST(between_its_steps_an_initiator_can_be_switched_out_and_moved)
{
	struct machine_config config = machines_config("6.19.1", 2, 2, 3);
	struct machine *m = started(&config, flipped);

	take(m, &config, "out 0");
	expect_refused(m, &config, "walk",
		"no walk is under way, or its initiator does not run, or waits for a rq lock");
	take(m, &config, "in 1 T0");
	expect_refused(
		m, &config, "complete", "the walk is not over, or its initiator does not run");
	take(m, &config, "walk", "out 1");
	expect_refused(
		m, &config, "complete", "the walk is not over, or its initiator does not run");
	take(m, &config, "in 0 T0", "complete");
	ck_assert_uint_eq(machine_mm(m)->mode, MODE_PER_CPU);
	free(m);
}

/* docs/protocol.md, section 7, B9: the number of CPU 1 is lost to the pool, the next fork finds
 * none. */
static const char *const last_user[] = { "in 1 T1", "fork T0 T2", "walk", "walk", "complete",
	"out 1", "in 1 T1", "exit T1", "out 1", "in 1 T2", "exit T2", "out 1", "failed-exec T0",
	"exec-end T0", NULL };

TEST(a_fork_that_spins_under_the_lock_stays_on_its_cpu)
{
	struct machine_config config = machines_config("7.1", 2, 2, 3);
	struct machine *m = started(&config, last_user);

	ck_assert_int_eq(machines_take(m, &config, "fork T0 T1"), STEP_SPINS);
	ck_assert_uint_eq(machine_mm(m)->phase, PHASE_GET_LOCKED);
	ck_assert(machine_spins(m));
	ck_assert_uint_eq(machine_initiator(m), 0);
	expect_refused(m, &config, "out 0",
		"its task cannot be switched out: it spins, or waits for a lock");
	expect_refused(m, &config, "fork-retry", "no fork spins in get, or it finds nothing");
	expect_refused(m, &config, "fork-give-up",
		"no fork spins in get, or this revision's does not give up");
	expect_refused(m, &config, "affinity T0",
		"that task may run everywhere already, or a lock is held");
	free(m);
}

TEST(a_fork_that_gives_up_goes_on_without_a_number)
{
	struct machine_config config = machines_config("bounded-get", 2, 2, 3);
	struct machine *m = started(&config, last_user);

	take(m, &config, "fork T0 T1", "fork-give-up");
	ck_assert_uint_eq(m->pc[0], PC_USER);
	ck_assert_uint_eq(m->pc[1], PC_USER);
	ck_assert_uint_eq(machines_task(m, 1)->cid, CID_UNSET);
	ck_assert_uint_eq(machine_initiator(m), STEP_TASK_NONE);
	free(m);
}

static const char cannot_be_had[] = "that task cannot be had: it runs, may not run there, or waits "
				    "in the queue of a CPU whose rq "
				    "lock is held";

TEST(a_task_can_be_had_by_who_can_have_the_lock_of_its_queue)
{
	struct machine_config config = machines_config("7.1", 3, 2, 2);
	struct machine *m = machines_new(&config);

	expect_refused(m, &config, "in 1 T0", cannot_be_had); /* it runs */
	take(m, &config, "leave 0");                          /* where T0 and T1 are queued */
	expect_refused(m, &config, "in 1 T1", cannot_be_had);
	expect_refused(m, &config, "migrate T1 1",
		"that task runs, is there, may not run there, or a rq lock is held");
	ck_assert(!machines_lists(m, &config, "migrate T1 1"));
	expect_can(m, &config, "enter 0 T1");
	expect_can(m, &config, "enter 0 T0");
	take(m, &config, "enter 0 idle", "migrate T1 1", "leave 1");
	expect_refused(m, &config, "in 2 T1", cannot_be_had);
	expect_can(m, &config, "in 2 T0");
	free(m);
}

TEST(a_task_runs_where_it_is_allowed)
{
	struct machine_config config = machines_config("7.1", 3, 2, 2);
	struct machine *m;

	config.allowed = 5;
	m = machines_new(&config);
	expect_refused(m, &config, "in 1 T1", cannot_be_had);
	expect_refused(m, &config, "migrate T1 1",
		"that task runs, is there, may not run there, or a rq lock is held");
	expect_can(m, &config, "in 2 T1");
	expect_can(m, &config, "migrate T1 2");
	free(m);
}

/* Reduced: T1 and T2 are nowhere in particular. Who is stuck when CPU 1 begins to spin is the
 * step's to say. */
TEST(a_task_that_floats_is_stuck_where_a_switch_spins_if_the_step_says_so)
{
	struct machine_config config = machines_config("v3", 3, 3, 4);

	for (uint16_t stuck = 0; stuck < 8; stuck += 2) {
		struct explore_step step;
		struct machine *m;

		config.reduced = true;
		m = machines_new(&config);
		take(m, &config, "fork T0 T3", "out 0");
		ck_assert_uint_eq(machine_floating(m), 7); /* T3's fork is not over */
		ck_assert_uint_eq(machine_can_be_stuck(m, &config, 1), 7);
		step = machines_step(&config, "in 1 T0");
		step.stuck = stuck;
		ck_assert_int_eq(machine_apply(m, &config, &step, NULL), STEP_SPINS);
		ck_assert_uint_eq(machine_floating(m), 6 & ~stuck);
		for (uint32_t task = 1; task < 3; task++) {
			ck_assert_uint_eq(machines_task(m, task)->cpu == 1, stuck >> task & 1);
			ck_assert_int_eq(*machines_refuses(m, &config,
						 task == 1 ? "in 2 T1" : "in 2 T2") != '\0',
				stuck >> task & 1);
		}
		free(m);
	}
}

TEST(nobody_is_stuck_where_he_may_not_run)
{
	struct machine_config config = machines_config("v3", 3, 3, 4);
	struct machine *m;

	config.allowed = 3;
	config.reduced = true;
	config.may[MACHINE_AFFINITIES] = 1;
	m = machines_new(&config);
	take(m, &config, "out 0", "affinity T1");
	ck_assert_uint_eq(machine_can_be_stuck(m, &config, 0), 7);
	ck_assert_uint_eq(machine_can_be_stuck(m, &config, 2), 2);
	free(m);
}

/* Forks */

TEST(a_child_can_be_had_when_its_fork_is_over)
{
	struct machine_config config = machines_config("7.1", 2, 2, 3);
	struct machine *m = started(&config, STEPS("fork T0 T2"));

	ck_assert_uint_eq(m->pc[0], PC_FORKS);
	ck_assert_uint_eq(m->pc[2], PC_BORN);
	expect_refused(m, &config, "in 1 T2", "there is no such task that could run");
	take(m, &config, "walk", "walk", "complete");
	ck_assert_uint_eq(m->pc[0], PC_USER);
	expect_can(m, &config, "in 1 T2");
	free(m);
}

TEST(where_it_is_counted_early_a_child_must_be_shown)
{
	struct machine_config config = machines_config("v3", 4, 1, 3);
	struct machine *m = started(&config, STEPS("fork T0 T1"));

	ck_assert_uint_eq(m->pc[0], PC_SHOWS);
	ck_assert_uint_eq(machines_task(m, 1)->visible, 0);
	ck_assert_uint_eq(machines_task(m, 1)->active, 1);
	expect_refused(m, &config, "in 1 T1", "there is no such task that could run");
	expect_refused(m, &config, "exit T0", "that task does not run in user space");
	take(m, &config, "show T0");
	ck_assert_uint_eq(machines_task(m, 1)->visible, 1);
	expect_can(m, &config, "in 1 T1");
	expect_refused(m, &config, "show T0", "there is no such task, or it is not where it could");
	free(m);
}

TEST(a_fork_needs_the_mutex_a_number_for_the_child_and_a_task_in_user_space)
{
	struct machine_config config = machines_config("7.1", 2, 2, 4);
	struct machine *m = started(&config, STEPS("in 1 T1"));

	expect_refused(m, &config, "fork T0 T1",
		"there is a task of the child's number already, or too many tasks");
	expect_refused(m, &config, "fork T2 T3", "that task does not run in user space");
	expect_can(m, &config, "fork T0 T3"); /* the lowest is listed, any can be played */
	take(m, &config, "fork T0 T2");
	expect_refused(m, &config, "fork T1 T3", "the mutex of the mm is held");
	expect_refused(m, &config, "exit T1", "the mutex of the mm is held");
	expect_refused(m, &config, "fork T0 T3", "that task does not run in user space");
	free(m);
}

/* Walks over the system tell thread groups apart. */
TEST(a_thread_is_of_its_parents_group_and_a_process_of_one_that_nobody_is_of)
{
	struct machine_config config = machines_config("6.19.1", 6, 1, 5);
	struct machine *m = started(
		&config, STEPS("fork T0 T1", "show T0", "clone-vm T0 T2", "show T0", "out 0",
				 "in 0 T2", "fork T2 T3", "show T2", "exit T2", "out 0"));
	uint32_t group = machines_task(m, 3)->group;

	ck_assert_uint_eq(machines_task(m, 1)->group, 0);
	ck_assert_uint_ge(group, MACHINE_TASKS_MAX);
	take(m, &config, "in 0 T3", "clone-vm T3 T2"); /* the number of its parent that is gone */
	ck_assert_uint_ge(machines_task(m, 2)->group, MACHINE_TASKS_MAX);
	ck_assert_uint_ne(machines_task(m, 2)->group, group);
	free(m);
}

static struct machine *vforked(const struct machine_config *config)
{
	struct machine *m = started(config, STEPS("vfork T0 T1"));

	if (config->protocol.early_count) {
		ck_assert_uint_eq(m->pc[0], PC_VSHOWS);
		take(m, config, "show T0");
	}
	ck_assert_uint_eq(m->pc[0], PC_WAITS);
	ck_assert_uint_eq(m->partner[0], 1);
	take(m, config, "out 0");
	expect_refused(m, config, "in 0 T0", "there is no such task that could run");
	take(m, config, "in 0 T1");
	return m;
}

TEST_RANGE(the_parent_of_a_vfork_waits_until_the_child_exits, 0, 2)
{
	struct machine_config config = machines_config(_i ? "v3" : "7.1", 3, 1, 2);
	struct machine *m = vforked(&config);

	take(m, &config, "exit T1");
	ck_assert_uint_eq(m->pc[0], PC_USER);
	expect_can(m, &config, "in 1 T0");
	free(m);
}

TEST_RANGE(the_parent_of_a_vfork_waits_until_the_child_is_in_another_program, 0, 2)
{
	struct machine_config config = machines_config(_i ? "v3" : "7.1", 3, 1, 2);
	struct machine *m = vforked(&config);

	take(m, &config, "exec T1");
	ck_assert_uint_eq(m->pc[0], PC_WAITS);
	take(m, &config, "exec-end T1");
	ck_assert_uint_eq(m->pc[0], PC_USER);
	expect_can(m, &config, "in 1 T0");
	free(m);
}

TEST_RANGE(the_parent_of_a_vfork_waits_on_where_the_childs_exec_fails, 0, 2)
{
	struct machine_config config = machines_config(_i ? "v3" : "7.1", 3, 1, 2);
	struct machine *m = vforked(&config);

	take(m, &config, "failed-exec T1", "exec-end T1");
	ck_assert_uint_eq(m->pc[1], PC_USER);
	ck_assert_uint_eq(m->pc[0], PC_WAITS);
	take(m, &config, "exit T1");
	ck_assert_uint_eq(m->pc[0], PC_USER);
	free(m);
}

/* Exits and execs */

TEST(a_dead_task_is_gone_when_it_is_switched_out)
{
	struct machine_config config = machines_config("7.1", 2, 2, 2);
	struct machine *m = started(&config, STEPS("exit T0"));

	ck_assert_uint_eq(m->pc[0], PC_DEAD);
	ck_assert_uint_eq(machines_cpu(m, 0)->curr, 0);
	expect_refused(m, &config, "exit T0", "that task does not run in user space");
	take(m, &config, "out 0");
	ck_assert_uint_eq(m->pc[0], PC_FREE);
	free(m);
}

TEST(reduced_a_dead_task_leaves_its_cpu_idle_at_once)
{
	struct machine_config config = machines_config("7.1", 2, 2, 2);
	struct machine *m;

	config.reduced = true;
	m = started(&config, STEPS("exit T0"));
	ck_assert_uint_eq(m->pc[0], PC_FREE);
	ck_assert_uint_eq(machines_cpu(m, 0)->curr, TASK_NONE);
	ck_assert_uint_eq(machines_cpu(m, 0)->phase, CPU_FREE);
	take(m, &config, "in 0 T1", "exec T1", "exec-end T1");
	ck_assert_uint_eq(m->pc[1], PC_FREE);
	ck_assert_uint_eq(machine_mm(m)->users, 0);
	free(m);
}

/* B3: handed a number, it must be seen with it. */
TEST(reduced_a_dead_task_that_holds_a_number_stays)
{
	struct machine_config config = machines_config("v3", 4, 3, 3);
	struct machine *m;

	config.allowed = 3;
	config.reduced = true;
	m = started(&config,
		STEPS("in 1 T1", "exit T1", "exit T0", "walk", "walk", "walk", "walk", "complete"));
	ck_assert_uint_eq(m->pc[0], PC_DEAD);
	ck_assert_uint_eq(machine_check(m), CHECK_I6);
	take(m, &config, "out 0");
	ck_assert_uint_eq(m->pc[0], PC_FREE);
	ck_assert_uint_eq(machine_check(m), 0);
	free(m);
}

TEST(a_task_in_an_exec_holds_nothing_and_comes_back_if_it_fails)
{
	struct machine_config config = machines_config("7.1", 4, 2, 2);
	struct machine *m = started(&config, STEPS("in 1 T1", "failed-exec T0"));

	ck_assert_uint_eq(m->pc[0], PC_EXEC_TO_FAIL);
	ck_assert_uint_eq(machines_task(m, 0)->cid, CID_UNSET);
	ck_assert_uint_eq(machine_mm(m)->users, 1);
	take(m, &config, "out 0");
	expect_refused(m, &config, "exec-end T0",
		"that task is in no exec, does not run, or the mutex is held");
	expect_refused(m, &config, "exec-end T1",
		"that task is in no exec, does not run, or the mutex is held");
	take(m, &config, "in 0 T0", "exec-end T0");
	ck_assert_uint_eq(m->pc[0], PC_USER);
	ck_assert_uint_eq(machines_task(m, 0)->cid, 0);
	ck_assert_uint_eq(machine_mm(m)->users, 2);
	free(m);
}

/* T1 and T2 are in an exec; T0 and three children are the fourth user that flips the mode. */
TEST(coming_back_from_an_exec_needs_the_mutex_and_going_on_does_not)
{
	struct machine_config config = machines_config("7.1", 3, 3, 6);
	struct machine *m =
		started(&config, STEPS("in 1 T1", "in 2 T2", "failed-exec T1", "exec T2",
					 "fork T0 T3", "fork T0 T4", "fork T0 T5"));

	ck_assert_uint_eq(machine_initiator(m), 0);
	expect_refused(m, &config, "exec-end T1",
		"that task is in no exec, does not run, or the mutex is held");
	ck_assert(!machines_lists(m, &config, "exec-end T1"));
	take(m, &config, "exec-end T2");
	ck_assert_uint_eq(m->pc[2], PC_DEAD);
	take(m, &config, "walk", "walk", "walk", "complete", "exec-end T1");
	ck_assert_uint_eq(m->pc[1], PC_USER);
	ck_assert_uint_eq(machines_task(m, 1)->cid, CID_UNSET);
	free(m);
}

TEST(a_failed_exec_that_flips_the_mode_walks_itself)
{
	struct machine_config config = machines_config("7.1", 3, 3, 5);
	struct machine *m =
		started(&config, STEPS("in 1 T1", "failed-exec T1", "fork T0 T3", "exec-end T1"));

	ck_assert_uint_eq(m->pc[1], PC_RETURNS);
	ck_assert_uint_eq(machine_initiator(m), 1);
	expect_refused(m, &config, "exit T1", "that task does not run in user space");
	take(m, &config, "walk", "walk", "walk", "complete");
	ck_assert_uint_eq(m->pc[1], PC_USER);
	free(m);
}

/* Affinity */

static struct machine_config narrow(const char *revision)
{
	struct machine_config config = machines_config(revision, 6, 3, 4);

	config.allowed = 3;
	config.may[MACHINE_AFFINITIES] = 2;
	return config;
}

TEST(a_widened_task_and_its_children_run_everywhere)
{
	struct machine_config config = narrow("7.1");
	struct machine *m = machines_new(&config);

	expect_refused(m, &config, "in 5 T1", cannot_be_had);
	take(m, &config, "affinity T1");
	ck_assert_uint_eq(m->wide, 1 << 1);
	ck_assert_uint_eq(machine_mm(m)->allowed_count, 6);
	ck_assert_uint_eq(m->left[MACHINE_AFFINITIES], 1);
	expect_refused(m, &config, "in 5 T2", cannot_be_had);
	expect_refused(m, &config, "affinity T1",
		"that task may run everywhere already, or a lock is held");
	take(m, &config, "in 5 T1", "fork T1 T3");
	ck_assert_uint_eq(m->wide, 1 << 1 | 1 << 3);
	free(m);
}

TEST(an_affinity_needs_the_lock_of_the_tasks_queue)
{
	struct machine_config config = narrow("7.1");
	struct machine *m = started(&config, STEPS("leave 0"));

	expect_refused(m, &config, "affinity T1",
		"that task may run everywhere already, or a lock is held");
	take(m, &config, "enter 0 idle", "affinity T1");
	free(m);
}

TEST(where_all_is_allowed_nothing_can_be_widened)
{
	struct machine_config config = machines_config("7.1", 2, 2, 2);
	struct machine *m;

	config.may[MACHINE_AFFINITIES] = 1;
	m = machines_new(&config);
	expect_refused(m, &config, "affinity T1",
		"that task may run everywhere already, or a lock is held");
	ck_assert(!machines_lists(m, &config, "affinity T1"));
	free(m);
}

/* Three tasks on two of six CPUs are in per-CPU mode; two on six need not be. */
static const char *const widened[] = { "in 1 T1", "exit T1", "out 1", "affinity T2", NULL };

TEST(a_widened_affinity_queues_work_that_leads_back)
{
	struct machine_config config = narrow("affinity-return");
	struct machine *m = started(&config, widened);

	ck_assert_uint_eq(m->work, 1);
	take(m, &config, "work");
	ck_assert_uint_eq(m->work, 0);
	ck_assert_uint_eq(machine_mm(m)->mode, MODE_TRANSIT);
	ck_assert_uint_eq(machine_initiator(m), STEP_TASK_NONE);
	/* a kernel thread walks: no task has to run */
	take(m, &config, "out 0", "walk", "walk", "walk", "walk", "walk", "walk", "complete");
	ck_assert_uint_eq(machine_mm(m)->mode, 0);
	ck_assert_uint_eq(machine_mm(m)->phase, PHASE_IDLE);
	free(m);
}

/* B8 */
TEST(in_the_kernel_no_widened_affinity_queues_work)
{
	struct machine_config config = narrow("7.1");
	struct machine *m = started(&config, widened);

	ck_assert_uint_eq(m->work, 0);
	expect_refused(m, &config, "work", "no work is queued, or the mutex is held");
	free(m);
}

TEST(a_fork_takes_over_what_the_work_was_to_do)
{
	struct machine_config config = narrow("affinity-return");
	struct machine *m = started(&config, widened);

	take(m, &config, "fork T0 T1"); /* leads back itself: three fit as well */
	ck_assert_uint_eq(machine_mm(m)->mode, MODE_TRANSIT);
	ck_assert_uint_eq(m->work, 1);
	expect_refused(m, &config, "work", "no work is queued, or the mutex is held");
	take(m, &config, "walk", "walk", "walk", "walk", "walk", "walk", "complete", "work");
	ck_assert_uint_eq(m->work, 0);
	ck_assert_uint_eq(machine_mm(m)->mode, 0);
	ck_assert_uint_eq(machine_mm(m)->phase, PHASE_IDLE);
	free(m);
}

TEST(the_last_exit_cancels_the_work)
{
	struct machine_config config = narrow("affinity-return");
	struct machine *m = started(&config, widened);

	take(m, &config, "out 0", "in 0 T2", "exit T2");
	ck_assert_uint_eq(machine_mm(m)->users, 1);
	while (machine_mm(m)->phase != PHASE_IDLE)
		take(m, &config, machine_mm(m)->phase == PHASE_COMPLETE ? "complete" : "walk");
	ck_assert_uint_eq(m->work, 1);
	take(m, &config, "out 0", "in 0 T0", "exit T0");
	ck_assert_uint_eq(machine_mm(m)->users, 0);
	ck_assert_uint_eq(m->work, 0);
	free(m);
}

/* Weak memory */

static struct machine_config weak(const char *revision, uint32_t cpus)
{
	struct machine_config config = machines_config(revision, cpus, cpus, cpus + 1);

	config.weak = true;
	return config;
}

#define expect_views(m, a, b, c)                                                                   \
	do {                                                                                       \
		ck_assert_uint_eq((m)->view[0], a);                                                \
		ck_assert_uint_eq((m)->view[1], b);                                                \
		ck_assert_uint_eq((m)->view[2], c);                                                \
	} while (0)

enum { BOTH = VIEW_OLD_PERCPU | VIEW_OLD_TRANSIT };

TEST(a_flip_may_be_seen_late_everywhere_but_where_it_was_made)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m = started(&config, STEPS("migrate T1 1", "migrate T2 2"));

	expect_views(m, 0, 0, 0);
	take(m, &config, "fork T0 T3");
	expect_views(m, 0, BOTH, BOTH);
	ck_assert(machines_lists(m, &config, "leave 1"));
	take(m, &config, "leave 1");
	ck_assert(machines_lists(m, &config, "enter 1 T1"));
	ck_assert(machines_lists(m, &config, "enter 1 T1 sees task"));
	ck_assert(machines_lists(m, &config, "enter 1 T1 sees task+t"));
	ck_assert(machines_lists(m, &config, "enter 1 T1 sees cpu"));
	/* what runs on CPU 0 has seen it all: so has who takes it from there */
	ck_assert(!machines_lists(m, &config, "enter 1 T0 sees task"));
	free(m);
}

TEST(v3_has_one_word_that_is_seen_late)
{
	struct machine_config config = weak("v3", 3);
	struct machine *m = started(&config, STEPS("migrate T1 1", "migrate T2 2", "fork T0 T3"));

	expect_views(m, 0, VIEW_OLD_PERCPU, VIEW_OLD_PERCPU);
	take(m, &config, "leave 1");
	ck_assert(machines_lists(m, &config, "enter 1 T1 sees task"));
	ck_assert(!machines_lists(m, &config, "enter 1 T1 sees task+t"));
	free(m);
}

TEST_RANGE(where_the_mode_is_one_word_or_memory_is_strong_nothing_is_seen_late, 0, 2)
{
	struct machine_config config = weak(_i ? "6.19-ordering" : "6.19-livelock", 3);
	struct machine *m;

	config.weak = _i;
	m = started(&config,
		STEPS("migrate T1 1", "migrate T2 2", "fork T0 T3", "walk", "walk", "complete"));
	expect_views(m, 0, 0, 0);
	free(m);
}

TEST(what_was_seen_new_is_not_seen_old_again)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m = started(&config, STEPS("migrate T1 1", "migrate T2 2", "fork T0 T3"));

	take(m, &config, "in 1 T1 sees cpu"); /* the new percpu, the old transit */
	expect_views(m, 0, VIEW_OLD_TRANSIT, BOTH);
	take(m, &config, "in 2 T2");
	expect_views(m, 0, VIEW_OLD_TRANSIT, 0);
	free(m);
}

/* T1 is in an exec, T2 runs with a number of its own; the fifth task flips the mode. */
TEST(who_does_not_read_the_mode_sees_nothing)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m;

	config.tasks_max = 5;
	m = started(&config, STEPS("in 1 T1", "failed-exec T1", "out 1", "in 2 T2", "fork T0 T3",
				     "show T0", "fork T0 T4"));
	expect_views(m, 0, BOTH, BOTH);
	ck_assert(machines_lists(m, &config, "leave 2"));
	ck_assert(!machines_lists(m, &config, "leave 2 sees task"));
	take(m, &config, "leave 2", "leave 1");
	ck_assert(machines_lists(m, &config, "enter 2 T2 sees task"));
	ck_assert(machines_lists(m, &config, "enter 1 T1"));
	ck_assert(!machines_lists(m, &config, "enter 1 T1 sees task"));
	take(m, &config, "enter 1 T1");
	expect_views(m, 0, BOTH, BOTH);
	free(m);
}

TEST(a_step_of_the_walk_brings_its_cpu_up_to_date)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m = started(&config, STEPS("migrate T1 1", "migrate T2 2", "fork T0 T3"));

	take(m, &config, "walk"); /* T1, on CPU 1 */
	expect_views(m, 0, 0, BOTH);
	take(m, &config, "walk");
	expect_views(m, 0, 0, 0);
	take(m, &config, "complete");
	expect_views(m, 0, VIEW_OLD_TRANSIT, VIEW_OLD_TRANSIT);
	free(m);
}

TEST(a_task_that_is_moved_brings_along_what_its_cpu_has_seen)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m = started(&config, STEPS("migrate T1 1", "fork T0 T3"));

	expect_views(m, 0, BOTH, BOTH);
	take(m, &config, "migrate T1 2"); /* from one that has not seen it either */
	expect_views(m, 0, BOTH, BOTH);
	take(m, &config, "migrate T2 2"); /* from where it was made */
	expect_views(m, 0, BOTH, 0);
	take(m, &config, "migrate T1 1");
	expect_views(m, 0, 0, 0);
	free(m);
}

TEST(a_task_that_is_pulled_brings_along_what_its_cpu_has_seen)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m = started(&config, STEPS("migrate T1 1", "fork T0 T3"));

	take(m, &config, "leave 2", "enter 2 T1 sees task"); /* from CPU 1: old as well */
	expect_views(m, 0, BOTH, BOTH);
	take(m, &config, "leave 1", "enter 1 T2"); /* from CPU 0 */
	expect_views(m, 0, 0, BOTH);
	free(m);
}

TEST(with_the_mutex_comes_what_its_last_holder_has_written)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m = started(&config, STEPS("migrate T1 1", "fork T0 T3", "walk", "walk",
						     "complete", "in 1 T1 sees cpu+t"));

	expect_views(m, 0, VIEW_OLD_TRANSIT, BOTH);
	take(m, &config, "exit T1");
	expect_views(m, 0, 0, BOTH);
	free(m);
}

/* Reduced, too: a task that is nowhere in particular would bring along nobody's view. */
TEST(where_memory_is_weak_nobody_floats)
{
	struct machine_config config = weak("6.19-livelock", 3);
	struct machine *m;

	config.reduced = true;
	ck_assert(!machine_floats(&config));
	m = started(&config, STEPS("migrate T1 1", "fork T0 T3"));
	ck_assert(machines_lists(m, &config, "migrate T1 2"));
	ck_assert(machines_lists(m, &config, "in 1 T1 sees task"));
	ck_assert(!machines_lists(m, &config, "in 1 T2 sees task"));
	free(m);
	config.weak = false;
	ck_assert(machine_floats(&config));
	m = machines_new(&config);
	ck_assert(!machines_lists(m, &config, "migrate T1 2"));
	free(m);
}

/* Walks in any order */

TEST(a_walk_in_any_order_goes_where_the_step_says_once)
{
	struct machine_config config = machines_config("7.1", 3, 3, 4);
	struct machine *m;

	config.any_task_order = true;
	m = started(&config, STEPS("fork T0 T3"));
	expect_can(m, &config, "walk T1");
	expect_can(m, &config, "walk T3");
	expect_refused(m, &config, "walk T0", "the walk is not due there");
	expect_refused(m, &config, "walk 1", "the walk is not due there");
	take(m, &config, "walk T1");
	ck_assert_uint_eq(m->walked, 1 << 1);
	expect_refused(m, &config, "walk T1", "the walk is not due there");
	take(m, &config, "walk T3");
	expect_refused(
		m, &config, "complete", "the walk is not over, or its initiator does not run");
	take(m, &config, "walk T2", "complete");
	free(m);
}

TEST(a_walk_in_any_order_waits_for_the_one_that_it_has_begun_with)
{
	struct machine_config config = machines_config("7.1", 3, 3, 4);
	struct machine *m;

	config.any_task_order = true;
	m = started(&config, STEPS("migrate T1 1", "migrate T2 2", "fork T0 T3", "leave 1"));
	ck_assert_int_eq(machines_take(m, &config, "walk T1"), STEP_NEEDS_RQ_LOCK);
	expect_refused(m, &config, "walk T2",
		"no walk is under way, or its initiator does not run, or waits for a rq lock");
	take(m, &config, "enter 1 T1");
	expect_refused(m, &config, "walk T2", "the walk has an order of its own here");
	take(m, &config, "walk");
	ck_assert_uint_eq(m->walked, 1 << 1);
	free(m);
}

TEST(a_walk_in_the_kernels_order_goes_nowhere_else)
{
	struct machine_config config = machines_config("7.1", 3, 3, 4);
	struct machine *m = started(&config, STEPS("fork T0 T3"));

	expect_refused(m, &config, "walk T3", "the walk has an order of its own here");
	expect_can(m, &config, "walk");
	free(m);
}

/* Refusals that nothing above has met */

static const struct {
	const char *step, *why;
} refusals[] = {
	{ "out 1", "that CPU idles" },
	{ "in 0 T1", "that CPU does not idle" },
	{ "enter 0 T1", "that CPU has not left its task" },
	{ "enter 1 idle", "that CPU has not left its task" },
	{ "in 1 T2", "there is no such task that could run" },
	{ "retry 1", "no get spins there, or it finds nothing" },
	{ "give-up 1", "no get spins there, or this revision's does not give up" },
	{ "migrate T1 0", "that task runs, is there, may not run there, or a rq lock is held" },
	{ "migrate T0 1", "that task runs, is there, may not run there, or a rq lock is held" },
	{ "migrate T2 1", "that task runs, is there, may not run there, or a rq lock is held" },
	{ "fork T1 T2", "that task does not run in user space" },
	{ "exec T1", "that task does not run in user space" },
	{ "show T0", "there is no such task, or it is not where it could" },
	{ "walk", "no walk is under way, or its initiator does not run, or waits for a rq lock" },
	{ "complete", "the walk is not over, or its initiator does not run" },
	{ "fork-retry", "no fork spins in get, or it finds nothing" },
	{ "exec-end T0", "that task is in no exec, does not run, or the mutex is held" },
	{ "work", "no work is queued, or the mutex is held" },
};

TEST_ROWS(what_cannot_be_taken_says_why, refusals)
{
	struct machine_config config = machines_config("7.1", 2, 2, 3);
	struct machine *m = machines_new(&config);

	expect_refused(m, &config, refusals[_i].step, refusals[_i].why);
	ck_assert(!machines_lists(m, &config, refusals[_i].step));
	free(m);
}
