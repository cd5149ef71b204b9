/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>
#include <string.h>

#include "tests/lib/simulate.h"

#include "tests/lib/suite.h"

/*
 * Spins in get, through the engine. Four threads hold the four CIDs of four CPUs; at 5 ms the first
 * task (pid 100) wakes up to fork a fifth: wake-up 1 us, switch 1 us, fork 20 us, decision 200 ns:
 * the flip is at 5.0222 ms and the first step of the walk, which costs 200 us, at 5.2222 ms.
 */
#define FOUR_THREADS(revision) FOUR_THREADS_AT(revision, "")
#define FOUR_THREADS_AT(revision, costs)                                                           \
	"[scenario]\ntime = 30ms\n[machine]\ncpus = 4\n[protocol]\nrevision = " revision "\n"      \
	"[cost]\nwalk-task = 200us\n" costs "[mm app]\n"                                           \
	"[tasks worker]\nmm = app\ncount = 3\nrun = 1ms\nsleep = 9ms\n"                            \
	"[tasks fifth]\nmm = app\ncount = 0\n"                                                     \
	"[at 2ms]\naffinity = app : 0; worker/0 : 1; worker/1 : 2; worker/2 : 3\n"                 \
	"[at 5ms]\nfork = fifth\n"

/* The walk, oldest first, visits the thread that spins before it could free a CID. */
#define B1 "[at 5100us]\nwake = worker/0\n[at 5150us]\naffinity = worker/0 : 2\n"

/* worker/1 spins on CPU 3, and the walk visits worker/0, which sleeps, before. */
#define ENDS "[at 5100us]\nwake = worker/1\n[at 5150us]\naffinity = worker/1 : 3\n"

TEST(the_walk_to_per_cpu_mode_of_v3_ends_in_a_live_lock)
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

TEST(the_verdict_names_cpus_tasks_locks_and_cids)
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

TEST_RANGE(transit_towards_per_cpu_ends_the_live_lock, 0, 10)
{
	static const char *const texts[] = { FOUR_THREADS("6.19-livelock") B1,
		FOUR_THREADS("6.19-ordering") B1, FOUR_THREADS("6.19-dropcpu") B1,
		FOUR_THREADS("6.19") B1, FOUR_THREADS("6.19.1") B1, FOUR_THREADS("7.0-fork") B1,
		FOUR_THREADS("7.0-vfork") B1, FOUR_THREADS("7.0") B1, FOUR_THREADS("7.1") B1,
		FOUR_THREADS("v3\ntransit-to-percpu = on") B1 };
	struct simulation s;

	sim_run(&s, texts[_i]);
	ck_assert_uint_eq(s.result->livelocks, 0);
	ck_assert_uint_eq(s.result->violations_count, 0);
	ck_assert_uint_eq(sim_account(&s, "app")->windows.count, 1);
	ck_assert_uint_eq(s.result->end_ns, 30000000);
	sim_free(&s);
}

TEST(a_spin_that_a_walk_step_ends_is_counted_with_its_time)
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

/* While the thread spins, CPU 3 switches to nobody else: its rq lock is held. */
TEST(a_task_in_the_queue_of_a_cpu_that_spins_waits_for_the_end_of_the_spin)
{
	struct simulation s;

	sim_run(&s, FOUR_THREADS("v3") ENDS "[at 5160us]\nwake = worker/2\n");
	/* The number is there at 5.2222 ms, the switch takes 1 us from then on; worker/2, which
	 * woke up meanwhile, comes at once. */
	sim_assert_lines(&s, "5222200 cpu3 spin_end ns=72200\n5223200 cpu3 102>103");
	ck_assert_uint_eq(s.result->livelocks, 0);
	sim_free(&s);
}

/* bounded-get: what would be the live lock is over after 32 rounds. */
#define GIVES_UP(costs) FOUR_THREADS_AT("v3\nbounded-get = on", costs)

static const struct {
	const char *text, *line;
	uint64_t ns;
} give_ups[] = {
	{ GIVES_UP("") B1, "5153200 cpu2 give_up ns=3200", 3200 },
	{ GIVES_UP("get-round = 500ns\n") B1, "5166000 cpu2 give_up ns=16000", 16000 },
	{ GIVES_UP("get-round = 0ns\n") B1, "5150000 cpu2 give_up ns=0", 0 },
};

TEST_ROWS(a_bounded_get_gives_up_after_32_rounds_and_is_no_live_lock, give_ups)
{
	const struct record_account *account;
	struct simulation s;

	sim_run(&s, give_ups[_i].text);
	account = sim_account(&s, "app");
	sim_assert_line(&s, give_ups[_i].line);
	ck_assert_uint_eq(account->observer.count[OBSERVE_SPINS], 1);
	ck_assert_uint_eq(account->gave_up, 1);
	ck_assert_uint_eq(account->spin_ns, give_ups[_i].ns);
	ck_assert_uint_eq(s.result->livelocks, 0);
	ck_assert_uint_eq(s.result->end_ns, 30000000);
	sim_free(&s);
}

TEST(a_task_whose_get_gave_up_shows_user_space_no_valid_cid)
{
	const struct record_violation *violation;
	struct simulation s;

	sim_run(&s, GIVES_UP("") B1);
	ck_assert_uint_eq(
		s.result->violations_count, 1); /* reported once: it ends with its next switch */
	violation = s.result->violations->pdata[0];
	ck_assert_str_eq(violation->property, "I8");
	ck_assert_uint_eq(violation->time_ns, 5153200);
	ck_assert_ptr_nonnull(strstr(violation->text, "task 101 (worker) runs, word 0x80000000"));
	sim_free(&s);
}

/* The same on 256 CPUs: such a large mm is otherwise only checked when a window closes, which is
 * long after the task has switched again. */
TEST(a_get_that_gives_up_in_a_large_mm_is_checked_too)
{
	const struct record_violation *violation;
	struct simulation s;

	sim_run(&s, "[scenario]\ntime = 80ms\n[machine]\ncpus = 256\n"
		    "[protocol]\nrevision = v3\nbounded-get = on\n[cost]\nwalk-task = 200us\n"
		    "[mm app]\n[tasks worker]\ncount = 255\nrun = 20ms\nsleep = 1s\n"
		    "[tasks fifth]\ncount = 0\n[at 40ms]\nfork = fifth\n"
		    "[at 40100us]\nwake = worker/0\n[at 40150us]\naffinity = worker/0 : 2\n");
	ck_assert_uint_eq(sim_account(&s, "app")->gave_up, 1);
	ck_assert_uint_eq(s.result->violations_count, 1);
	violation = s.result->violations->pdata[0];
	ck_assert_str_eq(violation->property, "I8");
	ck_assert_uint_eq(violation->time_ns, 40153200);
	sim_free(&s);
}

TEST(a_bounded_get_that_finds_a_number_in_time_does_not_give_up)
{
	struct simulation s;

	sim_run(&s, GIVES_UP("get-round = 10us\n") ENDS);
	sim_assert_line(&s, "5222200 cpu3 spin_end ns=72200");
	ck_assert_uint_eq(sim_account(&s, "app")->gave_up, 0);
	ck_assert_uint_eq(s.result->violations_count, 0);
	sim_free(&s);
}

TEST(a_bounded_get_that_the_end_of_the_run_cuts_off_is_no_live_lock)
{
	struct simulation s;

	sim_run(&s, GIVES_UP("get-round = 1s\n") B1);
	ck_assert_uint_eq(s.result->violations_count, 0);
	ck_assert_uint_eq(sim_account(&s, "app")->gave_up, 0);
	ck_assert_uint_eq(sim_account(&s, "app")->spin_ns, 30000000 - 5150000);
	sim_free(&s);
}

/* A fork that gives up under the mm's lock: on 2 CPUs, the failed exec of a last user has left a
 * number to CPU 1 (B9). The child finds that one there with its first switch. */
#define LAST_USER(flags)                                                                           \
	"[scenario]\ntime = 7ms\n[machine]\ncpus = 2\n[protocol]\nrevision = 7.1\n" flags          \
	"[mm app]\n[tasks worker]\ncount = 2\nrun = 1ms\nsleep = 9ms\n"                            \
	"[tasks late]\ncount = 0\nrun = 1ms\n[at 2ms]\nexit = worker/0\n"                          \
	"[at 3ms]\nexit = worker/1\n[at 4ms]\nfailed-exec = app\n[at 5ms]\nfork = late\n"

TEST(a_fork_whose_get_gives_up_goes_on_with_a_child_that_has_no_cid_yet)
{
	struct simulation s;

	sim_run(&s, LAST_USER("bounded-get = on\n"));
	sim_assert_lines(&s, "5022200 cpu0 spin mm=app\n5025400 cpu0 give_up ns=3200\n"
			     "5025400 cpu0 fork 100 103\n5025400 cpu1 0>103\n");
	ck_assert_uint_eq(sim_account(&s, "app")->gave_up, 1);
	ck_assert_uint_eq(sim_account(&s, "app")->observer.count[OBSERVE_SPINS], 1);
	ck_assert_uint_eq(s.result->livelocks, 0);
	ck_assert_str_eq(s.result->ended, "time");
	sim_free(&s);
}

/* split-get: the second step of a get follows the first at once. Of each a run without it and one
 * with it: spins of switches and of forks, live locks, the get after a window (fork 4). */
#define WIDENED(flags)                                                                             \
	"[scenario]\ntime = 60ms\n[machine]\ncpus = 8\n"                                           \
	"[protocol]\nrevision = 7.1\naffinity-return = fits\n" flags                               \
	"[mm app]\ncpus = 0-1\n[tasks w]\ncount = 4\n[tasks late]\ncount = 0\n"                    \
	"[at 30ms]\nfork = late\n[at 30021us]\naffinity = w/0 : 0-7\n"

static const struct {
	const char *without, *with;
} splits[] = {
	{ FOUR_THREADS("v3") B1, FOUR_THREADS("v3\nsplit-get = on") B1 },
	{ FOUR_THREADS("v3") ENDS, FOUR_THREADS("v3\nsplit-get = on") ENDS },
	{ GIVES_UP("") B1, FOUR_THREADS("v3\nbounded-get = on\nsplit-get = on") B1 },
	{ LAST_USER(""), LAST_USER("split-get = on\n") },
	{ WIDENED(""), WIDENED("split-get = on\n") },
};

TEST_ROWS(a_get_of_two_steps_runs_as_one_of_one_step, splits)
{
	struct simulation one, two;

	sim_run(&one, splits[_i].without);
	sim_run(&two, splits[_i].with);
	ck_assert_str_eq(two.log->str, one.log->str);
	ck_assert_uint_eq(two.result->digest, one.result->digest);
	ck_assert_mem_eq(sim_account(&two, "app")->observer.count,
		sim_account(&one, "app")->observer.count,
		sizeof(sim_account(&one, "app")->observer.count));
	sim_free(&two);
	sim_free(&one);
}
