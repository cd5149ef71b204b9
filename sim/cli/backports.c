/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/backports.h"

#include "sim/base/values.h"
#include "sim/cli/messages.h"
#include "sim/release/release.h"

static void add_known_commits(GString *text)
{
	size_t count;
	const struct revision *table = revision_table(&count);
	const char *before = "";

	for (size_t i = 0; i < count; i++) {
		if (!*table[i].commit)
			continue;
		g_string_append_printf(text, "%s%s", before, table[i].commit);
		before = ", ";
	}
}

static void fail(const char *command, const char *commit)
{
	g_autofree char *quoted = value_quote(commit);
	g_autoptr(GString) known = g_string_new(NULL);

	add_known_commits(known);
	command_error("%s: --with: %s is no commit that changed the protocol; those are %s",
		command, quoted, known->str);
}

GPtrArray *backports_read(const char *command, const char *with)
{
	g_auto(GStrv) commits = g_strsplit_set(with ? with : "", ", ", -1);
	g_autoptr(GPtrArray) backports = g_ptr_array_new();

	for (char **commit = commits; *commit; commit++) {
		const struct revision *revision = release_of_commit(*commit);

		if (!**commit)
			continue;
		if (!revision) {
			fail(command, *commit);
			return NULL;
		}
		g_ptr_array_add(backports, (gpointer)revision);
	}
	return g_steal_pointer(&backports);
}
