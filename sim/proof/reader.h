/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PROOF_READER_H
#define CIDSIM_SIM_PROOF_READER_H

/* What the parts of the reader share. From the top down: items.c reads items, updates.c what an
 * action changes, formula.c formulas; reader.c takes tokens, and knows the variables in scope. */

#include "sim/proof/rules.h"
#include "sim/proof/tokens.h"

/* define: a formula; effect: updates. With parameters that a call replaces. */
struct macro {
	GPtrArray *parameters;
	const struct term *body;
	GArray *updates;
};

struct reader {
	struct rules *rules;
	const char *file; /* without its folder */
	struct tokens tokens;
	struct token token; /* what comes next */
	unsigned line;      /* of the token before: errors are told there */
	GHashTable *macros;
	GPtrArray *scope; /* const struct variable *: the innermost last */
	unsigned depth;   /* of formulas in formulas */
	GError **error;
	bool failed; /* then what comes next is the end, and no further error is set */
};

/* Set the error "FILE:LINE: …" at the token that was taken last. */
void reader_fail(struct reader *reader, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The same at the next token. */
void reader_fail_next(struct reader *reader, const char *what);

void reader_skip(struct reader *reader); /* the next token */
bool reader_is(const struct reader *reader, const char *text);
bool reader_take(struct reader *reader, const char *text); /* if it is @text */
void reader_want(struct reader *reader, const char *text); /* it must be @text */

/* The next token as a string of the pool; it must be of @kind. */
const char *reader_name(struct reader *reader, enum token_kind kind, const char *what);

/* A variable of a sort that its first letter says. */
const struct variable *reader_variable(struct reader *reader, const char *name);

/* "(a, b)", maybe not there: new variables, which are in scope from then on. */
GPtrArray *reader_parameters(struct reader *reader);

const struct variable *reader_in_scope(const struct reader *reader, const char *name);

/* The sort of the variable @name, a letter and maybe digits; SORTS_MAX: it is none. */
unsigned reader_sort_of(const struct reader *reader, const char *name);

/* formula.c */
const struct term *reader_any(struct reader *reader);     /* of any sort */
const struct term *reader_formula(struct reader *reader); /* yes or no */
const struct term *reader_sum(struct reader *reader);     /* any, without "and" and so on */

/* @term, which must not be too deep: chains and macros can make it so. */
const struct term *reader_shallow(struct reader *reader, const struct term *term);

/* The arguments of @macro, in parentheses, as many as it has parameters, of their sorts. */
const struct term **reader_arguments(struct reader *reader, const struct macro *macro);

/* updates.c: "x := …" again and again, to the next item; or "nothing". struct update. */
GArray *reader_updates(struct reader *reader);

#endif
