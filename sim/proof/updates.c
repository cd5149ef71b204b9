/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/reader.h"

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
	result.value = reader_shallow(
		reader, term_replace(pool, update->value, macro->parameters->len, from, args));
	return result;
}

static void call_effect(
	struct reader *reader, const char *name, const struct macro *macro, GArray *updates)
{
	const struct term **args = reader_arguments(reader, macro);

	if (!macro->updates)
		reader_fail(reader, "%s is a formula, not an effect", name);
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): reader_fail() sets failed */
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
		reader_sort_of(reader, word) != SORTS_MAX) {
		update->over[i] =
			reader_variable(reader, reader_name(reader, TOKEN_WORD, "a variable"));
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

GArray *reader_updates(struct reader *reader)
{
	GArray *updates = g_array_new(FALSE, FALSE, sizeof(struct update));

	if (reader_take(reader, "nothing"))
		return updates;
	while (!reader->token.begins)
		read_update(reader, updates);
	return updates;
}
