/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/failure.h"
#include "sim/proof/reader.h"

/* In this order: what is used stands before. */
static const char *const files[] = { "state.rules", "decision.rules", "switch.rules", "users.rules",
	"walk.rules", "affinity.rules", "invariant.rules", "properties.rules" };

/* Items */

static void add_sort(
	struct reader *reader, const char *name, const char *letters, GPtrArray *values)
{
	struct rules *rules = reader->rules;

	if (rules->sorts_count == SORTS_MAX) {
		reader_fail(reader, "more than %d sorts", SORTS_MAX);
		if (values)
			g_ptr_array_unref(values);
		return;
	}
	rules->sorts[rules->sorts_count++] =
		(struct sort_info){ .name = name, .letters = letters, .values = values };
}

static unsigned read_sort_name(struct reader *reader)
{
	const char *name = reader_name(reader, TOKEN_WORD, "a sort");

	for (unsigned sort = 0; sort < reader->rules->sorts_count; sort++) {
		if (strcmp(reader->rules->sorts[sort].name, name) == 0)
			return sort;
	}
	reader_fail(reader, "%s is no sort", name);
	return 0;
}

/* sort NAME = letters */
static void read_sort(struct reader *reader)
{
	const char *name = reader_name(reader, TOKEN_WORD, "the name of a sort");
	GString *letters = g_string_new(NULL);

	reader_want(reader, "=");
	while (!reader->token.begins)
		g_string_append_c(letters, reader_name(reader, TOKEN_WORD, "a letter")[0]);
	add_sort(reader, name, term_pool_own(&reader->rules->pool, g_string_free(letters, FALSE)),
		NULL);
}

/* kind NAME = values */
static void read_kind(struct reader *reader)
{
	const char *name = reader_name(reader, TOKEN_WORD, "the name of a kind");
	GPtrArray *values = g_ptr_array_new();

	reader_want(reader, "=");
	while (!reader->token.begins)
		g_ptr_array_add(values, (gpointer)reader_name(reader, TOKEN_WORD, "a value"));
	add_sort(reader, name, NULL, values);
}

/* state NAME[(sorts)][: sort] "text"; the same with constant */
static void read_symbol(struct reader *reader, bool constant)
{
	struct symbol *symbol = term_pool_own(&reader->rules->pool, g_new0(struct symbol, 1));

	symbol->name = reader_name(reader, TOKEN_WORD, "the name of a part of the state");
	symbol->constant = constant;
	symbol->index = reader->rules->symbols->len;
	if (reader_take(reader, "(")) {
		do
			symbol->args[symbol->count++] = (uint8_t)read_sort_name(reader);
		while (symbol->count < TERM_ARGS_MAX && reader_take(reader, ","));
		reader_want(reader, ")");
	}
	if (reader_take(reader, ":"))
		symbol->sort = (uint8_t)read_sort_name(reader);
	symbol->text = reader_name(reader, TOKEN_TEXT, "a text in quotes");
	if (!reader->failed && rules_symbol(reader->rules, symbol->name))
		reader_fail(reader, "%s is there already", symbol->name);
	g_ptr_array_add(reader->rules->symbols, symbol);
}

static void read_macro(struct reader *reader, bool is_effect)
{
	const char *name = reader_name(reader, TOKEN_WORD, "a name");
	struct macro *macro = g_new0(struct macro, 1);

	macro->parameters = reader_parameters(reader);
	reader_want(reader, "=");
	if (is_effect) {
		macro->updates = reader_updates(reader);
	} else {
		macro->body = reader_any(reader);
	}
	if (g_hash_table_contains(reader->macros, name))
		reader_fail(reader, "%s is there already", name);
	g_hash_table_replace(reader->macros, (gpointer)name, macro);
}

/* Two claims of a kind, or two actions, have two names: each is written to a file of its own. */
static void refuse_twice(struct reader *reader, const char *name, bool is_there)
{
	if (is_there && !reader->failed)
		reader_fail(reader, "%s is there already", name);
}

static bool has_claim(const GPtrArray *claims, const char *name)
{
	for (guint i = 0; i < claims->len; i++) {
		if (strcmp(((const struct claim *)claims->pdata[i])->name, name) == 0)
			return true;
	}
	return false;
}

static bool has_action(const GPtrArray *actions, const char *name)
{
	for (guint i = 0; i < actions->len; i++) {
		if (strcmp(((const struct action *)actions->pdata[i])->name, name) == 0)
			return true;
	}
	return false;
}

static void read_claim(struct reader *reader, GPtrArray *claims, bool grouped)
{
	struct claim *claim = g_new0(struct claim, 1);

	claim->file = reader->file;
	claim->line = reader->token.line;
	if (grouped)
		claim->group = reader_name(reader, TOKEN_WORD, "what the lemma is for");
	claim->name = reader_name(reader, TOKEN_WORD, "a name");
	if (!grouped)
		refuse_twice(reader, claim->name, has_claim(claims, claim->name));
	claim->text = reader_name(reader, TOKEN_TEXT, "a sentence in quotes");
	reader_want(reader, "=");
	claim->term = reader_formula(reader);
	g_ptr_array_add(claims, claim);
}

/* counts NAME of VARIABLE: formula "text" */
static void read_counts(struct reader *reader)
{
	const char *name = reader_name(reader, TOKEN_WORD, "a number of the state");
	struct counted counted = { .symbol = rules_symbol(reader->rules, name) };

	if (!counted.symbol || counted.symbol->sort != SORT_INT || counted.symbol->count > 0)
		reader_fail(reader, "%s is no number of the state", name);
	reader_want(reader, "of");
	counted.variable = reader_variable(reader, reader_name(reader, TOKEN_WORD, "a variable"));
	reader_want(reader, ":");
	counted.member = reader_formula(reader);
	counted.text = reader_name(reader, TOKEN_TEXT, "a text in quotes");
	g_array_append_val(reader->rules->counts, counted);
}

static void read_action(struct reader *reader)
{
	struct action *action = g_new0(struct action, 1);
	struct term_pool *pool = &reader->rules->pool;

	action->file = reader->file;
	action->line = reader->token.line;
	action->name = reader_name(reader, TOKEN_WORD, "the name of an action");
	refuse_twice(reader, action->name, has_action(reader->rules->actions, action->name));
	action->parameters = reader_parameters(reader);
	action->text = reader_name(reader, TOKEN_TEXT, "a sentence in quotes");
	action->steps = g_ptr_array_new();
	action->guard = term_value(pool, SORT_YES_NO, 1);
	reader_want(reader, "step");
	do
		g_ptr_array_add(action->steps,
			(gpointer)reader_name(reader, TOKEN_WORD, "the word of a step"));
	while (reader_take(reader, ","));
	while (reader_take(reader, "when"))
		action->guard = term_of(pool, TERM_AND, action->guard, reader_formula(reader));
	reader_want(reader, "then");
	action->updates = reader_updates(reader);
	g_ptr_array_add(reader->rules->actions, action);
}

static void read_item(struct reader *reader)
{
	struct rules *rules = reader->rules;
	g_autofree char *keyword = g_strndup(reader->token.start, reader->token.length);

	reader_skip(reader);
	if (strcmp(keyword, "sort") == 0)
		read_sort(reader);
	else if (strcmp(keyword, "kind") == 0)
		read_kind(reader);
	else if (strcmp(keyword, "state") == 0 || strcmp(keyword, "constant") == 0)
		read_symbol(reader, keyword[0] == 'c');
	else if (strcmp(keyword, "define") == 0 || strcmp(keyword, "effect") == 0)
		read_macro(reader, keyword[0] == 'e');
	else if (strcmp(keyword, "action") == 0)
		read_action(reader);
	else if (strcmp(keyword, "start") == 0)
		read_claim(reader, rules->starts, false);
	else if (strcmp(keyword, "conjunct") == 0)
		read_claim(reader, rules->conjuncts, false);
	else if (strcmp(keyword, "fact") == 0)
		read_claim(reader, rules->facts, false);
	else if (strcmp(keyword, "property") == 0)
		read_claim(reader, rules->properties, false);
	else if (strcmp(keyword, "lemma") == 0)
		read_claim(reader, rules->lemmas, true);
	else if (strcmp(keyword, "counts") == 0)
		read_counts(reader);
	else
		reader_fail(reader,
			"an item begins with sort, kind, state, constant, define, "
			"effect, action, counts, fact, start, conjunct, property or lemma");
	if (!reader->failed && !reader->token.begins)
		reader_fail_next(reader, "the item goes on where nothing is expected");
	g_ptr_array_set_size(reader->scope, 0);
}

static void read_file(struct reader *reader, const char *folder, const char *file)
{
	g_autofree char *path = g_build_filename(folder, file, NULL);
	g_autoptr(GError) fault = NULL;
	char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, &fault)) {
		failure_environment(reader->error, "%s", fault->message);
		reader->failed = true;
		return;
	}
	term_pool_own(&reader->rules->pool, text);
	reader->file = file;
	tokens_init(&reader->tokens, text);
	reader_skip(reader);
	while (!reader->failed && reader->token.kind != TOKEN_END) {
		if (!reader->token.begins)
			reader_fail_next(reader, "an item begins in the first column");
		else
			read_item(reader);
	}
}

static void free_macro(gpointer data)
{
	struct macro *macro = data;

	g_ptr_array_unref(macro->parameters);
	if (macro->updates)
		g_array_unref(macro->updates);
	g_free(macro);
}

/* What a flag rules out is no action of this protocol. */
static void leave_out(struct rules *rules)
{
	for (guint i = rules->actions->len; i-- > 0;) {
		const struct action *action = rules->actions->pdata[i];

		if (term_is(action->guard, 0))
			g_ptr_array_remove_index(rules->actions, i);
	}
}

struct rules *proof_rules_read(const char *folder, const struct protocol *protocol,
	const struct rules_options *options, GError **error)
{
	struct reader reader = { .rules = proof_rules_new(protocol, options),
		.macros = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_macro),
		.scope = g_ptr_array_new(),
		.error = error };

	for (size_t i = 0; i < G_N_ELEMENTS(files) && !reader.failed; i++)
		read_file(&reader, folder, files[i]);
	g_hash_table_unref(reader.macros);
	g_ptr_array_unref(reader.scope);
	if (reader.failed)
		g_clear_pointer(&reader.rules, proof_rules_free);
	else
		leave_out(reader.rules);
	return reader.rules;
}
