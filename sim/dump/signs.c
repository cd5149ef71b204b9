/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/dump/signs.h"

#include <inttypes.h>
#include <stdarg.h>

static enum answer tell(GString *why, enum answer answer, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* Append a sentence; returns @answer. */
static enum answer tell(GString *why, enum answer answer, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	g_string_append_vprintf(why, format, arguments);
	va_end(arguments);
	return answer;
}

/* One of the three sentences, by @answer. */
static enum answer say(
	GString *why, enum answer answer, const char *yes, const char *no, const char *missing)
{
	return tell(why, answer, "%s",
		answer > ANSWER_UNKNOWN   ? yes
		: answer < ANSWER_UNKNOWN ? no
					  : missing);
}

/* Nothing was found: is that all that there can be? */
static enum answer say_none(GString *why, bool complete, const char *no, const char *missing)
{
	return say(why, complete ? ANSWER_NO : ANSWER_UNKNOWN, "", no, missing);
}

/* The first task, or CPU, whose word is @such; NULL: none. */

static const struct dump_task *find_task(const struct view *view, bool (*such)(struct dump_value))
{
	for (guint i = 0; i < view->dump->tasks->len; i++) {
		if (such(dump_task(view->dump, i)->word))
			return dump_task(view->dump, i);
	}
	return NULL;
}

static const struct dump_cpu *find_cpu(const struct view *view, bool (*such)(struct dump_value))
{
	for (guint i = 0; i < view->dump->cpus->len; i++) {
		if (such(dump_cpu(view->dump, i)->word))
			return dump_cpu(view->dump, i);
	}
	return NULL;
}

/* Is the value at @offset of each task there? */
static bool all_tasks_have(const struct view *view, size_t offset)
{
	for (guint i = 0; i < view->dump->tasks->len; i++) {
		const char *task = (const char *)dump_task(view->dump, i);

		if (!dump_has(*(const struct dump_value *)(task + offset)))
			return false;
	}
	return true;
}

/* The mode, the mutex, the window */

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

enum answer sign_window(const struct view *view, GString *why)
{
	if (view->window == ANSWER_NO && view->mutex != ANSWER_NO)
		return tell(why, ANSWER_NO,
			"no change of the mode is under way: its fork would have more users than "
			"max_cids");
	return say(why, view->window, "a change of the mode is under way",
		"no change of the mode is under way",
		"whether a change of the mode is under way is missing: the mutex, and what its "
		"holder does");
}

/* A fork flips the mode, and TRANSIT was in it before. */
enum answer sign_bare_window(const struct view *view, GString *why)
{
	bool may = view->per_cpu != ANSWER_NO && view->transit != ANSWER_YES;
	bool sure = view->per_cpu == ANSWER_YES && view->transit == ANSWER_NO;

	if (!may || view->window == ANSWER_NO) {
		sign_window(view, why);
		g_string_append(why, "; ");
		sign_transit(view, why);
		return ANSWER_NO;
	}
	if (view->window == ANSWER_YES)
		return tell(why, sure ? ANSWER_YES : ANSWER_LIKELY,
			"a change to per CPU is under way, and the mode has no TRANSIT");
	return tell(why, view->window, "%s",
		view->window == ANSWER_LIKELY
			? "the mutex is held; whether its holder walks is missing"
			: "whether a change of the mode is under way is missing");
}

enum answer sign_deferred(const struct view *view, GString *why)
{
	struct dump_value deferred = view->dump->update_deferred;

	if (dump_has(deferred) && deferred.number)
		return tell(why, ANSWER_YES, "deferred work is queued");
	return say_none(why, dump_has(deferred), "no deferred work is queued",
		"update_deferred is missing");
}

/* Spins */

enum answer sign_spin(const struct view *view, GString *why)
{
	if (view->spinner)
		return tell(why, view->spins, "CPU %u %s in get", view->spinner->id,
			view->spins == ANSWER_YES ? "spins" : "may spin");
	return say(why, view->spins, "a task spins in get", "no CPU spins in get",
		"whether a CPU spins in get is missing: what runs, the rq locks");
}

/* The task that spins in a switch, if the dump has it. */
static const struct dump_task *spinning_task(const struct view *view)
{
	return view->spinner ? view_runner(view, view->spinner) : NULL;
}

static enum answer tell_holder(
	const struct view *view, GString *why, enum answer answer, const char *does)
{
	return tell(
		why, answer, "task %" PRIu64 ", which holds the mutex, %s", view->owner->pid, does);
}

enum answer sign_exec_window(const struct view *view, GString *why)
{
	const struct dump_task *task = spinning_task(view);

	if (view->spins == ANSWER_NO)
		return tell(why, ANSWER_NO, "no CPU spins in get");
	if (task && task->pid == view->holder &&
		(!dump_has(task->word) || word_is_unset(task->word)))
		return tell(why, view->spins,
			"task %" PRIu64 ", which holds the mutex, itself %s in get", task->pid,
			view->spins == ANSWER_YES ? "spins" : "may spin");
	if (view_does(view->owner, DOING_EXEC))
		return tell_holder(view, why, view->spins, "is in an exec");
	if (view_does(task, DOING_EXEC))
		return tell(why, view->holder ? ANSWER_NO : ANSWER_LIKELY,
			"task %" PRIu64 ", which spins, is in an exec", task->pid);
	if (view_does(view->owner, DOING_FORK))
		return tell_holder(view, why, ANSWER_NO, "is in a fork");
	return tell(why, ANSWER_UNKNOWN, "who holds the mutex, and what it does, are missing");
}

enum answer sign_stale_spin(const struct view *view, GString *why)
{
	const struct dump_task *task = spinning_task(view);

	if (!task || !dump_has(task->word) || view->spins < ANSWER_LIKELY)
		return tell(why, view->spins == ANSWER_NO ? ANSWER_NO : ANSWER_UNKNOWN,
			"the word of who spins is missing");
	if (!word_is_cpu_owned(task->word))
		return tell(why, ANSWER_NO,
			"task %" PRIu64 ", which spins, has not given a CID to a CPU", task->pid);
	return tell(why, ANSWER_YES,
		"task %" PRIu64 ", which spins on CPU %u, has left CID %" PRIu64
		" with another CPU",
		task->pid, view->spinner->id, word_number(task->word));
}

/* Owners */

/* LIKELY: who holds them is not in the dump. */
static enum answer tell_orphans(const struct view *view, GString *why)
{
	g_autofree char *list = cpu_ids_to_string(&view->orphans);

	return tell(
		why, ANSWER_LIKELY, "%s taken in the pool, and no word of the dump holds it", list);
}

/* Nothing was found in words. The pool may say that there is an owner all the same: a CID is taken,
 * and only a word of the kind that is asked for is @missing. */
static enum answer say_no_owner(const struct view *view, GString *why, bool complete,
	unsigned missing, unsigned missing_of_others, const char *what)
{
	if (complete || (dump_has(view->dump->pool) && view->orphans.count == 0))
		return tell(why, ANSWER_NO, "no %s owns a CID", what);
	if (view->orphans.count > 0 && missing && !missing_of_others) {
		tell_orphans(view, why);
		return tell(why, ANSWER_LIKELY, "; the word of a %s is missing", what);
	}
	return tell(why, ANSWER_UNKNOWN, "words of %ss are missing", what);
}

enum answer sign_cpu_owned(const struct view *view, GString *why)
{
	const struct dump_cpu *cpu = find_cpu(view, word_is_cpu_owned);

	if (cpu)
		return tell(why, ANSWER_YES, "CPU %u owns CID %" PRIu64, cpu->id,
			word_number(cpu->word));
	return say_no_owner(view, why, view->cpus_complete, view->cpu_words_missing,
		view->task_words_missing, "CPU");
}

/* A user that owns a CID; NULL: the dump shows none. */
static const struct dump_task *find_owner(const struct view *view)
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
	const struct dump_task *task = find_owner(view);

	if (task)
		return tell(why,
			view_is_active(view, task) == ANSWER_YES ? ANSWER_YES : ANSWER_LIKELY,
			"task %" PRIu64 " owns CID %" PRIu64, task->pid, word_number(task->word));
	return say_no_owner(view, why, view->tasks_complete, view->task_words_missing,
		view->cpu_words_missing, "task");
}

enum answer sign_in_transit(const struct view *view, GString *why)
{
	const struct dump_task *task = find_task(view, word_is_in_transit);

	if (task)
		return tell(why, ANSWER_YES, "task %" PRIu64 " has CID %" PRIu64 " in transit",
			task->pid, word_number(task->word));
	return say_none(why, view->tasks_complete, "no task has a CID in transit",
		"words of tasks are missing");
}

/* Groups and forks */

/* The first task of another group than @group; of 0: of any. NULL: none. */
static const struct dump_task *find_group(const struct view *view, uint64_t group)
{
	for (guint i = 0; i < view->dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(view->dump, i);

		if (dump_has(task->group) && task->group.number != group)
			return task;
	}
	return NULL;
}

/* Are some in another group than who owns a CID? If nobody is seen to own one: than any other. */
enum answer sign_groups(const struct view *view, GString *why)
{
	const struct dump_task *owner = find_owner(view);
	const struct dump_task *first = owner ? owner : find_group(view, 0);
	bool known = first && dump_has(first->group);
	const struct dump_task *other = known ? find_group(view, first->group.number) : NULL;

	if (other)
		return tell(why, ANSWER_YES,
			"there are tasks of the thread groups %" PRIu64 " and %" PRIu64,
			first->group.number, other->group.number);
	return say(why,
		known && all_tasks_have(view, offsetof(struct dump_task, group)) ? ANSWER_NO
		: known                                                          ? ANSWER_UNLIKELY
										 : ANSWER_UNKNOWN,
		"", "all tasks are of one thread group", "the thread groups are missing");
}

static const struct dump_task *find_fork(const struct view *view)
{
	for (guint i = 0; i < view->dump->tasks->len; i++) {
		if (view_does(dump_task(view->dump, i), DOING_FORK))
			return dump_task(view->dump, i);
	}
	return NULL;
}

/* Is it known of each task what it does? */
static bool knows_doing(const struct view *view)
{
	return view->dump->tasks->len > 0 &&
	       all_tasks_have(view, offsetof(struct dump_task, doing));
}

enum answer sign_forks(const struct view *view, GString *why)
{
	const struct dump_task *task = find_fork(view);

	if (task)
		return tell(why, ANSWER_YES, "task %" PRIu64 " is in a fork", task->pid);
	return say_none(
		why, knows_doing(view), "no task is in a fork", "what the tasks do is missing");
}

enum answer sign_owner_new(const struct view *view, GString *why)
{
	const struct dump_task *task = find_owner(view), *parent = find_fork(view);

	if (task && dump_has(task->is_new))
		return tell(why, task->is_new.number ? ANSWER_YES : ANSWER_NO,
			"task %" PRIu64 " is %s by walks", task->pid,
			task->is_new.number ? "not yet seen" : "seen");
	if (!task && parent && view->orphans.count > 0 && view->task_words_missing) {
		tell(why, ANSWER_LIKELY,
			"task %" PRIu64 " is in a fork, its child is not among the tasks; ",
			parent->pid);
		return tell_orphans(view, why);
	}
	if (task && !parent && knows_doing(view))
		return tell(why, ANSWER_UNLIKELY, "no task is in a fork whose child it could be");
	return tell(why, ANSWER_UNKNOWN, "whether walks see who owns a CID is missing");
}

/* Words that should not be */

static bool is_unset_in_transit(struct dump_value word)
{
	const uint64_t both = CID_KERNEL_UNSET | CID_KERNEL_TRANSIT;

	return dump_has(word) && (word.number & both) == both;
}

enum answer sign_unset_transit(const struct view *view, GString *why)
{
	const struct dump_value bit = view->dump->bit;
	const struct dump_cpu *cpu = find_cpu(view, is_unset_in_transit);
	const struct dump_task *task = find_task(view, is_unset_in_transit);

	if (dump_has(bit) && bit.number & CID_KERNEL_UNSET)
		return tell(why, ANSWER_YES,
			"bit 0x%08" PRIx64 " was cleared: UNSET taken as a number", bit.number);
	if (cpu)
		return tell(why, ANSWER_YES, "the word of CPU %u is UNSET and in transit", cpu->id);
	if (task)
		return tell(why, ANSWER_YES, "the word of task %" PRIu64 " is UNSET and in transit",
			task->pid);
	return say_none(why, (view->cpus_complete && view->tasks_complete) || dump_has(bit),
		"no word is UNSET and in transit", "words are missing");
}

/* A task that is no user, or may be none, and holds a CID; NULL: none. */
static const struct dump_task *find_inactive(const struct view *view)
{
	for (guint i = 0; i < view->dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(view->dump, i);

		if (view_is_active(view, task) <= ANSWER_UNLIKELY && dump_has(task->word) &&
			!word_is_unset(task->word))
			return task;
	}
	return NULL;
}

enum answer sign_inactive(const struct view *view, GString *why)
{
	const struct dump_task *task = find_inactive(view);
	bool sure = task && view_is_active(view, task) == ANSWER_NO;
	bool complete = view->tasks_complete && !view->leaving &&
	                all_tasks_have(view, offsetof(struct dump_task, active));

	if (task)
		return tell(why, sure ? ANSWER_YES : ANSWER_LIKELY,
			"task %" PRIu64 " %s no user any more and holds CID %" PRIu64, task->pid,
			sure ? "is" : "may be", word_number(task->word));
	return say_none(why, complete, "no task that is no user holds a CID",
		"who is a user, or words of tasks, are missing");
}

/* Of an exit that has flipped the mode, and whose task still runs on its CPU. */
enum answer sign_exit_dropped(const struct view *view, GString *why)
{
	const struct dump_value bit = view->dump->bit;
	const struct dump_cpu *cpu = view->owner ? view_cpu_of(view, view->owner) : NULL;
	bool is_transit = (bit.number & DUMP_FLAGS) == CID_KERNEL_TRANSIT;

	if (dump_has(bit))
		return tell(why, is_transit ? ANSWER_YES : ANSWER_NO,
			"bit 0x%08" PRIx64 " was cleared: %s", bit.number,
			is_transit ? "a number with TRANSIT" : "that is no number with TRANSIT");
	if (view->per_cpu == ANSWER_YES)
		return tell(why, ANSWER_NO, "the mode is per CPU: no exit has flipped it");
	if (!cpu || !dump_has(cpu->word))
		return tell(why, ANSWER_UNKNOWN,
			"the word of the CPU on which an exit has flipped the mode is missing");
	if (!word_is_in_transit(cpu->word) ||
		(dump_has(view->owner->word) && !word_is_unset(view->owner->word)))
		return tell(why, ANSWER_NO, "no exit has dropped a word in transit of its CPU");
	return tell(why, ANSWER_LIKELY,
		"the exit of task %" PRIu64 " on CPU %u found 0x%08" PRIx64
		" there; dropped as if the CPU owned it, that clears a bit outside of the pool",
		view->owner->pid, cpu->id, cpu->word.number);
}

enum answer sign_unset_runs(const struct view *view, GString *why)
{
	for (guint i = 0; i < view->dump->cpus->len; i++) {
		const struct dump_cpu *cpu = dump_cpu(view->dump, i);
		const struct dump_task *task = view_runner(view, cpu);

		if (task && word_is_cpu_owned(cpu->word) && word_is_unset(task->word) &&
			view_is_active(view, task) >= ANSWER_LIKELY)
			return tell(why, ANSWER_YES,
				"CPU %u owns a CID and runs task %" PRIu64 " with UNSET", cpu->id,
				task->pid);
	}
	return tell(why, ANSWER_UNKNOWN, "no user runs with UNSET on a CPU that owns a CID");
}

/* The users below which an mm of this width leaves per-CPU mode: docs/protocol.md, section 3. */
enum answer sign_too_few(const struct view *view, GString *why)
{
	const struct dump *dump = view->dump;
	uint64_t allowed = dump->allowed.number, threshold;
	uint64_t possible = MAX(dump->possible.number, MAX(allowed, dump->cpus->len));

	if (!dump_has(dump->users) || !dump_has(dump->allowed))
		return tell(why, ANSWER_UNKNOWN, "users or nr_cpus_allowed are missing");
	threshold = MAX(MIN(allowed - allowed / 4, possible / 2), 1);
	g_string_append_printf(why,
		"users is %" PRIu64 "; with %" PRIu64
		" CPUs allowed an mm goes back to per task below %" PRIu64,
		dump->users.number, allowed, threshold);
	if (dump->users.number < threshold)
		return ANSWER_YES;
	return dump_has(dump->possible) ? ANSWER_NO : ANSWER_UNKNOWN;
}
