/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/parse.h"

#include "tests/lib/suite.h"

enum { MUTATIONS = 6000 };

/* The lines [mm app] and [tasks worker] with 2 members, then @text from line 5. */
static void refuse_after_tasks(const char *text, const char *message)
{
	char *whole = g_strconcat("[mm app]\n[tasks worker]\ncount=2\nstart=2ms\n", text, NULL);

	refuse(whole, message);
	g_free(whole);
}

static void refuse_set(const char *set, const char *message)
{
	const char *const sets[] = { set, NULL };

	parse_with("[machine]\ncpus=4\n[mm app]\n", &(struct scenario_overrides){ .set = sets });
	ck_assert_ptr_null(scenario);
	ck_assert_str_eq(g_ptr_array_index(errors, 0), message);
	ck_assert_uint_eq(errors->len, 1);
}

SUITE(.timeout = 60, .before = start, .after = stop);

TEST(one_mm_is_enough_and_all_else_has_defaults)
{
	accept("[mm app]");
	ck_assert_str_eq(scenario->path, "F");
	ck_assert_str_eq(scenario->title, "F");
	ck_assert_uint_eq(scenario->seed, 1);
	ck_assert_uint_eq(scenario->time_ns, 1000000000);
	ck_assert_uint_eq(scenario->cpus_count, 4);
	ck_assert_uint_eq(scenario->nr_cpu_ids, 4);
	ck_assert_uint_eq(scenario->online.count, 4);
	ck_assert_ptr_eq(scenario->revision, revision_current());
	ck_assert_mem_eq(
		&scenario->protocol, &revision_current()->protocol, sizeof(struct protocol));
	ck_assert_uint_eq(scenario->costs.switch_ns, 1000);
	ck_assert_uint_eq(scenario->costs.affinity_ns, 2000);
	ck_assert_uint_eq(scenario->costs.get_round_ns, 100);
	ck_assert_uint_eq(scenario->sched.slice_ns, 3000000);
	ck_assert_int_eq(scenario->sched.placement, PLACE_IDLE);
	ck_assert(scenario->sched.wakeup_preemption && scenario->sched.idle_pull);
	ck_assert_uint_eq(scenario->mms_count, 1);
	ck_assert_uint_eq(scenario->processes_count, 1);
	ck_assert_str_eq(scenario->mms[0].name, "app");
	ck_assert_uint_eq(scenario->mms[0].count, 1);
	ck_assert_uint_eq(scenario->mms[0].line, 1);
	ck_assert_uint_eq(scenario->mms[0].cpus.count, 4);
	ck_assert_ptr_null(scenario->mms[0].cpus.words);
	ck_assert_uint_eq(scenario->mms[0].main.run.a, 0);
	ck_assert_uint_eq(scenario->mms[0].main.loops, SCENARIO_FOREVER);
}

TEST(the_groups_of_the_run_are_read)
{
	accept("[scenario]\ntitle=a b\ntime=5ms\nseed=18446744073709551615\n"
	       "[cost]\nswitch=0ns\nwalk-cpu=1.5us\n"
	       "[sched]\nslice=1us\nplacement=previous\nwakeup-preemption=off\nidle-pull=off\n"
	       "[protocol]\nrevision=6.19\nthrs-policy=none\n[mm app]");
	ck_assert_str_eq(scenario->title, "a b");
	ck_assert_uint_eq(scenario->time_ns, 5000000);
	ck_assert_uint_eq(scenario->seed, UINT64_MAX);
	ck_assert_uint_eq(scenario->costs.switch_ns, 0);
	ck_assert_uint_eq(scenario->costs.walk_cpu_ns, 1500);
	ck_assert_uint_eq(scenario->sched.slice_ns, 1000);
	ck_assert_int_eq(scenario->sched.placement, PLACE_PREVIOUS);
	ck_assert(!scenario->sched.wakeup_preemption && !scenario->sched.idle_pull);
	ck_assert_str_eq(scenario->revision->name, "6.19");
	ck_assert_int_eq(scenario->protocol.thrs_policy, THRS_NONE);
	ck_assert_int_eq(scenario->protocol.walk_users, WALK_USERS_SYSTEM);
}

TEST(cpu_ids_can_be_sparse)
{
	accept("[machine]\ncpus=0-3,8-11\nonline=2-3,8\n[mm app]\ncpus=3,11\n[mm "
	       "b]\ncpus=8-11,0-3");
	ck_assert_uint_eq(scenario->cpus_count, 8);
	ck_assert_uint_eq(scenario->nr_cpu_ids, 12);
	ck_assert_uint_eq(scenario->cpu_ids[3], 3);
	ck_assert_uint_eq(scenario->cpu_ids[4], 8);
	/* By their places among the possible ones. */
	ck_assert_uint_eq(scenario->mms[0].cpus.count, 2);
	ck_assert(cpu_set_has(&scenario->mms[0].cpus, 3));
	ck_assert(cpu_set_has(&scenario->mms[0].cpus, 7));
	ck_assert(!cpu_set_has(&scenario->mms[0].cpus, 4));
	ck_assert_ptr_null(scenario->mms[1].cpus.words);
	ck_assert(cpu_set_has(&scenario->mms[1].cpus, 7));
}

TEST(online_is_checked_against_the_possible_cpus)
{
	accept("[machine]\nonline=0,2-3\ncpus=4\n[mm app]");
	ck_assert_uint_eq(scenario->online.count, 3);
	ck_assert(!cpu_set_has(&scenario->online, 1));
	refuse("[machine]\ncpus=0-3,8-11\nonline=2-8\n[mm app]",
		"F:3: online: CPU 4 is not one of the possible CPUs '0-3,8-11'");
}

TEST(the_largest_machine_is_accepted)
{
	accept("[machine]\ncpus=8192\n[mm app]\ncount=65536");
	ck_assert_uint_eq(scenario->cpus_count, 8192);
	ck_assert_uint_eq(scenario->processes_count, 65536);
	accept("[machine]\ncpus=8191,0\n[mm app]\n[tasks t]\ncount=4194303");
	ck_assert_uint_eq(scenario->nr_cpu_ids, 8192);
	ck_assert_uint_eq(scenario->groups[0].count, 4194303);
}

TEST(more_than_the_limits_is_refused)
{
	refuse("[machine]\ncpus=8193\n[mm app]", "F:2: cpus: more than 8192 CPUs");
	refuse("[machine]\ncpus=0\n[mm app]",
		"F:2: cpus: the set of CPUs is empty, at least 1 is needed");
	refuse("[machine]\ncpus=0-8192\n[mm app]",
		"F:2: cpus: '0-8192' names a CPU that is too large, CPU ids are 0 to 8191");
	refuse("[mm app]\ncount=65537",
		"F:2: count: '65537' is out of range, it must be 0 to 65536");
	refuse("[mm a]\ncount=65536\n[mm b]\n", "F:3: more than 65536 mms with those of this line");
	refuse("[mm app]\n[tasks t]\ncount=4194304\n",
		"F:2: more than 4194304 tasks with those of this line");
	refuse("[mm app]\n[tasks t]\ncount=0\n[at 1ms]\nfork=t*4194303;t\n",
		"F:5: more than 4194304 tasks with those of this line");
	refuse("[mm app]\ncount=2\n[pool p]\npools=1000\nthreads=3000\n",
		"F:3: more than 4194304 tasks with those of this line");
	refuse("[mm app]\ncount=65536\n[at 1ms]\nfork-process=app by app/1\n",
		"F:4: fork-process: more than 65536 mms with those of this line");
}

TEST(tasks_belong_to_an_mm)
{
	accept("[tasks t]\nmm=b\ncount=7\nkind=vfork\ncpus=1-2\nrun=exp(1ms)\nloops=3\n"
	       "[mm a]\ncount=2\n[mm b]\nstart=5ms\nrun=1us\n");
	ck_assert_uint_eq(scenario->groups[0].mm, 1);
	ck_assert_uint_eq(scenario->groups[0].line, 1);
	ck_assert_uint_eq(scenario->groups[0].count, 7);
	ck_assert_int_eq(scenario->groups[0].kind, FORK_VFORK);
	ck_assert(scenario->groups[0].has_cpus);
	ck_assert_uint_eq(scenario->groups[0].cpus.count, 2);
	ck_assert_uint_eq(scenario->groups[0].start_ns, 5000000);
	ck_assert_int_eq(scenario->groups[0].behaviour.run.kind, SAMPLE_EXPONENTIAL);
	ck_assert_uint_eq(scenario->groups[0].behaviour.sleep.a, 1000000);
	ck_assert_uint_eq(scenario->groups[0].behaviour.loops, 3);
	ck_assert_uint_eq(scenario->mms[1].first, 2);
	ck_assert_uint_eq(scenario->mms[1].main.run.a, 1000);
	ck_assert_uint_eq(scenario->mms[1].main.sleep.a, 1000000);
	ck_assert_uint_eq(scenario->mms[1].main.loops, SCENARIO_FOREVER);
}

TEST(ramps_and_pools_are_read)
{
	accept("[mm a]\n[mm b]\n[ramp r]\nmm=a\nto=10\nstep=3\n[pool p]\nmm=b\npools=2\nthreads=3\n"
	       "cycles=forever\n");
	ck_assert_uint_eq(scenario->ramps[0].from, 1);
	ck_assert_uint_eq(scenario->ramps[0].to, 10);
	ck_assert_uint_eq(scenario->ramps[0].step, 3);
	ck_assert_uint_eq(scenario->ramps[0].dwell_ns, 1000000);
	ck_assert_uint_eq(scenario->ramps[0].cycles, 1);
	ck_assert(!scenario->ramps[0].has_cpus);
	ck_assert_uint_eq(scenario->ramps[0].behaviour.loops, SCENARIO_FOREVER);
	ck_assert_uint_eq(scenario->pools[0].mm, 1);
	ck_assert_uint_eq(scenario->pools[0].threads, 3);
	ck_assert_uint_eq(scenario->pools[0].cycles, SCENARIO_FOREVER);
	ck_assert_uint_eq(scenario->pools[0].behaviour.loops, 1);
	ck_assert_uint_eq(scenario->pools[0].behaviour.sleep.a, 0);
}

TEST(a_file_without_mms_is_refused)
{
	refuse("", "F:1: the file is empty, at least [mm NAME] is needed");
	refuse("# only this\n\n", "F:2: the file has no [mm NAME], so there is nothing to run");
}

TEST(unknown_groups_and_keys_name_the_nearest)
{
	refuse("[shed]\nslice=1\n[mm a]",
		"F:1: unknown kind of group 'shed', did you mean 'sched'?");
	refuse("[mm a]\n[foo]\n", "F:2: unknown kind of group 'foo', the kinds are scenario, "
				  "machine, protocol, cost, "
				  "sched, mm, tasks, ramp, pool, at, expect, sweep, "
				  "explore, steps");
	refuse("[mm a]\ncuont=1\n",
		"F:2: unknown key 'cuont' in group 'mm a', did you mean 'count'?");
	refuse("[mm a]\n[machine]\nbogomips=1\n",
		"F:3: unknown key 'bogomips' in group 'machine', the keys are cpus, online");
	refuse("[mm a]\n[at 1ms]\nfrok=a\n",
		"F:3: unknown key 'frok' in group 'at 1ms', did you mean 'fork'?");
	refuse("[mm a]\n[expect a]\nuser=1\n",
		"F:3: unknown key 'user' in group 'expect a', did you mean 'users'?");
	refuse("[mm a]\n[protocol]\nthrs-caps=none\n",
		"F:3: unknown key 'thrs-caps' in group 'protocol', did you mean 'thrs-cap'?");
}

TEST(groups_have_the_words_they_need)
{
	refuse("[mm]\n[mm a]", "F:1: the group is not written like [mm NAME]");
	refuse("[mm a b]\n[mm c]", "F:1: the group is not written like [mm NAME]");
	refuse("[machine x]\n[mm a]", "F:1: the group is not written like [machine]");
	refuse("[mm a]\n[expect a at]", "F:2: the group is not written like [expect MM at TIME]");
	refuse("[mm a]\n[expect a in 1s]",
		"F:2: the group is not written like [expect MM at TIME]");
}

TEST(values_out_of_range_are_refused)
{
	refuse("[mm a]\n[sched]\nslice=999ns\n",
		"F:3: slice: '999ns' is out of range, it must be 1us to 4398.046511103s");
	refuse("[mm a]\n[scenario]\ntime=0ns\n",
		"F:3: time: '0ns' is out of range, it must be 1ns to 4398.046511103s");
	refuse("[mm a]\n[scenario]\ntime=4398046511104ns\n",
		"F:3: time: '4398046511104ns' is out of range, it must be 1ns to 4398.046511103s");
	refuse("[mm a]\n[cost]\nfork=1.1s\n",
		"F:3: fork: '1.1s' is out of range, it must be 0ns to 1s");
	refuse("[mm a]\n[scenario]\nseed=18446744073709551616\n",
		"F:3: seed: '18446744073709551616' is too large a number, it must be below 2^64");
	refuse("[mm a]\nrun=0ns\n", "F:2: run: '0ns' is too short, at least 1ns");
	refuse("[mm a]\nloops=0\n",
		"F:2: loops: '0' is out of range, it must be at least 1, or forever");
	refuse("[mm a]\nloops=often\n",
		"F:2: loops: 'often' is not a number of times, write one like 3, or forever");
	refuse("[mm a]\n[sched]\nplacement=idel\n",
		"F:3: placement: 'idel' is not known, write idle or previous");
	refuse("[mm a]\n[sched]\nidle-pull=yes\n",
		"F:3: idle-pull: 'yes' is not known, write off or on");
	refuse("[mm a]\nrun=exp(5000s)\n",
		"F:2: run: '5000s' is too long, at most 4398.046511103s");
}

TEST(a_title_is_short)
{
	char *title = g_strnfill(201, 'x');
	char *text = g_strdup_printf("[mm a]\n[scenario]\ntitle=%s\n", title);

	refuse(text, "F:3: title: the text is longer than 200 bytes");
	g_free(text);
	g_free(title);
}

TEST(a_comment_after_a_value_is_explained)
{
	refuse("[mm a]\ncount=4 # four\n",
		"F:2: count: '4 # four' is not a whole number, write one "
		"like 4; a comment needs a line of its own");
}

TEST(unknown_revisions_and_flag_values_are_refused)
{
	refuse("[mm a]\n[protocol]\nrevision=6.91\n",
		"F:3: revision: unknown revision '6.91', did you mean '6.19'?");
	refuse("[mm a]\n[protocol]\nrevision=mainline\n",
		"F:3: revision: unknown revision 'mainline', `cidsim revisions` lists them");
	refuse("[mm a]\n[protocol]\nthrs-policy=sometimes\n",
		"F:3: thrs-policy: 'sometimes' does not fit, it must be recorded|recomputed|none");
}

TEST(names_are_unique_and_well_formed)
{
	char *name = g_strnfill(64, 'x');
	char *text = g_strdup_printf("[mm %s]\n", name);
	char *message = g_strdup_printf("F:1: '%.48s...' is not a name: a letter, then letters, "
					"digits, '_', '.' or '-', at most 63 in all",
		name);

	refuse(text, message);
	refuse("[mm 1a]\n", "F:1: '1a' is not a name: a letter, then letters, digits, '_', '.' or "
			    "'-', at most 63 in all");
	refuse("[mm a]\n[tasks a]\n",
		"F:2: the name 'a' is taken by [mm a] in line 1, choose another");
	accept("[mm a.b_c-D9]\n");
	g_free(message);
	g_free(text);
	g_free(name);
}

TEST(the_mm_of_a_group_must_be_known)
{
	refuse("[mm app]\n[tasks t]\nmm=ap\n", "F:3: mm: unknown mm 'ap', did you mean 'app'?");
	refuse("[mm app]\n[tasks t]\nmm=t\n", "F:3: mm: 't' is a [tasks], not a known mm");
	refuse("[mm a]\n[mm b]\n[tasks t]\n",
		"F:3: the key 'mm' is missing, it can be left out only if there is one [mm]");
	refuse("[mm a]\ncount=0\n[tasks t]\n",
		"F:3: [mm a] has count = 0, so no task starts these tasks, give them count = 0 too");
	accept("[mm a]\ncount=0\n[tasks t]\ncount=0\n");
}

TEST(an_mm_has_one_driver)
{
	refuse("[mm a]\n[ramp r]\nto=2\n[ramp s]\nto=2\n",
		"F:4: 'a' has a ramp or pool already, in line 2: one is all that its first task "
		"can "
		"do");
	refuse("[mm a]\n[ramp r]\nto=2\n[pool s]\npools=1\nthreads=1\n",
		"F:4: 'a' has a ramp or pool already, in line 2: one is all that its first task "
		"can "
		"do");
	refuse("[mm a]\nloops=3\n[ramp r]\nto=2\n", "F:3: [mm a] in line 1 has run, sleep or "
						    "loops: its first task cannot do them and a "
						    "ramp");
	refuse("[mm a]\ncount=0\n[ramp r]\nto=2\n",
		"F:3: [mm a] has count = 0, so no task starts it");
}

TEST(ramps_and_pools_need_their_sizes)
{
	refuse("[mm a]\n[ramp r]\n", "F:2: the key 'to' is missing");
	refuse("[mm a]\n[pool r]\npools=1\n", "F:2: the key 'threads' is missing");
	refuse("[mm a]\n[pool r]\nthreads=1\n", "F:2: the key 'pools' is missing");
	refuse("[mm a]\n[ramp r]\nto=5\nfrom=5\n",
		"F:2: the ramp does not go up: to = 5 must be above from = 5");
	refuse("[mm a]\n[ramp r]\nto=5\nstep=0\n",
		"F:4: step: '0' is out of range, it must be 1 to 4194304");
	refuse("[mm a]\n[ramp r]\nto=5\nloops=1\n",
		"F:4: unknown key 'loops' in group 'ramp r', the keys are run, sleep, mm, start, "
		"cpus, to, from, step, dwell, cycles");
}

TEST(starts_are_in_the_run_and_after_the_mm)
{
	refuse("[mm a]\nstart=2s\n",
		"F:2: start: 2s is after the end of the run, [scenario] has time = 1s");
	refuse("[mm a]\nstart=2ms\n[tasks t]\nstart=1ms\n",
		"F:4: start: its mm starts only at 2ms");
	refuse("[mm a]\n[ramp r]\nto=2\nstart=2s\n",
		"F:4: start: 2s is after the end of the run, [scenario] has time = 1s");
}

TEST(a_bad_time_does_not_make_others_bad)
{
	refuse("[scenario]\ntime=10\n[mm a]\nstart=2s\n",
		"F:2: time: '10' has no unit, write ns, us, ms or s right after the number");
}

TEST(cpus_must_be_possible)
{
	refuse("[mm a]\ncpus=0-4\n", "F:2: cpus: CPU 4 is not one of the possible CPUs '0-3'");
	refuse("[mm a]\n[tasks t]\ncpus=\n", "F:3: key 'cpus' has no value");
	refuse("[mm a]\n[at 1ms]\naffinity=a : 9\n",
		"F:3: affinity: CPU 9 is not one of the possible CPUs '0-3'");
	refuse("[mm a]\n[at 1ms]\naffinity=a :\n",
		"F:3: affinity: the set of CPUs is empty, name at least one, like 0-3");
	/* With unknown possible CPUs only the form can be checked. */
	refuse("[machine]\ncpus=x\n[mm a]\ncpus=0-99\n",
		"F:2: cpus: 'x' is not a whole number, write one like 4");
}

TEST(the_first_cpus_are_the_possible_ones_with_the_lowest_ids)
{
	accept("[machine]\ncpus=1-2,8-11\nonline=first 5\n[mm app]\ncpus=first 3\n"
	       "[mm all]\ncpus=first\t 6\n[tasks t]\nmm=app\ncpus=first 1\n"
	       "[ramp r]\nmm=all\nto=2\ncpus=first 2\n"
	       "[at 1ms]\naffinity=app:first 4\ncpu-off=first 1;8\ncpu-on=first 3\n");
	ck_assert_uint_eq(scenario->online.count, 5);
	ck_assert(!cpu_set_has(&scenario->online, 5));
	ck_assert_uint_eq(scenario->mms[0].cpus.count, 3);
	/* CPU 8 is the third that is possible. */
	ck_assert(cpu_set_has(&scenario->mms[0].cpus, 2));
	ck_assert(!cpu_set_has(&scenario->mms[0].cpus, 3));
	ck_assert_ptr_null(scenario->mms[1].cpus.words);
	ck_assert_uint_eq(scenario->groups[0].cpus.count, 1);
	ck_assert_uint_eq(scenario->ramps[0].cpus.count, 2);
	ck_assert_uint_eq(scenario->actions_count, 4);
	ck_assert_uint_eq(scenario->actions[0].cpus.count, 4);
	ck_assert_uint_eq(scenario->actions[3].cpus.count, 3);
}

TEST(bad_numbers_of_first_cpus_are_refused)
{
	refuse("[mm a]\ncpus=first 5\n",
		"F:2: cpus: 'first 5' is too many, at most 4 CPUs are possible");
	refuse("[mm a]\ncpus=first 0\n",
		"F:2: cpus: 'first 0' names no CPU, at least first 1 is needed");
	refuse("[mm a]\ncpus=first\n", "F:2: cpus: 'first' is not written like first 4");
	refuse("[mm a]\ncpus=first 1,3\n", "F:2: cpus: 'first 1,3' is not written like first 4");
	refuse("[mm a]\ncpus=first -1\n", "F:2: cpus: 'first -1' is not written like first 4");
	refuse("[mm a]\ncpus=first 18446744073709551617\n",
		"F:2: cpus: 'first 18446744073709551617' is not written like first 4");
	refuse("[mm a]\ncpus=first4\n",
		"F:2: cpus: 'first4' is not a list of CPUs, write one like 0-3,8");
	/* It is of the possible CPUs, so it cannot say which these are. */
	refuse("[machine]\ncpus=first 4\n[mm a]\n",
		"F:2: cpus: 'first 4' is not a whole number, write one like 4");
	refuse("[machine]\ncpus=x\n[mm a]\ncpus=first 8192\n",
		"F:2: cpus: 'x' is not a whole number, write one like 4");
}

TEST(possible_cpus_can_be_in_groups)
{
	accept("[machine]\ncpus=0-14:1/2\n[mm a]\ncpus=0-14:1/8,2-14:1/12\n");
	ck_assert_uint_eq(scenario->cpus_count, 8);
	ck_assert_uint_eq(scenario->nr_cpu_ids, 15);
	ck_assert_uint_eq(scenario->mms[0].cpus.count, 4);
	ck_assert(cpu_set_has(&scenario->mms[0].cpus, 7));
	refuse("[machine]\ncpus=0-14:1/2\n[mm a]\ncpus=0-14:2/8\n",
		"F:4: cpus: CPU 1 is not one of the possible CPUs '0,2,4,6,8,10,12,14'");
	refuse("[machine]\ncpus=5:1/2\n[mm a]\n",
		"F:2: cpus: '5:1/2' has groups without a range, write them like 0-7:1/2");
}

TEST(masks_need_an_online_cpu_when_they_are_set)
{
	refuse("[machine]\nonline=0\n[mm a]\ncpus=1-3\n",
		"F:3: none of its CPUs is online when it starts");
	accept("[machine]\nonline=0\n[mm a]\ncpus=1-3\nstart=2ms\n[at 1ms]\ncpu-on=1\n");
	refuse("[mm a]\ncpus=1-3\nstart=2ms\n[at 1ms]\ncpu-off=1-3\n",
		"F:1: none of its CPUs is online when it starts");
	refuse("[mm a]\n[at 1ms]\ncpu-off=2\n[at 2ms]\naffinity=a : 2\n",
		"F:5: affinity: none of these CPUs is online at that time");
	accept("[mm a]\n[at 2ms]\naffinity=a : 2\n[at 1ms]\ncpu-off=2\ncpu-on=2\n");
	refuse("[mm a]\n[at 1ms]\ncpu-off=0-2;3\n", "F:3: cpu-off: no CPU would be left online");
}

TEST(actions_are_sorted_by_time_and_place)
{
	const struct scenario_action *action;

	accept("[mm app]\n[tasks w]\ncount=3\n[at 2ms]\nexit=w/1; w/0\nyield=w\n"
	       "[at 1500us]\nsleep=app 5ms;app\naffinity= w/2 : 0,2\n[at 3ms]\ncpu-off=1;2-3\n");
	ck_assert_uint_eq(scenario->actions_count, 8);
	action = scenario->actions;
	ck_assert_uint_eq(action[0].time_ns, 1500000);
	ck_assert_int_eq(action[0].verb, ACT_SLEEP);
	ck_assert_int_eq(action[0].who.kind, REF_MM_MAIN);
	ck_assert_int_eq(action[0].who.number, 0);
	ck_assert_uint_eq(action[0].sleep_ns, 5000000);
	ck_assert_uint_eq(action[1].sleep_ns, SCENARIO_FOREVER);
	ck_assert_int_eq(action[2].verb, ACT_AFFINITY);
	ck_assert_int_eq(action[2].who.number, 2);
	ck_assert_uint_eq(action[2].cpus.count, 2);
	ck_assert_int_eq(action[3].verb, ACT_EXIT);
	ck_assert_int_eq(action[3].who.number, 1);
	ck_assert_uint_eq(action[3].line, 5);
	ck_assert_int_eq(action[4].who.number, 0);
	ck_assert_int_eq(action[5].verb, ACT_YIELD);
	ck_assert_int_eq(action[5].who.kind, REF_GROUP);
	ck_assert_int_eq(action[5].who.number, -1);
	ck_assert_int_eq(action[7].verb, ACT_CPU_OFF);
	ck_assert_uint_eq(action[7].cpus.count, 2);
}

TEST(forks_name_what_and_by_whom)
{
	const struct scenario_action *action;

	accept("[mm app]\n[mm web]\ncount=2\n[tasks w]\nmm=app\ncount=0\n[tasks v]\nmm=web\n"
	       "[at 1ms]\nfork=w*3;w by w/2\nclone-vm=v*2 by web/1\nfork-process=app by v/0\n"
	       "[at 2ms]\nvfork=v by v/3\nexit=w/3;v/4;app/1\n");
	action = scenario->actions;
	ck_assert_int_eq(action[0].verb, ACT_FORK);
	ck_assert_uint_eq(action[0].target, 0);
	ck_assert_uint_eq(action[0].count, 3);
	ck_assert_int_eq(action[0].who.kind, REF_NONE);
	ck_assert_int_eq(action[1].who.kind, REF_GROUP);
	ck_assert_int_eq(action[1].who.number, 2);
	ck_assert_uint_eq(action[1].count, 1);
	ck_assert_int_eq(action[2].verb, ACT_CLONE_VM);
	ck_assert_uint_eq(action[2].target, 1);
	ck_assert_int_eq(action[2].who.kind, REF_MM_MAIN);
	ck_assert_int_eq(action[2].who.number, 1);
	ck_assert_int_eq(action[3].verb, ACT_FORK_PROCESS);
	ck_assert_uint_eq(action[3].target, 0);
	ck_assert_int_eq(action[4].verb, ACT_VFORK);
	ck_assert_uint_eq(scenario->actions_count, 8);
}

TEST(bad_forks_are_refused)
{
	refuse_after_tasks(
		"[at 5ms]\nfork=app\n", "F:6: fork: 'app' is a [mm], not a known group of tasks");
	refuse_after_tasks("[at 5ms]\nfork=wroker\n",
		"F:6: fork: unknown group of tasks 'wroker', did you mean 'worker'?");
	refuse_after_tasks("[at 5ms]\nfork=worker*0\n",
		"F:6: fork: '*0' is out of range, it must be *1 to *4194304");
	refuse_after_tasks("[at 5ms]\nfork=worker*x\n",
		"F:6: fork: 'x' is not a whole number, write one like 4");
	refuse_after_tasks("[at 5ms]\nfork=worker from app\n",
		"F:6: fork: 'worker from app' is not written like GROUP, GROUP*3 or GROUP by TASK");
	refuse_after_tasks("[at 5ms]\nfork=worker by worker\n",
		"F:6: fork: 'worker' stands for 2 tasks, write which one forks, like 'worker/0'");
	refuse_after_tasks("[at 5ms]\nfork-process=app\n",
		"F:6: fork-process: 'app' is not written like MM by TASK");
	refuse_after_tasks("[at 5ms]\nfork-process=worker by app\n",
		"F:6: fork-process: 'worker' is a [tasks], not a known mm");
	refuse_after_tasks("[at 5ms]\nfailed-fork=worker\n",
		"F:6: failed-fork: 'worker' stands for 2 tasks, write which one forks, like "
		"'worker/0'");
	refuse_after_tasks(
		"[at 5ms]\nexit=app\nfork=worker\n", "F:7: fork: 'app' exits at 5ms, by line 6");
	refuse_after_tasks("[mm b]\n[at 5ms]\nfork=worker by b\n",
		"F:2: the key 'mm' is missing, it "
		"can be left out only if there "
		"is one [mm]");
	refuse("[mm a]\n[mm b]\n[tasks t]\nmm=a\n[at 1ms]\nfork=t by b\n",
		"F:6: fork: 't' is a group of mm 'a', a task of mm 'b' cannot fork it");
	refuse("[mm a]\ncount=3\n[tasks t]\n[at 1ms]\nfork=t\n",
		"F:5: fork: 'a' has 3 processes, write who forks, like 'by a/0'");
	refuse("[mm a]\n[ramp r]\nto=2\n[tasks t]\ncount=0\n[at 1ms]\nfork=t by r\n",
		"F:7: fork: 'r' stands for many tasks, only one can fork");
}

TEST(actions_on_tasks_that_cannot_exist_are_refused)
{
	refuse_after_tasks("[at 5ms]\nexit=wroker\n",
		"F:6: exit: unknown task 'wroker', did you mean 'worker'?");
	refuse_after_tasks("[at 5ms]\nexit=worker/2\n",
		"F:6: exit: 'worker/2' does not exist at 5ms, the last of 'worker' is then "
		"'worker/1'");
	refuse_after_tasks("[at 5ms]\nexit=worker/99999999999\n",
		"F:6: exit: 'worker/99999999999' does not exist at 5ms, the last of 'worker' is "
		"then "
		"'worker/1'");
	refuse_after_tasks("[at 5ms]\nexit=worker/\n",
		"F:6: exit: '' is not a whole number, write one like 4");
	refuse_after_tasks("[at 1ms]\nexit=worker/0\n",
		"F:6: exit: 'worker/0' does not exist at 1ms, it starts at 2ms");
	refuse_after_tasks("[at 1ms]\nwake=worker\n",
		"F:6: wake: 'worker' does not exist at 1ms, it starts at 2ms");
	refuse_after_tasks("[at 5ms]\nexit=worker/0\n[at 6ms]\nyield=worker/0\n",
		"F:8: yield: 'worker/0' exits at 5ms, by line 6");
	refuse_after_tasks("[at 5ms]\nexit=worker\n[at 6ms]\nyield=worker/1\n",
		"F:8: yield: 'worker/1' exits at 5ms, by line 6");
	refuse_after_tasks("[at 5ms]\nexit=worker\nexit=worker\n",
		"F:7: key 'exit' twice in the same group, the first is in line 6");
	refuse_after_tasks(
		"[at 5ms]\nexit=worker; worker\n", "F:6: exit: 'worker' exits at 5ms, by line 6");
	refuse_after_tasks("[at 6ms]\nfork=worker\n[at 5ms]\nexit=worker/2\n",
		"F:8: exit: 'worker/2' does not exist at 5ms, the last of 'worker' is then "
		"'worker/1'");
	accept("[mm a]\n[tasks t]\n[at 1ms]\nexit=t\n[at 2ms]\nfork=t\n[at 3ms]\nexit=t/1\n");
	refuse("[mm a]\n[tasks t]\ncount=0\n[at 1ms]\nexit=t\n",
		"F:5: exit: 't' has no members at 1ms, it needs a count or a fork");
	refuse("[mm a]\n[tasks t]\ncount=0\n[at 1ms]\nexit=t/0\n",
		"F:5: exit: 't/0' does not exist at 1ms, 't' has no members then");
	refuse("[mm a]\nstart=5ms\n[at 1ms]\nexit=a\n",
		"F:4: exit: 'a' does not exist at 1ms, it starts at 5ms");
	refuse("[mm a]\n[at 1ms]\nexit=a/1\n",
		"F:3: exit: 'a/1' does not exist at 1ms, the last of 'a' is then 'a/0'");
	refuse("[mm a]\n[ramp r]\nto=2\n[at 1ms]\nyield=r/0\n",
		"F:5: yield: the tasks of 'r' have no numbers, write 'r' for all");
	refuse("[mm a]\n[ramp r]\nto=2\n[at 1ms]\nexit=r\n",
		"F:5: exit: 'r' decides itself when its tasks leave, so they cannot exit");
}

TEST(bad_actions_are_refused)
{
	refuse("[mm a]\n[at 5]\n",
		"F:2: '5' has no unit, write ns, us, ms or s right after the number");
	refuse("[mm a]\n[at 2s]\n",
		"F:2: 2s is after the end of the run, [scenario] has time = 1s");
	refuse("[mm a]\n[at 1ms]\nyield=a;;a\n", "F:3: yield: an item between two ';' is empty");
	refuse("[mm a]\n[at 1ms]\naffinity=a\n",
		"F:3: affinity: 'a' is not written like TASK : 0-3");
	refuse("[mm a]\n[at 1ms]\nsleep=a 5\n",
		"F:3: sleep: '5' has no unit, write ns, us, ms or s right after the number");
	refuse("[mm a]\n[at 1ms]\nsleep=a 5000s\n",
		"F:3: sleep: '5000s' is too long, leave it out for ever");
	refuse("[mm a]\n[at 1ms]\ncpu-off=\n", "F:3: key 'cpu-off' has no value");
	accept("[mm a]\n[at 1ms]\nyield=a;\n");
	ck_assert_uint_eq(scenario->actions_count, 1);
}

TEST(two_groups_for_one_instant_are_refused)
{
	refuse("[mm a]\n[at 10ms]\nyield=a\n[at 10000us]\nyield=a\n",
		"F:4: two groups [at] for the same time, the first is in line 2");
	refuse("[mm a]\n[at 10ms]\nyield=a\n[at 10ms]\nyield=a\n",
		"F:4: group 'at 10ms' twice, the first is in line 2");
}

TEST(more_than_a_quarter_million_actions_are_refused)
{
	GString *text = g_string_new("[mm a]\n[at 1ms]\nyield=a");

	for (int i = 0; i < 262144; i++)
		g_string_append(text, ";a");
	refuse(text->str, "F:3: more than 262144 actions");
	g_string_free(text, TRUE);
}

TEST(expectations_are_read)
{
	const struct scenario_expect *e;

	accept("[mm a]\n[mm b]\ncount=4\n[expect]\nviolations=0\n[expect b]\nusers-max= >= 2; <8\n"
	       "window-max=<=1.5ms\nfast-path=>97%\nmode=per-cpu\n[expect b/3 at 5ms]\nusers==4\n");
	e = scenario->expects;
	ck_assert_uint_eq(scenario->expects_count, 7);
	ck_assert_int_eq(e[0].metric, METRIC_VIOLATIONS);
	ck_assert_int_eq(e[0].mm, -1);
	ck_assert(e[0].at_end);
	ck_assert_str_eq(e[0].text, "violations = 0");
	ck_assert_int_eq(e[1].mm, 1);
	ck_assert_int_eq(e[1].process, -1);
	ck_assert_int_eq(e[1].relation, REL_GE);
	ck_assert_uint_eq(e[1].value, 2);
	ck_assert_uint_eq(e[1].line, 7);
	ck_assert_str_eq(e[1].text, "users-max >= 2");
	ck_assert_int_eq(e[2].relation, REL_LT);
	ck_assert_int_eq(e[3].metric, METRIC_WINDOW_MAX_NS);
	ck_assert_uint_eq(e[3].value, 1500000);
	ck_assert_int_eq(e[4].relation, REL_GT);
	ck_assert_uint_eq(e[4].value, 97);
	ck_assert_int_eq(e[5].metric, METRIC_MODE);
	ck_assert_uint_eq(e[5].value, 1);
	ck_assert_int_eq(e[6].process, 3);
	ck_assert(!e[6].at_end);
	ck_assert_uint_eq(e[6].time_ns, 5000000);
	ck_assert_int_eq(e[6].relation, REL_EQ);
}

TEST(bad_expectations_are_refused)
{
	refuse("[mm app]\n[expect ap]\n", "F:2: unknown mm 'ap', did you mean 'app'?");
	refuse("[mm a]\n[expect a/1]\n", "F:2: 'a/1' does not exist, the last is 'a/0'");
	refuse("[mm a]\ncount=0\n[expect a]\n", "F:3: [mm a] never has a process");
	refuse("[mm a]\n[expect a at 2s]\n",
		"F:2: 2s is after the end of the run, [scenario] has time = 1s");
	refuse("[mm a]\nstart=5ms\n[expect a at 1ms]\n",
		"F:3: 'a' does not exist at 1ms, it starts at 5ms");
	refuse("[mm a]\n[expect]\nusers=1\n",
		"F:3: 'users' belongs in a group [expect MM] or [expect MM at TIME]");
	refuse("[mm a]\n[expect a]\nviolations=0\n",
		"F:3: 'violations' belongs in a group [expect]");
	refuse("[mm a]\n[expect a at 1ms]\nspins=0\n",
		"F:3: 'spins' belongs in a group [expect MM]");
	refuse("[mm a]\n[expect a]\nusers=many\n",
		"F:3: users: 'many' is not a whole number, write one like 4");
	refuse("[mm a]\n[expect a]\nusers=> 1;\nusers-max=;\n",
		"F:4: users-max: '' is not a whole number, write one like 4");
	refuse("[mm a]\n[expect a]\nusers <= 1\n", "F:3: 'users <' is not a metric, the comparison "
						   "comes after the '=', like users = <= "
						   "4");
	refuse("[mm a]\n[expect a]\nmode=1\n",
		"F:3: mode: '1' is not a mode, write per-task or per-cpu");
	refuse("[mm a]\n[expect a]\nmode=<per-cpu\n",
		"F:3: mode: a mode has no order, compare it with == or !=");
	refuse("[mm a]\n[expect a]\nfast-path=97\n",
		"F:3: fast-path: '97' is not a share, write one like 10%");
	refuse("[mm a]\n[expect a]\nfast-path=97.5%\n",
		"F:3: fast-path: '97.5%' has decimals, write whole per cents");
	refuse("[mm a]\n[expect a]\nwindow-max=5\n",
		"F:3: window-max: '5' has no unit, write ns, us, ms or s right after the number");
}

TEST(axes_are_kept_as_text)
{
	accept("[mm app]\n[sweep]\ncpus=4, 8\nmm app.cpus=0-1;0-3\nprotocol.thrs-cap=none\n");
	ck_assert_uint_eq(scenario->axes_count, 3);
	ck_assert_str_eq(scenario->axes[1].key, "mm app.cpus");
	ck_assert_str_eq(scenario->axes[1].values, "0-1;0-3");
	ck_assert_uint_eq(scenario->axes[2].line, 5);
}

TEST(axes_are_known_keys)
{
	accept("[mm app]\n[sweep]\nallowed=1-4\nthreads=1\nrevisions=all\nseeds=3\n");
	refuse("[mm a]\n[sweep]\nseed=4\n",
		"F:3: sweep: seed: unknown axis, did you mean 'seeds'?");
	refuse("[mm a]\n[sweep]\ncores=4\n", "F:3: sweep: cores: unknown axis, write cpus, "
					     "allowed, threads, revisions, seeds or "
					     "group.key");
	refuse("[mm a]\n[sweep]\nmm a.cuont=4\n", "F:3: sweep: mm a.cuont: unknown key 'cuont' in "
						  "group 'mm a', did you mean 'count'?");
	refuse("[mm app]\n[sweep]\nmm ap.count=4\n",
		"F:3: sweep: mm ap.count: the file has no group 'mm ap', did you mean 'mm app'?");
	refuse("[mm a]\n[sweep]\ntasks a.count=4\n",
		"F:3: sweep: tasks a.count: the file has no group 'tasks a'");
	refuse("[mm a]\n[sweep]\nmachin.cpus=4\n",
		"F:3: sweep: machin.cpus: unknown kind of group 'machin', did you mean 'machine'?");
	refuse("[mm a]\n[sweep]\nat 1ms.exit=a\n",
		"F:3: sweep: at 1ms.exit: no axis can set the keys of [at]");
	refuse_set("sweep.cpsu=4", "--set sweep.cpsu: unknown axis, did you mean 'cpus'?");
}

TEST(the_form_of_axes_is_checked)
{
	refuse("[mm a]\n[sweep]\ncpus=4,,8\n", "F:3: sweep: cpus: an item of the list is empty");
	refuse("[mm a]\n[sweep]\ncpus=64-1\n", "F:3: sweep: cpus: '64-1' is reversed, write 1-64");
	refuse("[mm a]\n[sweep]\nallowed=1-4+0\n",
		"F:3: sweep: allowed: '1-4+0' has a step of 0, at least 1 is needed");
	refuse("[mm a]\n[sweep]\nsched.slice=1ms-9us\n",
		"F:3: sweep: sched.slice: '1ms-9us' has different units, write the same one after "
		"each number");
	refuse_set("sweep.cpus=1-8*1",
		"--set sweep.cpus: '1-8*1' has a factor below 2, at least 2 is needed");
	/* A set of CPUs that runs backwards is a value, which only a sweep tries. */
	accept("[mm a]\n[sweep]\nmm a.cpus=3-0;0\n");
}

TEST(more_than_16_axes_are_refused)
{
	GString *text = g_string_new("[mm a]\n[sweep]\n");

	g_string_append(text, "cpus=4\nallowed=1\nthreads=1\nrevisions=all\nseeds=1\n"
			      "cost.fork=0ns\ncost.exit=0ns\ncost.exec=0ns\ncost.switch=0ns\n"
			      "cost.wakeup=0ns\ncost.complete=0ns\ncost.affinity=0ns\n"
			      "cost.decision=0ns\nsched.slice=1ms\nsched.idle-pull=on\n"
			      "sched.placement=idle\n");
	accept(text->str);
	ck_assert_uint_eq(scenario->axes_count, 16);
	g_string_append(text, "scenario.time=1s\nx=1\n");
	refuse(text->str, "F:19: sweep: more than 16 axes");
	g_string_free(text, TRUE);
}

TEST(overrides_replace_and_add)
{
	const char *const sets[] = { "machine.cpus = 8", "mm app.1.cpus=0-5",
		"at 1.5ms.yield=app.1", "expect.violations=<= 3", "sweep.sched.slice=1ms", NULL };
	const struct scenario_overrides overrides = { .set = sets, .revision = "v2", .seed = "7" };

	parse_with("[machine]\ncpus=4\n[mm app.1]\n", &overrides);
	ck_assert_ptr_nonnull(scenario);
	ck_assert_uint_eq(scenario->cpus_count, 8);
	ck_assert_uint_eq(scenario->mms[0].cpus.count, 6);
	ck_assert_uint_eq(scenario->actions_count, 1);
	ck_assert_uint_eq(scenario->actions[0].time_ns, 1500000);
	ck_assert_uint_eq(scenario->expects[0].value, 3);
	ck_assert_str_eq(scenario->axes[0].key, "sched.slice");
	ck_assert_str_eq(scenario->revision->name, "v2");
	ck_assert_uint_eq(scenario->seed, 7);
}

TEST(bad_overrides_name_the_option)
{
	refuse_set("machine.cpus=0", "--set machine.cpus: the set of CPUs is empty, at least 1 is "
				     "needed");
	refuse_set("machine.cpsu=1",
		"--set machine.cpsu: unknown key 'cpsu' in group 'machine', did you mean 'cpus'?");
	refuse_set("machin.cpus=1",
		"--set machin.cpus: unknown kind of group 'machin', did you mean "
		"'machine'?");
	refuse_set("mm ap.count=1", "--set mm ap.count: the file has no group [mm ap]");
	refuse_set("cpus=1", "--set: 'cpus=1' is not written like group.key=value");
	refuse_set("machine.cpus", "--set: 'machine.cpus' is not written like group.key=value");
	refuse_set(".cpus=1", "--set .cpus: is not written like group.key=value");
	refuse_set("machine.cpus=", "--set machine.cpus: has no value");
	refuse_set("machine.cpus=\xff",
		"--set: 'machine.cpus=\\xff' is not UTF-8 text without control characters");
	refuse_set("machine.cpus=1\n", "--set: 'machine.cpus=1\\x0a' is not UTF-8 text without "
				       "control characters");
	refuse_set("", "--set: '' is not written like group.key=value");
	refuse_set("at 5ms.exit=app/1",
		"--set at 5ms.exit: 'app/1' does not exist at 5ms, the last of 'app' is then "
		"'app/0'");
}

TEST(options_are_checked_like_the_file)
{
	const char *const twice[] = { "scenario.seed=1", "scenario.seed=2", NULL };

	parse_with("[mm a]\n", &(struct scenario_overrides){ .revision = "8.0", .seed = "-1" });
	ck_assert_uint_eq(errors->len, 2);
	ck_assert_str_eq(errors->pdata[0], "--seed: '-1' is negative, a number from 0 is needed");
	ck_assert_str_eq(
		errors->pdata[1], "--revision: unknown revision '8.0', did you mean '7.0'?");
	parse_with("[mm a]\n", &(struct scenario_overrides){ .set = twice });
	ck_assert_str_eq(errors->pdata[0], "--set scenario.seed: is set twice");
	parse_with("[mm a]\n", &(struct scenario_overrides){ .seed = "" });
	ck_assert_str_eq(errors->pdata[0], "--seed: has no value");
	parse_with("[mm a]\n", &(struct scenario_overrides){ .seed = "\x01" });
	ck_assert_str_eq(errors->pdata[0], "--seed: is not UTF-8 text without control characters");
}

TEST(the_digest_is_of_the_file_and_the_overrides)
{
	const char *const set[] = { "machine.cpus=8", NULL };
	uint64_t plain;

	accept("[mm a]");
	plain = scenario->digest;
	/* FNV-1a, 64 bits, as computed elsewhere. */
	ck_assert_uint_eq(plain, UINT64_C(0x16e80f42cdcac192));
	parse_with("[mm a]", &(struct scenario_overrides){ .set = set });
	ck_assert_uint_eq(scenario->digest, UINT64_C(0x1bae8b229088b6c9));
	accept("[mm a]\n");
	ck_assert_uint_ne(scenario->digest, plain);
	parse_with("[mm a]", &(struct scenario_overrides){ .seed = "5" });
	ck_assert_uint_eq(scenario->digest, plain);
}

TEST(all_faults_are_told_in_the_order_of_lines)
{
	parse("[expect a]\nusers=x\n[at 1ms]\nexit=b\n[sched]\nslice=1\n[mm a]\ncount=-1\n[mm "
	      "a]\n");
	ck_assert_uint_eq(errors->len, 5);
	ck_assert(g_str_has_prefix(errors->pdata[0], "F:2: users: "));
	ck_assert(g_str_has_prefix(errors->pdata[1], "F:4: exit: "));
	ck_assert(g_str_has_prefix(errors->pdata[2], "F:6: slice: "));
	ck_assert(g_str_has_prefix(errors->pdata[3], "F:8: count: "));
	ck_assert(g_str_has_prefix(errors->pdata[4], "F:9: group "));
}

TEST(after_20_faults_there_are_too_many)
{
	GString *text = g_string_new("[mm a]\n");

	for (int i = 0; i < 30; i++)
		g_string_append_printf(text, "key%d=1\n", i);
	parse(text->str);
	ck_assert_uint_eq(errors->len, 21);
	ck_assert(g_str_has_prefix(errors->pdata[19], "F:21: "));
	ck_assert_str_eq(errors->pdata[20], "F: too many errors");
	g_string_free(text, TRUE);
}

TEST(verbs_and_metrics_have_names)
{
	ck_assert_str_eq(scenario_verb_to_string(ACT_FORK), "fork");
	ck_assert_str_eq(scenario_verb_to_string(ACT_CPU_ON), "cpu-on");
	ck_assert_str_eq(scenario_metric_to_string(METRIC_VIOLATIONS), "violations");
	ck_assert_str_eq(scenario_metric_to_string(METRIC_ALLOWED), "allowed");
}

TEST(a_file_that_cannot_be_read_is_the_systems_fault)
{
	bool environment = false;

	ck_assert_ptr_null(scenario_load("/nonexistent/a.scn", NULL, errors, &environment));
	ck_assert(environment);
	ck_assert_str_eq(
		errors->pdata[0], "/nonexistent/a.scn: cannot be read: No such file or directory");
}

static gint compare_paths(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The paths of what ships, in the order of the alphabet. */
static GPtrArray *scenario_paths(void)
{
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	const char *folder = CIDSIM_SCENARIOS_SOURCE;
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	ck_assert_msg(dir != NULL, "no folder %s", folder);
	while ((name = g_dir_read_name(dir)) != NULL)
		if (g_str_has_suffix(name, ".scn"))
			g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
	g_dir_close(dir);
	g_ptr_array_sort(paths, compare_paths);
	return paths;
}

TEST(what_ships_is_read_without_faults)
{
	GPtrArray *paths = scenario_paths();

	ck_assert_uint_ge(paths->len, 16);
	for (guint i = 0; i < paths->len; i++) {
		bool environment;

		scenario_free(scenario);
		scenario = scenario_load(paths->pdata[i], NULL, errors, &environment);
		ck_assert_msg(scenario != NULL, "%s", (char *)errors->pdata[0]);
		ck_assert_uint_gt(scenario->expects_count, 0);
		ck_assert_uint_le(scenario->time_ns, 1000000000);
	}
	g_ptr_array_free(paths, TRUE);
}

/* A generator of its own: the mutations are to be the same everywhere, for ever. */
static uint64_t random_state;

static uint32_t draw(size_t below)
{
	random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)((random_state >> 33) % below);
}

static void mutate_once(GString *text, const GPtrArray *texts)
{
	static const char *const words[] = { "\n[mm a]\n", "\n[tasks t]\ncount=0\n", "[", "]", "=",
		";", ",", "-", "*4194304", " by ", "/0", "/-1", "forever", "18446744073709551615",
		"4398046511104ns", "0-8191", "uniform(", ")", "%", "\n[at 0ns]\nexit=app\n", "\r",
		"\xff", "# ", "\n[expect app/0 at 1ns]\n", "\ncount=0\n", "exp(1ns)", ":", "\t" };
	size_t at = draw(text->len + 1);
	size_t length = draw(24);
	const GString *other;
	size_t from;

	switch (draw(6)) {
	case 0:
		if (at < text->len)
			text->str[at] = (char)draw(256);
		break;
	case 1:
		g_string_erase(text, (gssize)at, (gssize)MIN(length, text->len - at));
		break;
	case 2:
		g_string_insert(text, (gssize)at, words[draw(G_N_ELEMENTS(words))]);
		break;
	case 3:
		if (at < text->len && g_ascii_isdigit(text->str[at]))
			text->str[at] = (char)('0' + draw(10));
		break;
	case 4:
		g_string_truncate(text, at);
		break;
	default:
		other = g_ptr_array_index(texts, draw(texts->len));
		from = draw(other->len);
		g_string_insert_len(text, (gssize)at, other->str + from,
			(gssize)MIN(length * 8, other->len - from));
		break;
	}
}

/* What the header promises of every scenario that was accepted. */
static void assert_sound(void)
{
	ck_assert_uint_ge(scenario->cpus_count, 1);
	ck_assert_uint_le(scenario->cpus_count, SCENARIO_CPUS_MAX);
	ck_assert_uint_gt(scenario->mms_count, 0);
	ck_assert_uint_le(scenario->processes_count, SCENARIO_MMS_MAX);
	for (uint32_t i = 0; i < scenario->groups_count; i++)
		ck_assert_uint_lt(scenario->groups[i].mm, scenario->mms_count);
	for (uint32_t i = 0; i < scenario->ramps_count; i++)
		ck_assert_uint_lt(scenario->ramps[i].mm, scenario->mms_count);
	for (uint32_t i = 0; i < scenario->pools_count; i++)
		ck_assert_uint_lt(scenario->pools[i].mm, scenario->mms_count);
	for (uint32_t i = 0; i < scenario->actions_count; i++) {
		ck_assert_uint_le(scenario->actions[i].time_ns, scenario->time_ns);
		ck_assert(
			i == 0 || scenario->actions[i - 1].time_ns <= scenario->actions[i].time_ns);
	}
	for (uint32_t i = 0; i < scenario->expects_count; i++)
		ck_assert_int_lt(scenario->expects[i].mm, scenario->mms_count);
}

TEST(mutations_never_crash)
{
	GPtrArray *paths = scenario_paths();
	GPtrArray *texts = g_ptr_array_new();
	unsigned accepted = 0;

	for (guint i = 0; i < paths->len; i++) {
		char *text;
		gsize length;

		ck_assert(g_file_get_contents(paths->pdata[i], &text, &length, NULL));
		g_ptr_array_add(texts, g_string_new_len(text, (gssize)length));
		g_free(text);
	}
	for (int seed = 0; seed < MUTATIONS; seed++) {
		const GString *original;
		GString *text;

		random_state = (uint64_t)seed;
		draw(2);
		original = g_ptr_array_index(texts, draw(texts->len));
		text = g_string_new_len(original->str, (gssize)original->len);
		for (uint32_t i = draw(4) + 1; i > 0; i--)
			mutate_once(text, texts);
		g_ptr_array_set_size(errors, 0);
		scenario_free(scenario);
		scenario = scenario_parse("F", text->str, text->len, NULL, errors);
		ck_assert_msg((scenario == NULL) == (errors->len > 0), "mutation %d", seed);
		ck_assert_msg(errors->len <= 21, "mutation %d", seed);
		if (scenario != NULL) {
			assert_sound();
			accepted++;
		}
		g_string_free(text, TRUE);
	}
	/* Both sides are met: neither all is refused nor all accepted. */
	ck_assert_uint_gt(accepted, MUTATIONS / 100);
	ck_assert_uint_lt(accepted, MUTATIONS / 2);
	for (guint i = 0; i < texts->len; i++)
		g_string_free(texts->pdata[i], TRUE);
	g_ptr_array_free(texts, TRUE);
	g_ptr_array_free(paths, TRUE);
}
