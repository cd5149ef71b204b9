/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/follow.h"

#include <string.h>

#include "sim/base/hash.h"
#include "sim/kernel/compare.h"
#include "sim/kernel/mirror.h"
#include "sim/kernel/stop.h"

enum { STOPS_MAX = 400 }; /* of both in the middle of a step: a walk in another order */

/* One of the two codes of a pair, in an operation. */
struct side {
	const struct code *code;
	struct code_at *at;
	uint64_t state; /* a hash */
};

static uint64_t hash_mm(
	uint64_t hash, const struct pair *pair, const struct code *code, uint32_t mm)
{
	struct code_mm view = { 0 };

	code->view_mm(mm, pair->shape.cpus, &view);
	/* While its lock is held, it may be on its way. */
	view.update_deferred = view.update_deferred && code->is_free(CODE_LOCK, mm);
	hash = hash_word(hash, (uint64_t)view.mode << 32 | view.users);
	hash = hash_word(hash, (uint64_t)view.max_cids << 32 | view.pcpu_thrs);
	hash = hash_word(hash, (uint64_t)view.nr_cpus_allowed << 32 | view.update_deferred);
	hash = hash_word(hash_word(hash, view.allowed), view.pool);
	for (uint32_t cpu = 0; cpu < pair->shape.cpus; cpu++)
		hash = hash_word(hash, view.word[cpu]);
	return hash;
}

static uint64_t hash_state(const struct pair *pair, const struct code *code)
{
	const struct code_faults *faults = code->faults;
	uint64_t hash = hash_word(
		faults->warn.count, (uint64_t)faults->range.count << 32 | faults->clear.count);

	for (uint32_t mm = 0; mm < pair->shape.mms_max; mm++) {
		if (pair_has_mm(pair, mm))
			hash = hash_mm(hash, pair, code, mm);
	}
	for (uint32_t task = 0; task < pair->shape.tasks_max; task++) {
		struct code_task view;

		if (pair->tasks[task].life == LIFE_NONE)
			continue;
		code->view_task(task, &view);
		hash = hash_word(hash, (uint64_t)view.word << 32 | view.shown);
		hash = hash_word(hash, view.active != 0);
	}
	return hash;
}

static void go_on(const struct pair *pair, struct side *side, uint32_t actor, uint32_t cpu)
{
	struct code_at before = *side->at;

	*side->at = *side->code->resume(actor, cpu);
	if (side->at->stop == CODE_ENDS) {
		side->at->file = before.file;
		side->at->line = before.line;
	}
	if (pair->partner == PARTNER_CODE)
		side->state = hash_state(pair, side->code);
}

static bool places_agree(const struct operation *operation)
{
	const struct code_at *a = &operation->at, *b = &operation->other;

	if (operation->op == CODE_AFFINITY && (a->stop != CODE_ENDS || b->stop != CODE_ENDS))
		return false; /* nobody comes in between */
	if (a->spins != b->spins || stop_is_place(a) != stop_is_place(b))
		return false;
	return !stop_is_place(a) || (a->stop == b->stop && a->lock == b->lock);
}

/* The one that goes on in the middle of a step, NULL: neither can. @start: the state before it. */
static struct side *behind(struct side *one, struct side *two, uint64_t start)
{
	bool can_one = stop_can_go_on(one->at, one->code);
	bool can_two = stop_can_go_on(two->at, two->code);

	if (!can_one || !can_two)
		return can_one ? one : can_two ? two : NULL;
	if (one->state != two->state && one->state == start)
		return one;
	if (one->state != two->state && two->state == start)
		return two;
	return stop_is_place(two->at) && !stop_is_place(one->at) ? one : two;
}

/* The other one's state becomes the model's, so that it can be told. */
static void note_difference(struct pair *pair, const struct operation *operation, uint32_t cpu)
{
	g_autoptr(GString) text = g_string_new(NULL);

	mirror_update(pair, pair->other, operation, cpu);
	if (pair->code->faults->warn.count > 0 || pair->other->faults->warn.count == 0)
		compare_describe(pair, text);
	else
		g_string_append(text, "B warns, A does not");
	if (text->len > 0)
		pair_differs(pair, &operation->at, "%s", text->str);
	else
		pair_differs(pair, &operation->at, "the operation %s in A, it %s in B",
			operation->at.stop == CODE_ENDS ? "is over" : "goes on or waits",
			operation->other.stop == CODE_ENDS ? "is over" : "goes on or waits");
	mirror_update(pair, pair->code, operation, cpu);
}

/* In every revision an exec that fails and comes back to an mm in per-CPU mode, or to one that all
 * have left, can break properties. */
static void note_return(struct pair *pair, const struct operation *operation)
{
	const struct model_mm *m;

	if (operation->op != CODE_EXEC_RETURNS || !operation->fails ||
		operation->at.stop == CODE_MUTEX)
		return;
	m = model_mm_const(pair->model, operation->mm);
	if (m->mode || m->users == 0)
		pair->tainted[operation->mm] = true;
}

/* The model becomes the state of both. */
static void settle(struct pair *pair, const struct operation *operation, uint32_t cpu)
{
	mirror_update(pair, pair->code, operation, cpu);
	note_return(pair, operation);
}

static bool go_with_nobody(struct pair *pair, struct side *side, uint32_t actor, uint32_t cpu)
{
	struct operation *operation = &pair->operations[actor];

	do
		go_on(pair, side, actor, cpu);
	while (operation->op == CODE_AFFINITY && !pair->shape.fine &&
		stop_can_go_on(side->at, side->code));
	settle(pair, operation, cpu);
	if (side->code->faults->warn.count > 0)
		pair_differs(pair, side->at, "the code warns");
	return !pair->difference.found;
}

bool follow_resume(struct pair *pair, uint32_t actor, uint32_t cpu)
{
	struct operation *operation = &pair->operations[actor];
	struct side one = { pair->code, &operation->at, 0 };
	struct side two = { pair->other, &operation->other, 0 };
	uint64_t start;

	g_assert(operation->busy && !pair->difference.found);
	operation->waits = false;
	pair->steps++;
	if (pair->partner == PARTNER_NOBODY)
		return go_with_nobody(pair, &one, actor, cpu);
	start = hash_state(pair, pair->code);
	go_on(pair, &one, actor, cpu);
	go_on(pair, &two, actor, cpu);
	for (int stops = 0; stops < STOPS_MAX; stops++) {
		struct side *next;

		if (one.state == two.state && places_agree(operation)) {
			settle(pair, operation, cpu);
			return true;
		}
		next = behind(&one, &two, start);
		if (!next)
			break;
		go_on(pair, next, actor, cpu);
	}
	note_difference(pair, operation, cpu);
	return false;
}
