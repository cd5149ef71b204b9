/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/*
 * Dumps of states that the explorer reaches, with a share of their facts left out. Where a known
 * defect has broken a property, it must come first (docs/explain.md has the shares). Where nothing
 * is broken, nothing may be called broken, and no defect may fit.
 *
 *     test-random-dumps                       all
 *     DUMPS=B,SHARE,NUMBER test-random-dumps  print that dump, and what is said of it
 *     DUMPS_SEED=N test-random-dumps          other states
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/dump/explain.h"
#include "sim/explore/known.h"
#include "sim/explore/playable.h"
#include "sim/explore/search/search.h"
#include "sim/explore/state/judge.h"
#include "sim/release/release.h"
#include "tests/lib/dumps.h"
#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

enum {
	STATES = 204, /* 17 for each defect */
	SHARES = 5,
	STATED = 1,  /* the share for which WANTED holds */
	WANTED = 95, /* per cent */
	OTHER_SEEDS = 1000000,
	STEPS_MAX = 2000000,
	WALKS = 60,
	WALK_STEPS = 80,
	LATER_MAX = 5, /* steps after the property is broken */
	FORKS = MACHINE_FORKS,
	CLONES = MACHINE_CLONE_VMS,
	EXITS = MACHINE_EXITS,
	FAILED = MACHINE_FAILED_EXECS,
	WIDER = MACHINE_AFFINITIES,
};

/* How much is left out, in per cent, and whether the dump names the kernel. */
static const struct {
	unsigned percent;
	bool kernel;
} shares[SHARES] = { { 0, true }, { 10, true }, { 10, false }, { 25, true }, { 50, true } };

/* Machines that can have the defect; the first one is that of its scenario. */
static const struct size {
	uint8_t defect, cpus, allowed, tasks;
	uint8_t may[MACHINE_OPS];
	bool made_in_window, weak;
	unsigned check;
	const char *oldest,
		*newest; /* revisions that have it, and none that breaks the same otherwise */
	const char *except[2];
} sizes[] = {
	{ 1, 2, 2, 2, { [FORKS] = 1 }, .check = CHECK_I3, .oldest = "v1", .newest = "v5" },
	{ 1, 3, 3, 3, { [FORKS] = 1 }, .check = CHECK_I3, .oldest = "v1", .newest = "v5" },
	{ 1, 4, 4, 3, { [FORKS] = 2 }, .check = CHECK_I3, .oldest = "v1", .newest = "v5" },
	{ 2, 3, 3, 3, { [FORKS] = 1 }, .weak = true, .check = CHECK_I3, .oldest = "6.19-livelock",
		.newest = "6.19-livelock" },
	{ 2, 4, 4, 4, { [FORKS] = 1 }, .weak = true, .check = CHECK_I3, .oldest = "6.19-livelock",
		.newest = "6.19-livelock" },
	{ 3, 4, 2, 2, { [FORKS] = 1, [EXITS] = 2 }, .check = CHECK_I6, .oldest = "v1",
		.newest = "6.19-ordering" },
	{ 3, 6, 3, 3, { [FORKS] = 1, [EXITS] = 3 }, .check = CHECK_I6, .oldest = "v1",
		.newest = "6.19-ordering" },
	{ 4, 4, 2, 2, { [FORKS] = 1, [EXITS] = 2 }, .check = CHECK_I2, .oldest = "6.19-dropcpu",
		.newest = "6.19" },
	{ 4, 6, 3, 3, { [FORKS] = 2, [EXITS] = 4 }, .check = CHECK_I2, .oldest = "6.19-dropcpu",
		.newest = "6.19" },
	{ 5, 3, 3, 2, { [FORKS] = 3 }, .check = CHECK_I5, .oldest = "v1", .newest = "6.19.1" },
	{ 5, 4, 4, 2, { [FORKS] = 4 }, .check = CHECK_I5, .oldest = "v1", .newest = "6.19.1" },
	{ 6, 3, 3, 2, { [FORKS] = 1, [CLONES] = 1 }, .check = CHECK_I5, .oldest = "v1",
		.newest = "7.0-fork" },
	{ 6, 4, 4, 3, { [FORKS] = 2, [CLONES] = 1 }, .check = CHECK_I5, .oldest = "v1",
		.newest = "7.0-fork" },
	{ 7, 4, 2, 3, { [EXITS] = 2, [FAILED] = 1 }, .check = CHECK_I2, .oldest = "v2",
		.newest = "7.0", .except = { "6.19-dropcpu", "6.19" } },
	{ 7, 6, 3, 4, { [EXITS] = 3, [FAILED] = 2 }, .check = CHECK_I2, .oldest = "v2",
		.newest = "7.0", .except = { "6.19-dropcpu", "6.19" } },
	{ 8, 4, 1, 2, { [EXITS] = 1, [WIDER] = 1 }, .check = EXPLORE_RETURN, .oldest = "v1",
		.newest = "7.1" },
	{ 8, 8, 2, 4, { [EXITS] = 2, [WIDER] = 1 }, .check = EXPLORE_RETURN, .oldest = "v1",
		.newest = "7.1" },
	{ 9, 4, 2, 3, { [EXITS] = 2, [FAILED] = 1 }, .check = CHECK_I5, .oldest = "v1",
		.newest = "7.1" },
	{ 9, 6, 3, 4, { [EXITS] = 3, [FAILED] = 2 }, .check = CHECK_I5, .oldest = "v1",
		.newest = "7.1" },
	{ 10, 2, 2, 2, { [FORKS] = 1, [FAILED] = 1 }, .check = CHECK_I3, .oldest = "6.19-livelock",
		.newest = "7.1" },
	{ 10, 3, 3, 3, { [FORKS] = 1, [FAILED] = 1 }, .check = CHECK_I3, .oldest = "6.19-livelock",
		.newest = "7.1" },
	{ 11, 1, 1, 1, { [FORKS] = 2, [EXITS] = 1, [FAILED] = 1 }, .check = EXPLORE_WINDOW,
		.oldest = "6.19-ordering", .newest = "7.1" },
	{ 11, 2, 2, 2, { [FORKS] = 3, [EXITS] = 3, [FAILED] = 1 }, .check = EXPLORE_WINDOW,
		.oldest = "6.19-ordering", .newest = "7.1" },
	{ 12, 2, 2, 3, { 0 }, .made_in_window = true, .check = EXPLORE_TRANSIT, .oldest = "v2",
		.newest = "v4" },
	{ 12, 4, 4, 5, { [EXITS] = 2 }, .made_in_window = true, .check = EXPLORE_TRANSIT,
		.oldest = "v2", .newest = "v4" },
};

struct state {
	unsigned defect;
	const struct revision *revision;
	struct machine_config config;
	struct machine machine;
	uint32_t bit;
};

static struct state *states; /* STATES of them */

/* Reaching a state */

static const struct size *pick_size(unsigned defect, struct prng *prng)
{
	const struct size *of[G_N_ELEMENTS(sizes)];
	size_t count = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
		if (sizes[i].defect == defect)
			of[count++] = &sizes[i];
	}
	return of[prng_below(prng, count)];
}

static const struct revision *pick_revision(const struct size *size, struct prng *prng)
{
	const struct revision *oldest = revision_find(size->oldest);
	const struct revision *picked;

	do
		picked = oldest +
		         prng_below(prng, (uint64_t)(revision_find(size->newest) - oldest) + 1);
	while ((size->except[0] && strcmp(picked->name, size->except[0]) == 0) ||
		(size->except[1] && strcmp(picked->name, size->except[1]) == 0));
	return picked;
}

static struct machine_config config_of(const struct size *size, const struct revision *revision)
{
	struct machine_config config = {
		.protocol = revision->protocol,
		.cpus_count = size->cpus,
		.tasks_start = size->tasks,
		.tasks_max = size->tasks + size->may[FORKS] + size->may[CLONES],
		.allowed = (uint16_t)((1u << size->allowed) - 1),
		.made_in_window = size->made_in_window,
		.weak = size->weak,
		.reduced = !size->weak,
	};

	memcpy(config.may, size->may, sizeof(config.may));
	return config;
}

static uint32_t cleared; /* the bit outside of the pool; 0: none */

static void on_event(struct model_observer *observer, const struct model_event *event)
{
	(void)observer;
	if (event->kind == EVENT_BAD_DROP)
		cleared = event->bit;
}

static void take_step(struct state *state, const struct explore_step *step)
{
	struct model_observer observer = { .event = on_event };

	machine_apply(&state->machine, &state->config, step, &observer);
}

/* A few more steps that leave the property broken. A bit outside of the pool is seen at once. */
static void go_on(struct state *state, unsigned property, struct prng *prng)
{
	uint64_t later = property == CHECK_I2 ? 0 : prng_below(prng, LATER_MAX + 1);
	struct judge judge;

	judge_init(&judge, &state->config, 0);
	for (; later > 0; later--) {
		struct machine before;
		struct explore_step step;

		machine_start(&before, &state->config);
		machine_copy(&before, &state->machine);
		if (!machines_take_random(&state->machine, &state->config, prng, &step))
			break;
		if (!judge_machine(&judge, &state->machine, property))
			machine_copy(&state->machine, &before);
	}
	judge_clear(&judge);
}

/* Does a child that is counted, and that no walk sees yet, own a CID? That is B5, and nothing else.
 */
static bool has_unseen_owner(const struct machine *machine)
{
	for (uint32_t task = 0; task < machine_model_const(machine)->tasks_count; task++) {
		const struct model_task *t = model_task_const(machine_model_const(machine), task);

		if (machine->pc[task] == PC_BORN && !t->visible && t->active &&
			cid_is_task_owned((cid_word)t->cid))
			return true;
	}
	return false;
}

/* Has a walk missed a user that owns a CID? Then it is a state of B5 or B6, whatever else can happen on
 * its machine: a fork and the end of a failed exec can be concurrent like two forks. */
static bool has_missed_owner(const struct machine *machine)
{
	const struct model *model = machine_model_const(machine);
	const struct model_mm *m = machine_mm(machine);

	for (uint32_t task = 0; task < model->tasks_count; task++) {
		const struct model_task *t = model_task_const(model, task);

		if (m->phase == PHASE_IDLE && m->mode == MODE_PER_CPU && t->active &&
			cid_is_task_owned((cid_word)t->cid))
			return true;
	}
	return false;
}

/* Where a random walk with @seed breaks the property by the defect. False: it does not. */
static bool reach(struct state *state, unsigned defect, uint64_t seed)
{
	struct prng prng = { .key = prng_key(seed, defect) };
	const struct size *size = pick_size(defect, &prng);
	const struct revision *revision = pick_revision(size, &prng);
	struct search_options options = {
		.config = config_of(size, revision),
		.mode = SEARCH_WALK,
		.check = size->check,
		.jobs = 1,
		.max_depth = 60,
		.steps = STEPS_MAX,
		.seed = seed,
	};
	struct search_result *result = NULL;
	GArray *steps = NULL;
	bool good;

	if (machine_start(&state->machine, &options.config))
		result = search_run(&options);
	if (result && result->verdict == SEARCH_VIOLATED)
		steps = playable_steps(&options.config, result->steps);
	good = steps && known_find(&options.config, steps, size->check) >> (defect - 1) & 1;
	state->defect = defect;
	state->revision = revision;
	state->config = playable_config(&options.config);
	cleared = 0;
	if (good && machine_start(&state->machine, &state->config)) {
		for (guint i = 0; i < steps->len; i++)
			take_step(state, &g_array_index(steps, struct explore_step, i));
		good = has_unseen_owner(&state->machine) == (defect == 5) &&
		       (defect == 5 || defect == 6 || !has_missed_owner(&state->machine));
		go_on(state, size->check, &prng);
		state->bit = cleared;
	}
	if (steps)
		g_array_free(steps, TRUE);
	if (result)
		search_result_free(result);
	return good;
}

static void reach_all(void)
{
	const char *asked = g_getenv("DUMPS_SEED");
	uint64_t base = asked ? g_ascii_strtoull(asked, NULL, 10) : 0;

	states = g_new0(struct state, STATES);
	for (unsigned i = 0; i < STATES; i++) {
		uint64_t seed = i + base * OTHER_SEEDS;

		while (!reach(&states[i], 1 + i % EXPLAIN_DEFECTS, seed))
			seed += STATES;
	}
}

/* Explaining it */

/* What a dump says of its kernel. */
static const char *kernel_of(const struct revision *revision, char buffer[64])
{
	static const struct {
		const char *revision, *kernel;
	} releases[] = { { "v5", "6.19-rc2" }, { "6.19", "6.19.0" }, { "6.19.1", "6.19.6-amd64" },
		{ "7.0", "7.0.4" }, { "7.1", "7.3.4" } };

	g_snprintf(buffer, 64, "revision %s", revision->name);
	for (size_t i = 0; i < G_N_ELEMENTS(releases); i++) {
		if (strcmp(releases[i].revision, revision->name) == 0)
			g_snprintf(buffer, 64, "kernel %s", releases[i].kernel);
	}
	return buffer;
}

static char *print(const struct state *state, int share, uint64_t seed)
{
	struct prng prng = { .key = prng_key(seed, (uint64_t)share) };
	char kernel[64];
	struct dumps_options options = {
		.form = (enum dumps_form)prng_below(&prng, DUMPS_FORMS),
		.percent = shares[share].percent,
		.kernel = shares[share].kernel ? kernel_of(state->revision, kernel) : NULL,
		.bit = state->bit,
	};

	return dumps_print(&state->machine, &options, &prng);
}

static struct dump *read_dump(const char *text)
{
	struct faults *faults = faults_new("dump");
	struct dump *dump = dump_read(text, strlen(text), faults);
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);

	faults_list(faults, errors);
	if (!dump)
		ck_abort_msg("%s\n%s", (char *)errors->pdata[0], text);
	faults_free(faults);
	return dump;
}

static struct explanation *explain_text(const struct dump *dump)
{
	struct view_kernel kernel = { NULL, NULL, NULL };
	struct release release;

	if (dump->revision)
		kernel.oldest = kernel.newest = revision_find(dump->revision);
	else if (dump->kernel && release_read(dump->kernel, &release))
		release_revisions(&release, &kernel.oldest, &kernel.newest);
	return explain_dump(dump, &kernel);
}

/* Whether the defect of state @number comes first. */
static bool is_first(unsigned number, int share, bool shown)
{
	g_autofree char *text = print(&states[number], share, number);
	struct dump *dump = read_dump(text);
	struct explanation *explanation = explain_text(dump);
	bool good = explanation->defects[0].number == states[number].defect;

	if (shown) {
		g_autoptr(GString) report = g_string_new(NULL);

		explanation_report(report, "dump", explanation);
		printf("%s\n%s", text, report->str);
	}
	explanation_free(explanation);
	dump_free(dump);
	return good;
}

static void print_row(const char *name, const unsigned good[SHARES], unsigned of)
{
	printf("  %-5s", name);
	for (int share = 0; share < SHARES; share++)
		printf("  %3u of %3u", good[share], of);
	printf("\n");
}

/* What is said of properties */

/* Whether the model says that @property is broken; what is left of a fault is not in a dump. */
static bool is_broken(const struct state *state, const struct judge *judge, unsigned property)
{
	unsigned mask = property == CHECK_I3 ? CHECK_I3 | EXPLORE_STALL : property;

	return judge_machine(judge, &state->machine, mask) != 0;
}

static void check_verdicts(const struct state *state, const struct judge *judge, int share,
	uint64_t seed, bool is_sound)
{
	g_autofree char *text = print(state, share, seed);
	struct dump *dump = read_dump(text);
	struct explanation *explanation = explain_text(dump);
	bool has_fault = machine_mm(&state->machine)->faults != 0;

	for (int i = 0; i < EXPLAIN_PROPERTIES; i++) {
		const struct explain_property *property = &explanation->properties[i];
		bool broken = property->bit != CHECK_I7 && is_broken(state, judge, property->bit);

		if (property->verdict == VERDICT_BROKEN && !broken)
			ck_abort_msg("I%d is not broken: %s\n%s", i + 1, property->why, text);
		if (property->verdict == VERDICT_HOLDS && broken && !has_fault)
			ck_abort_msg("I%d does not hold: %s\n%s", i + 1, property->why, text);
	}
	if (is_sound && explanation->defects[0].fit == FIT_YES)
		ck_abort_msg("B%u fits\n%s", explanation->defects[0].number, text);
	explanation_free(explanation);
	dump_free(dump);
}

SUITE(.timeout = 600);

TEST(no_more_is_said_of_properties_than_holds)
{
	struct judge judge;

	reach_all();
	for (unsigned i = 0; i < STATES; i++) {
		judge_init(&judge, &states[i].config, 0);
		for (int share = 0; share < SHARES; share++)
			check_verdicts(&states[i], &judge, share, i, false);
		judge_clear(&judge);
	}
	g_free(states);
}

/* Random walks of machines on which 7.1 breaks nothing: through windows, and spins that end. */
TEST_RANGE(where_nothing_is_broken_nothing_is_called_broken, 0, WALKS)
{
	struct prng prng = { .key = prng_key((uint64_t)_i, 100) };
	uint32_t cpus = 2 + machines_below(&prng, 3), tasks = 1 + machines_below(&prng, 3);
	struct state state = { .revision = revision_find("7.1"),
		.config = machines_busy_config("7.1", cpus, tasks, tasks + 3) };
	struct explore_step step;
	struct judge judge;

	state.config.may[FAILED] = 0;
	ck_assert(machine_start(&state.machine, &state.config));
	judge_init(&judge, &state.config, 0);
	for (uint64_t i = 0; i < WALK_STEPS; i++) {
		if (!machines_take_random(&state.machine, &state.config, &prng, &step))
			break;
		if (machine_mm(&state.machine)->users > 0)
			check_verdicts(&state, &judge, (int)(i % SHARES), i, true);
	}
	judge_clear(&judge);
}

TEST(the_right_defect_is_first)
{
	unsigned good[EXPLAIN_DEFECTS][SHARES] = { 0 }, all[SHARES] = { 0 };
	const char *asked = g_getenv("DUMPS");

	reach_all();
	for (unsigned i = 0; i < STATES; i++) {
		for (int share = 0; share < SHARES; share++) {
			bool first = is_first(i, share, false);

			if (!first && asked)
				printf("DUMPS=%u,%d,%u\n", states[i].defect, share, i);
			good[i % EXPLAIN_DEFECTS][share] += first;
			all[share] += first;
		}
	}
	printf("  left out  0 %%       10 %%  10 %%, no kernel        25 %%        50 %%\n");
	for (unsigned i = 0; i < EXPLAIN_DEFECTS; i++) {
		g_autofree char *name = g_strdup_printf("B%u", i + 1);

		print_row(name, good[i], STATES / EXPLAIN_DEFECTS);
	}
	print_row("all", all, STATES);
	if (asked && strchr(asked, ','))
		is_first((unsigned)atoi(strrchr(asked, ',') + 1), atoi(strchr(asked, ',') + 1),
			true);
	fflush(stdout);
	ck_assert_uint_ge(all[0] * 100, STATES * 99);
	ck_assert_uint_ge(all[STATED] * 100, STATES * WANTED);
	g_free(states);
}
