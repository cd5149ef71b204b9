/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdlib.h>
#include <string.h>

#include "sim/dump/explain.h"
#include "sim/dump/signs.h"
#include "sim/release/release.h"

enum { SIGNS_MAX = 8 };

/*
 * What each defect needs, and what else speaks for it. docs/explain.md has this table in words. A
 * sign that is needed and answers otherwise rules the defect out. Points are for the order only:
 * more for what few defects have; none for what most sound states have, too; few for B3, which does
 * no harm and so explains no stall.
 */
struct need {
	sign *sign;
	bool wanted; /* the answer: yes, or no */
	bool needed;
	int points;
};

#define NEEDS(sign, points)                                                                        \
	{                                                                                          \
		sign, true, true, points                                                           \
	}
#define NEEDS_NOT(sign, points)                                                                    \
	{                                                                                          \
		sign, false, true, points                                                          \
	}
#define HELPS(sign, points)                                                                        \
	{                                                                                          \
		sign, true, false, points                                                          \
	}
#define HELPS_NOT(sign, points)                                                                    \
	{                                                                                          \
		sign, false, false, points                                                         \
	}

static const struct {
	const char *title;
	struct need needs[SIGNS_MAX];
} table[EXPLAIN_DEFECTS] = {
	{ "live lock on the way to per-CPU mode",
		{ NEEDS(sign_per_cpu, 1), NEEDS_NOT(sign_transit, 1), NEEDS(sign_window, 3),
			NEEDS(sign_spin, 4), HELPS(sign_cpu_owned, 1), HELPS(sign_task_owned, 1),
			HELPS_NOT(sign_in_transit, 2) } },
	{ "live lock by stores seen out of order",
		{ NEEDS(sign_per_cpu, 1), NEEDS(sign_transit, 1), NEEDS(sign_window, 1),
			NEEDS(sign_spin, 3), NEEDS(sign_cpu_owned, 4),
			HELPS(sign_stale_spin, 2) } },
	{ "a CID handed to an exiting task",
		{ NEEDS(sign_inactive, 3), HELPS_NOT(sign_per_cpu, 1) } },
	{ "a bit cleared out of bounds by an exit",
		{ NEEDS(sign_exit_dropped, 8), HELPS_NOT(sign_per_cpu, 1) } },
	{ "concurrent forks",
		{ NEEDS(sign_per_cpu, 1), NEEDS_NOT(sign_transit, 1), NEEDS_NOT(sign_window, 3),
			NEEDS(sign_task_owned, 4), HELPS(sign_owner_new, 4),
			HELPS_NOT(sign_groups, 3), HELPS(sign_forks, 1) } },
	{ "users in another thread group",
		{ NEEDS(sign_per_cpu, 1), NEEDS_NOT(sign_transit, 1), NEEDS_NOT(sign_window, 3),
			NEEDS(sign_task_owned, 4), NEEDS(sign_groups, 4),
			HELPS_NOT(sign_owner_new, 3) } },
	{ "a bit cleared out of bounds by a switch", { NEEDS(sign_unset_transit, 8) } },
	{ "a widened affinity never leads back",
		{ NEEDS(sign_per_cpu, 1), NEEDS_NOT(sign_transit, 1), NEEDS_NOT(sign_window, 3),
			NEEDS(sign_too_few, 4), NEEDS_NOT(sign_deferred, 0) } },
	{ "a CID stays with its CPU in per-task mode",
		{ NEEDS_NOT(sign_per_cpu, 1), NEEDS_NOT(sign_transit, 1), NEEDS_NOT(sign_window, 3),
			NEEDS(sign_cpu_owned, 5), HELPS(sign_unset_runs, 2) } },
	{ "an initiator that spins in its own window",
		{ NEEDS(sign_per_cpu, 1), NEEDS(sign_transit, 1), NEEDS(sign_window, 1),
			NEEDS(sign_exec_window, 6), HELPS_NOT(sign_cpu_owned, 4) } },
	{ "a window without TRANSIT",
		{ NEEDS(sign_bare_window, 5), HELPS(sign_forks, 1), HELPS(sign_in_transit, 2),
			HELPS_NOT(sign_spin, 1) } },
	{ "a process born in transit",
		{ NEEDS(sign_transit, 2), NEEDS_NOT(sign_window, 5), HELPS_NOT(sign_spin, 1),
			HELPS(sign_in_transit, 1) } },
};

const char *explain_title(unsigned number)
{
	g_assert(number >= 1 && number <= EXPLAIN_DEFECTS);
	return table[number - 1].title;
}

/* The kernel */

static bool is_backported(const struct view_kernel *kernel, const struct revision *revision)
{
	for (guint i = 0; kernel->backports && i < kernel->backports->len; i++) {
		if (kernel->backports->pdata[i] == revision)
			return true;
	}
	return false;
}

/* Has the kernel of @view B@number? A backport can end it, or begin it. */
static enum answer kernel_has(const struct view *view, unsigned number)
{
	const struct view_kernel *kernel = &view->kernel;
	bool oldest, newest;

	if (is_backported(kernel, release_fix(number)))
		return ANSWER_NO;
	if (!kernel->oldest)
		return ANSWER_UNKNOWN;
	oldest = release_has_defect(kernel->oldest, number);
	newest = release_has_defect(kernel->newest, number);
	if (oldest != newest || (!newest && is_backported(kernel, release_cause(number))))
		return ANSWER_UNKNOWN;
	return oldest ? ANSWER_YES : ANSWER_NO;
}

/* "6.19.1, 1e83ccd5921a" */
static char *name_of(const struct revision *revision)
{
	return *revision->commit ? g_strdup_printf("%s (%s)", revision->commit, revision->name)
	                         : g_strdup(revision->name);
}

char *explain_releases(unsigned number)
{
	const struct revision *cause = release_cause(number), *fix = release_fix(number);
	g_autofree char *fixed = fix ? name_of(fix) : NULL;
	g_autofree char *ranges = release_ranges(number);

	return g_strdup_printf("from revision %s; %s%s; releases: %s", cause->name,
		fix ? "fixed by " : "not fixed so far", fix ? fixed : "", ranges);
}

/* Judging */

static int opposite(int answer)
{
	return ANSWER_YES - answer;
}

/* Ask one sign, note the answer in @defect. */
static void ask(const struct view *view, const struct need *need, struct explain_defect *defect)
{
	g_autoptr(GString) why = g_string_new(NULL);
	int answer = (int)need->sign(view, why);

	answer = need->wanted ? answer : opposite(answer);
	defect->points += need->points * (answer - ANSWER_UNKNOWN);
	if (answer == ANSWER_NO && need->needed)
		defect->fit = FIT_NO;
	if (answer >= ANSWER_LIKELY)
		g_ptr_array_add(defect->shown, g_string_free(g_steal_pointer(&why), FALSE));
	else if (answer <= ANSWER_UNLIKELY)
		g_ptr_array_add(defect->against, g_string_free(g_steal_pointer(&why), FALSE));
	else if (need->needed)
		g_ptr_array_add(defect->missing, g_string_free(g_steal_pointer(&why), FALSE));
	if (answer != ANSWER_YES && need->needed)
		defect->fit = MIN(defect->fit, FIT_POSSIBLE);
}

/* The bit that B4 clears may be in memory of nobody. Then the words of a kernel with B4 look like
 * those of one without it. */
static bool needs_the_kernel(unsigned number, const struct view *view)
{
	return number == 4 && !dump_has(view->dump->bit);
}

/* Why the kernel of @view does not have B@number. */
static char *why_not(const struct view *view, unsigned number)
{
	const struct revision *cause = release_cause(number), *fix = release_fix(number);
	bool begins = !fix || (view->kernel.newest && view->kernel.newest < cause);
	g_autofree char *name = name_of(begins ? cause : fix);

	return g_strdup_printf("this kernel does not have it: it %s %s",
		begins ? "begins with" : "is fixed by", name);
}

static void ask_kernel(const struct view *view, struct explain_defect *defect)
{
	enum answer has = kernel_has(view, defect->number);

	if (has == ANSWER_NO) {
		defect->fit = FIT_NO;
		g_ptr_array_insert(defect->against, 0, why_not(view, defect->number));
	} else if (has == ANSWER_YES && defect->number == 4 && defect->fit == FIT_POSSIBLE &&
		   defect->against->len + defect->missing->len == 0) {
		defect->fit = FIT_YES; /* that kernel does clear the bit */
	} else if (has == ANSWER_UNKNOWN && needs_the_kernel(defect->number, view)) {
		g_ptr_array_add(defect->missing, g_strdup("the version of the kernel is missing"));
		defect->fit = MIN(defect->fit, FIT_POSSIBLE);
	}
}

static struct explain_defect judge(const struct view *view, unsigned number)
{
	struct explain_defect defect = {
		.number = number,
		.fit = FIT_YES,
		.shown = g_ptr_array_new_with_free_func(g_free),
		.against = g_ptr_array_new_with_free_func(g_free),
		.missing = g_ptr_array_new_with_free_func(g_free),
	};

	for (const struct need *need = table[number - 1].needs; need->sign; need++)
		ask(view, need, &defect);
	ask_kernel(view, &defect);
	return defect;
}

static int compare(const void *a, const void *b)
{
	const struct explain_defect *first = a, *second = b;

	if (first->fit != second->fit)
		return first->fit < second->fit ? 1 : -1;
	if (first->fit != FIT_NO && first->points != second->points)
		return first->points < second->points ? 1 : -1;
	return first->number < second->number ? -1 : 1;
}

struct explanation *explain_dump(const struct dump *dump, const struct view_kernel *kernel)
{
	struct explanation *explanation = g_new0(struct explanation, 1);

	explanation->view = view_new(dump, kernel);
	explain_properties(explanation->view, explanation->properties);
	for (unsigned number = 1; number <= EXPLAIN_DEFECTS; number++)
		explanation->defects[number - 1] = judge(explanation->view, number);
	qsort(explanation->defects, EXPLAIN_DEFECTS, sizeof(*explanation->defects), compare);
	return explanation;
}

void explanation_free(struct explanation *explanation)
{
	if (!explanation)
		return;
	for (int i = 0; i < EXPLAIN_PROPERTIES; i++)
		g_free(explanation->properties[i].why);
	for (int i = 0; i < EXPLAIN_DEFECTS; i++) {
		g_ptr_array_free(explanation->defects[i].shown, TRUE);
		g_ptr_array_free(explanation->defects[i].against, TRUE);
		g_ptr_array_free(explanation->defects[i].missing, TRUE);
		g_free(explanation->defects[i].way.command);
		g_free(explanation->defects[i].way.story);
	}
	view_free(explanation->view);
	g_free(explanation);
}

const struct revision *explain_revision(
	const struct explanation *explanation, const struct explain_defect *defect)
{
	const struct view_kernel *kernel = &explanation->view->kernel;
	size_t count;
	const struct revision *first = revision_table(&count);
	const struct revision *at = kernel->newest ? kernel->newest : revision_current();
	const struct revision *end = kernel->oldest ? kernel->oldest : first;

	for (;; at--) {
		if (release_has_defect(at, defect->number))
			return at;
		if (at == end)
			return NULL;
	}
}

int explanation_status(const struct explanation *explanation)
{
	bool open = explanation->defects[0].fit == FIT_POSSIBLE;

	for (int i = 0; i < EXPLAIN_PROPERTIES; i++) {
		const struct explain_property *property = &explanation->properties[i];

		if (property->verdict == VERDICT_BROKEN)
			return 1;
		open |= property->verdict == VERDICT_OPEN && property->bit != CHECK_I7;
	}
	if (explanation->defects[0].fit == FIT_YES)
		return 1;
	return open ? 4 : 0;
}

const char *fit_to_string(enum fit fit)
{
	static const char *const names[] = { "does not fit", "may fit", "fits" };

	return names[fit];
}
