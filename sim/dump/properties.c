/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <inttypes.h>

#include "sim/base/text.h"
#include "sim/dump/explain.h"
#include "sim/dump/signs.h"

/*
 * The properties of docs/protocol.md, section 8, on a dump. BROKEN only if what is there shows it,
 * HOLDS only if nothing that is missing could break it.
 */

const char *verdict_to_string(enum verdict verdict)
{
	static const char *const names[] = { "holds", "broken", "open" };

	return names[verdict];
}

/* Is @task of the mm, in user space or on its way there, with what its word says? */
static enum answer shows_word(const struct view *view, const struct dump_task *task)
{
	const struct dump_cpu *cpu = view_cpu_of(view, task);
	enum answer spins = cpu ? view_spins(view, cpu) : ANSWER_UNKNOWN;

	if (!dump_has(task->word) || view_runs(view, task) == ANSWER_NO ||
		view_is_active(view, task) == ANSWER_NO || spins == ANSWER_YES)
		return ANSWER_NO;
	return view_runs(view, task) == ANSWER_YES && spins == ANSWER_NO &&
	                       view_is_active(view, task) == ANSWER_YES
	               ? ANSWER_YES
	               : ANSWER_UNKNOWN;
}

/* I1: no two running users have the same number. */
static enum verdict check_i1(const struct view *view, GString *why)
{
	const struct dump *dump = view->dump;
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
	bool open = !view->tasks_complete || !view->runners_complete;

	for (guint i = 0; i < dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(dump, i);
		enum answer shows = shows_word(view, task);
		gpointer number = GSIZE_TO_POINTER(word_number(task->word) + 1);
		const struct dump_task *other;

		if (shows == ANSWER_NO || word_is_unset(task->word))
			continue;
		other = g_hash_table_lookup(seen, number);
		if (shows == ANSWER_YES && other) {
			g_string_append_printf(why,
				"tasks %" PRIu64 " and %" PRIu64 " run, and both have CID %" PRIu64,
				other->pid, task->pid, word_number(task->word));
			return VERDICT_BROKEN;
		}
		open |= shows != ANSWER_YES;
		if (shows == ANSWER_YES)
			g_hash_table_insert(seen, number, (gpointer)task);
	}
	g_string_append(why, open ? "words, or who runs, are missing"
				  : "each task that runs has a CID of its own");
	return open ? VERDICT_OPEN : VERDICT_HOLDS;
}

/* Words of the dump: those of the CPUs, then those of the tasks. */

static guint count_words(const struct dump *dump)
{
	return dump->cpus->len + dump->tasks->len;
}

/* Word @index; *@task: whose it is, NULL: of a CPU. */
static struct dump_value word_at(
	const struct dump *dump, guint index, const struct dump_task **task)
{
	*task = NULL;
	if (index < dump->cpus->len)
		return dump_cpu(dump, index)->word;
	*task = dump_task(dump, index - dump->cpus->len);
	return (*task)->word;
}

/* Is the number of @word outside of the pool? */
static bool is_outside(const struct dump *dump, struct dump_value word)
{
	uint64_t possible = dump_has(dump->possible) ? dump->possible.number : MODEL_CPUS_MAX;

	return dump_has(word) && !word_is_unset(word) && word_number(word) >= possible;
}

/* I2: no number and no bit operation is outside of the pool. */
static enum verdict check_i2(const struct view *view, GString *why)
{
	const struct dump *dump = view->dump;
	const struct dump_task *task;

	if (dump_has(dump->bit)) {
		g_string_append_printf(why, "bit 0x%08" PRIx64 " was cleared", dump->bit.number);
		return VERDICT_BROKEN;
	}
	for (guint i = 0; i < count_words(dump); i++) {
		if (!is_outside(dump, word_at(dump, i, &task)))
			continue;
		g_string_append_printf(why, "the number of %s %" PRIu64 " is not below possible",
			task ? "task" : "CPU", task ? task->pid : dump_cpu(dump, i)->id);
		return VERDICT_BROKEN;
	}
	if (sign_unset_transit(view, why) == ANSWER_YES) {
		g_string_append(why, ": what drops it clears bit 0x80000000");
		return VERDICT_OPEN;
	}
	if (view->cpus_complete && view->tasks_complete) {
		g_string_assign(why, "each number is below possible (a bit that was cleared before "
				     "is not in a dump)");
		return VERDICT_HOLDS;
	}
	g_string_assign(why, "words, or possible, are missing");
	return VERDICT_OPEN;
}

/* I3: each spin ends. In a sound window a spin can be seen, and ends. */
static enum verdict check_i3(const struct view *view, GString *why)
{
	enum answer spins = sign_spin(view, why);
	g_autoptr(GString) ignored = g_string_new(NULL);

	if (spins == ANSWER_NO)
		return VERDICT_HOLDS;
	if (spins != ANSWER_YES)
		return VERDICT_OPEN;
	if (view->window == ANSWER_NO) {
		g_string_append(why, ", and no walk is under way that could free a CID");
		return VERDICT_BROKEN;
	}
	if (view->window == ANSWER_YES && view->transit == ANSWER_NO) {
		g_string_append(why, " in a window without TRANSIT: no CID comes back to the pool");
		return VERDICT_BROKEN;
	}
	if (view->window == ANSWER_YES && view->per_cpu == ANSWER_YES &&
		sign_cpu_owned(view, ignored) == ANSWER_YES) {
		g_string_append(why, ", and a CPU keeps a CID that should be in transit");
		return VERDICT_BROKEN;
	}
	if (view->window == ANSWER_YES && view->per_cpu == ANSWER_YES && view->spinner &&
		view->spinner->runs.number == view->holder) {
		g_string_append(why, ": the task whose walk would free a CID");
		return VERDICT_BROKEN;
	}
	g_string_append(why, "; in a window a spin can end, which a dump does not show");
	return VERDICT_OPEN;
}

/* Does @word, of @task or of a CPU, own its number, or hold it for now? */
static bool owns(struct dump_value word, const struct dump_task *task)
{
	return task ? word_is_task_owned(word) : word_is_cpu_owned(word);
}

static bool holds(const struct view *view, struct dump_value word, const struct dump_task *task)
{
	return owns(word, task) ||
	       (task && word_is_in_transit(word) && view_runs(view, task) == ANSWER_YES);
}

/* The first number that two words hold at once; CPU_IDS_MAX: none. */
static uint32_t find_double(const struct view *view)
{
	const struct dump_task *task;
	struct cpu_ids held = { 0 };

	for (guint i = 0; i < count_words(view->dump); i++) {
		struct dump_value word = word_at(view->dump, i, &task);
		uint32_t number = (uint32_t)word_number(word);

		if (!holds(view, word, task) || number >= CPU_IDS_MAX)
			continue;
		if (cpu_ids_has(&held, number))
			return number;
		cpu_ids_add(&held, number);
	}
	return CPU_IDS_MAX;
}

/* A number that a word owns, and that is free in the pool; CPU_IDS_MAX: none. */
static uint32_t find_free(const struct view *view)
{
	const struct dump *dump = view->dump;
	const struct dump_task *task;

	for (guint i = 0; dump_has(dump->pool) && i < count_words(dump); i++) {
		struct dump_value word = word_at(dump, i, &task);
		uint32_t number = (uint32_t)word_number(word);

		if (owns(word, task) && number < CPU_IDS_MAX && !cpu_ids_has(&dump->taken, number))
			return number;
	}
	return CPU_IDS_MAX;
}

/* I4: what is taken is held, once. */
static enum verdict check_i4(const struct view *view, GString *why)
{
	uint32_t twice = find_double(view), free = find_free(view);

	if (twice < CPU_IDS_MAX) {
		g_string_append_printf(why, "CID %u is held twice", twice);
		return VERDICT_BROKEN;
	}
	if (free < CPU_IDS_MAX) {
		g_string_append_printf(why, "CID %u is held, but free in the pool", free);
		return VERDICT_BROKEN;
	}
	if (!dump_has(view->dump->pool) || !view->cpus_complete || !view->tasks_complete) {
		g_string_append(why, "the pool, or words, are missing");
		return VERDICT_OPEN;
	}
	if (view->orphans.count > 0) {
		g_autofree char *list = cpu_ids_to_string(&view->orphans);

		g_string_append_printf(
			why, "CID %s: taken in the pool, and no word holds it", list);
		return VERDICT_BROKEN;
	}
	g_string_append(why, "each CID that is taken is held once");
	return VERDICT_HOLDS;
}

/* I5: outside of windows only those own CIDs whose turn it is by the mode. */
static enum verdict check_i5(const struct view *view, GString *why)
{
	sign *owned = view->per_cpu == ANSWER_YES ? sign_task_owned : sign_cpu_owned;
	enum answer answer;

	if (view->window == ANSWER_YES) {
		g_string_append(why, "a change of the mode is under way: both may own CIDs");
		return VERDICT_HOLDS;
	}
	if (view->per_cpu == ANSWER_UNKNOWN) {
		g_string_append(why, "the mode is missing");
		return VERDICT_OPEN;
	}
	answer = owned(view, why);
	g_string_append(why,
		view->per_cpu == ANSWER_YES ? "; the mode is per CPU" : "; the mode is per task");
	if (answer == ANSWER_NO)
		return VERDICT_HOLDS;
	if (answer != ANSWER_YES || view->window != ANSWER_NO) {
		g_string_append(
			why, view->window == ANSWER_NO
				     ? ""
				     : "; whether a change of the mode is under way is missing");
		return VERDICT_OPEN;
	}
	return VERDICT_BROKEN;
}

/* I6: who is no user holds nothing. */
static enum verdict check_i6(const struct view *view, GString *why)
{
	enum answer answer = sign_inactive(view, why);

	return answer == ANSWER_YES  ? VERDICT_BROKEN
	       : answer == ANSWER_NO ? VERDICT_HOLDS
	                             : VERDICT_OPEN;
}

static enum verdict check_i7(const struct view *view, GString *why)
{
	(void)view;
	g_string_append(why, "it is about what came before; a dump does not show that");
	return VERDICT_OPEN;
}

/* I8: user space sees a number of its own. */
static enum verdict check_i8(const struct view *view, GString *why)
{
	const struct dump *dump = view->dump;
	bool open = !view->tasks_complete || !view->runners_complete;

	for (guint i = 0; i < dump->tasks->len; i++) {
		const struct dump_task *task = dump_task(dump, i);
		enum answer shows = shows_word(view, task);

		open |= shows == ANSWER_UNKNOWN;
		if (shows != ANSWER_YES || !word_is_unset(task->word))
			continue;
		if (!dump_has(task->doing) || task->doing.number) {
			open = true; /* in a fork or an exec it may get one before user space sees
			                it */
			continue;
		}
		g_string_append_printf(why,
			"task %" PRIu64 " runs with UNSET, which user space sees "
			"as 2147483648",
			task->pid);
		return VERDICT_BROKEN;
	}
	if (check_i1(view, why) == VERDICT_BROKEN)
		return VERDICT_BROKEN;
	if (open) {
		g_string_assign(why, "words, or who runs what, are missing");
		return VERDICT_OPEN;
	}
	return VERDICT_HOLDS;
}

void explain_properties(
	const struct view *view, struct explain_property properties[EXPLAIN_PROPERTIES])
{
	static enum verdict (*const checks[])(const struct view *, GString *) = { check_i1,
		check_i2, check_i3, check_i4, check_i5, check_i6, check_i7, check_i8 };

	for (int i = 0; i < EXPLAIN_PROPERTIES; i++) {
		GString *why = g_string_new(NULL);

		properties[i].bit = 2u << i;
		properties[i].verdict = checks[i](view, why);
		properties[i].why = g_string_free(why, FALSE);
	}
}
