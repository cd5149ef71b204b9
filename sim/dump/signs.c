/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/dump/signs.h"

#include <inttypes.h>

/* The mode, the mutex, the window */

/* One of the three sentences, by @answer. */
static enum answer say(
	GString *why, enum answer answer, const char *yes, const char *no, const char *missing)
{
	g_string_append(why, answer > ANSWER_UNKNOWN   ? yes
			     : answer < ANSWER_UNKNOWN ? no
						       : missing);
	return answer;
}

enum answer sign_per_cpu(const struct view *view, GString *why)
{
	return say(why, view->per_cpu, "the mode is per CPU", "the mode is per task",
		"the mode is missing");
}

enum answer sign_transit(const struct view *view, GString *why)
{
	return say(why, view->transit, "the mode has TRANSIT", "the mode has no TRANSIT",
		"the mode is missing");
}

enum answer sign_mutex(const struct view *view, GString *why)
{
	return say(why, view->mutex, "the mutex is held", "the mutex is free",
		"whether the mutex is held is missing");
}

enum answer sign_window(const struct view *view, GString *why)
{
	if (view->window == ANSWER_NO && view->mutex != ANSWER_NO) {
		g_string_append(why,
			"no change of the mode is under way: its fork would have more users "
			"than max_cids");
		return ANSWER_NO;
	}
	return say(why, view->window, "a change of the mode is under way",
		"no change of the mode is under way",
		"whether a change of the mode is under way is missing: the mutex, and what its "
		"holder "
		"does");
}

/* A fork flips the mode, and TRANSIT was in it before. */
enum answer sign_bare_window(const struct view *view, GString *why)
{
	bool may = view->per_cpu != ANSWER_NO && view->transit != ANSWER_YES;

	if (may && view->window == ANSWER_YES) {
		g_string_append(
			why, "a change to per CPU is under way, and the mode has no TRANSIT");
		return view->per_cpu == ANSWER_YES && view->transit == ANSWER_NO ? ANSWER_YES
		                                                                 : ANSWER_LIKELY;
	}
	if (!may || view->window == ANSWER_NO) {
		sign_window(view, why);
		g_string_append(why, "; ");
		sign_transit(view, why);
		return ANSWER_NO;
	}
	g_string_append(why, view->window == ANSWER_LIKELY
				     ? "the mutex is held; whether its holder walks is missing"
				     : "whether a change of the mode is under way is missing");
	return view->window;
}

enum answer sign_deferred(const struct view *view, GString *why)
{
	struct dump_value deferred = view->dump->update_deferred;
	enum answer answer = !dump_has(deferred) ? ANSWER_UNKNOWN
	                     : deferred.number   ? ANSWER_YES
	                                         : ANSWER_NO;

	return say(why, answer, "deferred work is queued", "no deferred work is queued",
		"update_deferred is missing");
}

/* Spins */

enum answer sign_spin(const struct view *view, GString *why)
{
	if (view->spinner)
		g_string_append_printf(why, "CPU %u %s in get", view->spinner->id,
			view->spins == ANSWER_YES ? "spins" : "may spin");
	else if (view->spins == ANSWER_YES)
		g_string_append(why, "a task spins in get");
	else
		say(why, view->spins, "", "no CPU spins in get",
			"whether a CPU spins in get is missing: what runs, the rq locks");
	return view->spins;
}

enum answer sign_exec_window(const struct view *view, GString *why)
{
	const struct dump_task *task = view->spinner ? view_runner(view, view->spinner) : NULL;
	enum answer spins = MIN(view->spins, ANSWER_YES);

	if (spins == ANSWER_NO) {
		g_string_append(why, "no CPU spins in get");
		return ANSWER_NO;
	}
	if (task && task->pid == view->holder &&
		(!dump_has(task->word) || word_is_unset(task->word))) {
		g_string_append_printf(why,
			"task %" PRIu64 ", which holds the mutex, itself %s in get", task->pid,
			spins == ANSWER_YES ? "spins" : "may spin");
		return spins;
	}
	if (view_does(view->owner, DOING_EXEC)) {
		g_string_append_printf(why,
			"task %" PRIu64 ", which holds the mutex, is in an exec", view->owner->pid);
		return spins;
	}
	if (task && view_does(task, DOING_EXEC)) {
		g_string_append_printf(
			why, "task %" PRIu64 ", which spins, is in an exec", task->pid);
		return view->holder ? ANSWER_NO : ANSWER_LIKELY;
	}
	if (view_does(view->owner, DOING_FORK)) {
		g_string_append_printf(why, "task %" PRIu64 ", which holds the mutex, is in a fork",
			view->owner->pid);
		return ANSWER_NO;
	}
	g_string_append(why, "who holds the mutex, and what it does, are missing");
	return ANSWER_UNKNOWN;
}

enum answer sign_stale_spin(const struct view *view, GString *why)
{
	const struct dump_task *task = view->spinner ? view_runner(view, view->spinner) : NULL;

	if (!task || !dump_has(task->word) || view->spins < ANSWER_LIKELY) {
		g_string_append(why, "the word of who spins is missing");
		return view->spins == ANSWER_NO ? ANSWER_NO : ANSWER_UNKNOWN;
	}
	if (!word_is_cpu_owned(task->word)) {
		g_string_append_printf(why,
			"task %" PRIu64 ", which spins, has not given a CID to a CPU", task->pid);
		return ANSWER_NO;
	}
	g_string_append_printf(why,
		"task %" PRIu64 ", which spins on CPU %u, has left CID %" PRIu64
		" with another CPU",
		task->pid, view->spinner->id, word_number(task->word));
	return ANSWER_YES;
}

/* Owners */

static bool no_orphans(const struct view *view)
{
	return dump_has(view->dump->pool) && view->orphans.count == 0;
}

static void append_orphans(const struct view *view, GString *why)
{
	g_autofree char *list = cpu_ids_to_string(&view->orphans);

	g_string_append_printf(why, "%s taken in the pool, and no word of the dump holds it", list);
}

enum answer sign_cpu_owned(const struct view *view, GString *why)
{
	for (guint i = 0; i < view->dump->cpus->len; i++) {
		const struct dump_cpu *cpu = dump_cpu(view->dump, i);

		if (!word_is_cpu_owned(cpu->word))
			continue;
		g_string_append_printf(
			why, "CPU %u owns CID %" PRIu64, cpu->id, word_number(cpu->word));
		return ANSWER_YES;
	}
	if (view->cpus_complete || no_orphans(view)) {
		g_string_append(why, "no CPU owns a CID");
		return ANSWER_NO;
	}
	if (view->orphans.count > 0 && view->cpu_words_missing && !view->task_words_missing) {
		append_orphans(view, why);
		g_string_append(why, "; the word of a CPU is missing");
		return ANSWER_LIKELY;
	}
	g_string_append(why, "words of CPUs are missing");
	return ANSWER_UNKNOWN;
}

/* A user that owns a CID; NULL: the dump shows none. */
static const struct dump_task *find_task_owned(const struct view *view)
{
	for (guint i = 0; i < view->dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(view->dump, i);

		if (word_is_task_owned(task->word) && view_is_active(view, task) >= ANSWER_UNLIKELY)
			return task;
	}
	return NULL;
}

enum answer sign_task_owned(const struct view *view, GString *why)
{
	const struct dump_task *task = find_task_owned(view);

	if (task) {
		g_string_append_printf(why, "task %" PRIu64 " owns CID %" PRIu64, task->pid,
			word_number(task->word));
		return view_is_active(view, task) == ANSWER_YES ? ANSWER_YES : ANSWER_LIKELY;
	}
	if (view->tasks_complete || no_orphans(view)) {
		g_string_append(why, "no task owns a CID");
		return ANSWER_NO;
	}
	if (view->orphans.count > 0 && view->task_words_missing && !view->cpu_words_missing) {
		append_orphans(view, why);
		g_string_append(why, "; the word of a task is missing");
		return ANSWER_LIKELY;
	}
	g_string_append(why, "words of tasks are missing");
	return ANSWER_UNKNOWN;
}

enum answer sign_in_transit(const struct view *view, GString *why)
{
	for (guint i = 0; i < view->dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(view->dump, i);

		if (!word_is_in_transit(task->word))
			continue;
		g_string_append_printf(why, "task %" PRIu64 " has CID %" PRIu64 " in transit",
			task->pid, word_number(task->word));
		return ANSWER_YES;
	}
	return say(why, view->tasks_complete ? ANSWER_NO : ANSWER_UNKNOWN, "",
		"no task has a CID in transit", "words of tasks are missing");
}

enum answer sign_groups(const struct view *view, GString *why)
{
	const struct dump_task *owner = find_task_owned(view);
	uint64_t first = owner ? owner->group.number : 0;
	bool all = view->dump->tasks->len > 0, has_own = !owner || dump_has(owner->group);

	for (guint i = 0; i < view->dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(view->dump, i);

		all &= dump_has(task->group);
		if (!dump_has(task->group))
			continue;
		if (first && has_own && task->group.number != first) {
			g_string_append_printf(why,
				"there are tasks of the thread groups %" PRIu64 " and %" PRIu64,
				first, task->group.number);
			return ANSWER_YES;
		}
		first = task->group.number;
	}
	return say(why,
		all                ? ANSWER_NO
		: first && has_own ? ANSWER_UNLIKELY
				   : ANSWER_UNKNOWN,
		"", "all tasks are of one thread group", "the thread groups are missing");
}

enum answer sign_forks(const struct view *view, GString *why)
{
	bool all = view->dump->tasks->len > 0;

	for (guint i = 0; i < view->dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(view->dump, i);

		all &= dump_has(task->doing);
		if (!view_does(task, DOING_FORK))
			continue;
		g_string_append_printf(why, "task %" PRIu64 " is in a fork", task->pid);
		return ANSWER_YES;
	}
	return say(why, all ? ANSWER_NO : ANSWER_UNKNOWN, "", "no task is in a fork",
		"what the tasks do is missing");
}

static bool nobody_forks(const struct view *view)
{
	g_autoptr(GString) text = g_string_new(NULL);

	return sign_forks(view, text) == ANSWER_NO;
}

enum answer sign_owner_new(const struct view *view, GString *why)
{
	const struct dump_task *task = find_task_owned(view);

	if (task && dump_has(task->is_new)) {
		g_string_append_printf(why, "task %" PRIu64 " is %s by walks", task->pid,
			task->is_new.number ? "not yet seen" : "seen");
		return task->is_new.number ? ANSWER_YES : ANSWER_NO;
	}
	if (!task && view->orphans.count > 0 && view->task_words_missing &&
		sign_forks(view, why) == ANSWER_YES) {
		g_string_append(why, ", its child is not among the tasks; ");
		append_orphans(view, why);
		return ANSWER_LIKELY;
	}
	if (task && nobody_forks(view)) {
		g_string_assign(why, "no task is in a fork whose child it could be");
		return ANSWER_UNLIKELY;
	}
	g_string_assign(why, "whether walks see who owns a CID is missing");
	return ANSWER_UNKNOWN;
}

/* Words that should not be */

enum answer sign_unset_transit(const struct view *view, GString *why)
{
	const struct dump *dump = view->dump;
	const uint64_t both = CID_KERNEL_UNSET | CID_KERNEL_TRANSIT;
	bool complete = view->cpus_complete && view->tasks_complete;

	if (dump_has(dump->bit) && dump->bit.number & CID_KERNEL_UNSET) {
		g_string_append_printf(why,
			"bit 0x%08" PRIx64 " was cleared: UNSET taken as a number",
			dump->bit.number);
		return ANSWER_YES;
	}
	for (guint i = 0; i < dump->cpus->len; i++) {
		const struct dump_cpu *cpu = dump_cpu(dump, i);

		if (!dump_has(cpu->word) || (cpu->word.number & both) != both)
			continue;
		g_string_append_printf(why, "the word of CPU %u is UNSET and in transit", cpu->id);
		return ANSWER_YES;
	}
	for (guint i = 0; i < dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(dump, i);

		if (!dump_has(task->word) || (task->word.number & both) != both)
			continue;
		g_string_append_printf(
			why, "the word of task %" PRIu64 " is UNSET and in transit", task->pid);
		return ANSWER_YES;
	}
	return say(why, complete || dump_has(dump->bit) ? ANSWER_NO : ANSWER_UNKNOWN, "",
		"no word is UNSET and in transit", "words are missing");
}

enum answer sign_inactive(const struct view *view, GString *why)
{
	bool complete = view->tasks_complete && !view->leaving;

	for (guint i = 0; i < view->dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(view->dump, i);
		enum answer active = view_is_active(view, task);

		complete &= dump_has(task->active);
		if (active > ANSWER_UNLIKELY || !dump_has(task->word) || word_is_unset(task->word))
			continue;
		g_string_append_printf(why,
			"task %" PRIu64 " %s no user any more and holds CID %" PRIu64, task->pid,
			active == ANSWER_NO ? "is" : "may be", word_number(task->word));
		return active == ANSWER_NO ? ANSWER_YES : ANSWER_LIKELY;
	}
	return say(why, complete ? ANSWER_NO : ANSWER_UNKNOWN, "",
		"no task that is no user holds a CID",
		"who is a user, or words of tasks, are missing");
}

/* Of an exit that has flipped the mode, and whose task still runs on its CPU. */
enum answer sign_exit_dropped(const struct view *view, GString *why)
{
	const struct dump_value bit = view->dump->bit;
	const struct dump_cpu *cpu = view->owner ? view_cpu_of(view, view->owner) : NULL;

	if (dump_has(bit)) {
		bool is_transit = (bit.number & DUMP_FLAGS) == CID_KERNEL_TRANSIT;

		g_string_append_printf(why, "bit 0x%08" PRIx64 " was cleared: %s", bit.number,
			is_transit ? "a number with TRANSIT" : "that is no number with TRANSIT");
		return is_transit ? ANSWER_YES : ANSWER_NO;
	}
	if (view->per_cpu == ANSWER_YES) {
		g_string_append(why, "the mode is per CPU: no exit has flipped it");
		return ANSWER_NO;
	}
	if (!cpu || !dump_has(cpu->word)) {
		g_string_append(why,
			"the word of the CPU on which an exit has flipped the mode is missing");
		return ANSWER_UNKNOWN;
	}
	if (!word_is_in_transit(cpu->word) ||
		(dump_has(view->owner->word) && !word_is_unset(view->owner->word))) {
		g_string_append(why, "no exit has dropped a word in transit of its CPU");
		return ANSWER_NO;
	}
	g_string_append_printf(why,
		"the exit of task %" PRIu64 " on CPU %u found 0x%08" PRIx64
		" there; dropped as if the CPU "
		"owned it, that clears a bit outside of the pool",
		view->owner->pid, cpu->id, cpu->word.number);
	return ANSWER_LIKELY;
}

enum answer sign_unset_runs(const struct view *view, GString *why)
{
	for (guint i = 0; i < view->dump->cpus->len; i++) {
		const struct dump_cpu *cpu = dump_cpu(view->dump, i);
		const struct dump_task *task = view_runner(view, cpu);

		if (!task || !word_is_cpu_owned(cpu->word) || !word_is_unset(task->word) ||
			view_is_active(view, task) < ANSWER_LIKELY)
			continue;
		g_string_append_printf(why,
			"CPU %u owns a CID and runs task %" PRIu64 " with UNSET", cpu->id,
			task->pid);
		return ANSWER_YES;
	}
	g_string_append(why, "no user runs with UNSET on a CPU that owns a CID");
	return ANSWER_UNKNOWN;
}

/* The users below which an mm of this width leaves per-CPU mode: docs/protocol.md, section 3. */
enum answer sign_too_few(const struct view *view, GString *why)
{
	const struct dump *dump = view->dump;
	uint64_t allowed = dump->allowed.number, threshold;
	uint64_t possible = MAX(dump->possible.number, MAX(allowed, dump->cpus->len));

	if (!dump_has(dump->users) || !dump_has(dump->allowed)) {
		g_string_append(why, "users or nr_cpus_allowed are missing");
		return ANSWER_UNKNOWN;
	}
	threshold = MAX(MIN(allowed - allowed / 4, possible / 2), 1);
	g_string_append_printf(why,
		"users is %" PRIu64 "; with %" PRIu64
		" CPUs allowed an mm goes back to per task below %" PRIu64,
		dump->users.number, allowed, threshold);
	if (dump->users.number < threshold)
		return ANSWER_YES;
	return dump_has(dump->possible) ? ANSWER_NO : ANSWER_UNKNOWN;
}
