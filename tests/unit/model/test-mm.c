/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/mm.h"

#include "tests/lib/suite.h"
#include "tests/lib/world.h"

static struct world bare(uint32_t cpus)
{
	struct model_config config = world_config(world_protocol("7.1"), cpus);

	return world_of(&config);
}

/* mm_create, mm_destroy */

TEST(a_new_mm_owns_nothing_and_is_per_task)
{
	struct world w = bare(4);
	const struct model_mm *m = world_mm(&w);

	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	ck_assert(m->live);
	ck_assert_uint_eq(m->mode, 0);
	ck_assert_uint_eq(m->users, 0);
	ck_assert_uint_eq(m->pcpu_thrs, 0);
	ck_assert_uint_eq(m->taken, 0);
	ck_assert_uint_eq(m->allowed_count, 4);
	ck_assert_uint_eq(m->newest, TASK_NONE);
	for (uint32_t cpu = 0; cpu < 4; cpu++)
		expect_cpu(&w, cpu, "0");
	world_free(&w);
}

TEST(the_first_series_begins_with_unset_cpu_words)
{
	struct world w = bare(4);

	w.model->protocol.init_unset = true;
	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	for (uint32_t cpu = 0; cpu < 4; cpu++)
		expect_cpu(&w, cpu, "-");
	world_free(&w);
}

TEST(an_mm_keeps_the_mask_that_it_was_made_with)
{
	struct world w = bare(6);
	uint64_t mask = 0x2a;

	expect_step(mm_create(w.model, 0, &mask), STEP_DONE);
	ck_assert_uint_eq(world_mm(&w)->allowed_count, 3);
	for (uint32_t cpu = 0; cpu < 6; cpu++)
		ck_assert_int_eq(mm_allows(w.model, 0, cpu), cpu % 2);
	world_free(&w);
}

TEST(a_full_mask_of_a_wide_machine_needs_no_extent_and_a_narrow_one_does)
{
	struct world w = bare(130);
	uint64_t all[3] = { UINT64_MAX, UINT64_MAX, 3 }, narrow[3] = { 0, 1, 2 };

	expect_step(mm_create(w.model, 0, all), STEP_DONE);
	expect_step(mm_create(w.model, 1, narrow), STEP_DONE);
	ck_assert_uint_eq(model_mm(w.model, 0)->extent, EXTENT_NONE);
	ck_assert_uint_ne(model_mm(w.model, 1)->extent, EXTENT_NONE);
	ck_assert_uint_eq(model_mm(w.model, 1)->allowed_count, 2);
	ck_assert(mm_allows(w.model, 0, 129));
	ck_assert(mm_allows(w.model, 1, 64));
	ck_assert(mm_allows(w.model, 1, 129));
	ck_assert(!mm_allows(w.model, 1, 128));
	world_free(&w);
}

TEST(without_a_free_extent_nothing_is_made_and_a_destroyed_mm_gives_its_back)
{
	struct model_config config = world_config(world_protocol("7.1"), 130);
	uint64_t narrow[3] = { 1, 0, 0 };
	struct world w;
	void *before;

	config.extents_count = 1;
	w = world_of(&config);
	expect_step(mm_create(w.model, 0, narrow), STEP_DONE);
	before = malloc(w.model->size);
	ck_assert_ptr_nonnull(before);
	memcpy(before, w.model, w.model->size);
	expect_step(mm_create(w.model, 1, narrow), STEP_NEEDS_EXTENT);
	ck_assert_mem_eq(before, w.model, w.model->size);
	mm_destroy(w.model, 0);
	ck_assert(!model_mm(w.model, 0)->live);
	expect_step(mm_create(w.model, 1, narrow), STEP_DONE);
	free(before);
	world_free(&w);
}

/* B12: only where the revision does not clear it, and only that bit. */
static const struct inherit_row {
	const char *revision;
	uint8_t parent, mode;
} inherit_rows[] = {
	{ "v4", MODE_PER_CPU | MODE_TRANSIT, MODE_TRANSIT },
	{ "v4", MODE_TRANSIT, MODE_TRANSIT },
	{ "v4", MODE_PER_CPU, 0 },
	{ "v5", MODE_TRANSIT, 0 },
	{ "7.1", MODE_PER_CPU | MODE_TRANSIT, 0 },
};

TEST_ROWS(a_forked_mm_may_keep_the_transit_of_its_parents, inherit_rows)
{
	const struct inherit_row *row = &inherit_rows[_i];
	struct model_config config = world_config(world_protocol(row->revision), 4);
	struct world w = world_of(&config);

	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	mm_inherit(w.model, 0, row->parent);
	expect_mode(&w, row->mode);
	world_free(&w);
}

TEST(an_extent_that_had_another_mm_is_as_new)
{
	struct world w = bare(130);
	uint64_t narrow[3] = { 1, 0, 0 };

	expect_step(mm_create(w.model, 0, narrow), STEP_DONE);
	for (uint32_t cpu = 0; cpu < 130; cpu++)
		model_words(w.model, world_mm(&w))[cpu] = CID_UNSET;
	pool_take(w.model, 0, 130, NULL);
	pool_drop(w.model, 0, 0, NULL);
	mm_destroy(w.model, 0);
	expect_step(mm_create(w.model, 0, narrow), STEP_DONE);
	for (uint32_t cpu = 0; cpu < 130; cpu++)
		expect_cpu(&w, cpu, "0");
	ck_assert_uint_eq(pool_span(w.model, 0), 0);
	ck_assert(!mm_allows(w.model, 0, 1));
	world_free(&w);
}

/* mm_allow */

TEST(the_allowed_mask_only_grows_and_says_whether_it_did)
{
	struct world w = bare(8);
	uint64_t mask = 0x03, same = 0x01, more = 0x84;

	expect_step(mm_create(w.model, 0, &mask), STEP_DONE);
	ck_assert(!mm_allow(w.model, 0, &same));
	ck_assert_uint_eq(world_mm(&w)->allowed_count, 2);
	ck_assert(mm_allow(w.model, 0, &more));
	ck_assert_uint_eq(world_mm(&w)->allowed_count, 4);
	ck_assert(mm_allow(w.model, 0, NULL));
	ck_assert_uint_eq(world_mm(&w)->allowed_count, 8);
	ck_assert(!mm_allow(w.model, 0, &mask));
	ck_assert(!mm_allow(w.model, 0, NULL));
	world_free(&w);
}

/* mm_prepare_user */

TEST(the_extent_comes_before_the_pool_can_outgrow_one_word)
{
	struct world w = bare(65);
	struct model_mm *m = world_mm(&w);

	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	for (; m->users < 51; m->users++) {
		expect_step(mm_prepare_user(w.model, 0), STEP_DONE);
		ck_assert_uint_eq(m->extent, EXTENT_NONE);
	}
	/* 51 + 51/4 = 63 numbers; 52 + 52/4 = 65 */
	expect_step(mm_prepare_user(w.model, 0), STEP_DONE);
	ck_assert_uint_ne(m->extent, EXTENT_NONE);
	world_free(&w);
}

TEST(a_pool_of_exactly_one_word_needs_no_extent)
{
	struct model_config config = world_config(world_protocol("7.1"), 65);
	struct world w;

	config.protocol.allowance = 0;
	w = world_of(&config);
	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	world_mm(&w)->users = MODEL_INLINE_NUMBERS - 1;
	expect_step(mm_prepare_user(w.model, 0), STEP_DONE);
	ck_assert_uint_eq(world_mm(&w)->extent, EXTENT_NONE);
	world_mm(&w)->users++;
	expect_step(mm_prepare_user(w.model, 0), STEP_DONE);
	ck_assert_uint_ne(world_mm(&w)->extent, EXTENT_NONE);
	world_free(&w);
}

TEST(prepare_without_a_free_extent_changes_nothing)
{
	struct model_config config = world_config(world_protocol("7.1"), 65);
	struct world w;

	config.extents_count = 0;
	w = world_of(&config);
	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	world_mm(&w)->users = 51;
	expect_step(mm_prepare_user(w.model, 0), STEP_NEEDS_EXTENT);
	ck_assert_uint_eq(world_mm(&w)->extent, EXTENT_NONE);
	world_free(&w);
}

/* mm_constraints */

static const struct constraints_row {
	uint32_t cpus, users, allowed, max_cids, thrs;
} constraints_rows[] = {
	{ 1, 1, 1, 1, 1 }, /* the floor: possible/2 is 0 */
	{ 4, 1, 4, 1, 1 }, /* users below allowed */
	{ 4, 3, 4, 3, 2 }, /* 3/4 is 0: capped by possible/2 */
	{ 4, 4, 4, 4, 2 }, /* 5 capped by possible */
	{ 4, 9, 4, 4, 2 },
	{ 64, 9, 4, 5, 3 }, /* A=4, P=64: nothing capped */
	{ 64, 90, 16, 20, 12 },
	{ 64, 90, 48, 60, 32 }, /* 36 capped by 32 */
	{ 64, 90, 52, 64, 32 }, /* 65 capped by 64 */
	{ 64, 7, 64, 8, 6 },
	{ 64, 8, 64, 10, 6 },
	{ 64, 0, 64, 0, 1 }, /* the last user is gone */
	{ 8192, 9000, 8192, 8192, 4096 },
};

TEST_ROWS(max_cids_and_threshold_follow_the_formulas, constraints_rows)
{
	const struct constraints_row *row = &constraints_rows[_i];
	struct world w = bare(row->cpus);
	struct mm_constraints c = mm_constraints(w.model, row->users, row->allowed);

	ck_assert_uint_eq(c.max_cids, row->max_cids);
	ck_assert_uint_eq(c.thrs, row->thrs);
	world_free(&w);
}

TEST(the_cap_of_the_threshold_is_a_flag)
{
	struct model_config config = world_config(world_protocol("7.1"), 8);
	struct world w;

	config.nr_cpu_ids = 12;
	w = world_of(&config);
	ck_assert_uint_eq(mm_constraints(w.model, 9, 8).thrs, 4);
	w.model->protocol.thrs_cap = THRS_CAP_NR_CPU_IDS;
	ck_assert_uint_eq(mm_constraints(w.model, 9, 8).thrs, 6);
	w.model->protocol.thrs_cap = THRS_CAP_NONE;
	ck_assert_uint_eq(mm_constraints(w.model, 9, 8).thrs, 6);
	ck_assert_uint_eq(mm_constraints(w.model, 9, 8).max_cids, 8);
	world_free(&w);
}

/* Bound to @allowed of 64 CPUs, as wide as on a machine of @allowed CPUs. */
TEST(the_cap_by_the_cpus_allowed_is_that_of_a_machine_without_others)
{
	struct world w = bare(64);

	w.model->protocol.thrs_cap = THRS_CAP_ALLOWED;
	for (uint32_t allowed = 1; allowed <= 64; allowed++) {
		struct world small = bare(allowed);

		for (uint32_t users = 0; users <= allowed + 2; users++)
			ck_assert_uint_eq(mm_constraints(w.model, users, allowed).thrs,
				mm_constraints(small.model, users, allowed).thrs);
		world_free(&small);
	}
	world_free(&w);
}

/* The kernel computes opt - opt / 4, in integers: for each optimum that a machine can have. */
TEST(the_gap_of_the_kernel_is_a_quarter_of_the_optimum)
{
	static const uint8_t caps[] = { THRS_CAP_POSSIBLE, THRS_CAP_NONE };
	struct world w = bare(8192);

	for (size_t i = 0; i < sizeof(caps); i++) {
		w.model->protocol.thrs_cap = caps[i];
		for (uint32_t opt = 0; opt <= 8192; opt++) {
			uint32_t thrs = opt - opt / 4;

			if (caps[i] == THRS_CAP_POSSIBLE && thrs > 4096)
				thrs = 4096;
			if (thrs < 1)
				thrs = 1;
			ck_assert_uint_eq(mm_constraints(w.model, opt, 8192).thrs, thrs);
			ck_assert_uint_eq(mm_constraints(w.model, 9000, opt).thrs, thrs);
		}
	}
	world_free(&w);
}

TEST(the_gap_is_a_flag)
{
	struct world w = bare(100);

	w.model->protocol.thrs_gap = 0;
	ck_assert_uint_eq(mm_constraints(w.model, 40, 100).thrs, 40);
	ck_assert_uint_eq(mm_constraints(w.model, 60, 100).thrs, 50); /* capped as ever */
	w.model->protocol.thrs_gap = 125;
	ck_assert_uint_eq(mm_constraints(w.model, 41, 100).thrs, 36); /* 41 - 5 */
	w.model->protocol.thrs_gap = 1000;
	ck_assert_uint_eq(mm_constraints(w.model, 40, 100).thrs, 1); /* the floor */
	w.model->protocol.thrs_gap = 0;
	w.model->protocol.thrs_cap = THRS_CAP_NONE;
	ck_assert_uint_eq(mm_enter_users(w.model, 100), 101);
	ck_assert_uint_eq(mm_leave_users(w.model, 100), 99);
	world_free(&w);
}

/* Neither an exit that leaves nor a fork that enters is undone by the next look at the same users,
 * whatever the flags. */
TEST(no_flip_is_undone_at_once)
{
	static const uint16_t parts[] = { 0, 1, 125, 250, 500, 999, 1000 };
	struct world w = bare(16);
	struct protocol *p = &w.model->protocol;

	for (unsigned i = 0; i < 7 * 7 * 4 * 3; i++) {
		p->thrs_gap = parts[i % 7];
		p->allowance = parts[i / 7 % 7];
		p->thrs_cap = (uint8_t)(i / 49 % 4);
		p->thrs_floor = (uint8_t)(i / 196);
		for (uint32_t allowed = 1; allowed <= 16; allowed++) {
			uint32_t leave = mm_leave_users(w.model, allowed);

			ck_assert_uint_lt(leave, mm_enter_users(w.model, allowed));
			ck_assert_uint_le(leave, mm_constraints(w.model, leave, allowed).max_cids);
		}
	}
	world_free(&w);
}

TEST(the_floor_of_the_threshold_is_a_flag)
{
	struct world w = bare(1);

	w.model->protocol.thrs_floor = 0;
	ck_assert_uint_eq(mm_constraints(w.model, 5, 1).thrs, 0);
	ck_assert_uint_eq(mm_enter_users(w.model, 1), 2);
	ck_assert_uint_eq(mm_leave_users(w.model, 1), 0);
	w.model->protocol.thrs_floor = 2; /* one user alone is always per task */
	ck_assert_uint_eq(mm_constraints(w.model, 5, 1).thrs, 2);
	ck_assert_uint_eq(mm_enter_users(w.model, 1), 2);
	ck_assert_uint_eq(mm_leave_users(w.model, 1), 1);
	world_free(&w);
}

TEST(the_allowance_is_a_flag)
{
	struct world w = bare(100);

	w.model->protocol.allowance = 0;
	ck_assert_uint_eq(mm_constraints(w.model, 40, 100).max_cids, 40);
	w.model->protocol.allowance = 1000;
	ck_assert_uint_eq(mm_constraints(w.model, 40, 100).max_cids, 80);
	ck_assert_uint_eq(mm_constraints(w.model, 60, 100).max_cids, 100);
	world_free(&w);
}

/* mm_update_constraints, on users and mode as poked */

static const struct update_row {
	const char *says;
	uint32_t users, thrs_before;
	uint8_t mode_before, mode_after;
	uint32_t thrs_after;
} update_rows[] = {
	{ "users equal max_cids: stays per task, nothing recorded", 4, 0, 0, 0, 0 },
	{ "one user more: enters, threshold recorded", 5, 0, 0, MODE_PER_CPU | MODE_TRANSIT, 2 },
	{ "per CPU, users above: keeps the recorded threshold", 9, 3, MODE_PER_CPU, MODE_PER_CPU,
		3 },
	{ "per CPU, users equal the threshold: stays", 3, 3, MODE_PER_CPU, MODE_PER_CPU, 3 },
	{ "one user less: leaves, threshold 0", 2, 3, MODE_PER_CPU, MODE_TRANSIT, 0 },
};

TEST_ROWS(the_decision_follows_the_recorded_threshold, update_rows)
{
	const struct update_row *row = &update_rows[_i];
	struct world w = bare(4);
	struct model_mm *m = world_mm(&w);
	bool changed;

	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	m->users = row->users;
	m->pcpu_thrs = row->thrs_before;
	m->mode = row->mode_before;
	m->update_deferred = 1;
	changed = mm_update_constraints(w.model, 0, TRIGGER_FORK, 2, 7, &w.observer);
	ck_assert_msg(changed == (row->mode_before != row->mode_after), "%s", row->says);
	ck_assert_msg(m->mode == row->mode_after, "%s", row->says);
	ck_assert_msg(m->pcpu_thrs == row->thrs_after, "%s", row->says);
	ck_assert_uint_eq(m->update_deferred, 0);
	ck_assert_uint_eq(w.events[EVENT_FLIPPED], changed);
	if (changed) {
		ck_assert_uint_eq(w.event.users, row->users);
		ck_assert_uint_eq(w.event.mode, row->mode_after);
		ck_assert_uint_eq(w.event.thrs_before, row->thrs_before);
		ck_assert_uint_eq(w.event.thrs_after, row->thrs_after);
		ck_assert_uint_eq(w.event.cpu, 2);
		ck_assert_uint_eq(w.event.task, 7);
	}
	world_free(&w);
}

TEST(without_the_transit_flags_the_mode_flips_without_it)
{
	struct world w = bare(4);
	struct model_mm *m = world_mm(&w);

	w.model->protocol.transit_to_percpu = w.model->protocol.transit_to_task = false;
	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	m->users = 5;
	ck_assert(mm_update_constraints(w.model, 0, TRIGGER_FORK, 0, 0, NULL));
	expect_mode(&w, MODE_PER_CPU);
	m->users = 1;
	ck_assert(mm_update_constraints(w.model, 0, TRIGGER_EXIT, 0, 0, NULL));
	expect_mode(&w, 0);
	world_free(&w);
}

static const struct policy_row {
	uint8_t policy;
	uint32_t leave; /* users of 1..9 on 8 CPUs at which it leaves; 0 never */
} policy_rows[] = {
	{ THRS_RECORDED, 3 },   /* recorded at entry: min(6, 4) = 4 */
	{ THRS_RECOMPUTED, 0 }, /* never more than users: never comes back */
	{ THRS_NONE, 8 },       /* as soon as users fit */
};

TEST_ROWS(the_policy_says_when_the_threshold_is_computed, policy_rows)
{
	const struct policy_row *row = &policy_rows[_i];
	struct world w = bare(8);
	struct model_mm *m = world_mm(&w);
	uint32_t left = 0;

	w.model->protocol.thrs_policy = row->policy;
	expect_step(mm_create(w.model, 0, NULL), STEP_DONE);
	m->users = 9;
	ck_assert(mm_update_constraints(w.model, 0, TRIGGER_FORK, 0, 0, NULL));
	m->mode &= (uint8_t)~MODE_TRANSIT;
	while (!left && --m->users > 0) {
		if (mm_update_constraints(w.model, 0, TRIGGER_EXIT, 0, 0, NULL))
			left = m->users;
	}
	ck_assert_uint_eq(left, row->leave);
	world_free(&w);
}

/* mm_enter_users, mm_leave_users: the examples of docs/protocol.md, section 9 */

static const struct hysteresis_row {
	uint32_t possible, allowed, enter, leave;
} hysteresis_rows[] = {
	{ 4, 4, 5, 1 },
	{ 64, 64, 65, 31 },
	{ 64, 4, 6, 2 },
	{ 64, 16, 21, 11 },
	{ 64, 48, 61, 31 },
	{ 3, 3, 4, 0 },
	{ 1, 1, 2, 0 },
	{ 4, 1, 2, 0 },
};

TEST_ROWS(enter_and_leave_are_those_of_the_examples, hysteresis_rows)
{
	const struct hysteresis_row *row = &hysteresis_rows[_i];
	struct world w = bare(row->possible);

	ck_assert_uint_eq(mm_enter_users(w.model, row->allowed), row->enter);
	ck_assert_uint_eq(mm_leave_users(w.model, row->allowed), row->leave);
	world_free(&w);
}
