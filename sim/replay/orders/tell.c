/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/internal.h"

#include <string.h>

enum { MM = 0 };

static bool is_taken(const GPtrArray *accounts, const char *name)
{
	for (guint i = 0; i < accounts->len; i++) {
		if (g_str_equal(((struct record_account *)accounts->pdata[i])->name, name))
			return true;
	}
	return false;
}

/* "name-TGID", and where an exec has made another mm of the same, "name-TGID (2)". */
static char *account_name(const GPtrArray *accounts, const struct replay_process *process)
{
	char *name = g_strdup_printf("%s-%u", process->name, process->tgid);

	for (unsigned i = 2; is_taken(accounts, name); i++) {
		g_free(name);
		name = g_strdup_printf("%s-%u (%u)", process->name, process->tgid, i);
	}
	return name;
}

/* Those beyond the limit share the last one: memory must not grow with the trace. */
static uint32_t new_account(struct orders *orders, const struct replay_process *process)
{
	struct recorder *recorder = orders->replay->recorder;
	const GPtrArray *accounts = recorder->result->accounts;

	if (accounts->len >= ACCOUNTS_MAX)
		return ACCOUNTS_MAX - 1;
	if (accounts->len == ACCOUNTS_MAX - 1)
		return recorder_add_account(recorder, g_strdup("(others)"), 0, UINT32_MAX);
	return recorder_add_account(recorder, account_name(accounts, process), 0, accounts->len);
}

static void begin(struct orders *orders, struct order_mm *mm)
{
	struct recorder *recorder = orders->replay->recorder;
	struct replayed *r = replayed_of(orders, mm);

	if (mm->slot >= recorder->mms_count)
		recorder_grow(recorder, MAX(mm->slot + 1, recorder->mms_count * 2));
	if (r->account == ACCOUNT_NONE)
		r->account = new_account(orders, mm->process);
	recorder_mm_begin_in(recorder, &states_first(&mm->states)->model, MM, mm->slot, r->account);
	r->begun = true;
}

/* What was counted in the likeliest state goes to the account. */
static void take_counts(struct orders *orders, struct order_mm *mm)
{
	struct model_observer *observer = recorder_observer(orders->replay->recorder, mm->slot);
	const struct order_state *first = states_first(&mm->states);

	for (size_t i = 0; i < OBSERVE_COUNTERS; i++)
		observer->count[i] += first->observer.count[i];
	for (guint i = 0; i < states_count(&mm->states); i++)
		memset(((struct order_state *)states_at(&mm->states, i))->observer.count, 0,
			sizeof(first->observer.count));
}

void tell_update(struct orders *orders, struct order_mm *mm)
{
	struct recorder *recorder = orders->replay->recorder;
	struct replayed *r = replayed_of(orders, mm);
	const struct order_state *first = states_first(&mm->states);

	if (!first)
		return;
	if (!r->begun) {
		if (model_mm_const(&first->model, MM)->users == 0)
			return;
		begin(orders, mm);
	}
	if (states_count(&mm->states) == 1)
		take_counts(orders, mm);
	recorder_mm_update(recorder, &first->model, mm->slot);
	mm->process->users_max =
		MAX(mm->process->users_max, model_mm_const(&first->model, MM)->users);
}

static void tell_event(struct orders *orders, struct order_mm *mm, struct model_event event)
{
	struct model_observer *observer;

	tell_update(orders, mm);
	if (!replayed_of(orders, mm)->begun)
		return;
	observer = recorder_observer(orders->replay->recorder, mm->slot);
	event.mm = mm->slot;
	observer->event(observer, &event);
	tell_update(orders, mm);
}

void tell_decision(struct orders *orders, struct order_mm *mm, uint32_t pid)
{
	struct order_state *first = states_first(&mm->states);
	struct model_event event;

	if (!first || !mm_in_window(model_mm_const(&first->model, MM)) || mm->window_told)
		return;
	event = first->flip;
	event.task = event.trigger == TRIGGER_DEFERRED ? TASK_NONE : pid;
	mm->window_told = true;
	if (event.mode & MODE_PER_CPU)
		mm->process->to_percpu++;
	else
		mm->process->to_task++;
	tell_event(orders, mm, event);
}

void tell_complete(struct orders *orders, struct order_mm *mm)
{
	const struct order_state *first = states_first(&mm->states);

	if (!mm->window_told)
		return;
	mm->window_told = false;
	if (!first)
		return;
	if (replayed_of(orders, mm)->begun)
		take_counts(orders, mm);
	tell_event(orders, mm,
		(struct model_event){
			.kind = EVENT_COMPLETED, .mode = model_mm_const(&first->model, MM)->mode });
}

void tell_end(struct orders *orders, struct order_mm *mm)
{
	struct recorder *recorder = orders->replay->recorder;
	struct replayed *r = replayed_of(orders, mm);
	const struct order_state *first = states_first(&mm->states);

	if (!r->begun)
		return;
	r->begun = false;
	if (!first) {
		recorder->mms[mm->slot].account = ACCOUNT_NONE;
		return;
	}
	take_counts(orders, mm);
	if (model_mm_const(&first->model, MM)->users > 0)
		recorder_mm_finish(recorder, &first->model, mm->slot);
	else
		recorder_mm_end(recorder, &first->model, mm->slot);
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
	const struct order_state *first = states_first(&task->mm->states);

	if (word != TRACE_WORD_UNKNOWN)
		return number_of(word);
	if (!first)
		return CID_KERNEL_UNSET;
	return number_of(cid_to_kernel(model_task_const(&first->model, task->task)->cid));
}

static void tell_stay(struct orders *orders, const struct seen_task *task, uint32_t word)
{
	const struct recorder *recorder = orders->replay->recorder;
	struct record_stay stay = {
		.cpu = task->cpu,
		.pid = task->pid,
		.account = replayed_of(orders, task->mm)->account,
		.start_ns = task->since_ns,
		.end_ns = recorder->now_ns,
	};

	if (!recorder->sink || !recorder->sink->stay || stay.account == ACCOUNT_NONE)
		return;
	stay.cid = shown_cid(task, word);
	recorder->sink->stay(recorder->sink->context, &stay);
}

static bool is_initiator(struct orders *orders, const struct seen_task *task)
{
	return task->mm->window_told && replayed_of(orders, task->mm)->begun &&
	       task->mm->current.pid == task->pid;
}

void tell_switch(struct orders *orders, const struct trace_event *event, struct seen_task *prev,
	struct seen_task *next, uint32_t cpu)
{
	struct recorder *recorder = orders->replay->recorder;

	recorder->result->switches++;
	if (prev && prev->mm) {
		if (prev->cpu == cpu)
			tell_stay(orders, prev, event->prev.word);
		if (is_initiator(orders, prev))
			recorder_initiator_out(recorder, prev->mm->slot);
	}
	if (prev) {
		prev->cpu = UINT32_MAX;
		prev->since_ns = recorder->now_ns;
	}
	if (!next)
		return;
	next->cpu = cpu;
	next->since_ns = recorder->now_ns;
	if (next->mm && is_initiator(orders, next))
		recorder_initiator_in(recorder, next->mm->slot);
}

void tell_stays(struct orders *orders)
{
	GHashTableIter iter;
	gpointer value;
	g_autoptr(GArray) running = g_array_new(FALSE, FALSE, sizeof(struct seen_task *));

	/* By CPU, for the order of a hash table is none that can be relied on. */
	g_array_set_size(running, orders->replay->scenario->cpus_count);
	memset(running->data, 0, running->len * sizeof(struct seen_task *));
	g_hash_table_iter_init(&iter, orders->tasks);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct seen_task *task = value;

		if (task->mm && task->cpu != UINT32_MAX)
			g_array_index(running, struct seen_task *, task->cpu) = task;
	}
	for (guint cpu = 0; cpu < running->len; cpu++) {
		struct seen_task *task = g_array_index(running, struct seen_task *, cpu);

		if (task)
			tell_stay(orders, task, TRACE_WORD_UNKNOWN);
	}
}
