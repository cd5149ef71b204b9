/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/emit.h"
#include "sim/replay/steps/private.h"

/* What a driver records besides the steps of the model, as the engine does: so the records of a
 * replay are those of the run. */

static uint64_t now(const struct steps *steps)
{
	return steps->replay->recorder->now_ns;
}

static void end_stay(struct steps *steps, uint32_t cpu, uint32_t task)
{
	const struct emitter emitter = { .recorder = steps->replay->recorder };
	uint32_t mm = steps_mm_of_task(steps, task);

	emit_stay(&emitter, cpu, steps_task(steps, task)->pid,
		mm == MM_NONE ? ACCOUNT_NONE : emitter.recorder->mms[mm].account,
		steps->cpus[cpu].since_ns, cid_number(steps_task(steps, task)->shown));
}

void steps_records_split(struct steps *steps, uint32_t cpu)
{
	uint32_t task = model_cpu(steps->model, cpu)->curr;

	if (task != TASK_NONE)
		end_stay(steps, cpu, task);
	steps->cpus[cpu].since_ns = now(steps);
}

void steps_records_left(struct steps *steps, uint32_t cpu, uint32_t task)
{
	const struct emitter emitter = { .recorder = steps->replay->recorder };

	if (task == TASK_NONE) {
		emit_idle(&emitter, steps->cpus[cpu].since_ns);
		return;
	}
	end_stay(steps, cpu, task);
	if (steps_task(steps, task)->window_mm != MM_NONE)
		recorder_initiator_out(steps->replay->recorder, steps_task(steps, task)->window_mm);
}

void steps_records_show(struct steps *steps, uint32_t cpu, uint32_t task)
{
	const struct model_task *m = model_task(steps->model, task);
	struct record_account *account = recorder_account(steps->replay->recorder, m->mm);
	struct steps_task *t = steps_task(steps, task);

	t->shown = emit_show_cid(
		account, t->shown, &steps->cpus[cpu].saw, steps_mm(steps, m->mm)->number, m->cid);
}

void steps_records_runs(struct steps *steps, uint32_t cpu, uint32_t task)
{
	const struct model_task *t;

	steps->cpus[cpu].since_ns = now(steps);
	if (task == TASK_NONE)
		return;
	t = model_task(steps->model, task);
	if (t->has_mm && t->active)
		steps_records_show(steps, cpu, task);
	if (steps_task(steps, task)->window_mm != MM_NONE)
		recorder_initiator_in(steps->replay->recorder, steps_task(steps, task)->window_mm);
}

void steps_records_spins(struct steps *steps, uint32_t cpu, uint32_t mm)
{
	steps->cpus[cpu].spin_mm = mm;
	steps->cpus[cpu].spin_since_ns = now(steps);
}

void steps_records_spun(struct steps *steps, uint32_t cpu)
{
	struct steps_cpu *c = &steps->cpus[cpu];

	g_assert(c->spin_mm != MM_NONE);
	recorder_spun(steps->replay->recorder, c->spin_mm, now(steps) - c->spin_since_ns);
	c->spin_mm = MM_NONE;
}

void steps_records_end(struct steps *steps)
{
	for (uint32_t cpu = 0; cpu < steps->model->cpus_count; cpu++) {
		if (model_cpu(steps->model, cpu)->curr == TASK_NONE)
			steps_records_left(steps, cpu, TASK_NONE);
		steps_records_split(steps, cpu);
		if (steps->cpus[cpu].spin_mm != MM_NONE)
			steps_records_spun(steps, cpu);
	}
}
