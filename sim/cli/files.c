/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/files.h"

#include "sim/cli/command.h"

static struct sinks *guarded;

void files_guard(struct sinks *sinks)
{
	g_assert(!sinks || !guarded);
	guarded = sinks;
}

void files_remove_guarded(void)
{
	sinks_abort(guarded);
	guarded = NULL;
}

bool files_close(struct sinks *sinks, const GString *report, const GString *json, GError **error)
{
	g_assert(sinks != guarded);
	if (sinks_failed(sinks) ||
		(sinks_add_file(sinks, "report.txt", report->str, report->len, error) &&
			sinks_add_file(sinks, "report.json", json->str, json->len, error)))
		return sinks_close(sinks, error);
	sinks_abort(sinks);
	return false;
}

bool files_names_differ(const char *command, const GPtrArray *paths,
	char *(*name_of)(const char *path), const char *output)
{
	g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	g_assert(*output);
	for (guint i = 0; i < paths->len; i++) {
		g_autofree char *name = name_of(paths->pdata[i]);
		const char *other = g_hash_table_lookup(taken, name);

		if (other) {
			command_error("%s: -o: %s and %s would both be written to %s/%s", command,
				other, (const char *)paths->pdata[i], output, name);
			return false;
		}
		g_hash_table_insert(taken, g_steal_pointer(&name), paths->pdata[i]);
	}
	g_assert(g_hash_table_size(taken) == paths->len);
	return true;
}
