/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_PROOF_TOKENS_H
#define CIDSIM_SIM_PROOF_TOKENS_H

/* Splits a file of rules into words, numbers, "texts" and signs. '#' begins a comment. */

#include <glib.h>
#include <stdbool.h>

enum token_kind { TOKEN_WORD, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_SIGN, TOKEN_END, TOKEN_BAD };

struct token {
	enum token_kind kind;
	const char *start; /* in the text; of a TEXT without its quotes */
	unsigned length;
	unsigned line;
	bool begins; /* in the first column: it begins an item */
};

struct tokens {
	const char *next;
	unsigned line;
	const char *line_start;
};

/* @text must live as long as its tokens. */
void tokens_init(struct tokens *tokens, const char *text);
struct token tokens_take(struct tokens *tokens);

bool token_is(const struct token *token, const char *text);

#endif
