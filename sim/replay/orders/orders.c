/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/internal.h"

#include <string.h>

static void on_new_task(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *parent = tasks_find(orders, event->pid);
	struct order_mm *mm = parent ? tasks_nameless(orders, parent) : NULL;
	struct seen_task *child;

	if (!tasks_is_pid(event->task.pid) || event->task.pid == event->pid)
		return;
	if (mm) {
		child = tasks_get(orders, event->task.pid, event->task.tgid);
		tasks_detach(orders, child);
		order_mm_name(mm, parent->nameless, event->task.pid);
		child->mm = mm;
		child->task = parent->nameless;
		child->left = child->gone = false;
		parent->nameless = TASK_NONE;
		if (event->task.tgid && !child->mm->adopts)
			order_mm_set_group(child->mm, child->task, event->task.tgid);
	} else if (!orders->lifecycle && event->task.word == TRACE_WORD_UNKNOWN &&
		   !event->task.mm_known) {
		predict_fork(orders, event, cpu);
	}
	child = tasks_find(orders, event->task.pid);
	if (!child || !child->mm)
		return;
	order_mm_show(child->mm, child->task, true);
	if (child->mm->adopts)
		adopt_learn(orders, child->mm, event);
}

static void on_gone(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *task =
		tasks_is_pid(event->task.pid) ? tasks_find(orders, event->task.pid) : NULL;

	if (!task)
		return;
	task->gone = true;
	if (task->mm && task->mm->predicted && !task->mm->adopts)
		predict_exit(orders, task, event, cpu);
}

/* Whatever else */

static void on_mark(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct order_mm *mm = tasks_mm_at(orders, event->mm.address);
	struct observation seen = observation_of("quiet state");

	if (!mm && event->mm.address && event->mm.known && event->mm.users > 0)
		mm = tasks_existing_mm(orders, event->mm.address, event, event->tgid);
	if (!mm)
		return;
	for (uint32_t i = 0; event->currents && i < event->cpus_count; i++) {
		const struct trace_task *told = &event->currents[i];
		struct seen_task *task;

		if (!tasks_is_pid(told->pid) || !mm->adopts)
			continue;
		task = tasks_get(orders, told->pid, told->tgid);
		if (task->mm != mm)
			tasks_attach(orders, task, mm, cpu);
		task->cpu = replay_cpu(orders->replay, i);
		task->word = told->word;
		task->active = 1;
	}
	orders_remember(orders, mm, event);
	if (mm->adopts) {
		adopt_learn(orders, mm, event);
		adopt_try(orders, mm, event);
		return;
	}
	if (mm->pending->len || mm->ops->len || mm->current.id || mm->affinities_used)
		return;
	seen.values = event->mm.known ? &event->mm : NULL;
	seen.whole = event;
	orders_observe(orders, mm, event, &seen);
}

static void on_lost(struct orders *orders, const struct trace_event *event)
{
	char *count = event->lost ? g_strdup_printf("%" G_GUINT64_FORMAT " events", event->lost)
	                          : g_strdup("events");

	verdict_note(orders->replay->verdict,
		"%s were lost on CPU %u before line %" G_GUINT64_FORMAT
		": all processes begin anew there",
		count, event->cpu, event->line);
	g_free(count);
	for (guint slot = 0; slot < orders->all->len; slot++) {
		struct replayed *r = orders->all->pdata[slot];

		if (!r)
			continue;
		r->order->process->lost++;
		adopt_begin(orders, r->order);
	}
}

static void count_event(struct orders *orders, const struct trace_event *event)
{
	struct record_result *result = orders->replay->recorder->result;

	result->migrations += event->kind == TRACE_MIGRATE;
	result->wakeups += event->kind == TRACE_WAKE;
}

static void handle(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	switch (event->kind) {
	case TRACE_SWITCH:
		on_switch(orders, event, cpu);
		break;
	case TRACE_SWITCHED:
		on_switched(orders, event, cpu);
		break;
	case TRACE_FORK:
		on_fork(orders, event, cpu);
		break;
	case TRACE_FORK_END:
		on_fork_end(orders, event, cpu);
		break;
	case TRACE_EXIT:
		on_exit(orders, event, cpu);
		break;
	case TRACE_EXIT_END:
		on_exit_end(orders, event, cpu);
		break;
	case TRACE_DECIDE:
		on_decide(orders, event, cpu);
		break;
	case TRACE_DECIDE_END:
		on_decide_end(orders, event, cpu);
		break;
	case TRACE_CPU_WALK:
	case TRACE_CPU_WALK_END:
	case TRACE_CPU_STEP:
	case TRACE_TASK_STEP:
	case TRACE_TASK_STEP_BEGIN:
		on_walk(orders, event, cpu);
		break;
	case TRACE_AFFINITY:
		on_affinity(orders, event);
		break;
	case TRACE_AFFINITY_END:
		on_affinity_end(orders, event);
		break;
	case TRACE_NEW_TASK:
		on_new_task(orders, event, cpu);
		break;
	case TRACE_TASK_GONE:
		on_gone(orders, event, cpu);
		break;
	case TRACE_EXEC:
		predict_exec(orders, event, cpu);
		break;
	case TRACE_MARK:
		on_mark(orders, event, cpu);
		break;
	default:
		break;
	}
}

void orders_event(struct orders *orders, const struct trace_event *event)
{
	uint32_t cpu = replay_cpu(orders->replay, event->cpu);

	if (event->kind == TRACE_LOST) {
		on_lost(orders, event);
		return;
	}
	if (switch_is_told_twice(orders, cpu, event))
		return;
	switch_touch(orders, cpu, event);
	count_event(orders, event);
	handle(orders, event, cpu);
	tasks_sweep(orders);
	orders->line_on_cpu[cpu] = event->line;
}

struct orders *orders_new(struct replay *replay)
{
	struct orders *orders = g_new0(struct orders, 1);

	orders->replay = replay;
	orders->tasks = g_hash_table_new_full(NULL, NULL, NULL, tasks_free);
	orders->mms = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	orders->all = g_ptr_array_new();
	orders->emptied = g_ptr_array_new();
	orders->buried = g_ptr_array_new_with_free_func(tasks_free);
	orders->locks = g_new0(struct order_mm *, replay->scenario->cpus_count);
	orders->line_on_cpu = g_new0(uint64_t, replay->scenario->cpus_count);
	orders->on_cpu = g_malloc0_n(replay->scenario->cpus_count, sizeof(*orders->on_cpu));
	return orders;
}

static void note_adopting(struct orders *orders, const struct order_mm *mm)
{
	if (mm->adopts && mm->process->adopted > 0)
		verdict_note(orders->replay->verdict,
			"%s (%u): to the end not all of its words were seen, so from some point "
			"on nothing of it was compared",
			mm->process->name, mm->process->tgid);
}

void orders_end(struct orders *orders)
{
	tell_stays(orders);
	for (guint slot = 0; slot < orders->all->len; slot++) {
		struct replayed *r = orders->all->pdata[slot];

		if (!r)
			continue;
		note_adopting(orders, r->order);
		tasks_drop_mm(orders, r->order);
	}
}

void orders_free(struct orders *orders)
{
	if (!orders)
		return;
	for (guint slot = 0; slot < orders->all->len; slot++) {
		if (orders->all->pdata[slot])
			tasks_drop_mm(orders, ((struct replayed *)orders->all->pdata[slot])->order);
	}
	g_ptr_array_free(orders->all, TRUE);
	g_ptr_array_free(orders->emptied, TRUE);
	g_ptr_array_free(orders->buried, TRUE);
	g_hash_table_unref(orders->mms);
	g_hash_table_unref(orders->tasks);
	g_free(orders->on_cpu);
	g_free(orders->line_on_cpu);
	g_free(orders->locks);
	g_free(orders);
}
