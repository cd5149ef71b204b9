/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/internal.h"

/* Switches that are pending */

static void forget_pending(struct orders *orders, struct order_mm *mm, uint32_t cpu)
{
	for (guint i = 0; i < mm->pending->len; i++) {
		if (g_array_index(mm->pending, uint32_t, i) == cpu) {
			g_array_remove_index(mm->pending, i);
			break;
		}
	}
	mm->switches[cpu].pending = false;
	for (int i = 0; i < MMS_PER_CPU; i++) {
		if (orders->on_cpu[cpu][i] == mm)
			orders->on_cpu[cpu][i] = NULL;
	}
}

static void bury(struct orders *orders, struct order_mm *mm, uint32_t task)
{
	uint32_t pid = g_array_index(mm->pids, uint32_t, task);
	struct seen_task *seen = tasks_find(orders, pid);

	if (!seen || seen->mm != mm || seen->task != task)
		return;
	tasks_bury(orders, seen);
}

/* What was under way on @cpu for @mm is over. */
static void switch_settle(
	struct orders *orders, struct order_mm *mm, uint32_t cpu, const struct trace_event *event)
{
	struct order_switch pending = mm->switches[cpu];

	order_settle(mm, (struct order_actor){ .kind = ACTOR_SWITCH, .index = cpu });
	if (pending.next != TASK_NONE && states_count(&mm->states) > 0) {
		/* Both words are what "in" has made of them. */
		order_mm_set_unknown_task(mm, pending.next, false);
		if (model_task_const(&states_first(&mm->states)->model, pending.next)->active)
			order_mm_set_unknown_cpu(mm, cpu, false);
	}
	forget_pending(orders, mm, cpu);
	if (states_count(&mm->states) == 0) {
		orders_stuck(orders, mm, event, "switch before that");
		return;
	}
	tell_update(orders, mm);
	if (pending.prev_dies && pending.prev != TASK_NONE)
		bury(orders, mm, pending.prev);
}

/* After a decision on @cpu the lock is held, and nothing else can be there, until it is given up.
 */
static void settle_lock(struct orders *orders, uint32_t cpu, const struct trace_event *event)
{
	struct order_mm *mm = orders->locks[cpu];

	orders->locks[cpu] = NULL;
	if (!mm || mm->current.id == 0 || mm->current.cpu != cpu)
		return;
	order_settle_lock(mm);
	if (states_count(&mm->states) == 0)
		orders_stuck(orders, mm, event, "get or drop after the decision");
}

void switch_touch(struct orders *orders, uint32_t cpu, const struct trace_event *event)
{
	settle_lock(orders, cpu, event);
	for (int i = 0; i < MMS_PER_CPU; i++) {
		struct order_mm *mm = orders->on_cpu[cpu][i];

		if (!mm)
			continue;
		if (mm->switches[cpu].pending)
			switch_settle(orders, mm, cpu, event);
		else
			orders->on_cpu[cpu][i] = NULL;
	}
}

static void add_pending(struct orders *orders, struct order_mm *mm, uint32_t cpu)
{
	for (int i = 0; i < MMS_PER_CPU; i++) {
		if (!orders->on_cpu[cpu][i]) {
			orders->on_cpu[cpu][i] = mm;
			return;
		}
	}
	g_assert_not_reached(); /* at most prev's and next's mm */
}

/* Switches */

/* The word that the CPU has of @mm: told is that of the mm of who comes, and of who leaves. */
static uint32_t told_cpu_word(const struct order_mm *mm, const struct trace_event *event)
{
	bool of_next = event->task.mm_known && event->task.mm;
	const struct trace_task *owner = of_next ? &event->task : &event->prev;

	/* One that is in an exec shows its new mm, and is no user of the old one any more. */
	if (owner->mm_known && owner->mm == mm->address)
		return event->cpu_word;
	if (event->prev.mm_known && event->prev.mm == mm->address)
		return event->prev_cpu_word;
	return TRACE_WORD_UNKNOWN;
}

/* The last switch of a task that has exited is recorded by none: it is off @cpu by now. */
static void take_off_dead(struct orders *orders, struct order_mm *mm, uint32_t cpu, uint32_t prev)
{
	uint32_t curr = model_cpu_const(&states_first(&mm->states)->model, cpu)->curr;
	struct seen_task *task;

	if (curr == prev || curr == TASK_NONE)
		return;
	task = tasks_find(orders, g_array_index(mm->pids, uint32_t, curr));
	if (!task || task->mm != mm || !task->left)
		return;
	if (task->cpu == cpu)
		task->cpu = UINT32_MAX;
	if (task->gone)
		bury(orders, mm, curr);
	else
		order_mm_take_off(mm, curr);
}

/* Do the states have who, by the trace, runs here and does not run elsewhere? */
static bool place_fits(const struct order_mm *mm, uint32_t cpu, uint32_t prev, uint32_t next)
{
	const struct model *model = &states_first(&mm->states)->model;

	return model_cpu_const(model, cpu)->curr == prev &&
	       (next == TASK_NONE || !model_is_running(model, next));
}

/* When the state was taken over @task ran on @cpu, and no event had shown it. */
static bool ran_unseen(const struct order_mm *mm, uint32_t cpu, uint32_t task)
{
	const struct model *model = &states_first(&mm->states)->model;

	return order_task_is_unknown(mm, task) && !model_is_running(model, task) &&
	       model_cpu_const(model, cpu)->curr == TASK_NONE;
}

/* A task that comes here is off the CPU where it was: that switch is over, too. */
static void settle_elsewhere(
	struct orders *orders, struct order_mm *mm, uint32_t task, const struct trace_event *event)
{
	for (guint i = mm->pending->len; task != TASK_NONE && i-- > 0;) {
		uint32_t cpu = g_array_index(mm->pending, uint32_t, i);

		if (mm->switches[cpu].prev == task) {
			mm->switches[cpu].prev_dies = false; /* not yet */
			switch_settle(orders, mm, cpu, event);
		}
		i = MIN(i, mm->pending->len);
	}
}

static void switch_in_mm(struct orders *orders, struct order_mm *mm, struct seen_task *prev,
	struct seen_task *next, uint32_t cpu, const struct trace_event *event)
{
	struct observation seen = observation_of("switch");
	uint32_t p, n;

	settle_elsewhere(orders, mm, tasks_index(next, mm), event);
	if (!mm->adopts)
		take_off_dead(orders, mm, cpu, tasks_index(prev, mm));
	p = tasks_index(prev, mm);
	n = tasks_index(next, mm);
	if (p != TASK_NONE && event->prev.pid == TRACE_TASK_FOREIGN && !mm->adopts &&
		model_cpu_const(&states_first(&mm->states)->model, cpu)->curr != p)
		p = TASK_NONE; /* it has been another mm's for long */
	if (p != TASK_NONE && !mm->adopts && ran_unseen(mm, cpu, p))
		users_run_there(mm, p, cpu);
	seen.is_switch = true;
	seen.cpu = cpu;
	seen.cpu_word = told_cpu_word(mm, event);
	observation_add(&seen, p, &event->prev);
	observation_add(&seen, n, &event->task);
	orders_look(orders, mm, cpu, event, &seen);
	orders_remember(orders, mm, event);
	if (!mm->adopts && !place_fits(mm, cpu, p, n)) {
		verdict_note(orders->replay->verdict,
			"%s (%u): the trace skips a switch, the first time before line "
			"%" G_GUINT64_FORMAT ": begun anew",
			mm->process->name, mm->process->tgid, event->line);
		mm->process->lost++;
		adopt_begin(orders, mm);
	}
	if (mm->adopts) {
		adopt_learn(orders, mm, event);
		return;
	}
	order_mm_add_switch(mm, cpu, p, n, event->line);
	mm->switches[cpu].prev_dies = prev && prev->mm == mm && (prev->gone || event->prev_dead);
	mm->switches[cpu].wordless =
		event->prev.word == TRACE_WORD_UNKNOWN && event->task.word == TRACE_WORD_UNKNOWN;
	if (mm->switches[cpu].pending)
		add_pending(orders, mm, cpu);
	if (mm->predicted)
		switch_settle(orders, mm, cpu, event);
}

/* Both the recipe's event and the kernel's own were recorded: the same switch is told twice. */
static bool is_told_twice(struct orders *orders, struct order_mm *mm, struct seen_task *prev,
	struct seen_task *next, uint32_t cpu, const struct trace_event *event)
{
	const struct order_switch *s = &mm->switches[cpu];
	struct observation seen = observation_of("switch");

	if (!s->pending || s->prev != tasks_index(prev, mm) || s->next != tasks_index(next, mm))
		return false;
	seen.is_switch = true;
	observation_add(&seen, s->prev, &event->prev);
	observation_add(&seen, s->next, &event->task);
	if (s->wordless)
		orders_look(orders, mm, cpu, event, &seen);
	return true;
}

bool switch_is_told_twice(struct orders *orders, uint32_t cpu, const struct trace_event *event)
{
	struct seen_task *prev, *next;
	bool twice = false;

	if (event->kind != TRACE_SWITCH)
		return false;
	prev = tasks_leaving(orders, event);
	next = tasks_is_pid(event->task.pid) ? tasks_find(orders, event->task.pid) : NULL;
	for (int i = 0; i < MMS_PER_CPU; i++) {
		struct order_mm *mm = orders->on_cpu[cpu][i];

		if (mm && ((prev && prev->mm == mm) || (next && next->mm == mm)))
			twice |= is_told_twice(orders, mm, prev, next, cpu, event);
	}
	return twice;
}

void on_switch(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *prev, *next;
	struct order_mm *left;

	tasks_known(orders, &event->prev, event);
	next = tasks_known(orders, &event->task, event);
	prev = tasks_leaving(orders, event);
	left = prev ? prev->mm : NULL; /* who leaves for ever has none afterwards */
	if (left)
		switch_in_mm(orders, left, prev, next, cpu, event);
	if (next && next->mm && next->mm != left)
		switch_in_mm(orders, next->mm, prev, next, cpu, event);
	tell_switch(orders, event, prev, next, cpu);
	if (prev && prev->mm && prev->mm->adopts) {
		if (prev->gone || event->prev_dead)
			bury(orders, prev->mm, prev->task);
		else
			adopt_try(orders, prev->mm, event);
	}
	if (next && next->mm && next->mm->adopts)
		adopt_try(orders, next->mm, event);
}

void on_switched(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *prev = tasks_known(orders, &event->prev, event);
	struct seen_task *next = tasks_known(orders, &event->task, event);
	struct order_mm *mms[2] = { prev ? prev->mm : NULL, next ? next->mm : NULL };

	for (int i = 0; i < 2; i++) {
		struct observation seen = observation_of("after switch");
		struct order_mm *mm = mms[i];

		if (!mm || (i == 1 && mm == mms[0]))
			continue;
		seen.is_switch = true;
		seen.cpu = cpu;
		seen.cpu_word = told_cpu_word(mm, event);
		observation_add(&seen, tasks_index(prev, mm), &event->prev);
		observation_add(&seen, tasks_index(next, mm), &event->task);
		orders_look(orders, mm, cpu, event, &seen);
		orders_remember(orders, mm, event);
		if (mm->adopts) {
			adopt_learn(orders, mm, event);
			adopt_try(orders, mm, event);
		}
		tell_update(orders, mm);
	}
}
