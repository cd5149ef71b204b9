/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/orders-check.h"

/* Every assertion of Check writes to a file: none in what is done for every step. */

/* I3 */

static bool has_spins(struct orders *o)
{
	for (uint32_t cpu = 0; cpu < o->knobs.cpus; cpu++) {
		if (orders_is_spinning(o, cpu))
			return true;
	}
	for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
		uint8_t phase = orders_mm(o, mm)->phase;

		if (phase == PHASE_GET_LOCKED || phase == PHASE_GET_MUTEX)
			return true;
	}
	return false;
}

/* Would @task find a number on @cpu without a get that spins? */
static bool would_not_spin(struct orders *o, uint32_t task, uint32_t cpu)
{
	const struct model_task *t = orders_task(o, task);
	cid_word word;

	if (!t->has_mm || !t->active || cid_is_task_owned(t->cid))
		return true;
	word = model_word(o->model[0], orders_mm(o, (uint32_t)t->mm), cpu);
	return cid_is_cpu_owned(word) || pool_has_room(o->model[0], (uint32_t)t->mm);
}

/* Each task that can be had runs on @cpu once, @with_exit for the last time. */
static void try_cpu(struct orders *o, uint32_t cpu, bool with_exit)
{
	for (uint32_t task = 0; task < o->knobs.tasks; task++) {
		struct step step = { 0 };

		if (!orders_can_leave(o, cpu))
			return;
		if (!orders_can_pull(o, task, cpu) || !would_not_spin(o, task, cpu))
			continue;
		orders_switch_out(o, cpu);
		orders_switch_in(o, cpu, task);
		if (with_exit && orders_is_unoccupied(o, task)) {
			ORDERS_STEP(o, step, exit_begin(m, cpu, task, obs));
			orders_begun(o, task, OP_EXIT, step);
		}
		for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
			while (orders_mm(o, mm)->initiator == task && !o->waiting[mm] &&
				mm_in_window(orders_mm(o, mm)) && orders_advance(o, mm))
				;
		}
	}
	if (orders_can_leave(o, cpu)) {
		orders_switch_out(o, cpu);
		orders_switch_in(o, cpu, TASK_NONE);
	}
}

static void try_everything(struct orders *o, bool with_exit)
{
	for (uint32_t cpu = 0; cpu < o->knobs.cpus; cpu++) {
		struct step step;

		if (orders_is_between(o, cpu))
			orders_switch_in(o, cpu, TASK_NONE);
		if (orders_is_spinning(o, cpu))
			ORDERS_STEP(o, step, switch_spin(m, cpu, obs));
	}
	for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
		for (uint32_t i = 0; i < o->knobs.cpus + o->knobs.tasks; i++)
			orders_advance(o, mm);
	}
	for (uint32_t cpu = 0; cpu < o->knobs.cpus; cpu++)
		try_cpu(o, cpu, with_exit);
}

/* A get takes one step from now on: what was found before is sought again. */
static void seek_again(struct model *model)
{
	model->protocol.split_get = false;
	for (uint32_t mm = 0; mm < model->mms_count; mm++)
		model_mm(model, mm)->found = 0;
	for (uint32_t cpu = 0; cpu < model->cpus_count; cpu++)
		model_cpu(model, cpu)->found = 0;
}

bool orders_is_stuck(const struct orders *original)
{
	static struct orders copy;
	struct orders *o = &copy;
	bool stuck;

	if (original->knobs.protocol.bounded_get)
		return false; /* every spin ends, if without a number */
	copy = *original;
	o->models = 1;
	o->model[0] = malloc(original->model[0]->size);
	ck_assert_ptr_nonnull(o->model[0]);
	memcpy(o->model[0], original->model[0], original->model[0]->size);
	seek_again(o->model[0]);
	for (int round = 0; round < 8 && has_spins(o); round++)
		try_everything(o, round >= 5);
	stuck = has_spins(o);
	free(o->model[0]);
	return stuck;
}

/* The twin */

static bool words_differ(const struct orders *o, uint32_t mm)
{
	const struct model_mm *a = model_mm_const(o->model[0], mm);
	const struct model_mm *b = model_mm_const(o->model[1], mm);

	for (uint32_t cpu = 0; cpu < o->knobs.cpus; cpu++) {
		cid_word x = model_word(o->model[0], a, cpu), y = model_word(o->model[1], b, cpu);

		/* a stale number is not remembered without extent, and means nothing */
		if (x != y && !(cid_is_task_owned(x) && cid_is_task_owned(y)))
			return true;
	}
	return false;
}

static bool mms_differ(const struct orders *o, uint32_t mm)
{
	struct model_mm a = *model_mm_const(o->model[0], mm);
	struct model_mm b = *model_mm_const(o->model[1], mm);

	if (a.live && pool_span(o->model[0], mm) != pool_span(o->model[1], mm))
		return true;
	for (uint32_t n = 0; a.live && n < o->knobs.cpus; n++) {
		if (pool_is_taken(o->model[0], mm, n) != pool_is_taken(o->model[1], mm, n) ||
			mm_allows(o->model[0], mm, n) != mm_allows(o->model[1], mm, n))
			return true;
	}
	/* where it is kept may differ, what it is may not */
	a.extent = b.extent = 0;
	a.pool = b.pool = 0;
	return memcmp(&a, &b, sizeof(a)) != 0 || (a.live && words_differ(o, mm));
}

bool orders_twin_differs(const struct orders *o)
{
	const struct model *a = o->model[0], *b = o->model[1];

	if (o->knobs.twin == TWIN_NONE)
		return false;
	if (o->differs || memcmp(&o->watch[0].observer, &o->watch[1].observer,
				  sizeof(o->watch[0].observer)) != 0)
		return true;
	if (o->knobs.twin == TWIN_COPY)
		return a->size != b->size || memcmp(a, b, a->size) != 0;
	if (memcmp(model_cpu_const(a, 0), model_cpu_const(b, 0),
		    o->knobs.cpus * sizeof(struct model_cpu)) != 0 ||
		memcmp(model_task_const(a, 0), model_task_const(b, 0),
			o->knobs.tasks * sizeof(struct model_task)) != 0)
		return true;
	for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
		if (mms_differ(o, mm))
			return true;
	}
	return false;
}

/* Quiet at the end: what is under way is finished, then every user runs again and again. */

/* A get that has found its number has one more step to take; none spins here for long. */
static void finish_get(struct orders *o, uint32_t cpu)
{
	struct step step;

	for (uint32_t i = 0; i < 2 * o->knobs.cpus && orders_is_spinning(o, cpu); i++)
		ORDERS_STEP(o, step, switch_spin(m, cpu, obs));
	ck_assert(!orders_is_spinning(o, cpu));
}

static void switch_to(struct orders *o, uint32_t cpu, uint32_t task)
{
	orders_switch_out(o, cpu);
	orders_switch_in(o, cpu, task);
	finish_get(o, cpu);
}

static void let_run(struct orders *o, uint32_t task)
{
	if (!model_is_running(o->model[0], task))
		switch_to(o, orders_task(o, task)->cpu, task);
}

static bool is_busy(struct orders *o)
{
	for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
		if (orders_mm(o, mm)->phase != PHASE_IDLE)
			return true;
	}
	return false;
}

static void finish_changes(struct orders *o)
{
	for (uint32_t cpu = 0; cpu < o->knobs.cpus; cpu++) {
		if (orders_is_between(o, cpu))
			orders_switch_in(o, cpu, TASK_NONE);
		finish_get(o, cpu);
	}
	while (is_busy(o)) {
		for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
			const struct model_mm *m = orders_mm(o, mm);

			if (m->phase != PHASE_IDLE && m->initiator != TASK_NONE)
				let_run(o, m->initiator);
			orders_advance(o, mm);
		}
	}
}

static void schedule_all(struct orders *o)
{
	for (uint32_t task = 0; task < o->knobs.tasks; task++) {
		uint32_t cpu = orders_task(o, task)->cpu;

		if (o->task[task].status != TASK_READY && o->task[task].status != TASK_BORN)
			continue;
		for (int round = 0; round < 3; round++) {
			switch_to(o, cpu, TASK_NONE);
			switch_to(o, cpu, task);
		}
	}
}

/* In per-CPU mode a number is not given back by a CPU where no task of the mm runs any more: where
 * more CPUs own one than max_cids, there is nothing to converge to, and I7 cannot be asked. */
static bool is_crowded(struct orders *o, uint32_t mm)
{
	const struct model_mm *m = orders_mm(o, mm);

	return mm_is_per_cpu(m) && m->taken > m->max_cids;
}

unsigned orders_check_quiet(struct orders *o, struct orders_quiet *tally)
{
	unsigned broken = 0;

	finish_changes(o);
	for (int round = 0; round < 3; round++)
		schedule_all(o);
	for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
		uint64_t seen[ORDERS_CPUS / 64];

		broken |= check_mm(o->model[0], mm, seen);
		if (is_crowded(o, mm)) {
			tally->crowded++;
			continue;
		}
		tally->asked += orders_mm(o, mm)->users > 0;
		broken |= check_quiet(o->model[0], mm);
	}
	return broken;
}
