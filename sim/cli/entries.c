/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/entries.h"

#include <string.h>

static const GOptionEntry *find_letter(const GOptionEntry *entries, char letter)
{
	g_assert(letter);
	for (; entries && entries->long_name; entries++) {
		if (entries->short_name == letter)
			return entries;
	}
	return NULL;
}

const GOptionEntry *entry_find(const GOptionEntry *entries, const char *name, size_t length)
{
	g_assert(length <= strlen(name));
	for (; entries && entries->long_name; entries++) {
		if (strlen(entries->long_name) == length &&
			memcmp(entries->long_name, name, length) == 0)
			return entries;
	}
	return NULL;
}

size_t entry_letters_length(const GOptionEntry *entries, const char *argument)
{
	g_assert(argument[0] == '-');
	for (size_t i = 1; argument[i]; i++) {
		const GOptionEntry *entry = find_letter(entries, argument[i]);

		if (!entry)
			break;
		if (entry->arg != G_OPTION_ARG_NONE)
			return i + 1;
	}
	return 0;
}

const GOptionEntry *entry_taking_next(const GOptionEntry *entries, const char *argument)
{
	const GOptionEntry *entry;
	size_t length = strlen(argument);

	if (argument[0] != '-' || !argument[1])
		return NULL;
	if (argument[1] != '-')
		return entry_letters_length(entries, argument) == length
		               ? find_letter(entries, argument[length - 1])
		               : NULL;
	entry = entry_find(entries, argument + 2, length - 2);
	return entry && entry->arg != G_OPTION_ARG_NONE ? entry : NULL;
}

const GOptionEntry *entry_given(const GOptionEntry *entries, const char *argument)
{
	const GOptionEntry *entry;

	if (argument[0] != '-' || !argument[1])
		return NULL;
	if (argument[1] == '-')
		entry = entry_find(entries, argument + 2, strcspn(argument + 2, "="));
	else
		entry = find_letter(entries, argument[strlen(argument) - 1]);
	if (!entry || entry->arg == G_OPTION_ARG_NONE ||
		entry->arg == G_OPTION_ARG_FILENAME_ARRAY ||
		entry->arg == G_OPTION_ARG_STRING_ARRAY)
		return NULL;
	return entry;
}
