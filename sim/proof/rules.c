/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/proof/rules.h"

#include <string.h>

static void free_action(gpointer data)
{
	struct action *action = data;

	g_ptr_array_unref(action->steps);
	g_ptr_array_unref(action->parameters);
	g_array_unref(action->updates);
	g_free(action);
}

struct rules *proof_rules_new(const struct protocol *protocol, const struct rules_options *options)
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
