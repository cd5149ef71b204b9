/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <signal.h>

#include "sim/engine/internal.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

static struct scenario *scenario;
static struct engine *engine;

static void start(void)
{
	scenario = sim_parse("[machine]\ncpus = 2\n[mm app]\ncount = 2\n"
			     "[tasks worker]\nmm = app\ncount = 1\n"
			     "[at 5ms]\ncpu-on = 1\n[at 2ms]\ncpu-off = 1\n");
	engine = engine_new(scenario);
}

static void stop(void)
{
	engine_free(engine);
	scenario_free(scenario);
}

SUITE(.before = start, .after = stop);

static const struct moment *moment(uint32_t index)
{
	return &g_array_index(engine->timeline.moments, struct moment, index);
}

TEST(moments_are_in_the_order_of_time_kind_and_process)
{
	static const struct moment expected[] = {
		{ 0, MOMENT_PROCESS, 0, 0 },
		{ 0, MOMENT_PROCESS, 0, 1 },
		{ 0, MOMENT_GROUP, 0, 0 },
		{ 0, MOMENT_GROUP, 0, 1 },
		{ 2000000, MOMENT_ACTION, 0, 0 },
		{ 5000000, MOMENT_ACTION, 1, 0 },
	};

	ck_assert_uint_eq(engine->timeline.moments->len, G_N_ELEMENTS(expected));
	for (uint32_t i = 0; i < G_N_ELEMENTS(expected); i++) {
		ck_assert_uint_eq(moment(i)->time_ns, expected[i].time_ns);
		ck_assert_int_eq(moment(i)->kind, expected[i].kind);
		ck_assert_uint_eq(moment(i)->index, expected[i].index);
		ck_assert_uint_eq(moment(i)->process, expected[i].process);
	}
}

TEST(each_action_is_done_once_at_its_time)
{
	engine->timeline.next = 4; /* nothing but CPUs */
	ck_assert_uint_eq(actions_next_ns(engine), 2000000);
	engine->now_ns = 2000000;
	actions_do(engine);
	ck_assert_uint_eq(engine->cpus.online, 1);
	ck_assert_uint_eq(actions_next_ns(engine), 5000000);
	engine->now_ns = 5000000;
	actions_do(engine);
	ck_assert_uint_eq(engine->cpus.online, 2);
	ck_assert_uint_eq(actions_next_ns(engine), NEVER);
}

TEST(the_last_cpu_cannot_be_taken)
{
	engine->timeline.next = 4;
	engine->now_ns = 2000000;
	sim_cpu(engine, 0)->online = false;
	engine->cpus.online = 1;
	actions_do(engine);
	ck_assert_uint_eq(engine->cpus.online, 1);
	ck_assert(engine->end.input_error && engine->end.ended);
	ck_assert_ptr_nonnull(strstr(engine->end.input_error->str, "the last CPU"));
}

TEST_SIGNAL(no_action_comes_before_its_time, SIGABRT)
{
	engine->timeline.next = 4;
	engine->now_ns = 1999999;
	actions_do(engine);
}
