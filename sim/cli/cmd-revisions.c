/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "model/revision.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/record/json.h"

/* Before the lines below that of a revision: only names begin a line. */
#define INDENT "    "

static void add_flags(GString *text, const struct revision *revision)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);
	char value[32];
	gsize begin = text->len;

	g_assert(count > 0);
	g_string_append(text, "   ");
	for (size_t i = 0; i < count; i++) {
		protocol_get(&revision->protocol, &flags[i], value, sizeof(value));
		if (text->len - begin + strlen(flags[i].name) + strlen(value) + 2 > TEXT_WIDTH) {
			g_string_append(text, "\n   ");
			begin = text->len - strlen("   ");
		}
		g_string_append_printf(text, " %s=%s", flags[i].name, value);
	}
	g_string_append_c(text, '\n');
}

/* The flags that differ from those of the predecessor, a line each. */
static void add_changed(GString *text, const struct revision *revision)
{
	const struct revision *before = revision_predecessor(revision);
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);
	char from[32], to[32];

	g_assert(before != revision);
	for (size_t i = 0; before && i < count; i++) {
		protocol_get(&before->protocol, &flags[i], from, sizeof(from));
		protocol_get(&revision->protocol, &flags[i], to, sizeof(to));
		if (strcmp(from, to) != 0)
			g_string_append_printf(
				text, INDENT "%s: %s -> %s\n", flags[i].name, from, to);
	}
}

static void add_alias_line(GString *text, const struct revision *revision)
{
	const char *alias;

	for (size_t i = 0; (alias = revision_alias(revision, i)); i++)
		g_string_append_printf(text, "%s%s", i > 0 ? ", " : INDENT "also called ", alias);
	if (revision_alias(revision, 0))
		g_string_append_c(text, '\n');
}

static void add_revisions(GString *text, bool with_flags)
{
	size_t count;
	const struct revision *table = revision_table(&count);

	g_assert(count > 0);
	g_string_append_printf(
		text, "%-16s %-10s  %-12s  %s\n", "revision", "date", "commit", "known defects");
	for (size_t i = 0; i < count; i++) {
		g_string_append_printf(text, "%-16s %-10s  %-12s  %s\n", table[i].name,
			table[i].date, *table[i].commit ? table[i].commit : "-",
			*table[i].defects ? table[i].defects : "-");
		g_string_append_printf(text, INDENT "%s\n", table[i].change);
		add_alias_line(text, &table[i]);
		add_changed(text, &table[i]);
		if (with_flags)
			add_flags(text, &table[i]);
	}
	g_string_append_printf(text,
		"\nThe flags shown are those that differ from the revision above. Proposals "
		"follow\n%s, and are compared with it. A scenario that names no revision runs %s.\n",
		revision_current()->name, revision_current()->name);
}

static const char formulas[] =
	"\nThe formulas, with the flags that are in them; opt = min(users, CPUs allowed):\n"
	"  max_cids  = min(opt + opt * allowance / 1000, possible)\n"
	"  threshold = max(min(opt - opt * thrs-gap / 1000, thrs-cap / 2), thrs-floor)\n"
	"The mm enters per-CPU mode when it has more users than max_cids. It leaves when\n"
	"it has fewer than the threshold. The smaller limit of the threshold counts: with\n"
	"all CPUs allowed that is half of thrs-cap, and thrs-gap alone changes nothing. A\n"
	"threshold of 2/3 of opt is thrs-gap=333 with thrs-cap=none.\n";

static void add_flag_help(GString *text)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);

	g_string_append(text, "\nFlags, for [protocol] or --set protocol.FLAG=VALUE:\n");
	for (size_t i = 0; i < count; i++)
		g_string_append_printf(
			text, "  %-20s%s\n      %s\n", flags[i].name, flags[i].values, flags[i].help);
	g_string_append(text, formulas);
}

static const char description[] =
	"Lists the revisions of the protocol, oldest first: name, date, commit, known defects, "
	"what "
	"each changed, and which flags differ from the one before. Proposals, which are in no "
	"kernel, follow the default revision and are compared with it.\n"
	"\n"
	"Examples:\n"
	"  cidsim revisions --flags\n";

int cmd_revisions(int argc, char **argv)
{
	gboolean with_flags = FALSE, as_json = FALSE;
	const GOptionEntry entries[] = {
		{ "flags", 'f', 0, G_OPTION_ARG_NONE, &with_flags,
			"Show all flags of each revision, and what they mean", NULL },
		{ "json", 0, 0, G_OPTION_ARG_NONE, &as_json,
			"Print an array of JSON objects, all flags included", NULL },
		G_OPTION_ENTRY_NULL,
	};
	g_autoptr(GString) text = g_string_new(NULL);
	int status;

	if (!command_parse("", description, entries, &argc, &argv, &status))
		return status;
	if (argc > 1) {
		command_error("revisions: takes no argument, found '%s'", argv[1]);
		return EXIT_USAGE;
	}
	if (as_json) {
		json_print_revisions(text);
		return command_print(text->str, text->len);
	}
	add_revisions(text, with_flags);
	if (with_flags)
		add_flag_help(text);
	return command_print(text->str, text->len);
}
