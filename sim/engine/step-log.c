/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/engine/step-log.h"

#include "sim/engine/internal.h"
#include "sim/engine/log.h"

/* @event of @mm, by @task on @cpu; @child: the task that it was about, or TASK_NONE. */
static void log_event(struct engine *engine, uint32_t cpu, const char *event, uint32_t task,
	uint32_t child, uint32_t mm, struct step step)
{
	struct log_text text;

	g_assert(engine->log);
	log_begin(&text);
	log_pid(engine, &text, "pid=", task);
	log_values(engine, &text, mm);
	log_word(&text, " word=", model_task(engine->model, task)->cid);
	if (child != TASK_NONE) {
		log_pid(engine, &text, " child=", child);
		log_word(&text, " child_word=", model_task(engine->model, child)->cid);
	}
	log_word(&text, " cpu_word=", model_word(engine->model, model_mm(engine->model, mm), cpu));
	log_mm(engine, &text, mm);
	log_string(&text, " outcome=", step_outcome_to_string(step.outcome));
	log_send(engine, cpu, event, &text);
}

/* A decision, or its complete, as @event says. */
void step_log_decision(struct engine *engine, uint32_t cpu, const char *event, uint32_t task,
	uint32_t mm, struct step step)
{
	const struct sim_task *t = sim_task(engine, task);
	bool forks = t->op == OP_FORK || t->op == OP_UNDO_FORK;

	log_event(engine, cpu, event, task, forks ? op_of(engine, t)->child : TASK_NONE, mm, step);
}

void step_log_start(struct engine *engine, uint32_t cpu, uint32_t task, struct step step)
{
	log_event(engine, cpu, "start", task, TASK_NONE, model_task(engine->model, task)->mm, step);
}

/* The task that the next step of the walk of @mm, on @cpu, looks at: a user, or who runs there;
 * TASK_NONE: none of the mm. */
uint32_t step_log_walk_target(struct engine *engine, uint32_t mm, uint32_t cpu)
{
	const struct model_mm *m = model_mm(engine->model, mm);
	uint32_t task =
		m->phase == PHASE_WALK_TASKS ? m->cursor : model_cpu(engine->model, cpu)->curr;
	const struct model_task *t;

	if (task == TASK_NONE)
		return TASK_NONE;
	t = model_task(engine->model, task);
	return t->has_mm && t->mm == mm ? task : TASK_NONE;
}

void step_log_walk(
	struct engine *engine, uint32_t cpu, uint32_t mm, uint32_t wanted, uint32_t target)
{
	const struct model_mm *m = model_mm(engine->model, mm);
	struct log_text text;

	g_assert(wanted < engine->cpus.count);
	log_begin(&text);
	log_number(&text, "cpu=", sim_cpu_id(engine, wanted));
	log_number(&text, " taken=", m->taken);
	if (target != TASK_NONE) {
		log_pid(engine, &text, " pid=", target);
		log_word(&text, " word=", model_task(engine->model, target)->cid);
	}
	log_word(&text, " cpu_word=", model_word(engine->model, m, wanted));
	log_mm(engine, &text, mm);
	log_send(engine, cpu, "walk", &text);
}
