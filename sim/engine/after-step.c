/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/after-step.h"

#include "model/check.h"
#include "sim/engine/describe.h"
#include "sim/engine/internal.h"
#include "sim/engine/spins.h"
#include "sim/proof/invariant.h"

enum { CHECK_AUTO_MAX = 256 }; /* users and possible CPUs of an mm that is checked at each step */

void checks_init(struct engine *engine)
{
	engine->checks.on = engine->scenario->check != CHECK_OFF;
	if (engine->scenario->check == CHECK_INVARIANT)
		engine->checks.invariant = invariant_new(&engine->model->protocol, NULL);
	g_assert(engine->checks.invariant || engine->scenario->check != CHECK_INVARIANT);
	engine->checks.seen = g_new0(uint64_t, (engine->scenario->cpus_count + 63) / 64);
}

void checks_clear(struct checks *checks)
{
	invariant_free(checks->invariant);
	g_free(checks->seen);
}

/* Is @mm checked after each step? */
static bool checks_each_step(const struct engine *engine, const struct model_mm *mm)
{
	if (engine->scenario->check == CHECK_EVERY_STEP || engine->checks.invariant)
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

/* The conjuncts of the proof, too. */
static void check_invariant(struct engine *engine, uint32_t mm)
{
	struct sim_mm *m = sim_mm(engine, mm);
	const struct claim *claim;
	g_autofree char *state = NULL;
	bool looked;

	if (model_mm(engine->model, mm)->users == 0)
		return;
	claim = invariant_broken_in_mm(engine->checks.invariant, engine->model, mm, &looked);
	if (!claim || m->invariant_broken) {
		m->invariant_broken = claim != NULL;
		return;
	}
	m->invariant_broken = true;
	state = describe_mm(engine, mm);
	recorder_violation(engine->recorder, "invariant", mm,
		g_strdup_printf("%s: %s\n%s", claim->name, claim->text, state));
}

void after_step(struct engine *engine, uint32_t mm)
{
	recorder_mm_update(engine->recorder, engine->model, mm);
	if (engine->checks.on && checks_each_step(engine, model_mm(engine->model, mm)))
		check(engine, mm);
	if (engine->checks.invariant)
		check_invariant(engine, mm);
	if (sim_mm(engine, mm)->spinners > 0)
		spins_retry_soon(engine);
}

void after_window(struct engine *engine, uint32_t mm)
{
	if (engine->checks.on && !checks_each_step(engine, model_mm(engine->model, mm)))
		check(engine, mm);
}
