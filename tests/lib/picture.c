/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#define _GNU_SOURCE /* memmem */
#include "tests/lib/picture.h"

#include <check.h>
#include <stdbool.h>
#include <string.h>

static bool has(const char *bytes, gsize length, const char *text)
{
	return memmem(bytes, length, text, strlen(text)) != NULL;
}

/* Is the object with the date compressed? */
static bool hides_date(const char *bytes, gsize length)
{
	return has(bytes, MIN(length, 8), "%PDF") && has(bytes, length, "/ObjStm");
}

void picture_assert_same(const char *a, gsize a_length, const char *b, gsize b_length)
{
	ck_assert_uint_gt(a_length, 4000);
	ck_assert_uint_gt(b_length, 4000);
	ck_assert(hides_date(a, a_length) == hides_date(b, b_length));
	if (hides_date(a, a_length))
		return;
	ck_assert_uint_eq(a_length, b_length);
	ck_assert_mem_eq(a, b, a_length);
}

void picture_assert_date(const char *bytes, gsize length)
{
	ck_assert(has(bytes, length, "/CreationDate (D:20000101000000Z") ||
		  hides_date(bytes, length));
}
