/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/steps/private.h"

/* The mm that the line is about. MM_NONE: there is none, or it is not compared any more; that is
 * told if it is to be. */
static uint32_t mm_of(struct steps_line *line)
{
	uint64_t number = steps_number(line, "mm_id");
	uint32_t mm = steps_mm_of(line->steps, number);

	if (mm == MM_NONE && !line->lacks && !steps_is_given_up(line->steps, number))
		steps_impossible(line, MM_NONE, "there is no such mm");
	return line->lacks ? MM_NONE : mm;
}

/* The task of @key. TASK_NONE, and it is told, if there is none; then @mm is given up. */
static uint32_t task_of(struct steps_line *line, const char *key, uint32_t mm)
{
	uint64_t pid = steps_number(line, key);
	uint32_t task = line->lacks ? TASK_NONE : steps_task_of(line->steps, pid);

	if (task == TASK_NONE && !line->lacks)
		steps_impossible(line, mm, "there is no task %" G_GUINT64_FORMAT, pid);
	return task;
}

/* What a line on fork, exit or exec speaks of. */
struct decision {
	uint32_t mm, task;
	uint32_t who; /* whose users it changes: the child, or the task itself */
};

static bool read_decision(struct steps_line *line, struct decision *decision, bool of_child)
{
	decision->mm = mm_of(line);
	if (decision->mm == MM_NONE)
		return false;
	decision->task = decision->who = task_of(line, "pid", decision->mm);
	if (decision->task == TASK_NONE)
		return false;
	if (of_child)
		decision->who = task_of(line, "child", decision->mm);
	if (decision->who == TASK_NONE)
		return false;
	if (steps_mm_of_task(line->steps, decision->who) == decision->mm)
		return true;
	steps_impossible(line, decision->mm, "that task is of another mm");
	return false;
}

/* Does @task run on the CPU of the line, so that it can do something there? */
static bool executes(struct steps_line *line, const struct decision *decision)
{
	const struct model_cpu *c = model_cpu(line->steps->model, line->cpu);

	if (c->curr == decision->task && c->phase == CPU_FREE)
		return true;
	steps_impossible(line, decision->mm, "task %u does not run there",
		steps_task(line->steps, decision->task)->pid);
	return false;
}

static bool mutex_is_free_for(struct steps_line *line, uint32_t mm)
{
	if (model_mm(line->steps->model, mm)->phase == PHASE_IDLE)
		return true;
	steps_impossible(line, mm, "the mutex of the mm is held");
	return false;
}

struct step steps_set_found_by_fork(struct steps *steps, uint32_t mm, struct step step)
{
	if (step.outcome == STEP_GET)
		step = fork_get(steps->model, mm, steps_observer(steps, mm));
	if (step.outcome == STEP_FOUND)
		return fork_spin(steps->model, mm, steps_observer(steps, mm));
	return step;
}

/* The step is taken: compare what came of it. */
static void compare(struct steps_line *line, const struct decision *decision, struct step step)
{
	struct steps *steps = line->steps;
	struct model *model = steps->model;

	g_assert(decision->mm != MM_NONE && decision->task != TASK_NONE);
	if (step.outcome == STEP_WINDOW)
		steps_task(steps, decision->task)->window_mm = decision->mm;
	steps_update(steps, decision->mm);
	steps_compare_values(line, decision->mm);
	steps_compare_word(line, "word", model_task(model, decision->task)->cid);
	if (decision->who != decision->task)
		steps_compare_word(line, "child_word", model_task(model, decision->who)->cid);
	steps_compare_word(
		line, "cpu_word", model_word(model, model_mm(model, decision->mm), line->cpu));
	steps_compare_outcome(line, step);
	steps_judge_or_give_up(line, decision->mm);
}

static void join(struct steps_line *line, const struct decision *decision)
{
	struct steps *steps = line->steps;
	const struct model_task *t = model_task(steps->model, decision->who);
	struct step step;

	if (!mutex_is_free_for(line, decision->mm))
		return;
	if (t->active ||
		(!cid_is_unset(t->cid) && steps->model->protocol.exit_change == EXIT_DROPS_CPU)) {
		steps_impossible(line, decision->mm, "task %u is a user already, or has a number",
			steps_task(steps, decision->who)->pid);
		return;
	}
	do {
		step = fork_begin(steps->model, line->cpu, decision->task, decision->who,
			steps_observer(steps, decision->mm));
		if (step.outcome == STEP_NEEDS_EXTENT)
			steps_grow_extents(steps);
	} while (step.outcome == STEP_NEEDS_EXTENT);
	compare(line, decision, steps_set_found_by_fork(steps, decision->mm, step));
}

void steps_on_start(struct steps_line *line)
{
	struct decision decision;

	if (read_decision(line, &decision, false))
		join(line, &decision);
}

void steps_on_fork(struct steps_line *line)
{
	struct decision decision;

	if (read_decision(line, &decision, true) && executes(line, &decision))
		join(line, &decision);
}

void steps_on_exec_join(struct steps_line *line)
{
	struct decision decision;

	if (read_decision(line, &decision, false) && executes(line, &decision))
		join(line, &decision);
}

static void leave(struct steps_line *line, const struct decision *decision)
{
	struct steps *steps = line->steps;

	if (!mutex_is_free_for(line, decision->mm))
		return;
	if (!model_task(steps->model, decision->who)->active) {
		steps_impossible(line, decision->mm, "task %u is no user",
			steps_task(steps, decision->who)->pid);
		return;
	}
	compare(line, decision,
		exit_begin(steps->model, line->cpu, decision->who,
			steps_observer(steps, decision->mm)));
}

void steps_on_exit(struct steps_line *line)
{
	struct decision decision;

	if (read_decision(line, &decision, false) && executes(line, &decision))
		leave(line, &decision);
}

void steps_on_undo_fork(struct steps_line *line)
{
	struct decision decision;

	if (!read_decision(line, &decision, true) || !executes(line, &decision))
		return;
	if (model_is_running(line->steps->model, decision.who))
		steps_impossible(line, decision.mm, "the child runs");
	else
		leave(line, &decision);
}

void steps_on_work(struct steps_line *line)
{
	struct steps *steps = line->steps;
	struct decision decision = { .mm = mm_of(line) };

	if (decision.mm == MM_NONE)
		return;
	decision.task = decision.who = task_of(line, "pid", decision.mm);
	if (decision.task == TASK_NONE || !executes(line, &decision) ||
		!mutex_is_free_for(line, decision.mm))
		return;
	compare(line, &decision,
		affinity_deferred(
			steps->model, decision.mm, line->cpu, steps_observer(steps, decision.mm)));
}

void steps_on_complete(struct steps_line *line)
{
	struct steps *steps = line->steps;
	struct decision decision = { .mm = mm_of(line) };
	uint64_t child;

	if (decision.mm == MM_NONE)
		return;
	decision.task = decision.who = task_of(line, "pid", decision.mm);
	if (decision.task == TASK_NONE || !executes(line, &decision))
		return;
	if (model_mm(steps->model, decision.mm)->phase != PHASE_COMPLETE ||
		steps_task(steps, decision.task)->window_mm != decision.mm) {
		steps_impossible(line, decision.mm, "no window of that task is over");
		return;
	}
	if (trace_field_number(line->event->text, "child", &child))
		decision.who = task_of(line, "child", decision.mm);
	if (decision.who == TASK_NONE)
		return;
	steps_task(steps, decision.task)->window_mm = MM_NONE;
	compare(line, &decision,
		steps_set_found_by_fork(steps, decision.mm,
			window_complete(
				steps->model, decision.mm, steps_observer(steps, decision.mm))));
}

/* Whom the next step of the walk of @mm, on @cpu, looks at; TASK_NONE: nobody of the mm. */
static uint32_t walk_target(const struct steps *steps, uint32_t mm, uint32_t cpu)
{
	const struct model_mm *m = model_mm(steps->model, mm);
	uint32_t task =
		m->phase == PHASE_WALK_TASKS ? m->cursor : model_cpu(steps->model, cpu)->curr;

	return steps_mm_of_task(steps, task) == mm ? task : TASK_NONE;
}

static void walk(struct steps_line *line, uint32_t mm)
{
	struct steps *steps = line->steps;
	uint32_t cpu = walk_next_cpu(steps->model, mm), target = walk_target(steps, mm, cpu);
	struct step step = walk_step(steps->model, mm, steps_observer(steps, mm));
	const struct model_mm *m = model_mm(steps->model, mm);
	uint64_t pid;

	if (step.outcome == STEP_NEEDS_RQ_LOCK) {
		steps_impossible(line, mm, "a switch holds the rq lock of CPU %u",
			steps->replay->scenario->cpu_ids[cpu]);
		return;
	}
	steps_update(steps, mm);
	steps_compare(line, "cpu", steps->replay->scenario->cpu_ids[cpu]);
	steps_compare(line, "taken", m->taken);
	if (target != TASK_NONE) {
		steps_compare(line, "pid", steps_task(steps, target)->pid);
		steps_compare_word(line, "word", model_task(steps->model, target)->cid);
	} else if (trace_field_number(line->event->text, "pid", &pid)) {
		steps_compare(line, "pid", 0);
	}
	steps_compare_word(line, "cpu_word", model_word(steps->model, m, cpu));
	steps_judge_or_give_up(line, mm);
}

void steps_on_walk(struct steps_line *line)
{
	uint32_t mm = mm_of(line);
	const struct model_mm *m;

	if (mm == MM_NONE)
		return;
	m = model_mm(line->steps->model, mm);
	if (m->phase == PHASE_WALK_TASKS || m->phase == PHASE_WALK_CPUS)
		walk(line, mm);
	else
		steps_impossible(line, mm, "no step of a walk is due");
}

void steps_on_exec(struct steps_line *line)
{
	struct steps *steps = line->steps;
	uint32_t task = task_of(line, "pid", MM_NONE), mm = steps_mm_of_task(steps, task);
	uint64_t failed = steps_number(line, "failed");

	if (line->lacks || task == TASK_NONE)
		return;
	steps->replay->recorder->result->execs++;
	if (failed)
		steps_records_split(steps, line->cpu);
	if (mm == MM_NONE)
		return;
	steps_records_show(steps, line->cpu, task);
	steps_compare_word(line, "cid", model_task(steps->model, task)->cid);
	steps_judge_or_give_up(line, mm);
}

static void change_affinity(struct steps_line *line, uint32_t task, const uint64_t *mask)
{
	struct steps *steps = line->steps;
	uint32_t mm = steps_mm_of_task(steps, task);
	struct step step = affinity_change(steps->model, task, mask, steps_observer(steps, mm));

	if (step.outcome != STEP_DONE) {
		steps_impossible(line, mm, "a lock is held that it needs");
		return;
	}
	if (mm == MM_NONE)
		return;
	steps_update(steps, mm);
	steps_compare_values(line, mm);
	steps_compare(line, "deferred", model_mm(steps->model, mm)->update_deferred);
	steps_judge_or_give_up(line, mm);
}

void steps_on_affinity(struct steps_line *line)
{
	uint32_t task = task_of(line, "pid", MM_NONE);
	g_autofree uint64_t *mask = steps_read_mask(line);

	if (line->lacks || task == TASK_NONE)
		return;
	line->steps->replay->recorder->result->affinity_changes++;
	change_affinity(line, task, mask);
}
