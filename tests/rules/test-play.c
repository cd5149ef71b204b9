/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* Played steps: which can be taken, which properties break, what is expected. */

#include "model/check.h"
#include "tests/lib/play-text.h"
#include "tests/lib/suite.h"

static void assert_refused(const char *text, const char *error)
{
	struct play_text played = play_text_run(text);

	ck_assert_ptr_nonnull(played.result->input_error);
	ck_assert_str_eq(played.result->input_error, error);
	play_text_free(&played);
}

/*
 * B1 on two CPUs. T1, which owns CID 1, waits in the queue of CPU 1. T0 forks: users exceed the
 * CPUs, the mode flips, T0's CID 0 goes to CPU 0. Before the walk visits T1, T0 is preempted and is
 * switched in on CPU 1, which owns nothing. It spins there, the rq lock held. So T1 cannot be
 * picked and give up its CID to CPU 0, and the walk cannot continue.
 */
#define B1(revision, expect)                                                                       \
	"[machine]\ncpus = 2\n[protocol]\nrevision = " revision                                    \
	"\n[explore]\nforks = 1\n[steps]\n"                                                        \
	"1 = migrate T1 1\n2 = fork T0 T2\n3 = out 0\n4 = in 1 T0\n" expect

TEST(the_live_lock_of_v3_takes_two_cpus_and_four_steps)
{
	struct play_text played = play_text_run(B1("v3", ""));
	const struct record_violation *v = play_text_violation(&played, 0);

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_uint_eq(played.result->violations_count, 1);
	ck_assert_uint_eq(played.result->livelocks, 1);
	ck_assert_str_eq(played.result->ended, "live lock");
	ck_assert_uint_eq(played.result->property, CHECK_I3);
	ck_assert_str_eq(v->property, "I3");
	ck_assert_uint_eq(v->time_ns, 4000);
	ck_assert_str_eq(v->text,
		"mode per CPU; 3 users; max_cids 2; pcpu_thrs 1; CIDs taken: 0-1\n"
		"T0 holds the mutex; walks over the tasks, T1 is next\n"
		"CPU0: word 0c; idles\n"
		"CPU1: word 0; runs T0 with word 0c; forks T2\n"
		"    spins in get, holds its rq lock\n"
		"T1: word 1; in the queue of CPU1, whose rq lock is held\n"
		"T2: word -; is being forked by T0");
	ck_assert_uint_eq(play_text_account(&played)->observer.count[OBSERVE_SPINS], 1);
	ck_assert_uint_eq(play_text_account(&played)->spin_ns, 1000);
	ck_assert_uint_eq(play_text_account(&played)->windows_open, 1);
	play_text_assert_line(&played, "4000 cpu1 move 1000 0>1");
	play_text_assert_line(&played, "4000 cpu1 0>1000");
	play_text_assert_line(&played, "4000 cpu1 spin mm=mm");
	play_text_free(&played);
}

TEST_RANGE(with_transit_the_same_steps_end_well, 0, 4)
{
	static const char *const texts[] = { B1("6.19-livelock", ""), B1("6.19", ""), B1("7.1", ""),
		B1("v3\ntransit-to-percpu = on", "") };
	struct play_text played = play_text_run(texts[_i]);

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_uint_eq(played.result->violations_count, 0);
	ck_assert_uint_eq(played.result->property, 0);
	ck_assert_str_eq(played.result->ended, "end of the steps");
	play_text_free(&played);
}

/* The window is over before T0 is switched in on CPU 1: T1 has given its CID back. */
TEST(a_spin_that_something_can_end_is_no_live_lock)
{
	struct play_text played = play_text_run(
		"[machine]\ncpus = 2\n[protocol]\nrevision = v3\n[explore]\nforks = 1\n[steps]\n"
		"1 = fork T0 T2\n2 = out 0\n3 = in 1 T0\n");

	/* It spins, but T1 can be picked by CPU 0 and gives its CID back there. */
	ck_assert_uint_eq(play_text_account(&played)->observer.count[OBSERVE_SPINS], 1);
	ck_assert_uint_eq(played.result->livelocks, 0);
	ck_assert_uint_eq(played.result->property, 0);
	ck_assert_uint_eq(played.result->violations_count, 0);
	play_text_free(&played);
}

TEST(a_step_that_cannot_be_taken_is_reported_with_its_line_and_why)
{
	/* The mutex is held by the first fork, whose window is open. */
	assert_refused("[machine]\ncpus = 2\n[explore]\nforks = 2\n[steps]\n1 = in 1 T1\n"
		       "2 = fork T0 T2\n# and again\n3 = fork T1 T3\n4 = walk",
		"9: step 3, \"fork T1 T3\": the mutex of the mm is held");
	assert_refused("[explore]\n[steps]\n1 = in 0 T1",
		"3: step 1, \"in 0 T1\": that CPU does not idle");
	assert_refused(
		"[explore]\n[steps]\n1 = out 0\n2=out 0", "4: step 2, \"out 0\": that CPU idles");
}

TEST(what_was_before_a_step_that_cannot_be_taken_is_not_judged_as_the_end)
{
	struct play_text played = play_text_run(B1("v3", "5 = out 1\n"));

	ck_assert_str_eq(played.result->input_error,
		"12: step 5, \"out 1\": its task cannot be switched out: it spins, or waits for a "
		"lock");
	ck_assert_uint_eq(played.result->livelocks, 0);
	play_text_free(&played);
}

TEST(nothing_happens_more_often_than_the_exploration_allows)
{
	assert_refused("[explore]\nexits = 1\n[steps]\n1 = in 1 T1\n2 = exit T0\n3 = exit T1\n",
		"6: step 3, \"exit T1\": [explore] has exits = 1, that is used up");
	assert_refused("[explore]\ntasks-max = 2\n[steps]\n1 = failed-exec T0\n",
		"4: step 1, \"failed-exec T0\": [explore] has failed-execs = 0, that is used up");
}

/* Only v3's two words are ever seen apart, and only where they have just changed. */
TEST(a_cpu_sees_nothing_old_but_what_weak_memory_lets_it)
{
#define WEAK(memory, last)                                                                         \
	"[machine]\ncpus = 2\n[protocol]\nrevision = v3\n[explore]\nforks = 1\nmemory = " memory   \
	"\n[steps]\n1 = migrate T1 1\n2 = fork T0 T2\n" last
	struct play_text played = play_text_run(WEAK("weak", "3 = in 1 T1 sees task\n"));

	ck_assert_ptr_null(played.result->input_error);
	/* As if nothing had flipped: the task keeps its CID for itself. */
	play_text_assert_line(&played, "3000 cpu1 0>1001");
	ck_assert_uint_eq(played.result->property, 0);
	play_text_free(&played);
	assert_refused(WEAK("strong", "3 = in 1 T1 sees task\n"),
		"11: step 3, \"in 1 T1 sees task\": it cannot see task while the mode is cpu");
	assert_refused(WEAK("weak", "3 = in 1 T1\n4 = out 1\n5 = in 1 T1 sees task\n"),
		"13: step 5, \"in 1 T1 sees task\": it cannot see task while the mode is cpu");
	/* T1 comes out of the queue of the CPU that has changed the mode. */
	assert_refused("[machine]\ncpus = 2\n[protocol]\nrevision = v3\n[explore]\nforks = 1\n"
		       "memory = weak\n[steps]\n1 = fork T0 T2\n2 = in 1 T1 sees task\n",
		"10: step 2, \"in 1 T1 sees task\": it cannot see task while the mode is cpu");
	assert_refused(WEAK("weak", "3 = in 1 T1 sees cpu+t\n"),
		"11: step 3, \"in 1 T1 sees cpu+t\": it cannot see cpu+t while the mode is cpu");
}

/* After a failed exec in per-CPU mode a task shows no CID until its next switch. */
#define FAILED_EXECS                                                                               \
	"[machine]\ncpus = 1\n[explore]\nfailed-execs = 2\n[steps]\n1 = out 0\n2 = in 0 T0\n"      \
	"3 = failed-exec T0\n4 = exec-end T0\n"

TEST(a_property_is_reported_once_where_it_breaks_first)
{
	struct play_text played = play_text_run(
		FAILED_EXECS "5 = out 0\n6 = in 0 T0\n7 = failed-exec T0\n8 = exec-end T0\n");

	ck_assert_uint_eq(played.result->violations_count, 1);
	ck_assert_str_eq(play_text_violation(&played, 0)->property, "I8");
	ck_assert_uint_eq(play_text_violation(&played, 0)->time_ns, 4000);
	ck_assert_str_eq(play_text_violation(&played, 0)->text,
		"mode per CPU; 2 users; max_cids 1; pcpu_thrs 1; CIDs taken: 0\n"
		"CPU0: word 0c; runs T0 with word -\n"
		"T1: word -; in the queue of CPU0");
	ck_assert_uint_eq(played.result->property, CHECK_I8);
	ck_assert_uint_eq(played.result->execs, 2);
	/* Nothing, 0, nothing. */
	ck_assert_uint_eq(play_text_account(&played)->task_cid_changes, 3);
	ck_assert_uint_eq(play_text_account(&played)->cpu_cid_changes, 3);
	play_text_free(&played);
}

TEST(what_has_healed_is_not_broken_at_the_end)
{
	struct play_text played = play_text_run(FAILED_EXECS "5 = out 0\n");

	ck_assert_uint_eq(played.result->violations_count, 1);
	ck_assert_uint_eq(played.result->property, 0);
	play_text_free(&played);
}

TEST(only_what_is_looked_for_is_reported)
{
	struct play_text played = play_text_run("[machine]\ncpus = 1\n[explore]\nfailed-execs = 2\n"
						"check = I1 I3\n[steps]\n1 = failed-exec T0\n"
						"2 = exec-end T0\n");

	ck_assert_uint_eq(played.result->violations_count, 0);
	ck_assert_uint_eq(played.result->property, 0);
	play_text_free(&played);
}

TEST(return_is_reported_where_nothing_leads_back)
{
	struct play_text played = play_text_run("[machine]\ncpus = 8\n[explore]\nallowed = 0\n"
						"affinities = 1\ncheck = return\n[steps]\n"
						"1 = affinity T1\n[expect]\nproperty = return\n");

	ck_assert_uint_eq(played.result->property, EXPLORE_RETURN);
	ck_assert_str_eq(play_text_violation(&played, 0)->property, "return");
	ck_assert_uint_eq(played.result->affinity_changes, 1);
	ck_assert(record_result_ok(played.result));
	play_text_free(&played);
}

/* T2 holds 2, which is too high once it is alone, and may do so until it is switched in again. */
TEST(a_high_number_is_no_fault_before_its_task_has_been_switched_in)
{
	struct play_text played = play_text_run(
		"[explore]\ntasks = 3\nexits = 2\ncheck = I7\n[steps]\n1 = in 2 T2\n2 = exit T0\n"
		"3 = out 0\n4 = in 0 T1\n5 = exit T1\n6 = out 0\n7 = out 2\n8 = in 1 T2\n");

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_uint_eq(played.result->exits, 2);
	ck_assert_uint_eq(played.result->violations_count, 0);
	play_text_free(&played);
}

/* The fork finds no number, and nobody gives one back. */
#define STUCK                                                                                      \
	"[machine]\ncpus = 1\n[protocol]\nrevision = v2\n[explore]\ntasks = 1\ntasks-max = 2\n"      \
	"vforks = 1\ncheck = stuck\n[steps]\n1 = vfork T0 T1\n"

static const struct {
	const char *text;
	enum record_outcome outcome;
	uint64_t failed;
} expectations[] = {
	{ B1("v3", ""), OUTCOME_FAILED, 0 },
	{ B1("v3", "[expect]\nproperty = I3\n"), OUTCOME_OK, 0 },
	{ B1("v3", "[expect]\nviolations = 1\n"), OUTCOME_OK, 0 },
	{ B1("v3", "[expect]\nproperty = I1\n"), OUTCOME_FAILED, 1 },
	{ B1("v3", "[expect]\nproperty = none\n"), OUTCOME_FAILED, 1 },
	{ B1("v3", "[expect]\nproperty = != none\n"), OUTCOME_FAILED, 0 },
	{ B1("7.1", "[expect]\nproperty = none\n"), OUTCOME_OK, 0 },
	{ B1("7.1", "[expect]\nproperty = I3\n"), OUTCOME_FAILED, 1 },
	{ STUCK "[expect]\nproperty = stuck\n", OUTCOME_OK, 0 },
	{ STUCK "[expect]\nproperty = none\n", OUTCOME_FAILED, 1 },
	{ FAILED_EXECS "[expect]\nproperty = I8\n", OUTCOME_OK, 0 },
	/* That it is broken in between is not what was expected. */
	{ FAILED_EXECS "5 = out 0\n[expect]\nproperty = none\n", OUTCOME_FAILED, 0 },
	{ FAILED_EXECS "5 = out 0\n[expect]\nproperty = none\nviolations = 1\n", OUTCOME_OK, 0 },
};

TEST_ROWS(expectations_are_judged_at_the_end_of_the_steps, expectations)
{
	struct play_text played = play_text_run(expectations[_i].text);

	ck_assert_int_eq(record_result_outcome(played.result), expectations[_i].outcome);
	ck_assert_uint_eq(played.result->verdicts_failed, expectations[_i].failed);
	play_text_free(&played);
}

TEST(what_was_found_is_said_by_name)
{
	struct play_text played = play_text_run(B1("v3", "[expect]\nproperty = I1\n"));
	const struct record_verdict *verdict = played.result->verdicts->pdata[0];

	ck_assert_str_eq(verdict->found, "I3");
	ck_assert_str_eq(verdict->expect->text, "property = I1");
	play_text_free(&played);
}
