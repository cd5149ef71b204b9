/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/explore/known.h"

#include <string.h>

#include "model/revision.h"
#include "sim/explore/playable.h"
#include "sim/explore/state/judge.h"

/* The changes, in the order of the defects. */
static const struct known_fix {
	unsigned defect; /* 9 is B9 */
	const char *flag, *value;
} fixes[] = {
	{ 1, "transit-to-percpu", "on" },
	{ 2, "split-mode", "off" },
	{ 3, "exit-change", "drop" },
	{ 4, "drop-tests-owned", "on" },
	{ 5, "early-count", "off" },
	{ 6, "walk-users", "list" },
	{ 7, "walk-keeps-unset", "on" },
	{ 8, "affinity-return", "fits" },
	{ 9, "walk-unset", "drop" },
	{ 10, "exec-return", "late" },
	{ 11, "last-exit", "clean" },
	{ 12, "init-keeps-transit", "off" },
};

G_STATIC_ASSERT(G_N_ELEMENTS(fixes) <= 32);

/* Take @step as far as it exists with the change: a mode that is one word is not seen in parts, and a
 * step that cannot be taken is left out. */
static void take(
	struct machine *machine, const struct machine_config *config, struct explore_step step)
{
	if (!config->protocol.split_mode)
		step.sees = SEES_PRESENT;
	if (!machine_refuses(machine, config, &step))
		machine_apply(machine, config, &step, NULL);
}

/* Whether @steps lead through a state that breaks @property on a machine of @config. */
static bool breaks(const struct machine_config *config, const GArray *steps, unsigned property)
{
	struct machine machine;
	struct judge judge;
	bool broken = false;

	if (!machine_start(&machine, config))
		return false;
	judge_init(&judge, config, property);
	for (guint i = 0; i < steps->len && !broken; i++) {
		take(&machine, config, g_array_index(steps, struct explore_step, i));
		broken = judge_machine(&judge, &machine, property) != 0;
	}
	judge_clear(&judge);
	return broken;
}

/* False if @config has the change already. */
static bool change(struct machine_config *config, const struct known_fix *fix)
{
	struct protocol before = config->protocol;

	if (protocol_set(&config->protocol, fix->flag, fix->value) != 0)
		g_assert_not_reached();
	return memcmp(&before, &config->protocol, sizeof(before)) != 0;
}

known_set known_find(
	const struct machine_config *searched, const GArray *steps, unsigned property)
{
	known_set found = 0;

	g_assert(property && (property & (property - 1)) == 0);
	for (size_t i = 0; i < G_N_ELEMENTS(fixes); i++) {
		struct machine_config config = playable_config(searched);

		if (change(&config, &fixes[i]) && !breaks(&config, steps, property))
			found |= (known_set)1 << i;
	}
	return found;
}

/* The first revision that has the change of @fix and that all later ones up to the current one
 * share; NULL if the current one does not have it. */
static const struct revision *first_with(const struct known_fix *fix)
{
	const struct revision *first = NULL;
	size_t count;
	const struct revision *table = revision_table(&count);

	for (size_t i = 0; i < count; i++) {
		struct machine_config config = { .protocol = table[i].protocol };

		if (change(&config, fix))
			first = NULL;
		else if (!first)
			first = &table[i];
		if (&table[i] == revision_current())
			break;
	}
	return first;
}

void known_report(GString *text, known_set found)
{
	g_assert(found >> G_N_ELEMENTS(fixes) == 0);
	if (!found) {
		g_string_append(text, "Not a known defect: no change that ends one of them keeps "
				      "these steps from\nbreaking the property.\n");
		return;
	}
	g_string_append(text, "With one of these changes the same steps do not break it "
			      "(docs/defects.md):\n");
	for (size_t i = 0; i < G_N_ELEMENTS(fixes); i++) {
		const struct revision *first = first_with(&fixes[i]);

		if (!(found >> i & 1))
			continue;
		g_string_append_printf(text, "  B%-2u  %s = %s, ", fixes[i].defect, fixes[i].flag,
			fixes[i].value);
		if (first)
			g_string_append_printf(text, "as in %s and later\n", first->name);
		else
			g_string_append(text, "in no kernel so far\n");
	}
}
