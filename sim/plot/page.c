/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/plot/page.h"

#include <errno.h>
#include <string.h>

#include "sim/base/failure.h"

/* --- assignments --- */

void plot_set_number(const struct plot_page *page, const char *name, uint64_t value)
{
	g_assert(*name);
	/* with a point: gnuplot's integers would divide without remainder */
	g_string_append_printf(page->assignments, "%s = %" G_GUINT64_FORMAT ".0\n", name, value);
}

/* In double quotes, letters and digits as they are, all other bytes as \0ooo (with a leading 0
 * gnuplot reads four octal digits). All this is needed: gnuplot expands backquotes in double
 * quotes, and takes a doubled quote at the start of single ones for their end. */
static void append_escaped(GString *assignments, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.ArraySubscript): all are there */
		if (g_ascii_isalnum(bytes[i]) || bytes[i] == ' ')
			g_string_append_c(assignments, bytes[i]);
		else
			g_string_append_printf(assignments, "\\0%03o", (unsigned char)bytes[i]);
	}
}

/* Line ends and other control characters are not printable, nor is what reorders text. */
static void append_letter(GString *assignments, const char *at)
{
	static const char replacement[] = "\xef\xbf\xbd", space[] = " ";
	gunichar letter = g_utf8_get_char(at);

	if (g_unichar_isprint(letter))
		append_escaped(assignments, at, (size_t)(g_utf8_next_char(at) - at));
	else
		append_escaped(assignments, g_unichar_isspace(letter) ? space : replacement,
			g_unichar_isspace(letter) ? sizeof(space) - 1 : sizeof(replacement) - 1);
}

void plot_set_text(
	const struct plot_page *page, const char *name, const char *text, unsigned letters_max)
{
	GString *assignments = page->assignments;
	static const char ellipsis[] = "\xe2\x80\xa6";
	char *valid = g_utf8_make_valid(text, -1);
	bool cut = g_utf8_strlen(valid, -1) > (glong)letters_max;
	unsigned left = cut ? letters_max - 1 : letters_max;

	g_assert(letters_max >= 1);
	g_string_append_printf(assignments, "%s = \"", name);
	for (const char *c = valid; *c && left; c = g_utf8_next_char(c), left--)
		append_letter(assignments, c);
	if (cut)
		append_escaped(assignments, ellipsis, sizeof(ellipsis) - 1);
	g_string_append(assignments, "\"\n");
	g_free(valid);
}

void plot_set_number_at(
	const struct plot_page *page, const char *stem, unsigned index, uint64_t value)
{
	g_autofree char *name = g_strdup_printf("%s_%u", stem, index);

	g_assert(*stem);
	plot_set_number(page, name, value);
}

void plot_set_text_at(const struct plot_page *page, const char *stem, unsigned index,
	const char *text, unsigned letters_max)
{
	g_autofree char *name = g_strdup_printf("%s_%u", stem, index);

	g_assert(*stem);
	plot_set_text(page, name, text, letters_max);
}

/* --- data files --- */

FILE *plot_page_create(const struct plot_page *page, const char *name, GError **error)
{
	g_autofree char *full = g_strconcat(page->prefix ? page->prefix : "", name, NULL);
	char *path = g_build_filename(page->work, full, NULL);
	FILE *file = fopen(path, "we");

	if (!file)
		failure_environment(error, "%s: %s", path, g_strerror(errno));
	g_free(path);
	return file;
}

bool plot_page_close(FILE *file, GError **error)
{
	bool good;

	if (!file)
		return false;
	good = !ferror(file);
	if (fclose(file) != 0)
		good = false;
	/* the caller may come here with an error of its own: the first one counts */
	if (!good && error && !*error)
		failure_environment(error,
			"data for gnuplot cannot be written to the temporary directory: %s",
			g_strerror(errno));
	return good;
}
