/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/check.h"

#include <assert.h>
#include <string.h>

#include "model/pool.h"
#include "model/tasks.h"

/* Numbers met so far; finds one that is met twice. */
struct sightings {
	const struct model *model;
	uint64_t *seen;
	uint32_t count;
};

static bool meet(struct sightings *s, uint32_t number)
{
	uint64_t bit = UINT64_C(1) << number % 64;
	bool again = s->seen[number / 64] & bit;

	s->seen[number / 64] |= bit;
	s->count += !again;
	return again;
}

static void forget(struct sightings *s)
{
	memset(s->seen, 0, s->model->words * sizeof(*s->seen));
	s->count = 0;
}

/* The current task of @cpu if it is of @mm, otherwise NULL. */
static const struct model_task *running_of(const struct model *model, uint32_t mm, uint32_t cpu)
{
	uint32_t curr = model_cpu_const(model, cpu)->curr;
	const struct model_task *t = curr == TASK_NONE ? NULL : model_task_const(model, curr);

	return t && t->has_mm && t->mm == mm ? t : NULL;
}

/* Is @task still inside the exec that makes it a user of @mm, and has no number yet? User
 * space sees what it has when it returns. */
static bool is_joining(const struct model_mm *mm, uint32_t task, const struct model_task *t)
{
	return mm->phase != PHASE_IDLE && mm->child == task && cid_is_unset(t->cid);
}

/* I1, I8: what running tasks hold and show. One that spins in its switch runs nothing yet. */
static unsigned check_running(struct sightings *s, uint32_t mm)
{
	const struct model *model = s->model;
	const struct model_mm *m = model_mm_const(model, mm);
	unsigned broken = 0;

	forget(s);
	for (uint32_t cpu = 0; cpu < model->cpus_count; cpu++) {
		const struct model_task *t = running_of(model, mm, cpu);

		if (!t || !t->active || model_cpu_const(model, cpu)->phase == CPU_SPINS ||
			is_joining(m, model_cpu_const(model, cpu)->curr, t))
			continue;
		if (cid_number(t->cid) >= model->cpus_count)
			broken |= CHECK_I8 | (cid_is_unset(t->cid) ? 0 : CHECK_I2);
		else if (meet(s, cid_number(t->cid)))
			broken |= CHECK_I1 | CHECK_I8;
	}
	return broken;
}

/* One number that is held: it must be in range, its bit set, and nobody else may hold it. */
static unsigned check_held(struct sightings *s, uint32_t mm, cid_word word)
{
	uint32_t number = word & CID_NUMBER;

	if (number >= s->model->cpus_count)
		return CHECK_I2;
	return meet(s, number) || !pool_is_taken(s->model, mm, number) ? CHECK_I4 : 0;
}

static unsigned check_held_by_users(struct sightings *s, uint32_t mm)
{
	const struct model *model = s->model;
	const struct model_mm *m = model_mm_const(model, mm);
	uint32_t task = TASK_NONE;
	unsigned broken = 0;

	while ((task = users_before(model, mm, task)) != TASK_NONE) {
		const struct model_task *t = model_task_const(model, task);
		bool transit = cid_is_in_transit(t->cid) && !cid_is_unset(t->cid);

		if (cid_is_task_owned(t->cid) || (transit && model_is_running(model, task)))
			broken |= check_held(s, mm, t->cid);
		if (cid_is_task_owned(t->cid) && mm_is_per_cpu(m) && m->phase == PHASE_IDLE)
			broken |= CHECK_I5;
	}
	return broken;
}

static unsigned check_held_by_cpus(struct sightings *s, uint32_t mm)
{
	const struct model *model = s->model;
	const struct model_mm *m = model_mm_const(model, mm);
	const cid_word *words = model_words((struct model *)model, m);
	unsigned broken = 0;

	for (uint32_t cpu = 0; words && cpu < model->cpus_count; cpu++) {
		if (!cid_is_cpu_owned(words[cpu]))
			continue;
		broken |= check_held(s, mm, words[cpu]);
		if (!mm_is_per_cpu(m) && m->phase == PHASE_IDLE)
			broken |= CHECK_I5;
	}
	return broken;
}

/* I6; such a number is held all the same. An inactive task that does not run has been through a
 * switch out, which left it nothing. */
static unsigned check_held_by_inactive(struct sightings *s, uint32_t mm)
{
	unsigned broken = 0;

	for (uint32_t cpu = 0; cpu < s->model->cpus_count; cpu++) {
		const struct model_task *t = running_of(s->model, mm, cpu);

		if (t && !t->active && !cid_is_unset(t->cid))
			broken |= CHECK_I6 | check_held(s, mm, t->cid);
	}
	return broken;
}

unsigned check_mm(const struct model *model, uint32_t mm, uint64_t *seen)
{
	const struct model_mm *m = model_mm_const(model, mm);
	struct sightings s = { .model = model, .seen = seen };
	unsigned broken;

	assert(mm < model->mms_count);
	if (!m->live || m->users == 0)
		return 0;
	broken = check_running(&s, mm);
	forget(&s);
	broken |= check_held_by_users(&s, mm);
	broken |= check_held_by_cpus(&s, mm);
	broken |= check_held_by_inactive(&s, mm);
	if (s.count != m->taken)
		broken |= CHECK_I4;
	if (m->faults & FAULT_DROP_RANGE)
		broken |= CHECK_I2;
	if (m->faults & FAULT_DROP_CLEAR)
		broken |= CHECK_I4;
	return broken;
}

unsigned check_quiet(const struct model *model, uint32_t mm)
{
	const struct model_mm *m = model_mm_const(model, mm);
	uint32_t task = TASK_NONE;

	if (!m->live || m->users == 0)
		return 0;
	while ((task = users_before(model, mm, task)) != TASK_NONE) {
		const struct model_task *t = model_task_const(model, task);
		cid_word word = t->cid;

		/* A task may remember the number of a CPU that it left: the CPU holds it. */
		if (cid_is_cpu_owned(word))
			word = model_word(model, m, t->cpu);
		if (!cid_is_unset(word) && cid_number(word) >= m->max_cids)
			return CHECK_I7;
	}
	return 0;
}

const char *check_to_string(unsigned bit)
{
	static const char *const names[] = { "I0", "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8" };
	unsigned number = (unsigned)__builtin_ctz(bit);

	assert(bit >= CHECK_I1 && bit <= CHECK_I8 && !(bit & (bit - 1)));
	return names[number];
}

const char *check_describe(unsigned bit)
{
	switch (bit) {
	case CHECK_I1:
		return "two running tasks of an mm have the same CID";
	case CHECK_I2:
		return "a CID or a bit operation is outside [0, possible)";
	case CHECK_I3:
		return "a spin in get cannot end";
	case CHECK_I4:
		return "the CIDs taken in the pool are not those held";
	case CHECK_I5:
		return "a CID is owned the other way round than the mode says";
	case CHECK_I6:
		return "an inactive task holds a CID";
	case CHECK_I7:
		return "a CID at or above max_cids is held though all has been quiet";
	case CHECK_I8:
		return "user space sees a CID that is not valid or not its own";
	}
	return "?";
}
