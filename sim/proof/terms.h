/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PROOF_TERMS_H
#define CIDSIM_SIM_PROOF_TERMS_H

/*
 * Terms of the rules in proof/: first-order formulas over the symbols of a state, with integers. A
 * term is never changed once it is made, and lives as long as the pool that it is from. What is
 * known is folded: "yes and x" is x. So what a flag of the protocol rules out is not there.
 */

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum { TERM_ARGS_MAX = 3, SORTS_MAX = 8 };

/* A sort is an index: these two, then those that the rules declare. */
enum { SORT_YES_NO, SORT_INT, SORT_DECLARED };

struct variable {
	const char *name;
	unsigned number; /* its own: two variables can have the same name */
	uint8_t sort;
};

/* A part of the state, such as own(task, number). */
struct symbol {
	const char *name;
	const char *text; /* what it says, in words */
	unsigned index;
	uint8_t sort; /* of its value */
	uint8_t count;
	uint8_t args[TERM_ARGS_MAX]; /* sorts */
	bool constant;               /* no step changes it */
};

enum term_kind {
	TERM_VALUE,    /* yes, no, a number, a value of a declared kind */
	TERM_VARIABLE, /* a parameter, or bound by ALL or SOME */
	TERM_SYMBOL,   /* args: its arguments */
	TERM_NOT,
	TERM_AND,
	TERM_OR,
	TERM_EQUAL,
	TERM_LESS,
	TERM_ADD,
	TERM_SUBTRACT,
	TERM_MULTIPLY,
	TERM_DIVIDE, /* by a number above 0; the rest is not negative */
	TERM_IF,     /* args: condition, then, else */
	TERM_ALL,    /* variable; args: body */
	TERM_SOME,
};

struct term {
	enum term_kind kind;
	uint8_t sort;
	int64_t value;
	const struct variable *variable;
	const struct symbol *symbol;
	unsigned count;
	unsigned depth; /* 0: it has no arguments */
	const struct term *args[];
};

/* Owns terms, variables and what else belongs to them. */
struct term_pool {
	GPtrArray *owned;
	unsigned variables;
};

void term_pool_init(struct term_pool *pool);
void term_pool_clear(struct term_pool *pool);

/* Have @pool free @memory, of g_malloc(). Returns it. */
void *term_pool_own(struct term_pool *pool, void *memory);

const struct variable *variable_new(struct term_pool *pool, const char *name, uint8_t sort);

const struct term *term_value(struct term_pool *pool, uint8_t sort, int64_t value);
const struct term *term_variable(struct term_pool *pool, const struct variable *variable);
const struct term *term_symbol(
	struct term_pool *pool, const struct symbol *symbol, const struct term *const *args);

/* NOT, AND, OR, EQUAL, LESS, the four operations, IF. The sorts of @args must fit. */
const struct term *term_make(struct term_pool *pool, enum term_kind kind, unsigned count,
	const struct term *const *args);

/* The same with two arguments, or one: @b is NULL. */
const struct term *term_of(
	struct term_pool *pool, enum term_kind kind, const struct term *a, const struct term *b);

/* ALL, SOME. */
const struct term *term_bind(struct term_pool *pool, enum term_kind kind,
	const struct variable *variable, const struct term *body);

/* What EQUAL, LESS, or one of the four operations, is of two numbers. */
int64_t term_result(enum term_kind kind, int64_t a, int64_t b);

bool term_is(const struct term *term, int64_t value); /* is it this value? */

/* @term with @by[i] in place of @variables[i]. What it binds are new variables. */
const struct term *term_replace(struct term_pool *pool, const struct term *term, unsigned count,
	const struct variable *const *variables, const struct term *const *by);

#endif
