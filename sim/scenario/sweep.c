/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/scenario/axis-name.h"
#include "sim/scenario/axis-values.h"
#include "sim/scenario/private.h"

/* [sweep]. */

static void load_axis(struct loader *loader, const struct keyfile_entry *entry)
{
	struct scenario *scenario = loader->scenario;
	struct scenario_axis *axis = &scenario->axes[scenario->axes_count++];
	GPtrArray *messages = g_ptr_array_new_with_free_func(g_free);
	struct axis_name name;
	char *unknown;

	g_assert(scenario->axes_count <= AXES_MAX);
	axis->line = entry->place.line;
	axis->key = g_strdup(entry->key);
	axis->values = g_strdup(entry->value);
	unknown = axis_name_read(scenario, entry->key, &name);
	if (unknown) {
		g_ptr_array_add(messages, unknown);
	} else {
		axis_values_free(axis_values_read(entry->value, name.ranges, messages));
		axis_name_clear(&name);
	}
	for (guint i = 0; i < messages->len; i++)
		fault_entry(loader, entry, "sweep: ", g_strdup(messages->pdata[i]));
	g_ptr_array_free(messages, TRUE);
}

/* The sweep reads what the values mean: some depend on other axes. */
void load_sweep(struct loader *loader)
{
	const struct keyfile_group *group;

	g_assert(!loader->scenario->axes);
	if (loader->heads[GROUP_SWEEP]->len == 0)
		return;
	group = head_get(loader, GROUP_SWEEP, 0)->group;
	loader->scenario->axes = g_new0(struct scenario_axis, AXES_MAX);
	for (guint i = 0; i < MIN(group->entries->len, AXES_MAX); i++)
		load_axis(loader, entry_get(group, i));
	if (group->entries->len > AXES_MAX)
		faults_add(loader->faults, entry_get(group, AXES_MAX)->place,
			"sweep: more than %d axes", AXES_MAX);
}
