/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/complete.h"

#include <string.h>

#include "model/revision.h"
#include "sim/cli/command.h"
#include "sim/cli/entries.h"
#include "sim/plot/plot.h"
#include "sim/scenario/axis-name.h"

void complete_offer(GString *text, const char *typed, const char *word, const char *explanation)
{
	g_assert(*word);
	if (!g_str_has_prefix(word, typed))
		return;
	g_string_append(text, word);
	if (explanation)
		g_string_append_printf(text, "\t%s", explanation);
	g_string_append_c(text, '\n');
}

/* --- what a word in capitals stands for --- */

static void offer_shipped(GString *text, const char *typed)
{
	g_autofree char *dir = command_scenarios_dir();
	g_autoptr(GPtrArray) names = NULL;
	int status = EXIT_OK;

	if (!dir)
		return;
	names = command_shipped_names(dir, &status);
	for (guint i = 0; i < names->len; i++)
		complete_offer(text, typed, names->pdata[i], NULL);
}

static void offer_scenarios(GString *text, const char *typed)
{
	offer_shipped(text, typed);
	g_string_append(text, ":files .scn\n");
}

static void offer_revisions(GString *text, const char *typed)
{
	size_t count;
	const struct revision *table = revision_table(&count);

	g_assert(count > 0);
	for (size_t i = 0; i < count; i++)
		complete_offer(text, typed, table[i].name, table[i].change);
}

static void offer_pictures(GString *text, const char *typed)
{
	for (int kind = 0; kind < PLOT_KINDS; kind++)
		complete_offer(text, typed, plot_kind_to_string((enum plot_kind)kind), NULL);
}

static void offer_properties(GString *text, const char *typed)
{
	const char *word;

	for (size_t i = 0; (word = scenario_property_word(i)); i++)
		complete_offer(text, typed, word,
			scenario_property_describe(scenario_property_find(word)));
}

static void offer_flags(GString *text, const char *typed)
{
	size_t count;
	const struct protocol_flag *flags = protocol_flags(&count);

	for (size_t i = 0; i < count; i++) {
		g_autofree char *key = g_strdup_printf("protocol.%s=", flags[i].name);

		complete_offer(text, typed, key, flags[i].help);
	}
}

static void offer_keys(GString *text, const char *typed)
{
	g_autoptr(GPtrArray) keys = axis_keys();

	g_assert(keys->len > 0);
	for (guint i = 0; i < keys->len; i++) {
		g_autofree char *key = g_strconcat(keys->pdata[i], "=", NULL);

		/* "mm NAME.count": the name is not known */
		if (!strchr(key, ' '))
			complete_offer(text, typed, key, NULL);
	}
	offer_flags(text, typed);
}

/* Files: the shell looks for them. */
#define OFFER_FILES(name, line)                                                                    \
	static void name(GString *text, const char *typed)                                         \
	{                                                                                          \
		(void)typed;                                                                       \
		g_string_append(text, line "\n");                                                  \
	}
OFFER_FILES(offer_files, ":files")
OFFER_FILES(offer_csv_files, ":files .csv")
OFFER_FILES(offer_folders, ":folders")

static const struct {
	const char *word;
	void (*offer)(GString *text, const char *typed);
} meanings[] = {
	{ "DIR", offer_folders },
	{ "FILE", offer_files },
	{ "FILE.csv", offer_csv_files },
	{ "GROUP.KEY=VALUE", offer_keys },
	{ "GROUP.KEY=LIST", offer_keys },
	{ "NAME", offer_shipped },
	{ "PICTURE", offer_pictures },
	{ "PROPERTIES", offer_properties },
	{ "REVISION", offer_revisions },
	{ "REVISIONS", offer_revisions },
	{ "SCENARIO", offer_scenarios },
	{ "TRACE", offer_files },
	{ "protocol.FLAG=VALUE", offer_flags },
};

/* @meaning: "REVISION|all" */
static void offer_meaning(GString *text, const char *typed, const char *meaning)
{
	g_auto(GStrv) words = g_strsplit(meaning, "|", -1);

	for (char **word = words; *word; word++) {
		size_t i = 0;

		while (i < G_N_ELEMENTS(meanings) && strcmp(meanings[i].word, *word) != 0)
			i++;
		if (i < G_N_ELEMENTS(meanings))
			meanings[i].offer(text, typed);
		else if (g_ascii_islower(**word))
			complete_offer(text, typed, *word, NULL);
	}
}

/* --- what is typed --- */

/* The value of an option in its own word, "--revision=7": the shell wants the whole word back. */
static void offer_value_of(GString *text, const GOptionEntry *entries, const char *typed)
{
	size_t name = strcspn(typed, "=");
	const GOptionEntry *entry = entry_find(entries, typed + 2, name - 2);
	g_autoptr(GString) values = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;

	g_assert(typed[name] == '=');
	if (entry && entry->arg_description)
		offer_meaning(values, typed + name + 1, entry->arg_description);
	lines = g_strsplit(values->str, "\n", -1);
	for (char **line = lines; *line && **line; line++) {
		if (**line != ':')
			g_string_append_len(text, typed, (gssize)name + 1);
		g_string_append_printf(text, "%s\n", *line);
	}
}

static void offer_options(GString *text, const struct help *help, const char *typed)
{
	complete_offer(text, typed, "--help", "Show the help");
	for (const GOptionEntry *entry = help->entries; entry && entry->long_name; entry++) {
		g_autofree char *option = g_strconcat("--", entry->long_name, NULL);

		complete_offer(text, typed, option, entry->description);
	}
}

/* The argument at @position, from 0: the last one of "PICTURE DIR…" may be repeated. */
static void offer_argument(
	GString *text, const struct help *help, const char *typed, guint position)
{
	g_auto(GStrv) words = g_strsplit(help->arguments, " ", -1);
	guint count = g_strv_length(words);
	g_autoptr(GString) meaning = NULL;

	if (position >= count && (count == 0 || !strstr(words[count - 1], "…")))
		return;
	meaning = g_string_new(words[MIN(position, count - 1)]);
	g_string_replace(meaning, "…", "", 0);
	g_string_replace(meaning, "[", "", 0);
	g_string_replace(meaning, "]", "", 0);
	offer_meaning(text, typed, meaning->str);
}

/* Append a copy of @words without the "=" that bash cuts out. */
static GPtrArray *without_equals(char **words)
{
	GPtrArray *kept = g_ptr_array_new();

	for (; *words; words++) {
		if (strcmp(*words, "=") != 0)
			g_ptr_array_add(kept, *words);
		else if (!words[1])
			g_ptr_array_add(kept, (char *)"");
	}
	return kept;
}

void complete_words(GString *text, const struct help *help, char **words)
{
	g_autoptr(GPtrArray) all = without_equals(words);
	const char *typed = all->len > 0 ? all->pdata[all->len - 1] : "";
	const GOptionEntry *waiting = NULL; /* for its value */
	bool only_arguments = false;        /* after "--" */
	guint position = 0;

	for (guint i = 0; i + 1 < all->len; i++) {
		const char *word = all->pdata[i];

		if (waiting)
			waiting = NULL;
		else if (only_arguments || *word != '-')
			position++;
		else if (strcmp(word, "--") == 0)
			only_arguments = true;
		else
			waiting = entry_taking_next(help->entries, word);
	}
	g_assert(!waiting || !only_arguments);
	if (waiting && waiting->arg_description)
		offer_meaning(text, typed, waiting->arg_description);
	else if (!only_arguments && g_str_has_prefix(typed, "--") && strchr(typed, '='))
		offer_value_of(text, help->entries, typed);
	else if (!only_arguments && *typed == '-')
		offer_options(text, help, typed);
	else
		offer_argument(text, help, typed, position);
}
