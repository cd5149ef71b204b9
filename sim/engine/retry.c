/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/retry.h"

#include "model/candidate.h"
#include "model/lifecycle.h"
#include "model/switch.h"
#include "sim/engine/affinity.h"
#include "sim/engine/after-step.h"
#include "sim/engine/cpus.h"
#include "sim/engine/internal.h"
#include "sim/engine/kernel.h"
#include "sim/engine/log.h"
#include "sim/engine/spins.h"

enum { ROUNDS_MAX = 32 };

static void log_end(struct engine *engine, uint32_t cpu, uint32_t mm, const char *how)
{
	const struct model_mm *m = model_mm(engine->model, mm);
	uint32_t task = spins_task(engine, cpu);
	struct log_text text;

	g_assert(engine->now_ns >= engine->cpus.details[cpu].spin_since_ns);
	log_begin(&text);
	log_number(&text, "ns=", engine->now_ns - engine->cpus.details[cpu].spin_since_ns);
	log_pid(engine, &text, " pid=", task);
	log_word(&text, " word=", model_task(engine->model, task)->cid);
	log_word(&text, " cpu_word=", model_word(engine->model, m, cpu));
	log_number(&text, " taken=", m->taken);
	log_mm(engine, &text, mm);
	log_send(engine, cpu, how, &text);
}

/* The spin of @cpu is over, as @how says in the log. */
static void ended(struct engine *engine, uint32_t cpu, uint32_t mm, const char *how)
{
	struct sim_cpu *c = sim_cpu(engine, cpu);

	g_assert(sim_mm(engine, mm)->spinners > 0);
	sim_mm(engine, mm)->spinners--;
	recorder_spun(
		engine->recorder, mm, engine->now_ns - engine->cpus.details[cpu].spin_since_ns);
	recorder_mix(engine->recorder, (uint64_t)cpu << 48 ^ engine->now_ns);
	if (engine->log)
		log_end(engine, cpu, mm, how);
	if (c->state == CPU_SPINS_FORK)
		kernel_fork_got(engine, cpu);
	else
		cpus_spin_ended(engine, cpu);
	if (engine->affinities.late->len > 0)
		affinity_set_late(engine);
}

static bool try_again(struct engine *engine, uint32_t cpu, uint32_t mm)
{
	struct model_observer *observer = recorder_observer(engine->recorder, mm);
	uint32_t task = spins_task(engine, cpu);
	struct step step;

	g_assert(spins_mm(engine, cpu) == mm);
	if (sim_cpu(engine, cpu)->state == CPU_SPINS_FORK)
		step = spins_set_found_by_fork(engine, mm, fork_spin(engine->model, mm, observer));
	else
		step = spins_set_found(
			engine, cpu, switch_spin(engine->model, cpu, observer), observer);
	after_touch(engine, mm, cpu, task);
	return step.outcome == STEP_DONE;
}

bool retry_is_bounded(const struct engine *engine)
{
	return engine->model->protocol.bounded_get;
}

/* When the spin of @cpu gives up; its first round was the get that found nothing. */
static uint64_t gives_up_ns(const struct engine *engine, uint32_t cpu)
{
	if (!retry_is_bounded(engine))
		return NEVER;
	return engine->cpus.details[cpu].spin_since_ns +
	       ROUNDS_MAX * engine->scenario->costs.get_round_ns;
}

static void give_up(struct engine *engine, uint32_t cpu, uint32_t mm)
{
	g_assert(retry_is_bounded(engine));
	if (sim_cpu(engine, cpu)->state == CPU_SPINS_FORK)
		fork_give_up(engine->model, mm);
	else
		switch_give_up(engine->model, cpu);
	recorder_account(engine->recorder, mm)->gave_up++;
	recorder_mix(engine->recorder, cpu);
	after_touch(engine, mm, cpu, spins_task(engine, cpu));
	after_step(engine, mm);
	after_window(engine, mm);
}

void retry_all(struct engine *engine)
{
	for (guint i = 0; i < engine->spins.cpus->len;) {
		uint32_t cpu = g_array_index(engine->spins.cpus, uint32_t, i);
		uint32_t mm = spins_mm(engine, cpu);

		bool got = try_again(engine, cpu, mm);

		if (!got && engine->now_ns < gives_up_ns(engine, cpu)) {
			i++;
			continue;
		}
		g_array_remove_index(engine->spins.cpus, i);
		if (got)
			recorder_mm_update(engine->recorder, engine->model, mm);
		else
			give_up(engine, cpu, mm);
		ended(engine, cpu, mm, got ? "spin_end" : "give_up");
		i = 0; /* what followed may have changed the list */
	}
}

/* Each began when those before it in the list had. */
uint64_t retry_gives_up_ns(const struct engine *engine)
{
	g_assert(engine->spins.cpus->len > 0);
	return gives_up_ns(engine, g_array_index(engine->spins.cpus, uint32_t, 0));
}
