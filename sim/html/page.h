/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_SIM_HTML_PAGE_H
#define CIDSIM_SIM_HTML_PAGE_H

/*
 * A page in the making: its body, written from the top down, and the data for its script.
 *
 *     html_page_begin(&page, "run", title);
 *     … html_add(page.body, name), json_add_number(&page.data, …)
 *     return html_page_end(&page);
 */

#include <glib.h>

#include "sim/base/json-write.h"

enum html_verdict { HTML_GOOD, HTML_BAD, HTML_UNDECIDED, HTML_NEUTRAL };

struct html_page {
	GString *body;
	struct json data; /* an object is open; its text is the page's */
	const char *unit; /* what a microsecond stands for: "step", "event"; NULL: it is one */
};

/* Begin with the @title; the script makes of the page what the @kind has. */
void html_page_begin(struct html_page *page, const char *kind, const char *title);

/* The line below the title. */
void html_page_verdict(struct html_page *page, enum html_verdict verdict, const char *text);

/* A part of its own, up to html_page_end_section(); @id is unique. */
void html_page_section(struct html_page *page, const char *id, const char *heading);
void html_page_end_section(struct html_page *page);

/* An empty element that the script fills: in a page without script it is not there. */
void html_page_place(struct html_page *page, const char *id);

/* Append @text, any bytes, to @html: markup characters are escaped, and what is not UTF-8 or a
 * control character (but for tab and line feed) becomes U+FFFD. */
void html_add(GString *html, const char *text);

/* Append the JSON @text so that nothing in it can end the element of a script. */
void html_add_json(GString *html, const char *text);

/* Append <script type="application/json" id="ID"> with the JSON @text. */
void html_add_data(GString *html, const char *id, const char *text);

/* The complete file. The page is cleared. */
GString *html_page_end(struct html_page *page);

/* Clear without an end. */
void html_page_clear(struct html_page *page);

#endif
