/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include "tests/lib/sweep-text.h"

#include <check.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/hash.h"
#include "sim/sweep/result.h"

char *sweep_text_result(const char *head, const char *rows)
{
	uint64_t digest = hash_bytes(HASH_BYTES_START, head, strlen(head)), count = 0;
	char end[SWEEP_LAST_LINE_MAX];

	for (const char *c = rows; *c; c++)
		count += *c == '\n';
	sweep_last_line_format(end, count, hash_bytes(digest, rows, strlen(rows)));
	return g_strconcat(head, rows, end, NULL);
}

void sweep_text_write(const char *path, const char *bytes, size_t length)
{
	FILE *file = g_fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
	ck_assert_int_eq(fclose(file), 0);
}

char *sweep_text_read(const char *path, size_t *length)
{
	char *text = NULL;

	ck_assert_msg(g_file_get_contents(path, &text, length, NULL), "no file %s", path);
	return text;
}

void sweep_text_spoil(GString *text, struct prng *prng)
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
