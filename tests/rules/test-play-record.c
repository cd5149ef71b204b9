/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Played steps: what is recorded of them. Step N takes effect at N us. */

#include "tests/lib/play-text.h"
#include "tests/lib/suite.h"

TEST(a_spin_that_ends_is_recorded_with_its_time)
{
	struct play_text played = play_text_run(
		"[machine]\ncpus = 2\n[protocol]\nrevision = v3\n[explore]\nforks = 1\n[steps]\n"
		"1 = fork T0 T2\n2 = out 0\n3 = in 1 T0\n4 = in 0 T1\n5 = retry 1\n");

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_uint_eq(play_text_account(&played)->spin_ns, 2000);
	play_text_assert_line(&played, "3000 cpu1 spin mm=mm");
	play_text_assert_line(&played, "5000 cpu1 spin_end ns=2000");
	/* What user space saw is known once the spin is over. */
	ck_assert_str_eq(played.stays->str, "0 1000 0 0-2000\n0 1001 0 4000-6000\n1 1000 1 "
					    "3000-6000\n");
	play_text_free(&played);
}

/* The second task flips the mode while the walk sees nobody to visit. */
TEST(a_start_with_a_window_without_walk_is_one)
{
	struct play_text played = play_text_run("[machine]\ncpus = 1\n[protocol]\nrevision = v3\n"
						"[explore]\n[steps]\n1 = out 0\n");

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_str_eq(played.samples->str, "0 2/1/1\n");
	play_text_free(&played);
}

/* A fork with its window, an exit, a vfork whose child execs, halves of switches. */
#define LIVES                                                                                      \
	"[machine]\ncpus = 2\n[explore]\nforks = 1\nvforks = 1\nexits = 2\nexecs = 1\n[steps]\n"   \
	"1 = in 1 T1\n2 = fork T0 T2\n3 = walk\n4 = walk\n5 = complete\n6 = leave 1\n"             \
	"7 = enter 1 T2\n8 = exit T2\n9 = leave 1\n10 = enter 1 idle\n11 = vfork T0 T2\n"          \
	"12 = out 0\n13 = in 1 T2\n14 = exec T2\n15 = exec-end T2\n16 = out 1\n17 = in 0 T0\n"

TEST(facts_are_recorded_in_the_order_of_steps)
{
	static const char *const lines[] = { "0 cpu0 0>1000", "1000 cpu1 move 1001 0>1",
		"1000 cpu1 0>1001", "5000 cpu0 fork 1000 1002", "5000 cpu0 new 1002",
		"7000 cpu1 move 1002 0>1", "7000 cpu1 1001>1002", "8000 cpu1 exit 1002",
		"10000 cpu1 1002>0", "11000 cpu0 fork 1000 1002", "11000 cpu0 new 1002",
		"12000 cpu0 1000>0", "13000 cpu1 move 1002 0>1", "13000 cpu1 0>1002",
		"15000 cpu1 exec pid=1002 failed=0 cid=0x80000000", "15000 cpu0 wake 1000",
		"16000 cpu1 1002>0", "17000 cpu0 0>1000" };
	struct play_text played = play_text_run(LIVES);
	const char *at = played.log->str;

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		const char *found = sim_find(played.log->str, lines[i]);

		if (!found)
			ck_abort_msg("no line '%s' in\n%s", lines[i], played.log->str);
		ck_assert(i == 15 || i == 14 || found >= at);
		at = found;
	}
	/* A child of a vfork has a thread group of its own, until an exec takes it elsewhere. */
	play_text_assert_line(&played, "0 on T0 1000/1000");
	play_text_assert_line(&played, "1000 on T1 1001/1000");
	play_text_assert_line(&played, "7000 off 1001 R");
	play_text_assert_line(&played, "7000 on T2 1002/1000");
	play_text_assert_line(&played, "10000 off 1002 X");
	play_text_assert_line(&played, "12000 off 1000 D");
	play_text_assert_line(&played, "13000 on T2 1002/1002");
	play_text_assert_line(&played, "16000 off 1002 R");
	play_text_assert_line(&played,
		"3000 cpu0 walk step=3 text=\"walk\" mode=3 users=3 max_cids=2 "
		"pcpu_thrs=1 taken=2");
	ck_assert_str_eq(played.samples->str,
		"0 2/2/0\n2000 3/2/3\n5000 3/2/1\n8000 2/2/1\n11000 3/2/1\n14000 2/2/1\n");
	ck_assert_str_eq(played.stays->str, "1 1001 1 1000-6000\n1 1002 1 7000-9000\n"
					    "0 1000 0 0-12000\n1 1002 1 13000-15000\n"
					    "0 1000 0 17000-18000\n");
	play_text_free(&played);
}

TEST(totals_are_those_of_the_steps)
{
	struct play_text played = play_text_run(LIVES);
	const struct record_result *result = played.result;

	ck_assert_uint_eq(result->events, 17);
	ck_assert_uint_eq(result->end_ns, 18000);
	ck_assert_uint_eq(result->switches, 7);
	ck_assert_uint_eq(result->migrations, 3);
	ck_assert_uint_eq(result->wakeups, 3);
	ck_assert_uint_eq(result->forks, 2);
	ck_assert_uint_eq(result->exits, 1);
	ck_assert_uint_eq(result->execs, 1);
	ck_assert_uint_eq(result->tasks_max, 3);
	/* CPU 0: 12-17. CPU 1: 0-1, 6-7, 9-13, 16-18. */
	ck_assert_uint_eq(result->idle_ns, 13000);
	ck_assert_str_eq(play_text_account(&played)->name, "mm");
	ck_assert_uint_eq(play_text_account(&played)->users_max, 3);
	ck_assert_uint_eq(play_text_account(&played)->to_percpu, 1);
	ck_assert_uint_eq(play_text_account(&played)->windows.count, 1);
	ck_assert_uint_eq(play_text_account(&played)->windows.sum, 3000);
	ck_assert_uint_eq(play_text_account(&played)->enter_users.first, 3);
	ck_assert_uint_eq(play_text_account(&played)->span.max, 2);
	ck_assert_uint_eq(result->mode_switches->len, 1);
	ck_assert_uint_eq(
		g_array_index(result->mode_switches, struct record_mode_switch, 0).pid, 1000);
	play_text_free(&played);
}

TEST(a_fork_that_is_over_at_once_has_its_parent)
{
	struct play_text played =
		play_text_run("[explore]\nforks = 1\n[steps]\n1 = in 1 T1\n2 = fork T1 T2\n");

	play_text_assert_line(&played, "2000 cpu1 fork 1001 1002");
	play_text_assert_line(&played, "2000 cpu1 new 1002");
	ck_assert_uint_eq(play_text_account(&played)->spin_ns, 0);
	play_text_free(&played);
}

/* With a get of two steps it is as if it had to be waited for. */
TEST(a_fork_that_waits_for_its_number_is_recorded_with_the_time)
{
	struct play_text played =
		play_text_run("[protocol]\nsplit-get = on\n[explore]\nforks = 1\n[steps]\n"
			      "1 = fork T0 T2\n2 = in 1 T1\n3 = fork-retry\n");
	struct play_text open = play_text_run("[protocol]\nsplit-get = on\n[explore]\nforks = 1\n"
					      "[steps]\n1 = fork T0 T2\n");

	ck_assert_ptr_null(played.result->input_error);
	play_text_assert_line(&played, "1000 cpu0 spin mm=mm");
	play_text_assert_line(&played, "3000 cpu0 spin_end ns=2000");
	play_text_assert_line(&played, "3000 cpu0 fork 1000 1002");
	ck_assert_uint_eq(play_text_account(&played)->spin_ns, 2000);
	ck_assert_uint_eq(play_text_account(&open)->spin_ns, 1000);
	play_text_free(&played);
	play_text_free(&open);
}

TEST(a_number_that_is_free_again_is_another_task)
{
	struct play_text played = play_text_run(
		"[explore]\ntasks-max = 2\nforks = 1\nexecs = 1\n[steps]\n1 = in 1 T1\n"
		"2 = exec T1\n3 = exec-end T1\n4 = out 1\n5 = fork T0 T1\n6 = in 1 T1\n7 "
		"= out 1\n");

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_str_eq(played.stays->str, "1 1001 1 1000-3000\n1 1001 1 6000-7000\n"
					    "0 1000 0 0-8000\n");
	play_text_free(&played);
}

TEST(an_initiator_off_its_cpu_is_recorded_in_its_window)
{
	struct play_text played = play_text_run(
		"[machine]\ncpus = 2\n[explore]\nforks = 1\n[steps]\n1 = fork T0 T2\n2 = out 0\n"
		"3 = in 1 T1\n4 = in 0 T0\n5 = walk\n6 = walk\n7 = complete\n");
	const struct record_window *window;

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_uint_eq(played.result->windows->len, 1);
	window = &g_array_index(played.result->windows, struct record_window, 0);
	ck_assert_uint_eq(window->preempted_ns, 2000);
	ck_assert_uint_eq(window->steps, 2);
	play_text_free(&played);
}

TEST(without_steps_the_start_is_what_there_is)
{
	struct play_text played = play_text_run("[explore]\n[steps]\n");

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_uint_eq(played.result->events, 0);
	ck_assert_uint_eq(played.result->end_ns, 1000);
	ck_assert_str_eq(played.samples->str, "0 2/2/0\n");
	ck_assert_str_eq(played.stays->str, "0 1000 0 0-1000\n");
	play_text_free(&played);
}
