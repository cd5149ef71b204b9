/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/affinity.h"

#include "model/affinity.h"
#include "sim/engine/after-step.h"
#include "sim/engine/cpus.h"
#include "sim/engine/internal.h"
#include "sim/engine/log.h"
#include "sim/engine/step-log.h"
#include "sim/engine/tasks.h"

/* An affinity change that waits until a spin ends. */
struct late_affinity {
	uint32_t task, pid;
	uint32_t mask;
};

void affinities_init(struct affinities *affinities)
{
	affinities->kworker = TASK_NONE;
	affinities->work = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	affinities->late = g_array_new(FALSE, FALSE, sizeof(struct late_affinity));
}

void affinities_clear(struct affinities *affinities)
{
	g_array_free(affinities->work, TRUE);
	g_array_free(affinities->late, TRUE);
}

static void queue_work(struct engine *engine, uint32_t mm, uint32_t cpu)
{
	struct sim_task *t;

	g_assert(model_mm(engine->model, mm)->update_deferred);
	g_array_append_val(engine->affinities.work, mm);
	mms_get(engine, mm); /* it must still be there when the work runs */
	if (engine->affinities.kworker == TASK_NONE) {
		engine->affinities.kworker = tasks_new(
			engine, engine->units.first[UNIT_KWORKER], MM_NONE, TASK_NONE, cpu, false);
		g_assert(engine->affinities.kworker != TASK_NONE);
	}
	t = sim_task(engine, engine->affinities.kworker);
	if (t->op != OP_NONE)
		return; /* it goes on with this one when it is done */
	task_go(t, OP_WORK, STAGE_ENTER, 0);
	cpus_wake(engine, engine->affinities.kworker, false);
}

void affinity_cancel_work(struct engine *engine, uint32_t mm, uint32_t cpu)
{
	GArray *work = engine->affinities.work;
	bool has_begun = work->len > 0 &&
	                 sim_task(engine, engine->affinities.kworker)->stage != STAGE_ENTER;
	guint from = has_begun ? 1 : 0;

	g_assert(model_mm(engine->model, mm)->users == 0);
	for (guint i = work->len; i-- > from;) {
		if (g_array_index(work, uint32_t, i) != mm)
			continue;
		/* The kernel thread is on its way to the first: it finds nothing there. */
		if (i == 0)
			g_array_index(work, uint32_t, 0) = MM_NONE;
		else
			g_array_remove_index(work, i);
		mms_put(engine, mm, cpu);
	}
}

bool affinity_next_work(struct engine *engine)
{
	GArray *work = engine->affinities.work;

	g_assert(work->len > 0);
	if (g_array_index(work, uint32_t, 0) == MM_NONE)
		g_array_remove_index(work, 0);
	return work->len > 0;
}

void affinity_end_work(struct engine *engine, uint32_t cpu)
{
	GArray *work = engine->affinities.work;

	g_assert(work->len > 0 && g_array_index(work, uint32_t, 0) != MM_NONE);
	mms_put(engine, g_array_index(work, uint32_t, 0), cpu);
	g_array_remove_index(work, 0);
}

static void log_affinity(struct engine *engine, uint32_t task, const struct cpu_set *set)
{
	const struct model_task *t = model_task(engine->model, task);
	struct log_text text;

	g_assert(set->count > 0 && set->count <= engine->cpus.count);
	log_begin(&text);
	log_pid(engine, &text, "pid=", task);
	log_number(&text, " cpus=", set->count);
	if (t->has_mm) {
		log_values(engine, &text, t->mm);
		log_number(&text, " deferred=", model_mm(engine->model, t->mm)->update_deferred);
		log_mm(engine, &text, t->mm);
	}
	log_send_with_mask(engine, t->cpu, "affinity", &text, set);
}

void affinity_set(struct engine *engine, uint32_t task, uint32_t mask)
{
	const struct cpu_set *set = masks_at(&engine->masks, mask);
	const struct model_task *m = model_task(engine->model, task);
	struct model_mm *mm = m->has_mm ? model_mm(engine->model, m->mm) : NULL;
	bool deferred = mm && mm->update_deferred;
	struct step step;

	g_assert(mask < engine->masks.sets->len);
	g_assert(sim_task(engine, task)->state != TASK_FREE);
	step = affinity_change(engine->model, task, set->words,
		mm ? recorder_observer(engine->recorder, m->mm) : NULL);
	if (step.outcome == STEP_NEEDS_RQ_LOCK || step.outcome == STEP_NEEDS_LOCK) {
		/* A switch that spins holds the lock: the change waits for it. */
		struct late_affinity late = { task, sim_task(engine, task)->pid, mask };

		g_array_append_val(engine->affinities.late, late);
		return;
	}
	g_assert(step.outcome == STEP_DONE);
	engine->totals->affinity_changes++;
	sim_task(engine, task)->mask = mask;
	step_log_mix(engine, task, OP_AFFINITY, mask);
	if (engine->log)
		log_affinity(engine, task, set);
	if (mm) {
		after_step(engine, m->mm);
		if (mm->update_deferred && !deferred)
			queue_work(engine, m->mm, m->cpu);
	}
	cpus_affinity_changed(engine, task);
}

/* No CPU that @task may run on is online: the kernel lets it run anywhere. */
void affinity_break(struct engine *engine, uint32_t task)
{
	g_assert(sim_task(engine, task)->mask != MASK_ALL); /* one CPU is always online */
	if (engine->log)
		log_note(engine, model_task(engine->model, task)->cpu, "affinity_broken", "pid=%u",
			sim_task(engine, task)->pid);
	affinity_set(engine, task, 0);
	sim_task(engine, task)->mask = 0; /* at once, also where its mm has to wait for a lock */
}

void affinity_set_late(struct engine *engine)
{
	GArray *late = engine->affinities.late;

	g_assert(late->len > 0);
	engine->affinities.late = g_array_new(FALSE, FALSE, sizeof(struct late_affinity));
	for (guint i = 0; i < late->len; i++) {
		struct late_affinity change = g_array_index(late, struct late_affinity, i);

		if (sim_task(engine, change.task)->pid == change.pid &&
			sim_task(engine, change.task)->state != TASK_FREE)
			affinity_set(engine, change.task, change.mask);
	}
	g_array_free(late, TRUE);
}
