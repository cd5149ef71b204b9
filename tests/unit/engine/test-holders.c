/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/holders.h"

#include "model/check.h"
#include "model/pool.h"
#include "sim/base/prng.h"
#include "tests/lib/engine.h"
#include "tests/lib/suite.h"

/* What is counted, task by task and CPU by CPU, says the same as check_mm(), which looks at all:
 * in any state of words, be it one that no run can come to. */

enum { CPUS = 8, NUMBERS = 6, TASKS = 5, CHANGES = 800 };

static struct prng prng;
static uint32_t tasks[TASKS];

static uint32_t below(uint32_t bound)
{
	return (uint32_t)prng_below(&prng, bound);
}

static void start(uint64_t seed)
{
	parts_start_of("[machine]\ncpus = 8\n[mm app]\n[tasks worker]\nmm = app\ncount = 5\n");
	prng = (struct prng){ .key = prng_key(seed, 0) };
	for (unsigned i = 0; i < TASKS; i++)
		tasks[i] = parts_user();
}

/* A word with a number that is likely to be somebody else's, too. */
static cid_word any_word(void)
{
	static const cid_word flags[] = { 0, 0, CID_ONCPU, CID_ONCPU, CID_TRANSIT, CID_UNSET,
		CID_UNSET | CID_TRANSIT, CID_ONCPU | CID_TRANSIT };

	return (cid_word)(flags[below(G_N_ELEMENTS(flags))] | (below(8) ? below(NUMBERS) : CPUS));
}

/* The bit of the number in @word is set, or cleared if it is set. */
static void flip_bit(cid_word word)
{
	struct model *model = parts_engine->model;
	uint32_t number = word & CID_NUMBER;

	if (number >= CPUS || below(2))
		return;
	if (pool_is_taken(model, parts_mm, number))
		pool_drop(model, parts_mm, number, NULL);
	else
		pool_set(model, parts_mm, number, NULL);
}

/* A word was @old and is @now. Bits change with words only. */
static void change_bits(cid_word old, cid_word now)
{
	if (old == now)
		return;
	flip_bit(old);
	flip_bit(now);
}

static void change_task(void)
{
	uint32_t task = tasks[below(TASKS)];
	struct model_task *t = model_task(parts_engine->model, task);
	cid_word old = t->cid;

	if (below(4) == 0) {
		t->active = !t->active;
	} else {
		t->cid = any_word();
		change_bits(old, t->cid);
	}
	holders_touch_task(parts_engine, task);
}

static void change_cpu(void)
{
	struct model *model = parts_engine->model;
	uint32_t cpu = below(CPUS);
	cid_word *words = model_words(model, model_mm(model, parts_mm)), old = words[cpu];

	words[cpu] = any_word();
	change_bits(old, words[cpu]);
	holders_touch_cpu(parts_engine, parts_mm, cpu);
}

/* Another task runs on a CPU, maybe without the end of its get. */
static void change_current(void)
{
	struct model *model = parts_engine->model;
	uint32_t task = tasks[below(TASKS)], cpu = below(CPUS);
	uint32_t left = model_cpu(model, cpu)->curr;

	if (model_is_running(model, task))
		model_cpu(model, model_task(model, task)->cpu)->curr = TASK_NONE;
	model_task(model, task)->cpu = cpu & 7;
	model_cpu(model, cpu)->curr = below(4) ? task : TASK_NONE;
	model_cpu(model, cpu)->phase = below(4) ? CPU_FREE : CPU_SPINS;
	holders_touch_task(parts_engine, left);
	holders_touch_task(parts_engine, task);
}

/* What is of the mm needs no telling. */
static void change_mm(void)
{
	struct model_mm *m = model_mm(parts_engine->model, parts_mm);

	switch (below(4)) {
	case 0:
		m->mode ^= MODE_PER_CPU;
		break;
	case 1:
		m->phase = below(2) ? PHASE_IDLE : PHASE_WALK_TASKS;
		m->child = below(2) ? TASK_NONE : tasks[below(TASKS)];
		break;
	case 2:
		m->taken += m->update_deferred ? -1U : 1; /* one too many, or not */
		m->update_deferred = !m->update_deferred;
		break;
	default:
		m->faults = (uint8_t)(below(4) ? 0 : below(4));
		break;
	}
}

TEST_RANGE(counts_say_what_a_look_at_all_says, 0, 40)
{
	static void (*const changes[])(
		void) = { change_task, change_task, change_cpu, change_current, change_mm };
	unsigned seen = 0;

	start((uint64_t)_i);
	for (unsigned i = 0; i < CHANGES; i++) {
		unsigned broken;

		changes[below(G_N_ELEMENTS(changes))]();
		broken = check_mm(parts_engine->model, parts_mm, parts_engine->checks.seen);
		ck_assert_uint_eq(holders_broken(parts_engine, parts_mm), broken);
		seen |= broken;
	}
	ck_assert_uint_eq(seen, CHECK_ALL_SAFETY);
	for (unsigned i = 0; i < TASKS; i++) /* the engine is freed as it was made */
		model_cpu(parts_engine->model, i)->curr = TASK_NONE;
	parts_stop();
}

/* Nobody looks at the words of an mm without users: they are counted anew. */
TEST(what_changes_while_there_are_no_users_is_counted_with_the_next_one)
{
	struct model_mm *m;
	uint32_t users;

	start(1);
	m = model_mm(parts_engine->model, parts_mm);
	users = m->users;
	ck_assert_uint_eq(holders_broken(parts_engine, parts_mm), 0);
	m->users = 0;
	ck_assert_uint_eq(holders_broken(parts_engine, parts_mm), 0);
	model_words(parts_engine->model, m)[3] = CID_ONCPU | 2;
	m->users = users;
	ck_assert_uint_eq(holders_broken(parts_engine, parts_mm), CHECK_I4 | CHECK_I5);
	parts_stop();
}
