/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/replay/orders/internal.h"

#include <string.h>

#include "model/lifecycle.h"
#include "model/pool.h"

/*
 * A state from what was seen, for an mm that was there before the trace began, or of which events
 * were lost. It is possible once no window is open, no fork or exit under way, and
 *
 *     per task   the words of all users are known: they hold all numbers, or
 *     per CPU    those of all CPUs where one of its tasks has run; others are taken to own nothing.
 *
 * In per-CPU mode users that were not seen hold nothing: they are named when they come. Where no
 * event shows all CPU words at once the state is then a guess: what contradicts it says nothing,
 * and the mm begins anew.
 */

enum { MM = 0, TASK_MASK = MODEL_TASKS_MAX - 1, ADOPT_USERS_MAX = 1 << 16 };

static bool is_word(const struct model *model, uint32_t word)
{
	uint32_t number = word & ~(CID_KERNEL_UNSET | CID_KERNEL_ONCPU | CID_KERNEL_TRANSIT);

	return word & CID_KERNEL_UNSET ? number == 0 : number < model->cpus_count;
}

static void forget_task(gpointer key, gpointer value, gpointer data)
{
	struct seen_task *task = value;

	(void)key;
	if (task->mm != data)
		return;
	task->word = TRACE_WORD_UNKNOWN;
}

/* A walk, or what cannot be known, has changed them. */
static void forget_words(struct orders *orders, struct order_mm *mm)
{
	struct replayed *r = replayed_of(orders, mm);

	for (uint32_t cpu = 0; cpu < mm->config.cpus_count; cpu++)
		r->cpu_words[cpu] = TRACE_WORD_UNKNOWN;
	g_hash_table_foreach(orders->tasks, forget_task, mm);
}

void adopt_begin(struct orders *orders, struct order_mm *mm)
{
	struct replayed *r = replayed_of(orders, mm);

	tell_end(orders, mm);
	states_drop_all(&mm->states);
	for (guint i = 0; i < mm->pending->len; i++)
		mm->switches[g_array_index(mm->pending, uint32_t, i)].pending = false;
	g_array_set_size(mm->pending, 0);
	g_array_set_size(mm->ops, 0);
	mm->current.id = 0;
	mm->affinities_used = 0;
	mm->window_told = false;
	mm->adopts = true;
	mm->states.cut = false;
	r->values.known = r->decides = false;
	forget_words(orders, mm);
}

/* Who came to its CPU before max_cids became @limit may or may not have got another number. */
static void forget_high(struct orders *orders, struct order_mm *mm, uint32_t limit)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, orders->tasks);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		struct seen_task *task = value;

		if (task->mm == mm && task->cpu != UINT32_MAX && (task->word & CID_NUMBER) >= limit)
			task->word = TRACE_WORD_UNKNOWN;
	}
}

static struct seen_task *task_of(struct orders *orders, struct order_mm *mm, uint32_t pid)
{
	struct seen_task *task = g_hash_table_lookup(orders->tasks, GUINT_TO_POINTER(pid));

	return task && task->mm == mm ? task : NULL;
}

static bool quiet(const struct trace_mm *values)
{
	return values->known && !(values->mode & MODE_TRANSIT);
}

/* Per CPU a switch in leaves the number of @cpu as it is, unless it is too high. */
static bool keeps_number(const struct replayed *r, uint32_t cpu)
{
	return quiet(&r->values) && r->values.mode & MODE_PER_CPU &&
	       r->cpu_words[cpu] != TRACE_WORD_UNKNOWN &&
	       (r->cpu_words[cpu] & CID_NUMBER) < r->values.max_cids;
}

/* Before a switch: who leaves keeps its word unless it is in transit; who comes gets maybe another
 * one, and so does the CPU. */
static void learn_switch(struct orders *orders, struct order_mm *mm, struct replayed *r,
	const struct trace_event *event, uint32_t cpu)
{
	struct seen_task *prev = task_of(orders, mm, event->prev.pid);
	struct seen_task *next = task_of(orders, mm, event->task.pid);
	bool per_cpu = r->values.mode & MODE_PER_CPU;

	/* The kernel's own event, beside the recipe's. */
	if (event->prev.word == TRACE_WORD_UNKNOWN && event->task.word == TRACE_WORD_UNKNOWN)
		return;
	if (prev) {
		uint32_t word = event->prev.word;

		if (word != TRACE_WORD_UNKNOWN && word & CID_KERNEL_TRANSIT)
			word = TRACE_WORD_UNKNOWN;
		prev->word = word;
		prev->active = event->prev.active;
		if (word != TRACE_WORD_UNKNOWN && word & CID_KERNEL_ONCPU)
			r->cpu_words[cpu] = word;
	}
	if (!next)
		return;
	next->active = event->task.active;
	next->word = TRACE_WORD_UNKNOWN;
	if (!next->active ||
		(quiet(&r->values) && !per_cpu && event->task.word < r->values.max_cids))
		next->word = event->task.word;
	/* Where it has run before per CPU, it finds the number that the CPU has. */
	if (!per_cpu && next->word != TRACE_WORD_UNKNOWN && next->active)
		r->cpu_words[cpu] = next->word;
	else if (next->active && !keeps_number(r, cpu))
		r->cpu_words[cpu] = TRACE_WORD_UNKNOWN;
}

static void learn_task(struct orders *orders, struct order_mm *mm, const struct trace_task *from)
{
	struct seen_task *task = task_of(orders, mm, from->pid);

	if (!task)
		return;
	task->word = from->word;
	task->active = from->active;
	/* Only users hold numbers. */
	if (from->active < 0 && from->word != TRACE_WORD_UNKNOWN &&
		!(from->word & CID_KERNEL_UNSET))
		task->active = 1;
}

void adopt_learn(struct orders *orders, struct order_mm *mm, const struct trace_event *event)
{
	struct replayed *r = replayed_of(orders, mm);
	uint32_t cpu = replay_cpu(orders->replay, event->cpu);
	const struct trace_mm *values = &event->mm;

	if (event->kind == TRACE_SWITCH && event->prev_mm.known &&
		(!values->known || values->address != mm->address))
		values = &event->prev_mm;
	if (values->known && (values->address == mm->address || !values->address)) {
		if (r->values.known && r->values.mode != values->mode)
			forget_words(orders, mm);
		else if (r->values.known && r->values.max_cids > values->max_cids)
			forget_high(orders, mm, values->max_cids);
		r->values = *values;
	}
	for (uint32_t i = 0; event->cpu_words && i < mm->config.cpus_count; i++) {
		uint32_t id = orders->replay->scenario->cpu_ids[i];

		if (id < event->cpus_count)
			r->cpu_words[i] = event->cpu_words[id];
	}
	switch (event->kind) {
	case TRACE_DECIDE:
	case TRACE_DECIDE_END:
		r->decides = event->kind == TRACE_DECIDE;
		break;
	case TRACE_SWITCH:
		learn_switch(orders, mm, r, event, cpu);
		break;
	case TRACE_SWITCHED:
		learn_task(orders, mm, &event->prev);
		learn_task(orders, mm, &event->task);
		/* It is that of the mm of who runs now. */
		if (event->cpu_word != TRACE_WORD_UNKNOWN && event->task.mm_known &&
			event->task.mm == mm->address)
			r->cpu_words[cpu] = event->cpu_word;
		break;
	case TRACE_FORK_END:
	case TRACE_EXIT:
	case TRACE_EXIT_END:
	case TRACE_NEW_TASK:
		learn_task(orders, mm, &event->task);
		break;
	default:
		break;
	}
}

/* Building */

struct building {
	struct orders *orders;
	struct order_mm *mm;
	GPtrArray *users; /* struct seen_task: active, by pid */
	bool unsure;      /* of some task it is not known whether it is a user */
};

static void collect(gpointer key, gpointer value, gpointer data)
{
	struct building *b = data;
	struct seen_task *task = value;

	(void)key;
	if (task->mm != b->mm)
		return;
	b->unsure |= task->active < 0 && !task->gone && !task->left;
	if (task->active == 1)
		g_ptr_array_add(b->users, task);
}

static gint by_pid(gconstpointer a, gconstpointer b)
{
	const struct seen_task *x = *(struct seen_task *const *)a;
	const struct seen_task *y = *(struct seen_task *const *)b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* Values that an mm outside of windows can have: a trace may tell any. */
static bool can_be(const struct order_mm *mm, const struct trace_mm *values)
{
	bool per_cpu = values->mode & MODE_PER_CPU;

	return values->users > 0 && values->users <= ADOPT_USERS_MAX && values->max_cids > 0 &&
	       values->max_cids <= mm->config.cpus_count && per_cpu == (values->pcpu_thrs > 0);
}

static bool enough_is_known(const struct building *b, const struct replayed *r)
{
	guint users = b->users->len;

	if (!quiet(&r->values) || !can_be(b->mm, &r->values) || users > r->values.users)
		return false;
	if (r->values.mode & MODE_PER_CPU)
		return true;
	for (guint i = 0; i < users; i++) {
		const struct seen_task *task = b->users->pdata[i];

		if (task->word == TRACE_WORD_UNKNOWN)
			return false;
	}
	return users == r->values.users;
}

/* @task becomes a user of the model, the newest. */
static void count_user(struct model *model, uint32_t task)
{
	struct model_mm *m = model_mm(model, MM);
	struct model_task *t = model_task(model, task);

	t->active = 1;
	if (m->newest == TASK_NONE) {
		t->older = t->newer = task & TASK_MASK;
	} else {
		struct model_task *newest = model_task(model, m->newest);
		uint32_t oldest = newest->newer;

		t->older = m->newest & TASK_MASK;
		t->newer = oldest & TASK_MASK;
		model_task(model, oldest)->older = task & TASK_MASK;
		model_task(model, m->newest)->newer = task & TASK_MASK;
	}
	m->newest = task;
	m->users++;
}

/* @word is held by somebody more. False if it cannot be. */
static bool hold(struct model *model, uint32_t word)
{
	uint32_t number = word & CID_NUMBER;

	if (!is_word(model, word))
		return false;
	return word & CID_KERNEL_UNSET || pool_set(model, MM, number, NULL);
}

bool adopt_cpu(struct order_state *state, uint32_t cpu, uint32_t word)
{
	struct model *model = &state->model;

	if (!is_word(model, word) || (word & CID_KERNEL_ONCPU && !hold(model, word)))
		return false;
	model_words(model, model_mm(model, MM))[cpu] = cid_from_kernel(word);
	state->hash = 0;
	return true;
}

bool adopt_task(struct order_state *state, uint32_t task, uint32_t word)
{
	/* Per CPU only, where none owns a number itself; but one in transit holds it. */
	if (!is_word(&state->model, word) || cid_is_task_owned(cid_from_kernel(word)))
		return false;
	if (word & CID_KERNEL_TRANSIT && !hold(&state->model, word))
		return false;
	model_task(&state->model, task)->cid = cid_from_kernel(word);
	state->hash = 0;
	return true;
}

static bool set_cpus(struct model *model, const struct replayed *r)
{
	struct model_mm *m = model_mm(model, MM);

	for (uint32_t cpu = 0; cpu < model->cpus_count; cpu++) {
		uint32_t word = r->cpu_words[cpu];

		/* In transit it is held by who runs there, or was: that is not known. */
		if (word != TRACE_WORD_UNKNOWN && word & CID_KERNEL_TRANSIT &&
			model_cpu(model, cpu)->curr == TASK_NONE)
			word = TRACE_WORD_UNKNOWN;
		order_mm_set_unknown_cpu(r->order, cpu, word == TRACE_WORD_UNKNOWN);
		if (word == TRACE_WORD_UNKNOWN || !is_word(model, word))
			continue;
		if (word & CID_KERNEL_ONCPU && !hold(model, word))
			return false;
		model_words(model, m)[cpu] = cid_from_kernel(word);
	}
	return true;
}

static bool set_task(struct building *b, struct model *model, struct seen_task *task)
{
	struct model_task *t = model_task(model, task->task);
	uint32_t word = task->word;

	order_mm_set_unknown_task(b->mm, task->task, word == TRACE_WORD_UNKNOWN);
	if (word == TRACE_WORD_UNKNOWN)
		word = CID_KERNEL_UNSET; /* per CPU: it holds nothing */
	if (!is_word(model, word))
		return false;
	count_user(model, task->task);
	t->cid = cid_from_kernel(word);
	if (task->cpu != UINT32_MAX) {
		t->cpu = task->cpu & (MODEL_CPUS_MAX - 1);
		model_cpu(model, task->cpu)->curr = task->task;
		/* Per CPU, who runs has the word of its CPU. */
		if (replayed_of(b->orders, b->mm)->values.mode & MODE_PER_CPU) {
			cid_word own = model_word(model, model_mm(model, MM), task->cpu);

			if (!cid_is_cpu_owned(own))
				return false;
			t->cid = own;
			order_mm_set_unknown_task(b->mm, task->task, false);
		}
	}
	return !cid_is_task_owned(t->cid) || hold(model, word);
}

static bool set_allowed(struct model *model, struct order_mm *mm, uint32_t count)
{
	uint64_t mask[MODEL_CPUS_MAX / 64] = { 0 };

	if (count == 0 || count > model->cpus_count)
		return false;
	for (uint32_t cpu = 0; cpu < count; cpu++)
		mask[cpu / 64] |= UINT64_C(1) << cpu % 64;
	mm->mask_guessed |= count < model->cpus_count;
	return mm_create(model, MM, mask).outcome == STEP_DONE;
}

/* Users that were not seen, and so cannot have run. */
static void add_unseen(struct order_mm *mm, struct order_state *state, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t task = order_mm_add_task(mm, TRACE_PID_UNKNOWN, mm->process->tgid, 0);

		state = states_first(&mm->states); /* may have grown */
		count_user(&state->model, task);
		order_mm_set_unknown_task(mm, task, true);
	}
}

static void create_tasks(struct building *b, struct model *model)
{
	const struct order_mm *mm = b->mm;

	for (uint32_t task = 0; task < mm->pids->len; task++) {
		uint32_t pid = g_array_index(mm->pids, uint32_t, task);
		struct seen_task *seen =
			g_hash_table_lookup(b->orders->tasks, GUINT_TO_POINTER(pid));

		if (pid == 0)
			continue;
		task_create(model, task, MM, seen && seen->tgid ? seen->tgid : mm->process->tgid,
			seen && seen->cpu != UINT32_MAX ? seen->cpu : 0);
		task_show(model, task);
		if (seen && seen->mm == mm && seen->cpu != UINT32_MAX)
			model_cpu(model, seen->cpu)->curr = task;
	}
}

static void drop_unseen(struct order_mm *mm)
{
	for (uint32_t task = 0; task < mm->pids->len; task++) {
		if (g_array_index(mm->pids, uint32_t, task) != TRACE_PID_UNKNOWN)
			continue;
		g_array_index(mm->pids, uint32_t, task) = 0;
		g_array_append_val(mm->free_tasks, task);
	}
}

static bool build(struct building *b, struct order_state *state)
{
	struct replayed *r = replayed_of(b->orders, b->mm);
	struct model *model = &state->model;
	struct model_mm *m;

	if (!set_allowed(model, b->mm, r->values.allowed_count))
		return false;
	/* Else the users have just changed, and it is about to be decided what follows. */
	if (mm_constraints(model, r->values.users, r->values.allowed_count).max_cids !=
		r->values.max_cids)
		return false;
	m = model_mm(model, MM);
	create_tasks(b, model);
	if (!set_cpus(model, r))
		return false;
	for (guint i = 0; i < b->users->len; i++) {
		if (!set_task(b, model, b->users->pdata[i]))
			return false;
	}
	m->mode = r->values.mode;
	m->max_cids = r->values.max_cids;
	m->pcpu_thrs = r->values.pcpu_thrs;
	return true;
}

static void note_adopted(
	struct orders *orders, const struct order_mm *mm, const struct trace_event *event)
{
	const struct trace_mm *values = &replayed_of(orders, mm)->values;

	verdict_note(orders->replay->verdict,
		"%s (%" G_GUINT32_FORMAT "): its state was taken over from line %" G_GUINT64_FORMAT
		", with %" G_GUINT32_FORMAT " user%s",
		mm->process->name, mm->process->tgid, event->line, values->users,
		values->users == 1 ? "" : "s; the order in which they came is not known");
}

void adopt_try(struct orders *orders, struct order_mm *mm, const struct trace_event *event)
{
	struct replayed *r = replayed_of(orders, mm);
	struct building b = { .orders = orders, .mm = mm };
	struct order_state *state;

	if (!mm->adopts || mm->gave_up || mm->ops->len > 0 || mm->current.id != 0 || r->decides ||
		!quiet(&r->values))
		return;
	/* To look at all tasks costs as much as there are. */
	if (r->wait > 0) {
		r->wait--;
		return;
	}
	b.users = g_ptr_array_new();
	g_hash_table_foreach(orders->tasks, collect, &b);
	g_ptr_array_sort(b.users, by_pid);
	drop_unseen(mm);
	state = states_new_state(&mm->states, &mm->config);
	if (enough_is_known(&b, r) && build(&b, state)) {
		mm->adopts = false;
		mm->guess = r->values.mode & MODE_PER_CPU &&
		            (mm->unknown_cpus_count > 0 || !event->cpu_words);
		/* A mark shows all there is while nothing happens. */
		mm->adopted = event->kind != TRACE_MARK || !event->cpu_words;
		mm->agreed = 0;
		states_add(&mm->states, state);
		add_unseen(mm, state, r->values.users - b.users->len);
		note_adopted(orders, mm, event);
		tell_update(orders, mm);
	} else {
		g_free(state);
		r->wait = b.users->len / 4;
	}
	g_ptr_array_free(b.users, TRUE);
}
