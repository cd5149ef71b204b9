/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/options.h"

#include <string.h>

#include "sim/base/confine.h"
#include "sim/base/values.h"
#include "sim/cli/command.h"
#include "sim/cli/complete.h"
#include "sim/cli/entries.h"
#include "sim/cli/help.h"

/* GLib says "Unknown option --x": say whose, and add the nearest one there is. */
static void report_option_error(
	const char *command, const GError *error, const GOptionEntry *entries)
{
	g_autofree char *what = g_utf8_make_valid(error->message, -1);
	const char *unknown = strstr(what, "--");
	g_autofree char *name = unknown ? g_strndup(unknown + 2, strcspn(unknown + 2, "=")) : NULL;
	const char *names[32] = { "help" };
	size_t count = 1;
	const char *nearest = NULL;

	g_assert(command && *what);
	what[0] = g_ascii_tolower(what[0]);
	for (const GOptionEntry *entry = entries; entry && entry->long_name; entry++) {
		g_assert(count < G_N_ELEMENTS(names));
		names[count++] = entry->long_name;
	}
	if (name && g_error_matches(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
		nearest = value_nearest(name, names, count);
	if (nearest)
		command_error("%s: %s; did you mean --%s?", command, what, nearest);
	else
		command_error("%s: %s; --help lists the options", command, what);
}

/* GLib reads "-j 1", but not "-j1": such an argument becomes two. */
static void split_values(const GOptionEntry *entries, int *argc, char ***argv)
{
	g_assert(*argc >= 1 && !(*argv)[*argc]);
	/* What main() got has no room for more, and is not freed either. */
	static GPtrArray *strings, *arguments;
	int i = 1;

	g_clear_pointer(&strings, g_ptr_array_unref);
	g_clear_pointer(&arguments, g_ptr_array_unref);
	strings = g_ptr_array_new_with_free_func(g_free);
	arguments = g_ptr_array_new();
	g_ptr_array_add(arguments, (*argv)[0]);
	for (; i < *argc && strcmp((*argv)[i], "--") != 0; i++) {
		char *argument = (*argv)[i];
		size_t length = argument[0] == '-' ? entry_letters_length(entries, argument) : 0;

		if (length > 0 && argument[length]) {
			g_ptr_array_add(strings, g_strndup(argument, length));
			g_ptr_array_add(arguments, strings->pdata[strings->len - 1]);
			argument += length;
		} else if (entry_taking_next(entries, argument) && i + 1 < *argc) {
			g_ptr_array_add(arguments, argument);
			argument = (*argv)[++i];
		}
		g_ptr_array_add(arguments, argument);
	}
	for (; i < *argc; i++)
		g_ptr_array_add(arguments, (*argv)[i]);
	g_ptr_array_add(arguments, NULL);
	g_assert(arguments->len > (guint)*argc);
	*argc = (int)arguments->len - 1;
	*argv = (char **)arguments->pdata;
}

/* GLib takes the last of two values; which one was meant is not known. False after a message. */
static bool check_repeated(const GOptionEntry *entries, int argc, char **argv)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

	g_assert(argc >= 1);
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const GOptionEntry *entry = entry_given(entries, argv[i]);

		if (entry && !g_hash_table_add(seen, (gpointer)entry)) {
			command_error("%s: --%s is given twice", argv[0], entry->long_name);
			return false;
		}
		if (entry_taking_next(entries, argv[i]))
			i++;
	}
	return true;
}

/* What is to be printed with both --json and --quiet? False after a message. */
static bool output_is_clear(const char *command, const GOptionEntry *entries)
{
	const GOptionEntry *json = entry_find(entries, "json", 4);
	const GOptionEntry *quiet = entry_find(entries, "quiet", 5);

	if (!json || !quiet || !*(gboolean *)json->arg_data || !*(gboolean *)quiet->arg_data)
		return true;
	command_error("%s: --json prints, --quiet prints nothing; give one of them", command);
	return false;
}

/* GLib leaves "--" in place where an argument that begins with '-' follows. */
static void remove_separator(int *argc, char **argv)
{
	for (int i = 1; i < *argc; i++) {
		if (strcmp(argv[i], "--") != 0)
			continue;
		/* Not freed: what main() got is not ours. */
		memmove(argv + i, argv + i + 1, (size_t)(*argc - i) * sizeof(*argv));
		--*argc;
		g_assert(!argv[*argc]);
		return;
	}
}

/* Print what a script asks for. False: none does. */
static bool print_for_script(const struct help *help, int argc, char **argv, int *status)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (argc < 2 || !g_str_has_prefix(argv[1], "--help="))
		return false;
	if (strcmp(argv[1], "--help=man") == 0)
		help_man(text, help);
	else if (strcmp(argv[1], "--help=complete") == 0)
		complete_words(text, help, argv + 2);
	else
		return false;
	*status = command_print(text->str, text->len);
	return true;
}

/* Returns whether help is asked for; -1 after a message. */
static int parse_options(const GOptionEntry *entries, int *argc, char ***argv)
{
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;
	gboolean asked = FALSE;
	const GOptionEntry help_entries[] = {
		{ "help", 'h', 0, G_OPTION_ARG_NONE, &asked, NULL, NULL },
		G_OPTION_ENTRY_NULL,
	};
	GOptionGroup *group = g_option_group_new("main", "", "", NULL, NULL);

	g_option_context_set_help_enabled(context, FALSE);
	g_option_group_add_entries(group, help_entries);
	if (entries)
		g_option_group_add_entries(group, entries);
	g_option_context_set_main_group(context, group);
	split_values(entries, argc, argv);
	if (!check_repeated(entries, *argc, *argv))
		return -1;
	if (!g_option_context_parse(context, argc, argv, &error)) {
		report_option_error((*argv)[0], error, entries);
		return -1;
	}
	remove_separator(argc, *argv);
	return asked || output_is_clear((*argv)[0], entries) ? asked : -1;
}

/* The option that all commands have. */

enum { ENTRIES_MAX = 48, LIMIT_MIN = 16 << 20 };

static char *max_memory;

/* @entries, which may be NULL, and this option behind them, into @all. */
static void add_common(const GOptionEntry *entries, GOptionEntry *all)
{
	const GOptionEntry limit = { "max-memory", 0, 0, G_OPTION_ARG_FILENAME, &max_memory,
		"End with status 3 where more memory than this would be needed, such as 512M or "
		"2G; "
		"each program that is started has the same limit",
		"SIZE" };
	unsigned count = 0;

	for (; entries && entries[count].long_name; count++) {
		g_assert(count + 2 < ENTRIES_MAX);
		all[count] = entries[count];
	}
	all[count++] = limit;
	all[count] = (GOptionEntry)G_OPTION_ENTRY_NULL;
}

/* Take no more memory than was asked for, from now on. False after a message. */
static bool limit_memory(const char *command)
{
	uint64_t size = 0;
	char *wrong = max_memory ? value_read_size(max_memory, &size) : NULL;

	if (max_memory && !wrong && size < LIMIT_MIN)
		wrong = g_strdup_printf("%s is too small; at least 16M", max_memory);
	g_clear_pointer(&max_memory, g_free);
	if (!command_accepts(command, "--max-memory", wrong))
		return false;
	if (size > 0)
		confine_memory(size);
	return true;
}

bool command_parse(const char *arguments, const char *description, const GOptionEntry *entries,
	int *argc, char ***argv, int *status)
{
	GOptionEntry all[ENTRIES_MAX];
	const struct help help = { (*argv)[0], arguments, description, all };
	g_autoptr(GString) text = g_string_new(NULL);
	int asked;

	g_assert(*argc >= 1);
	add_common(entries, all);
	*status = EXIT_OK;
	if (print_for_script(&help, *argc, *argv, status))
		return false;
	asked = parse_options(all, argc, argv);
	if (asked >= 0 && !limit_memory((*argv)[0]))
		asked = -1;
	if (asked < 0)
		*status = EXIT_USAGE;
	if (asked <= 0)
		return !asked;
	help_plain(text, &help);
	*status = command_print(text->str, text->len);
	return false;
}
