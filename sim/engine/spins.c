/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/spins.h"

#include <string.h>

#include "model/switch.h"
#include "sim/engine/due.h"
#include "sim/engine/internal.h"
#include "sim/engine/log.h"

void spins_init(struct spins *spins)
{
	spins->cpus = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	spins->lock_waiters = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	spins->check_ns = NEVER;
}

void spins_clear(struct spins *spins)
{
	g_array_free(spins->cpus, TRUE);
	g_array_free(spins->lock_waiters, TRUE);
}

uint32_t spins_mm(struct engine *engine, uint32_t cpu)
{
	const struct sim_cpu *c = sim_cpu(engine, cpu);
	const struct sim_task *t = sim_task(engine, c->curr);

	g_assert(c->state == CPU_SPINS_SWITCH || c->state == CPU_SPINS_FORK);
	if (c->state == CPU_SPINS_FORK && t->op == OP_FORK)
		return model_task(engine->model, op_of(engine, t)->child)->mm;
	return model_task(engine->model, c->curr)->mm;
}

uint32_t spins_task(struct engine *engine, uint32_t cpu)
{
	const struct sim_cpu *c = sim_cpu(engine, cpu);
	const struct sim_task *t = sim_task(engine, c->curr);

	g_assert(c->state == CPU_SPINS_SWITCH || c->state == CPU_SPINS_FORK);
	return c->state == CPU_SPINS_FORK && t->op == OP_FORK ? op_of(engine, t)->child : c->curr;
}

void spins_begin(struct engine *engine, uint32_t cpu, uint32_t mm)
{
	struct sim_cpu *c = sim_cpu(engine, cpu);

	g_assert(c->curr != TASK_NONE && c->state != CPU_SPINS_SWITCH);
	if (c->state != CPU_SPINS_FORK) {
		g_assert(model_cpu(engine->model, cpu)->phase == CPU_SPINS);
		c->state = CPU_SPINS_SWITCH;
		c->lock_until_ns = NEVER;
		engine->cpus.details[cpu].stay_start_ns = engine->now_ns;
	}
	engine->cpus.details[cpu].spin_since_ns = engine->now_ns;
	due_never(engine, cpu);
	sim_mm(engine, mm)->spinners++;
	g_array_append_val(engine->spins.cpus, cpu);
	engine->spins.livelock_ns = engine->now_ns;
	spins_retry_soon(engine);
}

void spins_log(struct engine *engine, uint32_t cpu)
{
	uint32_t mm = spins_mm(engine, cpu);
	const char *name = recorder_account(engine->recorder, mm)->name;
	const char *quote = strchr(name, ' ') ? "\"" : "";

	g_assert(engine->log);
	log_note(engine, cpu, "spin", "mm=%s%s%s pid=%u mm_id=%u", quote, name, quote,
		sim_task(engine, spins_task(engine, cpu))->pid, sim_mm(engine, mm)->serial);
}

struct step spins_set_found(
	struct engine *engine, uint32_t cpu, struct step step, struct model_observer *observer)
{
	if (step.outcome != STEP_FOUND)
		return step;
	step = switch_spin(engine->model, cpu, observer);
	g_assert(step.outcome == STEP_DONE); /* nobody was there to take the number */
	return step;
}

struct step spins_set_found_by_fork(struct engine *engine, uint32_t mm, struct step step)
{
	if (step.outcome != STEP_FOUND)
		return step;
	step = fork_spin(engine->model, mm, recorder_observer(engine->recorder, mm));
	g_assert(step.outcome == STEP_DONE); /* as above */
	return step;
}

/* Not at once: the step that freed a bit may be half of a switch. */
void spins_retry_soon(struct engine *engine)
{
	engine->spins.check_ns = engine->now_ns;
	engine_rare_at(engine, engine->now_ns);
}
