/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/kernel/region.h"

#include <string.h>

#define MARKER "CONFIG_SCHED_MM_CID"

static bool is_word_char(char c)
{
	return g_ascii_isalnum(c) || c == '_';
}

bool region_has_word(const char *text, const char *name)
{
	size_t length = strlen(name);

	g_assert(length > 0);
	for (const char *at = strstr(text, name); at; at = strstr(at + 1, name)) {
		if ((at == text || !is_word_char(at[-1])) && !is_word_char(at[length]))
			return true;
	}
	return false;
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

/* The word behind the '#' of @line; NULL if it is no directive. */
static const char *directive(const char *line)
{
	line += strspn(line, " \t");
	return *line == '#' ? line + 1 + strspn(line + 1, " \t") : NULL;
}

static bool begins(const char *directive, const char *word)
{
	return directive && g_str_has_prefix(directive, word);
}

/* Does @line ask for the option? "#ifdef", "#if defined()", "#if IS_ENABLED()", not "#if !". */
static bool is_marker(const char *line)
{
	const char *word = directive(line);
	g_autofree char *rest = NULL;

	if (!begins(word, "if") || begins(word, "ifndef"))
		return false;
	rest = g_strndup(word, (size_t)(next_line(word) - word));
	return region_has_word(rest, MARKER) && !strchr(rest, '!');
}

/* The line that ends the region whose first line is @line: its own #else, #elif or #endif. */
static const char *region_end(const char *line)
{
	unsigned depth = 0;

	for (; *line; line = next_line(line)) {
		const char *word = directive(line);

		if (depth == 0 && (begins(word, "el") || begins(word, "endif")))
			break;
		if (begins(word, "if"))
			depth++;
		else if (begins(word, "endif"))
			depth--;
	}
	return line;
}

static guint count_lines(const char *from, const char *to)
{
	guint count = 0;

	g_assert(from <= to);
	for (; from < to; from = next_line(from))
		count++;
	return count;
}

bool region_find(const char *text, const char *name, struct region *region, bool *marked)
{
	const char *line = text;

	g_assert(text && name);
	*marked = false;
	for (; *line; line = next_line(line)) {
		const char *from = next_line(line), *to;
		g_autofree char *found = NULL;

		if (!is_marker(line))
			continue;
		*marked = true;
		to = region_end(from);
		found = g_strndup(from, (size_t)(to - from));
		if (!region_has_word(found, name))
			continue;
		*region = (struct region){ .line = count_lines(text, from) + 1,
			.lines = count_lines(from, to) };
		region->text = g_steal_pointer(&found);
		return true;
	}
	return false;
}
