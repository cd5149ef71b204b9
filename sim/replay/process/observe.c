/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/process/observe.h"

#include "model/pool.h"
#include "sim/proof/invariant.h"
#include "sim/replay/orders/search.h"
#include "sim/replay/orders/take-words.h"
#include "sim/replay/process/difference.h"
#include "sim/replay/process/learn.h"

enum {
	MM = 0,
	ALONE_MAX = 1000, /* observations that one state explains, after which states that were
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

static bool same_word(const struct observation *seen, uint32_t shown, cid_word word)
{
	uint32_t own = cid_to_kernel(word);

	return shown == own || (seen->early && walk_makes(shown, own));
}

static bool same_values(const struct order_state *state, const struct observation *seen)
{
	const struct model_mm *m = model_mm_const(&state->model, MM);
	const struct trace_mm *v = seen->values;

	g_assert(v->known);
	return m->users + seen->users_more == v->users && m->max_cids == v->max_cids &&
	       m->pcpu_thrs == v->pcpu_thrs && m->mode == v->mode &&
	       m->allowed_count == v->allowed_count;
}

/* What no kernel shows. */
static bool same_rest(const struct order_state *state, const struct trace_mm *rest)
{
	const struct model_mm *m = model_mm_const(&state->model, MM);

	return (!rest->taken_known || rest->taken == m->taken) &&
	       (rest->deferred < 0 || rest->deferred == m->update_deferred);
}

static bool same_all(const struct scenario *machine, const struct process *process,
	const struct order_state *state, const struct trace_event *event)
{
	const struct model *model = &state->model;

	for (uint32_t cpu = 0; cpu < model->cpus_count; cpu++) {
		uint32_t id = machine->cpu_ids[cpu];
		uint32_t word = id < event->cpus_count && event->cpu_words ? event->cpu_words[id]
		                                                           : TRACE_WORD_UNKNOWN;

		if (word != TRACE_WORD_UNKNOWN && !process->mm->unknown_cpus[cpu] &&
			word != cid_to_kernel(model_word(model, model_mm_const(model, MM), cpu)))
			return false;
		if (event->pool.words && cpu / 64 < event->pool.words_count &&
			(event->pool.words[cpu / 64] >> cpu % 64 & 1) !=
				pool_is_taken(model, MM, cpu))
			return false;
	}
	return true;
}

/* A walk is to come, is under way, or is over and the window not closed yet. */
static bool window_is_due(const struct model_mm *mm)
{
	return mm->phase == PHASE_WALK_TASKS || mm->phase == PHASE_WALK_CPUS ||
	       mm->phase == PHASE_COMPLETE;
}

static bool matches(const struct scenario *machine, const struct process *process,
	const struct order_state *state, const struct observation *seen)
{
	const struct model *model = &state->model;

	g_assert(seen->tasks_count <= G_N_ELEMENTS(seen->tasks));
	for (unsigned i = 0; i < seen->tasks_count; i++) {
		const struct model_task *t;

		if (seen->tasks[i].task == TASK_NONE)
			continue;
		t = model_task_const(model, seen->tasks[i].task);
		if (seen->tasks[i].word != TRACE_WORD_UNKNOWN &&
			!order_task_is_unknown(process->mm, seen->tasks[i].task) &&
			!same_word(seen, seen->tasks[i].word, t->cid))
			return false;
		if (seen->tasks[i].active >= 0 && seen->tasks[i].active != t->active)
			return false;
	}
	if (seen->cpu_word != TRACE_WORD_UNKNOWN && !process->mm->unknown_cpus[seen->cpu] &&
		!same_word(seen, seen->cpu_word,
			model_word(model, model_mm_const(model, MM), seen->cpu)))
		return false;
	if (seen->values && !same_values(state, seen))
		return false;
	if (seen->rest && !same_rest(state, seen->rest))
		return false;
	/* A change has either opened a window, or was the last user's and is ignored. */
	if (seen->changed >= 0 && seen->changed != window_is_due(model_mm_const(model, MM)) &&
		model_mm_const(model, MM)->users > 0)
		return false;
	return !seen->all || same_all(machine, process, state, seen->all);
}

/* Something is shown that can be compared. */
static bool shows_anything(const struct observation *seen)
{
	bool any = seen->cpu_word != TRACE_WORD_UNKNOWN || seen->values || seen->rest ||
	           seen->changed >= 0 || seen->all;

	for (unsigned i = 0; i < seen->tasks_count; i++)
		any |= seen->tasks[i].task != TASK_NONE &&
		       (seen->tasks[i].word != TRACE_WORD_UNKNOWN || seen->tasks[i].active >= 0);
	return any;
}

/* Verdict */

static struct replay_counts *counts_of(struct process *process, bool is_switch)
{
	return is_switch ? &process->counts->switches : &process->counts->others;
}

static void count_failure(struct process *process, bool is_switch)
{
	struct replay_counts *counts = counts_of(process, is_switch);

	counts->compared++;
	if (process->mm->states.cut)
		counts->undecided++;
	else
		counts->unexplained++;
}

/* Rule out what does not match. The likeliest comes first, as before. */
static void filter(
	const struct scenario *machine, struct process *process, const struct observation *seen)
{
	struct order_states *states = &process->mm->states;

	for (guint i = 0; i < states_count(states); i++)
		states_rule_out(states, i, !matches(machine, process, states_at(states, i), seen));
	states_compact(states);
}

/* What is seen for the first time is taken over; states that cannot have it are ruled out. */
static void learn_words(struct process *process, const struct observation *seen)
{
	g_assert(states_count(&process->mm->states) > 0);
	for (unsigned i = 0; i < seen->tasks_count; i++) {
		uint32_t task = seen->tasks[i].task, word = seen->tasks[i].word;

		if (task == TASK_NONE || word == TRACE_WORD_UNKNOWN ||
			!order_task_is_unknown(process->mm, task))
			continue;
		for (guint j = 0; j < states_count(&process->mm->states); j++)
			states_rule_out(&process->mm->states, j,
				!state_take_task_word(
					states_at(&process->mm->states, j), task, word));
		states_compact(&process->mm->states);
		order_mm_set_unknown_task(process->mm, task, false);
	}
	if (seen->cpu_word == TRACE_WORD_UNKNOWN || !process->mm->unknown_cpus[seen->cpu])
		return;
	for (guint j = 0; j < states_count(&process->mm->states); j++)
		states_rule_out(&process->mm->states, j,
			!state_take_cpu_word(
				states_at(&process->mm->states, j), seen->cpu, seen->cpu_word));
	states_compact(&process->mm->states);
	order_mm_set_unknown_cpu(process->mm, seen->cpu, false);
}

/* The likeliest order that is left is from now on taken for the recorded one. Was it so before? */
static bool take_for_recorded(struct process *process)
{
	uint32_t inversions = states_first(&process->mm->states)->inversions,
		 waits = states_first(&process->mm->states)->waits;

	if (inversions == 0 && waits == 0)
		return true;
	for (guint i = 0; i < states_count(&process->mm->states); i++) {
		struct order_state *state = states_at(&process->mm->states, i);

		state->inversions -= inversions;
		state->waits -= MIN(state->waits, waits);
	}
	return false;
}

static void accept(struct process *process, bool is_switch)
{
	struct replay_counts *counts = counts_of(process, is_switch);

	g_assert(states_first(&process->mm->states));
	counts->compared++;
	process_turn(process, PROCESS_AGREES);
	if (take_for_recorded(process))
		counts->agreed++;
	else
		counts->hidden++;
	/* One state that is left may still be a wrong one, but not for long. */
	process->mm->states.alone =
		states_count(&process->mm->states) == 1 ? process->mm->states.alone + 1 : 0;
	if (process->mm->states.alone >= ALONE_MAX)
		process->mm->states.cut = false;
}

/* A user that is none any more, without exit: recorders that filter leave that out. */
static bool left_unseen(const struct process *process, const struct observation *seen)
{
	const struct model *model = &states_first(&process->mm->states)->model;

	g_assert(!process_is_unknown(process));
	for (unsigned i = 0; i < seen->tasks_count; i++) {
		uint32_t task = seen->tasks[i].task;

		if (task != TASK_NONE && seen->tasks[i].active == 0 &&
			model_task_const(model, task)->active &&
			!order_mm_has_op_of(process->mm, task))
			return true;
	}
	return false;
}

void process_give_up(struct tables *tables, struct process *process,
	const struct trace_event *event, const char *why)
{
	g_assert(!process_is_unknown(process));
	verdict_note(tables->replay->verdict,
		"%s (%u): %s (line %" G_GUINT64_FORMAT
		"): nothing of this mm is compared from there on",
		process->counts->name, process->counts->tgid, why, event->line);
	process->counts->lost++;
	process_forget_for_ever(tables, process);
}

bool process_doubt(struct tables *tables, struct process *process, const struct trace_event *event,
	const char *why)
{
	if (!process_is_fresh(process))
		return false;
	verdict_note(tables->replay->verdict,
		"%s (%u): %s, the first time at line %" G_GUINT64_FORMAT ": begun anew",
		process->counts->name, process->counts->tgid, why, event->line);
	process->counts->lost++;
	process->counts->taken_over++;
	process_forget(tables, process);
	return true;
}

/* A task is a user and was none, or the mm has other values, and nothing is under way that could
 * have made it so: something that began before the state was taken over. */
static bool changed_unseen(const struct process *process, const struct order_state *state,
	const struct trace_event *event, const struct observation *seen)
{
	const struct model_mm *m = model_mm_const(&state->model, MM);
	const struct trace_mm *v = &event->mm;

	for (unsigned i = 0; i < seen->tasks_count; i++) {
		uint32_t task = seen->tasks[i].task;

		if (task != TASK_NONE && seen->tasks[i].active == 1 &&
			!model_task_const(&state->model, task)->active &&
			!order_mm_has_op_of(process->mm, task))
			return true;
	}
	if (seen->values)
		return seen->changed < 0 &&
		       (v->users != m->users + seen->users_more || v->mode != m->mode ||
			       v->max_cids != m->max_cids);
	if (event->kind == TRACE_SWITCH && event->prev_mm.known &&
		(!v->known || v->address != process->address))
		v = &event->prev_mm;
	return v->known && v->address == process->address && process->mm->current.id == 0 &&
	       process->mm->ops->len == 0 &&
	       (v->users != m->users || v->mode != m->mode || v->max_cids != m->max_cids);
}

/* @process has no state that could be: forgotten, and counted as not compared if a state that was
 * taken over is to blame. */
static bool excuse(struct tables *tables, struct process *process)
{
	if (!process_forgives(process))
		return false;
	process->counts->taken_over++;
	process_forget(tables, process);
	return true;
}

/* No state shows what @seen has; @nearest was the likeliest. */
static void contradict(struct tables *tables, struct process *process,
	const struct trace_event *event, const struct order_state *nearest,
	const struct observation *seen)
{
	g_assert(nearest && !states_first(&process->mm->states));
	if (changed_unseen(process, nearest, event, seen) &&
		process_doubt(tables, process, event, "a fork or exit was not seen"))
		return;
	if (excuse(tables, process))
		return;
	count_failure(process, seen->is_switch);
	process_report_difference(tables, process, event, nearest, seen);
	process_forget(tables, process);
}

/* Where there is one state, and no part of an exit has been taken, the conjuncts of the proof hold.
 */
static void look_at_invariant(
	struct tables *tables, const struct process *process, const struct trace_event *event)
{
	struct replay *replay = tables->replay;
	const struct order_state *state = states_first(&process->mm->states);
	const struct claim *claim;
	bool looked;

	if (!replay->invariant || states_count(&process->mm->states) != 1 ||
		state->stage != ORDER_NOT_BEGUN || model_mm_const(&state->model, 0)->users == 0 ||
		process->mm->unknown_cpus_count > 0 || process->mm->unknown_tasks->len > 0)
		return;
	claim = invariant_broken_in_mm(replay->invariant, &state->model, 0, &looked);
	replay->invariant_looked += looked;
	if (!claim)
		return;
	replay->invariant_broken++;
	verdict_note(replay->verdict,
		"%s (%u): the conjunct %s of the proof does not hold (line %" G_GUINT64_FORMAT
		"): %s",
		process->counts->name, process->counts->tgid, claim->name, event->line,
		claim->text);
}

void process_observe(struct tables *tables, struct process *process,
	const struct trace_event *event, const struct observation *seen)
{
	const struct scenario *machine = tables->replay->scenario;
	struct order_states *states = &process->mm->states;
	g_autofree struct order_state *nearest = NULL;

	if (!shows_anything(seen)) {
		process->counts->predicted +=
			seen->is_switch && !process->mm->stepwise && !process_is_unknown(process);
		return;
	}
	if (process_is_unknown(process)) {
		process->counts->taken_over++;
		return;
	}
	g_assert(states_first(states));
	if (left_unseen(process, seen)) {
		process_give_up(tables, process, event,
			"a task has left it and the trace does not show how");
		return;
	}
	if (states_count(states) > 1 || process->mm->unknown_cpus_count > 0 ||
		process->mm->unknown_tasks->len > 0 ||
		!matches(machine, process, states_first(states), seen)) {
		nearest = g_memdup2(states_first(states), states->size);
		filter(machine, process, seen);
	}
	if (states_count(states) > 0)
		learn_words(process, seen);
	if (states_count(states) > 0) {
		accept(process, seen->is_switch);
		look_at_invariant(tables, process, event);
	} else {
		contradict(tables, process, event, nearest, seen);
	}
}

/* In a prediction from which switches are missing: the guess about them was wrong. */
static bool guessed_wrong(
	struct tables *tables, struct process *process, const struct trace_event *event)
{
	if (!process->at_once || process->counts->skipped == 0)
		return false;
	verdict_note(tables->replay->verdict,
		"%s (%u): no order of the steps fits the switches that are missing, the first time "
		"at line %" G_GUINT64_FORMAT ": begun anew",
		process->counts->name, process->counts->tgid, event->line);
	process->counts->lost++;
	process_forget(tables, process);
	return true;
}

void process_stuck(struct tables *tables, struct process *process, const struct trace_event *event,
	const char *what)
{
	g_assert(!process_is_unknown(process));
	if (excuse(tables, process) || guessed_wrong(tables, process, event))
		return;
	count_failure(process, event->kind == TRACE_SWITCH || event->kind == TRACE_SWITCHED);
	process_report_stuck(tables, process, event, what);
	process_forget(tables, process);
}

/* Whom it counts for that the trace is wrong about tasks and mms that there are not. */
static struct replay_process *counts_for(
	struct tables *tables, const struct process *process, const struct trace_event *event)
{
	if (process)
		return process->counts;
	if (!tables->nobody)
		tables->nobody =
			verdict_add_process(tables->replay->verdict, "(unknown)", 0, event->line);
	return tables->nobody;
}

void process_impossible(struct tables *tables, struct process *process,
	const struct trace_event *event, const char *why, ...)
{
	struct replay_process *counts = counts_for(tables, process, event);
	va_list arguments;

	va_start(arguments, why);
	counts->others.compared++;
	counts->others.unexplained++;
	process_report_impossible(tables, process, event, counts, g_strdup_vprintf(why, arguments));
	va_end(arguments);
	if (process && !process_is_unknown(process))
		process_forget(tables, process);
}

struct observation observation_of(const char *what)
{
	return (struct observation){ .what = what, .cpu_word = TRACE_WORD_UNKNOWN, .changed = -1 };
}

void observation_add(struct observation *seen, uint32_t task, const struct trace_task *shown)
{
	g_assert(seen->tasks_count < G_N_ELEMENTS(seen->tasks));
	seen->tasks[seen->tasks_count].task = task;
	seen->tasks[seen->tasks_count].pid = shown->pid;
	seen->tasks[seen->tasks_count].word = shown->word;
	seen->tasks[seen->tasks_count++].active = shown->active;
}

/* The words of a switch are read under its rq lock. Those of other events are read before their
 * place in the trace is taken, and a walk on another CPU may come between. */
void process_look(struct tables *tables, struct process *process, uint32_t cpu,
	const struct trace_event *event, struct observation *seen)
{
	uint32_t tasks[2] = { TASK_NONE, TASK_NONE };

	seen->early = event->kind != TRACE_SWITCH && process->window_line > 0 &&
	              (process->window_open || process->window_line >= tables->cpus[cpu].line);
	for (unsigned i = 0; i < seen->tasks_count; i++)
		tasks[i] = seen->tasks[i].task;
	if (!process_is_unknown(process))
		order_walk_may_have_come(
			process->mm, cpu, tasks, seen->tasks_count, event->kind == TRACE_SWITCH);
	process_observe(tables, process, event, seen);
}
