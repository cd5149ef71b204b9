/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>

#include "sim/base/prng.h"
#include "sim/step/walkthrough.h"
#include "tests/lib/suite.h"

/* A film whose positions 0 to LAST are known: two for each time, a flip at each 100th, a violation
 * at 77; its state at N is "N". */
enum { LAST = 300, FLIP_EVERY = 100, VIOLATION_AT = 77, TIME_STEP_NS = 10 };

static struct film film;
static struct walkthrough *walk;
static unsigned taken; /* steps of the film */
static unsigned marks_at_start;
static bool stopped;

static void arrive(struct film *f)
{
	f->time_ns = f->position / 2 * TIME_STEP_NS;
	f->marks = f->position % FLIP_EVERY == 0 ? MARK_FLIP : 0;
	if (f->position == 0)
		f->marks = marks_at_start;
	if (f->position == VIOLATION_AT)
		f->marks = MARK_VIOLATION;
}

static void on_rewind(struct film *f)
{
	f->position = 0;
	arrive(f);
}

static bool on_next(struct film *f)
{
	taken++;
	if (f->position == LAST) {
		f->last = LAST;
		return false;
	}
	f->position++;
	arrive(f);
	return true;
}

static void on_describe(struct film *f, GString *happened, GString *state)
{
	g_string_append_printf(happened, "h%u", (unsigned)f->position);
	g_string_append_printf(state, "%u", (unsigned)f->position);
}

static void on_time(const struct film *f, GString *text)
{
	g_string_append_printf(text, "%u", (unsigned)f->time_ns);
}

static void on_free(struct film *f)
{
	f->kind = NULL;
}

static const struct film_kind kind = { on_rewind, on_next, on_describe, on_time, on_free };

static bool is_stopped(void)
{
	return stopped;
}

static void start(void)
{
	film = (struct film){ .kind = &kind, .last = UINT64_MAX };
	walk = walkthrough_new(&film, is_stopped);
	taken = 0;
}

static void stop(void)
{
	walkthrough_free(walk);
	ck_assert_ptr_null(film.kind);
}

/* The walkthrough is at @position, and says of it what the film says. */
static void assert_at(uint64_t position)
{
	const struct moment *here = walkthrough_here(walk);

	ck_assert_uint_eq(here->position, position);
	ck_assert_uint_eq(strtoull(here->state, NULL, 10), position);
	ck_assert_uint_eq(strtoull(here->happened + 1, NULL, 10), position);
	ck_assert_uint_eq(strtoull(here->time, NULL, 10), position / 2 * TIME_STEP_NS);
	if (position > 0)
		ck_assert_uint_eq(strtoull(walkthrough_before(walk), NULL, 10), position - 1);
	else
		ck_assert_str_eq(walkthrough_before(walk), "");
}

SUITE(.before = start, .after = stop);

TEST(it_begins_at_the_start_and_goes_anywhere)
{
	assert_at(0);
	ck_assert_uint_eq(walkthrough_last(walk), UINT64_MAX);
	ck_assert(walkthrough_go(walk, 200));
	assert_at(200);
	ck_assert(walkthrough_go(walk, 3));
	assert_at(3);
	ck_assert(!walkthrough_go(walk, LAST + 5));
	assert_at(LAST);
	ck_assert_uint_eq(walkthrough_last(walk), LAST);
	ck_assert(!walkthrough_go(walk, UINT64_MAX - 1));
	assert_at(LAST);
}

TEST(a_step_back_needs_no_film)
{
	walkthrough_go(walk, 200);
	taken = 0;
	for (uint64_t position = 199; position > 150; position--) {
		ck_assert(walkthrough_go(walk, position));
		assert_at(position);
	}
	ck_assert_uint_eq(taken, 0);
	ck_assert(walkthrough_go(walk, 201));
	assert_at(201);
}

/* 64 positions are kept: 137 is the oldest one. If 363 was asked for, the end is the oldest and the
 * newest one. */
TEST(the_oldest_position_that_is_kept_has_a_state_before_it)
{
	walkthrough_go(walk, 200);
	ck_assert(walkthrough_go(walk, 137));
	assert_at(137);
	ck_assert(!walkthrough_go(walk, LAST + 63));
	assert_at(LAST);
}

TEST(a_mark_is_found_at_the_start)
{
	ck_assert(!walkthrough_find(walk, MARK_VIOLATION, false));
	marks_at_start = MARK_VIOLATION;
	ck_assert(!walkthrough_find(walk, MARK_VIOLATION, false));
	walkthrough_go(walk, 10);
	ck_assert(walkthrough_find(walk, MARK_VIOLATION, false));
	assert_at(0);
}

TEST(marks_are_found_in_both_directions)
{
	ck_assert(walkthrough_find(walk, MARK_FLIP, true));
	assert_at(100);
	ck_assert(walkthrough_find(walk, MARK_FLIP | MARK_VIOLATION, false));
	assert_at(77);
	ck_assert(!walkthrough_find(walk, MARK_FLIP, false));
	assert_at(77);
	ck_assert(walkthrough_find(walk, MARK_FLIP, true));
	ck_assert(walkthrough_find(walk, MARK_FLIP, true));
	ck_assert(walkthrough_find(walk, MARK_FLIP, true));
	assert_at(300);
	ck_assert(!walkthrough_find(walk, MARK_FLIP, true));
	assert_at(300);
	ck_assert(walkthrough_find(walk, MARK_FLIP, false));
	assert_at(200);
	ck_assert(!walkthrough_find(walk, MARK_OPEN, false));
}

TEST(a_time_is_the_last_position_that_is_not_after_it)
{
	ck_assert(walkthrough_go_time(walk, 25));
	assert_at(5);
	ck_assert(walkthrough_go_time(walk, 20));
	assert_at(5);
	ck_assert(walkthrough_go_time(walk, 0));
	assert_at(1);
	ck_assert(!walkthrough_go_time(walk, UINT64_MAX));
	assert_at(LAST);
}

/* The first of @from, @from + @by ... that has one of @marks; UINT64_MAX: none. */
static uint64_t expect_mark(uint64_t from, int by, unsigned marks)
{
	for (int64_t at = (int64_t)from + by; at >= 0 && at <= LAST; at += by) {
		struct film at_position = { .position = (uint64_t)at };

		arrive(&at_position);
		if (at_position.marks & marks)
			return (uint64_t)at;
	}
	return UINT64_MAX;
}

TEST_RANGE(any_order_of_moves_says_what_the_film_says, 0, 20)
{
	struct prng prng = { .key = prng_key(1, (uint32_t)_i) };

	for (int move = 0; move < 60; move++) {
		uint64_t here = walkthrough_here(walk)->position, wanted = prng_next(&prng) % LAST;
		bool forwards = prng_next(&prng) % 2;
		uint64_t found = expect_mark(here, forwards ? 1 : -1, MARK_FLIP | MARK_VIOLATION);

		switch (prng_next(&prng) % 3) {
		case 0:
			ck_assert(walkthrough_go(walk, wanted));
			assert_at(wanted);
			break;
		case 1:
			walkthrough_go(walk, forwards ? here + 1 : here - MIN(here, 1));
			assert_at(forwards ? MIN(here + 1, LAST) : here - MIN(here, 1));
			break;
		default:
			ck_assert(walkthrough_find(walk, MARK_FLIP | MARK_VIOLATION, forwards) ==
				  (found != UINT64_MAX));
			assert_at(found == UINT64_MAX ? here : found);
		}
	}
}

TEST(the_film_can_be_brought_here_and_changed)
{
	walkthrough_go(walk, 200);
	walkthrough_go(walk, 190);
	ck_assert_uint_eq(walkthrough_film(walk)->position, 190);
	assert_at(190);
	walkthrough_changed(walk);
	assert_at(190);
	ck_assert(walkthrough_go(walk, 191));
	assert_at(191);
}

TEST(a_walkthrough_that_is_stopped_stays_somewhere)
{
	stopped = true;
	ck_assert(!walkthrough_go(walk, 299));
	ck_assert_uint_lt(walkthrough_here(walk)->position, 299);
	stopped = false;
	ck_assert(walkthrough_go(walk, 299));
	assert_at(299);
}
