/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "tests/lib/parse.h"
#include "tests/lib/suite.h"

SUITE(.before = parse_start, .after = parse_stop);

TEST(names_are_unique_and_well_formed)
{
	char *name = g_strnfill(64, 'x');
	char *text = g_strdup_printf("[mm %s]\n", name);
	char *message = g_strdup_printf("F:1: '%.48s...' is not a name: a letter, then letters, "
					"digits, '_', '.' or '-', at most 63 in all",
		name);

	parse_bad(text, message);
	parse_bad("[mm 1a]\n",
		"F:1: '1a' is not a name: a letter, then letters, digits, '_', '.' or "
		"'-', at most 63 in all");
	parse_bad("[mm a]\n[tasks a]\n",
		"F:2: the name 'a' is taken by [mm a] in line 1, choose another");
	parse_good("[mm a.b_c-D9]\n");
	g_free(message);
	g_free(text);
	g_free(name);
}
