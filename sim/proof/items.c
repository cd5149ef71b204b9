/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <stdarg.h>
#include <string.h>

#include "sim/base/failure.h"
#include "sim/proof/reader.h"

/* In this order: what is used stands before. */
static const char *const files[] = { "state.rules", "decision.rules", "switch.rules",
	"users.rules", "walk.rules", "affinity.rules", "invariant.rules", "properties.rules" };

void reader_fail(struct reader *reader, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list args;

	if (reader->failed)
		return;
	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	failure_input(reader->error, "%s:%u: %s", reader->file, reader->token.line, what);
	reader->failed = true;
	reader->token = (struct token){ .kind = TOKEN_END, .begins = true };
}

void reader_skip(struct reader *reader)
{
	if (reader->failed)
		return;
	reader->token = tokens_take(&reader->tokens);
	if (reader->token.kind == TOKEN_BAD)
		reader_fail(reader, "a sign that is not known, or a text without an end");
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

/* The sort of a variable: a letter and maybe digits. SORTS_MAX: @name is none. */
static unsigned sort_of_name(const struct reader *reader, const char *name)
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
	unsigned sort = sort_of_name(reader, name);
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

const struct term **reader_arguments(struct reader *reader, const struct macro *macro)
{
	const struct term **args =
		term_pool_own(&reader->rules->pool, g_new0(const struct term *, macro->parameters->len + 1));

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

/* Updates */

static struct update replace_in_update(struct reader *reader, const struct update *update,
	const struct macro *macro, const struct term **args)
{
	const struct variable *const *from =
		(const struct variable *const *)macro->parameters->pdata;
	struct term_pool *pool = &reader->rules->pool;
	struct update result = *update;

	for (unsigned i = 0; i < update->symbol->count; i++) {
		if (update->args[i])
			result.args[i] = term_replace(
				pool, update->args[i], macro->parameters->len, from, args);
	}
	result.value = term_replace(pool, update->value, macro->parameters->len, from, args);
	return result;
}

static void call_effect(
	struct reader *reader, const char *name, const struct macro *macro, GArray *updates)
{
	const struct term **args = reader_arguments(reader, macro);

	if (!macro->updates)
		reader_fail(reader, "%s is a formula, not an effect", name);
	for (guint i = 0; !reader->failed && i < macro->updates->len; i++) {
		struct update update = replace_in_update(
			reader, &g_array_index(macro->updates, struct update, i), macro, args);

		g_array_append_val(updates, update);
	}
}

/* An argument on the left of ":=": a term, or a new variable, which stands for all. */
static void read_place(struct reader *reader, struct update *update, unsigned i)
{
	g_autofree char *word = g_strndup(reader->token.start, reader->token.length);

	if (reader->token.kind == TOKEN_WORD && !reader_in_scope(reader, word) &&
		sort_of_name(reader, word) != SORTS_MAX) {
		update->over[i] = reader_variable(
			reader, reader_name(reader, TOKEN_WORD, "a variable"));
		if (update->over[i]->sort != update->symbol->args[i])
			reader_fail(reader, "argument %u of %s is of another sort", i + 1,
				update->symbol->name);
		return;
	}
	update->args[i] = reader_sum(reader);
	if (!reader->failed && update->args[i]->sort != update->symbol->args[i])
		reader_fail(reader, "argument %u of %s is of another sort", i + 1,
			update->symbol->name);
}

static void read_update(struct reader *reader, GArray *updates)
{
	const char *name = reader_name(reader, TOKEN_WORD, "what changes");
	const struct macro *macro = g_hash_table_lookup(reader->macros, name);
	struct update update = { .symbol = rules_symbol(reader->rules, name) };
	guint outside = reader->scope->len;

	if (reader->failed)
		return;
	if (macro) {
		call_effect(reader, name, macro, updates);
		return;
	}
	if (!update.symbol || update.symbol->constant) {
		reader_fail(reader, "%s is no part of the state that can change", name);
		return;
	}
	for (unsigned i = 0; i < update.symbol->count; i++) {
		reader_want(reader, i == 0 ? "(" : ",");
		read_place(reader, &update, i);
	}
	if (update.symbol->count > 0)
		reader_want(reader, ")");
	reader_want(reader, ":=");
	update.value = reader_any(reader);
	if (!reader->failed && update.value->sort != update.symbol->sort)
		reader_fail(reader, "%s is to be a %s", name,
			reader->rules->sorts[update.symbol->sort].name);
	g_ptr_array_set_size(reader->scope, (gint)outside);
	g_array_append_val(updates, update);
}

static GArray *read_updates(struct reader *reader)
{
	GArray *updates = g_array_new(FALSE, FALSE, sizeof(struct update));

	if (reader_take(reader, "nothing"))
		return updates;
	while (!reader->token.begins)
		read_update(reader, updates);
	return updates;
}

/* Items */

static void add_sort(struct reader *reader, const char *name, const char *letters,
	GPtrArray *values)
{
	struct rules *rules = reader->rules;

	if (rules->sorts_count == SORTS_MAX) {
		reader_fail(reader, "more than %d sorts", SORTS_MAX);
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
	add_sort(reader, name,
		term_pool_own(&reader->rules->pool, g_string_free(letters, FALSE)), NULL);
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
		macro->updates = read_updates(reader);
	} else {
		macro->body = reader_any(reader);
	}
	if (g_hash_table_contains(reader->macros, name))
		reader_fail(reader, "%s is there already", name);
	g_hash_table_replace(reader->macros, (gpointer)name, macro);
}

static void read_claim(struct reader *reader, GPtrArray *claims, bool grouped)
{
	struct claim *claim = g_new0(struct claim, 1);

	claim->file = reader->file;
	claim->line = reader->token.line;
	if (grouped)
		claim->group = reader_name(reader, TOKEN_WORD, "what the lemma is for");
	claim->name = reader_name(reader, TOKEN_WORD, "a name");
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
	counted.variable =
		reader_variable(reader, reader_name(reader, TOKEN_WORD, "a variable"));
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
	action->updates = read_updates(reader);
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
		reader_fail(reader, "an item begins with sort, kind, state, constant, define, "
				    "effect, action, counts, fact, start, conjunct, property or lemma");
	if (!reader->failed && !reader->token.begins)
		reader_fail(reader, "the item goes on where nothing is expected");
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
			reader_fail(reader, "an item begins in the first column");
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

static void free_action(gpointer data)
{
	struct action *action = data;

	g_ptr_array_unref(action->steps);
	g_ptr_array_unref(action->parameters);
	g_array_unref(action->updates);
	g_free(action);
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

static struct rules *rules_new(
	const struct protocol *protocol, const struct rules_options *options)
{
	struct rules *rules = g_new0(struct rules, 1);

	term_pool_init(&rules->pool);
	rules->protocol = *protocol;
	rules->options = *options;
	rules->sorts[SORT_YES_NO] = (struct sort_info){ .name = "yes-no", .letters = "fgb" };
	rules->sorts[SORT_INT] = (struct sort_info){ .name = "int", .letters = "ij" };
	rules->sorts_count = SORT_DECLARED;
	rules->symbols = g_ptr_array_new();
	rules->actions = g_ptr_array_new_with_free_func(free_action);
	rules->starts = g_ptr_array_new_with_free_func(g_free);
	rules->conjuncts = g_ptr_array_new_with_free_func(g_free);
	rules->facts = g_ptr_array_new_with_free_func(g_free);
	rules->properties = g_ptr_array_new_with_free_func(g_free);
	rules->lemmas = g_ptr_array_new_with_free_func(g_free);
	rules->counts = g_array_new(FALSE, FALSE, sizeof(struct counted));
	return rules;
}

struct rules *proof_rules_read(const char *folder, const struct protocol *protocol, 
	const struct rules_options *options, GError **error)
{
	struct reader reader = { .rules = rules_new(protocol, options),
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

void proof_rules_free(struct rules *rules)
{
	for (unsigned sort = 0; sort < rules->sorts_count; sort++) {
		if (rules->sorts[sort].values)
			g_ptr_array_unref(rules->sorts[sort].values);
	}
	g_ptr_array_unref(rules->symbols);
	g_ptr_array_unref(rules->actions);
	g_ptr_array_unref(rules->starts);
	g_ptr_array_unref(rules->conjuncts);
	g_ptr_array_unref(rules->facts);
	g_ptr_array_unref(rules->properties);
	g_ptr_array_unref(rules->lemmas);
	g_array_unref(rules->counts);
	term_pool_clear(&rules->pool);
	g_free(rules);
}

const struct symbol *rules_symbol(const struct rules *rules, const char *name)
{
	for (guint i = 0; i < rules->symbols->len; i++) {
		const struct symbol *symbol = rules->symbols->pdata[i];

		if (strcmp(symbol->name, name) == 0)
			return symbol;
	}
	return NULL;
}
