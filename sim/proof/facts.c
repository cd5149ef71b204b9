/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/facts.h"

#include <string.h>

void bindings_init(struct bindings *bindings, const struct rules *rules)
{
	bindings->values = g_new0(int64_t, rules->pool.variables);
}

void bindings_clear(struct bindings *bindings)
{
	g_clear_pointer(&bindings->values, g_free);
}

static unsigned places_of(const struct facts *facts, const struct symbol *symbol)
{
	unsigned places = 1;

	for (unsigned i = 0; i < symbol->count; i++)
		places *= facts->sizes[symbol->args[i]];
	return places;
}

/* There are as many numbers as CPUs. */
static void measure(struct facts *facts, unsigned tasks, unsigned cpus)
{
	for (unsigned sort = SORT_DECLARED; sort < facts->rules->sorts_count; sort++) {
		const struct sort_info *info = &facts->rules->sorts[sort];

		if (info->values)
			facts->sizes[sort] = info->values->len;
		else if (strcmp(info->name, "task") == 0)
			facts->sizes[sort] = tasks;
		else
			facts->sizes[sort] = cpus;
	}
	facts->sizes[SORT_YES_NO] = 2;
	facts->sizes[SORT_INT] = cpus + 1; /* of parameters: CPUs that are allowed */
}

void facts_init(struct facts *facts, const struct rules *rules, unsigned tasks, unsigned cpus)
{
	*facts = (struct facts){ .rules = rules };
	measure(facts, tasks, cpus);
	facts->offsets = g_new(unsigned, rules->symbols->len);
	facts->readings = g_new(const struct reading *, rules->symbols->len);
	for (guint i = 0; i < rules->symbols->len; i++) {
		facts->offsets[i] = facts->count;
		facts->count += places_of(facts, rules->symbols->pdata[i]);
		facts->readings[i] = facts_reading(rules->symbols->pdata[i]);
	}
	facts->values = g_new0(int32_t, facts->count);
}

void facts_clear(struct facts *facts)
{
	g_clear_pointer(&facts->offsets, g_free);
	g_clear_pointer(&facts->readings, g_free);
	g_clear_pointer(&facts->values, g_free);
}

static int64_t evaluate_symbol(
	const struct facts *facts, const struct term *term, struct bindings *bindings)
{
	unsigned place = 0;

	for (unsigned i = 0; i < term->count; i++)
		place = place * facts->sizes[term->symbol->args[i]] +
		        (unsigned)facts_evaluate(facts, term->args[i], bindings);
	return facts->values[facts->offsets[term->symbol->index] + place];
}

/* ALL: is there an element without; SOME: is there one with? */
static bool evaluate_bound(
	const struct facts *facts, const struct term *term, struct bindings *bindings)
{
	const bool looked_for = term->kind == TERM_SOME;
	int64_t *value = &bindings->values[term->variable->number];
	const int64_t outside = *value;
	bool found = false;

	for (*value = 0; *value < facts->sizes[term->variable->sort] && !found; (*value)++)
		found = facts_evaluate(facts, term->args[0], bindings) == looked_for;
	*value = outside;
	return found == looked_for;
}

static bool evaluate_many(
	const struct facts *facts, const struct term *term, struct bindings *bindings)
{
	const bool decides = term->kind == TERM_OR;

	for (unsigned i = 0; i < term->count; i++) {
		if (facts_evaluate(facts, term->args[i], bindings) == decides)
			return decides;
	}
	return !decides;
}

static int64_t evaluate_two(
	const struct facts *facts, const struct term *term, struct bindings *bindings)
{
	int64_t first = facts_evaluate(facts, term->args[0], bindings);

	return term_result(term->kind, first, facts_evaluate(facts, term->args[1], bindings));
}

int64_t facts_evaluate(
	const struct facts *facts, const struct term *term, struct bindings *bindings)
{
	switch (term->kind) {
	case TERM_VALUE:
		return term->value;
	case TERM_VARIABLE:
		return bindings->values[term->variable->number];
	case TERM_SYMBOL:
		return evaluate_symbol(facts, term, bindings);
	case TERM_NOT:
		return !facts_evaluate(facts, term->args[0], bindings);
	case TERM_AND:
	case TERM_OR:
		return evaluate_many(facts, term, bindings);
	case TERM_IF:
		return facts_evaluate(facts,
			term->args[facts_evaluate(facts, term->args[0], bindings) ? 1 : 2],
			bindings);
	case TERM_ALL:
	case TERM_SOME:
		return evaluate_bound(facts, term, bindings);
	default:
		return evaluate_two(facts, term, bindings);
	}
}

/* Step to the next place that @update changes: the fixed arguments stay. False after the last. */
static bool next_place(
	const struct facts *facts, const struct update *update, struct bindings *bindings)
{
	for (unsigned i = update->symbol->count; i-- > 0;) {
		int64_t *value;

		if (!update->over[i])
			continue;
		value = &bindings->values[update->over[i]->number];
		if (++*value < facts->sizes[update->over[i]->sort])
			return true;
		*value = 0;
	}
	return false;
}

/* All values are found before any is stored: a line reads what was there before it. */
static void apply_update(
	struct facts *facts, const struct update *update, struct bindings *bindings)
{
	int32_t *values = facts->values + facts->offsets[update->symbol->index];
	unsigned size = places_of(facts, update->symbol);
	g_autofree int32_t *after = g_memdup2(values, size * sizeof(*values));

	for (unsigned i = 0; i < update->symbol->count; i++) {
		if (update->over[i])
			bindings->values[update->over[i]->number] = 0;
	}
	do {
		unsigned place = 0;

		for (unsigned i = 0; i < update->symbol->count; i++)
			place = place * facts->sizes[update->symbol->args[i]] +
			        (unsigned)(update->over[i]
						   ? bindings->values[update->over[i]->number]
						   : facts_evaluate(
							     facts, update->args[i], bindings));
		after[place] = (int32_t)facts_evaluate(facts, update->value, bindings);
	} while (next_place(facts, update, bindings));
	memcpy(values, after, size * sizeof(*values));
}

void facts_apply(struct facts *facts, const struct action *action, struct bindings *bindings)
{
	for (guint i = 0; i < action->updates->len; i++)
		apply_update(facts, &g_array_index(action->updates, struct update, i), bindings);
}
