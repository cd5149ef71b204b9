/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * driver REVISION SEED STEPS [CPUS [FLAG=VALUE]...]: takes random steps in random machines, and
 * prints them with the states between them, for reference.py. CPUS 0: any number.
 *
 *     machine N CPUS NR_CPU_IDS THREADS FLAG=VALUE...    a new one
 *     WORDS;ANSWER;STATE                                  a step (steps.py), and the state after it
 *     ?mm N I5...;mm...;STEP,STEP...    what each mm breaks; all that is possible now
 */

#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/prng.h"
#include "tests/reference/print.h"

enum { LISTED_PERCENT = 6, MACHINE_STEPS = 3000, SPINS_MAX = 60, PHASE_STEPS = 250 };

static struct choice choices[WORLD_CHOICES_MAX];

static uint32_t below(struct prng *prng, uint32_t bound)
{
	return (uint32_t)prng_below(prng, bound);
}

static bool chance(struct prng *prng, uint32_t percent)
{
	return below(prng, 100) < percent;
}

/* What the steps of a machine are drawn by. */
struct draw {
	struct prng prng;
	uint32_t weight[VERBS];
	uint32_t narrow; /* how many CPUs masks have */
	uint32_t parts;  /* per cent of the forks and exits that are taken in parts */
	uint32_t busy;   /* per cent of the CPUs that do not idle if they need not */
};

static void draw_mask(struct draw *draw, const struct world *world, struct choice *c)
{
	uint32_t cpus = world->config.cpus_count, count = 1 + below(&draw->prng, draw->narrow);

	for (uint32_t i = 0; i < count; i++) {
		uint32_t cpu = below(&draw->prng, cpus);

		c->mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
	}
	if (chance(&draw->prng, 20)) {
		for (uint32_t cpu = 0; cpu < cpus; cpu++)
			c->mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
	}
}

/* A number that no task has, and no thread group: WORLD_NONE if there is none. */
static uint32_t free_task(const struct world *world)
{
	for (uint32_t task = 0; task < world->config.tasks_count; task++) {
		bool used = world->place[task] != FREE_TASK;

		for (uint32_t other = 0; other < world->config.tasks_count && !used; other++)
			used = world->place[other] != FREE_TASK &&
			       model_task(world->model, other)->group == task;
		if (!used)
			return task;
	}
	return WORLD_NONE;
}

static uint32_t free_mm(const struct world *world)
{
	for (uint32_t mm = 0; mm < world->config.mms_count; mm++) {
		if (!model_mm(world->model, mm)->live)
			return mm;
	}
	return WORLD_NONE;
}

/* What may be an old mode: only inside of a window, and if the mode is two words. */
static void draw_sees(struct draw *draw, const struct world *world, struct choice *c)
{
	uint32_t task = c->verb == ENTER ? c->task : model_cpu(world->model, c->cpu)->curr;
	const struct model_mm *mm;

	if (!world->config.protocol.split_mode || task == TASK_NONE ||
		!model_task(world->model, task)->has_mm || !chance(&draw->prng, 30))
		return;
	mm = model_mm(world->model, model_task(world->model, task)->mm);
	if (mm_in_window(mm))
		c->sees = below(&draw->prng, 4);
}

/* Draw what is open in @c. False if there is no room for it. */
static bool draw_rest(struct draw *draw, const struct world *world, struct choice *c)
{
	switch (c->verb) {
	case LEAVE:
	case ENTER:
		draw_sees(draw, world, c);
		return true;
	case PROCESS:
	case EXECNEW:
		c->new_mm = free_mm(world);
		draw_mask(draw, world, c);
		if (c->verb == PROCESS)
			c->child = free_task(world);
		return c->new_mm != WORLD_NONE && (c->verb == EXECNEW || c->child != WORLD_NONE);
	case FORK:
	case CLONE:
		c->child = free_task(world);
		if (chance(&draw->prng, draw->parts))
			c->verb = c->verb == FORK ? FORKPART : CLONEPART;
		/* Else the child is made although the model refuses the fork. */
		return c->child != WORLD_NONE;
	case SHOW:
		if (chance(&draw->prng, 10))
			c->verb = FAILFORK;
		c->mm = model_task(world->model, world->partner[c->task])->mm;
		return c->verb == SHOW || world->part[c->mm] == VERBS;
	case EXIT:
		if (chance(&draw->prng, draw->parts))
			c->verb = EXITPART;
		return true;
	case AFFINITY:
		draw_mask(draw, world, c);
		return true;
	case WORK:
		c->cpu = below(&draw->prng, world->config.cpus_count);
		return true;
	default:
		return true;
	}
}

/* How likely each kind is for a while: some machines grow, some shrink, some are calm. */
static void draw_weights(struct draw *draw, const struct model_config *config)
{
	static const uint32_t usual[VERBS] = { [LEAVE] = 15,
		[ENTER] = 40,
		[RETRY] = 4,
		[GIVEUP] = 2,
		[MIGRATE] = 5,
		[CLONE] = 2,
		[PROCESS] = 3,
		[SHOW] = 20,
		[EXEC] = 3,
		[EXECRET] = 20,
		[EXECNEW] = 2,
		[WALK] = 30,
		[COMPLETE] = 15,
		[GET] = 10,
		[GIVEUPFORK] = 2,
		[DECIDE] = 20,
		[CHANGE] = 20,
		[AFFINITY] = 5,
		[WORK] = 20 };
	static const uint32_t users[4][2] = { { 60, 3 }, { 6, 30 }, { 6, 6 }, { 60, 40 } };
	const uint32_t *phase = users[below(&draw->prng, 4)]; /* grows, shrinks, calm, busy */

	for (int verb = 0; verb < VERBS; verb++)
		draw->weight[verb] = usual[verb] * (1 + below(&draw->prng, 4));
	draw->weight[FORK] = phase[0];
	draw->weight[EXIT] = phase[1];
	if (chance(&draw->prng, 30))
		draw->weight[WALK] = 2;
	if (config->cpus_count > 8) {
		draw->weight[WALK] *= 5;
		draw->weight[MIGRATE] = 1;
	}
	draw->busy = below(&draw->prng, 100);
	draw->parts = chance(&draw->prng, 50) ? below(&draw->prng, 60) : 0;
}

/* It needs a mutex that is held. */
static bool is_refused_mostly(const struct world *world, const struct choice *c)
{
	return (c->verb == FORK || c->verb == CLONE || c->verb == EXIT || c->verb == EXEC ||
		       c->verb == EXECRET || c->verb == WORK) &&
	       model_mm(world->model, c->mm)->phase != PHASE_IDLE;
}

static enum verb draw_verb(struct draw *draw)
{
	uint32_t sum = 0, at;
	int verb = 0;

	for (int i = 0; i < VERBS; i++)
		sum += draw->weight[i];
	at = below(&draw->prng, sum);
	while (at >= draw->weight[verb])
		at -= draw->weight[verb++];
	return (enum verb)verb;
}

/* False: there is no such step now. */
static bool draw_choice(struct draw *draw, struct world *world, struct choice *c)
{
	enum verb verb = draw_verb(draw);
	unsigned count = world_choices(world, verb, false, choices);

	if (count == 0)
		return false;
	do /* idle CPUs are dull */
		*c = choices[below(&draw->prng, count)];
	while (verb == ENTER && count > 1 && c->task == WORLD_NONE &&
		chance(&draw->prng, draw->busy));
	if (is_refused_mostly(world, c) && chance(&draw->prng, 90))
		return false;
	return draw_rest(draw, world, c);
}

static enum step_outcome take_one(struct draw *draw, struct world *world)
{
	struct choice c;
	struct step step;

	while (!draw_choice(draw, world, &c))
		;
	step = world_take(world, &c);
	print_choice(&c, true);
	print_answer(step);
	print_state(world);
	return step.outcome;
}

/* Machines */

static uint32_t draw_cpus(struct prng *prng)
{
	static const uint32_t large[] = { 5, 6, 7, 8, 9, 12, 16, 24 };

	return chance(prng, 70) ? 1 + below(prng, 4) : large[below(prng, G_N_ELEMENTS(large))];
}

/* The flags that are thresholds, and a get of two steps. */
static void draw_flags(struct prng *prng, struct protocol *protocol)
{
	static const char *const values[][5] = {
		{ "thrs-policy", "recomputed", "none", "recorded", "none" },
		{ "thrs-cap", "nr-cpu-ids", "none", "allowed", "possible" },
		{ "thrs-floor", "0", "1", "2", "1" },
		{ "thrs-gap", "0", "333", "500", "1000" },
		{ "allowance", "0", "100", "500", "1000" },
		{ "affinity-return", "fits", "below", "threshold", "fits" },
		{ "split-get", "on", "on", "on", "off" },
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(values); i++) {
		const char *value = values[i][1 + below(prng, 4)];

		if (!chance(prng, 25))
			continue;
		g_assert_cmpint(protocol_set(protocol, values[i][0], value), ==, 0);
		printf(" %s=%s", values[i][0], value);
	}
}

static struct model_config draw_machine(struct prng *prng, const struct revision *revision,
	uint32_t number, uint32_t threads, int argc, char **argv)
{
	uint32_t cpus = argc > 4 ? (uint32_t)atoi(argv[4]) : 0;
	struct model_config config = { .protocol = revision->protocol, .extents_always = true };

	config.cpus_count = cpus ? cpus : draw_cpus(prng);
	config.nr_cpu_ids = config.cpus_count + (chance(prng, 70) ? 0 : below(prng, 5));
	config.mms_count = chance(prng, 50) ? 1 : 2 + below(prng, WORLD_MMS_MAX - 1);
	config.extents_count = config.mms_count;
	config.tasks_count = threads + 2 + below(prng, 2 * config.cpus_count + 2);
	if (chance(prng, 50))
		config.tasks_count += config.cpus_count;
	config.tasks_count = MIN(config.tasks_count, WORLD_TASKS_MAX);
	printf("machine %u %u %u %u", number, config.cpus_count, config.nr_cpu_ids, threads);
	if (chance(prng, 30))
		draw_flags(prng, &config.protocol);
	for (int i = 5; i < argc; i++) {
		char **pair = g_strsplit(argv[i], "=", 2);

		g_assert_cmpint(protocol_set(&config.protocol, pair[0], pair[1]), ==, 0);
		printf(" %s", argv[i]);
		g_strfreev(pair);
	}
	putchar('\n');
	return config;
}

/* One machine. Returns the steps that are left of @left. */
static uint64_t run_machine(
	struct draw *draw, const struct model_config *config, uint32_t threads, uint64_t left)
{
	uint32_t length = 1 + below(&draw->prng, MACHINE_STEPS), spins = 0;
	struct world *world = world_new(config, threads);

	draw->narrow = 1 + below(&draw->prng, config->cpus_count);
	for (uint32_t step = 0; step < length && left > 0 && spins < SPINS_MAX; step++, left--) {
		enum step_outcome outcome;

		if (step % PHASE_STEPS == 0)
			draw_weights(draw, config);
		outcome = take_one(draw, world);
		/* In many a state a spin never ends. */
		if (outcome == STEP_SPINS)
			spins++;
		if (chance(&draw->prng, LISTED_PERCENT))
			print_possible(world);
	}
	world_free(world);
	return left;
}

/* An assertion of the model ends the program: what was printed is compared first. */
static void flush(int number)
{
	(void)number;
	fflush(stdout);
}

int main(int argc, char **argv)
{
	static char buffer[1 << 16];
	const struct revision *revision = argc < 4 ? NULL : revision_find(argv[1]);
	uint64_t seed, left;

	signal(SIGABRT, flush);
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	if (!revision) {
		fprintf(stderr, "driver REVISION SEED STEPS [CPUS [FLAG=VALUE]...]\n");
		return 2;
	}
	seed = strtoull(argv[2], NULL, 10);
	left = strtoull(argv[3], NULL, 10);
	for (uint32_t number = 0; left > 0; number++) {
		struct draw draw = { .prng = { .key = prng_key(seed, number) } };
		uint32_t threads = 1 + below(&draw.prng, 2);
		struct model_config config =
			draw_machine(&draw.prng, revision, number, threads, argc, argv);

		left = run_machine(&draw, &config, threads, left);
	}
	return 0;
}
