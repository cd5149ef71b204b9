/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>

#include "model/check.h"
#include "sim/play/play.h"
#include "tests/lib/simulate.h"
#include "tests/lib/machines.h"
#include "tests/lib/suite.h"

/* Played steps: what is checked, refused and recorded. Step N takes effect at N us. */

enum { STROLLS = 40, STEPS = 80, NONSENSE = 3000 };

struct played {
	struct scenario *scenario;
	struct record_result *result;
	GString *log;     /* lines as in simulate.h */
	GString *stays;   /* "CPU PID CID FROM-TO" */
	GString *samples; /* "TIME users/taken/mode" */
};

static void on_stay(void *context, const struct record_stay *stay)
{
	struct played *played = context;

	g_string_append_printf(played->stays,
		"%u %u %u %" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT "\n", stay->cpu, stay->pid,
		stay->cid, stay->start_ns, stay->end_ns);
}

static void on_sample(void *context, const struct record_sample *sample)
{
	struct played *played = context;

	g_string_append_printf(played->samples, "%" G_GUINT64_FORMAT " %u/%u/%u\n", sample->time_ns,
		sample->users, sample->taken, sample->mode);
}

static void on_switch(void *context, const struct record_switch *fact)
{
	static const char states[] = {
		[PREV_RUNNABLE] = 'R', [PREV_SLEEPS] = 'S', [PREV_BLOCKED] = 'D', [PREV_DEAD] = 'X'
	};
	struct played *played = context;

	sim_on_switch(played->log, fact);
	if (fact->prev->pid != 0)
		g_string_append_printf(played->log, "%" G_GUINT64_FORMAT " off %u %c\n",
			fact->time_ns, fact->prev->pid, states[fact->prev_state]);
	if (fact->next->pid != 0)
		g_string_append_printf(played->log, "%" G_GUINT64_FORMAT " on %s %u/%u\n",
			fact->time_ns, fact->next->name, fact->next->pid, fact->next->group_pid);
}

static void on_wakeup(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *woken, bool is_new,
	uint32_t target_cpu)
{
	(void)running;
	(void)target_cpu;
	g_string_append_printf(((struct played *)context)->log,
		"%" G_GUINT64_FORMAT " cpu%u %s %u\n", time_ns, on_cpu, is_new ? "new" : "wake",
		woken->pid);
}

static void on_fork(void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *parent,
	const struct record_task *child)
{
	sim_on_fork(((struct played *)context)->log, time_ns, cpu, parent, child);
}

static void on_exit_of(
	void *context, uint64_t time_ns, uint32_t cpu, const struct record_task *task)
{
	sim_on_exit(((struct played *)context)->log, time_ns, cpu, task);
}

static void on_move(void *context, uint64_t time_ns, uint32_t on_cpu,
	const struct record_task *running, const struct record_task *task, uint32_t from,
	uint32_t to)
{
	sim_on_move(((struct played *)context)->log, time_ns, on_cpu, running, task, from, to);
}

static void on_note(void *context, const struct record_note *note)
{
	sim_on_note(((struct played *)context)->log, note);
}

static struct played play_parsed(struct scenario *scenario)
{
	struct played played = {
		.scenario = scenario,
		.log = g_string_new(NULL),
		.stays = g_string_new(NULL),
		.samples = g_string_new(NULL),
	};
	const struct record_sink sink = {
		.context = &played,
		.sample = on_sample,
		.stay = on_stay,
		.sched_switch = on_switch,
		.sched_wakeup = on_wakeup,
		.sched_fork = on_fork,
		.sched_exit = on_exit_of,
		.sched_migrate = on_move,
		.note = on_note,
	};
	struct play *play = play_new(scenario);

	play_set_sink(play, &sink);
	played.result = play_run(play);
	play_free(play);
	return played;
}

static struct played play_text(const char *text)
{
	return play_parsed(sim_parse(text));
}

static void played_free(struct played *played)
{
	record_result_free(played->result);
	scenario_free(played->scenario);
	g_string_free(played->log, TRUE);
	g_string_free(played->stays, TRUE);
	g_string_free(played->samples, TRUE);
}

static void assert_refused(const char *text, const char *error)
{
	struct played played = play_text(text);

	ck_assert_ptr_nonnull(played.result->input_error);
	ck_assert_str_eq(played.result->input_error, error);
	played_free(&played);
}

static const struct record_violation *violation(const struct played *played, guint i)
{
	ck_assert_uint_gt(played->result->violations->len, i);
	return played->result->violations->pdata[i];
}

static const struct record_account *account(const struct played *played)
{
	ck_assert_uint_eq(played->result->accounts->len, 1);
	return played->result->accounts->pdata[0];
}

#define assert_line(played, line)                                                                  \
	do {                                                                                       \
		if (!sim_find((played)->log->str, line))                                           \
			ck_abort_msg("no line '%s' in\n%s", line, (played)->log->str);             \
	} while (0)

/*
 * B1 on two CPUs. T1, which owns CID 1, waits in the queue of CPU 1. T0 forks: users exceed the
 * CPUs, the mode flips, T0's CID 0 goes to CPU 0. Before the walk gets to T1, T0 is preempted and
 * comes to CPU 1, which owns nothing, and spins there, the rq lock held: neither can T1 be picked
 * to give up its CID to CPU 0, nor can the walk go on.
 */
#define B1(revision, expect)                                                                       \
	"[machine]\ncpus = 2\n[protocol]\nrevision = " revision                                    \
	"\n[explore]\nforks = 1\n[steps]\n"                                                        \
	"1 = migrate T1 1\n2 = fork T0 T2\n3 = out 0\n4 = in 1 T0\n" expect

SUITE(.timeout = 120);

TEST(the_live_lock_of_v3_takes_two_cpus_and_four_steps)
{
	struct played played = play_text(B1("v3", ""));
	const struct record_violation *v = violation(&played, 0);

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
	ck_assert_uint_eq(account(&played)->observer.count[OBSERVE_SPINS], 1);
	ck_assert_uint_eq(account(&played)->spin_ns, 1000);
	ck_assert_uint_eq(account(&played)->windows_open, 1);
	assert_line(&played, "4000 cpu1 move 1000 0>1");
	assert_line(&played, "4000 cpu1 0>1000");
	assert_line(&played, "4000 cpu1 spin mm=mm");
	played_free(&played);
}

TEST_RANGE(with_transit_the_same_steps_end_well, 0, 4)
{
	static const char *const texts[] = { B1("6.19-livelock", ""), B1("6.19", ""), B1("7.1", ""),
		B1("v3\ntransit-to-percpu = on", "") };
	struct played played = play_text(texts[_i]);

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_uint_eq(played.result->violations_count, 0);
	ck_assert_uint_eq(played.result->property, 0);
	ck_assert_str_eq(played.result->ended, "end of the steps");
	played_free(&played);
}

/* The window of the first one is over before T0 comes to CPU 1: T1 has given its CID back. */
TEST(a_spin_that_something_can_end_is_no_live_lock)
{
	struct played played = play_text(
		"[machine]\ncpus = 2\n[protocol]\nrevision = v3\n[explore]\nforks = 1\n[steps]\n"
		"1 = fork T0 T2\n2 = out 0\n3 = in 1 T0\n");

	/* It spins, but T1 can be picked by CPU 0 and gives its CID back there. */
	ck_assert_uint_eq(account(&played)->observer.count[OBSERVE_SPINS], 1);
	ck_assert_uint_eq(played.result->livelocks, 0);
	ck_assert_uint_eq(played.result->property, 0);
	ck_assert_uint_eq(played.result->violations_count, 0);
	played_free(&played);
}

TEST(a_spin_that_ends_is_recorded_with_its_time)
{
	struct played played = play_text(
		"[machine]\ncpus = 2\n[protocol]\nrevision = v3\n[explore]\nforks = 1\n[steps]\n"
		"1 = fork T0 T2\n2 = out 0\n3 = in 1 T0\n4 = in 0 T1\n5 = retry 1\n");

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_uint_eq(account(&played)->spin_ns, 2000);
	assert_line(&played, "3000 cpu1 spin mm=mm");
	assert_line(&played, "5000 cpu1 spin_end ns=2000");
	/* What user space saw is known once the spin is over. */
	ck_assert_str_eq(played.stays->str, "0 1000 0 0-2000\n0 1001 0 4000-6000\n1 1000 1 "
					    "3000-6000\n");
	played_free(&played);
}

TEST(a_step_that_cannot_be_taken_is_told_with_its_line_and_why)
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
	struct played played = play_text(B1("v3", "5 = out 1\n"));

	ck_assert_str_eq(played.result->input_error,
		"12: step 5, \"out 1\": its task cannot be switched out: it spins, or waits for a "
		"lock");
	ck_assert_uint_eq(played.result->livelocks, 0);
	played_free(&played);
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
	struct played played = play_text(WEAK("weak", "3 = in 1 T1 sees task\n"));

	ck_assert_ptr_null(played.result->input_error);
	/* As if nothing had flipped: the task keeps its CID for itself. */
	assert_line(&played, "3000 cpu1 0>1001");
	ck_assert_uint_eq(played.result->property, 0);
	played_free(&played);
	assert_refused(WEAK("strong", "3 = in 1 T1 sees task\n"),
		"11: step 3, \"in 1 T1 sees task\": it cannot see task, the mode has been cpu for "
		"all to see");
	assert_refused(WEAK("weak", "3 = in 1 T1\n4 = out 1\n5 = in 1 T1 sees task\n"),
		"13: step 5, \"in 1 T1 sees task\": it cannot see task, the mode has been cpu for "
		"all to see");
	/* T1 comes out of the queue of the CPU that has changed the mode. */
	assert_refused("[machine]\ncpus = 2\n[protocol]\nrevision = v3\n[explore]\nforks = 1\n"
		       "memory = weak\n[steps]\n1 = fork T0 T2\n2 = in 1 T1 sees task\n",
		"10: step 2, \"in 1 T1 sees task\": it cannot see task, the mode has been cpu for "
		"all to see");
	assert_refused(WEAK("weak", "3 = in 1 T1 sees cpu+t\n"),
		"11: step 3, \"in 1 T1 sees cpu+t\": it cannot see cpu+t, the mode has been cpu "
		"for all to see");
}

/* After a failed exec in per-CPU mode a task shows no CID until its next switch. */
#define FAILED_EXECS                                                                               \
	"[machine]\ncpus = 1\n[explore]\nfailed-execs = 2\n[steps]\n1 = out 0\n2 = in 0 T0\n"      \
	"3 = failed-exec T0\n4 = exec-end T0\n"

TEST(a_property_is_told_once_where_it_breaks_first)
{
	struct played played = play_text(
		FAILED_EXECS "5 = out 0\n6 = in 0 T0\n7 = failed-exec T0\n8 = exec-end T0\n");

	ck_assert_uint_eq(played.result->violations_count, 1);
	ck_assert_str_eq(violation(&played, 0)->property, "I8");
	ck_assert_uint_eq(violation(&played, 0)->time_ns, 4000);
	ck_assert_str_eq(violation(&played, 0)->text,
		"mode per CPU; 2 users; max_cids 1; pcpu_thrs 1; CIDs taken: 0\n"
		"CPU0: word 0c; runs T0 with word -\n"
		"T1: word -; in the queue of CPU0");
	ck_assert_uint_eq(played.result->property, CHECK_I8);
	ck_assert_uint_eq(played.result->execs, 2);
	/* Nothing, 0, nothing. */
	ck_assert_uint_eq(account(&played)->task_cid_changes, 3);
	ck_assert_uint_eq(account(&played)->cpu_cid_changes, 3);
	played_free(&played);
}

TEST(what_has_healed_is_not_broken_at_the_end)
{
	struct played played = play_text(FAILED_EXECS "5 = out 0\n");

	ck_assert_uint_eq(played.result->violations_count, 1);
	ck_assert_uint_eq(played.result->property, 0);
	played_free(&played);
}

TEST(only_what_is_looked_for_is_told)
{
	struct played played = play_text("[machine]\ncpus = 1\n[explore]\nfailed-execs = 2\n"
					 "check = I1 I3\n[steps]\n1 = failed-exec T0\n"
					 "2 = exec-end T0\n");

	ck_assert_uint_eq(played.result->violations_count, 0);
	ck_assert_uint_eq(played.result->property, 0);
	played_free(&played);
}

TEST(return_is_told_where_nothing_leads_back)
{
	struct played played = play_text("[machine]\ncpus = 8\n[explore]\nallowed = 0\n"
					 "affinities = 1\ncheck = return\n[steps]\n"
					 "1 = affinity T1\n[expect]\nproperty = return\n");

	ck_assert_uint_eq(played.result->property, EXPLORE_RETURN);
	ck_assert_str_eq(violation(&played, 0)->property, "return");
	ck_assert_uint_eq(played.result->affinity_changes, 1);
	ck_assert(record_result_ok(played.result));
	played_free(&played);
}

/* T2 holds 2, which is too high once it is alone, and may do so until it is switched in again. */
TEST(a_high_number_is_no_fault_before_its_task_has_been_switched_in)
{
	struct played played = play_text(
		"[explore]\ntasks = 3\nexits = 2\ncheck = I7\n[steps]\n1 = in 2 T2\n2 = exit T0\n"
		"3 = out 0\n4 = in 0 T1\n5 = exit T1\n6 = out 0\n7 = out 2\n8 = in 1 T2\n");

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_uint_eq(played.result->exits, 2);
	ck_assert_uint_eq(played.result->violations_count, 0);
	played_free(&played);
}

/* The second task flips the mode while the walk sees nobody to visit. */
TEST(a_start_with_a_window_without_walk_is_one)
{
	struct played played = play_text("[machine]\ncpus = 1\n[protocol]\nrevision = v3\n"
					 "[explore]\n[steps]\n1 = out 0\n");

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_str_eq(played.samples->str, "0 2/1/1\n");
	played_free(&played);
}

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
	{ FAILED_EXECS "[expect]\nproperty = I8\n", OUTCOME_OK, 0 },
	/* That it is broken in between is not what was expected. */
	{ FAILED_EXECS "5 = out 0\n[expect]\nproperty = none\n", OUTCOME_FAILED, 0 },
	{ FAILED_EXECS "5 = out 0\n[expect]\nproperty = none\nviolations = 1\n", OUTCOME_OK, 0 },
};

TEST_ROWS(expectations_are_judged_at_the_end_of_the_steps, expectations)
{
	struct played played = play_text(expectations[_i].text);

	ck_assert_int_eq(record_result_outcome(played.result), expectations[_i].outcome);
	ck_assert_uint_eq(played.result->verdicts_failed, expectations[_i].failed);
	played_free(&played);
}

TEST(what_was_found_is_said_by_name)
{
	struct played played = play_text(B1("v3", "[expect]\nproperty = I1\n"));
	const struct record_verdict *verdict = played.result->verdicts->pdata[0];

	ck_assert_str_eq(verdict->found, "I3");
	ck_assert_str_eq(verdict->expect->text, "property = I1");
	played_free(&played);
}

/* A fork with its window, an exit, a vfork whose child execs, halves of switches. */
#define LIVES                                                                                      \
	"[machine]\ncpus = 2\n[explore]\nforks = 1\nvforks = 1\nexits = 2\nexecs = 1\n[steps]\n"   \
	"1 = in 1 T1\n2 = fork T0 T2\n3 = walk\n4 = walk\n5 = complete\n6 = leave 1\n"             \
	"7 = enter 1 T2\n8 = exit T2\n9 = leave 1\n10 = enter 1 idle\n11 = vfork T0 T2\n"          \
	"12 = out 0\n13 = in 1 T2\n14 = exec T2\n15 = exec-end T2\n16 = out 1\n17 = in 0 T0\n"

TEST(facts_are_told_in_the_order_of_steps)
{
	static const char *const lines[] = { "0 cpu0 0>1000", "1000 cpu1 move 1001 0>1",
		"1000 cpu1 0>1001", "5000 cpu0 fork 1000 1002", "5000 cpu0 new 1002",
		"7000 cpu1 move 1002 0>1", "7000 cpu1 1001>1002", "8000 cpu1 exit 1002",
		"10000 cpu1 1002>0", "11000 cpu0 fork 1000 1002", "11000 cpu0 new 1002",
		"12000 cpu0 1000>0", "13000 cpu1 move 1002 0>1", "13000 cpu1 0>1002",
		"15000 cpu1 exec pid=1002 failed=0 cid=0x80000000", "15000 cpu0 wake 1000",
		"16000 cpu1 1002>0", "17000 cpu0 0>1000" };
	struct played played = play_text(LIVES);
	const char *at = played.log->str;

	for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
		const char *found = sim_find(played.log->str, lines[i]);

		if (!found)
			ck_abort_msg("no line '%s' in\n%s", lines[i], played.log->str);
		ck_assert(i == 15 || i == 14 || found >= at);
		at = found;
	}
	/* A child of a vfork has a thread group of its own, until an exec takes it elsewhere. */
	assert_line(&played, "0 on T0 1000/1000");
	assert_line(&played, "1000 on T1 1001/1000");
	assert_line(&played, "7000 off 1001 R");
	assert_line(&played, "7000 on T2 1002/1000");
	assert_line(&played, "10000 off 1002 X");
	assert_line(&played, "12000 off 1000 D");
	assert_line(&played, "13000 on T2 1002/1002");
	assert_line(&played, "16000 off 1002 R");
	assert_line(&played, "3000 cpu0 walk step=3 text=\"walk\" mode=3 users=3 max_cids=2 "
			     "pcpu_thrs=1 taken=2");
	ck_assert_str_eq(played.samples->str,
		"0 2/2/0\n2000 3/2/3\n5000 3/2/1\n8000 2/2/1\n11000 3/2/1\n14000 2/2/1\n");
	ck_assert_str_eq(played.stays->str, "1 1001 1 1000-6000\n1 1002 1 7000-9000\n"
					    "0 1000 0 0-12000\n1 1002 1 13000-15000\n"
					    "0 1000 0 17000-18000\n");
	played_free(&played);
}

TEST(totals_are_those_of_the_steps)
{
	struct played played = play_text(LIVES);
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
	ck_assert_str_eq(account(&played)->name, "mm");
	ck_assert_uint_eq(account(&played)->users_max, 3);
	ck_assert_uint_eq(account(&played)->to_percpu, 1);
	ck_assert_uint_eq(account(&played)->windows.count, 1);
	ck_assert_uint_eq(account(&played)->windows.sum, 3000);
	ck_assert_uint_eq(account(&played)->enter_users.first, 3);
	ck_assert_uint_eq(account(&played)->span.max, 2);
	ck_assert_uint_eq(result->mode_switches->len, 1);
	ck_assert_uint_eq(
		g_array_index(result->mode_switches, struct record_mode_switch, 0).pid, 1000);
	played_free(&played);
}

TEST(a_fork_that_is_over_at_once_has_its_parent)
{
	struct played played =
		play_text("[explore]\nforks = 1\n[steps]\n1 = in 1 T1\n2 = fork T1 T2\n");

	assert_line(&played, "2000 cpu1 fork 1001 1002");
	assert_line(&played, "2000 cpu1 new 1002");
	ck_assert_uint_eq(account(&played)->spin_ns, 0);
	played_free(&played);
}

/* With a get of two steps it is as if it had to be waited for. */
TEST(a_fork_that_waits_for_its_number_is_recorded_with_the_time)
{
	struct played played =
		play_text("[protocol]\nsplit-get = on\n[explore]\nforks = 1\n[steps]\n"
			  "1 = fork T0 T2\n2 = in 1 T1\n3 = fork-retry\n");
	struct played open = play_text("[protocol]\nsplit-get = on\n[explore]\nforks = 1\n"
				       "[steps]\n1 = fork T0 T2\n");

	ck_assert_ptr_null(played.result->input_error);
	assert_line(&played, "1000 cpu0 spin mm=mm");
	assert_line(&played, "3000 cpu0 spin_end ns=2000");
	assert_line(&played, "3000 cpu0 fork 1000 1002");
	ck_assert_uint_eq(account(&played)->spin_ns, 2000);
	ck_assert_uint_eq(account(&open)->spin_ns, 1000);
	played_free(&played);
	played_free(&open);
}

TEST(a_number_that_is_free_again_is_another_task)
{
	struct played played =
		play_text("[explore]\ntasks-max = 2\nforks = 1\nexecs = 1\n[steps]\n1 = in 1 T1\n"
			  "2 = exec T1\n3 = exec-end T1\n4 = out 1\n5 = fork T0 T1\n6 = in 1 T1\n7 "
			  "= out 1\n");

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_str_eq(played.stays->str, "1 1001 1 1000-3000\n1 1001 1 6000-7000\n"
					    "0 1000 0 0-8000\n");
	played_free(&played);
}

TEST(an_initiator_off_its_cpu_is_recorded_in_its_window)
{
	struct played played = play_text(
		"[machine]\ncpus = 2\n[explore]\nforks = 1\n[steps]\n1 = fork T0 T2\n2 = out 0\n"
		"3 = in 1 T1\n4 = in 0 T0\n5 = walk\n6 = walk\n7 = complete\n");
	const struct record_window *window;

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_uint_eq(played.result->windows->len, 1);
	window = &g_array_index(played.result->windows, struct record_window, 0);
	ck_assert_uint_eq(window->preempted_ns, 2000);
	ck_assert_uint_eq(window->steps, 2);
	played_free(&played);
}

TEST(without_steps_the_start_is_what_there_is)
{
	struct played played = play_text("[explore]\n[steps]\n");

	ck_assert_ptr_null(played.result->input_error);
	ck_assert_uint_eq(played.result->events, 0);
	ck_assert_uint_eq(played.result->end_ns, 1000);
	ck_assert_str_eq(played.samples->str, "0 2/2/0\n");
	ck_assert_str_eq(played.stays->str, "0 1000 0 0-1000\n");
	played_free(&played);
}

/* A scenario of random steps, each of which can be taken. */
static char *random_scenario(struct prng *prng, const char *revision, bool weak)
{
	struct machine_config config = machines_busy_config(revision, 3, 3, 6);
	struct machine machine;
	GString *text = g_string_new(NULL);

	config.weak = weak;
	config.group[2] = 1;
	g_string_printf(text,
		"[machine]\ncpus = 3\n[protocol]\nrevision = %s\n[explore]\ntasks = 2+1\n"
		"tasks-max = 6\nforks = 3\nclone-vms = 3\nvforks = 3\nexits = 3\nexecs = 3\n"
		"failed-execs = 3\nmemory = %s\n[steps]\n",
		revision, weak ? "weak" : "strong");
	machine_start(&machine, &config);
	for (unsigned n = 1; n <= STEPS; n++) {
		struct explore_step step;
		char buffer[STEP_TEXT_MAX];

		if (!machines_take_random(&machine, &config, prng, &step))
			break;
		step_print(&step, buffer);
		g_string_append_printf(text, "%u = %s\n", n, buffer);
	}
	return g_string_free(text, FALSE);
}

static void assert_consistent(const struct played *played)
{
	const struct record_result *result = played->result;
	uint64_t steps = played->scenario->steps_count;

	ck_assert_uint_eq(result->events, steps);
	ck_assert_uint_eq(result->end_ns, (steps + 1) * PLAY_STEP_NS);
	ck_assert_uint_le(account(played)->lived_ns, result->end_ns);
	ck_assert_uint_le(result->idle_ns, 3 * result->end_ns);
	ck_assert_uint_le(result->exits + result->execs, result->forks + 3 + 3);
	ck_assert_uint_le(account(played)->span.max, 3);
	ck_assert_uint_eq(account(played)->to_percpu + account(played)->to_task,
		account(played)->windows.count + account(played)->windows_open);
}

/* What is listed is taken, in revisions with whatever flags, and twice the same. */
TEST_RANGE(random_steps_play, 0, 7)
{
	static const char *const revisions[] = { "v1", "v3", "v3", "6.19", "7.0-vfork", "7.1",
		"bounded-get" };
	struct prng prng = { .key = prng_key(1, (uint64_t)_i) };

	for (int i = 0; i < STROLLS; i++) {
		char *text = random_scenario(&prng, revisions[_i], _i == 2);
		struct played played = play_text(text), again = play_text(text);

		if (played.result->input_error)
			ck_abort_msg("%s in\n%s", played.result->input_error, text);
		assert_consistent(&played);
		ck_assert_uint_eq(played.result->digest, again.result->digest);
		ck_assert_str_eq(played.log->str, again.log->str);
		played_free(&played);
		played_free(&again);
		g_free(text);
	}
}

static void random_step(struct prng *prng, struct explore_step *step)
{
	char buffer[STEP_TEXT_MAX];
	char *message;

	*step = (struct explore_step){
		.verb = (uint8_t)prng_below(prng, VERB_COUNT),
		.cpu = (uint8_t)prng_below(prng, 2),
		.task = (uint8_t)prng_below(prng, 4),
		.child = (uint8_t)prng_below(prng, 4),
		.sees = prng_below(prng, 3) == 0 ? (uint8_t)prng_below(prng, 4) : SEES_PRESENT,
	};
	if (prng_below(prng, 2) == 0 && step->verb == VERB_WALK)
		step->cpu = step->task = UINT8_MAX;
	step_print(step, buffer);
	message = step_read(buffer, 2, 4, step);
	ck_assert_msg(message == NULL, "'%s': %s", buffer, message);
}

/* Whatever the steps, they are taken or refused. Those that are refused go, so that it gets far. */
TEST_RANGE(nonsense_is_refused, 0, 20)
{
	static const char *const revisions[] = { "v3", "7.1" };
	char *head = g_strdup_printf(
		"[machine]\ncpus=2\n[protocol]\nrevision=%s\n[explore]\ntasks-max=4\nforks=9\n"
		"clone-vms=9\nvforks=9\nexits=3\nexecs=2\nfailed-execs=9\nallowed=0\n"
		"affinities=2\nmemory=weak\n[steps]\n",
		revisions[_i % 2]);
	struct prng prng = { .key = prng_key(2, (uint64_t)_i) };
	struct scenario *scenario = sim_parse(head);
	unsigned taken = 0, refused = 0;

	scenario->steps = g_new0(struct scenario_step, NONSENSE);
	for (int i = 0; i < NONSENSE && taken < 200; i++) {
		struct play *play;
		struct record_result *result;

		random_step(&prng, &scenario->steps[taken].step);
		scenario->steps_count = taken + 1;
		play = play_new(scenario);
		result = play_run(play);
		taken += !result->input_error;
		refused += result->input_error != NULL;
		record_result_free(result);
		play_free(play);
	}
	ck_assert_uint_gt(taken, 4);
	ck_assert_uint_gt(refused, 50);
	scenario_free(scenario);
	g_free(head);
}
