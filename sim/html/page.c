/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/html/page.h"

#include <string.h>

#include "sim/base/version.h"
#include "sim/html/assets.h"
#include "sim/html/html.h"

#define REPLACEMENT "\xef\xbf\xbd"

const struct html_part html_whole = { 0, UINT64_MAX };

bool html_has_charts(void)
{
	return *html_library;
}

/* --- escaping --- */

static const char *entity_of(char c)
{
	switch (c) {
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '&':
		return "&amp;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return g_ascii_iscntrl(c) && c != '\t' && c != '\n' ? REPLACEMENT : NULL;
	}
}

void html_add(GString *html, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);

	for (const char *c = valid; *c; c++) {
		const char *entity = entity_of(*c);

		if (entity)
			g_string_append(html, entity);
		else
			g_string_append_c(html, *c);
	}
}

void html_add_json(GString *html, const char *text)
{
	for (const char *c = text; *c; c++) {
		bool ends_line = strncmp(c, "\xe2\x80\xa8", 3) == 0 ||
		                 strncmp(c, "\xe2\x80\xa9", 3) == 0;

		if (ends_line) {
			g_string_append_printf(html, "\\u20%02x", (unsigned char)c[2] - 0x80U);
			c += 2;
		} else if (strchr("<>&", *c)) {
			g_string_append_printf(html, "\\u%04x", (unsigned)*c);
		} else {
			g_string_append_c(html, *c);
		}
	}
}

void html_add_data(GString *html, const char *id, const char *text)
{
	g_string_append_printf(html, "<script type=\"application/json\" id=\"%s\">", id);
	html_add_json(html, text);
	g_string_append(html, "</script>\n");
}

/* --- the body --- */

void html_page_begin(struct html_page *page, const char *kind, const char *title)
{
	*page = (struct html_page){ .body = g_string_new(NULL),
		.data = { .text = g_string_new(NULL) } };
	json_begin_object(&page->data, NULL);
	json_add_text(&page->data, "kind", kind);
	json_add_text(&page->data, "title", title);
	g_string_append(page->body, "<h1>");
	html_add(page->body, title);
	g_string_append(page->body, "</h1>\n");
}

void html_page_verdict(struct html_page *page, enum html_verdict verdict, const char *text)
{
	static const char *const classes[] = { "good", "bad", "undecided", "neutral" };

	g_assert(verdict < G_N_ELEMENTS(classes));
	g_string_append_printf(page->body, "<p id=\"verdict\" class=\"%s\">", classes[verdict]);
	html_add(page->body, text);
	g_string_append(page->body, "</p>\n");
}

void html_page_section(struct html_page *page, const char *id, const char *heading)
{
	g_string_append_printf(page->body, "<section id=\"%s\">\n<h2>", id);
	html_add(page->body, heading);
	g_string_append(page->body, "</h2>\n");
}

void html_page_end_section(struct html_page *page)
{
	g_string_append(page->body, "</section>\n");
}

void html_page_place(struct html_page *page, const char *id)
{
	g_string_append_printf(page->body, "<div id=\"%s\" class=\"place\"></div>\n", id);
}

/* --- the file --- */

/* The title is in the data, too: what stands in the head of the file is the same for all pages. */
static void add_head(GString *file, const struct html_page *page)
{
	const char *end = strstr(page->body->str, "</h1>");

	g_assert(end && g_str_has_prefix(page->body->str, "<h1>"));
	g_string_append(file,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		"style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<link rel=\"icon\" href=\"data:,\">\n<title>");
	g_string_append_len(file, page->body->str + 4, end - page->body->str - 4);
	g_string_append_printf(file, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", html_style);
}

static void add_foot(GString *file)
{
	g_string_append(file, "<footer>\n<p>Made by cidsim ");
	html_add(file, version_text());
	g_string_append(file, ".</p>\n");
	if (!html_has_charts()) {
		g_string_append(file, "<p id=\"no-charts\">This page has no charts: cidsim was "
				      "built without D3. On Debian: install the package node-d3, then "
				      "<code>meson setup --reconfigure build</code>, and build "
				      "again.</p>\n");
	} else {
		g_string_append(file, "<details><summary>D3 draws the charts. Its licence</summary>"
				      "<pre>");
		html_add(file, html_licence);
		g_string_append(file, "</pre></details>\n");
	}
	g_string_append(file, "</footer>\n");
}

GString *html_page_end(struct html_page *page)
{
	GString *file = g_string_sized_new(page->body->len + page->data.text->len + (1 << 19));

	json_end_object(&page->data);
	json_end_line(&page->data);
	add_head(file, page);
	g_string_append_printf(file, "<main>\n%s</main>\n", page->body->str);
	add_foot(file);
	html_add_data(file, "data", page->data.text->str);
	if (html_has_charts())
		g_string_append_printf(file, "<script>\n%s\n</script>\n", html_library);
	g_string_append_printf(
		file, "<script>\n%s</script>\n</body>\n</html>\n", html_script);
	html_page_clear(page);
	return file;
}

void html_page_clear(struct html_page *page)
{
	g_string_free(page->body, TRUE);
	g_string_free(page->data.text, TRUE);
	*page = (struct html_page){ 0 };
}
