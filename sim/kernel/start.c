/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/start.h"

#include "model/mm.h"
#include "model/tasks.h"
#include "sim/kernel/align.h"
#include "sim/kernel/program.h"

static struct model_config config_of(const struct shape *shape, const struct protocol *protocol)
{
	return (struct model_config){ .protocol = *protocol,
		.cpus_count = shape->cpus,
		.nr_cpu_ids = shape->cpus,
		.tasks_count = shape->tasks_max,
		.mms_count = shape->mms_max,
		.extents_count = shape->mms_max,
		.extents_always = true };
}

/* Bits that the model clears though it must not. */
static void count_drop(struct model_observer *observer, const struct model_event *event)
{
	struct pair *pair = (struct pair *)((char *)observer - offsetof(struct pair, observer));

	if (event->kind != EVENT_BAD_DROP)
		return;
	if (event->bit >= pair->shape.cpus)
		pair->drops.range++;
	else
		pair->drops.clear++;
}

static void make_first_task(struct pair *pair)
{
	uint64_t allowed = pair->shape.allowed;
	uint32_t cpu = (uint32_t)__builtin_ctzll(allowed);

	mm_create(pair->model, 0, &allowed);
	mm_inherit(pair->model, 0, pair->shape.made_in_window ? MODE_TRANSIT : 0);
	task_create(pair->model, 0, 0, 0, cpu);
	task_show(pair->model, 0);
	PAIR_DO(pair, make_task(0, 0, cpu));
	PAIR_DO(pair, set_mask(0, allowed));
	PAIR_DO(pair, make_mm(0, 0, pair->shape.made_in_window ? CODE_IN_WINDOW : CODE_NONE));
	PAIR_DO(pair, set_mm(0, 0));
	PAIR_DO(pair, show_task(0, true));
	pair->tasks[0] = (struct pair_task){ .life = LIFE_BUSY, .mask = allowed };
	pair->alive = 1;
}

/* Do all of an operation, with nobody in between. */
static void run_alone(struct pair *pair, uint32_t actor, struct operation operation, uint32_t cpu)
{
	pair->operations[actor] = operation;
	pair->operations[actor].busy = true;
	pair->operations[actor].due = program_begin(operation.op);
	PAIR_DO(pair, begin(actor, operation.op, operation.what));
	for (int stops = 0; stops < 100 && !pair->difference.found; stops++) {
		if (align_resume(pair, actor, cpu) && pair->operations[actor].at.stop == CODE_ENDS)
			break;
	}
	pair->operations[actor].busy = false;
}

void start_pair(struct pair *pair, const struct shape *shape, const struct protocol *protocol)
{
	const struct model_config config = config_of(shape, protocol);
	uint32_t cpu = (uint32_t)__builtin_ctzll(shape->allowed);
	const struct pair before = *pair;

	g_assert(shape->allowed && shape->cpus <= CODE_CPUS_MAX);
	g_assert(shape->alone || !(shape->fine || shape->weak));
	g_assert(!shape->alone || before.partner == PARTNER_NOBODY);
	*pair = (struct pair){ .code = before.code,
		.other = before.other,
		.partner = before.partner,
		.model = before.model,
		.saved = before.saved,
		.shape = *shape,
		.protocol = *protocol,
		.observer.event = count_drop };
	model_init(pair->model, &config);
	PAIR_DO(pair, start(shape->cpus, shape->fine, shape->weak));
	make_first_task(pair);
	run_alone(pair, ACTOR_CPU + cpu,
		(struct operation){
			.op = CODE_SWITCH, .what = 0, .task = CODE_NONE, .mm = CODE_NONE },
		cpu);
	if (!pair->difference.found)
		run_alone(pair, ACTOR_TASK,
			(struct operation){ .op = CODE_EXEC_RETURNS, .task = 0, .mm = 0 }, cpu);
	pair->tasks[0].life = LIFE_USER;
}
