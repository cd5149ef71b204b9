/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/smt.h"

#include <inttypes.h>

void smt_state_init(struct smt_state *state, const struct rules *rules)
{
	state->changes = g_new0(unsigned, rules->symbols->len);
}

void smt_state_clear(struct smt_state *state)
{
	g_clear_pointer(&state->changes, g_free);
}

static const char *sort_name(const struct rules *rules, unsigned sort)
{
	switch (sort) {
	case SORT_YES_NO:
		return "Bool";
	case SORT_INT:
		return "Int";
	default:
		return rules->sorts[sort].name;
	}
}

static void add_symbol(GString *text, const struct symbol *symbol, const struct smt_state *state)
{
	g_string_append(text, symbol->name);
	if (state->changes[symbol->index] > 0)
		g_string_append_printf(text, "!%u", state->changes[symbol->index]);
}

static void add_variable(GString *text, const struct variable *variable)
{
	g_string_append_printf(text, "%s_%u", variable->name, variable->number);
}

static void add_value(GString *text, const struct rules *rules, const struct term *term)
{
	if (term->sort == SORT_YES_NO)
		g_string_append(text, term->value ? "true" : "false");
	else if (term->sort == SORT_INT && term->value < 0)
		g_string_append_printf(text, "(- %" PRId64 ")", -term->value);
	else if (term->sort == SORT_INT)
		g_string_append_printf(text, "%" PRId64, term->value);
	else
		g_string_append(text, rules->sorts[term->sort].values->pdata[(size_t)term->value]);
}

static const char *operation(enum term_kind kind)
{
	static const char *const names[] = {
		[TERM_NOT] = "not",
		[TERM_AND] = "and",
		[TERM_OR] = "or",
		[TERM_EQUAL] = "=",
		[TERM_LESS] = "<",
		[TERM_ADD] = "+",
		[TERM_SUBTRACT] = "-",
		[TERM_MULTIPLY] = "*",
		[TERM_DIVIDE] = "div",
		[TERM_IF] = "ite",
		[TERM_ALL] = "forall",
		[TERM_SOME] = "exists",
	};

	g_assert(kind < G_N_ELEMENTS(names) && names[kind]);
	return names[kind];
}

void smt_add_term(GString *text, const struct rules *rules, const struct smt_state *state,
	const struct term *term)
{
	if (term->kind == TERM_VALUE) {
		add_value(text, rules, term);
		return;
	}
	if (term->kind == TERM_VARIABLE) {
		add_variable(text, term->variable);
		return;
	}
	if (term->kind == TERM_SYMBOL && term->count == 0) {
		add_symbol(text, term->symbol, state);
		return;
	}
	g_string_append_c(text, '(');
	if (term->kind == TERM_SYMBOL)
		add_symbol(text, term->symbol, state);
	else
		g_string_append(text, operation(term->kind));
	if (term->kind == TERM_ALL || term->kind == TERM_SOME) {
		g_string_append(text, " ((");
		add_variable(text, term->variable);
		g_string_append_printf(text, " %s))", sort_name(rules, term->variable->sort));
	}
	for (unsigned i = 0; i < term->count; i++) {
		g_string_append_c(text, ' ');
		smt_add_term(text, rules, state, term->args[i]);
	}
	g_string_append_c(text, ')');
}

void smt_add_declarations(GString *text, const struct rules *rules)
{
	for (unsigned sort = SORT_DECLARED; sort < rules->sorts_count; sort++) {
		const struct sort_info *info = &rules->sorts[sort];

		if (!info->values) {
			g_string_append_printf(text, "(declare-sort %s 0)\n", info->name);
			continue;
		}
		g_string_append_printf(text, "(declare-datatypes ((%s 0)) ((", info->name);
		for (guint i = 0; i < info->values->len; i++)
			g_string_append_printf(text, "(%s)", (const char *)info->values->pdata[i]);
		g_string_append(text, ")))\n");
	}
	for (guint i = 0; i < rules->symbols->len; i++) {
		const struct symbol *symbol = rules->symbols->pdata[i];

		g_string_append_printf(text, "(declare-fun %s (", symbol->name);
		for (unsigned k = 0; k < symbol->count; k++)
			g_string_append_printf(
				text, "%s%s", k ? " " : "", sort_name(rules, symbol->args[k]));
		g_string_append_printf(
			text, ") %s) ; %s\n", sort_name(rules, symbol->sort), symbol->text);
	}
}

/* Texts can have line feeds. */
static void add_comment(GString *text, const char *comment)
{
	g_string_append(text, "; ");
	for (; *comment; comment++)
		g_string_append_c(text, *comment == '\n' ? ' ' : *comment);
	g_string_append_c(text, '\n');
}

void smt_add_assert(GString *text, const struct rules *rules, const struct smt_state *state,
	const char *comment, const struct term *term)
{
	if (comment)
		add_comment(text, comment);
	g_string_append(text, "(assert ");
	smt_add_term(text, rules, state, term);
	g_string_append(text, ")\n");
}

void smt_add_guard(GString *text, const struct rules *rules, const struct smt_state *state,
	const struct action *action)
{
	add_comment(text, action->text);
	for (guint i = 0; i < action->parameters->len; i++) {
		const struct variable *parameter = action->parameters->pdata[i];

		g_string_append(text, "(declare-const ");
		add_variable(text, parameter);
		g_string_append_printf(text, " %s)\n", sort_name(rules, parameter->sort));
	}
	smt_add_assert(text, rules, state, NULL, action->guard);
}

/* "(define-fun own!1 ((t_3 task) (x2 number)) Bool": a place that is fixed has a name of its own.
 */
static void add_head(GString *text, const struct rules *rules, const struct smt_state *before,
	const struct update *update)
{
	const struct symbol *symbol = update->symbol;

	g_string_append_printf(
		text, "(define-fun %s!%u (", symbol->name, before->changes[symbol->index] + 1);
	for (unsigned i = 0; i < symbol->count; i++) {
		g_string_append(text, i ? " (" : "(");
		if (update->over[i])
			add_variable(text, update->over[i]);
		else
			g_string_append_printf(text, "at%u", i);
		g_string_append_printf(text, " %s)", sort_name(rules, symbol->args[i]));
	}
	g_string_append_printf(text, ") %s ", sort_name(rules, symbol->sort));
}

static void add_old(GString *text, const struct smt_state *before, const struct update *update)
{
	g_string_append_c(text, '(');
	add_symbol(text, update->symbol, before);
	for (unsigned i = 0; i < update->symbol->count; i++) {
		g_string_append_c(text, ' ');
		if (update->over[i])
			add_variable(text, update->over[i]);
		else
			g_string_append_printf(text, "at%u", i);
	}
	g_string_append_c(text, ')');
}

static void add_update(GString *text, const struct rules *rules, const struct smt_state *before,
	const struct update *update)
{
	bool is_fixed = false;

	add_head(text, rules, before, update);
	for (unsigned i = 0; i < update->symbol->count; i++)
		is_fixed |= !update->over[i];
	if (is_fixed) {
		g_string_append(text, "(ite (and");
		for (unsigned i = 0; i < update->symbol->count; i++) {
			if (update->over[i])
				continue;
			g_string_append_printf(text, " (= at%u ", i);
			smt_add_term(text, rules, before, update->args[i]);
			g_string_append_c(text, ')');
		}
		g_string_append(text, ") ");
	}
	smt_add_term(text, rules, before, update->value);
	if (is_fixed) {
		g_string_append_c(text, ' ');
		add_old(text, before, update);
		g_string_append_c(text, ')');
	}
	g_string_append(text, ")\n");
}

void smt_add_updates(GString *text, const struct rules *rules, struct smt_state *state,
	const struct action *action)
{
	for (guint i = 0; i < action->updates->len; i++) {
		const struct update *update = &g_array_index(action->updates, struct update, i);

		add_update(text, rules, state, update);
		state->changes[update->symbol->index]++;
	}
}

static void add_member(GString *text, const struct rules *rules, const struct smt_state *state,
	const struct counted *counted)
{
	g_string_append_c(text, ' ');
	smt_add_term(text, rules, state, counted->member);
}

/* "the number has grown by @difference, and so have the members": for 1 and -1 by an element. */
static void add_change(GString *text, const struct rules *rules, const struct smt_state *before,
	const struct smt_state *after, const struct counted *counted, int difference)
{
	const char *sort = sort_name(rules, counted->variable->sort);
	g_autofree char *name =
		g_strdup_printf("%s_%u", counted->variable->name, counted->variable->number);
	const struct smt_state *more = difference > 0 ? after : before;
	const struct smt_state *less = difference > 0 ? before : after;

	g_string_append(text, "\n\t(and (= ");
	add_symbol(text, counted->symbol, more);
	g_string_append(text, " (+ ");
	add_symbol(text, counted->symbol, less);
	g_string_append_printf(text, " %d)) (exists ((element %s)) (forall ((%s %s)) ",
		difference != 0, sort, name, sort);
	if (difference == 0) {
		g_string_append(text, "(=");
		add_member(text, rules, more, counted);
		add_member(text, rules, less, counted);
		g_string_append(text, "))))");
		return;
	}
	/* Where it is the element only the one has it; elsewhere both or none. */
	g_string_append_printf(text, "(ite (= element %s) (and", name);
	add_member(text, rules, more, counted);
	g_string_append(text, " (not");
	add_member(text, rules, less, counted);
	g_string_append(text, ")) (=");
	add_member(text, rules, more, counted);
	add_member(text, rules, less, counted);
	g_string_append(text, ")))))");
}

void smt_add_counts(GString *text, const struct rules *rules, const struct smt_state *before,
	const struct smt_state *after, const struct counted *counted)
{
	g_string_append(text, "(or");
	for (int difference = -1; difference <= 1; difference++)
		add_change(text, rules, before, after, counted, difference);
	g_string_append_c(text, ')');
}
