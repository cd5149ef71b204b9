/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/tokens.h"

#include <string.h>

void tokens_init(struct tokens *tokens, const char *text)
{
	*tokens = (struct tokens){ .next = text, .line = 1, .line_start = text };
}

static void skip_blanks(struct tokens *tokens)
{
	for (;; tokens->next++) {
		if (*tokens->next == '#')
			tokens->next += strcspn(tokens->next, "\n");
		if (*tokens->next == '\n') {
			tokens->line++;
			tokens->line_start = tokens->next + 1;
		} else if (*tokens->next != ' ' && *tokens->next != '\t') {
			return;
		}
	}
}

static bool is_in_word(char c)
{
	return g_ascii_isalnum(c) || c == '-';
}

/* A text can go on in the next line. */
static void take_text(struct tokens *tokens, struct token *token)
{
	token->start = ++tokens->next;
	token->kind = TOKEN_TEXT;
	while (*tokens->next && *tokens->next != '"') {
		if (*tokens->next++ == '\n') {
			tokens->line++;
			tokens->line_start = tokens->next;
		}
	}
	token->length = (unsigned)(tokens->next - token->start);
	if (*tokens->next == '"')
		tokens->next++;
	else
		token->kind = TOKEN_BAD;
}

static unsigned sign_length(const char *text)
{
	static const char *const signs[] = { ":=", "!=", "<=", ">=", "=>", "(", ")", ",", ":", "=",
		"<", ">", "+", "-", "*" };

	for (size_t i = 0; i < G_N_ELEMENTS(signs); i++) {
		if (g_str_has_prefix(text, signs[i]))
			return (unsigned)strlen(signs[i]);
	}
	return 0;
}

struct token tokens_take(struct tokens *tokens)
{
	struct token token = { 0 };

	skip_blanks(tokens);
	token.start = tokens->next;
	token.line = tokens->line;
	token.begins = tokens->next == tokens->line_start;
	if (*tokens->next == '\0') {
		token.kind = TOKEN_END;
		token.begins = true;
	} else if (*tokens->next == '"') {
		take_text(tokens, &token);
	} else if (g_ascii_isalpha(*tokens->next)) {
		while (is_in_word(token.start[token.length]))
			token.length++;
		tokens->next += token.length;
	} else if (g_ascii_isdigit(*tokens->next)) {
		token.kind = TOKEN_NUMBER;
		while (g_ascii_isdigit(token.start[token.length]))
			token.length++;
		tokens->next += token.length;
	} else {
		token.length = sign_length(tokens->next);
		token.kind = token.length ? TOKEN_SIGN : TOKEN_BAD;
		tokens->next += token.length;
	}
	return token;
}

bool token_is(const struct token *token, const char *text)
{
	return token->kind != TOKEN_TEXT && strlen(text) == token->length &&
	       strncmp(token->start, text, token->length) == 0;
}
