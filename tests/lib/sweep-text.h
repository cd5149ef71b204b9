/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#ifndef CIDSIM_TESTS_LIB_SWEEP_TEXT_H
#define CIDSIM_TESTS_LIB_SWEEP_TEXT_H

/* The text of result files, and ways to spoil it. */

#include <check.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/prng.h"
#include "sim/sweep/result.h"
#include "tests/lib/folder.h"

#define SWEEP_TEXT_HEAD                                                                            \
	"# cidsim 1.0 sweep\n"                                                                     \
	"# title A, \"b\"\n"                                                                       \
	"# empty \n"                                                                               \
	"# points 4\n"                                                                             \
	"point,cpus,seed,\"mean,x\"\n"

/* The result file of @head and @rows, which are lines each with its LF. The caller frees it. */
G_GNUC_UNUSED static char *sweep_text_result(const char *head, const char *rows)
{
	uint64_t digest = hash_bytes(HASH_BYTES_START, head, strlen(head)), count = 0;
	char end[SWEEP_LAST_LINE_MAX];

	for (const char *c = rows; *c; c++)
		count += *c == '\n';
	sweep_last_line_format(end, count, hash_bytes(digest, rows, strlen(rows)));
	return g_strconcat(head, rows, end, NULL);
}

G_GNUC_UNUSED static void sweep_text_write(const char *path, const char *bytes, size_t length)
{
	FILE *file = g_fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
	ck_assert_int_eq(fclose(file), 0);
}

/* What is in the file; @length may be NULL. The caller frees it. Inlined, gcc 12 takes the text for
 * a dangling pointer. */
G_GNUC_UNUSED G_GNUC_NO_INLINE static char *sweep_text_read(const char *path, size_t *length)
{
	char *text = NULL;

	ck_assert_msg(g_file_get_contents(path, &text, length, NULL), "no file %s", path);
	return text;
}

/* Change @text in one of many ways: bytes that become others, go, or come twice. */
G_GNUC_UNUSED static void sweep_text_spoil(GString *text, struct prng *prng)
{
	static const char bytes[] = "\n\0,\"#0 \xff\x7f"
				    "9-";
	gssize at = (gssize)prng_below(prng, text->len);
	gssize count = (gssize)prng_below(prng, MIN(40, text->len - (gsize)at)) + 1;
	char *part;

	switch (prng_below(prng, 6)) {
	case 0:
		g_string_truncate(text, (gsize)at);
		break;
	case 1:
		g_string_erase(text, at, count);
		break;
	case 2:
		part = g_strndup(text->str + at, (gsize)count);
		g_string_insert(text, (gssize)prng_below(prng, text->len), part);
		g_free(part);
		break;
	case 3:
		text->str[at] = (char)(text->str[at] ^ 1 << prng_below(prng, 8));
		break;
	case 4:
		text->str[at] = bytes[prng_below(prng, sizeof(bytes))];
		break;
	default:
		memset(text->str + at, 0, (size_t)count);
	}
}

#endif
