/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/internal.h"

#include <string.h>

void tasks_free(gpointer data)
{
	struct seen_task *task = data;

	g_free(task->mask);
	g_free(task);
}

struct seen_task *tasks_find(struct orders *orders, uint32_t pid)
{
	return g_hash_table_lookup(orders->tasks, GUINT_TO_POINTER(pid));
}

bool tasks_is_pid(uint32_t pid)
{
	return pid != 0 && pid < TRACE_TASK_FOREIGN;
}

struct seen_task *tasks_get(struct orders *orders, uint32_t pid, uint32_t tgid)
{
	struct seen_task *task = tasks_find(orders, pid);

	if (!task) {
		task = g_new0(struct seen_task, 1);
		task->pid = pid;
		task->cpu = UINT32_MAX;
		task->word = TRACE_WORD_UNKNOWN;
		task->active = -1;
		task->nameless = TASK_NONE;
		g_hash_table_insert(orders->tasks, GUINT_TO_POINTER(pid), task);
	}
	if (tgid)
		task->tgid = tgid;
	return task;
}

/* What @task does in its mm is over by now. False if it cannot be. */
static bool end_ops(struct orders *orders, struct seen_task *task)
{
	struct order_mm *mm = task->mm;
	bool fits = true;

	if (mm->current.id != 0 &&
		(mm->current.task == task->task || mm->current.initiator == task->task))
		fits = users_settle(orders, mm, mm->current.line);
	return order_mm_drop_ops_of(mm, task->task) && fits;
}

/* The mm of a task that is about to have another one, or to go. */
void tasks_detach(struct orders *orders, struct seen_task *task)
{
	struct order_mm *mm = task->mm;
	bool fits;

	if (!mm)
		return;
	fits = mm->adopts || end_ops(orders, task);
	task->mm = NULL;
	order_mm_remove_task(mm, task->task);
	if (!mm->adopts && (!fits || states_count(&mm->states) == 0)) {
		verdict_note(orders->replay->verdict,
			"%s (%u): task %u is gone and its exit was not seen: begun anew",
			mm->process->name, mm->process->tgid, task->pid);
		adopt_begin(orders, mm);
	}
	if (mm->pids->len == mm->free_tasks->len)
		g_ptr_array_add(orders->emptied, mm);
}

void tasks_bury(struct orders *orders, struct seen_task *task)
{
	tasks_detach(orders, task);
	g_hash_table_steal(orders->tasks, GUINT_TO_POINTER(task->pid));
	g_ptr_array_add(orders->buried, task);
}

void tasks_sweep(struct orders *orders)
{
	while (orders->emptied->len > 0) {
		struct order_mm *mm =
			g_ptr_array_steal_index(orders->emptied, orders->emptied->len - 1);

		if (mm->pids->len == mm->free_tasks->len)
			tasks_drop_mm(orders, mm);
	}
	g_ptr_array_set_size(orders->buried, 0);
}

void tasks_attach(struct orders *orders, struct seen_task *task, struct order_mm *mm, uint32_t cpu)
{
	tasks_detach(orders, task);
	task->mm = mm;
	task->task = order_mm_add_task(mm, task->pid, task->tgid, cpu);
	task->left = task->gone = false;
	task->word = TRACE_WORD_UNKNOWN;
	task->active = -1;
}

struct order_mm *tasks_nameless(struct orders *orders, const struct seen_task *parent)
{
	const struct replayed *r;

	if (parent->nameless == TASK_NONE || parent->nameless_mm >= orders->all->len)
		return NULL;
	r = orders->all->pdata[parent->nameless_mm];
	if (!r || parent->nameless >= r->order->pids->len ||
		g_array_index(r->order->pids, uint32_t, parent->nameless) != TRACE_PID_UNKNOWN)
		return NULL;
	return r->order;
}

uint32_t tasks_index(const struct seen_task *task, const struct order_mm *mm)
{
	return task && task->mm == mm ? task->task : TASK_NONE;
}

/* mms */

bool tasks_selects(const struct orders *orders, const struct trace_event *event)
{
	const struct replay_options *options = orders->replay->options;

	if (options->pid && event->pid != options->pid && event->task.pid != options->pid &&
		event->prev.pid != options->pid && event->tgid != options->pid &&
		event->task.tgid != options->pid)
		return false;
	return !options->comm || g_str_equal(options->comm, event->comm) ||
	       g_str_equal(options->comm, event->task.comm) ||
	       g_str_equal(options->comm, event->prev.comm);
}

static uint32_t free_slot(struct orders *orders)
{
	for (guint slot = 0; slot < orders->all->len; slot++) {
		if (!orders->all->pdata[slot])
			return slot;
	}
	g_ptr_array_add(orders->all, NULL);
	return orders->all->len - 1;
}

struct order_mm *tasks_new_mm(struct orders *orders, uint64_t address, const uint64_t *mask,
	const char *name, uint32_t tgid, uint64_t line)
{
	struct replay *replay = orders->replay;
	struct replayed *r = g_new0(struct replayed, 1);
	bool groups_told = tgid != 0;
	struct order_mm *mm;

	/* The compact form tells neither names nor groups, but whose trace it is. */
	tgid = tgid ? tgid : replay->info->tgid;
	name = *name ? name : "pid";
	mm = order_mm_new(replay, address, mask,
		verdict_add_process(replay->verdict, name, tgid, line), free_slot(orders));

	mm->groups_guessed = !groups_told;
	r->order = mm;
	r->account = ACCOUNT_NONE;
	r->cpu_words = g_new(uint32_t, replay->scenario->cpus_count);
	for (uint32_t cpu = 0; cpu < replay->scenario->cpus_count; cpu++)
		r->cpu_words[cpu] = TRACE_WORD_UNKNOWN;
	orders->all->pdata[mm->slot] = r;
	if (address)
		g_hash_table_insert(orders->mms, g_memdup2(&address, sizeof(address)), mm);
	return mm;
}

void tasks_drop_mm(struct orders *orders, struct order_mm *mm)
{
	struct replayed *r = replayed_of(orders, mm);
	GHashTableIter iter;
	gpointer value;

	while (g_ptr_array_remove_fast(orders->emptied, mm))
		;
	tell_end(orders, mm);
	mm->process->states_max = MAX(mm->process->states_max, mm->states.most);
	if (mm->address && g_hash_table_lookup(orders->mms, &mm->address) == mm)
		g_hash_table_remove(orders->mms, &mm->address);
	if (mm->pids->len != mm->free_tasks->len) {
		g_hash_table_iter_init(&iter, orders->tasks);
		while (g_hash_table_iter_next(&iter, NULL, &value)) {
			struct seen_task *task = value;

			if (task->mm == mm)
				task->mm = NULL;
		}
	}
	for (uint32_t cpu = 0; cpu < mm->config.cpus_count; cpu++) {
		if (orders->locks[cpu] == mm)
			orders->locks[cpu] = NULL;
		for (int i = 0; i < MMS_PER_CPU; i++) {
			if (orders->on_cpu[cpu][i] == mm)
				orders->on_cpu[cpu][i] = NULL;
		}
	}
	orders->all->pdata[mm->slot] = NULL;
	g_free(r->cpu_words);
	g_free(r);
	order_mm_free(mm);
}

struct order_mm *tasks_mm_at(struct orders *orders, uint64_t address)
{
	return address ? g_hash_table_lookup(orders->mms, &address) : NULL;
}

/* An mm that was there before its first event: nothing is known of it yet. */
/* The name of a task of the mm at @address, if @event tells one. */
static const char *name_of_existing(const struct trace_event *event, uint64_t address)
{
	const struct trace_task *told =
		event->task.mm_known && event->task.mm == address ? &event->task : &event->prev;

	if (told->comm[0] || told->pid != event->pid)
		return told->comm;
	return event->comm;
}

struct order_mm *tasks_existing_mm(
	struct orders *orders, uint64_t address, const struct trace_event *event, uint32_t tgid)
{
	struct order_mm *mm;

	if (!tasks_selects(orders, event))
		return NULL;
	mm = tasks_new_mm(
		orders, address, NULL, name_of_existing(event, address), tgid, event->line);
	mm->process->existed = true;
	adopt_begin(orders, mm);
	return mm;
}

/* @task was known, but not as the user that it turns out to be: one of those that were only counted
 * when the state was taken over. */
static bool is_unseen_user(const struct seen_task *task, const struct trace_task *told)
{
	const struct order_mm *mm = task->mm;

	return !mm->adopts && told->active == 1 &&
	       !model_task_const(&states_first(&mm->states)->model, task->task)->active &&
	       !order_mm_has_op_of(mm, task->task) && order_mm_has_unseen(mm);
}

struct seen_task *tasks_known(
	struct orders *orders, const struct trace_task *told, const struct trace_event *event)
{
	const struct trace_mm *values = told == &event->prev ? &event->prev_mm : &event->mm;
	struct seen_task *task;
	struct order_mm *mm;
	uint32_t unseen;

	if (!tasks_is_pid(told->pid))
		return NULL;
	task = tasks_find(orders, told->pid);
	/* In exec a task has its new mm before it is a user of it. */
	if (!told->mm_known || !told->mm || (values->known && values->users == 0))
		return task && task->mm ? task : NULL;
	mm = tasks_mm_at(orders, told->mm);
	if (task && task->mm && task->mm == mm && is_unseen_user(task, told)) {
		order_mm_remove_task(mm, task->task);
		order_mm_claim_unseen(mm, told->pid, &task->task);
		return task;
	}
	if (task && task->mm && (task->mm == mm || told->active == 0))
		return task;
	/* One that is no user, or no user any more, is to the mm like any other's. */
	if (told->active == 0 || (told->active < 0 && told->word == CID_KERNEL_UNSET))
		return NULL;
	if (!mm)
		mm = tasks_existing_mm(orders, told->mm, event, told->tgid);
	if (!mm)
		return task && task->mm ? task : NULL;
	task = tasks_get(orders, told->pid, told->tgid);
	if (!mm->adopts && order_mm_claim_unseen(mm, told->pid, &unseen)) {
		tasks_detach(orders, task);
		task->mm = mm;
		task->task = unseen;
		task->left = task->gone = false;
		return task;
	}
	if (!mm->adopts) {
		verdict_note(orders->replay->verdict,
			"%s (%u): task %u was there unseen: begun anew", mm->process->name,
			mm->process->tgid, told->pid);
		mm->process->lost++;
		adopt_begin(orders, mm);
	}
	tasks_attach(orders, task, mm, replay_cpu(orders->replay, event->cpu));
	return task;
}

/* Who leaves in a switch. One that has exited is shown as a task without mm, in the compact form
 * as none of the mm's; but it is who runs. */
struct seen_task *tasks_leaving(struct orders *orders, const struct trace_event *event)
{
	uint32_t pid = event->prev.pid == TRACE_TASK_FOREIGN && event->kind == TRACE_SWITCH
	                       ? event->pid
	                       : event->prev.pid;

	return tasks_is_pid(pid) ? tasks_find(orders, pid) : NULL;
}
