/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* docs/protocol.md, section 4, the get of a switch: as two steps, and one that gives up. */

#include "tests/lib/world.h"

#include "tests/lib/suite.h"

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

enum { TASK = 0, TASK_T = MODE_TRANSIT, CPU = MODE_PER_CPU, CPU_T = MODE_PER_CPU | MODE_TRANSIT };

static const uint8_t modes[] = { TASK, TASK_T, CPU, CPU_T };
static const char *const modes_after[] = { "4", "4t", "4c", "4t" };

/* A get of two steps */

TEST_ROWS(a_split_get_finds_a_number_first_and_sets_it_with_the_next_round, modes)
{
	struct world w = world_prepared(modes[_i], "5", "-", 0xef);

	w.model->protocol.split_get = true;
	expect_step(run(&w, 1, 1), STEP_FOUND);
	ck_assert_uint_eq(model_cpu(w.model, 1)->found, 4 + 1);
	expect_pool(&w, 0xef);
	expect_task(&w, 1, "-");
	ck_assert_uint_eq(w.observer.count[OBSERVE_SPINS], 0); /* it has found something */
	expect_step(switch_spin(w.model, 1, &w.observer), STEP_DONE);
	expect_task(&w, 1, modes_after[_i]);
	expect_cpu(&w, 1, modes_after[_i]);
	expect_pool(&w, 0xff);
	ck_assert_uint_eq(model_cpu(w.model, 1)->found, 0);
	ck_assert_uint_eq(model_cpu(w.model, 1)->phase, CPU_FREE);
	ck_assert_uint_eq(w.observer.count[OBSERVE_BIT_OPS], 1);
	world_free(&w);
}

TEST(a_split_get_that_loses_its_race_finds_again)
{
	struct world w = world_prepared(TASK, "5", "-", 0x00);

	w.model->protocol.split_get = true;
	task_create(w.model, 2, 0, 0, 2);
	model_task(w.model, 2)->active = 1;
	expect_step(run(&w, 1, 1), STEP_FOUND);
	expect_step(run(&w, 2, 2), STEP_FOUND);
	ck_assert_uint_eq(model_cpu(w.model, 1)->found, 0 + 1);
	ck_assert_uint_eq(model_cpu(w.model, 2)->found, 0 + 1); /* both have found the same */
	expect_step(switch_spin(w.model, 2, &w.observer), STEP_DONE);
	expect_task(&w, 2, "0");
	expect_step(switch_spin(w.model, 1, &w.observer), STEP_SPINS); /* too late */
	expect_pool(&w, 0x01);
	ck_assert_uint_eq(model_cpu(w.model, 1)->found, 0);
	expect_step(switch_spin(w.model, 1, &w.observer), STEP_FOUND);
	ck_assert_uint_eq(model_cpu(w.model, 1)->found, 1 + 1);
	expect_step(switch_spin(w.model, 1, &w.observer), STEP_DONE);
	expect_task(&w, 1, "1");
	expect_pool(&w, 0x03);
	ck_assert_uint_eq(w.observer.count[OBSERVE_BIT_OPS], 3);
	ck_assert_uint_eq(w.observer.count[OBSERVE_GETS], 2);
	world_free(&w);
}

TEST_ROWS(a_split_get_that_finds_nothing_is_a_spin, modes)
{
	struct world w = world_prepared(modes[_i], "5", "-", 0xff);

	w.model->protocol.split_get = true;
	expect_step(run(&w, 1, 1), STEP_SPINS);
	ck_assert_uint_eq(model_cpu(w.model, 1)->found, 0);
	expect_step(switch_spin(w.model, 1, &w.observer), STEP_SPINS);
	ck_assert_uint_eq(w.observer.count[OBSERVE_SPINS], 1);
	set_pool(&w, 0xef);
	expect_step(switch_spin(w.model, 1, &w.observer), STEP_FOUND);
	expect_step(switch_spin(w.model, 1, &w.observer), STEP_DONE);
	expect_task(&w, 1, modes_after[_i]);
	ck_assert_uint_eq(w.observer.count[OBSERVE_SPINS], 1);
	world_free(&w);
}

/* A get that gives up */

TEST_RANGE(a_get_that_gives_up_leaves_task_and_cpu_without_a_number, 0, 2 * ROWS(modes))
{
	/* "3c": it remembers the number of a CPU that it was on before */
	struct world w = world_prepared(modes[_i / 2], "5", _i % 2 ? "3c" : "-", 0xff);

	w.model->protocol.bounded_get = true;
	expect_step(run(&w, 1, 1), STEP_SPINS);
	switch_give_up(w.model, 1);
	expect_task(&w, 1, "-");
	expect_cpu(&w, 1, "-");
	expect_pool(&w, 0xff);
	ck_assert_uint_eq(model_cpu(w.model, 1)->curr, 1);
	ck_assert_uint_eq(model_cpu(w.model, 1)->phase, CPU_FREE); /* the rq lock, too */
	ck_assert_uint_eq(model_cpu(w.model, 1)->mode, 0);
	ck_assert(check_mm(w.model, 0, (uint64_t[1]){ 0 }) & CHECK_I8); /* user space reads 2^31 */
	world_free(&w);
}

TEST_ROWS(a_task_whose_get_gave_up_tries_again_at_its_next_switch, modes)
{
	struct world w = world_prepared(modes[_i], "5", "-", 0xff);

	w.model->protocol.bounded_get = true;
	expect_step(run(&w, 1, 1), STEP_SPINS);
	switch_give_up(w.model, 1);
	switch_out(w.model, 1, &w.observer); /* has nothing to give back */
	expect_pool(&w, 0xff);
	expect_task(&w, 1, "-");
	ck_assert_uint_eq(world_mm(&w)->faults, 0);
	expect_step(switch_in(w.model, 1, 1, &w.observer), STEP_SPINS);
	ck_assert_uint_eq(w.observer.count[OBSERVE_SPINS], 2);
	switch_give_up(w.model, 1);
	must_run(&w, 1, TASK_NONE);
	set_pool(&w, 0xef);
	must_run(&w, 1, 1);
	expect_task(&w, 1, modes_after[_i]);
	expect_cpu(&w, 1, modes_after[_i]);
	world_free(&w);
}

TEST(a_split_get_that_gives_up_forgets_what_it_had_found)
{
	struct world w = world_prepared(TASK, "5", "-", 0xfe);

	w.model->protocol.bounded_get = w.model->protocol.split_get = true;
	expect_step(run(&w, 1, 1), STEP_FOUND);
	ck_assert_uint_eq(model_cpu(w.model, 1)->found, 0 + 1);
	switch_give_up(w.model, 1);
	ck_assert_uint_eq(model_cpu(w.model, 1)->found, 0);
	expect_pool(&w, 0xfe);
	world_free(&w);
}

TEST(giving_up_without_an_extent_leaves_only_the_task_to_be_unset)
{
	struct world w = world_at("7.1", 65);

	w.model->protocol.bounded_get = w.model->protocol.split_get = true;
	must_run(&w, 0, TASK_NONE);
	set_task(&w, 0, "-");
	expect_step(run(&w, 0, 0), STEP_FOUND);
	switch_give_up(w.model, 0);
	ck_assert_uint_eq(world_mm(&w)->extent, EXTENT_NONE);
	expect_task(&w, 0, "-");
	ck_assert_uint_eq(model_cpu(w.model, 0)->phase, CPU_FREE);
	world_free(&w);
}
