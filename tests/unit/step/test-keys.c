/* SPDX-License-Identifier: MIT */
/* Copyright (c) The cidsim authors */
#include <string.h>

#include "sim/step/keys.h"
#include "tests/lib/suite.h"

static const struct {
	const char *bytes;
	int key;
	size_t used;
} rows[] = {
	{ "n", 'n', 1 },
	{ "~b", '~', 1 },
	{ "\r", KEY_ENTER, 1 },
	{ "\n", KEY_ENTER, 1 },
	{ "\177", KEY_BACKSPACE, 1 },
	{ "\b", KEY_BACKSPACE, 1 },
	{ "\033", KEY_ESCAPE, 1 },
	{ "\033x", KEY_ESCAPE, 1 },
	{ "\033[", KEY_ESCAPE, 1 },
	{ "\033[An", KEY_UP, 3 },
	{ "\033OB", KEY_DOWN, 3 },
	{ "\033[D\033[C", KEY_LEFT, 3 },
	{ "\033[C", KEY_RIGHT, 3 },
	{ "\033[1~", KEY_HOME, 4 },
	{ "\033[F", KEY_END, 3 },
	{ "\033[5~", KEY_PAGE_UP, 4 },
	{ "\033[6~n", KEY_PAGE_DOWN, 4 },
	{ "\033[1;5Cn", KEY_UNKNOWN, 6 },
	{ "\033[24", KEY_UNKNOWN, 4 },
	{ "\033[?1;2cn", KEY_UNKNOWN, 7 },
	{ "\033[<0;10;3Mn", KEY_UNKNOWN, 10 },
	{ "\001", KEY_UNKNOWN, 1 },
	{ "\303\244", KEY_UNKNOWN, 1 },
};

SUITE(.timeout = 60);

TEST_ROWS(bytes_are_keys, rows)
{
	int key;

	ck_assert_uint_eq(key_read(rows[_i].bytes, strlen(rows[_i].bytes), &key), rows[_i].used);
	ck_assert_int_eq(key, rows[_i].key);
}

/* Any two bytes: something is used, nothing beyond the end is read. */
TEST(any_bytes_are_keys)
{
	for (int both = 0; both < 65536; both++) {
		const char bytes[2] = { (char)(both >> 8), (char)both };
		int key;
		size_t used = key_read(bytes, sizeof(bytes), &key);

		ck_assert_uint_ge(used, 1);
		ck_assert_uint_le(used, 2);
	}
}
