/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/orders.h"

void orders_begin(struct orders *o, const struct orders_knobs *knobs, uint64_t seed)
{
	struct model_config config = {
		.protocol = knobs->protocol,
		.cpus_count = knobs->cpus,
		.nr_cpu_ids = knobs->cpus,
		.tasks_count = knobs->tasks,
		.mms_count = knobs->mms,
		.extents_count = knobs->cpus <= MODEL_INLINE_NUMBERS ? knobs->mms : 1,
	};

	ck_assert_uint_le(knobs->tasks, ORDERS_TASKS);
	memset(o, 0, sizeof(*o));
	o->knobs = *knobs;
	o->random = seed;
	o->falling = knobs->waves && seed % 4 == 0;
	o->models = knobs->twin == TWIN_NONE ? 1 : 2;
	for (int i = 0; i < o->models; i++) {
		config.extents_always = i == 1 && knobs->twin == TWIN_EXTENTS;
		o->config[i] = config;
		o->watch[i].observer.event = orders_event;
		o->model[i] = model_init(calloc(1, model_size(&config)), &config);
	}
	if (orders_chance(o, 50)) { /* somebody who has no mm */
		ORDERS_CALL(o, task_create(m, 0, MM_NONE, 0, 0));
		o->task[0].status = TASK_KERNEL;
	}
}

void orders_end(struct orders *o)
{
	for (int i = 0; i < o->models; i++)
		free(o->model[i]);
}
