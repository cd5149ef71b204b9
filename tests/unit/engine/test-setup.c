/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "tests/lib/engine.h"
#include "tests/lib/simulate.h"
#include "tests/lib/suite.h"

/* An engine as it is made: room for what the scenario will have, nothing done yet; and freed at any
 * time. */

static struct engine *engine_of(const char *text, struct scenario **scenario)
{
	*scenario = sim_parse(text);
	return engine_new(*scenario);
}

static const struct {
	const char *text;
	uint32_t tasks, mms, extents;
} rooms[] = {
	{ "[machine]\ncpus = 2\n[mm app]\n", 2, 1, 1 }, /* and the kernel thread */
	{ "[machine]\ncpus = 2\n[mm app]\ncount = 3\n[tasks w]\ncount = 5\n", 19, 3, 3 },
	{ "[machine]\ncpus = 64\n[mm app]\n[mm other]\n[tasks w]\nmm = other\ncount = 5\n", 8, 2,
		2 },
	/* on a wide machine few mms need their extent */
	{ "[machine]\ncpus = 65\n[mm app]\ncount = 3\n", 4, 3, 1 },
};

TEST_ROWS(there_is_room_for_what_the_scenario_will_have, rooms)
{
	struct scenario *scenario;
	struct engine *engine = engine_of(rooms[_i].text, &scenario);

	ck_assert_uint_eq(engine->tasks.count, rooms[_i].tasks);
	ck_assert_uint_eq(engine->config.tasks_count, rooms[_i].tasks);
	ck_assert_uint_eq(engine->model->mms_count, rooms[_i].mms);
	ck_assert_uint_eq(engine->model->extents_count, rooms[_i].extents);
	ck_assert_uint_eq(engine->model->cpus_count, scenario->cpus_count);
	engine_free(engine);
	scenario_free(scenario);
}

TEST(nothing_has_happened_yet)
{
	struct scenario *scenario;
	struct engine *engine = engine_of(
		"[machine]\ncpus = 3\nonline = 0,2\n[mm app]\n[tasks w]\ncount = 2\n", &scenario);

	ck_assert_uint_eq(engine->now_ns, 0);
	ck_assert_uint_eq(engine->tasks.used, 0);
	ck_assert_uint_eq(engine->mms.used, 0);
	ck_assert_uint_eq(engine->cpus.online, 2);
	ck_assert_uint_eq(engine->totals->events, 0);
	ck_assert_uint_eq(engine_accounts(engine)->len, 0);
	ck_assert(!engine->log && !engine->stays);
	for (uint32_t cpu = 0; cpu < 3; cpu++)
		ck_assert_int_eq(sim_cpu(engine, cpu)->state, CPU_IDLE);
	engine_free(engine);
	scenario_free(scenario);
}

static void on_stay(void *context, const struct record_stay *stay)
{
	(void)context;
	(void)stay;
}

static void on_switch(void *context, const struct record_switch *sched_switch)
{
	(void)context;
	(void)sched_switch;
}

static const struct {
	struct record_sink sink;
	bool stays, log;
} sinks[] = {
	{ { .context = NULL }, false, false },
	{ { .stay = on_stay }, true, false },
	{ { .sched_switch = on_switch }, false, true },
};

TEST_ROWS(what_a_sink_does_not_take_is_not_made, sinks)
{
	struct scenario *scenario;
	struct engine *engine = engine_of("[machine]\ncpus = 1\n[mm app]\n", &scenario);

	engine_set_sink(engine, &sinks[_i].sink);
	ck_assert_int_eq(engine->stays, sinks[_i].stays);
	ck_assert_int_eq(engine->log, sinks[_i].log);
	engine_free(engine);
	scenario_free(scenario);
}

TEST(the_bytes_of_an_engine_grow_with_its_tasks)
{
	struct scenario *small_scenario, *large_scenario;
	struct engine *small = engine_of("[machine]\ncpus = 2\n[mm app]\n", &small_scenario);
	struct engine *large = engine_of(
		"[machine]\ncpus = 2\n[mm app]\n[tasks w]\ncount = 1000\n", &large_scenario);
	uint64_t task = sizeof(struct sim_task) + sizeof(struct model_task);

	ck_assert_uint_ge(engine_bytes(large), engine_bytes(small) + 1000 * task);
	ck_assert_uint_lt(engine_bytes(large), engine_bytes(small) + 2000 * task);
	engine_free(small);
	engine_free(large);
	scenario_free(small_scenario);
	scenario_free(large_scenario);
}

/* At any event: requests that wait, operations under way, spins; a tool that counts memory sees
 * what is left. */
TEST(an_engine_can_be_freed_in_the_middle_of_a_run)
{
	for (uint64_t events = 0; events < 60; events++) {
		struct scenario *scenario;
		struct engine *engine = engine_of(
			"[scenario]\ntime = 9ms\n[machine]\ncpus = 2\n[mm app]\n"
			"[tasks w]\ncount = 3\nrun = 1us\nsleep = 5us\n[pool p]\npools = 1\n"
			"threads = 3\nrun = 2us\n[at 20us]\nexec = w/0\n[at 30us]\nfork = w\n",
			&scenario);

		engine_advance(engine, events);
		engine_free(engine);
		scenario_free(scenario);
	}
	engine_free(NULL);
}
