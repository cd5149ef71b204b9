/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/terms.h"

void term_pool_init(struct term_pool *pool)
{
	*pool = (struct term_pool){ .owned = g_ptr_array_new_with_free_func(g_free) };
}

void term_pool_clear(struct term_pool *pool)
{
	g_clear_pointer(&pool->owned, g_ptr_array_unref);
}

void *term_pool_own(struct term_pool *pool, void *memory)
{
	g_ptr_array_add(pool->owned, memory);
	return memory;
}

const struct variable *variable_new(struct term_pool *pool, const char *name, uint8_t sort)
{
	struct variable *variable = term_pool_own(pool, g_new0(struct variable, 1));

	variable->name = term_pool_own(pool, g_strdup(name));
	variable->sort = sort;
	variable->number = pool->variables++;
	return variable;
}

static struct term *new_term(
	struct term_pool *pool, enum term_kind kind, uint8_t sort, unsigned count)
{
	struct term *term = g_malloc0(sizeof(*term) + count * sizeof(term->args[0]));

	term->kind = kind;
	term->sort = sort;
	term->count = count;
	return term_pool_own(pool, term);
}

/* @term, whose arguments are there now. */
static const struct term *complete(struct term *term)
{
	for (unsigned i = 0; i < term->count; i++)
		term->depth = MAX(term->depth, term->args[i]->depth + 1);
	return term;
}

const struct term *term_value(struct term_pool *pool, uint8_t sort, int64_t value)
{
	struct term *term = new_term(pool, TERM_VALUE, sort, 0);

	term->value = value;
	return term;
}

const struct term *term_variable(struct term_pool *pool, const struct variable *variable)
{
	struct term *term = new_term(pool, TERM_VARIABLE, variable->sort, 0);

	term->variable = variable;
	return term;
}

const struct term *term_symbol(
	struct term_pool *pool, const struct symbol *symbol, const struct term *const *args)
{
	struct term *term = new_term(pool, TERM_SYMBOL, symbol->sort, symbol->count);

	term->symbol = symbol;
	for (unsigned i = 0; i < symbol->count; i++) {
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): an argument for each of count */
		g_assert(args[i]->sort == symbol->args[i]);
		term->args[i] = args[i];
	}
	return complete(term);
}

bool term_is(const struct term *term, int64_t value)
{
	return term->kind == TERM_VALUE && term->value == value;
}

/* AND and OR: without what changes nothing; flat. */
static const struct term *make_flat(
	struct term_pool *pool, enum term_kind kind, unsigned count, const struct term *const *args)
{
	const bool neutral = kind == TERM_AND;
	g_autoptr(GPtrArray) kept = g_ptr_array_new();
	struct term *term;

	for (unsigned i = 0; i < count; i++) {
		if (term_is(args[i], !neutral))
			return args[i];
		if (args[i]->kind == kind) {
			for (unsigned k = 0; k < args[i]->count; k++)
				g_ptr_array_add(kept, (gpointer)args[i]->args[k]);
		} else if (args[i]->kind != TERM_VALUE) {
			g_ptr_array_add(kept, (gpointer)args[i]);
		}
	}
	if (kept->len == 0)
		return term_value(pool, SORT_YES_NO, neutral);
	if (kept->len == 1)
		return kept->pdata[0];
	term = new_term(pool, kind, SORT_YES_NO, kept->len);
	for (guint i = 0; i < kept->len; i++)
		term->args[i] = kept->pdata[i];
	return complete(term);
}

int64_t term_result(enum term_kind kind, int64_t a, int64_t b)
{
	switch (kind) {
	case TERM_EQUAL:
		return a == b;
	case TERM_LESS:
		return a < b;
	case TERM_ADD:
		return a + b;
	case TERM_SUBTRACT:
		return a - b;
	case TERM_MULTIPLY:
		return a * b;
	default:
		g_assert(kind == TERM_DIVIDE && b > 0);
		return a / b - (a % b < 0);
	}
}

static const struct term *make_if(struct term_pool *pool, const struct term *const *args)
{
	struct term *term;

	if (args[0]->kind == TERM_VALUE)
		return args[0]->value ? args[1] : args[2];
	if (args[1]->sort == SORT_YES_NO) {
		const struct term *not_first = term_of(pool, TERM_NOT, args[0], NULL);

		return term_of(pool, TERM_OR, term_of(pool, TERM_AND, args[0], args[1]),
			term_of(pool, TERM_AND, not_first, args[2]));
	}
	term = new_term(pool, TERM_IF, args[1]->sort, 3);
	for (unsigned i = 0; i < 3; i++)
		term->args[i] = args[i];
	return complete(term);
}

/* Equality with yes or no is the other side, or its opposite. */
static const struct term *make_equal_known(
	struct term_pool *pool, const struct term *known, const struct term *other)
{
	return known->value ? other : term_of(pool, TERM_NOT, other, NULL);
}

static const struct term *make_two(
	struct term_pool *pool, enum term_kind kind, const struct term *const *args)
{
	const bool is_test = kind == TERM_EQUAL || kind == TERM_LESS;
	uint8_t sort = is_test ? SORT_YES_NO : SORT_INT;
	struct term *term;

	g_assert(args[0]->sort == args[1]->sort);
	if (args[0]->kind == TERM_VALUE && args[1]->kind == TERM_VALUE)
		return term_value(pool, sort, term_result(kind, args[0]->value, args[1]->value));
	for (unsigned i = 0; kind == TERM_EQUAL && args[0]->sort == SORT_YES_NO && i < 2; i++) {
		if (args[i]->kind == TERM_VALUE)
			return make_equal_known(pool, args[i], args[!i]);
	}
	term = new_term(pool, kind, sort, 2);
	term->args[0] = args[0];
	term->args[1] = args[1];
	return complete(term);
}

const struct term *term_make(
	struct term_pool *pool, enum term_kind kind, unsigned count, const struct term *const *args)
{
	struct term *term;

	switch (kind) {
	case TERM_AND:
	case TERM_OR:
		return make_flat(pool, kind, count, args);
	case TERM_IF:
		g_assert(count == 3);
		return make_if(pool, args);
	case TERM_NOT:
		g_assert(count == 1);
		if (args[0]->kind == TERM_VALUE)
			return term_value(pool, SORT_YES_NO, !args[0]->value);
		if (args[0]->kind == TERM_NOT)
			return args[0]->args[0];
		term = new_term(pool, TERM_NOT, SORT_YES_NO, 1);
		term->args[0] = args[0];
		return complete(term);
	default:
		g_assert(count == 2);
		return make_two(pool, kind, args);
	}
}

const struct term *term_of(
	struct term_pool *pool, enum term_kind kind, const struct term *a, const struct term *b)
{
	const struct term *args[] = { a, b };

	return term_make(pool, kind, b ? 2 : 1, args);
}

const struct term *term_bind(struct term_pool *pool, enum term_kind kind,
	const struct variable *variable, const struct term *body)
{
	struct term *term;

	if (body->kind == TERM_VALUE)
		return body; /* no sort is empty */
	term = new_term(pool, kind, SORT_YES_NO, 1);
	term->variable = variable;
	term->args[0] = body;
	return complete(term);
}

static const struct term *replace_args(struct term_pool *pool, const struct term *term,
	unsigned count, const struct variable *const *variables, const struct term *const *by)
{
	g_autofree const struct term **args = g_new(const struct term *, term->count + 1);

	for (unsigned i = 0; i < term->count; i++)
		args[i] = term_replace(pool, term->args[i], count, variables, by);
	if (term->kind == TERM_SYMBOL)
		return term_symbol(pool, term->symbol, args);
	return term_make(pool, term->kind, term->count, args);
}

static const struct term *replace_bound(struct term_pool *pool, const struct term *term,
	unsigned count, const struct variable *const *variables, const struct term *const *by)
{
	const struct variable *fresh =
		variable_new(pool, term->variable->name, term->variable->sort);
	g_autofree const struct variable **from = g_new(const struct variable *, count + 1);
	g_autofree const struct term **to = g_new(const struct term *, count + 1);

	from[0] = term->variable; /* first: where it is bound it is no other */
	to[0] = term_variable(pool, fresh);
	for (unsigned i = 0; i < count; i++) {
		from[i + 1] = variables[i];
		to[i + 1] = by[i];
	}
	return term_bind(
		pool, term->kind, fresh, term_replace(pool, term->args[0], count + 1, from, to));
}

const struct term *term_replace(struct term_pool *pool, const struct term *term, unsigned count,
	const struct variable *const *variables, const struct term *const *by)
{
	switch (term->kind) {
	case TERM_VALUE:
		return term;
	case TERM_VARIABLE:
		for (unsigned i = 0; i < count; i++) {
			if (term->variable == variables[i])
				return by[i];
		}
		return term;
	case TERM_ALL:
	case TERM_SOME:
		return replace_bound(pool, term, count, variables, by);
	default:
		return replace_args(pool, term, count, variables, by);
	}
}
