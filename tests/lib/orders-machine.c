/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/orders.h"

static uint64_t orders_random(struct orders *o)
{
	uint64_t x = o->random += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

uint32_t orders_below(struct orders *o, uint32_t n)
{
	return (uint32_t)(orders_random(o) >> 32) % n;
}

bool orders_chance(struct orders *o, uint32_t percent)
{
	return orders_below(o, 100) < percent;
}

void orders_event(struct model_observer *observer, const struct model_event *event)
{
	struct orders_watch *watch = (struct orders_watch *)observer; /* its first field */

	if (event->kind == EVENT_FLIPPED && event->mode & MODE_PER_CPU)
		watch->flips_to_cpu++;
	else if (event->kind == EVENT_FLIPPED)
		watch->flips_to_task++;
	else if (event->kind == EVENT_DEFERRED_RAN)
		watch->deferred++;
}

void orders_grow(struct orders *o, int i)
{
	struct model_config *config = &o->config[i];
	struct model *old = o->model[i];
	void *memory;

	config->tasks_count += 3;
	config->mms_count += 2;
	config->extents_count = config->mms_count;
	memory = calloc(1, model_size(config));
	ck_assert_ptr_nonnull(memory);
	o->model[i] = model_grow(memory, config, old);
	free(old);
}

struct model_mm *orders_mm(struct orders *o, uint32_t mm)
{
	return model_mm(o->model[0], mm);
}

struct model_cpu *orders_cpu(struct orders *o, uint32_t cpu)
{
	return model_cpu(o->model[0], cpu);
}

struct model_task *orders_task(struct orders *o, uint32_t task)
{
	return model_task(o->model[0], task);
}

const uint64_t *orders_mask(struct orders *o, uint64_t *mask)
{
	uint32_t cpus = o->knobs.cpus;

	if (orders_chance(o, 50))
		return NULL;
	memset(mask, 0, ORDERS_CPUS / 8);
	for (uint32_t i = 1 + orders_below(o, cpus); i > 0; i--) {
		uint32_t cpu = orders_below(o, cpus);

		mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
	}
	return mask;
}

uint32_t orders_pick(struct orders *o, uint32_t n, bool (*is)(struct orders *o, uint32_t index))
{
	uint32_t start = orders_below(o, n);

	for (uint32_t i = 0; i < n; i++) {
		if (is(o, (start + i) % n))
			return (start + i) % n;
	}
	return n;
}

static bool orders_is_pinned(struct orders *o, uint32_t task)
{
	for (uint32_t mm = 0; mm < o->knobs.mms; mm++) {
		const struct model_mm *m = orders_mm(o, mm);

		if (m->phase != PHASE_IDLE && m->initiator == task &&
			(o->waiting[mm] || m->phase == PHASE_GET_LOCKED))
			return true;
	}
	return false;
}

bool orders_is_executing(struct orders *o, uint32_t task)
{
	return model_is_running(o->model[0], task) &&
	       orders_cpu(o, orders_task(o, task)->cpu)->phase == CPU_FREE;
}

bool orders_is_user_executing(struct orders *o, uint32_t task)
{
	return o->task[task].status == TASK_READY && orders_is_executing(o, task);
}

bool orders_is_unoccupied(struct orders *o, uint32_t task)
{
	return orders_is_user_executing(o, task) && o->task[task].op == OP_NONE;
}

bool orders_is_runnable(struct orders *o, uint32_t task)
{
	enum task_status status = o->task[task].status;

	return (status == TASK_READY || status == TASK_IN_EXEC || status == TASK_KERNEL) &&
	       !model_is_running(o->model[0], task);
}

bool orders_is_free(struct orders *o, uint32_t task)
{
	return o->task[task].status == TASK_FREE;
}

bool orders_is_mm_free(struct orders *o, uint32_t mm)
{
	return !orders_mm(o, mm)->live;
}

bool orders_can_leave(struct orders *o, uint32_t cpu)
{
	const struct model_cpu *c = orders_cpu(o, cpu);

	return c->phase == CPU_FREE && (c->curr == TASK_NONE || !orders_is_pinned(o, c->curr));
}

bool orders_is_between(struct orders *o, uint32_t cpu)
{
	return orders_cpu(o, cpu)->phase == CPU_BETWEEN;
}

bool orders_is_spinning(struct orders *o, uint32_t cpu)
{
	return orders_cpu(o, cpu)->phase == CPU_SPINS;
}

bool orders_can_pull(struct orders *o, uint32_t task, uint32_t cpu)
{
	uint32_t from = orders_task(o, task)->cpu;

	return orders_is_runnable(o, task) &&
	       (from == cpu || orders_cpu(o, from)->phase == CPU_FREE);
}

void orders_forget(struct orders *o, uint32_t task)
{
	ORDERS_CALL(o, task_destroy(m, task));
	o->task[task].status = TASK_FREE;
	o->task[task].op = OP_NONE;
}

void orders_op_done(struct orders *o, uint32_t task)
{
	uint32_t child = o->task[task].child;
	enum task_op op = o->task[task].op;

	o->task[task].op = OP_NONE;
	switch (op) {
	case OP_NONE:
	case OP_SHOW:
		ck_abort_msg("no operation under way");
	case OP_FORK:
		if (o->knobs.protocol.early_count || o->knobs.failed_fork)
			o->task[task].op = OP_SHOW;
		else
			o->task[child].status = TASK_READY;
		break;
	case OP_UNFORK:
		orders_forget(o, child);
		break;
	case OP_EXIT:
		o->task[task].status = TASK_DEAD;
		break;
	case OP_EXEC_LEAVE:
		o->task[task].status = TASK_IN_EXEC;
		break;
	case OP_EXEC_BACK:
		o->task[task].status = TASK_READY;
		break;
	}
}
