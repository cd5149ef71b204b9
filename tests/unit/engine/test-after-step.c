/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

static uint32_t task;

/* An mm with one user, whose pool has a CID less taken than it counts, breaks I4. */
static void start(void)
{
	parts_start();
	task = parts_task_awake();
	fork_begin(parts_engine->model, 0, task, task,
		recorder_observer(parts_engine->recorder, parts_mm));
	after_touch(parts_engine, parts_mm, 0, task);
	model_mm(parts_engine->model, parts_mm)->taken++;
}

SUITE(.before = start, .after = parts_stop);

static uint64_t violations(void)
{
	return parts_engine->totals->violations_count;
}

static void run_ends(struct engine *engine, uint32_t mm)
{
	(void)mm;
	after_run(engine);
}

TEST(a_broken_property_is_reported_once_until_it_holds_again)
{
	const struct record_violation *violation;

	after_step(parts_engine, parts_mm);
	after_step(parts_engine, parts_mm);
	ck_assert_uint_eq(violations(), 1);
	violation = parts_engine->totals->violations->pdata[0];
	ck_assert_str_eq(violation->property, "I4");
	ck_assert_ptr_nonnull(strstr(violation->text, "2 CIDs taken"));
	model_mm(parts_engine->model, parts_mm)->taken--;
	after_step(parts_engine, parts_mm);
	ck_assert_uint_eq(violations(), 1);
	model_mm(parts_engine->model, parts_mm)->taken++;
	after_step(parts_engine, parts_mm);
	ck_assert_uint_eq(violations(), 2);
}

/* What no step has told of is seen at the end of a window, and of the run. */
TEST(all_is_looked_at_when_a_window_closes_and_at_the_end)
{
	void (*const ends[])(struct engine *, uint32_t) = { after_window, run_ends };

	for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
		struct model_task *t = model_task(parts_engine->model, task);
		uint64_t before = violations();

		model_mm(parts_engine->model, parts_mm)->taken--; /* nothing is wrong now */
		after_step(parts_engine, parts_mm);
		t->cid ^= 1; /* a number that the pool has not given */
		after_step(parts_engine, parts_mm);
		ck_assert_uint_eq(violations(), before);
		ends[i](parts_engine, parts_mm);
		ck_assert_uint_eq(violations(), before + 1);
		t->cid ^= 1;
		ends[i](parts_engine, parts_mm);
		model_mm(parts_engine->model, parts_mm)->taken++;
	}
}

TEST(all_is_looked_at_after_each_step_where_that_is_asked_for)
{
	model_mm(parts_engine->model, parts_mm)->taken--;
	model_task(parts_engine->model, task)->cid ^= 1;
	parts_engine->checks.holders.on = false;
	after_step(parts_engine, parts_mm);
	ck_assert_uint_eq(violations(), 1);
}

TEST(nothing_is_checked_where_checks_are_off)
{
	parts_engine->checks.on = parts_engine->checks.holders.on = false;
	after_step(parts_engine, parts_mm);
	after_window(parts_engine, parts_mm);
	after_run(parts_engine);
	ck_assert_uint_eq(violations(), 0);
}

TEST(the_invariant_is_checked_only_where_that_is_asked_for)
{
	ck_assert_ptr_null(parts_engine->checks.invariant);
	parts_stop();
	parts_start_of("[scenario]\ncheck = invariant\n[machine]\ncpus = 2\n[mm app]\n");
	ck_assert_ptr_nonnull(parts_engine->checks.invariant);
	ck_assert(parts_engine->checks.on && !parts_engine->checks.holders.on);
}
