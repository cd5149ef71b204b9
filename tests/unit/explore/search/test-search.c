/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What a search finds: the known defects by their shortest ways, and in everything else the same as
 * a naive search, as itself with other threads, reductions and names. */

#include "sim/explore/search/search.h"

#include <glib.h>
#include <signal.h>

#include "model/walk.h"
#include "sim/explore/state/expand.h"
#include "sim/explore/state/judge.h"
#include "sim/explore/playable.h"
#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

enum {
	ALL = CHECK_ALL_SAFETY | CHECK_I3 | EXPLORE_RETURN | EXPLORE_STALL | EXPLORE_STUCK,
	FORKS = MACHINE_FORKS,
	CLONE_VMS = MACHINE_CLONE_VMS,
	VFORKS = MACHINE_VFORKS,
	EXITS = MACHINE_EXITS,
	EXECS = MACHINE_EXECS,
	FAILED_EXECS = MACHINE_FAILED_EXECS,
	AFFINITIES = MACHINE_AFFINITIES,
};

/* A machine to be searched, as a table has it. */
struct size {
	uint8_t cpus, allowed, tasks; /* allowed: CPUs from 0 on */
	uint8_t may[MACHINE_OPS];
	bool weak;
};

static struct machine_config config_of(const char *revision, const struct size *size)
{
	struct machine_config config =
		machines_config(revision, size->cpus, size->tasks, size->tasks);

	config.allowed = (uint16_t)((1u << size->allowed) - 1);
	memcpy(config.may, size->may, sizeof(config.may));
	config.tasks_max += (uint32_t)(size->may[FORKS] + size->may[CLONE_VMS] + size->may[VFORKS]);
	config.weak = size->weak;
	config.reduced = true;
	return config;
}

static void rename_all(struct machine_config *config)
{
	config->any_cpu_order = true;
	config->any_task_order = machines_can_rename_tasks(config);
}

static struct search_result *search_with(
	const struct machine_config *config, unsigned check, unsigned jobs)
{
	const struct search_options options = {
		.config = *config,
		.check = check,
		.jobs = jobs,
		.memory = (size_t)1 << 30,
	};

	return search_run(&options);
}

/* What @config comes to, on one thread: the length of the way, -1: it holds. */
static int length_of(const struct machine_config *config, unsigned check)
{
	struct search_result *result = search_with(config, check, 1);
	int length = result->verdict == SEARCH_VIOLATED ? (int)result->depth : -1;

	ck_assert_int_ne(result->verdict, SEARCH_UNDECIDED);
	search_result_free(result);
	return length;
}

/* The known defects: where each is, how far from the start, and where it is no longer. */

static const struct defect {
	const char *name, *revision, *absent;
	struct size size;
	unsigned check;
	int length, exact; /* reduced, and not */
} defects[] = {
	{ "B1", "v3", "6.19-livelock", { 2, 2, 2, { [FORKS] = 1 }, false }, CHECK_I3, 3, 6 },
	{ "B2", "6.19-livelock", "6.19-ordering", { 3, 3, 3, { [FORKS] = 1 }, true }, CHECK_I3, 7,
		10 },
	{ "B3", "v3", "6.19-dropcpu", { 4, 2, 2, { [FORKS] = 1, [EXITS] = 2 }, false }, CHECK_I6, 7,
		8 },
	{ "B4", "6.19", "6.19.1", { 4, 2, 2, { [FORKS] = 1, [EXITS] = 2 }, false }, CHECK_I2, 7,
		8 },
	{ "B5", "6.19.1", "7.0-fork", { 3, 3, 2, { [FORKS] = 3 }, false }, CHECK_I5, 6, 7 },
	{ "B6", "7.0-fork", "7.0-vfork", { 3, 3, 2, { [FORKS] = 1, [CLONE_VMS] = 1 }, false },
		CHECK_I5, 6, 6 },
	{ "B7", "7.0", "7.1", { 4, 2, 3, { [EXITS] = 2, [FAILED_EXECS] = 1 }, false }, CHECK_I2, 8,
		10 },
	{ "B8", "7.1", "affinity-return", { 4, 1, 2, { [EXITS] = 1, [AFFINITIES] = 1 }, false },
		EXPLORE_RETURN, 2, 2 },
	{ "B9", "7.1", NULL, { 4, 2, 3, { [EXITS] = 2, [FAILED_EXECS] = 1 }, false }, CHECK_I5, 11,
		13 },
};

SUITE(.timeout = 250);

TEST_ROWS(each_known_defect_is_found_by_a_shortest_way, defects)
{
	const struct defect *defect = &defects[_i];
	struct machine_config config = config_of(defect->revision, &defect->size);

	ck_assert_int_eq(length_of(&config, defect->check), defect->length);
	config.reduced = false;
	ck_assert_int_eq(length_of(&config, defect->check), defect->exact);
}

TEST_ROWS(each_known_defect_is_gone_where_it_was_mended, defects)
{
	const struct defect *defect = &defects[_i];
	struct machine_config config;

	if (!defect->absent)
		return;
	config = config_of(defect->absent, &defect->size);
	ck_assert_int_eq(length_of(&config, defect->check), -1);
	rename_all(&config);
	ck_assert_int_eq(length_of(&config, defect->check), -1);
}

TEST(b2_takes_weak_memory)
{
	struct machine_config config = config_of("6.19-livelock", &defects[1].size);

	config.weak = false;
	ck_assert_int_eq(length_of(&config, CHECK_I3), -1);
}

/* Without failed execs 7.1 breaks nothing but RETURN, which is B8. */
static const struct size current_sizes[] = {
	{ 2, 2, 2, { [FORKS] = 2, [EXITS] = 2 }, false },
	{ 3, 3, 2, { [FORKS] = 1, [VFORKS] = 1, [EXECS] = 1 }, false },
	{ 4, 2, 3, { [CLONE_VMS] = 1, [EXITS] = 2 }, false },
	{ 4, 1, 2, { [FORKS] = 1, [EXITS] = 1, [AFFINITIES] = 1 }, false },
};

TEST_ROWS(without_failed_execs_7_1_holds_but_for_return, current_sizes)
{
	struct machine_config config = config_of("7.1", &current_sizes[_i]);

	ck_assert_int_eq(length_of(&config, ALL & ~EXPLORE_RETURN), -1);
	rename_all(&config);
	ck_assert_int_eq(length_of(&config, ALL & ~EXPLORE_RETURN), -1);
}

/* Ways */

/* Take @steps from the start: none is refused, and only the last breaks what was asked for. */
static void follow(
	const struct machine_config *config, const GArray *steps, unsigned check, unsigned broken)
{
	struct machine *machine = machines_new(config);
	struct judge judge;

	judge_init(&judge, config);
	for (guint i = 0; i < steps->len; i++) {
		const struct explore_step *step = &g_array_index(steps, struct explore_step, i);
		const char *why = machine_refuses(machine, config, step);
		char text[STEP_TEXT_MAX];

		step_print(step, text);
		ck_assert_msg(!why, "step %u, '%s': %s", i + 1, text, why);
		ck_assert_msg(!judge_machine(&judge, machine, check),
			"it is broken before step %u, '%s'", i + 1, text);
		machine_apply(machine, config, step, NULL);
	}
	ck_assert_uint_eq(judge_machine(&judge, machine, check), broken);
	judge_clear(&judge);
	free(machine);
}

static void check_way(const struct machine_config *config, unsigned check)
{
	struct search_result *result = search_with(config, check, 1);
	struct machine_config exact = playable_config(config);
	GArray *steps;

	ck_assert_int_eq(result->verdict, SEARCH_VIOLATED);
	ck_assert_uint_eq(result->steps->len, result->depth);
	ck_assert_uint_eq(result->broken & ~check, 0);
	follow(config, result->steps, check, result->broken);
	steps = playable_steps(config, result->steps);
	if (steps) {
		follow(&exact, steps, check, result->broken);
		g_array_free(steps, TRUE);
	} else {
		/* only where a walk has another order than the kernel's */
		ck_assert(config->any_cpu_order || config->any_task_order);
	}
	search_result_free(result);
}

TEST_ROWS(the_steps_of_a_counterexample_lead_to_what_is_broken, defects)
{
	const struct defect *defect = &defects[_i];
	struct machine_config config = config_of(defect->revision, &defect->size);

	check_way(&config, defect->check);
	rename_all(&config);
	check_way(&config, defect->check);
	config.reduced = false;
	check_way(&config, defect->check);
	config = config_of(defect->revision, &defect->size);
	config.reduced = false;
	check_way(&config, defect->check);
}

/* Random machines that break something, whatever: a way to it can be gone. */
TEST(the_steps_of_random_counterexamples_lead_to_what_is_broken)
{
	unsigned found = 0;

	for (uint64_t seed = 1; seed <= 800; seed++) {
		struct prng prng = { prng_key(seed, 3), 0 };
		struct machine_config config = machines_random_config(&prng, 3);
		struct search_options options = {
			.config = config,
			.check = ALL,
			.jobs = 1,
			.memory = (size_t)1 << 30,
			.max_states = 3000,
		};
		struct search_result *result;

		ck_assert_msg(search_can(&config, ALL), "seed %lu", (unsigned long)seed);
		result = search_run(&options);
		if (result->verdict == SEARCH_VIOLATED)
			follow(&config, result->steps, ALL, result->broken);
		found += result->verdict == SEARCH_VIOLATED;
		search_result_free(result);
	}
	ck_assert_uint_gt(found, 100);
}

/* Threads */

static void compare(const struct search_result *a, const struct search_result *b)
{
	ck_assert_int_eq(a->verdict, b->verdict);
	ck_assert_str_eq(search_ended_to_string(a->ended), search_ended_to_string(b->ended));
	ck_assert_uint_eq(a->broken, b->broken);
	ck_assert_uint_eq(a->states, b->states);
	ck_assert_uint_eq(a->transitions, b->transitions);
	ck_assert_uint_eq(a->depth, b->depth);
	ck_assert_uint_eq(a->widest, b->widest);
	ck_assert_uint_eq(a->spin_states, b->spin_states);
	ck_assert_mem_eq(a->taken, b->taken, sizeof(a->taken));
	ck_assert_uint_eq(a->steps->len, b->steps->len);
	for (guint i = 0; i < a->steps->len; i++)
		ck_assert(machines_same_step(&g_array_index(a->steps, struct explore_step, i),
			&g_array_index(b->steps, struct explore_step, i)));
}

static void compare_threads(const struct machine_config *config, unsigned check)
{
	struct search_result *one = search_with(config, check, 1);

	for (unsigned jobs = 2; jobs <= 3; jobs++) {
		struct search_result *more = search_with(config, check, jobs);

		compare(one, more);
		search_result_free(more);
	}
	search_result_free(one);
}

TEST_ROWS(the_number_of_threads_changes_nothing, defects)
{
	const struct defect *defect = &defects[_i];
	struct machine_config config = config_of(defect->revision, &defect->size);

	compare_threads(&config, defect->check);
	rename_all(&config);
	compare_threads(&config, defect->check);
	if (defect->absent)
		config.protocol = revision_find(defect->absent)->protocol;
	compare_threads(&config, defect->check);
}

/* Reductions */

static const struct size small_sizes[] = {
	{ 2, 2, 2, { [FORKS] = 1, [EXITS] = 1 }, false },
	{ 2, 2, 1, { [FORKS] = 2, [EXITS] = 1 }, false },
	{ 2, 1, 1, { [FORKS] = 1, [EXITS] = 1, [FAILED_EXECS] = 1 }, false },
	{ 2, 2, 2, { [FAILED_EXECS] = 2 }, false },
	{ 3, 1, 2, { [EXITS] = 1, [FAILED_EXECS] = 1 }, false },
	{ 3, 1, 2, { [EXITS] = 1, [AFFINITIES] = 1 }, false },
	{ 2, 2, 1, { [VFORKS] = 1, [FORKS] = 1, [EXECS] = 1 }, false },
	{ 2, 2, 1, { [CLONE_VMS] = 1, [FORKS] = 1 }, false },
	{ 2, 2, 2, { [FORKS] = 1 }, true },
};

/* The properties that are broken anywhere, each searched for by itself. */
static unsigned all_broken(const struct machine_config *config)
{
	unsigned broken = 0;

	if (length_of(config, ALL) < 0)
		return 0;
	for (unsigned bit = CHECK_I1; bit <= ALL; bit <<= 1) {
		if (bit & ALL && length_of(config, bit) >= 0)
			broken |= bit;
	}
	return broken;
}

static void compare_reductions(struct machine_config config, const char *what)
{
	struct machine_config plain = config;
	unsigned broken;

	plain.reduced = false;
	broken = all_broken(&plain);
	for (int i = 1; i < 4; i++) {
		struct machine_config other = plain;
		unsigned other_broken;

		other.reduced = i & 1;
		if (i & 2)
			rename_all(&other);
		other_broken = all_broken(&other);
		if (other_broken == broken)
			continue;
		machines_print_config(&other);
		fflush(stdout);
		ck_abort_msg("%s: 0x%x is broken, not 0x%x", what, other_broken, broken);
	}
}

TEST_ROWS(what_is_broken_is_broken_however_it_is_reduced, small_sizes)
{
	size_t revisions;
	const struct revision *table = revision_table(&revisions);
	const struct size *size = &small_sizes[_i];

	for (size_t i = 0; i < revisions; i++)
		compare_reductions(config_of(table[i].name, size), table[i].name);
}

/* Flags that no revision has. */
static const char *const candidates[][2] = {
	{ "exec-return", "get" },
	{ "exec-return", "late" },
	{ "walk-unset", "drop" },
	{ "walk-unset", "hand-over" },
	{ "last-exit", "clean" },
	{ "split-get", "on" },
	{ "affinity-return", "below" },
	{ "thrs-policy", "none" },
};

TEST_ROWS(so_it_is_with_every_candidate, candidates)
{
	for (int i = 0; i < ROWS(small_sizes); i++) {
		struct machine_config config = config_of("7.1", &small_sizes[i]);

		ck_assert_int_eq(
			protocol_set(&config.protocol, candidates[_i][0], candidates[_i][1]), 0);
		compare_reductions(config, candidates[_i][1]);
	}
}

/* Where nothing leads back no CPU walk is made, and what has been walked is in no state. */
TEST_RANGE(without_names_there_are_no_more_states, 0, 3)
{
	static const struct size sizes[] = {
		{ 3, 3, 3, { [FORKS] = 1 }, false },
		{ 2, 2, 2, { [FORKS] = 1, [CLONE_VMS] = 1 }, false },
		{ 2, 2, 2, { [FORKS] = 1 }, true },
	};
	size_t revisions;
	const struct revision *table = revision_table(&revisions);

	for (size_t i = 0; i < revisions; i++) {
		struct machine_config config = config_of(table[i].name, &sizes[_i]);
		struct search_result *named = search_with(&config, 0, 1), *renamed;

		rename_all(&config);
		renamed = search_with(&config, 0, 1);
		ck_assert_int_eq(named->verdict, SEARCH_HOLDS);
		ck_assert_int_eq(renamed->verdict, SEARCH_HOLDS);
		ck_assert_uint_le(renamed->states, named->states);
		search_result_free(named);
		search_result_free(renamed);
	}
}

/* All states, and not only verdicts */

/* States that a machine of @config can come to. */
struct space {
	struct machine_config config;
	struct pack_layout layout;
	struct expander expander;
	GHashTable *keys; /* GBytes */
	GQueue waiting;   /* of keys, borrowed */
};

static GBytes *key_bytes(const struct pack_layout *layout, const uint32_t *key)
{
	return g_bytes_new(key, layout->words * sizeof(*key));
}

static void space_add(struct space *space, const uint32_t *key)
{
	GBytes *bytes = key_bytes(&space->layout, key);

	if (g_hash_table_contains(space->keys, bytes)) {
		g_bytes_unref(bytes);
		return;
	}
	g_hash_table_add(space->keys, bytes);
	g_queue_push_tail(&space->waiting, bytes);
}

static void on_space(void *context, const struct explore_step *step, const struct machine *next,
	const uint32_t *key)
{
	(void)step;
	(void)next;
	space_add(context, key);
}

static const uint32_t *next_key(struct space *space)
{
	return g_bytes_get_data(g_queue_pop_head(&space->waiting), NULL);
}

static void space_init(struct space *space, const struct machine_config *config)
{
	uint32_t key[PACK_WORDS_MAX];

	space->config = *config;
	ck_assert(pack_layout_init(&space->layout, config));
	expander_init(&space->expander, &space->layout);
	space->keys = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	g_queue_init(&space->waiting);
	pack_write(&space->layout, space->layout.blank, key);
	space_add(space, key);
	while (space->waiting.length > 0) {
		expander_read(&space->expander, next_key(space));
		expander_steps(&space->expander, on_space, space);
	}
}

static void space_free(struct space *space)
{
	g_hash_table_unref(space->keys);
	expander_free(&space->expander);
	pack_layout_free(&space->layout);
}

/* Is @machine one that a reduced one comes to, too: no switch is half done, the dead are gone? */
static bool is_whole(const struct machine *machine, const struct machine_config *config)
{
	for (uint32_t cpu = 0; cpu < config->cpus_count; cpu++) {
		const struct model_cpu *c = model_cpu_const(machine_model_const(machine), cpu);

		if (c->phase == CPU_BETWEEN)
			return false;
		/* one that was handed a number stays in a reduced one, too */
		if (c->curr != TASK_NONE && machine->pc[c->curr] == PC_DEAD &&
			cid_is_unset(model_task_const(machine_model_const(machine), c->curr)->cid))
			return false;
	}
	return true;
}

/* ... and nobody waits for a lock that is free by now? The lock of a switch that spins is the only
 * one that a reduced machine waits for. */
static bool is_whole_and_goes_on(const struct machine *machine, const struct machine_config *config)
{
	const struct model *model = machine_model_const(machine);

	return is_whole(machine, config) &&
	       !(machine->waiting &&
		       model_cpu_const(model, walk_next_cpu(model, 0))->phase == CPU_FREE);
}

/* Those of the states of @space that are @wanted, as @other writes them. */
static GHashTable *written_by(struct space *space, const struct space *other,
	bool (*wanted)(const struct machine *machine, const struct machine_config *config))
{
	GHashTable *keys = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	GHashTableIter iter;
	gpointer bytes;

	g_hash_table_iter_init(&iter, space->keys);
	while (g_hash_table_iter_next(&iter, &bytes, NULL)) {
		uint32_t key[PACK_WORDS_MAX];

		expander_read(&space->expander, g_bytes_get_data(bytes, NULL));
		if (!wanted(space->expander.base, &space->config))
			continue;
		pack_write(&other->layout, space->expander.base, key);
		g_hash_table_add(keys, key_bytes(&other->layout, key));
	}
	return keys;
}

static bool contains_all(GHashTable *keys, GHashTable *others)
{
	GHashTableIter iter;
	gpointer bytes;

	g_hash_table_iter_init(&iter, others);
	while (g_hash_table_iter_next(&iter, &bytes, NULL)) {
		if (!g_hash_table_contains(keys, bytes))
			return false;
	}
	return true;
}

TEST_ROWS(reduced_all_states_are_come_to_in_which_no_switch_is_half_done, small_sizes)
{
	size_t revisions;
	const struct revision *table = revision_table(&revisions);

	for (size_t i = 0; i < revisions; i++) {
		struct machine_config config = config_of(table[i].name, &small_sizes[_i]);
		struct space reduced, exact;
		GHashTable *whole, *goes_on;

		space_init(&reduced, &config);
		config.reduced = false;
		space_init(&exact, &config);
		whole = written_by(&exact, &reduced, is_whole);
		goes_on = written_by(&exact, &reduced, is_whole_and_goes_on);
		ck_assert_msg(
			contains_all(reduced.keys, goes_on), "%s: one is left out", table[i].name);
		ck_assert_msg(
			contains_all(whole, reduced.keys), "%s: one is made up", table[i].name);
		g_hash_table_unref(whole);
		g_hash_table_unref(goes_on);
		space_free(&reduced);
		space_free(&exact);
	}
}

/* Where a walk is under way, what it has been to is said otherwise. */
static bool is_idle(const struct machine *machine, const struct machine_config *config)
{
	(void)config;
	return machine_mm(machine)->phase == PHASE_IDLE;
}

TEST_ROWS(in_any_order_all_states_are_come_to_that_the_kernels_order_comes_to, small_sizes)
{
	size_t revisions;
	const struct revision *table = revision_table(&revisions);

	for (size_t i = 0; i < revisions; i++) {
		struct machine_config config = config_of(table[i].name, &small_sizes[_i]);
		struct space any, own;
		GHashTable *idle;

		space_init(&own, &config);
		rename_all(&config);
		space_init(&any, &config);
		idle = written_by(&own, &any, is_idle);
		ck_assert_msg(contains_all(any.keys, idle), "%s: one is left out", table[i].name);
		g_hash_table_unref(idle);
		space_free(&any);
		space_free(&own);
	}
}

/* Limits */

static struct search_options options_of(const struct machine_config *config)
{
	return (struct search_options){
		.config = *config,
		.check = ALL & ~EXPLORE_RETURN,
		.jobs = 2,
		.memory = (size_t)1 << 30,
	};
}

static void expect_undecided(const struct search_options *options, const char *ended)
{
	struct search_result *result = search_run(options);

	ck_assert_int_eq(result->verdict, SEARCH_UNDECIDED);
	ck_assert_str_eq(search_ended_to_string(result->ended), ended);
	ck_assert_uint_eq(result->steps->len, 0);
	ck_assert_uint_eq(result->broken, 0);
	search_result_free(result);
}

static const struct size large = { 3, 3, 2, { [FORKS] = 2, [EXITS] = 2 }, false };

TEST(too_little_memory_leaves_it_undecided)
{
	struct machine_config config = config_of("7.1", &large);
	struct search_options options = options_of(&config);

	options.memory = 100000;
	expect_undecided(&options, "memory");
	options.memory = 500000;
	options.jobs = 1;
	expect_undecided(&options, "memory");
}

TEST(a_search_keeps_within_its_memory)
{
	struct machine_config config = config_of("7.1", &large);
	struct search_options options = options_of(&config);
	struct search_result *result;

	options.memory = 8000000;
	options.jobs = 1;
	result = search_run(&options);
	ck_assert_uint_le(result->bytes, options.memory);
	search_result_free(result);
}

TEST(no_level_is_begun_with_as_many_states_as_may_be)
{
	struct machine_config config = config_of("7.1", &large);
	struct search_options options = options_of(&config);
	struct search_result *whole, *some;

	options.max_states = 2000;
	expect_undecided(&options, "max-states");
	some = search_run(&options);
	options.max_depth = some->depth;
	options.max_states = 0;
	whole = search_run(&options);
	ck_assert_uint_ge(some->states, 2000);
	ck_assert_uint_eq(some->states, whole->states);
	search_result_free(some);
	options.max_depth--;
	some = search_run(&options);
	ck_assert_uint_lt(some->states, 2000);
	search_result_free(some);
	search_result_free(whole);
}

TEST(no_state_further_away_is_looked_at)
{
	struct machine_config config = config_of("v3", &defects[0].size);
	struct search_options options = options_of(&config);
	struct search_result *result;

	options.check = CHECK_I3;
	options.max_depth = 2;
	expect_undecided(&options, "max-depth");
	options.max_depth = 3;
	result = search_run(&options);
	ck_assert_int_eq(result->verdict, SEARCH_VIOLATED);
	ck_assert_uint_eq(result->depth, 3);
	search_result_free(result);
}

/* A limit that is just reached does not matter. */
TEST(what_is_seen_within_the_limits_is_decided)
{
	struct machine_config config = config_of("7.1", &small_sizes[0]);
	struct search_options options = options_of(&config);
	struct search_result *result = search_run(&options), *again;

	ck_assert_int_eq(result->verdict, SEARCH_HOLDS);
	ck_assert_str_eq(search_ended_to_string(result->ended), "exhausted");
	options.max_depth = result->depth;
	options.max_states = result->states + 1;
	again = search_run(&options);
	compare(result, again);
	search_result_free(result);
	search_result_free(again);
}

static bool stop_after(void *context)
{
	int *left = context;

	return (*left)-- <= 0;
}

TEST_RANGE(who_asks_to_stop_leaves_it_undecided, 0, 4)
{
	struct machine_config config = config_of("7.1", &large);
	struct search_options options = options_of(&config);
	int left = _i;

	options.stop = stop_after;
	options.context = &left;
	expect_undecided(&options, "interrupted");
}

static void on_progress(void *context, const struct search_progress *progress)
{
	struct search_progress *last = context;

	ck_assert_uint_ge(progress->depth, last->depth);
	ck_assert_uint_gt(progress->bytes, 0);
	*last = *progress;
}

TEST(progress_is_told_and_ends_with_the_result)
{
	struct machine_config config = config_of("7.1", &large);
	struct search_options options = options_of(&config);
	struct search_progress last = { 0 };
	struct search_result *result;

	options.jobs = 1;
	options.progress = on_progress;
	options.context = &last;
	result = search_run(&options);
	ck_assert_uint_eq(last.depth, result->depth);
	ck_assert_uint_eq(last.states, result->states);
	ck_assert_uint_eq(last.transitions, result->transitions);
	ck_assert_uint_eq(last.waiting, 0);
	search_result_free(result);
}

TEST(what_cannot_be_packed_or_begun_cannot_be_searched)
{
	struct machine_config config = machines_config("v1", 1, 1, 2);

	ck_assert(search_can(&config, ALL));
	config.tasks_start = 2;
	ck_assert(!search_can(&config, ALL));
	config = machines_config("v3", MACHINE_CPUS_MAX, 2, MACHINE_TASKS_MAX);
	memset(config.may, MACHINE_LEFT_MAX, sizeof(config.may));
	ck_assert(!search_can(&config, ALL));
}

/* By brute force: whole machines, byte by byte, level by level */

struct naive {
	const struct machine_config *config;
	unsigned check;
	struct pack_layout layout;
	struct judge judge;
	GHashTable *seen;         /* GBytes of machines */
	GHashTable *states;       /* GBytes of packed states, only to count them */
	GQueue now, next;         /* GBytes, borrowed from seen */
	int depth;                /* of next */
};

static void naive_add(struct naive *naive, const struct machine *machine)
{
	GBytes *bytes = g_bytes_new(machine, sizeof(*machine));
	uint32_t key[PACK_WORDS_MAX];

	if (g_hash_table_contains(naive->seen, bytes)) {
		g_bytes_unref(bytes);
		return;
	}
	g_hash_table_add(naive->seen, bytes);
	g_queue_push_tail(&naive->next, bytes);
	pack_write(&naive->layout, machine, key);
	g_hash_table_add(naive->states, g_bytes_new(key, naive->layout.words * sizeof(*key)));
}

static void naive_expand(struct naive *naive, const struct machine *machine)
{
	static struct explore_step steps[MACHINE_STEPS_MAX];
	const struct machine_twins none = { 0, 0 };
	unsigned count = machine_steps(machine, naive->config, none, steps);
	struct machine next;

	for (unsigned i = 0; i < count; i++) {
		next = *machine;
		machine_apply(&next, naive->config, &steps[i], NULL);
		naive_add(naive, &next);
	}
}

/* Look at a level. Returns what is broken in it, and if nothing is has the next one ready. */
static unsigned naive_level(struct naive *naive)
{
	unsigned broken = 0;

	for (GList *at = naive->now.head; at; at = at->next)
		broken |=
			judge_machine(&naive->judge, g_bytes_get_data(at->data, NULL), naive->check);
	for (GList *at = naive->now.head; at && !broken; at = at->next)
		naive_expand(naive, g_bytes_get_data(at->data, NULL));
	return broken;
}

/* The length of a shortest way to what is broken, -1: nothing is; and all states up to there. */
static int naive_search(const struct machine_config *config, unsigned check, uint64_t *states)
{
	struct naive naive = { .config = config, .check = check };
	struct machine *start = machines_new(config);
	unsigned broken = 0;

	ck_assert(pack_layout_init(&naive.layout, config));
	judge_init(&naive.judge, config);
	naive.seen = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	naive.states = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	naive_add(&naive, start);
	while (!broken && naive.next.length > 0) {
		g_queue_clear(&naive.now);
		naive.now = naive.next;
		g_queue_init(&naive.next);
		broken = naive_level(&naive);
		naive.depth++;
	}
	*states = g_hash_table_size(naive.states);
	g_queue_clear(&naive.now);
	g_hash_table_unref(naive.states);
	g_hash_table_unref(naive.seen);
	judge_clear(&naive.judge);
	pack_layout_free(&naive.layout);
	free(start);
	return broken ? naive.depth - 1 : -1;
}

static const struct size tiny_sizes[] = {
	{ 2, 2, 2, { [FORKS] = 1 }, false },
	{ 2, 2, 1, { [FORKS] = 2, [EXITS] = 1 }, false },
	{ 2, 2, 2, { [FAILED_EXECS] = 1, [EXITS] = 1 }, false },
	{ 2, 2, 1, { [VFORKS] = 1, [EXECS] = 1 }, false },
	{ 2, 1, 2, { [EXITS] = 1, [AFFINITIES] = 1 }, false },
	{ 2, 2, 2, { [FORKS] = 1 }, true },
};

TEST_ROWS(brute_force_comes_to_the_same, tiny_sizes)
{
	size_t revisions;
	const struct revision *table = revision_table(&revisions);

	for (size_t i = 0; i < revisions; i++) {
		struct machine_config config = config_of(table[i].name, &tiny_sizes[_i]);
		struct search_result *result;
		uint64_t states;
		int length;

		config.reduced = false;
		length = naive_search(&config, ALL, &states);
		result = search_with(&config, ALL, 1);
		ck_assert_msg((result->verdict == SEARCH_VIOLATED) == (length >= 0),
			"%s: brute force finds %d", table[i].name, length);
		/* what is left out of packed states makes the last level of whole machines later */
		if (length >= 0)
			ck_assert_int_eq((int)result->depth, length);
		ck_assert_uint_eq(result->states, states);
		search_result_free(result);
	}
}
