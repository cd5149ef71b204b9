/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/proof.h"

#include <check.h>
#include <string.h>

#include "model/revision.h"
#include "tests/lib/folder.h"

static const char *const files[] = { "state.rules", "decision.rules", "switch.rules", "users.rules",
	"walk.rules", "affinity.rules", "invariant.rules", "properties.rules" };

struct rules *proof_shipped(const struct protocol *protocol, bool failed_execs)
{
	const struct rules_options options = { .failed_execs = failed_execs };
	g_autoptr(GError) fault = NULL;
	struct rules *rules = proof_rules_read(CIDSIM_PROOF_SOURCE, protocol, &options, &fault);

	ck_assert_msg(rules != NULL, "%s", fault ? fault->message : "");
	return rules;
}

struct rules *proof_of_text(const char *text, GError **error)
{
	const struct rules_options options = { .failed_execs = true };
	char *folder = folder_new();
	struct rules *rules;

	for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *path = g_build_filename(folder, files[i], NULL);

		ck_assert(g_file_set_contents(path, i == 0 ? text : "", -1, NULL));
	}
	rules = proof_rules_read(folder, &revision_current()->protocol, &options, error);
	folder_remove(folder);
	return rules;
}

struct action *proof_action(const struct rules *rules, const char *name)
{
	for (guint i = 0; i < rules->actions->len; i++) {
		struct action *action = rules->actions->pdata[i];

		if (strcmp(action->name, name) == 0)
			return action;
	}
	return NULL;
}

const struct claim *proof_conjunct(const struct rules *rules, const char *name)
{
	for (guint i = 0; i < rules->conjuncts->len; i++) {
		const struct claim *claim = rules->conjuncts->pdata[i];

		if (strcmp(claim->name, name) == 0)
			return claim;
	}
	return NULL;
}

int32_t *proof_value(const struct facts *facts, const char *name, unsigned a, unsigned b)
{
	const struct symbol *symbol = rules_symbol(facts->rules, name);
	unsigned place = a;

	ck_assert_msg(symbol != NULL, "no symbol %s", name);
	if (symbol->count == 2)
		place = a * facts->sizes[symbol->args[1]] + b;
	return &facts->values[facts->offsets[symbol->index] + place];
}
