/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/base/prng.h"
#include "sim/html/html.h"
#include "sim/html/page.h"
#include "tests/lib/page-data.h"
#include "tests/lib/suite.h"

SUITE(.timeout = 60);

enum { LENGTH_MAX = 40 };

/* Bytes of which many matter. */
static void random_text(struct prng *prng, char text[LENGTH_MAX + 1])
{
	static const char bytes[] = "<>&\"'/\\!-sa\x01\x1b\x7f\n\t\xff\xe2\x80\xa8\xa9\xc3\xa4{}[]:,";
	unsigned length = (unsigned)prng_below(prng, LENGTH_MAX + 1);

	for (unsigned i = 0; i < length; i++)
		text[i] = bytes[prng_below(prng, sizeof(bytes) - 1)];
	text[length] = '\0';
}

TEST(no_text_becomes_markup)
{
	struct prng prng = { 0 };
	char text[LENGTH_MAX + 1];

	prng.key = prng_key(1, 1);
	for (unsigned i = 0; i < 5000; i++) {
		g_autoptr(GString) html = g_string_new(NULL);

		random_text(&prng, text);
		html_add(html, text);
		ck_assert(g_utf8_validate(html->str, -1, NULL));
		ck_assert_ptr_null(strpbrk(html->str, "<>\"'"));
		for (const char *c = html->str; *c; c++)
			ck_assert(!g_ascii_iscntrl(*c) || strchr("\n\t", *c));
	}
}

TEST(markup_characters_are_escaped_and_the_rest_stays)
{
	g_autoptr(GString) html = g_string_new(NULL);

	html_add(html, "a<b>&\"c'\td\ne \xc3\xa4\x01\xff");
	ck_assert_str_eq(html->str,
		"a&lt;b&gt;&amp;&quot;c&#39;\td\ne \xc3\xa4\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(data_is_read_again_and_cannot_end_its_element)
{
	struct prng prng = { 0 };
	char text[LENGTH_MAX + 1];

	prng.key = prng_key(2, 1);
	for (unsigned i = 0; i < 2000; i++) {
		g_autoptr(GString) plain = g_string_new(NULL), html = g_string_new(NULL);
		g_autofree char *valid = NULL;
		struct json json = { .text = plain };
		JsonNode *node;

		random_text(&prng, text);
		valid = g_utf8_make_valid(text, -1);
		json_begin_object(&json, NULL);
		json_add_text(&json, "text", text);
		json_end_object(&json);
		html_add_data(html, "x", plain->str);
		ck_assert_ptr_eq(strstr(html->str, "</"), strstr(html->str, "</script>"));
		ck_assert_ptr_null(strstr(html->str, "\xe2\x80\xa8"));
		node = page_data(html->str, "x");
		ck_assert_str_eq(
			json_object_get_string_member(json_node_get_object(node), "text"), valid);
		json_node_free(node);
	}
}

TEST(a_page_has_its_title_verdict_and_data)
{
	struct html_page page;
	GString *file;
	JsonNode *data;

	html_page_begin(&page, "run", HOSTILE_BYTES);
	html_page_verdict(&page, HTML_BAD, HOSTILE_BYTES);
	html_page_section(&page, "part", HOSTILE_BYTES);
	html_page_end_section(&page);
	json_add_number(&page.data, "number", 7);
	file = html_page_end(&page);
	assert_harmless(file->str);
	ck_assert_ptr_nonnull(strstr(file->str, "<title>&lt;/script&gt;&lt;evil"));
	ck_assert_ptr_nonnull(strstr(file->str, "<p id=\"verdict\" class=\"bad\">&lt;/script"));
	data = page_data(file->str, "data");
	ck_assert_int_eq(json_object_get_int_member(json_node_get_object(data), "number"), 7);
	ck_assert_ptr_nonnull(strstr(
		json_object_get_string_member(json_node_get_object(data), "title"), "</script><evil"));
	json_node_free(data);
	g_string_free(file, TRUE);
}

TEST(a_page_loads_nothing)
{
	struct html_page page;
	GString *file;

	html_page_begin(&page, "run", "title");
	file = html_page_end(&page);
	ck_assert_ptr_nonnull(strstr(file->str, "default-src 'none'"));
	ck_assert_ptr_null(strstr(file->str, " src="));
	ck_assert_ptr_null(strstr(file->str, "url("));
	ck_assert_ptr_null(strstr(file->str, "@import"));
	ck_assert(html_has_charts() == !strstr(file->str, "id=\"no-charts\""));
	g_string_free(file, TRUE);
}
