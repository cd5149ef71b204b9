/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/cli/help.h"

#include <stdbool.h>
#include <string.h>

#include "sim/base/text.h"

#define MANUAL_DATE "November 29, 2026"

enum { WIDTH = 80, LABEL_MAX = 26, FILL = 70 };

static const GOptionEntry help_entry = { "help", 'h', 0, G_OPTION_ARG_NONE, NULL, "Show this help",
	NULL };

/* Of "check TREE…" the first word is typed as it stands, and before the options: its length, and
 * that of the blank behind it. 0: there is no such word. */
static size_t verb_length(const char *arguments)
{
	size_t length = strcspn(arguments, " ");

	return g_ascii_islower(*arguments) && arguments[length] ? length + 1 : 0;
}

/* --- the blocks of a description --- */

enum block { BLOCK_NONE, BLOCK_BLANK, BLOCK_LITERAL, BLOCK_PARAGRAPH };

static enum block block_of(const char *line)
{
	if (*line == '\0')
		return BLOCK_BLANK;
	return g_str_has_prefix(line, "  ") ? BLOCK_LITERAL : BLOCK_PARAGRAPH;
}

/* Call @print with each block of @description: lines of one kind, each with its end. */
static void each_block(const char *description,
	void (*print)(enum block block, const char *lines, void *context), void *context)
{
	g_auto(GStrv) lines = g_strsplit(description ? description : "", "\n", -1);
	g_autoptr(GString) block = g_string_new(NULL);
	enum block kind = BLOCK_NONE;

	for (char **line = lines; *line; line++) {
		if (block_of(*line) != kind && block->len > 0) {
			print(kind, block->str, context);
			g_string_truncate(block, 0);
		}
		kind = block_of(*line);
		g_string_append_printf(block, "%s\n", *line);
	}
	/* Behind the last end of line there is an empty one, which is none. */
	if (kind != BLOCK_BLANK && kind != BLOCK_NONE)
		print(kind, block->str, context);
}

/* --- for a terminal --- */

static void plain_entry(GString *text, const GOptionEntry *entry, unsigned column)
{
	g_autoptr(GString) label = g_string_new(NULL);

	if (entry->short_name)
		g_string_append_printf(label, "  -%c, --%s", entry->short_name, entry->long_name);
	else
		g_string_append_printf(label, "      --%s", entry->long_name);
	if (entry->arg_description)
		g_string_append_printf(label, "=%s", entry->arg_description);
	g_string_append(text, label->str);
	if (label->len + 2 > column)
		g_string_append_printf(text, "\n%*s", (int)column, "");
	else
		g_string_append_printf(text, "%*s", (int)(column - label->len), "");
	text_fill(text, entry->description, column, WIDTH);
	g_string_append_c(text, '\n');
}

static void plain_block(enum block block, const char *lines, void *context)
{
	GString *text = context;

	g_assert(block != BLOCK_NONE);
	if (block == BLOCK_PARAGRAPH) {
		text_fill(text, lines, 0, WIDTH);
		g_string_append_c(text, '\n');
	} else {
		g_string_append(text, lines);
	}
}

void help_plain(GString *text, const struct help *help)
{
	size_t verb = verb_length(help->arguments);

	g_string_append(text, "Usage:\n  cidsim ");
	if (help->name)
		g_string_append_printf(
			text, "%s %.*s[OPTION…] ", help->name, (int)verb, help->arguments);
	g_string_append_printf(text, "%s\n\n", help->arguments + verb);
	if (help->name) {
		g_string_append(text, "Options:\n");
		plain_entry(text, &help_entry, LABEL_MAX);
		for (const GOptionEntry *entry = help->entries; entry && entry->long_name; entry++)
			plain_entry(text, entry, LABEL_MAX);
		g_string_append_c(text, '\n');
	}
	each_block(help->description, plain_block, text);
}

/* --- as a man page --- */

struct page {
	GString *text;
	const struct help *help; /* NULL: its options are printed */
};

/* Append one character of text, which is not a command of roff. */
static void man_character(GString *text, gunichar character)
{
	switch (character) {
	case '\\':
		g_string_append(text, "\\e");
		break;
	case '-':
	case '\'':
	case '^':
	case '~':
		g_string_append(text, character == '-'    ? "\\-"
				      : character == '\'' ? "\\(aq"
				      : character == '^'  ? "\\(ha"
							  : "\\(ti");
		break;
	case 0x2026: /* … */
		g_string_append(text, "...");
		break;
	default:
		if (character < 0x80)
			g_string_append_c(text, (char)character);
		else
			g_string_append_printf(text, "\\[u%04X]", character);
	}
}

/* Append @words, what is between backticks bold. */
static void man_text(GString *text, const char *words)
{
	bool bold = false;

	for (const char *at = words; *at; at = g_utf8_next_char(at)) {
		if (*at == '`') {
			bold = !bold;
			g_string_append(text, bold ? "\\fB" : "\\fR");
			continue;
		}
		if (*at == '.' && (at == words || at[-1] == '\n'))
			g_string_append(text, "\\&");
		man_character(text, g_utf8_get_char(at));
	}
	g_assert(!bold);
}

/* The same as a paragraph: each sentence begins a line. */
static void man_paragraph(GString *text, const char *words)
{
	g_autofree char *line = g_strchomp(g_strdelimit(g_strdup(words), "\n", ' '));
	g_auto(GStrv) sentences = g_strsplit(line, ". ", -1);
	g_autoptr(GString) lines = g_string_new(NULL);

	for (char **sentence = sentences; *sentence; sentence++) {
		text_fill(lines, *sentence, 0, FILL);
		g_string_append(lines, sentence[1] ? ".\n" : "\n");
	}
	man_text(text, lines->str);
}

static void man_entry(GString *text, const GOptionEntry *entry)
{
	g_autofree char *description = g_strconcat(entry->description, ".", NULL);

	g_string_append(text, ".It ");
	if (entry->short_name)
		g_string_append_printf(text, "Fl %c , ", entry->short_name);
	g_string_append_printf(text, "Fl -%s", entry->long_name);
	if (entry->arg_description) {
		g_string_append(text, " Ns = Ns Ar ");
		man_text(text, entry->arg_description);
	}
	g_string_append_c(text, '\n');
	man_paragraph(text, description);
}

static void man_options(struct page *page)
{
	const struct help *help = page->help;

	if (!help)
		return;
	page->help = NULL;
	g_string_append(page->text, ".Sh OPTIONS\n.Bl -tag -width Ds\n");
	for (const GOptionEntry *entry = help->entries; entry && entry->long_name; entry++)
		man_entry(page->text, entry);
	man_entry(page->text, &help_entry);
	g_string_append(page->text, ".El\n");
}

/* The heading that a paragraph begins with, and behind it in *@lines its text. NULL: none. */
static const char *man_heading(const char **lines)
{
	static const char *const headings[][2] = {
		{ "Commands:", "COMMANDS" },
		{ "Environment:", "ENVIRONMENT" },
		{ "Files:", "FILES" },
		{ "Exit status:", "EXIT STATUS" },
		{ "Examples:", "EXAMPLES" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(headings); i++) {
		if (!g_str_has_prefix(*lines, headings[i][0]))
			continue;
		*lines += strlen(headings[i][0]);
		*lines += strspn(*lines, " \n");
		return headings[i][1];
	}
	return NULL;
}

static void man_block(enum block block, const char *lines, void *context)
{
	struct page *page = context;
	const char *heading = block == BLOCK_PARAGRAPH ? man_heading(&lines) : NULL;

	g_assert(block != BLOCK_NONE);
	if (block == BLOCK_BLANK)
		return;
	if (block == BLOCK_LITERAL) {
		g_string_append(page->text, ".Bd -literal\n");
		man_text(page->text, lines);
		g_string_append(page->text, ".Ed\n");
		return;
	}
	if (heading) {
		man_options(page);
		g_string_append_printf(page->text, ".Sh %s\n", heading);
	} else if (!g_str_has_suffix(page->text->str, ".Sh DESCRIPTION\n")) {
		g_string_append(page->text, ".Pp\n");
	}
	man_paragraph(page->text, lines);
}

/* "[NAME]" is an optional argument, "FILE…" one or more. */
static void man_arguments(GString *text, const char *arguments)
{
	g_auto(GStrv) words = g_strsplit(arguments, " ", -1);

	for (char **word = words; *word; word++) {
		bool optional = **word == '[';
		g_autofree char *name =
			g_strndup(*word + optional, strlen(*word) - (optional ? strlen("[]") : 0));
		char *more = strstr(name, "…");

		if (*name == '\0')
			continue;
		if (more && more[strlen("…")] == '\0')
			*more = '\0';
		g_string_append(text, optional ? ".Op Ar " : ".Ar ");
		man_text(text, name);
		g_string_append(text, more ? " ...\n" : "\n");
	}
}

void help_man(GString *text, const struct help *help)
{
	struct page page = { text, help->name ? help : NULL };
	size_t verb = verb_length(help->arguments);

	g_string_append(text, ".Sh SYNOPSIS\n");
	if (help->name) {
		g_string_append_printf(text, ".Nm \"cidsim %s\"\n", help->name);
		if (verb)
			g_string_append_printf(text, ".Cm %.*s\n", (int)verb - 1, help->arguments);
		g_string_append(text, ".Op Ar OPTION ...\n");
	} else {
		g_string_append(text, ".Nm cidsim\n");
	}
	man_arguments(text, help->arguments + verb);
	g_string_append(text, ".Sh DESCRIPTION\n");
	each_block(help->description, man_block, &page);
	man_options(&page);
}

void help_man_begin(GString *text, const char *name, const char *summary)
{
	g_autofree char *title = g_ascii_strup(name, -1);

	g_assert(*name && *summary);
	g_string_append_printf(text,
		".Dd " MANUAL_DATE "\n.Dt %s 1\n.Os\n.Sh NAME\n.Nm %s\n.Nd %s\n", title, name,
		summary);
}

void help_man_end(GString *text, const char *const *pages)
{
	g_assert(pages[0]);
	g_string_append(text, ".Sh SEE ALSO\n");
	for (; *pages; pages++)
		g_string_append_printf(text, ".Xr %s%s\n", *pages, pages[1] ? " ," : "");
}
