/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/dump/view.h"

#include "sim/release/release.h"

static enum answer answer_of(bool yes)
{
	return yes ? ANSWER_YES : ANSWER_NO;
}

static enum answer flag_of(struct dump_value value)
{
	return dump_has(value) ? answer_of(value.number != 0) : ANSWER_UNKNOWN;
}

/* Who runs where */

const struct dump_task *view_runner(const struct view *view, const struct dump_cpu *cpu)
{
	return cpu->runs.number ? dump_find_task(view->dump, cpu->runs.number) : NULL;
}

static guint index_of(const struct view *view, const struct dump_task *task)
{
	return (guint)(task - dump_task(view->dump, 0));
}

const struct dump_cpu *view_cpu_of(const struct view *view, const struct dump_task *task)
{
	guint at = view->runs_on[index_of(view, task)];

	return at ? dump_cpu(view->dump, at - 1) : NULL;
}

static bool knows_all_cpus(const struct dump *dump)
{
	return dump_has(dump->possible) && dump->cpus->len >= dump->possible.number;
}

static void note_runners(struct view *view)
{
	const struct dump *dump = view->dump;

	view->runs_on = g_new0(guint, dump->tasks->len + 1);
	view->runners_complete = knows_all_cpus(dump);
	for (guint i = 0; i < dump->cpus->len; i++) {
		const struct dump_task *task = view_runner(view, dump_cpu(dump, i));

		view->runners_complete &= dump_has(dump_cpu(dump, i)->runs);
		if (task)
			view->runs_on[index_of(view, task)] = i + 1;
	}
	/* on_cpu and the CPU of a task say it, too */
	for (guint i = 0; i < dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(dump, i);
		const struct dump_cpu *cpu =
			task->on_cpu.number && dump_has(task->cpu)
				? dump_find_cpu(dump, (uint32_t)task->cpu.number)
				: NULL;

		if (cpu && !view->runs_on[i])
			view->runs_on[i] = 1 + (guint)(cpu - dump_cpu(dump, 0));
	}
}

enum answer view_runs(const struct view *view, const struct dump_task *task)
{
	if (view->runs_on[index_of(view, task)] || task->on_cpu.number)
		return ANSWER_YES;
	return dump_has(task->on_cpu) || view->runners_complete ? ANSWER_NO : ANSWER_UNKNOWN;
}

enum answer view_is_active(const struct view *view, const struct dump_task *task)
{
	if (dump_has(task->active))
		return flag_of(task->active);
	/* Nobody else flips the mode towards per task: the exit of a user, who is none any more. */
	if (task == view->owner && view->per_cpu == ANSWER_NO && view->window == ANSWER_YES)
		return ANSWER_NO;
	return view_does(task, DOING_EXIT) || view_does(task, DOING_EXEC) ? ANSWER_UNLIKELY
	                                                                  : ANSWER_LIKELY;
}

/* The mode, the mutex, the window */

/* Is the kernel one whose windows towards per CPU have no TRANSIT? */
static bool never_in_transit(const struct view *view)
{
	const struct view_kernel *kernel = &view->kernel;
	struct protocol newest, oldest;

	if (!kernel->newest)
		return false;
	newest = release_protocol(kernel->newest, kernel->backports);
	oldest = release_protocol(kernel->oldest, kernel->backports);
	return !newest.transit_to_percpu && !oldest.init_keeps_transit;
}

static void read_mode(struct view *view)
{
	const struct dump *dump = view->dump;

	view->per_cpu = view->transit = ANSWER_UNKNOWN;
	if (dump_has(dump->mode)) {
		view->per_cpu = answer_of(dump->mode.number & CID_KERNEL_ONCPU);
		view->transit = answer_of(dump->mode.number & CID_KERNEL_TRANSIT);
		return;
	}
	if (dump_has(dump->percpu))
		view->per_cpu = flag_of(dump->percpu);
	else if (dump_has(dump->pcpu_thrs)) /* it is recorded in per-CPU mode, and only there */
		view->per_cpu = answer_of(dump->pcpu_thrs.number > 0);
	view->transit = flag_of(dump->transit);
	if (view->transit == ANSWER_UNKNOWN && view->per_cpu == ANSWER_YES &&
		never_in_transit(view))
		view->transit = ANSWER_NO;
}

static const struct dump_task *find_owner(const struct view *view)
{
	const struct dump *dump = view->dump;

	if (dump->owner.number && dump->owner.number <= DUMP_COUNT_MAX)
		return dump_find_task(dump, dump->owner.number);
	for (guint i = 0; i < dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(dump, i);

		if (dump->owner.number && task->address.number == dump->owner.number)
			return task;
		if (view_does(task, DOING_WALK))
			return task;
	}
	return NULL;
}

static void find_holder(struct view *view)
{
	const struct dump *dump = view->dump;

	view->mutex = flag_of(dump->mutex);
	view->owner = find_owner(view);
	if (view->owner)
		view->holder = view->owner->pid;
	else if (dump->owner.number <= DUMP_COUNT_MAX)
		view->holder = dump->owner.number;
	if (view_does(view->owner, DOING_WALK))
		view->mutex = ANSWER_YES;
}

/* Is somebody left whom a walk has yet to visit? */
static bool walk_is_unfinished(const struct view *view)
{
	for (guint i = 0; view->per_cpu == ANSWER_YES && i < view->dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(view->dump, i);

		if (task->active.number && word_is_task_owned(task->word))
			return true;
	}
	for (guint i = 0; view->per_cpu == ANSWER_NO && i < view->dump->cpus->len; i++) {
		if (word_is_cpu_owned(dump_cpu(view->dump, i)->word))
			return true;
	}
	return false;
}

/* A window towards per CPU is opened by a fork, and users cannot change before it is over. */
static bool cannot_be_window(const struct view *view)
{
	const struct dump *dump = view->dump;

	return view->per_cpu == ANSWER_YES && dump_has(dump->users) && dump_has(dump->max_cids) &&
	       dump->users.number <= dump->max_cids.number;
}

static enum answer find_window(const struct view *view)
{
	if (view_does(view->owner, DOING_WALK))
		return ANSWER_YES;
	if (view->mutex == ANSWER_NO)
		return ANSWER_NO;
	if (view->mutex == ANSWER_YES && view->transit == ANSWER_YES)
		return ANSWER_YES;
	if (view->mutex == ANSWER_YES && view->transit == ANSWER_NO && walk_is_unfinished(view))
		return ANSWER_YES;
	if (view->mutex == ANSWER_YES) /* who has no window to walk through holds it only briefly */
		return ANSWER_LIKELY;
	if (cannot_be_window(view))
		return ANSWER_NO;
	if (view->transit == ANSWER_UNKNOWN ||
		(view->per_cpu != ANSWER_NO && never_in_transit(view)))
		return ANSWER_UNKNOWN;
	return view->transit == ANSWER_YES ? ANSWER_LIKELY : ANSWER_UNLIKELY;
}

/* Spins */

/* The task is not yet switched in if its CPU has not what it would have after that. */
static enum answer spins_by_words(
	const struct view *view, const struct dump_cpu *cpu, const struct dump_task *task)
{
	enum answer locked = flag_of(cpu->rq_lock);

	if (locked == ANSWER_NO || view_is_active(view, task) == ANSWER_NO)
		return ANSWER_NO;
	if (!dump_has(task->word))
		return locked == ANSWER_YES ? ANSWER_LIKELY : ANSWER_UNKNOWN;
	if (word_is_unset(task->word)) /* or it came back from a failed exec */
		return locked == ANSWER_YES ? ANSWER_YES : ANSWER_UNKNOWN;
	if (!word_is_cpu_owned(task->word))
		return ANSWER_NO;
	if (!dump_has(cpu->word))
		return locked == ANSWER_YES ? ANSWER_LIKELY : ANSWER_UNKNOWN;
	return answer_of(cpu->word.number != task->word.number);
}

static bool runs_none(const struct dump_cpu *cpu)
{
	return dump_has(cpu->runs) && (!cpu->runs.number || cpu->runs.number == DUMP_OTHER);
}

enum answer view_spins(const struct view *view, const struct dump_cpu *cpu)
{
	const struct dump_task *task = view_runner(view, cpu);

	if (view_does(task, DOING_GET))
		return ANSWER_YES;
	if (task)
		return spins_by_words(view, cpu, task);
	if (runs_none(cpu) || flag_of(cpu->rq_lock) == ANSWER_NO)
		return ANSWER_NO;
	return flag_of(cpu->rq_lock) == ANSWER_YES ? ANSWER_LIKELY : ANSWER_UNKNOWN;
}

static void find_spinner(struct view *view)
{
	const struct dump *dump = view->dump;
	bool all_no = knows_all_cpus(dump);

	view->spins = ANSWER_UNKNOWN;
	for (guint i = 0; i < dump->tasks->len; i++) {
		if (view_does(dump_task(dump, i), DOING_GET))
			view->spins = ANSWER_YES;
	}
	for (guint i = 0; i < dump->cpus->len; i++) {
		enum answer spins = view_spins(view, dump_cpu(dump, i));

		all_no &= spins == ANSWER_NO;
		if (spins >= ANSWER_LIKELY && (!view->spinner || spins > view->spins)) {
			view->spins = MAX(spins, view->spins);
			view->spinner = dump_cpu(dump, i);
		}
	}
	if (all_no && view->spins == ANSWER_UNKNOWN && flag_of(dump->lock) != ANSWER_YES)
		view->spins = ANSWER_NO;
}

/* Who holds what */

static bool task_holds(const struct view *view, const struct dump_task *task)
{
	return word_is_task_owned(task->word) ||
	       (word_is_in_transit(task->word) && view_runs(view, task) != ANSWER_NO);
}

static void add_held(struct cpu_ids *held, struct dump_value word)
{
	if (word_number(word) < CPU_IDS_MAX && !cpu_ids_has(held, (uint32_t)word_number(word)))
		cpu_ids_add(held, (uint32_t)word_number(word));
}

static bool may_be_leaving(const struct view *view, const struct dump_cpu *cpu)
{
	bool idles = dump_has(cpu->runs) && !cpu->runs.number;

	return (!dump_has(cpu->word) || word_is_in_transit(cpu->word)) && !idles &&
	       !view_runner(view, cpu);
}

static void note_task_words(struct view *view, struct cpu_ids *held)
{
	const struct dump *dump = view->dump;
	uint64_t users = 0;

	for (guint i = 0; i < dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(dump, i);

		users += view_is_active(view, task) >= ANSWER_LIKELY;
		view->task_words_missing += !dump_has(task->word);
		if (task_holds(view, task))
			add_held(held, task->word);
	}
	view->tasks_complete =
		dump_has(dump->users) && !view->task_words_missing && users >= dump->users.number;
	if (dump_has(dump->users) && users < dump->users.number)
		view->task_words_missing += (unsigned)(dump->users.number - users);
}

static void note_cpu_words(struct view *view, struct cpu_ids *held)
{
	const struct dump *dump = view->dump;

	view->leaving = !knows_all_cpus(dump);
	for (guint i = 0; i < dump->cpus->len; i++) {
		const struct dump_cpu *cpu = dump_cpu(dump, i);
		bool leaving = may_be_leaving(view, cpu);

		view->cpu_words_missing += !dump_has(cpu->word);
		view->leaving |= leaving;
		if (word_is_cpu_owned(cpu->word) || (dump_has(cpu->word) && leaving))
			add_held(held, cpu->word);
	}
	view->cpus_complete = knows_all_cpus(dump) && !view->cpu_words_missing;
	if (dump_has(dump->possible) && dump->cpus->len < dump->possible.number)
		view->cpu_words_missing += (unsigned)(dump->possible.number - dump->cpus->len);
}

static void find_orphans(struct view *view)
{
	const struct dump *dump = view->dump;
	struct cpu_ids held = { 0 };

	note_task_words(view, &held);
	note_cpu_words(view, &held);
	for (uint32_t n = 0; dump_has(dump->pool) && n < CPU_IDS_MAX; n++) {
		if (cpu_ids_has(&dump->taken, n) && !cpu_ids_has(&held, n))
			cpu_ids_add(&view->orphans, n);
	}
}

struct view *view_new(const struct dump *dump, const struct view_kernel *kernel)
{
	struct view *view = g_new0(struct view, 1);

	g_assert(!kernel->oldest == !kernel->newest);
	view->dump = dump;
	view->kernel = *kernel;
	note_runners(view);
	read_mode(view);
	find_holder(view);
	view->window = find_window(view);
	find_spinner(view);
	find_orphans(view);
	return view;
}

void view_free(struct view *view)
{
	g_free(view->runs_on);
	g_free(view);
}
