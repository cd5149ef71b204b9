/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/steps/private.h"

#include "model/candidate.h"
#include "sim/replay/orders/words.h"

/* Taking over what the trace says */

/* Does somebody in @mm hold @number? */
static bool is_held(const struct model *model, uint32_t mm, uint32_t number)
{
	const struct model_mm *m = model_mm_const(model, mm);
	const cid_word *words = model_words((struct model *)model, m);
	uint32_t task = m->newest;

	for (uint32_t cpu = 0; words && cpu < model->cpus_count; cpu++) {
		if (cid_is_cpu_owned(words[cpu]) && (words[cpu] & CID_NUMBER) == number)
			return true;
	}
	if (task == TASK_NONE)
		return false;
	do {
		const struct model_task *t = model_task_const(model, task);
		bool held = cid_is_task_owned(t->cid) ||
		            (cid_is_in_transit(t->cid) && model_is_running(model, task));

		if (held && !cid_is_unset(t->cid) && (t->cid & CID_NUMBER) == number)
			return true;
		task = t->older;
	} while (task != m->newest);
	return false;
}

static void settle(struct model *model, uint32_t mm, cid_word word)
{
	uint32_t number = word & CID_NUMBER;
	bool held;

	if (cid_is_unset(word) || number >= model->cpus_count)
		return;
	held = is_held(model, mm, number);
	if (held && !pool_is_taken(model, mm, number))
		pool_set(model, mm, number, NULL);
	else if (!held && pool_is_taken(model, mm, number))
		pool_drop(model, mm, number, NULL);
}

/* A pool without extent has room for few numbers: what a trace says may not fit. */
static bool can_take_over(const struct model *model, uint32_t mm, uint64_t told, cid_word *word)
{
	return told <= UINT32_MAX && word_from_kernel((uint32_t)told, word) &&
	       (cid_is_unset(*word) || (*word & CID_NUMBER) < model->cpus_count) &&
	       model_mm_const(model, mm)->extent != EXTENT_NONE;
}

/* @task of @mm has the word that the line calls @key, whatever the model says. */
static bool take_over_word(struct steps_line *line, uint32_t mm, uint32_t task, const char *key)
{
	struct model *model = line->steps->model;
	cid_word old = model_task(model, task)->cid, new;

	if (!can_take_over(model, mm, steps_number(line, key), &new))
		return false;
	model_task(model, task)->cid = new;
	settle(model, mm, old);
	settle(model, mm, new);
	return true;
}

static bool take_over_cpu_word(struct steps_line *line, uint32_t mm)
{
	struct model *model = line->steps->model;
	cid_word *words = model_words(model, model_mm(model, mm)), old, new;

	if (!can_take_over(model, mm, steps_number(line, "cpu_word"), &new))
		return false;
	old = words[line->cpu];
	words[line->cpu] = new;
	settle(model, mm, old);
	settle(model, mm, new);
	return true;
}

/* Switches */

/* A switch, as the line has it and as it can be. */
struct logged_switch {
	uint32_t prev, next; /* TASK_NONE = idle */
	uint32_t prev_mm, next_mm;
	bool spins;      /* as told */
	bool impossible; /* told already */
};

static void name_task(const struct steps *steps, uint32_t task, char *text, size_t size)
{
	if (task == TASK_NONE)
		g_snprintf(text, size, "idle");
	else
		g_snprintf(text, size, "%s-%u", steps_task(steps, task)->comm,
			steps_task(steps, task)->pid);
}

static void cannot(struct steps_line *line, struct logged_switch *told, const char *why)
{
	if (!told->impossible)
		steps_impossible(line, MM_NONE, "%s", why);
	told->impossible = true;
}

/* Who leaves is who runs there, whatever the line says. */
static void read_prev(struct steps_line *line, struct logged_switch *told, uint64_t pid)
{
	struct steps *steps = line->steps;
	const struct model_cpu *c = model_cpu(steps->model, line->cpu);

	told->prev = c->curr;
	if (pid != (c->curr == TASK_NONE ? 0 : steps_task(steps, c->curr)->pid))
		cannot(line, told, "somebody else runs there");
	if (c->phase == CPU_FREE)
		return;
	cannot(line, told, "a get spins there");
	if (steps_mm_of_task(steps, told->prev) != MM_NONE)
		steps_give_up(steps, steps_mm_of_task(steps, told->prev));
}

static void read_next(struct steps_line *line, struct logged_switch *told, uint64_t pid)
{
	struct steps *steps = line->steps;

	told->next = pid == 0 ? TASK_NONE : steps_task_of(steps, pid);
	if (told->next == TASK_NONE) {
		if (pid != 0)
			cannot(line, told, "there is no such task");
		return;
	}
	if (told->next != told->prev && model_is_running(steps->model, told->next)) {
		cannot(line, told, "that task runs on another CPU");
		told->next = TASK_NONE;
	}
}

static struct step take(struct steps_line *line, const struct logged_switch *told)
{
	struct steps *steps = line->steps;
	struct step step;

	steps_records_left(steps, line->cpu, told->prev);
	switch_out(steps->model, line->cpu, steps_observer(steps, told->prev_mm));
	steps_update(steps, told->prev_mm);
	step = switch_in(steps->model, line->cpu, told->next, steps_observer(steps, told->next_mm));
	/* A get of two steps that does not spin has taken both. */
	if (step.outcome == STEP_FOUND && !told->spins)
		step = switch_spin(steps->model, line->cpu, steps_observer(steps, told->next_mm));
	steps_update(steps, told->next_mm);
	if (step_gets(step.outcome)) {
		steps->cpus[line->cpu].since_ns = steps->replay->recorder->now_ns;
		steps_records_spins(steps, line->cpu, told->next_mm);
	} else {
		steps_records_runs(steps, line->cpu, told->next);
	}
	return step;
}

static void compare_next(
	struct steps_line *line, const struct logged_switch *told, struct step step)
{
	struct steps *steps = line->steps;

	steps_compare_word(line, "next_word", model_task(steps->model, told->next)->cid);
	steps_compare_word(line, "cpu_word",
		model_word(steps->model, model_mm(steps->model, told->next_mm), line->cpu));
	if (told->spins || step_gets(step.outcome))
		steps_compare_flag(line, "spins", told->spins, step_gets(step.outcome));
}

/* One switch is compared once, of whichever mm it differs in. */
static void compare(struct steps_line *line, const struct logged_switch *told, struct step step)
{
	bool prev_differs, fits = true;

	if (told->prev_mm != MM_NONE)
		steps_compare_word(
			line, "prev_word", model_task(line->steps->model, told->prev)->cid);
	prev_differs = line->differs;
	if (told->next_mm != MM_NONE)
		compare_next(line, told, step);
	if (steps_judge(
		    line, prev_differs || told->next_mm == MM_NONE ? told->prev_mm : told->next_mm))
		return;
	if (prev_differs && !take_over_word(line, told->prev_mm, told->prev, "prev_word"))
		steps_give_up(line->steps, told->prev_mm);
	if (told->next_mm == MM_NONE || !steps_mm(line->steps, told->next_mm)->live)
		return;
	fits = told->spins == step_gets(step.outcome) && !told->spins &&
	       take_over_word(line, told->next_mm, told->next, "next_word") &&
	       take_over_cpu_word(line, told->next_mm);
	if (!fits)
		steps_give_up(line->steps, told->next_mm);
	else
		steps_update(line->steps, told->next_mm);
}

void steps_on_switch(struct steps_line *line)
{
	struct steps *steps = line->steps;
	uint64_t prev_pid = steps_number(line, "prev_pid");
	uint64_t next_pid = steps_number(line, "next_pid"), spins;
	struct logged_switch told = { .prev = TASK_NONE };
	char prev[32], next[32];
	struct step step;

	line->is_switch = true;
	if (line->lacks)
		return;
	name_task(steps, steps_task_of(steps, prev_pid), prev, sizeof(prev));
	name_task(steps, steps_task_of(steps, next_pid), next, sizeof(next));
	g_snprintf(line->what, sizeof(line->what), "switch from %s to %s", prev, next);
	told.spins = trace_field_number(line->event->text, "spins", &spins) && spins;
	read_prev(line, &told, prev_pid);
	read_next(line, &told, next_pid);
	told.prev_mm = steps_mm_of_task(steps, told.prev);
	told.next_mm = steps_mm_of_task(steps, told.next);
	step = take(line, &told);
	if (!told.impossible && (told.prev_mm != MM_NONE || told.next_mm != MM_NONE))
		compare(line, &told, step);
	else if (step_gets(step.outcome) && !told.spins)
		steps_give_up(steps, told.next_mm);
}

/* Spins */

/* The mm that the line names, if a get spins on its CPU for a number of it: in a switch, or in a
 * fork. *@task: who is to get the number. Else MM_NONE: all is told that is to be told. */
static uint32_t spinning_mm(struct steps_line *line, uint32_t *task, bool *in_switch)
{
	struct steps *steps = line->steps;
	const struct model_cpu *c = model_cpu(steps->model, line->cpu);
	uint64_t number = steps_number(line, "mm_id");
	uint32_t mm = steps_mm_of(steps, number);
	const struct model_mm *m;

	if (line->lacks || steps_is_given_up(steps, number))
		return MM_NONE;
	if (mm == MM_NONE) {
		steps_impossible(line, MM_NONE, "there is no such mm");
		return MM_NONE;
	}
	m = model_mm(steps->model, mm);
	*in_switch = c->phase == CPU_SPINS && steps_mm_of_task(steps, c->curr) == mm;
	*task = *in_switch ? c->curr : m->child;
	if (*in_switch || ((m->phase == PHASE_GET_LOCKED || m->phase == PHASE_GET_MUTEX) &&
				  m->initiator_cpu == line->cpu))
		return mm;
	steps_impossible(line, mm, "no get spins there");
	return MM_NONE;
}

void steps_on_spin(struct steps_line *line)
{
	struct steps *steps = line->steps;
	bool in_switch;
	uint32_t task, mm = spinning_mm(line, &task, &in_switch);

	if (mm == MM_NONE)
		return;
	if (!in_switch)
		steps_records_spins(steps, line->cpu, mm);
	steps_compare(line, "pid", steps_task(steps, task)->pid);
	steps_judge_or_give_up(line, mm);
}

/* The spin is over: records and comparison. */
static void spun(struct steps_line *line, uint32_t mm, uint32_t task, bool in_switch)
{
	struct steps *steps = line->steps;
	const struct model_mm *m = model_mm(steps->model, mm);

	steps_update(steps, mm);
	steps_compare(
		line, "ns", steps->replay->recorder->now_ns - steps->cpus[line->cpu].spin_since_ns);
	if (steps->cpus[line->cpu].spin_mm == mm)
		steps_records_spun(steps, line->cpu);
	if (in_switch)
		steps_records_runs(steps, line->cpu, task);
	steps_compare(line, "pid", steps_task(steps, task)->pid);
	steps_compare_word(line, "word", model_task(steps->model, task)->cid);
	steps_compare_word(line, "cpu_word", model_word(steps->model, m, line->cpu));
	steps_compare(line, "taken", m->taken);
	steps_judge_or_give_up(line, mm);
}

void steps_on_spin_end(struct steps_line *line)
{
	struct steps *steps = line->steps;
	bool in_switch;
	uint32_t task, mm = spinning_mm(line, &task, &in_switch);
	struct model_observer *observer = steps_observer(steps, mm);
	struct step step;

	if (mm == MM_NONE)
		return;
	if (in_switch) {
		step = switch_spin(steps->model, line->cpu, observer);
		if (step.outcome == STEP_FOUND)
			step = switch_spin(steps->model, line->cpu, observer);
	} else {
		step = steps_set_found_by_fork(steps, mm, fork_spin(steps->model, mm, observer));
	}
	if (step_gets(step.outcome))
		steps_impossible(line, mm, "no number is free");
	else
		spun(line, mm, task, in_switch);
}

void steps_on_give_up(struct steps_line *line)
{
	struct steps *steps = line->steps;
	bool in_switch;
	uint32_t task, mm = spinning_mm(line, &task, &in_switch);

	if (mm == MM_NONE)
		return;
	if (!steps->model->protocol.bounded_get) {
		steps_impossible(line, mm, "a get of this revision does not give up");
		return;
	}
	if (in_switch)
		switch_give_up(steps->model, line->cpu);
	else
		fork_give_up(steps->model, mm);
	recorder_account(steps->replay->recorder, mm)->gave_up++;
	spun(line, mm, task, in_switch);
}
