/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/process/records.h"

#include <string.h>

#include "model/mm.h"
#include "sim/record/emit.h"

enum { MM = 0, ACCOUNTS_MAX = 1000 };

static bool is_taken(const GPtrArray *accounts, const char *name)
{
	for (guint i = 0; i < accounts->len; i++) {
		if (g_str_equal(((struct record_account *)accounts->pdata[i])->name, name))
			return true;
	}
	return false;
}

/* "name-TGID", and where an exec has made another mm of the same, "name-TGID (2)". */
static char *account_name(const GPtrArray *accounts, const struct replay_process *counts)
{
	char *name = g_strdup_printf("%s-%u", counts->name, counts->tgid);

	for (unsigned i = 2; is_taken(accounts, name); i++) {
		g_free(name);
		name = g_strdup_printf("%s-%u (%u)", counts->name, counts->tgid, i);
	}
	return name;
}

/* Those beyond the limit share the last one: memory must not grow with the trace. */
static uint32_t new_account(struct tables *tables, const struct replay_process *counts)
{
	struct recorder *recorder = tables->replay->recorder;
	const GPtrArray *accounts = recorder->result->accounts;

	g_assert(accounts->len <= ACCOUNTS_MAX);
	if (accounts->len >= ACCOUNTS_MAX)
		return ACCOUNTS_MAX - 1;
	if (accounts->len == ACCOUNTS_MAX - 1)
		return recorder_add_account(recorder, g_strdup("(others)"), 0, UINT32_MAX);
	return recorder_add_account(recorder, account_name(accounts, counts), 0, accounts->len);
}

static void begin(struct tables *tables, struct process *process)
{
	struct recorder *recorder = tables->replay->recorder;

	g_assert(!process->begun && states_first(&process->mm->states));
	if (process->slot >= recorder->mms_count)
		recorder_grow(recorder, MAX(process->slot + 1, recorder->mms_count * 2));
	if (process->account == ACCOUNT_NONE)
		process->account = new_account(tables, process->counts);
	recorder_mm_begin_in(recorder, &states_first(&process->mm->states)->model, MM,
		process->slot, process->account);
	process->begun = true;
}

void records_begin(struct tables *tables, struct process *process, uint32_t account)
{
	g_assert(process->mm->stepwise && process->account == ACCOUNT_NONE);
	process->account = account;
	begin(tables, process);
}

/* What was counted in the likeliest state goes to the account. */
static void take_counts(struct tables *tables, struct process *process)
{
	struct model_observer *observer =
		recorder_observer(tables->replay->recorder, process->slot);
	const struct order_state *first = states_first(&process->mm->states);

	g_assert(first);
	for (size_t i = 0; i < OBSERVE_COUNTERS; i++)
		observer->count[i] += first->observer.count[i];
	for (guint i = 0; i < states_count(&process->mm->states); i++)
		memset(states_at(&process->mm->states, i)->observer.count, 0,
			sizeof(first->observer.count));
}

void records_hear(
	struct order_listener *listener, struct order_state *state, const struct model_event *event)
{
	struct process *process = (struct process *)listener;
	struct tables *tables = process->tables;
	struct recorder *recorder = tables->replay->recorder;
	struct model_event seen = *event;

	g_assert(state == states_first(&process->mm->states));
	if (!process->begun)
		return;
	take_counts(tables, process);
	seen.mm = process->slot;
	if (event->task != TASK_NONE)
		seen.task = g_array_index(process->mm->pids, uint32_t, event->task);
	recorder_observer(recorder, process->slot)
		->event(recorder_observer(recorder, process->slot), &seen);
	if (event->kind == EVENT_FLIPPED && event->users > 0) {
		process->window_open = true;
		tables->flips_due--;
		if (event->mode & MODE_PER_CPU)
			process->counts->to_percpu++;
		else
			process->counts->to_task++;
	} else if (event->kind == EVENT_COMPLETED) {
		tables->windows_due -= process->window_open;
		process->window_open = false;
	}
}

void records_update(struct tables *tables, struct process *process)
{
	struct recorder *recorder = tables->replay->recorder;
	const struct order_state *first = states_first(&process->mm->states);

	if (!first)
		return;
	if (!process->begun) {
		if (model_mm_const(&first->model, MM)->users == 0)
			return;
		begin(tables, process);
	}
	if (states_count(&process->mm->states) == 1)
		take_counts(tables, process);
	recorder_mm_update(recorder, &first->model, process->slot);
	process->counts->users_max =
		MAX(process->counts->users_max, model_mm_const(&first->model, MM)->users);
}

static void report_event(struct tables *tables, struct process *process, struct model_event event)
{
	struct model_observer *observer;

	records_update(tables, process);
	if (!process->begun)
		return;
	observer = recorder_observer(tables->replay->recorder, process->slot);
	event.mm = process->slot;
	observer->event(observer, &event);
	records_update(tables, process);
}

void records_decision(struct tables *tables, struct process *process, uint32_t pid)
{
	struct order_state *first = states_first(&process->mm->states);
	struct model_event event;

	if (!first || !mm_in_window(model_mm_const(&first->model, MM)) || process->window_open)
		return;
	event = first->flip;
	event.task = event.trigger == TRIGGER_DEFERRED ? TASK_NONE : pid;
	process->window_open = true;
	if (event.mode & MODE_PER_CPU)
		process->counts->to_percpu++;
	else
		process->counts->to_task++;
	report_event(tables, process, event);
}

void records_complete(struct tables *tables, struct process *process)
{
	const struct order_state *first = states_first(&process->mm->states);

	if (!process->window_open)
		return;
	process->window_open = false;
	if (!first)
		return;
	if (process->begun)
		take_counts(tables, process);
	report_event(tables, process,
		(struct model_event){
			.kind = EVENT_COMPLETED, .mode = model_mm_const(&first->model, MM)->mode });
}

void records_end(struct tables *tables, struct process *process)
{
	struct recorder *recorder = tables->replay->recorder;
	const struct order_state *first = states_first(&process->mm->states);

	if (!process->begun)
		return;
	process->begun = false;
	if (!first) {
		recorder_mm_lose(recorder, process->slot);
		return;
	}
	take_counts(tables, process);
	if (model_mm_const(&first->model, MM)->users > 0)
		recorder_mm_finish(recorder, &first->model, process->slot);
	else
		recorder_mm_end(recorder, &first->model, process->slot);
	g_assert(!process->begun);
}

void records_leave(struct tables *tables)
{
	g_assert(!tables->stepwise);
	for (guint slot = 0; slot < tables->all->len; slot++) {
		struct process *process = tables->all->pdata[slot];

		if (!process)
			continue;
		records_end(tables, process);
		process->account = ACCOUNT_NONE;
	}
}

void records_return(struct tables *tables)
{
	GHashTableIter iter;
	gpointer value;

	g_assert(tables->replay->recorder->now_ns == 0);
	g_hash_table_iter_init(&iter, tables->tasks);
	while (g_hash_table_iter_next(&iter, NULL, &value))
		((struct seen_task *)value)->since_ns = 0;
	for (uint32_t cpu = 0; cpu < tables->replay->scenario->cpus_count; cpu++)
		tables->cpus[cpu].since_ns = 0;
	for (guint slot = 0; slot < tables->all->len; slot++) {
		if (tables->all->pdata[slot])
			records_update(tables, tables->all->pdata[slot]);
	}
}

/* Stays */

static uint32_t number_of(uint32_t word)
{
	return word & CID_KERNEL_UNSET ? CID_KERNEL_UNSET
	                               : word & ~(CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT);
}

/* What user space saw: the word with which the task leaves, or that which the model has. */
static uint32_t shown_cid(const struct seen_task *task, uint32_t word)
{
	const struct order_state *first = states_first(&task->process->mm->states);

	if (word != TRACE_WORD_UNKNOWN)
		return number_of(word);
	if (!first)
		return CID_KERNEL_UNSET;
	return number_of(cid_to_kernel(model_task_const(&first->model, task->task)->cid));
}

static uint32_t account_of(const struct seen_task *task)
{
	return task->process ? task->process->account : ACCOUNT_NONE;
}

/* @task, which has a process, has been on its CPU until now, and leaves with @word. */
static void report_stay(const struct tables *tables, const struct seen_task *task, uint32_t word)
{
	const struct emitter emitter = { .recorder = tables->replay->recorder };

	g_assert(task->cpu < tables->replay->scenario->cpus_count);
	if (tables->stepwise)
		emit_stay(&emitter, task->cpu, task->pid, account_of(task), task->since_ns,
			cid_number(task->shown));
	else if (emit_has_stays(&emitter) && task->process->account != ACCOUNT_NONE)
		emit_stay(&emitter, task->cpu, task->pid, task->process->account, task->since_ns,
			shown_cid(task, word));
}

/* Whose window @task has opened; NULL: none that is open. */
static struct process *window_of(const struct tables *tables, const struct seen_task *task)
{
	struct process *process =
		task->window < tables->all->len ? tables->all->pdata[task->window] : NULL;

	return process && process->window_open && process->begun &&
	                       process->mm->current.pid == task->pid
	               ? process
	               : NULL;
}

/* @prev (NULL: none that was seen) leaves @cpu. */
static void leave(struct tables *tables, const struct trace_event *event, struct seen_task *prev,
	uint32_t cpu)
{
	struct recorder *recorder = tables->replay->recorder;
	const struct emitter emitter = { .recorder = recorder };

	g_assert(cpu < tables->replay->scenario->cpus_count);
	if (!prev) {
		if (tables->stepwise && event->prev.pid == 0)
			emit_idle(&emitter, tables->cpus[cpu].since_ns);
		return;
	}
	if ((prev->process || tables->stepwise) && prev->cpu == cpu)
		report_stay(tables, prev, event->prev.word);
	if (window_of(tables, prev))
		recorder_initiator_out(recorder, window_of(tables, prev)->slot);
	prev->cpu = UINT32_MAX;
	prev->since_ns = recorder->now_ns;
}

void records_switch(struct tables *tables, const struct trace_event *event, struct seen_task *prev,
	struct seen_task *next, uint32_t cpu)
{
	struct recorder *recorder = tables->replay->recorder;
	const struct emitter emitter = { .recorder = recorder };

	g_assert(cpu < tables->replay->scenario->cpus_count);
	emit_switched(&emitter);
	leave(tables, event, prev, cpu);
	tables->cpus[cpu].since_ns = recorder->now_ns;
	if (!next)
		return;
	next->cpu = cpu;
	next->since_ns = recorder->now_ns;
	if (!tables->stepwise && window_of(tables, next))
		recorder_initiator_in(recorder, window_of(tables, next)->slot);
}

void records_show(struct tables *tables, struct seen_task *task, uint32_t cpu)
{
	const struct process *process = task->process;
	const struct model_task *t;

	g_assert(tables->stepwise);
	if (!process || process_is_unknown(process) || !process->begun)
		return;
	t = model_task_const(&states_first(&process->mm->states)->model, task->task);
	if (t->active)
		task->shown = emit_show_cid(
			recorder_account(tables->replay->recorder, process->slot), task->shown,
			&tables->cpus[cpu].saw, (uint32_t)process->address, t->cid);
}

void records_runs(struct tables *tables, struct seen_task *task, uint32_t cpu)
{
	struct recorder *recorder = tables->replay->recorder;

	g_assert(tables->stepwise && cpu < tables->replay->scenario->cpus_count);
	task->since_ns = recorder->now_ns;
	records_show(tables, task, cpu);
	if (window_of(tables, task))
		recorder_initiator_in(recorder, window_of(tables, task)->slot);
}

void records_split(struct tables *tables, struct seen_task *task)
{
	g_assert(tables->stepwise);
	if (task->cpu == UINT32_MAX)
		return;
	report_stay(tables, task, TRACE_WORD_UNKNOWN);
	task->since_ns = tables->replay->recorder->now_ns;
}

void records_spins(struct tables *tables, struct process *process, uint32_t cpu)
{
	g_assert(process->mm->stepwise && !tables->cpus[cpu].spins);
	tables->cpus[cpu].spins = process;
	tables->cpus[cpu].since_ns = tables->replay->recorder->now_ns;
}

uint64_t records_spun(struct tables *tables, uint32_t cpu)
{
	struct seen_cpu *c = &tables->cpus[cpu];
	uint64_t ns = tables->replay->recorder->now_ns - c->since_ns;

	g_assert(tables->stepwise);
	if (c->spins && c->spins->begun)
		recorder_spun(tables->replay->recorder, c->spins->slot, ns);
	c->spins = NULL;
	return ns;
}

void records_stays(struct tables *tables)
{
	GHashTableIter iter;
	gpointer value;
	const struct emitter emitter = { .recorder = tables->replay->recorder };
	g_autoptr(GArray) running = g_array_new(FALSE, FALSE, sizeof(struct seen_task *));

	/* By CPU, for the order of a hash table is none that can be relied on. */
	g_array_set_size(running, tables->replay->scenario->cpus_count);
	memset(running->data, 0, running->len * sizeof(struct seen_task *));
	g_hash_table_iter_init(&iter, tables->tasks);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct seen_task *task = value;

		if ((task->process || tables->stepwise) && task->cpu != UINT32_MAX)
			g_array_index(running, struct seen_task *, task->cpu) = task;
	}
	for (guint cpu = 0; cpu < running->len; cpu++) {
		struct seen_task *task = g_array_index(running, struct seen_task *, cpu);

		if (task)
			report_stay(tables, task, TRACE_WORD_UNKNOWN);
		else if (tables->stepwise)
			emit_idle(&emitter, tables->cpus[cpu].since_ns);
		if (tables->cpus[cpu].spins)
			records_spun(tables, cpu);
	}
}
