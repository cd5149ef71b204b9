/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */

/* The list of states: their memory, their order, and how many are kept. */

#include <signal.h>

#include "model/mm.h"
#include "model/revision.h"
#include "sim/replay/orders/states.h"
#include "sim/replay/orders/take-words.h"
#include "tests/lib/suite.h"

enum { MM = 0, CPUS = 4 };

static struct model_config config;
static struct order_states states;

static void set_up(void)
{
	config = (struct model_config){
		.protocol = revision_find("7.1")->protocol,
		.cpus_count = CPUS,
		.nr_cpu_ids = CPUS,
		.tasks_count = 8,
		.mms_count = 1,
		.extents_count = 1,
		.extents_always = true,
	};
	states_init(&states, &config, 3);
	states_add(&states, states_new_state(&states, &config));
	mm_create(&states_first(&states)->model, MM, NULL);
}

static void tear_down(void)
{
	states_clear(&states);
}

SUITE(.before = set_up, .after = tear_down);

/* A copy of the first state that differs by @group, with @inversions. */
static void add(uint32_t inversions, uint32_t group)
{
	struct order_state *state = states_copy(&states, states_first(&states));

	state_changes(state)->inversions = inversions;
	model_task(&state->model, 0)->group = group & (MODEL_TASKS_MAX - 1);
	states_add(&states, state);
}

/* Proves that the likeliest of different states comes first, and that a tie keeps its order. */
TEST(the_likeliest_comes_first)
{
	states_first(&states)->inversions = 2;
	add(1, 1);
	add(1, 2);
	states_tidy(&states);
	ck_assert_uint_eq(states_count(&states), 3);
	ck_assert_uint_eq(model_task(&states_at(&states, 0)->model, 0)->group, 1);
	ck_assert_uint_eq(model_task(&states_at(&states, 1)->model, 0)->group, 2);
	ck_assert_uint_eq(states_at(&states, 2)->inversions, 2);
	ck_assert(!states.cut);
}

/* Proves that of equal states the likelier stays, and that this gives nothing up. */
TEST(equal_states_become_one)
{
	states_first(&states)->inversions = 2;
	add(1, 0);
	states_tidy(&states);
	ck_assert_uint_eq(states_count(&states), 1);
	ck_assert_uint_eq(states_first(&states)->inversions, 1);
	ck_assert(!states.cut);
}

/* Proves that the unlikeliest beyond the limit is given up, and that it is noted. */
TEST(too_many_states_are_cut)
{
	for (uint32_t i = 1; i <= 3; i++)
		add(i, i);
	states_tidy(&states);
	ck_assert_uint_eq(states_count(&states), 3);
	ck_assert_uint_eq(states.most, 3);
	ck_assert(states.cut);
}

/* Proves that states keep what they are when there is room for more tasks. */
TEST(states_grow)
{
	model_task(&states_first(&states)->model, 7)->group = 5;
	states_first(&states)->waits = 9;
	config.tasks_count = 16;
	states_grow(&states, &config);
	ck_assert_uint_eq(model_task(&states_first(&states)->model, 7)->group, 5);
	ck_assert_uint_eq(states_first(&states)->waits, 9);
	ck_assert_uint_eq(model_task(&states_first(&states)->model, 15)->group, 0);
}

/* Proves that a state that is ruled out is gone, and the others keep their order. */
TEST(ruled_out)
{
	add(1, 1);
	add(2, 2);
	states_rule_out(&states, 1, true);
	states_rule_out(&states, 2, false);
	states_compact(&states);
	ck_assert_uint_eq(states_count(&states), 2);
	ck_assert_uint_eq(states_at(&states, 1)->inversions, 2);
}

/* Proves that words of a trace are taken over if they can be, and take their number. */
TEST(words_are_taken_over)
{
	struct order_state *state = states_first(&states);

	ck_assert(state_take_cpu_word(state, 1, CID_KERNEL_ONCPU | 2));
	ck_assert_uint_eq(model_mm(&state->model, MM)->taken, 1);
	ck_assert(!state_take_cpu_word(state, 2, CID_KERNEL_ONCPU | 2));
	ck_assert(!state_take_cpu_word(state, 2, CID_KERNEL_ONCPU | CPUS));
	ck_assert(state_take_cpu_word(state, 2, CID_KERNEL_UNSET));
	ck_assert(!state_take_cpu_word(state, 2, CID_KERNEL_UNSET | 1));
	ck_assert(!state_take_task_word(state, 0, 3));
	ck_assert(state_take_task_word(state, 0, CID_KERNEL_TRANSIT | 3));
	ck_assert_uint_eq(model_mm(&state->model, MM)->taken, 2);
}

/* Proves that of equal states one is marked, however many there are, and none afterwards. */
TEST(equal_states_are_marked_once)
{
	enum { COUNT = 1000 };

	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 1; i <= COUNT; i++) {
			struct order_state *a = states_copy(&states, states_first(&states));
			struct order_state *b = states_copy(&states, states_first(&states));

			model_task(&state_changes(a)->model, 3)->group = i;
			model_task(&state_changes(b)->model, 3)->group = i;
			b->inversions = 5; /* makes no other state of it */
			ck_assert_ptr_null(states_mark(&states, a));
			ck_assert_ptr_eq(states_mark(&states, b), a);
			ck_assert_ptr_eq(states_mark(&states, a), a);
			states_drop(&states, b);
			ck_assert_uint_eq(states_marked(&states), i);
		}
		states_unmark_all(&states, true);
		ck_assert_uint_eq(states_marked(&states), 0);
	}
	ck_assert_ptr_null(states_mark(&states, states_first(&states)));
	states_unmark_all(&states, false);
	ck_assert_uint_eq(states_count(&states), 1);
}

/* Proves that each part of what makes states equal makes them differ. */
TEST(states_differ_by_each_part)
{
	struct order_state *a = states_copy(&states, states_first(&states));
	struct order_state *b = states_copy(&states, a);

	ck_assert_ptr_null(states_mark(&states, state_changes(a)));
	state_changes(b)->holder = 1;
	ck_assert_ptr_null(states_mark(&states, b));
	b = states_copy(&states, a);
	state_changes(b)->affinities_done = 1U << 31;
	ck_assert_ptr_null(states_mark(&states, b));
	b = states_copy(&states, a);
	state_changes(b)->stage = ORDER_LEFT;
	ck_assert_ptr_null(states_mark(&states, b));
	b = states_copy(&states, a);
	state_changes(b)->current_done = 1;
	ck_assert_ptr_null(states_mark(&states, b));
	b = states_copy(&states, a);
	model_cpu(&state_changes(b)->model, CPUS - 1)->curr = 7;
	ck_assert_ptr_null(states_mark(&states, b));
	b = states_copy(&states, a);
	model_mm(&state_changes(b)->model, MM)->users++;
	ck_assert_ptr_null(states_mark(&states, b));
	b = states_copy(&states, a);
	b->model.extents_free = 3;
	ck_assert_ptr_null(states_mark(&states, state_changes(b)));
	ck_assert_uint_eq(states_marked(&states), 8);
	states_unmark_all(&states, true);
}

/* Proves that the states that were taken stay while the list is filled anew. */
TEST(a_list_is_taken_and_filled_anew)
{
	const GPtrArray *taken;

	add(1, 1);
	taken = states_take_all(&states);
	ck_assert_uint_eq(taken->len, 2);
	ck_assert_uint_eq(states_count(&states), 0);
	states_add(&states, taken->pdata[1]);
	states_drop(&states, taken->pdata[0]);
	ck_assert_uint_eq(states_count(&states), 1);
	ck_assert_uint_eq(states_first(&states)->inversions, 1);
	taken = states_take_all(&states);
	ck_assert_uint_eq(taken->len, 1);
	states_add(&states, taken->pdata[0]);
}

TEST_SIGNAL(a_list_has_room_for_one, SIGABRT)
{
	states_init(&states, &config, 0);
}

TEST_SIGNAL(no_state_is_none, SIGABRT)
{
	states_add(&states, NULL);
}

TEST_SIGNAL(states_do_not_shrink, SIGABRT)
{
	states_grow(&states, &config);
}

TEST_SIGNAL(no_word_beyond_the_last_cpu, SIGABRT)
{
	state_take_cpu_word(states_first(&states), CPUS, CID_KERNEL_UNSET);
}
