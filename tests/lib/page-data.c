/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/page-data.h"

#include <check.h>
#include <string.h>

JsonNode *page_data(const char *page, const char *id)
{
	g_autofree char *begin = g_strdup_printf("<script type=\"application/json\" id=\"%s\">", id);
	const char *from = strstr(page, begin), *to;
	g_autofree char *text = NULL;
	JsonNode *node;

	ck_assert_msg(from != NULL, "no %s", id);
	from += strlen(begin);
	to = strstr(from, "</script>");
	ck_assert_ptr_nonnull(to);
	text = g_strndup(from, (gsize)(to - from));
	node = json_from_string(text, NULL);
	ck_assert_msg(node && JSON_NODE_HOLDS_OBJECT(node), "%s: %.200s", id, text);
	return node;
}

void assert_harmless(const char *page)
{
	ck_assert(g_utf8_validate(page, -1, NULL));
	ck_assert_ptr_null(strstr(page, "<evil"));
	ck_assert_ptr_null(strstr(page, "a=\"b\" c="));
	for (const char *c = page; *c; c++)
		ck_assert_msg(!g_ascii_iscntrl(*c) || strchr("\n\t", *c), "%02x", (unsigned)*c);
}
