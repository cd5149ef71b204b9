/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/switch.h"

#include <assert.h>
#include <stddef.h>

#include "model/pool.h"

/* Where the CPU's word of the mm is stored; without extent, a word that is 0 and stays
 * forgotten. */
static cid_word *cpu_word(struct model *model, uint32_t mm, uint32_t cpu, cid_word *forgotten)
{
	cid_word *words = model_words(model, model_mm(model, mm));

	return words ? words + cpu : forgotten;
}

/* docs/protocol.md, section 5, "Out". It does not matter whether @prev is active. */
static void leave(struct model *model, uint32_t cpu, uint32_t prev, uint8_t mode,
	struct model_observer *observer)
{
	struct model_task *t = model_task(model, prev);
	const struct model_mm *mm = model_mm(model, t->mm);
	cid_word forgotten = 0;
	uint32_t number = cid_number(t->cid);

	/* A word that is owned, by the task or the CPU, or UNSET does not change. */
	if (!t->has_mm || !cid_is_in_transit(t->cid))
		return;
	/* The window is over and the number is compact: it settles. The owner is what the mode
	 * says, and both words say so. */
	if (model->protocol.out_settles && !(mode & MODE_TRANSIT) && number < mm->max_cids) {
		cid_word owned = (cid_word)(number | (mode & MODE_PER_CPU ? CID_ONCPU : 0));

		*cpu_word(model, t->mm, cpu, &forgotten) = owned;
		t->cid = owned;
		observe_count(observer, OBSERVE_SETTLED);
		return;
	}
	/* Else it goes back. The CPU word keeps a stale number with TRANSIT. */
	pool_drop(model, t->mm, number, observer);
	t->cid = CID_UNSET;
	observe_count(observer, OBSERVE_OUT_DROPPED);
}

inline void switch_out_seeing(
	struct model *model, uint32_t cpu, uint8_t mode, struct model_observer *observer)
{
	struct model_cpu *c = model_cpu(model, cpu);

	assert(c->phase == CPU_FREE);
	if (c->curr != TASK_NONE)
		leave(model, cpu, c->curr, mode, observer);
	c->curr = TASK_NONE;
	c->phase = CPU_BETWEEN;
}

/* What is in mm.mode now for a switch from or to @task. */
static uint8_t mode_of(struct model *model, uint32_t task)
{
	return task == TASK_NONE ? 0 : model_mm(model, model_task(model, task)->mm)->mode;
}

inline void switch_out(struct model *model, uint32_t cpu, struct model_observer *observer)
{
	uint32_t curr = model_cpu(model, cpu)->curr;
	bool in_transit = curr != TASK_NONE && cid_is_in_transit(model_task(model, curr)->cid);

	/* Who is not in transit does not look at the mode. */
	switch_out_seeing(model, cpu, in_transit ? mode_of(model, curr) : 0, observer);
}

/* A get of two steps: the first call finds, the next one sets, and if it comes too late the one
 * after that finds again. */
static uint32_t get_split(
	struct model *model, struct model_cpu *c, uint32_t mm, struct model_observer *observer)
{
	uint32_t number = c->found;

	assert(number <= model->cpus_count);
	if (number > 0) {
		c->found = 0;
		return pool_set(model, mm, number - 1, observer) ? number - 1 : POOL_NOTHING;
	}
	number = pool_find(model, mm);
	if (number != POOL_NOTHING)
		c->found = (uint16_t)(number + 1);
	return POOL_NOTHING;
}

/* A number from the pool for a switch in that has read @mode; the CPU spins if there is none. */
static struct step get_number(struct model *model, uint32_t cpu, uint32_t mm, uint8_t mode,
	struct model_observer *observer, uint32_t *number)
{
	struct model_cpu *c = model_cpu(model, cpu);

	*number = model->protocol.split_get ? get_split(model, c, mm, observer)
	                                    : pool_get(model, mm, observer);
	if (*number != POOL_NOTHING)
		return step_is(STEP_DONE, 0);
	if (c->found == 0 && c->phase != CPU_SPINS)
		observe_count(observer, OBSERVE_SPINS);
	c->phase = CPU_SPINS;
	c->mode = mode;
	return step_is(c->found > 0 ? STEP_FOUND : STEP_SPINS, cpu);
}

/* docs/protocol.md, section 5, "In", mode per task. */
static inline struct step enter_per_task(struct model *model, uint32_t cpu, struct model_task *t,
	uint8_t mode, struct model_observer *observer)
{
	cid_word forgotten = 0, *c = cpu_word(model, t->mm, cpu, &forgotten);
	cid_word word = t->cid;

	/* The fast path: no CPU owns anything here. The task keeps its number, or converges. */
	if (cid_is_task_owned(*c) && cid_is_task_owned(word)) {
		if (word < model_mm(model, t->mm)->max_cids)
			observe_count(observer, OBSERVE_FAST_PATH);
		else
			word = pool_converge(model, t->mm, word, observer);
		*c = t->cid = word;
		return step_is(STEP_DONE, 0);
	}
	/* The CPU owns a number, from per-CPU mode. If the task owns one, too, that stays;
	 * otherwise the task gets the CPU's. */
	if (cid_is_cpu_owned(*c)) {
		if (cid_is_task_owned(word)) {
			pool_drop_cpu(model, t->mm, cpu, observer);
		} else {
			word = *c & CID_NUMBER;
			observe_count(observer, OBSERVE_HANDED_TO_TASK);
		}
	}
	/* Neither has one. */
	if (!cid_is_task_owned(word)) {
		uint32_t number;
		struct step step = get_number(model, cpu, t->mm, mode, observer, &number);

		if (step.outcome != STEP_DONE)
			return step;
		word = (cid_word)number;
	}
	/* In a window the number is only held until the next out. */
	if (mode & MODE_TRANSIT)
		word |= CID_TRANSIT;
	*c = t->cid = word;
	return step_is(STEP_DONE, 0);
}

/* docs/protocol.md, section 5, "In", mode per CPU. */
static struct step enter_per_cpu(struct model *model, uint32_t cpu, uint32_t next, uint8_t mode,
	struct model_observer *observer)
{
	struct model_task *t = model_task(model, next);
	cid_word forgotten = 0, *c = cpu_word(model, t->mm, cpu, &forgotten);
	cid_word word = *c;

	assert(c != &forgotten); /* an mm gets its extent before it can enter per-CPU mode */
	/* The fast path: the task owns nothing. It takes the number of its CPU, which may converge.
	 */
	if (cid_is_cpu_owned(word) && cid_is_cpu_owned(t->cid)) {
		if (cid_number(word) < model_mm(model, t->mm)->max_cids)
			observe_count(observer, OBSERVE_FAST_PATH);
		else
			word = pool_converge(model, t->mm, word, observer);
		*c = t->cid = word;
		return step_is(STEP_DONE, 0);
	}
	/* The task owns a number, from per-task mode. If the CPU owns one, too, that stays;
	 * otherwise the CPU gets the task's. */
	if (cid_is_task_owned(t->cid)) {
		if (cid_is_cpu_owned(word)) {
			pool_unset_task(model, next, observer);
		} else {
			word = t->cid | CID_ONCPU;
			observe_count(observer, OBSERVE_HANDED_TO_CPU);
		}
	}
	/* Neither has one. */
	if (!cid_is_cpu_owned(word)) {
		uint32_t number;
		struct step step = get_number(model, cpu, t->mm, mode, observer, &number);

		if (step.outcome != STEP_DONE)
			return step;
		word = (cid_word)(number | CID_ONCPU);
	}
	/* In a window the CPU owns nothing yet: the number is only held until the next out. */
	if (mode & MODE_TRANSIT)
		word = (cid_word)((word & ~CID_ONCPU) | CID_TRANSIT);
	*c = t->cid = word;
	return step_is(STEP_DONE, 0);
}

static inline struct step enter(struct model *model, uint32_t cpu, uint32_t next, uint8_t mode,
	struct model_observer *observer)
{
	if (mode & MODE_PER_CPU)
		return enter_per_cpu(model, cpu, next, mode, observer);
	return enter_per_task(model, cpu, model_task(model, next), mode, observer);
}

inline struct step switch_in_seeing(struct model *model, uint32_t cpu, uint32_t next, uint8_t mode,
	struct model_observer *observer)
{
	struct model_cpu *c = model_cpu(model, cpu);
	struct step step = step_is(STEP_DONE, 0);
	struct model_task *t;

	assert(c->phase == CPU_BETWEEN);
	c->curr = next;
	if (next != TASK_NONE) {
		t = model_task(model, next);
		t->cpu = cpu & (MODEL_CPUS_MAX - 1);
		/* A kernel thread, or a task that is no user, touches no word. */
		if (t->has_mm && t->active) {
			observe_count(observer, OBSERVE_SWITCHES_IN);
			step = enter(model, cpu, next, mode, observer);
		}
	}
	if (step.outcome == STEP_DONE)
		c->phase = CPU_FREE;
	return step;
}

inline struct step switch_in(
	struct model *model, uint32_t cpu, uint32_t next, struct model_observer *observer)
{
	return switch_in_seeing(model, cpu, next, mode_of(model, next), observer);
}

struct step switch_spin(struct model *model, uint32_t cpu, struct model_observer *observer)
{
	struct model_cpu *c = model_cpu(model, cpu);
	struct step step;

	assert(c->phase == CPU_SPINS);
	/* The spin goes on with the mode that was read before it began. What it starts from, no
	 * number on the CPU and none on the task, cannot have changed under its rq lock. */
	step = enter(model, cpu, c->curr, c->mode, observer);
	if (step.outcome == STEP_DONE) {
		c->phase = CPU_FREE;
		c->mode = 0;
		c->found = 0;
	}
	return step;
}

/* What others can see of a switch. Only who is in transit loses or settles its number as it
 * leaves. */
unsigned switch_out_touches(const struct model *model, uint32_t cpu)
{
	uint32_t curr = model_cpu_const(model, cpu)->curr;

	if (curr == TASK_NONE || !cid_is_in_transit(model_task_const(model, curr)->cid))
		return 0;
	return SWITCH_TOUCHES_POOL | SWITCH_TOUCHES_MODE;
}

unsigned switch_in_touches(const struct model *model, uint32_t cpu, uint32_t next)
{
	const struct model_task *t;
	const struct model_mm *mm;
	bool per_cpu, cpu_owns, task_owns, fast;
	cid_word word;

	if (next == TASK_NONE || !model_task_const(model, next)->active)
		return 0;
	t = model_task_const(model, next);
	mm = model_mm_const(model, t->mm);
	per_cpu = mm->mode & MODE_PER_CPU;
	word = model_word(model, mm, cpu);
	cpu_owns = cid_is_cpu_owned(word);
	task_owns = cid_is_task_owned(t->cid);
	/* The number that both have stays, unless it is too high. */
	fast = per_cpu ? cpu_owns && cid_is_cpu_owned(t->cid)
	               : task_owns && cid_is_task_owned(word);
	if (fast && cid_number(per_cpu ? word : t->cid) < mm->max_cids)
		return SWITCH_TOUCHES_MODE;
	/* In either mode: of two numbers one is dropped, one is handed over, none is a get. */
	if (!fast && cpu_owns != task_owns)
		return SWITCH_TOUCHES_MODE;
	return SWITCH_TOUCHES_MODE | SWITCH_TOUCHES_POOL;
}
