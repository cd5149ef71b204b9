/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/reader.h"

#include <stdarg.h>
#include <string.h>

#include "sim/base/failure.h"

void reader_fail(struct reader *reader, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list args;

	if (reader->failed)
		return;
	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	failure_input(reader->error, "%s:%u: %s", reader->file, reader->line, what);
	reader->failed = true;
	reader->token = (struct token){ .kind = TOKEN_END, .begins = true };
}

void reader_fail_next(struct reader *reader, const char *what)
{
	reader->line = reader->token.line;
	reader_fail(reader, "%s", what);
}

void reader_skip(struct reader *reader)
{
	if (reader->failed)
		return;
	reader->line = reader->token.line;
	reader->token = tokens_take(&reader->tokens);
	if (reader->token.kind == TOKEN_BAD)
		reader_fail_next(reader, "a sign that is not known, or a text without an end");
}

bool reader_is(const struct reader *reader, const char *text)
{
	return !reader->token.begins && token_is(&reader->token, text);
}

bool reader_take(struct reader *reader, const char *text)
{
	if (!reader_is(reader, text))
		return false;
	reader_skip(reader);
	return true;
}

void reader_want(struct reader *reader, const char *text)
{
	if (!reader_take(reader, text))
		reader_fail(reader, "\"%s\" is expected", text);
}

const char *reader_name(struct reader *reader, enum token_kind kind, const char *what)
{
	char *name = term_pool_own(&reader->rules->pool,
		g_strndup(reader->token.start ? reader->token.start : "", reader->token.length));

	if (reader->token.kind != kind || reader->token.begins) {
		reader_fail(reader, "%s is expected", what);
		return "";
	}
	reader_skip(reader);
	return name;
}

unsigned reader_sort_of(const struct reader *reader, const char *name)
{
	if (name[0] == '\0' || name[1 + strspn(name + 1, "0123456789")] != '\0')
		return SORTS_MAX;
	for (unsigned sort = 0; sort < reader->rules->sorts_count; sort++) {
		const char *letters = reader->rules->sorts[sort].letters;

		if (letters && strchr(letters, name[0]))
			return sort;
	}
	return SORTS_MAX;
}

const struct variable *reader_variable(struct reader *reader, const char *name)
{
	unsigned sort = reader_sort_of(reader, name);
	const struct variable *variable;

	if (sort == SORTS_MAX) {
		reader_fail(reader, "%s is no variable: a letter of a sort, and digits", name);
		sort = SORT_YES_NO;
	}
	variable = variable_new(&reader->rules->pool, name, (uint8_t)sort);
	g_ptr_array_add(reader->scope, (gpointer)variable);
	return variable;
}

const struct variable *reader_in_scope(const struct reader *reader, const char *name)
{
	for (guint i = reader->scope->len; i-- > 0;) {
		const struct variable *variable = reader->scope->pdata[i];

		if (strcmp(variable->name, name) == 0)
			return variable;
	}
	return NULL;
}

GPtrArray *reader_parameters(struct reader *reader)
{
	GPtrArray *parameters = g_ptr_array_new();

	if (!reader_take(reader, "(") || reader_take(reader, ")"))
		return parameters;
	do
		g_ptr_array_add(parameters, (gpointer)reader_variable(reader,
						    reader_name(reader, TOKEN_WORD, "a variable")));
	while (reader_take(reader, ","));
	reader_want(reader, ")");
	return parameters;
}
