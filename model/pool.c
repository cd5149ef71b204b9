/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/pool.h"

#include <assert.h>
#include <stddef.h>

/*
 * On wide machines the bitmap in the extent carries two summaries, one bit per 64-bit word: "full"
 * finds the lowest clear bit, "some" the highest set one, each in a step per 4096 numbers.
 */
struct wide_pool {
	uint64_t *bits, *full, *some;
};

static bool is_wide(const struct model *model, const struct model_mm *mm)
{
	return mm->extent != EXTENT_NONE && model->cpus_count > MODEL_INLINE_NUMBERS;
}

static struct wide_pool wide_pool(const struct model *model, const struct model_mm *mm)
{
	char *extent = (char *)model_words((struct model *)model, mm);
	uint64_t *bits = (uint64_t *)(extent + ((model->cpus_count * sizeof(cid_word) + 7) & ~7u));

	return (struct wide_pool){
		.bits = bits,
		.full = bits + model->words,
		.some = bits + model->words + model->summary,
	};
}

static uint32_t lowest_clear(const struct model *model, const struct model_mm *mm)
{
	if (!is_wide(model, mm))
		return ~mm->pool ? (uint32_t)__builtin_ctzll(~mm->pool) : MODEL_INLINE_NUMBERS;

	struct wide_pool pool = wide_pool(model, mm);

	for (uint32_t i = 0; i < model->summary; i++) {
		if (!~pool.full[i])
			continue;
		uint32_t word = i * 64 + (uint32_t)__builtin_ctzll(~pool.full[i]);

		if (word >= model->words)
			break;
		return word * 64 + (uint32_t)__builtin_ctzll(~pool.bits[word]);
	}
	return POOL_NOTHING;
}

static void set_bit(const struct model *model, struct model_mm *mm, uint32_t number)
{
	assert(mm->taken < model->cpus_count);
	mm->taken++;
	if (!is_wide(model, mm)) {
		mm->pool |= UINT64_C(1) << number;
		return;
	}

	struct wide_pool pool = wide_pool(model, mm);
	uint32_t word = number / 64;

	pool.bits[word] |= UINT64_C(1) << number % 64;
	pool.some[word / 64] |= UINT64_C(1) << word % 64;
	if (!~pool.bits[word])
		pool.full[word / 64] |= UINT64_C(1) << word % 64;
}

static void clear_bit(const struct model *model, struct model_mm *mm, uint32_t number)
{
	assert(mm->taken > 0);
	mm->taken--;
	if (!is_wide(model, mm)) {
		mm->pool &= ~(UINT64_C(1) << number);
		return;
	}

	struct wide_pool pool = wide_pool(model, mm);
	uint32_t word = number / 64;

	pool.bits[word] &= ~(UINT64_C(1) << number % 64);
	pool.full[word / 64] &= ~(UINT64_C(1) << word % 64);
	if (!pool.bits[word])
		pool.some[word / 64] &= ~(UINT64_C(1) << word % 64);
}

bool pool_is_taken(const struct model *model, uint32_t mm, uint32_t number)
{
	const struct model_mm *m = model_mm_const(model, mm);

	assert(number < model->cpus_count);
	if (is_wide(model, m))
		return wide_pool(model, m).bits[number / 64] >> number % 64 & 1;
	return number < MODEL_INLINE_NUMBERS && m->pool >> number & 1;
}

uint32_t pool_take(
	struct model *model, uint32_t mm, uint32_t limit, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);
	uint32_t number = lowest_clear(model, m);

	assert(limit <= model->cpus_count);
	if (number >= limit)
		return POOL_NOTHING;
	/* The extent comes before the pool can outgrow one word: see lifecycle.c. */
	assert(is_wide(model, m) || number < MODEL_INLINE_NUMBERS);
	set_bit(model, m, number);
	observe_count(observer, OBSERVE_GETS);
	observe_count(observer, OBSERVE_BIT_OPS);
	return number;
}

uint32_t pool_get(struct model *model, uint32_t mm, struct model_observer *observer)
{
	uint32_t number = pool_take(model, mm, model_mm(model, mm)->max_cids, observer);

	if (number != POOL_NOTHING)
		return number;
	return pool_take(model, mm, model->cpus_count, observer);
}

uint32_t pool_find(const struct model *model, uint32_t mm)
{
	/* The lowest clear bit is below max_cids whenever any is. */
	uint32_t number = lowest_clear(model, model_mm_const(model, mm));

	return number < model->cpus_count ? number : POOL_NOTHING;
}

bool pool_set(struct model *model, uint32_t mm, uint32_t number, struct model_observer *observer)
{
	struct model_mm *m = model_mm(model, mm);

	assert(number < model->cpus_count);
	observe_count(observer, OBSERVE_BIT_OPS);
	if (pool_is_taken(model, mm, number))
		return false;
	set_bit(model, m, number);
	observe_count(observer, OBSERVE_GETS);
	return true;
}

bool pool_has_room(const struct model *model, uint32_t mm)
{
	return pool_find(model, mm) != POOL_NOTHING;
}

uint32_t pool_span(const struct model *model, uint32_t mm)
{
	const struct model_mm *m = model_mm_const(model, mm);

	if (!is_wide(model, m))
		return m->pool ? 64 - (uint32_t)__builtin_clzll(m->pool) : 0;

	struct wide_pool pool = wide_pool(model, m);

	for (uint32_t i = model->summary; i-- > 0;) {
		if (!pool.some[i])
			continue;
		uint32_t word = i * 64 + 63 - (uint32_t)__builtin_clzll(pool.some[i]);

		return word * 64 + 64 - (uint32_t)__builtin_clzll(pool.bits[word]);
	}
	return 0;
}

static void bad_drop(struct model *model, uint32_t mm, uint32_t bit, uint8_t fault,
	struct model_observer *observer)
{
	model_mm(model, mm)->faults |= fault;
	observe_event(observer,
		&(struct model_event){
			.kind = EVENT_BAD_DROP, .mm = mm, .task = TASK_NONE, .bit = bit });
}

void pool_drop(struct model *model, uint32_t mm, uint32_t bit, struct model_observer *observer)
{
	observe_count(observer, OBSERVE_BIT_OPS);
	if (bit >= model->cpus_count) {
		bad_drop(model, mm, bit, FAULT_DROP_RANGE, observer);
	} else if (!pool_is_taken(model, mm, bit)) {
		bad_drop(model, mm, bit, FAULT_DROP_CLEAR, observer);
	} else {
		clear_bit(model, model_mm(model, mm), bit);
	}
}

void pool_unset_task(struct model *model, uint32_t task, struct model_observer *observer)
{
	struct model_task *t = model_task(model, task);
	cid_word old = t->cid;

	assert(t->has_mm);
	t->cid = CID_UNSET;
	if (cid_is_task_owned(old))
		pool_drop(model, t->mm, cid_number(old), observer);
}

void pool_drop_cpu(struct model *model, uint32_t mm, uint32_t cpu, struct model_observer *observer)
{
	cid_word *words = model_words(model, model_mm(model, mm));
	cid_word word;

	if (!words)
		return; /* no extent: no word is CPU-owned */
	assert(cpu < model->cpus_count);
	word = words[cpu];
	/* From 6.19.1 only what the CPU owns is dropped (B4). */
	if (model->protocol.drop_tests_owned && !cid_is_cpu_owned(word))
		return;
	word &= (cid_word)~CID_ONCPU;
	words[cpu] = word;
	/* Without the test the word may carry TRANSIT or UNSET, and the kernel clears that bit. */
	pool_drop(model, mm, cid_to_kernel(word), observer);
}

cid_word pool_converge(
	struct model *model, uint32_t mm, cid_word word, struct model_observer *observer)
{
	uint32_t max = model_mm(model, mm)->max_cids;
	uint32_t number;

	assert(!cid_is_unset(word));
	if (cid_number(word) < max)
		return word;
	/* One try. The new bit is set before the old one is cleared. */
	number = pool_take(model, mm, max, observer);
	if (number == POOL_NOTHING)
		return word;
	pool_drop(model, mm, cid_number(word), observer);
	observe_count(observer, OBSERVE_CONVERGED);
	return (cid_word)(number | (word & CID_ONCPU));
}

void pool_move_to_extent(struct model *model, uint32_t mm)
{
	struct model_mm *m = model_mm(model, mm);
	uint64_t bits = m->pool;

	if (!is_wide(model, m))
		return;
	assert(m->taken == (uint32_t)__builtin_popcountll(bits));
	m->pool = 0;
	m->taken = 0;
	for (; bits; bits &= bits - 1)
		set_bit(model, m, (uint32_t)__builtin_ctzll(bits));
}

static void assert_wide(const struct model *model, const struct model_mm *mm)
{
	struct wide_pool pool = wide_pool(model, mm);
	uint32_t taken = 0;

	assert(mm->pool == 0);
	for (uint32_t word = 0; word < model->words; word++) {
		uint64_t bits = pool.bits[word];

		taken += (uint32_t)__builtin_popcountll(bits);
		assert((pool.full[word / 64] >> word % 64 & 1) == !~bits);
		assert((pool.some[word / 64] >> word % 64 & 1) == (bits != 0));
	}
	assert(taken == mm->taken);
}

void pool_assert(const struct model *model, uint32_t mm)
{
	const struct model_mm *m = model_mm_const(model, mm);

	if (is_wide(model, m))
		assert_wide(model, m);
	else
		assert((uint32_t)__builtin_popcountll(m->pool) == m->taken);
	assert(pool_span(model, mm) <= model->cpus_count);
}
