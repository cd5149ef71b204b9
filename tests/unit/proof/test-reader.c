/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/reader.h"

#include <string.h>

#include "tests/lib/proof.h"
#include "tests/lib/suite.h"

#define STATE                                                                                      \
	"sort task = t p\n"                                                                        \
	"sort number = n\n"                                                                        \
	"kind phase = idle walk\n"                                                                 \
	"constant possible: int \"\"\n"                                                            \
	"state own(task, number) \"\"\n"                                                           \
	"state active(task) \"\"\n"                                                                \
	"state users: int \"\"\n"                                                                  \
	"state flag \"\"\n"                                                                        \
	"state phase: phase \"\"\n"

/* Line 10 is the first after STATE. */
static const struct {
	const char *text, *message;
} bad[] = {
	{ "word\n",
		"state.rules:1: an item begins with sort, kind, state, constant, define, effect, "
		"action, counts, fact, start, conjunct, property or lemma" },
	{ " state x \"\"\n", "state.rules:1: an item begins in the first column" },
	{ "state x\n", "state.rules:1: a text in quotes is expected" },
	{ "state x(task) \"\"\n", "state.rules:1: task is no sort" },
	{ "state x \"\" y\n", "state.rules:1: the item goes on where nothing is expected" },
	{ "state x \"a\nb", "state.rules:1: a sign that is not known, or a text without an end" },
	{ "state x \"\"\n\nstate x \"\"\n", "state.rules:3: x is there already" },
	{ "sort a = t\nsort b = u\nsort c = v\nsort d = w\nsort e = x\nsort h = y\nsort i = z\n",
		"state.rules:7: more than 8 sorts" },
	{ "kind a = q\nkind b = r\nkind c = s\nkind d = t\nkind e = u\nkind h = v\nkind i = w\n",
		"state.rules:7: more than 8 sorts" },
	{ "sort task t\n", "state.rules:1: \"=\" is expected" },
	{ "sort task = 5\n", "state.rules:1: a letter is expected" },
	{ "state x(int, int, int, int) \"\"\n", "state.rules:1: \")\" is expected" },
	{ STATE "define x = $\n",
		"state.rules:10: a sign that is not known, or a text without an end" },
	{ STATE "define x = nobody\n", "state.rules:10: nobody is not known here" },
	{ STATE "define x = own(t, n)\n", "state.rules:10: t is not known here" },
	{ STATE "define x(t) = own(t)\n", "state.rules:10: \",\" is expected" },
	{ STATE "define x(t) = own(t, t)\n", "state.rules:10: argument 2 of own is a number" },
	{ STATE "define x(t, n) = own(t, n, n)\n", "state.rules:10: \")\" is expected" },
	{ STATE "define x(a) = flag\n",
		"state.rules:10: a is no variable: a letter of a sort, and digits" },
	{ STATE "define x(task) = flag\n",
		"state.rules:10: task is no variable: a letter of a sort, and digits" },
	{ STATE "define x(t) = t = flag\n",
		"state.rules:10: the two sides do not fit: task and yes-no" },
	{ STATE "define x = flag and users\n",
		"state.rules:10: the two sides do not fit: yes-no and int" },
	{ STATE "define x(t, p) = t < p\n",
		"state.rules:10: the two sides do not fit: task and task" },
	{ STATE "define x = flag + 1\n",
		"state.rules:10: the two sides do not fit: yes-no and int" },
	{ STATE "define x = flag + flag\n",
		"state.rules:10: the two sides do not fit: yes-no and yes-no" },
	{ STATE "define x = users => flag\n",
		"state.rules:10: a formula that is yes or no is expected" },
	{ STATE "define x = not users\n",
		"state.rules:10: a formula that is yes or no is expected" },
	{ STATE "define x = all t: users\n",
		"state.rules:10: a formula that is yes or no is expected" },
	{ STATE "define x = all t own(t, t)\n", "state.rules:10: \":\" is expected" },
	{ STATE "define x = users div 0\n", "state.rules:10: div wants a number above 0" },
	{ STATE "define x = users div users\n", "state.rules:10: div wants a number above 0" },
	{ STATE "define x = users div 0 - 1\n", "state.rules:10: div wants a number above 0" },
	{ STATE "define x = if users then 1 else 2\n",
		"state.rules:10: a formula that is yes or no is expected" },
	{ STATE "define x = if flag then 1 else flag\n",
		"state.rules:10: then and else are of two sorts" },
	{ STATE "define x = if flag then 1 else 2 + 3 = 5\n",
		"state.rules:10: then and else are of two sorts" },
	{ STATE "define x = if flag then 1\n", "state.rules:10: \"else\" is expected" },
	{ STATE "define x = (flag\n", "state.rules:10: \")\" is expected" },
	{ STATE "define x = flag flag\n",
		"state.rules:10: the item goes on where nothing is expected" },
	{ STATE "define x = walk-users = lists\n",
		"state.rules:10: walk-users is one of list|system" },
	{ STATE "define x = walk-users\n", "state.rules:10: \"=\" is expected" },
	{ STATE "define x = 1\ndefine x = 2\n", "state.rules:11: x is there already" },
	{ STATE "define x(t) = active(t)\ndefine y = x(users)\n",
		"state.rules:11: argument 1 is to be a task" },
	{ STATE "define x(t) = active(t)\ndefine y = x\n", "state.rules:11: \"(\" is expected" },
	{ STATE "effect x = flag := yes\ndefine y = x\n",
		"state.rules:11: x is an effect, not a formula" },
	{ STATE "define x = flag\neffect y = x\n",
		"state.rules:11: x is a formula, not an effect" },
	{ STATE "effect x = possible := 1\n",
		"state.rules:10: possible is no part of the state that can change" },
	{ STATE "effect x = nobody := 1\n",
		"state.rules:10: nobody is no part of the state that can change" },
	{ STATE "effect x = flag = yes\n", "state.rules:10: \":=\" is expected" },
	{ STATE "effect x = flag := 1\n", "state.rules:10: flag is to be a yes-no" },
	{ STATE "effect x = phase := flag\n", "state.rules:10: phase is to be a phase" },
	{ STATE "effect x(t) = own(t, p) := yes\n",
		"state.rules:10: argument 2 of own is of another sort" },
	{ STATE "effect x(t) = own(n, t) := yes\n",
		"state.rules:10: argument 1 of own is of another sort" },
	{ STATE "effect x(t) = own(t, t) := yes\n",
		"state.rules:10: argument 2 of own is of another sort" },
	{ STATE "action a step leave\n", "state.rules:10: a sentence in quotes is expected" },
	{ STATE "action a \"\" step\n", "state.rules:10: the word of a step is expected" },
	{ STATE "action a \"\" step x when flag\n", "state.rules:10: \"then\" is expected" },
	{ STATE "action a \"\" step x when users then nothing\n",
		"state.rules:10: a formula that is yes or no is expected" },
	{ STATE "counts flag of t: active(t) \"\"\n",
		"state.rules:10: flag is no number of the state" },
	{ STATE "counts nobody of t: active(t) \"\"\n",
		"state.rules:10: nobody is no number of the state" },
	{ STATE "counts users of t active(t) \"\"\n", "state.rules:10: \":\" is expected" },
	{ STATE "conjunct a = flag\n", "state.rules:10: a sentence in quotes is expected" },
	{ STATE "conjunct a \"\" flag\n", "state.rules:10: \"=\" is expected" },
	{ STATE "conjunct a \"\" = users\n",
		"state.rules:10: a formula that is yes or no is expected" },
	{ STATE "lemma a \"\" = flag\n", "state.rules:10: a name is expected" },
};

TEST_ROWS(what_is_wrong_is_told_with_its_line, bad)
{
	g_autoptr(GError) fault = NULL;
	struct rules *rules = proof_of_text(bad[_i].text, &fault);

	ck_assert_ptr_null(rules);
	ck_assert_ptr_nonnull(fault);
	if (!g_str_has_prefix(fault->message, bad[_i].message))
		ck_assert_str_eq(fault->message, bad[_i].message);
}

/* Formulas whose value is known as they are read. */
static const struct {
	const char *formula;
	bool value;
} formulas[] = {
	{ "yes or yes and no", true },
	{ "(yes or yes) and no", false },
	{ "no and yes or yes", true },
	{ "no and (yes or yes)", false },
	{ "not no and no", false },
	{ "not (no and no)", true },
	{ "not no or yes", true },
	{ "no => no => no", true },
	{ "(no => no) => no", false },
	{ "yes or yes => no", false },
	{ "yes or (yes => no)", true },
	{ "no => no and no", true },
	{ "1 + 2 * 3 = 7", true },
	{ "(1 + 2) * 3 = 9", true },
	{ "10 - 3 - 2 = 5", true },
	{ "10 - (3 - 2) = 9", true },
	{ "12 div 2 * 3 = 18", true },
	{ "7 div 2 = 3", true },
	{ "2 * 3 + 1 < 8 and 8 <= 8 and 9 > 8 and 8 >= 8 and 8 != 9", true },
	{ "8 < 8 or 8 > 8 or 9 <= 8 or 7 >= 8 or 8 != 8", false },
	{ "not 1 = 2", true },
	{ "not not yes", true },
	{ "yes = yes and no = no", true },
	{ "if 1 = 1 then yes else no", true },
	{ "(if no then 1 else 2) + 3 = 5", true },
	{ "(if yes then (if no then 1 else 2) else 3) = 2", true },
	{ "(all t: yes) and (some t: yes)", true },
	{ "all t: some p: no", false },
	{ "(some t: no) or yes", true },
	{ "some t: no or yes", true },
	{ "walk = walk and walk != idle", true },
	{ "walk-users = list", true },
	{ "walk-users != list", false },
	{ "not split-get", true },
	{ "walk-budget = 0", true },
	{ "allowance = 250", true },
	{ "failed-execs and not split-drops", true },
	{ "define-of-two(1, 2) = 3", true },
	{ "define-of-two(define-of-two(1, 2), 3) * 2 = 12", true },
	{ "define-of-none", true },
};

#define DEFINES "define define-of-two(i, j) = i + j\ndefine define-of-none = yes\n"

TEST_ROWS(operators_bind_as_the_grammar_says, formulas)
{
	g_autofree char *text =
		g_strconcat(STATE DEFINES "property x \"\" = ", formulas[_i].formula, "\n", NULL);
	g_autoptr(GError) fault = NULL;
	struct rules *rules = proof_of_text(text, &fault);
	const struct claim *claim;

	ck_assert_msg(rules != NULL, "%s", fault ? fault->message : "");
	claim = rules->properties->pdata[0];
	ck_assert(term_is(claim->term, formulas[_i].value));
	proof_rules_free(rules);
}

TEST(an_action_has_what_is_written)
{
	struct rules *rules = proof_of_text(STATE
		"effect two(t, n) =\n\tactive(t) := no\n\town(p, n) := own(p, n) or p = t\n"
		"action a(t, n) \"a\nsentence\" step leave, enter\n"
		"\twhen active(t)\n\twhen not own(t, n)\n\tthen users := users - 1\n\ttwo(t, n)\n"
		"action never \"\" step x when failed-execs and split-drops then nothing\n",
		NULL);
	const struct action *action = proof_action(rules, "a");
	const struct update *last;

	ck_assert_uint_eq(rules->actions->len, 1); /* a flag rules the other one out */
	ck_assert_str_eq(action->text, "a\nsentence");
	ck_assert_str_eq(action->file, "state.rules");
	ck_assert_uint_eq(action->line, 13);
	ck_assert_uint_eq(action->steps->len, 2);
	ck_assert_str_eq(action->steps->pdata[1], "enter");
	ck_assert_uint_eq(action->parameters->len, 2);
	ck_assert_int_eq(action->guard->kind, TERM_AND);
	ck_assert_uint_eq(action->guard->count, 2);
	ck_assert_uint_eq(action->updates->len, 3);
	last = &g_array_index(action->updates, struct update, 2);
	ck_assert_str_eq(last->symbol->name, "own");
	ck_assert_str_eq(last->over[0]->name, "p");
	ck_assert_ptr_null(last->over[1]);
	ck_assert_ptr_eq(last->args[1]->variable, action->parameters->pdata[1]);
	proof_rules_free(rules);
}

TEST(claims_have_what_is_written)
{
	struct rules *rules = proof_of_text(STATE "start s \"1\" = flag\nconjunct c \"2\" = flag\n"
						  "fact f \"3\" = flag\nproperty p \"4\" = flag\n"
						  "lemma I3 l \"5\" = flag\n"
						  "counts users of t: active(t) \"6\"\n",
		NULL);
	const struct claim *lemma;
	const struct counted *counted;

	ck_assert_ptr_nonnull(rules);
	ck_assert_uint_eq(rules->starts->len, 1);
	ck_assert_uint_eq(rules->conjuncts->len, 1);
	ck_assert_uint_eq(rules->facts->len, 1);
	ck_assert_uint_eq(rules->properties->len, 1);
	lemma = rules->lemmas->pdata[0];
	ck_assert_str_eq(lemma->group, "I3");
	ck_assert_str_eq(lemma->name, "l");
	ck_assert_str_eq(lemma->text, "5");
	ck_assert_uint_eq(lemma->line, 14);
	counted = &g_array_index(rules->counts, struct counted, 0);
	ck_assert_str_eq(counted->symbol->name, "users");
	ck_assert_str_eq(counted->text, "6");
	proof_rules_free(rules);
}

/* @count times @part, between two texts. */
static char *many(const char *before, const char *part, unsigned count, const char *after)
{
	GString *text = g_string_new(before);

	for (unsigned i = 0; i < count; i++)
		g_string_append(text, part);
	g_string_append(text, after);
	return g_string_free(text, FALSE);
}

static const struct {
	const char *before, *part, *after;
} deep[] = {
	{ STATE "define x = ", "(", "flag" },
	{ STATE "define x = ", "not ", "flag" },
	{ STATE "define x = flag = ", "not ", "flag" },
	{ STATE "define x = ", "all t: ", "flag" },
	{ STATE "define x = ", "all t: active(t) and ", "flag" },
	{ STATE "define x = ", "flag => ", "flag" },
	{ STATE "define x = users", " + users", " = 1" },
	{ STATE "define x = users", " * users", " = 1" },
	{ STATE "define x = ", "if flag then 1 else ", "2" },
	{ STATE "define x = all t", ", t", ": active(t)" },
	{ STATE "define x(i) = i\ndefine y = ", "x(", "1" },
	{ STATE "effect x = users := users", " + users", "" },
};

TEST_ROWS(what_is_too_deep_is_an_error, deep)
{
	g_autofree char *text = many(deep[_i].before, deep[_i].part, 100000, deep[_i].after);
	g_autofree char *good = many(deep[_i].before, deep[_i].part, 0, deep[_i].after);
	g_autoptr(GError) fault = NULL;
	struct rules *rules = proof_of_text(text, &fault);

	ck_assert_ptr_null(rules);
	ck_assert_msg(strstr(fault->message, ": more than 500 formulas in one another") != NULL,
		"%s", fault->message);
	rules = proof_of_text(good, NULL);
	ck_assert_ptr_nonnull(rules);
	proof_rules_free(rules);
}

TEST(what_macros_make_too_deep_is_an_error)
{
	GString *text = g_string_new(STATE "effect x0(i) = users := i\ndefine y0 = users\n");
	g_autoptr(GError) fault = NULL;

	for (unsigned i = 1; i < 1000; i++)
		g_string_append_printf(text, "effect x%u(i) = x%u(i - users + %u)\n", i, i - 1, i);
	ck_assert_ptr_null(proof_of_text(text->str, &fault));
	ck_assert_msg(strstr(fault->message, ": more than 500 formulas in one another") != NULL,
		"%s", fault->message);
	g_clear_error(&fault);
	g_string_assign(text, STATE "define y0 = users\n");
	for (unsigned i = 1; i < 1000; i++)
		g_string_append_printf(text, "define y%u = y%u + users\n", i, i - 1);
	ck_assert_ptr_null(proof_of_text(text->str, &fault));
	ck_assert_msg(strstr(fault->message, ": more than 500 formulas in one another") != NULL,
		"%s", fault->message);
	g_string_free(text, TRUE);
}

TEST(the_rules_that_ship_are_read_for_each_revision)
{
	size_t count;
	const struct revision *table = revision_table(&count);

	for (size_t i = 0; i < count; i++) {
		struct rules *rules = proof_shipped(&table[i].protocol, true);

		ck_assert_uint_gt(rules->actions->len, 50);
		ck_assert_ptr_null(facts_missing(rules));
		proof_rules_free(rules);
	}
}
