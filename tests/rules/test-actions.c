/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* What actions do to tasks and CPUs, by what comes out of a run. */

#include <stdlib.h>
#include <string.h>

#include "sim/engine/engine.h"

#include "tests/lib/suite.h"

static struct scenario *scenario;

static struct record_result *run(const char *text)
{
	g_autoptr(GPtrArray) errors = g_ptr_array_new_with_free_func(g_free);
	struct record_result *result;
	struct engine *engine;

	scenario = scenario_parse("test", text, strlen(text), NULL, errors);
	ck_assert_msg(scenario != NULL, "%s", errors->len ? (char *)errors->pdata[0] : "");
	engine = engine_new(scenario);
	result = engine_run(engine);
	engine_free(engine);
	return result;
}

static void end(struct record_result *result)
{
	record_result_free(result);
	scenario_free(scenario);
}

TEST(a_cpu_that_comes_online_takes_tasks_that_wait_elsewhere)
{
	struct record_result *result =
		run("[scenario]\ntime = 1s\n[machine]\ncpus = 2\n[mm app]\nrun = 1ms\nsleep = 0ns\n"
		    "[tasks w]\ncount = 3\nrun = 1ms\nsleep = 0ns\n"
		    "[at 10ms]\ncpu-off = 1\n[at 20ms]\ncpu-on = 1\n");

	/* idle while it was off, and hardly any longer */
	ck_assert_uint_ge(result->idle_ns, 9000000);
	ck_assert_uint_le(result->idle_ns, 11000000);
	end(result);
}

TEST(with_placement_previous_a_first_task_keeps_its_cpu)
{
	struct record_result *result =
		run("[scenario]\ntime = 20ms\n[sched]\nplacement = previous\n"
		    "[mm app]\nrun = 100us\nsleep = 1ms\n");

	ck_assert_uint_gt(result->wakeups, 10);
	ck_assert_uint_eq(result->migrations, 0);
	end(result);
}

TEST(a_member_made_early_by_an_action_has_a_number_behind_the_others)
{
	struct record_result *result =
		run("[scenario]\ntime = 50ms\n[mm app]\n[tasks w]\ncount = 2\nstart = 5ms\n"
		    "[at 1ms]\nfork = w\n[at 10ms]\nexit = w/0; w/1\n[at 20ms]\nexit = w/2\n"
		    "[expect app at 15ms]\nusers = 2\n[expect app at 30ms]\nusers = 1\n");

	ck_assert_ptr_null(result->input_error);
	ck_assert_uint_eq(result->verdicts_failed, 0);
	end(result);
}

TEST(an_action_on_a_task_that_is_exiting_is_an_error_of_the_input)
{
	struct record_result *result =
		run("[scenario]\ntime = 50ms\n[cost]\nexit = 1ms\n[mm app]\n"
		    "[tasks w]\ncount = 1\nrun = 3ms\nloops = 1\n[tasks x]\ncount = 0\n"
		    "[at 3500us]\nfork = x by w/0\n");

	ck_assert_ptr_nonnull(result->input_error);
	ck_assert(g_str_has_prefix(result->input_error, "13: "));
	end(result);
}

TEST(a_pool_thread_is_released_by_its_leader_only)
{
	static const char pool[] = "[scenario]\ntime = 100ms\n[cost]\nfork = 5ms\n[mm app]\n"
				   "[pool p]\npools = 1\nthreads = 3\ncycles = 1\nrun = 1ms\n%s";
	g_autofree char *plain = g_strdup_printf(pool, "");
	g_autofree char *yields = g_strdup_printf(pool, "[at 13ms]\nyield = p\n");
	struct record_result *result = run(plain);
	uint64_t end_ns = result->end_ns;

	end(result);
	result = run(yields);
	/* The threads that waited ran for a moment, and waited on. */
	ck_assert_uint_eq(result->exits, 4);
	ck_assert_uint_ge(result->end_ns + 100000, end_ns);
	ck_assert_uint_le(result->end_ns, end_ns + 100000);
	end(result);
}

TEST(runs_that_differ_in_a_flag_differ_in_the_digest)
{
	static const char text[] = "[scenario]\ntime = 60ms\n[protocol]\nrevision = %s\n[mm app]\n"
				   "[ramp r]\nto = 10\nrun = 300us\nsleep = 300us\n";
	static const char *const revisions[] = { "v1", "v3", "6.19-livelock", "6.19", "7.1" };
	uint64_t digests[G_N_ELEMENTS(revisions)];

	for (size_t i = 0; i < G_N_ELEMENTS(revisions); i++) {
		g_autofree char *one = g_strdup_printf(text, revisions[i]);
		struct record_result *result = run(one);

		digests[i] = result->digest;
		end(result);
		for (size_t j = 0; j < i; j++)
			ck_assert_msg(
				digests[i] != digests[j], "%s and %s", revisions[i], revisions[j]);
	}
}
