/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/internal.h"

#include <inttypes.h>

#include "model/pool.h"

enum {
	MM = 0,
	PROBATION = 64,    /* observations that a state which was taken over must explain first */
	DOUBTS_MAX = 1000, /* observations that a state explains alone, after which states that were
	                    * given up are forgotten */
};

/* Comparing */

/* Would a step of a walk have made @now of @before? */
static bool walk_makes(uint32_t before, uint32_t now)
{
	uint32_t flags = CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT;

	if (before & (CID_KERNEL_UNSET | CID_KERNEL_TRANSIT))
		return false;
	return now == ((before & ~flags) | CID_KERNEL_TRANSIT) ||
	       (now == CID_KERNEL_UNSET && !(before & CID_KERNEL_ONCPU));
}

static bool same_word(const struct observation *seen, uint32_t told, cid_word word)
{
	uint32_t own = cid_to_kernel(word);

	return told == own || (seen->early && walk_makes(told, own));
}

static bool same_values(const struct order_state *state, const struct observation *seen)
{
	const struct model_mm *m = model_mm_const(&state->model, MM);
	const struct trace_mm *v = seen->values;

	return m->users + seen->users_more == v->users && m->max_cids == v->max_cids &&
	       m->pcpu_thrs == v->pcpu_thrs && m->mode == v->mode &&
	       m->allowed_count == v->allowed_count;
}

static bool same_whole(
	const struct order_mm *mm, const struct order_state *state, const struct trace_event *event)
{
	const struct model *model = &state->model;

	for (uint32_t cpu = 0; cpu < model->cpus_count; cpu++) {
		uint32_t id = mm->replay->scenario->cpu_ids[cpu];
		uint32_t word = id < event->cpus_count && event->cpu_words ? event->cpu_words[id]
		                                                           : TRACE_WORD_UNKNOWN;

		if (word != TRACE_WORD_UNKNOWN && !mm->unknown_cpus[cpu] &&
			word != cid_to_kernel(model_word(model, model_mm_const(model, MM), cpu)))
			return false;
		if (event->pool.words && cpu / 64 < event->pool.words_count &&
			(event->pool.words[cpu / 64] >> cpu % 64 & 1) !=
				pool_is_taken(model, MM, cpu))
			return false;
	}
	return true;
}

static bool matches(
	const struct order_mm *mm, const struct order_state *state, const struct observation *seen)
{
	const struct model *model = &state->model;

	for (unsigned i = 0; i < seen->tasks_count; i++) {
		const struct model_task *t;

		if (seen->tasks[i].task == TASK_NONE)
			continue;
		t = model_task_const(model, seen->tasks[i].task);
		if (seen->tasks[i].word != TRACE_WORD_UNKNOWN &&
			!order_task_is_unknown(mm, seen->tasks[i].task) &&
			!same_word(seen, seen->tasks[i].word, t->cid))
			return false;
		if (seen->tasks[i].active >= 0 && seen->tasks[i].active != t->active)
			return false;
	}
	if (seen->cpu_word != TRACE_WORD_UNKNOWN && !mm->unknown_cpus[seen->cpu] &&
		!same_word(seen, seen->cpu_word,
			model_word(model, model_mm_const(model, MM), seen->cpu)))
		return false;
	if (seen->values && !same_values(state, seen))
		return false;
	/* A change has either opened a window, or was the last user's and is ignored. */
	if (seen->changed >= 0 &&
		seen->changed != (model_mm_const(model, MM)->phase == PHASE_WALK_TASKS ||
					 model_mm_const(model, MM)->phase == PHASE_WALK_CPUS ||
					 model_mm_const(model, MM)->phase == PHASE_COMPLETE) &&
		model_mm_const(model, MM)->users > 0)
		return false;
	return !seen->whole || same_whole(mm, state, seen->whole);
}

/* Something is told that can be compared. */
static bool shows_anything(const struct observation *seen)
{
	bool any = seen->cpu_word != TRACE_WORD_UNKNOWN || seen->values || seen->changed >= 0 ||
	           seen->whole;

	for (unsigned i = 0; i < seen->tasks_count; i++)
		any |= seen->tasks[i].task != TASK_NONE &&
		       (seen->tasks[i].word != TRACE_WORD_UNKNOWN || seen->tasks[i].active >= 0);
	return any;
}

/* Verdict */

static struct replay_counts *counts_of(struct order_mm *mm, bool is_switch)
{
	return is_switch ? &mm->process->switches : &mm->process->others;
}

/* A state that was taken over must explain some observations before it proves anything. */
static bool on_probation(const struct order_mm *mm)
{
	return mm->adopted && mm->agreed < PROBATION;
}

static void count_failure(struct order_mm *mm, bool is_switch)
{
	struct replay_counts *counts = counts_of(mm, is_switch);

	counts->compared++;
	if (mm->states.cut)
		counts->undecided++;
	else
		counts->unexplained++;
}

/* Rule out what does not match. The likeliest comes first, as before. */
static void filter(struct order_mm *mm, const struct observation *seen)
{
	gsize count;
	g_autofree gpointer *states = g_ptr_array_steal(mm->states.list, &count);

	for (gsize i = 0; i < count; i++) {
		if (matches(mm, states[i], seen))
			states_add(&mm->states, states[i]);
		else
			states_drop(&mm->states, states[i]);
	}
}

/* What is seen for the first time is taken over; states that cannot have it are ruled out. */
static void learn_words(struct order_mm *mm, const struct observation *seen)
{
	for (unsigned i = 0; i < seen->tasks_count; i++) {
		uint32_t task = seen->tasks[i].task, word = seen->tasks[i].word;

		if (task == TASK_NONE || word == TRACE_WORD_UNKNOWN ||
			!order_task_is_unknown(mm, task))
			continue;
		for (guint j = 0; j < states_count(&mm->states); j++)
			states_rule_out(
				&mm->states, j, !adopt_task(states_at(&mm->states, j), task, word));
		states_compact(&mm->states);
		order_mm_set_unknown_task(mm, task, false);
	}
	if (seen->cpu_word == TRACE_WORD_UNKNOWN || !mm->unknown_cpus[seen->cpu])
		return;
	for (guint j = 0; j < states_count(&mm->states); j++)
		states_rule_out(&mm->states, j,
			!adopt_cpu(states_at(&mm->states, j), seen->cpu, seen->cpu_word));
	states_compact(&mm->states);
	order_mm_set_unknown_cpu(mm, seen->cpu, false);
}

/* The likeliest order that is left is from now on taken for the recorded one. Was it so before? */
static bool take_for_recorded(struct order_mm *mm)
{
	uint32_t inversions = states_first(&mm->states)->inversions,
		 waits = states_first(&mm->states)->waits;

	if (inversions == 0 && waits == 0)
		return true;
	for (guint i = 0; i < states_count(&mm->states); i++) {
		struct order_state *state = states_at(&mm->states, i);

		state->inversions -= inversions;
		state->waits -= MIN(state->waits, waits);
	}
	return false;
}

static void accept(struct order_mm *mm, bool is_switch)
{
	struct replay_counts *counts = counts_of(mm, is_switch);

	counts->compared++;
	mm->agreed++;
	if (take_for_recorded(mm))
		counts->agreed++;
	else
		counts->hidden++;
	/* One state that is left may still be a wrong one, but not for long. */
	mm->states.alone = states_count(&mm->states) == 1 ? mm->states.alone + 1 : 0;
	if (mm->states.alone >= DOUBTS_MAX)
		mm->states.cut = false;
}

/* A user that is none any more, without exit: recorders that filter leave that out. */
static bool left_unseen(const struct order_mm *mm, const struct observation *seen)
{
	const struct model *model = &states_first(&mm->states)->model;

	for (unsigned i = 0; i < seen->tasks_count; i++) {
		uint32_t task = seen->tasks[i].task;

		if (task != TASK_NONE && seen->tasks[i].active == 0 &&
			model_task_const(model, task)->active && !order_mm_has_op_of(mm, task))
			return true;
	}
	return false;
}

void orders_give_up(struct orders *orders, struct order_mm *mm, const struct trace_event *event,
	const char *why)
{
	verdict_note(orders->replay->verdict,
		"%s (%u): %s (line %" G_GUINT64_FORMAT
		"): nothing of this mm is compared from there on",
		mm->process->name, mm->process->tgid, why, event->line);
	mm->process->lost++;
	adopt_begin(orders, mm);
	mm->gave_up = true;
}

bool orders_doubt(struct orders *orders, struct order_mm *mm, const struct trace_event *event,
	const char *why)
{
	if (!mm->adopted || mm->agreed >= DOUBTS_MAX)
		return false;
	verdict_note(orders->replay->verdict,
		"%s (%u): %s, the first time at line %" G_GUINT64_FORMAT ": begun anew",
		mm->process->name, mm->process->tgid, why, event->line);
	mm->process->lost++;
	mm->process->adopted++;
	adopt_begin(orders, mm);
	return true;
}

/* A task is a user and was none, or the mm has other values, and nothing is under way that could
 * have made it so: something that began before the state was taken over. */
static bool changed_unseen(const struct order_mm *mm, const struct order_state *state,
	const struct trace_event *event, const struct observation *seen)
{
	const struct model_mm *m = model_mm_const(&state->model, MM);
	const struct trace_mm *v = &event->mm;

	for (unsigned i = 0; i < seen->tasks_count; i++) {
		uint32_t task = seen->tasks[i].task;

		if (task != TASK_NONE && seen->tasks[i].active == 1 &&
			!model_task_const(&state->model, task)->active &&
			!order_mm_has_op_of(mm, task))
			return true;
	}
	if (seen->values)
		return seen->changed < 0 &&
		       (v->users != m->users + seen->users_more || v->mode != m->mode ||
			       v->max_cids != m->max_cids);
	if (event->kind == TRACE_SWITCH && event->prev_mm.known &&
		(!v->known || v->address != mm->address))
		v = &event->prev_mm;
	return v->known && v->address == mm->address && mm->current.id == 0 && mm->ops->len == 0 &&
	       (v->users != m->users || v->mode != m->mode || v->max_cids != m->max_cids);
}

void orders_observe(struct orders *orders, struct order_mm *mm, const struct trace_event *event,
	const struct observation *seen)
{
	g_autofree struct order_state *nearest = NULL;
	bool guess = mm->guess;

	if (!shows_anything(seen)) {
		mm->process->predicted += seen->is_switch;
		return;
	}
	if (mm->adopts) {
		mm->process->adopted++;
		return;
	}
	if (left_unseen(mm, seen)) {
		orders_give_up(
			orders, mm, event, "a task has left it and the trace does not show how");
		return;
	}
	if (states_count(&mm->states) > 1 || mm->unknown_cpus_count > 0 ||
		mm->unknown_tasks->len > 0 || !matches(mm, states_first(&mm->states), seen)) {
		nearest = g_memdup2(states_first(&mm->states), mm->states.size);
		filter(mm, seen);
	}
	if (states_count(&mm->states) > 0)
		learn_words(mm, seen);
	if (states_count(&mm->states) > 0) {
		accept(mm, seen->is_switch);
		return;
	}
	if (changed_unseen(mm, nearest, event, seen) &&
		orders_doubt(orders, mm, event, "a fork or exit was not seen"))
		return;
	if (guess || on_probation(mm)) {
		mm->process->adopted++;
		adopt_begin(orders, mm);
		return;
	}
	count_failure(mm, seen->is_switch);
	orders_tell_difference(orders, mm, event, nearest, seen);
	adopt_begin(orders, mm);
}

void orders_stuck(struct orders *orders, struct order_mm *mm, const struct trace_event *event,
	const char *what)
{
	if (mm->guess || on_probation(mm)) {
		mm->process->adopted++;
		adopt_begin(orders, mm);
		return;
	}
	count_failure(mm, event->kind == TRACE_SWITCH || event->kind == TRACE_SWITCHED);
	orders_tell_stuck(orders, mm, event, what);
	adopt_begin(orders, mm);
}

struct observation observation_of(const char *what)
{
	return (struct observation){ .what = what, .cpu_word = TRACE_WORD_UNKNOWN, .changed = -1 };
}

void observation_add(struct observation *seen, uint32_t task, const struct trace_task *told)
{
	seen->tasks[seen->tasks_count].task = task;
	seen->tasks[seen->tasks_count].pid = told->pid;
	seen->tasks[seen->tasks_count].word = told->word;
	seen->tasks[seen->tasks_count++].active = told->active;
}

/* The words of a switch are read under its rq lock. Those of other events are read before their
 * place in the trace is taken, and a walk on another CPU may come between. */
void orders_look(struct orders *orders, struct order_mm *mm, uint32_t cpu,
	const struct trace_event *event, struct observation *seen)
{
	uint32_t tasks[2] = { TASK_NONE, TASK_NONE };

	seen->early = event->kind != TRACE_SWITCH && mm->window_line > 0 &&
	              (mm->window_told || mm->window_line >= orders->line_on_cpu[cpu]);
	for (unsigned i = 0; i < seen->tasks_count; i++)
		tasks[i] = seen->tasks[i].task;
	if (!mm->adopts)
		order_walk_may_have_come(
			mm, cpu, tasks, seen->tasks_count, event->kind == TRACE_SWITCH);
	orders_observe(orders, mm, event, seen);
}
