/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Spins by hand, each with the one thing that ends it or the reason why nothing does; and random
 * ones against a search that knows of no packing and no reduction. */

#include "sim/explore/state/spin.h"

#include <glib.h>

#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

/* A machine of @config in which the last of @steps begins to spin. */
static struct machine *spinning(const struct machine_config *config, const char *const *steps)
{
	struct machine *machine = machines_new(config);

	machines_take_all(machine, config, steps);
	ck_assert(machine_spins(machine));
	return machine;
}

/* A checker for states of @config in which anything may have been begun: what may not happen has no
 * code when it is packed. */
static struct spin_checker *checker_new(const struct machine_config *config)
{
	struct machine_config begun = *config;

	memset(begun.may, 1, sizeof(begun.may));
	return spin_checker_new(&begun);
}

static bool can_end(const struct machine_config *config, const struct machine *machine)
{
	struct spin_checker *checker = checker_new(config);
	bool can;

	ck_assert_ptr_nonnull(checker);
	can = spin_can_end(checker, machine);
	spin_checker_free(checker);
	return can;
}

static void expect_end(const struct machine_config *config, const char *const *steps, bool expected)
{
	struct machine *machine = spinning(config, steps);

	ck_assert_int_eq(can_end(config, machine), expected);
	free(machine);
}

/* B1: T0 has flipped the mode and given its number to CPU 0. On CPU 1 it finds none, and T1, which
 * has the other, waits there. */
SUITE(.timeout = 200);

TEST(b1_the_live_lock_of_v3_cannot_end)
{
	struct machine_config config = machines_config("v3", 2, 2, 3);

	expect_end(&config, STEPS("migrate T1 1", "fork T0 T2", "out 0", "in 1 T0"), false);
}

/* The same with T1 on CPU 0: switched in there it gives its number back, the CPU has one. */
TEST(a_switch_on_another_cpu_ends_a_spin)
{
	struct machine_config config = machines_config("v3", 2, 2, 3);

	expect_end(&config, STEPS("fork T0 T2", "out 0", "in 1 T0"), true);
}

/* T0 waits for its vfork, so it cannot be picked; T1 forks T3, which flips the mode. T2 gives its
 * number to CPU 1 and finds none on CPU 2. */
static const char *const vfork_waits[] = { "vfork T0 T1", "show T0", "out 0", "in 0 T1",
	"fork T1 T2", "show T1", "in 1 T2", "out 1", "fork T1 T3", NULL };

static struct machine *spin_beside_a_walk(const struct machine_config *config, bool visited)
{
	struct machine *machine = machines_new(config);

	machines_take_all(machine, config, vfork_waits);
	if (visited)
		machines_take(machine, config, "walk");
	machines_take_all(machine, config, STEPS("in 1 T2", "out 1", "in 2 T2"));
	ck_assert(machine_spins(machine));
	return machine;
}

TEST(a_step_of_the_walk_ends_a_spin)
{
	struct machine_config config = machines_config("v3", 3, 1, 4);
	struct machine *machine;

	config.may[MACHINE_VFORKS] = 1;
	machine = spin_beside_a_walk(&config, true);
	ck_assert_uint_eq(machine_mm(machine)->phase, PHASE_WALK_TASKS);
	ck_assert_uint_eq(machine_mm(machine)->cursor, 0);
	ck_assert(can_end(&config, machine));
	free(machine);
}

/* T2 itself is to be visited before T0 would be: the walk waits for the lock that its switch holds.
 */
TEST(a_walk_that_must_visit_who_spins_does_not)
{
	struct machine_config config = machines_config("v3", 3, 1, 4);
	struct machine *machine;

	config.may[MACHINE_VFORKS] = 1;
	machine = spin_beside_a_walk(&config, false);
	ck_assert_uint_eq(machine_mm(machine)->cursor, 2);
	ck_assert(!can_end(&config, machine));
	free(machine);
}

/* T0's failed exec flips the mode, and T0 finds no number in its own window: T2 has taken its. T1
 * runs on CPU 1 with a number of its own, which is in transit after its next switch, and given back
 * by the one after that. */
static const char *const own_window[] = { "in 1 T1", "failed-exec T0", "fork T1 T2", "exec-end T0",
	"out 0", NULL };

TEST(a_switch_out_of_a_number_in_transit_ends_a_spin)
{
	struct machine_config config = machines_config("7.1", 2, 2, 3);
	struct machine *machine = machines_new(&config);

	config.may[MACHINE_FAILED_EXECS] = 1;
	machines_take_all(machine, &config, own_window);
	ck_assert_int_eq(machines_take(machine, &config, "in 0 T0"), STEP_SPINS);
	ck_assert(can_end(&config, machine));
	/* and this is how */
	machines_take_all(machine, &config, STEPS("out 1", "in 1 T1"));
	ck_assert(machine_spins(machine));
	machines_take(machine, &config, "out 1");
	ck_assert(!machine_spins(machine));
	free(machine);
}

/* On CPU 1, where T1 and T2 wait for the lock that its switch holds. */
TEST(nothing_does_where_all_others_wait_in_its_queue)
{
	struct machine_config config = machines_config("7.1", 2, 2, 3);
	struct machine *machine = machines_new(&config);

	config.may[MACHINE_FAILED_EXECS] = 1;
	machines_take_all(machine, &config, own_window);
	machines_take_all(machine, &config, STEPS("out 1", "in 1 T0"));
	ck_assert(machine_spins(machine));
	ck_assert(!can_end(&config, machine));
	free(machine);
}

/* By hand: number @number of the pool is taken and nobody's. */
static void lose_number(struct machine *machine, uint32_t number)
{
	machines_mm(machine)->pool |= UINT64_C(1) << number;
	machines_mm(machine)->taken++;
}

/* Two tasks, one of them without a number and none left, on two CPUs in per-task mode. */
static struct machine *without_number(const struct machine_config *config)
{
	struct machine *machine = machines_new(config);

	machines_task(machine, 1)->cid = CID_UNSET; /* number 1 stays taken */
	ck_assert_int_eq(machines_take(machine, config, "in 1 T1"), STEP_SPINS);
	return machine;
}

TEST(an_exit_ends_a_spin)
{
	struct machine_config config = machines_config("7.1", 2, 2, 2);
	struct machine *machine = without_number(&config);

	ck_assert(
		can_end(&config, machine)); /* T0, though nothing may happen in this exploration */
	machines_take(machine, &config, "exit T0");
	ck_assert(!machine_spins(machine));
	free(machine);
}

/* The same, but T0 waits for a vfork: it cannot run, and so not exit. */
TEST(a_task_that_cannot_run_does_not_exit)
{
	struct machine_config config = machines_config("7.1", 2, 2, 2);
	struct machine *machine = without_number(&config);

	config.may[MACHINE_VFORKS] = 1;
	machines_take(machine, &config, "out 0");
	machine->pc[0] = PC_WAITS;
	machine->partner[0] = 1;
	ck_assert(!can_end(&config, machine));
	free(machine);
}

/* B9: under the mm's lock nobody else can exit, and the mutex is held. */
TEST(a_fork_that_spins_under_the_lock_does_not_end_by_exits)
{
	struct machine_config config = machines_config("7.1", 3, 2, 3);
	struct machine *machine = machines_new(&config);

	config.may[MACHINE_FORKS] = 1;
	lose_number(machine, 2);
	machines_take(machine, &config, "in 1 T1");
	ck_assert_int_eq(machines_take(machine, &config, "fork T0 T2"), STEP_SPINS);
	ck_assert_uint_eq(machine_mm(machine)->phase, PHASE_GET_LOCKED);
	ck_assert(!can_end(&config, machine));
	free(machine);
}

/* But if the number is CPU 2's, T1 can go there and set it free. */
TEST(a_fork_that_spins_under_the_lock_ends_where_a_cpu_owns_the_number)
{
	struct machine_config config = machines_config("7.1", 3, 2, 3);
	struct machine *machine = machines_new(&config);

	config.may[MACHINE_FORKS] = 1;
	lose_number(machine, 2);
	model_words(machine_model(machine), machines_mm(machine))[2] = 2 | CID_ONCPU;
	machines_take(machine, &config, "in 1 T1");
	machines_take(machine, &config, "fork T0 T2");
	ck_assert(can_end(&config, machine));
	machines_take_all(machine, &config, STEPS("out 1", "in 2 T1"));
	ck_assert(!machine_spins(machine));
	free(machine);
}

/* How it comes about at 7.1: the failed exec of a last user leaves a CPU-owned word on CPU 1. */
TEST(b9_the_fork_after_the_failed_exec_of_a_last_user_cannot_end)
{
	struct machine_config config = machines_config("7.1", 2, 2, 3);

	config.may[MACHINE_FORKS] = 2;
	config.may[MACHINE_EXITS] = 2;
	config.may[MACHINE_FAILED_EXECS] = 1;
	expect_end(&config,
		STEPS("in 1 T1", "fork T0 T2", "walk", "walk", "complete", "out 1", "in 1 T1",
			"exit T1", "out 1", "in 1 T2", "exit T2", "out 1", "failed-exec T0",
			"exec-end T0", "fork T0 T1"),
		false);
}

TEST(a_bounded_get_always_ends)
{
	struct machine_config config = machines_config("7.1", 2, 2, 2);
	struct machine *machine;

	config.protocol.bounded_get = true;
	machine = without_number(&config);
	machine->pc[0] = PC_WAITS;
	ck_assert(can_end(&config, machine));
	free(machine);
	config = machines_config("v3", 2, 2, 3);
	config.protocol.bounded_get = true;
	expect_end(&config, STEPS("migrate T1 1", "fork T0 T2", "out 0", "in 1 T0"), true);
}

TEST(where_nothing_spins_there_is_nothing_to_end)
{
	struct machine_config config = machines_config("v3", 2, 2, 3);
	struct machine *machine = machines_new(&config);
	struct spin_checker *checker = spin_checker_new(&config);

	ck_assert(spin_can_end(checker, machine));
	ck_assert_uint_eq(spin_checker_states(checker), 0);
	spin_checker_free(checker);
	free(machine);
}

TEST(a_machine_that_is_too_large_has_no_checker)
{
	struct machine_config config =
		machines_config("v3", MACHINE_CPUS_MAX, 2, MACHINE_TASKS_MAX);

	memset(config.may, MACHINE_LEFT_MAX, sizeof(config.may));
	ck_assert_ptr_null(spin_checker_new(&config));
	spin_checker_free(NULL);
}

/* A checker is asked again and again: what it has seen for one state is no answer for another. */
TEST(a_checker_gives_the_same_answers_again_and_again)
{
	struct machine_config config = machines_config("v3", 2, 2, 3);
	struct machine *never =
		spinning(&config, STEPS("migrate T1 1", "fork T0 T2", "out 0", "in 1 T0"));
	struct machine *ends = spinning(&config, STEPS("fork T0 T2", "out 0", "in 1 T0"));
	struct spin_checker *checker = checker_new(&config);

	for (int i = 0; i < 3; i++) {
		ck_assert(!spin_can_end(checker, never));
		ck_assert(spin_can_end(checker, ends));
	}
	ck_assert_uint_gt(spin_checker_states(checker), 0);
	spin_checker_free(checker);
	free(never);
	free(ends);
}

/* Limits */

TEST(a_checker_that_may_not_go_on_gives_up)
{
	static const volatile sig_atomic_t stop = 1;
	struct machine_config config = machines_config("v3", 2, 2, 3);
	struct machine *never =
		spinning(&config, STEPS("migrate T1 1", "fork T0 T2", "out 0", "in 1 T0"));
	struct spin_checker *checker = checker_new(&config);

	spin_checker_limit(checker, SIZE_MAX / 2, &stop);
	ck_assert(spin_can_end(checker, never));
	ck_assert(spin_checker_gave_up(checker));
	ck_assert_uint_eq(spin_checker_states(checker), 1);
	spin_checker_free(checker);
	free(never);
}

/* The search for what ends this spin is long. */
static const char *const wide_spin[] = { "in 4 T6", "out 0", "in 2 T7", "fork T7 T8", "in 6 T1",
	"in 5 T2", "in 7 T3", "in 0 T0", "out 2", "in 2 T4", "out 5", "out 4", "in 4 T7",
	"migrate T6 3", "in 3 T2", "in 1 T5", NULL };

TEST(a_checker_keeps_to_its_memory)
{
	static const volatile sig_atomic_t never;
	struct machine_config config = machines_config("v3", 8, 8, 12);
	struct machine *machine = spinning(&config, wide_spin);
	struct spin_checker *checker = checker_new(&config);

	spin_checker_limit(checker, 4 << 20, &never);
	ck_assert(spin_can_end(checker, machine));
	ck_assert(spin_checker_gave_up(checker));
	ck_assert_uint_gt(spin_checker_states(checker), 1000);
	spin_checker_free(checker);
	free(machine);
}

/* Random spins */

enum { SEEDS = 20000, WALK_STEPS = 80, NAIVE_STATES_MAX = 30000 };

/* A search that keeps unpacked machines: no packing, no names left out, nothing reduced. */
struct naive {
	struct machine_config config;
	GHashTable *seen; /* GBytes */
	GQueue waiting;   /* of what is in seen */
	bool ends, too_large;
};

static void naive_add(struct naive *naive, const struct machine *machine)
{
	GBytes *bytes;

	if (!machine_spins(machine)) {
		naive->ends = true;
		return;
	}
	bytes = g_bytes_new(machine, sizeof(*machine));
	if (g_hash_table_contains(naive->seen, bytes)) {
		g_bytes_unref(bytes);
		return;
	}
	g_hash_table_add(naive->seen, bytes);
	g_queue_push_tail(&naive->waiting, bytes);
	naive->too_large = g_hash_table_size(naive->seen) > NAIVE_STATES_MAX;
}

static void naive_expand(struct naive *naive, const struct machine *machine)
{
	static struct explore_step steps[MACHINE_STEPS_MAX];
	const struct machine_twins none = { 0, 0 };
	unsigned count = machine_steps(machine, &naive->config, none, steps);
	struct machine next;

	for (unsigned i = 0; i < count && !naive->ends; i++) {
		next = *machine;
		machine_apply(&next, &naive->config, &steps[i], NULL);
		naive_add(naive, &next);
	}
}

static struct naive naive_search(const struct machine_config *config, const struct machine *machine)
{
	struct naive naive = { .config = *config };
	struct machine quiet = *machine;

	naive.config.reduced = naive.config.any_cpu_order = naive.config.any_task_order = false;
	naive.config.may_all_exit = true;
	naive.seen = g_hash_table_new_full(
		g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
	g_queue_init(&naive.waiting);
	memset(quiet.left, 0, sizeof(quiet.left));
	naive_add(&naive, &quiet);
	while (!naive.ends && !naive.too_large && naive.waiting.length > 0)
		naive_expand(&naive, g_bytes_get_data(g_queue_pop_head(&naive.waiting), NULL));
	g_queue_clear(&naive.waiting);
	g_hash_table_unref(naive.seen);
	return naive;
}

/* One that lets spins come about. */
static struct machine_config random_spinning_config(struct prng *prng)
{
	static const char *const revisions[] = { "v1", "v2", "v3", "v3", "6.19-livelock", "6.19.1",
		"7.0-fork", "7.1" };
	struct machine_config config = machines_random_config(prng, 3);
	struct machine machine;

	config.protocol =
		revision_find(revisions[machines_below(prng, G_N_ELEMENTS(revisions))])->protocol;
	config.cpus_count = 2 + machines_below(prng, 2);
	config.allowed = (uint16_t)((1u << config.cpus_count) - 1);
	config.tasks_max = 3 + machines_below(prng, 2);
	config.tasks_start = 2;
	config.any_cpu_order = config.any_task_order = false; /* the naive search has none */
	config.may[MACHINE_FORKS] = 2;
	config.may[MACHINE_FAILED_EXECS] = 2;
	config.may[MACHINE_EXITS] = 1;
	ck_assert(machine_start(&machine, &config));
	return config;
}

struct tally {
	unsigned ends, never, too_large;
};

static void compare(struct spin_checker *checker, const struct machine_config *config,
	const struct machine *machine, uint64_t seed, struct tally *tally)
{
	struct naive naive = naive_search(config, machine);
	bool can = spin_can_end(checker, machine);

	if (naive.too_large && !naive.ends) {
		tally->too_large++;
		return;
	}
	if (can != naive.ends) {
		machines_print_config(config);
		fflush(stdout);
		ck_abort_msg("seed %lu: the checker says %d", (unsigned long)seed, can);
	}
	*(can ? &tally->ends : &tally->never) += 1;
}

TEST(random_spins_end_where_a_naive_search_finds_an_end)
{
	static struct explore_step steps[MACHINE_STEPS_MAX];
	const struct machine_twins none = { 0, 0 };
	struct tally tally = { 0, 0, 0 };

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct prng prng = { prng_key(seed, 2), 0 };
		struct machine_config config = random_spinning_config(&prng);
		struct machine *machine = machines_new(&config);
		struct spin_checker *checker = spin_checker_new(&config);
		bool spun = false;

		for (int i = 0; i < WALK_STEPS && !spun; i++) {
			unsigned count = machine_steps(machine, &config, none, steps);

			if (count == 0)
				break;
			machine_apply(machine, &config,
				&steps[machines_random_pick(&prng, steps, count)], NULL);
			spun = machine_spins(machine);
		}
		if (spun)
			compare(checker, &config, machine, seed, &tally);
		spin_checker_free(checker);
		free(machine);
	}
	ck_assert_uint_gt(tally.ends, 500);
	ck_assert_uint_gt(tally.never, 400);
	ck_assert_uint_lt(tally.too_large, (tally.ends + tally.never) / 10);
}
