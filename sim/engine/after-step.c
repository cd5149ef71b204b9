/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/after-step.h"

#include "model/check.h"
#include "sim/engine/describe.h"
#include "sim/engine/internal.h"
#include "sim/engine/spins.h"
#include "sim/proof/invariant.h"

void checks_init(struct engine *engine)
{
	engine->checks.on = engine->scenario->check != CHECK_OFF;
	if (engine->scenario->check == CHECK_INVARIANT)
		engine->checks.invariant = invariant_new(&engine->model->protocol, NULL);
	g_assert(engine->checks.invariant || engine->scenario->check != CHECK_INVARIANT);
	engine->checks.holders.on = engine->scenario->check == CHECK_AUTO;
	engine->checks.seen = g_new0(uint64_t, (engine->scenario->cpus_count + 63) / 64);
}

void checks_clear(struct checks *checks)
{
	invariant_free(checks->invariant);
	holders_clear(&checks->holders);
	g_free(checks->seen);
}

/* The properties @broken are broken in @mm. */
static void report(struct engine *engine, uint32_t mm, unsigned broken)
{
	struct sim_mm *m = sim_mm(engine, mm);
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

static void check_all(struct engine *engine, uint32_t mm)
{
	report(engine, mm, check_mm(engine->model, mm, engine->checks.seen));
}

void after_step(struct engine *engine, uint32_t mm)
{
	recorder_mm_update(engine->recorder, engine->model, mm);
	if (engine->checks.holders.on)
		report(engine, mm, holders_broken(engine, mm));
	else if (engine->checks.on)
		check_all(engine, mm);
	if (engine->checks.invariant)
		check_invariant(engine, mm);
	if (sim_mm(engine, mm)->spinners > 0)
		spins_retry_soon(engine);
}

void after_window(struct engine *engine, uint32_t mm)
{
	if (engine->checks.holders.on)
		check_all(engine, mm);
}

void after_run(struct engine *engine)
{
	for (uint32_t mm = 0; engine->checks.on && mm < engine->mms.used; mm++) {
		if (model_mm(engine->model, mm)->live)
			check_all(engine, mm);
	}
}
