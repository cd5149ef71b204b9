/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/after-step.h"

#include "model/check.h"
#include "sim/engine/describe.h"
#include "sim/engine/internal.h"
#include "sim/engine/spins.h"

enum { CHECK_AUTO_MAX = 256 }; /* users and possible CPUs of an mm that is checked at each step */

void checks_init(struct engine *engine)
{
	engine->checks.on = engine->scenario->check != CHECK_OFF;
	engine->checks.seen = g_new0(uint64_t, (engine->scenario->cpus_count + 63) / 64);
}

void checks_clear(struct checks *checks)
{
	g_free(checks->seen);
}

/* Is @mm checked after each step? */
static bool checks_each_step(const struct engine *engine, const struct model_mm *mm)
{
	if (engine->scenario->check == CHECK_EVERY_STEP)
		return true;
	return mm->users + engine->cpus.count <= CHECK_AUTO_MAX;
}

static void check(struct engine *engine, uint32_t mm)
{
	struct sim_mm *m = sim_mm(engine, mm);
	unsigned broken = check_mm(engine->model, mm, engine->checks.seen);
	unsigned news = broken & ~m->broken;

	g_assert(m->tasks > 0);
	m->broken = broken; /* reported once for as long as it stays broken */
	for (; news; news &= news - 1) {
		unsigned bit = news & -news;

		recorder_violation(
			engine->recorder, check_to_string(bit), mm, describe_mm(engine, mm));
	}
}

void after_step(struct engine *engine, uint32_t mm)
{
	recorder_mm_update(engine->recorder, engine->model, mm);
	if (engine->checks.on && checks_each_step(engine, model_mm(engine->model, mm)))
		check(engine, mm);
	if (sim_mm(engine, mm)->spinners > 0)
		spins_retry_soon(engine);
}

void after_window(struct engine *engine, uint32_t mm)
{
	if (engine->checks.on && !checks_each_step(engine, model_mm(engine->model, mm)))
		check(engine, mm);
}
