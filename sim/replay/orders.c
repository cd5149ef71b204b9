/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders-internal.h"

#include <string.h>

#include "model/lifecycle.h"

enum { MM = 0 };

/* Tasks */

static void free_task(gpointer data)
{
	struct seen_task *task = data;

	g_free(task->mask);
	g_free(task);
}

static struct seen_task *find_task(struct orders *orders, uint32_t pid)
{
	return g_hash_table_lookup(orders->tasks, GUINT_TO_POINTER(pid));
}

static bool is_pid(uint32_t pid)
{
	return pid != 0 && pid < TRACE_TASK_FOREIGN;
}

static struct seen_task *get_task(struct orders *orders, uint32_t pid, uint32_t tgid)
{
	struct seen_task *task = find_task(orders, pid);

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

/* The mm of a task that is about to have another one, or to go. */
static void detach_task(struct orders *orders, struct seen_task *task)
{
	struct order_mm *mm = task->mm;

	task->mm = NULL;
	if (!mm)
		return;
	order_mm_remove_task(mm, task->task);
	if (mm->states->len == 0 && !mm->adopts) {
		verdict_note(orders->replay->verdict,
			"%s (%u): task %u is gone and its exit was not seen: begun anew",
			mm->process->name, mm->process->tgid, task->pid);
		adopt_begin(orders, mm);
	}
	if (mm->pids->len == mm->free_tasks->len)
		orders_drop_mm(orders, mm);
}

static void attach_task(
	struct orders *orders, struct seen_task *task, struct order_mm *mm, uint32_t cpu)
{
	detach_task(orders, task);
	task->mm = mm;
	task->task = order_mm_add_task(mm, task->pid, task->tgid, cpu);
	task->left = task->gone = false;
	task->word = TRACE_WORD_UNKNOWN;
	task->active = -1;
}

/* mms */

static bool is_selected(const struct orders *orders, const struct trace_event *event)
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

static struct order_mm *new_mm(struct orders *orders, uint64_t address, const uint64_t *mask,
	const char *name, uint32_t tgid, uint64_t line)
{
	struct replay *replay = orders->replay;
	struct replayed *r = g_new0(struct replayed, 1);
	struct order_mm *mm = order_mm_new(replay, address, mask,
		verdict_add_process(replay->verdict, name, tgid, line), free_slot(orders));

	r->order = mm;
	r->cpu_words = g_new(uint32_t, replay->scenario->cpus_count);
	for (uint32_t cpu = 0; cpu < replay->scenario->cpus_count; cpu++)
		r->cpu_words[cpu] = TRACE_WORD_UNKNOWN;
	orders->all->pdata[mm->slot] = r;
	if (address)
		g_hash_table_insert(orders->mms, g_memdup2(&address, sizeof(address)), mm);
	tell_begin(orders, mm, mm->process->name);
	return mm;
}

void orders_drop_mm(struct orders *orders, struct order_mm *mm)
{
	struct replayed *r = replayed_of(orders, mm);
	GHashTableIter iter;
	gpointer value;

	tell_end(orders, mm);
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

static struct order_mm *mm_at(struct orders *orders, uint64_t address)
{
	return address ? g_hash_table_lookup(orders->mms, &address) : NULL;
}

/* An mm that was there before its first event: nothing is known of it yet. */
static struct order_mm *existing_mm(
	struct orders *orders, uint64_t address, const struct trace_event *event, uint32_t tgid)
{
	struct order_mm *mm;

	if (!is_selected(orders, event))
		return NULL;
	mm = new_mm(orders, address, NULL, event->comm[0] ? event->comm : event->task.comm, tgid,
		event->line);
	mm->process->existed = true;
	adopt_begin(orders, mm);
	return mm;
}

/* The task that @event tells of as @told, with the mm that it tells; NULL if that is none that is
 * replayed. */
static struct seen_task *known_task(
	struct orders *orders, const struct trace_task *told, const struct trace_event *event)
{
	const struct trace_mm *values = told == &event->prev ? &event->prev_mm : &event->mm;
	struct seen_task *task;
	struct order_mm *mm;

	if (!is_pid(told->pid))
		return NULL;
	task = find_task(orders, told->pid);
	/* In exec a task has its new mm before it is a user of it. */
	if (!told->mm_known || !told->mm || (values->known && values->users == 0))
		return task && task->mm ? task : NULL;
	mm = mm_at(orders, told->mm);
	if (task && task->mm && (task->mm == mm || told->active == 0))
		return task;
	/* One that is no user, or no user any more, is to the mm like any other's. */
	if (told->active == 0 || (told->active < 0 && told->word == CID_KERNEL_UNSET))
		return NULL;
	if (!mm)
		mm = existing_mm(orders, told->mm, event, told->tgid);
	if (!mm)
		return task && task->mm ? task : NULL;
	task = get_task(orders, told->pid, told->tgid);
	if (!mm->adopts && !order_mm_claim_unseen(mm, told->pid, &task->task)) {
		verdict_note(orders->replay->verdict,
			"%s (%u): task %u was there unseen: begun anew", mm->process->name,
			mm->process->tgid, told->pid);
		mm->process->lost++;
		adopt_begin(orders, mm);
	} else if (!mm->adopts) {
		detach_task(orders, task);
		task->mm = mm;
		return task;
	}
	attach_task(orders, task, mm, replay_cpu(orders->replay, event->cpu));
	return task;
}

/* Who leaves in a switch. One that has exited is shown as a task without mm, in the compact form
 * as none of the mm's; but it is who runs. */
static struct seen_task *leaving_task(struct orders *orders, const struct trace_event *event)
{
	uint32_t pid = event->prev.pid == TRACE_TASK_FOREIGN && event->kind == TRACE_SWITCH
	                       ? event->pid
	                       : event->prev.pid;

	return is_pid(pid) ? find_task(orders, pid) : NULL;
}

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
	struct seen_task *seen = find_task(orders, pid);

	if (!seen || seen->mm != mm || seen->task != task)
		return;
	detach_task(orders, seen);
	g_hash_table_remove(orders->tasks, GUINT_TO_POINTER(pid));
}

/* What was under way on @cpu for @mm is over. */
static void settle_cpu(
	struct orders *orders, struct order_mm *mm, uint32_t cpu, const struct trace_event *event)
{
	struct order_switch pending = mm->switches[cpu];

	order_settle(mm, (struct order_actor){ .kind = ACTOR_SWITCH, .index = cpu });
	forget_pending(orders, mm, cpu);
	if (mm->states->len == 0) {
		orders_stuck(orders, mm, event, "switch before that");
		return;
	}
	tell_update(orders, mm);
	if (pending.prev_dies && pending.prev != TASK_NONE)
		bury(orders, mm, pending.prev);
}

static void touch_cpu(struct orders *orders, uint32_t cpu, const struct trace_event *event)
{
	for (int i = 0; i < MMS_PER_CPU; i++) {
		struct order_mm *mm = orders->on_cpu[cpu][i];

		if (!mm)
			continue;
		if (mm->switches[cpu].pending)
			settle_cpu(orders, mm, cpu, event);
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

static struct observation observe_nothing(const char *what)
{
	return (struct observation){ .what = what, .cpu_word = TRACE_WORD_UNKNOWN, .changed = -1 };
}

static void show_task(struct observation *seen, uint32_t task, const struct trace_task *told)
{
	seen->tasks[seen->tasks_count].task = task;
	seen->tasks[seen->tasks_count].pid = told->pid;
	seen->tasks[seen->tasks_count].word = told->word;
	seen->tasks[seen->tasks_count++].active = told->active;
}

static uint32_t index_in(const struct seen_task *task, const struct order_mm *mm)
{
	return task && task->mm == mm ? task->task : TASK_NONE;
}

static void look(struct orders *orders, struct order_mm *mm, uint32_t cpu,
	const struct trace_event *event, struct observation *seen)
{
	uint32_t tasks[2] = { TASK_NONE, TASK_NONE };

	for (unsigned i = 0; i < seen->tasks_count; i++)
		tasks[i] = seen->tasks[i].task;
	if (!mm->adopts)
		order_walk_may_have_come(mm, cpu, tasks, seen->tasks_count);
	orders_observe(orders, mm, event, seen);
}

/* The last switch of a task that has exited is recorded by none: it is off @cpu by now. */
static void take_off_dead(struct orders *orders, struct order_mm *mm, uint32_t cpu, uint32_t prev)
{
	uint32_t curr = model_cpu_const(&order_first(mm)->model, cpu)->curr;
	struct seen_task *task;

	if (curr == prev || curr == TASK_NONE)
		return;
	task = find_task(orders, g_array_index(mm->pids, uint32_t, curr));
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
	const struct model *model = &order_first(mm)->model;

	return model_cpu_const(model, cpu)->curr == prev &&
	       (next == TASK_NONE || !model_is_running(model, next));
}

static void switch_in_mm(struct orders *orders, struct order_mm *mm, struct seen_task *prev,
	struct seen_task *next, uint32_t cpu, const struct trace_event *event)
{
	uint32_t p = index_in(prev, mm), n = index_in(next, mm);
	struct observation seen = observe_nothing("switch");

	seen.is_switch = true;
	seen.cpu = cpu;
	seen.cpu_word = event->cpu_word;
	show_task(&seen, p, &event->prev);
	show_task(&seen, n, &event->task);
	look(orders, mm, cpu, event, &seen);
	orders_remember(orders, mm, event);
	if (!mm->adopts)
		take_off_dead(orders, mm, cpu, p);
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
		settle_cpu(orders, mm, cpu, event);
}

/* Both the recipe's event and the kernel's own were recorded: the same switch is told twice. */
static bool is_told_twice(struct orders *orders, struct order_mm *mm, struct seen_task *prev,
	struct seen_task *next, uint32_t cpu, const struct trace_event *event)
{
	const struct order_switch *s = &mm->switches[cpu];
	struct observation seen = observe_nothing("switch");

	if (!s->pending || s->prev != index_in(prev, mm) || s->next != index_in(next, mm))
		return false;
	seen.is_switch = true;
	show_task(&seen, s->prev, &event->prev);
	show_task(&seen, s->next, &event->task);
	if (s->wordless)
		look(orders, mm, cpu, event, &seen);
	return true;
}

static bool handle_twice(struct orders *orders, uint32_t cpu, const struct trace_event *event)
{
	struct seen_task *prev, *next;
	bool twice = false;

	if (event->kind != TRACE_SWITCH)
		return false;
	prev = leaving_task(orders, event);
	next = is_pid(event->task.pid) ? find_task(orders, event->task.pid) : NULL;
	for (int i = 0; i < MMS_PER_CPU; i++) {
		struct order_mm *mm = orders->on_cpu[cpu][i];

		if (mm && ((prev && prev->mm == mm) || (next && next->mm == mm)))
			twice |= is_told_twice(orders, mm, prev, next, cpu, event);
	}
	return twice;
}

static void on_switch(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *prev, *next;

	known_task(orders, &event->prev, event);
	next = known_task(orders, &event->task, event);
	prev = leaving_task(orders, event);
	if (prev && prev->mm)
		switch_in_mm(orders, prev->mm, prev, next, cpu, event);
	if (next && next->mm && (!prev || prev->mm != next->mm))
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

static void on_switched(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *prev = known_task(orders, &event->prev, event);
	struct seen_task *next = known_task(orders, &event->task, event);
	struct order_mm *mms[2] = { prev ? prev->mm : NULL, next ? next->mm : NULL };

	for (int i = 0; i < 2; i++) {
		struct observation seen = observe_nothing("after switch");
		struct order_mm *mm = mms[i];

		if (!mm || (i == 1 && mm == mms[0]))
			continue;
		seen.is_switch = true;
		seen.cpu = cpu;
		seen.cpu_word = event->cpu_word;
		show_task(&seen, index_in(prev, mm), &event->prev);
		show_task(&seen, index_in(next, mm), &event->task);
		look(orders, mm, cpu, event, &seen);
		orders_remember(orders, mm, event);
		if (mm->adopts) {
			adopt_learn(orders, mm, event);
			adopt_try(orders, mm, event);
		}
		tell_update(orders, mm);
	}
}

/* Forks */

static uint64_t *dense_mask(const struct orders *orders, const struct trace_bits *bits)
{
	const struct scenario *scenario = orders->replay->scenario;
	uint64_t *mask = g_new0(uint64_t, (scenario->cpus_count + 63) / 64);
	uint32_t count = 0;

	for (uint32_t cpu = 0; cpu < scenario->cpus_count; cpu++) {
		uint32_t id = scenario->cpu_ids[cpu];

		if (id / 64 < bits->words_count && bits->words[id / 64] >> id % 64 & 1) {
			mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
			count++;
		}
	}
	if (count > 0)
		return mask;
	g_free(mask);
	return NULL;
}

static uint32_t weight(const struct orders *orders, const uint64_t *mask)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < (orders->replay->scenario->cpus_count + 63) / 64; i++)
		count += (uint32_t)__builtin_popcountll(mask[i]);
	return count;
}

/* The mask that a new mm begins with: that of who makes it, or any of the weight that is told. */
static uint64_t *first_mask(struct orders *orders, const struct trace_event *event, bool *guessed)
{
	const struct seen_task *parent = find_task(orders, event->pid);
	uint32_t cpus = orders->replay->scenario->cpus_count;
	uint32_t told = event->mm.known ? event->mm.allowed_count : 0;
	uint64_t *mask;

	if (event->allowed.words)
		return dense_mask(orders, &event->allowed);
	if (parent && parent->mask && (!told || told == weight(orders, parent->mask)))
		return g_memdup2(parent->mask, (cpus + 63) / 64 * sizeof(*mask));
	if (told == 0 || told >= cpus)
		return NULL;
	*guessed = true;
	mask = g_new0(uint64_t, (cpus + 63) / 64);
	for (uint32_t cpu = 0; cpu < told; cpu++)
		mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
	return mask;
}

static void run_there(struct order_mm *mm, uint32_t task, uint32_t cpu)
{
	for (guint i = 0; i < mm->states->len; i++) {
		struct model *model = &((struct order_state *)mm->states->pdata[i])->model;

		model_task(model, task)->cpu = cpu & (MODEL_CPUS_MAX - 1);
		model_cpu(model, cpu)->curr = task;
	}
}

/* Has the last user of @mm come back from an exec that failed? */
static bool comes_back(
	const struct order_mm *mm, const struct seen_task *task, const struct trace_event *event)
{
	return task && task->mm == mm && task->left && event->task.pid == event->pid;
}

/* The mm that a fork adds a user to; a new one if there is none. NULL: none that is replayed. */
static struct order_mm *mm_of_fork(struct orders *orders, const struct trace_event *event,
	uint64_t address, const struct seen_task *task)
{
	struct order_mm *mm = mm_at(orders, address);
	bool first = event->mm.known && event->mm.users == 0, guessed = false;
	g_autofree uint64_t *mask = NULL;

	if (mm && !(first && !comes_back(mm, task, event)))
		return mm;
	if (mm)
		orders_drop_mm(orders, mm); /* the address is used again */
	if (!first)
		return existing_mm(orders, address, event, event->task.tgid);
	if (!is_selected(orders, event))
		return NULL;
	mask = first_mask(orders, event, &guessed);
	mm = new_mm(orders, address, mask, event->task.comm[0] ? event->task.comm : event->comm,
		event->task.tgid, event->line);
	mm->mask_guessed = guessed;
	return mm;
}

/* On 6.19 a child has no pid yet in its fork, and shows that of its parent, or none. */
static bool is_nameless(const struct trace_event *event, const struct seen_task *runner)
{
	if (!is_pid(event->task.pid))
		return true;
	return event->task.pid == event->pid && runner && runner->mm && !runner->left;
}

static uint64_t address_of(const struct trace_event *event)
{
	if (event->task.mm_known && event->task.mm)
		return event->task.mm;
	return event->mm.address;
}

static uint32_t child_of(struct orders *orders, struct order_mm *mm, struct seen_task *runner,
	const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *task;

	if (is_nameless(event, runner)) {
		uint32_t child = order_mm_add_task(
			mm, TRACE_PID_UNKNOWN, event->tgid ? event->tgid : mm->process->tgid, cpu);

		if (runner)
			runner->nameless = child;
		return child;
	}
	task = get_task(orders, event->task.pid, event->task.tgid);
	if (task->mm != mm || !task->left)
		attach_task(orders, task, mm, cpu);
	if (event->task.pid == event->pid) {
		task->cpu = cpu;
		task->since_ns = orders->replay->recorder->now_ns;
		run_there(mm, task->task, cpu);
	}
	return task->task;
}

static void on_fork(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *runner = find_task(orders, event->pid);
	struct seen_task *task =
		is_pid(event->task.pid) ? find_task(orders, event->task.pid) : NULL;
	struct order_mm *mm = mm_of_fork(orders, event, address_of(event), task);
	struct observation seen = observe_nothing("fork");
	uint32_t child;

	orders->lifecycle = true;
	runner = find_task(orders, event->pid);
	if (!mm)
		return;
	child = child_of(orders, mm, runner, event, cpu);
	runner = find_task(orders, event->pid);
	order_mm_add_op(mm, (struct order_op){
				    .kind = ORDER_FORK,
				    .pid = event->pid,
				    .initiator = index_in(runner, mm),
				    .task = child,
				    .cpu = cpu,
				    .line = event->line,
			    });
	if (mm->adopts)
		adopt_learn(orders, mm, event);
	show_task(&seen, child, &event->task);
	look(orders, mm, cpu, event, &seen);
	orders_remember(orders, mm, event);
}

static void show_child(struct order_mm *mm, uint32_t task)
{
	for (guint i = 0; i < mm->states->len; i++)
		task_show(&((struct order_state *)mm->states->pdata[i])->model, task);
}

/* All steps of the op in its decision are taken. */
static void finish_current(
	struct orders *orders, struct order_mm *mm, const struct trace_event *event)
{
	if (mm->current.id == 0)
		return;
	mm->current.released = true;
	order_settle(mm, (struct order_actor){ .kind = ACTOR_CURRENT, .line = mm->current.line });
	if (mm->states->len == 0) {
		orders_stuck(orders, mm, event, "fork or exit before that");
		return;
	}
	tell_complete(orders, mm);
	if (mm->current.kind == ORDER_FORK)
		show_child(mm, mm->current.task);
	mm->current.id = 0;
	for (guint i = 0; i < mm->states->len; i++)
		((struct order_state *)mm->states->pdata[i])->current_done = 0;
}

/* The op of @event->pid ends: *@op. False if none is known. */
static bool end_op(struct orders *orders, struct order_mm *mm, const struct trace_event *event,
	struct order_op *op)
{
	struct order_op *found;

	if (mm->current.id != 0 && mm->current.pid == event->pid) {
		*op = mm->current;
		finish_current(orders, mm, event);
		return true;
	}
	found = order_mm_find_op(mm, event->pid, true);
	if (!found)
		found = order_mm_find_op(mm, event->pid, false);
	if (!found)
		return false;
	*op = *found;
	order_mm_drop_op(mm, op->id);
	if (!op->over && !mm->adopts)
		orders_stuck(orders, mm, event, "decision, which the trace does not show,");
	return true;
}

static struct order_mm *mm_of_event(struct orders *orders, const struct trace_event *event)
{
	struct order_mm *mm = mm_at(orders, address_of(event));
	struct seen_task *task;

	if (mm)
		return mm;
	task = is_pid(event->task.pid) ? find_task(orders, event->task.pid) : NULL;
	if (!task || !task->mm)
		task = find_task(orders, event->pid);
	return task ? task->mm : NULL;
}

static void after_op(struct orders *orders, struct order_mm *mm, const struct trace_event *event)
{
	orders_remember(orders, mm, event);
	if (mm->adopts) {
		adopt_learn(orders, mm, event);
		adopt_try(orders, mm, event);
	}
	tell_update(orders, mm);
}

static void on_fork_end(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct order_mm *mm = mm_of_event(orders, event);
	struct observation seen = observe_nothing("return of the fork");
	struct seen_task *task;
	struct order_op op;

	if (!mm || !end_op(orders, mm, event, &op))
		return;
	task = find_task(orders, event->pid);
	if (task && event->task.pid == event->pid && task->mm == mm && task->task == op.task)
		task->left = false;
	orders->replay->recorder->result->forks += event->task.pid != event->pid;
	orders->replay->recorder->result->execs += event->task.pid == event->pid;
	show_task(&seen, op.task, &event->task);
	look(orders, mm, cpu, event, &seen);
	after_op(orders, mm, event);
}

/* Exits */

static void on_exit(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *task = known_task(orders, &event->task, event);
	struct observation seen = observe_nothing("exit");
	struct order_mm *mm;

	orders->lifecycle = true;
	if (!task || !task->mm || event->task.active == 0)
		return;
	mm = task->mm;
	show_task(&seen, task->task, &event->task);
	look(orders, mm, cpu, event, &seen);
	orders_remember(orders, mm, event);
	if (mm->adopts)
		adopt_learn(orders, mm, event);
	order_mm_add_op(mm, (struct order_op){
				    .kind = ORDER_EXIT,
				    .pid = event->pid,
				    .initiator = task->task,
				    .task = task->task,
				    .cpu = cpu,
				    .line = event->line,
			    });
}

static void on_exit_end(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct order_mm *mm = mm_of_event(orders, event);
	struct observation seen = observe_nothing("return of the exit");
	struct seen_task *task = find_task(orders, event->task.pid);
	struct order_op op;

	if (!mm || !end_op(orders, mm, event, &op))
		return;
	show_task(&seen, op.task, &event->task);
	look(orders, mm, cpu, event, &seen);
	if (task && task->mm == mm) {
		task->left = true;
		task->active = 0;
	}
	orders->replay->recorder->result->exits++;
	after_op(orders, mm, event);
}

/* Decisions */

/* The mutex is held by @op: what held it before is over, and an exit has left its mm. */
static bool take_mutex(struct orders *orders, struct order_mm *mm, const struct order_op *op,
	const struct trace_event *event)
{
	struct order_op before = mm->current;
	guint index = (guint)(op - (const struct order_op *)(void *)mm->ops->data);

	finish_current(orders, mm, event);
	if (mm->adopts)
		return false;
	if (before.id != 0) {
		before.over = true;
		g_array_append_val(mm->ops, before);
	}
	op = &g_array_index(mm->ops, struct order_op, index);
	if (op->kind == ORDER_EXIT)
		order_settle(mm, (struct order_actor){
					 .kind = ACTOR_LEAVE, .index = index, .line = op->line });
	for (guint i = mm->states->len; i-- > 0;) {
		struct order_state *state = mm->states->pdata[i];
		bool fits = state->holder == (op->kind == ORDER_EXIT ? op->id : 0);

		if (!fits) {
			order_state_drop(mm, state);
			mm->states->pdata[i] = NULL;
		}
	}
	order_mm_compact(mm);
	if (mm->states->len > 0)
		return true;
	orders_stuck(orders, mm, event, "way to the decision");
	return false;
}

static void on_decide(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct order_mm *mm = mm_of_event(orders, event);
	struct observation seen = observe_nothing("values before the decision");
	struct order_op *op;

	if (!mm)
		return;
	orders_remember(orders, mm, event);
	if (mm->adopts) {
		adopt_learn(orders, mm, event);
		return;
	}
	op = order_mm_find_op(mm, event->pid, false);
	if (!op)
		op = order_mm_add_op(mm, (struct order_op){ .kind = ORDER_WORK,
						 .pid = event->pid,
						 .initiator = TASK_NONE,
						 .task = TASK_NONE });
	op->cpu = cpu;
	op->line = event->line;
	if (!take_mutex(orders, mm, op, event))
		return;
	op = order_mm_find_op(mm, event->pid, false);
	mm->current = *op;
	order_mm_drop_op(mm, op->id);
	seen.values = event->mm.known ? &event->mm : NULL;
	seen.users_more = mm->current.kind == ORDER_FORK;
	orders_observe(orders, mm, event, &seen);
}

static void on_decide_end(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct order_mm *mm = mm_of_event(orders, event);
	struct observation seen = observe_nothing("decision");

	if (!mm)
		return;
	orders_remember(orders, mm, event);
	if (mm->adopts) {
		adopt_learn(orders, mm, event);
		return;
	}
	if (mm->current.id == 0 || mm->current.pid != event->pid)
		return;
	mm->current.cpu = cpu;
	mm->current.line = event->line;
	order_settle_decision(mm);
	if (mm->states->len == 0) {
		orders_stuck(orders, mm, event, "decision");
		return;
	}
	seen.values = event->mm.known ? &event->mm : NULL;
	seen.changed = event->changed;
	orders_observe(orders, mm, event, &seen);
	mm->current.released = true;
	if (!mm->adopts) {
		tell_decision(orders, mm, event->pid);
		tell_update(orders, mm);
	}
}

/* Walks */

static void on_walk(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct order_mm *mm = mm_of_event(orders, event);
	bool up_to = event->kind == TRACE_CPU_WALK || event->kind == TRACE_TASK_STEP_BEGIN;
	uint32_t task = TASK_NONE, visited = UINT32_MAX;
	struct seen_task *t;

	if (!mm || mm->adopts || mm->current.id == 0 || mm->current.pid != event->pid)
		return;
	orders_remember(orders, mm, event);
	mm->current.cpu = cpu;
	if (event->kind == TRACE_CPU_WALK)
		visited = 0;
	else if (event->kind == TRACE_CPU_WALK_END)
		visited = mm->config.cpus_count - 1;
	else if (event->kind == TRACE_CPU_STEP)
		visited = replay_cpu(orders->replay, event->other_cpu);
	else if ((t = find_task(orders, event->task.pid)) != NULL && t->mm == mm)
		task = t->task;
	if (task == TASK_NONE && visited == UINT32_MAX)
		return;
	order_settle_walk(mm, task, visited, up_to);
	mm->current.line = event->line;
	if (mm->states->len == 0)
		orders_stuck(orders, mm, event, "step of the walk");
	else
		tell_update(orders, mm);
}

/* Affinity */

static void on_affinity(struct orders *orders, const struct trace_event *event)
{
	struct seen_task *task = known_task(orders, &event->task, event);
	g_autofree uint64_t *mask = event->mask.words ? dense_mask(orders, &event->mask) : NULL;

	if (!mask)
		return;
	if (task || find_task(orders, event->task.pid)) {
		struct seen_task *t = find_task(orders, event->task.pid);

		g_free(t->mask);
		t->mask = g_memdup2(
			mask, (orders->replay->scenario->cpus_count + 63) / 64 * sizeof(*mask));
	}
	orders->replay->recorder->result->affinity_changes++;
	if (!task || !task->mm || task->mm->adopts)
		return;
	orders_remember(orders, task->mm, event);
	order_mm_add_affinity(task->mm,
		(struct order_affinity){
			.pid = event->pid, .task = task->task, .mask = mask, .line = event->line });
	if (task->mm->predicted)
		order_settle(task->mm, (struct order_actor){ .kind = ACTOR_AFFINITY, .index = 0 });
}

static void on_affinity_end(struct orders *orders, const struct trace_event *event)
{
	struct order_mm *mm = mm_of_event(orders, event);

	if (!mm || mm->adopts)
		return;
	orders_remember(orders, mm, event);
	for (uint32_t i = 0; i < ORDER_AFFINITIES_MAX; i++) {
		struct order_affinity *a = &mm->affinities[i];

		if (!(mm->affinities_used >> i & 1) || a->pid != event->pid)
			continue;
		if (mm->mask_guessed && event->mm.known)
			a->weight = event->mm.allowed_count;
		order_settle(mm, (struct order_actor){
					 .kind = ACTOR_AFFINITY, .index = i, .line = a->line });
		mm->affinities_used &= ~(1U << i);
	}
	if (mm->states->len == 0)
		orders_stuck(orders, mm, event, "affinity change");
	else
		tell_update(orders, mm);
}

/* What a trace without events of the protocol shows: all is done at once */

static void predict_op(struct orders *orders, struct order_mm *mm, struct order_op op,
	const struct trace_event *event)
{
	op.id = ++mm->last_op;
	op.pid = event->pid;
	op.line = event->line;
	mm->current = op;
	order_settle_decision(mm);
	if (mm->states->len > 0) {
		tell_decision(orders, mm, event->pid);
		finish_current(orders, mm, event);
	} else {
		orders_stuck(orders, mm, event, "fork or exit");
	}
	if (!mm->adopts)
		tell_update(orders, mm);
}

/* The process of a task that was there before, or is the first of its mm. */
static struct order_mm *predicted_mm(struct orders *orders, struct seen_task *task,
	const struct trace_event *event, uint32_t cpu, bool existed)
{
	struct order_mm *mm = new_mm(orders, 0, task->mask,
		task->comm[0] ? task->comm : event->comm, task->tgid, event->line);
	struct order_op op = { .kind = ORDER_FORK, .initiator = TASK_NONE, .cpu = cpu };

	mm->predicted = true;
	mm->process->existed = existed;
	if (existed)
		verdict_note(orders->replay->verdict,
			"processes that were there before the trace began are taken to have had "
			"one thread");
	attach_task(orders, task, mm, cpu);
	op.task = task->task;
	if (task->cpu != UINT32_MAX)
		run_there(mm, task->task, task->cpu);
	predict_op(orders, mm, op, event);
	return mm;
}

static void predict_fork(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *parent, *child;
	struct order_op op = { .kind = ORDER_FORK, .cpu = cpu };
	bool thread = event->new_mm == 0 || event->new_group == 0;

	if (event->new_mm < 0 && event->new_group < 0) {
		verdict_note(orders->replay->verdict,
			"the trace does not tell threads from processes: each child is taken for "
			"a thread until it execs; record task:task_newtask");
		thread = true;
	}
	child = find_task(orders, event->task.pid);
	if (child && child->mm)
		return; /* told twice */
	if (!thread)
		return; /* it is looked at once it forks a thread */
	parent = find_task(orders, event->pid);
	if (!parent || !parent->mm) {
		if (!is_selected(orders, event))
			return;
		parent = get_task(orders, event->pid, event->tgid);
		g_strlcpy(parent->comm, event->comm, sizeof(parent->comm));
		parent->cpu = cpu;
		parent->since_ns = orders->replay->recorder->now_ns;
		predicted_mm(orders, parent, event, cpu, true);
	}
	child = get_task(orders, event->task.pid, parent->tgid);
	attach_task(orders, child, parent->mm, cpu);
	op.initiator = parent->task;
	op.task = child->task;
	orders->replay->recorder->result->forks++;
	predict_op(orders, parent->mm, op, event);
}

static void predict_exit(struct orders *orders, struct seen_task *task,
	const struct trace_event *event, uint32_t cpu)
{
	struct order_op op = {
		.kind = ORDER_EXIT, .initiator = task->task, .task = task->task, .cpu = cpu
	};

	if (!model_task_const(&order_first(task->mm)->model, task->task)->active)
		return;
	orders->replay->recorder->result->exits++;
	predict_op(orders, task->mm, op, event);
}

/* Who execs has an mm of its own, with one thread. */
static void on_exec(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *task = find_task(orders, event->pid);

	if (!task || !task->mm || !task->mm->predicted || task->mm->adopts)
		return;
	predict_exit(orders, task, event, cpu);
	orders->replay->recorder->result->execs++;
	detach_task(orders, task);
	task->cpu = cpu;
}

static void on_new_task(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *parent = find_task(orders, event->pid);
	struct seen_task *child;

	if (!is_pid(event->task.pid))
		return;
	if (parent && parent->nameless != TASK_NONE) {
		child = get_task(orders, event->task.pid, event->task.tgid);
		detach_task(orders, child);
		order_mm_name(parent->mm, parent->nameless, event->task.pid);
		child->mm = parent->mm;
		child->task = parent->nameless;
		child->left = child->gone = false;
		parent->nameless = TASK_NONE;
		if (event->task.tgid && !child->mm->adopts)
			order_mm_set_group(child->mm, child->task, event->task.tgid);
	} else if (!orders->lifecycle) {
		predict_fork(orders, event, cpu);
	}
	child = find_task(orders, event->task.pid);
	if (child && child->mm && child->mm->adopts)
		adopt_learn(orders, child->mm, event);
}

static void on_gone(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *task =
		is_pid(event->task.pid) ? find_task(orders, event->task.pid) : NULL;

	if (!task)
		return;
	task->gone = true;
	if (task->mm && task->mm->predicted && !task->mm->adopts)
		predict_exit(orders, task, event, cpu);
}

/* Whatever else */

static void on_mark(struct orders *orders, const struct trace_event *event, uint32_t cpu)
{
	struct order_mm *mm = mm_at(orders, event->mm.address);
	struct observation seen = observe_nothing("quiet state");

	if (!mm && event->mm.address && event->mm.known && event->mm.users > 0)
		mm = existing_mm(orders, event->mm.address, event, event->tgid);
	if (!mm)
		return;
	for (uint32_t i = 0; event->currents && i < event->cpus_count; i++) {
		const struct trace_task *told = &event->currents[i];
		struct seen_task *task;

		if (!is_pid(told->pid) || !mm->adopts)
			continue;
		task = get_task(orders, told->pid, told->tgid);
		if (task->mm != mm)
			attach_task(orders, task, mm, cpu);
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

bool orders_event(struct orders *orders, const struct trace_event *event, GError **error)
{
	uint32_t cpu = replay_cpu(orders->replay, event->cpu);

	(void)error;
	if (event->kind == TRACE_LOST) {
		on_lost(orders, event);
		return true;
	}
	if (handle_twice(orders, cpu, event))
		return true;
	touch_cpu(orders, cpu, event);
	count_event(orders, event);
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
		on_exec(orders, event, cpu);
		break;
	case TRACE_MARK:
		on_mark(orders, event, cpu);
		break;
	default:
		break;
	}
	return true;
}

struct orders *orders_new(struct replay *replay)
{
	struct orders *orders = g_new0(struct orders, 1);

	orders->replay = replay;
	orders->tasks = g_hash_table_new_full(NULL, NULL, NULL, free_task);
	orders->mms = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	orders->all = g_ptr_array_new();
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
		orders_drop_mm(orders, r->order);
	}
}

void orders_free(struct orders *orders)
{
	if (!orders)
		return;
	for (guint slot = 0; slot < orders->all->len; slot++) {
		if (orders->all->pdata[slot])
			orders_drop_mm(
				orders, ((struct replayed *)orders->all->pdata[slot])->order);
	}
	g_ptr_array_free(orders->all, TRUE);
	g_hash_table_unref(orders->mms);
	g_hash_table_unref(orders->tasks);
	g_free(orders->on_cpu);
	g_free(orders);
}
