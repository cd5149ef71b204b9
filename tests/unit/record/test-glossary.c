/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "sim/record/glossary.h"

#include <string.h>

#include "tests/lib/suite.h"

TEST(only_tables_that_are_there_are_explained)
{
	g_autoptr(GString) text = g_string_new("title\n\nCost\n  mm  spins\n");

	glossary_print(text);
	ck_assert(g_str_has_prefix(
		text->str, "title\n\nCost\n  mm  spins\n\nThe columns\n  mm: name of"));
	ck_assert_ptr_nonnull(strstr(text->str, "\n  Cost\n    switches in       context"));
	ck_assert_ptr_null(strstr(text->str, "Mode"));
	ck_assert_ptr_null(strstr(text->str, "Inside"));
}

TEST(lines_have_80_columns)
{
	g_autoptr(GString) text = g_string_new("\nMode: x\nCIDs: x\nMemory of per-CID data\n"
					       "Model against kernel\nExpectations\n");
	g_auto(GStrv) lines = NULL;

	glossary_print(text);
	lines = g_strsplit(text->str, "\n", -1);
	ck_assert_uint_gt(g_strv_length(lines), 30);
	for (char **line = lines; *line; line++)
		ck_assert_int_le(g_utf8_strlen(*line, -1), 80);
}
