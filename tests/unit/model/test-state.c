/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/state.h"

#include <signal.h>

#include "tests/lib/suite.h"
#include "tests/lib/world.h"

#define ROWS(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

static struct model_config config_of(uint32_t cpus)
{
	return world_config(world_protocol("7.1"), cpus);
}

/* model_size */

TEST(the_sizes_at_both_ends_of_each_range_are_accepted)
{
	struct model_config config = config_of(1);

	ck_assert_uint_gt(model_size(&config), 0);
	config.cpus_count = config.nr_cpu_ids = MODEL_CPUS_MAX;
	ck_assert_uint_gt(model_size(&config), 0);
	config.tasks_count = MODEL_TASKS_MAX;
	config.mms_count = MODEL_MMS_MAX;
	config.extents_count = 0;
	ck_assert_uint_gt(model_size(&config), MODEL_TASKS_MAX * UINT64_C(16));
	config.extents_count = MODEL_MMS_MAX;
	ck_assert_uint_gt(model_size(&config), MODEL_MMS_MAX * UINT64_C(16384));
}

static const struct {
	uint32_t cpus, ids, tasks, mms, extents;
} invalid[] = {
	{ 0, 0, 1, 1, 1 }, { MODEL_CPUS_MAX + 1, MODEL_CPUS_MAX + 1, 1, 1, 1 },
	{ 4, 3, 1, 1, 1 }, /* ids below CPUs */
	{ 4, 4, 0, 1, 1 }, { 4, 4, MODEL_TASKS_MAX + 1, 1, 1 }, { 4, 4, 1, 0, 0 },
	{ 4, 4, 1, MODEL_MMS_MAX + 1, 1 }, { 4, 4, 1, 2, 3 }, /* more extents than mms */
};

TEST_ROWS(a_size_beyond_its_range_has_no_block, invalid)
{
	struct model_config config = {
		.protocol = world_protocol("7.1"),
		.cpus_count = invalid[_i].cpus,
		.nr_cpu_ids = invalid[_i].ids,
		.tasks_count = invalid[_i].tasks,
		.mms_count = invalid[_i].mms,
		.extents_count = invalid[_i].extents,
	};

	ck_assert_uint_eq(model_size(&config), 0);
}

TEST(a_task_costs_16_bytes_and_an_mm_72)
{
	struct model_config one = config_of(8), more = one;

	more.tasks_count += 1000;
	ck_assert_uint_eq(model_size(&more) - model_size(&one), 16000);
	more = one;
	more.mms_count += 1000; /* extents stay */
	ck_assert_uint_eq(model_size(&more) - model_size(&one), 72000);
}

TEST(an_extent_costs_less_than_3_bytes_per_possible_cpu)
{
	struct model_config none = config_of(8192), one = none;

	none.extents_count = 0;
	one.extents_count = 1;
	ck_assert_uint_le(model_size(&one) - model_size(&none), 3 * 8192);
}

/* The number of bytes that one extent more takes with @cpus. */
static size_t size_of_extent(uint32_t cpus)
{
	struct model_config none = config_of(cpus), one = none;

	none.extents_count = 0;
	one.extents_count = 1;
	return model_size(&one) - model_size(&none);
}

TEST(an_extent_has_words_and_beyond_64_cpus_a_pool_two_summaries_and_a_mask)
{
	ck_assert_uint_eq(size_of_extent(1), 8);
	ck_assert_uint_eq(size_of_extent(64), 64 * 2);
	ck_assert_uint_eq(size_of_extent(65), 66 * 2 + 4 + 8 * (2 + 1 + 1 + 2));
}

/* model_init */

TEST(a_new_state_has_idle_cpus_and_nothing_that_lives)
{
	struct model_config config = config_of(9);
	struct world w = world_of(&config);

	for (uint32_t cpu = 0; cpu < 9; cpu++) {
		ck_assert_uint_eq(model_cpu(w.model, cpu)->curr, TASK_NONE);
		ck_assert_uint_eq(model_cpu(w.model, cpu)->phase, CPU_FREE);
	}
	for (uint32_t mm = 0; mm < WORLD_MMS; mm++)
		ck_assert(!model_mm(w.model, mm)->live);
	ck_assert_uint_eq(w.model->size, model_size(&config));
	world_free(&w);
}

TEST(the_arrays_follow_each_other_inside_the_block)
{
	struct model_config config = config_of(129);
	struct world w = world_of(&config);
	const struct model *m = w.model;

	ck_assert_uint_ge(m->cpus_at, sizeof(*m));
	ck_assert_uint_ge(m->mms_at, m->cpus_at + 129 * sizeof(struct model_cpu));
	ck_assert_uint_ge(m->tasks_at, m->mms_at + WORLD_MMS * sizeof(struct model_mm));
	ck_assert_uint_eq(m->extents_at, m->tasks_at + WORLD_TASKS * sizeof(struct model_task));
	ck_assert_uint_eq(m->size, m->extents_at + (uint64_t)WORLD_MMS * m->extent_size);
	ck_assert_uint_eq(m->mms_at % 8, 0);
	ck_assert_uint_eq(m->tasks_at % 8, 0);
	ck_assert_uint_eq(m->extent_size % 8, 0);
	world_free(&w);
}

TEST(narrow_machines_and_the_first_series_always_have_extents)
{
	struct model_config config = config_of(64);
	struct world w = world_of(&config);

	ck_assert(w.model->extents_always);
	world_free(&w);
	config = config_of(65);
	w = world_of(&config);
	ck_assert(!w.model->extents_always);
	world_free(&w);
	config.protocol.init_unset = true;
	w = world_of(&config);
	ck_assert(w.model->extents_always);
	world_free(&w);
}

/* copies */

TEST(a_copy_steps_as_its_original)
{
	struct world w = world_at("7.1", 4), copy = w;

	world_populate(&w, 4);
	copy.model = malloc(w.model->size);
	ck_assert_ptr_nonnull(copy.model);
	memcpy(copy.model, w.model, w.model->size);
	for (uint32_t task = 4; task < 12; task++) {
		must_fork(&w, task % 4, task % 4, task);
		must_fork(&copy, task % 4, task % 4, task);
		ck_assert_mem_eq(w.model, copy.model, w.model->size);
		must_run(&w, 1, task);
		must_run(&copy, 1, task);
		ck_assert_mem_eq(w.model, copy.model, w.model->size);
		must_run(&w, 1, 1);
		must_run(&copy, 1, 1);
	}
	ck_assert_mem_eq(w.model, copy.model, w.model->size);
	free(copy.model);
	world_free(&w);
}

TEST(a_restored_state_is_the_one_that_was_stored)
{
	struct world w = world_at("7.1", 2);
	void *stored = malloc(w.model->size);

	ck_assert_ptr_nonnull(stored);
	world_populate(&w, 2);
	memcpy(stored, w.model, w.model->size);
	must_fork(&w, 0, 0, 2);
	expect_mode(&w, MODE_PER_CPU);
	memcpy(w.model, stored, w.model->size);
	expect_mode(&w, 0);
	expect_broken(&w, "");
	must_fork(&w, 0, 0, 2);
	expect_mode(&w, MODE_PER_CPU);
	free(stored);
	world_free(&w);
}

/* model_grow */

TEST(a_grown_state_holds_what_the_old_one_held)
{
	struct world w = world_at("7.1", 130);
	struct model_config bigger = w.config;
	struct model *old = w.model;

	world_populate(&w, 60); /* with extent */
	ck_assert_uint_ne(world_mm(&w)->extent, EXTENT_NONE);
	bigger.tasks_count = 4000;
	bigger.mms_count = 50;
	bigger.extents_count = 50;
	w.config = bigger;
	w.model = model_grow(calloc(1, model_size(&bigger)), &bigger, old);
	ck_assert_mem_eq(
		model_mm(w.model, 0), model_mm(old, 0), WORLD_MMS * sizeof(struct model_mm));
	ck_assert_mem_eq(model_task(w.model, 0), model_task(old, 0),
		WORLD_TASKS * sizeof(struct model_task));
	ck_assert_mem_eq(model_words(w.model, world_mm(&w)), model_words(old, model_mm(old, 0)),
		old->extent_size);
	ck_assert_uint_eq(w.model->tasks_count, 4000);
	for (uint32_t task = 60; task < 3000; task++)
		must_fork(&w, 0, 0, task);
	expect_broken(&w, "");
	free(old);
	world_free(&w);
}

TEST(growing_by_nothing_gives_an_equal_state)
{
	struct world w = world_at("7.1", 8);
	void *same = calloc(1, w.model->size);

	world_populate(&w, 9);
	ck_assert_ptr_nonnull(same);
	model_grow(same, &w.config, w.model);
	ck_assert_mem_eq(same, w.model, w.model->size);
	free(same);
	world_free(&w);
}

TEST(an_extent_given_back_before_growing_is_had_again_after)
{
	struct model_config config = config_of(130), bigger;
	uint64_t narrow[3] = { 1, 0, 0 };
	struct model *old;
	struct world w;

	config.extents_count = 1;
	w = world_of(&config);
	expect_step(mm_create(w.model, 0, narrow), STEP_DONE);
	mm_destroy(w.model, 0);
	bigger = config;
	bigger.extents_count = 2;
	old = w.model;
	w.model = model_grow(calloc(1, model_size(&bigger)), &bigger, old);
	expect_step(mm_create(w.model, 0, narrow), STEP_DONE);
	expect_step(mm_create(w.model, 1, narrow), STEP_DONE);
	expect_step(mm_create(w.model, 2, narrow), STEP_NEEDS_EXTENT);
	free(old);
	world_free(&w);
}

TEST(growing_brings_the_extent_that_a_step_needed)
{
	struct model_config config = config_of(130), bigger;
	uint64_t narrow[3] = { 1, 0, 0 };
	struct model *old;
	struct world w;

	config.extents_count = 1;
	w = world_of(&config);
	expect_step(mm_create(w.model, 0, narrow), STEP_DONE);
	mm_destroy(w.model, 0);
	expect_step(mm_create(w.model, 1, narrow), STEP_DONE);
	expect_step(mm_create(w.model, 0, narrow), STEP_NEEDS_EXTENT);
	bigger = config;
	bigger.extents_count = 2;
	old = w.model;
	w.model = model_grow(calloc(1, model_size(&bigger)), &bigger, old);
	expect_step(mm_create(w.model, 0, narrow), STEP_DONE);
	ck_assert_uint_ne(model_mm(w.model, 0)->extent, model_mm(w.model, 1)->extent);
	free(old);
	world_free(&w);
}

/* names */

static void all_differ(const char *const *names, int count)
{
	for (int i = 0; i < count; i++) {
		ck_assert_ptr_nonnull(names[i]);
		ck_assert_str_ne(names[i], "?");
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(names[i], names[j]);
	}
}

TEST(every_outcome_counter_and_trigger_has_a_name_of_its_own)
{
	const char *names[OBSERVE_COUNTERS];

	for (int i = 0; i <= STEP_NEEDS_EXTENT; i++)
		names[i] = step_outcome_to_string((enum step_outcome)i);
	all_differ(names, STEP_NEEDS_EXTENT + 1);
	for (int i = 0; i < OBSERVE_COUNTERS; i++)
		names[i] = observer_counter_to_string((enum observer_counter)i);
	all_differ(names, OBSERVE_COUNTERS);
	for (int i = 0; i <= TRIGGER_DEFERRED; i++)
		names[i] = model_trigger_to_string((enum model_trigger)i);
	all_differ(names, TRIGGER_DEFERRED + 1);
	ck_assert_str_eq(step_outcome_to_string((enum step_outcome)99), "?");
	ck_assert_str_eq(model_trigger_to_string((enum model_trigger)99), "?");
}

/* What a driver must not ask. */

TEST_SIGNAL(a_state_is_not_made_at_an_odd_address, SIGABRT)
{
	struct model_config config = config_of(4);
	char *memory = calloc(1, model_size(&config) + 8);

	model_init(memory + 4, &config);
}

TEST_SIGNAL(a_state_of_no_size_is_not_made, SIGABRT)
{
	struct model_config config = config_of(0);
	uint64_t memory[64];

	model_init(memory, &config);
}

/* In each: what a state of 4 CPUs is to grow to. */
static void other_cpus(struct model_config *config)
{
	config->cpus_count = config->nr_cpu_ids = 5;
}

static void fewer_tasks(struct model_config *config)
{
	config->tasks_count--;
}

static void fewer_mms(struct model_config *config)
{
	config->mms_count = config->extents_count = WORLD_MMS - 1;
}

static void fewer_extents(struct model_config *config)
{
	config->extents_count--;
}

static void (*const shrinkers[])(
	struct model_config *) = { other_cpus, fewer_tasks, fewer_mms, fewer_extents };

TEST_SIGNAL_ROWS(a_state_does_not_shrink_or_change_its_cpus, shrinkers, SIGABRT)
{
	struct world w = world_at("7.1", 4);
	struct model_config config = w.config;

	shrinkers[_i](&config);
	model_grow(calloc(1, model_size(&config)), &config, w.model);
}
