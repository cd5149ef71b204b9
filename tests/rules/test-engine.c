/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>

#include "tests/lib/simulate.h"

#include "tests/lib/suite.h"

/* Small scenarios whose times were computed by hand. Pid 100 is the first task of [mm app]. */

#define COSTS                                                                                      \
	"[cost]\nswitch = 1us\nwakeup = 2us\nfork = 10us\nexit = 5us\nexec = 50us\n"               \
	"decision = 200ns\nwalk-task = 10us\nwalk-cpu = 10us\ncomplete = 300ns\naffinity = 3us\n"
#define MACHINE(cpus)                                                                              \
	"[scenario]\ntime = 10ms\ncheck = every-step\n[machine]\ncpus = " cpus "\n" COSTS

static void expect_lines(const char *text, const char *lines)
{
	struct simulation s;

	sim_run(&s, text);
	sim_assert_lines(&s, lines);
	ck_assert_uint_eq(s.result->violations_count, 0);
	ck_assert_ptr_null(s.result->input_error);
	sim_free(&s);
}

/* Switch 1 us, fork 10 us, decision 200 ns; the second fork comes at once. */
TEST(the_costs_of_a_switch_a_fork_and_a_decision_add_up)
{
	expect_lines(MACHINE("4") "[mm app]\n[tasks w]\ncount = 2\nrun = 1ms\nsleep = 20ms\n",
		"0 cpu0 0>100\n11200 cpu0 fork 100 101\n21400 cpu0 fork 100 102\n21400 cpu0 100>0");
}

/* Both wait in turn, 100 us each and 1 us for the switch; then exit 5 us and its decision. */
TEST(tasks_of_one_cpu_run_in_turn_a_slice_each)
{
	expect_lines(MACHINE("1") "[sched]\nslice = 100us\nwakeup-preemption = off\n[mm app]\n"
				  "[tasks w]\ncount = 2\nrun = 250us\nsleep = 0ns\nloops = 1\n",
		"31700 cpu0 100>101\n132700 cpu0 101>102\n233700 cpu0 102>101\n"
		"334700 cpu0 101>102\n435700 cpu0 102>101\n491900 cpu0 exit 101\n"
		"491900 cpu0 101>102\n548100 cpu0 exit 102\n548100 cpu0 102>0");
}

#define TWO_SLEEPERS                                                                               \
	"[mm app]\n[tasks w]\ncount = 2\nrun = 500us\nsleep = 10ms\n[at 1ms]\nwake = w/0\n"

TEST(a_task_that_wakes_up_takes_the_cpu_at_once)
{
	expect_lines(MACHINE("1") "[sched]\nwakeup-preemption = on\n" TWO_SLEEPERS,
		"533700 cpu0 100>102\n1002000 cpu0 102>101\n1503000 cpu0 101>102\n"
		"1536700 cpu0 102>0");
}

TEST(without_wakeup_preemption_it_waits_for_its_turn)
{
	expect_lines(MACHINE("1") "[sched]\nwakeup-preemption = off\n" TWO_SLEEPERS,
		"532700 cpu0 101>102\n1033700 cpu0 102>101\n1534700 cpu0 101>0");
}

#define FOUR_ON_THREE MACHINE("3") "[mm app]\n[tasks w]\ncount = 4\nrun = 500us\nsleep = 10ms\n"

/* w/1 (102) was last on CPU 1, w/2 (103) on 2, w/0 (101) on 1, w/3 (104) on 0. */
TEST(a_waking_task_prefers_its_previous_cpu_then_an_idle_one_then_the_least_loaded)
{
	expect_lines(FOUR_ON_THREE "[at 2ms]\nwake = w/1\n[at 2010us]\nwake = w/0; w/2\n"
				   "[at 2100us]\nwake = w/3\n",
		"2002000 cpu1 0>102\n2012000 cpu0 move 101 1>0\n2012000 cpu0 0>101\n"
		"2012000 cpu2 0>103\n2102000 cpu2 move 104 0>2\n2102000 cpu2 103>104");
}

/* 103 waits on CPU 2 when CPU 1 has nothing left to run. */
TEST(a_cpu_that_becomes_idle_pulls_a_task_that_waits)
{
	expect_lines(FOUR_ON_THREE "[at 2ms]\nwake = w/1\n[at 2010us]\nwake = w/0; w/2\n"
				   "[at 2100us]\nwake = w/3\n",
		"2102000 cpu2 103>104\n2503000 cpu1 move 103 2>1\n2503000 cpu1 102>103");
}

/* 102 is back from a failed exec without a CID when it goes to sleep: it is not new for that, and
 * wakes up where it was, not on the CPU whose turn it is. 101, new, was the only one to move. */
TEST(a_task_that_wakes_up_without_a_cid_is_not_taken_for_a_new_one)
{
	struct simulation s;

	sim_run(&s, MACHINE("2") "[sched]\nplacement = previous\nidle-pull = off\n[mm app]\n"
				 "[tasks w]\ncount = 2\nrun = 1ms\nsleep = 1ms\n"
				 "[at 500us]\nfailed-exec = w/1\n");
	sim_assert_line(&s, "550400 cpu0 exec pid=102 failed=1 cid=0x80000000");
	ck_assert_uint_eq(s.result->migrations, 1);
	sim_free(&s);
}

TEST(a_task_that_yields_goes_behind_the_others)
{
	expect_lines(MACHINE("1") "[sched]\nslice = 1ms\n[mm app]\n"
				  "[tasks a]\nrun = 9ms\nsleep = 0ns\n"
				  "[tasks b]\nrun = 9ms\nsleep = 0ns\n[at 500us]\nyield = a/0\n",
		"21500 cpu0 100>101\n500000 cpu0 101>100\n511200 cpu0 100>102\n"
		"1512200 cpu0 102>101");
}

/* Its burst of 9 ms has long to go, but it is asked as soon as it gets the CPU again. */
TEST(a_task_asked_to_exit_while_it_waits_for_a_cpu_does_so_when_it_gets_one)
{
	expect_lines(MACHINE("1") "[sched]\nslice = 1ms\n[mm app]\n"
				  "[tasks a]\nrun = 9ms\nsleep = 0ns\n"
				  "[tasks b]\nrun = 9ms\nsleep = 0ns\n[at 500us]\nyield = a/0\n"
				  "[at 600us]\nexit = a/0\n",
		"1512200 cpu0 102>101\n1518400 cpu0 exit 101\n1518400 cpu0 101>102");
}

#define TWO_BUSY MACHINE("3") "[mm app]\n[tasks w]\ncount = 2\nrun = 9ms\nsleep = 0ns\n"

TEST(a_running_task_whose_mask_excludes_its_cpu_moves)
{
	expect_lines(TWO_BUSY "[at 1ms]\naffinity = w/0 : 0\n",
		"11200 cpu1 0>101\n1000000 cpu1 101>0\n1000000 cpu0 move 101 1>0\n"
		"1000000 cpu0 0>101");
}

TEST(a_queued_task_whose_mask_excludes_its_cpu_moves)
{
	expect_lines(MACHINE("2") "[sched]\nslice = 3ms\nidle-pull = off\nwakeup-preemption = off\n"
				  "[mm app]\ncpus = 0\n"
				  "[tasks w]\ncount = 2\nrun = 9ms\nsleep = 0ns\n"
				  "[at 1ms]\naffinity = w/1 : 1\n",
		"1000000 cpu1 move 102 0>1\n1000000 cpu1 0>102");
}

TEST(the_tasks_of_a_cpu_that_goes_offline_move_and_it_is_used_again_later)
{
	expect_lines(MACHINE("2") "[mm app]\n[tasks w]\ncount = 2\nrun = 2ms\nsleep = 1ms\n"
				  "[at 1ms]\ncpu-off = 1\n[at 2ms]\ncpu-on = 1\n",
		"11200 cpu1 0>101\n1000000 cpu1 cpu_offline cpu=1\n1000000 cpu1 101>0\n"
		"1000000 cpu0 move 101 1>0\n2000000 cpu1 cpu_online cpu=1");
}

/* Five users on four CPUs: a task walk of four steps; then down to 1: a CPU walk of four. */
TEST(a_window_lasts_for_the_steps_of_its_walk_and_complete)
{
	struct simulation s;

	sim_run(&s, MACHINE("4") "[mm app]\n[tasks w]\ncount = 3\nrun = 10us\nsleep = 9ms\n"
				 "[tasks x]\ncount = 0\nrun = 10us\nsleep = 9ms\n"
				 "[at 1ms]\nfork = x\n[at 2ms]\nexit = w/0\n[at 3ms]\nexit = w/1\n"
				 "[at 4ms]\nexit = w/2\n[at 5ms]\nexit = x/0\n");
	ck_assert_uint_eq(s.result->windows->len, 2);
	for (guint i = 0; i < 2; i++) {
		const struct record_window *window =
			&g_array_index(s.result->windows, struct record_window, i);

		ck_assert_uint_eq(window->opened.time_ns, i == 0 ? 1013200 : 5008200);
		ck_assert_uint_eq(window->close_ns - window->opened.time_ns, 4 * 10000 + 300);
		ck_assert_uint_eq(window->steps, 4);
		ck_assert_uint_eq(window->preempted_ns, 0);
	}
	sim_free(&s);
}

/* A hog has every other slice of 100 us of CPU 0, and 1 us for each switch. The flip is at 1013.2;
 * of the first step of 200 us, 89.8 us are done at 1103 us, 189.8 us at 1305 us, all at 1417.2 us;
 * the second is like it. So the initiator is four times off its CPU for 101 us. */
TEST(an_initiator_preempted_between_the_steps_of_its_walk_keeps_the_window_open)
{
	struct simulation s;
	const struct record_window *window;

	sim_run(&s, "[scenario]\ntime = 3ms\n[machine]\ncpus = 2\n[cost]\nwakeup = 2us\n"
		    "fork = 10us\nwalk-task = 200us\ncomplete = 300ns\n"
		    "[sched]\nslice = 100us\nidle-pull = off\n[mm app]\n"
		    "[tasks w]\nmm = app\nrun = 50us\nsleep = 20ms\n"
		    "[tasks x]\nmm = app\ncount = 0\nrun = 1ms\nsleep = 9ms\n"
		    "[mm hog]\nstart = 500us\ncpus = 0\nrun = 20ms\nsleep = 0ns\n"
		    "[at 600us]\naffinity = app : 0\n[at 1ms]\nfork = x\n");
	ck_assert_uint_eq(s.result->windows->len, 1);
	window = &g_array_index(s.result->windows, struct record_window, 0);
	ck_assert_uint_eq(window->opened.time_ns, 1013200);
	ck_assert_uint_eq(window->close_ns, 1821500);
	ck_assert_uint_eq(window->preempted_ns, 404000);
	sim_assert_lines(&s, "1103000 cpu0 100>102\n1204000 cpu0 102>100\n"
			     "1417200 cpu0 walk cpu=0 taken=2\n1821200 cpu0 walk cpu=1 taken=1");
	sim_free(&s);
}

/* It sleeps until 1512.2 us anyway: to wake it at 1511 us costs 2 us. */
TEST(a_wake_never_puts_off_the_end_of_a_sleep)
{
	expect_lines(MACHINE("2") "[mm app]\n[tasks w]\nrun = 500us\nsleep = 1ms\n"
				  "[at 1511us]\nwake = w/0\n",
		"512200 cpu1 101>0\n1512200 cpu1 0>101");
}

/* All three fork at 1 ms; 101 gets there first, then 102, then 100, which had to wake up. */
TEST(the_mutex_of_an_mm_is_had_in_the_order_of_asking)
{
	expect_lines(MACHINE("3") "[mm app]\n[tasks w]\ncount = 2\nrun = 9ms\nsleep = 0ns\n"
				  "[tasks x]\ncount = 0\nrun = 1ms\nsleep = 9ms\n"
				  "[at 1ms]\nfork = x by app; x by w/0; x by w/1\n",
		"1010000 cpu2 102>0\n1013000 cpu0 100>0\n1040500 cpu1 fork 101 103\n"
		"1041700 cpu2 fork 102 104\n1042900 cpu0 fork 100 105");
}

#define VFORKS                                                                                     \
	"[mm app]\n[tasks w]\nrun = 500us\nsleep = 10ms\n"                                         \
	"[tasks k]\ncount = 0\nrun = 100us\nsleep = 0ns\nloops = 1\n"                              \
	"[tasks e]\ncount = 0\nrun = 3ms\nsleep = 10ms\n"

/* The parent goes on a wake-up (2 us) after its child has gone. */
TEST(the_parent_of_a_vfork_waits_for_the_exit_of_its_child)
{
	expect_lines(MACHINE("2") VFORKS "[at 1ms]\nvfork = k by w/0\n",
		"1033500 cpu1 fork 101 102\n1033500 cpu1 101>0\n1139700 cpu0 exit 102\n"
		"1141700 cpu1 0>101");
}

TEST(the_parent_of_a_vfork_waits_for_the_exec_of_its_child)
{
	struct simulation s;

	sim_run(&s, MACHINE("2") VFORKS "[at 1ms]\nvfork = e by w/0\n[at 2ms]\nexec = e/0\n");
	sim_assert_lines(&s, "1033500 cpu1 101>0\n2050400 cpu0 exec pid=102 failed=0 cid=0x0\n"
			     "2052400 cpu1 0>101");
	ck_assert_str_eq(sim_account(&s, "app exec")->name, "app exec");
	sim_free(&s);
}

/* Out of the old mm: 200 ns; 50 us; into a new one, as its first user with CID 0: 200 ns. */
TEST(an_exec_leaves_the_mm_and_is_the_first_user_of_a_new_one)
{
	struct simulation s;

	sim_run(&s, MACHINE("2") "[mm app]\n[tasks w]\nrun = 9ms\nsleep = 0ns\n"
				 "[at 600us]\nexec = w/0\n");
	sim_assert_line(&s, "650400 cpu1 exec pid=101 failed=0 cid=0x0");
	ck_assert_uint_eq(sim_account(&s, "app exec")->users_max, 1);
	ck_assert_uint_eq(sim_account(&s, "app")->users_max, 2);
	ck_assert_uint_eq(s.result->execs, 1);
	sim_free(&s);
}

TEST(a_run_that_ends_in_the_middle_of_a_burst_has_lasted_until_then)
{
	struct simulation s;

	sim_run(&s, "[scenario]\ntime = 5ms\n[machine]\ncpus = 2\n"
		    "[mm app]\nrun = 9ms\nsleep = 0ns\n");
	ck_assert_str_eq(s.result->ended, "time");
	ck_assert_uint_eq(s.result->end_ns, 5000000);
	ck_assert_uint_eq(s.result->idle_ns, 5000000); /* one of two CPUs */
	ck_assert_uint_eq(sim_account(&s, "app")->lived_ns, 5000000);
	sim_free(&s);
}

#define WIDENED(policy)                                                                            \
	MACHINE("4")                                                                               \
	"[protocol]\naffinity-return = " policy "\n[mm app]\ncpus = 0\n"                           \
	"[tasks w]\ncount = 1\nrun = 100us\nsleep = 900us\n"                                       \
	"[at 2ms]\naffinity = app : 0-3\n"

/* B8: as the kernel has it, the deferred work never comes; with a return policy it does. */
TEST_RANGE(deferred_work_leads_back_after_a_widening_only_with_a_return_policy, 0, 2)
{
	static const struct {
		const char *text;
		uint64_t runs;
	} cases[] = { { WIDENED("threshold"), 0 }, { WIDENED("fits"), 1 } };
	struct simulation s;

	sim_run(&s, cases[_i].text);
	ck_assert_uint_eq(sim_account(&s, "app")->to_percpu, 1);
	ck_assert_uint_eq(sim_account(&s, "app")->deferred_runs, cases[_i].runs);
	ck_assert_uint_eq(sim_account(&s, "app")->to_task, cases[_i].runs);
	sim_free(&s);
}

/* While the kernel thread is busy with the work of two others, b is widened too and ends. */
#define WIDE(mm, task, cpu)                                                                        \
	"[mm " mm "]\ncpus = " cpu "\n[tasks " task "]\nmm = " mm                                  \
	"\ncount = 1\nrun = 100us\nsleep = 900us\n"
#define WIDENED_TOGETHER(exits)                                                                    \
	"[scenario]\ntime = 20ms\n[machine]\ncpus = 4\n[cost]\nwalk-cpu = 1ms\n"                   \
	"[protocol]\naffinity-return = fits\n" WIDE("app", "w", "0") WIDE("b", "x", "1")           \
		WIDE("c", "y", "2") "[at 2ms]\naffinity = app : 0-3\n"                             \
				    "[at 2001us]\naffinity = c : 0-3\n"                            \
				    "[at 2002us]\naffinity = b : 0-3\n" exits

static unsigned lines_of(const struct simulation *s, const char *event)
{
	unsigned count = 0;

	for (const char *at = s->log->str; (at = strstr(at, event)); at++)
		count++;
	return count;
}

TEST_RANGE(the_work_of_an_mm_whose_last_user_leaves_is_cancelled, 0, 2)
{
	struct simulation s;

	sim_run(&s, _i == 0 ? WIDENED_TOGETHER("")
			    : WIDENED_TOGETHER("[at 3ms]\nexit = x\n[at 4ms]\nexit = b\n"));
	ck_assert_uint_eq(sim_account(&s, "app")->deferred_runs, 1);
	ck_assert_uint_eq(sim_account(&s, "b")->to_percpu, 1);
	ck_assert_uint_eq(lines_of(&s, " work "), _i == 0 ? 3 : 2);
	ck_assert_uint_eq(sim_account(&s, "b")->alive, _i == 0);
	sim_free(&s);
}

#define SPARSE(cap)                                                                                \
	"[scenario]\ntime = 60ms\n[machine]\ncpus = 0-3,28-31\n[protocol]\nthrs-cap = " cap "\n"   \
	"[mm app]\n[ramp r]\nto = 10\ncycles = 1\n"

/* 8 CPUs with 32 ids: enters at 9; leaves below min(6, 8 / 2) or min(6, 32 / 2). */
TEST_RANGE(with_sparse_ids_the_cap_of_the_threshold_decides_where_it_leaves, 0, 2)
{
	struct simulation s;

	sim_run(&s, _i == 0 ? SPARSE("possible") : SPARSE("nr-cpu-ids"));
	ck_assert_uint_eq(sim_account(&s, "app")->enter_users.min, 9);
	ck_assert_uint_eq(sim_account(&s, "app")->leave_users.min, _i == 0 ? 3 : 5);
	sim_free(&s);
}
