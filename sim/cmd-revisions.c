/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "model/revision.h"
#include "sim/command.h"

static void add_flags(GString *text, const struct revision *revision)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);
	char value[32];

	g_string_append(text, "    ");
	for (size_t i = 0; i < count; i++) {
		protocol_get(&revision->protocol, &flags[i], value, sizeof(value));
		g_string_append_printf(text, "%s=%s%s", flags[i].name, value,
			i + 1 == count ? "\n"
			: i % 4 == 3   ? "\n    "
				       : " ");
	}
}

static void add_table(GString *text, bool with_flags)
{
	size_t count;
	const struct revision *table = revision_table(&count);

	g_string_append_printf(text, "%-14s %-10s  %-12s  %-18s  %s\n", "revision", "date",
		"commit", "known defects", "what it changed");
	for (size_t i = 0; i < count; i++) {
		g_string_append_printf(text, "%-14s %-10s  %-12s  %-18s  %s\n", table[i].name,
			table[i].date, table[i].commit, table[i].defects, table[i].change);
		if (with_flags)
			add_flags(text, &table[i]);
	}
	g_string_append(text, "\n7.2 and 7.3 run 7.1; v6.19-rc1 is v3.\n");
}

static void add_flag_help(GString *text)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);

	g_string_append(text, "\nFlags, for [protocol] or --set protocol.FLAG=VALUE:\n");
	for (size_t i = 0; i < count; i++)
		g_string_append_printf(
			text, "  %-18s %-28s %s\n", flags[i].name, flags[i].values, flags[i].help);
}

int cmd_revisions(int argc, char **argv)
{
	gboolean with_flags = FALSE;
	const GOptionEntry entries[] = {
		{ "flags", 'f', 0, G_OPTION_ARG_NONE, &with_flags,
			"Show the flags of each revision, and what they mean", NULL },
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GString) text = g_string_new(NULL);
	int status;

	if (!command_parse("", NULL, entries, &argc, &argv, &status))
		return status;
	if (argc > 1) {
		command_error("revisions: takes no argument, found '%s'", argv[1]);
		return EXIT_USAGE;
	}
	add_table(text, with_flags);
	if (with_flags)
		add_flag_help(text);
	return command_print(text->str, text->len);
}
