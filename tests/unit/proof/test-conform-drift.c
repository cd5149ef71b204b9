/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/proof/conform.h"
#include "sim/proof/smt.h"
#include "sim/proof/solver.h"
#include "tests/lib/proof.h"
#include "tests/lib/suite.h"

/*
 * What if the rules drift away from the model? Each line of each action of 7.1 is taken out once,
 * and each part of its guard is turned into its opposite: then some step of the model must be no
 * action. A line may be missing only if z3 says that it changes nothing where the invariant and the
 * guard hold. (A part that is only taken out lets the rules do more than the model: what is proven
 * is proven for less.)
 */

SUITE(.timeout = 900);

enum { RUNS = 3, PARTS = 32, Z3 = 0, QUERY_S = 2 };

/* Symbols of what no machine has: split drops, early reads. */
static const char *const of_no_machine[] = { "falling", "about", "next", "seen-percpu",
	"seen-trans" };

/* What is not found, and why: an action that is not seen in these runs though it can be; a line
 * that changes this symbol; a part of the guard. */
static const struct survivor {
	const char *action, *what, *reason;
} survivors[] = {
	{ "first", "action", "a machine begins after it" },
	{ "walk-1", "action", "rare" },
	{ "complete-then-get", "action", "it comes after fork 4, which is never taken" },
	{ "complete", "fork-cpu", "at complete no fork waits under the lock" },
	{ "enter-converge-cpu", "ctra",
		"a word is of one kind; the invariant does not say it of these" },
	{ "enter-converge-task", "ctra", "the same" },
	{ "enter-cpu-gives", "ctra", "the same" },
	{ "enter-fast-cpu", "ctra", "the same" },
	{ "enter-fast-task", "ctra", "the same" },
	{ "leave-settles", "ctra", "the word of the CPU is the next line's, of one kind" },
	{ "leave-settles", "cplain", "the same" },
	{ "walk-moves", "ctra", "a word is of one kind" },
	{ "walk-3", "ctra", "the same" },
	{ "exit-drops-cpu", "ctra", "the same" },
	{ "exit-drops-cpu", "cplain", "the same" },
	{ "exit-drops-cpu", "vc", "outside of the CPU walk no CPU was visited by one" },
	{ "exit-drops-nothing", "vc", "the same" },
	{ "retry", "own", "in 7.1 only B10 spins: with TRANSIT" },
	{ "retry", "cplain", "the same" },
	{ "retry", "found", "nothing is found before it is taken, without split-get" },
	{ "fork-gets", "cid", "who waits holds nothing" },
	{ "fork-gets", "ctra", "in 7.1 only B10 waits: in per-CPU mode" },
	{ "fork-gets", "cplain", "the same" },
	{ "fork-gets", "cown", "the same" },
	{ "fork-gets", "fork-found", "nothing is found before it is taken, without split-get" },
	{ "fork-gets", "guard", "another value of a parameter fits" },
	{ "return-flips", "guard", "another value of a parameter fits" },
	{ "walk-waits", "guard", "another value of a parameter fits" },
	{ "exit-drops-nothing", "guard", "another value of a parameter fits" },
};

static bool never(void *context)
{
	(void)context;
	return false;
}

static struct conform_result *run(const struct rules *rules, unsigned number)
{
	static const uint64_t steps[RUNS] = { 500, 5000, 100000 };
	const struct conform_options options = {
		.steps = steps[number], .seed = number + 1, .stop = never
	};
	struct conform_result *result = conform_run(rules, &options, NULL);

	ck_assert_ptr_nonnull(result);
	return result;
}

static bool is_caught(const struct rules *rules)
{
	bool caught = false;

	for (unsigned i = 0; i < RUNS && !caught; i++) {
		struct conform_result *result = run(rules, i);

		caught = !conform_is_good(result);
		conform_free(result);
	}
	return caught;
}

/* How often each action is taken in the runs. To be freed. */
static uint64_t *count_taken(const struct rules *rules)
{
	uint64_t *taken = g_new0(uint64_t, rules->actions->len);

	for (unsigned i = 0; i < RUNS; i++) {
		struct conform_result *result = run(rules, i);

		for (guint k = 0; k < rules->actions->len; k++)
			taken[k] += result->taken[k];
		conform_free(result);
	}
	return taken;
}

static bool is_listed(const struct action *action, const char *what)
{
	for (size_t i = 0; i < G_N_ELEMENTS(survivors); i++) {
		if (strcmp(survivors[i].action, action->name) == 0 &&
			strcmp(survivors[i].what, what) == 0)
			return true;
	}
	return false;
}

static bool has_machine(const struct symbol *symbol)
{
	for (size_t i = 0; i < G_N_ELEMENTS(of_no_machine); i++) {
		if (strcmp(of_no_machine[i], symbol->name) == 0)
			return false;
	}
	return true;
}

/* @action without line @line; the caller frees its updates. */
static struct action without_line(const struct action *action, guint line)
{
	struct action result = *action;

	result.updates = g_array_copy(action->updates);
	g_array_remove_index(result.updates, line);
	return result;
}

/* Append that a symbol that @action changes is not the same with all lines and without one. */
static void add_difference(GString *text, const struct rules *rules, const struct smt_state *all,
	const struct smt_state *less)
{
	static const char *const sorts[] = { "Bool", "Int" };
	static const char arguments[] = " x0 x1 x2";

	g_string_append(text, "(assert (or false");
	for (guint i = 0; i < rules->symbols->len; i++) {
		const struct symbol *symbol = rules->symbols->pdata[i];

		if (all->changes[i] == 0)
			continue;
		g_string_append(text, "\n(not (= ");
		if (symbol->count > 0) {
			g_string_truncate(text, text->len - strlen("(not (= "));
			g_string_append(text, "(exists (");
			for (unsigned k = 0; k < symbol->count; k++)
				g_string_append_printf(text, "(x%u %s)", k,
					symbol->args[k] < SORT_DECLARED
						? sorts[symbol->args[k]]
						: rules->sorts[symbol->args[k]].name);
			g_string_append(text, ") (not (= (");
		}
		g_string_append_printf(text, "%s!%u", symbol->name, all->changes[i]);
		if (symbol->count > 0)
			g_string_append_printf(text, "%.*s) (", 3 * (int)symbol->count, arguments);
		else
			g_string_append_c(text, ' ');
		if (less->changes[i] > 0)
			g_string_append_printf(text, "%s!x%u", symbol->name, less->changes[i]);
		else
			g_string_append(text, symbol->name);
		if (symbol->count > 0)
			g_string_append_printf(text, "%.*s))))", 3 * (int)symbol->count, arguments);
		else
			g_string_append(text, "))");
	}
	g_string_append(text, "))\n");
}

/* Append whether line @line of @action can change anything. */
static void add_question(
	GString *text, const struct rules *rules, const struct action *action, guint line)
{
	struct action less = without_line(action, line);
	struct smt_state first, all_after, less_after;
	g_autoptr(GString) other = g_string_new(NULL);

	smt_state_init(&first, rules);
	smt_state_init(&all_after, rules);
	smt_state_init(&less_after, rules);
	g_string_append(text, "(push 1)\n");
	smt_add_guard(text, rules, &first, action);
	smt_add_updates(text, rules, &all_after, action);
	smt_add_updates(other, rules, &less_after, &less);
	g_string_replace(other, "!", "!x", 0);
	g_string_append(text, other->str);
	add_difference(text, rules, &all_after, &less_after);
	g_string_append(text, "(check-sat)\n(pop 1)\n");
	smt_state_clear(&first);
	smt_state_clear(&all_after);
	smt_state_clear(&less_after);
	g_array_unref(less.updates);
}

/* What z3 says: can @action be taken, and can each of its lines change anything? To be freed. */
static uint8_t *ask_lines(const struct rules *rules, const struct action *action)
{
	const struct solver_limits limits = {
		.query_s = QUERY_S, .memory_mib = 4096, .stop = never
	};
	uint8_t *answers = g_new0(uint8_t, action->updates->len + 1);
	g_autoptr(GString) text = g_string_new("(set-logic ALL)\n");
	g_autoptr(GError) fault = NULL;
	struct smt_state state;
	struct solver_script script = { .count = action->updates->len + 1 };

	smt_state_init(&state, rules);
	smt_add_declarations(text, rules);
	for (guint i = 0; i < rules->conjuncts->len + rules->facts->len; i++) {
		const struct claim *claim =
			i < rules->conjuncts->len ? rules->conjuncts->pdata[i]
						  : rules->facts->pdata[i - rules->conjuncts->len];

		smt_add_assert(text, rules, &state, NULL, claim->term);
	}
	g_string_append(text, "(push 1)\n");
	smt_add_guard(text, rules, &state, action);
	g_string_append(text, "(check-sat)\n(pop 1)\n");
	for (guint i = 0; i < action->updates->len; i++)
		add_question(text, rules, action, i);
	script.text = text->str;
	ck_assert_msg(solver_ask(Z3, &script, &limits, answers, &fault), "%s",
		fault ? fault->message : "");
	smt_state_clear(&state);
	return answers;
}

/* The symbols of lines that are not found, once each. @answers are z3's to the lines. */
static void try_lines(
	struct rules *rules, struct action *action, const uint8_t *answers, GPtrArray *found)
{
	GArray *updates = action->updates;

	for (guint i = 0; i < updates->len; i++) {
		const struct symbol *symbol = g_array_index(updates, struct update, i).symbol;
		struct action less;

		if (!has_machine(symbol) || answers[i] == ANSWER_NEVER)
			continue;
		less = without_line(action, i);
		action->updates = less.updates;
		if (!is_caught(rules))
			g_ptr_array_add(found, (gpointer)symbol->name);
		action->updates = updates;
		g_array_unref(less.updates);
	}
}

static void try_guard(struct rules *rules, struct action *action, GPtrArray *found)
{
	const struct term *guard = action->guard;
	unsigned parts = guard->kind == TERM_AND ? guard->count : 1;

	for (unsigned i = 0; i < parts; i++) {
		const struct term *part = guard->kind == TERM_AND ? guard->args[i] : guard;

		action->guard = term_of(&rules->pool, TERM_NOT, part, NULL);
		for (unsigned k = 0; guard->kind == TERM_AND && k < parts; k++) {
			if (k != i)
				action->guard = term_of(
					&rules->pool, TERM_AND, action->guard, guard->args[k]);
		}
		if (!is_caught(rules))
			g_ptr_array_add(found, (gpointer) "guard");
		action->guard = guard;
	}
}

static bool has(const GPtrArray *names, const char *name)
{
	for (guint i = 0; i < names->len; i++) {
		if (strcmp(names->pdata[i], name) == 0)
			return true;
	}
	return false;
}

/* What is not found is what is listed. */
static void look_at_survivors(const struct action *action, const GPtrArray *found)
{
	for (guint i = 0; i < found->len; i++) {
		if (!is_listed(action, found->pdata[i]))
			ck_abort_msg(
				"%s, %s: nothing notices", action->name, (char *)found->pdata[i]);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(survivors); i++) {
		if (strcmp(survivors[i].action, action->name) == 0 &&
			!has(found, survivors[i].what))
			ck_abort_msg("%s, %s: it is noticed, though it is listed", action->name,
				survivors[i].what);
	}
}

static void try_action(struct rules *rules, struct action *action, bool is_seen)
{
	g_autofree uint8_t *answers = ask_lines(rules, action);
	g_autoptr(GPtrArray) found = g_ptr_array_new();

	if (!is_seen && answers[0] != ANSWER_NEVER)
		g_ptr_array_add(found, (gpointer) "action");
	if (is_seen) {
		try_lines(rules, action, answers + 1, found);
		try_guard(rules, action, found);
	}
	look_at_survivors(action, found);
}

TEST_LONG(what_is_changed_in_the_rules_is_found_by_the_model, 0, 1, PARTS)
{
	struct rules *rules = proof_shipped(&revision_current()->protocol, true);
	g_autofree uint64_t *taken = count_taken(rules);
	g_autofree char *version = solver_version(Z3, NULL);

	if (!version)
		suite_skip("there is no z3");
	for (guint i = (guint)_i; version && i < rules->actions->len; i += PARTS)
		try_action(rules, rules->actions->pdata[i], taken[i] > 0);
	proof_rules_free(rules);
}
