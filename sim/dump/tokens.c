/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/numbers.h"
#include "sim/dump/private.h"

static bool is_word_char(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

static const char *skip_brackets(const char *at)
{
	unsigned depth = 0;

	for (; *at; at++) {
		depth += *at == '(';
		depth -= *at == ')';
		if (depth == 0)
			return at + 1;
	}
	return at;
}

/* To what is of interest: not blanks, not what stands in round brackets, not the '.' of ".mode". */
static const char *skip(const char *at)
{
	for (;;) {
		if (*at == '(')
			at = skip_brackets(at);
		else if (*at && (g_ascii_isspace(*at) || strchr("*&.,;", *at)))
			at++;
		else
			return at;
	}
}

static void copy(struct token *token, const char *from, const char *to)
{
	size_t length = MIN((size_t)(to - from), TOKEN_MAX - 1);

	memcpy(token->text, from, length);
	token->text[length] = '\0';
}

static const char *read_text(struct token *token, const char *at)
{
	const char *end = strchr(at + 1, *at);

	token->kind = TOKEN_TEXT;
	end = end ? end : at + strlen(at);
	copy(token, at + 1, end);
	return *end ? end + 1 : end;
}

/* 12, 0x1f, -1; or NULL: it goes on with letters, as an address without 0x does. */
static const char *read_number(struct token *token, const char *at)
{
	const char *end = number_scan_any(at, &token->number);

	token->too_large = !end && token->number == UINT64_MAX;
	if (token->too_large)
		for (end = at + 1; is_word_char(*end);)
			end++;
	if (!end || is_word_char(*end))
		return NULL;
	token->kind = TOKEN_NUMBER;
	copy(token, at, end);
	return end;
}

/* mode, mm_cid.users, 6.19.6-amd64, mm_cid_exit+0x10/0x20 (up to the '+') */
static const char *read_word(struct token *token, const char *at)
{
	const char *end = at;

	while (is_word_char(*end) || (*end && strchr(".-/", *end) && is_word_char(end[1])))
		end++;
	token->kind = TOKEN_WORD;
	copy(token, at, end);
	return end;
}

struct token token_next(const char **at)
{
	struct token token = { .kind = TOKEN_END };
	const char *end = NULL;

	*at = skip(*at);
	if (!**at)
		return token;
	if (**at == '"' || **at == '\'')
		end = read_text(&token, *at);
	else if (number_is_digit(**at) || (**at == '-' && number_is_digit((*at)[1])))
		end = read_number(&token, *at);
	if (!end && is_word_char(**at))
		end = read_word(&token, *at);
	if (!end) {
		token.kind = TOKEN_SIGN;
		end = *at + 1;
		copy(&token, *at, end);
	}
	*at = end;
	return token;
}
