/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/base/keyfile.h"

#include <string.h>

enum line_kind { LINE_NONE, LINE_COMMENT, LINE_HEAD, LINE_PAIR };

static enum line_kind kind_of(const char *line)
{
	return *line == '\0'  ? LINE_NONE
	       : *line == '#' ? LINE_COMMENT
	       : *line == '[' ? LINE_HEAD
	                      : LINE_PAIR;
}

/* Is the first line a head, or a comment directly above one? */
static bool begins_group(char *const *lines)
{
	while (*lines && kind_of(*lines) == LINE_COMMENT)
		lines++;
	return *lines && kind_of(*lines) == LINE_HEAD;
}

static void add_line(GString *text, char *line)
{
	char *equals = strchr(line, '=');

	switch (kind_of(line)) {
	case LINE_NONE:
		g_assert_not_reached();
	case LINE_COMMENT:
		g_string_append(text, line);
		break;
	case LINE_HEAD:
		line[strcspn(line, "]")] = '\0';
		g_string_append_printf(text, "[%s]", keyfile_squeeze(line + 1));
		break;
	case LINE_PAIR:
		g_assert(equals);
		*equals = '\0';
		g_string_append_printf(text, "%s = %s", g_strstrip(line), g_strstrip(equals + 1));
		break;
	}
	g_string_append_c(text, '\n');
}

/* The lines of @text without blanks at their ends. Not by g_strsplit(), whose strstr() may look at
 * all of the rest for each line. */
static char **lines_of(const char *text)
{
	GPtrArray *lines = g_ptr_array_new();
	const char *end;

	for (; (end = strchr(text, '\n')); text = end + 1)
		g_ptr_array_add(lines, g_strstrip(g_strndup(text, (gsize)(end - text))));
	g_ptr_array_add(lines, g_strstrip(g_strdup(text)));
	g_ptr_array_add(lines, NULL);
	return (char **)g_ptr_array_free(lines, FALSE);
}

char *keyfile_format(const char *text)
{
	static const char mark[] = "\xef\xbb\xbf";
	g_auto(GStrv) lines = lines_of(g_str_has_prefix(text, mark) ? text + strlen(mark) : text);
	GString *formatted = g_string_new(NULL);
	enum line_kind before = LINE_NONE; /* the last one but blank ones */
	bool gap = false;                  /* an empty line is due */

	for (char **line = lines; *line; line++) {
		enum line_kind kind = kind_of(*line);

		if (kind == LINE_NONE) {
			gap = before != LINE_NONE && before != LINE_HEAD;
			continue;
		}
		/* Asked of the first of several comments only. */
		if (before != LINE_NONE && before != LINE_COMMENT && begins_group(line))
			gap = true;
		if (gap)
			g_string_append_c(formatted, '\n');
		add_line(formatted, *line);
		before = kind;
		gap = false;
	}
	return g_string_free(formatted, FALSE);
}
