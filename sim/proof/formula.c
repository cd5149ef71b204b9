/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/proof/reader.h"

/*
 *     formula   = either [ "=>" formula ]
 *     either    = both { "or" both }
 *     both      = test { "and" test }
 *     test      = "not" test | "all" names ":" formula | "some" names ":" formula
 *               | sum [ ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) sum ]
 *     sum       = product { ( "+" | "-" ) product }
 *     product   = thing { ( "*" | "div" ) thing }
 *     thing     = number | "yes" | "no" | name [ "(" formula, … ")" ] | "(" formula ")"
 *               | "if" formula "then" formula "else" formula
 *
 * "all", "some" and "if" go on as far as they can.
 */

/* What goes through terms calls itself for each part. */
enum { DEPTH_MAX = 500 };

static struct term_pool *pool_of(struct reader *reader)
{
	return &reader->rules->pool;
}

static const struct term *yes(struct reader *reader)
{
	return term_value(pool_of(reader), SORT_YES_NO, 1);
}

/* Both must be of one sort, @sort if that is not SORTS_MAX. */
static const struct term *combine(struct reader *reader, enum term_kind kind, const struct term *a,
	const struct term *b, unsigned sort)
{
	if (a->sort != b->sort || (sort != SORTS_MAX && a->sort != sort)) {
		reader_fail(reader, "the two sides do not fit: %s and %s",
			reader->rules->sorts[a->sort].name, reader->rules->sorts[b->sort].name);
		return sort == SORT_INT && kind != TERM_LESS ? a : yes(reader);
	}
	return term_of(pool_of(reader), kind, a, b);
}

/* What is no formula is told by a message. */
static const struct term *negate(struct reader *reader, const struct term *term)
{
	if (term->sort != SORT_YES_NO)
		reader_fail(reader, "a formula that is yes or no is expected");
	return reader->failed ? yes(reader) : term_of(pool_of(reader), TERM_NOT, term, NULL);
}

static void too_deep(struct reader *reader)
{
	reader_fail(reader, "more than %d formulas in one another", DEPTH_MAX);
}

/* What @read reads in a formula. */
static const struct term *deeper(
	struct reader *reader, const struct term *(*read)(struct reader *reader))
{
	const struct term *term;

	if (reader->depth == DEPTH_MAX) {
		too_deep(reader);
		return yes(reader);
	}
	reader->depth++;
	term = read(reader);
	reader->depth--;
	return term;
}

const struct term *reader_shallow(struct reader *reader, const struct term *term)
{
	if (term->depth > DEPTH_MAX)
		too_deep(reader);
	return term;
}

/* A flag of the protocol: yes or no, a number, or a word that is compared at once. */
static const struct term *flag_value(struct reader *reader, const struct protocol_flag *flag)
{
	char value[64];
	bool differs;
	const char *word;

	protocol_get(&reader->rules->protocol, flag, value, sizeof(value));
	if (strcmp(flag->values, "off|on") == 0)
		return term_value(pool_of(reader), SORT_YES_NO, strcmp(value, "on") == 0);
	if (strstr(flag->values, ".."))
		return term_value(
			pool_of(reader), SORT_INT, (int64_t)g_ascii_strtoull(value, NULL, 10));
	differs = reader_is(reader, "!=");
	if (!reader_take(reader, "!="))
		reader_want(reader, "=");
	word = reader_name(reader, TOKEN_WORD, "a value of that flag");
	if (!reader->failed) {
		struct protocol other = reader->rules->protocol;

		if (protocol_set(&other, flag->name, word) != 0)
			reader_fail(reader, "%s is one of %s", flag->name, flag->values);
	}
	return term_value(pool_of(reader), SORT_YES_NO, (strcmp(value, word) == 0) != differs);
}

static const struct protocol_flag *find_flag(const char *name)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(flags[i].name, name) == 0)
			return &flags[i];
	}
	return NULL;
}

/* A value of a declared kind, such as a phase. */
static const struct term *kind_value(struct reader *reader, const char *name)
{
	for (unsigned sort = SORT_DECLARED; sort < reader->rules->sorts_count; sort++) {
		const GPtrArray *values = reader->rules->sorts[sort].values;

		for (guint i = 0; values && i < values->len; i++) {
			if (strcmp(values->pdata[i], name) == 0)
				return term_value(pool_of(reader), (uint8_t)sort, i);
		}
	}
	return NULL;
}

static const struct term *symbol_term(struct reader *reader, const struct symbol *symbol)
{
	const struct term *args[TERM_ARGS_MAX];

	for (unsigned i = 0; i < symbol->count; i++) {
		reader_want(reader, i == 0 ? "(" : ",");
		args[i] = reader_sum(reader);
		if (!reader->failed && args[i]->sort != symbol->args[i])
			reader_fail(reader, "argument %u of %s is a %s", i + 1, symbol->name,
				reader->rules->sorts[symbol->args[i]].name);
		if (reader->failed)
			return term_value(pool_of(reader), symbol->sort, 0);
	}
	if (symbol->count > 0)
		reader_want(reader, ")");
	return term_symbol(pool_of(reader), symbol, args);
}

const struct term **reader_arguments(struct reader *reader, const struct macro *macro)
{
	const struct term **args = term_pool_own(
		&reader->rules->pool, g_new0(const struct term *, macro->parameters->len + 1));

	for (guint i = 0; i < macro->parameters->len && !reader->failed; i++) {
		const struct variable *parameter = macro->parameters->pdata[i];

		reader_want(reader, i == 0 ? "(" : ",");
		args[i] = reader_any(reader);
		if (!reader->failed && args[i]->sort != parameter->sort)
			reader_fail(reader, "argument %u is to be a %s", i + 1,
				reader->rules->sorts[parameter->sort].name);
	}
	if (macro->parameters->len > 0)
		reader_want(reader, ")");
	return args;
}

static const struct term *macro_term(
	struct reader *reader, const char *name, const struct macro *macro)
{
	const struct term **args = reader_arguments(reader, macro);

	if (!macro->body)
		reader_fail(reader, "%s is an effect, not a formula", name);
	if (reader->failed)
		return macro->body ? macro->body : yes(reader);
	return term_replace(pool_of(reader), macro->body, macro->parameters->len,
		(const struct variable *const *)macro->parameters->pdata, args);
}

static const struct term *named(struct reader *reader)
{
	const char *name = reader_name(reader, TOKEN_WORD, "a name, a number or \"(\"");
	const struct variable *variable = reader_in_scope(reader, name);
	const struct macro *macro = g_hash_table_lookup(reader->macros, name);
	const struct symbol *symbol = rules_symbol(reader->rules, name);
	const struct protocol_flag *flag = find_flag(name);
	const struct term *value;

	if (reader->failed)
		return yes(reader);
	if (variable)
		return term_variable(pool_of(reader), variable);
	if (macro)
		return macro_term(reader, name, macro);
	if (symbol)
		return symbol_term(reader, symbol);
	if (strcmp(name, "failed-execs") == 0)
		return term_value(
			pool_of(reader), SORT_YES_NO, reader->rules->options.failed_execs);
	if (strcmp(name, "early-reads") == 0)
		return term_value(pool_of(reader), SORT_YES_NO, reader->rules->options.early_reads);
	if (strcmp(name, "split-drops") == 0)
		return term_value(pool_of(reader), SORT_YES_NO, reader->rules->options.split_drops);
	value = kind_value(reader, name);
	if (value)
		return value;
	if (flag)
		return flag_value(reader, flag);
	reader_fail(reader, "%s is not known here", name);
	return yes(reader);
}

static const struct term *condition(struct reader *reader)
{
	const struct term *args[3];

	args[0] = reader_formula(reader);
	reader_want(reader, "then");
	args[1] = reader_any(reader);
	reader_want(reader, "else");
	args[2] = reader_any(reader);
	if (!reader->failed && args[1]->sort != args[2]->sort)
		reader_fail(reader, "then and else are of two sorts");
	return reader->failed ? yes(reader) : term_make(pool_of(reader), TERM_IF, 3, args);
}

static const struct term *bound(struct reader *reader, enum term_kind kind)
{
	guint outside = reader->scope->len;
	const struct term *term;

	do
		reader_variable(reader, reader_name(reader, TOKEN_WORD, "a variable"));
	while (reader_take(reader, ","));
	reader_want(reader, ":");
	term = reader_formula(reader);
	while (reader->scope->len > outside) {
		term = term_bind(
			pool_of(reader), kind, reader->scope->pdata[reader->scope->len - 1], term);
		g_ptr_array_set_size(reader->scope, (gint)reader->scope->len - 1);
	}
	return term;
}

static const struct term *thing(struct reader *reader)
{
	const struct term *term;

	if (reader->token.kind == TOKEN_NUMBER)
		return term_value(pool_of(reader), SORT_INT,
			(int64_t)g_ascii_strtoull(
				reader_name(reader, TOKEN_NUMBER, "a number"), NULL, 10));
	if (reader_take(reader, "yes"))
		return yes(reader);
	if (reader_take(reader, "no"))
		return term_value(pool_of(reader), SORT_YES_NO, 0);
	if (reader_take(reader, "if"))
		return condition(reader);
	if (reader_take(reader, "not"))
		return negate(reader, deeper(reader, thing));
	if (!reader_take(reader, "("))
		return named(reader);
	term = reader_any(reader);
	reader_want(reader, ")");
	return term;
}

static const struct term *product(struct reader *reader)
{
	const struct term *term = thing(reader);

	while (reader_is(reader, "*") || reader_is(reader, "div")) {
		enum term_kind kind = reader_is(reader, "*") ? TERM_MULTIPLY : TERM_DIVIDE;
		const struct term *other;

		reader_skip(reader);
		other = thing(reader);
		if (kind == TERM_DIVIDE && (other->kind != TERM_VALUE || other->value <= 0))
			reader_fail(reader, "div wants a number above 0");
		if (reader->failed)
			return term;
		term = combine(reader, kind, term, other, SORT_INT);
	}
	return term;
}

const struct term *reader_sum(struct reader *reader)
{
	const struct term *term = product(reader);

	while (!reader->failed && (reader_is(reader, "+") || reader_is(reader, "-"))) {
		enum term_kind kind = reader_is(reader, "+") ? TERM_ADD : TERM_SUBTRACT;

		reader_skip(reader);
		term = combine(reader, kind, term, product(reader), SORT_INT);
	}
	return reader_shallow(reader, term);
}

static const struct term *test(struct reader *reader)
{
	const struct term *term;

	if (reader_take(reader, "not"))
		return negate(reader, deeper(reader, test));
	if (reader_take(reader, "all"))
		return bound(reader, TERM_ALL);
	if (reader_take(reader, "some"))
		return bound(reader, TERM_SOME);
	term = reader_sum(reader);
	if (reader_take(reader, "="))
		return combine(reader, TERM_EQUAL, term, reader_sum(reader), SORTS_MAX);
	if (reader_take(reader, "!="))
		return negate(
			reader, combine(reader, TERM_EQUAL, term, reader_sum(reader), SORTS_MAX));
	if (reader_take(reader, "<"))
		return combine(reader, TERM_LESS, term, reader_sum(reader), SORT_INT);
	if (reader_take(reader, ">"))
		return combine(reader, TERM_LESS, reader_sum(reader), term, SORT_INT);
	if (reader_take(reader, ">="))
		return negate(
			reader, combine(reader, TERM_LESS, term, reader_sum(reader), SORT_INT));
	if (reader_take(reader, "<="))
		return negate(
			reader, combine(reader, TERM_LESS, reader_sum(reader), term, SORT_INT));
	return term;
}

static const struct term *chain(struct reader *reader, const char *word, enum term_kind kind,
	const struct term *(*next)(struct reader *reader))
{
	const struct term *term = next(reader);

	while (!reader->failed && reader_take(reader, word))
		term = combine(reader, kind, term, next(reader), SORT_YES_NO);
	return term;
}

static const struct term *both(struct reader *reader)
{
	return chain(reader, "and", TERM_AND, test);
}

static const struct term *implication(struct reader *reader)
{
	const struct term *term = chain(reader, "or", TERM_OR, both);

	if (!reader->failed && reader_take(reader, "=>"))
		term = combine(
			reader, TERM_OR, negate(reader, term), reader_formula(reader), SORT_YES_NO);
	return reader_shallow(reader, term);
}

const struct term *reader_any(struct reader *reader)
{
	return deeper(reader, implication);
}

const struct term *reader_formula(struct reader *reader)
{
	const struct term *term = reader_any(reader);

	if (!reader->failed && term->sort != SORT_YES_NO)
		reader_fail(reader, "a formula that is yes or no is expected");
	return reader->failed ? yes(reader) : term;
}
