/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

SUITE(.before = parse_start, .after = parse_stop);

TEST(one_mm_is_enough_and_all_else_has_defaults)
{
	parse_good("[mm app]");
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
	parse_good("[scenario]\ntitle=a b\ntime=5ms\nseed=18446744073709551615\n"
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
	parse_good("[machine]\ncpus=0-3,8-11\nonline=2-3,8\n[mm app]\ncpus=3,11\n[mm "
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
	parse_good("[machine]\nonline=0,2-3\ncpus=4\n[mm app]");
	ck_assert_uint_eq(scenario->online.count, 3);
	ck_assert(!cpu_set_has(&scenario->online, 1));
	parse_bad("[machine]\ncpus=0-3,8-11\nonline=2-8\n[mm app]",
		"F:3: online: CPU 4 is not one of the possible CPUs '0-3,8-11'");
}

TEST(the_largest_machine_is_accepted)
{
	parse_good("[machine]\ncpus=8192\n[mm app]\ncount=65536");
	ck_assert_uint_eq(scenario->cpus_count, 8192);
	ck_assert_uint_eq(scenario->processes_count, 65536);
	parse_good("[machine]\ncpus=8191,0\n[mm app]\n[tasks t]\ncount=4194303");
	ck_assert_uint_eq(scenario->nr_cpu_ids, 8192);
	ck_assert_uint_eq(scenario->groups[0].count, 4194303);
}

TEST(a_title_is_short)
{
	char *title = g_strnfill(201, 'x');
	char *text = g_strdup_printf("[mm a]\n[scenario]\ntitle=%s\n", title);

	parse_bad(text, "F:3: title: the text is longer than 200 bytes");
	g_free(text);
	g_free(title);
}

TEST(unknown_revisions_and_flag_values_are_refused)
{
	parse_bad("[mm a]\n[protocol]\nrevision=6.91\n",
		"F:3: revision: unknown revision '6.91', did you mean '6.19'?");
	parse_bad("[mm a]\n[protocol]\nrevision=6.19,7.1\n",
		"F:3: revision: '6.19,7.1' is a list, give one revision");
	parse_bad("[mm a]\n[protocol]\nrevision=mainline\n",
		"F:3: revision: unknown revision 'mainline', `cidsim revisions` lists them");
	parse_bad("[mm a]\n[protocol]\nthrs-policy=sometimes\n",
		"F:3: thrs-policy: 'sometimes' does not fit, it must be recorded|recomputed|none");
}

TEST(possible_cpus_can_be_in_groups)
{
	parse_good("[machine]\ncpus=0-14:1/2\n[mm a]\ncpus=0-14:1/8,2-14:1/12\n");
	ck_assert_uint_eq(scenario->cpus_count, 8);
	ck_assert_uint_eq(scenario->nr_cpu_ids, 15);
	ck_assert_uint_eq(scenario->mms[0].cpus.count, 4);
	ck_assert(cpu_set_has(&scenario->mms[0].cpus, 7));
	parse_bad("[machine]\ncpus=0-14:1/2\n[mm a]\ncpus=0-14:2/8\n",
		"F:4: cpus: CPU 1 is not one of the possible CPUs '0,2,4,6,8,10,12,14'");
	parse_bad("[machine]\ncpus=5:1/2\n[mm a]\n",
		"F:2: cpus: '5:1/2' has groups without a range, write a range like 4-64, groups like 0-7:1/2");
}
