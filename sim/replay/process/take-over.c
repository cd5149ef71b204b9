/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/process/take-over.h"

#include <string.h>

#include "model/lifecycle.h"
#include "model/mm.h"
#include "sim/replay/orders/take-words.h"
#include "sim/replay/process/learn.h"
#include "sim/replay/process/records.h"

enum { MM = 0, TAKE_OVER_USERS_MAX = 1 << 16 };

struct building {
	struct tables *tables;
	struct process *process;
	GPtrArray *users; /* struct seen_task: active, by pid */
	bool unsure;      /* of some task it is not known whether it is a user */
};

static void collect(struct building *b)
{
	for (struct seen_task *task = b->process->tasks; task; task = task->after) {
		b->unsure |= task->active < 0 && !task->gone && !task->left;
		if (task->active == 1)
			g_ptr_array_add(b->users, task);
	}
}

static gint by_pid(gconstpointer a, gconstpointer b)
{
	const struct seen_task *x = *(struct seen_task *const *)a;
	const struct seen_task *y = *(struct seen_task *const *)b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* Values that an mm outside of windows can have: a trace may have any. */
static bool can_be(const struct process *process, const struct trace_mm *values)
{
	bool per_cpu = values->mode & MODE_PER_CPU;

	return values->users > 0 && values->users <= TAKE_OVER_USERS_MAX && values->max_cids > 0 &&
	       values->max_cids <= process->mm->config.cpus_count &&
	       per_cpu == (values->pcpu_thrs > 0);
}

static bool enough_is_known(const struct building *b)
{
	const struct process *process = b->process;
	guint users = b->users->len;

	if (!learnt_is_quiet(&process->values) || !can_be(process, &process->values) ||
		users > process->values.users)
		return false;
	if (process->values.mode & MODE_PER_CPU)
		return true;
	for (guint i = 0; i < users; i++) {
		const struct seen_task *task = b->users->pdata[i];

		if (task->word == TRACE_WORD_UNKNOWN)
			return false;
	}
	return users == process->values.users;
}

static bool set_cpus(struct model *model, struct process *process)
{
	struct model_mm *m = model_mm(model, MM);

	g_assert(model->cpus_count == process->mm->config.cpus_count);
	for (uint32_t cpu = 0; cpu < model->cpus_count; cpu++) {
		uint32_t word = process->cpu_words[cpu];

		/* In transit it is held by who runs there, or was: that is not known. */
		if (word != TRACE_WORD_UNKNOWN && word & CID_KERNEL_TRANSIT &&
			model_cpu(model, cpu)->curr == TASK_NONE)
			word = TRACE_WORD_UNKNOWN;
		order_mm_set_unknown_cpu(process->mm, cpu, word == TRACE_WORD_UNKNOWN);
		if (word == TRACE_WORD_UNKNOWN || !word_fits(model, word))
			continue;
		if (word & CID_KERNEL_ONCPU && !word_hold(model, word))
			return false;
		model_words(model, m)[cpu] = cid_from_kernel(word);
	}
	return true;
}

static bool set_task(struct building *b, struct model *model, struct seen_task *task)
{
	struct model_task *t = model_task(model, task->task);
	uint32_t word = task->word;

	g_assert(task->process == b->process);
	order_mm_set_unknown_task(b->process->mm, task->task, word == TRACE_WORD_UNKNOWN);
	if (word == TRACE_WORD_UNKNOWN)
		word = CID_KERNEL_UNSET; /* per CPU: it holds nothing */
	if (!word_fits(model, word))
		return false;
	task_show(model, task->task);
	users_add(model, MM, task->task);
	t->cid = cid_from_kernel(word);
	if (task->cpu != UINT32_MAX) {
		t->cpu = task->cpu & (MODEL_CPUS_MAX - 1);
		model_cpu(model, task->cpu)->curr = task->task;
		/* Per CPU, who runs has the word of its CPU. */
		if (b->process->values.mode & MODE_PER_CPU) {
			cid_word own = model_word(model, model_mm(model, MM), task->cpu);

			if (!cid_is_cpu_owned(own))
				return false;
			t->cid = own;
			order_mm_set_unknown_task(b->process->mm, task->task, false);
		}
	}
	return !cid_is_task_owned(t->cid) || word_hold(model, word);
}

static bool set_allowed(struct model *model, struct process *process, uint32_t count)
{
	uint64_t mask[MODEL_CPUS_MAX / 64] = { 0 };

	if (count == 0 || count > model->cpus_count)
		return false;
	for (uint32_t cpu = 0; cpu < count; cpu++)
		mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
	process->mm->mask_guessed |= count < model->cpus_count;
	return mm_create(model, MM, mask).outcome == STEP_DONE;
}

/* Users that were not seen, and so cannot have run. The only state may move. */
static void add_unseen(struct process *process, uint32_t count)
{
	g_assert(states_count(&process->mm->states) == 1);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t task =
			order_mm_add_task(process->mm, TRACE_PID_UNKNOWN, process->counts->tgid, 0);

		users_add(&states_first(&process->mm->states)->model, MM, task);
		order_mm_set_unknown_task(process->mm, task, true);
	}
}

static void create_tasks(struct building *b, struct model *model)
{
	const struct process *process = b->process;

	for (uint32_t task = 0; task < process->mm->pids->len; task++) {
		uint32_t pid = g_array_index(process->mm->pids, uint32_t, task);
		struct seen_task *seen = tables_find(b->tables, pid);

		if (pid == 0)
			continue;
		task_create(model, task, MM,
			seen && seen->tgid ? seen->tgid : process->counts->tgid,
			seen && seen->cpu != UINT32_MAX ? seen->cpu : 0);
		if (seen && seen->process == process && seen->cpu != UINT32_MAX)
			model_cpu(model, seen->cpu)->curr = task;
	}
}

/* Behind the users: whoever else is there. */
static void show_others(const struct process *process, struct model *model)
{
	for (uint32_t task = 0; task < process->mm->pids->len; task++) {
		if (g_array_index(process->mm->pids, uint32_t, task) != 0)
			task_show(model, task);
	}
}

static bool build(struct building *b, struct order_state *state)
{
	struct process *process = b->process;
	struct model *model = &state->model;
	struct model_mm *m;

	if (!set_allowed(model, process, process->values.allowed_count))
		return false;
	/* Else the users have just changed, and it is about to be decided what follows. */
	if (mm_constraints(model, process->values.users, process->values.allowed_count).max_cids !=
		process->values.max_cids)
		return false;
	m = model_mm(model, MM);
	create_tasks(b, model);
	if (!set_cpus(model, process))
		return false;
	for (guint i = 0; i < b->users->len; i++) {
		if (!set_task(b, model, b->users->pdata[i]))
			return false;
	}
	show_others(process, model);
	g_assert(m->users == b->users->len);
	m->mode = process->values.mode;
	m->max_cids = process->values.max_cids;
	m->pcpu_thrs = process->values.pcpu_thrs;
	return true;
}

static void note_taken_over(
	struct tables *tables, const struct process *process, const struct trace_event *event)
{
	const struct trace_mm *values = &process->values;

	verdict_note(tables->replay->verdict,
		"%s (%" G_GUINT32_FORMAT "): its state was taken over from line %" G_GUINT64_FORMAT
		", with %" G_GUINT32_FORMAT " user%s",
		process->counts->name, process->counts->tgid, event->line, values->users,
		values->users == 1 ? "" : "s; the order in which they came is not known");
}

/* @state, which was built by @event, is the only one of @process. */
static void take_over(struct tables *tables, struct process *process, struct order_state *state,
	guint users, const struct trace_event *event)
{
	/* A mark shows all there is while nothing happens. */
	bool all = event->kind == TRACE_MARK && event->cpu_words;
	bool guess = process->values.mode & MODE_PER_CPU &&
	             (process->mm->unknown_cpus_count > 0 || !event->cpu_words);

	g_assert(!states_first(&process->mm->states) && users <= process->values.users);
	process_turn(process, guess ? PROCESS_TAKES_GUESS
			      : all ? PROCESS_TAKES_ALL
				    : PROCESS_TAKES_WORDS);
	process->agreed = all ? PROCESS_DOUBTS_MAX : 0;
	states_add(&process->mm->states, state);
	add_unseen(process, process->values.users - users);
	note_taken_over(tables, process, event);
	records_update(tables, process);
}

void process_take_over(
	struct tables *tables, struct process *process, const struct trace_event *event)
{
	struct building b = { .tables = tables, .process = process };
	struct order_state *state;

	if (process->state != PROCESS_UNKNOWN || process->mm->ops->len > 0 ||
		process->mm->current.id != 0 || !learnt_is_quiet(&process->values))
		return;
	/* To look at all tasks costs as much as there are. */
	if (process->wait > 0) {
		process->wait--;
		return;
	}
	b.users = g_ptr_array_new();
	collect(&b);
	g_ptr_array_sort(b.users, by_pid);
	order_mm_drop_unseen(process->mm);
	state = states_new_state(&process->mm->states, &process->mm->config);
	if (enough_is_known(&b) && build(&b, state)) {
		take_over(tables, process, state, b.users->len, event);
	} else {
		g_free(state);
		process->wait = b.users->len / 4;
	}
	g_ptr_array_free(b.users, TRUE);
}
