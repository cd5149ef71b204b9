/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/holders.h"

#include <string.h>

#include "model/check.h"
#include "model/pool.h"
#include "sim/base/hot-assert.h"
#include "sim/engine/internal.h"

void holders_clear(struct holders *holders)
{
	for (uint32_t mm = 0; mm < holders->mms_count; mm++) {
		g_free(holders->mms[mm].numbers);
		g_free(holders->mms[mm].words);
	}
	g_free(holders->mms);
	g_free(holders->tasks);
}

/* @array, of @size bytes for each of *@count things, with room for @more; what is new is 0. */
static void *grown(void *array, size_t size, uint32_t *count, uint32_t more)
{
	char *now = g_realloc_n(array, more, size);

	g_assert(more > *count);
	memset(now + *count * size, 0, (more - *count) * size);
	*count = more;
	return now;
}

static inline struct holders_mm *mm_at(struct engine *engine, uint32_t mm)
{
	struct holders *holders = &engine->checks.holders;

	if (mm >= holders->mms_count)
		holders->mms = grown(holders->mms, sizeof(*holders->mms), &holders->mms_count,
			engine->config.mms_count);
	return &holders->mms[mm];
}

static inline struct holders_share *share_at(struct engine *engine, uint32_t task)
{
	struct holders *holders = &engine->checks.holders;

	if (task >= holders->tasks_count)
		holders->tasks = grown(holders->tasks, sizeof(*holders->tasks),
			&holders->tasks_count, engine->tasks.count);
	return &holders->tasks[task];
}

/* Nothing is counted of @h. */
static void empty(struct holders_mm *h)
{
	struct holders_mm none = {
		.round = h->round + 1, /* 0 is that of shares that nobody has written */
		.numbers = h->numbers,
		.words = h->words,
		.numbers_count = h->numbers_count,
	};

	if (h->numbers_count != 0)
		memset(h->numbers, 0, h->numbers_count * sizeof(*h->numbers));
	*h = none;
}

void holders_begin(struct engine *engine, uint32_t mm)
{
	struct holders_mm *h = mm_at(engine, mm);

	g_assert(model_mm(engine->model, mm)->users == 0);
	g_clear_pointer(&h->words, g_free);
	empty(h);
}

/* Numbers */

static inline struct holders_number *number_at(
	const struct engine *engine, struct holders_mm *h, uint32_t number)
{
	hot_assert(number < engine->cpus.count);
	if (number >= h->numbers_count)
		h->numbers = grown(h->numbers, sizeof(*h->numbers), &h->numbers_count,
			MIN(MAX(2 * h->numbers_count, (number | 7) + 1), engine->cpus.count));
	return &h->numbers[number];
}

/* @times words more, or fewer, hold @number. */
static void hold(const struct engine *engine, struct holders_mm *h, uint32_t number, int times)
{
	struct holders_number *n;

	if (number >= engine->cpus.count) {
		h->held_beyond += (uint32_t)times;
		return;
	}
	n = number_at(engine, h, number);
	h->held -= n->held > 0;
	h->held_twice -= n->held > 1;
	n->held += (uint32_t)times;
	h->held += n->held > 0;
	h->held_twice += n->held > 1;
}

/* One active task more, or less, runs with @word. */
static void run(const struct engine *engine, struct holders_mm *h, cid_word word, int times)
{
	struct holders_number *n;

	if (cid_is_unset(word)) {
		h->running_unset += (uint32_t)times;
	} else if (cid_number(word) >= engine->cpus.count) {
		h->running_beyond += (uint32_t)times;
	} else {
		n = number_at(engine, h, cid_number(word));
		h->running_twice -= n->running > 1;
		n->running += (uint32_t)times;
		h->running_twice += n->running > 1;
	}
}

/* The bit of the number in @word may have changed. */
static void see_bit(const struct engine *engine, struct holders_mm *h, uint32_t mm, cid_word word)
{
	uint32_t number = word & CID_NUMBER;
	struct holders_number *n;
	bool clear;

	if (number >= h->numbers_count)
		return; /* nobody holds it */
	n = &h->numbers[number];
	clear = n->held > 0 && !pool_is_taken(engine->model, mm, number);
	h->held_clear += (uint32_t)clear - n->clear;
	n->clear = clear;
}

/* CPUs */

static void count_cpu(const struct engine *engine, struct holders_mm *h, cid_word word, int times)
{
	if (!cid_is_cpu_owned(word))
		return;
	h->by_cpus += (uint32_t)times;
	hold(engine, h, word & CID_NUMBER, times);
}

void holders_touch_cpu(struct engine *engine, uint32_t mm, uint32_t cpu)
{
	struct holders_mm *h = mm_at(engine, mm);
	const cid_word *words;
	cid_word old, now;

	if (cpu == CPU_NONE || h->stale)
		return;
	words = model_words(engine->model, model_mm(engine->model, mm));
	if (!words)
		return; /* no CPU can own anything yet */
	if (!h->words)
		h->words = g_new0(cid_word, engine->cpus.count);
	old = h->words[cpu];
	now = words[cpu];
	if (old == now)
		return;
	h->words[cpu] = now;
	count_cpu(engine, h, old, -1);
	count_cpu(engine, h, now, 1);
	see_bit(engine, h, mm, old);
	see_bit(engine, h, mm, now);
}

/* Tasks */

static struct holders_share share_of(
	const struct model *model, const struct model_task *t, uint32_t task)
{
	const struct model_cpu *c = model_cpu_const(model, t->cpu);
	bool has = !cid_is_unset(t->cid), runs = c->curr == task;
	bool user = t->listed && t->active; /* as users_before() finds them */
	struct holders_share share = { .mm = (uint16_t)t->mm, .word = t->cid };

	share.running = runs && t->active && c->phase != CPU_SPINS;
	share.owns = user && cid_is_task_owned(t->cid);
	share.inactive = runs && !t->active && has;
	share.held = share.owns || (user && runs && has && cid_is_in_transit(t->cid));
	share.held += share.inactive;
	return share;
}

/* What is counted of a task, of which @from was counted, is @to; both are of @h, with one word. */
static inline void change_share(const struct engine *engine, struct holders_mm *h,
	const struct holders_share *from, const struct holders_share *to)
{
	if (from->held != to->held) {
		hold(engine, h, to->word & CID_NUMBER, to->held - from->held);
		see_bit(engine, h, to->mm, to->word);
	}
	if (from->running != to->running)
		run(engine, h, to->word, to->running - from->running);
	h->by_users += (uint32_t)to->owns - from->owns;
	h->by_inactive += (uint32_t)to->inactive - from->inactive;
}

/* Nothing is counted of a task any more. */
static void take_back(struct engine *engine, struct holders_share *share)
{
	struct holders_share none = { .mm = share->mm, .word = share->word };
	struct holders_mm *h = mm_at(engine, share->mm);

	if (share->round == h->round && !h->stale) {
		change_share(engine, h, share, &none);
		see_bit(engine, h, share->mm, share->word);
	}
	*share = none;
}

void holders_touch_task(struct engine *engine, uint32_t task)
{
	const struct model_task *t;
	struct holders_share *share, now;
	struct holders_mm *h;

	if (task == TASK_NONE)
		return;
	share = share_at(engine, task);
	t = model_task_const(engine->model, task);
	if (!t->has_mm) {
		take_back(engine, share);
		return;
	}
	h = mm_at(engine, t->mm);
	now = share_of(engine->model, t, task);
	now.round = h->round;
	if (share->round != now.round || share->mm != now.mm || share->word != now.word) {
		take_back(engine, share);
		*share = (struct holders_share){ .mm = now.mm, .word = now.word };
		see_bit(engine, h, now.mm, now.word);
	}
	if (h->stale)
		return;
	change_share(engine, h, share, &now);
	*share = now;
}

/* The mm */

/* All anew: while it had no users, nobody looked at what happened to its words. */
static void count_all(struct engine *engine, uint32_t mm)
{
	struct holders_mm *h = mm_at(engine, mm);
	uint32_t task = TASK_NONE;

	empty(h);
	g_clear_pointer(&h->words, g_free);
	while ((task = users_before(engine->model, mm, task)) != TASK_NONE)
		holders_touch_task(engine, task);
	for (uint32_t cpu = 0; cpu < engine->cpus.count; cpu++) {
		uint32_t curr = model_cpu(engine->model, cpu)->curr;

		holders_touch_cpu(engine, mm, cpu);
		if (curr != TASK_NONE && model_task(engine->model, curr)->has_mm &&
			model_task(engine->model, curr)->mm == mm)
			holders_touch_task(engine, curr);
	}
}

/* Is a task inside the exec that makes it a user, and has no number yet? It runs without one, and
 * nothing is wrong with that. */
static bool one_joins(struct engine *engine, uint32_t mm, const struct holders_mm *h)
{
	const struct model_mm *m = model_mm(engine->model, mm);
	const struct holders_share *share;

	if (m->phase == PHASE_IDLE || m->child == TASK_NONE)
		return false;
	share = share_at(engine, m->child);
	return share->round == h->round && share->mm == mm && share->running &&
	       cid_is_unset(share->word);
}

unsigned holders_broken(struct engine *engine, uint32_t mm)
{
	const struct model_mm *m = model_mm(engine->model, mm);
	struct holders_mm *h = mm_at(engine, mm);
	bool idle = m->phase == PHASE_IDLE;
	unsigned broken = 0;

	g_assert(m->live);
	if (m->users == 0) {
		h->stale = true;
		return 0;
	}
	if (h->stale)
		count_all(engine, mm);
	if (h->running_twice > 0)
		broken |= CHECK_I1 | CHECK_I8;
	if (h->running_unset > one_joins(engine, mm, h))
		broken |= CHECK_I8;
	if (h->running_beyond > 0)
		broken |= CHECK_I8 | CHECK_I2;
	if (h->held_beyond > 0 || (m->faults & FAULT_DROP_RANGE))
		broken |= CHECK_I2;
	if (h->held_twice > 0 || h->held_clear > 0 || h->held != m->taken ||
		(m->faults & FAULT_DROP_CLEAR))
		broken |= CHECK_I4;
	if (idle && (mm_is_per_cpu(m) ? h->by_users : h->by_cpus) > 0)
		broken |= CHECK_I5;
	if (h->by_inactive > 0)
		broken |= CHECK_I6;
	return broken;
}
