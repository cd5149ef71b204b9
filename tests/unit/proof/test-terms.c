/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/terms.h"

#include <string.h>

#include "sim/base/prng.h"
#include "tests/lib/proof.h"
#include "tests/lib/suite.h"

enum { ROUNDS = 20000, DEPTH = 5, SCOPE_MAX = 16, SORT_TASK = SORT_DECLARED };

/* A state with one symbol of each shape. */
static const char symbols[] = "sort task = t\n"
			      "sort number = n\n"
			      "state flag \"\"\n"
			      "state active(task) \"\"\n"
			      "state own(task, number) \"\"\n"
			      "state users: int \"\"\n";

/*
 * A formula that is drawn twice from the same seed: as a term, which folds, and as its value. Only
 * the term knows what is drawn, so both are made by one function.
 */
struct drawing {
	struct rules *rules;
	struct facts facts;
	struct bindings bindings;
	struct prng prng;
	const struct variable *scope[SCOPE_MAX];
	unsigned scope_count;
	bool folds; /* is what is known told? */
};

static unsigned below(struct drawing *d, unsigned bound)
{
	return (unsigned)prng_below(&d->prng, bound);
}

static const struct term *draw(struct drawing *d, uint8_t sort, unsigned depth);

static const struct term *draw_symbol(struct drawing *d, const char *name)
{
	const struct symbol *symbol = rules_symbol(d->rules, name);
	const struct term *args[TERM_ARGS_MAX];

	for (unsigned i = 0; i < symbol->count; i++)
		args[i] = draw(d, symbol->args[i], 0);
	return term_symbol(&d->rules->pool, symbol, args);
}

static const struct term *draw_variable(struct drawing *d, uint8_t sort)
{
	unsigned first = below(d, d->scope_count);

	for (unsigned i = 0; i < d->scope_count; i++) {
		const struct variable *variable = d->scope[(first + i) % d->scope_count];

		if (variable->sort == sort)
			return term_variable(&d->rules->pool, variable);
	}
	ck_abort_msg("no variable of sort %u", sort);
}

static const struct term *draw_two(
	struct drawing *d, enum term_kind kind, uint8_t sort, unsigned depth)
{
	const struct term *first = draw(d, sort, depth - 1);

	return term_of(&d->rules->pool, kind, first, draw(d, sort, depth - 1));
}

static const struct term *draw_if(struct drawing *d, uint8_t sort, unsigned depth)
{
	const struct term *args[3];

	args[0] = draw(d, SORT_YES_NO, depth - 1);
	args[1] = draw(d, sort, depth - 1);
	args[2] = draw(d, sort, depth - 1);
	return term_make(&d->rules->pool, TERM_IF, 3, args);
}

static const struct term *draw_bound(struct drawing *d, unsigned depth)
{
	enum term_kind kind = below(d, 2) ? TERM_ALL : TERM_SOME;
	const struct variable *variable =
		variable_new(&d->rules->pool, "t", (uint8_t)(SORT_TASK + below(d, 2)));
	const struct term *body;

	d->scope[d->scope_count++] = variable;
	body = draw(d, SORT_YES_NO, depth - 1);
	d->scope_count--;
	return term_bind(&d->rules->pool, kind, variable, body);
}

static const struct term *draw_number(struct drawing *d, unsigned depth)
{
	struct term_pool *pool = &d->rules->pool;

	switch (depth == 0 ? below(d, 3) : below(d, 8)) {
	case 0:
		return term_value(pool, SORT_INT, below(d, 4));
	case 1:
		return draw_symbol(d, "users");
	case 2:
		return draw_variable(d, SORT_INT);
	case 3:
		return draw_two(d, TERM_ADD, SORT_INT, depth);
	case 4:
		return draw_two(d, TERM_SUBTRACT, SORT_INT, depth);
	case 5:
		return draw_two(d, TERM_MULTIPLY, SORT_INT, depth);
	case 6:
		return term_of(pool, TERM_DIVIDE, draw_number(d, depth - 1),
			term_value(pool, SORT_INT, 1 + below(d, 3)));
	default:
		return draw_if(d, SORT_INT, depth);
	}
}

static const struct term *draw_yes_no(struct drawing *d, unsigned depth)
{
	struct term_pool *pool = &d->rules->pool;

	switch (depth == 0 ? below(d, 5) : below(d, 14)) {
	case 0:
		return term_value(pool, SORT_YES_NO, below(d, 2));
	case 1:
		return draw_symbol(d, "flag");
	case 2:
		return draw_symbol(d, "active");
	case 3:
		return draw_symbol(d, "own");
	case 4:
		return draw_variable(d, SORT_YES_NO);
	case 5:
		return term_of(pool, TERM_NOT, draw(d, SORT_YES_NO, depth - 1), NULL);
	case 6:
	case 7:
		return draw_two(d, TERM_AND, SORT_YES_NO, depth);
	case 8:
		return draw_two(d, TERM_OR, SORT_YES_NO, depth);
	case 9:
		return draw_two(d, TERM_EQUAL,
			(uint8_t[]){ SORT_YES_NO, SORT_INT, SORT_TASK }[below(d, 3)], depth);
	case 10:
		return draw_two(d, TERM_LESS, SORT_INT, depth);
	case 11:
		return draw_if(d, SORT_YES_NO, depth);
	default:
		return draw_bound(d, depth);
	}
}

static const struct term *draw(struct drawing *d, uint8_t sort, unsigned depth)
{
	if (sort == SORT_YES_NO)
		return draw_yes_no(d, depth);
	return sort == SORT_INT ? draw_number(d, depth) : draw_variable(d, sort);
}

/* The variables in scope: one of each sort, and one more task. */
static void begin(struct drawing *d, uint64_t seed)
{
	static const uint8_t sorts[] = { SORT_YES_NO, SORT_INT, SORT_TASK, SORT_TASK + 1,
		SORT_TASK };
	const struct machine_config config = { .cpus_count = 2, .tasks_max = 3 };
	g_autoptr(GError) fault = NULL;

	*d = (struct drawing){ .rules = proof_of_text(symbols, &fault) };
	ck_assert_msg(d->rules != NULL, "%s", fault ? fault->message : "");
	d->prng.key = prng_key(seed, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(sorts); i++)
		d->scope[d->scope_count++] = variable_new(&d->rules->pool, "v", sorts[i]);
	facts_init(&d->facts, d->rules, config.tasks_max, config.cpus_count);
	for (unsigned i = 0; i < d->facts.count; i++)
		d->facts.values[i] = (int32_t)below(d, 2);
}

/* To be called when all variables are there. */
static void bind_all(struct drawing *d)
{
	bindings_init(&d->bindings, d->rules);
	for (unsigned i = 0; i < d->scope_count; i++)
		d->bindings.values[d->scope[i]->number] =
			below(d, d->facts.sizes[d->scope[i]->sort]);
}

static void end(struct drawing *d)
{
	bindings_clear(&d->bindings);
	facts_clear(&d->facts);
	proof_rules_free(d->rules);
}

/* Append the numbers of the variables that @term binds. */
static void add_bound(const struct term *term, GArray *numbers)
{
	if (term->kind == TERM_ALL || term->kind == TERM_SOME)
		g_array_append_val(numbers, term->variable->number);
	for (unsigned i = 0; i < term->count; i++)
		add_bound(term->args[i], numbers);
}

static bool has(const GArray *numbers, unsigned number, unsigned from)
{
	for (guint i = from; i < numbers->len; i++) {
		if (g_array_index(numbers, unsigned, i) == number)
			return true;
	}
	return false;
}

TEST(what_is_replaced_has_the_value_that_the_variable_would_have)
{
	for (unsigned round = 0; round < ROUNDS / 10; round++) {
		struct drawing d;
		const struct variable *variables[2];
		const struct term *term, *by[2], *replaced;
		int64_t values[2], found;

		begin(&d, round);
		term = draw(&d, SORT_YES_NO, DEPTH);
		for (unsigned i = 0; i < 2; i++) {
			variables[i] = d.scope[i + below(&d, 4) % 3];
			by[i] = draw(&d, variables[i]->sort, 2);
		}
		if (variables[0] == variables[1])
			by[1] = by[0];
		replaced = term_replace(&d.rules->pool, term, 2, variables, by);
		bind_all(&d);
		found = facts_evaluate(&d.facts, replaced, &d.bindings);
		for (unsigned i = 0; i < 2; i++)
			values[i] = facts_evaluate(&d.facts, by[i], &d.bindings);
		for (unsigned i = 0; i < 2; i++)
			d.bindings.values[variables[i]->number] = values[i];
		if (found != facts_evaluate(&d.facts, term, &d.bindings))
			ck_abort_msg("seed %u: %" G_GINT64_FORMAT, round, found);
		end(&d);
	}
}

TEST(what_a_replaced_term_binds_are_new_variables)
{
	unsigned bound = 0;

	for (unsigned round = 0; round < ROUNDS / 10; round++) {
		g_autoptr(GArray) old = g_array_new(FALSE, FALSE, sizeof(unsigned));
		g_autoptr(GArray) new = g_array_new(FALSE, FALSE, sizeof(unsigned));
		struct drawing d;
		const struct term *term;

		begin(&d, round);
		term = draw(&d, SORT_YES_NO, DEPTH);
		add_bound(term, old);
		add_bound(term_replace(&d.rules->pool, term, 0, NULL, NULL), new);
		bound += new->len;
		ck_assert_uint_eq(new->len, old->len);
		for (guint i = 0; i < new->len; i++) {
			unsigned number = g_array_index(new, unsigned, i);

			if (has(old, number, 0) || has(new, number, i + 1))
				ck_abort_msg("seed %u: variable %u", round, number);
		}
		end(&d);
	}
	ck_assert_uint_gt(bound, ROUNDS / 100);
}

TEST(a_variable_that_a_term_binds_is_not_replaced_in_it)
{
	struct drawing d;
	const struct variable *task;
	const struct term *inner, *replaced;

	begin(&d, 1);
	task = d.scope[2];
	inner = term_variable(&d.rules->pool, task);
	inner = term_symbol(&d.rules->pool, rules_symbol(d.rules, "active"), &inner);
	replaced = term_replace(&d.rules->pool, term_bind(&d.rules->pool, TERM_ALL, task, inner), 1,
		&task, (const struct term *[]){ term_variable(&d.rules->pool, d.scope[4]) });
	ck_assert_ptr_eq(replaced->args[0]->args[0]->variable, replaced->variable);
	bind_all(&d);
	end(&d);
}

/* Each value that a formula can have with its arguments is known: those of the truth table. */
TEST(what_is_known_is_folded)
{
	struct drawing d;
	struct term_pool *pool;
	const struct term *x, *yes, *no;

	begin(&d, 1);
	pool = &d.rules->pool;
	x = draw_symbol(&d, "flag");
	yes = term_value(pool, SORT_YES_NO, 1);
	no = term_value(pool, SORT_YES_NO, 0);
	ck_assert_ptr_eq(term_of(pool, TERM_AND, yes, x), x);
	ck_assert_ptr_eq(term_of(pool, TERM_AND, x, yes), x);
	ck_assert(term_is(term_of(pool, TERM_AND, x, no), 0));
	ck_assert(term_is(term_of(pool, TERM_OR, yes, x), 1));
	ck_assert_ptr_eq(term_of(pool, TERM_OR, x, no), x);
	ck_assert_ptr_eq(term_of(pool, TERM_EQUAL, x, yes), x);
	ck_assert_int_eq(term_of(pool, TERM_EQUAL, no, x)->kind, TERM_NOT);
	ck_assert_ptr_eq(term_of(pool, TERM_NOT, term_of(pool, TERM_NOT, x, NULL), NULL), x);
	ck_assert(term_is(term_of(pool, TERM_NOT, no, NULL), 1));
	ck_assert_ptr_eq(term_make(pool, TERM_IF, 3, (const struct term *[]){ yes, x, no }), x);
	ck_assert_ptr_eq(term_make(pool, TERM_IF, 3, (const struct term *[]){ no, yes, x }), x);
	ck_assert_ptr_eq(term_make(pool, TERM_IF, 3, (const struct term *[]){ x, yes, no }), x);
	ck_assert(term_is(term_bind(pool, TERM_SOME, d.scope[2], no), 0));
	ck_assert(term_is(term_bind(pool, TERM_ALL, d.scope[2], yes), 1));
	bind_all(&d);
	end(&d);
}

static const struct {
	enum term_kind kind;
	int64_t a, b, value;
} numbers[] = {
	{ TERM_ADD, 2, 3, 5 },
	{ TERM_SUBTRACT, 2, 3, -1 },
	{ TERM_MULTIPLY, 4, 3, 12 },
	{ TERM_DIVIDE, 7, 2, 3 },
	{ TERM_DIVIDE, -7, 2, -4 },
	{ TERM_DIVIDE, -8, 2, -4 },
	{ TERM_LESS, 2, 3, 1 },
	{ TERM_LESS, 3, 3, 0 },
	{ TERM_EQUAL, 3, 3, 1 },
	{ TERM_EQUAL, 3, 4, 0 },
};

TEST_ROWS(numbers_that_are_known_are_folded, numbers)
{
	struct term_pool pool;
	const struct term *term;

	term_pool_init(&pool);
	term = term_of(&pool, numbers[_i].kind, term_value(&pool, SORT_INT, numbers[_i].a),
		term_value(&pool, SORT_INT, numbers[_i].b));
	ck_assert(term_is(term, numbers[_i].value));
	term_pool_clear(&pool);
}

TEST(chains_of_and_are_flat_and_depth_is_that_of_the_deepest)
{
	struct drawing d;
	struct term_pool *pool;
	const struct term *x, *y, *chain;

	begin(&d, 1);
	pool = &d.rules->pool;
	x = draw_symbol(&d, "flag");
	y = draw_symbol(&d, "active");
	chain = term_of(
		pool, TERM_AND, term_of(pool, TERM_AND, x, y), term_of(pool, TERM_AND, y, x));
	ck_assert_uint_eq(chain->count, 4);
	ck_assert_uint_eq(x->depth, 0);
	ck_assert_uint_eq(y->depth, 1);
	ck_assert_uint_eq(chain->depth, 2);
	ck_assert_uint_eq(term_of(pool, TERM_NOT, chain, NULL)->depth, 3);
	bind_all(&d);
	end(&d);
}
