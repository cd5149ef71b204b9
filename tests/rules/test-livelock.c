/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>

#include "tests/lib/simulate.h"

/*
 * Spins in get, through the engine. Four threads hold the four CIDs of four CPUs; at 5 ms the first
 * task (pid 100) wakes up to fork a fifth: wake-up 1 us, switch 1 us, fork 20 us, decision 200 ns:
 * the flip is at 5.0222 ms and the first step of the walk, which costs 200 us, at 5.2222 ms.
 */
#define FOUR_THREADS(revision)                                                                     \
	"[scenario]\ntime = 30ms\n[machine]\ncpus = 4\n[protocol]\nrevision = " revision "\n"      \
	"[cost]\nwalk-task = 200us\n"                                                              \
	"[mm app]\n"                                                                               \
	"[tasks worker]\nmm = app\ncount = 3\nrun = 1ms\nsleep = 9ms\n"                            \
	"[tasks fifth]\nmm = app\ncount = 0\n"                                                     \
	"[at 2ms]\naffinity = app : 0; worker/0 : 1; worker/1 : 2; worker/2 : 3\n"                 \
	"[at 5ms]\nfork = fifth\n"

/* The walk, oldest first, comes to the thread that spins before it could free a CID. */
#define B1 "[at 5100us]\nwake = worker/0\n[at 5150us]\naffinity = worker/0 : 2\n"

/* worker/1 spins on CPU 3, and the walk comes to worker/0, which sleeps, before. */
#define ENDS "[at 5100us]\nwake = worker/1\n[at 5150us]\naffinity = worker/1 : 3\n"

START_TEST(the_walk_to_per_cpu_mode_of_v3_ends_in_a_live_lock)
{
	struct simulation s;
	const struct record_violation *violation;

	sim_run(&s, FOUR_THREADS("v3") B1);
	ck_assert_str_eq(s.result->ended, "live lock");
	ck_assert_uint_eq(s.result->livelocks, 1);
	ck_assert_uint_eq(s.result->violations_count, 1);
	violation = s.result->violations->pdata[0];
	ck_assert_str_eq(violation->property, "I3");
	sim_assert_line(&s, "5150000 cpu2 spin mm=app");
	ck_assert_uint_eq(sim_account(&s, "app")->spin_ns, s.result->end_ns - 5150000);
	sim_free(&s);
}
END_TEST

START_TEST(the_verdict_names_cpus_tasks_locks_and_cids)
{
	static const char *const parts[] = {
		"CPU2: task 101 (worker) spins in get for a CID of app",
		"holds the rq lock of this CPU",
		"CPU0: task 100 (app) holds the mutex of app",
		"its walk waits for the rq lock of CPU2",
		"CID 0: CPU-owned by CPU0",
		"CID 1: CPU-owned by CPU1",
		"CID 2: task-owned by task 102, last on CPU2",
		"CID 3: CPU-owned by CPU3",
	};
	struct simulation s;
	const struct record_violation *violation;

	sim_run(&s, FOUR_THREADS("v3") B1);
	ck_assert_uint_eq(s.result->violations->len, 1);
	violation = s.result->violations->pdata[0];
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		if (!strstr(violation->text, parts[i]))
			ck_abort_msg("no '%s' in\n%s", parts[i], violation->text);
	}
	sim_free(&s);
}
END_TEST

START_TEST(transit_towards_per_cpu_ends_the_live_lock)
{
	static const char *const texts[] = { FOUR_THREADS("6.19-livelock") B1,
		FOUR_THREADS("6.19-dropcpu") B1, FOUR_THREADS("6.19") B1, FOUR_THREADS("6.19.1") B1,
		FOUR_THREADS("7.0-fork") B1, FOUR_THREADS("7.0-vfork") B1, FOUR_THREADS("7.0") B1,
		FOUR_THREADS("7.1") B1, FOUR_THREADS("v3\ntransit-to-percpu = on") B1 };
	struct simulation s;

	sim_run(&s, texts[_i]);
	ck_assert_uint_eq(s.result->livelocks, 0);
	ck_assert_uint_eq(s.result->violations_count, 0);
	ck_assert_uint_eq(sim_account(&s, "app")->windows.count, 1);
	ck_assert_uint_eq(s.result->end_ns, 30000000);
	sim_free(&s);
}
END_TEST

START_TEST(a_spin_that_a_walk_step_ends_is_counted_with_its_time)
{
	struct simulation s;
	const struct record_account *account;
	const struct record_window *window;

	sim_run(&s, FOUR_THREADS("v3") ENDS);
	account = sim_account(&s, "app");
	ck_assert_uint_eq(s.result->livelocks, 0);
	ck_assert_uint_eq(s.result->violations_count, 0);
	ck_assert_uint_eq(account->observer.count[OBSERVE_SPINS], 1);
	sim_assert_lines(&s, "5022200 cpu0 fork pid=100 mode=0x40000000 users=5 max_cids=4 "
			     "pcpu_thrs=2 allowed=4 taken=4 word=0x40000000\n"
			     "5150000 cpu3 spin mm=app\n"
			     "5222200 cpu3 spin_end ns=72200");
	ck_assert_uint_eq(account->spin_ns, 72200);
	window = &g_array_index(s.result->windows, struct record_window, 0);
	ck_assert_uint_eq(window->spins, 1);
	ck_assert_uint_eq(window->spin_ns, 72200);
	sim_free(&s);
}
END_TEST

/* While the thread spins, CPU 3 switches to nobody else: its rq lock is held. */
START_TEST(a_task_in_the_queue_of_a_cpu_that_spins_waits_for_the_end_of_the_spin)
{
	struct simulation s;

	sim_run(&s, FOUR_THREADS("v3") ENDS "[at 5160us]\nwake = worker/2\n");
	/* The number is there at 5.2222 ms, the switch takes 1 us from then on; worker/2, which
	 * woke up meanwhile, comes at once. */
	sim_assert_lines(&s, "5222200 cpu3 spin_end ns=72200\n5223200 cpu3 102>103");
	ck_assert_uint_eq(s.result->livelocks, 0);
	sim_free(&s);
}
END_TEST

static Suite *livelock_suite(void)
{
	Suite *suite = suite_create("live locks");
	TCase *tests = tcase_create("spins");

	tcase_add_test(tests, the_walk_to_per_cpu_mode_of_v3_ends_in_a_live_lock);
	tcase_add_test(tests, the_verdict_names_cpus_tasks_locks_and_cids);
	tcase_add_loop_test(tests, transit_towards_per_cpu_ends_the_live_lock, 0, 9);
	tcase_add_test(tests, a_spin_that_a_walk_step_ends_is_counted_with_its_time);
	tcase_add_test(
		tests, a_task_in_the_queue_of_a_cpu_that_spins_waits_for_the_end_of_the_spin);
	suite_add_tcase(suite, tests);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(livelock_suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
